//! Postgres: everything that is kept, and all SQL.
//!
//! Enters: drafts, verdicts, labels, matches, alerts, outcomes. Leaves: what is known, due, claimed or asked for. Deliberately absent:
//! decisions; what a duplicate is, when to retry, what to poll is said by callers.
//!
//! *Invariant:* leases and schedules are decided by the database's clock alone.
//! *Invariant:* no function waits for anything but the database.

pub mod embedded;
mod error;
mod connect;
pub mod open;
pub mod status;
pub mod sources;
pub mod items;
pub mod ingest;
mod incidents;
mod relabel;
pub mod outbox;
pub mod websub;
mod leases;
pub mod partitions;
pub mod retention;
mod browse;
mod fulltext;
mod json;
mod value;

pub use browse::{
    ARCHIVE_PIECE, AlertCount, AlertFilter, AlertRow, ArchivedStory, AttemptRow, ClusterSummary, DeliveryRow, Facet, Facets, FetchRow, LabeledText,
    PAGE_ROWS, Revision, SourceRow, StoredLabel, StoredMatch, StoryDetail, StoryFilter, StorySummary, WatchlistCount,
};
pub use connect::{MigrationStatus, Store};
pub use error::StoreError;
pub use incidents::{INCIDENT_ROWS, Incident, IncidentDetail, IncidentFilter, IncidentReport};
pub use relabel::{IncidentTx, Labeling, RelabelTx, StaleStory};
