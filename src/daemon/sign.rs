//! A sign of life in the database, so that a time in which nobody ran is known afterwards as ours.

use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::store::Store;
use crate::store::outages::SIGN_EVERY;

/// Runs until the token is cancelled.
pub async fn run(store: Store, stop: CancellationToken) {
    loop {
        match store.sign_of_life().await {
            Ok(true) => warn!("no daemon ran for a while: what was published meanwhile is read as far as sources still list it"),
            Ok(false) => {}
            // The database's own silence is told by whoever needs it.
            Err(error) => debug!(kind = error.kind(), "no sign of life could be written: {error}"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SIGN_EVERY) => {}
        }
    }
}
