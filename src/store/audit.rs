//! Who did what, and when.

use jiff::Timestamp;
use sqlx::Row;

use crate::store::value::{Instant, shorten};
use crate::store::{Store, StoreError};

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    pub id: i64,
    pub at: Timestamp,
    pub who: String,
    /// `account.add`, `incident.confirm`.
    pub action: String,
    pub target: String,
    pub detail: String,
}

impl Store {
    /// Writes a line. No password, no term and no name of a watched person belongs into it.
    pub async fn audit(&self, who: &str, action: &str, target: &str, detail: &str) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO audit_log (who, action, target, detail) VALUES ($1, $2, $3, $4)")
            .bind(shorten(who, 100))
            .bind(shorten(action, 100))
            .bind(shorten(target, 300))
            .bind(shorten(detail, 1000))
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// The newest lines, at most `limit`; with `before`, those that follow it.
    pub async fn audit_log(&self, before: Option<i64>, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
        let rows =
            sqlx::query("SELECT id, at, who, action, target, detail FROM audit_log WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2")
                .bind(before)
                .bind(limit)
                .fetch_all(self.pool())
                .await?;
        rows.iter()
            .map(|row| {
                Ok(AuditRow {
                    id: row.try_get("id")?,
                    at: row.try_get::<Instant, _>("at")?.0,
                    who: row.try_get("who")?,
                    action: row.try_get("action")?,
                    target: row.try_get("target")?,
                    detail: row.try_get("detail")?,
                })
            })
            .collect()
    }
}
