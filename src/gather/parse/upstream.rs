//! feed-rs and what its model becomes.

use std::time::{Duration, SystemTime};

use feed_rs::model::{Entry, Feed, Link, Text};
use jiff::Timestamp;
use url::Url;

use crate::gather::parse::date::read_date;
use crate::gather::parse::limits::{AUTHOR_LIMIT, CATEGORY_LIMIT, ITEM_LIMIT, TITLE_LIMIT_BYTES, bounded_id, hashed_id, http_url, storable};
use crate::gather::parse::markup::{collapse, plain_title, truncate};
use crate::gather::parse::quiet;
use crate::model::{Hints, Language, Parsed, RawItem};

/// Reads a decoded feed.
///
/// # Errors
/// What the parser found wrong, for people.
pub(super) fn read(text: &str, base: &Url) -> Result<Parsed, String> {
    let body = without_declaration(text);
    let attempt = quiet::catch(|| {
        let parser = feed_rs::parser::Builder::new()
            .base_uri(Some(base.as_str()))
            .sanitize_content(false)
            // Its own fallback is random, which would make an item new at each reading.
            .id_generator(|_, _, _| String::new())
            .timestamp_parser(|text| read_date(text).and_then(|at| SystemTime::try_from(at).ok()).map(Into::into))
            .build();
        parser.parse(body.as_bytes())
    });
    match attempt {
        Some(Ok(feed)) => Ok(convert(feed, base)),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("the feed parser panicked".to_owned()),
    }
}

/// The text is decoded already: a declaration of its former encoding would only mislead.
fn without_declaration(text: &str) -> &str {
    let body = text.trim_start();
    match body.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(body, |(_, after)| after),
        None => body,
    }
}

fn convert(feed: Feed, base: &Url) -> Parsed {
    let mut warnings = Vec::new();
    if feed.entries.len() > ITEM_LIMIT {
        warnings.push(format!("only the first {ITEM_LIMIT} of {} items were read", feed.entries.len()));
    }
    Parsed {
        recognized: true,
        title: feed.title.as_ref().and_then(title_of),
        language: feed.language.as_deref().and_then(Language::parse),
        items: feed.entries.into_iter().take(ITEM_LIMIT).map(|entry| convert_entry(entry, base)).collect(),
        hints: Hints { interval: feed.ttl.filter(|ttl| *ttl > 0).map(|minutes| Duration::from_secs(u64::from(minutes) * 60)), ..Hints::default() },
        warnings,
        ..Parsed::default()
    }
}

fn convert_entry(entry: Entry, base: &Url) -> RawItem {
    let title = entry.title.as_ref().and_then(title_of);
    let link = entry.links.iter().find(|link| is_alternate(link)).map(|link| link.href.clone());
    let url = link.and_then(|href| http_url(&href, base)).or_else(|| Url::parse(&entry.id).ok().and_then(|url| http_url(url.as_str(), base)));
    let summary_html = entry.summary.map(|text| storable(text.content)).filter(|text| !text.trim().is_empty());
    let content_html = entry.content.and_then(|content| content.body).map(storable).filter(|text| !text.trim().is_empty());
    let external_id = bounded_id(&entry.id).or_else(|| url.as_ref().map(|url| url.as_str().to_owned())).unwrap_or_else(|| {
        hashed_id(&[title.as_deref().unwrap_or_default(), summary_html.as_deref().unwrap_or_default(), content_html.as_deref().unwrap_or_default()])
    });
    let authors =
        entry.authors.into_iter().filter_map(|person| person.name.or(person.email)).map(|name| collapse(&name)).filter(|name| !name.is_empty());
    let categories = entry.categories.into_iter().map(|category| collapse(&category.label.unwrap_or(category.term))).filter(|name| !name.is_empty());
    RawItem {
        external_id: Some(external_id),
        url,
        title,
        summary_html,
        content_html,
        authors: authors.take(AUTHOR_LIMIT).map(|name| truncate(name, TITLE_LIMIT_BYTES)).collect(),
        published: entry.published.and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
        updated: entry.updated.and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
        language: entry.language.as_deref().and_then(Language::parse),
        categories: categories.take(CATEGORY_LIMIT).map(|name| truncate(name, TITLE_LIMIT_BYTES)).collect(),
    }
}

fn is_alternate(link: &Link) -> bool {
    link.rel.as_deref().is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"))
}

fn title_of(text: &Text) -> Option<String> {
    Some(plain_title(&text.content)).filter(|title| !title.is_empty())
}
