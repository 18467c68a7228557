//! Structured concurrency: every task has a name, hears of the end, and is waited for.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, error, info_span};

use crate::daemon::lock;

/// Owns all tasks of the daemon.
#[derive(Debug, Clone, Default)]
pub struct Supervisor {
    tracker: TaskTracker,
    stop: CancellationToken,
    /// The first task that ended though nobody asked it to.
    failed: Arc<Mutex<Option<&'static str>>>,
    failure: Arc<Notify>,
}

impl Supervisor {
    /// Cancelled once, when everything is to end.
    pub fn token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// For short tasks that a long one starts: they are waited for, and may fail alone.
    pub fn tracker(&self) -> TaskTracker {
        self.tracker.clone()
    }

    /// Starts a task that runs until the token is cancelled. If it panics or returns before that, the daemon ends.
    pub fn spawn<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let supervisor = self.clone();
        let inner = tokio::spawn(task.instrument(info_span!("task", name)));
        self.tracker.spawn(async move {
            let ended = inner.await;
            if !supervisor.stop.is_cancelled() {
                let reason = ended.err().map_or_else(|| "it returned".to_owned(), |error| error.to_string());
                error!(task = name, "a task ended that never should ({reason}): the daemon stops, for systemd to start it anew");
                lock(&supervisor.failed).get_or_insert(name);
                supervisor.failure.notify_one();
            }
        });
    }

    /// Waits for the first task that ended on its own. Cancel-safe.
    pub async fn failed(&self) -> &'static str {
        loop {
            if let Some(name) = *lock(&self.failed) {
                return name;
            }
            self.failure.notified().await;
        }
    }

    /// Asks every task to end and waits. False when some did not end in time.
    pub async fn stop(&self, within: Duration) -> bool {
        self.stop.cancel();
        self.tracker.close();
        tokio::time::timeout(within, self.tracker.wait()).await.is_ok()
    }
}
