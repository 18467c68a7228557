//! Labels anew for stored stories, when the rules that give them changed: small batches, newest first.
//!
//! Each story carries the fingerprint of the rules that labeled it, so a killed worker loses its open batch and nothing else, and several
//! workers share the work: each locks the stories of its batch and passes over those that another has locked.
//!
//! What a story says of an incident is written after its labels, under the ingest lock, which a batch cannot take: an edit holds that lock while it
//! waits for a story of the batch. Until then the story counts as labeled by other rules, so that nothing is lost with a killed worker.
//!
//! *Invariant:* neither matches nor alerts nor deliveries are written here: old news alerts nobody.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, Row, Transaction};
use uuid::Uuid;

use crate::model::{Classification, ClusterId, Language, RulesFingerprint, StoryId};
use crate::store::ingest::{IngestTx, labels};
use crate::store::partitions::first_id_of;
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// A stored text that other rules labeled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleStory {
    pub id: StoryId,
    pub source_id: String,
    pub title: String,
    pub body: String,
    pub language: Language,
    pub cluster: ClusterId,
    /// Which text it is: an edit makes another.
    pub revision: i32,
    /// When it was published, else first seen.
    pub moment: Timestamp,
    /// Whether it is kept as a report of an incident.
    pub is_report: bool,
}

/// How far stored stories are brought to the rules in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labeling {
    /// The rules in force: those of the last to start or reload.
    pub rules: RulesFingerprint,
    pub begun_at: Timestamp,
    /// Stories that other rules had labeled when it began.
    pub todo: u64,
    pub relabeled: u64,
    /// Those of them whose labels or places are others now.
    pub changed: u64,
    /// Those that could not be labeled and keep what they had.
    pub failed: u64,
    pub last_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

/// An open batch: its stories are locked until [`commit`](Self::commit). Dropping it changes nothing.
#[derive(Debug)]
pub struct RelabelTx {
    tx: Transaction<'static, Postgres>,
    rules: RulesFingerprint,
    /// All that are locked, also those that retention took since.
    locked: Vec<Uuid>,
    stories: Vec<StaleStory>,
    clusters: BTreeSet<Uuid>,
    /// Those whose incident is still to be written: they stay behind until it is.
    postponed: BTreeSet<Uuid>,
    changed: i64,
    failed: i64,
}

/// Stories whose labels are written, and what they say of incidents not yet. Dropping it changes nothing.
#[derive(Debug)]
pub struct IncidentTx {
    ingest: IngestTx,
    rules: RulesFingerprint,
    stories: BTreeSet<StoryId>,
}

impl Store {
    /// Makes these the rules that stored stories are brought to, and says what is to be done. Calling it again goes on where it stood.
    pub async fn begin_relabeling(&self, rules: RulesFingerprint) -> Result<Labeling, StoreError> {
        let mut tx = self.pool().begin().await?;
        // Stories of a program that did not keep its rules.
        sqlx::query(
            "INSERT INTO story_labelings (story_id, rules)
             SELECT id, 0 FROM stories s WHERE NOT EXISTS (SELECT FROM story_labelings l WHERE l.story_id = s.id) ON CONFLICT DO NOTHING",
        )
        .execute(&mut *tx)
        .await?;
        let stale: i64 = sqlx::query_scalar(STALE).bind(rules.as_signed()).fetch_one(&mut *tx).await?;
        let goes_on = sqlx::query(
            "UPDATE label_rules SET
                 todo = CASE WHEN finished_at IS NULL THEN relabeled + $2 ELSE todo END,
                 finished_at = CASE WHEN $2 = 0 THEN coalesce(finished_at, now()) END
             WHERE rules = $1 AND (finished_at IS NULL OR $2 = 0)
             RETURNING rules, begun_at, todo, relabeled, changed, failed, last_at, finished_at",
        )
        .bind(rules.as_signed())
        .bind(stale)
        .fetch_optional(&mut *tx)
        .await?;
        let row = match goes_on {
            Some(row) => row,
            None => {
                sqlx::query(
                    "INSERT INTO label_rules (rules, todo, finished_at) VALUES ($1, $2, CASE WHEN $2 = 0 THEN now() END)
                     ON CONFLICT (only_row) DO UPDATE SET
                         rules = excluded.rules, begun_at = now(), todo = excluded.todo, relabeled = 0, changed = 0, failed = 0,
                         last_at = NULL, finished_at = excluded.finished_at
                     RETURNING rules, begun_at, todo, relabeled, changed, failed, last_at, finished_at",
                )
                .bind(rules.as_signed())
                .bind(stale)
                .fetch_one(&mut *tx)
                .await?
            }
        };
        tx.commit().await?;
        labeling(&row)
    }

    /// How far it is; `None` before any daemon ran. Cheap: reads one row.
    pub async fn labeling(&self) -> Result<Option<Labeling>, StoreError> {
        let row = sqlx::query("SELECT rules, begun_at, todo, relabeled, changed, failed, last_at, finished_at FROM label_rules")
            .fetch_optional(self.pool())
            .await?;
        row.as_ref().map(labeling).transpose()
    }

    /// How many stored stories other rules labeled. Reads a narrow row for each story.
    pub async fn stale_stories(&self, rules: RulesFingerprint) -> Result<u64, StoreError> {
        let stale: i64 = sqlx::query_scalar(STALE).bind(rules.as_signed()).fetch_one(self.pool()).await?;
        Ok(u64::try_from(stale).unwrap_or_default())
    }

    /// Locks the next stories that other rules labeled, newest first, seen since a moment and before a story; `None` when there are none but those
    /// that another worker has locked.
    pub async fn relabel_batch(
        &self,
        rules: RulesFingerprint,
        since: Option<Timestamp>,
        before: Option<StoryId>,
        limit: i64,
    ) -> Result<Option<RelabelTx>, StoreError> {
        let mut tx = self.pool().begin().await?;
        let locked: Vec<Uuid> = sqlx::query_scalar(
            "SELECT story_id FROM story_labelings
             WHERE rules <> $1 AND ($2::uuid IS NULL OR story_id >= $2) AND ($3::uuid IS NULL OR story_id < $3)
             ORDER BY story_id DESC LIMIT $4 FOR UPDATE SKIP LOCKED",
        )
        .bind(rules.as_signed())
        .bind(since.map(first_id_of))
        .bind(before.map(|id| id.0))
        .bind(limit)
        .fetch_all(&mut *tx)
        .await?;
        if locked.is_empty() {
            return Ok(None);
        }
        // A statement of its own: it sees what an edit committed before the lock was ours.
        let rows = sqlx::query(
            "SELECT id, source_id, title, body, language, cluster_id, revision, coalesce(published_at, first_seen_at) AS moment,
                    EXISTS (SELECT FROM incident_reports r WHERE r.story_id = s.id) AS is_report
             FROM stories s WHERE id = ANY ($1) ORDER BY id DESC",
        )
        .bind(&locked)
        .fetch_all(&mut *tx)
        .await?;
        let mut stories = Vec::with_capacity(rows.len());
        for row in &rows {
            let language: &str = row.try_get("language")?;
            stories.push(StaleStory {
                id: StoryId(row.try_get("id")?),
                source_id: row.try_get("source_id")?,
                title: row.try_get("title")?,
                body: row.try_get("body")?,
                language: Language::parse(language).unwrap_or_else(Language::undetermined),
                cluster: ClusterId(row.try_get("cluster_id")?),
                revision: row.try_get("revision")?,
                moment: row.try_get::<Instant, _>("moment")?.0,
                is_report: row.try_get("is_report")?,
            });
        }
        Ok(Some(RelabelTx { tx, rules, locked, stories, clusters: BTreeSet::new(), postponed: BTreeSet::new(), changed: 0, failed: 0 }))
    }

    /// Opens the writing of incidents for postponed stories, under the ingest lock: those of them that are still behind and were not edited since.
    pub async fn begin_incidents(&self, rules: RulesFingerprint, postponed: &[(StoryId, i32)]) -> Result<IncidentTx, StoreError> {
        let mut ingest = self.begin_ingest().await?;
        let (ids, revisions): (Vec<Uuid>, Vec<i32>) = postponed.iter().map(|(story, revision)| (story.0, *revision)).unzip();
        let stories: Vec<Uuid> = sqlx::query_scalar(
            "SELECT l.story_id FROM unnest($2::uuid[], $3::integer[]) AS p (id, revision)
             JOIN stories s ON s.id = p.id AND s.revision = p.revision JOIN story_labelings l ON l.story_id = p.id
             WHERE l.rules <> $1 ORDER BY l.story_id FOR UPDATE OF l",
        )
        .bind(rules.as_signed())
        .bind(&ids)
        .bind(&revisions)
        .fetch_all(&mut *ingest.tx)
        .await?;
        Ok(IncidentTx { ingest, rules, stories: stories.into_iter().map(StoryId).collect() })
    }

    /// Notes that all stored stories carry the labels of these rules, where that is so.
    pub async fn finish_relabeling(&self, rules: RulesFingerprint) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE label_rules SET finished_at = coalesce(finished_at, now())
             WHERE rules = $1 AND NOT EXISTS (SELECT FROM story_labelings l WHERE l.rules <> $1)",
        )
        .bind(rules.as_signed())
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() > 0)
    }
}

/// Counts what other rules labeled.
const STALE: &str = "SELECT count(*) FROM story_labelings WHERE rules <> $1";

impl RelabelTx {
    /// What is to be labeled, newest first.
    pub fn stories(&self) -> &[StaleStory] {
        &self.stories
    }

    /// The oldest story of the batch: the next one begins before it.
    pub fn oldest(&self) -> Option<StoryId> {
        self.locked.iter().min().map(|id| StoryId(*id))
    }

    /// Puts labels, their evidence and the main country in the place of those that the story has. True where something is different now; what is
    /// the same is not written.
    pub async fn replace(&mut self, story: StoryId, labels: &Classification) -> Result<bool, StoreError> {
        let rows = labels::rows(labels);
        let mut is_changed = false;
        if labels::stored(&mut self.tx, story).await? != rows {
            labels::clear(&mut self.tx, story).await?;
            labels::write(&mut self.tx, story, &rows).await?;
            is_changed = true;
        }
        let cluster: Option<Uuid> =
            sqlx::query_scalar("UPDATE stories SET main_country = $2 WHERE id = $1 AND main_country IS DISTINCT FROM $2 RETURNING cluster_id")
                .bind(story.0)
                .bind(labels.main_country.map(|country| country.to_string()))
                .fetch_optional(&mut *self.tx)
                .await?;
        is_changed |= cluster.is_some();
        self.clusters.extend(cluster);
        self.changed += i64::from(is_changed);
        Ok(is_changed)
    }

    /// Leaves a story behind whose incident is to be written: see [`Store::begin_incidents`].
    pub fn postpone(&mut self, story: StoryId) {
        self.postponed.insert(story.0);
    }

    /// Leaves a story as it is, though it counts as looked at: labeling it failed and would fail again.
    pub fn pass_over(&mut self) {
        self.failed += 1;
    }

    /// Makes the batch durable. False, and nothing changed, when other rules came into force meanwhile.
    pub async fn commit(mut self) -> Result<bool, StoreError> {
        // As at ingest: the country of the first report that has one. Locked in one order, for two workers may meet at the clusters.
        let clusters: Vec<Uuid> = self.clusters.iter().copied().collect();
        sqlx::query("SELECT FROM clusters WHERE id = ANY ($1) ORDER BY id FOR UPDATE").bind(&clusters).execute(&mut *self.tx).await?;
        sqlx::query(
            "UPDATE clusters c SET main_country =
                 (SELECT s.main_country FROM stories s WHERE s.cluster_id = c.id AND s.main_country IS NOT NULL ORDER BY s.id LIMIT 1)
             WHERE c.id = ANY ($1)",
        )
        .bind(&clusters)
        .execute(&mut *self.tx)
        .await?;
        let finished: Vec<Uuid> = self.locked.iter().copied().filter(|story| !self.postponed.contains(story)).collect();
        finish(self.tx, self.rules, &finished, self.changed, self.failed).await
    }
}

impl IncidentTx {
    /// Whose incidents are written here.
    pub fn stories(&self) -> &BTreeSet<StoryId> {
        &self.stories
    }

    /// What [`IngestTx::write_report`], [`IngestTx::reports`] and [`IngestTx::write_incident`] write into.
    pub fn ingest(&mut self) -> &mut IngestTx {
        &mut self.ingest
    }

    /// Makes the incidents durable, and the stories those of the rules. False, and nothing changed, when other rules came into force meanwhile.
    pub async fn commit(self) -> Result<bool, StoreError> {
        let finished: Vec<Uuid> = self.stories.iter().map(|story| story.0).collect();
        finish(self.ingest.tx, self.rules, &finished, 0, 0).await
    }
}

async fn finish(
    mut tx: Transaction<'static, Postgres>,
    rules: RulesFingerprint,
    finished: &[Uuid],
    changed: i64,
    failed: i64,
) -> Result<bool, StoreError> {
    sqlx::query("UPDATE story_labelings SET rules = $1 WHERE story_id = ANY ($2)").bind(rules.as_signed()).bind(finished).execute(&mut *tx).await?;
    // Last, for all workers meet at this row.
    let counted = sqlx::query(
        "UPDATE label_rules SET relabeled = relabeled + $2, changed = changed + $3, failed = failed + $4, last_at = now() WHERE rules = $1",
    )
    .bind(rules.as_signed())
    .bind(i64::try_from(finished.len()).unwrap_or_default())
    .bind(changed)
    .bind(failed)
    .execute(&mut *tx)
    .await?;
    if counted.rows_affected() == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

fn labeling(row: &PgRow) -> Result<Labeling, StoreError> {
    let count = |column: &str| row.try_get::<i64, _>(column).map(|number| u64::try_from(number).unwrap_or_default());
    let moment = |column: &str| row.try_get::<Option<Instant>, _>(column).map(|at| at.map(|at| at.0));
    Ok(Labeling {
        rules: RulesFingerprint::from_signed(row.try_get("rules")?),
        begun_at: row.try_get::<Instant, _>("begun_at")?.0,
        todo: count("todo")?,
        relabeled: count("relabeled")?,
        changed: count("changed")?,
        failed: count("failed")?,
        last_at: moment("last_at")?,
        finished_at: moment("finished_at")?,
    })
}
