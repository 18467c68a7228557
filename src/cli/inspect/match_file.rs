//! Reads the watchlists of one file: queries and persons, without channels and alert policies, which matching does not need.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde::Deserialize;
use toml::Spanned;

use crate::config::{AlertPolicy, GroupBy, Person, QueryText, SurnameAlone, Variants, WatchFold, Watchlist, Watchlists};
use crate::model::{CountryCode, Language, Priority, SourceId, WatchlistId};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    terms: std::collections::BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    watchlist: Vec<List>,
}

#[derive(Deserialize)]
struct List {
    id: String,
    name: Option<String>,
    #[serde(default = "yes")]
    enabled: bool,
    visibility: Option<String>,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    strict_language: bool,
    countries: Option<Countries>,
    #[serde(default)]
    topics: Vec<String>,
    sources: Option<Sources>,
    fold: Option<String>,
    morphology: Option<toml::Value>,
    query: Spanned<String>,
    #[serde(default)]
    person: Vec<RawPerson>,
}

#[derive(Deserialize)]
struct Countries {
    #[serde(default)]
    about: Vec<String>,
    #[serde(default)]
    min_confidence: f32,
}

#[derive(Deserialize)]
struct Sources {
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
}

#[derive(Deserialize)]
struct RawPerson {
    #[serde(rename = "ref")]
    reference: String,
    names: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    variants: RawVariants,
    surname_alone: Option<RawSurnameAlone>,
    context: Option<RawContext>,
}

#[derive(Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the shape of the file")]
struct RawVariants {
    transliterate: bool,
    inflect: bool,
    reorder: bool,
    initials: bool,
}

impl Default for RawVariants {
    fn default() -> Self {
        Self { transliterate: true, inflect: true, reorder: true, initials: true }
    }
}

#[derive(Deserialize)]
struct RawSurnameAlone {
    #[serde(default = "yes")]
    allow: bool,
    require_near: Spanned<String>,
    within: usize,
}

#[derive(Deserialize)]
struct RawContext {
    any: Spanned<String>,
    near: usize,
    #[serde(default)]
    required: bool,
}

fn yes() -> bool {
    true
}

/// Reads one file of watchlists.
pub fn read_watchlists(path: &Path) -> anyhow::Result<Watchlists> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file: File = toml::from_str(&text).with_context(|| format!("{} cannot be read", path.display()))?;
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let place = Place { path, text: &text, lines };
    let terms = file.terms.into_iter().map(|(name, query)| (name, place.query(query))).collect();
    let lists = file.watchlist.into_iter().map(|list| place.list(list)).collect::<anyhow::Result<_>>()?;
    Ok(Watchlists { terms, lists })
}

struct Place<'a> {
    path: &'a Path,
    text: &'a str,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Place<'_> {
    fn query(&self, query: Spanned<String>) -> QueryText {
        let start = self.first_character(query.span());
        let line = self.lines.partition_point(|begin| *begin <= start);
        let begin = line.checked_sub(1).and_then(|at| self.lines.get(at)).copied().unwrap_or(0);
        QueryText {
            file: self.path.to_owned(),
            line,
            column: self.text.get(begin..start).unwrap_or_default().chars().count() + 1,
            text: query.into_inner(),
        }
    }

    /// The first character between the quotation marks; a line break directly after three of them is not part of the text.
    fn first_character(&self, span: Range<usize>) -> usize {
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let marks = if raw.starts_with("'''") || raw.starts_with("\"\"\"") { 3 } else { 1 };
        let line_break = raw
            .get(marks..)
            .map_or(0, |rest| if marks == 3 && rest.starts_with("\r\n") { 2 } else { usize::from(marks == 3 && rest.starts_with('\n')) });
        span.start + marks + line_break
    }

    fn list(&self, list: List) -> anyhow::Result<Watchlist> {
        let id = WatchlistId::new(&list.id)?;
        let languages = list
            .languages
            .iter()
            .map(|code| Language::parse(code).with_context(|| format!("{code:?} is no language in {id}")))
            .collect::<anyhow::Result<_>>()?;
        let about = list.countries.as_ref().map(|countries| countries.about.clone()).unwrap_or_default();
        let sources = list.sources.unwrap_or(Sources { include: Vec::new(), exclude: Vec::new() });
        let ids = |all: Vec<String>| all.iter().map(|id| SourceId::new(id)).collect::<Result<Vec<_>, _>>();
        Ok(Watchlist {
            name: list.name.unwrap_or_else(|| list.id.clone()),
            enabled: list.enabled,
            priority: Priority::Normal,
            restricted: list.visibility.as_deref() == Some("restricted"),
            languages,
            strict_language: list.strict_language,
            countries_about: about
                .iter()
                .map(|code| CountryCode::parse(code).with_context(|| format!("{code:?} is no country in {id}")))
                .collect::<anyhow::Result<_>>()?,
            country_min_score: list.countries.map_or(0.0, |countries| countries.min_confidence),
            topics: list.topics,
            sources_include: ids(sources.include)?,
            sources_exclude: ids(sources.exclude)?,
            fold: match list.fold.as_deref() {
                Some("none") => WatchFold::None,
                Some("case") => WatchFold::Case,
                _ => WatchFold::Standard,
            },
            morphology: !matches!(list.morphology.as_ref().and_then(toml::Value::as_str), Some("off")),
            query: self.query(list.query),
            persons: list.person.into_iter().map(|person| self.person(person)).collect(),
            // Nothing is sent from here.
            alert: AlertPolicy {
                channels: Vec::new(),
                group_by: GroupBy::Cluster,
                group_wait: Duration::ZERO,
                max_age: Duration::MAX,
                min_score: 0.0,
            },
            id,
        })
    }

    fn person(&self, person: RawPerson) -> Person {
        let RawVariants { transliterate, inflect, reorder, initials } = person.variants;
        Person {
            reference: person.reference,
            names: person.names,
            aliases: person.aliases,
            variants: Variants { transliterate, inflect, reorder, initials },
            surname_alone: person
                .surname_alone
                .filter(|alone| alone.allow)
                .map(|alone| SurnameAlone { require_near: self.query(alone.require_near), within: alone.within }),
            context_required: person.context.as_ref().is_some_and(|context| context.required),
            context: person.context.map(|context| (self.query(context.any), context.near)),
        }
    }
}
