//! A delivery that tests take apart.

use uuid::Uuid;

use crate::model::{
    AlertContent, AlertId, AlertKind, AlertStory, ChannelId, ClaimedDelivery, ClusterId, Content, CountryCode, DeliveryId, Digest, DigestEntry,
    DigestReason, Language, Priority, StoryId, WatchlistId,
};

pub fn delivery() -> ClaimedDelivery {
    let story = AlertStory {
        id: StoryId(Uuid::from_u128(0xa7)),
        title: "Party founders held before vote".to_owned(),
        excerpt: "Police took three founders of an unregistered party from a café.".to_owned(),
        url: Some("https://herald.example/news/1?a=1&b=2".to_owned()),
        source_name: "Steppe Herald".to_owned(),
        language: Language::parse("en").unwrap(),
        published_at: Some("2026-03-14T08:20:00Z".parse().unwrap()),
        main_country: CountryCode::parse("KZ"),
        topics: vec!["arrest_detention".to_owned(), "opposition".to_owned()],
        actors: vec!["opposition_politician".to_owned()],
        matched: vec!["founders".to_owned(), "Almaty".to_owned()],
    };
    let content = AlertContent {
        kind: AlertKind::Created,
        watchlist: WatchlistId::new("steppe_opposition").unwrap(),
        watchlist_name: "Steppe: opposition".to_owned(),
        restricted: false,
        priority: Priority::High,
        cluster: ClusterId(Uuid::from_u128(0xc1)),
        story,
        publishers: 0,
        reports: 0,
        updates: Vec::new(),
        repeat: 0,
        acknowledge: None,
    };
    ClaimedDelivery {
        id: DeliveryId(Uuid::from_u128(0xd1)),
        alert: AlertId(Uuid::from_u128(0xa1)),
        channel: ChannelId::new("desk").unwrap(),
        recipient: "desk@ngo.example".to_owned(),
        attempt: 1,
        generation: 1,
        created_at: "2026-03-14T09:00:00Z".parse().unwrap(),
        content: Content::Alert(Box::new(content)),
    }
}

/// Three events: two of a country, one of none.
pub fn digest() -> Digest {
    let story = delivery().content.story().unwrap().clone();
    let entry = |number: u128, title: &str, reason| DigestEntry {
        cluster: ClusterId(Uuid::from_u128(0xc1 + number)),
        story: AlertStory { id: StoryId(Uuid::from_u128(0xa7 + number)), title: title.to_owned(), ..story.clone() },
        publishers: 1,
        reports: 1,
        score: 0.7,
        reason,
    };
    let mut entries = vec![
        entry(0, "Party founders held before vote", DigestReason::Listed),
        entry(1, "Second event", DigestReason::QuietHours),
        entry(2, "Third event", DigestReason::RateLimit),
    ];
    (entries[0].publishers, entries[0].reports) = (2, 5);
    entries[2].story.main_country = None;
    Digest {
        watchlist: WatchlistId::new("steppe_opposition").unwrap(),
        watchlist_name: "Steppe: opposition".to_owned(),
        restricted: false,
        priority: Priority::High,
        thread: Uuid::from_u128(0xe1),
        from: "2026-03-13T06:00:00Z".parse().unwrap(),
        until: "2026-03-14T06:00:00Z".parse().unwrap(),
        zone: "Asia/Almaty".to_owned(),
        part: 1,
        parts: 1,
        total: 3,
        entries,
    }
}
