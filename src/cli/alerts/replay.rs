//! `presswatch alerts replay`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::alerts::which::Which;
use crate::cli::{Global, terminal};
use crate::store::Store;

/// Puts given-up deliveries back into the outbox; the daemon sends them at once.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    let replayed = store.replay(&args.which.deliveries()).await?;
    if global.json {
        terminal::json(&json!({ "replayed": replayed }));
    } else {
        match replayed {
            0 => terminal::line("nothing to replay: no such delivery was given up"),
            1 => terminal::line("1 delivery is due again; the daemon sends it"),
            many => terminal::line(&format!("{many} deliveries are due again; the daemon sends them")),
        }
    }
    Ok(if args.which.is_missing(replayed) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
