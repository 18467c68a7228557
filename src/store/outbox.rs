//! The outbox: alerts that were committed with their stories and wait to be sent.
//!
//! *Invariant:* a delivery is leased to one worker at a time; what a stale worker reports is not written.
//! *Invariant:* attempts are counted when they are claimed: a crash in the middle of sending counts as one.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::{PgListener, PgRow};
use uuid::Uuid;

use crate::model::{AlertId, ChannelId, ClaimedDelivery, DeliveryId, DeliveryOutcome};
use crate::store::value::{self, Instant};
use crate::store::{Store, StoreError, json};

/// What is notified when alerts were committed.
pub(in crate::store) const NOTIFICATION: &str = "presswatch_outbox";
const ERROR_LIMIT: usize = 500;

/// A delivery that nobody will try again unless a person asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadDelivery {
    pub id: DeliveryId,
    pub alert: AlertId,
    pub channel: ChannelId,
    /// Empty for webhooks.
    pub recipient: String,
    pub watchlist: String,
    pub attempts: u32,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// What is tried once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    Delivery(DeliveryId),
    Channel(ChannelId),
    All,
}

impl Store {
    /// Leases due deliveries, longest due first; of all channels the same share, so that a dead one never starves another.
    ///
    /// The lease must be longer than sending may take.
    pub async fn claim_deliveries(&self, channel: Option<&ChannelId>, limit: usize, lease: Duration) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let rows = sqlx::query(
            "WITH channels AS MATERIALIZED (
                 SELECT DISTINCT channel_id FROM deliveries
                 WHERE state = 'pending' AND due_at <= now() AND (leased_until IS NULL OR leased_until <= now())
                   AND ($1::text IS NULL OR channel_id = $1)
               AND NOT EXISTS (SELECT FROM channel_states c WHERE c.channel_id = deliveries.channel_id AND c.disabled_at IS NOT NULL)
             ), picked AS MATERIALIZED (
                 SELECT due.id FROM channels CROSS JOIN LATERAL (
                     SELECT d.id, d.due_at FROM deliveries d
                     WHERE d.channel_id = channels.channel_id AND d.state = 'pending' AND d.due_at <= now()
                       AND (d.leased_until IS NULL OR d.leased_until <= now())
                     ORDER BY d.due_at, d.id
                     LIMIT greatest(1, $2 / (SELECT count(*) FROM channels))
                     FOR UPDATE SKIP LOCKED
                 ) due
                 ORDER BY due.due_at LIMIT $2
             )
             UPDATE deliveries d
             SET attempts = attempts + 1, generation = generation + 1, leased_until = now() + make_interval(secs => $3)
             FROM picked, alerts a
             WHERE d.id = picked.id AND a.id = d.alert_id
             RETURNING d.id, d.alert_id, d.channel_id, d.recipient, d.attempts, d.generation, a.created_at, a.payload, d.due_at",
        )
        .bind(channel.map(ChannelId::as_str))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(lease.as_secs_f64())
        .fetch_all(self.pool())
        .await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in &rows {
            match claimed_delivery(row) {
                Ok(delivery) => claimed.push((row.try_get::<Instant, _>("due_at")?, delivery)),
                // One that cannot be read must not keep the others from being sent.
                Err(error) => self.bury(row.try_get("id")?, &error.to_string()).await?,
            }
        }
        claimed.sort_by_key(|(due, _)| *due);
        Ok(claimed.into_iter().map(|(_, delivery)| delivery).collect())
    }

    /// Writes down what became of an attempt. `false` when a later claim exists: then it is the later one that counts.
    pub async fn acknowledge(
        &self,
        delivery: DeliveryId,
        generation: i64,
        outcome: &DeliveryOutcome,
        duration: Duration,
    ) -> Result<bool, StoreError> {
        let (state, name, detail, wait) = match outcome {
            DeliveryOutcome::Delivered { detail } => ("delivered", "delivered", detail, 0.0),
            DeliveryOutcome::RetryAt { at, error } => ("pending", "retry", error, value::seconds_until(*at)),
            DeliveryOutcome::GaveUp { error } | DeliveryOutcome::Gone { error } => ("dead", "gave_up", error, 0.0),
        };
        let done = sqlx::query(
            "WITH done AS (
                 UPDATE deliveries SET
                     state = $3, leased_until = NULL,
                     due_at = CASE WHEN $3 = 'pending' THEN now() + make_interval(secs => $4) ELSE due_at END,
                     last_error = CASE WHEN $3 = 'delivered' THEN NULL ELSE $5 END,
                     ended_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END
                 WHERE id = $1 AND generation = $2 AND state = 'pending'
                 RETURNING id, attempts
             )
             INSERT INTO delivery_attempts (delivery_id, attempt, duration_ms, outcome, detail)
             SELECT id, attempts, $6, $7, $5 FROM done",
        )
        .bind(delivery.0)
        .bind(generation)
        .bind(state)
        .bind(wait)
        .bind(value::shorten(detail, ERROR_LIMIT))
        .bind(value::milliseconds(duration))
        .bind(name)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Gives a delivery back unsent: it is due at once, and the attempt is not counted. `false` when a later claim exists.
    pub async fn release_delivery(&self, delivery: DeliveryId, generation: i64) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE deliveries SET leased_until = NULL, attempts = greatest(attempts - 1, 0), generation = generation + 1
             WHERE id = $1 AND generation = $2 AND state = 'pending'",
        )
        .bind(delivery.0)
        .bind(generation)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// How long until a delivery can be claimed; zero when one can be now, `None` when there is none.
    pub async fn next_delivery_in(&self) -> Result<Option<Duration>, StoreError> {
        self.next_delivery_of(None).await
    }

    /// The same for one channel.
    pub async fn next_delivery_of(&self, channel: Option<&ChannelId>) -> Result<Option<Duration>, StoreError> {
        let seconds: Option<f64> = sqlx::query_scalar(
            "SELECT extract(epoch FROM min(greatest(due_at, leased_until)) - now())::float8 FROM deliveries
             WHERE state = 'pending' AND ($1::text IS NULL OR channel_id = $1)
               AND NOT EXISTS (SELECT FROM channel_states c WHERE c.channel_id = deliveries.channel_id AND c.disabled_at IS NOT NULL)",
        )
        .bind(channel.map(ChannelId::as_str))
        .fetch_one(self.pool())
        .await?;
        Ok(seconds.map(value::duration))
    }

    /// Listens for alerts that are committed by anyone. Takes one connection of the pool for as long as it lives.
    pub async fn listen_outbox(&self) -> Result<OutboxListener, StoreError> {
        let mut listener = PgListener::connect_with(self.pool()).await?;
        listener.listen(NOTIFICATION).await?;
        Ok(OutboxListener { listener })
    }

    /// Lists dead deliveries, the latest first.
    pub async fn dead_deliveries(&self, channel: Option<&ChannelId>, limit: usize) -> Result<Vec<DeadDelivery>, StoreError> {
        let rows = sqlx::query(
            "SELECT d.id, d.alert_id, d.channel_id, d.recipient, coalesce(a.watchlist_id, '') AS watchlist_id, d.attempts, d.last_error, d.created_at, d.ended_at
             FROM deliveries d JOIN alerts a ON a.id = d.alert_id
             WHERE d.state = 'dead' AND ($1::text IS NULL OR d.channel_id = $1)
             ORDER BY d.ended_at DESC, d.id LIMIT $2",
        )
        .bind(channel.map(ChannelId::as_str))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(dead_delivery).collect()
    }

    /// Puts dead deliveries back into the outbox with a fresh schedule; how many they are. Their ids stay, so that a receiver
    /// that has seen one can tell.
    pub async fn replay(&self, which: &Replay) -> Result<u64, StoreError> {
        let (delivery, channel) = match which {
            Replay::Delivery(id) => (Some(id.0), None),
            Replay::Channel(id) => (None, Some(id.as_str())),
            Replay::All => (None, None),
        };
        let mut tx = self.pool().begin().await?;
        let done = sqlx::query(
            "UPDATE deliveries SET state = 'pending', due_at = now(), attempts = 0, generation = generation + 1, leased_until = NULL,
                                   ended_at = NULL
             WHERE state = 'dead' AND ($1::uuid IS NULL OR id = $1) AND ($2::text IS NULL OR channel_id = $2)",
        )
        .bind(delivery)
        .bind(channel)
        .execute(&mut *tx)
        .await?;
        // Whoever sends again what a channel refused has mended it.
        sqlx::query("UPDATE channel_states SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL WHERE channel_id = $1 AND disabled_at IS NOT NULL")
            .bind(channel)
            .execute(&mut *tx)
            .await?;
        notify(&mut tx).await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// Forgets dead deliveries; how many they were. Their alerts stay as long as alerts are kept: they keep their events from being told once more.
    pub async fn purge(&self, which: &Replay) -> Result<u64, StoreError> {
        let (delivery, channel) = match which {
            Replay::Delivery(id) => (Some(id.0), None),
            Replay::Channel(id) => (None, Some(id.as_str())),
            Replay::All => (None, None),
        };
        let done =
            sqlx::query("DELETE FROM deliveries WHERE state = 'dead' AND ($1::uuid IS NULL OR id = $1) AND ($2::text IS NULL OR channel_id = $2)")
                .bind(delivery)
                .bind(channel)
                .execute(self.pool())
                .await?;
        Ok(done.rows_affected())
    }

    async fn bury(&self, delivery: Uuid, error: &str) -> Result<(), StoreError> {
        tracing::error!(delivery.id = %delivery, "a delivery cannot be read and is set aside");
        sqlx::query("UPDATE deliveries SET state = 'dead', leased_until = NULL, last_error = $2, ended_at = now() WHERE id = $1")
            .bind(delivery)
            .bind(value::shorten(error, ERROR_LIMIT))
            .execute(self.pool())
            .await?;
        Ok(())
    }
}

/// Wakes whoever waits for the outbox, at the commit of this transaction.
pub(in crate::store) async fn notify(tx: &mut sqlx::Transaction<'static, sqlx::Postgres>) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_notify($1, '')").bind(NOTIFICATION).execute(&mut **tx).await?;
    Ok(())
}

/// Hears of committed alerts. It only wakes: what is due is always read from the table.
#[derive(Debug)]
pub struct OutboxListener {
    listener: PgListener,
}

impl OutboxListener {
    /// Waits until alerts were committed, the connection was lost (something may have been missed), or the time is over. Cancel-safe.
    pub async fn wait(&mut self, limit: Duration) {
        match tokio::time::timeout(limit, self.listener.try_recv()).await {
            // One look at the table answers all notifications that have arrived.
            Ok(Ok(_)) => while self.listener.next_buffered().is_some() {},
            // The server is away: the caller's look at the table says so. Here we only keep it from spinning.
            Ok(Err(_)) => tokio::time::sleep(limit.min(Duration::from_secs(1))).await,
            Err(_) => {}
        }
    }
}

fn claimed_delivery(row: &PgRow) -> Result<ClaimedDelivery, StoreError> {
    let channel: &str = row.try_get("channel_id")?;
    let attempts: i32 = row.try_get("attempts")?;
    Ok(ClaimedDelivery {
        id: DeliveryId(row.try_get("id")?),
        alert: AlertId(row.try_get("alert_id")?),
        channel: ChannelId::new(channel).map_err(StoreError::unreadable)?,
        recipient: row.try_get("recipient")?,
        attempt: u32::try_from(attempts).unwrap_or(1),
        generation: row.try_get("generation")?,
        created_at: row.try_get::<Instant, _>("created_at")?.0,
        content: json::content::from_json(row.try_get("payload")?)?,
    })
}

fn dead_delivery(row: &PgRow) -> Result<DeadDelivery, StoreError> {
    let channel: &str = row.try_get("channel_id")?;
    let attempts: i32 = row.try_get("attempts")?;
    Ok(DeadDelivery {
        id: DeliveryId(row.try_get("id")?),
        alert: AlertId(row.try_get("alert_id")?),
        channel: ChannelId::new(channel).map_err(StoreError::unreadable)?,
        recipient: row.try_get("recipient")?,
        watchlist: row.try_get("watchlist_id")?,
        attempts: u32::try_from(attempts).unwrap_or_default(),
        last_error: row.try_get("last_error")?,
        created_at: row.try_get::<Instant, _>("created_at")?.0,
        ended_at: row.try_get::<Option<Instant>, _>("ended_at")?.map(|instant| instant.0),
    })
}
