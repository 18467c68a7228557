//! Labels anew for stored stories after a start or a reload with other rules: in the background, newest first, a fifth of one core at most.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::pipeline::{Relabeler, Rules, Step};
use crate::store::StoreError;

/// Polls that began with the former rules end first, and the start is over.
const SETTLE: Duration = Duration::from_secs(5);
/// A story that was in hand while rules changed, or that another program stored, is found within this time.
const LOOK_AGAIN: Duration = Duration::from_hours(1);
/// A database that did not answer is asked again.
const RETRY: Duration = Duration::from_mins(1);
/// For each second of work so many of rest.
const REST: u32 = 4;
const LEAST_REST: Duration = Duration::from_millis(20);
const MOST_REST: Duration = Duration::from_secs(5);

/// How a pass over the stories ended.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    Done,
    Stopped,
    /// New rules: begin with them.
    Reloaded,
}

/// Runs until the token is cancelled.
pub async fn run(relabeler: Relabeler, mut rules: watch::Receiver<Arc<Rules>>, stop: CancellationToken) {
    let mut wait = SETTLE;
    let mut is_new = true;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
            Ok(()) = rules.changed() => {
                (wait, is_new) = (SETTLE, true);
                continue;
            }
        }
        let current = Arc::clone(&rules.borrow_and_update());
        wait = match pass(&relabeler, &current, is_new, &mut rules, &stop).await {
            Ok(Ended::Done) => {
                is_new = false;
                LOOK_AGAIN
            }
            Ok(Ended::Stopped) => return,
            Ok(Ended::Reloaded) => {
                is_new = true;
                SETTLE
            }
            Err(error) => {
                warn!(kind = error.kind(), "stored stories could not be labeled anew; trying again: {error}");
                RETRY
            }
        };
    }
}

async fn pass(
    relabeler: &Relabeler,
    current: &Arc<Rules>,
    is_new: bool,
    rules: &mut watch::Receiver<Arc<Rules>>,
    stop: &CancellationToken,
) -> Result<Ended, StoreError> {
    // Only a start or a reload takes over from another process; later looks leave its rules in force.
    if !is_new && !relabeler.is_behind(current).await? {
        return Ok(Ended::Done);
    }
    let begun = relabeler.begin(current).await?;
    if begun.finished_at.is_some() {
        return Ok(Ended::Done);
    }
    let started = Instant::now();
    info!(rules = %begun.rules, stories = begun.todo - begun.relabeled.min(begun.todo), "the rules for labels changed: stored stories are labeled anew, newest first");
    let (mut stories, mut changed, mut failed, mut before) = (0, 0, 0, None);
    loop {
        let at = Instant::now();
        let step = tokio::select! {
            () = stop.cancelled() => return Ok(Ended::Stopped),
            step = relabeler.step(current, None, before) => step?,
        };
        match step {
            Step::Batch(done) => {
                stories += done.stories;
                changed += done.changed;
                failed += done.failed;
                before = done.oldest;
            }
            Step::Done => break,
            Step::Superseded => {
                info!(stories, changed, "another process has other rules for labels in force: labeling anew is left to it");
                return Ok(Ended::Done);
            }
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(Ended::Stopped),
            Ok(()) = rules.changed() => return Ok(Ended::Reloaded),
            () = tokio::time::sleep((at.elapsed() * REST).clamp(LEAST_REST, MOST_REST)) => {}
        }
    }
    let is_complete = relabeler.finish(current).await?;
    info!(stories, changed, failed, is_complete, seconds = started.elapsed().as_secs(), "stored stories carry the labels of the rules in force");
    Ok(Ended::Done)
}
