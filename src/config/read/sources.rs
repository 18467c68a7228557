//! Reads one file of sources.d.

use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use crate::config::read::settings::{INTERVAL_MOST, interval_least};
use crate::config::read::{Names, Placed, access};
use crate::config::toml_field::Field;
use crate::config::toml_file::{Section, TomlFile};
use crate::config::{Accesses, GatherConfig, codes};
use crate::model::{FullText, ListingRules, Problem, SitemapRules, Source, SourceCategory, SourceId, SourceKind};

/// What one file, or all files together, say.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) sources: Vec<Placed<Source>>,
    pub(super) names: Names,
    pub(super) accesses: Accesses,
    /// Network paths that sources name.
    pub(super) routes: Names,
}

impl Read {
    /// Adds what another file says.
    pub(super) fn extend(&mut self, other: Self) {
        self.sources.extend(other.sources);
        self.names.extend(other.names);
        self.accesses.extend(other.accesses);
        self.routes.extend(other.routes);
    }
}

/// Reads the `[[source]]` tables of a text; `gather` has the intervals of those that name none, relative paths of secrets begin at `directory`.
pub(super) fn read(text: &str, file: &Path, directory: &Path, gather: &GatherConfig) -> (Read, Vec<Problem>) {
    TomlFile::read(file, text, |root| {
        let tables = root.get("source").map(|field| field.sections()).unwrap_or_default();
        let mut read = Read::default();
        for table in &tables {
            let source = source(table, directory, gather, &mut read);
            read.sources.extend(source);
        }
        read
    })
}

/// Which of the ways a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Feed,
    Listing,
    Sitemap,
}

/// Pages or sitemaps that one poll may be told to read.
const DOCUMENTS: RangeInclusive<u32> = 1..=50;
/// How old the entries of a sitemap may be told to be.
const ENTRY_AGE: RangeInclusive<Duration> = Duration::from_hours(1)..=Duration::from_hours(24 * 365);

fn source(table: &Section<'_>, directory: &Path, gather: &GatherConfig, read: &mut Read) -> Option<Placed<Source>> {
    const FULL_TEXT: [(&str, FullText); 3] = [("auto", FullText::Auto), ("always", FullText::Always), ("never", FullText::Never)];
    table.not_yet(&[
        ("proxy", "write network = \"NAME\" and define [network.paths.NAME] in presswatch.toml"),
        ("tier", "sources have no tiers yet; use tags"),
    ]);
    let place = table.get("id").map_or_else(|| table.problem(""), |field| field.problem(""));
    let id = table.required("id", |field| field.parsed(SourceId::new));
    read.names.extend(id.iter().map(|id| Placed { value: id.to_string(), place: place.clone() }));
    let name = table.required("name", |field| field.text().map(str::to_owned));
    let url = table.required("url", Field::web_address);
    let language = table.optional("language", |field| field.coded("a language code", codes::language));
    let country = table.optional("country", |field| field.coded("a country code", codes::country));
    let publisher_group = table.optional("publisher_group", |field| field.text().map(str::to_owned));
    let categories = SourceCategory::ALL.map(|(category, name)| (name, category));
    let category = table.or("category", SourceCategory::Other, |field| field.choice(&categories));
    let full_text = table.or("full_text", FullText::Auto, |field| field.choice(&FULL_TEXT));
    let least = interval_least(gather.dangerously_short_intervals);
    let interval = |key| table.optional(key, |field| field.duration(least..=INTERVAL_MOST));
    let (own_min, own_max) = (interval("interval_min"), interval("interval_max"));
    // A source that sets one bound beyond the general other one means its own bound.
    let interval_min = own_min.unwrap_or_else(|| own_max.map_or(gather.interval_min, |most| gather.interval_min.min(most)));
    let interval_max = own_max.unwrap_or_else(|| gather.interval_max.max(interval_min));
    if interval_min > interval_max {
        table.report("interval_min is longer than interval_max", None);
    }
    let tags = table.or("tags", Vec::new(), |field| field.list(|tag| tag.text().map(str::to_owned)));
    let enabled = table.or("enabled", true, Field::boolean);
    let kind = kind(table);
    let access = access::read(table, url.as_ref(), directory, &mut read.routes);

    let id = id?;
    read.accesses.insert(id.clone(), access);
    let publisher_group = publisher_group.unwrap_or_else(|| id.as_str().to_owned());
    let (name, url, kind) = (name?, url?, kind?);
    let value = Source { id, name, url, kind, language, country, publisher_group, category, full_text, interval_min, interval_max, tags, enabled };
    Some(Placed { value, place })
}

fn kind(table: &Section<'_>) -> Option<SourceKind> {
    const KINDS: [(&str, Kind); 3] = [("feed", Kind::Feed), ("listing", Kind::Listing), ("sitemap", Kind::Sitemap)];
    let later = "write \"feed\", \"listing\" or \"sitemap\"";
    let kind = match table.get("kind") {
        Some(field) => field.choice_or_later(&KINDS, &["websub", "api"], later)?,
        None => Kind::Feed,
    };
    let belongs = |key, wanted: Kind, what: &str| match table.get(key) {
        Some(field) if kind != wanted => {
            field.report(what.to_owned(), Some(format!("add kind = \"{key}\" to the source, or remove the table")));
            Err(())
        }
        field => Ok(field),
    };
    let listing_table = belongs("listing", Kind::Listing, "selectors belong to a listing page");
    let sitemap_table = belongs("sitemap", Kind::Sitemap, "this table belongs to a sitemap");
    let (listing_table, sitemap_table) = (listing_table.ok()?, sitemap_table.ok()?);
    match kind {
        Kind::Feed => Some(SourceKind::Feed),
        Kind::Listing => {
            let Some(field) = listing_table else {
                table.report("a listing page needs selectors", Some("add listing = { item = \"article\", title = \"h2\" }".to_owned()));
                return None;
            };
            listing(&field.section()?).map(SourceKind::Listing)
        }
        Kind::Sitemap => match sitemap_table {
            Some(field) => Some(SourceKind::Sitemap(sitemap(&field.section()?))),
            None => Some(SourceKind::Sitemap(SitemapRules::default())),
        },
    }
}

fn listing(table: &Section<'_>) -> Option<ListingRules> {
    let selector = |key| table.optional(key, |field| field.text().map(str::to_owned));
    let (link, title, date, summary, next) = (selector("link"), selector("title"), selector("date"), selector("summary"), selector("next"));
    let max_pages = table.optional("max_pages", |field| field.integer(DOCUMENTS));
    if max_pages.is_some() && next.is_none() {
        let hint = "add next = \"a[rel=next]\", a selector of the link to the next page".to_owned();
        table.report("max_pages says nothing without \"next\"", Some(hint));
    }
    let item = table.required("item", |field| field.text().map(str::to_owned))?;
    Some(ListingRules { item, link, title, date, summary, next, max_pages: max_pages.unwrap_or(ListingRules::MAX_PAGES) })
}

fn sitemap(table: &Section<'_>) -> SitemapRules {
    let path = |field: &Field<'_>| {
        let text = field.text()?;
        if text.starts_with('/') && !text.contains(char::is_whitespace) {
            return Some(text.to_owned());
        }
        field.report("is not the beginning of a path", Some("write what stands after the host, such as \"/news/\"".to_owned()));
        None
    };
    let default = SitemapRules::default();
    SitemapRules {
        paths: table.or("paths", Vec::new(), |field| field.list(path)),
        max_age: table.or("max_age", default.max_age, |field| field.duration(ENTRY_AGE)),
        max_sitemaps: table.or("max_sitemaps", default.max_sitemaps, |field| field.integer(DOCUMENTS)),
    }
}
