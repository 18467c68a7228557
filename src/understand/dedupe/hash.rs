//! One stable 64-bit hash: its values are stored for days and must be the same after an upgrade, on every machine.

/// FNV-1a (draft-eastlake-fnv), fed piece by piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hash(u64);

impl Hash {
    /// A hash of one of several kinds of things: equal bytes of two kinds have different hashes.
    pub(super) fn of_kind(kind: &str) -> Self {
        Self(0xcbf2_9ce4_8422_2325).piece(kind)
    }

    /// Adds a piece and its end: "ab", "c" is not "a", "bc".
    pub(super) fn piece(self, text: &str) -> Self {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        // 0xff stands in no UTF-8 text.
        Self(mix(text.bytes().fold(self.0, mix), 0xff))
    }

    /// The value, with all bits equally distributed: FNV's low bits follow the last byte, and sampling keeps the lowest values.
    /// The steps are those of MurmurHash3's finalizer (public domain).
    pub(super) fn finish(self) -> u64 {
        let mut hash = self.0;
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        hash ^ (hash >> 33)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_never_change() {
        assert_eq!(Hash::of_kind("test").piece("harbour").finish(), 0xbf96_bbd1_f535_d88f);
    }

    #[test]
    fn pieces_have_ends() {
        assert_ne!(Hash::of_kind("t").piece("ab").piece("c").finish(), Hash::of_kind("t").piece("a").piece("bc").finish());
    }
}
