//! `presswatch alerts ack`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::{Global, terminal};
use crate::model::AlertId;
use crate::store::Store;
use crate::store::alerting::Acknowledged;

/// Acknowledges the event of an alert: it is neither repeated nor told to others any more.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The alert, as its message or `alerts list --json` names it.
    alert: uuid::Uuid,
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    let done = store.acknowledge_alert(AlertId(args.alert), "cli").await?;
    if global.json {
        let (state, at) = match &done {
            Acknowledged::Now(_) => ("acknowledged", None),
            Acknowledged::Before(at) => ("acknowledged_before", Some(at.to_string())),
            Acknowledged::Unknown => ("unknown", None),
        };
        terminal::json(&json!({ "state": state, "at": at }));
    } else {
        match &done {
            Acknowledged::Now(_) => terminal::line("acknowledged: it is not repeated any more"),
            Acknowledged::Before(at) => terminal::line(&format!("it was acknowledged before, at {}", at.strftime("%Y-%m-%d %H:%M UTC"))),
            Acknowledged::Unknown => terminal::line("there is no alert of an event with this id: see `presswatch alerts list --json`"),
        }
    }
    Ok(if done == Acknowledged::Unknown { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
