//! The embedded tables: sorted lines, found by their first word without copying them.

use std::collections::HashMap;

use crate::model::CountryCode;

/// Lines `key \t kind \t country \t extra`, sorted by the first word of the key.
#[derive(Debug)]
pub struct Table {
    text: &'static str,
    /// First word: where its lines begin and end.
    lines: HashMap<&'static str, (u32, u32)>,
    /// First letter: the longest key in letters, for scripts without spaces.
    longest: HashMap<char, usize>,
}

/// A line.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub key: &'static str,
    pub kind: Kind,
    pub country: CountryCode,
    /// Languages parted by commas; for places, none means any.
    pub extra: &'static str,
}

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Name,
    /// An abbreviation, its letters as they stand.
    Exact,
    Adjective,
    Region,
    Capital,
    /// A million people or more.
    Metropolis,
    /// A hundred thousand people or more.
    City,
    Town,
    /// A place elsewhere that has the name of a known one.
    Namesake,
    /// A phrase that contains a name and means no country.
    Trap,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "N" => Self::Name,
            "X" => Self::Exact,
            "A" => Self::Adjective,
            "R" => Self::Region,
            "C" => Self::Capital,
            "M" => Self::Metropolis,
            "H" => Self::City,
            "T" => Self::Town,
            "O" => Self::Namesake,
            "Z" => Self::Trap,
            _ => return None,
        })
    }

    /// The name in evidence.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Name | Self::Exact => "name",
            Self::Adjective => "demonym",
            Self::Region => "region",
            Self::Capital => "capital",
            Self::Metropolis | Self::City => "city",
            Self::Town | Self::Namesake => "town",
            Self::Trap => "trap",
        }
    }

    /// Settlements, whose names several countries may share.
    pub fn is_city(self) -> bool {
        matches!(self, Self::Capital | Self::Metropolis | Self::City | Self::Town | Self::Namesake)
    }
}

impl Table {
    /// Indexes the lines; the text itself stays where it is in the binary.
    pub fn new(text: &'static str) -> Self {
        let mut lines: HashMap<&'static str, (u32, u32)> = HashMap::with_capacity(text.len() / 32);
        let mut longest: HashMap<char, usize> = HashMap::new();
        let mut at = 0;
        while let Some(length) = memchr_line(text, at) {
            let line = text.get(at..at + length).unwrap_or_default();
            let key = line.split_once('\t').map_or(line, |(key, _)| key);
            let first = key.split_once(' ').map_or(key, |(first, _)| first);
            let (from, to) = (offset(at), offset(at + length));
            lines.entry(first).and_modify(|range| range.1 = to).or_insert((from, to));
            if let Some(c) = key.chars().next().filter(|c| !c.is_ascii() && crate::understand::classify::countries::words::is_unspaced(*c)) {
                let letters = key.chars().count();
                longest.entry(c).and_modify(|most| *most = letters.max(*most)).or_insert(letters);
            }
            at += length + 1;
        }
        Self { text, lines, longest }
    }

    /// The rows whose key begins with the word.
    pub fn rows(&self, first_word: &str) -> impl Iterator<Item = Row> + use<> {
        let range = self.lines.get(first_word).map_or(0..0, |&(from, to)| from as usize..to as usize);
        self.text.get(range).unwrap_or_default().lines().filter_map(row)
    }

    /// The most letters that a key beginning with this letter of an unspaced script has.
    pub fn longest_from(&self, letter: char) -> usize {
        self.longest.get(&letter).copied().unwrap_or(0)
    }
}

fn memchr_line(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    Some(rest.find('\n').unwrap_or(rest.len()))
}

/// Tables have a few megabytes: their offsets fit.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn row(line: &'static str) -> Option<Row> {
    let mut fields = line.split('\t');
    let key = fields.next()?;
    let kind = Kind::parse(fields.next()?)?;
    let country = CountryCode::parse(fields.next()?)?;
    Some(Row { key, kind, country, extra: fields.next().unwrap_or_default() })
}
