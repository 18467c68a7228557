//! The spellings and forms of a person's names, for people: what `presswatch watchlists explain` prints.

use std::collections::BTreeSet;

use crate::config::Person;
use crate::text::Script;
use crate::watch::compile::names::{READINGS, cyrillic_spellings, inflected_forms, own_spellings, respelled};
use crate::watch::names::{Name, Part, Shape, structure, to_cyrillic, to_latin};

/// One name of a person in one script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameVariants {
    /// As typed.
    pub name: String,
    /// `Cyrillic as typed`, `Latin transliterated`.
    pub group: String,
    /// Spellings of the words that a name is made of: the given name, what may stand between, the surname.
    pub parts: Vec<(&'static str, Vec<String>)>,
    /// Inflected forms of all spellings.
    pub forms: usize,
}

/// Every name and alias of a person, with the groups of its variants.
pub fn variants(person: &Person) -> Vec<NameVariants> {
    person.names.iter().chain(&person.aliases).flat_map(|typed| of_name(typed, person)).collect()
}

type Spell<'s> = &'s dyn Fn(&str) -> Vec<String>;

fn of_name(typed: &str, person: &Person) -> Vec<NameVariants> {
    let Some(name) = structure(typed) else { return Vec::new() };
    let group = |script: Script, how: &str, spell: Spell<'_>| {
        let parts: Vec<(&'static str, Vec<String>)> = parts(&name).into_iter().map(|(kind, part)| (kind, spellings(part, spell))).collect();
        let forms = if person.variants.inflect { parts.iter().flat_map(|(_, all)| all).map(|one| inflected_forms(one, script)).sum() } else { 0 };
        NameVariants { name: typed.to_owned(), group: format!("{script:?} {how}"), parts, forms }
    };
    let latin = |word: &str| to_latin(word, typed, name.script);
    let from_latin = |word: &str| latin(word).iter().take(READINGS).flat_map(|latin| to_cyrillic(latin)).collect::<Vec<_>>();
    let mut out = vec![group(name.script, "as typed", &|word| own_spellings(word, name.script))];
    if person.variants.transliterate {
        match name.script {
            Script::Cyrillic => out.push(group(Script::Latin, "transliterated", &latin)),
            Script::Greek | Script::Armenian | Script::Georgian => {
                out.push(group(Script::Latin, "transliterated", &latin));
                out.push(group(Script::Cyrillic, "transliterated", &from_latin));
            }
            Script::Latin => {
                out.push(group(Script::Cyrillic, "transliterated", &cyrillic_spellings));
                out.push(group(Script::Latin, "of other systems", &respelled));
            }
            _ => {}
        }
    }
    out.retain(|group| group.parts.iter().all(|(_, spellings)| !spellings.is_empty()));
    out
}

fn parts(name: &Name) -> Vec<(&'static str, &Part)> {
    match &name.shape {
        Shape::Whole(part) => vec![("name", part)],
        Shape::Pair { given, middle, surname, second, .. } => {
            let middle = middle.iter().map(|part| ("between", part));
            let second = second.iter().map(|part| ("second surname", part));
            std::iter::once(("given name", given)).chain(middle).chain([("surname", surname)]).chain(second).collect()
        }
    }
}

fn spellings(part: &Part, spell: Spell<'_>) -> Vec<String> {
    let all: BTreeSet<String> = part.words.iter().flat_map(|word| spell(word)).collect();
    all.into_iter().collect()
}
