//! `presswatch sources import` and `export`: OPML, the format that feed readers exchange.
//!
//! What OPML has no word for travels in attributes of our own (`presswatch:id`), which other readers pass over.
//! *Invariant:* every outline of an imported file is added or named with the reason why it was not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use quick_xml::escape::escape;
use serde_json::json;

use crate::cli::sources::add::{Entry, append};
use crate::cli::sources::list::full_text_name;
use crate::cli::sources::outline::{self, Outline, PREFIX};
use crate::cli::{Global, check, terminal};
use crate::config::{Config, codes, parse_web_address, read_sources, units};
use crate::model::{Source, SourceCategory, SourceId, SourceKind};

/// The namespace of our own attributes: a name, not an address to be fetched.
const NAMESPACE: &str = "urn:presswatch:opml";

/// Keys of a source that travel in attributes of our own, as texts.
const TEXT_KEYS: [&str; 5] = ["country", "publisher_group", "full_text", "interval_min", "interval_max"];

/// Keys of a listing page's selectors.
const LISTING_KEYS: [&str; 6] = ["item", "link", "title", "date", "summary", "next"];

/// Adds the feeds of an OPML file.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The OPML file.
    file: PathBuf,
    /// Says what would be added and writes nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Writes the sources as OPML.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// Where to write it; standard output where absent.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// An outline that was not added, and why.
#[derive(Debug, PartialEq, Eq)]
struct Skipped {
    title: String,
    reason: String,
}

pub fn import(args: &ImportArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let outlines = outline::parse(&bytes).map_err(|error| anyhow::anyhow!("nothing was added from {}: {error}", args.file.display()))?;
    let (entries, skipped) = choose(&outlines, &config);
    let file = if entries.is_empty() || args.dry_run { None } else { Some(append(&global.config, &entries)?) };
    if global.json {
        let added: Vec<_> = entries.iter().map(|entry| json!({ "id": entry.id.as_str(), "url": entry.url.as_str() })).collect();
        let skipped: Vec<_> = skipped.iter().map(|skipped| json!({ "title": skipped.title, "reason": skipped.reason })).collect();
        terminal::json(&json!({ "added": added, "skipped": skipped, "file": file }));
        return Ok(ExitCode::SUCCESS);
    }
    for skipped in &skipped {
        terminal::line(&format!("skipped \"{}\": {}", skipped.title, skipped.reason));
    }
    let number = entries.len();
    match file {
        Some(file) => terminal::line(&format!("{number} added to {}, {} skipped", file.display(), skipped.len())),
        None if args.dry_run => terminal::line(&format!("{number} would be added, {} skipped", skipped.len())),
        None => terminal::line(&format!("nothing to add, {} skipped", skipped.len())),
    }
    Ok(ExitCode::SUCCESS)
}

pub fn export(args: &ExportArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let text = write(&config.sources);
    match &args.output {
        None => terminal::line(text.trim_end()),
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
            terminal::line(&format!("Wrote {} sources to {}", config.sources.len(), path.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Which outlines become sources, and why the others do not.
fn choose(outlines: &[Outline], config: &Config) -> (Vec<Entry>, Vec<Skipped>) {
    let mut ids: BTreeSet<String> = config.sources.iter().map(|source| source.id.to_string()).collect();
    let mut addresses: BTreeMap<String, String> = config.sources.iter().map(|source| (source.url.to_string(), source.id.to_string())).collect();
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
    match read_sources(&entry.to_toml(), std::path::Path::new("OPML")) {
        Ok(_) => Ok(entry),
        Err(problems) => Err(problems.iter().map(|problem| format!("{}: {}", problem.key, problem.message)).collect::<Vec<_>>().join("; ")),
    }
}

/// The id that the file gives where it is free, else one made of the name or the host.
pub(super) fn free_id(given: Option<&str>, name: &str, host: &str, taken: &BTreeSet<String>) -> Result<SourceId, String> {
    let base = given.filter(|id| SourceId::new(id).is_ok()).map(str::to_owned).or_else(|| slug(name)).or_else(|| slug(host));
    let base = base.unwrap_or_else(|| "source".to_owned());
    let numbered = (2..=taken.len() + 2).map(|number| format!("{base}-{number}"));
    let free = std::iter::once(base.clone()).chain(numbered).find(|id| !taken.contains(id));
    SourceId::new(&free.unwrap_or(base)).map_err(|error| error.to_string())
}

/// Lower-case Latin letters and digits with single hyphens, at most 60.
fn slug(text: &str) -> Option<String> {
    let latin = any_ascii::any_ascii(text).to_ascii_lowercase();
    let words: Vec<&str> = latin.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut joined = words.join("-");
    joined.truncate(60);
    let slug = joined.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// All sources as OPML 2.0, in folders by category.
fn write(sources: &[Source]) -> String {
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
            for (name, value) in attributes(source) {
                text.extend([" ", &name, "=\"", &escape(value.as_str()), "\""]);
            }
            text.push_str("/>\n");
        }
        text.push_str("    </outline>\n");
    }
    text.push_str("  </body>\n</opml>\n");
    text
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

    fn empty() -> Config {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("presswatch.toml"), "").unwrap();
        crate::config::load(directory.path()).unwrap()
    }

    fn imported(opml: &str, config: &Config) -> (Vec<Source>, Vec<Skipped>) {
        let (entries, skipped) = choose(&outline::parse(opml.as_bytes()).unwrap(), config);
        let text: String = entries.iter().map(Entry::to_toml).collect();
        (read_sources(&text, std::path::Path::new("x")).unwrap(), skipped)
    }

    #[test]
    fn what_is_exported_is_imported_again_whole() {
        let sources = read_sources(SOURCES, std::path::Path::new("x")).unwrap();
        let (mut again, skipped) = imported(&write(&sources), &empty());
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
        let (sources, skipped) = imported(opml, &empty());
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
