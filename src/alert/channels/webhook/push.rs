//! ntfy, Signal, Apprise and Alertmanager: plain text, and the fields that each of them has for it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;

use crate::alert::channels::webhook::brief::{Brief, without_mentions};
use crate::alert::words;
use crate::config::Payload;
use crate::model::{ClaimedDelivery, Priority};

/// ntfy: a longer message would become an attachment.
const NTFY_MESSAGE_BYTES: usize = 4_096;
const NTFY_TITLE: usize = 200;
/// Signal: what its apps take as one text.
const SIGNAL_TEXT: usize = 2_000;
/// Apprise: titles are cut there; bodies by the services behind it.
const APPRISE_TITLE: usize = 250;
const APPRISE_BODY: usize = 32_768;
const ALERTMANAGER_TEXT: usize = 8_000;
/// After it an alert that nobody repeats counts as resolved.
const ALERTMANAGER_LASTS: SignedDuration = SignedDuration::from_hours(1);

/// An address of a service's interface; one that is there already is not added again.
pub(super) fn below(mut url: Url, parts: &[&str]) -> Url {
    let present: Vec<String> = url.path_segments().map(|path| path.filter(|part| !part.is_empty()).map(str::to_owned).collect()).unwrap_or_default();
    let is_there = present.len() >= parts.len() && present.iter().rev().zip(parts.iter().rev()).all(|(have, want)| have == want);
    if !is_there && let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(parts);
    }
    url
}

/// Published as JSON to the server's root: titles in header fields would be ASCII.
pub(super) fn ntfy(mut brief: Brief, topic: &str) -> Value {
    let priority = match brief.priority {
        Priority::Low => 2,
        Priority::Normal => 3,
        Priority::High => 4,
        Priority::Critical => 5,
    };
    let title = words::line(&brief.title, NTFY_TITLE);
    let click = brief.page.to_string();
    if title != brief.title && brief.lead.is_empty() {
        brief.lead.clone_from(&brief.title);
    }
    let message = brief.fitted(NTFY_MESSAGE_BYTES, str::len, Brief::body);
    json!({ "topic": topic, "title": title, "message": message, "priority": priority, "click": click, "markdown": false })
}

/// Mentions and previews are fields of their own, which are not given.
pub(super) fn signal(brief: Brief, number: &str, recipient: &str) -> Value {
    let message = brief.fitted(SIGNAL_TEXT, |text| text.encode_utf16().count(), Brief::text);
    json!({ "number": number, "recipients": [recipient], "message": message, "text_mode": "normal" })
}

/// What is behind it may find names behind an at sign.
pub(super) fn apprise(brief: Brief, tag: Option<&str>) -> Value {
    let kind = match brief.priority {
        _ if brief.is_test => "info",
        Priority::Low | Priority::Normal => "info",
        Priority::High => "warning",
        Priority::Critical => "failure",
    };
    let brief = brief.map(without_mentions);
    let title = words::line(&brief.title, APPRISE_TITLE);
    let text = brief.fitted(APPRISE_BODY, |text| text.chars().count(), Brief::body);
    let mut body = json!({ "title": title, "body": text, "type": kind, "format": "text" });
    if let Some(tag) = tag {
        body["tag"] = tag.into();
    }
    body
}

/// Labels are what makes two alerts one: those of one thread share them, and updates change the annotations. The end is counted from
/// the attempt: an alert that was long on its way must not arrive resolved.
pub(super) fn alertmanager(brief: &Brief, delivery: &ClaimedDelivery, payload: Payload, now: Timestamp) -> Value {
    let content = &delivery.content;
    let severity = match content.priority() {
        Priority::Low | Priority::Normal => "info",
        Priority::High => "warning",
        Priority::Critical => "critical",
    };
    let name = if brief.is_test { "PresswatchTest" } else { "Presswatch" };
    let mut labels = json!({
        "alertname": name,
        "event": content.kind(),
        "severity": severity,
        "priority": content.priority().as_str(),
        "channel": delivery.channel.as_str(),
        "thread": content.thread().to_string(),
    });
    if let Some((id, _)) = content.watchlist().filter(|_| !content.restricted() && payload != Payload::Thin) {
        labels["watchlist"] = id.as_str().into();
    }
    let country = content.story().and_then(|story| story.main_country).filter(|_| !content.restricted() && payload == Payload::Full);
    if let Some(country) = country {
        labels["country"] = country.to_string().into();
    }
    let description = brief.clone().fitted(ALERTMANAGER_TEXT, |text| text.chars().count(), Brief::body);
    let ends_at = now.checked_add(ALERTMANAGER_LASTS).unwrap_or(now);
    json!([{
        "labels": labels,
        "annotations": { "summary": brief.title, "description": description },
        "startsAt": delivery.created_at.to_string(),
        "endsAt": ends_at.to_string(),
        "generatorURL": brief.page.as_str(),
    }])
}
