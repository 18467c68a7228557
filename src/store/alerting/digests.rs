//! Digests: what waits, and the one transaction that makes one of it.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{Executor, Postgres, Row};
use uuid::Uuid;

use crate::model::{ClusterId, DigestEntry, DigestReason, WatchlistId};
use crate::store::alerting::AlertTx;
use crate::store::json::content;
use crate::store::value::{self, Instant};
use crate::store::{Store, StoreError};

/// How far a list's digests are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListDigests {
    /// The last period that was closed.
    pub last_due: Option<Timestamp>,
    /// Whether an event waits.
    pub waiting: bool,
}

/// An event that waits for a digest.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingEntry {
    pub entry: DigestEntry,
    pub added_at: Timestamp,
}

const ENTRIES: &str = "SELECT d.cluster_id, d.added_at, d.score, d.reason, d.story,
        (SELECT count(DISTINCT s.publisher_group) FROM stories s WHERE s.cluster_id = d.cluster_id AND s.duplicate_of IS NULL) AS publishers,
        (SELECT count(*) FROM stories s WHERE s.cluster_id = d.cluster_id) AS reports
 FROM digest_entries d WHERE ";

impl Store {
    /// How far every list's digests are, by the list's id.
    pub async fn digests(&self) -> Result<HashMap<String, ListDigests>, StoreError> {
        let rows = sqlx::query(
            "SELECT watchlist_id, max(due_at) AS last_due, bool_or(waits) AS waits FROM (
                 SELECT watchlist_id, due_at, false AS waits FROM digests
                 UNION ALL SELECT DISTINCT watchlist_id, NULL::timestamptz, true FROM digest_entries WHERE NOT taken
             ) both_of_them GROUP BY 1",
        )
        .fetch_all(self.pool())
        .await?;
        let mut lists = HashMap::new();
        for row in &rows {
            let last_due: Option<Instant> = row.try_get("last_due")?;
            lists.insert(row.try_get("watchlist_id")?, ListDigests { last_due: last_due.map(|at| at.0), waiting: row.try_get("waits")? });
        }
        Ok(lists)
    }

    /// What waits for the next digest of a list.
    pub async fn waiting_entries(&self, list: &WatchlistId) -> Result<Vec<WaitingEntry>, StoreError> {
        waiting(self.pool(), &format!("{ENTRIES} d.watchlist_id = $1 AND NOT d.taken AND $2 ORDER BY d.id"), list.as_str(), true).await
    }
}

impl AlertTx {
    /// Closes a period of a list. `None` when it was closed before, by whomever; else whether it is the list's first one.
    pub async fn close_period(&mut self, list: &str, due: Timestamp) -> Result<Option<bool>, StoreError> {
        // Two daemons that close the same period wait for each other here.
        let former: i64 = sqlx::query_scalar("SELECT count(*) FROM digests WHERE watchlist_id = $1").bind(list).fetch_one(&mut *self.tx).await?;
        let made = sqlx::query("INSERT INTO digests (watchlist_id, due_at) VALUES ($1, $2) ON CONFLICT (watchlist_id, due_at) DO NOTHING")
            .bind(list)
            .bind(Instant(due))
            .execute(&mut *self.tx)
            .await?;
        Ok((made.rows_affected() > 0).then_some(former == 0))
    }

    /// Takes what waited when the period ended.
    pub async fn take_entries(&mut self, list: &WatchlistId, due: Timestamp) -> Result<Vec<WaitingEntry>, StoreError> {
        sqlx::query(
            "UPDATE digest_entries SET taken = true, digest_id = (SELECT id FROM digests WHERE watchlist_id = $1 AND due_at = $2)
                     WHERE watchlist_id = $1 AND NOT taken AND added_at <= $2",
        )
        .bind(list.as_str())
        .bind(Instant(due))
        .execute(&mut *self.tx)
        .await?;
        let sql = format!("{ENTRIES} d.digest_id = (SELECT id FROM digests WHERE watchlist_id = $1 AND due_at = $2) AND d.taken ORDER BY d.id");
        let entries = waiting(&mut *self.tx, &sql, list.as_str(), Instant(due)).await?;
        sqlx::query("UPDATE digests SET entries = $3 WHERE watchlist_id = $1 AND due_at = $2")
            .bind(list.as_str())
            .bind(Instant(due))
            .bind(value::count(entries.len()))
            .execute(&mut *self.tx)
            .await?;
        Ok(entries)
    }
}

async fn waiting<'q, E, T>(executor: E, sql: &str, list: &'q str, second: T) -> Result<Vec<WaitingEntry>, StoreError>
where
    E: Executor<'q, Database = Postgres>,
    T: sqlx::Encode<'q, Postgres> + sqlx::Type<Postgres> + Send + 'q,
{
    // The text is one of two that stand in this file.
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).bind(list).bind(second).fetch_all(executor).await?;
    rows.iter().map(waiting_entry).collect()
}

fn waiting_entry(row: &PgRow) -> Result<WaitingEntry, StoreError> {
    let number = |name: &str| row.try_get::<i64, _>(name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let reason: &str = row.try_get("reason")?;
    let entry = DigestEntry {
        cluster: ClusterId(row.try_get::<Uuid, _>("cluster_id")?),
        story: content::story_from_json(row.try_get("story")?)?,
        // The archive may have forgotten the stories.
        publishers: number("publishers")?.max(1),
        reports: number("reports")?.max(1),
        score: row.try_get("score")?,
        reason: DigestReason::parse(reason).ok_or_else(|| StoreError::unreadable(format!("a digest entry's reason {reason:?}")))?,
    };
    Ok(WaitingEntry { entry, added_at: row.try_get::<Instant, _>("added_at")?.0 })
}
