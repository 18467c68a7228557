//! One poll of one source: fetch, parse, ask what is known, fetch article pages, ingest, write down how it went.
//!
//! [`request`] asks; [`read`] goes on with an answer, [`failed`] with none; [`further`] reads what the document leads to; [`items`] takes what is
//! listed, [`article`] its pages.

mod article;
mod failed;
mod further;
mod items;
mod read;
mod request;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};
use tracing::{info, warn};
use url::Url;

use crate::gather::fetch::{self, Politeness, Robots, Validators};
use crate::gather::schedule::Bounds;
use crate::gather::{health, identity};
use crate::model::Source;
use crate::net;
use crate::pipeline::ingest::Ingest;
use crate::pipeline::outage::Change;
use crate::pipeline::{Event, Events, Metrics, Outage, Rules};
use crate::store::sources::{ClaimedSource, PollResult};
use crate::store::{Store, StoreError};

/// Parsing and extracting get this long; a hostile document must not hold a worker.
const PARSE_BUDGET: Duration = Duration::from_secs(5);
/// One conditional request in so many is made without its validators: servers lie about what has not changed.
const FULL_FETCH_ONE_IN: u32 = 100;
/// A domain that is to be left alone for longer than this gives its source back to the queue instead of holding a worker.
const WAIT_MOST: Duration = Duration::from_secs(30);

/// Polls sources.
#[derive(Debug, Clone)]
pub struct Gatherer {
    ingest: Ingest,
    client: net::Client,
    politeness: Politeness,
    robots: Robots,
    rules: watch::Receiver<Arc<Rules>>,
    outage: Arc<Mutex<Outage>>,
    chance: fn() -> f64,
    /// Documents being parsed: each may take several times its size, so there are as many as processors, whatever the number of polls.
    parsing: Arc<Semaphore>,
}

/// What one poll did; for tests and logs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PollReport {
    pub seen: usize,
    pub new: usize,
    pub known: usize,
    pub duplicates: usize,
    pub revised: usize,
    /// Could not be understood; tried again at the next poll.
    pub failed: usize,
    /// Left for the next poll: the bound on article pages was reached.
    pub deferred: usize,
    /// Held back: another publisher seems to answer.
    pub held: usize,
}

/// A poll under way.
#[derive(Debug)]
struct Poll<'a> {
    rules: &'a Arc<Rules>,
    claimed: &'a ClaimedSource,
    source: &'a Arc<Source>,
    /// Where it is asked: the configured address, or where that has moved.
    address: Url,
    started: Instant,
}

impl Poll<'_> {
    fn bounds(&self) -> Bounds {
        Bounds { least: self.source.interval_min, most: self.source.interval_max }
    }

    /// True for an address outside of the registrable domain that the configuration names.
    fn is_elsewhere(&self, url: &Url) -> bool {
        fetch::registrable_domain(url) != fetch::registrable_domain(&self.source.url)
    }
}

impl Gatherer {
    /// Joins what a poll needs.
    pub fn new(
        store: Store,
        client: net::Client,
        politeness: Politeness,
        rules: watch::Receiver<Arc<Rules>>,
        metrics: Metrics,
        events: Events,
    ) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            ingest: Ingest { store, metrics, events },
            client,
            politeness,
            robots: Robots::default(),
            rules,
            outage: Arc::default(),
            chance: random,
            parsing: Arc::new(Semaphore::new(processors.max(2))),
        }
    }

    /// Takes jitter, and the choice of full fetches, from here: numbers from 0 to 1.
    #[must_use]
    pub fn with_chance(self, chance: fn() -> f64) -> Self {
        Self { chance, ..self }
    }

    /// True while no source at all can be reached.
    pub fn is_cut_off(&self) -> bool {
        self.lock_outage().is_out()
    }

    /// Polls one claimed source. Cancel-safe: what was committed stays, the rest is read again when the lease ends.
    ///
    /// # Errors
    /// Only the database's: whatever a source does is data.
    pub async fn poll(&self, claimed: &ClaimedSource) -> Result<PollReport, StoreError> {
        let rules = Arc::clone(&self.rules.borrow());
        let Some(source) = rules.source(&claimed.source) else {
            self.ingest.store.release_source(claimed).await?;
            return Ok(PollReport::default());
        };
        let force_full = (self.chance)() < 1.0 / f64::from(FULL_FETCH_ONE_IN);
        let mut addresses = addresses(claimed, &source, Timestamp::now());
        if force_full {
            // It asks the configured address first: a redirect that was taken back is noticed.
            addresses.reverse();
        }
        let wait = addresses.first().map(|address| self.politeness.expected_wait(address)).unwrap_or_default();
        if wait > WAIT_MOST {
            self.ingest.store.postpone_source(claimed, wait).await?;
            return Ok(PollReport::default());
        }
        let mut poll = Poll { rules: &rules, claimed, source: &source, address: source.url.clone(), started: Instant::now() };
        let validators = if force_full {
            Validators::default()
        } else {
            Validators { etag: claimed.etag.clone(), last_modified: claimed.last_modified.clone(), body_hash: claimed.body_hash.clone() }
        };
        let mut tries = addresses.into_iter().peekable();
        loop {
            if let Some(address) = tries.next() {
                poll.address = address;
            }
            let fetched = if poll.address == source.url {
                self.fetch(&rules, &source, &validators).await
            } else {
                self.fetch(&rules, &Source { url: poll.address.clone(), ..Source::clone(&source) }, &validators).await
            };
            match fetched {
                // Of two addresses one may have died; but who asks us to slow down is not asked twice.
                Err(error)
                    if failed::refusal(&error).is_none() && tries.peek().is_some_and(|next| self.politeness.expected_wait(next) <= WAIT_MOST) => {}
                Err(error) => return self.failed(&poll, &error).await,
                Ok(fetched) => {
                    self.answered().await;
                    return self.read(&poll, fetched).await;
                }
            }
        }
    }

    /// Writes the poll down, and tells whoever listens how the source does when that has changed.
    async fn finish(&self, poll: &Poll<'_>, result: &PollResult) -> Result<(), StoreError> {
        let finished = self.ingest.store.finish_poll(poll.claimed, result, health::assess).await?;
        if let Some(change) = finished.and_then(|finished| finished.change) {
            info!(source.id = %poll.source.id, from = change.from.as_str(), to = change.to.as_str(), "a source does otherwise than before");
            self.ingest.events.send(Event::SourceChanged { source: poll.source.id.clone(), from: change.from, to: change.to, reason: change.reason });
        }
        Ok(())
    }

    async fn answered(&self) {
        let change = self.lock_outage().answered();
        if change == Change::Ended {
            self.ingest.metrics.own_outage.set(0);
            info!("sources can be reached again");
            if let Err(error) = self.ingest.store.network_back().await {
                warn!(kind = error.kind(), "the end of our outage could not be written down: {error}");
            }
        }
    }

    /// Notes that a source could not be reached; true while the fault is taken for ours.
    async fn unreachable(&self, domain: &str, was_well: bool) -> bool {
        let (change, out) = {
            let mut outage = self.lock_outage();
            (outage.unreachable(domain, was_well), outage.is_out())
        };
        if change == Change::Began {
            self.ingest.metrics.own_outage.set(1);
            warn!(
                "no source can be reached: this machine seems to have no network or no name server; failures are not counted, and sources are tried again every minute"
            );
            if let Err(error) = self.ingest.store.network_lost().await {
                warn!(kind = error.kind(), "our outage could not be written down: {error}");
            }
        }
        out
    }

    fn lock_outage(&self) -> std::sync::MutexGuard<'_, Outage> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the source is asked, in order: where it has moved to, then the configured address, for a move may have been a slip.
fn addresses(claimed: &ClaimedSource, source: &Source, now: Timestamp) -> Vec<Url> {
    let facts = &claimed.facts;
    let moved = facts.moved_to.as_deref().zip(facts.moved_since);
    let followed = moved
        .filter(|(_, since)| facts.suspicion.is_none() && identity::follows_move(facts.moved_elsewhere, *since, now))
        .and_then(|(to, _)| to.parse().ok());
    followed.into_iter().chain([source.url.clone()]).collect()
}

/// An error with what caused it, for people.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text.push_str(": ");
            text.push_str(&reason);
        }
        cause = error.source();
    }
    text
}

/// 0..1, for schedules: polls must not fall into step.
fn random() -> f64 {
    getrandom::u32().map_or(0.5, |bits| f64::from(bits) / f64::from(u32::MAX))
}
