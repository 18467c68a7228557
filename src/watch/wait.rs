//! What a list waits for: words one of which occurs in every story that the list can meet.
//!
//! Of AND and NEAR the cheapest part is waited for, of OR every part, of a phrase its rarest word. Where it is known, a second word goes with it
//! (another of the phrase, or one that the list asks for besides): without it the list is not looked at.

use crate::watch::code::{Op, Ops, QueryId, Row, each_and, first, pair, split};
use crate::watch::evaluate::Tables;
use crate::watch::index::{Index, SlotId};
use crate::watch::person::Persons;

/// No second word.
pub const ALONE: SlotId = SlotId::MAX;

/// A list that waits for a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    pub list: u32,
    /// A word that must occur too, or [`ALONE`].
    pub with: SlotId,
}

/// Which lists wait for each word.
#[derive(Debug, Default)]
pub struct WaitingRoom {
    waiting: Vec<Waiting>,
    /// Where each word's begin; one more at the end.
    from: Vec<u32>,
    /// A bit for every word that any list waits for: most words of lists only narrow or exclude.
    wanted: Vec<u64>,
    /// Lists that wait for no word (`lang:uk`).
    pub always: Vec<u32>,
}

impl WaitingRoom {
    /// Seats every list, by where its query begins. Parts of ANDs are put in the order in which they are likely to fail.
    pub fn seat(lists: impl Iterator<Item = (u32, QueryId)>, tables: &mut Tables, index: &Index) -> Self {
        let mut pairs: Vec<(SlotId, Waiting)> = Vec::new();
        let mut always = Vec::new();
        let mut counts = vec![0_u32; index.len() + 1];
        let mut scratch = Scratch::default();
        let words = index.costs();
        for (list, query) in lists {
            let costs = Costs { persons: &tables.persons, words: &words };
            each_and(tables.code.at_mut(query), &mut |parts| scratch.arrange(parts, costs));
            let before = pairs.len();
            match first(tables.code.at(query)) {
                Some(op) if has_words(op) => {
                    costs.triggers(op, ALONE, &mut |slot, with| pairs.push((slot, Waiting { list, with })));
                    if let Some(own) = pairs.get_mut(before..) {
                        own.sort_unstable_by_key(|(slot, waiting)| (*slot, waiting.with));
                    }
                    dedup_from(&mut pairs, before);
                    for (slot, _) in pairs.get(before..).unwrap_or_default() {
                        if let Some(count) = counts.get_mut(*slot as usize) {
                            *count += 1;
                        }
                    }
                }
                _ => always.push(list),
            }
        }
        let mut sum = 0;
        for count in &mut counts {
            sum += std::mem::replace(count, sum);
        }
        let mut wanted = vec![0_u64; index.len().div_ceil(64)];
        for (slot, _) in &pairs {
            if let Some(bits) = wanted.get_mut(*slot as usize / 64) {
                *bits |= 1 << (slot % 64);
            }
        }
        let mut next = counts;
        let from = next.clone();
        let mut waiting = vec![Waiting::default(); pairs.len()];
        for (slot, one) in pairs {
            if let Some(at) = next.get_mut(slot as usize) {
                if let Some(seat) = waiting.get_mut(*at as usize) {
                    *seat = one;
                }
                *at += 1;
            }
        }
        Self { waiting, from, wanted, always }
    }

    /// The lists that wait for a word.
    pub fn waiting_for(&self, slot: SlotId) -> &[Waiting] {
        if self.wanted.get(slot as usize / 64).is_none_or(|bits| bits >> (slot % 64) & 1 == 0) {
            return &[];
        }
        let slot = slot as usize;
        match self.from.get(slot..slot + 2) {
            Some(&[from, to]) => self.waiting.get(from as usize..to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// Drops what is said twice from a place on; a word that is waited for alone needs no second one.
fn dedup_from(pairs: &mut Vec<(SlotId, Waiting)>, from: usize) {
    let mut kept = from;
    for at in from..pairs.len() {
        let one = pairs[at]; // at is below the length
        if kept == from || pairs[kept - 1] != one {
            pairs[kept] = one; // kept never passes at
            kept += 1;
        }
    }
    pairs.truncate(kept);
}

/// Kept between lists.
#[derive(Default)]
struct Scratch {
    parts: Vec<(u64, usize, usize)>,
    old: Vec<u32>,
}

impl Scratch {
    /// Puts first what is likeliest to fail; labels come last only because nothing is known of them.
    fn arrange(&mut self, code: &mut [u32], costs: Costs<'_>) {
        self.parts.clear();
        let mut rest: &[u32] = code;
        while let Some((op, after)) = split(rest) {
            let from = code.len() - rest.len();
            self.parts.push((costs.cost(op).unwrap_or(u64::MAX), from, code.len() - after.len()));
            rest = after;
        }
        if self.parts.is_sorted_by_key(|(cost, ..)| *cost) {
            return;
        }
        self.parts.sort_by_key(|(cost, ..)| *cost);
        self.old.clear();
        self.old.extend_from_slice(code);
        let mut at = 0;
        for (_, from, to) in &self.parts {
            if let (Some(target), Some(part)) = (code.get_mut(at..at + to - from), self.old.get(*from..*to)) {
                target.copy_from_slice(part);
            }
            at += to - from;
        }
    }
}

#[derive(Clone, Copy)]
struct Costs<'a> {
    persons: &'a [Persons],
    /// By word.
    words: &'a [u32],
}

impl Costs<'_> {
    fn word(self, slot: SlotId) -> u64 {
        self.words.get(slot as usize).map_or(0, |cost| u64::from(*cost))
    }

    /// What it may cost to wait for a query; `None` where there is no word to wait for.
    fn cost(self, op: Op<'_>) -> Option<u64> {
        match op {
            Op::Word(slot) => Some(self.word(slot)),
            // Two words are rarely in one story: looking whether they are is all that it costs.
            Op::Row(row) => Some(self.rarest(row).map_or(0, |slot| self.word(slot) / if row.slots.len() > 1 { 8 } else { 1 })),
            Op::And(parts) => Ops(parts).filter_map(|part| self.cost(part)).min(),
            Op::Or(parts) => Ops(parts).try_fold(0, |sum, part| self.cost(part).map(|cost| sum + cost)),
            Op::Without(both) => pair(both).and_then(|(kept, _)| self.cost(kept)),
            Op::Near(near) => Ops(near.both).filter_map(|part| self.cost(part)).min(),
            Op::Persons(number) => {
                let persons = self.persons.get(number as usize)?;
                Some(persons.triggers().map(|slot| self.word(slot)).sum())
            }
            Op::Label(_) => None,
        }
    }

    fn rarest(self, row: Row<'_>) -> Option<SlotId> {
        row.slots.iter().copied().min_by_key(|slot| self.word(*slot))
    }

    /// Calls `wait` with the words that are waited for. `with` must occur too, as far as is known.
    fn triggers(self, op: Op<'_>, with: SlotId, wait: &mut impl FnMut(SlotId, SlotId)) {
        match op {
            Op::Word(slot) => wait(slot, if with == slot { ALONE } else { with }),
            Op::Row(row) => {
                let Some(rarest) = self.rarest(row) else { return };
                let second = row.slots.iter().copied().filter(|slot| *slot != rarest).min_by_key(|slot| self.word(*slot));
                wait(rarest, second.unwrap_or(if with == rarest { ALONE } else { with }));
            }
            // They are in the order of what they cost.
            Op::And(parts) => {
                if let Some(first) = Ops(parts).find(|part| has_words(*part)) {
                    self.one_of(first, parts, with, wait);
                }
            }
            Op::Or(parts) => Ops(parts).for_each(|part| self.triggers(part, with, wait)),
            Op::Without(both) => {
                if let Some((kept, _)) = pair(both) {
                    self.triggers(kept, with, wait);
                }
            }
            Op::Near(near) => self.cheapest(near.both, with, wait),
            Op::Persons(number) => {
                if let Some(persons) = self.persons.get(number as usize) {
                    persons.triggers().for_each(|slot| wait(slot, ALONE));
                }
            }
            Op::Label(_) => {}
        }
    }

    /// Waits for the cheapest of some parts all of which must hold.
    fn cheapest(self, parts: &[u32], with: SlotId, wait: &mut impl FnMut(SlotId, SlotId)) {
        let Some((_, cheapest)) = Ops(parts).filter_map(|part| self.cost(part).map(|cost| (cost, part))).min_by_key(|(cost, _)| *cost) else {
            return;
        };
        self.one_of(cheapest, parts, with, wait);
    }

    fn one_of(self, chosen: Op<'_>, parts: &[u32], with: SlotId, wait: &mut impl FnMut(SlotId, SlotId)) {
        let other = Ops(parts).filter(|part| *part != chosen).filter_map(|part| self.required(part)).min_by_key(|slot| self.word(*slot));
        self.triggers(chosen, other.unwrap_or(with), wait);
    }

    /// A word without which a part does not hold.
    fn required(self, op: Op<'_>) -> Option<SlotId> {
        match op {
            Op::Word(slot) => Some(slot),
            Op::Row(row) => self.rarest(row),
            _ => None,
        }
    }
}

/// Whether there are words to wait for.
fn has_words(op: Op<'_>) -> bool {
    match op {
        Op::Word(_) | Op::Row(_) | Op::Persons(_) => true,
        Op::And(parts) => Ops(parts).any(has_words),
        Op::Or(parts) => Ops(parts).all(has_words),
        Op::Without(both) => first(both).is_some_and(has_words),
        Op::Near(near) => Ops(near.both).any(has_words),
        Op::Label(_) => false,
    }
}
