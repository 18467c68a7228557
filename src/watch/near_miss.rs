//! Stories that a list misses by one thing: what a person who writes a query looks at before it goes live.

use crate::watch::evaluate::{Look, Rule};
use crate::watch::rows::Leaf;
use crate::watch::story::Story;
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
    pub fn near_misses(&self, document: &Document<'_>) -> Vec<(&crate::model::WatchlistId, NearMiss)> {
        let story = Story::read(document, self.index());
        let look = Look { story: &story, terms: self.terms() };
        self.each_rule(document)
            .filter_map(|(id, rule, passes)| match (rule.holds(look), passes) {
                (true, false) => Some((id, NearMiss::Filtered)),
                (false, true) => Some((id, miss(rule, look)?)),
                (true, true) | (false, false) => None,
            })
            .collect()
    }
}

fn miss(rule: &Rule, look: Look<'_>) -> Option<NearMiss> {
    match rule {
        Rule::And(parts) => {
            let mut lacking = parts.iter().filter(|part| !part.holds(look));
            let (one, None) = (lacking.next()?, lacking.next()) else { return None };
            (parts.len() > 1).then(|| miss(one, look).unwrap_or_else(|| lack(one, look)))
        }
        Rule::AllOf(leaves) => {
            let mut lacking = leaves.iter().filter(|leaf| !look.terms.holds(**leaf, look.story));
            let (one, None) = (lacking.next()?, lacking.next()) else { return None };
            (leaves.len() > 1).then(|| NearMiss::Lacks(written(&[*one], look)))
        }
        Rule::Without(pair) => {
            let (kept, dropped) = (&pair.0, &pair.1);
            if kept.holds(look) { Some(NearMiss::Excluded(said(dropped, look))) } else { miss(kept, look).filter(|_| !dropped.holds(look)) }
        }
        Rule::Near(near) => (!near.left.spans(look).is_empty() && !near.right.spans(look).is_empty()).then_some(NearMiss::TooFar),
        Rule::Or(parts) => parts.iter().find_map(|part| miss(part, look)),
        // One condition alone: every story would be a near miss.
        Rule::Leaf(_) | Rule::AnyOf(_) | Rule::Persons(_) | Rule::Language(_) | Rule::Country(_) | Rule::Topic(_) => None,
    }
}

fn lack(rule: &Rule, look: Look<'_>) -> NearMiss {
    let mut leaves = Vec::new();
    collect(rule, &mut leaves);
    if leaves.is_empty() { NearMiss::Condition } else { NearMiss::Lacks(written(&leaves, look)) }
}

/// The terms of what must not be said that are said.
fn said(rule: &Rule, look: Look<'_>) -> Vec<String> {
    let mut leaves = Vec::new();
    collect(rule, &mut leaves);
    leaves.retain(|leaf| look.terms.holds(*leaf, look.story));
    written(&leaves, look)
}

fn collect(rule: &Rule, out: &mut Vec<Leaf>) {
    match rule {
        Rule::And(parts) | Rule::Or(parts) => parts.iter().for_each(|part| collect(part, out)),
        Rule::Leaf(leaf) => out.push(*leaf),
        Rule::AllOf(leaves) | Rule::AnyOf(leaves) => out.extend(leaves.iter().copied()),
        Rule::Without(pair) => collect(&pair.0, out),
        Rule::Near(near) => {
            collect(&near.left, out);
            collect(&near.right, out);
        }
        Rule::Persons(_) | Rule::Language(_) | Rule::Country(_) | Rule::Topic(_) => {}
    }
}

fn written(leaves: &[Leaf], look: Look<'_>) -> Vec<String> {
    leaves.iter().take(NAMED).map(|leaf| look.terms.written(*leaf).to_owned()).collect()
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
