//! Where each word that any list looks for occurs in one story.

use crate::model::Field;
use crate::watch::index::SlotId;
use crate::watch::words::Split;

/// A word's place: its field and its number in it.
pub type Place = (Field, u32);

/// The occurrences of every word, in order of place. Kept between stories for its room.
#[derive(Debug, Default)]
pub struct Hits {
    /// A bit for every word that occurs.
    present: Vec<u64>,
    /// A bit for every word that occurs in title or text.
    said: Vec<u64>,
    /// The words that occur.
    slots: Vec<SlotId>,
    /// For each word that occurs, its number among them; of other words, anything.
    local: Vec<u32>,
    /// For each word that occurs, where its places begin; one more at the end.
    starts: Vec<u32>,
    places: Vec<Place>,
    /// What each distinct word of the story means: a range of `meant`.
    meanings: Vec<(u32, u32)>,
    meant: Vec<u32>,
    next: Vec<u32>,
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Hits {
    /// Begins a story for an index of so many words.
    pub fn begin(&mut self, words: usize) {
        for slot in self.slots.drain(..) {
            for all in [&mut self.present, &mut self.said] {
                if let Some(bits) = all.get_mut(slot as usize / 64) {
                    *bits = 0;
                }
            }
        }
        if self.local.len() < words {
            self.local.resize(words, 0);
            self.present.resize(words.div_ceil(64), 0);
            self.said.resize(words.div_ceil(64), 0);
        }
        self.starts.clear();
        self.meanings.clear();
        self.meant.clear();
    }

    /// The next distinct word of the story, which stands in title or text or does not, is these words of lists.
    pub fn mean(&mut self, slots: &[SlotId], is_said: bool) {
        let from = number(self.meant.len());
        for slot in slots {
            let (Some(bits), Some(local)) = (self.present.get_mut(*slot as usize / 64), self.local.get_mut(*slot as usize)) else { continue };
            let bit = 1 << (slot % 64);
            if *bits & bit == 0 {
                *bits |= bit;
                *local = number(self.slots.len());
                self.slots.push(*slot);
                self.starts.push(0);
            }
            if let Some(bits) = self.said.get_mut(*slot as usize / 64).filter(|_| is_said) {
                *bits |= bit;
            }
            self.meant.push(*local);
        }
        self.meanings.push((from, number(self.meant.len())));
    }

    /// Sorts the places of the story's words by what they mean, without comparing any.
    pub fn finish(&mut self, split: &Split) {
        let Self { starts, meanings, meant, places, next, .. } = self;
        let meaning = |word: u32| match meanings.get(word as usize) {
            Some((from, to)) => meant.get(*from as usize..*to as usize).unwrap_or_default(),
            None => &[],
        };
        split.each_token(|_, _, word| {
            for local in meaning(word) {
                if let Some(count) = starts.get_mut(*local as usize) {
                    *count += 1;
                }
            }
        });
        let mut sum = 0;
        for start in &mut *starts {
            sum += std::mem::replace(start, sum);
        }
        next.clear();
        next.extend_from_slice(starts);
        starts.push(sum);
        places.clear();
        places.resize(sum as usize, (Field::Title, 0));
        split.each_token(|field, at, word| {
            for local in meaning(word) {
                if let Some(to) = next.get_mut(*local as usize) {
                    if let Some(place) = places.get_mut(*to as usize) {
                        *place = (field, at);
                    }
                    *to += 1;
                }
            }
        });
    }

    /// Every word that occurs.
    pub fn slots(&self) -> &[SlotId] {
        &self.slots
    }

    /// Whether a word occurs.
    #[inline]
    pub fn has(&self, slot: SlotId) -> bool {
        self.present.get(slot as usize / 64).is_some_and(|bits| bits >> (slot % 64) & 1 == 1)
    }

    /// Whether a word occurs in title or text.
    #[inline]
    pub fn is_said(&self, slot: SlotId) -> bool {
        self.said.get(slot as usize / 64).is_some_and(|bits| bits >> (slot % 64) & 1 == 1)
    }

    /// Where a word occurs, in order.
    pub fn of(&self, slot: SlotId) -> &[Place] {
        if !self.has(slot) {
            return &[];
        }
        let Some(local) = self.local.get(slot as usize).map(|local| *local as usize) else { return &[] };
        match self.starts.get(local..local + 2) {
            Some(&[from, to]) => self.places.get(from as usize..to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}
