//! The inflected forms of a word, as stems with the endings that may follow.
//!
//! Enters: a word as a person typed it (its lemma, mostly). Leaves: [`Form`]s: a stem, and whether the word ends there or goes on
//! with one of a closed set of endings. Deliberately absent: stemmers. Snowball cuts Мамай to мама and Мамая to мам, and
//! joins закон with законный; closed endings do neither. Derivations (закон, законопроект) are other lemmas and never match.
//!
//! *Invariant:* stems and endings are folded as [`crate::text::fold_word`] folds.

mod baltic;
mod balkan;
mod east_slavic;
mod finnic;
mod germanic;
mod hungarian;
mod romance;
mod semitic;
mod south_slavic;
mod turkic;
mod west_slavic;

pub use semitic::without_clitics as semitic_clitics;

use crate::model::Language;
use crate::text::{Script, fold_word, script_of};

/// What may follow a stem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tail {
    /// Nothing.
    End,
    /// One of these.
    Endings(Endings),
}

/// A closed set of endings, separated by spaces; `_` is nothing. Sets are compared and hashed by where they stand: some have thousands of
/// endings, and each language has its own.
#[derive(Debug, Clone, Copy)]
pub struct Endings(pub &'static str);

impl PartialEq for Endings {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Endings {}

impl std::hash::Hash for Endings {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.0.as_ptr() as usize, self.0.len()).hash(state);
    }
}

/// A stem, what may follow it, and the languages that it holds for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Form {
    pub stem: String,
    pub tail: Tail,
    /// Bits of [`language_bit`]; all for forms that need no language.
    pub languages: u64,
}

/// Every language.
pub const ANY_LANGUAGE: u64 = u64::MAX;

type Inflect = fn(&Lemma, &mut Vec<(String, Tail)>);

/// A language whose words change, with the scripts that it is written in. Languages that share one entry share its rules.
const LANGUAGES: &[(&str, &[Script], Inflect)] = &[
    ("ru", &[Script::Cyrillic], east_slavic::russian),
    ("uk", &[Script::Cyrillic], east_slavic::ukrainian),
    ("be", &[Script::Cyrillic], east_slavic::belarusian),
    ("bg mk", &[Script::Cyrillic], south_slavic::bulgarian),
    ("sr hr bs sh cnr", &[Script::Cyrillic, Script::Latin], south_slavic::serbian),
    ("sl", &[Script::Latin], south_slavic::slovenian),
    ("kk", &[Script::Cyrillic], turkic::kazakh),
    ("ky", &[Script::Cyrillic], turkic::kyrgyz),
    ("uz", &[Script::Latin, Script::Cyrillic], turkic::uzbek),
    ("tg", &[Script::Cyrillic], semitic::tajik),
    ("tr", &[Script::Latin], turkic::turkish),
    ("az", &[Script::Latin], turkic::azerbaijani),
    ("pl", &[Script::Latin], west_slavic::polish),
    ("cs sk", &[Script::Latin], west_slavic::czech),
    ("lt", &[Script::Latin], baltic::lithuanian),
    ("lv", &[Script::Latin], baltic::latvian),
    ("fi", &[Script::Latin], finnic::finnish),
    ("et", &[Script::Latin], finnic::estonian),
    ("hu", &[Script::Latin], hungarian::hungarian),
    ("en", &[Script::Latin], germanic::english),
    ("de", &[Script::Latin], germanic::german),
    ("nl af", &[Script::Latin], germanic::dutch),
    ("sv no nb nn da is fo", &[Script::Latin], germanic::scandinavian),
    ("fr", &[Script::Latin], romance::french),
    ("es gl ast", &[Script::Latin], romance::spanish),
    ("pt", &[Script::Latin], romance::portuguese),
    ("it", &[Script::Latin], romance::italian),
    ("ca", &[Script::Latin], romance::spanish),
    ("ro", &[Script::Latin], romance::romanian),
    ("id ms", &[Script::Latin], germanic::indonesian),
    ("el", &[Script::Greek], balkan::greek),
    ("hy", &[Script::Armenian], balkan::armenian),
    ("ka", &[Script::Georgian], balkan::georgian),
    ("ar", &[Script::Arabic], semitic::arabic),
    ("fa prs", &[Script::Arabic], semitic::persian),
    ("ur ps ckb ug", &[Script::Arabic], semitic::urdu),
    ("he yi", &[Script::Hebrew], semitic::hebrew),
    ("am ti", &[Script::Ethiopic], semitic::amharic),
];

/// The bit of a language's rules; `None` where none are known.
pub fn language_bit(language: &Language) -> Option<u64> {
    let code = language.as_str();
    LANGUAGES.iter().position(|(codes, ..)| codes.split(' ').any(|known| known == code)).map(|index| 1 << index)
}

/// The languages whose rules may be applied to words of a script in a story: its own where it is written in that script, every language of the
/// script where the story is of another script or undetermined, none where its language has no rules.
pub fn active_languages(script: Script, language: &Language) -> u64 {
    let of_script =
        LANGUAGES.iter().enumerate().filter(|(_, (_, scripts, _))| scripts.contains(&script)).fold(0, |bits, (index, _)| bits | 1 << index);
    match language_bit(language) {
        Some(bit) if bit & of_script != 0 => bit,
        Some(_) => of_script,
        None if language.is_undetermined() => of_script,
        None => 0,
    }
}

/// A word whose forms are wanted.
#[derive(Debug)]
pub struct Lemma {
    /// Folded.
    pub folded: String,
    /// Its characters.
    pub letters: Vec<char>,
    /// As written, in lower case: some changes hang on a mark that folding drops.
    pub lower: String,
}

/// No rule looks at more letters from the end, and none tells longer words apart by their length.
const ENDING_LETTERS: usize = 6;
const ENDING_LENGTHS: usize = 10;

impl Lemma {
    /// Reads a word.
    pub fn new(word: &str) -> Self {
        let folded = fold_word(word);
        Self { letters: folded.chars().collect(), folded, lower: word.to_lowercase() }
    }

    /// What the word's forms hang on: its length, as far as any rule asks for it, and its last letters. Words that agree in it are inflected
    /// alike. `None` for words whose forms hang on more.
    pub fn ending(&self) -> Option<String> {
        let letters = self.letters.len();
        let script = script_of(*self.letters.first()?);
        let plain = !matches!(script, Script::Arabic | Script::Hebrew) && !self.letters.iter().any(|c| c.is_numeric());
        if !plain || self.lower.chars().count() != letters {
            return None;
        }
        let skipped = letters.saturating_sub(ENDING_LETTERS);
        let mut ending = String::with_capacity(24);
        ending.push(char::from_digit(u32::try_from(letters.min(ENDING_LENGTHS)).unwrap_or(0), 36)?);
        ending.extend(self.letters.get(skipped..).unwrap_or_default());
        ending.extend(self.lower.chars().skip(skipped));
        Some(ending)
    }

    /// Whether the word ends in one of some endings, separated by bars.
    pub(crate) fn ends(&self, endings: &str) -> bool {
        endings.split('|').any(|ending| self.folded.len() > ending.len() && self.folded.ends_with(ending))
    }

    /// The word without its last letters.
    pub(crate) fn without(&self, letters: usize) -> String {
        self.letters.get(..self.letters.len().saturating_sub(letters)).unwrap_or_default().iter().collect()
    }

    /// The letter so far from the end; 0 is the last.
    pub(crate) fn letter_from_end(&self, index: usize) -> Option<char> {
        self.letters.len().checked_sub(index + 1).and_then(|at| self.letters.get(at)).copied()
    }

    pub(crate) fn last(&self) -> char {
        self.letter_from_end(0).unwrap_or(' ')
    }

    /// The word without one letter, counted from the end.
    pub(crate) fn dropping(&self, index: usize) -> String {
        let at = self.letters.len().saturating_sub(index + 1);
        self.letters.iter().enumerate().filter(|(position, _)| *position != at).map(|(_, c)| *c).collect()
    }

    /// The word with one letter, counted from the end, replaced.
    pub(crate) fn replacing(&self, index: usize, by: &str) -> String {
        let at = self.letters.len().saturating_sub(index + 1);
        let mut out = String::new();
        for (position, letter) in self.letters.iter().enumerate() {
            if position == at { out.push_str(by) } else { out.push(*letter) }
        }
        out
    }
}

/// The shortest stem that endings may be put on: below, the endings of one word are other words.
const STEM_LETTERS: usize = 2;

/// All forms of a word in the languages of its script; `only` narrows them. Two languages may give the same one.
pub fn forms(lemma: &Lemma, only: Option<u64>) -> Vec<Form> {
    let mut out = vec![Form { stem: lemma.folded.clone(), tail: Tail::End, languages: ANY_LANGUAGE }];
    let Some(script) = lemma.letters.first().copied().map(script_of) else { return out };
    if lemma.letters.len() < STEM_LETTERS || lemma.letters.iter().any(|c| c.is_numeric()) {
        return out;
    }
    let mut found = Vec::new();
    for (index, (_, scripts, inflect)) in LANGUAGES.iter().enumerate() {
        let bit = 1 << index;
        if !scripts.contains(&script) || only.is_some_and(|only| only & bit == 0) {
            continue;
        }
        found.clear();
        inflect(lemma, &mut found);
        for (stem, tail) in found.drain(..) {
            if stem.chars().count() < STEM_LETTERS {
                continue;
            }
            out.push(Form { stem, tail, languages: bit });
        }
    }
    out
}

/// Adds a stem with endings.
fn add(out: &mut Vec<(String, Tail)>, stem: impl Into<String>, endings: &'static str) {
    out.push((stem.into(), Tail::Endings(Endings(endings))));
}

/// Adds a whole word.
fn add_word(out: &mut Vec<(String, Tail)>, word: impl Into<String>) {
    out.push((word.into(), Tail::End));
}

/// Sets of endings that are put together from parts live as long as the program: there is one of each.
fn join_endings(parts: impl IntoIterator<Item = String>) -> String {
    let mut all: Vec<String> = parts.into_iter().map(|part| if part.is_empty() { "_".to_owned() } else { part }).collect();
    all.sort_unstable();
    all.dedup();
    all.join(" ")
}
