//! What happened to each source: when it is due, who polls it, what came of it, how it stands.

mod claim;
mod domains;
mod events;
mod finish;

pub use events::EventRow;
pub use finish::{DomainNews, Finished, Judge, PollResult, StoredValidators};

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::model::{Burst, Hints, Source, SourceFacts, SourceId, SourceState};
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// A source leased to a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedSource {
    pub source: SourceId,
    /// Whoever reports the poll must name it; a later claim makes it stale.
    pub generation: i64,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub body_hash: Option<Vec<u8>>,
    /// The pace found so far.
    pub interval: Duration,
    pub facts: SourceFacts,
    /// What the document was when it was last taken for the publisher's.
    pub feed_title: Option<String>,
    pub feed_language: Option<String>,
    /// New items a day.
    pub items_per_day: Option<f64>,
    pub burst: Option<Burst>,
    /// What its document asked for when it was last read.
    pub hints: Hints,
    /// Refusals of its domain since the last answer.
    pub domain_refusals: u32,
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
                 domain = n.domain, enabled = n.enabled, configured = true, removed_at = NULL,
                 added_at = CASE WHEN s.configured THEN s.added_at ELSE now() END,
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
                 removed_at = NULL, added_at = CASE WHEN s.configured THEN s.added_at ELSE now() END,
                 next_due_at = now(), claimed_until = NULL, claim_generation = claim_generation + 1,
                 etag = NULL, last_modified = NULL, body_hash = NULL, failures = 0, health = 'new', failing_since = NULL,
                 last_fetch_at = NULL, last_success_at = NULL, last_item_at = NULL, last_outcome = NULL, last_status = NULL,
                 last_error = NULL, wall = NULL, moved_to = NULL, moved_since = NULL, moved_elsewhere = false,
                 feed_title = NULL, feed_language = NULL, suspicion = NULL, suspicious_since = NULL, arrivals = '{}', items_per_day = NULL,
                 asked_seconds = NULL, skip_hours = 0, skip_days = 0
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
        domains::keep_those_of_sources(&mut tx).await?;
        sqlx::query("UPDATE source_states SET configured = false, removed_at = now() WHERE configured AND source_id <> ALL ($1::text[])")
            .bind(&ids)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Spreads what fell due while nobody polled over a while: at a start, a day's polls must not go out in one minute.
    pub async fn spread_overdue(&self, over: Duration) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE source_states SET next_due_at = now() + random() * make_interval(secs => least($1, interval_seconds / 2.0))
             WHERE configured AND enabled AND next_due_at < now()",
        )
        .bind(over.as_secs_f64())
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected())
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

    /// Gives a source back unpolled, to be asked after a while. `false` when the lease had passed to another.
    pub async fn postpone_source(&self, claimed: &ClaimedSource, wait: Duration) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE source_states SET claimed_until = NULL, next_due_at = now() + make_interval(secs => $3)
             WHERE source_id = $1 AND claim_generation = $2",
        )
        .bind(claimed.source.as_str())
        .bind(claimed.generation)
        .bind(wait.as_secs_f64())
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Watches a source closely from now on for so long, or ends that (`None`). When it ends; `None` when the source is not configured.
    pub async fn set_burst(&self, source: &SourceId, burst: Option<(Duration, Duration)>) -> Result<Option<Timestamp>, StoreError> {
        let until: Option<Instant> = sqlx::query_scalar(
            "UPDATE source_states SET
                 burst_seconds = $2,
                 burst_until = now() + make_interval(secs => $3),
                 next_due_at = CASE WHEN $2::int IS NULL THEN next_due_at ELSE least(next_due_at, now()) END
             WHERE source_id = $1 AND configured AND enabled RETURNING coalesce(burst_until, now())",
        )
        .bind(source.as_str())
        .bind(burst.map(|(every, _)| seconds(every)))
        .bind(burst.map(|(_, length)| length.as_secs_f64()))
        .fetch_optional(self.pool())
        .await?;
        Ok(until.map(|until| until.0))
    }

    /// Takes whoever answers now for the publisher: what was held back is read at the next poll, which is due. `false` when it is not
    /// configured.
    pub async fn accept_publisher(&self, source: &SourceId) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE source_states SET feed_title = NULL, feed_language = NULL, suspicion = NULL, suspicious_since = NULL, next_due_at = now()
             WHERE source_id = $1 AND configured AND enabled",
        )
        .bind(source.as_str())
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() > 0)
    }
}

/// The columns that [`facts`] reads, of `source_states s` and, on the left, `source_domains d`.
pub(in crate::store) const FACTS: &str =
    "s.health, s.last_fetch_at, s.last_success_at, s.last_item_at, s.failing_since, s.failures, s.last_outcome, s.last_status,
    s.last_error, s.wall, s.moved_to, s.moved_since, s.moved_elsewhere, s.suspicion, s.suspicious_since, s.arrivals, d.held_until";

pub(in crate::store) fn facts(row: &PgRow) -> Result<SourceFacts, StoreError> {
    let at = |column: &str| row.try_get::<Option<Instant>, _>(column).map(|at| at.map(|at| at.0));
    Ok(SourceFacts {
        last_fetch_at: at("last_fetch_at")?,
        last_success_at: at("last_success_at")?,
        last_item_at: at("last_item_at")?,
        failing_since: at("failing_since")?,
        failures: row.try_get("failures")?,
        last_outcome: row.try_get("last_outcome")?,
        last_status: row.try_get::<Option<i16>, _>("last_status")?.and_then(|status| u16::try_from(status).ok()),
        last_error: row.try_get("last_error")?,
        wall: row.try_get("wall")?,
        moved_to: row.try_get("moved_to")?,
        moved_since: at("moved_since")?,
        moved_elsewhere: row.try_get("moved_elsewhere")?,
        suspicion: row.try_get("suspicion")?,
        suspicious_since: at("suspicious_since")?,
        arrivals: row.try_get("arrivals")?,
        held_until: at("held_until")?,
    })
}

pub(in crate::store) fn burst(row: &PgRow) -> Result<Option<Burst>, StoreError> {
    let every = row.try_get::<Option<i32>, _>("burst_seconds")?.map(whole_seconds);
    let until = row.try_get::<Option<Instant>, _>("burst_until")?;
    Ok(every.zip(until).map(|(every, until)| Burst { every, until: until.0 }))
}

fn hints(row: &PgRow) -> Result<Hints, StoreError> {
    Ok(Hints {
        interval: row.try_get::<Option<i32>, _>("asked_seconds")?.map(whole_seconds),
        skip_hours: row.try_get::<i32, _>("skip_hours")?.cast_unsigned(),
        skip_days: u8::try_from(row.try_get::<i16, _>("skip_days")?).unwrap_or_default(),
    })
}

pub(in crate::store) fn state(name: &str) -> Result<SourceState, StoreError> {
    SourceState::parse(name).ok_or_else(|| StoreError::unreadable(format!("a source with the state {name:?}")))
}

fn whole_seconds(seconds: i32) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX).max(1)
}
