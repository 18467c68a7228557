//! `presswatch sources add URL`.

use std::process::ExitCode;

use url::Url;

use crate::cli::sources::list;
use crate::cli::{Global, check, terminal};
use crate::config::entry::{Entry, append};
use crate::config::parse_web_address;
use crate::model::{CountryCode, Language, SourceCategory, SourceId};

/// Adds a source to sources.d/local.toml.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The address of the feed.
    #[arg(value_parser = parse_web_address)]
    url: Url,
    /// How the source is called in files and on the command line: a-z, 0-9, '-', '_', '.'.
    #[arg(long, value_parser = |text: &str| SourceId::new(text))]
    id: SourceId,
    /// What people call it.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    name: String,
    /// The language it publishes in (ISO 639).
    #[arg(long, value_parser = list::language)]
    language: Option<Language>,
    /// The country it writes from (ISO 3166-1 alpha-2).
    #[arg(long, value_parser = list::country)]
    country: Option<CountryCode>,
    /// What sort of publisher it is.
    #[arg(long, value_parser = list::category)]
    category: Option<SourceCategory>,
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    if config.sources.iter().any(|source| source.id == args.id) {
        eprintln!("presswatch: the source id \"{}\" is taken; choose another with --id", args.id);
        return Ok(ExitCode::from(2));
    }
    if let Some(source) = config.sources.iter().find(|source| source.url == args.url) {
        eprintln!("presswatch: this address is already polled by the source \"{}\"", source.id);
        return Ok(ExitCode::from(2));
    }
    let mut entry = Entry::new(args.id, &args.name, args.url);
    entry.set("language", args.language.map(|language| language.to_string()).as_deref());
    entry.set("country", args.country.map(|country| country.to_string()).as_deref());
    entry.set("category", args.category.map(SourceCategory::as_str));
    let path = append(&global.config, std::slice::from_ref(&entry))?;
    if global.json {
        terminal::json(&serde_json::json!({ "added": [entry.id.as_str()], "file": path }));
    } else {
        terminal::line(&format!("Added \"{}\" to {}. A running daemon takes it up at the next reload (SIGHUP).", entry.id, path.display()));
    }
    Ok(ExitCode::SUCCESS)
}
