//! Partitions ahead of time, retention behind.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::config::Config;
use crate::store::Store;

/// Partitions exist for so many months after the current one.
pub const MONTHS_AHEAD: u32 = 2;
const EVERY: Duration = Duration::from_hours(1);
const FIRST: Duration = Duration::from_mins(1);

/// Runs until the token is cancelled.
pub async fn run(store: Store, config: watch::Receiver<Arc<Config>>, stop: CancellationToken) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => wait = EVERY,
        }
        if let Err(error) = store.ensure_partitions(MONTHS_AHEAD).await {
            warn!(kind = error.kind(), "partitions could not be made ahead: {error}");
        }
        let retention = config.borrow().retention.clone();
        match store.apply_retention(&retention).await {
            Ok(removed) => debug!(?removed, "retention applied"),
            Err(error) => warn!(kind = error.kind(), "retention could not be applied: {error}"),
        }
    }
}
