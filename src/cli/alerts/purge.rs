//! `presswatch alerts purge`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::alerts::which::Which;
use crate::cli::{Global, terminal};
use crate::store::Store;

/// Forgets given-up deliveries: they cannot be sent again.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    let purged = store.purge(&args.which.deliveries()).await?;
    if global.json {
        terminal::json(&json!({ "purged": purged }));
    } else {
        terminal::line(&format!("{purged} given-up {} forgotten", if purged == 1 { "delivery" } else { "deliveries" }));
    }
    Ok(if args.which.is_missing(purged) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
