//! What happened to each source: when it is due, who polls it, what came of it.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::model::{Source, SourceId};
use crate::store::value::{self, Instant};
use crate::store::{Store, StoreError};

/// Claims are made one after another, so that two workers never take two sources of one domain.
const CLAIM_LOCK: i64 = 0x7072_6573_735f_0001;
/// What people read about one poll is bounded.
const DETAIL_LIMIT: usize = 500;
const WARNINGS_LIMIT: usize = 50;

/// A source leased to a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedSource {
    pub source: SourceId,
    /// Whoever reports the poll must name it; a later claim makes it stale.
    pub generation: i64,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub body_hash: Option<Vec<u8>>,
    /// Weighted count since the last success.
    pub failures: f32,
    /// The pace found so far.
    pub interval: Duration,
    pub last_success_at: Option<Timestamp>,
    /// Where a permanent redirect pointed at the last poll, and since when.
    pub moved_to: Option<String>,
    pub moved_since: Option<Timestamp>,
}

/// How a source does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceHealth {
    Ok,
    Failing,
    /// A wall against robots, or a login page in place of the feed.
    Blocked,
    /// A permanent redirect to another registrable domain: a person decides.
    Moved,
    /// 410: polled at the longest interval.
    Gone,
}

impl SourceHealth {
    /// Every state with its name.
    pub const ALL: [(Self, &'static str); 5] =
        [(Self::Ok, "ok"), (Self::Failing, "failing"), (Self::Blocked, "blocked"), (Self::Moved, "moved"), (Self::Gone, "gone")];

    /// The name in the database, in JSON and pages.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(health, _)| *health == self).map_or("ok", |(_, name)| name)
    }
}

/// What a server said to recognize an unchanged document by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredValidators {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub body_hash: Option<Vec<u8>>,
}

/// What one poll came to.
#[derive(Debug, Clone, PartialEq)]
pub struct PollResult {
    /// `ok`, `not_modified`, or the kind of a failure: a bounded set.
    pub outcome: String,
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
    pub health: SourceHealth,
    /// The pace to go on with.
    pub interval: Duration,
    /// From now to the next poll: the interval with jitter, or a back-off.
    pub next_in: Duration,
    /// Where a permanent redirect points now; `None` forgets one. A poll that saw no answer hands on what was claimed.
    pub moved_to: Option<String>,
    /// The newest item's moment, where items were seen.
    pub last_item_at: Option<Timestamp>,
}

impl PollResult {
    /// True when the source answered with something readable.
    pub fn succeeded(&self) -> bool {
        self.outcome == "ok" || self.outcome == "not_modified"
    }
}

impl Store {
    /// Makes the table agree with the configuration: new sources are due within their interval, changed ones start afresh, and those that
    /// the configuration no longer names are kept but not polled.
    ///
    /// `config_hash` tells whether address or kind changed.
    pub async fn sync_sources(&self, sources: &[(Source, String, Vec<u8>)]) -> Result<(), StoreError> {
        let ids: Vec<&str> = sources.iter().map(|(source, _, _)| source.id.as_str()).collect();
        let domains: Vec<&str> = sources.iter().map(|(_, domain, _)| domain.as_str()).collect();
        let hashes: Vec<&[u8]> = sources.iter().map(|(_, _, hash)| hash.as_slice()).collect();
        let enabled: Vec<bool> = sources.iter().map(|(source, _, _)| source.enabled).collect();
        let least: Vec<i32> = sources.iter().map(|(source, _, _)| seconds(source.interval_min)).collect();
        let most: Vec<i32> = sources.iter().map(|(source, _, _)| seconds(source.interval_max)).collect();
        let mut tx = self.pool().begin().await?;
        // A moment spread over two minutes: a thousand new sources must not be polled in one second, and nobody waits long for the first story.
        sqlx::query(
            "INSERT INTO source_states AS s (source_id, domain, config_hash, enabled, interval_seconds, next_due_at)
             SELECT n.id, n.domain, n.hash, n.enabled, n.least, now() + random() * make_interval(secs => least(n.least, 120))
             FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bool[], $5::int[], $6::int[]) AS n (id, domain, hash, enabled, least, most)
             ORDER BY n.id
             ON CONFLICT (source_id) DO NOTHING",
        )
        .bind(&ids)
        .bind(&domains)
        .bind(&hashes)
        .bind(&enabled)
        .bind(&least)
        .bind(&most)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE source_states s SET
                 domain = n.domain, enabled = n.enabled, configured = true,
                 interval_seconds = greatest(n.least, least(n.most, s.interval_seconds)),
                 next_due_at = least(s.next_due_at, now() + make_interval(secs => n.most))
             FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bool[], $5::int[], $6::int[]) AS n (id, domain, hash, enabled, least, most)
             WHERE s.source_id = n.id AND s.config_hash = n.hash",
        )
        .bind(&ids)
        .bind(&domains)
        .bind(&hashes)
        .bind(&enabled)
        .bind(&least)
        .bind(&most)
        .execute(&mut *tx)
        .await?;
        // Another address or kind: nothing that was learned holds. The generation rises, so that a poll of the old address is not recorded.
        sqlx::query(
            "UPDATE source_states s SET
                 domain = n.domain, enabled = n.enabled, configured = true, config_hash = n.hash, interval_seconds = n.least,
                 next_due_at = now(), claimed_until = NULL, claim_generation = claim_generation + 1,
                 etag = NULL, last_modified = NULL, body_hash = NULL, failures = 0, health = 'ok', failing_since = NULL,
                 last_error = NULL, moved_to = NULL, moved_since = NULL
             FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bool[], $5::int[]) AS n (id, domain, hash, enabled, least)
             WHERE s.source_id = n.id AND s.config_hash <> n.hash",
        )
        .bind(&ids)
        .bind(&domains)
        .bind(&hashes)
        .bind(&enabled)
        .bind(&least)
        .execute(&mut *tx)
        .await?;
        sqlx::query("UPDATE source_states SET configured = false WHERE configured AND source_id <> ALL ($1::text[])")
            .bind(&ids)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Leases due sources, longest due first: at most one of each domain, and none whose domain is being polled by anyone.
    pub async fn claim_due_sources(&self, limit: usize, lease: Duration) -> Result<Vec<ClaimedSource>, StoreError> {
        let mut tx = self.pool().begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(CLAIM_LOCK).execute(&mut *tx).await?;
        let rows = sqlx::query(
            "WITH due AS MATERIALIZED (
                 SELECT DISTINCT ON (s.domain) s.source_id, s.next_due_at
                 FROM source_states s
                 WHERE s.configured AND s.enabled AND s.next_due_at <= now()
                   AND NOT EXISTS (SELECT FROM source_states busy WHERE busy.domain = s.domain AND busy.claimed_until > now())
                 ORDER BY s.domain, s.next_due_at, s.source_id
             ), picked AS MATERIALIZED (
                 SELECT s.source_id FROM source_states s JOIN due USING (source_id)
                 WHERE s.next_due_at <= now() AND (s.claimed_until IS NULL OR s.claimed_until <= now())
                 ORDER BY due.next_due_at LIMIT $1
                 FOR UPDATE OF s SKIP LOCKED
             )
             UPDATE source_states s
             SET claimed_until = now() + make_interval(secs => $2), claim_generation = claim_generation + 1
             FROM picked WHERE s.source_id = picked.source_id
             RETURNING s.source_id, s.claim_generation, s.etag, s.last_modified, s.body_hash, s.failures, s.interval_seconds,
                       s.last_success_at, s.moved_to, s.moved_since",
        )
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(lease.as_secs_f64())
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        rows.iter().map(claimed).collect()
    }

    /// How long until a source can be claimed; zero when one can be now, `None` when there is none.
    ///
    /// A domain that is being polled counts as busy until its lease ends: ask again after each poll.
    pub async fn next_due_in(&self) -> Result<Option<Duration>, StoreError> {
        let seconds: Option<f64> = sqlx::query_scalar(
            "SELECT extract(epoch FROM min(greatest(s.next_due_at, busy.until)) - now())::float8
             FROM source_states s
             LEFT JOIN (SELECT domain, max(claimed_until) AS until FROM source_states WHERE claimed_until > now() GROUP BY domain) busy USING (domain)
             WHERE s.configured AND s.enabled",
        )
        .fetch_one(self.pool())
        .await?;
        Ok(seconds.map(value::duration))
    }

    /// Writes down a poll and what it changes, and ends the lease. `false` when the lease had passed to another: nothing is written.
    pub async fn finish_poll(&self, claimed: &ClaimedSource, result: &PollResult) -> Result<bool, StoreError> {
        let mut tx = self.pool().begin().await?;
        let detail = result.detail.as_deref().map(|text| value::shorten(text, DETAIL_LIMIT));
        let validators = result.validators.clone().unwrap_or_default();
        let state = sqlx::query(
            "UPDATE source_states SET
                 claimed_until = NULL,
                 next_due_at = now() + make_interval(secs => $3),
                 interval_seconds = $4,
                 etag = CASE WHEN $5 THEN $6 ELSE etag END,
                 last_modified = CASE WHEN $5 THEN $7 ELSE last_modified END,
                 body_hash = CASE WHEN $5 THEN $8 ELSE body_hash END,
                 failures = $9,
                 health = $10,
                 failing_since = CASE WHEN $11 THEN NULL ELSE coalesce(failing_since, now()) END,
                 last_fetch_at = now(),
                 last_success_at = CASE WHEN $11 THEN now() ELSE last_success_at END,
                 last_item_at = greatest(last_item_at, $12),
                 last_error = CASE WHEN $11 THEN NULL ELSE $13 END,
                 moved_since = CASE WHEN $14::text IS NULL THEN NULL WHEN moved_to = $14 THEN coalesce(moved_since, now()) ELSE now() END,
                 moved_to = $14
             WHERE source_id = $1 AND claim_generation = $2",
        )
        .bind(claimed.source.as_str())
        .bind(claimed.generation)
        .bind(result.next_in.as_secs_f64())
        .bind(seconds(result.interval))
        .bind(result.validators.is_some())
        .bind(validators.etag.as_deref().map(value::clean))
        .bind(validators.last_modified.as_deref().map(value::clean))
        .bind(validators.body_hash)
        .bind(result.failures)
        .bind(result.health.as_str())
        .bind(result.succeeded())
        .bind(result.last_item_at.map(Instant))
        .bind(detail.as_deref().unwrap_or(&result.outcome))
        .bind(result.moved_to.as_deref().map(value::clean))
        .execute(&mut *tx)
        .await?;
        if state.rows_affected() == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
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
        .bind(detail.as_deref())
        .bind(&warnings)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Gives a source back unpolled: it is due at once for the next claim. `false` when the lease had passed to another.
    pub async fn release_source(&self, claimed: &ClaimedSource) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE source_states SET claimed_until = NULL WHERE source_id = $1 AND claim_generation = $2")
            .bind(claimed.source.as_str())
            .bind(claimed.generation)
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Lets a source be polled now. `false` when it is not configured.
    pub async fn make_due(&self, source: &SourceId) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE source_states SET next_due_at = now() WHERE source_id = $1 AND configured AND enabled")
            .bind(source.as_str())
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Lets every source be polled now; how many they are.
    pub async fn make_all_due(&self) -> Result<u64, StoreError> {
        let done = sqlx::query("UPDATE source_states SET next_due_at = now() WHERE configured AND enabled AND next_due_at > now()")
            .execute(self.pool())
            .await?;
        Ok(done.rows_affected())
    }
}

fn claimed(row: &PgRow) -> Result<ClaimedSource, StoreError> {
    let id: &str = row.try_get("source_id")?;
    let interval: i32 = row.try_get("interval_seconds")?;
    Ok(ClaimedSource {
        source: SourceId::new(id).map_err(StoreError::unreadable)?,
        generation: row.try_get("claim_generation")?,
        etag: row.try_get("etag")?,
        last_modified: row.try_get("last_modified")?,
        body_hash: row.try_get("body_hash")?,
        failures: row.try_get("failures")?,
        interval: Duration::from_secs(u64::try_from(interval).unwrap_or_default()),
        last_success_at: row.try_get::<Option<Instant>, _>("last_success_at")?.map(|instant| instant.0),
        moved_to: row.try_get("moved_to")?,
        moved_since: row.try_get::<Option<Instant>, _>("moved_since")?.map(|instant| instant.0),
    })
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX).max(1)
}
