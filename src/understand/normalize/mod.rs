//! From what a feed and a page say to one story.
//!
//! Enters: a feed's item, its article page where one was fetched, the text of the item's markup, the detected language, the moment.
//! Leaves: a [`StoryDraft`] with title, text, times, key and shingles. Absent: reading markup and detecting languages (they are
//! handed in), labels and event features (classification comes later), anything about other stories.

mod parameters;
mod percent;
mod url_key;
mod wrapper;

use std::fmt::Write as _;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

pub use crate::understand::normalize::url_key::{Keyed, explain_url_key, url_key};

use crate::model::{Article, Classification, Fingerprint, Language, RawItem, Source, StoryDraft, StoryFacts};
use crate::text::normalize;
use crate::understand::dedupe;

/// Longest text that is kept of a story, in bytes: longer ones are lists and transcripts, and matching, search and storage pay for each byte.
pub const TEXT_LIMIT_BYTES: usize = 256 * 1024;
/// Longest headline, in bytes.
pub const TITLE_LIMIT_BYTES: usize = 1024;
/// Words that stand in for a headline where there is none.
const TITLE_WORDS: usize = 12;
/// Authors and tags beyond these are lists of keywords, not facts about the story.
const LIST_LIMIT: usize = 32;
const LIST_ENTRY_LIMIT_BYTES: usize = 200;
/// The headline of an item that has neither title nor text nor address.
const NO_TITLE: &str = "untitled";

/// Makes the draft of a story.
///
/// `text` is the plain text of the item's own markup (its content, else its summary). The longer one of it and the article's text is
/// the story's: a feed may carry all and the page only a teaser, or the other way round. What the feed says of title, authors and times goes before
/// what the page says: the page may be of the site as a whole (a consent wall, a redesign), the item is about the story.
pub fn normalize_story(
    source: &Source,
    item: &RawItem,
    article: Option<&Article>,
    detected: (Language, f32),
    text: &str,
    now: Timestamp,
) -> StoryDraft {
    let item_text = normalize(text);
    let article_text = article.map(|article| normalize(&article.text)).unwrap_or_default();
    let longer = if article_text.trim().len() > item_text.trim().len() { article_text } else { item_text };
    let text = capped(tidy_paragraphs(&longer), TEXT_LIMIT_BYTES);

    let given_title = [item.title.as_deref(), article.and_then(|article| article.title.as_deref())];
    let title = given_title.into_iter().flatten().map(one_line).find(|title| !title.is_empty());
    let url_key = address_key(source, item, article);
    let title = title.or_else(|| first_words(&text)).unwrap_or_else(|| item.url.as_ref().map_or(NO_TITLE.to_owned(), ToString::to_string));
    let title = capped(title, TITLE_LIMIT_BYTES);

    let authors = if item.authors.is_empty() { article.map(|article| article.authors.as_slice()).unwrap_or_default() } else { &item.authors };
    let section = article.and_then(|article| article.section.as_ref());
    let shingles = dedupe::shingles(&title, &text);
    let (language, language_confidence) = detected;
    let published_at = published_at(item, article, now);
    let facts = StoryFacts {
        image_url: article.and_then(|article| article.image_url.clone()),
        section: section.map(|section| capped(one_line(section), LIST_ENTRY_LIMIT_BYTES)).filter(|section| !section.is_empty()),
        updated_at: updated_at(item, article, published_at, now),
    };
    StoryDraft {
        source: source.id.clone(),
        url: item.url.clone().or_else(|| article.and_then(|article| article.canonical_url.clone())),
        url_key,
        title,
        text,
        authors: distinct(authors.iter()),
        tags: distinct(item.categories.iter().chain(section)),
        language,
        language_confidence,
        published_at,
        first_seen_at: now,
        facts,
        fingerprint: Fingerprint { shingles, event: Vec::new() },
        classification: Classification::default(),
    }
}

/// The key of the canonical address, else of the item's; without an address the hash of what names the item in its source.
fn address_key(source: &Source, item: &RawItem, article: Option<&Article>) -> String {
    if let Some(url) = article.and_then(|article| article.canonical_url.as_ref()).or(item.url.as_ref()) {
        return url_key(url);
    }
    let mut hash = Sha256::new();
    hash.update(source.id.as_str());
    // A separator that no identifier contains: ("a", "bc") is not ("ab", "c").
    hash.update([0]);
    match &item.external_id {
        Some(id) => hash.update(id),
        // Nothing names the item: what it says does.
        None => [&item.title, &item.summary_html, &item.content_html].into_iter().for_each(|part| {
            hash.update(part.as_deref().unwrap_or_default());
            hash.update([0]);
        }),
    }
    hash.finalize().iter().fold("id:".to_owned(), |mut key, byte| {
        let _ = write!(key, "{byte:02x}"); // writing to a String cannot fail
        key
    })
}

/// 1990-01-01T00:00:00Z: no story on the web is older; earlier dates are zero values and slips.
const OLDEST_SECOND: i64 = 631_152_000;

/// The first credible date of item and page. A date in the future is a wrong clock or zone: the moment of reading is nearer to the truth.
fn published_at(item: &RawItem, article: Option<&Article>, now: Timestamp) -> Option<Timestamp> {
    let from_article = article.map(|article| [article.published, article.updated]).unwrap_or_default();
    [item.published, from_article[0], item.updated, from_article[1]]
        .into_iter()
        .flatten()
        .find(|at| at.as_second() >= OLDEST_SECOND)
        .map(|at| at.min(now))
}

/// The last change that item or page tells, the item's first: after the publication, and not in the future.
fn updated_at(item: &RawItem, article: Option<&Article>, published: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let told = [item.updated, article.and_then(|article| article.updated)];
    told.into_iter().flatten().find(|at| *at <= now && at.as_second() >= OLDEST_SECOND && published.is_none_or(|published| *at > published))
}

/// Paragraphs without space around them, one newline between two; runs of spaces become one.
fn tidy_paragraphs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut words = line.split_whitespace().peekable();
        if words.peek().is_none() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        for (at, word) in words.enumerate() {
            if at > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

fn one_line(text: &str) -> String {
    normalize(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text as its headline: the first sentence or line where it is short, else the first words.
fn first_words(text: &str) -> Option<String> {
    let line = text.lines().next().filter(|line| !line.trim().is_empty())?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut title = words.iter().take(TITLE_WORDS).copied().collect::<Vec<_>>().join(" ");
    // Scripts without spaces: as many characters as a long headline has.
    let characters = 90;
    let cut = title.char_indices().nth(characters).map(|(at, _)| at);
    if let Some(at) = cut {
        title.truncate(at);
    }
    if words.len() > TITLE_WORDS || cut.is_some() {
        title.push('…');
    }
    Some(title)
}

fn distinct<'a>(entries: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for entry in entries.map(|entry| capped(one_line(entry), LIST_ENTRY_LIMIT_BYTES)) {
        if !entry.is_empty() && !out.contains(&entry) && out.len() < LIST_LIMIT {
            out.push(entry);
        }
    }
    out
}

/// Cuts at the last character that fits.
fn capped(mut text: String, limit_bytes: usize) -> String {
    if text.len() > limit_bytes {
        text.truncate(text.floor_char_boundary(limit_bytes));
    }
    text
}

#[cfg(test)]
mod tests;
