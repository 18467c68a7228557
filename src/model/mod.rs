//! The types that travel between rooms: constructors, no logic, no serde, no I/O.
//!
//! Offsets in [`Evidence`] are UTF-8 byte offsets into the field they name. Times are [`jiff::Timestamp`].

mod account;
mod alert;
mod event;
mod id;
mod incident;
mod item;
mod label;
mod message;
mod problem;
mod source;
mod standing;
mod story;
mod wanted;

pub use account::{AccountName, Role};
pub use alert::{AlertContent, AlertKind, AlertStory, ClaimedDelivery, DeliveryOutcome, NewAlert, Priority, UpdateReason};
pub use event::{EventState, Told};
pub use id::{AlertId, ChannelId, ClusterId, CountryCode, DeliveryId, IncidentId, InvalidId, Language, SourceId, StoryId, WatchlistId};
pub use incident::{DateBasis, Fact, FactKind, IncidentDraft, IncidentStatus, Named, Report};
pub use item::{Article, Hints, Parsed, RawItem};
pub use label::{ActorLabel, Classification, CountryLabel, CountryRole, Evidence, Field, RulesFingerprint, TopicLabel};
pub use message::{BurstAlert, Content, Digest, DigestEntry, DigestReason, Notice, NoticeItem, NoticeKind};
pub use problem::{Problem, Severity};
pub use source::{FullText, ListingRules, SitemapRules, Source, SourceCategory, SourceKind};
pub use standing::{Burst, SourceFacts, SourceState, Standing, StateChange};
pub use story::{Candidate, Fingerprint, Match, StoryDraft, StoryFacts, Verdict};
pub use wanted::Wanted;
