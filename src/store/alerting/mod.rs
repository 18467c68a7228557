//! What lists were told: events, digests, reminders, bursts, and what the operator hears.
//!
//! *Invariant:* whatever is told once is made in one transaction with the row that keeps it from being told again, so that several daemons agree.

mod bursts;
mod channels;
mod digests;
mod events;
mod notices;
mod reminders;

use jiff::Timestamp;
use sqlx::{Postgres, Transaction};

use crate::model::{AlertId, NewAlert};
use crate::store::value::Instant;
use crate::store::{Store, StoreError, ingest};

pub use bursts::{BurstCount, BurstQuestion};
pub use channels::ChannelState;
pub use digests::{ListDigests, WaitingEntry};
pub use events::EventNote;
pub use notices::{SourceChange, SourcesHeard};
pub use reminders::{Acknowledged, DueReminder, OpenEvent};

/// An open transaction in which alerts are written without a story. Dropping it leaves no trace.
#[derive(Debug)]
pub struct AlertTx {
    pub(in crate::store) tx: Transaction<'static, Postgres>,
}

impl Store {
    /// Opens one.
    pub async fn begin_alerts(&self) -> Result<AlertTx, StoreError> {
        Ok(AlertTx { tx: self.pool().begin().await? })
    }

    /// The database's clock: schedules are decided by it.
    pub async fn clock(&self) -> Result<Timestamp, StoreError> {
        let now: Instant = sqlx::query_scalar("SELECT now()").fetch_one(self.pool()).await?;
        Ok(now.0)
    }
}

impl AlertTx {
    /// Writes alerts with their deliveries; those whose key is known are left out.
    pub async fn insert_alerts(&mut self, alerts: &[NewAlert]) -> Result<Vec<AlertId>, StoreError> {
        ingest::insert_alerts(&mut self.tx, alerts).await
    }

    /// Makes everything visible and durable at once.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}
