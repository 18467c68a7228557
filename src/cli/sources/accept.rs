//! `presswatch sources accept ID`: whoever answers now is the publisher.

use std::process::ExitCode;

use anyhow::bail;
use serde_json::json;

use crate::cli::sources::{health, show};
use crate::cli::{Global, check, terminal};

/// Takes what was held back as "hijacked?" for the publisher's own; it is read at the next poll, at once.
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
    let Some(source) = show::find(&config, &args.id) else { return Ok(ExitCode::FAILURE) };
    match health::ask(&config, async |store| Ok(store.accept_publisher(&source.id).await?))? {
        None => bail!("no daemon runs here: start it with `presswatch run`, or name its database in database.url"),
        Some(false) => bail!("the daemon does not poll \"{}\": it is switched off, or new since the last reload", source.id),
        Some(true) if global.json => terminal::json(&json!({ "id": source.id.as_str(), "accepted": true })),
        Some(true) => terminal::line(&format!("{} is taken for its publisher's, and read at once", source.id)),
    }
    Ok(ExitCode::SUCCESS)
}
