//! One look over the tags of a feed: what is there that the format does not allow.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::gather::parse::date::read_date;
use crate::gather::parse::recover::scan::{Scanner, Tag, Token};

/// Of one fault so many cases are counted.
const CASE_LIMIT: usize = 10_000;
const TEXT_LIMIT_BYTES: usize = 4096;
const DATES: [&str; 8] = ["pubdate", "published", "updated", "modified", "issued", "created", "date", "lastbuilddate"];
/// Prefixes that need no declaration.
const KNOWN: [&str; 2] = ["xml", "xmlns"];

/// What stands in a feed and should not.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Bytes before the first tag.
    pub junk: usize,
    /// Names that neither XML nor the document knows.
    pub entities: BTreeSet<String>,
    /// Prefixes of elements that are not declared anywhere.
    pub prefixes: BTreeSet<String>,
    /// Dates that can be read and are not written by the rules.
    pub odd_dates: Vec<String>,
    /// Dates that cannot be read.
    pub lost_dates: Vec<String>,
    pub guid_links: usize,
    pub relative_links: Vec<String>,
    pub marked_titles: usize,
}

/// An element that holds text alone, while it is read.
struct Leaf {
    name: String,
    text: String,
    /// Escaped or in a CDATA section.
    has_markup: bool,
    /// A guid says of itself that it is no address (`isPermaLink="false"`).
    is_mere_id: bool,
}

#[derive(Default)]
struct Item {
    has_link: bool,
    guid_is_address: bool,
}

/// Surveys an XML feed.
pub(super) fn survey(text: &str) -> Survey {
    let mut found = Survey { junk: text.trim_start().find('<').unwrap_or(0), ..Survey::default() };
    let mut declared: BTreeSet<String> = BTreeSet::new();
    let mut scanner = Scanner::new(text);
    let (mut leaf, mut item): (Option<Leaf>, Option<Item>) = (None, None);
    while let Some(token) = scanner.next(leaf.as_ref().map(|leaf| leaf.name.as_str())) {
        match token {
            Token::Start(tag) => {
                declared.extend(tag.attributes.iter().filter_map(|(key, _)| key.strip_prefix("xmlns:")).map(str::to_owned));
                if let Some((prefix, _)) = tag.name.split_once(':')
                    && !KNOWN.contains(&prefix)
                    && found.prefixes.len() < CASE_LIMIT
                {
                    found.prefixes.insert(prefix.to_owned());
                }
                let name = local(tag.name);
                // An element that begins inside of what holds text alone: its end was lost, or it is markup.
                if let Some(open) = leaf.take() {
                    close(&open, &mut item, &mut found);
                }
                if matches!(name.as_str(), "item" | "entry") {
                    finish(item.replace(Item::default()), &mut found);
                }
                if name == "link" {
                    take_link(&tag, &mut item, &mut found);
                }
                if !tag.is_empty {
                    let is_mere_id = tag.attribute("ispermalink").is_some_and(|said| !said.trim().eq_ignore_ascii_case("true"));
                    leaf = Some(Leaf { name: tag.name.to_owned(), text: String::new(), has_markup: false, is_mere_id });
                }
            }
            Token::End { name, .. } => {
                if let Some(open) = leaf.take() {
                    close(&open, &mut item, &mut found);
                }
                if matches!(local(name).as_str(), "item" | "entry") {
                    finish(item.take(), &mut found);
                }
            }
            Token::Text(text) => {
                take_entities(text, &scanner, &mut found);
                push(&mut leaf, text, text.contains("&lt;"));
            }
            Token::Cdata(text) => push(&mut leaf, text, text.contains("</") || text.contains("/>")),
        }
    }
    finish(item, &mut found);
    found.prefixes.retain(|prefix| !declared.contains(prefix));
    found
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase()
}

fn push(leaf: &mut Option<Leaf>, text: &str, has_markup: bool) {
    if let Some(leaf) = leaf
        && leaf.text.len() < TEXT_LIMIT_BYTES
    {
        leaf.text.push_str(text.get(..text.floor_char_boundary(TEXT_LIMIT_BYTES)).unwrap_or_default());
        leaf.has_markup |= has_markup;
    }
}

fn close(leaf: &Leaf, item: &mut Option<Item>, found: &mut Survey) {
    let name = local(&leaf.name);
    let text = leaf.text.trim();
    if text.is_empty() {
        return;
    }
    match name.as_str() {
        "title" if leaf.has_markup && item.is_some() => found.marked_titles += 1,
        "link" => {
            if let Some(item) = item {
                item.has_link = true;
            }
            note_relative(text, found);
        }
        "guid" => {
            if let Some(item) = item {
                item.guid_is_address = !leaf.is_mere_id && text.starts_with("http://") || text.starts_with("https://");
            }
        }
        name if DATES.contains(&name) => {
            let by_the_rules = DateTimeParser::new().parse_timestamp(text).is_ok()
                || text.parse::<Timestamp>().is_ok()
                || text.parse::<jiff::civil::Date>().is_ok_and(|_| text.len() == 10);
            let list = match read_date(text) {
                None => &mut found.lost_dates,
                Some(_) if !by_the_rules => &mut found.odd_dates,
                Some(_) => return,
            };
            if list.len() < CASE_LIMIT {
                list.push(text.chars().take(60).collect());
            }
        }
        _ => {}
    }
}

fn take_link(tag: &Tag<'_>, item: &mut Option<Item>, found: &mut Survey) {
    if let Some(href) = tag.attribute("href") {
        if let Some(item) = item {
            item.has_link = true;
        }
        note_relative(href, found);
    }
}

fn note_relative(address: &str, found: &mut Survey) {
    if url::Url::parse(address) == Err(url::ParseError::RelativeUrlWithoutBase) && found.relative_links.len() < CASE_LIMIT {
        found.relative_links.push(address.chars().take(120).collect());
    }
}

fn finish(item: Option<Item>, found: &mut Survey) {
    found.guid_links += usize::from(item.is_some_and(|item| !item.has_link && item.guid_is_address));
}

fn take_entities(text: &str, scanner: &Scanner<'_>, found: &mut Survey) {
    for (_, after) in text.match_indices('&').filter_map(|(at, _)| text.split_at_checked(at + 1)) {
        let window = after.get(..after.floor_char_boundary(40)).unwrap_or(after);
        let Some((name, _)) = window.split_once(';') else { continue };
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_known = matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") || scanner.entities.contains_key(name);
        if is_name && !is_known && found.entities.len() < CASE_LIMIT {
            found.entities.insert(name.to_owned());
        }
    }
}

/// The form that the first element of a feed names.
pub(super) fn form(beginning: &str) -> Option<String> {
    let mut scanner = Scanner::new(beginning);
    loop {
        let Token::Start(tag) = scanner.next(None)? else { continue };
        let namespace = tag.attribute("xmlns").unwrap_or_default();
        return match local(tag.name).as_str() {
            "rss" => Some(match tag.attribute("version").map(str::trim).filter(|version| !version.is_empty()) {
                Some(version) => format!("RSS {version}"),
                None => "RSS without a version".to_owned(),
            }),
            "rdf" if namespace.contains("netscape.com") => Some("RSS 0.90".to_owned()),
            "rdf" => Some("RSS 1.0".to_owned()),
            "feed" if tag.attribute("version") == Some("0.3") || namespace.contains("purl.org/atom") => Some("Atom 0.3".to_owned()),
            "feed" | "entry" => Some("Atom 1.0".to_owned()),
            "channel" => Some("a channel without a root (RSS or CDF)".to_owned()),
            // What stands before the feed is passed over.
            _ => continue,
        };
    }
}
