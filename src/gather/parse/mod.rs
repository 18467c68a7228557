//! From bytes to raw items. Pure, and never fails: what cannot be read is a warning.
//!
//! Enters: a document's bytes, its media type, where it came from. Leaves: [`Parsed`]. Deliberately absent: the network, the clock, what an
//! item means.
//!
//! Feeds are read by a recovering reader that takes damaged ones as well, and again by feed-rs under `catch_unwind` where that left gaps.
//!
//! *Invariant:* the same bytes give the same items with the same ids at each reading.

mod account;
mod charset;
mod combine;
mod date;
pub mod discover;
mod limits;
mod listing;
mod markup;
mod month;
mod packed;
mod quiet;
mod recover;
mod relative;
mod sitemap;
mod upstream;

pub use account::{Account, Mended, account_feed};
pub use charset::decode_html;
pub use date::read_date;
pub use listing::{Trial, TrialItem, check_selectors, parse_listing, try_listing};
pub use sitemap::parse_sitemap;

use jiff::Timestamp;
use url::Url;

use crate::gather::parse::charset::decode_feed;
use crate::model::{Parsed, Source, SourceKind};

/// Reads the document of a source, as its kind says.
pub fn parse_document(source: &Source, bytes: &[u8], media_type: Option<&str>, final_url: &Url, now: Timestamp) -> Parsed {
    match &source.kind {
        SourceKind::Feed => {
            let mut parsed = parse_feed(bytes, media_type, final_url);
            combine::part_shared_ids(&mut parsed.items);
            parsed
        }
        SourceKind::Listing(rules) => {
            let read = || parse_listing(&decode_html(bytes, media_type), rules, final_url, now);
            quiet::catch(read).unwrap_or_else(|| panicked("the listing reader"))
        }
        SourceKind::Sitemap(rules) => {
            let read = || parse_sitemap(bytes, media_type, rules, final_url, now);
            quiet::catch(read).unwrap_or_else(|| panicked("the sitemap reader"))
        }
    }
}

/// Reads an RSS, RDF, Atom or JSON feed. `base` is where it was fetched from.
///
/// docs/decisions/0060-feed-reading.md says which of the two readers counts for what.
pub fn parse_feed(bytes: &[u8], media_type: Option<&str>, base: &Url) -> Parsed {
    let unpacked = packed::unpack(bytes);
    let decoded = decode_feed(unpacked.as_deref().unwrap_or(bytes), media_type);
    let ours = quiet::catch(|| recover::read(&decoded.text, base)).unwrap_or_else(|| panicked("the recovering reader"));
    let mut parsed = if combine::wants_second_reading(&ours) { combine::combine(ours, upstream::read(&decoded.text, base)) } else { ours };
    if parsed.recognized {
        parsed.warnings.extend(decoded.warning);
    } else if parsed.warnings.is_empty() {
        parsed.warnings.push(what_it_is(&decoded.text).to_owned());
    }
    parsed
}

/// What a document is that is no feed.
fn what_it_is(text: &str) -> &'static str {
    let beginning = text.get(..text.floor_char_boundary(4096)).unwrap_or_default().trim_start().to_ascii_lowercase();
    let has = |mark: &str| beginning.contains(mark);
    match () {
        () if beginning.is_empty() => "the document is empty",
        () if has("<!doctype html") || has("<html") => "a web page, not a feed",
        () if has("<opml") => "a list of feeds (OPML), not a feed: add its feeds with \"sources import\"",
        () if has("<urlset") || has("<sitemapindex") => "a sitemap, not a feed: write kind = \"sitemap\"",
        () if beginning.starts_with(['{', '[']) => "JSON, but no JSON Feed",
        () if beginning.starts_with('<') => "XML, but neither RSS, RDF nor Atom",
        () => "neither XML nor JSON",
    }
}

fn panicked(reader: &str) -> Parsed {
    Parsed { warnings: vec![format!("the document made {reader} panic: please report it")], ..Parsed::default() }
}
