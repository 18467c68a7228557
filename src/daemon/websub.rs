//! Asks hubs for subscriptions that are due.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::pipeline::Subscriber;

/// A new hub is asked within this time.
const EVERY: Duration = Duration::from_secs(30);

/// Runs until the token is cancelled.
pub async fn run(subscriber: Subscriber, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            result = subscriber.round() => if let Err(error) = result {
                warn!(kind = error.kind(), "subscriptions could not be looked after; trying again: {error}");
            },
        }
    }
}
