//! When we ourselves were deaf: no daemon ran, or no source could be reached.
//!
//! Enters: signs of life, the network's loss and return. Leaves: the outages since a moment. By the database's clock.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use crate::store::value::Instant;
use crate::store::{Store, StoreError};

/// How often a daemon gives a sign of life.
pub const SIGN_EVERY: Duration = Duration::from_secs(30);
/// A restart is no outage: without a sign for longer, nobody ran.
const SILENCE: Duration = Duration::from_mins(5);

/// Why we heard nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutageKind {
    /// No daemon ran.
    Stopped,
    /// No source could be reached.
    Network,
}

impl OutageKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Network => "network",
        }
    }
}

/// A time in which we heard nothing, by no fault of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnOutage {
    pub kind: OutageKind,
    pub began_at: Timestamp,
    /// `None` while it lasts.
    pub ended_at: Option<Timestamp>,
}

impl Store {
    /// A daemon lives. Where none had lived for a while, that time is noted as an outage; true then.
    pub async fn sign_of_life(&self) -> Result<bool, StoreError> {
        let mut tx = self.pool().begin().await?;
        // One of several daemons at a time.
        sqlx::query("INSERT INTO daemon_sign (at) VALUES (now()) ON CONFLICT DO NOTHING").execute(&mut *tx).await?;
        let silent: Option<Instant> = sqlx::query_scalar("SELECT at FROM daemon_sign WHERE at < now() - make_interval(secs => $1) FOR UPDATE")
            .bind(SILENCE.as_secs_f64())
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(since) = silent {
            // Whatever was going on then was not seen to its end.
            sqlx::query("UPDATE own_outages SET ended_at = greatest(began_at, $1) WHERE ended_at IS NULL").bind(since).execute(&mut *tx).await?;
            sqlx::query("INSERT INTO own_outages (kind, began_at, ended_at) VALUES ($1, $2, now())")
                .bind(OutageKind::Stopped.as_str())
                .bind(since)
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query("UPDATE daemon_sign SET at = now()").execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(silent.is_some())
    }

    /// No source can be reached any more.
    pub async fn network_lost(&self) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO own_outages (kind, began_at) SELECT $1, now() WHERE NOT EXISTS (SELECT FROM own_outages WHERE kind = $1 AND ended_at IS NULL)",
        )
        .bind(OutageKind::Network.as_str())
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// A source was reached again.
    pub async fn network_back(&self) -> Result<(), StoreError> {
        sqlx::query("UPDATE own_outages SET ended_at = now() WHERE kind = $1 AND ended_at IS NULL")
            .bind(OutageKind::Network.as_str())
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// The outages that lasted after a moment, latest first; a daemon that gives no sign now is the first of them.
    pub async fn own_outages(&self, since: Timestamp) -> Result<Vec<OwnOutage>, StoreError> {
        let rows = sqlx::query(
            "SELECT kind, began_at, ended_at FROM own_outages WHERE ended_at IS NULL OR ended_at >= $1
             UNION ALL SELECT $2, at, NULL FROM daemon_sign WHERE at < now() - make_interval(secs => $3)
             ORDER BY began_at DESC LIMIT 50",
        )
        .bind(Instant(since))
        .bind(OutageKind::Stopped.as_str())
        .bind(SILENCE.as_secs_f64())
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(OwnOutage {
                    kind: if row.try_get::<&str, _>("kind")? == "stopped" { OutageKind::Stopped } else { OutageKind::Network },
                    began_at: row.try_get::<Instant, _>("began_at")?.0,
                    ended_at: row.try_get::<Option<Instant>, _>("ended_at")?.map(|at| at.0),
                })
            })
            .collect()
    }
}
