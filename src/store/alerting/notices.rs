//! What the operator was told of, and what there is to tell.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use crate::model::SourceState;
use crate::store::alerting::AlertTx;
use crate::store::sources::state;
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

const SOURCE_EVENTS: &str = "source_events";

/// How a source does otherwise than when the operator was last told of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceChange {
    pub source: String,
    pub from: SourceState,
    pub to: SourceState,
    /// Of the last change.
    pub reason: String,
    pub advice: String,
}

/// How sources are heard, and what was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourcesHeard {
    /// Configured and switched on.
    pub all: u32,
    /// Answered and brought what they should.
    pub heard: u32,
    /// Answer, and bring nothing for longer than their habit.
    pub quiet: u32,
    /// Everything else: failing, blocked, gone, hijacked, not polled yet.
    pub lost: u32,
    /// Failing, blocked or gone: of these many at once are rather our own trouble.
    pub failing: u32,
}

impl Store {
    /// How sources are heard now.
    pub async fn sources_heard(&self) -> Result<SourcesHeard, StoreError> {
        let row = sqlx::query(
            "SELECT count(*) AS \"all\", count(*) FILTER (WHERE health IN ('ok', 'moved')) AS heard, count(*) FILTER (WHERE health = 'quiet') AS quiet,
                    count(*) FILTER (WHERE health NOT IN ('ok', 'moved', 'quiet')) AS lost,
                    count(*) FILTER (WHERE health IN ('failing', 'blocked', 'gone') OR failures >= 3) AS failing
             FROM source_states WHERE configured AND enabled",
        )
        .fetch_one(self.pool())
        .await?;
        let number = |name: &str| row.try_get::<i64, _>(name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        Ok(SourcesHeard { all: number("all")?, heard: number("heard")?, quiet: number("quiet")?, lost: number("lost")?, failing: number("failing")? })
    }

    /// Stories kept and alerts written since a moment.
    pub async fn done_since(&self, moment: Timestamp) -> Result<(u64, u64), StoreError> {
        let row =
            sqlx::query("SELECT (SELECT count(*) FROM stories WHERE id >= $1) AS stories, (SELECT count(*) FROM alert_log WHERE at >= $2) AS alerts")
                .bind(crate::store::partitions::first_id_of(moment))
                .bind(Instant(moment))
                .fetch_one(self.pool())
                .await?;
        let number = |name: &str| row.try_get::<i64, _>(name).map(|number| u64::try_from(number).unwrap_or_default());
        Ok((number("stories")?, number("alerts")?))
    }

    /// Whether the database takes writes: a small one is made.
    pub async fn probe_writes(&self) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO operator_states (kind) VALUES ('probe') ON CONFLICT (kind) DO UPDATE SET since = now()")
            .execute(self.pool())
            .await?;
        Ok(())
    }
}

impl AlertTx {
    /// The changes of sources since the last time, the net one of each, once `collect` is over since then. They count as told with this transaction.
    pub async fn source_changes(&mut self, collect: Duration) -> Result<Vec<SourceChange>, StoreError> {
        // From the first start on: what happened before is no news.
        sqlx::query(
            "INSERT INTO operator_states (kind, cursor) VALUES ($1, (SELECT coalesce(max(id), 0) FROM source_events)) ON CONFLICT (kind) DO NOTHING",
        )
        .bind(SOURCE_EVENTS)
        .execute(&mut *self.tx)
        .await?;
        let row =
            sqlx::query("SELECT cursor FROM operator_states WHERE kind = $1 AND since <= now() - make_interval(secs => $2) FOR UPDATE SKIP LOCKED")
                .bind(SOURCE_EVENTS)
                .bind(collect.as_secs_f64())
                .fetch_optional(&mut *self.tx)
                .await?;
        let Some(row) = row else { return Ok(Vec::new()) };
        let cursor: i64 = row.try_get("cursor")?;
        let rows = sqlx::query(
            "SELECT e.source_id, (array_agg(e.from_state ORDER BY e.id))[1] AS from_state, (array_agg(e.to_state ORDER BY e.id DESC))[1] AS to_state,
                    (array_agg(e.reason ORDER BY e.id DESC))[1] AS reason, (array_agg(e.advice ORDER BY e.id DESC))[1] AS advice, max(e.id) AS last
             FROM source_events e JOIN source_states s USING (source_id)
             WHERE e.id > $1 AND s.configured AND s.enabled GROUP BY e.source_id ORDER BY e.source_id",
        )
        .bind(cursor)
        .fetch_all(&mut *self.tx)
        .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        sqlx::query("UPDATE operator_states SET cursor = greatest(cursor, $2), since = now() WHERE kind = $1")
            .bind(SOURCE_EVENTS)
            .bind(rows.iter().filter_map(|row| row.try_get::<i64, _>("last").ok()).max().unwrap_or(cursor))
            .execute(&mut *self.tx)
            .await?;
        let mut changes = Vec::new();
        for row in &rows {
            let (from, to) = (state(row.try_get("from_state")?)?, state(row.try_get("to_state")?)?);
            if from != to {
                changes.push(SourceChange {
                    source: row.try_get("source_id")?,
                    from,
                    to,
                    reason: row.try_get("reason")?,
                    advice: row.try_get("advice")?,
                });
            }
        }
        Ok(changes)
    }

    /// Notes trouble that began; `false` when it lasts already. Its moment otherwise.
    pub async fn trouble_begins(&mut self, kind: &str, detail: &str) -> Result<Option<Timestamp>, StoreError> {
        let since: Option<Instant> =
            sqlx::query_scalar("INSERT INTO operator_states (kind, detail) VALUES ($1, $2) ON CONFLICT (kind) DO NOTHING RETURNING since")
                .bind(kind)
                .bind(detail)
                .fetch_optional(&mut *self.tx)
                .await?;
        Ok(since.map(|at| at.0))
    }

    /// Notes that trouble ended; since when it had lasted, `None` when there was none.
    pub async fn trouble_ends(&mut self, kind: &str) -> Result<Option<Timestamp>, StoreError> {
        let since: Option<Instant> =
            sqlx::query_scalar("DELETE FROM operator_states WHERE kind = $1 RETURNING since").bind(kind).fetch_optional(&mut *self.tx).await?;
        Ok(since.map(|at| at.0))
    }
}
