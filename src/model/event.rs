//! What is known of an event that a watchlist may be told of.

use jiff::Timestamp;

use crate::model::CountryCode;

/// What is known of an event when a story of it meets a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventState {
    /// Independent publishers, this story's among them: no copies, editions of one house once.
    pub publishers: u32,
    /// Stories, copies among them.
    pub reports: u32,
    /// What the list was told of it; `None`: nothing.
    pub told: Option<Told>,
    /// It stood in a digest as told by too few.
    pub listed_as_few: bool,
    /// Countries of the sources whose stories met the list before this one.
    pub countries: Vec<CountryCode>,
    /// References of the list's persons whom messages about the event named.
    pub persons: Vec<String>,
    /// Alerts that the list wrote within its limit's period.
    pub recent_alerts: u32,
    /// What an acknowledgement names, where one was asked for.
    pub acknowledge: Option<String>,
}

/// What the list was told of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// When the last alert was or will be due; of what stands in a digest, when it was put there.
    pub at: Timestamp,
    pub updates: u32,
    pub publishers: u32,
    pub severity: u8,
}
