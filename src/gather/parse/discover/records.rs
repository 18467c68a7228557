//! Which elements of a page stand for one story each: the largest ones that hold the link to one and to no other.

use std::collections::{BTreeMap, HashMap, HashSet};

use url::Url;

use crate::gather::parse::discover::selector::is_stable;
use crate::gather::parse::discover::tree::{Tree, is_headline};
use crate::gather::parse::limits::http_url;

/// Links that are looked at.
const LINK_LIMIT: usize = 5000;
/// Kinds of elements that are looked at, those with the most stories first.
const GROUP_LIMIT: usize = 12;
/// Fewer links of one kind are no list.
pub(super) const RECORDS_LEAST: usize = 3;
/// An address that is named more often than in a list, a picture and a box beside is part of the furniture.
const NAMED_MOST: usize = 4;
const PICTURES: [&str; 8] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".mp4", ".mp3"];

/// A link that may lead to a story.
#[derive(Debug, Clone)]
pub(super) struct Seed {
    pub element: usize,
    pub url: Url,
    /// Empty where only the element around the link knows the headline.
    pub headline: String,
}

/// An element that stands for a story.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub root: usize,
    pub seed: Seed,
}

/// Whom an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Nobody,
    One(usize),
    Many,
}

/// What was found of one sort of links.
#[derive(Debug)]
pub(super) struct Found {
    /// Records of one shape each, the largest group first.
    pub groups: Vec<Vec<Record>>,
    /// Per element.
    pub owners: Vec<Owner>,
    /// The addresses that owners are numbers of.
    pub addresses: Vec<Url>,
    /// The last element that was looked at: of a very long page nothing is known behind it.
    pub horizon: usize,
}

/// Links whose text is a headline; where `by_address`, links whose address looks like an article's, whatever their text.
///
/// The second value is the last element that was looked at.
pub(super) fn seeds(tree: &Tree<'_>, base: &Url, by_address: bool) -> (Vec<Seed>, usize) {
    let mut here = base.clone();
    here.set_fragment(None);
    let mut links = Vec::new();
    let mut horizon = tree.len();
    for number in (0..tree.len()).filter(|number| tree.name(*number) == "a") {
        let Some(mut url) = tree.attribute(number, "href").and_then(|href| http_url(href, base)) else { continue };
        url.set_fragment(None);
        if url == here || url.path() == "/" || !same_site(&url, base) || PICTURES.iter().any(|end| url.path().ends_with(end)) {
            continue;
        }
        links.push(Seed { element: number, url, headline: tree.headline(number) });
        if links.len() >= LINK_LIMIT {
            horizon = number;
            break;
        }
    }
    let mut named: HashMap<Url, usize> = HashMap::new();
    for seed in links.iter().filter(|seed| !seed.headline.is_empty()) {
        *named.entry(seed.url.clone()).or_default() += 1;
    }
    links.retain(|seed| {
        let is_seed = if by_address { is_article_address(&seed.url) } else { is_headline(&seed.headline) };
        is_seed && named.get(&seed.url).is_none_or(|count| *count <= NAMED_MOST)
    });
    if by_address {
        for seed in &mut links {
            seed.headline.clear();
        }
    }
    (links, horizon)
}

/// True when the hosts are one site's: `www.` or another part before the same name.
pub(super) fn same_site(url: &Url, base: &Url) -> bool {
    let host = |url: &Url| url.host_str().unwrap_or_default().trim_start_matches("www.").to_owned();
    let (a, b) = (host(url), host(base));
    let inside = |inner: &str, outer: &str| inner.strip_suffix(outer).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !a.is_empty() && url.port() == base.port() && (inside(&a, &b) || inside(&b, &a))
}

/// True when an address looks like an article's: a long name, a number, a date.
pub(super) fn is_article_address(url: &Url) -> bool {
    let last = url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty())).unwrap_or_default();
    let words = last.split(['-', '_']).filter(|word| !word.is_empty()).count();
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    words >= 4 || digits(last) >= 3 || digits(url.query().unwrap_or_default()) >= 2 || last.len() > 30
}

/// Finds the elements around the seeds and sorts them by their shape.
pub(super) fn find(tree: &Tree<'_>, (seeds, horizon): (Vec<Seed>, usize)) -> Found {
    let mut numbers: HashMap<Url, usize> = HashMap::new();
    let mut addresses = Vec::new();
    let mut owners = vec![Owner::Nobody; tree.len()];
    for seed in &seeds {
        let number = *numbers.entry(seed.url.clone()).or_insert_with(|| {
            addresses.push(seed.url.clone());
            addresses.len() - 1
        });
        for element in std::iter::once(seed.element).chain(tree.ancestors(seed.element)) {
            let Some(owner) = owners.get_mut(element) else { break };
            match *owner {
                Owner::Nobody => *owner = Owner::One(number),
                Owner::One(other) if other != number => *owner = Owner::Many,
                // What stands around belongs to the same, or to many, already.
                Owner::One(_) | Owner::Many => break,
            }
        }
    }
    let mut records: BTreeMap<usize, Record> = BTreeMap::new();
    for seed in seeds {
        let is_own = |element: &usize| matches!(owners.get(*element), Some(Owner::One(_))) && !matches!(tree.name(*element), "html" | "body");
        let root = tree.ancestors(seed.element).take_while(is_own).last().unwrap_or(seed.element);
        match records.get_mut(&root) {
            Some(record) if record.seed.headline.len() >= seed.headline.len() => {}
            Some(record) => record.seed = seed,
            None => {
                records.insert(root, Record { root, seed });
            }
        }
    }
    let mut groups: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in records.into_values() {
        groups.entry(shape(tree, record.root)).or_default().push(record);
    }
    let distinct = |group: &Vec<Record>| group.iter().map(|record| &record.seed.url).collect::<HashSet<_>>().len();
    let mut groups: Vec<(usize, Vec<Record>)> = groups.into_values().map(|group| (distinct(&group), group)).collect();
    groups.retain(|(distinct, _)| *distinct >= RECORDS_LEAST);
    groups.sort_by_key(|(distinct, _)| std::cmp::Reverse(*distinct));
    groups.truncate(GROUP_LIMIT);
    Found { groups: groups.into_iter().map(|(_, group)| group).collect(), owners, addresses, horizon }
}

/// Records of one list have the same name and stand in elements of the same name and classes; a menu is no part of one.
fn shape(tree: &Tree<'_>, root: usize) -> String {
    let parent = tree.parent(root).unwrap_or(root);
    let mut classes: Vec<&str> = tree.classes(parent).filter(|class| is_stable(class)).collect();
    classes.sort_unstable();
    let place = if tree.is_aside(root) { "beside" } else { "in" };
    format!("{} {place} {}.{}", tree.name(root), tree.name(parent), classes.join("."))
}
