//! `presswatch alerts list`.

use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use crate::cli::{Global, terminal};
use crate::model::{AlertId, WatchlistId};
use crate::store::{AlertFilter, AlertRow, PAGE_ROWS, Store};

/// Lists alerts with their deliveries, newest first, 50 at a time.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only alerts with a given-up delivery.
    #[arg(long, conflicts_with = "state")]
    dead: bool,
    /// Only alerts with a delivery in this state.
    #[arg(long, value_parser = ["pending", "delivered", "dead"])]
    state: Option<String>,
    /// Only alerts of this watchlist.
    #[arg(long, value_parser = |text: &str| WatchlistId::new(text).map(|id| id.to_string()))]
    watchlist: Option<String>,
    /// Only alerts written before this one: continues a list.
    #[arg(long, value_name = "ID")]
    before: Option<uuid::Uuid>,
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    let state = if args.dead { Some("dead".to_owned()) } else { args.state.clone() };
    let filter = AlertFilter { watchlist: args.watchlist.clone(), state, story: None, before: args.before.map(AlertId) };
    let alerts = store.alerts(&filter).await?;
    if global.json {
        terminal::json(&Value::Array(alerts.iter().map(as_json).collect()));
        return Ok(ExitCode::SUCCESS);
    }
    if !alerts.is_empty() {
        terminal::line(&render(&alerts));
    }
    terminal::line(&format!("{} {}", alerts.len(), if alerts.len() == 1 { "alert" } else { "alerts" }));
    if let Some(last) = alerts.last().filter(|_| i64::try_from(alerts.len()).unwrap_or(i64::MAX) >= PAGE_ROWS) {
        terminal::line(&format!("older ones: add --before {}", last.id));
    }
    Ok(ExitCode::SUCCESS)
}

/// One line a delivery. Recipients are named by `--json` alone: a terminal is looked at by more people than its owner.
fn render(alerts: &[AlertRow]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["WRITTEN (UTC)", "WATCHLIST", "CHANNEL", "TITLE", "STATE", "TRIES", "LAST ERROR", "DELIVERY"]);
    for alert in alerts {
        for delivery in &alert.deliveries {
            table.add_row([
                alert.created_at.strftime("%Y-%m-%d %H:%M").to_string(),
                terminal::clean(&alert.watchlist),
                terminal::clean(&alert.channel),
                terminal::clean(&alert.content.title()).replace(['\n', '\t'], " "),
                delivery.state.clone(),
                delivery.attempts.to_string(),
                terminal::clean(delivery.last_error.as_deref().unwrap_or_default()).replace(['\n', '\t'], " "),
                delivery.id.to_string(),
            ]);
        }
    }
    table.trim_fmt()
}

fn as_json(alert: &AlertRow) -> Value {
    let deliveries: Vec<Value> = alert
        .deliveries
        .iter()
        .map(|delivery| {
            let attempts: Vec<Value> = delivery
                .history
                .iter()
                .map(|attempt| {
                    json!({
                        "attempt": attempt.attempt, "at": attempt.at.to_string(), "duration_ms": attempt.duration_ms,
                        "outcome": attempt.outcome, "detail": attempt.detail,
                    })
                })
                .collect();
            json!({
                "id": delivery.id.to_string(),
                "recipient": delivery.recipient,
                "state": delivery.state,
                "attempts": delivery.attempts,
                "due_at": delivery.due_at.to_string(),
                "ended_at": delivery.ended_at.map(|at| at.to_string()),
                "last_error": delivery.last_error,
                "history": attempts,
            })
        })
        .collect();
    json!({
        "id": alert.id.to_string(),
        "watchlist": alert.watchlist,
        "restricted": alert.restricted,
        "channel": alert.channel,
        "priority": alert.priority,
        "kind": alert.content.kind(),
        "story": alert.story.map(|story| story.to_string()),
        "title": alert.content.title(),
        "created_at": alert.created_at.to_string(),
        "deliveries": deliveries,
    })
}
