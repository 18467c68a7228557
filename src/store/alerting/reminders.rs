//! Alerts that somebody must acknowledge: which are due again, and the word that ends it.

use jiff::Timestamp;
use sqlx::Row;
use uuid::Uuid;

use crate::model::{AlertContent, AlertId, ChannelId, Content, WatchlistId};
use crate::store::alerting::AlertTx;
use crate::store::json::content;
use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// An event that nobody acknowledged in time.
#[derive(Debug, Clone, PartialEq)]
pub struct DueReminder {
    pub list: WatchlistId,
    pub event_key: [u8; 32],
    /// What the last alert of it said.
    pub content: AlertContent,
    /// Where alerts of it went.
    pub channels: Vec<ChannelId>,
    pub repeats: u32,
    /// It is time to tell the same channels again.
    pub repeat: bool,
    /// It is time to tell others.
    pub escalate: bool,
    pub now: Timestamp,
}

/// What an acknowledgement did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acknowledged {
    /// Nobody had; how many open alerts it ended.
    Now(u64),
    /// Somebody had, then.
    Before(Timestamp),
    /// There is no such alert, or nothing to acknowledge.
    Unknown,
}

/// What a link to acknowledge is about.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenEvent {
    pub list: String,
    pub content: Content,
    pub acknowledged_at: Option<Timestamp>,
}

impl AlertTx {
    /// One event that is due for a reminder or for escalation, locked until the end of the transaction.
    pub async fn due_reminder(&mut self) -> Result<Option<DueReminder>, StoreError> {
        let row = sqlx::query(
            "SELECT e.watchlist_id, e.event_key, e.repeats, now() AS now, coalesce(e.next_repeat_at <= now(), false) AS repeat,
                    coalesce(e.escalate_at <= now(), false) AS escalate,
                    (SELECT payload FROM alerts a WHERE a.watchlist_id = e.watchlist_id AND a.event_key = e.event_key ORDER BY a.id DESC LIMIT 1) AS payload,
                    ARRAY(SELECT DISTINCT channel_id FROM alerts a WHERE a.watchlist_id = e.watchlist_id AND a.event_key = e.event_key) AS channels
             FROM alert_events e
             WHERE e.acknowledged_at IS NULL AND (e.next_repeat_at <= now() OR e.escalate_at <= now())
             ORDER BY least(e.next_repeat_at, e.escalate_at) LIMIT 1 FOR UPDATE OF e SKIP LOCKED",
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let list = WatchlistId::new(row.try_get("watchlist_id")?).map_err(StoreError::unreadable)?;
        let event_key: Vec<u8> = row.try_get("event_key")?;
        let event_key = <[u8; 32]>::try_from(event_key.as_slice()).map_err(|_| StoreError::unreadable("an event's key"))?;
        let payload: Option<serde_json::Value> = row.try_get("payload")?;
        let content = payload.map(content::from_json).transpose()?;
        let Some(Content::Alert(content)) = content else {
            // Its alerts were forgotten: there is nothing to repeat.
            self.remind_again(&list, &event_key, 0, None, true).await?;
            return Box::pin(self.due_reminder()).await;
        };
        let channels: Vec<String> = row.try_get("channels")?;
        Ok(Some(DueReminder {
            list,
            event_key,
            content: *content,
            channels: channels.iter().filter_map(|id| ChannelId::new(id).ok()).collect(),
            repeats: u32::try_from(row.try_get::<i32, _>("repeats")?).unwrap_or_default(),
            repeat: row.try_get("repeat")?,
            escalate: row.try_get("escalate")?,
            now: row.try_get::<Instant, _>("now")?.0,
        }))
    }

    /// Notes a reminder, and when the next one is due; `None`: there is none. `escalated`: others were told, or nobody else is to be.
    pub async fn remind_again(
        &mut self,
        list: &WatchlistId,
        event_key: &[u8; 32],
        repeats: u32,
        next: Option<Timestamp>,
        escalated: bool,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE alert_events SET repeats = greatest(repeats, $3), next_repeat_at = $4,
                    escalate_at = CASE WHEN $5 THEN NULL ELSE escalate_at END
             WHERE watchlist_id = $1 AND event_key = $2",
        )
        .bind(list.as_str())
        .bind(event_key.as_slice())
        .bind(i32::try_from(repeats).unwrap_or(i32::MAX))
        .bind(next.map(Instant))
        .bind(escalated)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

impl Store {
    /// Acknowledges the event of an alert: it is not repeated and not escalated any more. `by`: `cli`, `page`.
    pub async fn acknowledge_alert(&self, alert: AlertId, by: &str) -> Result<Acknowledged, StoreError> {
        let key = sqlx::query("SELECT watchlist_id, event_key FROM alerts WHERE id = $1 AND event_key IS NOT NULL")
            .bind(alert.0)
            .fetch_optional(self.pool())
            .await?;
        let Some(key) = key else { return Ok(Acknowledged::Unknown) };
        let (list, event): (String, Vec<u8>) = (key.try_get("watchlist_id")?, key.try_get("event_key")?);
        self.acknowledge_where("watchlist_id = $1 AND event_key = $2", &list, Some(event), by).await
    }

    /// The same by the token of a link.
    pub async fn acknowledge_token(&self, token: &str, by: &str) -> Result<Acknowledged, StoreError> {
        self.acknowledge_where("ack_token = $1 AND $2::bytea IS NULL", token, None, by).await
    }

    /// What a token is about, for the page that asks before it acknowledges.
    pub async fn event_of_token(&self, token: &str) -> Result<Option<OpenEvent>, StoreError> {
        let row = sqlx::query(
            "SELECT e.watchlist_id, e.acknowledged_at,
                    (SELECT payload FROM alerts a WHERE a.watchlist_id = e.watchlist_id AND a.event_key = e.event_key ORDER BY a.id DESC LIMIT 1) AS payload
             FROM alert_events e WHERE e.ack_token = $1",
        )
        .bind(token)
        .fetch_optional(self.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let payload: Option<serde_json::Value> = row.try_get("payload")?;
        let Some(payload) = payload else { return Ok(None) };
        Ok(Some(OpenEvent {
            list: row.try_get("watchlist_id")?,
            content: content::from_json(payload)?,
            acknowledged_at: row.try_get::<Option<Instant>, _>("acknowledged_at")?.map(|at| at.0),
        }))
    }

    /// When the event of each of these alerts was acknowledged, for lists of alerts.
    pub async fn acknowledged(&self, alerts: &[AlertId]) -> Result<Vec<(AlertId, Timestamp)>, StoreError> {
        let ids: Vec<Uuid> = alerts.iter().map(|alert| alert.0).collect();
        let rows = sqlx::query(
            "SELECT a.id, e.acknowledged_at FROM alerts a JOIN alert_events e USING (watchlist_id, event_key)
             WHERE a.id = ANY($1) AND e.acknowledged_at IS NOT NULL",
        )
        .bind(&ids)
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(|row| Ok((AlertId(row.try_get("id")?), row.try_get::<Instant, _>("acknowledged_at")?.0))).collect()
    }

    /// `condition` is one of two texts of this file.
    async fn acknowledge_where(&self, condition: &str, first: &str, second: Option<Vec<u8>>, by: &str) -> Result<Acknowledged, StoreError> {
        let sql = format!("UPDATE alert_events SET acknowledged_at = now(), acknowledged_by = $3 WHERE acknowledged_at IS NULL AND {condition}");
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(first).bind(second.as_deref()).bind(by).execute(self.pool()).await?;
        if done.rows_affected() > 0 {
            return Ok(Acknowledged::Now(done.rows_affected()));
        }
        let sql = format!("SELECT acknowledged_at FROM alert_events WHERE {condition}");
        let at: Option<Option<Instant>> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(first).bind(second).fetch_optional(self.pool()).await?;
        Ok(at.flatten().map_or(Acknowledged::Unknown, |at| Acknowledged::Before(at.0)))
    }
}
