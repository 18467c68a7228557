//! Outbox to channel: claim in a short transaction, send with none open, write down the attempt.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::alert::channels::Channels;
use crate::model::{ChannelId, ClaimedDelivery, DeliveryOutcome};
use crate::pipeline::breaker::Breaker;
use crate::pipeline::{Event, Events, Metrics, failpoint};
use crate::store::{Store, StoreError};

/// Deliveries of one channel in flight at once.
const CONCURRENCY: usize = 16;
/// Places that are free before more is claimed.
const CLAIM_LEAST: usize = 4;
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
    breaker: Arc<Mutex<Breaker>>,
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
        Self { store, channels, channel, metrics, events, breaker: Arc::default() }
    }

    /// Claims and attempts until nothing is due. An empty round means that nothing was.
    ///
    /// Not cancel-safe: dropped in flight, a delivery waits for its lease to end and may then be sent twice under the same id.
    ///
    /// # Errors
    /// Only the database's: what a channel does is an outcome.
    pub async fn drain(&self) -> Result<Drained, StoreError> {
        self.drain_until(&CancellationToken::new()).await
    }

    /// The same; nothing is claimed any more once `stop` is cancelled, what is in flight is finished.
    ///
    /// A slow answer holds back only its own place: others are claimed while it is waited for.
    pub async fn drain_until(&self, stop: &CancellationToken) -> Result<Drained, StoreError> {
        let mut attempts: JoinSet<Result<DeliveryResult, StoreError>> = JoinSet::new();
        let mut drained = Drained::default();
        let mut more = true;
        loop {
            let free = CONCURRENCY.saturating_sub(attempts.len());
            let wanted = if more && !stop.is_cancelled() { self.breaker().allowance(free, Instant::now()) } else { 0 };
            // Several at once, for each claim is a round trip; a single place is not worth one while others are about to be free.
            if wanted > 0 && (free >= CLAIM_LEAST || attempts.is_empty()) {
                let claimed = match self.store.claim_deliveries(Some(&self.channel), wanted, LEASE).await {
                    Ok(claimed) => claimed,
                    Err(error) => {
                        // What is in flight is waited for: its outcome may still be written.
                        while attempts.join_next().await.is_some() {}
                        return Err(error);
                    }
                };
                if !claimed.is_empty() {
                    failpoint::reached("claimed");
                }
                more = claimed.len() >= wanted;
                for delivery in claimed {
                    let worker = self.clone();
                    attempts.spawn(async move { worker.attempt(delivery).await });
                }
            }
            let Some(attempt) = attempts.join_next().await else { return Ok(drained) };
            match attempt {
                Ok(Ok(DeliveryResult::Delivered)) => drained.delivered += 1,
                Ok(Ok(DeliveryResult::Retried)) => drained.retried += 1,
                Ok(Ok(DeliveryResult::GaveUp)) => drained.gave_up += 1,
                Ok(Ok(DeliveryResult::Fenced)) => drained.fenced += 1,
                Ok(Err(error)) => {
                    while attempts.join_next().await.is_some() {}
                    return Err(error);
                }
                // Its lease ends and it is tried again.
                Err(error) => warn!(channel.id = %self.channel, "a delivery's task failed: {error}"),
            }
        }
    }

    /// How long nothing may be claimed, for the channel takes nothing; zero where it may.
    pub fn breather(&self) -> Duration {
        self.breaker().wait(Instant::now())
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps how the channel does: here for the breaker, in the database for whoever looks.
    async fn note(&self, outcome: &DeliveryOutcome) -> Result<(), StoreError> {
        match outcome {
            DeliveryOutcome::Delivered { .. } => {
                let tell = self.breaker().succeeded(Instant::now());
                if tell {
                    self.store.note_channel_success(&self.channel).await?;
                }
            }
            DeliveryOutcome::RetryAt { error, .. } => {
                let tell = self.breaker().failed(Instant::now());
                if tell {
                    self.store.note_channel_failure(&self.channel, error).await?;
                }
            }
            DeliveryOutcome::Gone { error } => {
                let mut tx = self.store.begin_alerts().await?;
                if tx.disable_channel(&self.channel, error).await? {
                    tracing::error!(channel.id = %self.channel, "the endpoint is gone, its channel is switched off: mend it, then `presswatch alerts enable`");
                }
                tx.commit().await?;
            }
            // About this delivery, not about the channel.
            DeliveryOutcome::GaveUp { .. } => {}
        }
        Ok(())
    }

    async fn attempt(&self, delivery: ClaimedDelivery) -> Result<DeliveryResult, StoreError> {
        let started = Instant::now();
        let outcome = self.channels.send(&delivery, Timestamp::now()).await;
        let duration = started.elapsed();
        failpoint::reached("sent");
        if !self.store.acknowledge(delivery.id, delivery.generation, &outcome, duration).await? {
            Metrics::count(&self.metrics.deliveries, "fenced", 1);
            return Ok(DeliveryResult::Fenced);
        }
        failpoint::reached("acknowledged");
        self.note(&outcome).await?;
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
            DeliveryOutcome::GaveUp { error } | DeliveryOutcome::Gone { error } => {
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
