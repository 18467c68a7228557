//! `presswatch incidents`: what is reported to have been done to people and media.

mod decide;
mod export;
mod list;
mod show;

use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cli::Global;
use crate::cli::stories::with_store;
use crate::config::codes;
use crate::model::{IncidentId, IncidentStatus};
use crate::store::{IncidentFilter, ReviewFilter};

/// Lists, shows and exports incidents, as they are reported.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Lists incidents, newest first, 50 at a time.
    List(list::Args),
    /// Shows one incident with every field's evidence.
    Show(show::Args),
    /// Writes down what the desk decides about an incident: confirm, reject, reopen, correct, merge or split.
    Decide(decide::Args),
    /// Prints all incidents that meet the filter as CSV or JSON.
    Export(export::Args),
}

/// Which incidents; all conditions must hold.
#[derive(Debug, clap::Args)]
struct Filter {
    /// In this country (ISO 3166-1 alpha-2).
    #[arg(long, value_parser = country)]
    country: Option<String>,
    /// With this topic, such as arrest_detention.
    #[arg(long)]
    topic: Option<String>,
    /// That happened to this actor, such as journalist.
    #[arg(long)]
    actor: Option<String>,
    /// That stand so: open, released or contradicted.
    #[arg(long, value_parser = status)]
    status: Option<IncidentStatus>,
    /// By what the desk decided: standing (all but rejected ones), open, confirmed or rejected.
    #[arg(long, value_parser = review)]
    review: Option<ReviewFilter>,
    /// Reported since this day (2026-05-04) or moment, for the first time or again.
    #[arg(long, value_parser = since)]
    since: Option<Timestamp>,
    /// Only incidents known before this one: continues a list.
    #[arg(long, value_name = "ID")]
    before: Option<uuid::Uuid>,
}

impl Filter {
    fn read(&self) -> IncidentFilter {
        IncidentFilter {
            country: self.country.clone(),
            topic: self.topic.clone(),
            actor: self.actor.clone(),
            status: self.status,
            since: self.since,
            before: self.before.map(IncidentId),
            review: self.review.unwrap_or_default(),
        }
    }
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    with_store(global, async |_, store| match args.what {
        What::List(args) => list::run(&args, global, store).await,
        What::Show(args) => show::run(&args, global, store).await,
        What::Decide(args) => decide::run(&args, global, store).await,
        What::Export(args) => export::run(&args, store).await,
    })
}

fn country(text: &str) -> Result<String, String> {
    let code = codes::country(text).map_err(|hint| hint.unwrap_or_else(|| "not a country code (ISO 3166-1 alpha-2, such as KZ)".to_owned()))?;
    Ok(code.to_string())
}

fn status(text: &str) -> Result<IncidentStatus, String> {
    IncidentStatus::parse(text).ok_or_else(|| "use open, released or contradicted".to_owned())
}

fn review(text: &str) -> Result<ReviewFilter, String> {
    ReviewFilter::parse(text).ok_or_else(|| "use standing, open, confirmed or rejected".to_owned())
}

fn since(text: &str) -> Result<Timestamp, String> {
    let day = || TimeZone::UTC.to_timestamp(text.parse::<Date>().ok()?.at(0, 0, 0, 0)).ok();
    text.parse().ok().or_else(day).ok_or_else(|| "use a day such as 2026-05-04, or a moment such as 2026-05-04T12:00:00Z".to_owned())
}
