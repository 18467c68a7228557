//! The stems of all words that any list looks for, by a hash of their letters, and what may follow each.
//!
//! A stem is the hash of its letters, one mixed in after the other: the beginnings of a word cost one step a letter, and no tree is walked.
//! Hashes have 64 bits: two stems of a million are the same once in tens of millions of sets.

use crate::watch::forms::{ANY_LANGUAGE, Endings};
use crate::watch::hash::{EdgeMap, mix};
use crate::watch::index::SlotId;

/// The beginning of every word.
pub const ROOT: u64 = 0x9ae1_6a3b_2f90_404f;
/// What stands after a word that takes no ending: no letter.
const END: u32 = u32::MAX;

/// The stem with one letter more.
pub fn child(stem: u64, letter: char) -> u64 {
    mix(stem.rotate_left(9), u64::from(u32::from(letter)))
}

/// The stem as a whole word.
pub fn whole(stem: u64) -> u64 {
    mix(stem.rotate_left(9), u64::from(END))
}

/// A word that has a stem.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub slot: SlotId,
    /// The class with [`CLITICS`], [`NAME`] and [`CLOSED`].
    pub class: u32,
}

/// Conjunctions, prepositions and articles may be written together before the word.
pub const CLITICS: u32 = 1 << 31;
/// Kazakh letters are read as their Russian neighbors.
pub const NAME: u32 = 1 << 30;
/// Only a known ending may follow. Entries that leave the word open come first.
pub const CLOSED: u32 = 1 << 29;

/// What may follow a stem, by language. Words that are inflected alike share one class: there are thousands of words to a class.
#[derive(Debug)]
pub struct Class {
    /// All languages of the tails.
    languages: u64,
    tails: Box<[(EntryTail, u64)]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryTail {
    End,
    Any,
    Endings(u32),
}

/// Stems being collected.
#[derive(Debug, Default)]
pub struct Filling {
    loose: Vec<(u64, Entry)>,
    classes: Vec<Class>,
    class_ids: EdgeMap<Vec<(EntryTail, u64)>, u32>,
    endings: Vec<Endings>,
    ending_ids: EdgeMap<Endings, u32>,
}

impl Filling {
    /// Gives a word a stem.
    pub fn enter(&mut self, stem: u64, slot: SlotId, class: u32) {
        self.loose.push((stem, Entry { slot, class }));
    }

    /// The number of a class, with [`CLOSED`] where only known endings may follow.
    pub fn class(&mut self, tails: &[(EntryTail, u64)]) -> u32 {
        if let Some(id) = self.class_ids.get(tails) {
            return *id;
        }
        let closed = if tails.iter().any(|(tail, _)| *tail == EntryTail::Any) { 0 } else { CLOSED };
        let id = number(self.classes.len()) | closed;
        self.classes.push(Class { languages: tails.iter().fold(0, |all, (_, languages)| all | languages), tails: tails.into() });
        self.class_ids.insert(tails.to_vec(), id);
        id
    }

    /// The number of a set of endings.
    pub fn endings(&mut self, endings: Endings) -> u32 {
        let next = number(self.endings.len());
        let id = *self.ending_ids.entry(endings).or_insert(next);
        if id == next {
            self.endings.push(endings);
        }
        id
    }

    /// Sorts what was collected.
    pub fn seal(self) -> Stems {
        let mut loose = self.loose;
        loose.sort_unstable_by_key(|(stem, entry)| (*stem, entry.class & CLOSED));
        let distinct = loose.chunk_by(|a, b| a.0 == b.0).count();
        // About two stems to a bucket, and a bit of sixteen for each, so that most beginnings that are no stem end here.
        let bucket_bits = (distinct / 2).max(1).next_power_of_two().trailing_zeros();
        let filter_bits = (distinct * 8).max(64).next_power_of_two().trailing_zeros();
        let mut stems = Stems {
            bucket_shift: 64 - bucket_bits.max(1),
            filter_mask: (1 << filter_bits) - 1,
            filter: vec![0; 1 << (filter_bits - 6)],
            buckets: vec![0; (1 << bucket_bits.max(1)) + 1],
            keys: Vec::with_capacity(distinct),
            entries: Vec::with_capacity(loose.len()),
            classes: self.classes,
            rests: EdgeMap::default(),
            rest_sets: Vec::new(),
            stride: self.endings.len().div_ceil(64),
            longest: 0,
        };
        for alike in loose.chunk_by(|a, b| a.0 == b.0) {
            let Some((stem, _)) = alike.first() else { continue };
            stems.keys.push((*stem, number(stems.entries.len())));
            let bucket = stems.bucket_of(*stem);
            if let Some(count) = stems.buckets.get_mut(bucket + 1) {
                *count += 1;
            }
            let bit = *stem & stems.filter_mask;
            if let Some(word) = stems.filter.get_mut((bit >> 6) as usize) {
                *word |= 1 << (bit & 63);
            }
            stems.entries.extend(alike.iter().map(|(_, entry)| *entry));
        }
        let mut sum = 0;
        for from in &mut stems.buckets {
            sum += *from;
            *from = sum;
        }
        for (set, endings) in self.endings.iter().enumerate() {
            for ending in endings.0.split_ascii_whitespace() {
                stems.note_ending(if ending == "_" { "" } else { ending }, set);
            }
        }
        stems.rest_sets.shrink_to_fit();
        stems
    }
}

/// All stems, never changed.
#[derive(Debug, Default)]
pub struct Stems {
    bucket_shift: u32,
    filter_mask: u64,
    /// One bit of a stem's hash: most beginnings of words are no stem.
    filter: Vec<u64>,
    /// By the first bits of the hash, where its stems begin in `keys`; one more at the end.
    buckets: Vec<u32>,
    /// Stems in order, each with where its entries begin.
    keys: Vec<(u64, u32)>,
    entries: Vec<Entry>,
    classes: Vec<Class>,
    /// Every ending, with the number of its row in `rest_sets`: a bit for every set of endings that has it.
    rests: EdgeMap<&'static str, u32>,
    rest_sets: Vec<u64>,
    stride: usize,
    /// Bytes of the longest ending.
    longest: usize,
}

impl Stems {
    fn bucket_of(&self, stem: u64) -> usize {
        usize::try_from(stem >> self.bucket_shift).unwrap_or(usize::MAX)
    }

    fn note_ending(&mut self, ending: &'static str, set: usize) {
        let next = number(self.rests.len());
        let row = *self.rests.entry(ending).or_insert(next);
        if row == next {
            self.rest_sets.resize(self.rest_sets.len() + self.stride, 0);
            self.longest = self.longest.max(ending.len());
        }
        if let Some(bits) = self.rest_sets.get_mut(row as usize * self.stride + set / 64) {
            *bits |= 1 << (set % 64);
        }
    }

    /// The words that have a stem.
    pub fn entries(&self, stem: u64) -> &[Entry] {
        let bit = stem & self.filter_mask;
        if self.filter.get((bit >> 6) as usize).is_none_or(|word| word >> (bit & 63) & 1 == 0) {
            return &[];
        }
        let bucket = self.bucket_of(stem);
        let Some(&[from, to]) = self.buckets.get(bucket..bucket + 2) else { return &[] };
        let keys = self.keys.get(from as usize..to as usize).unwrap_or_default();
        let Some(at) = keys.iter().position(|(known, _)| *known == stem) else { return &[] };
        let at = from as usize + at;
        let begin = self.keys.get(at).map_or(0, |(_, begin)| *begin as usize);
        let end = self.keys.get(at + 1).map_or(self.entries.len(), |(_, begin)| *begin as usize);
        self.entries.get(begin..end).unwrap_or_default()
    }

    /// The sets of endings that a rest of a word belongs to; `None` where it is no ending.
    pub fn sets_of(&self, rest: &str) -> Option<&[u64]> {
        if rest.len() > self.longest {
            return None;
        }
        let row = *self.rests.get(rest)? as usize;
        self.rest_sets.get(row * self.stride..(row + 1) * self.stride)
    }

    /// Whether a rest of a word may follow a stem in one of some languages; `sets` is what [`Stems::sets_of`] says of it.
    pub fn may_follow(&self, class: u32, rest: &str, sets: Option<&[u64]>, languages: u64) -> bool {
        let Some(class) = self.classes.get((class & !(CLITICS | NAME | CLOSED)) as usize) else { return false };
        let fits = |(tail, of): &(EntryTail, u64)| {
            (of & languages != 0 || *of == ANY_LANGUAGE)
                && match tail {
                    EntryTail::End => rest.is_empty(),
                    EntryTail::Any => true,
                    EntryTail::Endings(id) => sets.and_then(|sets| sets.get(*id as usize / 64)).is_some_and(|bits| bits >> (id % 64) & 1 == 1),
                }
        };
        (class.languages & languages != 0 || class.languages == ANY_LANGUAGE) && class.tails.iter().any(fits)
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
