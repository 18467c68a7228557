//! The stems of all words that any list looks for, by a hash of their letters, and what may follow each.
//!
//! A stem is the hash of its letters, one mixed in after the other: the beginnings of a word cost one step a letter, and no tree is walked.
//! Of the 64 bits of a hash a bucket and its entry keep 60 where there are a million stems: a word is mistaken for another one's stem once in
//! billions of stories.

use crate::watch::forms::{ANY_LANGUAGE, Endings};
use crate::watch::hash::{EdgeMap, mix};
use crate::watch::index::SlotId;

/// The beginning of every word.
pub const ROOT: u64 = 0x9ae1_6a3b_2f90_404f;
/// What stands after a word that takes no ending: no letter.
const END: u32 = u32::MAX;

/// The stem with one letter more.
#[inline]
pub fn child(stem: u64, letter: char) -> u64 {
    mix(stem.rotate_left(9), u64::from(u32::from(letter)))
}

/// The stem as a whole word.
#[inline]
pub fn whole(stem: u64) -> u64 {
    mix(stem.rotate_left(9), u64::from(END))
}

/// A word that has a stem. There are millions of these: twelve bytes each.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry {
    /// The last bits of the stem's hash.
    check: u32,
    /// The class, and eight bits more of the hash.
    class: u32,
    /// The word with [`CLITICS`], [`NAME`] and [`CLOSED`].
    slot: u32,
}

/// Conjunctions, prepositions and articles may be written together before the word.
pub const CLITICS: u32 = 1 << 31;
/// Kazakh letters are read as their Russian neighbors.
pub const NAME: u32 = 1 << 30;
/// Only a known ending may follow. Entries that leave the word open come first.
pub const CLOSED: u32 = 1 << 29;

const CLASS: u32 = (1 << 24) - 1;

impl Entry {
    fn new(stem: u64, class: u32, slot: u32) -> Self {
        Self { check: low(stem), class: class & CLASS | low(stem >> 8) & !CLASS, slot }
    }

    fn is_of(self, stem: u64) -> bool {
        self.check == low(stem) && (self.class ^ low(stem >> 8)) & !CLASS == 0
    }

    /// The word.
    pub fn slot(self) -> SlotId {
        self.slot & !(CLITICS | NAME | CLOSED)
    }

    /// Whether [`CLITICS`], [`NAME`] or [`CLOSED`] is set.
    pub fn is(self, flag: u32) -> bool {
        self.slot & flag != 0
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the last bits are what is wanted")]
fn low(bits: u64) -> u32 {
    bits as u32
}

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
    /// Stem, word with its flags, class.
    loose: Vec<(u64, u32, u32)>,
    classes: Vec<Class>,
    class_ids: EdgeMap<Vec<(EntryTail, u64)>, u32>,
    endings: Vec<Endings>,
    ending_ids: EdgeMap<Endings, u32>,
}

impl Filling {
    /// Gives a word a stem. `class` is what [`Filling::class`] gave.
    pub fn enter(&mut self, stem: u64, slot: SlotId, flags: u32, class: ClassId) {
        self.loose.push((stem, slot | flags | class.closed, class.number));
    }

    /// The class of stems that some endings may follow.
    pub fn class(&mut self, tails: &[(EntryTail, u64)]) -> ClassId {
        let closed = if tails.iter().any(|(tail, _)| *tail == EntryTail::Any) { 0 } else { CLOSED };
        if let Some(id) = self.class_ids.get(tails) {
            return ClassId { number: *id, closed };
        }
        let id = number(self.classes.len());
        self.classes.push(Class { languages: tails.iter().fold(0, |all, (_, languages)| all | languages), tails: tails.into() });
        self.class_ids.insert(tails.to_vec(), id);
        ClassId { number: id, closed }
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
        let loose = self.loose;
        // About two entries to a bucket, and eight bits for each, so that most beginnings that are no stem end here.
        let bucket_bits = (loose.len() / 2).max(2).next_power_of_two().trailing_zeros();
        let filter_bits = (loose.len() * 8).max(64).next_power_of_two().trailing_zeros();
        let mut stems = Stems {
            bucket_shift: 64 - bucket_bits,
            filter_mask: (1 << filter_bits) - 1,
            filter: vec![0; 1 << (filter_bits - 6)],
            buckets: vec![0; (1 << bucket_bits) + 1],
            entries: vec![Entry::default(); loose.len()],
            classes: self.classes,
            rests: EdgeMap::default(),
            rest_sets: Vec::new(),
            stride: self.endings.len().div_ceil(64),
            longest: 0,
        };
        for (stem, ..) in &loose {
            let bucket = stems.bucket_of(*stem);
            if let Some(count) = stems.buckets.get_mut(bucket) {
                *count += 1;
            }
            let (word, bit) = stems.filter_bit(*stem);
            if let Some(word) = stems.filter.get_mut(word) {
                *word |= bit;
            }
        }
        let mut sum = 0;
        for from in &mut stems.buckets {
            sum += std::mem::replace(from, sum);
        }
        let mut next = stems.buckets.clone();
        for (stem, slot, class) in loose {
            if let Some(at) = next.get_mut(stems.bucket_of(stem)) {
                if let Some(entry) = stems.entries.get_mut(*at as usize) {
                    *entry = Entry::new(stem, class, slot);
                }
                *at += 1;
            }
        }
        for bucket in 0..stems.buckets.len() - 1 {
            let range = stems.range(bucket);
            if let Some(entries) = stems.entries.get_mut(range).filter(|entries| entries.len() > 1) {
                entries.sort_unstable_by_key(|entry| (entry.check, entry.class & !CLASS, entry.is(CLOSED)));
            }
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

/// The number of a class, and [`CLOSED`] where only known endings may follow.
#[derive(Debug, Clone, Copy)]
pub struct ClassId {
    number: u32,
    closed: u32,
}

/// All stems, never changed.
#[derive(Debug, Default)]
pub struct Stems {
    bucket_shift: u32,
    filter_mask: u64,
    /// One bit of a stem's hash: most beginnings of words are no stem.
    filter: Vec<u64>,
    /// By the first bits of the hash, where its stems begin in `entries`; one more at the end.
    buckets: Vec<u32>,
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

    /// The word and the bit of the filter; other bits of the hash than those that choose a bucket, as far as there are any.
    fn filter_bit(&self, stem: u64) -> (usize, u64) {
        let bit = stem & self.filter_mask;
        (usize::try_from(bit >> 6).unwrap_or(usize::MAX), 1 << (bit & 63))
    }

    fn range(&self, bucket: usize) -> std::ops::Range<usize> {
        match self.buckets.get(bucket..bucket + 2) {
            Some(&[from, to]) => from as usize..to as usize,
            _ => 0..0,
        }
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
    #[inline]
    pub fn entries(&self, stem: u64) -> &[Entry] {
        let (word, bit) = self.filter_bit(stem);
        if self.filter.get(word).is_none_or(|word| word & bit == 0) {
            return &[];
        }
        let bucket = self.entries.get(self.range(self.bucket_of(stem))).unwrap_or_default();
        let from = bucket.iter().position(|entry| entry.is_of(stem)).unwrap_or(bucket.len());
        let alike = bucket.get(from..).unwrap_or_default();
        let length = alike.iter().take_while(|entry| entry.is_of(stem)).count();
        alike.get(..length).unwrap_or_default()
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
    #[inline]
    pub fn may_follow(&self, entry: Entry, rest: &str, sets: Option<&[u64]>, languages: u64) -> bool {
        let Some(class) = self.classes.get((entry.class & CLASS) as usize) else { return false };
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
