//! `presswatch incidents export`.

use std::process::ExitCode;

use crate::cli::incidents::Filter;
use crate::cli::terminal;
use crate::store::{INCIDENT_ROWS, Store};
use crate::web::record::Form;

/// Prints all incidents that meet the filter, newest first.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// csv: a header and a row for each incident. json: an object on each line, with the evidence of every field. tracker-csv, tracker-json: drafts
    /// in the columns of the U.S. Press Freedom Tracker. uwazi-csv, uwazi-json: drafts that Uwazi imports.
    #[arg(long, value_parser = form)]
    format: Form,
    #[command(flatten)]
    filter: Filter,
}

fn form(text: &str) -> Result<Form, String> {
    Form::parse(text).ok_or_else(|| format!("use one of {}", Form::ALL.map(|(_, name)| name).join(", ")))
}

pub async fn run(args: &Args, store: &Store) -> anyhow::Result<ExitCode> {
    let mut filter = args.filter.read();
    if let Some(header) = args.format.header() {
        terminal::line(&header);
    }
    loop {
        let incidents = store.incidents(&filter).await?;
        for incident in &incidents {
            // With all evidence; one that is gone between the two questions is past its time.
            let whole =
                if args.format == Form::Json { store.incident(incident.id).await?.map(|found| found.incident) } else { Some(incident.clone()) };
            let Some(whole) = whole else { continue };
            match args.format.value(&whole) {
                Some(value) => terminal::json(&value),
                None => terminal::line(&args.format.line(&whole)),
            }
        }
        filter.before = incidents.last().map(|last| last.id);
        if i64::try_from(incidents.len()).unwrap_or(i64::MAX) < INCIDENT_ROWS {
            return Ok(ExitCode::SUCCESS);
        }
    }
}
