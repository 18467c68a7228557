//! CSS selectors that a person would write: short, by class names that will be there tomorrow.

use std::collections::{BTreeMap, HashSet};

use scraper::{Html, Selector};

use crate::gather::parse::discover::records::{Found, Owner, Record};
use crate::gather::parse::discover::tree::{Tree, words};

/// Beginnings of classes that tell one story from another, or how it looks today.
const PASSING: [&str; 22] = [
    "category-",
    "cat-",
    "tag-",
    "post-id",
    "status-",
    "format-",
    "has-",
    "is-",
    "js-",
    "wow",
    "animate",
    "active",
    "first",
    "last",
    "odd",
    "even",
    "sticky",
    "clearfix",
    "lazy",
    "author-",
    "term-",
    "css-",
];
/// Share of the records that a class must be on to be considered.
const COVERAGE: f32 = 0.5;
/// What each part of a selector costs, in records.
const COST: f32 = 0.3;
/// What a found element costs that stands for no story: with a link, and without one (it is left out when the page is read).
const WRONG_LINK_COST: f32 = 2.0;
const WRONG_COST: f32 = 0.3;
/// Classes considered for one group.
const CLASS_LIMIT: usize = 6;

/// True when a class name is likely to be there tomorrow, and can be written in a selector as it is.
pub(super) fn is_stable(class: &str) -> bool {
    let is_plain = class.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && class.starts_with(|c: char| c.is_ascii_alphabetic())
        && (2..=48).contains(&class.len());
    let digits = class.bytes().filter(u8::is_ascii_digit).count();
    is_plain && digits <= 2 && !PASSING.iter().any(|start| class.starts_with(start)) && !class.split(['-', '_']).any(is_hash)
}

/// `bdVaJa`, `a1B2c`: made by a machine, and another one after the next build.
fn is_hash(part: &str) -> bool {
    let has = |test: fn(&u8) -> bool| part.bytes().any(|byte| test(&byte));
    if part.len() >= 5 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && !part.ends_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let humps = part.as_bytes().windows(2).filter(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase())).count();
    humps >= 2 && part.len() < 4 * (humps + 1)
}

/// The stable classes on at least half of the elements, the most frequent first.
pub(super) fn shared_classes(tree: &Tree<'_>, elements: &[usize]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for element in elements {
        let classes: HashSet<&str> = tree.classes(*element).filter(|class| is_stable(class)).collect();
        for class in classes {
            *counts.entry(class).or_default() += 1;
        }
    }
    let mut shared: Vec<(&str, usize)> = counts.into_iter().filter(|(_, count)| *count as f32 >= COVERAGE * elements.len() as f32).collect();
    // Of equals the one that speaks of stories.
    let speaks =
        |class: &str| words(class).any(|word| matches!(word.as_str(), "post" | "item" | "article" | "news" | "story" | "entry" | "card" | "teaser"));
    shared.sort_by_key(|(class, count)| (std::cmp::Reverse(*count), !speaks(class)));
    shared.into_iter().take(CLASS_LIMIT).map(|(class, _)| class.to_owned()).collect()
}

/// A selector with what it finds.
#[derive(Debug)]
pub(super) struct Chosen {
    pub selector: String,
    pub elements: Vec<usize>,
}

/// The selector that finds the records of a group best: all of them, and little else. `None` where each finds too much else.
pub(super) fn choose(page: &Html, tree: &Tree<'_>, found: &Found, group: &[Record]) -> Option<Chosen> {
    let mut best: Option<(f32, Chosen)> = None;
    for (selector, parts) in candidates(tree, group) {
        let Ok(compiled) = Selector::parse(&selector) else { continue };
        let elements = tree.select(page, &compiled);
        let score = score(tree, found, group, &elements) - COST * parts as f32;
        if best.as_ref().is_none_or(|(other, _)| score > *other) {
            best = Some((score, Chosen { selector, elements }));
        }
    }
    best.filter(|(score, _)| *score >= 0.5 * group.len() as f32).map(|(_, chosen)| chosen)
}

fn score(tree: &Tree<'_>, found: &Found, group: &[Record], elements: &[usize]) -> f32 {
    let wanted: HashSet<usize> = group.iter().map(|record| record.root).collect();
    let mut right: HashSet<usize> = HashSet::new();
    let mut wrong = 0.0;
    for element in elements.iter().filter(|element| **element <= found.horizon) {
        match found.owners.get(*element) {
            Some(Owner::One(address)) if wanted.contains(element) => {
                right.insert(*address);
            }
            // A story of another shape (the one on top) is welcome.
            Some(Owner::One(_)) if !tree.is_aside(*element) => {}
            _ if tree.inside(*element).any(|inner| tree.attribute(inner, "href").is_some()) => wrong += WRONG_LINK_COST,
            _ => wrong += WRONG_COST,
        }
    }
    right.len() as f32 - wrong
}

/// Selectors of a group with the number of their parts, the plainest first.
fn candidates(tree: &Tree<'_>, group: &[Record]) -> Vec<(String, usize)> {
    let roots: Vec<usize> = group.iter().map(|record| record.root).collect();
    let Some(first) = roots.first() else { return Vec::new() };
    let name = tree.name(*first);
    let own = shared_classes(tree, &roots);
    let parents: Vec<usize> = roots.iter().filter_map(|root| tree.parent(*root)).collect();
    let parent_name = parents.first().map_or("", |parent| tree.name(*parent));
    let around = contexts(tree, &parents);
    let grandparents: Vec<usize> = parents.iter().filter_map(|parent| tree.parent(*parent)).collect();

    let mut list: Vec<(String, usize)> = own.iter().map(|class| (format!("{name}.{class}"), 1)).collect();
    if name == "article" {
        list.push((name.to_owned(), 1));
    }
    for context in &around {
        list.push((format!("{context} > {name}"), 2));
        list.extend(own.iter().take(2).map(|class| (format!("{context} > {name}.{class}"), 3)));
    }
    if let [a, b, ..] = own.as_slice() {
        list.push((format!("{name}.{a}.{b}"), 2));
    }
    for context in contexts(tree, &grandparents) {
        list.push((format!("{context} > {parent_name} > {name}"), 3));
        list.push((format!("{context} {name}"), 3));
    }
    if !matches!(name, "a" | "div" | "span") {
        list.push((format!("{parent_name} > {name}"), 2));
    }
    list
}

/// Ids and classes that all of these elements share, as selectors.
fn contexts(tree: &Tree<'_>, elements: &[usize]) -> Vec<String> {
    let Some(first) = elements.first() else { return Vec::new() };
    let name = tree.name(*first);
    let id = tree.attribute(*first, "id").filter(|id| is_stable(id));
    let id = id.filter(|id| elements.iter().all(|element| tree.attribute(*element, "id") == Some(id)));
    let classes = shared_classes(tree, elements).into_iter().take(3).map(|class| format!("{name}.{class}"));
    let main = (name == "main").then(|| name.to_owned());
    id.map(|id| format!("#{id}")).into_iter().chain(main).chain(classes).collect()
}
