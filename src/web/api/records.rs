//! The records of the API. A later version may add keys; it changes none.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use uuid::Uuid;

use crate::config::{Config, Watchlist as List};
use crate::model::{self, SourceKind};
use crate::store::{self, StoryDetail, StorySummary};
use crate::web::access::Viewer;
use crate::web::api::schema::record;
use crate::web::record::SCHEMA;
use crate::web::source_health::Verdict;

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

record! {
    /// Who is named in an incident.
    IncidentName {
        /// As written.
        value: String,
        /// How many people it stands for, where that is said.
        count: Option<u32>,
        /// Independent publishers that say so.
        publishers: u32,
    }
}

impl From<&model::Named> for IncidentName {
    fn from(name: &model::Named) -> Self {
        Self { value: name.value.clone(), count: name.count, publishers: name.publishers }
    }
}

record! {
    /// Something that a story says of an incident.
    IncidentFact {
        /// `country`, `place`, `date`, `topic`, `actor`, `person`, `people` or `denial`.
        field: &'static str,
        /// What it says.
        value: String,
        /// Of how many people.
        count: Option<u32>,
        /// How sure it is, 0 to 1.
        score: f32,
        /// Where it says so.
        evidence: Vec<Evidence>,
    }
}

record! {
    /// A story that reports an incident.
    IncidentReport {
        /// Its id.
        story: Uuid,
        /// Id of the source.
        source: String,
        /// The source's name.
        source_name: String,
        /// The house: its editions are not independent of each other.
        publisher_group: String,
        /// A copy confirms nothing.
        copy: bool,
        /// It says nothing of the incident any more.
        withdrawn: bool,
        /// Where it was published.
        url: Option<String>,
        /// As published.
        title: String,
        /// ISO 639 code.
        language: String,
        /// When the publisher says it was published.
        published_at: Option<Timestamp>,
        /// When it was first seen here.
        first_seen_at: Timestamp,
        /// What it says; empty in lists.
        says: Vec<IncidentFact>,
    }
}

record! {
    /// What the desk decided of an incident.
    IncidentReview {
        /// `confirmed`, `rejected` or `merged`.
        state: &'static str,
        /// The incident that it became part of.
        merged_into: Option<Uuid>,
        /// Who decided.
        by: String,
        /// When.
        at: Timestamp,
    }
}

record! {
    /// What the desk corrected in an incident.
    IncidentCorrection {
        /// The field.
        field: &'static str,
        /// What it says now.
        value: Value,
        /// What reports said.
        reported: Value,
        /// Who corrected it.
        by: String,
        /// When.
        at: Timestamp,
    }
}

record! {
    /// An incident as it is reported, with the corrections of the desk laid over.
    Incident {
        /// The form of the record; a later one may add keys.
        schema: u32,
        /// Ids ascend with the time at which incidents became known.
        id: Uuid,
        /// `open`, `released` or `contradicted`.
        status: &'static str,
        /// Id of the topic.
        topic: String,
        /// Further topics.
        other_topics: Vec<String>,
        /// ISO 3166-1 code.
        country: Option<String>,
        /// As written.
        place: Option<String>,
        /// The day on which it happened.
        date: Date,
        /// `reported`, `corrected`, or `published` where the day of publication stands for it.
        date_basis: String,
        /// Ids of actors.
        actors: Vec<String>,
        /// Persons by name.
        persons: Vec<IncidentName>,
        /// People who are not named.
        people: Vec<IncidentName>,
        /// The headline of one of its stories.
        title: String,
        /// The headline's language.
        title_language: String,
        /// The story whose headline it is.
        story: Uuid,
        /// Independent publishers.
        publishers: i32,
        /// When it was first seen here.
        first_seen_at: Timestamp,
        /// When it was last reported.
        last_seen_at: Timestamp,
        /// What the desk decided.
        review: Option<IncidentReview>,
        /// What the desk corrected; the fields above show it.
        corrections: Vec<IncidentCorrection>,
        /// Who reports it, oldest first.
        reported_by: Vec<IncidentReport>,
    }
}

impl From<&store::Incident> for Incident {
    fn from(found: &store::Incident) -> Self {
        let names = |names: &[model::Named]| names.iter().map(IncidentName::from).collect();
        Self {
            schema: SCHEMA,
            id: found.id.0,
            status: found.status.as_str(),
            topic: found.topic.clone(),
            other_topics: found.other_topics.clone(),
            country: found.country.clone(),
            place: found.place.clone(),
            date: found.date,
            date_basis: found.date_basis.clone(),
            actors: found.actors.clone(),
            persons: names(&found.persons),
            people: names(&found.people),
            title: found.title.clone(),
            title_language: found.language.clone(),
            story: found.story.0,
            publishers: found.publishers,
            first_seen_at: found.first_seen_at,
            last_seen_at: found.last_seen_at,
            review: found.review.as_ref().map(|review| IncidentReview {
                state: review.state.as_str(),
                merged_into: review.merged_into.map(|id| id.0),
                by: review.by.clone(),
                at: review.at,
            }),
            corrections: found
                .corrections
                .iter()
                .map(|one| IncidentCorrection {
                    field: one.field.as_str(),
                    value: one.value.clone(),
                    reported: one.reported.clone(),
                    by: one.by.clone(),
                    at: one.at,
                })
                .collect(),
            reported_by: found.reports.iter().map(IncidentReport::from).collect(),
        }
    }
}

impl From<&store::IncidentReport> for IncidentReport {
    fn from(report: &store::IncidentReport) -> Self {
        let says = report.facts.iter().map(|fact| IncidentFact {
            field: fact.kind.as_str(),
            value: fact.value.clone(),
            count: fact.count,
            score: fact.score,
            evidence: fact.evidence.iter().map(Evidence::from).collect(),
        });
        Self {
            story: report.story.0,
            source: report.source_id.clone(),
            source_name: report.source_name.clone(),
            publisher_group: report.publisher_group.clone(),
            copy: report.copy,
            withdrawn: report.withdrawn,
            url: report.url.clone(),
            title: report.title.clone(),
            language: report.language.clone(),
            published_at: report.published_at,
            first_seen_at: report.first_seen_at,
            says: says.collect(),
        }
    }
}

record! {
    /// A source and how it does.
    Source {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// What is read.
        url: String,
        /// `feed`, `listing` or `sitemap`.
        read_as: &'static str,
        /// ISO 639 code; null: any.
        language: Option<String>,
        /// ISO 3166-1 code; null: international.
        country: Option<String>,
        /// The house: its editions are not independent of each other.
        publisher_group: String,
        /// A sort of publisher.
        category: &'static str,
        /// False while the configuration switches it off.
        enabled: bool,
        /// `ok`, `quiet`, `failing`, `blocked`, `moved`, `gone`, `hijacked?`, `waiting` or `off`.
        state: &'static str,
        /// Why, in English.
        reason: String,
        /// What to do, in English.
        advice: String,
        /// Since when.
        since: Option<Timestamp>,
        /// When it last brought something new.
        last_item_at: Option<Timestamp>,
        /// When it last answered.
        last_success_at: Option<Timestamp>,
        /// When it was last asked.
        last_fetch_at: Option<Timestamp>,
        /// When it is asked next.
        next_due_at: Option<Timestamp>,
        /// Stories of the last seven days.
        stories_week: i64,
        /// Those of them that carry a text.
        with_text_week: i64,
    }
}

impl Source {
    pub fn new(source: &model::Source, row: Option<&store::SourceRow>, now: Timestamp) -> Self {
        let verdict = Verdict::of(row, source.enabled, now);
        let facts = row.map(|row| &row.facts);
        Self {
            id: source.id.to_string(),
            name: source.name.clone(),
            url: source.url.to_string(),
            read_as: match source.kind {
                SourceKind::Feed => "feed",
                SourceKind::Listing(_) => "listing",
                SourceKind::Sitemap(_) => "sitemap",
            },
            language: source.language.as_ref().map(ToString::to_string),
            country: source.country.map(|code| code.to_string()),
            publisher_group: source.publisher_group.clone(),
            category: source.category.as_str(),
            enabled: source.enabled,
            state: verdict.word,
            reason: verdict.standing.reason,
            advice: verdict.standing.advice.to_owned(),
            since: verdict.standing.since,
            last_item_at: facts.and_then(|facts| facts.last_item_at),
            last_success_at: facts.and_then(|facts| facts.last_success_at),
            last_fetch_at: facts.and_then(|facts| facts.last_fetch_at),
            next_due_at: row.map(|row| row.next_due_at).filter(|_| source.enabled),
            stories_week: row.map_or(0, |row| row.stories_week),
            with_text_week: row.map_or(0, |row| row.with_text_week),
        }
    }
}

record! {
    /// A watchlist. Of a restricted one that you may not see, its id and counts.
    Watchlist {
        /// Its id.
        id: String,
        /// Its name; null where it is restricted.
        name: Option<String>,
        /// What it looks for; null where it is restricted.
        query: Option<String>,
        /// Whether its terms are shown to named accounts alone.
        restricted: bool,
        /// False while the configuration switches it off.
        enabled: bool,
        /// `low`, `normal`, `high` or `critical`; null where it is restricted.
        priority: Option<&'static str>,
        /// Matches of the last 30 days.
        matches: i64,
        /// The last of them.
        last_match_at: Option<Timestamp>,
    }
}

impl Watchlist {
    pub fn new(list: &List, count: Option<&store::WatchlistCount>, viewer: &Viewer) -> Self {
        let open = viewer.may_see(list);
        Self {
            id: list.id.to_string(),
            name: open.then(|| list.name.clone()),
            query: open.then(|| list.query.text.trim().to_owned()),
            restricted: list.restricted,
            enabled: list.enabled,
            priority: open.then(|| list.priority.as_str()),
            matches: count.map_or(0, |count| count.matches),
            last_match_at: count.and_then(|count| count.last_match_at),
        }
    }
}

record! {
    /// What became of an alert for one recipient.
    Delivery {
        /// Its id.
        id: Uuid,
        /// Empty for webhooks; null where the list is restricted.
        recipient: Option<String>,
        /// `pending`, `delivered` or `dead`.
        state: String,
        /// How often it was tried.
        attempts: i32,
        /// When it is tried next.
        due_at: Timestamp,
        /// When it ended.
        ended_at: Option<Timestamp>,
        /// Why the last attempt failed; null where the list is restricted.
        last_error: Option<String>,
    }
}

record! {
    /// An alert.
    Alert {
        /// Ids ascend with time.
        id: Uuid,
        /// Id of the watchlist.
        watchlist: String,
        /// Id of the channel.
        channel: String,
        /// `low`, `normal`, `high` or `critical`.
        priority: String,
        /// Whether the list is restricted.
        restricted: bool,
        /// What it is: `alert.created`, `digest.ready` and so on, as webhooks name it.
        kind: String,
        /// The story that it tells of; null for digests, bursts and notices.
        story: Option<Uuid>,
        /// The story's title, or what the message is about.
        title: String,
        /// When it was written.
        created_at: Timestamp,
        /// One for each recipient.
        deliveries: Vec<Delivery>,
    }
}

impl Alert {
    pub fn new(alert: store::AlertRow) -> Self {
        let open = !alert.restricted;
        Self {
            id: alert.id.0,
            watchlist: alert.watchlist,
            channel: alert.channel,
            priority: alert.priority,
            restricted: alert.restricted,
            kind: alert.content.kind().to_owned(),
            story: alert.story.map(|story| story.0),
            title: alert.content.title(),
            created_at: alert.created_at,
            deliveries: alert
                .deliveries
                .into_iter()
                .map(|delivery| Delivery {
                    id: delivery.id.0,
                    recipient: open.then_some(delivery.recipient),
                    state: delivery.state,
                    attempts: delivery.attempts,
                    due_at: delivery.due_at,
                    ended_at: delivery.ended_at,
                    last_error: delivery.last_error.filter(|_| open),
                })
                .collect(),
        }
    }
}

record! {
    /// A topic or actor that stories are labeled with.
    Label {
        /// `topic` or `actor`.
        kind: &'static str,
        /// Its id.
        id: String,
        /// Its name, as topics.toml has it.
        label: String,
        /// `incident`, or another group of topics.toml.
        group: String,
    }
}
