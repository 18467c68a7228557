//! Earlier stories that share something rare with a draft.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::model::{Candidate, ClusterId, CountryCode, Fingerprint, Language, StoryId};
use crate::store::StoreError;
use crate::store::ingest::IngestTx;
use crate::store::partitions::first_id_of;
use crate::store::value::Instant;

/// How far and how wide to look; understand knows the numbers.
#[derive(Debug, Clone, Copy)]
pub struct CandidateLimits {
    /// Copies are looked for so far back.
    pub shingle_window: Duration,
    /// Other reports of the event are looked for so far back.
    pub event_window: Duration,
    /// A shingle in more originals than this says nothing.
    pub rare_shingles: usize,
    /// A name, number or place in more clusters than this says nothing.
    pub rare_events: usize,
    /// Most candidates.
    pub count: usize,
}

impl IngestTx {
    /// Finds stories that share rare shingles (copies) or rare features (one event), those that share most first.
    ///
    /// Their fingerprints hold what is shared and rare. The cost is bounded: for each hash of the draft a fixed number of index rows is read,
    /// however large the archive is.
    pub async fn candidates(&mut self, fingerprint: &Fingerprint, now: Timestamp, limits: &CandidateLimits) -> Result<Vec<Candidate>, StoreError> {
        let since = |window: Duration| first_id_of(now.saturating_sub(window).unwrap_or(Timestamp::UNIX_EPOCH));
        let mut found: HashMap<Uuid, Shared> = HashMap::new();
        // A hash weighs more the fewer have it. Copies share many shingles, so they come before mere neighbors.
        let shared = sqlx::query(
            "SELECT holder.story_id, sum(1.0 / holders.number)::float8 AS weight, array_agg(wanted.hash) AS hashes
             FROM unnest($1::bigint[]) AS wanted (hash)
             CROSS JOIN LATERAL (
                 SELECT array_agg(story_id) AS ids, count(*) AS number FROM (
                     SELECT story_id FROM shingle_index WHERE hash = wanted.hash AND story_id >= $2 LIMIT $3 + 1
                 ) AS few
             ) holders
             CROSS JOIN LATERAL unnest(holders.ids) AS holder (story_id)
             WHERE holders.number BETWEEN 1 AND $3
             GROUP BY holder.story_id ORDER BY weight DESC, holder.story_id LIMIT $4",
        )
        .bind(distinct(&fingerprint.shingles))
        .bind(since(limits.shingle_window))
        .bind(signed(limits.rare_shingles))
        .bind(signed(limits.count))
        .fetch_all(&mut *self.tx)
        .await?;
        add(&mut found, &shared, |shared| &mut shared.shingles)?;
        // Rarity is counted in clusters; of each cluster a hash reads a few stories, the latest.
        let shared = sqlx::query(
            "SELECT holder.story_id, sum(1.0 / holders.number)::float8 AS weight, array_agg(wanted.hash) AS hashes
             FROM unnest($1::bigint[]) AS wanted (hash)
             CROSS JOIN LATERAL (
                 SELECT array_agg(story_id) AS ids, count(DISTINCT cluster_id) AS number FROM (
                     SELECT story_id, cluster_id FROM event_index WHERE hash = wanted.hash AND story_id >= $2
                     ORDER BY story_id DESC LIMIT ($3 + 1) * 8
                 ) AS few
             ) holders
             CROSS JOIN LATERAL unnest(holders.ids) AS holder (story_id)
             WHERE holders.number BETWEEN 1 AND $3
             GROUP BY holder.story_id ORDER BY weight DESC, holder.story_id LIMIT $4",
        )
        .bind(distinct(&fingerprint.event))
        .bind(since(limits.event_window))
        .bind(signed(limits.rare_events))
        .bind(signed(limits.count))
        .fetch_all(&mut *self.tx)
        .await?;
        add(&mut found, &shared, |shared| &mut shared.event)?;

        let mut best: Vec<(Uuid, f64)> = found.iter().map(|(id, shared)| (*id, shared.weight)).collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.truncate(limits.count);
        let ids: Vec<Uuid> = best.iter().map(|(id, _)| *id).collect();
        let rows = sqlx::query(
            "SELECT id, duplicate_of, cluster_id, title, body, published_at, first_seen_at, main_country, language
             FROM stories WHERE id = ANY ($1)",
        )
        .bind(&ids)
        .fetch_all(&mut *self.tx)
        .await?;
        let mut candidates = Vec::with_capacity(rows.len());
        for row in &rows {
            let shared = found.remove(&row.try_get("id")?).unwrap_or_default();
            candidates.push(candidate(row, Fingerprint { shingles: shared.shingles, event: shared.event })?);
        }
        candidates.sort_by_key(|one| ids.iter().position(|id| *id == one.story.0));
        Ok(candidates)
    }
}

/// What one story shares with the draft.
#[derive(Debug, Default)]
struct Shared {
    weight: f64,
    shingles: Vec<i64>,
    event: Vec<i64>,
}

fn add(found: &mut HashMap<Uuid, Shared>, rows: &[PgRow], kind: fn(&mut Shared) -> &mut Vec<i64>) -> Result<(), StoreError> {
    for row in rows {
        let shared = found.entry(row.try_get("story_id")?).or_default();
        shared.weight += row.try_get::<f64, _>("weight")?;
        *kind(shared) = row.try_get("hashes")?;
    }
    Ok(())
}

fn candidate(row: &PgRow, fingerprint: Fingerprint) -> Result<Candidate, StoreError> {
    let language: &str = row.try_get("language")?;
    let country: Option<&str> = row.try_get("main_country")?;
    Ok(Candidate {
        story: StoryId(row.try_get("id")?),
        duplicate_of: row.try_get::<Option<Uuid>, _>("duplicate_of")?.map(StoryId),
        cluster: ClusterId(row.try_get("cluster_id")?),
        title: row.try_get("title")?,
        text: row.try_get("body")?,
        published_at: row.try_get::<Option<Instant>, _>("published_at")?.map(|instant| instant.0),
        first_seen_at: row.try_get::<Instant, _>("first_seen_at")?.0,
        main_country: country.and_then(CountryCode::parse),
        language: Language::parse(language).unwrap_or_else(Language::undetermined),
        fingerprint,
    })
}

/// A hash that a draft has twice is shared once.
pub(super) fn distinct(hashes: &[i64]) -> Vec<i64> {
    let mut hashes = hashes.to_vec();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX / 16) // is multiplied in SQL
}
