//! Alerts and what becomes of their deliveries.

use jiff::Timestamp;

use crate::model::{AlertId, ChannelId, ClusterId, Content, CountryCode, DeliveryId, Language, StoryId, WatchlistId};

/// How urgent a watchlist is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    Low,
    Normal,
    High,
    Critical,
}

impl Priority {
    /// Every priority with its name in configuration, payloads and pages.
    pub const ALL: [(Self, &'static str); 4] = [(Self::Low, "low"), (Self::Normal, "normal"), (Self::High, "high"), (Self::Critical, "critical")];

    /// The name in configuration, payloads and pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Why an alert is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertKind {
    Created,
    /// More became known of an event that was told.
    Updated,
    /// Nobody acknowledged it.
    Repeated,
    /// A person asked for it.
    Test,
}

impl AlertKind {
    /// Every kind with the type of the webhook's event.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Created, "alert.created"), (Self::Updated, "alert.updated"), (Self::Repeated, "alert.repeated"), (Self::Test, "test.ping")];

    /// The type of the webhook's event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "alert.created",
            Self::Updated => "alert.updated",
            Self::Repeated => "alert.repeated",
            Self::Test => "test.ping",
        }
    }
}

/// What became known of an event after it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UpdateReason {
    /// A person of the list whom no message about the event named: always told, whatever is declared.
    NewPerson,
    /// A source of a country that none of the former ones was of.
    NewCountrySource,
    /// Twice as many independent publishers as were told.
    SourcesDoubled,
    /// A graver topic than was told.
    SeverityUp,
    /// A publisher changed what it said.
    Correction,
    /// Another independent publisher.
    AnyNewSource,
}

impl UpdateReason {
    /// Every reason with its name in payloads, gravest first.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::NewPerson, "new_person"),
        (Self::SeverityUp, "severity_up"),
        (Self::Correction, "correction"),
        (Self::NewCountrySource, "new_country_source"),
        (Self::SourcesDoubled, "sources_x2"),
        (Self::AnyNewSource, "any_new_source"),
    ];

    /// The name in configuration and payloads.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(reason, _)| *reason == self).map_or("any_new_source", |(_, name)| name)
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(reason, _)| *reason)
    }

    /// For a reader.
    pub fn spoken(self) -> &'static str {
        match self {
            Self::NewPerson => "about another person of the list",
            Self::NewCountrySource => "reported from another country",
            Self::SourcesDoubled => "twice as many publishers",
            Self::SeverityUp => "graver than before",
            Self::Correction => "corrected by its publisher",
            Self::AnyNewSource => "another publisher",
        }
    }
}

/// What an alert says of its story: a snapshot, so that a delivery repeats the same words at every retry.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertStory {
    pub id: StoryId,
    pub title: String,
    /// The first sentences, at most a few hundred characters.
    pub excerpt: String,
    pub url: Option<String>,
    pub source_name: String,
    pub language: Language,
    pub published_at: Option<Timestamp>,
    pub main_country: Option<CountryCode>,
    pub topics: Vec<String>,
    pub actors: Vec<String>,
    /// The texts that met the watchlist, each once.
    pub matched: Vec<String>,
}

/// What an alert says: written once, repeated unchanged by every attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertContent {
    pub kind: AlertKind,
    pub watchlist: WatchlistId,
    pub watchlist_name: String,
    /// True when neither the list's name nor its terms may leave the database but in the alert itself.
    pub restricted: bool,
    pub priority: Priority,
    pub cluster: ClusterId,
    pub story: AlertStory,
    /// Independent publishers that told of the event so far: no copies, editions of one house once. 0 in alerts of older versions.
    pub publishers: u32,
    /// Stories of the event so far, copies among them.
    pub reports: u32,
    /// Why it is told again; empty for the first alert.
    pub updates: Vec<UpdateReason>,
    /// How often it has been repeated because nobody acknowledged it; 0 for the first.
    pub repeat: u32,
    /// Whoever knows this may acknowledge the event, which ends repetitions: the last part of `/ack/TOKEN`. `None` where nothing is repeated.
    pub acknowledge: Option<String>,
}

/// An alert with the outbox rows to write for it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAlert {
    pub id: AlertId,
    pub content: Content,
    pub channel: ChannelId,
    /// One per recipient: a refused address never holds back another. Webhooks have one, empty.
    pub recipients: Vec<String>,
    /// What of the list's events it is about; `None` for digests, bursts and notices.
    pub event_key: Option<[u8; 32]>,
    /// sha256 over watchlist, channel, group, kind and version: the database keeps it unique.
    pub dedup_key: [u8; 32],
    pub not_before: Timestamp,
}

/// One row of the outbox, leased to a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedDelivery {
    pub id: DeliveryId,
    pub alert: AlertId,
    pub channel: ChannelId,
    /// Empty for webhooks.
    pub recipient: String,
    /// This attempt's number, from 1.
    pub attempt: u32,
    /// Whoever acknowledges must name it; a later claim makes it stale.
    pub generation: i64,
    /// When the alert was written.
    pub created_at: Timestamp,
    pub content: Content,
}

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum DeliveryOutcome {
    Delivered {
        detail: String,
    },
    /// Worth another try, not before the given moment.
    RetryAt {
        at: Timestamp,
        error: String,
    },
    /// No further try without a person.
    GaveUp {
        error: String,
    },
    /// The same, and there is nothing any more that could take another one: the channel is switched off.
    Gone {
        error: String,
    },
}
