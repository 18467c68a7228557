//! Labels of one story as rows, with the rules that gave them.

use serde_json::Value;
use sqlx::{PgConnection, Row};

use crate::model::{Classification, StoryId};
use crate::store::{StoreError, json};

/// A row of `story_labels`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::store) struct LabelRow {
    kind: String,
    value: String,
    role: String,
    score: f32,
    evidence: Value,
}

/// The rows of a classification, each kind and value once, in the order of the primary key.
pub(in crate::store) fn rows(labels: &Classification) -> Vec<LabelRow> {
    let countries = labels.countries.iter().map(|label| ("country", label.code.to_string(), label.role.as_str(), label.score, &label.evidence));
    let topics = labels.topics.iter().map(|label| ("topic", label.id.clone(), "", label.score, &label.evidence));
    let actors = labels.actors.iter().map(|label| ("actor", label.id.clone(), "", label.score, &label.evidence));
    let mut rows: Vec<LabelRow> = countries
        .chain(topics)
        .chain(actors)
        .map(|(kind, value, role, score, evidence)| LabelRow {
            kind: kind.to_owned(),
            value,
            role: role.to_owned(),
            score,
            evidence: json::evidence_to_json(evidence),
        })
        .collect();
    // Labels come highest score first: of two for one value the first stays, for the sort keeps their order.
    rows.sort_by(|a, b| (&a.kind, &a.value).cmp(&(&b.kind, &b.value)));
    rows.dedup_by(|later, kept| (&later.kind, &later.value) == (&kept.kind, &kept.value));
    rows
}

/// The rows that a story has now.
pub(in crate::store) async fn stored(connection: &mut PgConnection, story: StoryId) -> Result<Vec<LabelRow>, StoreError> {
    let found =
        sqlx::query("SELECT kind, value, role, score, evidence FROM story_labels WHERE story_id = $1").bind(story.0).fetch_all(connection).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in &found {
        rows.push(LabelRow {
            kind: row.try_get("kind")?,
            value: row.try_get("value")?,
            role: row.try_get("role")?,
            score: row.try_get("score")?,
            evidence: row.try_get("evidence")?,
        });
    }
    rows.sort_by(|a, b| (&a.kind, &a.value).cmp(&(&b.kind, &b.value)));
    Ok(rows)
}

/// Writes rows for a story that has none.
pub(in crate::store) async fn write(connection: &mut PgConnection, story: StoryId, rows: &[LabelRow]) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO story_labels (story_id, kind, value, role, score, evidence)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::real[], $6::jsonb[])",
    )
    .bind(story.0)
    .bind(rows.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.value.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.role.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.score).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.evidence.clone()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes a story's rows away.
pub(in crate::store) async fn clear(connection: &mut PgConnection, story: StoryId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM story_labels WHERE story_id = $1").bind(story.0).execute(connection).await?;
    Ok(())
}
