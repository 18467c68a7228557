//! Sources with what was heard of them, and the log of their fetches.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use crate::model::SourceId;
use crate::store::partitions::first_id_of;
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

const WEEK: Duration = Duration::from_hours(7 * 24);
/// A story with fewer bytes has a summary at most, in any script. Bytes, because the server counts them without unpacking the text.
const TEXT_BYTES: i32 = 300;

/// What the database knows of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRow {
    pub source_id: String,
    pub domain: String,
    /// False once the configuration no longer names it.
    pub configured: bool,
    /// False while the configuration switches it off.
    pub enabled: bool,
    /// `ok`, `failing`, `blocked`, `moved`, `gone`; `new` before the first fetch.
    pub health: String,
    pub failures: f32,
    pub failing_since: Option<Timestamp>,
    pub last_fetch_at: Option<Timestamp>,
    pub last_success_at: Option<Timestamp>,
    pub last_item_at: Option<Timestamp>,
    pub last_error: Option<String>,
    pub moved_to: Option<String>,
    pub next_due_at: Timestamp,
    pub interval: Duration,
    /// Stories kept in the last seven days, and how many of them carry a text.
    pub stories_week: i64,
    pub with_text_week: i64,
}

/// One fetch.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchRow {
    pub started_at: Timestamp,
    pub duration_ms: i32,
    /// `ok`, `not_modified`, or the kind of failure.
    pub outcome: String,
    pub http_status: Option<i16>,
    pub bytes: i64,
    pub items_seen: i32,
    pub items_new: i32,
    pub items_known: i32,
    pub items_skipped: i32,
    pub detail: Option<String>,
    pub warnings: Vec<String>,
}

impl Store {
    /// Every source that the database knows, in the order of their ids.
    pub async fn source_rows(&self) -> Result<Vec<SourceRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT st.*, coalesce(w.stories, 0) AS stories_week, coalesce(w.with_text, 0) AS with_text_week
             FROM source_states st LEFT JOIN (
                 SELECT source_id, count(*) AS stories, count(*) FILTER (WHERE octet_length(body) >= $2) AS with_text
                 FROM stories WHERE id >= $1 GROUP BY source_id
             ) w ON w.source_id = st.source_id ORDER BY st.source_id",
        )
        .bind(first_id_of(Timestamp::now().saturating_sub(WEEK).unwrap_or(Timestamp::UNIX_EPOCH)))
        .bind(TEXT_BYTES)
        .fetch_all(self.pool())
        .await?;
        let at = |row: &sqlx::postgres::PgRow, column: &str| row.try_get::<Option<Instant>, _>(column).map(|at| at.map(|at| at.0));
        rows.iter()
            .map(|row| {
                let last_fetch_at = at(row, "last_fetch_at")?;
                Ok(SourceRow {
                    source_id: row.try_get("source_id")?,
                    domain: row.try_get("domain")?,
                    configured: row.try_get("configured")?,
                    enabled: row.try_get("enabled")?,
                    health: if last_fetch_at.is_none() { "new".to_owned() } else { row.try_get("health")? },
                    failures: row.try_get("failures")?,
                    failing_since: at(row, "failing_since")?,
                    last_fetch_at,
                    last_success_at: at(row, "last_success_at")?,
                    last_item_at: at(row, "last_item_at")?,
                    last_error: row.try_get("last_error")?,
                    moved_to: row.try_get("moved_to")?,
                    next_due_at: row.try_get::<Instant, _>("next_due_at")?.0,
                    interval: Duration::from_secs(u64::try_from(row.try_get::<i32, _>("interval_seconds")?).unwrap_or(0)),
                    stories_week: row.try_get("stories_week")?,
                    with_text_week: row.try_get("with_text_week")?,
                })
            })
            .collect()
    }

    /// The last fetches of a source, newest first.
    pub async fn fetches(&self, source: &SourceId, limit: i64) -> Result<Vec<FetchRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT started_at, duration_ms, outcome, http_status, bytes, items_seen, items_new, items_known, items_skipped, detail, warnings
             FROM fetches WHERE source_id = $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(source.as_str())
        .bind(limit)
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(FetchRow {
                    started_at: row.try_get::<Instant, _>("started_at")?.0,
                    duration_ms: row.try_get("duration_ms")?,
                    outcome: row.try_get("outcome")?,
                    http_status: row.try_get("http_status")?,
                    bytes: row.try_get("bytes")?,
                    items_seen: row.try_get("items_seen")?,
                    items_new: row.try_get("items_new")?,
                    items_known: row.try_get("items_known")?,
                    items_skipped: row.try_get("items_skipped")?,
                    detail: row.try_get("detail")?,
                    warnings: row.try_get("warnings")?,
                })
            })
            .collect()
    }
}
