//! What a standard webhook's body says of each kind of message, as JSON.
//!
//! *Invariant:* of a restricted watchlist it holds ids, counts and a link: no name, no headline, no term, whatever the payload.

use serde_json::{Value, json};
use url::Url;

use crate::alert::channels::{acknowledge_page, alert_page, message_text, original_link, page_below};
use crate::model::{AlertContent, AlertStory, BurstAlert, Content, Digest, DigestEntry, Notice};

/// Where a reader finds more. Of a restricted watchlist not even the id stands in an address.
pub(super) fn page(content: &Content, public_url: &Url) -> Url {
    match content {
        Content::Digest(_) | Content::Burst(_) if content.restricted() => page_below(public_url, &["alerts"]),
        Content::Alert(alert) => alert_page(public_url, alert),
        Content::Digest(digest) => page_below(public_url, &["watchlists", digest.watchlist.as_str()]),
        Content::Burst(burst) => page_below(public_url, &["watchlists", burst.watchlist.as_str()]),
        Content::Notice(notice) => message_text::notice_page(public_url, &notice.page),
    }
}

/// The watchlist and how urgent it is.
pub(super) fn minimal(content: &Content) -> Value {
    let mut body = json!({});
    about(&mut body, content);
    body
}

/// Everything beside id and page.
pub(super) fn full(content: &Content, public_url: &Url) -> Value {
    let mut body = match content {
        Content::Alert(alert) => of_alert(alert, public_url),
        Content::Digest(digest) => of_digest(digest),
        Content::Burst(burst) => of_burst(burst),
        Content::Notice(notice) => of_notice(notice),
    };
    about(&mut body, content);
    body
}

fn about(body: &mut Value, content: &Content) {
    body["priority"] = content.priority().as_str().into();
    if let Some((id, name)) = content.watchlist() {
        body["restricted"] = content.restricted().into();
        body["watchlist"] = if content.restricted() { Value::Null } else { json!({ "id": id.as_str(), "name": name }) };
    }
}

fn of_alert(alert: &AlertContent, public_url: &Url) -> Value {
    json!({
        "cluster_id": alert.cluster.to_string(),
        "publishers": alert.publishers,
        "reports": alert.reports,
        "updates": alert.updates.iter().map(|reason| reason.as_str()).collect::<Vec<_>>(),
        "repeat": alert.repeat,
        "acknowledge_url": alert.acknowledge.as_deref().map(|token| acknowledge_page(public_url, token).to_string()),
        "story": story(&alert.story, alert.restricted),
    })
}

fn of_digest(digest: &Digest) -> Value {
    json!({
        "from": digest.from.to_string(),
        "until": digest.until.to_string(),
        "zone": digest.zone,
        "part": digest.part,
        "parts": digest.parts,
        "total": digest.total,
        "entries": digest.entries.iter().map(|entry| of_entry(entry, digest.restricted)).collect::<Vec<_>>(),
    })
}

fn of_burst(burst: &BurstAlert) -> Value {
    json!({
        "country": burst.country.map(|country| country.to_string()),
        "window_seconds": burst.window.as_secs(),
        "sources": burst.sources,
        "stories": burst.stories,
        "usual": burst.usual,
        "z": burst.z,
        "at": burst.at.to_string(),
        "entries": burst.entries.iter().map(|entry| of_entry(entry, burst.restricted)).collect::<Vec<_>>(),
    })
}

fn of_notice(notice: &Notice) -> Value {
    json!({
        "title": notice.title,
        "text": notice.text,
        "facts": notice.facts.iter().map(|(label, value)| json!({ "label": label, "value": value })).collect::<Vec<_>>(),
        "items": notice.items.iter().map(|item| json!({ "title": item.title, "text": item.text })).collect::<Vec<_>>(),
        "advice": notice.advice,
        "at": notice.at.to_string(),
    })
}

fn of_entry(entry: &DigestEntry, restricted: bool) -> Value {
    json!({
        "cluster_id": entry.cluster.to_string(),
        "publishers": entry.publishers,
        "reports": entry.reports,
        "score": entry.score,
        "reason": entry.reason.as_str(),
        "story": story(&entry.story, restricted),
    })
}

fn story(story: &AlertStory, restricted: bool) -> Value {
    if restricted {
        return json!({ "id": story.id.to_string() });
    }
    json!({
        "id": story.id.to_string(),
        "title": story.title,
        "excerpt": story.excerpt,
        "url": original_link(story.url.as_deref()).map(String::from),
        "source": story.source_name,
        "language": story.language.as_str(),
        "published_at": story.published_at.map(|at| at.to_string()),
        "country": story.main_country.map(|code| code.to_string()),
        "topics": story.topics,
        "actors": story.actors,
        "matched": story.matched,
    })
}
