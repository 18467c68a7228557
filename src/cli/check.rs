//! `presswatch check`, and the one way in which commands read their configuration.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::alert;
use crate::cli::excerpt::Excerpts;
use crate::cli::{Global, terminal};
use crate::config::{self, Config};
use crate::daemon;
use crate::model::{Problem, Severity};
use crate::pipeline::Rules;

/// Lists all errors of a configuration.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config::Examined { config, mut problems, readable } = config::examine(&global.config);
    problems.extend(Rules::problems(&readable, &global.config));
    if let Some(config) = &config {
        problems.extend(alert::channels::problems(&config.channels, &daemon::pages_url(config)?, Timestamp::now()));
    }
    problems.sort();
    problems.dedup();
    let errors = count(&problems, Severity::Error);
    let warnings = count(&problems, Severity::Warning);
    if global.json {
        let listed: Vec<Value> = problems.iter().map(as_json).collect();
        let summary = config.as_ref().map(summary_json);
        terminal::json(&json!({ "errors": errors, "warnings": warnings, "problems": listed, "summary": summary }));
    } else {
        let mut excerpts = Excerpts::new(&readable.watchlists);
        for problem in &problems {
            terminal::line(&problem.to_string());
            if let Some(excerpt) = excerpts.of(problem) {
                terminal::line(&excerpt);
            }
        }
        match &config {
            Some(config) if errors == 0 => terminal::line(&summary(config, warnings)),
            _ => terminal::line(&format!("{} and {} in {}", counted(errors, "error"), counted(warnings, "warning"), global.config.display())),
        }
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Reads the configuration of a command, or prints every error on standard error and gives the exit code for it.
pub(crate) fn load(directory: &Path) -> Result<Config, ExitCode> {
    config::load(directory).map_err(|problems| {
        for problem in &problems {
            eprintln!("{}", terminal::clean(&problem.to_string()));
        }
        eprintln!("presswatch: {} in {}", counted(problems.len(), "error"), directory.display());
        ExitCode::from(2)
    })
}

fn count(problems: &[Problem], severity: Severity) -> usize {
    problems.iter().filter(|problem| problem.severity == severity).count()
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// How much a configuration covers.
struct Extent {
    sources: usize,
    languages: usize,
    countries: usize,
    lists: usize,
    channels: usize,
}

impl Extent {
    fn of(config: &Config) -> Self {
        let enabled = || config.sources.iter().filter(|source| source.enabled);
        Self {
            sources: enabled().count(),
            languages: enabled().filter_map(|source| source.language.as_ref()).collect::<BTreeSet<_>>().len(),
            countries: enabled().filter_map(|source| source.country).collect::<BTreeSet<_>>().len(),
            lists: config.watchlists.lists.iter().filter(|list| list.enabled).count(),
            channels: config.channels.len(),
        }
    }
}

fn summary(config: &Config, warnings: usize) -> String {
    let extent = Extent::of(config);
    let countries = if extent.countries == 1 { "1 country".to_owned() } else { format!("{} countries", extent.countries) };
    let warnings = if warnings == 0 { "no warnings".to_owned() } else { counted(warnings, "warning") };
    format!(
        "{} is in order: {} in {} and {countries}, {}, {}, {warnings}",
        config.directory.display(),
        counted(extent.sources, "source"),
        counted(extent.languages, "language"),
        counted(extent.lists, "watchlist"),
        counted(extent.channels, "channel"),
    )
}

fn summary_json(config: &Config) -> Value {
    let extent = Extent::of(config);
    json!({
        "sources": extent.sources,
        "languages": extent.languages,
        "countries": extent.countries,
        "watchlists": extent.lists,
        "channels": extent.channels,
    })
}

fn as_json(problem: &Problem) -> Value {
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    json!({
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "severity": severity,
        "key": problem.key,
        "message": problem.message,
        "hint": problem.hint,
    })
}
