//! Reads one file of sources.d.

use std::path::Path;

use crate::config::read::settings::{INTERVAL_LEAST, INTERVAL_MOST};
use crate::config::read::{Names, Placed, access};
use crate::config::toml_field::Field;
use crate::config::toml_file::{Section, TomlFile};
use crate::config::{Accesses, GatherConfig, codes};
use crate::model::{FullText, ListingRules, Problem, Source, SourceCategory, SourceId, SourceKind};

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

/// Which of the two ways a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Feed,
    Listing,
}

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
    let interval = |key| table.optional(key, |field| field.duration(INTERVAL_LEAST..=INTERVAL_MOST));
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
    const KINDS: [(&str, Kind); 2] = [("feed", Kind::Feed), ("listing", Kind::Listing)];
    let later = "write \"feed\" or \"listing\"";
    let kind = match table.get("kind") {
        Some(field) => field.choice_or_later(&KINDS, &["sitemap", "news_sitemap", "websub", "api"], later),
        None => Some(Kind::Feed),
    };
    let rules = table.get("listing");
    match (kind, rules) {
        (Some(Kind::Feed), None) => Some(SourceKind::Feed),
        (Some(Kind::Feed), Some(field)) => {
            field.report("selectors belong to a listing page", Some("add kind = \"listing\" to the source, or remove the table".to_owned()));
            None
        }
        (Some(Kind::Listing), Some(field)) => listing(&field.section()?).map(SourceKind::Listing),
        (Some(Kind::Listing), None) => {
            table.report("a listing page needs selectors", Some("add listing = { item = \"article\", title = \"h2\" }".to_owned()));
            None
        }
        (None, _) => None,
    }
}

fn listing(table: &Section<'_>) -> Option<ListingRules> {
    let selector = |key| table.optional(key, |field| field.text().map(str::to_owned));
    let (link, title, date, summary) = (selector("link"), selector("title"), selector("date"), selector("summary"));
    let item = table.required("item", |field| field.text().map(str::to_owned))?;
    Some(ListingRules { item, link, title, date, summary })
}
