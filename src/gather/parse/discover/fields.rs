//! Where inside an item its link, headline, date and summary stand.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use scraper::{ElementRef, Selector};
use url::Url;

use crate::gather::parse::date::read_date;
use crate::gather::parse::discover::records::{Found, Owner, Record};
use crate::gather::parse::discover::selector::{Chosen, is_stable, shared_classes};
use crate::gather::parse::discover::tree::{Tree, weight};
use crate::gather::parse::limits::http_url;
use crate::gather::parse::listing::text_of;
use crate::gather::parse::relative::read_ago;
use crate::model::ListingRules;

/// Items that are looked at: what holds for these holds for the rest.
const SAMPLE_LIMIT: usize = 40;
/// Share of the items in which a link or headline must be the right one.
const SURE: f32 = 0.85;
/// Share of the items that must have a date or a summary for it to be asked for.
const USUAL: f32 = 0.6;
/// Elements of one item that are looked at.
const INSIDE_LIMIT: usize = 200;
const DATE_BYTES: std::ops::RangeInclusive<usize> = 5..=60;
const SUMMARY_WEIGHT: usize = 40;
const TEXT_LIMIT_BYTES: usize = 2048;

struct Sample<'a> {
    number: usize,
    element: ElementRef<'a>,
    url: &'a Url,
    /// Empty where it is not known.
    headline: &'a str,
    anchor: Option<usize>,
}

/// The rules of the items that the selector finds. `base` is where relative links begin.
pub(super) fn rules<'a>(tree: &Tree<'a>, found: &'a Found, group: &'a [Record], chosen: &Chosen, base: &Url) -> ListingRules {
    let seeds: HashMap<&Url, &Record> = group.iter().map(|record| (&record.seed.url, record)).collect();
    let sample = |number: &usize| {
        let Some(Owner::One(address)) = found.owners.get(*number) else { return None };
        let url = found.addresses.get(*address)?;
        let record = seeds.get(url)?;
        let anchor = Some(record.seed.element).filter(|anchor| tree.holds(*number, *anchor));
        Some(Sample { number: *number, element: tree.element(*number)?, url, headline: &record.seed.headline, anchor })
    };
    let samples: Vec<Sample<'_>> = chosen.elements.iter().filter_map(sample).take(SAMPLE_LIMIT).collect();
    let mut rules = ListingRules::new(&chosen.selector);
    rules.link = link(tree, &samples, base);
    rules.title = title(tree, &samples, rules.link.as_deref());
    rules.date = date(tree, &samples);
    rules.summary = summary(tree, &samples);
    rules
}

fn share(samples: &[Sample<'_>], mut holds: impl FnMut(&Sample<'_>) -> bool) -> f32 {
    samples.iter().filter(|sample| holds(sample)).count() as f32 / samples.len().max(1) as f32
}

/// The element that the reader takes for the link.
fn link_of<'a>(sample: &Sample<'a>, selector: Option<&Selector>) -> Option<ElementRef<'a>> {
    match selector {
        Some(selector) => sample.element.select(selector).next(),
        None if sample.element.value().attr("href").is_some() => Some(sample.element),
        None => sample.element.select(&Selector::parse("a[href]").ok()?).next(),
    }
}

/// `None` where the first link of each item is the right one.
fn link(tree: &Tree<'_>, samples: &[Sample<'_>], base: &Url) -> Option<String> {
    let is_right = |sample: &Sample<'_>, selector: Option<&Selector>| {
        let href = link_of(sample, selector).and_then(|link| link.value().attr("href"));
        let url = href.and_then(|href| http_url(href, base)).map(|mut url| {
            url.set_fragment(None);
            url
        });
        url.as_ref() == Some(sample.url)
    };
    if share(samples, |sample| is_right(sample, None)) >= SURE {
        return None;
    }
    let anchors: Vec<usize> = samples.iter().filter_map(|sample| sample.anchor).collect();
    let parents: Vec<usize> = anchors.iter().filter_map(|anchor| tree.parent(*anchor)).collect();
    let headings = ["h1", "h2", "h3", "h4", "h5", "h6"].map(|name| format!("{name} a"));
    let of_class = shared_classes(tree, &anchors).into_iter().map(|class| format!("a.{class}"));
    let in_class = shared_classes(tree, &parents).into_iter().map(|class| format!(".{class} a"));
    let mut candidates = headings.into_iter().chain(of_class).chain(in_class);
    candidates.find(|candidate| {
        let selector = Selector::parse(candidate).ok();
        selector.is_some() && share(samples, |sample| is_right(sample, selector.as_ref())) >= SURE
    })
}

/// `None` where the link's text is the headline.
fn title(tree: &Tree<'_>, samples: &[Sample<'_>], link: Option<&str>) -> Option<String> {
    let link = link.and_then(|link| Selector::parse(link).ok());
    let knows = samples.iter().any(|sample| !sample.headline.is_empty());
    let text = |element: ElementRef<'_>| text_of(element, TEXT_LIMIT_BYTES);
    if knows && share(samples, |sample| link_of(sample, link.as_ref()).is_some_and(|link| text(link) == sample.headline)) >= SURE {
        return None;
    }
    let is_title = |sample: &Sample<'_>, element: ElementRef<'_>| {
        if knows { !sample.headline.is_empty() && text(element) == sample.headline } else { weight(&text(element)) >= 12 }
    };
    let of = |number: usize, sample: &Sample<'_>| tree.element(number).is_some_and(|element| is_title(sample, element));
    let headings = vote(tree, samples, |sample, number| tree.is_heading(number) && of(number, sample), is_title);
    if headings.is_some() || !knows {
        return headings;
    }
    vote(tree, samples, |sample, number| of(number, sample), is_title)
}

/// `None` where a `<time>` tells the date, or nothing does.
fn date(tree: &Tree<'_>, samples: &[Sample<'_>]) -> Option<String> {
    let time = Selector::parse("time").ok()?;
    if share(samples, |sample| sample.element.select(&time).next().is_some_and(says_date)) >= USUAL {
        return None;
    }
    let stands_apart = |sample: &Sample<'_>, number: usize| sample.anchor.is_none_or(|anchor| !tree.holds(number, anchor));
    let is_date = |number: usize| tree.element(number).is_some_and(says_date);
    vote(tree, samples, |sample, number| stands_apart(sample, number) && is_date(number), |_, element| says_date(element))
}

/// An attribute made for machines, or a short text that is a date as a whole.
fn says_date(element: ElementRef<'_>) -> bool {
    let said = ["datetime", "content", "data-time", "data-date"]
        .into_iter()
        .filter_map(|name| element.value().attr(name))
        .any(|text| read_date(text).is_some());
    let text = text_of(element, 400);
    let is_mixed = text.contains(|c: char| c.is_numeric()) && text.contains(|c: char| !c.is_numeric());
    said || (DATE_BYTES.contains(&text.len()) && is_mixed && (read_date(&text).is_some() || read_ago(&text, Timestamp::UNIX_EPOCH).is_some()))
}

fn summary(tree: &Tree<'_>, samples: &[Sample<'_>]) -> Option<String> {
    let is_summary = |sample: &Sample<'_>, element: ElementRef<'_>| {
        let text = text_of(element, TEXT_LIMIT_BYTES);
        weight(&text) >= SUMMARY_WEIGHT && text != sample.headline
    };
    vote(
        tree,
        samples,
        |sample, number| {
            let stands_apart = sample.anchor.is_none_or(|anchor| !tree.holds(number, anchor));
            let is_text = matches!(tree.name(number), "p" | "div" | "span" | "blockquote" | "dd");
            let is_leaf = !tree.inside(number).any(|inner| matches!(tree.name(inner), "p" | "div" | "ul" | "h2" | "h3" | "time"));
            is_text && is_leaf && stands_apart && !tree.is_heading(number) && tree.element(number).is_some_and(|element| is_summary(sample, element))
        },
        is_summary,
    )
}

/// The selector of the elements that `is_wanted` inside most items, checked as the reader uses it: by the first that it finds.
fn vote(
    tree: &Tree<'_>,
    samples: &[Sample<'_>],
    is_wanted: impl Fn(&Sample<'_>, usize) -> bool,
    is_right: impl Fn(&Sample<'_>, ElementRef<'_>) -> bool,
) -> Option<String> {
    let mut votes: BTreeMap<(u8, String), usize> = BTreeMap::new();
    for sample in samples {
        let mut own: std::collections::BTreeSet<(u8, String)> = std::collections::BTreeSet::new();
        for number in tree.inside(sample.number).take(INSIDE_LIMIT).filter(|number| is_wanted(sample, *number)) {
            let name = tree.name(number);
            own.extend(tree.classes(number).filter(|class| is_stable(class)).take(4).map(|class| (0, format!(".{class}"))));
            // A name alone says little where it is any element's.
            own.insert((if matches!(name, "div" | "span" | "a") { 2 } else { 1 }, name.to_owned()));
        }
        for key in own {
            *votes.entry(key).or_default() += 1;
        }
    }
    let mut ranked: Vec<((u8, String), usize)> = votes.into_iter().filter(|(_, count)| *count as f32 >= USUAL * samples.len() as f32).collect();
    ranked.sort_by_key(|((sort, selector), count)| (std::cmp::Reverse(*count), *sort, selector.len()));
    ranked.into_iter().map(|((_, selector), _)| selector).take(12).find(|selector| {
        let Ok(compiled) = Selector::parse(selector) else { return false };
        share(samples, |sample| sample.element.select(&compiled).next().is_some_and(|element| is_right(sample, element))) >= USUAL
    })
}
