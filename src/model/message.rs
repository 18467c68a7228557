//! What a delivery says: an alert about one story, a digest of many, a burst, or news of the daemon and its sources.
//!
//! Written once, repeated unchanged by every attempt. How it looks is the channels' matter.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::model::{AlertContent, AlertStory, ClusterId, CountryCode, Priority, WatchlistId};

/// What a delivery says.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// One event of a watchlist: its first alert, an update, a reminder, or a test.
    Alert(Box<AlertContent>),
    /// What a watchlist found in a period.
    Digest(Box<Digest>),
    /// Far more of a watchlist than is usual.
    Burst(Box<BurstAlert>),
    /// About the daemon or its sources, to the operator.
    Notice(Box<Notice>),
}

impl Content {
    /// The type of the webhook's event.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Alert(alert) => alert.kind.as_str(),
            Self::Digest(_) => "digest.ready",
            Self::Burst(_) => "burst.started",
            Self::Notice(notice) => notice.kind.as_str(),
        }
    }

    /// The watchlist that it comes from; `None` for notices.
    pub fn watchlist(&self) -> Option<(&WatchlistId, &str)> {
        match self {
            Self::Alert(alert) => Some((&alert.watchlist, &alert.watchlist_name)),
            Self::Digest(digest) => Some((&digest.watchlist, &digest.watchlist_name)),
            Self::Burst(burst) => Some((&burst.watchlist, &burst.watchlist_name)),
            Self::Notice(_) => None,
        }
    }

    /// True when neither the list's name nor its terms may leave the database but in the message's text itself.
    pub fn restricted(&self) -> bool {
        match self {
            Self::Alert(alert) => alert.restricted,
            Self::Digest(digest) => digest.restricted,
            Self::Burst(burst) => burst.restricted,
            Self::Notice(_) => false,
        }
    }

    /// How urgent it is.
    pub fn priority(&self) -> Priority {
        match self {
            Self::Alert(alert) => alert.priority,
            Self::Digest(digest) => digest.priority,
            Self::Burst(burst) => burst.priority,
            Self::Notice(notice) => notice.priority,
        }
    }

    /// Messages with the same thread belong together at a reader: alerts about one event of one list, digests of one list.
    pub fn thread(&self) -> Uuid {
        match self {
            Self::Alert(alert) => alert.cluster.0,
            Self::Digest(digest) => digest.thread,
            Self::Burst(burst) => burst.thread,
            Self::Notice(notice) => notice.thread,
        }
    }

    /// The story that it is about, where it is about one.
    pub fn story(&self) -> Option<&AlertStory> {
        match self {
            Self::Alert(alert) => Some(&alert.story),
            Self::Digest(_) | Self::Burst(_) | Self::Notice(_) => None,
        }
    }

    /// The alert, where it is one.
    pub fn alert(&self) -> Option<&AlertContent> {
        if let Self::Alert(alert) = self { Some(alert) } else { None }
    }

    /// The alert, to be changed, where it is one.
    pub fn alert_mut(&mut self) -> Option<&mut AlertContent> {
        if let Self::Alert(alert) = self { Some(alert) } else { None }
    }

    /// One line that names it in lists.
    pub fn title(&self) -> String {
        match self {
            Self::Alert(alert) => alert.story.title.clone(),
            Self::Digest(digest) => digest.title(),
            Self::Burst(burst) => burst.title(),
            Self::Notice(notice) => notice.title.clone(),
        }
    }

    /// Every story that it names, in its order.
    pub fn stories(&self) -> Vec<&AlertStory> {
        match self {
            Self::Alert(alert) => vec![&alert.story],
            Self::Digest(digest) => digest.entries.iter().map(|entry| &entry.story).collect(),
            Self::Burst(burst) => burst.entries.iter().map(|entry| &entry.story).collect(),
            Self::Notice(_) => Vec::new(),
        }
    }
}

/// What a watchlist found in a period, one entry an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    pub watchlist: WatchlistId,
    pub watchlist_name: String,
    pub restricted: bool,
    pub priority: Priority,
    /// The same for all digests of a list.
    pub thread: Uuid,
    pub from: Timestamp,
    pub until: Timestamp,
    /// IANA name of the zone that the period is meant in.
    pub zone: String,
    /// Of a long digest each message holds so many entries as the list allows: part 1 of 1, 1 of 3 and so on.
    pub part: u32,
    pub parts: u32,
    /// Events of the period over all parts.
    pub total: u32,
    /// In the order that they are shown in; entries of one country stand together where the list sorts by country first.
    pub entries: Vec<DigestEntry>,
}

impl Digest {
    /// `3 events`, with the part where there are several.
    pub fn title(&self) -> String {
        let events = match self.total {
            0 => "nothing found".to_owned(),
            1 => "1 event".to_owned(),
            many => format!("{many} events"),
        };
        if self.parts > 1 { format!("{events}, part {} of {}", self.part, self.parts) } else { events }
    }
}

/// One event of a digest: its best story, and how many told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestEntry {
    pub cluster: ClusterId,
    pub story: AlertStory,
    /// Independent: no copies, editions of one house once.
    pub publishers: u32,
    /// Stories, copies among them.
    pub reports: u32,
    /// Of the best match, 0..1.
    pub score: f32,
    pub reason: DigestReason,
}

/// Why an event stands in a digest instead of having been sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DigestReason {
    /// The list sends digests only.
    Listed,
    /// It came in quiet hours.
    QuietHours,
    /// More came than the list's rate limit lets through.
    RateLimit,
    /// Fewer independent publishers told of it than the list asks for.
    FewSources,
    /// Its event had been told as often as the list allows.
    UpdateLimit,
}

impl DigestReason {
    /// Every reason with its name in the database and payloads.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Listed, "listed"),
        (Self::QuietHours, "quiet_hours"),
        (Self::RateLimit, "rate_limit"),
        (Self::FewSources, "few_sources"),
        (Self::UpdateLimit, "update_limit"),
    ];

    /// The name in the database and payloads.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(reason, _)| *reason == self).map_or("listed", |(_, name)| name)
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(reason, _)| *reason)
    }

    /// For a reader; `None` where nothing was held back.
    pub fn spoken(self) -> Option<&'static str> {
        match self {
            Self::Listed => None,
            Self::QuietHours => Some("came in quiet hours"),
            Self::RateLimit => Some("over the rate limit"),
            Self::FewSources => Some("fewer independent publishers than asked for"),
            Self::UpdateLimit => Some("told before as often as allowed"),
        }
    }
}

/// Far more of a watchlist than is usual at this hour of the week.
#[derive(Debug, Clone, PartialEq)]
pub struct BurstAlert {
    pub watchlist: WatchlistId,
    pub watchlist_name: String,
    pub restricted: bool,
    pub priority: Priority,
    /// The same for all bursts of a list and country.
    pub thread: Uuid,
    /// Where the list counts by country.
    pub country: Option<CountryCode>,
    pub window: Duration,
    /// Distinct sources with original stories in the window.
    pub sources: u32,
    /// Original stories in the window.
    pub stories: u32,
    /// Mean of distinct sources at this hour of the week.
    pub usual: f32,
    /// How many standard deviations above it.
    pub z: f32,
    /// The latest events of the burst.
    pub entries: Vec<DigestEntry>,
    pub at: Timestamp,
}

impl BurstAlert {
    /// `Burst in KZ: 9 sources in 1 h, usually 1.2`.
    pub fn title(&self) -> String {
        let place = self.country.map(|country| format!(" in {country}")).unwrap_or_default();
        let hours = self.window.as_secs() as f64 / 3600.0;
        format!("Burst{place}: {} sources in {hours:.0} h, usually {:.1}", self.sources, self.usual)
    }
}

/// News of the daemon or its sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub kind: NoticeKind,
    pub priority: Priority,
    /// Trouble and its end share one.
    pub thread: Uuid,
    /// One line.
    pub title: String,
    /// What happened, in sentences.
    pub text: String,
    /// Label and value, in the order that they are shown in.
    pub facts: Vec<(String, String)>,
    /// One line a thing, such as a source that changed.
    pub items: Vec<NoticeItem>,
    /// What to do, where something can be done.
    pub advice: Option<String>,
    /// Below the public address: `sources/x`, `alerts`.
    pub page: String,
    pub at: Timestamp,
}

/// One thing of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeItem {
    pub title: String,
    pub text: String,
    /// Below the public address, where it has a page.
    pub page: Option<String>,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// Sources that are blocked, gone, moved, hijacked, failing or silent beyond their habit.
    SourcesFailing,
    /// Sources that are well again.
    SourcesRecovered,
    /// A channel that was switched off, for it took nothing for days.
    EndpointDisabled,
    /// Trouble of the daemon itself.
    Trouble,
    /// Its end.
    Recovered,
    /// The weekly sign of life.
    AllIsWell,
}

impl NoticeKind {
    /// Every kind with the type of the webhook's event.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::SourcesFailing, "source.failing"),
        (Self::SourcesRecovered, "source.recovered"),
        (Self::EndpointDisabled, "endpoint.disabled"),
        (Self::Trouble, "operator.trouble"),
        (Self::Recovered, "operator.recovered"),
        (Self::AllIsWell, "operator.all_is_well"),
    ];

    /// The type of the webhook's event.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("operator.trouble", |(_, name)| name)
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}
