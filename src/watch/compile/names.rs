//! Names of persons: every spelling and form becomes a word that the index knows.

use std::sync::LazyLock;

use crate::config::Variants;
use crate::text::{Script, fold_word, is_apostrophe, script_of};
use crate::watch::compile::Compiler;
use crate::watch::forms::{self, ANY_LANGUAGE, Endings, Form, Tail};
use crate::watch::index::{Index, Manner, SlotId, Surface};
use crate::watch::names::{Name, Part, Shape, initials_in_latin, russified, russify, structure, to_cyrillic, to_latin};
use crate::watch::person::{Alternatives, NameRule, NameShape, Pair};

/// Languages whose names take no ending of their own but a genitive s.
const GENITIVE_S: [&str; 8] = ["de", "nl", "sv", "no", "da", "nb", "nn", "is"];
/// Languages that put endings on names.
const INFLECTING: [&str; 26] = [
    "ru", "uk", "be", "sr", "sl", "kk", "ky", "uz", "tg", "tr", "az", "pl", "cs", "lt", "lv", "fi", "et", "hu", "el", "hy", "ka", "am", "sk", "hr",
    "bs", "cnr",
];
static INFLECTING_BITS: LazyLock<u64> = LazyLock::new(|| bits(&INFLECTING));
static GENITIVE_BITS: LazyLock<u64> = LazyLock::new(|| bits(&GENITIVE_S));
/// Korean particles after a name, alone and after the forms of address 씨 and 님.
const JOSA: &str = "_ 이 가 은 는 을 를 의 에 에게 에게서 에서 와 과 도 만 로 으로 측 측은 측이 께서 께 이라고 라고 이라는 라는 이나 나 한테 까지 부터 보다 처럼 이며 이고 이다 \
    씨 씨는 씨가 씨를 씨의 씨에게 씨와 씨도 님 님이 님은 님을 님의";

/// For explanations.
const TRANSLITERATED: &str = " transliterated";
/// How many readings are followed where one transliteration leads to another.
pub(in crate::watch) const READINGS: usize = 4;

/// How a word is spelled in the script of a rule.
type Spell<'s> = &'s dyn Fn(&str) -> Vec<String>;

/// Most spellings that are generated for the words of one person's names.
pub(in crate::watch) const SPELLINGS: usize = 400;

impl Compiler<'_> {
    /// The rules of one name as typed: in its own script and, where wanted, in another, unless the person has too many spellings already.
    pub(super) fn name(&mut self, typed: &str, variants: Variants) -> Vec<NameRule> {
        let Some(name) = structure(typed) else { return Vec::new() };
        let own = |word: &str| own_spellings(word, name.script);
        let mut rules = vec![self.name_rule(&name, name.script, variants, &own, "")];
        if variants.transliterate && self.spellings >= SPELLINGS {
            self.left_out = true;
        } else if variants.transliterate {
            let latin = |word: &str| to_latin(word, typed, name.script);
            let cyrillic = |word: &str| cyrillic_spellings(word);
            let cyrillic_from_other = |word: &str| latin(word).iter().take(READINGS).flat_map(|latin| to_cyrillic(latin)).collect::<Vec<_>>();
            // Nurzhan is Nurschan in German: the other Latin spellings of what the name is in Cyrillic.
            let respelled = |word: &str| respelled(word);
            let mut add = |rule: NameRule| {
                // A word without a reading leaves the rule without alternatives: it would match nothing.
                if is_complete(&rule) {
                    rules.push(rule);
                }
            };
            match name.script {
                Script::Cyrillic | Script::Greek | Script::Armenian | Script::Georgian => {
                    let mut rule = self.name_rule(&name, Script::Latin, variants, &latin, TRANSLITERATED);
                    if let (NameShape::Pair(pair), Shape::Pair { given, .. }) = (&mut rule.shape, &name.shape)
                        && variants.initials
                    {
                        pair.initials = given.words.first().map(|word| initials_in_latin(word, typed, name.script)).unwrap_or_default();
                    }
                    add(rule);
                    if name.script != Script::Cyrillic {
                        add(self.name_rule(&name, Script::Cyrillic, variants, &cyrillic_from_other, TRANSLITERATED));
                    }
                }
                Script::Latin => {
                    add(self.name_rule(&name, Script::Cyrillic, variants, &cyrillic, TRANSLITERATED));
                    if !is_arabic(&name) {
                        add(self.name_rule(&name, Script::Latin, variants, &respelled, TRANSLITERATED));
                    }
                }
                _ => {}
            }
        }
        rules
    }

    fn name_rule(&mut self, name: &Name, script: Script, variants: Variants, spell: Spell<'_>, note: &'static str) -> NameRule {
        let shape = match &name.shape {
            Shape::Whole(part) => NameShape::Whole(self.part(part, script, variants.inflect, spell)),
            Shape::Pair { given, middle, surname, surname_with_initial, second, tight } => {
                let initials = if variants.initials { initials(given, spell) } else { Vec::new() };
                let mut with_initial = self.part(surname_with_initial, script, variants.inflect, spell);
                if surname_with_initial != surname {
                    with_initial.extend(self.part(surname, script, variants.inflect, spell));
                }
                NameShape::Pair(Pair {
                    given: self.part(given, script, variants.inflect, spell),
                    middle: middle.as_ref().map(|part| self.part(part, script, variants.inflect, spell)).unwrap_or_default(),
                    surname: self.part(surname, script, variants.inflect, spell),
                    surname_with_initial: with_initial,
                    second: second.as_ref().map(|part| self.part(part, script, variants.inflect, spell)).unwrap_or_default(),
                    tight: *tight,
                    initials,
                })
            }
        };
        NameRule { script, shape, reorder: variants.reorder, note }
    }

    /// A part as rows of words: as written, joined where a hyphen stood, with the article written together.
    fn part(&mut self, part: &Part, script: Script, inflect: bool, spell: Spell<'_>) -> Alternatives {
        let mut out: Alternatives = vec![Vec::new()];
        for word in &part.words {
            let spellings = self.word_spellings(word, script, inflect, spell);
            out = out.iter().flat_map(|head: &Vec<SlotId>| spellings.iter().map(move |tail| [head.as_slice(), tail.as_slice()].concat())).collect();
        }
        if part.hyphenated {
            let joined: Vec<String> = joined_spellings(&part.words, spell);
            out.extend(self.name_slot(&joined, script, inflect).map(|slot| vec![slot]));
        }
        if part.article
            && script == Script::Latin
            && let [word] = part.words.as_slice()
        {
            let joined: Vec<String> = spell(word).iter().flat_map(|word| ["al", "el"].map(|article| format!("{article}{word}"))).collect();
            out.extend(self.name_slot(&joined, script, inflect).map(|slot| vec![slot]));
        }
        out.retain(|slots| !slots.is_empty());
        out
    }

    fn word_spellings(&mut self, word: &str, script: Script, inflect: bool, spell: Spell<'_>) -> Alternatives {
        let mut out: Alternatives = self.name_slot(&spell(word), script, inflect).map(|slot| vec![slot]).into_iter().collect();
        let parts: Vec<&str> = word.split(['\u{200C}', '\u{200D}']).filter(|part| !part.is_empty()).collect();
        if parts.len() > 1 {
            let slots: Option<Vec<SlotId>> = parts.iter().map(|part| self.name_slot(&spell(part), script, inflect)).collect();
            out.extend(slots);
        }
        out
    }

    /// The word with all spellings and forms; `None` when there is no spelling.
    fn name_slot(&mut self, spellings: &[String], script: Script, inflect: bool) -> Option<SlotId> {
        if spellings.is_empty() {
            return None;
        }
        self.spellings += spellings.len();
        let clitics = self.folds_fully() || self.list.morphology;
        let key = Index::key(&("name", clitics, inflect, script, spellings));
        if let Some(slot) = self.shared.out.index.known(key) {
            return Some(slot);
        }
        // Names are folded whatever the list folds: a missing accent is no other person.
        let letters = spellings.iter().map(|spelling| spelling.chars().count()).min().unwrap_or(0);
        let slot = self.shared.out.index.add(Manner { clitics, name: true, surface: Surface::Any }, letters, "");
        self.shared.out.index.name(key, slot);
        for spelling in spellings {
            name_forms(&mut self.shared.out.index, slot, spelling, script, inflect);
        }
        Some(slot)
    }
}

/// Whether a Latin name has an Arabic article or "son of": it has no Cyrillic original.
fn is_arabic(name: &Name) -> bool {
    match &name.shape {
        Shape::Whole(part) => part.article,
        Shape::Pair { middle, surname, .. } => surname.article || middle.as_ref().is_some_and(|middle| middle.filial),
    }
}

fn is_complete(rule: &NameRule) -> bool {
    match &rule.shape {
        NameShape::Whole(all) => !all.is_empty(),
        NameShape::Pair(pair) => !pair.given.is_empty() && !pair.surname.is_empty(),
    }
}

pub(in crate::watch) fn own_spellings(word: &str, script: Script) -> Vec<String> {
    let folded = fold_word(word);
    let mut out = vec![folded.clone()];
    match script {
        Script::Latin => {
            // German, Scandinavian and Finnish passports: Müller is Mueller, Østby is Oestby, Åkesson is Aakesson.
            let lower = word.to_lowercase();
            let spelled: String = lower
                .chars()
                .map(|c| match c {
                    'ä' => "ae".to_owned(),
                    'ö' | 'ø' => "oe".to_owned(),
                    'ü' => "ue".to_owned(),
                    'å' => "aa".to_owned(),
                    _ => c.to_string(),
                })
                .collect();
            if spelled != lower {
                out.push(fold_word(&spelled));
            }
        }
        // The article comes and goes: it is taken off here, and before the word of a story as a clitic.
        Script::Arabic => {
            if let Some(rest) = folded.strip_prefix("ال")
                && rest.chars().count() > 2
            {
                out = vec![rest.to_owned()];
            }
        }
        _ => {}
    }
    out
}

/// The Cyrillic readings of a Latin word; Uzbek o‘ is ў, which its neighbors write у.
pub(in crate::watch) fn cyrillic_spellings(word: &str) -> Vec<String> {
    let mut out = to_cyrillic(&fold_word(word));
    let lower = word.to_lowercase();
    let turned: String =
        lower.chars().zip(lower.chars().skip(1).chain([' '])).map(|(c, next)| if c == 'o' && is_apostrophe(next) { 'u' } else { c }).collect();
    if turned != lower {
        out.extend(to_cyrillic(&fold_word(&turned)));
    }
    out
}

/// The Latin spellings of a Latin word's likeliest Cyrillic readings.
pub(in crate::watch) fn respelled(word: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for reading in cyrillic_spellings(word).iter().take(READINGS) {
        for spelling in to_latin(reading, reading, Script::Cyrillic) {
            if !out.contains(&spelling) {
                out.push(spelling);
            }
        }
    }
    out
}

fn joined_spellings(words: &[String], spell: Spell<'_>) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in words {
        let spellings = spell(word);
        out = out.iter().flat_map(|head| spellings.iter().take(8).map(move |tail| format!("{head}{tail}"))).take(64).collect();
    }
    out
}

fn initials(given: &Part, spell: Spell<'_>) -> Vec<String> {
    let mut out: Vec<String> = given
        .words
        .first()
        .map(|word| spell(word))
        .unwrap_or_default()
        .iter()
        .filter_map(|spelling| spelling.chars().next())
        .map(String::from)
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn bits(languages: &[&str]) -> u64 {
    languages
        .iter()
        .filter_map(|code| crate::model::Language::parse(code))
        .filter_map(|language| forms::language_bit(&language))
        .fold(0, |all, bit| all | bit)
}

/// How many forms one spelling of a name has.
pub(in crate::watch) fn inflected_forms(spelling: &str, script: Script) -> usize {
    let only = matches!(script, Script::Latin | Script::Cyrillic).then_some(*INFLECTING_BITS);
    let mut all = std::collections::HashSet::new();
    for form in forms::forms(&forms::Lemma::new(spelling), only) {
        match form.tail {
            Tail::Endings(Endings(endings)) => all.extend(endings.split(' ').map(|ending| format!("{}{}", form.stem, ending.trim_matches('_')))),
            Tail::End => _ = all.insert(form.stem),
        }
    }
    all.len()
}

/// Gives a name its forms.
fn name_forms(index: &mut Index, slot: SlotId, spelling: &str, script: Script, inflect: bool) {
    let as_written = |letter| letter;
    let exact = Form { stem: spelling.to_owned(), tail: Tail::End, languages: ANY_LANGUAGE };
    if inflect && spelling.chars().next().is_some_and(|c| script_of(c) == script) {
        match script {
            Script::Latin => {
                index.inflect(slot, spelling, Some(*INFLECTING_BITS), as_written);
                return index.put(slot, &Form { tail: Tail::Endings(Endings("_ s")), languages: *GENITIVE_BITS, ..exact });
            }
            Script::Cyrillic => return index.inflect(slot, spelling, Some(*INFLECTING_BITS), russified),
            Script::Greek | Script::Armenian | Script::Georgian | Script::Ethiopic => return index.inflect(slot, spelling, None, as_written),
            Script::Hangul => return index.put(slot, &Form { tail: Tail::Endings(Endings(JOSA)), ..exact }),
            _ => {}
        }
    }
    let stem = if script == Script::Cyrillic { russify(spelling) } else { exact.stem.clone() };
    index.put(slot, &Form { stem, ..exact });
}
