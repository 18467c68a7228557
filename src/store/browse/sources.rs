//! Sources with what was heard of them, and the log of their fetches.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row};

use crate::model::{Burst, SourceFacts, SourceId, SourceState};
use crate::store::partitions::first_id_of;
use crate::store::sources::{FACTS, burst, facts, state};
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
    /// As it was judged after the last poll.
    pub state: SourceState,
    pub facts: SourceFacts,
    pub next_due_at: Timestamp,
    pub interval: Duration,
    /// New items a day, where they are known.
    pub items_per_day: Option<f64>,
    /// Watched closely; what is over is not told.
    pub burst: Option<Burst>,
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
        let now = Timestamp::now();
        let rows = sqlx::query(AssertSqlSafe(format!(
            "SELECT {FACTS}, s.source_id, s.domain, s.configured, s.enabled, s.next_due_at, s.interval_seconds, s.items_per_day, s.burst_seconds,
                    s.burst_until, coalesce(w.stories, 0) AS stories_week, coalesce(w.with_text, 0) AS with_text_week
             FROM source_states s LEFT JOIN source_domains d USING (domain) LEFT JOIN (
                 SELECT source_id, count(*) AS stories, count(*) FILTER (WHERE octet_length(body) >= $2) AS with_text
                 FROM stories WHERE id >= $1 GROUP BY source_id
             ) w ON w.source_id = s.source_id ORDER BY s.source_id"
        )))
        .bind(first_id_of(now.saturating_sub(WEEK).unwrap_or(Timestamp::UNIX_EPOCH)))
        .bind(TEXT_BYTES)
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(SourceRow {
                    source_id: row.try_get("source_id")?,
                    domain: row.try_get("domain")?,
                    configured: row.try_get("configured")?,
                    enabled: row.try_get("enabled")?,
                    state: state(row.try_get("health")?)?,
                    facts: facts(row)?,
                    next_due_at: row.try_get::<Instant, _>("next_due_at")?.0,
                    interval: Duration::from_secs(u64::try_from(row.try_get::<i32, _>("interval_seconds")?).unwrap_or(0)),
                    items_per_day: row.try_get("items_per_day")?,
                    burst: burst(row)?.filter(|burst| burst.until > now),
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
