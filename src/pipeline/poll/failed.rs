//! A poll that brought no document: what it counts, when the source is tried again, whether its whole domain is left alone.

use std::time::Duration;

use tracing::info;

use crate::gather::fetch::{self, FetchError};
use crate::gather::schedule::{self, Refusal};
use crate::pipeline::poll::{Gatherer, Poll, PollReport, describe};
use crate::pipeline::{Event, Metrics};
use crate::store::StoreError;
use crate::store::sources::{DomainNews, PollResult};

/// While we are cut off ourselves, nothing is held against a source and it is probed again after this time, or its least interval.
const OUTAGE_PROBE: Duration = Duration::from_mins(1);

impl Gatherer {
    pub(super) async fn failed(&self, poll: &Poll<'_>, error: &FetchError) -> Result<PollReport, StoreError> {
        let (claimed, source, facts) = (poll.claimed, poll.source, &poll.claimed.facts);
        let cut_off = if error.may_be_our_outage() {
            self.unreachable(&fetch::registrable_domain(&poll.address), facts.failures == 0.0).await
        } else {
            self.answered().await;
            false
        };
        let reason = describe(error);
        let mut result = PollResult {
            outcome: error.kind().to_owned(),
            counts: !cut_off,
            http_status: error.http_status,
            duration: poll.started.elapsed(),
            failures: facts.failures,
            suspicion: facts.suspicion.clone(),
            interval: claimed.interval,
            moved_to: facts.moved_to.clone(),
            moved_elsewhere: facts.moved_elsewhere,
            ..PollResult::default()
        };
        if cut_off {
            result.detail = Some(format!("not counted, nothing can be reached from here: {reason}"));
            result.next_in = schedule::with_jitter(OUTAGE_PROBE.min(source.interval_min), Duration::MAX, (self.chance)());
        } else {
            result.detail = Some(error.said.as_ref().map_or_else(|| reason.clone(), |said| format!("{reason}: the answer says \"{said}\"")));
            result.wall = error.wall().map(str::to_owned);
            result.failures = facts.failures + error.weight();
            (result.domain, result.next_in) = self.pause(poll, error, result.failures);
            info!(source.id = %source.id, kind = error.kind(), retry_seconds = result.next_in.as_secs(), "source could not be read: {reason}");
        }
        self.ingest.events.send(Event::SourceRead { source: source.id.clone(), seen: 0, new: 0, known: 0, problem: Some(reason) });
        Metrics::count(&self.ingest.metrics.polls, error.kind(), 1);
        self.finish(poll, &result).await?;
        Ok(PollReport::default())
    }

    /// What the failure says of the domain, and when the source is tried again.
    fn pause(&self, poll: &Poll<'_>, error: &FetchError, failures: f32) -> (DomainNews, Duration) {
        let bounds = poll.bounds();
        let Some(refusal) = refusal(error) else {
            let answered = if error.http_status.is_some() { DomainNews::Answered } else { DomainNews::None };
            if error.kind() == "gone" {
                return (answered, schedule::with_jitter(schedule::after_gone(failures, bounds), Duration::MAX, (self.chance)()));
            }
            let wait = schedule::with_jitter(schedule::backoff(failures, bounds, error.retry_after), Duration::MAX, (self.chance)());
            return (answered, schedule::in_burst(wait, poll.claimed.burst, jiff::Timestamp::now()));
        };
        let hold = schedule::domain_hold(refusal, poll.claimed.domain_refusals + 1, bounds, error.retry_after);
        if let Some(hold) = hold {
            // Pages of other sources stand on this domain too; the database keeps its own sources away.
            self.politeness.hold(&poll.address, hold);
        }
        let own = schedule::backoff(failures, bounds, error.retry_after).max(hold.unwrap_or_default());
        (DomainNews::Refused { hold }, schedule::with_jitter(own, Duration::MAX, (self.chance)()))
    }
}

/// Whether the answer asks us to slow down.
pub(super) fn refusal(error: &FetchError) -> Option<Refusal> {
    match error.http_status {
        Some(429) => Some(Refusal::RateLimit),
        Some(503) if error.retry_after.is_some() => Some(Refusal::RateLimit),
        Some(403) => Some(Refusal::Forbidden),
        _ => None,
    }
}
