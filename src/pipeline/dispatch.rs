//! Outbox to channel: claim in a short transaction, send with none open, write down the attempt.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinSet;
use tracing::{info, warn};

use crate::alert::channels::Channels;
use crate::model::{ChannelId, ClaimedDelivery, DeliveryOutcome};
use crate::pipeline::{Event, Events, Metrics};
use crate::store::{Store, StoreError};

/// Deliveries of one channel in flight at once.
const CONCURRENCY: usize = 8;
/// More than twice the longest timeout of a channel (60 s by configuration).
const LEASE: Duration = Duration::from_secs(150);

/// Sends one channel's deliveries. Each channel has its own, so that a dead endpoint holds back nobody else.
#[derive(Debug, Clone)]
pub struct Dispatcher {
    store: Store,
    channels: Arc<Channels>,
    channel: ChannelId,
    metrics: Metrics,
    events: Events,
}

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drained {
    pub delivered: usize,
    pub retried: usize,
    pub gave_up: usize,
    /// A later claim exists: this acknowledgement came too late and changed nothing.
    pub fenced: usize,
}

impl Drained {
    /// Deliveries that were attempted.
    pub fn total(&self) -> usize {
        self.delivered + self.retried + self.gave_up + self.fenced
    }
}

impl Dispatcher {
    /// Serves one channel.
    pub fn new(store: Store, channels: Arc<Channels>, channel: ChannelId, metrics: Metrics, events: Events) -> Self {
        Self { store, channels, channel, metrics, events }
    }

    /// Claims what is due and attempts it once. An empty round means that nothing is due.
    ///
    /// Not cancel-safe: dropped in flight, a delivery waits for its lease to end and may then be sent twice under the same id.
    ///
    /// # Errors
    /// Only the database's: what a channel does is an outcome.
    pub async fn drain(&self) -> Result<Drained, StoreError> {
        let claimed = self.store.claim_deliveries(Some(&self.channel), CONCURRENCY, LEASE).await?;
        let mut attempts = JoinSet::new();
        for delivery in claimed {
            let worker = self.clone();
            attempts.spawn(async move { worker.attempt(delivery).await });
        }
        let mut drained = Drained::default();
        while let Some(attempt) = attempts.join_next().await {
            match attempt {
                Ok(Ok(DeliveryResult::Delivered)) => drained.delivered += 1,
                Ok(Ok(DeliveryResult::Retried)) => drained.retried += 1,
                Ok(Ok(DeliveryResult::GaveUp)) => drained.gave_up += 1,
                Ok(Ok(DeliveryResult::Fenced)) => drained.fenced += 1,
                Ok(Err(error)) => return Err(error),
                // Its lease ends and it is tried again.
                Err(error) => warn!(channel.id = %self.channel, "a delivery's task failed: {error}"),
            }
        }
        Ok(drained)
    }

    async fn attempt(&self, delivery: ClaimedDelivery) -> Result<DeliveryResult, StoreError> {
        let started = Instant::now();
        let outcome = self.channels.send(&delivery, Timestamp::now()).await;
        let duration = started.elapsed();
        if !self.store.acknowledge(delivery.id, delivery.generation, &outcome, duration).await? {
            Metrics::count(&self.metrics.deliveries, "fenced", 1);
            return Ok(DeliveryResult::Fenced);
        }
        let (label, result, detail) = match outcome {
            DeliveryOutcome::Delivered { detail } => {
                let latency = Timestamp::now().duration_since(delivery.created_at).as_secs_f64();
                self.metrics.delivery_latency_seconds.observe(latency.max(0.0));
                ("delivered", DeliveryResult::Delivered, detail)
            }
            DeliveryOutcome::RetryAt { error, .. } => {
                info!(channel.id = %self.channel, alert.id = %delivery.alert, attempt = delivery.attempt, "a delivery will be tried again");
                ("retry", DeliveryResult::Retried, error)
            }
            DeliveryOutcome::GaveUp { error } => {
                tracing::error!(channel.id = %self.channel, alert.id = %delivery.alert, attempt = delivery.attempt,
                    "a delivery was given up: see `presswatch alerts list --dead`, mend the channel, then `presswatch alerts replay`");
                ("gave_up", DeliveryResult::GaveUp, error)
            }
        };
        Metrics::count(&self.metrics.deliveries, label, 1);
        self.events.send(Event::Delivery {
            channel: self.channel.clone(),
            delivered: matches!(result, DeliveryResult::Delivered),
            attempt: delivery.attempt,
            duration,
            detail,
        });
        Ok(result)
    }
}

enum DeliveryResult {
    Delivered,
    Retried,
    GaveUp,
    Fenced,
}
