//! The one transaction of a story: text, cluster, labels, matches and alerts are committed together or not at all.
//!
//! *Invariant:* ingests are made one after another over all workers, so that two copies that arrive at one moment find each other.
//! Everything slow (fetching, reading, classifying) is done before [`Store::begin_ingest`]; inside there is only the database.

mod alerts;
mod candidates;
pub(in crate::store) mod labels;
mod story;

use sqlx::{Postgres, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use crate::model::{SourceId, StoryId};
use crate::store::{Store, StoreError};
pub(in crate::store) use alerts::insert as insert_alerts;
pub use candidates::CandidateLimits;
pub use story::{Stored, StoredStory};

/// One at a time may ingest, and none while partitions are made or dropped.
pub(in crate::store) const INGEST_LOCK: i64 = 0x7072_6573_735f_0002;

/// So many of this process hold a connection for an ingest: one is in it, one waits at its door. All others wait without a connection,
/// so that claims, pages and deliveries find one however many stories arrive at once.
pub(in crate::store) const INGEST_CONNECTIONS: usize = 2;

/// An open ingest. Dropping it without [`commit`](Self::commit) leaves no trace.
#[derive(Debug)]
pub struct IngestTx {
    pub(in crate::store) tx: Transaction<'static, Postgres>,
    /// Given back after the transaction: fields are dropped in their order.
    _place: OwnedSemaphorePermit,
}

impl Store {
    /// Opens an ingest as soon as no other is open.
    pub async fn begin_ingest(&self) -> Result<IngestTx, StoreError> {
        let place = self.ingest_place().await;
        let mut tx = self.pool().begin().await?;
        // Each later statement sees what the ingest before us committed (READ COMMITTED takes a snapshot for each statement).
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(INGEST_LOCK).execute(&mut *tx).await?;
        Ok(IngestTx { tx, _place: place })
    }
}

impl IngestTx {
    /// Remembers an entry of a source, so that it is not read again; and again when it was edited.
    pub async fn mark_item(&mut self, source: &SourceId, key: &[u8; 32], content_hash: &[u8; 32], story: Option<StoryId>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO source_items (source_id, item_key, content_hash, story_id) VALUES ($1, $2, $3, $4)
             ON CONFLICT (source_id, item_key) DO UPDATE SET
                 content_hash = excluded.content_hash,
                 story_id = coalesce(excluded.story_id, source_items.story_id),
                 last_seen_at = now()",
        )
        .bind(source.as_str())
        .bind(key.as_slice())
        .bind(content_hash.as_slice())
        .bind(story.map(|id| id.0))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Makes everything visible and durable at once.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}
