//! Where each word that any list looks for occurs in one story.

use crate::model::Field;
use crate::watch::hash::EdgeMap;
use crate::watch::index::SlotId;

/// A word's place: its field and its number in it.
pub type Place = (Field, u32);

/// The occurrences of every word, in order of place. Filled word by word: first which words a token is, then where the tokens stand.
#[derive(Debug, Default)]
pub struct Hits {
    /// Numbers the words that occur.
    local: EdgeMap<u32, u32>,
    /// For each such word, where its places begin; one more at the end.
    starts: Vec<u32>,
    places: Vec<Place>,
}

/// The words of one distinct token, as a range of [`Filling::words`].
#[derive(Debug, Clone, Copy)]
pub struct Meaning {
    from: u32,
    to: u32,
}

/// Hits being filled.
#[derive(Debug, Default)]
pub struct Filling {
    local: EdgeMap<u32, u32>,
    counts: Vec<u32>,
    words: Vec<u32>,
    tokens: Vec<(Place, Meaning)>,
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Filling {
    /// The words that a distinct token is.
    pub fn meaning(&mut self, slots: &[SlotId]) -> Meaning {
        let from = number(self.words.len());
        for slot in slots {
            let next = number(self.counts.len());
            let local = *self.local.entry(slot.0).or_insert(next);
            if local == next {
                self.counts.push(0);
            }
            self.words.push(local);
        }
        Meaning { from, to: number(self.words.len()) }
    }

    /// A token of a known meaning; tokens come in order of place.
    pub fn token(&mut self, place: Place, meaning: Meaning) {
        if meaning.from == meaning.to {
            return;
        }
        for local in self.words.get(meaning.from as usize..meaning.to as usize).unwrap_or_default() {
            if let Some(count) = self.counts.get_mut(*local as usize) {
                *count += 1;
            }
        }
        self.tokens.push((place, meaning));
    }

    /// Sorts the places by word, without comparing any.
    pub fn finish(self) -> Hits {
        let mut starts = Vec::with_capacity(self.counts.len() + 1);
        let mut sum = 0;
        for count in &self.counts {
            starts.push(sum);
            sum += count;
        }
        let mut next = starts.clone();
        starts.push(sum);
        let mut places = vec![(Field::Title, 0); sum as usize];
        for (place, meaning) in self.tokens {
            for local in self.words.get(meaning.from as usize..meaning.to as usize).unwrap_or_default() {
                if let Some(at) = next.get_mut(*local as usize) {
                    if let Some(target) = places.get_mut(*at as usize) {
                        *target = place;
                    }
                    *at += 1;
                }
            }
        }
        Hits { local: self.local, starts, places }
    }
}

impl Hits {
    /// Every word that occurs.
    pub fn slots(&self) -> impl Iterator<Item = SlotId> {
        self.local.keys().map(|slot| SlotId(*slot))
    }

    /// Where a word occurs, in order.
    pub fn of(&self, slot: SlotId) -> &[Place] {
        let Some(local) = self.local.get(&slot.0).map(|local| *local as usize) else { return &[] };
        match self.starts.get(local..local + 2) {
            Some(&[from, to]) => self.places.get(from as usize..to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}
