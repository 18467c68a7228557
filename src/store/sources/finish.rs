//! Writes a poll down, with the verdict on its source that follows from it.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Postgres, Row, Transaction};

use crate::model::{Hints, SourceFacts, SourceState, Standing, StateChange};
use crate::store::sources::{ClaimedSource, FACTS, events, facts, seconds, state};
use crate::store::value::{self, Instant};
use crate::store::{Store, StoreError};

/// What people read about one poll is bounded.
const DETAIL_LIMIT: usize = 500;
const WARNINGS_LIMIT: usize = 50;
const TITLE_LIMIT: usize = 200;

/// Judges a source by what is stored; the moment is the database's.
pub type Judge = fn(&SourceFacts, Timestamp) -> Standing;

/// What a server said to recognize an unchanged document by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredValidators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub body_hash: Option<Vec<u8>>,
}

/// What a poll says of the whole domain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DomainNews {
    #[default]
    None,
    /// It answered: refusals before are forgotten.
    Answered,
    /// It refused us (429, 403); `hold` is how long no source of it is polled.
    Refused { hold: Option<Duration> },
}

/// What one poll came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PollResult {
    /// `ok`, `not_modified`, `held`, or the kind of a failure: a bounded set.
    pub outcome: String,
    /// False while we are cut off ourselves: the poll is logged, and nothing is held against the source.
    pub counts: bool,
    pub http_status: Option<u16>,
    pub bytes: u64,
    pub duration: Duration,
    pub items_seen: usize,
    pub items_new: usize,
    pub items_known: usize,
    pub items_skipped: usize,
    /// For people: what failed.
    pub detail: Option<String>,
    pub warnings: Vec<String>,
    /// `None` keeps what is stored: validators advance only with what was committed.
    pub validators: Option<StoredValidators>,
    /// Zero after a success.
    pub failures: f32,
    /// The wall that was recognized.
    pub wall: Option<String>,
    /// Why the items were held back.
    pub suspicion: Option<String>,
    /// The pace to go on with.
    pub interval: Duration,
    /// From now to the next poll: the interval with jitter, or a back-off.
    pub next_in: Duration,
    /// Where a permanent redirect points now; `None` forgets one. A poll that saw no answer hands on what was claimed.
    pub moved_to: Option<String>,
    /// True when that is another registrable domain.
    pub moved_elsewhere: bool,
    /// The newest item's moment, where items were seen.
    pub last_item_at: Option<Timestamp>,
    /// The habit with what this poll adds to it; `None` keeps what is stored.
    pub arrivals: Option<Vec<i32>>,
    pub items_per_day: Option<f64>,
    /// What the document asks for; `None` keeps what is stored.
    pub hints: Option<Hints>,
    /// What the document is, when it is taken for the publisher's; `None` keeps what is stored.
    pub feed_title: Option<String>,
    pub feed_language: Option<String>,
    pub domain: DomainNews,
    /// No other source of the domain is polled sooner.
    pub domain_pause: Duration,
}

impl PollResult {
    /// True when the source answered with something readable that is taken for its own.
    pub fn succeeded(&self) -> bool {
        self.outcome == "ok" || self.outcome == "not_modified"
    }
}

/// A poll that was written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    pub standing: Standing,
    /// What was kept as an event.
    pub change: Option<StateChange>,
}

impl Store {
    /// Writes down a poll and what it changes, ends the lease, and keeps an event when the verdict on the source changes. `None` when the
    /// lease had passed to another: nothing is written.
    pub async fn finish_poll(&self, claimed: &ClaimedSource, result: &PollResult, judge: Judge) -> Result<Option<Finished>, StoreError> {
        let mut tx = self.pool().begin().await?;
        let detail = result.detail.as_deref().map(|text| value::shorten(text, DETAIL_LIMIT));
        let validators = result.validators.clone().unwrap_or_default();
        let hints = result.hints.clone().unwrap_or_default();
        let updated = sqlx::query(AssertSqlSafe(format!(
            "WITH s AS (UPDATE source_states SET
                 claimed_until = NULL,
                 next_due_at = now() + make_interval(secs => $3),
                 interval_seconds = $4,
                 etag = CASE WHEN $5 THEN $6 ELSE etag END,
                 last_modified = CASE WHEN $5 THEN $7 ELSE last_modified END,
                 body_hash = CASE WHEN $5 THEN $8 ELSE body_hash END,
                 failures = $9,
                 failing_since = CASE WHEN $10 THEN NULL WHEN $11 THEN coalesce(failing_since, now()) ELSE failing_since END,
                 last_fetch_at = now(),
                 last_success_at = CASE WHEN $10 THEN now() ELSE last_success_at END,
                 last_item_at = greatest(last_item_at, $12),
                 last_error = CASE WHEN $10 THEN NULL WHEN $11 THEN $13 ELSE last_error END,
                 last_outcome = CASE WHEN $11 THEN $14 ELSE last_outcome END,
                 last_status = CASE WHEN $11 THEN $15 ELSE last_status END,
                 wall = CASE WHEN $11 THEN $16 ELSE wall END,
                 moved_since = CASE WHEN $17::text IS NULL THEN NULL WHEN moved_to = $17 THEN coalesce(moved_since, now()) ELSE now() END,
                 moved_to = $17,
                 moved_elsewhere = $18,
                 suspicious_since = CASE WHEN $19::text IS NULL THEN NULL ELSE coalesce(suspicious_since, now()) END,
                 suspicion = $19,
                 arrivals = coalesce($20, arrivals),
                 items_per_day = coalesce($21, items_per_day),
                 feed_title = coalesce($22, feed_title),
                 feed_language = coalesce($23, feed_language),
                 asked_seconds = CASE WHEN $24 THEN $25 ELSE asked_seconds END,
                 skip_hours = CASE WHEN $24 THEN $26 ELSE skip_hours END,
                 skip_days = CASE WHEN $24 THEN $27 ELSE skip_days END,
                 burst_seconds = CASE WHEN burst_until > now() THEN burst_seconds END,
                 burst_until = CASE WHEN burst_until > now() THEN burst_until END
             WHERE source_id = $1 AND claim_generation = $2 RETURNING *)
             SELECT {FACTS}, s.domain, now() AS now FROM s LEFT JOIN source_domains d USING (domain)"
        )))
        .bind(claimed.source.as_str())
        .bind(claimed.generation)
        .bind(result.next_in.as_secs_f64())
        .bind(seconds(result.interval))
        .bind(result.validators.is_some())
        .bind(validators.etag.as_deref().map(value::clean))
        .bind(validators.last_modified.as_deref().map(value::clean))
        .bind(validators.body_hash)
        .bind(result.failures)
        .bind(result.succeeded())
        .bind(result.counts)
        .bind(result.last_item_at.map(Instant))
        .bind(detail.as_deref().unwrap_or(&result.outcome))
        .bind(value::clean(&result.outcome))
        .bind(result.http_status.and_then(|status| i16::try_from(status).ok()))
        .bind(result.wall.as_deref().map(value::clean))
        .bind(result.moved_to.as_deref().map(value::clean))
        .bind(result.moved_elsewhere)
        .bind(result.suspicion.as_deref().map(|text| value::shorten(text, DETAIL_LIMIT)))
        .bind(result.arrivals.as_deref())
        .bind(result.items_per_day)
        .bind(result.feed_title.as_deref().map(|text| value::shorten(text, TITLE_LIMIT)))
        .bind(result.feed_language.as_deref())
        .bind(result.hints.is_some())
        .bind(hints.interval.map(seconds))
        .bind(hints.skip_hours.cast_signed())
        .bind(i16::from(hints.skip_days))
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = updated else {
            tx.rollback().await?;
            return Ok(None);
        };
        let now: Instant = row.try_get("now")?;
        let mut facts = facts(&row)?;
        if let Some(held) = note_domain(&mut tx, row.try_get("domain")?, result).await? {
            facts.held_until = Some(held);
        }
        log(&mut tx, claimed, result, detail.as_deref()).await?;
        let standing = judge(&facts, now.0);
        let change = keep_verdict(&mut tx, claimed, state(row.try_get("health")?)?, &standing).await?;
        tx.commit().await?;
        Ok(Some(Finished { standing, change }))
    }
}

/// What the poll says of its domain; until when it is left alone.
async fn note_domain(tx: &mut Transaction<'_, Postgres>, domain: &str, result: &PollResult) -> Result<Option<Timestamp>, StoreError> {
    let (refused, hold) = match result.domain {
        DomainNews::Refused { hold } => (true, hold),
        DomainNews::None | DomainNews::Answered => (false, None),
    };
    // An ordinary answer changes nothing: most polls leave the row alone.
    let held: Option<Option<Instant>> = sqlx::query_scalar(
        "UPDATE source_domains SET
             refusals = CASE WHEN $2 THEN refusals + 1 WHEN $3 THEN 0 ELSE refusals END,
             held_until = greatest(held_until, now() + make_interval(secs => $4)),
             next_start_at = greatest(next_start_at, now() + make_interval(secs => $5))
         WHERE domain = $1 AND ($2 OR $4::float8 IS NOT NULL OR ($3 AND refusals > 0) OR $5 > 0.0) RETURNING held_until",
    )
    .bind(domain)
    .bind(refused)
    .bind(result.domain == DomainNews::Answered)
    .bind(hold.map(|hold| hold.as_secs_f64()))
    .bind(result.domain_pause.as_secs_f64())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(held.flatten().map(|held| held.0))
}

async fn log(tx: &mut Transaction<'_, Postgres>, claimed: &ClaimedSource, result: &PollResult, detail: Option<&str>) -> Result<(), StoreError> {
    let warnings: Vec<_> = result.warnings.iter().take(WARNINGS_LIMIT).map(|text| value::shorten(text, DETAIL_LIMIT)).collect();
    sqlx::query(
        "INSERT INTO fetches (source_id, started_at, duration_ms, outcome, http_status, bytes, items_seen, items_new, items_known,
                              items_skipped, detail, warnings)
         VALUES ($1, now() - make_interval(secs => $2 / 1000.0), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(claimed.source.as_str())
    .bind(value::milliseconds(result.duration))
    .bind(value::clean(&result.outcome))
    .bind(result.http_status.and_then(|status| i16::try_from(status).ok()))
    .bind(i64::try_from(result.bytes).unwrap_or(i64::MAX))
    .bind(value::count(result.items_seen))
    .bind(value::count(result.items_new))
    .bind(value::count(result.items_known))
    .bind(value::count(result.items_skipped))
    .bind(detail)
    .bind(&warnings)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn keep_verdict(
    tx: &mut Transaction<'_, Postgres>,
    claimed: &ClaimedSource,
    former: SourceState,
    standing: &Standing,
) -> Result<Option<StateChange>, StoreError> {
    if former == standing.state {
        return Ok(None);
    }
    sqlx::query("UPDATE source_states SET health = $2 WHERE source_id = $1")
        .bind(claimed.source.as_str())
        .bind(standing.state.as_str())
        .execute(&mut **tx)
        .await?;
    // That a new source answers is what everybody expects.
    if former == SourceState::New && matches!(standing.state, SourceState::Ok | SourceState::Quiet) {
        return Ok(None);
    }
    events::insert(tx, &claimed.source, former, standing).await?;
    Ok(Some(StateChange { from: former, to: standing.state, reason: standing.reason.clone() }))
}
