//! The embedded tables: sorted lines, found by their first word without copying them.

use std::collections::HashMap;

use crate::model::CountryCode;
use crate::understand::classify::countries::words::is_unspaced;

/// Lines `key \t kind \t country \t extra`, sorted by the first word of the key.
#[derive(Debug)]
pub struct Table {
    text: &'static str,
    /// Where the lines of a first word begin, plus one, at its hash or the next free slot; 0 is free. A power of two, at most half full.
    slots: Vec<u32>,
    /// First letter: the longest key in letters, for scripts without spaces.
    longest: HashMap<char, usize>,
}

/// A line.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub key: &'static str,
    pub kind: Kind,
    /// Whether the word needs a capital where its script has any.
    pub capital: bool,
    pub country: CountryCode,
    /// Languages parted by commas; for places, none means any.
    pub extra: &'static str,
}

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Name,
    /// A name that is a common word too in its language: one alone says little.
    Soft,
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
    /// An office, body, party or person that stands for one state.
    Institution,
    /// A region shortened after a comma: `Friedensburg, Pa.`
    Abbreviation,
    /// A number as one country's telephones have it.
    Telephone,
    /// A phrase that contains a name and means no country.
    Trap,
}

impl Kind {
    /// The kind, and whether it needs a capital.
    fn parse(text: &str) -> Option<(Self, bool)> {
        Some(match text {
            "N" => (Self::Name, true),
            "S" => (Self::Soft, true),
            "X" => (Self::Exact, true),
            "A" => (Self::Adjective, false),
            "R" => (Self::Region, true),
            "C" => (Self::Capital, true),
            "M" => (Self::Metropolis, true),
            "H" => (Self::City, true),
            "T" => (Self::Town, true),
            "O" => (Self::Namesake, true),
            "I" => (Self::Institution, true),
            "J" => (Self::Institution, false),
            "P" => (Self::Abbreviation, true),
            "Z" => (Self::Trap, false),
            _ => return None,
        })
    }

    /// The name in evidence.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Name | Self::Soft | Self::Exact => "name",
            Self::Adjective => "demonym",
            Self::Region | Self::Abbreviation => "region",
            Self::Capital => "capital",
            Self::Metropolis | Self::City => "city",
            Self::Town | Self::Namesake => "town",
            Self::Institution => "institution",
            Self::Telephone => "telephone",
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
        let mut starts: Vec<u32> = Vec::with_capacity(text.len() / 24);
        let mut longest: HashMap<char, usize> = HashMap::new();
        let (mut at, mut last) = (0, "");
        for line in text.lines() {
            let first = first_word(line);
            if first != last {
                starts.push(offset(at));
                last = first;
            }
            if let Some(c) = line.chars().next().filter(|c| is_unspaced(*c)) {
                let letters = line.split('\t').next().unwrap_or_default().chars().count();
                longest.entry(c).and_modify(|most| *most = letters.max(*most)).or_insert(letters);
            }
            at += line.len() + 1;
        }
        let mut slots = vec![0; (starts.len() * 2).next_power_of_two()];
        for start in starts {
            let first = text.get(start as usize..).map_or("", first_word);
            let mut slot = hash(first) & (slots.len() - 1);
            while slots.get(slot).is_some_and(|taken| *taken != 0) {
                slot = (slot + 1) & (slots.len() - 1);
            }
            if let Some(free) = slots.get_mut(slot) {
                *free = start + 1;
            }
        }
        Self { text, slots, longest }
    }

    /// The rows whose key begins with the word.
    pub fn rows<'a>(&self, word: &'a str) -> impl Iterator<Item = Row> + use<'a> {
        let start = self.start(word).unwrap_or(self.text.len());
        self.text.get(start..).unwrap_or_default().lines().take_while(move |line| begins(line, word)).filter_map(row)
    }

    /// Where the lines of a first word begin.
    fn start(&self, word: &str) -> Option<usize> {
        let mut slot = hash(word) & self.slots.len().checked_sub(1)?;
        while let Some(start) = self.slots.get(slot)?.checked_sub(1) {
            if self.text.get(start as usize..).is_some_and(|rest| begins(rest, word)) {
                return Some(start as usize);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        None
    }

    /// The most letters that a key beginning with this letter of an unspaced script has.
    pub fn longest_from(&self, letter: char) -> usize {
        self.longest.get(&letter).copied().unwrap_or(0)
    }
}

fn begins(line: &str, word: &str) -> bool {
    line.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\t']))
}

fn first_word(line: &str) -> &str {
    line.split([' ', '\t']).next().unwrap_or_default()
}

/// Mixes eight bytes at a time: short words, looked up for each form of each word of a story.
fn hash(word: &str) -> usize {
    let mut mixed: u64 = 0;
    for chunk in word.as_bytes().chunks(8) {
        let part = chunk.iter().fold(0_u64, |part, byte| part << 8 | u64::from(*byte));
        mixed = (mixed.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    // Multiplying fills the upper half best.
    (mixed >> 32) as usize
}

/// Tables have a few megabytes: their offsets fit.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX - 1)
}

fn row(line: &'static str) -> Option<Row> {
    let mut fields = line.split('\t');
    let key = fields.next()?;
    let (kind, capital) = Kind::parse(fields.next()?)?;
    let country = CountryCode::parse(fields.next()?)?;
    Some(Row { key, kind, capital, country, extra: fields.next().unwrap_or_default() })
}
