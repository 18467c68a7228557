//! Writing a story's report, and the incident that its event's reports give.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use crate::model::{ClusterId, Fact, FactKind, IncidentDraft, IncidentId, IncidentStatus, Named, Report, StoryId};
use crate::store::ingest::IngestTx;
use crate::store::value::{self, Instant};
use crate::store::{StoreError, json};

/// Reports of one event that are joined: the earliest. What the hundredth says, others have said.
const REPORTS_LIMIT: i64 = 200;

impl IngestTx {
    /// Replaces what a story says of an incident. A story that says nothing leaves no row, unless it said something before: then its row
    /// stays without facts, for it took something back. The same again changes nothing. True where there is something to join.
    pub async fn write_report(&mut self, story: StoryId, facts: &[Fact]) -> Result<bool, StoreError> {
        if facts.is_empty() {
            let known = sqlx::query("UPDATE incident_reports r SET title = s.title FROM stories s WHERE r.story_id = $1 AND s.id = $1")
                .bind(story.0)
                .execute(&mut *self.tx)
                .await?;
            if known.rows_affected() == 0 {
                return Ok(false);
            }
        } else {
            sqlx::query(
                "INSERT INTO incident_reports (story_id, cluster_id, source_id, source_name, publisher_group, duplicate_of, url, title, language,
                                               published_at, first_seen_at)
                 SELECT id, cluster_id, source_id, source_name, publisher_group, duplicate_of, url, title, language, published_at, first_seen_at
                 FROM stories WHERE id = $1
                 ON CONFLICT (story_id) DO UPDATE SET title = excluded.title, language = excluded.language, published_at = excluded.published_at",
            )
            .bind(story.0)
            .execute(&mut *self.tx)
            .await?;
        }
        sqlx::query("DELETE FROM incident_facts WHERE story_id = $1").bind(story.0).execute(&mut *self.tx).await?;
        let column = |read: fn(&Fact) -> &str| facts.iter().map(|fact| value::clean(read(fact))).collect::<Vec<_>>();
        let counts: Vec<Option<i32>> = facts.iter().map(|fact| fact.count.map(|count| i32::try_from(count).unwrap_or(i32::MAX))).collect();
        let scores: Vec<f32> = facts.iter().map(|fact| fact.score).collect();
        let evidence: Vec<Value> = facts.iter().map(|fact| json::evidence_to_json(&fact.evidence)).collect();
        sqlx::query(
            "INSERT INTO incident_facts (story_id, position, kind, value, key, count, score, evidence)
             SELECT $1, f.position, f.kind, f.value, f.key, f.count, f.score, f.evidence
             FROM unnest($2::text[], $3::text[], $4::text[], $5::integer[], $6::real[], $7::jsonb[]) WITH ORDINALITY
                 AS f (kind, value, key, count, score, evidence, position)",
        )
        .bind(story.0)
        .bind(column(|fact| fact.kind.as_str()))
        .bind(column(|fact| &fact.value))
        .bind(column(|fact| &fact.key))
        .bind(&counts)
        .bind(&scores)
        .bind(&evidence)
        .execute(&mut *self.tx)
        .await?;
        Ok(true)
    }

    /// Every report of the event that a cluster tells, oldest first: of all clusters of its incident, where it has one. Their evidence is left
    /// out, which joining does not ask for.
    pub async fn reports(&mut self, cluster: ClusterId) -> Result<Vec<Report>, StoreError> {
        let rows = sqlx::query(
            "SELECT r.story_id, r.publisher_group, r.duplicate_of IS NOT NULL AS copy, r.published_at, r.first_seen_at
             FROM incident_reports r WHERE r.cluster_id = $1 OR r.cluster_id IN (
                 SELECT other.cluster_id FROM incident_clusters one JOIN incident_clusters other USING (incident_id) WHERE one.cluster_id = $1)
             ORDER BY r.story_id LIMIT $2",
        )
        .bind(cluster.0)
        .bind(REPORTS_LIMIT)
        .fetch_all(&mut *self.tx)
        .await?;
        let mut reports = Vec::with_capacity(rows.len());
        for row in &rows {
            reports.push(Report {
                story: StoryId(row.try_get("story_id")?),
                publisher_group: row.try_get("publisher_group")?,
                copy: row.try_get("copy")?,
                published_at: row.try_get::<Option<Instant>, _>("published_at")?.map(|at| at.0),
                first_seen_at: row.try_get::<Instant, _>("first_seen_at")?.0,
                facts: Vec::new(),
            });
        }
        let ids: Vec<Uuid> = reports.iter().map(|report| report.story.0).collect();
        let rows =
            sqlx::query("SELECT story_id, kind, value, key, count, score FROM incident_facts WHERE story_id = ANY ($1) ORDER BY story_id, position")
                .bind(&ids)
                .fetch_all(&mut *self.tx)
                .await?;
        for row in &rows {
            let story = StoryId(row.try_get("story_id")?);
            // Ids ascend, as they were asked for.
            let Ok(at) = reports.binary_search_by_key(&story, |report| report.story) else { continue };
            let Some(report) = reports.get_mut(at) else { continue };
            report.facts.push(Fact {
                kind: fact_kind(row.try_get("kind")?)?,
                value: row.try_get("value")?,
                key: row.try_get("key")?,
                count: row.try_get::<Option<i32>, _>("count")?.and_then(|count| u32::try_from(count).ok()),
                score: row.try_get("score")?,
                evidence: Vec::new(),
            });
        }
        Ok(reports)
    }

    /// Writes the incident of a cluster's event, new or again. Without a draft, what is known stays and is marked as contradicted: no source
    /// says so any more. `None` where there is no incident.
    pub async fn write_incident(
        &mut self,
        cluster: ClusterId,
        draft: Option<&IncidentDraft>,
        now: Timestamp,
    ) -> Result<Option<IncidentId>, StoreError> {
        let known: Option<Uuid> = sqlx::query_scalar("SELECT incident_id FROM incident_clusters WHERE cluster_id = $1")
            .bind(cluster.0)
            .fetch_optional(&mut *self.tx)
            .await?;
        let Some(draft) = draft else {
            if let Some(id) = known {
                sqlx::query("UPDATE incidents SET status = $2, publishers = 0, updated_at = now() WHERE id = $1")
                    .bind(id)
                    .bind(IncidentStatus::Contradicted.as_str())
                    .execute(&mut *self.tx)
                    .await?;
            }
            return Ok(known.map(IncidentId));
        };
        let id = known.map_or_else(|| IncidentId::new(now), IncidentId);
        let keys: Vec<&str> = draft.persons.iter().map(|person| person.key.as_str()).collect();
        sqlx::query(
            "INSERT INTO incidents AS i (id, status, topic, other_topics, country, place, happened_on, date_basis, actors, persons, people,
                                         person_keys, title, language, story_id, publishers, first_seen_at, last_seen_at)
             SELECT $1, $2, $3, $4, $5, $6, $7::text::date, $8, $9, $10, $11, $12, r.title, r.language, r.story_id, $14, $15, $16
             FROM incident_reports r WHERE r.story_id = $13
             ON CONFLICT (id) DO UPDATE SET
                 status = excluded.status, topic = excluded.topic, other_topics = excluded.other_topics, country = excluded.country,
                 place = excluded.place, happened_on = excluded.happened_on, date_basis = excluded.date_basis, actors = excluded.actors,
                 persons = excluded.persons, people = excluded.people, person_keys = excluded.person_keys, title = excluded.title,
                 language = excluded.language, story_id = excluded.story_id, publishers = excluded.publishers,
                 first_seen_at = least(i.first_seen_at, excluded.first_seen_at), last_seen_at = greatest(i.last_seen_at, excluded.last_seen_at),
                 updated_at = now()",
        )
        .bind(id.0)
        .bind(draft.status.as_str())
        .bind(&draft.topic)
        .bind(&draft.other_topics)
        .bind(&draft.country)
        .bind(draft.place.as_ref().map(|place| value::clean(&place.value)))
        .bind(draft.date.to_string())
        .bind(draft.date_basis.as_str())
        .bind(&draft.actors)
        .bind(named_to_json(&draft.persons))
        .bind(named_to_json(&draft.people))
        .bind(&keys)
        .bind(draft.story.0)
        .bind(i32::try_from(draft.publishers).unwrap_or(i32::MAX))
        .bind(Instant(draft.first_seen_at))
        .bind(Instant(draft.last_seen_at))
        .execute(&mut *self.tx)
        .await?;
        sqlx::query("INSERT INTO incident_clusters (cluster_id, incident_id) VALUES ($1, $2) ON CONFLICT (cluster_id) DO NOTHING")
            .bind(cluster.0)
            .bind(id.0)
            .execute(&mut *self.tx)
            .await?;
        Ok(Some(id))
    }
}

pub(super) fn fact_kind(name: &str) -> Result<FactKind, StoreError> {
    FactKind::parse(name).ok_or_else(|| StoreError::unreadable(format!("a fact of the kind {name:?}")))
}

fn named_to_json(names: &[Named]) -> Value {
    // Values and keys come from the database, where no NUL is.
    names.iter().map(|name| json!({ "value": name.value, "key": name.key, "count": name.count, "publishers": name.publishers })).collect()
}
