//! What is demanded of each reader whatever bytes it gets. Used by the fuzzing engine and by the replay in tests/it/fuzz.rs.

use std::time::Duration;

use jiff::Timestamp;
use presswatch::config::{QueryText, Watchlist, Watchlists};
use presswatch::gather::parse::{decode_html, parse_feed, parse_listing, parse_sitemap, read_date};
use presswatch::model::{ListingRules, Parsed, Problem, SitemapRules, WatchlistId};
use presswatch::watch::{WatchlistSet, search_terms};
use url::Url;

fn base() -> Url {
    Url::parse("http://outlet.example/news/feed").expect("a constant address")
}

/// No panic is turned into a warning, an item's text can be stored, its address can be followed, and a second reading gives the same.
fn demand(parsed: &Parsed) {
    for warning in &parsed.warnings {
        assert!(!warning.contains("panic"), "{warning}");
    }
    for item in &parsed.items {
        let texts = [&item.external_id, &item.title, &item.summary_html, &item.content_html];
        assert!(texts.iter().all(|text| text.as_ref().is_none_or(|text| !text.contains('\0'))), "a text that no database takes");
        assert!(item.url.as_ref().is_none_or(|url| matches!(url.scheme(), "http" | "https")), "an address of another kind: {:?}", item.url);
        assert!(item.external_id.as_ref().is_none_or(|id| !id.trim().is_empty() && id.len() <= 1024), "an id that cannot be a key");
    }
}

/// A feed of any kind. The first byte chooses the media type that the server declares.
pub fn feed(data: &[u8]) {
    let types = [None, Some("application/rss+xml"), Some("text/xml; charset=windows-1251"), Some("application/feed+json"), Some("text/html")];
    let (media_type, bytes) = match data.split_first() {
        Some((first, rest)) => (types[usize::from(*first) % types.len()], rest),
        None => (None, data),
    };
    let parsed = parse_feed(bytes, media_type, &base());
    demand(&parsed);
    assert_eq!(parsed, parse_feed(bytes, media_type, &base()), "a second reading differs");
}

/// A date as written by anybody: what is read can be written and read again as the same moment.
pub fn date(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(moment) = read_date(&text) {
        assert_eq!(read_date(&moment.to_string()), Some(moment), "{text:?} is read as {moment}, which is not read again");
    }
}

/// Bytes in any encoding. The first byte chooses what the server declares. Nothing that is plain ASCII may change.
pub fn charset(data: &[u8]) {
    let types =
        [None, Some("text/html"), Some("text/html; charset=koi8-r"), Some("text/html; charset=utf-16le"), Some("text/html; charset=\"nonsense")];
    let Some((first, bytes)) = data.split_first() else { return };
    let text = decode_html(bytes, types[usize::from(*first) % types.len()]);
    if *first == 0
        && !bytes.is_empty()
        && bytes.iter().all(|byte| (0x20..0x7f).contains(byte))
        && !bytes.windows(7).any(|part| part.eq_ignore_ascii_case(b"charset"))
    {
        assert_eq!(text.as_bytes(), bytes, "plain text was changed");
    }
}

/// Selectors as a person writes them (link, title, date, summary, next page, item), up to the first line break; the page behind it.
pub fn listing(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (selectors, page) = text.split_once('\n').unwrap_or(("", &text));
    let mut parts = selectors.split('|').map(str::trim);
    let mut next = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
    let rules = ListingRules {
        link: next(),
        title: next(),
        date: next(),
        summary: next(),
        next: next(),
        ..ListingRules::new(&next().unwrap_or_else(|| "li".to_owned()))
    };
    let read = || parse_listing(page, &rules, &base(), Timestamp::UNIX_EPOCH);
    let parsed = read();
    demand(&parsed);
    assert_eq!(parsed, read(), "a second reading differs");
}

/// A sitemap or an index of sitemaps, plain or packed.
pub fn sitemap(data: &[u8]) {
    let rules = SitemapRules { max_age: Duration::from_hours(24 * 365), ..SitemapRules::default() };
    let now = Timestamp::from_second(1_793_700_000).expect("a moment of 2026");
    let read = || parse_sitemap(data, None, &rules, &base(), now);
    let parsed = read();
    demand(&parsed);
    assert!(parsed.further.iter().all(|url| matches!(url.scheme(), "http" | "https")), "a sitemap at an address of another kind");
    assert_eq!(parsed, read(), "a second reading differs");
}

/// A query and a search as a person types them: an answer or errors, each in its place.
pub fn query(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for phrase in search_terms(&text) {
        assert!(!phrase.is_empty(), "an empty phrase matches everything");
    }
    let query = QueryText { text: text.clone().into_owned(), file: "fuzzed.toml".into(), line: 1, column: 1 };
    let list = Watchlist::new(WatchlistId::new("fuzzed").expect("a constant id"), query);
    let lists = Watchlists { lists: vec![list], ..Watchlists::default() };
    let lines = text.lines().count().max(1);
    match WatchlistSet::compile(&lists) {
        Ok((_, warnings)) => warnings.iter().for_each(|problem| demand_place(problem, lines)),
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            for problem in &problems {
                demand_place(problem, lines);
            }
        }
    }
}

fn demand_place(problem: &Problem, lines: usize) {
    assert!(problem.line <= lines + 1, "a fault outside of the text: {problem:?}");
    assert!(!problem.message.is_empty(), "a fault without words");
}
