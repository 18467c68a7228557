//! `presswatch sources list`.

use std::process::ExitCode;

use anyhow::bail;
use comfy_table::{Table, presets};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::sources::health;
use crate::cli::{Global, check, terminal};
use crate::config::opml::full_text_name;
use crate::config::{Config, codes, units};
use crate::model::{CountryCode, Language, ListingRules, Source, SourceCategory, SourceKind};
use crate::web::source_health::watched;

/// Lists the configured sources.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only sources of this country (ISO 3166-1 alpha-2).
    #[arg(long, value_parser = country)]
    country: Option<CountryCode>,
    /// Only sources in this language (ISO 639).
    #[arg(long, value_parser = language)]
    language: Option<Language>,
    /// Only sources of this category.
    #[arg(long, value_parser = category)]
    category: Option<SourceCategory>,
    /// Tells how each source stands, those that need a look first; asks the database of the running daemon.
    #[arg(long)]
    health: bool,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let wanted = |source: &&Source| {
        args.country.is_none_or(|country| source.country == Some(country))
            && args.language.as_ref().is_none_or(|language| source.language.as_ref() == Some(language))
            && args.category.is_none_or(|category| source.category == category)
    };
    let chosen: Vec<&Source> = config.sources.iter().filter(wanted).collect();
    if args.health {
        return with_health(&config, chosen, global);
    }
    if global.json {
        terminal::json(&Value::Array(chosen.iter().map(|source| as_json(source)).collect()));
        return Ok(ExitCode::SUCCESS);
    }
    if !chosen.is_empty() {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_header(["ID", "NAME", "LANG", "COUNTRY", "CATEGORY", "KIND"]);
        for source in &chosen {
            table.add_row([
                source.id.to_string(),
                source.name.clone(),
                source.language.as_ref().map_or("-", Language::as_str).to_owned(),
                source.country.map_or_else(|| "-".to_owned(), |country| country.to_string()),
                source.category.as_str().to_owned(),
                format!("{}{}", kind_name(&source.kind), if source.enabled { "" } else { " (off)" }),
            ]);
        }
        terminal::line(&table.trim_fmt());
    }
    terminal::line(&format!("{} of {} sources", chosen.len(), config.sources.len()));
    Ok(ExitCode::SUCCESS)
}

fn with_health(config: &Config, mut chosen: Vec<&Source>, global: &Global) -> anyhow::Result<ExitCode> {
    let Some(rows) = health::rows(config)? else {
        bail!("no daemon runs here: start it with `presswatch run`, or name its database in database.url");
    };
    let row = |source: &Source| rows.get(source.id.as_str());
    if global.json {
        let with_health = |source: &&Source| {
            let mut value = as_json(source);
            value["health"] = health::as_json(source, row(source));
            value
        };
        terminal::json(&Value::Array(chosen.iter().map(with_health).collect()));
        return Ok(ExitCode::SUCCESS);
    }
    chosen.sort_by_key(|source| health::verdict(source, row(source)).rank);
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["STATE", "ID", "COUNTRY", "LAST ITEM (UTC)", "7 DAYS", "WHY"]);
    for source in &chosen {
        let verdict = health::verdict(source, row(source));
        let last = row(source).and_then(|row| row.facts.last_item_at).map_or_else(|| "-".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
        let closely = row(source).and_then(|row| row.burst).map(|burst| format!("watched {}", watched(burst, Timestamp::now())));
        let why = [closely.unwrap_or_default(), terminal::clean(&verdict.standing.reason).replace(['\n', '\t'], " ")];
        table.add_row([
            verdict.word.to_owned(),
            source.id.to_string(),
            source.country.map_or_else(|| "-".to_owned(), |country| country.to_string()),
            last,
            row(source).map_or(0, |row| row.stories_week).to_string(),
            why.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "),
        ]);
    }
    terminal::line(&table.trim_fmt());
    Ok(ExitCode::SUCCESS)
}

/// `feed`, `listing` or `sitemap`.
pub(super) fn kind_name(kind: &SourceKind) -> &'static str {
    match kind {
        SourceKind::Feed => "feed",
        SourceKind::Listing(_) => "listing",
        SourceKind::Sitemap(_) => "sitemap",
    }
}

/// A source as scripts read it: the keys of its configuration.
pub(super) fn as_json(source: &Source) -> Value {
    let (listing, sitemap) = match &source.kind {
        SourceKind::Feed => (Value::Null, Value::Null),
        SourceKind::Listing(rules) => (listing_json(rules), Value::Null),
        SourceKind::Sitemap(rules) => {
            (Value::Null, json!({ "paths": rules.paths, "max_age": units::format_duration(rules.max_age), "max_sitemaps": rules.max_sitemaps }))
        }
    };
    json!({
        "id": source.id.as_str(),
        "name": source.name,
        "url": source.url.as_str(),
        "kind": kind_name(&source.kind),
        "listing": listing,
        "sitemap": sitemap,
        "language": source.language.as_ref().map(Language::as_str),
        "country": source.country.map(|country| country.to_string()),
        "publisher_group": source.publisher_group,
        "category": source.category.as_str(),
        "full_text": full_text_name(source.full_text),
        "interval_min": units::format_duration(source.interval_min),
        "interval_max": units::format_duration(source.interval_max),
        "tags": source.tags,
        "enabled": source.enabled,
    })
}

/// Selectors as scripts read them.
pub(super) fn listing_json(rules: &ListingRules) -> Value {
    json!({
        "item": rules.item,
        "link": rules.link,
        "title": rules.title,
        "date": rules.date,
        "summary": rules.summary,
        "next": rules.next,
        "max_pages": if rules.next.is_some() { rules.max_pages } else { 1 },
    })
}

/// Reads a country code given as an argument.
pub(super) fn country(text: &str) -> Result<CountryCode, String> {
    codes::country(text).map_err(|hint| hint.unwrap_or_else(|| "not a country code (ISO 3166-1 alpha-2, such as KZ)".to_owned()))
}

/// Reads a language code given as an argument.
pub(super) fn language(text: &str) -> Result<Language, String> {
    codes::language(text).map_err(|hint| hint.unwrap_or_else(|| "not a language code (ISO 639, such as kk)".to_owned()))
}

/// Reads a category given as an argument.
pub(super) fn category(text: &str) -> Result<SourceCategory, String> {
    let found = SourceCategory::ALL.iter().find(|(_, name)| *name == text).map(|(category, _)| *category);
    found.ok_or_else(|| format!("known are {}", SourceCategory::ALL.map(|(_, name)| name).join(", ")))
}
