//! Counters. Labels come from bounded sets only: never an address, a name or a watchlist.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// A label with a value from a bounded set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Outcome {
    pub outcome: &'static str,
}

/// All metrics of the pipeline.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// Polls by outcome: `ok`, `not_modified`, or the kind of failure.
    pub polls: Family<Outcome, Counter>,
    /// Entries by outcome: `new`, `known`, `duplicate`, `revised`, `failed`, `deferred`.
    pub items: Family<Outcome, Counter>,
    pub matches: Counter,
    pub alerts: Counter,
    /// Attempts by outcome: `delivered`, `retry`, `gave_up`, `fenced`.
    pub deliveries: Family<Outcome, Counter>,
    /// From the read item to the commit.
    pub ingest_seconds: Histogram,
    /// From the alert's commit to the accepted request.
    pub delivery_latency_seconds: Histogram,
    /// 1 while no source at all can be reached.
    pub own_outage: Gauge,
    /// Stored stories labeled anew by outcome: `changed`, `unchanged`, `failed`.
    pub stories_relabeled: Family<Outcome, Counter>,
    /// Stored stories that other rules labeled than those in force.
    pub stories_to_relabel: Gauge,
    /// Reloads by outcome: `ok`, `refused`.
    pub reloads: Family<Outcome, Counter>,
}

impl Metrics {
    /// Registers everything under `presswatch_`.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            polls: Family::default(),
            items: Family::default(),
            matches: Counter::default(),
            alerts: Counter::default(),
            deliveries: Family::default(),
            ingest_seconds: Histogram::new(exponential_buckets(0.001, 2.0, 14)),
            delivery_latency_seconds: Histogram::new(exponential_buckets(0.01, 2.5, 14)),
            own_outage: Gauge::default(),
            stories_relabeled: Family::default(),
            stories_to_relabel: Gauge::default(),
            reloads: Family::default(),
        };
        let registry = registry.sub_registry_with_prefix("presswatch");
        registry.register("polls", "Polls of sources by outcome", metrics.polls.clone());
        registry.register("items", "Entries of sources by outcome", metrics.items.clone());
        registry.register("matches", "Stories that met a watchlist", metrics.matches.clone());
        registry.register("alerts", "Alerts committed to the outbox", metrics.alerts.clone());
        registry.register("deliveries", "Delivery attempts by outcome", metrics.deliveries.clone());
        registry.register("ingest_seconds", "From the read item to the commit of its story", metrics.ingest_seconds.clone());
        registry.register(
            "delivery_latency_seconds",
            "From the commit of an alert to its acceptance by the channel",
            metrics.delivery_latency_seconds.clone(),
        );
        registry.register("own_outage", "1 while no source at all can be reached", metrics.own_outage.clone());
        registry.register("stories_relabeled", "Stored stories labeled anew by outcome", metrics.stories_relabeled.clone());
        registry.register(
            "stories_to_relabel",
            "Stored stories whose labels other rules gave than those in force",
            metrics.stories_to_relabel.clone(),
        );
        registry.register("reloads", "Reloads of the configuration by outcome", metrics.reloads.clone());
        metrics
    }

    pub(crate) fn count(family: &Family<Outcome, Counter>, outcome: &'static str, by: u64) {
        family.get_or_create(&Outcome { outcome }).inc_by(by);
    }
}
