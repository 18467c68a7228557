//! Whether a compiled query holds for a story, and where.

use crate::model::{CountryCode, Language};
use crate::watch::index::{Index, SlotId};
use crate::watch::person::{Person, PersonHit};
use crate::watch::query::Scope;
use crate::watch::story::{Span, Story};

/// A query ready to be evaluated.
#[derive(Debug)]
pub enum Rule {
    And(Vec<Rule>),
    Or(Vec<Rule>),
    Without(Box<Rule>, Box<Rule>),
    Near { left: Box<Rule>, right: Box<Rule>, between: usize, ordered: bool },
    Leaf(Leaf),
    Persons(Vec<Person>),
    Language(Language),
    Country(CountryCode),
    Topic(String),
}

/// A word or phrase: any of its alternatives in a row.
#[derive(Debug)]
pub struct Leaf {
    pub alternatives: Vec<Vec<SlotId>>,
    pub scope: Scope,
    /// For explanations.
    pub rule: String,
}

impl Leaf {
    fn spans<'s>(&'s self, story: &'s Story<'_>) -> impl Iterator<Item = Span> + 's {
        self.alternatives.iter().flat_map(|slots| story.sequences(slots)).filter(|span| story.is_in(*span, self.scope))
    }
}

/// So many pairs of a NEAR are explained: more than a match keeps places.
const EXPLAINED_PAIRS: usize = 200;

/// A place with the rule that found it and its weight, 0..1.
#[derive(Debug, Clone)]
pub struct Found {
    pub span: Span,
    pub rule: String,
    pub weight: f32,
}

impl Rule {
    /// Whether the query holds.
    pub fn holds(&self, story: &Story<'_>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(story)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(story)),
            Self::Without(kept, dropped) => kept.holds(story) && !dropped.holds(story),
            Self::Near { .. } => !self.spans(story).is_empty(),
            Self::Leaf(leaf) => leaf.spans(story).next().is_some(),
            Self::Persons(persons) => persons.iter().any(|person| !person.hits(story).is_empty()),
            Self::Language(language) => story.document.language == language,
            Self::Country(code) => story.document.countries_about.iter().any(|(about, _)| about == code),
            Self::Topic(topic) => story.document.topics.contains(topic),
        }
    }

    /// The places of what may stand beside NEAR. A NEAR's own place runs from its first operand to its last.
    pub fn spans(&self, story: &Story<'_>) -> Vec<Span> {
        let mut spans: Vec<Span> = match self {
            Self::Leaf(leaf) => leaf.spans(story).collect(),
            Self::Or(parts) => parts.iter().flat_map(|part| part.spans(story)).collect(),
            Self::Persons(persons) => persons.iter().flat_map(|person| person.hits(story)).map(|hit| hit.span).collect(),
            Self::Near { left, right, between, ordered } => {
                near_pairs(&left.spans(story), &right.spans(story), *between, *ordered).into_iter().map(|(one, other)| joined(one, other)).collect()
            }
            Self::And(_) | Self::Without(..) | Self::Language(_) | Self::Country(_) | Self::Topic(_) => Vec::new(),
        };
        spans.sort_unstable();
        spans.dedup();
        spans
    }

    /// The places that speak for the query, which holds.
    pub fn explain(&self, story: &Story<'_>, found: &mut Vec<Found>) {
        match self {
            Self::And(parts) => parts.iter().for_each(|part| part.explain(story, found)),
            Self::Or(parts) => parts.iter().filter(|part| part.holds(story)).for_each(|part| part.explain(story, found)),
            Self::Without(kept, _) => kept.explain(story, found),
            Self::Near { left, right, between, ordered } => {
                let mut pairs = near_pairs(&left.spans(story), &right.spans(story), *between, *ordered);
                pairs.truncate(EXPLAINED_PAIRS);
                let mut both = Vec::new();
                left.explain(story, &mut both);
                right.explain(story, &mut both);
                // Of each operand, only what stands near the other.
                both.retain(|place| pairs.iter().any(|(one, other)| contains(*one, place.span) || contains(*other, place.span)));
                found.append(&mut both);
            }
            Self::Leaf(leaf) => found.extend(leaf.spans(story).map(|span| Found { span, rule: leaf.rule.clone(), weight: 1.0 })),
            Self::Persons(persons) => {
                for person in persons {
                    found.extend(person.hits(story).into_iter().map(|PersonHit { span, rule, weight }| Found { span, rule, weight }));
                }
            }
            Self::Language(_) | Self::Country(_) | Self::Topic(_) => {}
        }
    }

    /// Words one of which occurs in every story that the query holds for, with the cost of waiting for them; `None` where there are none
    /// (`lang:uk`).
    pub fn triggers(&self, index: &Index) -> Option<(u32, Vec<SlotId>)> {
        match self {
            Self::And(parts) => parts.iter().filter_map(|part| part.triggers(index)).min_by_key(|(cost, _)| *cost),
            Self::Or(parts) => parts.iter().map(|part| part.triggers(index)).try_fold((0, Vec::new()), |(sum, mut all), part| {
                let (cost, slots) = part?;
                all.extend(slots);
                Some((sum + cost, all))
            }),
            Self::Without(kept, _) => kept.triggers(index),
            Self::Near { left, right, .. } => [left, right].into_iter().filter_map(|part| part.triggers(index)).min_by_key(|(cost, _)| *cost),
            Self::Leaf(leaf) => Some(cheapest(&leaf.alternatives, index)),
            Self::Persons(persons) => {
                let slots: Vec<SlotId> = persons.iter().flat_map(Person::triggers).collect();
                Some((slots.iter().map(|slot| index.cost(*slot)).sum(), slots))
            }
            Self::Language(_) | Self::Country(_) | Self::Topic(_) => None,
        }
    }
}

/// The rarest word of each alternative.
fn cheapest(alternatives: &[Vec<SlotId>], index: &Index) -> (u32, Vec<SlotId>) {
    let slots: Vec<SlotId> = alternatives.iter().filter_map(|slots| slots.iter().copied().min_by_key(|slot| index.cost(*slot))).collect();
    (slots.iter().map(|slot| index.cost(*slot)).sum(), slots)
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
