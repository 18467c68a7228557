//! A poll that was answered: what the document is, whose it is, and when it is asked for again.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tracing::{debug, warn};

use crate::gather::fetch::{Document, Fetched, Outcome};
use crate::gather::identity::{Identity, Sighting, suspicion};
use crate::gather::schedule::{self, Seen};
use crate::gather::{health, parse};
use crate::model::{Parsed, Source};
use crate::pipeline::poll::further::{self, Further};
use crate::pipeline::poll::{Gatherer, PARSE_BUDGET, Poll, PollReport};
use crate::pipeline::{Event, Metrics, websub};
use crate::store::StoreError;
use crate::store::sources::{DomainNews, PollResult, StoredValidators};
use crate::understand::language;

/// When entries were left for the next poll, it comes this soon, or after the least interval.
const DEFERRED_INTERVAL: Duration = Duration::from_mins(1);
/// A language is a sign only where it is sure, and headlines enough were read.
const LANGUAGE_CONFIDENCE: f32 = 0.8;
const HEADLINES_LEAST_BYTES: usize = 100;
const HEADLINES_MOST_BYTES: usize = 4000;

impl Gatherer {
    pub(super) async fn read(&self, poll: &Poll<'_>, fetched: Fetched) -> Result<PollReport, StoreError> {
        let now = Timestamp::now();
        let facts = &poll.claimed.facts;
        // At an address that was moved to, no further redirect means that the move stands.
        let stands = || facts.moved_to.clone().filter(|_| poll.address != poll.source.url);
        let moved_to = fetched.permanent_redirect.as_ref().map(ToString::to_string).or_else(stands);
        let moved_elsewhere = moved_to.as_deref().and_then(|to| to.parse().ok()).is_some_and(|to| poll.is_elsewhere(&to));
        let mut result = PollResult {
            outcome: "ok".to_owned(),
            counts: true,
            http_status: Some(fetched.http_status),
            bytes: fetched.bytes as u64,
            validators: Some(StoredValidators {
                etag: fetched.validators.etag.clone(),
                last_modified: fetched.validators.last_modified.clone(),
                body_hash: fetched.validators.body_hash.clone(),
            }),
            moved_to,
            moved_elsewhere,
            domain: DomainNews::Answered,
            ..PollResult::default()
        };
        let mut report = PollReport::default();
        match fetched.outcome {
            Outcome::NotModified => "not_modified".clone_into(&mut result.outcome),
            Outcome::Document(document) => {
                let left_domain = poll.is_elsewhere(&document.final_url);
                let (hub, from) = (document.hub.clone(), document.final_url.clone());
                let mut parsed = self.parse_within_budget(poll.source, document).await;
                if !parsed.further.is_empty() {
                    if further::changes_unseen(poll.source) {
                        result.validators = None;
                    }
                    parsed = Further { gatherer: self, source: poll.source, rules: poll.rules }.read_on(parsed, &from).await?;
                }
                if parsed.recognized {
                    websub::note_hub(&self.ingest.store, &poll.rules.config, poll.source, hub.as_deref()).await?;
                    self.take(poll, parsed, left_domain, now, &mut report, &mut result).await?;
                } else {
                    "not_a_feed".clone_into(&mut result.outcome);
                    result.validators = None;
                    result.failures = facts.failures + 1.0;
                    result.detail = Some(parsed.warnings.first().cloned().unwrap_or_else(|| "the document is no feed".to_owned()));
                    result.warnings = parsed.warnings;
                }
            }
        }
        plan(poll, &mut result, report, fetched.fresh_for, now, (self.chance)());
        websub::rely_on_hub(&self.ingest.store, poll.rules, poll.source, poll.claimed, report.new > 0, &mut result).await?;
        result.duration = poll.started.elapsed();
        self.finish(poll, &result).await?;
        if poll.rules.config.websub.is_some() {
            self.ingest.store.catch_up_with_hub(&poll.source.id, poll.started.elapsed()).await?;
        }
        Metrics::count(&self.ingest.metrics.polls, outcome_label(&result.outcome), 1);
        debug!(source.id = %poll.source.id, seen = report.seen, new = report.new, known = report.known, "source read");
        self.ingest.events.send(Event::SourceRead {
            source: poll.source.id.clone(),
            seen: report.seen,
            new: report.new,
            known: report.known,
            problem: result.detail.clone(),
        });
        Ok(report)
    }

    /// Takes the items, unless another publisher seems to answer.
    async fn take(
        &self,
        poll: &Poll<'_>,
        parsed: Parsed,
        left_domain: bool,
        now: Timestamp,
        report: &mut PollReport,
        result: &mut PollResult,
    ) -> Result<(), StoreError> {
        let language = language_of(&parsed);
        let claimed = poll.claimed;
        result.warnings.clone_from(&parsed.warnings);
        let sifted = self.sift(poll, parsed.items).await?;
        let usual = Identity { title: claimed.feed_title.as_deref(), language: claimed.feed_language.as_deref() };
        let seen = Sighting {
            identity: Identity { title: parsed.title.as_deref(), language: language.as_deref() },
            items: sifted.items.len(),
            known: sifted.known.len(),
            left_domain,
        };
        if let Some(reason) = suspicion(usual, seen) {
            // Nothing is marked as known and no validator advances: once a person has accepted it, or the publisher is back, all is read.
            "held".clone_into(&mut result.outcome);
            result.detail = Some(format!("items held back: {reason}"));
            result.suspicion = Some(reason);
            result.validators = None;
            report.held = sifted.items.len();
            (result.items_seen, result.items_skipped) = (report.held, report.held);
            if claimed.facts.suspicion.is_none() {
                warn!(source.id = %poll.source.id, "another publisher seems to answer: items are held back until a person has looked");
            }
            return Ok(());
        }
        (result.feed_title, result.feed_language, result.hints) = (parsed.title, language, Some(parsed.hints));
        let dates: Vec<Timestamp> = sifted.dates().collect();
        let arrived = self.take_items(poll, sifted, now, report, result).await?;
        let dated = arrived.iter().copied().max();
        result.last_item_at = dated.or_else(|| dates.iter().copied().filter(|at| *at <= now && claimed.facts.last_item_at.is_none()).max());
        result.arrivals = Some(health::remember(&claimed.facts.arrivals, arrived, now));
        let since_last = claimed.facts.last_success_at.map(|at| Duration::try_from(now.duration_since(at)).unwrap_or_default());
        result.items_per_day = schedule::publishing_rate(claimed.items_per_day, since_last, &dates, report.new, now);
        Ok(())
    }

    pub(super) async fn parse_within_budget(&self, source: &Arc<Source>, document: Document) -> Parsed {
        // The semaphore is never closed, so the permit is always there; it goes back when the thread ends, not when we stop waiting.
        let permit = Arc::clone(&self.parsing).acquire_owned().await.ok();
        let source = Arc::clone(source);
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            parse::parse_document(&source, &document.bytes, document.media_type.as_deref(), &document.final_url, Timestamp::now())
        });
        let failure = match tokio::time::timeout(PARSE_BUDGET, reading).await {
            Ok(Ok(parsed)) => return parsed,
            Ok(Err(_)) => "reading the document failed".to_owned(),
            Err(_) => format!("reading the document took over {} s", PARSE_BUDGET.as_secs()),
        };
        Parsed { warnings: vec![failure], ..Parsed::default() }
    }
}

/// When the source is asked again.
fn plan(poll: &Poll<'_>, result: &mut PollResult, report: PollReport, fresh_for: Option<Duration>, now: Timestamp, jitter: f64) {
    let (claimed, bounds) = (poll.claimed, poll.bounds());
    let seen = Seen {
        items: report.seen,
        new: report.new + report.revised,
        first: claimed.facts.last_success_at.is_none(),
        per_day: result.items_per_day.or(claimed.items_per_day),
    };
    let hints = result.hints.as_ref().unwrap_or(&claimed.hints);
    let in_burst = claimed.burst.is_some_and(|burst| burst.until > now);
    // The pace that was found stays as it is while a source is watched closely: it goes on with it afterwards.
    result.interval =
        if in_burst || report.held > 0 { claimed.interval } else { schedule::next_interval(now, claimed.interval, bounds, hints, fresh_for, seen) };
    let wait = if report.deferred > 0 {
        schedule::with_jitter(DEFERRED_INTERVAL.min(bounds.least), bounds.most, jitter)
    } else if result.failures > 0.0 {
        schedule::with_jitter(schedule::backoff(result.failures, bounds, None), Duration::MAX, jitter)
    } else {
        schedule::with_jitter(result.interval, bounds.most, jitter)
    };
    result.next_in = schedule::in_burst(wait, claimed.burst, now);
    if report.failed > 0 || report.deferred > 0 {
        // The document must be read again although it has not changed.
        result.validators = None;
    }
}

/// The language of the headlines, where it is sure.
fn language_of(parsed: &Parsed) -> Option<String> {
    let mut headlines = String::new();
    for title in parsed.items.iter().filter_map(|item| item.title.as_deref()) {
        if headlines.len() + title.len() > HEADLINES_MOST_BYTES {
            break;
        }
        headlines.push_str(title);
        headlines.push('\n');
    }
    if headlines.len() < HEADLINES_LEAST_BYTES {
        return None;
    }
    let detected = language::detect(None, &headlines);
    (detected.confidence >= LANGUAGE_CONFIDENCE).then(|| detected.language.to_string())
}

/// Outcomes of a fetch that was answered, as metric labels.
fn outcome_label(outcome: &str) -> &'static str {
    match outcome {
        "ok" => "ok",
        "not_modified" => "not_modified",
        "held" => "held",
        _ => "not_a_feed",
    }
}
