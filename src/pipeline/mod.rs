//! The only rooms that join stages with the store: [`ingest`] (source to commit) and [`dispatch`] (outbox to channel).
//!
//! Enters: due sources, due deliveries. Leaves: committed stories with their alerts; attempts.
//!
//! *Invariant:* no transaction is open while the network is waited for.
//! *Invariant:* a story, its labels, matches and outbox rows are committed together or not at all.

pub mod explore;
mod rules;
pub mod alerting;
mod breaker;
pub mod failpoint;
mod tell;
mod event;
mod metrics;
mod outage;
mod ingest;
mod poll;
mod dispatch;
mod rejoin;
mod relabel;
mod websub;

pub use dispatch::{Dispatcher, Drained};
pub use event::{Event, Events};
pub use ingest::{IngestError, Ingested};
pub use metrics::Metrics;
pub use outage::Outage;
pub use poll::{Gatherer, PollReport};
pub use rejoin::rejoin_incidents;
pub use relabel::{Relabeled, Relabeler, Step};
pub use rules::Rules;
pub use websub::Subscriber;
