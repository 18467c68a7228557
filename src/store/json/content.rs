//! The content of alerts as JSON: the snapshot that every attempt of a delivery repeats.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::model::{
    AlertContent, AlertKind, AlertStory, BurstAlert, ClusterId, Content, CountryCode, Digest, DigestEntry, DigestReason, Language, Notice,
    NoticeItem, NoticeKind, Priority, StoryId, UpdateReason, WatchlistId,
};
use crate::store::StoreError;
use crate::store::json::{priority, without_nul};

#[derive(Serialize, Deserialize)]
struct ListRow {
    watchlist: String,
    watchlist_name: String,
    restricted: bool,
    priority: String,
}

#[derive(Serialize, Deserialize)]
struct AlertRow {
    kind: String,
    #[serde(flatten)]
    list: ListRow,
    cluster: Uuid,
    story: StoryRow,
    #[serde(default)]
    publishers: u32,
    #[serde(default)]
    reports: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    updates: Vec<String>,
    #[serde(default)]
    repeat: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acknowledge: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct StoryRow {
    id: Uuid,
    title: String,
    excerpt: String,
    url: Option<String>,
    source_name: String,
    language: String,
    published_at: Option<Timestamp>,
    main_country: Option<String>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    actors: Vec<String>,
    #[serde(default)]
    matched: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct EntryRow {
    cluster: Uuid,
    story: StoryRow,
    publishers: u32,
    reports: u32,
    score: f32,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct DigestRow {
    kind: String,
    #[serde(flatten)]
    list: ListRow,
    thread: Uuid,
    from: Timestamp,
    until: Timestamp,
    zone: String,
    part: u32,
    parts: u32,
    total: u32,
    entries: Vec<EntryRow>,
}

#[derive(Serialize, Deserialize)]
struct BurstRow {
    kind: String,
    #[serde(flatten)]
    list: ListRow,
    thread: Uuid,
    country: Option<String>,
    window_seconds: u64,
    sources: u32,
    stories: u32,
    usual: f32,
    z: f32,
    entries: Vec<EntryRow>,
    at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct NoticeRow {
    kind: String,
    priority: String,
    thread: Uuid,
    title: String,
    text: String,
    facts: Vec<(String, String)>,
    items: Vec<ItemRow>,
    advice: Option<String>,
    page: String,
    at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct ItemRow {
    title: String,
    text: String,
    page: Option<String>,
}

/// The JSON of a message.
pub(in crate::store) fn to_json(content: &Content) -> Result<Value, StoreError> {
    let kind = content.kind().to_owned();
    let value = match content {
        Content::Alert(alert) => serde_json::to_value(AlertRow {
            kind,
            list: list_row(&alert.watchlist, &alert.watchlist_name, alert.restricted, alert.priority),
            cluster: alert.cluster.0,
            story: story_row(&alert.story),
            publishers: alert.publishers,
            reports: alert.reports,
            updates: alert.updates.iter().map(|reason| reason.as_str().to_owned()).collect(),
            repeat: alert.repeat,
            acknowledge: alert.acknowledge.clone(),
        }),
        Content::Digest(digest) => serde_json::to_value(DigestRow {
            kind,
            list: list_row(&digest.watchlist, &digest.watchlist_name, digest.restricted, digest.priority),
            thread: digest.thread,
            from: digest.from,
            until: digest.until,
            zone: digest.zone.clone(),
            part: digest.part,
            parts: digest.parts,
            total: digest.total,
            entries: digest.entries.iter().map(entry_row).collect(),
        }),
        Content::Burst(burst) => serde_json::to_value(BurstRow {
            kind,
            list: list_row(&burst.watchlist, &burst.watchlist_name, burst.restricted, burst.priority),
            thread: burst.thread,
            country: burst.country.map(|country| country.to_string()),
            window_seconds: burst.window.as_secs(),
            sources: burst.sources,
            stories: burst.stories,
            usual: burst.usual,
            z: burst.z,
            entries: burst.entries.iter().map(entry_row).collect(),
            at: burst.at,
        }),
        Content::Notice(notice) => serde_json::to_value(NoticeRow {
            kind,
            priority: notice.priority.as_str().to_owned(),
            thread: notice.thread,
            title: notice.title.clone(),
            text: notice.text.clone(),
            facts: notice.facts.clone(),
            items: notice.items.iter().map(|item| ItemRow { title: item.title.clone(), text: item.text.clone(), page: item.page.clone() }).collect(),
            advice: notice.advice.clone(),
            page: notice.page.clone(),
            at: notice.at,
        }),
    };
    value.map(without_nul).map_err(|error| StoreError::unreadable(format!("an alert that cannot be written: {error}")))
}

/// The inverse of [`to_json`].
pub(in crate::store) fn from_json(value: Value) -> Result<Content, StoreError> {
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some((kind, _)) = AlertKind::ALL.into_iter().find(|(_, name)| *name == kind) {
        return alert(kind, read(value)?);
    }
    if let Some(kind) = NoticeKind::parse(&kind) {
        return notice(kind, read(value)?);
    }
    match kind.as_str() {
        "digest.ready" => digest(read(value)?),
        "burst.started" => burst(read(value)?),
        _ => Err(StoreError::unreadable(format!("an alert with kind {kind:?}"))),
    }
}

/// A story's snapshot alone.
pub(in crate::store) fn story_to_json(story: &AlertStory) -> Result<Value, StoreError> {
    let value = serde_json::to_value(story_row(story));
    value.map(without_nul).map_err(|error| StoreError::unreadable(format!("a story that cannot be written: {error}")))
}

/// The inverse of [`story_to_json`].
pub(in crate::store) fn story_from_json(value: Value) -> Result<AlertStory, StoreError> {
    story(read(value)?)
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| StoreError::unreadable(format!("an alert's payload: {error}")))
}

fn alert(kind: AlertKind, row: AlertRow) -> Result<Content, StoreError> {
    Ok(Content::Alert(Box::new(AlertContent {
        kind,
        watchlist: watchlist(&row.list)?,
        priority: priority_of(&row.list.priority)?,
        watchlist_name: row.list.watchlist_name,
        restricted: row.list.restricted,
        cluster: ClusterId(row.cluster),
        story: story(row.story)?,
        publishers: row.publishers,
        reports: row.reports,
        updates: row.updates.iter().filter_map(|name| UpdateReason::parse(name)).collect(),
        repeat: row.repeat,
        acknowledge: row.acknowledge,
    })))
}

fn digest(row: DigestRow) -> Result<Content, StoreError> {
    Ok(Content::Digest(Box::new(Digest {
        watchlist: watchlist(&row.list)?,
        priority: priority_of(&row.list.priority)?,
        watchlist_name: row.list.watchlist_name,
        restricted: row.list.restricted,
        thread: row.thread,
        from: row.from,
        until: row.until,
        zone: row.zone,
        part: row.part,
        parts: row.parts,
        total: row.total,
        entries: row.entries.into_iter().map(entry).collect::<Result<_, _>>()?,
    })))
}

fn burst(row: BurstRow) -> Result<Content, StoreError> {
    Ok(Content::Burst(Box::new(BurstAlert {
        watchlist: watchlist(&row.list)?,
        priority: priority_of(&row.list.priority)?,
        watchlist_name: row.list.watchlist_name,
        restricted: row.list.restricted,
        thread: row.thread,
        country: row.country.as_deref().and_then(CountryCode::parse),
        window: Duration::from_secs(row.window_seconds),
        sources: row.sources,
        stories: row.stories,
        usual: row.usual,
        z: row.z,
        entries: row.entries.into_iter().map(entry).collect::<Result<_, _>>()?,
        at: row.at,
    })))
}

fn notice(kind: NoticeKind, row: NoticeRow) -> Result<Content, StoreError> {
    Ok(Content::Notice(Box::new(Notice {
        kind,
        priority: priority_of(&row.priority)?,
        thread: row.thread,
        title: row.title,
        text: row.text,
        facts: row.facts,
        items: row.items.into_iter().map(|item| NoticeItem { title: item.title, text: item.text, page: item.page }).collect(),
        advice: row.advice,
        page: row.page,
        at: row.at,
    })))
}

fn entry(row: EntryRow) -> Result<DigestEntry, StoreError> {
    Ok(DigestEntry {
        cluster: ClusterId(row.cluster),
        story: story(row.story)?,
        publishers: row.publishers,
        reports: row.reports,
        score: row.score,
        reason: known("reason", &row.reason, DigestReason::parse(&row.reason))?,
    })
}

fn story(row: StoryRow) -> Result<AlertStory, StoreError> {
    Ok(AlertStory {
        id: StoryId(row.id),
        title: row.title,
        excerpt: row.excerpt,
        url: row.url,
        source_name: row.source_name,
        language: known("language", &row.language, Language::parse(&row.language))?,
        published_at: row.published_at,
        main_country: row.main_country.as_deref().and_then(CountryCode::parse),
        topics: row.topics,
        actors: row.actors,
        matched: row.matched,
    })
}

fn list_row(id: &WatchlistId, name: &str, restricted: bool, priority: Priority) -> ListRow {
    ListRow { watchlist: id.to_string(), watchlist_name: name.to_owned(), restricted, priority: priority.as_str().to_owned() }
}

fn story_row(story: &AlertStory) -> StoryRow {
    StoryRow {
        id: story.id.0,
        title: story.title.clone(),
        excerpt: story.excerpt.clone(),
        url: story.url.clone(),
        source_name: story.source_name.clone(),
        language: story.language.to_string(),
        published_at: story.published_at,
        main_country: story.main_country.map(|country| country.to_string()),
        topics: story.topics.clone(),
        actors: story.actors.clone(),
        matched: story.matched.clone(),
    }
}

fn entry_row(entry: &DigestEntry) -> EntryRow {
    EntryRow {
        cluster: entry.cluster.0,
        story: story_row(&entry.story),
        publishers: entry.publishers,
        reports: entry.reports,
        score: entry.score,
        reason: entry.reason.as_str().to_owned(),
    }
}

fn watchlist(row: &ListRow) -> Result<WatchlistId, StoreError> {
    WatchlistId::new(&row.watchlist).map_err(StoreError::unreadable)
}

fn priority_of(name: &str) -> Result<Priority, StoreError> {
    known("priority", name, priority(name))
}

fn known<T>(what: &str, given: &str, found: Option<T>) -> Result<T, StoreError> {
    found.ok_or_else(|| StoreError::unreadable(format!("an alert with {what} {given:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_microsecond(1_700_000_000_123_456).unwrap()
    }

    fn content() -> AlertContent {
        AlertContent {
            kind: AlertKind::Updated,
            watchlist: WatchlistId::new("kz-opposition").unwrap(),
            watchlist_name: "Kazakhstan: opposition".to_owned(),
            restricted: true,
            priority: Priority::Critical,
            cluster: ClusterId::new(now()),
            story: AlertStory {
                id: StoryId::new(now()),
                title: "Лидеры задержаны".to_owned(),
                excerpt: "В Алматы…".to_owned(),
                url: Some("https://example.org/1".to_owned()),
                source_name: "Дала".to_owned(),
                language: Language::parse("ru").unwrap(),
                published_at: Some(now()),
                main_country: CountryCode::parse("KZ"),
                topics: vec!["arrest_detention".to_owned()],
                actors: vec!["opposition".to_owned()],
                matched: vec!["задержаны".to_owned()],
            },
            publishers: 3,
            reports: 9,
            updates: vec![UpdateReason::SeverityUp, UpdateReason::SourcesDoubled],
            repeat: 2,
            acknowledge: Some("token".to_owned()),
        }
    }

    #[track_caller]
    fn comes_back(content: &Content) {
        assert_eq!(&from_json(to_json(content).unwrap()).unwrap(), content);
    }

    #[test]
    fn every_content_comes_back_as_it_was_written() {
        let full = content();
        comes_back(&Content::Alert(Box::new(full.clone())));
        let mut bare = full.clone();
        bare.kind = AlertKind::Test;
        bare.story = AlertStory { url: None, published_at: None, main_country: None, topics: vec![], actors: vec![], matched: vec![], ..bare.story };
        comes_back(&Content::Alert(Box::new(bare)));
        let entry =
            DigestEntry { cluster: full.cluster, story: full.story.clone(), publishers: 2, reports: 4, score: 0.5, reason: DigestReason::QuietHours };
        let (watchlist, watchlist_name) = (full.watchlist, full.watchlist_name);
        comes_back(&Content::Digest(Box::new(Digest {
            watchlist: watchlist.clone(),
            watchlist_name: watchlist_name.clone(),
            restricted: false,
            priority: Priority::Low,
            thread: Uuid::from_u128(4),
            from: now(),
            until: now(),
            zone: "Asia/Almaty".to_owned(),
            part: 1,
            parts: 2,
            total: 61,
            entries: vec![entry.clone()],
        })));
        comes_back(&Content::Burst(Box::new(BurstAlert {
            watchlist,
            watchlist_name,
            restricted: false,
            priority: Priority::High,
            thread: Uuid::from_u128(4),
            country: CountryCode::parse("KZ"),
            window: Duration::from_hours(1),
            sources: 9,
            stories: 12,
            usual: 1.25,
            z: 4.5,
            entries: vec![entry],
            at: now(),
        })));
        for (kind, _) in NoticeKind::ALL {
            comes_back(&Content::Notice(Box::new(Notice {
                kind,
                priority: Priority::Normal,
                thread: Uuid::from_u128(5),
                title: "All is well".to_owned(),
                text: "12 of 13 sources heard.".to_owned(),
                facts: vec![("Sources".to_owned(), "12".to_owned())],
                items: vec![NoticeItem { title: "a".to_owned(), text: "b".to_owned(), page: None }],
                advice: None,
                page: "sources".to_owned(),
                at: now(),
            })));
        }
    }

    #[test]
    fn payload_of_an_older_version_is_read_and_what_is_unknown_is_named() {
        let mut value = to_json(&Content::Alert(Box::new(content()))).unwrap();
        value["story"].as_object_mut().unwrap().remove("matched");
        for key in ["publishers", "reports", "updates", "repeat", "acknowledge"] {
            value.as_object_mut().unwrap().remove(key);
        }
        let read = from_json(value.clone()).unwrap();
        assert!(read.story().unwrap().matched.is_empty() && read.alert().unwrap().publishers == 0);
        value["priority"] = "shrill".into();
        assert!(from_json(value.clone()).unwrap_err().to_string().contains("shrill"));
        value["kind"] = "riddle".into();
        assert!(from_json(value).unwrap_err().to_string().contains("riddle"));
    }
}
