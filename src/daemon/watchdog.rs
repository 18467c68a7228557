//! systemd's watchdog is fed only while the database answers and the scheduler moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::store::Store;

/// The scheduler looks at least every 15 s; without a look for so long it hangs.
pub const SCHEDULER_SILENCE: Duration = Duration::from_mins(1);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// When the scheduler last moved.
#[derive(Debug, Clone)]
pub struct Pulse {
    since: Instant,
    last_ms: Arc<AtomicU64>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { since: Instant::now(), last_ms: Arc::default() }
    }
}

impl Pulse {
    /// The scheduler moved.
    pub fn beat(&self) {
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_ms.store(now, Ordering::Relaxed);
    }

    /// How long ago it did.
    pub fn silence(&self) -> Duration {
        self.since.elapsed().saturating_sub(Duration::from_millis(self.last_ms.load(Ordering::Relaxed)))
    }
}

/// Runs until the token is cancelled; idle where systemd asked for no watchdog.
pub async fn run(store: Store, pulse: Pulse, stop: CancellationToken) {
    let Some(period) = sd_notify::watchdog_enabled() else {
        stop.cancelled().await;
        return;
    };
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(period / 3) => {}
        }
        let answers = matches!(tokio::time::timeout(PING_TIMEOUT.min(period / 3), store.ping()).await, Ok(Ok(())));
        if answers && pulse.silence() < SCHEDULER_SILENCE {
            let _ = sd_notify::notify(&[NotifyState::Watchdog]);
        } else {
            warn!(database_answers = answers, scheduler_silent_seconds = pulse.silence().as_secs(), "the watchdog is not fed");
        }
    }
}
