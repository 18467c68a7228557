//! Stored stories as watchlists look at them, for trying lists on the archive.

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use crate::model::{ClusterId, StoryId};
use crate::store::partitions::first_id_of;
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// A stored story with the labels that lists ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchivedStory {
    pub id: StoryId,
    pub first_seen_at: Timestamp,
    pub cluster: ClusterId,
    pub source_id: String,
    pub source_name: String,
    pub url: Option<String>,
    pub title: String,
    pub body: String,
    pub authors: Vec<String>,
    pub tags: Vec<String>,
    pub language: String,
    /// Countries that it is about, with their scores.
    pub countries: Vec<(String, f32)>,
    pub topics: Vec<String>,
}

/// Stories in a piece of the archive: enough to keep a core busy, few enough to hold.
pub const ARCHIVE_PIECE: i64 = 500;

impl Store {
    /// The next piece of the archive, newest first: originals first seen since a moment and before a story.
    pub async fn archive(&self, since: Timestamp, before: Option<StoryId>) -> Result<Vec<ArchivedStory>, StoreError> {
        let rows = sqlx::query(AssertSqlSafe(format!(
            "{ARCHIVED} WHERE s.id >= $1 AND ($2::uuid IS NULL OR s.id < $2) AND s.duplicate_of IS NULL ORDER BY s.id DESC LIMIT $3"
        )))
        .bind(first_id_of(since))
        .bind(before.map(|id| id.0))
        .bind(ARCHIVE_PIECE)
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(archived).collect()
    }

    pub(super) async fn archived(&self, ids: &[Uuid]) -> Result<Vec<ArchivedStory>, StoreError> {
        let rows =
            sqlx::query(AssertSqlSafe(format!("{ARCHIVED} WHERE s.id = ANY ($1) ORDER BY s.id DESC"))).bind(ids).fetch_all(self.pool()).await?;
        rows.iter().map(archived).collect()
    }
}

const ARCHIVED: &str =
    "SELECT s.id, s.first_seen_at, s.cluster_id, s.source_id, s.source_name, s.url, s.title, s.body, s.authors, s.tags, s.language,
        coalesce(l.countries, '{}') AS countries, coalesce(l.scores, '{}') AS scores, coalesce(l.topics, '{}') AS topics
     FROM stories s LEFT JOIN LATERAL (
        SELECT array_agg(value) FILTER (WHERE kind = 'country' AND role = 'about') AS countries,
            array_agg(score) FILTER (WHERE kind = 'country' AND role = 'about') AS scores,
            array_agg(value) FILTER (WHERE kind = 'topic') AS topics
        FROM story_labels WHERE story_id = s.id) l ON true";

fn archived(row: &PgRow) -> Result<ArchivedStory, StoreError> {
    let countries: Vec<String> = row.try_get("countries")?;
    let scores: Vec<f32> = row.try_get("scores")?;
    Ok(ArchivedStory {
        id: StoryId(row.try_get::<Uuid, _>("id")?),
        first_seen_at: row.try_get::<Instant, _>("first_seen_at")?.0,
        cluster: ClusterId(row.try_get("cluster_id")?),
        source_id: row.try_get("source_id")?,
        source_name: row.try_get("source_name")?,
        url: row.try_get("url")?,
        title: row.try_get("title")?,
        body: row.try_get("body")?,
        authors: row.try_get("authors")?,
        tags: row.try_get("tags")?,
        language: row.try_get("language")?,
        countries: countries.into_iter().zip(scores).collect(),
        topics: row.try_get("topics")?,
    })
}
