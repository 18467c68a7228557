//! The embedded names, and one automaton over all of them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::model::CountryCode;
use crate::understand::classify::countries::endings::{script_of, stem};

const NAMES: &str = include_str!("../../../../data/countries/names.tsv");
const BY_HAND: &str = include_str!("../../../../data/countries/by_hand.tsv");
const PLACES: &str = include_str!("../../../../data/places/places.tsv");

/// What a name is to a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A town.
    City,
    /// A region, or a part that is called by its own name.
    Region,
    /// A body or office that stands for a state.
    Institution,
    /// The people, or an adjective.
    People,
    Capital,
    Name,
}

impl Kind {
    fn parse(letter: &str) -> Option<Self> {
        Some(match letter {
            "n" => Self::Name,
            "C" => Self::Capital,
            "c" => Self::City,
            "r" => Self::Region,
            "i" => Self::Institution,
            "a" | "w" => Self::People,
            _ => return None,
        })
    }

    /// The rule's name in evidence.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Capital => "capital",
            Self::City => "city",
            Self::Region => "region",
            Self::Institution => "institution",
            Self::People => "people",
        }
    }
}

/// One reading of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub kind: Kind,
    pub code: CountryCode,
    /// In thousands; 0 where it is no place.
    pub population: u32,
}

/// How a pattern is met in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The name itself, with or without an ending of its language.
    Whole,
    /// The name without its final vowel: an ending must follow.
    Stem,
    /// The stem of an adjective: an adjective's ending must follow.
    Adjective,
    /// Exactly this.
    Exact,
}

/// A pattern of the automaton.
#[derive(Debug, Clone, Copy)]
pub struct Pattern {
    pub form: Form,
    /// Where its readings are.
    pub name: usize,
}

/// All names.
#[derive(Debug)]
pub struct Table {
    pub automaton: AhoCorasick,
    pub patterns: Vec<Pattern>,
    /// Readings of each name.
    pub readings: Vec<Vec<Reading>>,
}

/// The table, built at the first use and shared by all classifiers: it does not depend on any configuration.
pub fn table() -> Arc<Table> {
    static TABLE: OnceLock<Arc<Table>> = OnceLock::new();
    Arc::clone(TABLE.get_or_init(|| Arc::new(build())))
}

fn build() -> Table {
    let mut names: HashMap<(&str, bool), usize> = HashMap::new();
    let mut order: Vec<(&str, Form)> = Vec::new();
    let mut readings: Vec<Vec<Reading>> = Vec::new();
    for line in BY_HAND.lines().chain(NAMES.lines()).chain(PLACES.lines()).filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(name), Some(letter), Some(code)) = (columns.next(), columns.next(), columns.next()) else { continue };
        let (Some(kind), Some(code)) = (Kind::parse(letter), CountryCode::parse(code)) else { continue };
        let population = columns.next().and_then(|text| text.parse().ok()).unwrap_or(0);
        let form = match letter {
            "a" => Form::Adjective,
            "w" => Form::Exact,
            _ => Form::Whole,
        };
        let index = *names.entry((name, form == Form::Adjective)).or_insert_with(|| {
            order.push((name, form));
            readings.push(Vec::new());
            readings.len() - 1
        });
        let known = readings.get_mut(index);
        if let Some(known) = known
            && !known.iter().any(|reading| reading.code == code && reading.kind >= kind)
        {
            known.push(Reading { kind, code, population });
        }
    }
    let mut texts: Vec<&str> = Vec::new();
    let mut patterns = Vec::new();
    for (index, (name, form)) in order.iter().enumerate() {
        texts.push(name);
        patterns.push(Pattern { form: *form, name: index });
        if *form == Form::Whole
            && let Some(stem) = stem(name, script_of(name))
        {
            texts.push(stem);
            patterns.push(Pattern { form: Form::Stem, name: index });
        }
    }
    let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).match_kind(MatchKind::Standard).build(&texts);
    let automaton = automaton.expect("the embedded names are far below the automaton's limits, as the tests show");
    Table { automaton, patterns, readings }
}

#[cfg(test)]
mod tests {
    use super::{Kind, table};

    #[test]
    fn every_line_of_the_tables_is_read() {
        for (name, text) in [("names", super::NAMES), ("by hand", super::BY_HAND), ("places", super::PLACES)] {
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let columns: Vec<&str> = line.split('\t').collect();
                assert!(columns.len() >= 3 && Kind::parse(columns[1]).is_some() && columns[2].len() == 2, "{name}: {line:?}");
            }
        }
        assert!(table().readings.len() > 60_000);
    }
}
