//! The words and phrases of all queries, each kept once: what a rule holds of a term is two numbers.

use crate::watch::index::{Index, SlotId};
use crate::watch::query::Scope;
use crate::watch::story::{Span, Story};

/// A term in a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// A word without which the term does not occur; [`ANY`] where there is no such word.
    guard: u32,
    /// For a word that may stand in title or text, the number of what the user wrote; with [`ROWS`], the number of what is less simple.
    code: u32,
}

const ROWS: u32 = 1 << 31;
const ANY: u32 = u32::MAX;

/// Rows of words any of which may stand in a part of a story: each as its length and its words, one after another in [`Terms::words`].
#[derive(Debug, Clone, Copy)]
struct Rows {
    from: u32,
    to: u32,
    written: u32,
    scope: Scope,
}

/// All terms.
#[derive(Debug, Default)]
pub struct Terms {
    rows: Vec<Rows>,
    words: Vec<SlotId>,
    /// What users wrote, one after another, and where each ends.
    written: String,
    ends: Vec<u32>,
}

impl Terms {
    /// Adds a term.
    pub fn add(&mut self, alternatives: Vec<Vec<SlotId>>, scope: Scope, written: &str, index: &Index) -> Leaf {
        self.written.push_str(written);
        self.ends.push(number(self.written.len()));
        let written = number(self.ends.len() - 1);
        let guard = match alternatives.as_slice() {
            [row] => row.iter().min_by_key(|slot| index.cost(**slot)).map_or(ANY, |slot| slot.0),
            _ => ANY,
        };
        if let [row] = alternatives.as_slice()
            && row.len() == 1
            && scope == Scope::Anywhere
        {
            return Leaf { guard, code: written };
        }
        let from = number(self.words.len());
        for row in alternatives {
            self.words.push(SlotId(number(row.len())));
            self.words.extend(row);
        }
        self.rows.push(Rows { from, to: number(self.words.len()), scope, written });
        Leaf { guard, code: ROWS | number(self.rows.len() - 1) }
    }

    /// Gives back what adding took in advance.
    pub fn seal(&mut self) {
        self.rows.shrink_to_fit();
        self.words.shrink_to_fit();
        self.written.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// What the user wrote.
    pub fn written(&self, leaf: Leaf) -> &str {
        let at = if leaf.code & ROWS == 0 { leaf.code } else { self.rows(leaf).map_or(0, |rows| rows.written) } as usize;
        let from = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        let to = self.ends.get(at).map_or(from, |end| *end as usize);
        self.written.get(from..to).unwrap_or_default()
    }

    fn rows(&self, leaf: Leaf) -> Option<Rows> {
        self.rows.get((leaf.code & !ROWS) as usize).copied()
    }

    fn alternatives(&self, rows: Rows) -> impl Iterator<Item = &[SlotId]> {
        let mut rest = self.words.get(rows.from as usize..rows.to as usize).unwrap_or_default();
        std::iter::from_fn(move || {
            let (length, words) = rest.split_first()?;
            let (row, others) = words.split_at_checked(length.0 as usize)?;
            rest = others;
            Some(row)
        })
    }

    /// Whether a term occurs.
    pub fn holds(&self, leaf: Leaf, story: &Story<'_>) -> bool {
        if leaf.code & ROWS == 0 {
            return story.says(SlotId(leaf.guard));
        }
        if leaf.guard != ANY && story.hits(SlotId(leaf.guard)).is_empty() {
            return false;
        }
        self.rows(leaf).is_some_and(|rows| self.alternatives(rows).flat_map(|slots| story.sequences(slots)).any(|span| story.is_in(span, rows.scope)))
    }

    /// Where a term occurs.
    pub fn spans(&self, leaf: Leaf, story: &Story<'_>, out: &mut Vec<Span>) {
        if leaf.code & ROWS == 0 {
            let slot = [SlotId(leaf.guard)];
            out.extend(story.sequences(&slot).filter(|span| story.is_in(*span, Scope::Anywhere)));
        } else if let Some(rows) = self.rows(leaf) {
            out.extend(self.alternatives(rows).flat_map(|slots| story.sequences(slots)).filter(|span| story.is_in(*span, rows.scope)));
        }
    }

    /// Counts that a rule uses a term.
    pub fn count_use(&self, leaf: Leaf, index: &mut Index) {
        if leaf.code & ROWS == 0 {
            index.count_use(SlotId(leaf.guard));
        } else if let Some(rows) = self.rows(leaf) {
            self.alternatives(rows).flatten().for_each(|slot| index.count_use(*slot));
        }
    }

    /// Words one of which occurs wherever the term does, the rarest of each of its rows.
    pub fn triggers(&self, leaf: Leaf, index: &Index, out: &mut Vec<SlotId>) {
        if leaf.code & ROWS == 0 {
            out.push(SlotId(leaf.guard));
        } else if let Some(rows) = self.rows(leaf) {
            out.extend(self.alternatives(rows).filter_map(|slots| slots.iter().copied().min_by_key(|slot| index.cost(*slot))));
        }
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
