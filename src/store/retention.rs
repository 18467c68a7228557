//! Forgetting: months of stories by dropping tables, the rest row by row.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Executor};

use crate::config::RetentionConfig;
use crate::store::partitions::{self, PARTITIONED, first_id_of};
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// Copies and events are looked for over at most seven days; a day more for clocks that differ.
const INDEX_WINDOW: Duration = Duration::from_hours(8 * 24);
/// Entries that their source stopped listing so long ago do not come back.
const ITEMS_LEAST: Duration = Duration::from_hours(90 * 24);

/// What was forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetentionReport {
    /// Names of the tables that were dropped.
    pub partitions: Vec<String>,
    pub clusters: u64,
    pub incidents: u64,
    pub addresses: u64,
    pub items: u64,
    pub sources: u64,
    pub index_rows: u64,
    pub fetches: u64,
    pub source_events: u64,
    pub alerts: u64,
}

impl Store {
    /// Drops months of stories that ended before their time, and deletes what else is older than the configuration keeps.
    ///
    /// Alerts with a delivery that waits are kept whatever their age. Safe to call at any time and from several processes.
    pub async fn apply_retention(&self, retention: &RetentionConfig) -> Result<RetentionReport, StoreError> {
        let now: Instant = sqlx::query_scalar("SELECT now()").fetch_one(self.pool()).await?;
        let before = |age: Duration| now.0.saturating_sub(age).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut report = RetentionReport { partitions: self.drop_months(before(retention.stories)).await?, ..RetentionReport::default() };

        // Tables beside the months point to stories by id: everything below the oldest month that is left is gone.
        let oldest = self.months_of("stories").await?.first().map(|(month, _)| month.first_id());
        if let Some(oldest) = oldest.filter(|_| !report.partitions.is_empty()) {
            let gone = "NOT EXISTS (SELECT FROM stories s WHERE s.id = story_id)";
            let addresses = format!("DELETE FROM story_addresses WHERE story_id < $1 AND {gone}");
            report.addresses = sqlx::query(AssertSqlSafe(addresses)).bind(oldest).execute(self.pool()).await?.rows_affected();
            let items = format!("UPDATE source_items SET story_id = NULL WHERE story_id < $1 AND {gone}");
            sqlx::query(AssertSqlSafe(items)).bind(oldest).execute(self.pool()).await?;
        }
        report.clusters =
            sqlx::query("DELETE FROM clusters c WHERE c.last_story_at < $1 AND NOT EXISTS (SELECT FROM stories s WHERE s.cluster_id = c.id)")
                .bind(Instant(before(retention.stories)))
                .execute(self.pool())
                .await?
                .rows_affected();
        // A record names people: it goes when nothing was heard of it for as long as stories are kept.
        report.incidents = sqlx::query("DELETE FROM incidents WHERE last_seen_at < $1")
            .bind(Instant(before(retention.stories)))
            .execute(self.pool())
            .await?
            .rows_affected();
        sqlx::query(
            "DELETE FROM incident_reports r WHERE r.first_seen_at < $1
             AND NOT EXISTS (SELECT FROM incident_clusters c WHERE c.cluster_id = r.cluster_id)",
        )
        .bind(Instant(before(retention.stories)))
        .execute(self.pool())
        .await?;
        report.items = sqlx::query("DELETE FROM source_items WHERE last_seen_at < $1")
            .bind(Instant(before(retention.stories.max(ITEMS_LEAST))))
            .execute(self.pool())
            .await?
            .rows_affected();
        report.sources = sqlx::query(
            "DELETE FROM source_states st WHERE NOT st.configured AND coalesce(st.last_fetch_at, st.next_due_at) < $1
             AND NOT EXISTS (SELECT FROM source_items i WHERE i.source_id = st.source_id)",
        )
        .bind(Instant(before(retention.stories.max(ITEMS_LEAST))))
        .execute(self.pool())
        .await?
        .rows_affected();
        for index in ["DELETE FROM shingle_index WHERE story_id < $1", "DELETE FROM event_index WHERE story_id < $1"] {
            let done = sqlx::query(index).bind(first_id_of(before(INDEX_WINDOW))).execute(self.pool()).await?;
            report.index_rows += done.rows_affected();
        }
        report.fetches = sqlx::query("DELETE FROM fetches WHERE started_at < $1")
            .bind(Instant(before(retention.fetches)))
            .execute(self.pool())
            .await?
            .rows_affected();
        report.source_events = sqlx::query("DELETE FROM source_events WHERE at < $1")
            .bind(Instant(before(retention.alerts)))
            .execute(self.pool())
            .await?
            .rows_affected();
        sqlx::query("DELETE FROM own_outages WHERE ended_at < $1").bind(Instant(before(retention.alerts))).execute(self.pool()).await?;
        report.alerts = sqlx::query(
            "DELETE FROM alerts a WHERE a.created_at < $1
             AND NOT EXISTS (SELECT FROM deliveries d WHERE d.alert_id = a.id AND (d.state = 'pending' OR d.ended_at >= $1))",
        )
        .bind(Instant(before(retention.alerts)))
        .execute(self.pool())
        .await?
        .rows_affected();
        for told in [
            "DELETE FROM alert_events WHERE created_at < $1 AND coalesce(told_at, created_at) < $1",
            "DELETE FROM alert_log WHERE at < $1",
            "DELETE FROM digest_entries WHERE added_at < $1 AND taken",
            "DELETE FROM bursts WHERE at < $1",
            // The last one of a list tells which periods are closed.
            "DELETE FROM digests d WHERE d.due_at < $1 AND EXISTS (SELECT FROM digests l WHERE l.watchlist_id = d.watchlist_id AND l.due_at > d.due_at)",
        ] {
            sqlx::query(told).bind(Instant(before(retention.alerts))).execute(self.pool()).await?;
        }
        Ok(report)
    }

    async fn drop_months(&self, cutoff: Timestamp) -> Result<Vec<String>, StoreError> {
        let mut dropped = Vec::new();
        for (table, _) in PARTITIONED {
            for (month, name) in self.months_of(table).await? {
                if month.next().begin() > cutoff {
                    break; // oldest first
                }
                let mut tx = self.pool().begin().await?;
                partitions::lock(&mut tx).await?;
                // The name was read from the catalog and has the form that we give.
                tx.execute(AssertSqlSafe(format!("DROP TABLE IF EXISTS {name}"))).await?;
                tx.commit().await?;
                dropped.push(name);
            }
        }
        Ok(dropped)
    }
}
