//! Sitemaps (sitemaps.org 0.9) with the news extension, and indexes of sitemaps: the feed of sites that have none.
//!
//! Enters: a document's bytes, packed or not. Leaves: [`Parsed`]: the entries that are young enough, newest first, or the sitemaps of an
//! index, the most promising first. Deliberately absent: following an index; entries without any date, since nothing tells new from old.

mod rank;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::gather::parse::charset::decode_feed;
use crate::gather::parse::date::read_date;
use crate::gather::parse::limits::{CATEGORY_LIMIT, TITLE_LIMIT_BYTES, http_url};
use crate::gather::parse::markup::{collapse, plain_title, resolve_entities, truncate};
use crate::gather::parse::recover::scan::{Scanner, Token};
use crate::gather::parse::{packed, what_it_is};
use crate::model::{Language, Parsed, RawItem, SitemapRules};

/// A news sitemap holds at most so many entries; of others the newest so many are taken.
const ENTRY_LIMIT: usize = 1000;
/// A sitemap holds at most so many addresses (sitemaps.org); the rest of a longer one is not read.
const ADDRESS_LIMIT: usize = 50_000;
/// Sitemaps of an index that are looked at to find the newest.
const SITEMAP_LIMIT: usize = 10_000;
/// Deeper elements mean nothing to us.
const DEPTH_LIMIT: usize = 64;
/// A text of one element, longer than any that is wanted.
const TEXT_LIMIT_BYTES: usize = 16 * 1024;

/// What one `<url>` or `<sitemap>` says.
#[derive(Debug, Default)]
struct Entry {
    location: Option<String>,
    modified: Option<Timestamp>,
    title: Option<String>,
    published: Option<Timestamp>,
    language: Option<String>,
    keywords: Option<String>,
}

/// Reads a sitemap or an index. `base` is where it was fetched from.
pub fn parse_sitemap(bytes: &[u8], media_type: Option<&str>, rules: &SitemapRules, base: &Url, now: Timestamp) -> Parsed {
    let unpacked = packed::unpack_beginning(bytes);
    let (bytes, is_whole) = unpacked.as_ref().map_or((bytes, true), |(bytes, is_whole)| (bytes.as_slice(), *is_whole));
    let decoded = decode_feed(bytes, media_type);
    let mut reader = Reader::default();
    reader.read(&decoded.text);
    let mut parsed = Parsed { recognized: reader.root.is_some(), ..Parsed::default() };
    if !parsed.recognized {
        parsed.warnings.push(match what_it_is(&decoded.text) {
            "XML, but neither RSS, RDF nor Atom" if is_feed(&decoded.text) => "a feed, not a sitemap: write kind = \"feed\"".to_owned(),
            "a web page, not a feed" => "a web page, not a sitemap".to_owned(),
            other => format!("not a sitemap: {other}"),
        });
        return parsed;
    }
    parsed.warnings.extend(decoded.warning);
    if !is_whole {
        parsed.warnings.push("the packed sitemap is damaged or too large: only its beginning was read".to_owned());
    }
    if reader.is_cut {
        parsed.warnings.push(format!("only the first {} addresses were read", reader.entries.len()));
    }
    if reader.root == Some(Root::Index) {
        let youngest = oldest_allowed(now, rules.max_age);
        parsed.further = rank::sitemaps(children(reader.entries, base), youngest);
        if parsed.further.is_empty() {
            parsed.warnings.push("the index names no sitemap that changed lately".to_owned());
        }
    } else {
        take_entries(reader.entries, rules, base, now, &mut parsed);
    }
    parsed
}

fn is_feed(text: &str) -> bool {
    let beginning = text.get(..text.floor_char_boundary(2048)).unwrap_or_default();
    ["<rss", "<feed", "<rdf:RDF"].iter().any(|root| beginning.contains(root))
}

fn oldest_allowed(now: Timestamp, max_age: Duration) -> Timestamp {
    let age = SignedDuration::try_from(max_age).unwrap_or(SignedDuration::MAX);
    now.checked_sub(age).unwrap_or(Timestamp::MIN)
}

fn children(entries: Vec<Entry>, base: &Url) -> Vec<(Url, Option<Timestamp>)> {
    entries.into_iter().filter_map(|entry| Some((http_url(&entry.location?, base)?, entry.modified))).collect()
}

fn take_entries(entries: Vec<Entry>, rules: &SitemapRules, base: &Url, now: Timestamp, parsed: &mut Parsed) {
    let oldest = oldest_allowed(now, rules.max_age);
    let (mut undated, mut broken) = (0usize, 0usize);
    let mut dated: Vec<(Timestamp, RawItem)> = Vec::new();
    for entry in entries {
        let Some(url) = entry.location.as_deref().and_then(|location| http_url(location, base)) else {
            broken += 1;
            continue;
        };
        // The front page changes with every story and is none.
        let is_wanted = url.path() != "/" && (rules.paths.is_empty() || rules.paths.iter().any(|path| url.path().starts_with(path.as_str())));
        if !is_wanted {
            continue;
        }
        match entry.published.or(entry.modified) {
            None => undated += 1,
            Some(at) if at < oldest => {}
            Some(at) => dated.push((at, item(entry, url))),
        }
    }
    dated.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut seen = std::collections::HashSet::new();
    dated.retain(|(_, item)| item.url.clone().is_some_and(|url| seen.insert(url)));
    if dated.len() > ENTRY_LIMIT {
        parsed.warnings.push(format!("only the newest {ENTRY_LIMIT} of {} entries were read", dated.len()));
        dated.truncate(ENTRY_LIMIT);
    }
    parsed.items = dated.into_iter().map(|(_, item)| item).collect();
    if broken > 0 {
        parsed.warnings.push(format!("{broken} entries hold no address and were left out"));
    }
    if undated > 0 {
        parsed.warnings.push(format!("{undated} entries hold no date and were left out: nothing tells new ones from old ones"));
    }
}

fn item(entry: Entry, url: Url) -> RawItem {
    let keywords = entry.keywords.unwrap_or_default();
    let categories = keywords.split(',').map(collapse).filter(|word| !word.is_empty()).take(CATEGORY_LIMIT);
    RawItem {
        external_id: Some(url.as_str().to_owned()),
        url: Some(url),
        title: entry.title.map(|title| plain_title(&title)).filter(|title| !title.is_empty()),
        published: entry.published,
        updated: entry.modified,
        language: entry.language.as_deref().and_then(Language::parse),
        categories: categories.map(|word| truncate(word, TITLE_LIMIT_BYTES)).collect(),
        ..RawItem::default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Addresses,
    Index,
}

/// What the text of an element is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Location,
    Modified,
    Title,
    Published,
    Language,
    Keywords,
}

#[derive(Debug, Default)]
struct Reader<'t> {
    root: Option<Root>,
    entries: Vec<Entry>,
    entry: Option<Entry>,
    /// Names of the elements that are open below the entry, the entry excluded.
    inside: Vec<&'t str>,
    /// Elements open beyond the depth that is kept.
    overflow: usize,
    field: Option<(Field, String)>,
    is_cut: bool,
}

impl<'t> Reader<'t> {
    fn read(&mut self, text: &'t str) {
        let mut scanner = Scanner::new(text);
        while let Some(token) = scanner.next(self.inside.last().copied()) {
            match token {
                Token::Start(tag) => {
                    self.start(tag.name, tag.is_empty);
                    let limit = if self.root == Some(Root::Index) { SITEMAP_LIMIT } else { ADDRESS_LIMIT };
                    if self.entries.len() >= limit {
                        self.is_cut = true;
                        self.entry = None;
                        break;
                    }
                }
                Token::End { name, .. } => self.end(name),
                Token::Text(text) => self.text(&resolve_entities(text)),
                Token::Cdata(text) => self.text(text),
            }
        }
        self.close_entry();
    }

    fn start(&mut self, raw: &'t str, is_empty: bool) {
        let name = local(raw);
        if self.root.is_none() {
            self.root = match name {
                "urlset" => Some(Root::Addresses),
                "sitemapindex" => Some(Root::Index),
                _ => None,
            };
            return;
        }
        // An entry inside an entry is one whose end was lost; extensions have no element of these names.
        if matches!(name, "url" | "sitemap") && raw == name {
            self.close_entry();
            if !is_empty {
                self.entry = Some(Entry::default());
            }
            return;
        }
        if self.entry.is_none() || is_empty {
            return;
        }
        // What is read has no elements inside: one that begins there shows that an end was lost.
        if self.field.is_some() {
            self.keep_field();
            self.inside.pop();
        }
        if self.inside.len() >= DEPTH_LIMIT {
            self.overflow += 1;
            return;
        }
        // Pictures and films have addresses and titles, too: what they stand in tells.
        let within_news = self.inside.iter().any(|open| local(open) == "news");
        let field = match name {
            "loc" if self.inside.is_empty() => Some(Field::Location),
            "lastmod" if self.inside.is_empty() => Some(Field::Modified),
            "title" if within_news => Some(Field::Title),
            "publication_date" if within_news => Some(Field::Published),
            "language" if within_news => Some(Field::Language),
            "keywords" if within_news => Some(Field::Keywords),
            _ => None,
        };
        self.field = field.map(|field| (field, String::new()));
        self.inside.push(raw);
    }

    fn end(&mut self, raw: &str) {
        if self.entry.is_none() {
            return;
        }
        if matches!(raw, "url" | "sitemap" | "urlset" | "sitemapindex") {
            self.close_entry();
        } else if self.overflow > 0 {
            self.overflow -= 1;
        } else if let Some(at) = self.inside.iter().rposition(|open| *open == raw) {
            self.keep_field();
            self.inside.truncate(at);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, value)) = &mut self.field
            && value.len() < TEXT_LIMIT_BYTES
        {
            value.push_str(text.get(..text.floor_char_boundary(TEXT_LIMIT_BYTES)).unwrap_or_default());
        }
    }

    fn keep_field(&mut self) {
        let (Some((field, value)), Some(entry)) = (self.field.take(), &mut self.entry) else { return };
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        match field {
            Field::Location => entry.location = Some(value.to_owned()),
            Field::Modified => entry.modified = read_date(value),
            Field::Title => entry.title = Some(value.to_owned()),
            Field::Published => entry.published = read_date(value),
            Field::Language => entry.language = Some(value.to_owned()),
            Field::Keywords => entry.keywords = Some(value.to_owned()),
        }
    }

    fn close_entry(&mut self) {
        self.keep_field();
        self.entries.extend(self.entry.take());
        self.inside.clear();
        self.overflow = 0;
    }
}

/// A name without its prefix: publishers bind the news vocabulary to many.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests;
