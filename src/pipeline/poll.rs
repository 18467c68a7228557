//! One poll of one source: fetch, parse, ask what is known, fetch article pages, ingest, write down how it went.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tracing::{debug, info, warn};

use crate::gather::fetch::{self, FetchError, Outcome, Politeness, Robots, Validators};
use crate::gather::{parse, schedule};
use crate::model::{Article, FullText, Hints, Parsed, RawItem, Source};
use crate::net;
use crate::pipeline::ingest::{Ingest, IngestError, Ingested, ItemKey};
use crate::pipeline::outage::Change;
use crate::pipeline::pages::{self, Further};
use crate::pipeline::way::Way;
use crate::pipeline::{Event, Events, Metrics, Outage, Rules, websub};
use crate::store::sources::{ClaimedSource, PollResult, SourceHealth, StoredValidators};
use crate::store::{Store, StoreError};
use crate::understand::extract;

/// Parsing and extracting get this long; a hostile document must not hold a worker.
const PARSE_BUDGET: Duration = Duration::from_secs(5);
/// While we are cut off ourselves, nothing is held against a source and it is probed again after this time.
const OUTAGE_PROBE: Duration = Duration::from_mins(1);
/// One conditional request in so many is made without its validators: servers lie about what has not changed.
const FULL_FETCH_ONE_IN: u32 = 100;
/// A feed entry whose content has at least so much markup carries its story; its page is not fetched under `full_text = auto`.
const CONTENT_BYTES: usize = 400;
/// Where there is only a summary, it must be longer to be taken for the story.
const SUMMARY_BYTES: usize = 1200;
/// When entries were left for the next poll, it comes this soon.
const DEFERRED_INTERVAL: Duration = Duration::from_mins(1);

/// Polls sources.
#[derive(Debug, Clone)]
pub struct Gatherer {
    ingest: Ingest,
    client: net::Client,
    politeness: Politeness,
    robots: Robots,
    rules: watch::Receiver<Arc<Rules>>,
    outage: Arc<Mutex<Outage>>,
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
        Self { ingest: Ingest { store, metrics, events }, client, politeness, robots: Robots::default(), rules, outage: Arc::default() }
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
        let started = Instant::now();
        let force_full = jitter() < 1.0 / f64::from(FULL_FETCH_ONE_IN);
        let validators = if force_full {
            Validators::default()
        } else {
            Validators { etag: claimed.etag.clone(), last_modified: claimed.last_modified.clone(), body_hash: claimed.body_hash.clone() }
        };
        let fetched = match self.way(&rules, &source) {
            Ok(way) => way.document(&source, &validators).await,
            Err(error) => Err(error),
        };
        match fetched {
            Err(error) => self.failed(claimed, &source, &error, started).await,
            Ok(fetched) => {
                self.answered();
                self.read(&rules, claimed, &source, fetched, started).await
            }
        }
    }

    fn way<'a>(&'a self, rules: &'a Rules, source: &Source) -> Result<Way<'a>, FetchError> {
        Way::to(source, rules, &self.client, &self.politeness, &self.robots)
    }

    async fn failed(&self, claimed: &ClaimedSource, source: &Source, error: &FetchError, started: Instant) -> Result<PollReport, StoreError> {
        let reason = describe(error);
        let cut_off = if error.may_be_our_outage() {
            self.unreachable(&fetch::registrable_domain(&source.url))
        } else {
            self.answered();
            false
        };
        let failures = if cut_off { claimed.failures } else { claimed.failures + error.weight() };
        let wait = if cut_off {
            schedule::with_jitter(OUTAGE_PROBE, jitter())
        } else {
            schedule::with_jitter(schedule::backoff(failures, source.interval_min, error.retry_after), jitter())
        };
        let health = match error.kind() {
            _ if cut_off => SourceHealth::Ok,
            "gone" => SourceHealth::Gone,
            "blocked" | "forbidden" | "robots" => SourceHealth::Blocked,
            _ => SourceHealth::Failing,
        };
        if !cut_off {
            info!(source.id = %source.id, kind = error.kind(), retry_seconds = wait.as_secs(), "source could not be read: {reason}");
        }
        self.ingest.events.send(Event::SourceRead { source: source.id.clone(), seen: 0, new: 0, known: 0, problem: Some(reason.clone()) });
        Metrics::count(&self.ingest.metrics.polls, error.kind(), 1);
        let result = PollResult {
            outcome: error.kind().to_owned(),
            http_status: error.http_status,
            duration: started.elapsed(),
            detail: Some(reason),
            failures,
            health,
            next_in: wait,
            interval: claimed.interval,
            moved_to: claimed.moved_to.clone(),
            ..empty_result()
        };
        self.ingest.store.finish_poll(claimed, &result).await?;
        Ok(PollReport::default())
    }

    async fn read(
        &self,
        rules: &Arc<Rules>,
        claimed: &ClaimedSource,
        source: &Arc<Source>,
        fetched: fetch::Fetched,
        started: Instant,
    ) -> Result<PollReport, StoreError> {
        let moved_to = fetched.permanent_redirect.clone();
        // Inside one registrable domain a move is housekeeping; to another one it may be a hijack, and a person decides.
        let left_domain = moved_to.as_ref().is_some_and(|to| fetch::registrable_domain(to) != fetch::registrable_domain(&source.url));
        let mut result = PollResult {
            outcome: "ok".to_owned(),
            http_status: Some(fetched.http_status),
            bytes: fetched.bytes as u64,
            validators: Some(StoredValidators {
                etag: fetched.validators.etag.clone(),
                last_modified: fetched.validators.last_modified.clone(),
                body_hash: fetched.validators.body_hash.clone(),
            }),
            health: if left_domain { SourceHealth::Moved } else { SourceHealth::Ok },
            moved_to: moved_to.map(String::from),
            ..empty_result()
        };
        let mut report = PollReport::default();
        let mut hints = Hints::default();
        match fetched.outcome {
            Outcome::NotModified => "not_modified".clone_into(&mut result.outcome),
            Outcome::Document(document) => {
                let (hub, from) = (document.hub.clone(), document.final_url.clone());
                let mut parsed = parse_within_budget(source, document).await;
                if !parsed.further.is_empty() {
                    if pages::changes_unseen(source) {
                        result.validators = None;
                    }
                    match self.way(rules, source) {
                        Ok(way) => parsed = Further { way: &way, store: &self.ingest.store, source }.read_on(parsed, &from).await?,
                        Err(error) => parsed.warnings.push(describe(&error)),
                    }
                }
                if parsed.recognized {
                    websub::note_hub(&self.ingest.store, &rules.config, source, hub.as_deref()).await?;
                    hints = parsed.hints.clone();
                    result.warnings.clone_from(&parsed.warnings);
                    self.take_items(rules, source, parsed, &mut report, &mut result).await?;
                } else {
                    "not_a_feed".clone_into(&mut result.outcome);
                    result.health = SourceHealth::Failing;
                    result.validators = None;
                    result.failures = claimed.failures + 1.0;
                    result.detail = Some(parsed.warnings.first().cloned().unwrap_or_else(|| "the document is no feed".to_owned()));
                    result.warnings = parsed.warnings;
                }
            }
        }
        result.interval = schedule::next_interval(
            Timestamp::now(),
            claimed.interval,
            source.interval_min,
            source.interval_max,
            &hints,
            report.seen,
            report.new + report.revised,
        );
        let wait = if report.deferred > 0 {
            DEFERRED_INTERVAL
        } else if result.failures > 0.0 {
            schedule::backoff(result.failures, source.interval_min, None)
        } else {
            // What the server says of the document's freshness is a lower bound, within what the operator allows.
            fetched.fresh_for.map_or(result.interval, |fresh| result.interval.max(fresh.min(source.interval_max)))
        };
        let wait = match &rules.config.websub {
            Some(websub) if result.succeeded() && self.ingest.store.weigh_hub(&source.id, report.new > 0, claimed.last_success_at).await? => {
                wait.max(websub.poll_interval.min(source.interval_max))
            }
            _ => wait,
        };
        result.next_in = schedule::with_jitter(wait, jitter());
        if report.failed > 0 || report.deferred > 0 {
            // The document must be read again although it has not changed.
            result.validators = None;
        }
        result.duration = started.elapsed();
        self.ingest.store.finish_poll(claimed, &result).await?;
        if rules.config.websub.is_some() {
            self.ingest.store.catch_up_with_hub(&source.id, started.elapsed()).await?;
        }
        Metrics::count(&self.ingest.metrics.polls, outcome_label(&result.outcome), 1);
        debug!(source.id = %source.id, seen = report.seen, new = report.new, known = report.known, "source read");
        self.ingest.events.send(Event::SourceRead {
            source: source.id.clone(),
            seen: report.seen,
            new: report.new,
            known: report.known,
            problem: result.detail.clone(),
        });
        Ok(report)
    }

    /// Ingests what is not known yet, oldest first, so that a copy finds its original.
    async fn take_items(
        &self,
        rules: &Arc<Rules>,
        source: &Arc<Source>,
        parsed: Parsed,
        report: &mut PollReport,
        result: &mut PollResult,
    ) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let keyed: Vec<(ItemKey, RawItem)> = parsed.items.into_iter().map(|item| (item_key(&item), item)).collect();
        let keys: Vec<[u8; 32]> = keyed.iter().map(|(key, _)| key.key).collect();
        let known = self.ingest.store.known_items(&source.id, &keys).await?;
        let mut touched = Vec::new();
        let mut taken = HashSet::new();
        let mut pages_left = rules.config.gather.articles_per_poll;
        result.last_item_at = keyed.iter().filter_map(|(_, item)| item.published.or(item.updated)).filter(|at| *at <= now).max();
        for (key, item) in keyed.into_iter().rev() {
            report.seen += 1;
            if known.get(&key.key).is_some_and(|known| known.content_hash == key.content_hash) || !taken.insert(key.key) {
                touched.push(key.key);
                report.known += 1;
                continue;
            }
            let wants_page = wants_page(source, &item);
            if wants_page && pages_left == 0 {
                report.deferred += 1;
                continue;
            }
            let article = if wants_page {
                pages_left -= 1;
                self.article(rules, source, &item, &mut result.warnings).await
            } else {
                None
            };
            if pages::is_wordless(&item) && article.as_ref().is_none_or(pages::is_no_article) {
                if article.is_some() || !wants_page {
                    // A page without an article will be none tomorrow.
                    self.ingest.pass_over(source, key).await?;
                    report.known += 1;
                } else {
                    report.failed += 1;
                }
                continue;
            }
            match self.ingest.ingest(rules, source, item, article, key, now).await {
                Ok(Ingested::New(_)) => report.new += 1,
                Ok(Ingested::Duplicate(_)) => {
                    report.new += 1;
                    report.duplicates += 1;
                }
                Ok(Ingested::Revised(_)) => report.revised += 1,
                Ok(Ingested::SameAddress(_)) => report.known += 1,
                Err(error) if error.is_storage() => {
                    let IngestError::Store(error) = error else { continue };
                    return Err(error);
                }
                Err(error) => {
                    warn!(source.id = %source.id, "an item could not be understood: {error}");
                    result.warnings.push(error.to_string());
                    report.failed += 1;
                }
            }
        }
        self.ingest.store.touch_items(&source.id, &touched).await?;
        (result.items_seen, result.items_new, result.items_known) = (report.seen, report.new, report.known);
        result.items_skipped = report.failed + report.deferred;
        let items = &self.ingest.metrics.items;
        let counts = [
            ("new", report.new - report.duplicates),
            ("duplicate", report.duplicates),
            ("known", report.known),
            ("revised", report.revised),
            ("failed", report.failed),
            ("deferred", report.deferred),
        ];
        for (outcome, count) in counts {
            Metrics::count(items, outcome, count as u64);
        }
        Ok(())
    }

    /// Fetches and reads an article page. A page that cannot be had is a warning: the feed's own words remain.
    async fn article(&self, rules: &Rules, source: &Source, item: &RawItem, warnings: &mut Vec<String>) -> Option<Article> {
        let url = item.url.clone()?;
        let page = match self.way(rules, source) {
            Ok(way) => way.page(&url).await,
            Err(error) => Err(error),
        };
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                debug!(source.id = %source.id, kind = error.kind(), "an article page could not be fetched");
                warnings.push(format!("{url}: {}", describe(&error)));
                return None;
            }
        };
        let reading = tokio::task::spawn_blocking(move || extract::extract_article(&page.html, &page.final_url));
        match tokio::time::timeout(PARSE_BUDGET, reading).await {
            Ok(Ok(article)) => {
                warnings.extend(article.warnings.iter().map(|warning| format!("{url}: {warning}")));
                Some(article)
            }
            Ok(Err(_)) => {
                warnings.push(format!("{url}: reading the page failed"));
                None
            }
            Err(_) => {
                warnings.push(format!("{url}: reading the page took over {} s", PARSE_BUDGET.as_secs()));
                None
            }
        }
    }

    fn answered(&self) {
        if self.lock_outage().answered() == Change::Ended {
            self.ingest.metrics.own_outage.set(0);
            info!("sources can be reached again");
        }
    }

    fn unreachable(&self, domain: &str) -> bool {
        let (change, out) = {
            let mut outage = self.lock_outage();
            (outage.unreachable(domain), outage.is_out())
        };
        if change == Change::Began {
            self.ingest.metrics.own_outage.set(1);
            warn!(
                "no source can be reached: this machine seems to have no network or no name server; failures are not counted, and sources are tried again every minute"
            );
        }
        out
    }

    fn lock_outage(&self) -> std::sync::MutexGuard<'_, Outage> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Outcomes of a fetch that was answered, as metric labels.
fn outcome_label(outcome: &str) -> &'static str {
    match outcome {
        "ok" => "ok",
        "not_modified" => "not_modified",
        _ => "not_a_feed",
    }
}

pub(super) async fn parse_within_budget(source: &Arc<Source>, document: fetch::Document) -> Parsed {
    let source = Arc::clone(source);
    let reading = tokio::task::spawn_blocking(move || {
        parse::parse_document(&source, &document.bytes, document.media_type.as_deref(), &document.final_url, Timestamp::now())
    });
    let failure = match tokio::time::timeout(PARSE_BUDGET, reading).await {
        Ok(Ok(parsed)) => return parsed,
        Ok(Err(_)) => "reading the document failed".to_owned(),
        Err(_) => format!("reading the document took over {} s", PARSE_BUDGET.as_secs()),
    };
    Parsed { warnings: vec![failure], ..Parsed::default() }
}

/// A poll of which nothing is known yet.
fn empty_result() -> PollResult {
    PollResult {
        outcome: String::new(),
        http_status: None,
        bytes: 0,
        duration: Duration::ZERO,
        items_seen: 0,
        items_new: 0,
        items_known: 0,
        items_skipped: 0,
        detail: None,
        warnings: Vec::new(),
        validators: None,
        failures: 0.0,
        health: SourceHealth::Ok,
        interval: Duration::ZERO,
        next_in: Duration::ZERO,
        moved_to: None,
        last_item_at: None,
    }
}

/// Whether the item's page is needed for its text.
fn wants_page(source: &Source, item: &RawItem) -> bool {
    if item.url.is_none() {
        return false;
    }
    let length = |markup: &Option<String>| markup.as_ref().map_or(0, String::len);
    match source.full_text {
        FullText::Never => false,
        FullText::Always => true,
        FullText::Auto => length(&item.content_html) < CONTENT_BYTES && length(&item.summary_html) < SUMMARY_BYTES,
    }
}

pub(super) fn item_key(item: &RawItem) -> ItemKey {
    let id = item.external_id.as_deref().or(item.url.as_ref().map(url::Url::as_str)).or(item.title.as_deref()).unwrap_or_default();
    let mut content = Sha256::new();
    for part in [&item.title, &item.summary_html, &item.content_html].into_iter().flatten() {
        content.update((part.len() as u64).to_le_bytes());
        content.update(part.as_bytes());
    }
    ItemKey { key: Sha256::digest(id.as_bytes()).into(), content_hash: content.finalize().into() }
}

/// An error with what caused it, for people.
pub(super) fn describe(error: &dyn std::error::Error) -> String {
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
fn jitter() -> f64 {
    getrandom::u32().map_or(0.5, |bits| f64::from(bits) / f64::from(u32::MAX))
}
