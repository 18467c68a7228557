//! What was found, as a file for sources.d (comments tell the rest) and as JSON.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};
use url::Url;

use crate::cli::sources::list::listing_json;
use crate::cli::terminal;
use crate::config::Config;
use crate::config::entry::Entry;
use crate::model::{Language, RawItem};
use crate::pipeline::explore::{Explored, Finding, Kind};

/// Items of the best finding, and of the others, that a person is shown.
const SHOWN_BEST: usize = 10;
const SHOWN_OTHER: usize = 3;
const TEXT_LIMIT: usize = 110;

/// The best finding as a source, the others commented out.
pub(super) fn toml(url: &Url, explored: &Explored, config: &Config) -> String {
    let mut out = String::new();
    let count = |name: &str| explored.findings.iter().filter(|finding| finding.kind_name() == name).count();
    let counts = format!("{} feeds, {} sitemaps, {} lists of links", count("feed"), count("sitemap"), count("listing"));
    comment(&mut out, &format!("Found at {url}: {counts}."));
    if let Some(source) = config.sources.iter().find(|source| explored.findings.iter().any(|finding| finding.url == source.url)) {
        comment(&mut out, &format!("One of them is polled already, by the source \"{}\".", source.id));
    }
    let mut taken = taken(config);
    for (number, finding) in explored.findings.iter().enumerate() {
        let is_best = number == 0 && !finding.items.is_empty();
        out.push('\n');
        describe(&mut out, finding, if is_best { SHOWN_BEST } else { SHOWN_OTHER });
        let Some(entry) = entry(finding, explored, &taken) else { continue };
        taken.insert(entry.id.to_string());
        if is_best {
            out.push_str(entry.to_toml().trim_start());
        } else {
            for line in entry.to_toml().trim().lines() {
                comment(&mut out, line);
            }
        }
    }
    if !explored.tried.is_empty() {
        out.push('\n');
        comment(&mut out, "Asked for in vain:");
        for tried in &explored.tried {
            comment(&mut out, &format!("  {}: {}", tried.url, tried.outcome));
        }
    }
    out
}

/// The same for scripts.
pub(super) fn json(url: &Url, explored: &Explored, config: &Config) -> Value {
    let taken = taken(config);
    let findings: Vec<Value> = explored
        .findings
        .iter()
        .map(|finding| {
            json!({
                "kind": finding.kind_name(),
                "url": finding.url.as_str(),
                "found_by": finding.how,
                "title": finding.title,
                "language": finding.language.as_ref().map(Language::as_str),
                "listing": if let Kind::Listing(rules) = &finding.kind { listing_json(rules) } else { Value::Null },
                "next": finding.next,
                "items": finding.items.iter().map(item_json).collect::<Vec<_>>(),
                "warnings": finding.warnings,
                "toml": entry(finding, explored, &taken).map(|entry| entry.to_toml().trim_start().to_owned()),
            })
        })
        .collect();
    let tried: Vec<Value> = explored.tried.iter().map(|tried| json!({ "url": tried.url.as_str(), "outcome": tried.outcome })).collect();
    json!({ "url": url.as_str(), "findings": findings, "tried": tried })
}

/// An item for scripts.
pub(super) fn item_json(item: &RawItem) -> Value {
    json!({
        "title": item.title,
        "url": item.url.as_ref().map(Url::as_str),
        "published": item.published.or(item.updated).map(|at| at.to_string()),
    })
}

/// The ids that sources have.
pub(super) fn taken(config: &Config) -> BTreeSet<String> {
    config.sources.iter().map(|source| source.id.to_string()).collect()
}

fn entry(finding: &Finding, explored: &Explored, taken: &BTreeSet<String>) -> Option<Entry> {
    // A feed is mostly called as its site; a page's title tells more than an address.
    let host = finding.url.host_str().unwrap_or("source");
    let name = finding.title.as_deref().or(explored.facts.name.as_deref()).filter(|name| !name.trim().is_empty()).unwrap_or(host);
    finding.entry(name, explored.facts.language.as_ref(), taken)
}

fn describe(out: &mut String, finding: &Finding, shown: usize) {
    let what = match finding.kind {
        Kind::Feed => "A feed",
        Kind::Sitemap => "A sitemap",
        Kind::Listing(_) => "A list of links, read by selectors",
    };
    comment(out, &format!("{what} ({}), {} items:", finding.how, finding.items.len()));
    for item in finding.items.iter().take(shown) {
        item_line(out, item);
    }
    if finding.items.len() > shown {
        comment(out, &format!("  ... and {} more", finding.items.len() - shown));
    }
    for warning in &finding.warnings {
        comment(out, &format!("  note: {warning}"));
    }
    if let Some(next) = &finding.next {
        comment(out, &format!("  to read more than one page add: listing.next = {next:?}"));
    }
}

/// An item as a comment: date, headline, address.
pub(super) fn item_line(out: &mut String, item: &RawItem) {
    let date = item.published.or(item.updated).map_or_else(|| "no date".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
    let address = item.url.as_ref().map_or("(no link)", Url::as_str);
    let title: String = item.title.as_deref().unwrap_or("(the title comes from the page)").chars().take(TEXT_LIMIT).collect();
    comment(out, &format!("  {date:<16}  {title}"));
    comment(out, &format!("  {:<16}  {address}", ""));
}

/// One comment line, whatever the text holds.
pub(super) fn comment(out: &mut String, text: &str) {
    let text = terminal::clean(text).replace(['\n', '\t', '\r'], " ");
    let _ = writeln!(out, "# {}", text.trim_end()); // a string takes everything
}
