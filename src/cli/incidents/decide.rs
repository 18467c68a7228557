//! `presswatch incidents decide ID`.

use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::cli::{Global, terminal};
use crate::model::{IncidentId, StoryId};
use crate::pipeline::rejoin_incidents;
use crate::store::{Decided, Decision, Store};
use crate::web::decision;

/// Writes down what the desk decides about an incident, with who and when. A correction is shown from then on and is never overwritten.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    /// The incident's id, as lists and exports give it.
    id: uuid::Uuid,
    #[command(flatten)]
    what: What,
    /// Who decides.
    #[arg(long)]
    by: String,
    /// Why.
    #[arg(long, default_value = "")]
    note: String,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct What {
    /// It happened as it is shown.
    #[arg(long)]
    confirm: bool,
    /// It is no incident: left out of lists and exports.
    #[arg(long)]
    reject: bool,
    /// Takes back a confirmation or a rejection.
    #[arg(long)]
    reopen: bool,
    /// Shows this value in place of what reports say: country=KZ, date=2026-05-04, persons="A. One | B. Two"; an empty value takes it back.
    #[arg(long, value_name = "FIELD=VALUE")]
    correct: Option<String>,
    /// Another incident stands for both from now on.
    #[arg(long, value_name = "ID")]
    merge_into: Option<uuid::Uuid>,
    /// These reports (ids of stories) become an incident of their own.
    #[arg(long, value_name = "STORY", num_args = 1..)]
    split_off: Vec<uuid::Uuid>,
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    let what = &args.what;
    let decision = if what.confirm {
        Decision::Confirm
    } else if what.reject {
        Decision::Reject
    } else if what.reopen {
        Decision::Reopen
    } else if let Some(correction) = &what.correct {
        let (field, value) = correction.split_once('=').context("write FIELD=VALUE, such as country=KZ")?;
        decision::correction(field.trim(), value).map_err(|reason| anyhow::anyhow!("{reason}"))?
    } else if let Some(other) = what.merge_into {
        Decision::MergeInto(IncidentId(other))
    } else {
        Decision::SplitOff(what.split_off.iter().map(|id| StoryId(*id)).collect())
    };
    match store.decide(IncidentId(args.id), &decision, &args.by, &args.note).await? {
        Decided::Done(shown) => {
            rejoin_incidents(store).await?;
            if global.json {
                terminal::json(&serde_json::json!({ "id": shown.to_string() }));
            } else {
                terminal::line(&format!("written down; see incident {shown}"));
            }
            Ok(ExitCode::SUCCESS)
        }
        Decided::Unknown => {
            bail!("there is no incident {} (it may be past its time, or merged into another): see `presswatch incidents list`", args.id)
        }
        Decided::Impossible => bail!("that cannot be done: merge into another incident that stands for itself; split off some reports, not all"),
    }
}
