//! What hand-written selectors find on a page, item by item, and what each item lacks.

use jiff::Timestamp;
use scraper::ElementRef;
use url::Url;

use crate::gather::parse::limits::{ITEM_LIMIT, TITLE_LIMIT_BYTES};
use crate::gather::parse::listing::{Selectors, base_of, check_selectors, compile_all, first, next_page, parse_page, read_item, text_of};
use crate::model::{ListingRules, RawItem};

/// How much of an element is shown to tell it from others.
const EXCERPT_BYTES: usize = 160;

/// What the selectors find.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// One for each element that the item selector finds.
    pub items: Vec<TrialItem>,
    /// The address of the next page.
    pub next: Option<Url>,
}

/// What one element gives.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialItem {
    /// `None` without a link: the element is left out.
    pub item: Option<RawItem>,
    /// What a selector does not find here, and why where that can be told.
    pub lacks: Vec<String>,
    /// The beginning of the element's text.
    pub excerpt: String,
}

/// Tries selectors on a page. `base` is where the page was fetched from.
///
/// # Errors
/// What is wrong with the selectors, each with its name.
pub fn try_listing(html: &str, rules: &ListingRules, base: &Url, now: Timestamp) -> Result<Trial, Vec<String>> {
    let Ok(selectors) = compile_all(rules) else { return Err(check_selectors(rules)) };
    let page = parse_page(html);
    let base = base_of(&page, base);
    let items = page.select(&selectors.item).take(ITEM_LIMIT).map(|element| try_item(element, &selectors, &base, now)).collect();
    Ok(Trial { items, next: selectors.next.as_ref().and_then(|selector| next_page(&page, selector, &base)) })
}

fn try_item(element: ElementRef, selectors: &Selectors, base: &Url, now: Timestamp) -> TrialItem {
    let item = read_item(element, selectors, base, now);
    let mut lacks = Vec::new();
    if item.is_none() {
        lacks.push(match &selectors.link {
            Some(selector) if element.select(selector).next().is_none() => "link: the selector finds nothing in this item".to_owned(),
            Some(_) => "link: what the selector finds leads to no article".to_owned(),
            None => "link: there is no link to an article in this item".to_owned(),
        });
    }
    if let Some(item) = &item {
        if item.title.is_none() {
            lacks.push("title: no text".to_owned());
        }
        if item.published.is_none() {
            lacks.extend(date_problem(element, selectors));
        }
        if item.summary_html.is_none() && selectors.summary.is_some() {
            lacks.push("summary: the selector finds nothing in this item".to_owned());
        }
    }
    TrialItem { item, lacks, excerpt: text_of(element, EXCERPT_BYTES) }
}

/// Why an item has no date; nothing where none was asked for and none is there.
fn date_problem(element: ElementRef, selectors: &Selectors) -> Option<String> {
    let found = match &selectors.date {
        Some(selector) => element.select(selector).next(),
        None => Some(first(element, "time")?),
    };
    Some(match found.map(|found| text_of(found, TITLE_LIMIT_BYTES)) {
        None => "date: the selector finds nothing in this item".to_owned(),
        Some(text) if text.is_empty() => "date: what the selector finds is empty".to_owned(),
        Some(text) => format!("date: {text:?} is no date that can be read"),
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::try_listing;
    use crate::model::ListingRules;

    const PAGE: &str =
        "<ul><li><h2><a href='/1'>One</a></h2><time>last night</time></li><li><h2><a href='/2'></a></h2><time datetime='2026-03-02'></time>
        <p>In short</p></li><li>No link</li></ul><a class=next href='?p=2'>More</a>";

    #[test]
    fn each_item_tells_what_it_lacks() {
        let rules = ListingRules { summary: Some("p".to_owned()), next: Some(".next".to_owned()), ..ListingRules::new("li") };
        let trial = try_listing(PAGE, &rules, &"https://news.example/list".parse().unwrap(), Timestamp::UNIX_EPOCH).unwrap();
        let lacks: Vec<_> = trial.items.iter().map(|item| item.lacks.join("; ")).collect();
        assert_eq!(
            lacks,
            [
                "date: \"last night\" is no date that can be read; summary: the selector finds nothing in this item",
                "title: no text",
                "link: there is no link to an article in this item"
            ]
        );
        assert_eq!(trial.next.unwrap().as_str(), "https://news.example/list?p=2");
        assert_eq!(trial.items[2].excerpt, "No link");
    }

    #[test]
    fn every_broken_selector_is_named() {
        let rules = ListingRules { title: Some("h2[".to_owned()), next: Some("a:::x".to_owned()), ..ListingRules::new("li") };
        let problems = try_listing(PAGE, &rules, &"https://news.example/".parse().unwrap(), Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:?}");
    }
}
