//! WebSub subscriptions: what a hub was asked for, what it promised, when it spoke last.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::model::SourceId;
use crate::store::value::{self, Instant};
use crate::store::{Store, StoreError};

/// While a hub is being asked, nobody else asks it.
const ASKING: Duration = Duration::from_mins(10);
/// A hub that verifies later than this after it was asked, verifies something else.
const VERIFY_WITHIN: Duration = Duration::from_hours(24);
/// A message moves the next poll no closer than this to the last one.
const POLL_SPACING: Duration = Duration::from_mins(1);
const DETAIL_LIMIT: usize = 500;

/// A subscription whose hub is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueSubscription {
    pub source: SourceId,
    pub hub: String,
    pub topic: String,
    pub token: String,
    pub secret: String,
    /// This one included.
    pub attempts: u32,
}

/// Whom a callback's address belongs to.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    pub source: SourceId,
    pub secret: String,
}

impl std::fmt::Debug for Callback {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Callback").field("source", &self.source).finish_non_exhaustive()
    }
}

/// What a hub promised for a source, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionState {
    pub hub: String,
    /// `wanted`, `asked`, `verified` or `denied`.
    pub state: String,
    pub lease_until: Option<Timestamp>,
    pub notified_at: Option<Timestamp>,
    pub last_error: Option<String>,
}

impl Store {
    /// The subscription of a source, where its feed names a hub.
    pub async fn subscription_of(&self, source: &SourceId) -> Result<Option<SubscriptionState>, StoreError> {
        let row = sqlx::query("SELECT hub, state, lease_until, notified_at, last_error FROM websub_subscriptions WHERE source_id = $1")
            .bind(source.as_str())
            .fetch_optional(self.pool())
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(SubscriptionState {
            hub: row.try_get("hub")?,
            state: row.try_get("state")?,
            lease_until: row.try_get::<Option<Instant>, _>("lease_until")?.map(|at| at.0),
            notified_at: row.try_get::<Option<Instant>, _>("notified_at")?.map(|at| at.0),
            last_error: row.try_get("last_error")?,
        }))
    }

    /// Notes that a source names a hub. `token` and `secret` are kept where it names another one than before; `true` then.
    pub async fn want_subscription(&self, source: &SourceId, hub: &str, topic: &str, token: &str, secret: &str) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO websub_subscriptions AS w (source_id, hub, topic, token, secret) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (source_id) DO UPDATE SET
                 hub = excluded.hub, topic = excluded.topic, token = excluded.token, secret = excluded.secret, state = 'wanted', asked_at = NULL,
                 lease_until = NULL, next_attempt_at = now(), attempts = 0, notified_at = NULL, proven = false, last_error = NULL
             WHERE w.hub <> excluded.hub OR w.topic <> excluded.topic",
        )
        .bind(source.as_str())
        .bind(value::clean(hub))
        .bind(value::clean(topic))
        .bind(token)
        .bind(secret)
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Forgets the subscription of a source that names no hub any more; the hub's next message meets nobody.
    pub async fn drop_subscription(&self, source: &SourceId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM websub_subscriptions WHERE source_id = $1").bind(source.as_str()).execute(self.pool()).await?;
        Ok(())
    }

    /// Takes subscriptions that are to be asked for or renewed, of sources that are polled.
    ///
    /// Those of sources that the configuration no longer names are forgotten.
    pub async fn claim_subscriptions(&self, limit: i64) -> Result<Vec<DueSubscription>, StoreError> {
        sqlx::query(
            "DELETE FROM websub_subscriptions w WHERE NOT EXISTS (SELECT FROM source_states s WHERE s.source_id = w.source_id AND s.configured)",
        )
        .execute(self.pool())
        .await?;
        let rows = sqlx::query(
            "UPDATE websub_subscriptions w SET
                 next_attempt_at = now() + make_interval(secs => $2), attempts = w.attempts + 1, asked_at = now(),
                 state = CASE WHEN w.state = 'verified' AND w.lease_until > now() THEN w.state ELSE 'asked' END
             FROM (SELECT d.source_id FROM websub_subscriptions d JOIN source_states s USING (source_id)
                   WHERE d.next_attempt_at <= now() AND s.configured AND s.enabled
                   ORDER BY d.next_attempt_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED) due
             WHERE w.source_id = due.source_id
             RETURNING w.source_id, w.hub, w.topic, w.token, w.secret, w.attempts",
        )
        .bind(limit)
        .bind(ASKING.as_secs_f64())
        .fetch_all(self.pool())
        .await?;
        rows.iter().map(due).collect()
    }

    /// Notes what the hub said when it was asked; `problem` is for people. A hub that has verified meanwhile is not asked again before its lease ends.
    pub async fn subscription_answered(&self, asked: &DueSubscription, problem: Option<&str>, retry_in: Duration) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE websub_subscriptions SET
                 last_error = $3,
                 next_attempt_at = CASE WHEN attempts = 0 THEN next_attempt_at ELSE now() + make_interval(secs => $4) END
             WHERE source_id = $1 AND token = $2",
        )
        .bind(asked.source.as_str())
        .bind(&asked.token)
        .bind(problem.map(|text| value::shorten(text, DETAIL_LIMIT)))
        .bind(retry_in.as_secs_f64())
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Takes a hub's question whether we asked; `true` when we did, not long ago, for exactly this topic. The lease begins, to be renewed after two
    /// thirds of it.
    pub async fn verify_subscription(&self, token: &str, topic: &str, lease: Duration) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE websub_subscriptions SET
                 state = 'verified', lease_until = now() + make_interval(secs => $3),
                 next_attempt_at = now() + make_interval(secs => $3 * 2 / 3), attempts = 0, last_error = NULL
             WHERE token = $1 AND topic = $2 AND asked_at > now() - make_interval(secs => $4)",
        )
        .bind(token)
        .bind(topic)
        .bind(lease.as_secs_f64())
        .bind(VERIFY_WITHIN.as_secs_f64())
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Notes that a hub will not tell us; it is asked again after a while.
    pub async fn deny_subscription(&self, token: &str, topic: &str, reason: &str, retry_in: Duration) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE websub_subscriptions SET
                 state = 'denied', lease_until = NULL, proven = false, next_attempt_at = now() + make_interval(secs => $4), last_error = $3
             WHERE token = $1 AND topic = $2",
        )
        .bind(token)
        .bind(topic)
        .bind(value::shorten(reason, DETAIL_LIMIT))
        .bind(retry_in.as_secs_f64())
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Whose callback it is.
    pub async fn callback(&self, token: &str) -> Result<Option<Callback>, StoreError> {
        let row = sqlx::query("SELECT source_id, secret FROM websub_subscriptions WHERE token = $1").bind(token).fetch_optional(self.pool()).await?;
        row.map(|row| {
            let id: &str = row.try_get("source_id")?;
            Ok(Callback { source: SourceId::new(id).map_err(StoreError::unreadable)?, secret: row.try_get("secret")? })
        })
        .transpose()
    }

    /// Takes a signed message: the source is polled at once, but not sooner than a minute after the last poll, and not while it fails: what a server
    /// asks for by Retry-After is not undone by its hub.
    pub async fn hear_hub(&self, source: &SourceId) -> Result<(), StoreError> {
        let mut tx = self.pool().begin().await?;
        sqlx::query("UPDATE websub_subscriptions SET notified_at = now() WHERE source_id = $1").bind(source.as_str()).execute(&mut *tx).await?;
        sqlx::query(
            "UPDATE source_states SET
                 next_due_at = least(next_due_at, greatest(now(), coalesce(last_fetch_at, '-infinity') + make_interval(secs => $2)))
             WHERE source_id = $1 AND configured AND enabled AND failures = 0",
        )
        .bind(source.as_str())
        .bind(POLL_SPACING.as_secs_f64())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Weighs what a poll found against what the hub told since the poll before it. `true` while the hub can be relied on: its lease runs, and it told of the
    /// last news. A hub that stayed silent about news is not relied on until it tells of some.
    pub async fn weigh_hub(&self, source: &SourceId, found_news: bool, last_poll: Option<Timestamp>) -> Result<bool, StoreError> {
        let relied: Option<bool> = sqlx::query_scalar(
            "UPDATE websub_subscriptions SET
                 proven = CASE WHEN NOT $2 OR $3::timestamptz IS NULL THEN proven ELSE coalesce(notified_at > $3, false) END
             WHERE source_id = $1
             RETURNING proven AND state = 'verified' AND lease_until > now()",
        )
        .bind(source.as_str())
        .bind(found_news)
        .bind(last_poll.map(Instant))
        .fetch_optional(self.pool())
        .await?
        .flatten();
        Ok(relied.unwrap_or(false))
    }

    /// Lets a message count that came while its source was being polled: that poll may have read the state before it.
    pub async fn catch_up_with_hub(&self, source: &SourceId, poll_took: Duration) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE source_states s SET next_due_at = least(s.next_due_at, now() + make_interval(secs => $3))
             FROM websub_subscriptions w
             WHERE s.source_id = $1 AND w.source_id = s.source_id AND s.failures = 0 AND w.notified_at > now() - make_interval(secs => $2)",
        )
        .bind(source.as_str())
        .bind(poll_took.as_secs_f64())
        .bind(POLL_SPACING.as_secs_f64())
        .execute(self.pool())
        .await?;
        Ok(())
    }
}

fn due(row: &PgRow) -> Result<DueSubscription, StoreError> {
    let id: &str = row.try_get("source_id")?;
    let attempts: i32 = row.try_get("attempts")?;
    Ok(DueSubscription {
        source: SourceId::new(id).map_err(StoreError::unreadable)?,
        hub: row.try_get("hub")?,
        topic: row.try_get("topic")?,
        token: row.try_get("token")?,
        secret: row.try_get("secret")?,
        attempts: u32::try_from(attempts).unwrap_or_default(),
    })
}
