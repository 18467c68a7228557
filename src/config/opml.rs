//! OPML, the format that feed readers exchange: files in, entries for sources.d out, and the other way round.
//!
//! What OPML has no word for travels in attributes of our own (`presswatch:id`), which other readers pass over.
//! *Invariant:* every outline of an imported file is added or named with the reason why it was not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use quick_xml::escape::escape;

use crate::config::entry::{Entry, free_id};
use crate::config::outline::{self, Outline, PREFIX};
use crate::config::{codes, parse_web_address, read_sources, units};
use crate::model::{FullText, Source, SourceCategory, SourceKind};

/// The namespace of our own attributes: a name, not an address to be fetched.
const NAMESPACE: &str = "urn:presswatch:opml";

/// Keys of a source that travel in attributes of our own, as texts.
const TEXT_KEYS: [&str; 5] = ["country", "publisher_group", "full_text", "interval_min", "interval_max"];

/// Keys of a listing page's selectors.
const LISTING_KEYS: [&str; 6] = ["item", "link", "title", "date", "summary", "next"];

/// An outline that was not added, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub title: String,
    pub reason: String,
}

/// Reads a file: which outlines become sources beside those that there are, and why the others do not.
///
/// # Errors
/// What is wrong with the file as a whole.
pub fn read(bytes: &[u8], sources: &[Source]) -> Result<(Vec<Entry>, Vec<Skipped>), String> {
    Ok(choose(&outline::parse(bytes)?, sources))
}

fn choose(outlines: &[Outline], sources: &[Source]) -> (Vec<Entry>, Vec<Skipped>) {
    let mut ids: BTreeSet<String> = sources.iter().map(|source| source.id.to_string()).collect();
    let mut addresses: BTreeMap<String, String> = sources.iter().map(|source| (source.url.to_string(), source.id.to_string())).collect();
    let (mut entries, mut skipped) = (Vec::new(), Vec::new());
    for outline in outlines {
        match entry(outline, &ids, &addresses) {
            Ok(entry) => {
                ids.insert(entry.id.to_string());
                addresses.insert(entry.url.to_string(), entry.id.to_string());
                entries.push(entry);
            }
            Err(reason) => skipped.push(Skipped { title: outline.title(), reason }),
        }
    }
    (entries, skipped)
}

fn entry(outline: &Outline, ids: &BTreeSet<String>, addresses: &BTreeMap<String, String>) -> Result<Entry, String> {
    let kind = outline.get("type").unwrap_or_default().to_ascii_lowercase();
    let Some(address) = outline.get("xmlUrl") else {
        return Err(match kind.as_str() {
            "" | "rss" | "atom" => "it has no address of a feed (xmlUrl)".to_owned(),
            other => format!("it is of type \"{other}\", not a feed"),
        });
    };
    let url = parse_web_address(address.trim())?;
    if let Some(id) = addresses.get(url.as_str()) {
        return Err(format!("its address is already that of the source \"{id}\""));
    }
    let name = outline.title();
    let id = free_id(outline.own("id"), &name, url.host_str().unwrap_or_default(), ids)?;
    let mut entry = Entry::new(id, &name, url);
    // A reader's language attribute may be anything; a wrong one costs a prior, not the source.
    let language = outline.get("language").and_then(|tag| codes::language(tag).ok());
    entry.set("language", language.map(|language| language.to_string()).as_deref());
    let category = outline.own("category");
    let category = category.filter(|name| SourceCategory::ALL.iter().any(|(_, known)| known == name));
    entry.set("category", category);
    for key in TEXT_KEYS {
        entry.set(key, outline.own(key));
    }
    let tags: Vec<String> = match outline.own("tags") {
        Some(tags) => tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
        None => outline.folders.clone(),
    };
    entry.set_list("tags", &tags);
    if outline.own("enabled") == Some("false") {
        entry.set_switch("enabled", false);
    }
    if outline.own("listing.item").is_some() {
        entry.set("kind", Some("listing"));
        for key in LISTING_KEYS {
            entry.set(&format!("listing.{key}"), outline.own(&format!("listing.{key}")));
        }
        entry.set_number("listing.max_pages", outline.own("listing.max_pages"));
    }
    if kind == "presswatch-sitemap" {
        entry.set("kind", Some("sitemap"));
        let paths = outline.own("sitemap.paths").unwrap_or_default();
        entry.set_list("sitemap.paths", &paths.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        entry.set("sitemap.max_age", outline.own("sitemap.max_age"));
        entry.set_number("sitemap.max_sitemaps", outline.own("sitemap.max_sitemaps"));
    }
    // The same reader that will read the file judges the entry alone, so that one bad outline does not cost the others.
    match read_sources(&entry.to_toml(), Path::new("OPML")) {
        Ok(_) => Ok(entry),
        Err(problems) => Err(problems.iter().map(|problem| format!("{}: {}", problem.key, problem.message)).collect::<Vec<_>>().join("; ")),
    }
}

/// All sources as OPML 2.0, in folders by category; `status` adds what is known of each: names and values.
pub fn write(sources: &[Source], status: impl Fn(&Source) -> Vec<(&'static str, String)>) -> String {
    let mut folders: BTreeMap<SourceCategory, Vec<&Source>> = BTreeMap::new();
    for source in sources {
        folders.entry(source.category).or_default().push(source);
    }
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\" xmlns:{PREFIX}=\"{NAMESPACE}\">\n  <head>\n    <title>presswatch sources</title>\n  </head>\n  <body>\n"
    );
    for (category, sources) in folders {
        text.extend(["    <outline text=\"", &escape(category.as_str()), "\">\n"]);
        for source in sources {
            text.push_str("      <outline");
            let known = status(source).into_iter().map(|(name, value)| (format!("{PREFIX}:status.{name}"), value));
            for (name, value) in attributes(source).into_iter().chain(known) {
                text.extend([" ", &name, "=\"", &escape(value.as_str()), "\""]);
            }
            text.push_str("/>\n");
        }
        text.push_str("    </outline>\n");
    }
    text.push_str("  </body>\n</opml>\n");
    text
}

/// As the configuration writes it.
pub fn full_text_name(full_text: FullText) -> &'static str {
    match full_text {
        FullText::Auto => "auto",
        FullText::Always => "always",
        FullText::Never => "never",
    }
}

fn attributes(source: &Source) -> Vec<(String, String)> {
    let plain = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let own = |name: &str, value: &str| (format!("{PREFIX}:{name}"), value.to_owned());
    let mut attributes = vec![plain("text", &source.name), plain("title", &source.name)];
    let kind = match source.kind {
        SourceKind::Feed => "rss",
        SourceKind::Listing(_) => "presswatch-listing",
        SourceKind::Sitemap(_) => "presswatch-sitemap",
    };
    attributes.push(plain("type", kind));
    attributes.push(plain("xmlUrl", source.url.as_str()));
    if let Some(language) = &source.language {
        attributes.push(plain("language", language.as_str()));
    }
    attributes.push(own("id", source.id.as_str()));
    if let Some(country) = source.country {
        attributes.push(own("country", country.as_str()));
    }
    attributes.push(own("category", source.category.as_str()));
    attributes.push(own("publisher_group", &source.publisher_group));
    attributes.push(own("full_text", full_text_name(source.full_text)));
    attributes.push(own("interval_min", &units::format_duration(source.interval_min)));
    attributes.push(own("interval_max", &units::format_duration(source.interval_max)));
    attributes.push(own("tags", &source.tags.join(",")));
    if !source.enabled {
        attributes.push(own("enabled", "false"));
    }
    if let SourceKind::Listing(rules) = &source.kind {
        let selectors =
            [Some(&rules.item), rules.link.as_ref(), rules.title.as_ref(), rules.date.as_ref(), rules.summary.as_ref(), rules.next.as_ref()];
        for (key, selector) in LISTING_KEYS.iter().zip(selectors) {
            attributes.extend(selector.map(|selector| own(&format!("listing.{key}"), selector)));
        }
        if rules.next.is_some() {
            attributes.push(own("listing.max_pages", &rules.max_pages.to_string()));
        }
    }
    if let SourceKind::Sitemap(rules) = &source.kind {
        if !rules.paths.is_empty() {
            attributes.push(own("sitemap.paths", &rules.paths.join(" ")));
        }
        attributes.push(own("sitemap.max_age", &units::format_duration(rules.max_age)));
        attributes.push(own("sitemap.max_sitemaps", &rules.max_sitemaps.to_string()));
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCES: &str = r#"
[[source]]
id = "one"
name = 'One & "Only" <b> Мир'
url = "https://one.example/feed?a=1&b=2"
language = "ru"
country = "KZ"
category = "exile_media"
publisher_group = "house"
full_text = "never"
interval_min = "7m"
interval_max = "2h"
tags = ["a", "b c"]
enabled = false
[[source]]
id = "page"
name = "Page"
url = "http://page.example/news"
kind = "listing"
listing = { item = "li > a", title = "h2", date = "time[datetime=\"x\"]", next = "a[rel=next]", max_pages = 7 }
[[source]]
id = "pagemap"
name = "Map"
url = "http://page.example/sitemap.xml"
kind = "sitemap"
sitemap = { paths = ["/news/", "/ru/"], max_age = "2d", max_sitemaps = 2 }
[[source]]
id = "plain"
name = "Plain"
url = "https://plain.example/feed"
"#;

    fn imported(opml: &str) -> (Vec<Source>, Vec<Skipped>) {
        let (entries, skipped) = read(opml.as_bytes(), &[]).unwrap();
        let text: String = entries.iter().map(Entry::to_toml).collect();
        (read_sources(&text, Path::new("x")).unwrap(), skipped)
    }

    #[test]
    fn what_is_exported_is_imported_again_whole() {
        let sources = read_sources(SOURCES, Path::new("x")).unwrap();
        let (mut again, skipped) = imported(&write(&sources, |_| vec![("state", "ok".to_owned())]));
        again.sort_by_key(|source| source.id.clone());
        assert_eq!(again, sources);
        assert_eq!(skipped, []);
    }

    #[test]
    fn every_outline_is_added_or_named_with_a_reason() {
        let opml = r#"<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body>
            <outline text="Press &amp; freedom"><outline text="Inner">
              <outline title="Ты &amp; я" text="ignored" xmlUrl="https://a.example/?x=1&y=2" type="rss" language="ru-RU"/>
              <outline text="No address" type="rss"/>
            </outline></outline>
            <outline text="Old scheme" xmlUrl="feed://b.example/rss"></outline>
            <outline text="Twice" xmlUrl="https://a.example/?x=1&amp;y=2"/>
            <outline text="Also" xmlUrl="https://c.example/rss" language="klingonese"/>
            <outline text="Also" xmlUrl="https://d.example/rss"/>
            <outline text="A link" type="link" url="https://e.example/"/>
            <outline text="Secret" xmlUrl="https://me:pw@f.example/"/>
        </body></opml>"#;
        let (sources, skipped) = imported(opml);
        let summary: Vec<(&str, &str, Option<&str>)> =
            sources.iter().map(|s| (s.id.as_str(), s.url.as_str(), s.language.as_ref().map(crate::model::Language::as_str))).collect();
        assert_eq!(
            summary,
            [("ty-ya", "https://a.example/?x=1&y=2", Some("ru")), ("also", "https://c.example/rss", None), ("also-2", "https://d.example/rss", None)]
        );
        assert_eq!(sources[0].name, "Ты & я");
        assert_eq!(sources[0].tags, ["Press & freedom", "Inner"], "folders become tags");
        let reasons: Vec<(&str, &str)> = skipped.iter().map(|skipped| (skipped.title.as_str(), skipped.reason.as_str())).collect();
        let expected = [
            ("No address", "no address of a feed"),
            ("Old scheme", "must begin with http"),
            ("Twice", "already that of the source \"ty-ya\""),
            ("A link", "of type \"link\""),
            ("Secret", "user name or password"),
        ];
        assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
        for ((title, reason), (expected_title, words)) in reasons.iter().zip(expected) {
            assert!(*title == expected_title && reason.contains(words), "{title}: {reason}");
        }
    }
}
