//! Stories by filter, and one story with everything known of it.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

use crate::model::{ClusterId, Evidence, StoryId};
use crate::store::browse::PAGE_ROWS;
use crate::store::browse::filter::{StoryFilter, push_from};
use crate::store::value::Instant;
use crate::store::{Store, StoreError, json};

/// One row of a list of stories.
#[derive(Debug, Clone, PartialEq)]
pub struct StorySummary {
    pub id: StoryId,
    pub source_id: String,
    pub source_name: String,
    pub cluster: ClusterId,
    pub duplicate_of: Option<StoryId>,
    pub url: Option<String>,
    pub title: String,
    /// The text's first words, at most 280 characters; an ellipsis says that it goes on.
    pub excerpt: String,
    pub language: String,
    pub published_at: Option<Timestamp>,
    pub first_seen_at: Timestamp,
    pub main_country: Option<String>,
    pub topics: Vec<String>,
    pub actors: Vec<String>,
    /// Copies folded into it.
    pub copies: i64,
    /// Independent publishers in its cluster: editions of one house and copies of one text count once.
    pub publishers: i64,
    pub revision: i32,
}

/// A label as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredLabel {
    /// `country`, `topic` or `actor`.
    pub kind: String,
    pub value: String,
    /// `about` or `mentioned` for countries, else empty.
    pub role: String,
    pub score: f32,
    pub evidence: Vec<Evidence>,
}

/// A match as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMatch {
    pub watchlist: String,
    pub score: f32,
    pub evidence: Vec<Evidence>,
}

/// What a story said before.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    pub revision: i32,
    pub title: String,
    pub body: String,
    pub replaced_at: Timestamp,
}

/// Everything known of one story.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryDetail {
    pub summary: StorySummary,
    pub body: String,
    pub authors: Vec<String>,
    pub tags: Vec<String>,
    /// The picture that stands for it. Never fetched.
    pub image_url: Option<String>,
    pub section: Option<String>,
    /// When the publisher says that it was last changed.
    pub updated_at: Option<Timestamp>,
    pub language_confidence: f32,
    pub labels: Vec<StoredLabel>,
    pub matches: Vec<StoredMatch>,
    /// The other stories of its cluster, copies among them.
    pub cluster: Vec<StorySummary>,
    /// Newest first.
    pub revisions: Vec<Revision>,
}

const SUMMARY: &str =
    "SELECT s.id, s.source_id, s.source_name, s.cluster_id, s.duplicate_of, s.url, s.title, left(s.body, 281) AS excerpt, s.language,
    s.published_at, s.first_seen_at, s.main_country, s.revision,
    ARRAY(SELECT value FROM story_labels l WHERE l.story_id = s.id AND l.kind = 'topic' ORDER BY score DESC) AS topics,
    ARRAY(SELECT value FROM story_labels l WHERE l.story_id = s.id AND l.kind = 'actor' ORDER BY score DESC) AS actors
    FROM stories s WHERE s.id = ANY ($1) ORDER BY s.id DESC";

/// Cuts at a word's end what is longer than an excerpt; writing without spaces is cut where the limit falls.
fn first_words(text: &str) -> String {
    let Some((limit, _)) = text.char_indices().nth(280) else { return text.to_owned() };
    let head = &text[..limit];
    let whole = head.rfind(char::is_whitespace).filter(|end| limit - end < 60).map_or(head, |end| &head[..end]);
    format!("{} …", whole.trim_end())
}

fn summary(row: &PgRow) -> Result<StorySummary, sqlx::Error> {
    Ok(StorySummary {
        id: StoryId(row.try_get("id")?),
        source_id: row.try_get("source_id")?,
        source_name: row.try_get("source_name")?,
        cluster: ClusterId(row.try_get("cluster_id")?),
        duplicate_of: row.try_get::<Option<Uuid>, _>("duplicate_of")?.map(StoryId),
        url: row.try_get("url")?,
        title: row.try_get("title")?,
        excerpt: first_words(row.try_get("excerpt")?),
        language: row.try_get("language")?,
        published_at: row.try_get::<Option<Instant>, _>("published_at")?.map(|at| at.0),
        first_seen_at: row.try_get::<Instant, _>("first_seen_at")?.0,
        main_country: row.try_get("main_country")?,
        topics: row.try_get("topics")?,
        actors: row.try_get("actors")?,
        copies: 0,
        publishers: 0,
        revision: row.try_get("revision")?,
    })
}

impl Store {
    /// One page of stories, newest first, at most [`PAGE_ROWS`].
    pub async fn stories(&self, filter: &StoryFilter) -> Result<Vec<StorySummary>, StoreError> {
        let mut query = QueryBuilder::<Postgres>::new("SELECT s.id");
        if !push_from(&mut query, filter, filter.range()) {
            return Ok(Vec::new());
        }
        query.push(" ORDER BY s.id DESC LIMIT ").push_bind(PAGE_ROWS);
        // Planned for these values: a plan for any value takes a rare one for a common one.
        let ids: Vec<Uuid> = query.build_query_scalar().persistent(false).fetch_all(self.pool()).await?;
        self.summaries(&ids).await
    }

    /// These stories as a list shows them, newest first; those that are gone are left out.
    pub async fn stories_by_id(&self, ids: &[StoryId]) -> Result<Vec<StorySummary>, StoreError> {
        self.summaries(&ids.iter().map(|id| id.0).collect::<Vec<_>>()).await
    }

    async fn summaries(&self, ids: &[Uuid]) -> Result<Vec<StorySummary>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(SUMMARY).bind(ids).fetch_all(self.pool()).await?;
        let mut summaries = rows.iter().map(summary).collect::<Result<Vec<_>, _>>()?;
        let clusters: Vec<Uuid> = summaries.iter().map(|summary| summary.cluster.0).collect();
        // One look at the clusters of all, not two for each story.
        let told = sqlx::query(
            "SELECT cluster_id, NULL::uuid AS original, count(DISTINCT publisher_group) AS number FROM stories
             WHERE cluster_id = ANY ($1) AND duplicate_of IS NULL GROUP BY 1
             UNION ALL SELECT NULL, duplicate_of, count(*) FROM stories WHERE cluster_id = ANY ($1) AND duplicate_of = ANY ($2) GROUP BY 2",
        )
        .bind(&clusters)
        .bind(ids)
        .fetch_all(self.pool())
        .await?;
        let (mut publishers, mut copies) = (HashMap::new(), HashMap::new());
        for row in &told {
            let number: i64 = row.try_get("number")?;
            if let Some(cluster) = row.try_get::<Option<Uuid>, _>("cluster_id")? {
                publishers.insert(cluster, number);
            } else if let Some(original) = row.try_get::<Option<Uuid>, _>("original")? {
                copies.insert(original, number);
            }
        }
        for summary in &mut summaries {
            summary.publishers = publishers.get(&summary.cluster.0).copied().unwrap_or_default();
            summary.copies = copies.get(&summary.id.0).copied().unwrap_or_default();
        }
        Ok(summaries)
    }

    /// One story with its labels, matches, cluster and revisions.
    pub async fn story(&self, id: StoryId) -> Result<Option<StoryDetail>, StoreError> {
        let Some(summary) = self.summaries(&[id.0]).await?.pop() else { return Ok(None) };
        let rest = sqlx::query("SELECT body, authors, tags, language_confidence, image_url, section, updated_at FROM stories WHERE id = $1")
            .bind(id.0)
            .fetch_one(self.pool())
            .await?;
        let labels = sqlx::query("SELECT kind, value, role, score, evidence FROM story_labels WHERE story_id = $1 ORDER BY kind, score DESC, value")
            .bind(id.0)
            .fetch_all(self.pool())
            .await?;
        let matches = sqlx::query("SELECT watchlist_id, score, evidence FROM matches WHERE story_id = $1 ORDER BY watchlist_id")
            .bind(id.0)
            .fetch_all(self.pool())
            .await?;
        let revisions = sqlx::query("SELECT revision, title, body, replaced_at FROM story_revisions WHERE story_id = $1 ORDER BY revision DESC")
            .bind(id.0)
            .fetch_all(self.pool())
            .await?;
        let cluster = self.stories(&StoryFilter { cluster: Some(summary.cluster), with_copies: true, ..StoryFilter::default() }).await?;
        Ok(Some(StoryDetail {
            body: rest.try_get("body")?,
            authors: rest.try_get("authors")?,
            tags: rest.try_get("tags")?,
            image_url: rest.try_get("image_url")?,
            section: rest.try_get("section")?,
            updated_at: rest.try_get::<Option<Instant>, _>("updated_at")?.map(|at| at.0),
            language_confidence: rest.try_get("language_confidence")?,
            labels: labels
                .iter()
                .map(|row| {
                    Ok(StoredLabel {
                        kind: row.try_get("kind")?,
                        value: row.try_get("value")?,
                        role: row.try_get("role")?,
                        score: row.try_get("score")?,
                        evidence: json::evidence_from_json(&row.try_get("evidence")?)?,
                    })
                })
                .collect::<Result<_, StoreError>>()?,
            matches: matches
                .iter()
                .map(|row| {
                    Ok(StoredMatch {
                        watchlist: row.try_get("watchlist_id")?,
                        score: row.try_get("score")?,
                        evidence: json::evidence_from_json(&row.try_get("evidence")?)?,
                    })
                })
                .collect::<Result<_, StoreError>>()?,
            cluster: cluster.into_iter().filter(|other| other.id != id).collect(),
            revisions: revisions
                .iter()
                .map(|row| {
                    Ok(Revision {
                        revision: row.try_get("revision")?,
                        title: row.try_get("title")?,
                        body: row.try_get("body")?,
                        replaced_at: row.try_get::<Instant, _>("replaced_at")?.0,
                    })
                })
                .collect::<Result<_, StoreError>>()?,
            summary,
        }))
    }

    /// The story that was published at exactly this address.
    pub async fn story_by_url(&self, url: &str) -> Result<Option<StoryDetail>, StoreError> {
        let id: Option<Uuid> =
            sqlx::query_scalar("SELECT id FROM stories WHERE url = $1 ORDER BY id DESC LIMIT 1").bind(url).fetch_optional(self.pool()).await?;
        match id {
            Some(id) => self.story(StoryId(id)).await,
            None => Ok(None),
        }
    }
}
