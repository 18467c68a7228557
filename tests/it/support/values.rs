//! Sources, drafts and alerts for tests, each whole and plain; a test changes what it is about.

use std::time::Duration;

use jiff::Timestamp;
use presswatch::model::{
    AlertContent, AlertId, AlertKind, AlertStory, ChannelId, Classification, ClusterId, Content, Fingerprint, FullText, Language, NewAlert, Priority,
    Source, SourceCategory, SourceId, SourceKind, StoryDraft, StoryId, WatchlistId,
};

pub fn source_id(id: &str) -> SourceId {
    SourceId::new(id).unwrap()
}

pub fn channel_id(id: &str) -> ChannelId {
    ChannelId::new(id).unwrap()
}

/// A feed at `https://ID.example/feed`.
pub fn source(id: &str) -> Source {
    Source {
        id: source_id(id),
        name: format!("The {id}"),
        url: format!("https://{id}.example/feed").parse().unwrap(),
        kind: SourceKind::Feed,
        language: Language::parse("en"),
        country: None,
        publisher_group: id.to_owned(),
        category: SourceCategory::Independent,
        full_text: FullText::Auto,
        interval_min: Duration::from_mins(5),
        interval_max: Duration::from_hours(24),
        tags: Vec::new(),
        enabled: true,
    }
}

/// A story of a source at `https://SOURCE.example/KEY`, seen now, without labels and fingerprint.
pub fn draft(source: &str, key: &str, title: &str, text: &str) -> StoryDraft {
    let url: url::Url = format!("https://{source}.example/{key}").parse().unwrap();
    StoryDraft {
        source: source_id(source),
        url_key: format!("{source}.example/{key}"),
        url: Some(url),
        title: title.to_owned(),
        text: text.to_owned(),
        authors: vec!["A. Reporter".to_owned()],
        tags: Vec::new(),
        language: Language::parse("en").unwrap(),
        language_confidence: 1.0,
        published_at: None,
        first_seen_at: Timestamp::now(),
        facts: presswatch::model::StoryFacts::default(),
        fingerprint: Fingerprint::default(),
        classification: Classification::default(),
    }
}

/// Folded words of title and text with their positions, as the pipeline hands them to the store.
pub fn tokens(draft: &StoryDraft) -> Vec<(String, u32)> {
    let words = presswatch::text::tokenize(&format!("{}\n{}", draft.title, draft.text));
    words.into_iter().zip(0..).map(|(token, position)| (token.folded, position)).collect()
}

/// An alert of a list about a story, due now. `dedup` stands for the event that it tells.
pub fn alert(story: StoryId, cluster: ClusterId, channel: &str, dedup: u8, recipients: &[&str]) -> NewAlert {
    let now = Timestamp::now();
    NewAlert {
        id: AlertId::new(now),
        content: Content::Alert(Box::new(AlertContent {
            kind: AlertKind::Created,
            watchlist: WatchlistId::new("valley-press").unwrap(),
            watchlist_name: "Press of the valley".to_owned(),
            restricted: false,
            priority: Priority::High,
            cluster,
            story: AlertStory {
                id: story,
                title: "Editor detained".to_owned(),
                excerpt: "Police took her from the office.".to_owned(),
                url: Some("https://valley.example/1".to_owned()),
                source_name: "The valley".to_owned(),
                language: Language::parse("en").unwrap(),
                published_at: Some(now),
                main_country: None,
                topics: vec!["arrest_detention".to_owned()],
                actors: Vec::new(),
                matched: vec!["detained".to_owned()],
            },
            publishers: 1,
            reports: 1,
            updates: Vec::new(),
            repeat: 0,
            acknowledge: None,
        })),
        channel: channel_id(channel),
        recipients: recipients.iter().map(|recipient| (*recipient).to_owned()).collect(),
        event_key: None,
        dedup_key: [dedup; 32],
        not_before: now,
    }
}
