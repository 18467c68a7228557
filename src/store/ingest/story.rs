//! Writing a story, and writing it again when it was edited.

use sha2::{Digest, Sha256};
use sqlx::Row;
use uuid::Uuid;

use crate::model::{Classification, ClusterId, Evidence, Field, Match, Source, SourceId, StoryDraft, StoryId, Verdict};
use crate::store::ingest::{IngestTx, candidates::distinct, labels};
use crate::store::value::{self, Instant};
use crate::store::{StoreError, fulltext, json};

/// Former texts kept of a story that is edited again and again: the first, and the last of these.
const REVISIONS_KEPT: i32 = 20;

/// A story as it is stored under an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStory {
    pub id: StoryId,
    pub cluster: ClusterId,
    pub source: SourceId,
    pub title: String,
    pub text: String,
    /// How often it was edited.
    pub revision: u32,
    /// The original, when it is a copy.
    pub duplicate_of: Option<StoryId>,
}

/// A story that was just written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    pub story: StoryId,
    pub cluster: ClusterId,
}

impl IngestTx {
    /// The story with this address, of whatever month.
    pub async fn story_by_address(&mut self, url_key: &str) -> Result<Option<StoredStory>, StoreError> {
        let row = sqlx::query(
            "SELECT s.id, s.cluster_id, s.source_id, s.title, s.body, s.revision, s.duplicate_of
             FROM story_addresses a JOIN stories s ON s.id = a.story_id WHERE a.url_hash = $1",
        )
        .bind(address_hash(url_key))
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(StoredStory {
            id: StoryId(row.try_get("id")?),
            cluster: ClusterId(row.try_get("cluster_id")?),
            source: SourceId::new(row.try_get("source_id")?).map_err(StoreError::unreadable)?,
            title: row.try_get("title")?,
            text: row.try_get("body")?,
            revision: u32::try_from(row.try_get::<i32, _>("revision")?).unwrap_or_default(),
            duplicate_of: row.try_get::<Option<Uuid>, _>("duplicate_of")?.map(StoryId),
        }))
    }

    /// Writes a story with its address, labels and index rows, and its cluster where it is the first of one.
    ///
    /// `tokens`: folded words of title and text with their positions, in order. Later copies find originals only, see
    /// [`lead_copies_to`](Self::lead_copies_to).
    ///
    /// # Errors
    /// [`StoreError::AddressTaken`] when a story has the address: ask [`story_by_address`](Self::story_by_address) first.
    pub async fn insert_story(
        &mut self,
        draft: &StoryDraft,
        source: &Source,
        verdict: &Verdict,
        tokens: &[(String, u32)],
    ) -> Result<Stored, StoreError> {
        let story = StoryId::new(draft.first_seen_at);
        let (cluster, original, score) = match verdict {
            Verdict::New { cluster } => (cluster.unwrap_or_else(|| ClusterId::new(draft.first_seen_at)), None, None),
            Verdict::Duplicate { of, cluster, score } => (*cluster, Some(of.0), Some(*score)),
        };
        let address = sqlx::query("INSERT INTO story_addresses (url_hash, story_id) VALUES ($1, $2) ON CONFLICT (url_hash) DO NOTHING")
            .bind(address_hash(&draft.url_key))
            .bind(story.0)
            .execute(&mut *self.tx)
            .await?;
        if address.rows_affected() == 0 {
            return Err(StoreError::AddressTaken);
        }
        let country = draft.classification.main_country.map(|country| country.to_string());
        sqlx::query(
            "INSERT INTO clusters AS c (id, title, main_country, created_at, last_story_at) VALUES ($1, $2, $3, $4, $4)
             ON CONFLICT (id) DO UPDATE SET
                 last_story_at = greatest(c.last_story_at, excluded.last_story_at),
                 main_country = coalesce(c.main_country, excluded.main_country)",
        )
        .bind(cluster.0)
        .bind(value::clean(&draft.title))
        .bind(&country)
        .bind(Instant(draft.first_seen_at))
        .execute(&mut *self.tx)
        .await?;
        sqlx::query(
            "INSERT INTO stories (id, source_id, source_name, publisher_group, cluster_id, duplicate_of, duplicate_score, url, url_key, title, body,
                                  authors, tags, language, language_confidence, published_at, first_seen_at, main_country, shingles,
                                  event_features, tokens, image_url, section, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21::text::tsvector,
                     $22, $23, $24)",
        )
        .bind(story.0)
        .bind(draft.source.as_str())
        .bind(value::clean(&source.name))
        .bind(value::clean(&source.publisher_group))
        .bind(cluster.0)
        .bind(original)
        .bind(score)
        .bind(draft.url.as_ref().map(url::Url::as_str))
        .bind(value::clean(&draft.url_key))
        .bind(value::clean(&draft.title))
        .bind(value::clean(&draft.text))
        .bind(value::clean_all(&draft.authors))
        .bind(value::clean_all(&draft.tags))
        .bind(draft.language.as_str())
        .bind(draft.language_confidence)
        .bind(draft.published_at.map(Instant))
        .bind(Instant(draft.first_seen_at))
        .bind(&country)
        .bind(distinct(&draft.fingerprint.shingles))
        .bind(distinct(&draft.fingerprint.event))
        .bind(fulltext::vector(tokens))
        .bind(draft.facts.image_url.as_ref().map(url::Url::as_str))
        .bind(draft.facts.section.as_deref().map(value::clean))
        .bind(draft.facts.updated_at.map(Instant))
        .execute(&mut *self.tx)
        .await?;
        self.write_labels(story, &draft.classification).await?;
        let indexed = if original.is_none() { draft.fingerprint.shingles.as_slice() } else { &[] };
        self.write_index(story, cluster, indexed, &draft.fingerprint.event).await?;
        Ok(Stored { story, cluster })
    }

    /// Lets later copies find a copy that is fuller than its original: the text after its summary.
    pub async fn lead_copies_to(&mut self, story: StoryId, draft: &StoryDraft) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO shingle_index (hash, story_id) SELECT unnest($1::bigint[]), $2 ON CONFLICT DO NOTHING")
            .bind(distinct(&draft.fingerprint.shingles))
            .bind(story.0)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Replaces text, labels and index rows of an edited story and keeps what it said before. Its identity, cluster and the moment it was
    /// first seen stay. The new revision's number, or `None` when the story is past its time.
    pub async fn revise_story(&mut self, story: StoryId, draft: &StoryDraft, tokens: &[(String, u32)]) -> Result<Option<u32>, StoreError> {
        let country = draft.classification.main_country.map(|country| country.to_string());
        // First of all: whoever labels stored stories anew has locked this row, or passes over the story from here on.
        sqlx::query("UPDATE story_labelings SET rules = $2 WHERE story_id = $1")
            .bind(story.0)
            .bind(draft.classification.rules.as_signed())
            .execute(&mut *self.tx)
            .await?;
        let kept = sqlx::query(
            "INSERT INTO story_revisions (story_id, revision, title, body)
             SELECT id, revision, title, body FROM stories WHERE id = $1 RETURNING revision",
        )
        .bind(story.0)
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some(kept) = kept else { return Ok(None) };
        let former: i32 = kept.try_get("revision")?;
        sqlx::query("DELETE FROM story_revisions WHERE story_id = $1 AND revision > 0 AND revision <= $2")
            .bind(story.0)
            .bind(former - REVISIONS_KEPT)
            .execute(&mut *self.tx)
            .await?;
        let row = sqlx::query(
            "UPDATE stories SET
                 revision = revision + 1, title = $2, body = $3, authors = $4, tags = $5, language = $6, language_confidence = $7,
                 published_at = coalesce(published_at, $8), main_country = $9, shingles = $10, event_features = $11,
                 tokens = $12::text::tsvector, image_url = coalesce($13, image_url), section = coalesce($14, section),
                 updated_at = coalesce($15, updated_at)
             WHERE id = $1 RETURNING revision, cluster_id, duplicate_of",
        )
        .bind(story.0)
        .bind(value::clean(&draft.title))
        .bind(value::clean(&draft.text))
        .bind(value::clean_all(&draft.authors))
        .bind(value::clean_all(&draft.tags))
        .bind(draft.language.as_str())
        .bind(draft.language_confidence)
        .bind(draft.published_at.map(Instant))
        .bind(&country)
        .bind(distinct(&draft.fingerprint.shingles))
        .bind(distinct(&draft.fingerprint.event))
        .bind(fulltext::vector(tokens))
        .bind(draft.facts.image_url.as_ref().map(url::Url::as_str))
        .bind(draft.facts.section.as_deref().map(value::clean))
        .bind(draft.facts.updated_at.map(Instant))
        .fetch_one(&mut *self.tx)
        .await?;
        let cluster = ClusterId(row.try_get("cluster_id")?);
        // A copy stays one when it is edited; its original leads others to it.
        let original = row.try_get::<Option<Uuid>, _>("duplicate_of")?.is_none();
        let indexed = if original { draft.fingerprint.shingles.as_slice() } else { &[] };
        for table in [
            "DELETE FROM story_labels WHERE story_id = $1",
            "DELETE FROM shingle_index WHERE story_id = $1",
            "DELETE FROM event_index WHERE story_id = $1",
        ] {
            sqlx::query(table).bind(story.0).execute(&mut *self.tx).await?;
        }
        self.write_labels(story, &draft.classification).await?;
        self.write_index(story, cluster, indexed, &draft.fingerprint.event).await?;
        Ok(u32::try_from(row.try_get::<i32, _>("revision")?).ok())
    }

    /// Notes which watchlists the story meets, and where.
    pub async fn insert_matches(&mut self, story: StoryId, matches: &[Match]) -> Result<(), StoreError> {
        for one in matches {
            sqlx::query(
                "INSERT INTO matches (story_id, watchlist_id, score, evidence) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (story_id, watchlist_id) DO UPDATE SET score = excluded.score, evidence = excluded.evidence",
            )
            .bind(story.0)
            .bind(one.watchlist.as_str())
            .bind(one.score)
            .bind(json::evidence_to_json(&one.evidence))
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }

    /// Notes the watchlists that another reading of a stored story meets: a second source's, or a shortened one.
    ///
    /// What was noted of the stored text stays, for its places are in that text; of the other reading only those places are kept whose words
    /// stand in the stored text as well, and where they stand there.
    pub async fn add_matches(&mut self, stored: &StoredStory, matches: &[Match]) -> Result<(), StoreError> {
        for one in matches {
            sqlx::query(
                "INSERT INTO matches (story_id, watchlist_id, score, evidence) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (story_id, watchlist_id) DO NOTHING",
            )
            .bind(stored.id.0)
            .bind(one.watchlist.as_str())
            .bind(one.score)
            .bind(json::evidence_to_json(&in_stored(stored, &one.evidence)))
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }

    async fn write_labels(&mut self, story: StoryId, labels: &Classification) -> Result<(), StoreError> {
        labels::write(&mut self.tx, story, &labels::rows(labels)).await?;
        sqlx::query("INSERT INTO story_labelings (story_id, rules) VALUES ($1, $2) ON CONFLICT (story_id) DO UPDATE SET rules = excluded.rules")
            .bind(story.0)
            .bind(labels.rules.as_signed())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn write_index(&mut self, story: StoryId, cluster: ClusterId, shingles: &[i64], event: &[i64]) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO shingle_index (hash, story_id) SELECT unnest($1::bigint[]), $2")
            .bind(distinct(shingles))
            .bind(story.0)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query("INSERT INTO event_index (hash, story_id, cluster_id) SELECT unnest($1::bigint[]), $2, $3")
            .bind(distinct(event))
            .bind(story.0)
            .bind(cluster.0)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}

fn address_hash(url_key: &str) -> Vec<u8> {
    Sha256::digest(url_key.as_bytes()).to_vec()
}

/// The places of another reading, looked up in the stored one. What is no place in a text (an address, a source) stays as it is.
fn in_stored(stored: &StoredStory, evidence: &[Evidence]) -> Vec<Evidence> {
    let placed = |one: &Evidence| {
        let text = match one.field {
            Field::Title => &stored.title,
            Field::Text => &stored.text,
            Field::Url | Field::Source | Field::Author | Field::Tag => return Some(one.clone()),
        };
        let there = text.get(one.start..one.end) == Some(one.text.as_str());
        let start = if there { Some(one.start) } else { text.find(&one.text).filter(|_| !one.text.is_empty()) }?;
        Some(Evidence { start, end: start + one.text.len(), ..one.clone() })
    };
    let mut found: Vec<Evidence> = Vec::new();
    for one in evidence.iter().filter_map(placed) {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}
