//! Incidents: what the sources report to have been done to people and media, and where each says so.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{Evidence, StoryId};

/// What a fact of a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactKind {
    /// What is reported: a topic of the group `incident`.
    Topic,
    Country,
    /// A town or region, as written.
    Place,
    /// The day, `2026-05-04`.
    Date,
    /// To whom: an actor's id.
    Actor,
    /// A person's name as written.
    Person,
    /// A number of people with what it counts, as written.
    People,
    /// Words that call the report untrue.
    Denial,
}

impl FactKind {
    /// All kinds in the order that people read them.
    pub const ALL: [Self; 8] = [Self::Topic, Self::Country, Self::Place, Self::Date, Self::Actor, Self::Person, Self::People, Self::Denial];

    /// The name in the database, JSON and pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Country => "country",
            Self::Place => "place",
            Self::Date => "date",
            Self::Actor => "actor",
            Self::Person => "person",
            Self::People => "people",
            Self::Denial => "denial",
        }
    }

    /// The inverse of [`as_str`](Self::as_str).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One thing that one story says of an incident, with the places where it says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    pub kind: FactKind,
    /// An id, a code, a day, or words as written.
    pub value: String,
    /// Equal for the same value written otherwise: names over scripts and cases.
    pub key: String,
    /// How many, for [`FactKind::People`].
    pub count: Option<u32>,
    /// 0..1
    pub score: f32,
    pub evidence: Vec<Evidence>,
}

/// What one story says of an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub story: StoryId,
    /// Editions of one house count once.
    pub publisher_group: String,
    /// A copy of one text confirms nothing.
    pub copy: bool,
    pub published_at: Option<Timestamp>,
    pub first_seen_at: Timestamp,
    /// Empty for a story that was edited and no longer reports it.
    pub facts: Vec<Fact>,
}

/// How an incident stands, by what is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IncidentStatus {
    /// Reported, and nothing later undoes it.
    Open,
    /// A release, an acquittal, a lifted block is reported.
    Released,
    /// The last word is that it is untrue, or every source took it back.
    Contradicted,
}

impl IncidentStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Released, Self::Contradicted];

    /// The name in the database, JSON, CSV and pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Released => "released",
            Self::Contradicted => "contradicted",
        }
    }

    /// The inverse of [`as_str`](Self::as_str).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Where the day of an incident is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateBasis {
    /// A report says it.
    Reported,
    /// No report says it: the first was published or seen on that day.
    Published,
}

impl DateBasis {
    /// `reported` or `published`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Published => "published",
        }
    }
}

/// A value that reports agree on, written as the first of them writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub value: String,
    pub key: String,
    pub count: Option<u32>,
    /// Independent publishers that say so.
    pub publishers: u32,
}

/// What the reports of one event say together.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentDraft {
    pub status: IncidentStatus,
    pub topic: String,
    /// Other incident topics, most reported first; `release` among them.
    pub other_topics: Vec<String>,
    pub country: Option<String>,
    pub place: Option<Named>,
    pub date: Date,
    pub date_basis: DateBasis,
    pub actors: Vec<String>,
    pub persons: Vec<Named>,
    pub people: Vec<Named>,
    /// Independent publishers that report it: no copies, editions of one house once.
    pub publishers: u32,
    /// The story whose headline stands for it.
    pub story: StoryId,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
}
