//! The message that a person sends to see whether a channel works: marked as a test, about no story.

use jiff::Timestamp;
use uuid::Uuid;

use crate::model::{
    AlertContent, AlertId, AlertKind, AlertStory, ChannelId, ClaimedDelivery, ClusterId, Content, DeliveryId, Language, Priority, StoryId,
    WatchlistId,
};

/// Why the id of its watchlist can be made: it is one.
const LIST: &str = "test";

/// A test to one recipient; its ids are new, so that nothing takes it for a repetition.
///
/// # Panics
/// Never: `test` is an id.
pub fn delivery(channel: ChannelId, recipient: String, now: Timestamp) -> ClaimedDelivery {
    let alert = AlertId::new(now);
    let story = AlertStory {
        id: StoryId(Uuid::nil()),
        title: "Presswatch: test".to_owned(),
        excerpt: "If you can read this, alerts of this channel reach you. Nothing has happened, and nothing is to be done.".to_owned(),
        url: None,
        source_name: "presswatch alerts test".to_owned(),
        language: Language::parse("en").unwrap_or_else(Language::undetermined),
        published_at: None,
        main_country: None,
        topics: Vec::new(),
        actors: Vec::new(),
        matched: Vec::new(),
    };
    let content = AlertContent {
        kind: AlertKind::Test,
        #[expect(clippy::expect_used, reason = "a constant that is an id")]
        watchlist: WatchlistId::new(LIST).expect("an id"),
        watchlist_name: "Test".to_owned(),
        restricted: false,
        priority: Priority::Normal,
        cluster: ClusterId(alert.0),
        story,
        publishers: 0,
        reports: 0,
        updates: Vec::new(),
        repeat: 0,
        acknowledge: None,
    };
    ClaimedDelivery {
        id: DeliveryId(alert.0),
        alert,
        channel,
        recipient,
        attempt: 1,
        generation: 1,
        created_at: now,
        content: Content::Alert(Box::new(content)),
    }
}
