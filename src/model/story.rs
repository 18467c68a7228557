//! A story between being read and being stored.

use jiff::Timestamp;
use url::Url;

use crate::model::{Classification, Evidence, Language, SourceId, StoryId, WatchlistId};

/// A normalized story that is not stored yet.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryDraft {
    pub source: SourceId,
    /// As published.
    pub url: Option<Url>,
    /// Equal for addresses of one story; without a URL, `id:` and the hash of source and external id.
    pub url_key: String,
    /// Never empty: the first words of the text where there is no headline.
    pub title: String,
    /// Plain text; paragraphs separated by one newline. May be empty.
    pub text: String,
    pub authors: Vec<String>,
    pub tags: Vec<String>,
    pub language: Language,
    /// 0..1; 1 when declared and not contradicted.
    pub language_confidence: f32,
    /// Never in the future of `first_seen_at`.
    pub published_at: Option<Timestamp>,
    pub first_seen_at: Timestamp,
    pub facts: StoryFacts,
    pub fingerprint: Fingerprint,
    pub classification: Classification,
}

/// What the page or the feed says of a story beside its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoryFacts {
    /// The picture that stands for it. Never fetched.
    pub image_url: Option<Url>,
    /// The part of the publisher's site that it stands in.
    pub section: Option<String>,
    /// When it was last changed, where that is after its publication and not in the future of its first reading.
    pub updated_at: Option<Timestamp>,
}

/// What of a text is kept to find its copies and its event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fingerprint {
    /// Hashes of sampled word shingles: one text, edited.
    pub shingles: Vec<i64>,
    /// Hashes of names, numbers and places, the same in every script: one event.
    pub event: Vec<i64>,
}

/// An earlier story that shares something with a draft; what the store's index returns.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub story: StoryId,
    /// The original, where the candidate itself is a copy.
    pub duplicate_of: Option<StoryId>,
    pub cluster: crate::model::ClusterId,
    pub title: String,
    pub text: String,
    pub published_at: Option<Timestamp>,
    pub first_seen_at: Timestamp,
    pub main_country: Option<crate::model::CountryCode>,
    pub language: Language,
    pub fingerprint: Fingerprint,
}

/// What a draft is, compared with what is stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Nothing like it; perhaps about the event of a cluster.
    New { cluster: Option<crate::model::ClusterId> },
    /// One text with an earlier story, perhaps edited.
    Duplicate { of: StoryId, cluster: crate::model::ClusterId, score: f32 },
}

/// A watchlist that a story meets, with the places that meet it.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    pub watchlist: WatchlistId,
    /// 0..1
    pub score: f32,
    pub evidence: Vec<Evidence>,
}

impl Match {
    /// References of the persons that it found, each once: their rules begin with `person REFERENCE`.
    pub fn persons(&self) -> Vec<String> {
        let named = self.evidence.iter().filter_map(|one| one.rule.strip_prefix("person ")?.split(' ').next());
        let mut persons: Vec<String> = named.map(str::to_owned).collect();
        persons.sort_unstable();
        persons.dedup();
        persons
    }
}
