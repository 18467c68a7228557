//! What a list was told of an event: read and written in the transaction of the story that changes it.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use uuid::Uuid;

use crate::model::{ClusterId, CountryCode, DigestEntry, EventState, StoryId, Told, WatchlistId};
use crate::store::StoreError;
use crate::store::ingest::IngestTx;
use crate::store::json::content;
use crate::store::value::{self, Instant};

/// What a story changes of what is kept of its event.
#[derive(Debug, Clone, PartialEq)]
pub struct EventNote {
    pub cluster: ClusterId,
    /// Of the story's source.
    pub country: Option<CountryCode>,
    /// References of the list's persons whom the message that is written now names.
    pub persons: Vec<String>,
    /// By the database's clock; `None`: nothing was told now.
    pub told: Option<Told>,
    pub listed_as_few: bool,
    /// Written with the first alert that asks for it.
    pub acknowledge: Option<String>,
    pub repeat_at: Option<Timestamp>,
    pub escalate_at: Option<Timestamp>,
}

impl IngestTx {
    /// What is known of an event, and the database's clock. `limit_period`: how far back alerts of the list are counted.
    pub async fn event_state(
        &mut self,
        list: &WatchlistId,
        key: &[u8; 32],
        cluster: ClusterId,
        limit_period: Option<Duration>,
    ) -> Result<(EventState, Timestamp), StoreError> {
        let row = sqlx::query(
            "SELECT now() AS now, counted.publishers, counted.reports, e.told_at, e.updates, e.publishers AS told_publishers, e.severity,
                    coalesce(e.countries, '{}') AS countries, coalesce(e.persons, '{}') AS persons, coalesce(e.listed_as_few, false) AS listed_as_few, e.ack_token,
                    CASE WHEN $4::float8 IS NULL THEN 0
                         ELSE (SELECT count(*) FROM alert_log WHERE watchlist_id = $1 AND at > now() - make_interval(secs => $4)) END AS recent
             FROM (SELECT count(DISTINCT publisher_group) FILTER (WHERE duplicate_of IS NULL) AS publishers, count(*) AS reports
                   FROM stories WHERE cluster_id = $3) counted
             LEFT JOIN alert_events e ON e.watchlist_id = $1 AND e.event_key = $2",
        )
        .bind(list.as_str())
        .bind(key.as_slice())
        .bind(cluster.0)
        .bind(limit_period.map(|period| period.as_secs_f64()))
        .fetch_one(&mut *self.tx)
        .await?;
        let number = |name: &str| row.try_get::<i64, _>(name).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        let told_at: Option<Instant> = row.try_get("told_at")?;
        let told = match told_at {
            None => None,
            Some(at) => Some(Told {
                at: at.0,
                updates: u32::try_from(row.try_get::<i32, _>("updates")?).unwrap_or_default(),
                publishers: u32::try_from(row.try_get::<i32, _>("told_publishers")?).unwrap_or_default(),
                severity: u8::try_from(row.try_get::<i16, _>("severity")?).unwrap_or_default(),
            }),
        };
        let countries: Vec<String> = row.try_get("countries")?;
        let state = EventState {
            publishers: number("publishers")?,
            reports: number("reports")?,
            told,
            listed_as_few: row.try_get("listed_as_few")?,
            countries: countries.iter().filter_map(|code| CountryCode::parse(code)).collect(),
            persons: row.try_get("persons")?,
            recent_alerts: number("recent")?,
            acknowledge: row.try_get("ack_token")?,
        };
        Ok((state, row.try_get::<Instant, _>("now")?.0))
    }

    /// Keeps what became of an event.
    pub async fn note_event(&mut self, list: &WatchlistId, key: &[u8; 32], note: &EventNote) -> Result<(), StoreError> {
        let told = note.told;
        let number = |number: Option<u32>| number.map(|number| i32::try_from(number).unwrap_or(i32::MAX));
        sqlx::query(
            "INSERT INTO alert_events AS e (watchlist_id, event_key, cluster_id, told_at, updates, publishers, severity, countries, listed_as_few,
                                            ack_token, next_repeat_at, escalate_at, persons)
             VALUES ($1, $2, $3, $4, coalesce($5, 0), coalesce($6, 0), coalesce($7, 0::smallint),
                     CASE WHEN $8::text IS NULL THEN '{}' ELSE ARRAY[$8] END, $9, $10, $11, $12, $13)
             ON CONFLICT (watchlist_id, event_key) DO UPDATE SET
                 cluster_id = excluded.cluster_id,
                 told_at = coalesce(excluded.told_at, e.told_at),
                 updates = coalesce($5, e.updates),
                 publishers = coalesce($6, e.publishers),
                 severity = greatest(e.severity, excluded.severity),
                 countries = CASE WHEN $8::text IS NULL OR $8 = ANY(e.countries) THEN e.countries ELSE e.countries || $8 END,
                 persons = ARRAY(SELECT DISTINCT unnest(e.persons || excluded.persons) ORDER BY 1),
                 listed_as_few = e.listed_as_few OR excluded.listed_as_few,
                 ack_token = coalesce(e.ack_token, excluded.ack_token),
                 next_repeat_at = coalesce(e.next_repeat_at, excluded.next_repeat_at),
                 escalate_at = coalesce(e.escalate_at, excluded.escalate_at)",
        )
        .bind(list.as_str())
        .bind(key.as_slice())
        .bind(note.cluster.0)
        .bind(told.map(|told| Instant(told.at)))
        .bind(number(told.map(|told| told.updates)))
        .bind(number(told.map(|told| told.publishers)))
        .bind(told.map(|told| i16::from(told.severity)))
        .bind(note.country.map(|country| country.to_string()))
        .bind(note.listed_as_few)
        .bind(note.acknowledge.as_deref())
        .bind(note.repeat_at.map(Instant))
        .bind(note.escalate_at.map(Instant))
        .bind(&note.persons)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Counts an alert of a list for its rate limit, and takes what was held back of its event out of the digest: it is told now.
    pub async fn log_alert(&mut self, list: &WatchlistId, key: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO alert_log (watchlist_id) VALUES ($1)").bind(list.as_str()).execute(&mut *self.tx).await?;
        sqlx::query("DELETE FROM digest_entries WHERE watchlist_id = $1 AND event_key = $2 AND NOT taken AND reason = 'few_sources'")
            .bind(list.as_str())
            .bind(key.as_slice())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Puts an event into the list's next digest; a better story of an event that waits there takes the place of the former.
    pub async fn add_to_digest(&mut self, list: &WatchlistId, key: &[u8; 32], entry: &DigestEntry) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO digest_entries AS d (watchlist_id, event_key, cluster_id, score, reason, story) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (watchlist_id, event_key) WHERE NOT taken DO UPDATE SET
                 score = excluded.score, reason = excluded.reason, story = excluded.story, cluster_id = excluded.cluster_id
             WHERE excluded.score > d.score",
        )
        .bind(list.as_str())
        .bind(key.as_slice())
        .bind(entry.cluster.0)
        .bind(entry.score)
        .bind(entry.reason.as_str())
        .bind(content::story_to_json(&entry.story)?)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Lets an alert that waits for its moment, and was never attempted, count the stories that came since it was written.
    pub async fn refresh_alerts(&mut self, list: &WatchlistId, key: &[u8; 32], publishers: u32, reports: u32) -> Result<(), StoreError> {
        // A claim passes over locked rows: what is counted here cannot be on its way.
        let waiting: Vec<Uuid> = sqlx::query_scalar(
            "SELECT d.alert_id FROM deliveries d JOIN alerts a ON a.id = d.alert_id
             WHERE a.watchlist_id = $1 AND a.event_key = $2 AND d.state = 'pending' AND d.attempts = 0 AND d.due_at > now()
             FOR UPDATE OF d SKIP LOCKED",
        )
        .bind(list.as_str())
        .bind(key.as_slice())
        .fetch_all(&mut *self.tx)
        .await?;
        sqlx::query(
            "UPDATE alerts a SET payload = a.payload || jsonb_build_object('publishers', $2::bigint, 'reports', $3::bigint)
             WHERE a.id = ANY($1) AND NOT EXISTS (SELECT FROM deliveries d WHERE d.alert_id = a.id AND d.attempts > 0)",
        )
        .bind(&waiting)
        .bind(i64::from(publishers))
        .bind(i64::from(reports))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Keeps beside a match what became of it. What was told stays: `keeps` is true for what says less than a former decision.
    pub async fn note_decision(&mut self, story: StoryId, list: &WatchlistId, decision: &str, keeps: bool) -> Result<(), StoreError> {
        sqlx::query("UPDATE matches SET decision = $3 WHERE story_id = $1 AND watchlist_id = $2 AND (decision IS NULL OR NOT $4)")
            .bind(story.0)
            .bind(list.as_str())
            .bind(value::clean(decision))
            .bind(keeps)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
