//! Compiled queries: numbers in a row, one query after another, without pointers.
//!
//! An operation is a number whose four highest bits say what it is and whose other bits hold what belongs to it; the operands follow. A word is one
//! number, a phrase one more than it has words. Whatever has parts holds its length, so that it can be skipped.

use crate::watch::index::SlotId;
use crate::watch::query::Scope;

const SHIFT: u32 = 28;
const PAYLOAD: u32 = (1 << SHIFT) - 1;

/// Kinds of operations.
mod kind {
    pub const WORD: u32 = 0;
    pub const ROW: u32 = 1;
    pub const AND: u32 = 2;
    pub const OR: u32 = 3;
    pub const WITHOUT: u32 = 4;
    pub const NEAR: u32 = 5;
    pub const PERSONS: u32 = 6;
    pub const LABEL: u32 = 7;
}

/// The length of a row, then its scope, its mark, and whether what the user wrote is kept apart.
const ROW_LENGTH: u32 = (1 << 14) - 1;
const ROW_SCOPE: u32 = 14;
const ROW_MARK: u32 = 18;
const ROW_WRITTEN: u32 = 1 << 27;

const ORDERED: u32 = 1 << 31;

/// Longest row of words.
pub const LONGEST_ROW: usize = ROW_LENGTH as usize;

/// One operation with its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op<'c> {
    /// A word in title or text.
    Word(SlotId),
    Row(Row<'c>),
    And(&'c [u32]),
    Or(&'c [u32]),
    /// The first holds and the second does not.
    Without(&'c [u32]),
    Near(Near<'c>),
    /// The number of some persons.
    Persons(u32),
    /// The number of a label.
    Label(u32),
}

/// Words in a row, in one part of a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'c> {
    pub scope: Scope,
    pub mark: Mark,
    /// The number of what the user wrote; where there is none, the words say it.
    pub written: Option<u32>,
    pub slots: &'c [u32],
}

/// How the words of a row are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// One word with its mark and quotation marks.
    Bare,
    /// In quotation marks.
    Quoted,
    /// `="..."`
    Exact,
    /// `=="..."`
    Cased,
    /// `~"..."`
    Inflected,
}

const MARKS: [Mark; 5] = [Mark::Bare, Mark::Quoted, Mark::Exact, Mark::Cased, Mark::Inflected];
const SCOPES: [Scope; 8] = [Scope::Anywhere, Scope::Title, Scope::Lead, Scope::Body, Scope::Url, Scope::Source, Scope::Author, Scope::Tag];

impl Mark {
    /// What stands before the quotation mark.
    pub fn before(self) -> &'static str {
        match self {
            Self::Bare | Self::Quoted => "",
            Self::Exact => "=",
            Self::Cased => "==",
            Self::Inflected => "~",
        }
    }
}

/// Two operands that stand near each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near<'c> {
    pub between: usize,
    pub ordered: bool,
    /// The two operands, one after the other.
    pub both: &'c [u32],
}

/// Where a query begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryId(pub u32);

/// All queries.
#[derive(Debug, Default)]
pub struct Code(Vec<u32>);

/// Queries are written operation by operation.
impl Code {
    /// Where the next operation will begin.
    pub fn next(&self) -> QueryId {
        QueryId(number(self.0.len()))
    }

    /// Writes a word in title or text.
    pub fn word(&mut self, slot: SlotId) {
        self.0.push(kind::WORD << SHIFT | slot);
    }

    /// Writes words in a row; at most [`LONGEST_ROW`].
    pub fn row(&mut self, row: Row<'_>) {
        let scope = number(SCOPES.iter().position(|known| *known == row.scope).unwrap_or(0));
        let mark = number(MARKS.iter().position(|known| *known == row.mark).unwrap_or(0));
        let apart = if row.written.is_some() { ROW_WRITTEN } else { 0 };
        let length = number(row.slots.len()) & ROW_LENGTH;
        self.0.push(kind::ROW << SHIFT | length | scope << ROW_SCOPE | mark << ROW_MARK | apart);
        self.0.extend(row.written);
        self.0.extend(row.slots.iter().take(LONGEST_ROW));
    }

    /// Writes the number of some persons.
    pub fn persons(&mut self, persons: u32) {
        self.0.push(kind::PERSONS << SHIFT | persons);
    }

    /// Writes the number of a label.
    pub fn label(&mut self, label: u32) {
        self.0.push(kind::LABEL << SHIFT | label);
    }

    /// Begins something that all parts of must hold; ends with [`Code::close`], as do the others.
    pub fn open_and(&mut self) -> usize {
        self.open(kind::AND)
    }

    pub fn open_or(&mut self) -> usize {
        self.open(kind::OR)
    }

    pub fn open_without(&mut self) -> usize {
        self.open(kind::WITHOUT)
    }

    pub fn open_near(&mut self, between: usize, ordered: bool) -> usize {
        let at = self.open(kind::NEAR);
        self.0.push(number(between) | if ordered { ORDERED } else { 0 });
        at
    }

    fn open(&mut self, kind: u32) -> usize {
        self.0.push(kind << SHIFT);
        self.0.len() - 1
    }

    /// Ends what was begun at a place.
    pub fn close(&mut self, at: usize) {
        let length = number(self.0.len() - at - 1);
        if let Some(head) = self.0.get_mut(at) {
            *head |= length & PAYLOAD;
        }
    }

    /// Takes back what was written since a query began.
    pub fn truncate(&mut self, begin: QueryId) {
        self.0.truncate(begin.0 as usize);
    }

    /// Gives back what writing took in advance.
    pub fn seal(&mut self) {
        self.0.shrink_to_fit();
    }

    /// A query, and whatever follows it.
    #[inline]
    pub fn at(&self, query: QueryId) -> &[u32] {
        self.0.get(query.0 as usize..).unwrap_or_default()
    }

    /// A query, to be arranged.
    pub fn at_mut(&mut self, query: QueryId) -> &mut [u32] {
        self.0.get_mut(query.0 as usize..).unwrap_or_default()
    }
}

/// The first operation; `None` at the end.
#[inline]
pub fn first(code: &[u32]) -> Option<Op<'_>> {
    split(code).map(|(op, _)| op)
}

/// The first operation and what follows it.
#[inline]
pub fn split(code: &[u32]) -> Option<(Op<'_>, &[u32])> {
    let (head, rest) = code.split_first()?;
    let payload = head & PAYLOAD;
    Some(match head >> SHIFT {
        kind::WORD => (Op::Word(payload), rest),
        kind::ROW => {
            let (written, rest) = if payload & ROW_WRITTEN == 0 { (None, rest) } else { rest.split_first().map(|(one, rest)| (Some(*one), rest))? };
            let (slots, rest) = rest.split_at_checked((payload & ROW_LENGTH) as usize)?;
            let scope = *SCOPES.get((payload >> ROW_SCOPE & 15) as usize)?;
            let mark = *MARKS.get((payload >> ROW_MARK & 15) as usize)?;
            (Op::Row(Row { scope, mark, written, slots }), rest)
        }
        kind::PERSONS => (Op::Persons(payload), rest),
        kind::LABEL => (Op::Label(payload), rest),
        which => {
            let (parts, rest) = rest.split_at_checked(payload as usize)?;
            let op = match which {
                kind::AND => Op::And(parts),
                kind::OR => Op::Or(parts),
                kind::WITHOUT => Op::Without(parts),
                _ => {
                    let (how, both) = parts.split_first()?;
                    Op::Near(Near { between: (how & !ORDERED) as usize, ordered: how & ORDERED != 0, both })
                }
            };
            (op, rest)
        }
    })
}

/// The operations of some code.
#[derive(Debug, Clone, Copy)]
pub struct Ops<'c>(pub &'c [u32]);

impl<'c> Iterator for Ops<'c> {
    type Item = Op<'c>;

    #[inline]
    fn next(&mut self) -> Option<Op<'c>> {
        let (op, rest) = split(self.0)?;
        self.0 = rest;
        Some(op)
    }
}

/// The two operands of NEAR, or what is kept and what is dropped.
#[inline]
pub fn pair(code: &[u32]) -> Option<(Op<'_>, Op<'_>)> {
    let (one, rest) = split(code)?;
    Some((one, first(rest)?))
}

/// Calls `arrange` with the parts of every AND, from the inside out, where their order matters: what is dropped keeps its own.
pub fn each_and(code: &mut [u32], arrange: &mut impl FnMut(&mut [u32])) {
    let Some((head, rest)) = code.split_first_mut() else { return };
    let which = *head >> SHIFT;
    let parts = rest.get_mut(..(*head & PAYLOAD) as usize).unwrap_or_default();
    match which {
        kind::AND | kind::OR | kind::WITHOUT => {
            let mut at = 0;
            while let Some(part) = parts.get_mut(at..).filter(|part| !part.is_empty()) {
                let length = part.len() - split(part).map_or(0, |(_, after)| after.len());
                each_and(part, arrange);
                at += length;
            }
            if which == kind::AND {
                arrange(parts);
            }
        }
        _ => {}
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Code, Mark, Op, Ops, QueryId, Row, each_and, first, pair};
    use crate::watch::query::Scope;

    #[test]
    fn what_is_written_is_read() {
        let mut code = Code::default();
        let and = code.open_and();
        code.word(7);
        let row = Row { scope: Scope::Tag, mark: Mark::Inflected, written: Some(5), slots: &[1, 2, 3] };
        code.row(row);
        let near = code.open_near(30, true);
        code.word(8);
        code.row(Row { written: None, ..row });
        code.close(near);
        let without = code.open_without();
        code.persons(2);
        code.label(3);
        code.close(without);
        code.close(and);
        code.word(9);
        let Some(Op::And(parts)) = first(code.at(QueryId(0))) else { panic!("no AND") };
        let ops: Vec<Op<'_>> = Ops(parts).collect();
        assert_eq!(ops[..2], [Op::Word(7), Op::Row(row)]);
        let Op::Near(near) = ops[2] else { panic!("no NEAR") };
        assert_eq!((near.between, near.ordered, pair(near.both)), (30, true, Some((Op::Word(8), Op::Row(Row { written: None, ..row })))));
        let Op::Without(both) = ops[3] else { panic!("no NOT") };
        assert_eq!(pair(both), Some((Op::Persons(2), Op::Label(3))));
        assert_eq!(ops.len(), 4);
    }

    #[test]
    fn parts_are_arranged_from_the_inside_out() {
        let mut code = Code::default();
        let outer = code.open_and();
        code.word(1);
        let or = code.open_or();
        let inner = code.open_and();
        code.word(2);
        code.word(3);
        code.close(inner);
        code.close(or);
        code.close(outer);
        let mut lengths = Vec::new();
        each_and(code.at_mut(QueryId(0)), &mut |parts| lengths.push(parts.len()));
        assert_eq!(lengths, [2, 5]);
    }
}
