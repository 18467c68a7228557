//! Whether a compiled query holds for a story, and where.

use crate::model::{CountryCode, Language};
use crate::watch::index::{Index, SlotId};
use crate::watch::person::{PersonHit, Persons};
use crate::watch::rows::{Leaf, Terms};
use crate::watch::story::{Span, Story};

/// A query ready to be evaluated. Small: there may be millions of these.
#[derive(Debug)]
pub enum Rule {
    And(Box<[Rule]>),
    Or(Box<[Rule]>),
    Leaf(Leaf),
    /// Terms all of which must occur.
    AllOf(Box<[Leaf]>),
    /// Terms one of which must occur.
    AnyOf(Box<[Leaf]>),
    /// The first holds and the second does not.
    Without(Box<(Rule, Rule)>),
    Near(Box<Near>),
    Persons(Box<Persons>),
    Language(Box<Language>),
    Country(CountryCode),
    Topic(Box<str>),
}

/// Two operands that stand near each other.
#[derive(Debug)]
pub struct Near {
    pub left: Rule,
    pub right: Rule,
    pub between: usize,
    pub ordered: bool,
}

/// A story with the terms that rules look for in it.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    pub story: &'a Story<'a>,
    pub terms: &'a Terms,
}

/// So many pairs of a NEAR are explained: more than a match keeps places.
const EXPLAINED_PAIRS: usize = 200;

/// A place with the rule that found it and its weight, 0..1.
#[derive(Debug, Clone)]
pub struct Found {
    pub span: Span,
    pub rule: Reason,
    pub weight: f32,
}

/// Why a place was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    Term(Leaf),
    Person(String),
}

impl Rule {
    /// All of some rules.
    pub fn all(parts: Vec<Rule>) -> Self {
        match leaves(&parts) {
            Some(leaves) => Self::AllOf(leaves),
            None => Self::And(parts.into()),
        }
    }

    /// Any of some rules. Groups inside groups become one.
    pub fn any(parts: Vec<Rule>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::AnyOf(leaves) => flat.extend(leaves.iter().map(|leaf| Self::Leaf(*leaf))),
                Self::Or(parts) => flat.extend(parts),
                other => flat.push(other),
            }
        }
        match leaves(&flat) {
            Some(leaves) => Self::AnyOf(leaves),
            None => Self::Or(flat.into()),
        }
    }

    /// Whether the query holds.
    pub fn holds(&self, look: Look<'_>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(look)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(look)),
            Self::Leaf(leaf) => look.terms.holds(*leaf, look.story),
            Self::AllOf(leaves) => leaves.iter().all(|leaf| look.terms.holds(*leaf, look.story)),
            Self::AnyOf(leaves) => leaves.iter().any(|leaf| look.terms.holds(*leaf, look.story)),
            Self::Without(pair) => pair.0.holds(look) && !pair.1.holds(look),
            Self::Near(near) => {
                let left = near.left.spans(look);
                if left.is_empty() {
                    return false;
                }
                let right = near.right.spans(look);
                !right.is_empty() && !near_pairs(&left, &right, near.between, near.ordered).is_empty()
            }
            Self::Persons(persons) => persons.are_named(look),
            Self::Language(language) => *look.story.document.language == **language,
            Self::Country(code) => look.story.document.countries_about.iter().any(|(about, _)| about == code),
            Self::Topic(topic) => look.story.document.topics.iter().any(|of| **of == **topic),
        }
    }

    /// The places of what may stand beside NEAR. A NEAR's own place runs from its first operand to its last.
    pub fn spans(&self, look: Look<'_>) -> Vec<Span> {
        let mut spans = Vec::new();
        self.collect_spans(look, &mut spans);
        spans.sort_unstable();
        spans.dedup();
        spans
    }

    fn collect_spans(&self, look: Look<'_>, out: &mut Vec<Span>) {
        match self {
            Self::Leaf(leaf) => look.terms.spans(*leaf, look.story, out),
            Self::AnyOf(leaves) => leaves.iter().for_each(|leaf| look.terms.spans(*leaf, look.story, out)),
            Self::Or(parts) => parts.iter().for_each(|part| part.collect_spans(look, out)),
            Self::Persons(persons) => out.extend(persons.hits(look).into_iter().map(|hit| hit.span)),
            Self::Near(near) => {
                let pairs = near_pairs(&near.left.spans(look), &near.right.spans(look), near.between, near.ordered);
                out.extend(pairs.into_iter().map(|(one, other)| joined(one, other)));
            }
            Self::And(_) | Self::AllOf(_) | Self::Without(_) | Self::Language(_) | Self::Country(_) | Self::Topic(_) => {}
        }
    }

    /// The places that speak for the query, which holds.
    pub fn explain(&self, look: Look<'_>, found: &mut Vec<Found>) {
        match self {
            Self::And(parts) => parts.iter().for_each(|part| part.explain(look, found)),
            Self::Or(parts) => parts.iter().filter(|part| part.holds(look)).for_each(|part| part.explain(look, found)),
            Self::Without(pair) => pair.0.explain(look, found),
            Self::Near(near) => {
                let mut pairs = near_pairs(&near.left.spans(look), &near.right.spans(look), near.between, near.ordered);
                pairs.truncate(EXPLAINED_PAIRS);
                let mut both = Vec::new();
                near.left.explain(look, &mut both);
                near.right.explain(look, &mut both);
                // Of each operand, only what stands near the other.
                both.retain(|place| pairs.iter().any(|(one, other)| contains(*one, place.span) || contains(*other, place.span)));
                found.append(&mut both);
            }
            Self::Leaf(leaf) => explain_term(*leaf, look, found),
            Self::AllOf(leaves) | Self::AnyOf(leaves) => leaves.iter().for_each(|leaf| explain_term(*leaf, look, found)),
            Self::Persons(persons) => {
                let hits = persons.hits(look).into_iter();
                found.extend(hits.map(|PersonHit { span, rule, weight }| Found { span, rule: Reason::Person(rule), weight }));
            }
            Self::Language(_) | Self::Country(_) | Self::Topic(_) => {}
        }
    }

    /// Words one of which occurs in every story that the query holds for, with the cost of waiting for them; `None` where there are none
    /// (`lang:uk`).
    pub fn triggers(&self, terms: &Terms, index: &Index) -> Option<(u64, Vec<SlotId>)> {
        match self {
            Self::And(parts) => parts.iter().filter_map(|part| part.triggers(terms, index)).min_by_key(|(cost, _)| *cost),
            Self::Or(parts) => {
                let (mut sum, mut all) = (0, Vec::new());
                for part in parts {
                    let (cost, slots) = part.triggers(terms, index)?;
                    sum += cost;
                    all.extend(slots);
                }
                Some((sum, all))
            }
            Self::Leaf(leaf) => Some(term_triggers(&[*leaf], terms, index)),
            Self::AllOf(leaves) => leaves.iter().map(|leaf| term_triggers(&[*leaf], terms, index)).min_by_key(|(cost, _)| *cost),
            Self::AnyOf(leaves) => Some(term_triggers(leaves, terms, index)),
            Self::Without(pair) => pair.0.triggers(terms, index),
            Self::Near(near) => [&near.left, &near.right].into_iter().filter_map(|part| part.triggers(terms, index)).min_by_key(|(cost, _)| *cost),
            Self::Persons(persons) => {
                let slots: Vec<SlotId> = persons.triggers().collect();
                Some((slots.iter().map(|slot| index.cost(*slot)).sum(), slots))
            }
            Self::Language(_) | Self::Country(_) | Self::Topic(_) => None,
        }
    }

    /// Puts first what is likeliest to fail; labels come last only because nothing is known of them.
    pub fn arrange(&mut self, terms: &Terms, index: &Index) {
        match self {
            Self::And(parts) => {
                parts.iter_mut().for_each(|part| part.arrange(terms, index));
                parts.sort_by_cached_key(|part| part.triggers(terms, index).map_or(u64::MAX, |(cost, _)| cost));
            }
            Self::AllOf(leaves) => leaves.sort_by_cached_key(|leaf| term_triggers(&[*leaf], terms, index).0),
            Self::Or(parts) => parts.iter_mut().for_each(|part| part.arrange(terms, index)),
            Self::Without(pair) => pair.0.arrange(terms, index),
            _ => {}
        }
    }
}

/// The leaves, where there is nothing else.
fn leaves(parts: &[Rule]) -> Option<Box<[Leaf]>> {
    parts.iter().map(|part| if let Rule::Leaf(leaf) = part { Some(*leaf) } else { None }).collect()
}

fn term_triggers(leaves: &[Leaf], terms: &Terms, index: &Index) -> (u64, Vec<SlotId>) {
    let mut slots = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        terms.triggers(*leaf, index, &mut slots);
    }
    (slots.iter().map(|slot| index.cost(*slot)).sum(), slots)
}

fn explain_term(leaf: Leaf, look: Look<'_>, found: &mut Vec<Found>) {
    let mut spans = Vec::new();
    look.terms.spans(leaf, look.story, &mut spans);
    found.extend(spans.into_iter().map(|span| Found { span, rule: Reason::Term(leaf), weight: 1.0 }));
}

fn joined(one: Span, other: Span) -> Span {
    Span { field: one.field, start: one.start.min(other.start), end: one.end.max(other.end) }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.field == inner.field && outer.start <= inner.start && inner.end <= outer.end
}

/// The pairs that stand near: in one field, not overlapping, at most `between` words apart. Both lists are sorted; each place of the left one
/// looks at its own neighborhood only, so that a text which repeats one word stays cheap.
pub fn near_pairs(left: &[Span], right: &[Span], between: usize, ordered: bool) -> Vec<(Span, Span)> {
    let longest = right.iter().map(|span| span.end - span.start).max().unwrap_or(0);
    let mut out = Vec::new();
    for &one in left {
        let first = (one.field, if ordered { one.end } else { one.start.saturating_sub(between + longest) });
        let from = right.partition_point(|other| (other.field, other.start) < first);
        let neighbors = right.get(from..).unwrap_or_default().iter().take_while(|other| other.field == one.field && other.start <= one.end + between);
        for &other in neighbors {
            let after = other.start >= one.end && other.start - one.end <= between;
            let before = one.start >= other.end && one.start - other.end <= between;
            if after || (before && !ordered) {
                out.push((one, other));
            }
        }
    }
    out
}
