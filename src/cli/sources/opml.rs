//! `presswatch sources import` and `export`: OPML, the format that feed readers exchange.
//!
//! *Invariant:* every outline of an imported file is added or named with the reason why it was not.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;

use crate::cli::{Global, check, terminal};
use crate::config::entry::append;
use crate::config::opml;

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

pub fn import(args: &ImportArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let read = opml::read(&bytes, &config.sources);
    let (entries, skipped) = read.map_err(|error| anyhow::anyhow!("nothing was added from {}: {error}", args.file.display()))?;
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
    let text = opml::write(&config.sources, |_| Vec::new());
    match &args.output {
        None => terminal::line(text.trim_end()),
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
            terminal::line(&format!("Wrote {} sources to {}", config.sources.len(), path.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
