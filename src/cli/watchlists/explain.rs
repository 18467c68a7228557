//! `presswatch watchlists explain ID`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::watchlists::refuse;
use crate::cli::{Global, check, terminal};
use crate::config::Watchlist;
use crate::watch::outline;

/// Says in words what a watchlist asks for.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The watchlist's id.
    id: String,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let Some(list) = config.watchlists.lists.iter().find(|list| list.id.as_str() == args.id) else {
        anyhow::bail!("there is no watchlist {:?}; presswatch watchlists list shows them", args.id);
    };
    let lines = match outline(&config.watchlists, list) {
        Ok(lines) => lines,
        Err(problems) => return Ok(refuse(&problems)),
    };
    let filters = filters(list);
    let persons: Vec<&str> = list.persons.iter().map(|person| person.reference.as_str()).collect();
    if global.json {
        terminal::json(&json!({ "id": list.id.as_str(), "filters": filters, "query": lines, "persons": persons }));
        return Ok(ExitCode::SUCCESS);
    }
    terminal::line(&format!("{}{}", list.id, if list.enabled { "" } else { " (off)" }));
    for filter in &filters {
        terminal::line(&format!("only if {filter}"));
    }
    terminal::line("a story matches when it has");
    for line in &lines {
        terminal::line(&format!("  {line}"));
    }
    if !persons.is_empty() {
        terminal::line(&format!("persons: {}", persons.join(", ")));
    }
    Ok(ExitCode::SUCCESS)
}

/// What the list asks of a story beside its query.
fn filters(list: &Watchlist) -> Vec<String> {
    let joined = |all: Vec<String>| all.join(" or ");
    let texts = |all: &[crate::model::SourceId]| joined(all.iter().map(ToString::to_string).collect());
    let mut out = Vec::new();
    if !list.languages.is_empty() {
        let undetermined = if list.strict_language { "" } else { ", or its language is undetermined" };
        out.push(format!("the story is in {}{undetermined}", joined(list.languages.iter().map(ToString::to_string).collect())));
    }
    if !list.countries_about.is_empty() {
        let countries = joined(list.countries_about.iter().map(ToString::to_string).collect());
        out.push(format!("it is about {countries} with a score of at least {}", list.country_min_score));
    }
    if !list.topics.is_empty() {
        out.push(format!("its topic is {}", list.topics.join(" or ")));
    }
    if !list.sources_include.is_empty() {
        out.push(format!("it is from {}", texts(&list.sources_include)));
    }
    if !list.sources_exclude.is_empty() {
        out.push(format!("it is not from {}", texts(&list.sources_exclude)));
    }
    out
}
