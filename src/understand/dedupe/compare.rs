//! How much of two texts is one text, and whether what differs is who and where.
//!
//! Enters: two prepared texts. Leaves: a [`Comparison`]. Samples find candidates; this looks at the words themselves.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::text::tokenize;
use crate::understand::dedupe::event::{is_small, skeleton};
use crate::understand::dedupe::hash::Hash;
use crate::understand::dedupe::shingles::is_character;

/// Tokens that are compared of a text: the rest of a longer one adds cost, not knowledge.
const TOKEN_LIMIT: usize = 4000;
/// Words in a row that both texts must have for a passage to count as shared.
const ANCHOR_WORDS: usize = 3;
/// The same in scripts whose tokens are characters: three words are about six of them.
const ANCHOR_CHARACTERS: usize = 6;
/// Longest replacement between two shared passages, in tokens on either side.
const GAP_LIMIT: usize = 10;
/// Where a replaced name counts as the subject, in words.
const LEAD: usize = 40;
/// The very beginning of a story, in words: a first sentence. Short reports are hardly longer before their boilerplate begins.
const START: usize = 16;

/// A text made ready for comparing.
#[derive(Debug)]
pub(super) struct Prepared {
    title: BTreeSet<u64>,
    tokens: Vec<Word>,
    /// Most tokens are single characters.
    characters: bool,
    vocabulary: BTreeSet<u64>,
}

#[derive(Debug)]
struct Word {
    hash: u64,
    kind: Kind,
    folded: String,
}

impl Word {
    /// True for a name or number that another text does not have.
    fn names(&self, other: &Prepared) -> bool {
        self.kind != Kind::Plain && !other.vocabulary.contains(&self.hash)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Begins with a capital letter.
    Capitalized,
    Number,
    /// Of a script without letter case: whether it is a name cannot be seen.
    Caseless,
    Plain,
}

/// What two texts have in common.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Comparison {
    /// Share of the first text's words that stand in shared passages, 0..1.
    pub(super) coverage_a: f32,
    /// The same of the second.
    pub(super) coverage_b: f32,
    /// Share of the first [`START`] words of either text that stand in shared passages: the larger of the two.
    pub(super) lead: f32,
    /// Words in shared passages.
    pub(super) shared: usize,
    /// First word of the first shared passage, in either text.
    pub(super) start_a: usize,
    pub(super) start_b: usize,
    pub(super) length_a: usize,
    pub(super) length_b: usize,
    /// Names that the other text does not know stand in each other's place.
    pub(super) swapped_names: Vec<Swap>,
    /// Numbers that stand in each other's place, and numbers that agree.
    pub(super) swapped_numbers: usize,
    pub(super) equal_numbers: usize,
    /// Distinct words of the shorter headline.
    pub(super) title_length: usize,
    /// All words of the shorter headline stand in the other headline.
    pub(super) same_title: bool,
}

/// One name in the place of another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Swap {
    /// How often it happens.
    pub(super) times: usize,
    /// Both names stand in their headlines.
    pub(super) in_titles: bool,
    /// It happens where both stories begin.
    pub(super) in_lead: bool,
    /// Seen by capital letters.
    pub(super) cased: bool,
}

impl Prepared {
    pub(super) fn new(title: &str, text: &str) -> Self {
        let title_words = words(title);
        // A story without a body is its headline.
        let mut tokens = words(text);
        if tokens.is_empty() {
            tokens = words(title);
        }
        tokens.truncate(TOKEN_LIMIT);
        let title: BTreeSet<u64> = title_words.iter().map(|word| word.hash).collect();
        let vocabulary = tokens.iter().map(|word| word.hash).chain(title.iter().copied()).collect();
        let characters = tokens.iter().filter(|word| is_character(&word.folded)).count() * 2 > tokens.len();
        Self { title, tokens, characters, vocabulary }
    }
}

fn words(text: &str) -> Vec<Word> {
    tokenize(text)
        .into_iter()
        .map(|token| {
            let surface = text.get(token.start..token.end).unwrap_or_default();
            let first = surface.chars().next().unwrap_or(' ');
            let kind = if surface.chars().any(char::is_numeric) {
                Kind::Number
            } else if first.is_uppercase() {
                Kind::Capitalized
            } else if is_small(first) {
                Kind::Plain
            } else {
                Kind::Caseless
            };
            Word { hash: Hash::of_kind("word").piece(&token.folded).finish(), kind, folded: token.folded }
        })
        .collect()
}

/// A passage that both texts have.
#[derive(Debug, Clone, Copy)]
struct Block {
    a: usize,
    b: usize,
    length: usize,
}

/// Compares two texts: finds shared passages in any order, then looks at what stands between neighbouring ones.
pub(super) fn compare(a: &Prepared, b: &Prepared) -> Comparison {
    let anchor = if a.characters && b.characters { ANCHOR_CHARACTERS } else { ANCHOR_WORDS };
    let blocks = shared_passages(&a.tokens, &b.tokens, anchor);
    let mut covered_a = vec![false; a.tokens.len()];
    let mut covered_b = vec![false; b.tokens.len()];
    for block in &blocks {
        covered_a.iter_mut().skip(block.a).take(block.length).for_each(|covered| *covered = true);
        covered_b.iter_mut().skip(block.b).take(block.length).for_each(|covered| *covered = true);
    }
    let mut swaps: BTreeMap<(String, String), Swap> = BTreeMap::new();
    let mut swapped_numbers = 0;
    // What stands before the first and after the last passage is looked at like what stands between two.
    let ends = [Block { a: 0, b: 0, length: 0 }, Block { a: a.tokens.len(), b: b.tokens.len(), length: 0 }];
    let befores = ends.iter().take(1).chain(&blocks);
    let afters = blocks.iter().chain(ends.iter().skip(1));
    for (before, after) in befores.zip(afters) {
        let (from_a, from_b) = (before.a + before.length, before.b + before.length);
        let (Some(gap_a), Some(gap_b)) = (a.tokens.get(from_a..after.a), b.tokens.get(from_b..after.b)) else { continue };
        if gap_a.len() > GAP_LIMIT || gap_b.len() > GAP_LIMIT {
            continue;
        }
        // Single words that survived between two edits belong to the passage, and part one replacement from the next.
        let mut at = (0, 0);
        for (same_a, same_b) in common_words(gap_a, gap_b).into_iter().chain([(gap_a.len(), gap_b.len())]) {
            covered_a.iter_mut().skip(from_a + same_a).take(usize::from(same_a < gap_a.len())).for_each(|covered| *covered = true);
            covered_b.iter_mut().skip(from_b + same_b).take(usize::from(same_b < gap_b.len())).for_each(|covered| *covered = true);
            let new_a: Vec<&Word> = gap_a.get(at.0..same_a).unwrap_or_default().iter().filter(|word| word.names(b)).collect();
            let new_b: Vec<&Word> = gap_b.get(at.1..same_b).unwrap_or_default().iter().filter(|word| word.names(a)).collect();
            at = (same_a + 1, same_b + 1);
            if [&new_a, &new_b].iter().all(|words| words.iter().any(|word| word.kind == Kind::Number)) {
                swapped_numbers += 1;
            }
            for (old, new, cased) in swapped_names(&new_a, &new_b) {
                let stands = |names: &[&Word], title: &BTreeSet<u64>| names.iter().any(|word| title.contains(&word.hash));
                let in_titles = stands(&old, &a.title) && stands(&new, &b.title);
                let in_lead = from_a < LEAD && from_b < LEAD;
                let swap = swaps.entry((joined(&old), joined(&new))).or_insert(Swap { times: 0, in_titles, in_lead, cased });
                swap.times += 1;
            }
        }
    }
    let count = |covered: &[bool]| covered.iter().filter(|covered| **covered).count();
    let share = |covered: &[bool]| count(covered) as f32 / covered.len().max(1) as f32;
    let equal_numbers = a.tokens.iter().zip(&covered_a).filter(|(word, covered)| **covered && word.kind == Kind::Number).count();
    let lead = |covered: &[bool]| share(covered.get(..START).unwrap_or(covered));
    let smaller = a.title.len().min(b.title.len());
    Comparison {
        coverage_a: share(&covered_a),
        coverage_b: share(&covered_b),
        lead: lead(&covered_a).max(lead(&covered_b)),
        shared: count(&covered_a).min(count(&covered_b)),
        start_a: blocks.iter().map(|block| block.a).min().unwrap_or(0),
        start_b: blocks.iter().map(|block| block.b).min().unwrap_or(0),
        length_a: a.tokens.len(),
        length_b: b.tokens.len(),
        swapped_names: swaps.into_values().collect(),
        swapped_numbers,
        equal_numbers,
        title_length: smaller,
        same_title: smaller > 0 && a.title.intersection(&b.title).count() == smaller,
    }
}

/// The names of a replacement that stand in each other's place, with whether capital letters show them: word by word where both sides
/// have as many, else as a whole. Two spellings of one name are no replacement.
fn swapped_names<'a>(new_a: &[&'a Word], new_b: &[&'a Word]) -> Vec<(Vec<&'a Word>, Vec<&'a Word>, bool)> {
    let of_kind = |words: &[&'a Word], kind: Kind| words.iter().copied().filter(|word| word.kind == kind).collect::<Vec<_>>();
    let mut out = Vec::new();
    for kind in [Kind::Capitalized, Kind::Caseless] {
        let (a, b) = (of_kind(new_a, kind), of_kind(new_b, kind));
        if a.is_empty() || b.is_empty() {
            continue;
        }
        let single = a.len() == b.len() && kind == Kind::Capitalized;
        let pairs: Vec<_> = if single { a.into_iter().zip(b).map(|(a, b)| (vec![a], vec![b])).collect() } else { vec![(a, b)] };
        for (a, b) in pairs {
            // Kyiv and Kiev, Qasim and Kasym: another spelling, or another grammatical ending, is no other name.
            let alike = |a: &Word, b: &Word| !skeleton(&a.folded).is_empty() && skeleton(&a.folded) == skeleton(&b.folded);
            let spelling = a.iter().any(|a| !is_character(&a.folded) && b.iter().any(|b| alike(a, b)));
            if !spelling {
                out.push((a, b, kind == Kind::Capitalized));
            }
        }
    }
    out
}

/// The longest common subsequence of two short runs of words, as positions in both.
fn common_words(a: &[Word], b: &[Word]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    let mut lengths = vec![0_usize; (a.len() + 1) * width];
    let length = |lengths: &[usize], at: usize| lengths.get(at).copied().unwrap_or(0);
    for (i, one) in a.iter().enumerate().rev() {
        for (j, other) in b.iter().enumerate().rev() {
            let longest = if one.hash == other.hash {
                length(&lengths, (i + 1) * width + j + 1) + 1
            } else {
                length(&lengths, (i + 1) * width + j).max(length(&lengths, i * width + j + 1))
            };
            if let Some(cell) = lengths.get_mut(i * width + j) {
                *cell = longest;
            }
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while let (Some(one), Some(other)) = (a.get(i), b.get(j)) {
        if one.hash == other.hash {
            out.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if length(&lengths, (i + 1) * width + j) >= length(&lengths, i * width + j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    out
}

fn joined(words: &[&Word]) -> String {
    words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ")
}

/// Repeated phrases have many places; the first few are enough to find the passage that goes on longest.
const PLACES: usize = 6;

/// Finds passages greedily in the order of the first text; each word of either text belongs to at most one.
fn shared_passages(a: &[Word], b: &[Word], shortest: usize) -> Vec<Block> {
    let anchor = |words: &[Word]| words.iter().fold(0_u64, |sum, word| sum.rotate_left(21).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word.hash);
    let mut places: HashMap<u64, Vec<usize>> = HashMap::with_capacity(b.len());
    for (at, window) in b.windows(shortest).enumerate() {
        let entry = places.entry(anchor(window)).or_default();
        if entry.len() < PLACES {
            entry.push(at);
        }
    }
    let mut taken = vec![false; b.len()];
    let mut blocks: Vec<Block> = Vec::new();
    let mut at = 0;
    while let Some(window) = a.get(at..at + shortest) {
        let mut best: Option<Block> = None;
        // Where the passage before would go on: preferred among equals, so that replacements are seen as such.
        let expected = blocks.last().map_or(0, |block| block.b + block.length);
        for &start in places.get(&anchor(window)).map(Vec::as_slice).unwrap_or_default() {
            let length = a.iter().skip(at).zip(b.iter().zip(&taken).skip(start)).take_while(|(a, (b, taken))| a.hash == b.hash && !**taken).count();
            let nearer = |other: &Block| start.abs_diff(expected) < other.b.abs_diff(expected);
            if length >= shortest && best.as_ref().is_none_or(|best| length > best.length || (length == best.length && nearer(best))) {
                best = Some(Block { a: at, b: start, length });
            }
        }
        match best {
            Some(block) => {
                taken.iter_mut().skip(block.b).take(block.length).for_each(|taken| *taken = true);
                at += block.length;
                blocks.push(block);
            }
            None => at += 1,
        }
    }
    blocks
}
