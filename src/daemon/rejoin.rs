//! Incidents whose reports a person has moved are joined anew within seconds.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::pipeline::rejoin_incidents;
use crate::store::Store;

const EVERY: Duration = Duration::from_secs(3);

/// Runs until the token is cancelled.
pub async fn run(store: Store, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        match store.has_stale_incidents().await {
            Ok(false) => continue,
            Ok(true) => {}
            Err(error) => {
                debug!(kind = error.kind(), "incidents could not be looked through: {error}");
                continue;
            }
        }
        if let Err(error) = rejoin_incidents(&store).await {
            debug!(kind = error.kind(), "incidents could not be joined anew; they are tried again: {error}");
        }
    }
}
