//! Stored texts with the topics and actors that they carry, for trying other rules on them.

use jiff::Timestamp;
use sqlx::Row;

use crate::model::StoryId;
use crate::store::partitions::first_id_of;
use crate::store::{Store, StoreError};

/// A stored text and its labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabeledText {
    pub id: StoryId,
    pub title: String,
    pub body: String,
    pub language: String,
    /// Without order.
    pub topics: Vec<String>,
    /// Without order.
    pub actors: Vec<String>,
}

impl Store {
    /// Stories first seen since a moment, newest first, at most `limit`; with `before`, those that follow it in that order.
    pub async fn labeled_texts(&self, since: Timestamp, before: Option<StoryId>, limit: i64) -> Result<Vec<LabeledText>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.id, s.title, s.body, s.language,
                    ARRAY(SELECT value FROM story_labels l WHERE l.story_id = s.id AND l.kind = 'topic') AS topics,
                    ARRAY(SELECT value FROM story_labels l WHERE l.story_id = s.id AND l.kind = 'actor') AS actors
             FROM stories s WHERE s.id >= $1 AND ($2::uuid IS NULL OR s.id < $2) ORDER BY s.id DESC LIMIT $3",
        )
        .bind(first_id_of(since))
        .bind(before.map(|id| id.0))
        .bind(limit)
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(LabeledText {
                    id: StoryId(row.try_get("id")?),
                    title: row.try_get("title")?,
                    body: row.try_get("body")?,
                    language: row.try_get("language")?,
                    topics: row.try_get("topics")?,
                    actors: row.try_get("actors")?,
                })
            })
            .collect()
    }
}
