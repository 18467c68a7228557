//! What people decide about an incident: confirm, reject, correct, merge, split; each with who and when.
//!
//! *Invariant:* nothing here is written by gathering or labeling, and nothing here writes what reports say.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::model::{ClusterId, IncidentId, StoryId};
use crate::store::incidents::correct::Field;
use crate::store::ingest::IngestTx;
use crate::store::value::{self, Instant};
use crate::store::{Store, StoreError};

/// How an incident stands with the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    Confirmed,
    Rejected,
    /// Another incident stands for it.
    Merged,
}

impl ReviewState {
    /// The name in the database, addresses, JSON and CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Merged => "merged",
        }
    }

    /// The inverse of [`as_str`](Self::as_str).
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Confirmed, Self::Rejected, Self::Merged].into_iter().find(|state| state.as_str() == name)
    }
}

/// What a person decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    Confirm,
    Reject,
    /// Takes back a confirmation or a rejection.
    Reopen,
    /// Shows this value in place of what reports say.
    Correct(Field, Value),
    /// Shows what reports say again.
    Uncorrect(Field),
    /// Another incident stands for both from now on; its id stays, and this one's leads to it.
    MergeInto(IncidentId),
    /// These reports become an incident of their own.
    SplitOff(Vec<StoryId>),
}

/// What came of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// The incident to look at now: the new one after a split, the other after a merge.
    Done(IncidentId),
    /// There is no such incident, or it was merged into another.
    Unknown,
    /// It cannot be merged into itself, or split into all and nothing.
    Impossible,
}

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRow {
    pub at: Timestamp,
    pub by: String,
    pub kind: String,
    pub field: Option<String>,
    pub value: Option<Value>,
    pub other: Option<IncidentId>,
    pub note: String,
}

impl Store {
    /// Writes a decision down and does what it says, as one.
    pub async fn decide(&self, incident: IncidentId, decision: &Decision, by: &str, note: &str) -> Result<Decided, StoreError> {
        // Under the ingest lock: no report joins an incident while it is taken apart.
        let mut tx = self.begin_ingest().await?;
        if !is_own(&mut tx.tx, incident).await? {
            return Ok(Decided::Unknown);
        }
        let log = Log { by: &value::clean(by), note: &value::clean(note) };
        let outcome = match decision {
            Decision::Confirm => log.review(&mut tx.tx, incident, ReviewState::Confirmed, "confirmed").await?,
            Decision::Reject => log.review(&mut tx.tx, incident, ReviewState::Rejected, "rejected").await?,
            Decision::Reopen => {
                sqlx::query("DELETE FROM incident_reviews WHERE incident_id = $1").bind(incident.0).execute(&mut *tx.tx).await?;
                log.write(&mut tx.tx, incident, "reopened", None, None, None).await?;
                Decided::Done(incident)
            }
            Decision::Correct(field, value) => {
                sqlx::query(
                    "INSERT INTO incident_corrections (incident_id, field, value, by_whom) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (incident_id, field) DO UPDATE SET value = excluded.value, by_whom = excluded.by_whom, at = now()",
                )
                .bind(incident.0)
                .bind(field.as_str())
                .bind(value)
                .bind(log.by)
                .execute(&mut *tx.tx)
                .await?;
                log.write(&mut tx.tx, incident, "corrected", Some(*field), Some(value), None).await?;
                Decided::Done(incident)
            }
            Decision::Uncorrect(field) => {
                sqlx::query("DELETE FROM incident_corrections WHERE incident_id = $1 AND field = $2")
                    .bind(incident.0)
                    .bind(field.as_str())
                    .execute(&mut *tx.tx)
                    .await?;
                log.write(&mut tx.tx, incident, "uncorrected", Some(*field), None, None).await?;
                Decided::Done(incident)
            }
            Decision::MergeInto(other) => log.merge(&mut tx.tx, incident, *other).await?,
            Decision::SplitOff(stories) => log.split(&mut tx.tx, incident, stories).await?,
        };
        if matches!(outcome, Decided::Done(_)) {
            tx.commit().await?;
        }
        Ok(outcome)
    }

    /// Whether any incident waits to be joined anew. Cheap, and without the ingest lock.
    pub async fn has_stale_incidents(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM incidents WHERE stale)").fetch_one(self.pool()).await?)
    }

    /// Everything that was decided about an incident, oldest first.
    pub async fn decisions(&self, incident: IncidentId) -> Result<Vec<DecisionRow>, StoreError> {
        let rows = sqlx::query("SELECT at, by_whom, kind, field, value, other_id, note FROM incident_decisions WHERE incident_id = $1 ORDER BY id")
            .bind(incident.0)
            .fetch_all(self.pool())
            .await?;
        rows.iter()
            .map(|row| {
                Ok(DecisionRow {
                    at: row.try_get::<Instant, _>("at")?.0,
                    by: row.try_get("by_whom")?,
                    kind: row.try_get("kind")?,
                    field: row.try_get("field")?,
                    value: row.try_get("value")?,
                    other: row.try_get::<Option<Uuid>, _>("other_id")?.map(IncidentId),
                    note: row.try_get("note")?,
                })
            })
            .collect()
    }
}

impl IngestTx {
    /// A cluster of an incident whose reports were moved by a decision; the incident then counts as joined anew. `None` when there is none.
    pub async fn take_stale_incident(&mut self) -> Result<Option<ClusterId>, StoreError> {
        loop {
            let taken: Option<Uuid> = sqlx::query_scalar(
                "UPDATE incidents SET stale = false WHERE id = (SELECT id FROM incidents WHERE stale ORDER BY id LIMIT 1) RETURNING id",
            )
            .fetch_optional(&mut *self.tx)
            .await?;
            let Some(taken) = taken else { return Ok(None) };
            let cluster: Option<Uuid> =
                sqlx::query_scalar("SELECT cluster_id FROM incident_clusters WHERE incident_id = $1 ORDER BY cluster_id LIMIT 1")
                    .bind(taken)
                    .fetch_optional(&mut *self.tx)
                    .await?;
            // One that gave all it had away stays as it was.
            if let Some(cluster) = cluster {
                return Ok(Some(ClusterId(cluster)));
            }
        }
    }
}

/// True for an incident that stands for itself.
async fn is_own(connection: &mut PgConnection, incident: IncidentId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM incidents WHERE id = $1)
            AND NOT EXISTS (SELECT FROM incident_reviews WHERE incident_id = $1 AND state = 'merged')",
    )
    .bind(incident.0)
    .fetch_one(connection)
    .await?)
}

/// Who decides, and why.
struct Log<'a> {
    by: &'a str,
    note: &'a str,
}

impl Log<'_> {
    async fn write(
        &self,
        connection: &mut PgConnection,
        incident: IncidentId,
        kind: &str,
        field: Option<Field>,
        value: Option<&Value>,
        other: Option<IncidentId>,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO incident_decisions (incident_id, by_whom, kind, field, value, other_id, note) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(incident.0)
            .bind(self.by)
            .bind(kind)
            .bind(field.map(Field::as_str))
            .bind(value)
            .bind(other.map(|id| id.0))
            .bind(self.note)
            .execute(connection)
            .await?;
        Ok(())
    }

    async fn review(&self, connection: &mut PgConnection, incident: IncidentId, state: ReviewState, kind: &str) -> Result<Decided, StoreError> {
        self.set(connection, incident, state, None).await?;
        self.write(connection, incident, kind, None, None, None).await?;
        Ok(Decided::Done(incident))
    }

    async fn set(&self, connection: &mut PgConnection, incident: IncidentId, state: ReviewState, into: Option<IncidentId>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO incident_reviews (incident_id, state, merged_into, by_whom) VALUES ($1, $2, $3, $4)
             ON CONFLICT (incident_id) DO UPDATE SET state = excluded.state, merged_into = excluded.merged_into, by_whom = excluded.by_whom, at = now()",
        )
        .bind(incident.0)
        .bind(state.as_str())
        .bind(into.map(|id| id.0))
        .bind(self.by)
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn merge(&self, connection: &mut PgConnection, incident: IncidentId, other: IncidentId) -> Result<Decided, StoreError> {
        if incident == other || !is_own(connection, other).await? {
            return Ok(Decided::Impossible);
        }
        sqlx::query("UPDATE incident_clusters SET incident_id = $2 WHERE incident_id = $1")
            .bind(incident.0)
            .bind(other.0)
            .execute(&mut *connection)
            .await?;
        // What led to this one leads on.
        sqlx::query("UPDATE incident_reviews SET merged_into = $2 WHERE merged_into = $1")
            .bind(incident.0)
            .bind(other.0)
            .execute(&mut *connection)
            .await?;
        self.set(connection, incident, ReviewState::Merged, Some(other)).await?;
        mark_stale(connection, other).await?;
        self.write(connection, incident, "merged", None, None, Some(other)).await?;
        self.write(connection, other, "took_in", None, None, Some(incident)).await?;
        Ok(Decided::Done(other))
    }

    async fn split(&self, connection: &mut PgConnection, incident: IncidentId, stories: &[StoryId]) -> Result<Decided, StoreError> {
        let chosen: Vec<Uuid> = stories.iter().map(|id| id.0).collect();
        let counts = sqlx::query(
            "SELECT count(*) FILTER (WHERE r.story_id = ANY ($2)) AS moved, count(*) FILTER (WHERE r.story_id <> ALL ($2)) AS kept
             FROM incident_clusters c JOIN incident_reports r USING (cluster_id) WHERE c.incident_id = $1",
        )
        .bind(incident.0)
        .bind(&chosen)
        .fetch_one(&mut *connection)
        .await?;
        if counts.try_get::<i64, _>("moved")? == 0 || counts.try_get::<i64, _>("kept")? == 0 {
            return Ok(Decided::Impossible);
        }
        let now = Timestamp::now();
        let (own, cluster) = (IncidentId::new(now), ClusterId::new(now));
        // Copies go with their originals; later reports of the event go on to join the one that was split.
        sqlx::query(
            "UPDATE incident_reports r SET cluster_id = $3 FROM incident_clusters c
             WHERE c.incident_id = $1 AND r.cluster_id = c.cluster_id AND (r.story_id = ANY ($2) OR r.duplicate_of = ANY ($2))",
        )
        .bind(incident.0)
        .bind(&chosen)
        .bind(cluster.0)
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "INSERT INTO incidents (id, status, topic, other_topics, country, place, happened_on, date_basis, actors, persons, people, person_keys, title,
                                    language, story_id, publishers, first_seen_at, last_seen_at, stale)
             SELECT $2, i.status, i.topic, i.other_topics, i.country, i.place, i.happened_on, i.date_basis, i.actors, i.persons, i.people, i.person_keys,
                    r.title, r.language, r.story_id, i.publishers, r.first_seen_at, r.first_seen_at, true
             FROM incidents i, (SELECT * FROM incident_reports WHERE cluster_id = $3 ORDER BY story_id LIMIT 1) r WHERE i.id = $1",
        )
        .bind(incident.0)
        .bind(own.0)
        .bind(cluster.0)
        .execute(&mut *connection)
        .await?;
        sqlx::query("INSERT INTO incident_clusters (cluster_id, incident_id) VALUES ($1, $2)")
            .bind(cluster.0)
            .bind(own.0)
            .execute(&mut *connection)
            .await?;
        mark_stale(connection, incident).await?;
        self.write(connection, incident, "gave_off", None, None, Some(own)).await?;
        self.write(connection, own, "split_off", None, None, Some(incident)).await?;
        Ok(Decided::Done(own))
    }
}

async fn mark_stale(connection: &mut PgConnection, incident: IncidentId) -> Result<(), StoreError> {
    sqlx::query("UPDATE incidents SET stale = true WHERE id = $1").bind(incident.0).execute(connection).await?;
    Ok(())
}
