//! Cheap hashes for numbers, letters and short words of our own making.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Mixes a value into a state: both halves of the product, so that every bit of either reaches every bit of the outcome (wyhash).
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
#[inline]
pub fn mix(state: u64, value: u64) -> u64 {
    let product = u128::from(state ^ value) * 0x9e37_79b9_7f4a_7c15;
    product as u64 ^ (product >> 64) as u64
}

/// [`mix`] over whatever is hashed.
#[derive(Debug, Clone, Copy)]
pub struct Mixer(u64);

impl Default for Mixer {
    fn default() -> Self {
        Self(0x2d35_8dcc_aa6c_78a5)
    }
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.write_u64(hash_bytes(bytes));
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = mix(self.0.rotate_left(17), value);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }
}

/// A hash of some bytes.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut state = words.iter().fold(0x2d35_8dcc_aa6c_78a5_u64, |state, word| mix(state.rotate_left(17), u64::from_le_bytes(*word)));
    let last = rest.iter().rev().fold(0, |last, byte| last << 8 | u64::from(*byte));
    // Zeros at the end are not the end.
    state = mix(state.rotate_left(17), last);
    mix(state, bytes.len() as u64)
}

/// A map whose keys are small numbers or short words.
pub type EdgeMap<K, V> = HashMap<K, V, BuildHasherDefault<Mixer>>;

/// Numbers by keys that are hashes already: one look at memory each, where a general map takes two.
#[derive(Debug, Default)]
pub struct HashTable {
    /// Key in two halves, and the number; [`EMPTY`] where there is none. As many as a power of two.
    seats: Vec<[u32; 3]>,
    taken: usize,
}

const EMPTY: u32 = u32::MAX;

impl HashTable {
    /// The number of a key.
    pub fn get(&self, key: u64) -> Option<u32> {
        let (_, number) = self.find(key)?;
        number
    }

    /// Gives a key a number other than the largest.
    pub fn insert(&mut self, key: u64, number: u32) {
        if self.taken * 3 >= self.seats.len() * 2 {
            let larger = vec![[0, 0, EMPTY]; (self.seats.len() * 2).max(64)];
            self.taken = 0;
            for [low, high, number] in std::mem::replace(&mut self.seats, larger) {
                if number != EMPTY {
                    self.insert(u64::from(high) << 32 | u64::from(low), number);
                }
            }
        }
        if let Some((at, known)) = self.find(key)
            && let Some(seat) = self.seats.get_mut(at)
        {
            self.taken += usize::from(known.is_none());
            let [low, high] = halves(key);
            *seat = [low, high, number];
        }
    }

    /// The seat of a key, or the empty one where it belongs.
    fn find(&self, key: u64) -> Option<(usize, Option<u32>)> {
        let mask = self.seats.len().checked_sub(1)?;
        let [low, high] = halves(key);
        let mut at = low as usize & mask;
        loop {
            let [other_low, other_high, number] = *self.seats.get(at)?;
            if number == EMPTY {
                return Some((at, None));
            }
            if (other_low, other_high) == (low, high) {
                return Some((at, Some(number)));
            }
            at = (at + 1) & mask;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
fn halves(key: u64) -> [u32; 2] {
    [key as u32, (key >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use super::{HashTable, mix};

    #[test]
    fn a_table_keeps_every_number() {
        let mut table = HashTable::default();
        assert_eq!(table.get(1), None);
        for number in 0..1000_u32 {
            table.insert(mix(7, u64::from(number)), number);
            table.insert(u64::from(number + 1) << 32, number + 1000);
        }
        table.insert(6 << 32, 7);
        for number in 0..1000_u32 {
            assert_eq!(table.get(mix(7, u64::from(number))), Some(number));
            assert_eq!(table.get(u64::from(number + 1) << 32), Some(if number == 5 { 7 } else { number + 1000 }));
        }
        assert_eq!(table.get(1), None);
    }
}
