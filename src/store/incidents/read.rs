//! Incidents by filter, and one with everything that is reported of it.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

use crate::model::{ClusterId, Fact, FactKind, IncidentId, IncidentStatus, Named, StoryId};
use crate::store::incidents::correct::{Correction, Field, lay_over};
use crate::store::incidents::decide::ReviewState;
use crate::store::incidents::write::fact_kind;
use crate::store::value::Instant;
use crate::store::{Store, StoreError, json};

/// Most incidents of one answer.
pub const INCIDENT_ROWS: i64 = 50;

/// Which incidents are asked for; empty means all, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncidentFilter {
    pub country: Option<String>,
    /// As the first or another topic.
    pub topic: Option<String>,
    pub actor: Option<String>,
    pub status: Option<IncidentStatus>,
    /// Rejected ones are left out unless they are asked for; those that were merged into others always.
    pub review: ReviewFilter,
    /// Reported since then, for the first time or again.
    pub since: Option<Timestamp>,
    /// Continues a list: only incidents known before this one.
    pub before: Option<IncidentId>,
}

/// Which incidents by what the desk decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReviewFilter {
    /// All but rejected ones.
    #[default]
    Standing,
    /// Those that nobody has looked at.
    Open,
    Confirmed,
    Rejected,
}

impl ReviewFilter {
    /// The name in addresses and commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standing => "standing",
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }

    /// The inverse of [`as_str`](Self::as_str).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Standing, Self::Open, Self::Confirmed, Self::Rejected].into_iter().find(|filter| filter.as_str() == name)
    }
}

/// What the desk decided of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub state: ReviewState,
    pub merged_into: Option<IncidentId>,
    pub by: String,
    pub at: Timestamp,
}

/// An incident as it is reported, with the corrections of the desk laid over.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    pub id: IncidentId,
    pub status: IncidentStatus,
    pub topic: String,
    pub other_topics: Vec<String>,
    pub country: Option<String>,
    /// As written.
    pub place: Option<String>,
    pub date: Date,
    /// `reported`, `published` or `corrected`.
    pub date_basis: String,
    pub actors: Vec<String>,
    /// As written; of most publishers first.
    pub persons: Vec<Named>,
    pub people: Vec<Named>,
    pub title: String,
    pub language: String,
    /// The story whose headline it is.
    pub story: StoryId,
    /// Independent: no copies, editions of one house once.
    pub publishers: i32,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    /// `None`: nobody has looked at it.
    pub review: Option<Review>,
    pub corrections: Vec<Correction>,
    /// Oldest first; without facts in lists.
    pub reports: Vec<IncidentReport>,
}

/// Who reports it.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentReport {
    pub story: StoryId,
    pub source_id: String,
    pub source_name: String,
    pub publisher_group: String,
    pub copy: bool,
    pub url: Option<String>,
    pub title: String,
    pub language: String,
    pub published_at: Option<Timestamp>,
    pub first_seen_at: Timestamp,
    pub facts: Vec<Fact>,
    /// Present in one incident while the story is kept.
    pub body: Option<String>,
    /// It says nothing of the incident any more.
    pub withdrawn: bool,
}

/// An incident with what stands beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentDetail {
    pub incident: Incident,
    pub clusters: Vec<ClusterId>,
    /// Others in which a person of the same name is named, newest first: earlier acts, or their end.
    pub related: Vec<Incident>,
}

const COLUMNS: &str =
    "SELECT i.id, i.status, i.topic, i.other_topics, i.country, i.place, i.happened_on::text AS happened_on, i.date_basis, i.actors,
    i.persons, i.people, i.title, i.language, i.story_id, i.publishers, i.first_seen_at, i.last_seen_at, v.state AS review, v.merged_into,
    v.by_whom, v.at AS reviewed_at FROM incidents i LEFT JOIN incident_reviews v ON v.incident_id = i.id WHERE true";

/// Asks for a value as it is shown: the corrected one where there is one, else what reports say. `reported` has a `?` where the value stands.
fn push_field(query: &mut QueryBuilder<Postgres>, field: Field, reported: &str, value: &str) {
    query.push(" AND ((");
    for (number, part) in reported.split('?').enumerate() {
        if number > 0 {
            query.push_bind(value.to_owned());
        }
        query.push(part);
    }
    query.push(" AND NOT EXISTS (SELECT FROM incident_corrections c WHERE c.incident_id = i.id AND c.field = ").push_bind(field.as_str());
    query.push(")) OR i.id IN (SELECT c.incident_id FROM incident_corrections c WHERE c.field = ").push_bind(field.as_str()).push(" AND c.value ");
    let asked = if field.is_list() { serde_json::json!([value]) } else { serde_json::json!(value) };
    query.push(if field.is_list() { "@> " } else { "= " }).push_bind(asked).push("))");
}

impl Store {
    /// One page of incidents, newest first, at most [`INCIDENT_ROWS`]; each with its reports, these without their facts.
    pub async fn incidents(&self, filter: &IncidentFilter) -> Result<Vec<Incident>, StoreError> {
        let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
        if let Some(country) = &filter.country {
            push_field(&mut query, Field::Country, "i.country = ?", country);
        }
        if let Some(topic) = &filter.topic {
            push_field(&mut query, Field::Topic, "(i.topic = ? OR i.other_topics @> ARRAY[?])", topic);
        }
        if let Some(actor) = &filter.actor {
            push_field(&mut query, Field::Actors, "i.actors @> ARRAY[?]", actor);
        }
        if let Some(status) = filter.status {
            push_field(&mut query, Field::Status, "i.status = ?", status.as_str());
        }
        query.push(match filter.review {
            ReviewFilter::Standing => " AND (v.state IS NULL OR v.state = 'confirmed')",
            ReviewFilter::Open => " AND v.state IS NULL",
            ReviewFilter::Confirmed => " AND v.state = 'confirmed'",
            ReviewFilter::Rejected => " AND v.state = 'rejected'",
        });
        if let Some(since) = filter.since {
            query.push(" AND i.last_seen_at >= ").push_bind(Instant(since));
        }
        if let Some(before) = filter.before {
            query.push(" AND i.id < ").push_bind(before.0);
        }
        query.push(" ORDER BY i.id DESC LIMIT ").push_bind(INCIDENT_ROWS);
        let rows = query.build().fetch_all(self.pool()).await?;
        let mut incidents = rows.iter().map(incident).collect::<Result<Vec<_>, _>>()?;
        self.add_reports(&mut incidents).await?;
        self.correct(&mut incidents).await?;
        Ok(incidents)
    }

    /// One incident with every report, what each says and where.
    pub async fn incident(&self, id: IncidentId) -> Result<Option<IncidentDetail>, StoreError> {
        let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
        query.push(" AND i.id = ").push_bind(id.0);
        let Some(row) = query.build().fetch_optional(self.pool()).await? else { return Ok(None) };
        let mut found = [incident(&row)?];
        self.add_reports(&mut found).await?;
        let [mut incident_found] = found;
        // Others are looked for by the names that reports give.
        let (reported_country, reported_persons) = (incident_found.country.clone(), incident_found.persons.clone());
        let ids: Vec<Uuid> = incident_found.reports.iter().map(|report| report.story.0).collect();
        let facts =
            sqlx::query("SELECT story_id, kind, value, key, count, score, evidence FROM incident_facts WHERE story_id = ANY ($1) ORDER BY position")
                .bind(&ids)
                .fetch_all(self.pool())
                .await?;
        let mut by_story: HashMap<Uuid, Vec<Fact>> = HashMap::new();
        for row in &facts {
            by_story.entry(row.try_get("story_id")?).or_default().push(fact(row)?);
        }
        let bodies = sqlx::query("SELECT id, body FROM stories WHERE id = ANY ($1)").bind(&ids).fetch_all(self.pool()).await?;
        let mut texts: HashMap<Uuid, String> = HashMap::new();
        for row in &bodies {
            texts.insert(row.try_get("id")?, row.try_get("body")?);
        }
        for report in &mut incident_found.reports {
            report.facts = by_story.remove(&report.story.0).unwrap_or_default();
            report.body = texts.remove(&report.story.0);
        }
        let clusters: Vec<Uuid> = sqlx::query_scalar("SELECT cluster_id FROM incident_clusters WHERE incident_id = $1 ORDER BY cluster_id")
            .bind(id.0)
            .fetch_all(self.pool())
            .await?;
        let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
        let keys: Vec<&str> = reported_persons.iter().map(|person| person.key.as_str()).collect();
        query.push(" AND i.person_keys && ").push_bind(keys).push(" AND i.country IS NOT DISTINCT FROM ").push_bind(&reported_country);
        query.push(" AND (v.state IS NULL OR v.state = 'confirmed') AND i.id <> ").push_bind(id.0).push(" ORDER BY i.id DESC LIMIT 10");
        let rows = query.build().fetch_all(self.pool()).await?;
        let mut related = rows.iter().map(incident).collect::<Result<Vec<_>, _>>()?;
        self.correct(&mut related).await?;
        self.correct(std::slice::from_mut(&mut incident_found)).await?;
        Ok(Some(IncidentDetail { incident: incident_found, clusters: clusters.into_iter().map(ClusterId).collect(), related }))
    }

    /// The incident that a cluster's stories report.
    pub async fn incident_of(&self, cluster: ClusterId) -> Result<Option<IncidentId>, StoreError> {
        let id: Option<Uuid> =
            sqlx::query_scalar("SELECT incident_id FROM incident_clusters WHERE cluster_id = $1").bind(cluster.0).fetch_optional(self.pool()).await?;
        Ok(id.map(IncidentId))
    }

    /// Lays the corrections of people over what reports say.
    async fn correct(&self, incidents: &mut [Incident]) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = incidents.iter().map(|incident| incident.id.0).collect();
        let rows = sqlx::query("SELECT incident_id, field, value, by_whom, at FROM incident_corrections WHERE incident_id = ANY ($1) ORDER BY field")
            .bind(&ids)
            .fetch_all(self.pool())
            .await?;
        for row in &rows {
            let id = IncidentId(row.try_get("incident_id")?);
            // A field of a later version is left as reports have it.
            let Some(field) = Field::parse(row.try_get("field")?) else { continue };
            let Some(incident) = incidents.iter_mut().find(|incident| incident.id == id) else { continue };
            let value: Value = row.try_get("value")?;
            let reported = lay_over(incident, field, &value);
            let (by, at) = (row.try_get("by_whom")?, row.try_get::<Instant, _>("at")?.0);
            incident.corrections.push(Correction { field, value, reported, by, at });
        }
        Ok(())
    }

    async fn add_reports(&self, incidents: &mut [Incident]) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = incidents.iter().map(|incident| incident.id.0).collect();
        let rows = sqlx::query(
            "SELECT c.incident_id, r.story_id, r.source_id, r.source_name, r.publisher_group, r.duplicate_of IS NOT NULL AS copy, r.url, r.title,
                    r.language, r.published_at, r.first_seen_at,
                    NOT EXISTS (SELECT FROM incident_facts f WHERE f.story_id = r.story_id) AS withdrawn
             FROM incident_clusters c JOIN incident_reports r USING (cluster_id) WHERE c.incident_id = ANY ($1) ORDER BY r.story_id",
        )
        .bind(&ids)
        .fetch_all(self.pool())
        .await?;
        for row in &rows {
            let id = IncidentId(row.try_get("incident_id")?);
            if let Some(incident) = incidents.iter_mut().find(|incident| incident.id == id) {
                incident.reports.push(report(row)?);
            }
        }
        Ok(())
    }
}

fn incident(row: &PgRow) -> Result<Incident, StoreError> {
    let status: &str = row.try_get("status")?;
    let date: &str = row.try_get("happened_on")?;
    Ok(Incident {
        id: IncidentId(row.try_get("id")?),
        status: IncidentStatus::parse(status).ok_or_else(|| StoreError::unreadable(format!("an incident with the status {status:?}")))?,
        topic: row.try_get("topic")?,
        other_topics: row.try_get("other_topics")?,
        country: row.try_get("country")?,
        place: row.try_get("place")?,
        date: date.parse().map_err(|error| StoreError::unreadable(format!("the day {date:?}: {error}")))?,
        date_basis: row.try_get("date_basis")?,
        actors: row.try_get("actors")?,
        persons: named(&row.try_get("persons")?),
        people: named(&row.try_get("people")?),
        title: row.try_get("title")?,
        language: row.try_get("language")?,
        story: StoryId(row.try_get("story_id")?),
        publishers: row.try_get("publishers")?,
        first_seen_at: row.try_get::<Instant, _>("first_seen_at")?.0,
        last_seen_at: row.try_get::<Instant, _>("last_seen_at")?.0,
        review: review(row)?,
        corrections: Vec::new(),
        reports: Vec::new(),
    })
}

fn review(row: &PgRow) -> Result<Option<Review>, StoreError> {
    let Some(state) = row.try_get::<Option<&str>, _>("review")? else { return Ok(None) };
    Ok(Some(Review {
        state: ReviewState::parse(state).ok_or_else(|| StoreError::unreadable(format!("a review with the state {state:?}")))?,
        merged_into: row.try_get::<Option<Uuid>, _>("merged_into")?.map(IncidentId),
        by: row.try_get("by_whom")?,
        at: row.try_get::<Instant, _>("reviewed_at")?.0,
    }))
}

fn named(value: &Value) -> Vec<Named> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |value: &Value, key: &str| value.get(key).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
    let names = value.as_array().map(Vec::as_slice).unwrap_or_default();
    names
        .iter()
        .map(|name| Named {
            value: text(name, "value"),
            key: text(name, "key"),
            count: number(name, "count"),
            publishers: number(name, "publishers").unwrap_or_default(),
        })
        .collect()
}

fn report(row: &PgRow) -> Result<IncidentReport, sqlx::Error> {
    Ok(IncidentReport {
        story: StoryId(row.try_get("story_id")?),
        source_id: row.try_get("source_id")?,
        source_name: row.try_get("source_name")?,
        publisher_group: row.try_get("publisher_group")?,
        copy: row.try_get("copy")?,
        url: row.try_get("url")?,
        title: row.try_get("title")?,
        language: row.try_get("language")?,
        published_at: row.try_get::<Option<Instant>, _>("published_at")?.map(|at| at.0),
        first_seen_at: row.try_get::<Instant, _>("first_seen_at")?.0,
        facts: Vec::new(),
        body: None,
        withdrawn: row.try_get("withdrawn")?,
    })
}

fn fact(row: &PgRow) -> Result<Fact, StoreError> {
    let kind: FactKind = fact_kind(row.try_get("kind")?)?;
    Ok(Fact {
        kind,
        value: row.try_get("value")?,
        key: row.try_get("key")?,
        count: row.try_get::<Option<i32>, _>("count")?.and_then(|count| u32::try_from(count).ok()),
        score: row.try_get("score")?,
        evidence: json::evidence_from_json(&row.try_get("evidence")?)?,
    })
}
