//! Cheap hashes for numbers, letters and short words of our own making.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Mixes a value into a state: both halves of the product, so that every bit of either reaches every bit of the outcome (wyhash).
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
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
