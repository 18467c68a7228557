//! Which entries of a source are known: asked before an article page is fetched.

use std::collections::HashMap;

use sqlx::Row;

use crate::model::{SourceId, StoryId};
use crate::store::{Store, StoreError};

/// An entry that was read before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownItem {
    /// Differs from what is read now when the entry was edited.
    pub content_hash: Vec<u8>,
    /// `None` when it led to no story, or the story is past its time.
    pub story: Option<StoryId>,
}

impl Store {
    /// Tells which of these entries are known.
    pub async fn known_items(&self, source: &SourceId, keys: &[[u8; 32]]) -> Result<HashMap<[u8; 32], KnownItem>, StoreError> {
        let keys: Vec<&[u8]> = keys.iter().map(<[u8; 32]>::as_slice).collect();
        let rows = sqlx::query("SELECT item_key, content_hash, story_id FROM source_items WHERE source_id = $1 AND item_key = ANY ($2)")
            .bind(source.as_str())
            .bind(&keys)
            .fetch_all(self.pool())
            .await?;
        rows.iter()
            .map(|row| {
                let key = <[u8; 32]>::try_from(row.try_get::<&[u8], _>("item_key")?).map_err(|_| StoreError::unreadable("an item's key"))?;
                let story = row.try_get::<Option<uuid::Uuid>, _>("story_id")?.map(StoryId);
                Ok((key, KnownItem { content_hash: row.try_get("content_hash")?, story }))
            })
            .collect()
    }

    /// Notes that these entries are still listed by their source: what is not seen for long is forgotten.
    pub async fn touch_items(&self, source: &SourceId, keys: &[[u8; 32]]) -> Result<(), StoreError> {
        let keys: Vec<&[u8]> = keys.iter().map(<[u8; 32]>::as_slice).collect();
        // Once a day is enough: an unchanged feed must not rewrite its rows at each poll.
        sqlx::query(
            "UPDATE source_items SET last_seen_at = now()
             WHERE source_id = $1 AND item_key = ANY ($2) AND last_seen_at < now() - interval '1 day'",
        )
        .bind(source.as_str())
        .bind(&keys)
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
