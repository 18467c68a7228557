//! `presswatch sources show ID`: what the configuration says of a source, and how it stands where a database runs.

use std::process::ExitCode;

use crate::cli::sources::health;
use crate::cli::sources::list::{as_json, kind_name};
use crate::cli::{Global, check, terminal};
use crate::config::Config;
use crate::config::opml::full_text_name;
use crate::config::units::format_duration;
use crate::model::{Language, Source, SourceKind};

/// The last polls that are shown.
const POLLS: i64 = 5;

/// Shows one source.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The source's id.
    id: String,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let Some(source) = find(&config, &args.id) else { return Ok(ExitCode::FAILURE) };
    let known = health::of(&config, source, POLLS)?;
    if global.json {
        let mut value = as_json(source);
        if let Some(known) = &known {
            value["health"] = health::as_json(source, known.row.as_ref());
            value["changes"] = health::events_json(&known.events);
        }
        terminal::json(&value);
        return Ok(ExitCode::SUCCESS);
    }
    let standing = match &known {
        Some(known) => health::facts(source, known),
        None => vec![("state", "unknown: no daemon runs here".to_owned())],
    };
    for (name, value) in facts(source).into_iter().chain(standing) {
        terminal::line(&terminal::clean(&format!("{name:<16} {value}")));
    }
    Ok(ExitCode::SUCCESS)
}

/// The source of that id; where there is none, says so and what may have been meant.
pub(super) fn find<'c>(config: &'c Config, id: &str) -> Option<&'c Source> {
    let found = config.sources.iter().find(|source| source.id.as_str() == id);
    if found.is_none() {
        let likeness = |candidate: &str| strsim::jaro_winkler(id, candidate);
        let near = config.sources.iter().map(|source| source.id.as_str()).max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let hint = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
        eprintln!("presswatch: there is no source \"{}\"{hint}", terminal::clean(id));
    }
    found
}

/// What the configuration says of a source, for people.
pub(super) fn facts(source: &Source) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("id", source.id.to_string()),
        ("name", source.name.clone()),
        ("url", source.url.to_string()),
        ("kind", kind_name(&source.kind).to_owned()),
    ];
    if let SourceKind::Listing(rules) = &source.kind {
        let selectors = [
            ("  item", Some(&rules.item)),
            ("  link", rules.link.as_ref()),
            ("  title", rules.title.as_ref()),
            ("  date", rules.date.as_ref()),
            ("  summary", rules.summary.as_ref()),
            ("  next", rules.next.as_ref()),
        ];
        facts.extend(selectors.into_iter().filter_map(|(name, selector)| selector.map(|selector| (name, selector.clone()))));
        if rules.next.is_some() {
            facts.push(("  max_pages", rules.max_pages.to_string()));
        }
    }
    if let SourceKind::Sitemap(rules) = &source.kind {
        facts.push(("  paths", if rules.paths.is_empty() { "all".to_owned() } else { rules.paths.join(", ") }));
        facts.push(("  max_age", format_duration(rules.max_age)));
        facts.push(("  max_sitemaps", rules.max_sitemaps.to_string()));
    }
    facts.extend([
        ("language", source.language.as_ref().map_or("not said", Language::as_str).to_owned()),
        ("country", source.country.map_or_else(|| "international".to_owned(), |country| country.to_string())),
        ("publisher_group", source.publisher_group.clone()),
        ("category", source.category.as_str().to_owned()),
        ("full_text", full_text_name(source.full_text).to_owned()),
        ("polled every", format!("{} to {}", format_duration(source.interval_min), format_duration(source.interval_max))),
        ("tags", if source.tags.is_empty() { "none".to_owned() } else { source.tags.join(", ") }),
        ("enabled", if source.enabled { "yes".to_owned() } else { "no".to_owned() }),
    ]);
    facts
}
