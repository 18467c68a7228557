//! Claims due sources and polls them, a bounded number at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, info_span, warn};

use crate::daemon::watchdog::Pulse;
use crate::pipeline::Gatherer;
use crate::store::Store;
use crate::store::sources::ClaimedSource;

/// A poll with its article pages takes at most this long; afterwards another daemon may take the source.
const LEASE: Duration = Duration::from_mins(15);
/// A source whose poll failed is released so often, until the database takes it.
const RELEASE_TRIES: u32 = 60;
const RELEASE_PAUSE: Duration = Duration::from_secs(2);
/// A poll is cut off before its lease ends.
const POLL_BUDGET: Duration = Duration::from_mins(14);
/// Without anything due, look again after this time at the latest: the configuration or the clock may have changed.
const IDLE: Duration = Duration::from_secs(15);
/// A look costs the same for one source as for many: those that fall due or become free within this time are claimed together.
const GATHER: Duration = Duration::from_millis(50);
/// Look again after this time at the latest, while there is something to do.
const PAUSE: Duration = Duration::from_millis(200);
/// After the database failed.
const DATABASE_RETRY: Duration = Duration::from_secs(5);
/// While we are cut off, only so many sources are tried at once.
const PROBES: usize = 3;

/// What the scheduler works with.
#[derive(Debug)]
pub struct Scheduler {
    pub store: Store,
    pub gatherer: Gatherer,
    /// Polls in flight.
    pub concurrency: usize,
    pub pulse: Pulse,
    /// Told when sources may have become due: after a reload, after a poll.
    pub wake: Arc<Notify>,
    pub tracker: TaskTracker,
    pub stop: CancellationToken,
}

/// Runs until the token is cancelled; polls in flight are then dropped and their sources released.
pub async fn run(scheduler: Scheduler) {
    let slots = Arc::new(Semaphore::new(scheduler.concurrency));
    loop {
        scheduler.pulse.beat();
        let pause = tokio::select! {
            () = scheduler.stop.cancelled() => return,
            pause = scheduler.round(&slots) => pause,
        };
        tokio::select! {
            () = scheduler.stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            () = async {
                tokio::time::sleep(GATHER).await;
                scheduler.wake.notified().await;
            } => {}
        }
    }
}

impl Scheduler {
    /// Claims what is due and starts it; gives the time until the next look.
    async fn round(&self, slots: &Arc<Semaphore>) -> Duration {
        let free = slots.available_permits();
        if free == 0 {
            return PAUSE;
        }
        let limit = if self.gatherer.is_cut_off() { PROBES.min(free) } else { free };
        let claimed = match self.store.claim_due_sources(limit, LEASE).await {
            Ok(claimed) => claimed,
            Err(error) => {
                warn!(kind = error.kind(), "due sources could not be claimed; trying again: {error}");
                return DATABASE_RETRY;
            }
        };
        let none = claimed.is_empty();
        for source in claimed {
            let Ok(slot) = Arc::clone(slots).try_acquire_owned() else { break };
            let (store, gatherer, stop) = (self.store.clone(), self.gatherer.clone(), self.stop.clone());
            let wake = Arc::clone(&self.wake);
            let span = info_span!("poll", source.id = %source.source);
            self.tracker.spawn(
                async move {
                    poll(&store, &gatherer, &source, &stop).await;
                    drop(slot);
                    // Another source of the same domain may have waited for this one.
                    wake.notify_one();
                }
                .instrument(span),
            );
        }
        if none { self.store.next_due_in().await.ok().flatten().unwrap_or(IDLE).clamp(PAUSE, IDLE) } else { PAUSE }
    }
}

async fn poll(store: &Store, gatherer: &Gatherer, source: &ClaimedSource, stop: &CancellationToken) {
    // A task of its own: a panic is one failed poll, not a dead worker.
    let mut work = {
        let (gatherer, source) = (gatherer.clone(), source.clone());
        tokio::spawn(async move { gatherer.poll(&source).await }.in_current_span())
    };
    let failure = tokio::select! {
        result = &mut work => match result {
            Ok(Ok(_)) => return,
            Ok(Err(error)) => format!("the database did not take it: {error}"),
            Err(error) => format!("the poll failed: {error}"),
        },
        () = tokio::time::sleep(POLL_BUDGET) => "the poll took too long".to_owned(),
        () = stop.cancelled() => String::new(),
    };
    work.abort();
    // Wait until it is gone: its transaction is rolled back before the source is released.
    // One that ended by itself was waited for above, and may not be again.
    if !work.is_finished() {
        let _ = work.await;
    }
    if !failure.is_empty() {
        warn!(source.id = %source.source, "{failure}");
    }
    // A database that was away is back soon, its leases end later.
    let mut released = store.release_source(source).await;
    for _ in 0..RELEASE_TRIES {
        if released.is_ok() || stop.is_cancelled() {
            break;
        }
        tokio::time::sleep(RELEASE_PAUSE).await;
        released = store.release_source(source).await;
    }
    if let Err(error) = released {
        warn!(source.id = %source.source, kind = error.kind(), "the source could not be released; its lease will end by itself");
    }
}
