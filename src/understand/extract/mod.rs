//! From an article page to its text, headline, authors, dates and address.
//!
//! In: decoded HTML and the address that it came from. Out: an [`Article`]; what is missing is absent, what was cut or refused is a warning.
//! The body is found by `trafilatura` (docs/decisions/0020), what the page says of itself by us: JSON-LD, OpenGraph, meta elements,
//! microdata, `<time>`. *Invariant:* no page, whatever it holds, makes this panic or take a time that is not linear in its (capped) size.

mod byline;
mod choose;
mod date;
mod dateline;
mod entity;
mod guard;
mod headline;
mod json_ld;
mod lines;
mod markup;
mod page;
mod restore;
mod tidy;
mod wall;

pub use date::parse_date;
pub use entity::unescape;
pub use markup::text_of_markup;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use trafilatura::dom::Document;
use trafilatura::{ExtractionFocus, Options};
use url::Url;

use crate::model::Article;
use choose::{Fact, Places};

/// Shorter bodies lose against the text that the publisher puts into JSON-LD.
const SHORT_BODY_CHARS: usize = 250;

/// Reads the article of a page. Never fails: a page without an article gives an empty text and says why in `warnings`.
pub fn extract_article(html: &str, url: &Url) -> Article {
    let (html, mut warnings) = match guard::tame(html) {
        Ok(tamed) => tamed,
        Err(reason) => return Article { warnings: vec![reason], ..Article::default() },
    };
    // Third-party parsers of hostile input: their panic is a page without an article.
    let read = catch_unwind(AssertUnwindSafe(|| read_page(&html, url)));
    let Ok(mut article) = read else {
        warnings.push("the page could not be read: its parser failed".to_owned());
        return Article { warnings, ..Article::default() };
    };
    warnings.append(&mut article.warnings);
    Article { warnings, ..article }
}

fn read_page(html: &str, url: &Url) -> Article {
    let document = Document::parse(html);
    let data = page::read(&document);
    let linked = json_ld::read(&data.scripts);
    let lines = document.body().map(|body| lines::read(&document.inner_html(body))).unwrap_or_default();
    let visible = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    let options =
        Options::default().with_fallback(true).with_focus(ExtractionFocus::FavorPrecision).with_exclude_comments(true).with_url(url.clone());
    let extracted = catch_unwind(AssertUnwindSafe(|| trafilatura::extract_document(document, &options)));
    let mut warnings = Vec::new();
    let extracted = match extracted {
        Ok(Ok(extracted)) => Some(extracted),
        Ok(Err(error)) => {
            warnings.push(format!("no article text was found: {error}"));
            None
        }
        Err(_) => {
            warnings.push("no article text was found: the extractor failed".to_owned());
            None
        }
    };
    let site_name = choose::site_name(&data, &linked);
    let original = archived(url);
    let places = Places { data: &data, linked: &linked, url, original: &original, site_name: site_name.as_deref(), extracted: extracted.as_ref() };
    let fact = places.title();
    let title = fact.as_ref().map(|title| title.value.clone());
    let mut text = extracted.as_ref().map(|extracted| text_of_markup(&extracted.content_html)).unwrap_or_default();
    if text.chars().count() < SHORT_BODY_CHARS
        && let Some(body) = linked.body.as_deref().map(text_of_markup).filter(|body| body.chars().count() > text.chars().count() * 2)
    {
        text = body;
    }
    text = whole(html, url, &lines, text);
    let printed = printed(&lines, &text, title.as_deref());
    let description = data.meta(&["description", "og:description", "twitter:description"]);
    let restored = restore::restore(&text, &lines, title.as_deref(), description);
    let tidied = tidy::tidy(&restored, title.as_deref());
    let page_title = data.title_element.as_deref().unwrap_or_default();
    // Walls are recognized by lines that tidying drops, so it is the untidied text that is asked.
    let wall = wall::recognize(page_title, &visible, &text, linked.free);
    let text = if wall.is_some() { String::new() } else { tidied };
    if let Some(wall) = wall {
        warnings.push(wall.warning().to_owned());
        if wall != wall::Wall::Pay {
            // A wall has no headline, no author and no date of its own.
            return Article { warnings, ..Article::default() };
        }
    }
    let (published, updated) = places.dates(&printed);
    let mut origins = Vec::new();
    Article {
        title: kept("title", fact, &mut origins),
        authors: kept("authors", places.authors(), &mut origins).unwrap_or_default(),
        published: kept("published", published, &mut origins),
        updated: kept("updated", updated, &mut origins),
        language: kept("language", places.language(), &mut origins),
        canonical_url: kept("address", places.canonical(), &mut origins),
        section: kept("section", places.section(), &mut origins),
        image_url: kept("image", places.image(), &mut origins),
        text,
        origins,
        warnings,
    }
}

/// The value of a fact; its origin is noted.
fn kept<T>(field: &'static str, fact: Option<Fact<T>>, origins: &mut Vec<(&'static str, String)>) -> Option<T> {
    let fact = fact?;
    origins.push((field, fact.origin));
    Some(fact.value)
}

/// The address of what an archive's page shows.
fn archived(url: &Url) -> Url {
    let archive = url.host_str().is_some_and(|host| host == "web.archive.org" || host.ends_with(".archive.org"));
    let inner = url.as_str().find("/http").and_then(|place| url.as_str().get(place + 1..)).filter(|_| archive);
    inner.and_then(|inner| Url::parse(inner).ok()).unwrap_or_else(|| url.clone())
}

/// A text this short on a page with more prose is a part of the article at best.
const PART_CHARS: usize = 400;
/// Lines of at least this length are prose.
const PROSE_CHARS: usize = 80;

/// A page with more prose is no page of one article, and is not read twice.
const PROSE_LIMIT_CHARS: usize = 200_000;

/// Reads a page again, favoring recall, when what was found is far less than the page says.
fn whole(html: &str, url: &Url, lines: &[lines::Line], text: String) -> String {
    let length = |text: &str| text.chars().count();
    let found = length(&text);
    let prose: usize = lines
        .iter()
        .filter(|line| !line.linked && !line.place.aside && !line.place.caption)
        .map(|line| length(&line.text))
        .filter(|chars| *chars >= PROSE_CHARS)
        .sum();
    if found >= PART_CHARS || prose < found * 3 || !(PART_CHARS..=PROSE_LIMIT_CHARS).contains(&prose) {
        return text;
    }
    let options = Options::default().with_fallback(true).with_focus(ExtractionFocus::FavorRecall).with_exclude_comments(true).with_url(url.clone());
    let again = catch_unwind(|| trafilatura::extract_document(Document::parse(html), &options)).ok().and_then(Result::ok);
    again.map(|again| text_of_markup(&again.content_html)).filter(|again| length(again) > found * 2).unwrap_or(text)
}

/// Days that the page shows to its readers.
#[derive(Debug, Default)]
struct Printed {
    labelled: Option<Timestamp>,
    beside: Option<Timestamp>,
    below: Option<Timestamp>,
}

/// Looks for days around the article; around the headline where the text is not found on the page.
fn printed(lines: &[lines::Line], text: &str, title: Option<&str>) -> Printed {
    let place = |wanted: &str| lines.iter().position(|line| line.text == wanted);
    let title = title.map(byline::plain).filter(|title| !title.is_empty());
    let headline =
        || lines.iter().position(|line| line.place.heading && title.as_ref().is_some_and(|title| byline::plain(&line.text).contains(title.as_str())));
    // Short lines stand in menus, too.
    let prose = |line: &&str| line.chars().count() >= PROSE_CHARS;
    let Some(start) = text.lines().filter(prose).take(3).filter_map(place).min().or_else(|| headline().map(|place| place + 1)) else {
        return Printed::default();
    };
    let end = text.lines().rev().filter(prose).take(3).filter_map(place).max().unwrap_or(start).max(start);
    Printed { labelled: dateline::labelled(lines, (start, end)), beside: dateline::beside(lines, start), below: dateline::below(lines, (start, end)) }
}

#[cfg(test)]
mod tests;
