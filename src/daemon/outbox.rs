//! One loop per channel drains the outbox; a reload replaces them all.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::alert::channels::Channels;
use crate::config::Config;
use crate::model::ChannelId;
use crate::pipeline::{Dispatcher, Events, Metrics};
use crate::store::Store;

/// The poll is the truth, notifications only make it sooner.
const POLL: Duration = Duration::from_secs(5);
/// Two rounds are at least so far apart when there is nothing to do.
const PAUSE: Duration = Duration::from_millis(50);
/// After the database failed.
const DATABASE_RETRY: Duration = Duration::from_secs(5);

/// Runs until the token is cancelled; attempts in flight are finished.
pub async fn run(
    store: Store,
    mut channels: watch::Receiver<Arc<Channels>>,
    config: watch::Receiver<Arc<Config>>,
    metrics: Metrics,
    events: Events,
    stop: CancellationToken,
) {
    let wake = Arc::new(Notify::new());
    let mut listening = tokio::spawn(listen(store.clone(), Arc::clone(&wake), stop.clone()));
    while !stop.is_cancelled() {
        let current = Arc::clone(&channels.borrow_and_update());
        let round = stop.child_token();
        let mut loops = JoinSet::new();
        let ids: Vec<_> = config.borrow().channels.keys().cloned().collect();
        for id in ids {
            let dispatcher = Dispatcher::new(store.clone(), Arc::clone(&current), id.clone(), metrics.clone(), events.clone());
            loops.spawn(drain(store.clone(), id, dispatcher, Arc::clone(&wake), round.clone()));
        }
        tokio::select! {
            () = stop.cancelled() => {}
            changed = channels.changed() => if changed.is_err() { stop.cancelled().await },
        }
        round.cancel();
        while loops.join_next().await.is_some() {}
    }
    listening.abort();
    let _ = (&mut listening).await;
}

async fn drain(store: Store, channel: ChannelId, dispatcher: Dispatcher, wake: Arc<Notify>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let notified = wake.notified();
        let pause = match dispatcher.drain_until(&stop).await {
            Ok(drained) if drained.total() > 0 && dispatcher.breather().is_zero() => continue,
            Ok(_) => {
                let next = store.next_delivery_of(Some(&channel)).await.ok().flatten().unwrap_or(POLL);
                next.max(dispatcher.breather()).clamp(PAUSE, POLL)
            }
            Err(error) => {
                warn!(kind = error.kind(), "the outbox could not be read; trying again: {error}");
                DATABASE_RETRY
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
            () = notified => {}
        }
    }
}

async fn listen(store: Store, wake: Arc<Notify>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match store.listen_outbox().await {
            Ok(mut listener) => {
                while !stop.is_cancelled() {
                    listener.wait(POLL).await;
                    wake.notify_waiters();
                }
            }
            Err(error) => debug!(kind = error.kind(), "not listening for the outbox; polling goes on"),
        }
        tokio::time::sleep(DATABASE_RETRY).await;
    }
}
