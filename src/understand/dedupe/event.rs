//! What an event is known by in every language: names, numbers, places.
//!
//! Names are written in many scripts and inflected in many ways; their consonants survive both. Vowels, `h` and doubled letters are
//! dropped, letters that transliterations exchange are one. *Absent:* names in Han characters, whose readings keep no trace of how
//! others write them (numbers and Latin words in such texts count), and translated names of organizations.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Classification, Field};
use crate::text::{Token, tokenize};
use crate::understand::dedupe::hash::Hash;
use crate::understand::dedupe::shingles::is_character;

/// Features that are kept of one story.
pub const EVENT_LIMIT: usize = 64;
/// Words of the text that are read: whom a story is about, it says at its beginning. Later come those who comment on every case.
const LEAD_WORDS: usize = 120;

/// How much a feature says; it stands in the feature's two lowest bits, so that a stored feature can be weighed without its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A place that classification knows and a number of two digits (an age, a day, a term): two events of one day share them.
    Slight,
    /// A name with two consonants: many names have the same.
    Weak,
    /// A name with three consonants, or a number of three digits and more.
    Fair,
    /// A name with four consonants and more.
    Strong,
}

impl Strength {
    /// Reads the strength of a stored feature.
    pub(super) fn of(feature: i64) -> Self {
        match feature & 3 {
            0 => Self::Slight,
            1 => Self::Weak,
            2 => Self::Fair,
            _ => Self::Strong,
        }
    }

    fn bits(self) -> u64 {
        match self {
            Self::Slight => 0,
            Self::Weak => 1,
            Self::Fair => 2,
            Self::Strong => 3,
        }
    }
}

/// Hashes of the names, numbers and places of a story's headline and first sentences, at most [`EVENT_LIMIT`], ascending.
pub fn event_features(title: &str, text: &str, classification: &Classification) -> Vec<i64> {
    let mut features = Features::default();
    let title_tokens = tokenize(title);
    let mut text_tokens = tokenize(text);
    text_tokens.truncate(LEAD_WORDS);
    let cased = casing(text, &text_tokens);
    // A headline in capitals, or In Title Case, does not show which of its words are names; the text does.
    if casing(title, &title_tokens) != Casing::Nothing {
        features.read(title, &title_tokens, Field::Title, casing(title, &title_tokens), classification);
    }
    features.read(text, &text_tokens, Field::Text, cased, classification);
    let mut out: Vec<i64> = features.kept.into_iter().map(u64::cast_signed).collect();
    out.sort_unstable();
    out
}

/// What capital letters say in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Casing {
    /// Which words are names.
    Names,
    /// Which words are nouns (German): a name is where two stand together.
    Nouns,
    /// The script has none.
    Caseless,
    /// Nothing: all words are capitalized.
    Nothing,
}

/// More capitalized words than this among those inside sentences are nouns: German news has 35 to 45 %, others 8 to 20 %.
const NOUN_SHARE: f32 = 0.30;
const TITLE_CASE_SHARE: f32 = 0.60;

fn casing(text: &str, tokens: &[Token]) -> Casing {
    let (mut capitalized, mut lower, mut caseless) = (0_usize, 0_usize, 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        match first_character(text, token) {
            Some(first) if first.is_uppercase() => capitalized += usize::from(!begins_sentence(text, tokens, at)),
            Some(first) if is_small(first) => lower += 1,
            Some(first) if first.is_alphabetic() => caseless += 1,
            _ => {}
        }
    }
    let cased = capitalized + lower;
    if caseless > cased {
        return Casing::Caseless;
    }
    let share = capitalized as f32 / cased.max(1) as f32;
    if share > TITLE_CASE_SHARE {
        Casing::Nothing
    } else if share > NOUN_SHARE && cased >= 20 {
        Casing::Nouns
    } else {
        Casing::Names
    }
}

fn first_character(text: &str, token: &Token) -> Option<char> {
    text.get(token.start..token.end)?.chars().next()
}

/// True for the first word of a text and for a word after the end of a sentence.
fn begins_sentence(text: &str, tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return true };
    let Some(before) = at.checked_sub(1).and_then(|before| tokens.get(before)) else { return true };
    text.get(before.end..token.start).is_none_or(|between| between.contains(['.', '!', '?', '\n', '…', '։', '。', '؟', '۔', '।', ':']))
}

#[derive(Debug, Default)]
struct Features {
    kept: BTreeSet<u64>,
}

impl Features {
    fn read(&mut self, text: &str, tokens: &[Token], field: Field, casing: Casing, classification: &Classification) {
        let places = place_spans(classification, field);
        let is_place = |token: &Token| places.iter().any(|(start, end)| token.start < *end && token.end > *start);
        // A word that begins a sentence is a name when the text also capitalizes it elsewhere.
        let mut inside: BTreeMap<&str, bool> = BTreeMap::new();
        for (at, token) in tokens.iter().enumerate() {
            let capital = first_character(text, token).is_some_and(char::is_uppercase);
            if !capital || !begins_sentence(text, tokens, at) {
                inside.entry(&token.folded).and_modify(|seen| *seen &= capital).or_insert(capital);
            }
        }
        let capital_at = |at: usize| tokens.get(at).is_some_and(|token| first_character(text, token).is_some_and(char::is_uppercase));
        for (at, token) in tokens.iter().enumerate() {
            if self.kept.len() >= EVENT_LIMIT {
                return;
            }
            let Some(first) = first_character(text, token) else { continue };
            if token.folded.chars().any(char::is_numeric) {
                self.number(&token.folded);
            } else if first.is_uppercase() || is_small(first) {
                let named = first.is_uppercase()
                    && match casing {
                        Casing::Nothing => false,
                        Casing::Nouns => at.checked_sub(1).is_some_and(capital_at) || capital_at(at + 1),
                        // Latin words inside another script are names.
                        Casing::Caseless => true,
                        // Two capitals at the beginning of a sentence are a person's name.
                        Casing::Names => !begins_sentence(text, tokens, at) || inside.get(token.folded.as_str()) == Some(&true) || capital_at(at + 1),
                    };
                if named {
                    self.name(&token.folded, is_place(token), 2);
                }
            } else if first.is_alphabetic() && !is_character(&token.folded) {
                self.name(&token.folded, is_place(token), 3);
            }
        }
    }

    fn number(&mut self, folded: &str) {
        let digits: String =
            folded.chars().filter_map(|character| any_ascii::any_ascii_char(character).chars().next().filter(char::is_ascii_digit)).collect();
        let digits = digits.trim_start_matches('0');
        // Years are in every story.
        let year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
        if digits.len() >= 2 && !year {
            self.add("number", digits, if digits.len() == 2 { Strength::Slight } else { Strength::Fair });
        }
    }

    fn name(&mut self, folded: &str, place: bool, least_consonants: usize) {
        if CALENDAR.split_whitespace().any(|word| word == folded) {
            return;
        }
        let skeleton = skeleton(folded);
        if skeleton.len() < least_consonants {
            return;
        }
        let strength = match skeleton.len() {
            _ if place => Strength::Slight,
            0..=2 => Strength::Weak,
            3 => Strength::Fair,
            _ => Strength::Strong,
        };
        self.add("name", &skeleton, strength);
    }

    fn add(&mut self, what: &str, text: &str, strength: Strength) {
        self.kept.insert((Hash::of_kind(what).piece(text).finish() & !3) | strength.bits());
    }
}

/// Days and months are capitalized in English and German, and are shared by all that happens on a day.
const CALENDAR: &str = "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november \
    december montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz mai juni juli oktober dezember";

/// Where classification saw countries and their places.
fn place_spans(classification: &Classification, field: Field) -> Vec<(usize, usize)> {
    classification
        .countries
        .iter()
        .flat_map(|label| &label.evidence)
        .filter(|evidence| evidence.field == field)
        .map(|evidence| (evidence.start, evidence.end))
        .collect()
}

/// Grammatical endings of names that add consonants: Slavic instrumental and adjectival ones, Turkic cases in Cyrillic, Georgian and Armenian
/// cases, Korean particles. They are cut once, the longest first, where at least three letters stay (two syllables of Hangul).
const ENDINGS: &str = "ского скому ским ском ской ыми ими ами ями ого ому его ему ның нің дың дің тың тің дан ден тан тен нан нен мен бен пен ым им ом ем ой ей ою ых их ах ях ам ям \
    ға ге қа ке ды ді ты ті ны ні да де та те \
    ისთვის ისგან ისთან იდან თვის თან მა ის ით ში ზე ს მ \
    ներին ների ներ ից ում ին ով ի ը ն \
    에서는 에게 에서 으로 이라 은 는 이 가 을 를 의 에 와 과 로 도";

/// Articles and particles that Arabic writes before a name as one word with it.
const BEGINNINGS: &str = "وال بال كال فال لل ال";

/// The consonants of a name, one letter for all that transliterations exchange.
pub(in crate::understand) fn skeleton(folded: &str) -> String {
    let long_enough = |stem: &str| stem.chars().count() >= if stem.chars().all(is_hangul) { 2 } else { 3 };
    let stem = ENDINGS.split_whitespace().find_map(|ending| folded.strip_suffix(ending).filter(|stem| long_enough(stem))).unwrap_or(folded);
    // Adjectival surnames end in -skiy, -sky, -skij: cut like their inflected forms above.
    let stem = stem.strip_suffix("ский").filter(|stem| long_enough(stem)).unwrap_or(stem);
    let stem = BEGINNINGS.split_whitespace().find_map(|beginning| stem.strip_prefix(beginning).filter(|stem| long_enough(stem))).unwrap_or(stem);
    // What follows an apostrophe is an ending: Omarov's, Ankara'da.
    let stem =
        stem.split_once(['\'', '’']).map_or(stem, |(before, after)| if after.chars().count() <= 4 && long_enough(before) { before } else { stem });
    // Inside an Arabic word, waw is nearly always a vowel.
    let inner_waw: String = stem.chars().enumerate().filter(|(at, letter)| *at == 0 || *letter != 'و').map(|(_, letter)| letter).collect();
    let latin = any_ascii::any_ascii(&inner_waw).to_ascii_lowercase();
    let latin =
        ["skiy", "skyi", "skij", "ski", "sky"].iter().find_map(|ending| latin.strip_suffix(ending).filter(|stem| stem.len() >= 3)).unwrap_or(&latin);
    let bytes = latin.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let code = match byte {
            b'p' if next == b'h' => 'f',
            b'p' | b'b' => 'p',
            b'f' | b'v' | b'w' => 'f',
            b'c' if matches!(next, b'h' | b'e' | b'i' | b'y') => 's',
            // Khan, Han, Akhmetov, Ahmetov: transliterations do not agree on it.
            b'k' if next == b'h' => continue,
            b'k' | b'g' | b'q' | b'c' => 'k',
            b't' | b'd' => 't',
            b's' | b'z' | b'j' => 's',
            b'x' => {
                push(&mut out, 'k');
                's'
            }
            b'l' => 'l',
            b'r' => 'r',
            b'm' => 'm',
            b'n' => 'n',
            _ => continue,
        };
        push(&mut out, code);
    }
    out
}

/// True for small letters of scripts in which names are capitalized. Georgian letters are small by Unicode, yet sentences have no capitals.
pub(super) fn is_small(letter: char) -> bool {
    letter.is_lowercase() && !('\u{10D0}'..='\u{10FF}').contains(&letter)
}

fn is_hangul(letter: char) -> bool {
    ('\u{AC00}'..='\u{D7A3}').contains(&letter)
}

/// Doubled letters are one: Hassan, Hasan.
fn push(out: &mut String, code: char) {
    if !out.ends_with(code) {
        out.push(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn alike(names: &[&str]) {
        for name in names {
            assert_eq!(skeleton(name), skeleton(names[0]), "{name} and {}", names[0]);
        }
    }

    #[test]
    fn names_keep_their_consonants_over_scripts_and_cases() {
        alike(&["bekov", "беков", "бекова", "бековым", "бековтың", "bekow"]);
        alike(&["alga", "алға", "алга"]);
        alike(&["hassan", "hasan", "حسن"]);
        alike(&["barzan", "برزان", "ბარზანის"]);
        alike(&["manbar", "المنبر"]);
        alike(&["mahmoud", "mahmud", "محمود", "махмуд"]);
        alike(&["omarova", "омарова", "омаровой", "омаров", "omarov's"]);
        alike(&["lukyanivskyi", "лукьяновский", "лукьяновского"]);
    }

    fn shared(a: &[i64], b: &[i64]) -> usize {
        a.iter().filter(|feature| b.contains(feature)).count()
    }

    #[test]
    fn features_of_one_event_meet_across_languages() {
        let nothing = Classification::default();
        let english = event_features(
            "Police seize editor Pavel Dorin in Ostrava",
            "Pavel Dorin, 47, of the weekly Zarya was led away. He faces 1200 days.",
            &nothing,
        );
        let russian =
            event_features("Задержан редактор Павел Дорин", "Павла Дорина, 47 лет, из газеты «Заря» увели. Ему грозит 1200 дней.", &nothing);
        assert!(shared(&english, &russian) >= 4, "{}", shared(&english, &russian));
    }

    #[test]
    fn words_that_only_begin_sentences_are_no_names() {
        let nothing = Classification::default();
        assert!(event_features("", "Police came. Nobody spoke. They left again.", &nothing).is_empty());
        assert!(event_features("Police Detain Opposition Leaders After Long March", "", &nothing).is_empty());
    }

    #[test]
    fn years_and_single_digits_are_no_features() {
        let nothing = Classification::default();
        assert!(event_features("", "in 2026 and 1999 there were 3 or 7", &nothing).is_empty());
        assert_eq!(event_features("", "in 2026 there were 31 of 4,500", &nothing).len(), 2);
    }

    #[test]
    fn features_are_bounded() {
        let text: String = (100..400).map(|number| format!("{number} ")).collect();
        assert_eq!(event_features("", &text, &Classification::default()).len(), EVENT_LIMIT);
    }
}
