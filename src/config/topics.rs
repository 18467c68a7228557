//! config/topics.toml: the topics and actors with their definitions, and the words that speak for them.

/// What topics.toml and the operator's additions say.
#[derive(Debug, Clone, Default)]
pub struct TopicsConfig {
    pub topics: Vec<TopicDefinition>,
    pub actors: Vec<TopicDefinition>,
    /// Beside the words that are compiled in.
    pub lexicon: Vec<LexiconEntry>,
}

/// One topic or actor.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicDefinition {
    pub id: String,
    /// English label for people.
    pub label: String,
    pub definition: String,
    /// `incident` or `context` for topics, `actor` for actors.
    pub group: String,
    /// IPTC Media Topics, `medtop:20000...`.
    pub iptc: Option<String>,
}

/// Words of one language for one topic or actor.
#[derive(Debug, Clone, PartialEq)]
pub struct LexiconEntry {
    /// The topic's or actor's id.
    pub id: String,
    /// BCP 47 primary subtag.
    pub language: String,
    /// `detain*`, `taken into custody`: a star stands for any ending.
    pub terms: Vec<String>,
    /// How strongly it speaks, 0..3.
    pub weight: f32,
}
