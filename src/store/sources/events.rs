//! Changes of a source's state: kept to be shown, and read in order by whoever tells them on.

use jiff::Timestamp;
use sqlx::{Postgres, Row, Transaction};

use crate::model::{SourceId, SourceState, Standing};
use crate::store::sources::state;
use crate::store::value::{self, Instant};
use crate::store::{Store, StoreError};

/// A change of a source's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Rises with time: whoever tells changes on remembers the last one.
    pub id: i64,
    pub source_id: String,
    pub at: Timestamp,
    pub from: SourceState,
    pub to: SourceState,
    pub reason: String,
    pub evidence: Vec<String>,
    pub advice: String,
}

impl Store {
    /// The last changes of a source, newest first.
    pub async fn source_events(&self, source: &SourceId, limit: i64) -> Result<Vec<EventRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, source_id, at, from_state, to_state, reason, evidence, advice FROM source_events WHERE source_id = $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(source.as_str())
        .bind(limit)
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(event).collect()
    }

    /// The changes of all sources after the one with this id, oldest first.
    pub async fn source_events_after(&self, id: i64, limit: i64) -> Result<Vec<EventRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, source_id, at, from_state, to_state, reason, evidence, advice FROM source_events WHERE id > $1 ORDER BY id LIMIT $2",
        )
        .bind(id)
        .bind(limit)
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(event).collect()
    }
}

fn event(row: &sqlx::postgres::PgRow) -> Result<EventRow, StoreError> {
    Ok(EventRow {
        id: row.try_get("id")?,
        source_id: row.try_get("source_id")?,
        at: row.try_get::<Instant, _>("at")?.0,
        from: state(row.try_get("from_state")?)?,
        to: state(row.try_get("to_state")?)?,
        reason: row.try_get("reason")?,
        evidence: row.try_get("evidence")?,
        advice: row.try_get("advice")?,
    })
}

pub(super) async fn insert(
    tx: &mut Transaction<'_, Postgres>,
    source: &SourceId,
    former: SourceState,
    standing: &Standing,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO source_events (source_id, from_state, to_state, reason, evidence, advice) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(source.as_str())
        .bind(former.as_str())
        .bind(standing.state.as_str())
        .bind(value::clean(&standing.reason))
        .bind(value::clean_all(&standing.evidence))
        .bind(standing.advice)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
