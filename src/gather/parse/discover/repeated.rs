//! Finds the list of stories on a page by what repeats: proposes selectors and reads the page by them.

use std::collections::HashSet;

use jiff::Timestamp;
use scraper::{Html, Selector};
use url::Url;

use crate::gather::parse::discover::records::{self, Found, Record, is_article_address, same_site};
use crate::gather::parse::discover::tree::{Tree, is_headline, weight};
use crate::gather::parse::discover::{PageFacts, Proposal, fields, selector};
use crate::gather::parse::limits::{TITLE_LIMIT_BYTES, http_url};
use crate::gather::parse::listing::{base_of, parse_page, read_parsed, text_of};
use crate::gather::parse::quiet;
use crate::model::{Language, RawItem};

/// A person chooses among few.
const PROPOSAL_LIMIT: usize = 3;
/// Items beyond add nothing to a score.
const SCORED_ITEMS: usize = 60;
/// Selectors by which sites mark the way to the next page.
const NEXT: [&str; 8] =
    ["a[rel=next]", "link[rel=next]", "a.next", "li.next > a", ".pagination .next a", ".nav-previous a", ".pager-next a", ".pager__item--next a"];

/// Proposes selectors for the lists of stories on a page, the best first. `base` is where the page was fetched from, `now` when.
pub fn proposals(html: &str, base: &Url, now: Timestamp) -> Vec<Proposal> {
    quiet::catch(|| find(html, base, now)).unwrap_or_default()
}

/// The site's name and the page's language.
pub fn facts(html: &str) -> PageFacts {
    let read = || {
        let page = parse_page(html);
        let first = |text: &str| page.select(&Selector::parse(text).ok()?).next();
        let said = first("meta[property='og:site_name']").and_then(|meta| meta.value().attr("content")).map(str::trim).map(str::to_owned);
        let title = || first("title").map(|title| text_of(title, TITLE_LIMIT_BYTES));
        PageFacts {
            name: said.filter(|name| !name.is_empty()).or_else(title).filter(|name| !name.is_empty()),
            language: page.root_element().value().attr("lang").and_then(Language::parse),
        }
    };
    quiet::catch(read).unwrap_or_default()
}

fn find(html: &str, from: &Url, now: Timestamp) -> Vec<Proposal> {
    let page = parse_page(html);
    let base = base_of(&page, from);
    let tree = Tree::new(&page);
    let mut proposals: Vec<(Proposal, bool)> = Vec::new();
    for by_address in [false, true] {
        let found = records::find(&tree, records::seeds(&tree, &base, by_address));
        for group in &found.groups {
            let Some((proposal, is_aside)) = propose(&page, &tree, &found, group, (from, &base), now) else { continue };
            let is_known = |(other, _): &(Proposal, bool)| {
                let addresses: HashSet<_> = other.items.iter().map(|item| &item.url).collect();
                other.rules.item == proposal.rules.item || proposal.items.iter().all(|item| addresses.contains(&item.url))
            };
            if !proposals.iter().any(is_known) {
                proposals.push((proposal, is_aside));
            }
        }
        if proposals.iter().any(|(_, is_aside)| !is_aside) {
            break;
        }
    }
    let mut proposals: Vec<Proposal> = proposals.into_iter().map(|(proposal, _)| proposal).collect();
    proposals.sort_by(|a, b| b.score.total_cmp(&a.score));
    proposals.truncate(PROPOSAL_LIMIT);
    proposals
}

/// A proposal for one group, and whether it lists what stands beside the news.
fn propose<'a>(
    page: &'a Html,
    tree: &Tree<'a>,
    found: &'a Found,
    group: &'a [Record],
    (from, base): (&Url, &Url),
    now: Timestamp,
) -> Option<(Proposal, bool)> {
    let chosen = selector::choose(page, tree, found, group)?;
    let rules = fields::rules(tree, found, group, &chosen, base);
    let items = read_parsed(page, &rules, from, now).items;
    let titled = items.iter().filter(|item| item.title.is_some()).count();
    let distinct: HashSet<_> = items.iter().map(|item| &item.url).collect();
    if titled < records::RECORDS_LEAST || distinct.len() < records::RECORDS_LEAST {
        return None;
    }
    // A list of words is a menu.
    let is_story = |item: &&RawItem| item.published.is_some() || item.title.as_deref().is_some_and(is_headline);
    if items.iter().filter(is_story).count() * 2 < items.len() {
        return None;
    }
    let value = |item: &RawItem| {
        let title = item.title.as_deref().map_or(0, weight).min(100) as f32 / 20.0;
        title + if item.published.is_some() { 4.0 } else { 0.0 } + if item.summary_html.is_some() { 2.0 } else { 0.0 }
    };
    let articles = items.iter().filter(|item| item.url.as_ref().is_some_and(is_article_address)).count() as f32 / items.len().max(1) as f32;
    let aside = group.iter().filter(|record| tree.is_aside(record.root)).count() * 2 > group.len();
    let score = items.iter().take(SCORED_ITEMS).map(value).sum::<f32>() * (0.4 + 0.6 * articles) * if aside { 0.3 } else { 1.0 };
    Some((Proposal { rules, items, next: next(page, base), score }, aside))
}

fn next(page: &Html, base: &Url) -> Option<String> {
    let leads_on = |text: &&str| {
        let selector = Selector::parse(text).ok()?;
        let url = http_url(page.select(&selector).next()?.value().attr("href")?, base)?;
        (url != *base && same_site(&url, base)).then_some(())
    };
    NEXT.iter().find(|text| leads_on(text).is_some()).map(|text| (*text).to_owned())
}
