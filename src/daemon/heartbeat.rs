//! Signs of life for whoever raises an alarm when they stay away: sent only while the database answers and the scheduler moves.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::config::Config;
use crate::daemon::watchdog::{Pulse, SCHEDULER_SILENCE};
use crate::net::{Client, Post};
use crate::pipeline::alerting::Alerter;
use crate::store::Store;

const TIMEOUT: Duration = Duration::from_secs(20);
const DATABASE_TIMEOUT: Duration = Duration::from_secs(10);
/// Where no heartbeat is configured; a reload may bring one.
const IDLE: Duration = Duration::from_mins(1);

/// Runs until the token is cancelled.
pub async fn run(store: Store, config: watch::Receiver<Arc<Config>>, client: Client, pulse: Pulse, stop: CancellationToken) {
    let alerter = Alerter::new(store.clone(), config.clone());
    loop {
        let current = Arc::clone(&config.borrow());
        let mut wait = IDLE;
        if let Some(heartbeat) = &current.heartbeat {
            wait = heartbeat.every;
            let answers = matches!(tokio::time::timeout(DATABASE_TIMEOUT, store.probe_writes()).await, Ok(Ok(())));
            let moves = pulse.silence() < SCHEDULER_SILENCE;
            if answers && moves {
                if let Some(url) = &heartbeat.url {
                    let post = Post { url: url.clone(), headers: Vec::new(), body: Vec::new(), timeout: TIMEOUT, limit_bytes: 16 * 1024 };
                    match client.post(post).await {
                        Ok(response) if (200..300).contains(&response.status) => debug!("the heartbeat was taken"),
                        Ok(response) => warn!(status = response.status, "the heartbeat was refused: see [heartbeat] url"),
                        Err(error) => warn!(kind = error.kind(), "the heartbeat was not taken: {error}"),
                    }
                }
                if let Err(error) = alerter.heartbeat(&current).await {
                    warn!(kind = error.kind(), "the heartbeat's message could not be written: {error}");
                }
            } else {
                warn!(database_answers = answers, scheduler_moves = moves, "no heartbeat is sent");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}
