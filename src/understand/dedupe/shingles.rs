//! Samples of a text by which its copies are found again.

use std::collections::BTreeSet;

use crate::text::tokenize;
use crate::understand::dedupe::hash::Hash;

/// Shingles of the headline and the beginning that are always kept: a summary is made of them.
const LEAD_SHINGLES: usize = 40;
/// Shingles that are kept of one story. Candidates are compared by their whole texts, so that a sample only has to find them.
pub const SHINGLE_LIMIT: usize = 96;

/// Length of a shingle: five words, or eight characters in scripts whose tokens are characters (Han, Kana, Thai).
const SHINGLE_UNITS: usize = 40;
const WORD_UNITS: usize = 8;
const CHARACTER_UNITS: usize = 5;
/// Shorter texts have no shingle: two or three words are a rubric, not a text.
const FEWEST_UNITS: usize = 32;

/// Hashes of runs of words of a headline and a text, at most [`SHINGLE_LIMIT`], ascending.
///
/// Which are kept depends on their values alone, beyond the lead: the lowest ones (bottom-k sampling), the same in every copy of a passage. The
/// script decides per token what a word is; a language that was guessed wrong must not hide a copy.
pub fn shingles(title: &str, text: &str) -> Vec<i64> {
    let mut kept = BTreeSet::new();
    let mut rest = BTreeSet::new();
    for (at, hash) in hashes(title).into_iter().chain(hashes(text)).enumerate() {
        if at < LEAD_SHINGLES {
            kept.insert(hash);
        } else {
            rest.insert(hash);
            if rest.len() > SHINGLE_LIMIT {
                rest.pop_last();
            }
        }
    }
    for hash in rest {
        if kept.len() >= SHINGLE_LIMIT {
            break;
        }
        kept.insert(hash);
    }
    let mut out: Vec<i64> = kept.into_iter().map(u64::cast_signed).collect();
    out.sort_unstable();
    out
}

fn hashes(text: &str) -> Vec<u64> {
    let tokens = tokenize(text);
    let units: Vec<usize> = tokens.iter().map(|token| if is_character(&token.folded) { CHARACTER_UNITS } else { WORD_UNITS }).collect();
    let mut out = Vec::with_capacity(tokens.len());
    for start in 0..tokens.len() {
        let (mut sum, mut hash) = (0, Hash::of_kind("shingle"));
        for (token, units) in tokens.iter().zip(&units).skip(start) {
            hash = hash.piece(&token.folded);
            sum += units;
            if sum >= SHINGLE_UNITS {
                break;
            }
        }
        if sum >= SHINGLE_UNITS || (start == 0 && sum >= FEWEST_UNITS) {
            out.push(hash.finish());
        } else {
            break;
        }
    }
    out
}

/// True for a token that is one character of a script without spaces.
pub(super) fn is_character(token: &str) -> bool {
    let mut characters = token.chars();
    let Some(first) = characters.next() else { return false };
    // Han, Kana, Bopomofo and what stands between them; Thai and Lao; Burmese; Khmer. Combining marks may follow.
    matches!(first, '\u{2E80}'..='\u{30FF}' | '\u{3100}'..='\u{312F}' | '\u{31F0}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
        && characters.count() < 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(a: &[i64], b: &[i64]) -> usize {
        a.iter().filter(|hash| b.contains(hash)).count()
    }

    fn numbered(range: std::ops::Range<usize>) -> String {
        range.map(|n| format!("w{n} ")).collect()
    }

    #[test]
    fn short_texts_keep_all_shingles() {
        assert_eq!(shingles("", "one two three four five six seven").len(), 3);
        assert_eq!(shingles("", "one two three four").len(), 1);
        assert!(shingles("Press review", "").is_empty());
        assert_eq!(shingles("", "一二三四五六七八九十").len(), 3);
    }

    #[test]
    fn samples_are_bounded_and_of_copies_alike() {
        let long = shingles("A headline of the first paper", &numbered(0..5000));
        assert_eq!(long.len(), SHINGLE_LIMIT);
        let copy = shingles("Another headline stands over this", &numbered(0..5000));
        assert!(shared(&long, &copy) > SHINGLE_LIMIT / 2);
    }

    #[test]
    fn a_summary_finds_its_long_text() {
        let long = shingles("", &numbered(0..20_000));
        assert!(shared(&long, &shingles("", &numbered(0..30))) >= 20);
    }

    #[test]
    fn a_passage_in_the_middle_is_found() {
        let long = shingles("", &numbered(0..1000));
        assert!(shared(&long, &shingles("", &numbered(300..700))) > 5);
    }

    #[test]
    fn samples_ascend() {
        assert!(shingles("", &numbered(0..200)).is_sorted());
    }
}
