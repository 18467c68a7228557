//! `presswatch incidents list`.

use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

use crate::cli::incidents::Filter;
use crate::cli::{Global, terminal};
use crate::store::{INCIDENT_ROWS, Store};
use crate::web::record;

/// Lists incidents, newest first, 50 at a time.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    filter: Filter,
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    let incidents = store.incidents(&args.filter.read()).await?;
    if global.json {
        terminal::json(&Value::Array(incidents.iter().map(record::as_json).collect()));
        return Ok(ExitCode::SUCCESS);
    }
    if !incidents.is_empty() {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(["DAY", "COUNTRY", "STATUS", "TOPIC", "REPORTED BY", "TITLE", "ID"]);
        for incident in &incidents {
            table.add_row([
                incident.date.to_string(),
                incident.country.clone().unwrap_or_else(|| "-".to_owned()),
                incident.status.as_str().to_owned(),
                incident.topic.clone(),
                format!("{} publisher(s)", incident.publishers),
                terminal::clean(&incident.title).replace(['\n', '\t'], " "),
                incident.id.to_string(),
            ]);
        }
        terminal::line(&table.trim_fmt());
    }
    terminal::line(&format!("{} {}", incidents.len(), if incidents.len() == 1 { "incident" } else { "incidents" }));
    if let Some(last) = incidents.last().filter(|_| i64::try_from(incidents.len()).unwrap_or(i64::MAX) >= INCIDENT_ROWS) {
        terminal::line(&format!("older ones: add --before {}", last.id));
    }
    Ok(ExitCode::SUCCESS)
}
