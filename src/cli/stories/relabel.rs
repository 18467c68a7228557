//! `presswatch stories relabel`.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use prometheus_client::registry::Registry;
use serde_json::{Value, json};

use crate::cli::{Global, terminal};
use crate::config::Config;
use crate::model::RulesFingerprint;
use crate::pipeline::{Metrics, Relabeler, Rules, Step};
use crate::store::{Labeling, Store};

/// Labels stored stories anew by the configuration's words and this program's tables. Alerts nobody.
///
/// A daemon does the same by itself after a start or a reload, slowly; this does it now. Stories that these rules have labeled are passed over, so
/// that it may be stopped and started again at any time, also beside a daemon. Where the words were changed, reload the daemon first.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Stories of so many days only; without it, all.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: Option<u16>,
    /// Shows how far it is, and labels nothing.
    #[arg(long, conflicts_with = "days")]
    status: bool,
}

/// A sign of life every so often.
const TELL_EVERY: Duration = Duration::from_secs(10);

pub async fn run(args: &Args, global: &Global, config: &Config, store: &Store) -> anyhow::Result<ExitCode> {
    let rules = match Rules::compile(config.clone()) {
        Ok((rules, _)) => Arc::new(rules),
        Err(problems) => {
            for problem in problems {
                eprintln!("{}", terminal::clean(&problem.to_string()));
            }
            return Ok(ExitCode::from(2));
        }
    };
    if args.status {
        return status(global, store, rules.label_rules()).await;
    }
    let relabeler = Relabeler::new(store.clone(), Metrics::register(&mut Registry::default()));
    let since = args.days.map(|days| Timestamp::now() - SignedDuration::from_hours(24 * i64::from(days)));
    relabeler.begin(&rules).await?;
    let (mut stories, mut changed, mut failed, mut before) = (0, 0, 0, None);
    let mut told = Instant::now();
    let is_superseded = loop {
        match relabeler.step(&rules, since, before).await? {
            Step::Batch(done) => {
                stories += done.stories;
                changed += done.changed;
                failed += done.failed;
                before = done.oldest;
            }
            Step::Done => break false,
            Step::Superseded => break true,
        }
        if told.elapsed() >= TELL_EVERY {
            eprintln!("{stories} stories so far, {changed} changed");
            told = Instant::now();
        }
    };
    relabeler.finish(&rules).await?;
    let left = store.stale_stories(rules.label_rules()).await?;
    if global.json {
        terminal::json(&json!({
            "rules": rules.label_rules().to_string(), "stories": stories, "changed": changed, "failed": failed, "left": left,
            "superseded": is_superseded,
        }));
    } else {
        let failures = if failed > 0 { format!(", {failed} could not be labeled and keep what they had") } else { String::new() };
        terminal::line(&format!("{stories} stories labeled anew, {changed} of them changed{failures}; {left} left that other rules labeled"));
    }
    if is_superseded {
        eprintln!("another process put other rules for labels in force: reload the daemon, then run this again");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

async fn status(global: &Global, store: &Store, own: RulesFingerprint) -> anyhow::Result<ExitCode> {
    let known = store.labeling().await?;
    let stale = store.stale_stories(own).await?;
    if global.json {
        terminal::json(&json!({ "configured_rules": own.to_string(), "left": stale, "in_force": known.as_ref().map(as_json) }));
        return Ok(ExitCode::SUCCESS);
    }
    match known {
        None => terminal::line("no daemon of this version has run yet: stored stories carry the labels that they came in with"),
        Some(known) => {
            terminal::line(&in_words(&known));
            if known.rules != own {
                terminal::line("the configuration has other words, or this is another version of the program: reload or restart the daemon");
            }
        }
    }
    terminal::line(&format!("{stale} stories were labeled by other rules than those of the configuration"));
    Ok(ExitCode::SUCCESS)
}

/// One line for people.
pub(in crate::cli) fn in_words(known: &Labeling) -> String {
    let done = format!("{} stories labeled anew since {:.0}, {} of them changed", known.relabeled, known.begun_at, known.changed);
    let failed = if known.failed > 0 { format!(", {} could not be labeled", known.failed) } else { String::new() };
    match known.finished_at {
        Some(at) if known.todo == 0 => format!("all stories carry the labels of the rules in force since {at:.0}"),
        Some(at) => format!("{done}{failed}; finished {at:.0}"),
        None => format!("{done}{failed}; {} to go", known.todo.saturating_sub(known.relabeled)),
    }
}

/// The same for scripts.
pub(in crate::cli) fn as_json(known: &Labeling) -> Value {
    json!({
        "rules": known.rules.to_string(),
        "begun_at": known.begun_at.to_string(),
        "todo": known.todo,
        "relabeled": known.relabeled,
        "changed": known.changed,
        "failed": known.failed,
        "last_at": known.last_at.map(|at| at.to_string()),
        "finished_at": known.finished_at.map(|at| at.to_string()),
    })
}
