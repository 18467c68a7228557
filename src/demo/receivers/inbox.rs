//! What arrived so far, and waiting for more of it.

use std::time::Duration;

use tokio::sync::watch;

/// What is kept; later arrivals are refused by the receivers.
const CAPACITY: usize = 10_000;

/// Less arrived than was waited for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{arrived} of {wanted} arrived within {} s", waited.as_secs_f32())]
pub struct TooFew {
    pub wanted: usize,
    pub arrived: usize,
    pub waited: Duration,
}

/// A list that grows, and that can be waited for.
#[derive(Debug)]
pub(super) struct Inbox<T> {
    items: watch::Sender<Vec<T>>,
}

impl<T: Clone> Inbox<T> {
    pub(super) fn new() -> Self {
        Self { items: watch::Sender::new(Vec::new()) }
    }

    /// False when it is full.
    pub(super) fn push(&self, item: T) -> bool {
        self.items.send_if_modified(|items| {
            let room = items.len() < CAPACITY;
            if room {
                items.push(item);
            }
            room
        })
    }

    pub(super) fn snapshot(&self) -> Vec<T> {
        self.items.borrow().clone()
    }

    /// Cancel-safe.
    pub(super) async fn wait_for(&self, wanted: usize, timeout: Duration) -> Result<Vec<T>, TooFew> {
        let mut changes = self.items.subscribe();
        let arrived = tokio::time::timeout(timeout, changes.wait_for(|items| items.len() >= wanted)).await;
        match arrived {
            Ok(Ok(items)) => Ok(items.clone()),
            _ => Err(TooFew { wanted, arrived: self.items.borrow().len(), waited: timeout }),
        }
    }
}
