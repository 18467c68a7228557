//! Labels: which country, which topic, who it happened to, and why we think so.

use crate::model::CountryCode;

/// Everything that classification says of one story.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Classification {
    /// Highest score first.
    pub countries: Vec<CountryLabel>,
    pub main_country: Option<CountryCode>,
    /// Highest score first.
    pub topics: Vec<TopicLabel>,
    /// Highest score first.
    pub actors: Vec<ActorLabel>,
    /// The rules that gave these labels.
    pub rules: RulesFingerprint,
}

/// Tells one set of labeling rules (tables, lexicons, program) from another; the default stands for rules that nobody kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct RulesFingerprint(pub u64);

impl RulesFingerprint {
    /// As a database keeps it.
    pub fn as_signed(self) -> i64 {
        self.0.cast_signed()
    }

    /// The inverse of [`as_signed`](Self::as_signed).
    pub fn from_signed(number: i64) -> Self {
        Self(number.cast_unsigned())
    }
}

impl std::fmt::Display for RulesFingerprint {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

/// A country that a story is about or mentions.
#[derive(Debug, Clone, PartialEq)]
pub struct CountryLabel {
    pub code: CountryCode,
    pub role: CountryRole,
    /// 0..1
    pub score: f32,
    pub evidence: Vec<Evidence>,
}

/// Whether the event is in the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountryRole {
    About,
    Mentioned,
}

impl CountryRole {
    /// `about` or `mentioned`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Mentioned => "mentioned",
        }
    }
}

/// A topic that a story reports. The ids are those of config/topics.toml.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicLabel {
    pub id: String,
    /// 0..1
    pub score: f32,
    pub evidence: Vec<Evidence>,
}

/// Who the reported thing happens to. The ids are those of config/topics.toml.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorLabel {
    pub id: String,
    /// 0..1
    pub score: f32,
    pub evidence: Vec<Evidence>,
}

/// A place in a story's text that speaks for a label or a match.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Evidence {
    pub field: Field,
    /// First byte (UTF-8) in the field.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The text between, as it stands.
    pub text: String,
    /// The rule that found it, for people: `name`, `city`, `term arrest*`, `person p-014 inflected`.
    pub rule: String,
}

/// A part of a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    Title,
    Text,
    Url,
    Source,
    Author,
    Tag,
}

impl Field {
    /// The name in JSON and pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
            Self::Url => "url",
            Self::Source => "source",
            Self::Author => "author",
            Self::Tag => "tag",
        }
    }
}
