//! What watchlists found.

use jiff::Timestamp;
use sqlx::Row;

use crate::store::partitions::first_id_of;
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// Matches and alerts of one watchlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchlistCount {
    pub watchlist: String,
    pub matches: i64,
    pub last_match_at: Option<Timestamp>,
}

impl Store {
    /// Matches since the given moment, by watchlist.
    pub async fn watchlist_counts(&self, since: Timestamp) -> Result<Vec<WatchlistCount>, StoreError> {
        let rows = sqlx::query(
            "SELECT watchlist_id, count(*) AS matches, max(matched_at) AS last_match_at FROM matches WHERE story_id >= $1 GROUP BY 1 ORDER BY 1",
        )
        .bind(first_id_of(since))
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(WatchlistCount {
                    watchlist: row.try_get("watchlist_id")?,
                    matches: row.try_get("matches")?,
                    last_match_at: row.try_get::<Option<Instant>, _>("last_match_at")?.map(|at| at.0),
                })
            })
            .collect()
    }
}
