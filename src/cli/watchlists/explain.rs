//! `presswatch watchlists explain ID`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::watchlists::refuse;
use crate::cli::{Global, check, terminal};
use crate::config::Watchlist;
use crate::watch::{NameVariants, outline, variants};

/// Says in words what a watchlist asks for.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The watchlist's id.
    id: String,
    /// Shows the names of a restricted list too.
    #[arg(long)]
    names: bool,
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
    let shown = args.names || !list.restricted;
    let persons: Vec<(&str, Vec<NameVariants>)> = list.persons.iter().map(|person| (person.reference.as_str(), variants(person))).collect();
    if global.json {
        terminal::json(
            &json!({ "id": list.id.as_str(), "filters": filters, "query": lines, "persons": persons.iter().map(|(reference, groups)| as_json(reference, groups, shown)).collect::<Vec<_>>() }),
        );
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
    for (reference, groups) in &persons {
        terminal::line(&format!("person {reference}"));
        person(groups, shown);
    }
    if !shown && !persons.is_empty() {
        terminal::line("the list is restricted: --names shows its names");
    }
    Ok(ExitCode::SUCCESS)
}

/// So many spellings are shown; the rest is counted.
const SPELLINGS: usize = 8;

fn person(groups: &[NameVariants], shown: bool) {
    let mut name = "";
    for group in groups {
        if shown && group.name != name {
            name = &group.name;
            terminal::line(&format!("  {name}"));
        }
        let forms = if group.forms > 0 { format!(", {} inflected forms", group.forms) } else { String::new() };
        let parts: Vec<String> = group.parts.iter().map(|(kind, spellings)| part(kind, spellings, shown)).collect();
        terminal::line(&format!("    {}: {}{forms}", group.group, parts.join("; ")));
    }
}

fn part(kind: &str, spellings: &[String], shown: bool) -> String {
    if !shown {
        return format!("{kind} in {} spelling{}", spellings.len(), if spellings.len() == 1 { "" } else { "s" });
    }
    let more = spellings.len().saturating_sub(SPELLINGS);
    let first: Vec<&str> = spellings.iter().take(SPELLINGS).map(String::as_str).collect();
    format!("{kind} {}{}", first.join(", "), if more > 0 { format!(" and {more} more") } else { String::new() })
}

fn as_json(reference: &str, groups: &[NameVariants], shown: bool) -> serde_json::Value {
    let groups = groups.iter().map(|group| {
        let parts =
            group.parts.iter().map(|(kind, spellings)| json!({ "part": kind, "count": spellings.len(), "spellings": shown.then_some(spellings) }));
        json!({ "name": shown.then_some(&group.name), "group": group.group, "parts": parts.collect::<Vec<_>>(), "forms": group.forms })
    });
    json!({ "ref": reference, "variants": groups.collect::<Vec<_>>() })
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
