//! Stories with what is known of them, and the events that they tell of.

use jiff::Timestamp;
use uuid::Uuid;

use crate::config::Config;
use crate::model;
use crate::store::{self, StoryDetail, StorySummary};
use crate::web::access::Viewer;
use crate::web::api::schema::record;

record! {
    /// A story as lists show it.
    Story {
        /// Ids ascend with the time at which stories were first seen.
        id: Uuid,
        /// Id of the source.
        source: String,
        /// The source's name.
        source_name: String,
        /// The event that it tells of.
        cluster: Uuid,
        /// The story that it is a copy of.
        duplicate_of: Option<Uuid>,
        /// Where it was published.
        url: Option<String>,
        /// As published.
        title: String,
        /// The text's first words.
        excerpt: String,
        /// ISO 639 code; `und` where it is not known.
        language: String,
        /// When the publisher says it was published.
        published_at: Option<Timestamp>,
        /// When it was first seen here.
        first_seen_at: Timestamp,
        /// ISO 3166-1 code of the country that it is most about.
        main_country: Option<String>,
        /// Ids of topics, the surest first.
        topics: Vec<String>,
        /// Ids of the actors to whom it happens.
        actors: Vec<String>,
        /// Copies that are folded into it.
        copies: i64,
        /// Independent publishers that tell of the event: copies do not count, editions of one house count once.
        publishers: i64,
        /// How often it was changed.
        revision: i32,
    }
}

impl From<StorySummary> for Story {
    fn from(story: StorySummary) -> Self {
        Self {
            id: story.id.0,
            source: story.source_id,
            source_name: story.source_name,
            cluster: story.cluster.0,
            duplicate_of: story.duplicate_of.map(|id| id.0),
            url: story.url,
            title: story.title,
            excerpt: story.excerpt,
            language: story.language,
            published_at: story.published_at,
            first_seen_at: story.first_seen_at,
            main_country: story.main_country,
            topics: story.topics,
            actors: story.actors,
            copies: story.copies,
            publishers: story.publishers,
            revision: story.revision,
        }
    }
}

record! {
    /// A place of a text that a label, a match or a fact rests on.
    Evidence {
        /// `title`, `text`, `url`, `source`, `author` or `tag`.
        field: &'static str,
        /// Byte offset of the beginning, in UTF-8.
        start: usize,
        /// Byte offset of the end.
        end: usize,
        /// The words.
        text: String,
        /// What was found there.
        rule: String,
    }
}

impl From<&model::Evidence> for Evidence {
    fn from(one: &model::Evidence) -> Self {
        Self { field: one.field.as_str(), start: one.start, end: one.end, text: one.text.clone(), rule: one.rule.clone() }
    }
}

record! {
    /// A label of a story.
    StoryLabel {
        /// `country`, `topic` or `actor`.
        kind: String,
        /// A code, or the id of a topic or actor.
        value: String,
        /// `about` or `mentioned` for countries, else empty.
        role: String,
        /// How sure it is, 0 to 1.
        score: f32,
        /// Why.
        evidence: Vec<Evidence>,
    }
}

record! {
    /// A watchlist that a story met.
    StoryMatch {
        /// Its id.
        watchlist: String,
        /// How well, 0 to 1.
        score: f32,
        /// Where; empty for a restricted list.
        evidence: Vec<Evidence>,
    }
}

record! {
    /// What a story said before it was changed.
    StoryRevision {
        /// Counted from 0.
        revision: i32,
        /// The former title.
        title: String,
        /// The former text.
        text: String,
        /// Until when it said so.
        replaced_at: Timestamp,
    }
}

record! {
    /// A story with everything known of it.
    StoryDetails {
        /// As in lists.
        story: Story,
        /// Plain text; paragraphs are lines.
        text: String,
        /// As published.
        authors: Vec<String>,
        /// The publisher's own.
        tags: Vec<String>,
        /// The publisher's own.
        section: Option<String>,
        /// When the publisher says it was last changed.
        updated_at: Option<Timestamp>,
        /// How sure the language is, 0 to 1.
        language_confidence: f32,
        /// Countries, topics and actors, with their evidence.
        labels: Vec<StoryLabel>,
        /// Watchlists that it met.
        matches: Vec<StoryMatch>,
        /// Other stories of the same event, copies among them.
        same_event: Vec<Story>,
        /// Newest first.
        revisions: Vec<StoryRevision>,
    }
}

impl StoryDetails {
    /// Of restricted lists that the viewer may not see no evidence is given: it would tell the terms.
    pub fn new(found: StoryDetail, config: &Config, viewer: &Viewer) -> Self {
        let is_open = |id: &str| config.watchlists.lists.iter().any(|list| list.id.as_str() == id && viewer.may_see(list));
        Self {
            text: found.body,
            authors: found.authors,
            tags: found.tags,
            section: found.section,
            updated_at: found.updated_at,
            language_confidence: found.language_confidence,
            labels: found
                .labels
                .into_iter()
                .map(|label| StoryLabel {
                    evidence: label.evidence.iter().map(Evidence::from).collect(),
                    kind: label.kind,
                    value: label.value,
                    role: label.role,
                    score: label.score,
                })
                .collect(),
            matches: found
                .matches
                .into_iter()
                .map(|found| StoryMatch {
                    evidence: if is_open(&found.watchlist) { found.evidence.iter().map(Evidence::from).collect() } else { Vec::new() },
                    watchlist: found.watchlist,
                    score: found.score,
                })
                .collect(),
            same_event: found.cluster.into_iter().map(Story::from).collect(),
            revisions: found
                .revisions
                .into_iter()
                .map(|one| StoryRevision { revision: one.revision, title: one.title, text: one.body, replaced_at: one.replaced_at })
                .collect(),
            story: Story::from(found.summary),
        }
    }
}

record! {
    /// An event: the stories that tell of one thing.
    Cluster {
        /// Its id.
        id: Uuid,
        /// Its first story that is still kept.
        story: Uuid,
        /// That story's title.
        title: String,
        /// That story's language.
        language: String,
        /// That story's source.
        source: String,
        /// The country that it is most about.
        main_country: Option<String>,
        /// Topics of its first story.
        topics: Vec<String>,
        /// Stories without copies.
        stories: i64,
        /// Copies.
        copies: i64,
        /// Independent publishers.
        publishers: i64,
        /// Languages in which it is told.
        languages: Vec<String>,
        /// Ids of watchlists that any of its stories met.
        watchlists: Vec<String>,
        /// When its first story was first seen.
        first_seen_at: Timestamp,
        /// When its last story came.
        last_story_at: Timestamp,
        /// The incident that its stories report.
        incident: Option<Uuid>,
    }
}

impl From<store::ClusterSummary> for Cluster {
    fn from(found: store::ClusterSummary) -> Self {
        Self {
            id: found.id.0,
            story: found.story.0,
            title: found.title,
            language: found.language,
            source: found.source_id,
            main_country: found.main_country,
            topics: found.topics,
            stories: found.stories,
            copies: found.copies,
            publishers: found.publishers,
            languages: found.languages,
            watchlists: found.watchlists,
            first_seen_at: found.first_seen_at,
            last_story_at: found.last_story_at,
            incident: found.incident.map(|id| id.0),
        }
    }
}
