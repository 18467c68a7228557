//! `presswatch inspect feed`: what a feed says, and what was mended.

use std::fmt::Write;

use jiff::{Timestamp, Unit};
use serde_json::{Value, json};
use url::Url;

use crate::cli::inspect::{Input, address};
use crate::gather::parse::{Account, account_feed, parse_feed};
use crate::model::{Parsed, RawItem};
use crate::net::{Get, header};

/// Where a file is taken to come from when nothing is said: relative links then show as such.
const UNKNOWN_BASE: &str = "http://unknown.invalid/";
/// A person reads the first items; a script gets all.
const SHOWN_ITEMS: usize = 20;

/// Answers one JSON line.
pub fn answer(input: &Input) -> Result<Value, String> {
    let bytes = input.bytes()?;
    let base = match input.text("base_url") {
        Some(base) => Url::parse(base).map_err(|error| format!("base_url {base:?} is no address: {error}"))?,
        None => unknown_base()?,
    };
    let parsed = parse_feed(&bytes, input.text("content_type"), &base);
    let entries: Vec<Value> = parsed.items.iter().map(entry).collect();
    Ok(json!({ "ok": parsed.recognized, "feed_title": parsed.title, "entries": entries, "warnings": parsed.warnings }))
}

fn entry(item: &RawItem) -> Value {
    json!({
        "id": item.external_id,
        "title": item.title,
        "link": item.url.as_ref().map(Url::as_str),
        "published": item.published.map(second),
        "updated": item.updated.map(second),
    })
}

/// RFC 3339 in UTC, to the second.
fn second(at: Timestamp) -> String {
    at.round(Unit::Second).map_or_else(|_| at.to_string(), |_| Timestamp::from_second(at.as_second()).unwrap_or(at).to_string())
}

fn unknown_base() -> Result<Url, String> {
    Url::parse(UNKNOWN_BASE).map_err(|error| error.to_string())
}

/// Describes a file or an address for a person.
pub fn describe(input: &Input) -> Result<String, String> {
    let target = input.text("target").unwrap_or_default();
    let (bytes, media_type, base) = if address::is_address(target) { fetch(target)? } else { (input.bytes()?, None, unknown_base()?) };
    let parsed = parse_feed(&bytes, media_type.as_deref(), &base);
    let account = account_feed(&bytes, media_type.as_deref(), &base);
    Ok(show(&parsed, &account, bytes.len()))
}

/// Fetches what a person asked to see. A page is shown as what it is, so nothing is refused for its form.
fn fetch(address: &str) -> Result<(Vec<u8>, Option<String>, Url), String> {
    let response = address::with_client(|client, limits| async move {
        let url = address::parse(address)?;
        client.get(Get { url, headers: Vec::new(), limit_bytes: limits.feed_limit_bytes }).await.map_err(|error| error.to_string())
    })?;
    if !(200..300).contains(&response.status) {
        return Err(format!("the server answered with status {}", response.status));
    }
    let media_type = response.header(&header::CONTENT_TYPE).map(str::to_owned);
    Ok((response.body, media_type, response.final_url))
}

/// True when the account says the same as a warning.
fn is_told(warning: &str, account: &Account) -> bool {
    let fault = warning.strip_prefix("not by the rules, and read all the same: ");
    account.mended.iter().any(|mended| mended.what == warning)
        || account.readers.iter().any(|reader| fault.is_some_and(|fault| reader.contains(fault)))
}

/// How many items have what.
fn fields(items: &[RawItem]) -> String {
    let count = |has: fn(&RawItem) -> bool| items.iter().filter(|item| has(item)).count();
    let counts = [
        ("a title", count(|item| item.title.is_some())),
        ("a link", count(|item| item.url.is_some())),
        ("a date", count(|item| item.published.or(item.updated).is_some())),
        ("authors", count(|item| !item.authors.is_empty())),
        ("a summary", count(|item| item.summary_html.is_some())),
        ("content", count(|item| item.content_html.is_some())),
    ];
    counts.map(|(what, count)| format!("{count} with {what}")).join(", ")
}

fn show(parsed: &Parsed, account: &Account, bytes: usize) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}"); // a string takes everything
    };
    if parsed.recognized {
        line(format!("Feed      {}", parsed.title.as_deref().unwrap_or("without a title")));
        let language = parsed.language.as_ref().map_or("not declared", |language| language.as_str());
        line(format!("Language  {language}"));
        line(format!("Form      {}", account.form.as_deref().unwrap_or("not named")));
        line(format!("Items     {} in {bytes} bytes: {}", parsed.items.len(), fields(&parsed.items)));
        if let Some(interval) = parsed.hints.interval {
            line(format!("Asks for  {} min between polls", interval.as_secs() / 60));
        }
    } else {
        line(format!("No feed: {bytes} bytes that are neither RSS, RDF, Atom nor JSON Feed."));
        line("Of a web page \"presswatch sources discover URL\" finds the feeds.".to_owned());
    }
    for reader in &account.readers {
        line(format!("Read by   {reader}"));
    }
    for mended in &account.mended {
        line(format!("Mended    {}: {}", mended.what, mended.why));
    }
    for warning in parsed.warnings.iter().filter(|warning| !is_told(warning, account)) {
        line(format!("Warning   {warning}"));
    }
    for item in parsed.items.iter().take(SHOWN_ITEMS) {
        let date = item.published.or(item.updated).map_or_else(|| "no date".to_owned(), second);
        line(format!("\n{}", item.title.as_deref().unwrap_or("(no title)")));
        line(format!("  {date}  {}", item.url.as_ref().map_or("(no link)", Url::as_str)));
        if item.external_id.as_deref() != item.url.as_ref().map(Url::as_str) {
            line(format!("  id {}", item.external_id.as_deref().unwrap_or("(none)")));
        }
    }
    if parsed.items.len() > SHOWN_ITEMS {
        line(format!("\n... and {} more", parsed.items.len() - SHOWN_ITEMS));
    }
    out.trim_end().to_owned()
}
