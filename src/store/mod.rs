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
pub mod outages;
pub mod outbox;
pub mod alerting;
pub mod websub;
mod leases;
pub mod partitions;
pub mod retention;
mod browse;
mod accounts;
mod audit;
mod tokens;
mod fulltext;
mod json;
mod value;

pub use accounts::{Account, Guesser};
pub use audit::AuditRow;
pub use browse::{
    ARCHIVE_PIECE, AlertCount, AlertFilter, AlertRow, ArchivedStory, AttemptRow, COUNTED, ClusterSummary, CountryPart, DeliveryRow, FACETS_OF, Facet,
    Facets, FetchRow, LabeledText, PAGE_ROWS, Revision, SourceChange, SourceRow, SourceStanding, StoredLabel, StoredMatch, StoryDetail, StoryFilter,
    StorySummary, Walk, WatchlistCount,
};
pub use connect::{MigrationStatus, Store};
pub use error::StoreError;
pub use incidents::{
    Correction, Decided, Decision, DecisionRow, INCIDENT_ROWS, Incident, IncidentDetail, IncidentField, IncidentFilter, IncidentReport, Review,
    ReviewFilter, ReviewState,
};
pub use relabel::{IncidentTx, Labeling, RelabelTx, StaleStory};
pub use tokens::ApiToken;
