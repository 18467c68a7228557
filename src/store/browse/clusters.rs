//! The latest events: clusters with who tells of them.

use jiff::Timestamp;
use sqlx::Row;

use crate::model::{ClusterId, IncidentId, StoryId};
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// An event as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterSummary {
    pub id: ClusterId,
    /// Its first story that is still kept.
    pub story: StoryId,
    pub title: String,
    pub language: String,
    pub source_id: String,
    pub source_name: String,
    pub main_country: Option<String>,
    pub topics: Vec<String>,
    /// Copies not counted.
    pub stories: i64,
    /// Texts that were copied from one of these.
    pub copies: i64,
    /// Independent publishers: editions of one house and copies of one text count once.
    pub publishers: i64,
    pub languages: Vec<String>,
    /// Lists that any of its stories met.
    pub watchlists: Vec<String>,
    pub first_seen_at: Timestamp,
    pub last_story_at: Timestamp,
    /// What its stories report, where that is one.
    pub incident: Option<IncidentId>,
}

impl Store {
    /// The clusters that grew last, at most `limit`.
    pub async fn latest_clusters(&self, limit: i64) -> Result<Vec<ClusterSummary>, StoreError> {
        self.clusters(None, limit).await
    }

    /// Clusters by their last story, newest first, at most `limit`; with `before`, those that follow it.
    pub async fn clusters(&self, before: Option<(Timestamp, ClusterId)>, limit: i64) -> Result<Vec<ClusterSummary>, StoreError> {
        let rows = sqlx::query(
            "SELECT c.id, c.last_story_at, first.*, told.*, (SELECT incident_id FROM incident_clusters i WHERE i.cluster_id = c.id) AS incident,
                    ARRAY(SELECT value FROM story_labels l WHERE l.story_id = first.story_id AND l.kind = 'topic' ORDER BY score DESC, value) AS topics,
                    ARRAY(SELECT DISTINCT m.watchlist_id FROM matches m JOIN stories s ON s.id = m.story_id WHERE s.cluster_id = c.id ORDER BY 1) AS watchlists
             FROM (SELECT id, main_country, last_story_at FROM clusters
                   WHERE $2::timestamptz IS NULL OR (last_story_at, id) < ($2, $3) ORDER BY last_story_at DESC, id DESC LIMIT $1) c
             CROSS JOIN LATERAL (
                 SELECT s.id AS story_id, s.title, s.language, s.source_id, s.source_name, coalesce(s.main_country, c.main_country) AS country,
                        s.first_seen_at
                 FROM stories s WHERE s.cluster_id = c.id ORDER BY s.duplicate_of IS NOT NULL, s.id LIMIT 1
             ) first
             CROSS JOIN LATERAL (
                 SELECT count(*) FILTER (WHERE duplicate_of IS NULL) AS stories, count(duplicate_of) AS copies,
                        count(DISTINCT publisher_group) FILTER (WHERE duplicate_of IS NULL) AS publishers,
                        array_agg(DISTINCT language) AS languages
                 FROM stories s WHERE s.cluster_id = c.id
             ) told
             ORDER BY c.last_story_at DESC, c.id DESC",
        )
        .bind(limit)
        .bind(before.map(|(at, _)| Instant(at)))
        .bind(before.map(|(_, id)| id.0))
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(ClusterSummary {
                    id: ClusterId(row.try_get("id")?),
                    story: StoryId(row.try_get("story_id")?),
                    title: row.try_get("title")?,
                    language: row.try_get("language")?,
                    source_id: row.try_get("source_id")?,
                    source_name: row.try_get("source_name")?,
                    main_country: row.try_get("country")?,
                    topics: row.try_get("topics")?,
                    stories: row.try_get("stories")?,
                    copies: row.try_get("copies")?,
                    publishers: row.try_get("publishers")?,
                    languages: row.try_get("languages")?,
                    watchlists: row.try_get("watchlists")?,
                    first_seen_at: row.try_get::<Instant, _>("first_seen_at")?.0,
                    last_story_at: row.try_get::<Instant, _>("last_story_at")?.0,
                    incident: row.try_get::<Option<uuid::Uuid>, _>("incident")?.map(IncidentId),
                })
            })
            .collect()
    }
}
