//! What a user's own template may use: every value is always there, empty where it is not known or may not be said.

use serde_json::{Value, json};
use url::Url;

use crate::alert::channels::original_link;
use crate::alert::channels::webhook::brief::Brief;
use crate::config::Payload;
use crate::model::{ClaimedDelivery, DigestEntry};

/// The values for one message.
pub(super) fn of(delivery: &ClaimedDelivery, payload: Payload, public_url: &Url) -> Value {
    let content = &delivery.content;
    let brief = Brief::of(delivery, payload, public_url);
    let restricted = content.restricted();
    let (list, name) = match content.watchlist() {
        Some((id, name)) if !restricted && payload != Payload::Thin => (id.as_str(), name),
        _ => ("", ""),
    };
    let told = !restricted && payload == Payload::Full;
    let story = content.story().filter(|_| told);
    let entries: &[DigestEntry] = match content {
        crate::model::Content::Digest(digest) if told => &digest.entries,
        crate::model::Content::Burst(burst) if told => &burst.entries,
        _ => &[],
    };
    json!({
        "type": content.kind(),
        "id": delivery.alert.to_string(),
        "timestamp": delivery.created_at.to_string(),
        "priority": content.priority().as_str(),
        "restricted": restricted,
        "watchlist": name,
        "watchlist_id": list,
        "title": brief.title,
        "lead": brief.lead,
        "text": brief.text(),
        "url": brief.page.as_str(),
        "acknowledge_url": brief.acknowledge.as_ref().map(Url::as_str).unwrap_or_default(),
        "excerpt": brief.excerpt,
        "story_url": brief.original.as_ref().map(|(link, _)| link.as_str()).unwrap_or_default(),
        "source": story.map(|story| story.source_name.as_str()).unwrap_or_default(),
        "language": story.map(|story| story.language.as_str()).unwrap_or_default(),
        "country": story.and_then(|story| story.main_country).map(|country| country.to_string()).unwrap_or_default(),
        "published_at": story.and_then(|story| story.published_at).map(|at| at.to_string()).unwrap_or_default(),
        "topics": story.map(|story| story.topics.clone()).unwrap_or_default(),
        "actors": story.map(|story| story.actors.clone()).unwrap_or_default(),
        "matched": story.map(|story| story.matched.clone()).unwrap_or_default(),
        "entries": entries.iter().map(|entry| json!({
            "title": entry.story.title,
            "source": entry.story.source_name,
            "country": entry.story.main_country.map(|country| country.to_string()).unwrap_or_default(),
            "story_url": original_link(entry.story.url.as_deref()).map(String::from).unwrap_or_default(),
            "publishers": entry.publishers,
            "reports": entry.reports,
        })).collect::<Vec<_>>(),
    })
}
