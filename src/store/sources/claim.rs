//! Who polls which source, and when the next one can be.

use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row};

use crate::model::SourceId;
use crate::store::sources::{ClaimedSource, FACTS, burst, facts, hints, whole_seconds};
use crate::store::{Store, StoreError, value};

/// Claims are made one after another, so that two workers never exceed what a domain bears.
const CLAIM_LOCK: i64 = 0x7072_6573_735f_0001;

/// What falls due within this time is looked at with its domain; the daemon asks again sooner.
const NEAR: &str = "interval '1 minute'";

impl Store {
    /// Leases due sources: one of each domain at a time, the longest due first, and none of a domain that is busy, was just asked or
    /// is left alone.
    ///
    /// So a domain with a thousand sources takes one place like any other: it can wait for itself, and nobody waits for it.
    pub async fn claim_due_sources(&self, limit: usize, lease: Duration) -> Result<Vec<ClaimedSource>, StoreError> {
        let mut tx = self.pool().begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(CLAIM_LOCK).execute(&mut *tx).await?;
        let rows = sqlx::query(AssertSqlSafe(format!(
            "WITH busy AS MATERIALIZED (
                 SELECT domain, count(*) AS polls FROM source_states WHERE claimed_until > now() GROUP BY domain
             ), due AS MATERIALIZED (
                 SELECT source_id, domain, next_due_at,
                        row_number() OVER (PARTITION BY domain ORDER BY next_due_at, source_id) AS place
                 FROM source_states
                 WHERE configured AND enabled AND next_due_at <= now() AND (claimed_until IS NULL OR claimed_until <= now())
             ), picked AS MATERIALIZED (
                 SELECT due.source_id, due.domain
                 FROM due LEFT JOIN source_domains d USING (domain) LEFT JOIN busy USING (domain)
                 WHERE due.place = 1 AND coalesce(busy.polls, 0) < coalesce(d.concurrency, 1)
                   AND coalesce(greatest(d.next_start_at, d.held_until) <= now(), true)
                 ORDER BY due.next_due_at LIMIT $1
             ), started AS (
                 UPDATE source_domains d SET next_start_at = now() + make_interval(secs => d.spacing_ms / 1000.0)
                 FROM picked WHERE d.domain = picked.domain AND d.spacing_ms > 0
             ), leased AS (
                 UPDATE source_states s
                 SET claimed_until = now() + make_interval(secs => $2), claim_generation = claim_generation + 1
                 FROM picked WHERE s.source_id = picked.source_id
                 RETURNING s.*
             )
             SELECT {FACTS}, s.source_id, s.claim_generation, s.etag, s.last_modified, s.body_hash, s.interval_seconds, s.feed_title,
                    s.feed_language, s.items_per_day, s.burst_seconds, s.burst_until, s.asked_seconds, s.skip_hours, s.skip_days,
                    coalesce(d.refusals, 0) AS refusals
             FROM leased s LEFT JOIN source_domains d USING (domain)"
        )))
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
        // Two looks, each at an end of the index: what is near waits for its domain, of what is far the first moment is enough.
        let seconds: Option<f64> = sqlx::query_scalar(AssertSqlSafe(format!(
            "WITH busy AS MATERIALIZED (
                 SELECT domain, count(*) AS polls, min(claimed_until) AS until FROM source_states WHERE claimed_until > now() GROUP BY domain
             )
             SELECT extract(epoch FROM least(
                 (SELECT min(greatest(s.next_due_at, d.next_start_at, d.held_until, CASE WHEN busy.polls >= coalesce(d.concurrency, 1) THEN busy.until END))
                  FROM source_states s LEFT JOIN busy USING (domain) LEFT JOIN source_domains d ON d.domain = s.domain
                  WHERE s.configured AND s.enabled AND s.next_due_at <= now() + {NEAR}
                    AND (s.claimed_until IS NULL OR s.claimed_until <= now())),
                 (SELECT min(next_due_at) FROM source_states WHERE configured AND enabled AND next_due_at > now() + {NEAR})
             ) - now())::float8"
        )))
        .fetch_one(self.pool())
        .await?;
        Ok(seconds.map(value::duration))
    }
}

fn claimed(row: &PgRow) -> Result<ClaimedSource, StoreError> {
    let id: &str = row.try_get("source_id")?;
    Ok(ClaimedSource {
        source: SourceId::new(id).map_err(StoreError::unreadable)?,
        generation: row.try_get("claim_generation")?,
        etag: row.try_get("etag")?,
        last_modified: row.try_get("last_modified")?,
        body_hash: row.try_get("body_hash")?,
        interval: whole_seconds(row.try_get("interval_seconds")?),
        facts: facts(row)?,
        feed_title: row.try_get("feed_title")?,
        feed_language: row.try_get("feed_language")?,
        items_per_day: row.try_get("items_per_day")?,
        burst: burst(row)?,
        hints: hints(row)?,
        domain_refusals: u32::try_from(row.try_get::<i32, _>("refusals")?).unwrap_or_default(),
    })
}
