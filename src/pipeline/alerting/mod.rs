//! What is told without a story arriving: digests, reminders, bursts, and news for the operator.
//!
//! Enters: the current configuration, what the store knows. Leaves: outbox rows. Every round may run in several daemons at once: whatever is told once
//! is kept single by the row that it is written with.

mod bursts;
mod digests;
mod operator;
mod reminders;

use std::sync::Arc;

use tokio::sync::watch;

use crate::config::Config;
use crate::store::{Store, StoreError};

pub use operator::Direct;

/// Tells what is due.
#[derive(Debug, Clone)]
pub struct Alerter {
    store: Store,
    config: watch::Receiver<Arc<Config>>,
}

/// What a round wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    pub digests: usize,
    pub reminders: usize,
    pub bursts: usize,
    pub notices: usize,
}

impl Alerter {
    /// By the configuration that is current at each round.
    pub fn new(store: Store, config: watch::Receiver<Arc<Config>>) -> Self {
        Self { store, config }
    }

    /// Digests and reminders that are due.
    pub async fn due(&self) -> Result<Told, StoreError> {
        let config = Arc::clone(&self.config.borrow());
        let digests = self.digests(&config).await?;
        let reminders = self.reminders(&config).await?;
        Ok(Told { digests, reminders, ..Told::default() })
    }

    /// Bursts, looked for in every list that asks for it.
    pub async fn bursts(&self) -> Result<Told, StoreError> {
        let config = Arc::clone(&self.config.borrow());
        Ok(Told { bursts: self.find_bursts(&config).await?, ..Told::default() })
    }

    /// News of sources and channels, trouble of our own, and the weekly sign of life.
    pub async fn operator(&self) -> Result<Told, StoreError> {
        let config = Arc::clone(&self.config.borrow());
        Ok(Told { notices: self.notices(&config).await?, ..Told::default() })
    }
}
