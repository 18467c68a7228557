//! Incidents: reports with their facts, and the record that they give together.
//!
//! Enters: what a story says, in the story's own transaction, and the record that callers join from all reports of the event. Leaves: lists,
//! one incident with every report. Deliberately absent: joining reports (understand does), and people's decisions.
//!
//! *Invariant:* an incident keeps its id as long as it is kept, whatever its reports become.
//! *Invariant:* all writing goes on under the ingest lock: two workers never make two incidents of one event.

mod read;
mod write;

pub use read::{INCIDENT_ROWS, Incident, IncidentDetail, IncidentFilter, IncidentReport};
