//! What gather reads, before anything is understood.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::model::Language;

/// What was read from one document. Reading never fails: what could not be read is a warning.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// False when the document is no feed (or listing) at all: a login page, an empty body.
    pub recognized: bool,
    pub title: Option<String>,
    pub language: Option<Language>,
    /// In document order.
    pub items: Vec<RawItem>,
    pub hints: Hints,
    /// Documents that belong to this one, the most promising first: the next page of a listing, the sitemaps of an index.
    pub further: Vec<Url>,
    /// For people: what was mended or left out, and why.
    pub warnings: Vec<String>,
}

/// What the document says about its own rhythm.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hints {
    /// The publisher asks not to be polled sooner (RSS `ttl`, `sy:updatePeriod`).
    pub interval: Option<Duration>,
    /// Hours of the day (UTC) in which it asks to be left alone, one bit each (RSS `skipHours`).
    pub skip_hours: u32,
    /// Days of the week, bit 0 for Monday (RSS `skipDays`).
    pub skip_days: u8,
}

/// One entry of a feed or listing page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawItem {
    /// The publisher's id (`guid`, `atom:id`, JSON Feed `id`), the same at each reading; the link where there is none.
    pub external_id: Option<String>,
    pub url: Option<Url>,
    /// Plain text, entities resolved, markup removed.
    pub title: Option<String>,
    /// Markup as given.
    pub summary_html: Option<String>,
    /// Markup as given; the whole text where the feed carries it.
    pub content_html: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub language: Option<Language>,
    pub categories: Vec<String>,
}

/// What an article page says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Article {
    pub canonical_url: Option<Url>,
    /// Without the site's name.
    pub title: Option<String>,
    /// Paragraphs separated by one newline; empty when the page holds no article.
    pub text: String,
    pub authors: Vec<String>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    /// As declared by the page.
    pub language: Option<Language>,
    pub section: Option<String>,
    /// The picture that the page shows of itself. Never fetched.
    pub image_url: Option<Url>,
    /// Which place of the page each fact came from, for people: `("published", "JSON-LD")`.
    pub origins: Vec<(&'static str, String)>,
    pub warnings: Vec<String>,
}
