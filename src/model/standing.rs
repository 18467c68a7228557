//! How a source does, and what that is judged by.

use std::time::Duration;

use jiff::Timestamp;

/// How a source does, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceState {
    /// Not polled yet.
    New,
    Ok,
    /// Answers, and has brought nothing for longer than is its habit.
    Quiet,
    Failing,
    /// A wall against robots, a captcha, a login or a country block stands before the document.
    Blocked,
    /// A permanent redirect to another registrable domain; still read.
    Moved,
    /// 410: asked for rarely.
    Gone,
    /// Another publisher seems to answer: its items are held back.
    Hijacked,
}

impl SourceState {
    /// Every state with its name.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::New, "new"),
        (Self::Ok, "ok"),
        (Self::Quiet, "quiet"),
        (Self::Failing, "failing"),
        (Self::Blocked, "blocked"),
        (Self::Moved, "moved"),
        (Self::Gone, "gone"),
        (Self::Hijacked, "hijacked"),
    ];

    /// The name in the database, in JSON and pages.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("new", |(_, name)| name)
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(state, _)| *state)
    }
}

/// What is stored of a source's polls.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceFacts {
    pub last_fetch_at: Option<Timestamp>,
    /// The last answer that could be read.
    pub last_success_at: Option<Timestamp>,
    /// The moment of the newest item.
    pub last_item_at: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
    /// Weighted count since the last success: a refused connection counts 1, a 503 counts 0.5.
    pub failures: f32,
    /// `ok`, `not_modified`, `held`, or the kind of a failure.
    pub last_outcome: Option<String>,
    pub last_status: Option<u16>,
    /// What failed, for people.
    pub last_error: Option<String>,
    /// The name of the wall that was recognized: `captcha`, `country block`.
    pub wall: Option<String>,
    /// Where a permanent redirect points, and since when.
    pub moved_to: Option<String>,
    pub moved_since: Option<Timestamp>,
    /// True when that is another registrable domain.
    pub moved_elsewhere: bool,
    /// Why items are held back, and since when.
    pub suspicion: Option<String>,
    pub suspicious_since: Option<Timestamp>,
    /// Slots of three hours since 1970 with something new, oldest first.
    pub arrivals: Vec<i32>,
    /// Until when the whole domain is left alone.
    pub held_until: Option<Timestamp>,
}

/// A verdict on a source, with what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub state: SourceState,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// One clause; empty when all is well.
    pub reason: String,
    /// What was seen, a sentence each.
    pub evidence: Vec<String>,
    /// What a person can do; empty when there is nothing to do.
    pub advice: &'static str,
}

/// A change of a source's state, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    pub from: SourceState,
    pub to: SourceState,
    pub reason: String,
}

/// A source that is watched closely for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    pub every: Duration,
    pub until: Timestamp,
}
