//! The records of the API. A later version may add keys; it changes none.

mod desk;
mod incident;
mod story;

pub use desk::{Alert, Delivery, Label, Source, Watchlist};
pub use incident::{Incident, IncidentCorrection, IncidentFact, IncidentName, IncidentReport, IncidentReview};
pub use story::{Cluster, Evidence, Story, StoryDetails, StoryLabel, StoryMatch, StoryRevision};
