//! Rounds of what is told without a story arriving, each at its own pace; and the word that goes out when the database takes none.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::alert::channels::Channels;
use crate::config::Config;
use crate::pipeline::alerting::{Alerter, Direct};
use crate::store::{Store, StoreError};

/// Digests and reminders.
const DUE: Duration = Duration::from_secs(5);
const BURSTS: Duration = Duration::from_mins(1);
const OPERATOR: Duration = Duration::from_secs(20);
/// A database that takes nothing for so long is told of, round the outbox.
const PATIENCE: Duration = Duration::from_secs(45);

/// Runs until the token is cancelled.
pub async fn run(store: Store, config: watch::Receiver<Arc<Config>>, channels: watch::Receiver<Arc<Channels>>, stop: CancellationToken) {
    let alerter = Alerter::new(store.clone(), config.clone());
    let mut trouble = Trouble::default();
    let (mut bursts, mut operator) = (Instant::now(), Instant::now());
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(DUE) => {}
        }
        let now = Instant::now();
        let mut result = alerter.due().await.map(drop);
        if result.is_ok() && now >= bursts {
            bursts = now + BURSTS;
            result = alerter.bursts().await.map(drop);
        }
        if result.is_ok() && now >= operator {
            operator = now + OPERATOR;
            result = match store.probe_writes().await {
                Ok(()) => alerter.operator().await.map(drop),
                Err(error) => Err(error),
            };
        }
        match result {
            Ok(()) => {
                if let Some(since) = trouble.over() {
                    info!("the database takes writes again");
                    if let Err(error) = alerter.database_is_back(since).await {
                        warn!(kind = error.kind(), "the operator could not be told that the database is back: {error}");
                    }
                }
            }
            Err(error) => {
                warn!(kind = error.kind(), "what is due could not be told; trying again: {error}");
                let current = (Arc::clone(&config.borrow()), Arc::clone(&channels.borrow()));
                trouble.lasts(&error, &current.0, &current.1).await;
            }
        }
    }
}

/// A database that takes nothing.
#[derive(Debug, Default)]
struct Trouble {
    since: Option<(Instant, Timestamp)>,
    told: bool,
}

impl Trouble {
    async fn lasts(&mut self, error: &StoreError, config: &Config, channels: &Channels) {
        let (since, at) = *self.since.get_or_insert_with(|| (Instant::now(), Timestamp::now()));
        if self.told || since.elapsed() < PATIENCE {
            return;
        }
        self.told = true;
        let taken = Direct { config, channels }.database_is_away(error, at, Timestamp::now()).await;
        error!(kind = error.kind(), told = taken, "the database takes nothing: see that it runs and that its disk is not full");
    }

    /// Since when it lasted, where the operator was told of it.
    fn over(&mut self) -> Option<Timestamp> {
        let since = self.since.take();
        std::mem::take(&mut self.told).then_some(since?.1)
    }
}
