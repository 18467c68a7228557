//! Whether a compiled query holds for a story, and where.

use crate::model::{CountryCode, Language};
use crate::watch::code::{Code, Near, Op, Ops, QueryId, Row, first, pair};
use crate::watch::person::{PersonHit, Persons};
use crate::watch::story::{Span, Story};

/// What compiled queries refer to.
#[derive(Debug, Default)]
pub struct Tables {
    pub code: Code,
    pub persons: Vec<Persons>,
    pub labels: Vec<Label>,
    /// Terms as users wrote them, where their words do not tell.
    pub written: Vec<Box<str>>,
}

/// What a query asks of a story's labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    Language(Language),
    Country(CountryCode),
    Topic(Box<str>),
}

/// A story with what queries refer to.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    pub story: &'a Story<'a>,
    pub tables: &'a Tables,
}

/// So many pairs of a NEAR are explained: more than a match keeps places.
const EXPLAINED_PAIRS: usize = 200;

/// A place with the rule that found it and its weight, 0..1.
#[derive(Debug, Clone)]
pub struct Found<'c> {
    pub span: Span,
    pub rule: Reason<'c>,
    pub weight: f32,
}

/// Why a place was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason<'c> {
    /// A word or a row of words.
    Term(Op<'c>),
    Person(String),
}

impl<'a> Look<'a> {
    /// Whether a query holds.
    pub fn holds(self, query: QueryId) -> bool {
        first(self.tables.code.at(query)).is_some_and(|op| self.op_holds(op))
    }

    /// The places that speak for a query, which holds.
    pub fn explain(self, query: QueryId, found: &mut Vec<Found<'a>>) {
        if let Some(op) = first(self.tables.code.at(query)) {
            self.explain_op(op, found);
        }
    }

    /// The places of a query that may stand beside NEAR, in order.
    pub fn places(self, query: QueryId) -> Vec<Span> {
        first(self.tables.code.at(query)).map(|op| self.spans(op)).unwrap_or_default()
    }

    /// The operation that a query begins with.
    pub fn op(self, query: QueryId) -> Option<Op<'a>> {
        first(self.tables.code.at(query))
    }

    /// Whether a part of a query holds.
    pub fn op_holds(self, op: Op<'_>) -> bool {
        match op {
            Op::Word(slot) => self.story.says(slot),
            // Most rows of what is looked at lack a word.
            Op::Row(row) => row.slots.iter().all(|slot| self.story.has_anywhere(*slot)) && self.row(row).next().is_some(),
            Op::And(parts) => Ops(parts).all(|part| self.op_holds(part)),
            Op::Or(parts) => Ops(parts).any(|part| match part {
                Op::Word(slot) => self.story.says(slot),
                other => self.op_holds(other),
            }),
            Op::Without(both) => pair(both).is_some_and(|(kept, dropped)| self.op_holds(kept) && !self.op_holds(dropped)),
            Op::Near(near) => self.are_near(near),
            Op::Persons(number) => self.persons(number).is_some_and(|persons| persons.are_named(self)),
            Op::Label(number) => self.tables.labels.get(number as usize).is_some_and(|label| self.carries(label)),
        }
    }

    fn persons(self, number: u32) -> Option<&'a Persons> {
        self.tables.persons.get(number as usize)
    }

    fn carries(self, label: &Label) -> bool {
        let document = self.story.document;
        match label {
            Label::Language(language) => document.language == language,
            Label::Country(code) => document.countries_about.iter().any(|(about, _)| about == code),
            Label::Topic(topic) => document.topics.iter().any(|of| **of == **topic),
        }
    }

    /// Where a row of words stands.
    fn row<'r>(self, row: Row<'r>) -> impl Iterator<Item = Span> + use<'a, 'r>
    where
        'a: 'r,
    {
        self.story.sequences(row.slots).filter(move |span| self.story.is_in(*span, row.scope))
    }

    fn are_near(self, near: Near<'_>) -> bool {
        let Some((left, right)) = pair(near.both) else { return false };
        // Most of what is looked at lacks one of the two.
        if !self.op_holds(left) || !self.op_holds(right) {
            return false;
        }
        each_near(&self.spans(left), &self.spans(right), near.between, near.ordered, |_, _| false)
    }

    fn near_spans(self, near: Near<'_>) -> Vec<(Span, Span)> {
        pair(near.both).map(|(left, right)| near_pairs(&self.spans(left), &self.spans(right), near.between, near.ordered)).unwrap_or_default()
    }

    /// The places of what may stand beside NEAR. A NEAR's own place runs from its first operand to its last.
    pub fn spans(self, op: Op<'_>) -> Vec<Span> {
        let mut spans = Vec::new();
        self.collect_spans(op, &mut spans);
        spans.sort_unstable();
        spans.dedup();
        spans
    }

    fn collect_spans(self, op: Op<'_>, out: &mut Vec<Span>) {
        match op {
            Op::Word(slot) => out.extend(self.story.said(slot)),
            Op::Row(row) if !row.slots.iter().all(|slot| self.story.has_anywhere(*slot)) => {}
            Op::Row(row) => out.extend(self.row(row)),
            Op::Or(parts) => Ops(parts).for_each(|part| self.collect_spans(part, out)),
            Op::Persons(number) => out.extend(self.persons(number).into_iter().flat_map(|persons| persons.hits(self)).map(|hit| hit.span)),
            Op::Near(near) => out.extend(self.near_spans(near).into_iter().map(|(one, other)| joined(one, other))),
            Op::And(_) | Op::Without(_) | Op::Label(_) => {}
        }
    }

    fn explain_op(self, op: Op<'a>, found: &mut Vec<Found<'a>>) {
        match op {
            Op::And(parts) => Ops(parts).for_each(|part| self.explain_op(part, found)),
            Op::Or(parts) => Ops(parts).filter(|part| self.op_holds(*part)).for_each(|part| self.explain_op(part, found)),
            Op::Without(both) => {
                if let Some(kept) = first(both) {
                    self.explain_op(kept, found);
                }
            }
            Op::Near(near) => {
                let mut pairs = self.near_spans(near);
                pairs.truncate(EXPLAINED_PAIRS);
                let mut both = Vec::new();
                Ops(near.both).for_each(|part| self.explain_op(part, &mut both));
                // Of each operand, only what stands near the other.
                both.retain(|place| pairs.iter().any(|(one, other)| contains(*one, place.span) || contains(*other, place.span)));
                found.append(&mut both);
            }
            Op::Word(slot) => found.extend(self.story.said(slot).map(|span| of_term(op, span))),
            Op::Row(row) => found.extend(self.row(row).map(|span| of_term(op, span))),
            Op::Persons(number) => {
                let hits = self.persons(number).into_iter().flat_map(|persons| persons.hits(self));
                found.extend(hits.map(|PersonHit { span, rule, weight }| Found { span, rule: Reason::Person(rule), weight }));
            }
            Op::Label(_) => {}
        }
    }
}

fn of_term(op: Op<'_>, span: Span) -> Found<'_> {
    Found { span, rule: Reason::Term(op), weight: 1.0 }
}

fn joined(one: Span, other: Span) -> Span {
    Span { field: one.field, start: one.start.min(other.start), end: one.end.max(other.end) }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.field == inner.field && outer.start <= inner.start && inner.end <= outer.end
}

/// The pairs that stand near, of two lists in order.
fn near_pairs(left: &[Span], right: &[Span], between: usize, ordered: bool) -> Vec<(Span, Span)> {
    let mut out = Vec::new();
    each_near(left, right, between, ordered, |one, other| {
        out.push((one, other));
        true
    });
    out
}

/// Calls `see` with each pair that stands near: in one field, not overlapping, at most `between` words apart; ends when `see` has seen enough.
/// Whether there is any. Both lists are sorted; each place of the left one looks at its own neighborhood only, so that a text which repeats one
/// word stays cheap.
pub fn each_near(left: &[Span], right: &[Span], between: usize, ordered: bool, mut see: impl FnMut(Span, Span) -> bool) -> bool {
    let longest = right.iter().map(|span| span.end - span.start).max().unwrap_or(0);
    let mut any = false;
    for &one in left {
        let first = (one.field, if ordered { one.end } else { one.start.saturating_sub(between + longest) });
        let from = right.partition_point(|other| (other.field, other.start) < first);
        let neighbors = right.get(from..).unwrap_or_default().iter().take_while(|other| other.field == one.field && other.start <= one.end + between);
        for &other in neighbors {
            let after = other.start >= one.end && other.start - one.end <= between;
            let before = one.start >= other.end && one.start - other.end <= between;
            if after || (before && !ordered) {
                any = true;
                if !see(one, other) {
                    return true;
                }
            }
        }
    }
    any
}
