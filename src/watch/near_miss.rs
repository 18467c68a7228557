//! Stories that a list misses by one thing: what a person who writes a query looks at before it goes live.

use crate::model::WatchlistId;
use crate::watch::code::{Op, Ops, pair};
use crate::watch::evaluate::Look;
use crate::watch::{Document, WatchlistSet};

/// Terms that are named where one of many is lacking.
const NAMED: usize = 6;

/// The one thing for which a story is not found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NearMiss {
    /// Everything else is there; any of these terms is not.
    Lacks(Vec<String>),
    /// All that is wanted is there, and these terms, which it must not say.
    Excluded(Vec<String>),
    /// Both sides of a NEAR are there, too far from each other.
    TooFar,
    /// The words are there; language, country, topic or source is another.
    Filtered,
    /// Everything else is there; a condition on a label or a person is not met.
    Condition,
}

impl WatchlistSet {
    /// For each list that a story does not meet by one thing alone, that thing. Lists that it meets, and those that it misses by more, are
    /// left out. It looks at every list: meant for a few.
    pub fn near_misses(&self, document: &Document<'_>) -> Vec<(&WatchlistId, NearMiss)> {
        self.look_at_all(document, |look, query, passes| match (look.holds(query), passes) {
            (true, false) => Some(NearMiss::Filtered),
            (false, true) => Misses { set: self, look }.of(look.op(query)?),
            (true, true) | (false, false) => None,
        })
    }
}

#[derive(Clone, Copy)]
struct Misses<'a> {
    set: &'a WatchlistSet,
    look: Look<'a>,
}

impl<'a> Misses<'a> {
    fn of(self, op: Op<'a>) -> Option<NearMiss> {
        match op {
            Op::And(parts) => {
                let mut lacking = Ops(parts).filter(|part| !self.look.op_holds(*part));
                let (one, None) = (lacking.next()?, lacking.next()) else { return None };
                (Ops(parts).count() > 1).then(|| self.of(one).unwrap_or_else(|| self.lack(one)))
            }
            Op::Without(both) => {
                let (kept, dropped) = pair(both)?;
                if self.look.op_holds(kept) {
                    Some(NearMiss::Excluded(self.said(dropped)))
                } else {
                    self.of(kept).filter(|_| !self.look.op_holds(dropped))
                }
            }
            Op::Near(near) => {
                let (left, right) = pair(near.both)?;
                (!self.look.spans(left).is_empty() && !self.look.spans(right).is_empty()).then_some(NearMiss::TooFar)
            }
            Op::Or(parts) => Ops(parts).find_map(|part| self.of(part)),
            // One condition alone: every story would be a near miss.
            Op::Word(_) | Op::Row(_) | Op::Persons(_) | Op::Label(_) => None,
        }
    }

    fn lack(self, op: Op<'a>) -> NearMiss {
        let mut terms = Vec::new();
        collect(op, &mut terms);
        if terms.is_empty() { NearMiss::Condition } else { NearMiss::Lacks(self.written(terms.into_iter())) }
    }

    /// The terms of what must not be said that are said.
    fn said(self, op: Op<'a>) -> Vec<String> {
        let mut terms = Vec::new();
        collect(op, &mut terms);
        self.written(terms.into_iter().filter(|term| self.look.op_holds(*term)))
    }

    /// Terms as the user wrote them; of what can be written in several ways, each once.
    fn written(self, terms: impl Iterator<Item = Op<'a>>) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for term in terms {
            let written = self.set.written(term);
            if out.len() < NAMED && !out.contains(&written) {
                out.push(written);
            }
        }
        out
    }
}

fn collect<'c>(op: Op<'c>, out: &mut Vec<Op<'c>>) {
    match op {
        Op::And(parts) | Op::Or(parts) => Ops(parts).for_each(|part| collect(part, out)),
        Op::Word(_) | Op::Row(_) => out.push(op),
        Op::Without(both) => Ops(both).take(1).for_each(|part| collect(part, out)),
        Op::Near(near) => Ops(near.both).for_each(|part| collect(part, out)),
        Op::Persons(_) | Op::Label(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::NearMiss::{self, Excluded, Filtered, Lacks, TooFar};
    use crate::config::{QueryText, Watchlists};
    use crate::model::{Language, SourceId};
    use crate::watch::archive;
    use crate::watch::{Document, WatchlistSet};

    fn miss(query: &str, language: &str, text: &str) -> Option<NearMiss> {
        let mut list = archive::list(query);
        list.query = QueryText { text: query.to_owned(), line: 1, column: 1, ..QueryText::default() };
        list.languages = Language::parse(language).into_iter().collect();
        let (set, _) = WatchlistSet::compile(&Watchlists { terms: Vec::new(), lists: vec![list] }).unwrap();
        let (english, id) = (Language::parse("en").unwrap(), SourceId::new("valley").unwrap());
        let document = Document {
            title: "",
            text,
            url: "",
            source: "",
            authors: &[],
            tags: &[],
            language: &english,
            countries_about: Vec::new(),
            topics: Vec::new(),
            source_id: &id,
        };
        set.near_misses(&document).pop().map(|(_, miss)| miss)
    }

    #[test]
    fn one_thing_is_lacking_or_too_much() {
        let check = |query: &str, text: &str, expect: Option<NearMiss>| assert_eq!(miss(query, "en", text), expect, "{query}: {text}");
        let lacks = |terms: &[&str]| Some(Lacks(terms.iter().map(|term| (*term).to_owned()).collect()));
        check("arrest AND journalist", "An arrest in the port.", lacks(&["journalist"]));
        check("arrest AND journalist", "Rain in the port.", None);
        check("arrest AND journalist", "A journalist and an arrest.", None);
        check("(arrest OR raid) AND (journalist OR editor)", "A raid at dawn.", lacks(&["journalist", "editor"]));
        check("arrest AND journalist NOT football", "A journalist, an arrest, football.", Some(Excluded(vec!["football".to_owned()])));
        check("arrest NEAR/2 journalist", "An arrest was made before noon and then a journalist came.", Some(TooFar));
        check("arrest", "Rain.", None);
        assert_eq!(miss("arrest", "fr", "An arrest."), Some(Filtered));
    }
}
