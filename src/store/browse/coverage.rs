//! Whom we hear, for the first page: how every source stands, what changed among them, what was reported where.

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

use crate::model::SourceFacts;
use crate::store::browse::Facet;
use crate::store::partitions::first_id_of;
use crate::store::sources::FACTS;
use crate::store::sources::facts;
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// What is known of how a source does.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceStanding {
    pub source_id: String,
    pub facts: SourceFacts,
}

/// A source was added, lost or heard again: what a curve of stories may rise or fall with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceChange {
    pub source_id: String,
    pub at: Timestamp,
    /// True for one more source that is heard, false for one less.
    pub gained: bool,
}

impl Store {
    /// How every source stands. Reads no story.
    pub async fn source_standings(&self) -> Result<Vec<SourceStanding>, StoreError> {
        let sql = format!("SELECT {FACTS}, s.source_id FROM source_states s LEFT JOIN source_domains d USING (domain) ORDER BY s.source_id");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(self.pool()).await?;
        rows.iter().map(|row| Ok(SourceStanding { source_id: row.try_get("source_id")?, facts: facts(row)? })).collect()
    }

    /// What changed among the sources since a moment, oldest first; at most 2,000 changes.
    ///
    /// A source that is quiet is still heard: it is not lost.
    pub async fn source_changes(&self, since: Timestamp) -> Result<Vec<SourceChange>, StoreError> {
        let rows = sqlx::query(
            "SELECT source_id, at, gained FROM (
                 SELECT source_id, added_at AS at, true AS gained FROM source_states WHERE added_at >= $1
                 UNION ALL SELECT source_id, removed_at, false FROM source_states WHERE removed_at >= $1
                 UNION ALL SELECT source_id, at, from_state = ANY ($2) FROM source_events
                     WHERE at >= $1 AND (from_state = ANY ($2)) <> (to_state = ANY ($2)) AND from_state <> 'new'
             ) changes ORDER BY at DESC LIMIT 2000",
        )
        .bind(Instant(since))
        .bind(["failing", "blocked", "gone", "hijacked"])
        .fetch_all(self.pool())
        .await?;
        let mut changes = Vec::with_capacity(rows.len());
        for row in rows.iter().rev() {
            changes.push(SourceChange {
                source_id: row.try_get("source_id")?,
                at: row.try_get::<Instant, _>("at")?.0,
                gained: row.try_get("gained")?,
            });
        }
        Ok(changes)
    }

    /// Incidents by country that were reported since a moment, most first.
    pub async fn incidents_by_country(&self, since: Timestamp) -> Result<Vec<Facet>, StoreError> {
        let rows = sqlx::query(
            "SELECT country AS value, count(*) AS stories FROM incidents i WHERE last_seen_at >= $1 AND country IS NOT NULL
                 AND NOT EXISTS (SELECT FROM incident_reviews v WHERE v.incident_id = i.id AND v.state <> 'confirmed')
             GROUP BY 1 ORDER BY 2 DESC, 1",
        )
        .bind(Instant(since))
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(|row| Ok(Facet { value: row.try_get("value")?, stories: row.try_get("stories")? })).collect()
    }

    /// Matches of a watchlist in each of some spans of time that follow one another; `bounds` are their beginnings and the end of the last.
    pub async fn matches_over_time(&self, watchlist: &str, bounds: &[Timestamp]) -> Result<Vec<i64>, StoreError> {
        let ids: Vec<Uuid> = bounds.iter().map(|bound| first_id_of(*bound)).collect();
        let rows = sqlx::query(
            "SELECT width_bucket(story_id, $2) AS span, count(*) AS matches FROM matches
             WHERE watchlist_id = $1 AND story_id >= $3 AND story_id < $4 GROUP BY 1",
        )
        .bind(watchlist)
        .bind(&ids)
        .bind(ids.first())
        .bind(ids.last())
        .fetch_all(self.pool())
        .await?;
        let mut counts = vec![0; bounds.len().saturating_sub(1)];
        for row in &rows {
            let span = usize::try_from(row.try_get::<i32, _>("span")?).unwrap_or_default();
            if let Some(count) = span.checked_sub(1).and_then(|at| counts.get_mut(at)) {
                *count = row.try_get("matches")?;
            }
        }
        Ok(counts)
    }
}
