//! How channels do: since when one takes nothing, and whether it is switched off.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use crate::model::ChannelId;
use crate::store::alerting::AlertTx;
use crate::store::value::{self, Instant};
use crate::store::{Store, StoreError};

const ERROR_LIMIT: usize = 300;

/// A channel that failed at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelState {
    pub channel: String,
    /// `None`: the last attempt was taken.
    pub failing_since: Option<Timestamp>,
    pub last_success_at: Option<Timestamp>,
    pub last_error: Option<String>,
    /// Nothing is sent.
    pub disabled_at: Option<Timestamp>,
    pub disabled_reason: Option<String>,
}

impl Store {
    /// Notes that a channel took nothing just now, where it did before.
    pub async fn note_channel_failure(&self, channel: &ChannelId, error: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO channel_states AS c (channel_id, failing_since, last_error) VALUES ($1, now(), $2)
             ON CONFLICT (channel_id) DO UPDATE SET failing_since = coalesce(c.failing_since, now()), last_error = excluded.last_error",
        )
        .bind(channel.as_str())
        .bind(value::shorten(error, ERROR_LIMIT))
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Notes that a channel takes deliveries.
    pub async fn note_channel_success(&self, channel: &ChannelId) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO channel_states (channel_id, last_success_at) VALUES ($1, now())
             ON CONFLICT (channel_id) DO UPDATE SET failing_since = NULL, last_success_at = now()",
        )
        .bind(channel.as_str())
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Every channel that failed at least once, or was heard of.
    pub async fn channel_states(&self) -> Result<Vec<ChannelState>, StoreError> {
        let rows = sqlx::query(
            "SELECT channel_id, failing_since, last_success_at, last_error, disabled_at, disabled_reason FROM channel_states ORDER BY channel_id",
        )
        .fetch_all(self.pool())
        .await?;
        let at = |row: &sqlx::postgres::PgRow, name: &str| row.try_get::<Option<Instant>, _>(name).map(|at| at.map(|at| at.0));
        rows.iter()
            .map(|row| {
                Ok(ChannelState {
                    channel: row.try_get("channel_id")?,
                    failing_since: at(row, "failing_since")?,
                    last_success_at: at(row, "last_success_at")?,
                    last_error: row.try_get("last_error")?,
                    disabled_at: at(row, "disabled_at")?,
                    disabled_reason: row.try_get("disabled_reason")?,
                })
            })
            .collect()
    }

    /// Switches a channel on again; what waits for it is sent. `false` when it was on.
    pub async fn enable_channel(&self, channel: &ChannelId) -> Result<bool, StoreError> {
        let mut tx = self.pool().begin().await?;
        let done = sqlx::query(
            "UPDATE channel_states SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL WHERE channel_id = $1 AND disabled_at IS NOT NULL",
        )
        .bind(channel.as_str())
        .execute(&mut *tx)
        .await?;
        crate::store::outbox::notify(&mut tx).await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}

impl AlertTx {
    /// Switches off those of the channels that took nothing for so long. Which, with what they last said.
    pub async fn disable_failing(&mut self, channels: &[String], after: Duration) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query(
            "UPDATE channel_states SET disabled_at = now(), disabled_reason = 'took nothing for ' || round($2 / 86400) || ' days'
             WHERE channel_id = ANY($1) AND disabled_at IS NULL AND failing_since < now() - make_interval(secs => $2)
             RETURNING channel_id, coalesce(last_error, '') AS last_error",
        )
        .bind(channels)
        .bind(after.as_secs_f64())
        .fetch_all(&mut *self.tx)
        .await?;
        rows.iter().map(|row| Ok((row.try_get("channel_id")?, row.try_get("last_error")?))).collect()
    }

    /// Switches off a channel that is gone for good. `false` when it was off.
    pub async fn disable_channel(&mut self, channel: &ChannelId, reason: &str) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO channel_states AS c (channel_id, failing_since, last_error, disabled_at, disabled_reason) VALUES ($1, now(), $2, now(), $2)
             ON CONFLICT (channel_id) DO UPDATE SET disabled_at = now(), disabled_reason = excluded.disabled_reason, last_error = excluded.last_error,
                 failing_since = coalesce(c.failing_since, now())
             WHERE c.disabled_at IS NULL",
        )
        .bind(channel.as_str())
        .bind(value::shorten(reason, ERROR_LIMIT))
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() > 0)
    }
}
