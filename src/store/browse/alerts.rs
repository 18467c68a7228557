//! Alerts with their deliveries and attempts.

use jiff::Timestamp;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

use crate::model::{AlertId, Content, DeliveryId, StoryId};
use crate::store::browse::PAGE_ROWS;
use crate::store::value::Instant;
use crate::store::{Store, StoreError, json};

/// Which alerts are asked for; empty means all, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertFilter {
    pub watchlist: Option<String>,
    /// Only alerts with a delivery in this state: `pending`, `delivered`, `dead`.
    pub state: Option<String>,
    pub story: Option<StoryId>,
    /// Continues a list.
    pub before: Option<AlertId>,
}

/// An alert with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertRow {
    pub id: AlertId,
    /// Empty for what comes from no watchlist.
    pub watchlist: String,
    pub channel: String,
    pub priority: String,
    pub restricted: bool,
    /// `None` for digests, bursts and notices.
    pub story: Option<StoryId>,
    pub content: Content,
    pub created_at: Timestamp,
    /// It is repeated or told to others until somebody acknowledges its event.
    pub awaits_word: bool,
    pub acknowledged_at: Option<Timestamp>,
    pub deliveries: Vec<DeliveryRow>,
}

/// One recipient's row of the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryRow {
    pub id: DeliveryId,
    /// Empty for webhooks.
    pub recipient: String,
    /// `pending`, `delivered` or `dead`.
    pub state: String,
    pub attempts: i32,
    pub due_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub last_error: Option<String>,
    pub history: Vec<AttemptRow>,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptRow {
    pub attempt: i32,
    pub at: Timestamp,
    pub duration_ms: i32,
    pub outcome: String,
    pub detail: String,
}

/// How many alerts a watchlist sent to a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertCount {
    pub watchlist: String,
    pub channel: String,
    pub alerts: i64,
    /// Deliveries by state.
    pub pending: i64,
    pub delivered: i64,
    pub dead: i64,
}

impl Store {
    /// One page of alerts, newest first, each with its deliveries and their attempts.
    pub async fn alerts(&self, filter: &AlertFilter) -> Result<Vec<AlertRow>, StoreError> {
        let mut query = QueryBuilder::<Postgres>::new(
            "SELECT a.id, coalesce(a.watchlist_id, '') AS watchlist_id, a.channel_id, a.priority, a.restricted, a.story_id, a.payload, a.created_at,
                    e.acknowledged_at,
                    coalesce(e.acknowledged_at IS NULL AND (e.next_repeat_at IS NOT NULL OR e.escalate_at IS NOT NULL), false) AS awaits_word
             FROM alerts a LEFT JOIN alert_events e ON e.watchlist_id = a.watchlist_id AND e.event_key = a.event_key WHERE true",
        );
        if let Some(watchlist) = &filter.watchlist {
            query.push(" AND a.watchlist_id = ").push_bind(watchlist);
        }
        if let Some(state) = &filter.state {
            query.push(" AND EXISTS (SELECT 1 FROM deliveries d WHERE d.alert_id = a.id AND d.state = ").push_bind(state).push(")");
        }
        if let Some(story) = filter.story {
            query.push(" AND a.story_id = ").push_bind(story.0);
        }
        if let Some(before) = filter.before {
            query.push(" AND a.id < ").push_bind(before.0);
        }
        query.push(" ORDER BY a.id DESC LIMIT ").push_bind(PAGE_ROWS);
        let mut alerts = Vec::new();
        for row in query.build().fetch_all(self.pool()).await? {
            alerts.push(AlertRow {
                id: AlertId(row.try_get("id")?),
                watchlist: row.try_get("watchlist_id")?,
                channel: row.try_get("channel_id")?,
                priority: row.try_get("priority")?,
                restricted: row.try_get("restricted")?,
                story: row.try_get::<Option<Uuid>, _>("story_id")?.map(StoryId),
                content: json::content::from_json(row.try_get("payload")?)?,
                created_at: row.try_get::<Instant, _>("created_at")?.0,
                awaits_word: row.try_get("awaits_word")?,
                acknowledged_at: row.try_get::<Option<Instant>, _>("acknowledged_at")?.map(|at| at.0),
                deliveries: Vec::new(),
            });
        }
        let ids: Vec<Uuid> = alerts.iter().map(|alert| alert.id.0).collect();
        let attempts = sqlx::query(
            "SELECT t.delivery_id, t.attempt, t.at, t.duration_ms, t.outcome, t.detail FROM delivery_attempts t
             JOIN deliveries d ON d.id = t.delivery_id WHERE d.alert_id = ANY($1) ORDER BY t.id",
        )
        .bind(&ids)
        .fetch_all(self.pool())
        .await?;
        let deliveries =
            sqlx::query("SELECT id, alert_id, recipient, state, attempts, due_at, ended_at, last_error FROM deliveries WHERE alert_id = ANY($1) ORDER BY recipient")
                .bind(&ids)
                .fetch_all(self.pool())
                .await?;
        for row in &deliveries {
            let (id, alert): (Uuid, Uuid) = (row.try_get("id")?, row.try_get("alert_id")?);
            let mut history = Vec::new();
            for attempt in &attempts {
                if attempt.try_get::<Uuid, _>("delivery_id")? == id {
                    history.push(AttemptRow {
                        attempt: attempt.try_get("attempt")?,
                        at: attempt.try_get::<Instant, _>("at")?.0,
                        duration_ms: attempt.try_get("duration_ms")?,
                        outcome: attempt.try_get("outcome")?,
                        detail: attempt.try_get("detail")?,
                    });
                }
            }
            let delivery = DeliveryRow {
                id: DeliveryId(id),
                recipient: row.try_get("recipient")?,
                state: row.try_get("state")?,
                attempts: row.try_get("attempts")?,
                due_at: row.try_get::<Instant, _>("due_at")?.0,
                ended_at: row.try_get::<Option<Instant>, _>("ended_at")?.map(|at| at.0),
                last_error: row.try_get("last_error")?,
                history,
            };
            if let Some(owner) = alerts.iter_mut().find(|owner| owner.id.0 == alert) {
                owner.deliveries.push(delivery);
            }
        }
        Ok(alerts)
    }

    /// Alerts and deliveries counted by watchlist and channel.
    pub async fn alert_counts(&self) -> Result<Vec<AlertCount>, StoreError> {
        let rows = sqlx::query(
            "SELECT coalesce(a.watchlist_id, '') AS watchlist_id, a.channel_id, count(DISTINCT a.id) AS alerts,
                    count(*) FILTER (WHERE d.state = 'pending') AS pending,
                    count(*) FILTER (WHERE d.state = 'delivered') AS delivered,
                    count(*) FILTER (WHERE d.state = 'dead') AS dead
             FROM alerts a LEFT JOIN deliveries d ON d.alert_id = a.id GROUP BY 1, 2 ORDER BY 1, 2",
        )
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(AlertCount {
                    watchlist: row.try_get("watchlist_id")?,
                    channel: row.try_get("channel_id")?,
                    alerts: row.try_get("alerts")?,
                    pending: row.try_get("pending")?,
                    delivered: row.try_get("delivered")?,
                    dead: row.try_get("dead")?,
                })
            })
            .collect()
    }
}
