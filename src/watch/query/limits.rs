//! What a query may cost. Real queries are far below; a runaway one must not slow every story.

/// Longest text of one query.
pub const QUERY_BYTES: usize = 8 * 1024;
/// Words and phrases of a query after its groups are expanded.
pub const LEAVES: usize = 512;
/// Starred words of a query after its groups are expanded.
pub const PREFIXES: usize = 64;
/// Largest n of `NEAR/n`.
pub const NEAR: usize = 30;
/// The n of a bare `NEAR`.
pub const NEAR_DEFAULT: usize = 4;
/// Brackets and fields inside one another.
pub const DEPTH: usize = 16;
/// Letters before a star.
pub const PREFIX_LETTERS: usize = 3;
/// The same for Han, Kana and Hangul, where two characters are a word.
pub const PREFIX_IDEOGRAPHS: usize = 2;
