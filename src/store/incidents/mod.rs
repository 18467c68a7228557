//! Incidents: reports with their facts, and the record that they give together.
//!
//! Enters: what a story says, in the story's own transaction, and the record that callers join from all reports of the event. Leaves: lists,
//! one incident with every report; what people decided, laid over when it is read. Deliberately absent: joining reports (understand does).
//!
//! *Invariant:* an incident keeps its id as long as it is kept, whatever its reports become.
//! *Invariant:* all writing goes on under the ingest lock: two workers never make two incidents of one event.

mod correct;
mod decide;
mod read;
mod write;

pub use correct::{Correction, Field as IncidentField};
pub use decide::{Decided, Decision, DecisionRow, ReviewState};
pub use read::{INCIDENT_ROWS, Incident, IncidentDetail, IncidentFilter, IncidentReport, Review, ReviewFilter};
