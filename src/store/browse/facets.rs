//! What the stories of a filter are about, counted within bounds, and how many there were each day.

use jiff::Timestamp;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

use crate::store::browse::filter::{Range, StoryFilter, push_from};
use crate::store::partitions::first_id_of;
use crate::store::{Store, StoreError};

/// Stories are counted up to here; beyond, there are more.
pub const COUNTED: i64 = 10_000;
/// Values are counted among so many of the newest.
pub const FACETS_OF: i64 = 1_000;

/// A value with the number of stories that carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    pub value: String,
    pub stories: i64,
}

/// Values of the newest stories that meet a filter, most frequent first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Among so many stories.
    pub among: i64,
    pub countries: Vec<Facet>,
    pub topics: Vec<Facet>,
    pub actors: Vec<Facet>,
    pub languages: Vec<Facet>,
    pub sources: Vec<Facet>,
}

impl Store {
    /// How many stories meet a filter, wherever its list is continued; at most one more than [`COUNTED`].
    pub async fn count_stories(&self, filter: &StoryFilter) -> Result<i64, StoreError> {
        let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) FROM (SELECT 1");
        if !push_from(&mut query, filter, StoryFilter { before: None, ..filter.clone() }.range()) {
            return Ok(0);
        }
        query.push(" LIMIT ").push_bind(COUNTED + 1).push(") counted");
        // Planned for these values: a plan for any value takes a rare one for a common one.
        Ok(query.build_query_scalar().persistent(false).fetch_one(self.pool()).await?)
    }

    /// The values of the newest [`FACETS_OF`] stories that meet a filter, wherever its list is continued.
    pub async fn facets(&self, filter: &StoryFilter) -> Result<Facets, StoreError> {
        let mut query = QueryBuilder::<Postgres>::new("WITH newest AS MATERIALIZED (SELECT s.id, s.language, s.source_id");
        if !push_from(&mut query, filter, StoryFilter { before: None, ..filter.clone() }.range()) {
            return Ok(Facets::default());
        }
        query.push(" ORDER BY s.id DESC LIMIT ").push_bind(FACETS_OF);
        // OFFSET 0: the labels of each story are looked up; joined, the planner reads those of all stories.
        query.push(
            ") SELECT 'all' AS kind, '' AS value, count(*) AS stories FROM newest
             UNION ALL SELECT 'language', language, count(*) FROM newest GROUP BY 2
             UNION ALL SELECT 'source', source_id, count(*) FROM newest GROUP BY 2
             UNION ALL SELECT l.kind, l.value, count(*) FROM newest n CROSS JOIN LATERAL (
                     SELECT kind, value FROM story_labels WHERE story_id = n.id AND role <> 'mentioned' OFFSET 0) l
                 GROUP BY 1, 2
             ORDER BY stories DESC, value",
        );
        let rows = query.build().persistent(false).fetch_all(self.pool()).await?;
        let mut facets = Facets::default();
        for row in &rows {
            let facet = Facet { value: row.try_get("value")?, stories: row.try_get("stories")? };
            match row.try_get::<&str, _>("kind")? {
                "all" => facets.among = facet.stories,
                "language" => facets.languages.push(facet),
                "source" => facets.sources.push(facet),
                "country" => facets.countries.push(facet),
                "topic" => facets.topics.push(facet),
                _ => facets.actors.push(facet),
            }
        }
        Ok(facets)
    }

    /// Stories first seen in each of some spans of time that follow one another; `bounds` are their beginnings and the end of the last.
    pub async fn stories_over_time(&self, filter: &StoryFilter, bounds: &[Timestamp]) -> Result<Vec<i64>, StoreError> {
        let ids: Vec<Uuid> = bounds.iter().map(|bound| first_id_of(*bound)).collect();
        let mut counts = vec![0; bounds.len().saturating_sub(1)];
        let range = Range { from: ids.first().copied(), before: ids.last().copied() };
        let mut query = QueryBuilder::<Postgres>::new("SELECT width_bucket(s.id, ");
        query.push_bind(ids).push(") AS span, count(*) AS stories");
        if !push_from(&mut query, filter, range) {
            return Ok(counts);
        }
        query.push(" GROUP BY 1");
        for row in &query.build().persistent(false).fetch_all(self.pool()).await? {
            let span = usize::try_from(row.try_get::<i32, _>("span")?).unwrap_or_default();
            if let Some(count) = span.checked_sub(1).and_then(|at| counts.get_mut(at)) {
                *count = row.try_get("stories")?;
            }
        }
        Ok(counts)
    }
}
