//! What happens on a match, as validated: when it is told, what is held back, what makes it louder.

use std::time::Duration;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

use crate::model::{ChannelId, Priority, SourceState, UpdateReason};

/// What happens on a match.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertPolicy {
    pub mode: AlertMode,
    pub channels: Vec<ChannelId>,
    pub group_by: GroupBy,
    /// How long the first alert of a group waits.
    pub group_wait: Duration,
    /// Older stories are stored, never alerted.
    pub max_age: Duration,
    /// Least score of the match, 0..1.
    pub min_score: f32,
    /// Independent publishers that must have told of an event before it is alerted.
    pub min_sources: u32,
    pub update: UpdatePolicy,
    pub rate_limit: Option<RateLimit>,
    pub quiet_hours: Vec<QuietHours>,
    /// What is held back goes there, whatever the mode.
    pub digest: DigestPolicy,
    pub repeat: Option<RepeatPolicy>,
    pub escalate: Option<EscalatePolicy>,
}

impl Default for AlertPolicy {
    /// What a list without `[watchlist.alert]` means: everything at once, to nobody.
    fn default() -> Self {
        Self {
            mode: AlertMode::Immediate,
            channels: Vec::new(),
            group_by: GroupBy::Cluster,
            group_wait: Duration::ZERO,
            max_age: Duration::from_hours(72),
            min_score: 0.0,
            min_sources: 1,
            update: UpdatePolicy::default(),
            rate_limit: None,
            quiet_hours: Vec::new(),
            digest: DigestPolicy::default(),
            repeat: None,
            escalate: None,
        }
    }
}

/// Whether an event is told by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertMode {
    /// At once.
    Immediate,
    /// With the others of its period.
    Digest,
    /// Not at all; bursts are told where the list has them.
    Silent,
}

/// What one alert stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// One alert per event.
    Cluster,
    /// One alert per event and language.
    Language,
    /// One alert per story; copies are folded all the same.
    Story,
}

/// When an event that was told is told again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdatePolicy {
    /// Empty: never.
    pub on: Vec<UpdateReason>,
    /// An update waits until the last alert is so old.
    pub min_interval: Duration,
    /// What more comes goes to the digest.
    pub max: u32,
}

impl Default for UpdatePolicy {
    fn default() -> Self {
        Self { on: Vec::new(), min_interval: Duration::from_hours(1), max: 6 }
    }
}

/// How many alerts a list may send; what is over goes to the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    pub max: u32,
    pub per: Duration,
}

/// Hours of the day in which people sleep.
#[derive(Debug, Clone, PartialEq)]
pub struct QuietHours {
    pub from: Time,
    /// Before `from`: of the next day.
    pub until: Time,
    pub zone: TimeZone,
    pub hold: Hold,
    /// Alerts of lists with one of these priorities come all the same.
    pub break_through: Vec<Priority>,
    /// Whether bursts come all the same.
    pub bursts_break_through: bool,
}

/// Where what comes in quiet hours waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// In the digest.
    Digest,
    /// It is sent when they end.
    UntilEnd,
}

/// When and how what was collected is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestPolicy {
    pub every: DigestEvery,
    /// Of the day; of an hourly digest only the minute counts.
    pub at: Time,
    pub zone: TimeZone,
    /// `None`: the list's channels.
    pub channels: Option<Vec<ChannelId>>,
    /// Events in one message; more make more messages.
    pub max_items: usize,
    /// Whether a period without events is told.
    pub send_empty: bool,
    pub sort: Vec<DigestSort>,
}

impl Default for DigestPolicy {
    fn default() -> Self {
        Self {
            every: DigestEvery::Day,
            at: Time::constant(8, 0, 0, 0),
            zone: TimeZone::UTC,
            channels: None,
            max_items: 60,
            send_empty: false,
            sort: vec![DigestSort::Country, DigestSort::Score],
        }
    }
}

/// How often a digest comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestEvery {
    Hour,
    Day,
    Week(Weekday),
}

/// What a digest is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestSort {
    Country,
    /// Best first.
    Score,
    /// Newest first.
    Time,
    /// Most independent publishers first.
    Publishers,
}

/// How an alert of critical priority comes again until somebody acknowledges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepeatPolicy {
    pub every: Duration,
    pub max: u32,
}

/// Who else is told of an event that nobody acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalatePolicy {
    pub after: Duration,
    pub channels: Vec<ChannelId>,
}

/// What counts as far more than usual.
#[derive(Debug, Clone, PartialEq)]
pub struct BurstPolicy {
    /// One baseline per country.
    pub per_country: bool,
    pub window: Duration,
    /// How far back the usual is looked for.
    pub baseline: Duration,
    /// Without so much history nothing is a burst.
    pub min_history: Duration,
    /// Stories in the window, copies left out.
    pub min_count: u32,
    /// Distinct sources in the window.
    pub min_sources: u32,
    /// Standard deviations above the mean of this hour of the week.
    pub z: f32,
    /// Nothing is told for so long after a burst.
    pub cooldown: Duration,
    /// `None`: the list's own.
    pub priority: Option<Priority>,
    /// Beside the list's own.
    pub channels: Vec<ChannelId>,
}

/// What the operator is told, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct OperatorConfig {
    /// Empty: nobody.
    pub channels: Vec<ChannelId>,
    /// Changes to these states are told.
    pub sources: Vec<SourceState>,
    /// Notices of sources are collected for so long.
    pub collect: Duration,
    /// The weekly sign of life; `None`: none.
    pub weekly: Option<DigestPolicy>,
}

impl Default for OperatorConfig {
    fn default() -> Self {
        Self {
            channels: Vec::new(),
            sources: Self::SOURCES.to_vec(),
            collect: Duration::from_mins(15),
            weekly: Some(DigestPolicy { every: DigestEvery::Week(Weekday::Monday), ..DigestPolicy::default() }),
        }
    }
}

impl OperatorConfig {
    /// States that mean that a source is not heard as it should be.
    pub const SOURCES: [SourceState; 6] =
        [SourceState::Quiet, SourceState::Failing, SourceState::Blocked, SourceState::Moved, SourceState::Gone, SourceState::Hijacked];
}

/// Who learns that we are alive, so that our silence is noticed.
#[derive(Debug, Clone, PartialEq)]
pub struct HeartbeatConfig {
    /// Gets an empty POST.
    pub url: Option<url::Url>,
    pub every: Duration,
    /// Get a message.
    pub channels: Vec<ChannelId>,
    pub channels_every: Duration,
}
