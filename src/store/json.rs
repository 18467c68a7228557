//! What is kept as JSON: evidence, and the content of alerts. The model knows no serde, so its shapes are written down here.
//!
//! *Invariant:* what an older version wrote can be read: new keys take a default.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::model::{AlertContent, AlertKind, AlertStory, ClusterId, CountryCode, Evidence, Field, Language, Priority, StoryId, WatchlistId};
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
struct EvidenceRow<'a> {
    field: Cow<'a, str>,
    start: usize,
    end: usize,
    text: Cow<'a, str>,
    rule: Cow<'a, str>,
}

/// `[{field, start, end, text, rule}]`; offsets are UTF-8 bytes.
pub(in crate::store) fn evidence_to_json(evidence: &[Evidence]) -> Value {
    let rows = evidence.iter().map(|one| EvidenceRow {
        field: one.field.as_str().into(),
        start: one.start,
        end: one.end,
        text: one.text.as_str().into(),
        rule: one.rule.as_str().into(),
    });
    Value::Array(rows.filter_map(|row| serde_json::to_value(row).ok()).map(without_nul).collect())
}

/// The inverse of [`evidence_to_json`].
pub(in crate::store) fn evidence_from_json(value: &Value) -> Result<Vec<Evidence>, StoreError> {
    let rows = Vec::<EvidenceRow<'_>>::deserialize(value).map_err(|error| StoreError::unreadable(format!("evidence: {error}")))?;
    rows.into_iter()
        .map(|row| {
            let field = field(&row.field).ok_or_else(|| StoreError::unreadable(format!("evidence in field {:?}", row.field)))?;
            Ok(Evidence { field, start: row.start, end: row.end, text: row.text.into_owned(), rule: row.rule.into_owned() })
        })
        .collect()
}

fn field(name: &str) -> Option<Field> {
    [Field::Title, Field::Text, Field::Url, Field::Source, Field::Author, Field::Tag].into_iter().find(|field| field.as_str() == name)
}

#[derive(Serialize, Deserialize)]
struct ContentRow {
    kind: String,
    watchlist: String,
    watchlist_name: String,
    restricted: bool,
    priority: String,
    cluster: Uuid,
    story: StoryRow,
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

/// The snapshot that every attempt of a delivery repeats.
pub(in crate::store) fn content_to_json(content: &AlertContent) -> Result<Value, StoreError> {
    let story = &content.story;
    let row = ContentRow {
        kind: content.kind.as_str().to_owned(),
        watchlist: content.watchlist.to_string(),
        watchlist_name: content.watchlist_name.clone(),
        restricted: content.restricted,
        priority: content.priority.as_str().to_owned(),
        cluster: content.cluster.0,
        story: StoryRow {
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
        },
    };
    serde_json::to_value(row).map(without_nul).map_err(|error| StoreError::unreadable(format!("an alert that cannot be written: {error}")))
}

/// The inverse of [`content_to_json`].
pub(in crate::store) fn content_from_json(value: Value) -> Result<AlertContent, StoreError> {
    let row: ContentRow = serde_json::from_value(value).map_err(|error| StoreError::unreadable(format!("an alert's payload: {error}")))?;
    let story = row.story;
    Ok(AlertContent {
        kind: known("kind", &row.kind, [AlertKind::Created, AlertKind::Test].into_iter().find(|kind| kind.as_str() == row.kind))?,
        watchlist: WatchlistId::new(&row.watchlist).map_err(StoreError::unreadable)?,
        watchlist_name: row.watchlist_name,
        restricted: row.restricted,
        priority: known("priority", &row.priority, priority(&row.priority))?,
        cluster: ClusterId(row.cluster),
        story: AlertStory {
            id: StoryId(story.id),
            title: story.title,
            excerpt: story.excerpt,
            url: story.url,
            source_name: story.source_name,
            language: known("language", &story.language, Language::parse(&story.language))?,
            published_at: story.published_at,
            main_country: story.main_country.as_deref().and_then(CountryCode::parse),
            topics: story.topics,
            actors: story.actors,
            matched: story.matched,
        },
    })
}

/// The priority of that name.
pub(in crate::store) fn priority(name: &str) -> Option<Priority> {
    Priority::ALL.iter().find(|(_, known)| *known == name).map(|(priority, _)| *priority)
}

fn known<T>(what: &str, given: &str, found: Option<T>) -> Result<T, StoreError> {
    found.ok_or_else(|| StoreError::unreadable(format!("an alert with {what} {given:?}")))
}

/// `jsonb` refuses the escaped NUL as `text` refuses the plain one.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "\u{FFFD}")),
        Value::Array(values) => Value::Array(values.into_iter().map(without_nul).collect()),
        Value::Object(values) => Value::Object(values.into_iter().map(|(key, value)| (key, without_nul(value))).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> AlertContent {
        let now = Timestamp::from_microsecond(1_700_000_000_123_456).unwrap();
        AlertContent {
            kind: AlertKind::Created,
            watchlist: WatchlistId::new("kz-opposition").unwrap(),
            watchlist_name: "Kazakhstan: opposition".to_owned(),
            restricted: true,
            priority: Priority::Critical,
            cluster: ClusterId::new(now),
            story: AlertStory {
                id: StoryId::new(now),
                title: "Лидеры задержаны".to_owned(),
                excerpt: "В Алматы…".to_owned(),
                url: Some("https://example.org/1".to_owned()),
                source_name: "Дала".to_owned(),
                language: Language::parse("ru").unwrap(),
                published_at: Some(now),
                main_country: CountryCode::parse("KZ"),
                topics: vec!["arrest_detention".to_owned()],
                actors: vec!["opposition".to_owned()],
                matched: vec!["задержаны".to_owned()],
            },
        }
    }

    #[test]
    fn content_comes_back_as_it_was_written() {
        let full = content();
        assert_eq!(content_from_json(content_to_json(&full).unwrap()).unwrap(), full);
        let mut bare = full;
        bare.kind = AlertKind::Test;
        bare.story = AlertStory { url: None, published_at: None, main_country: None, topics: vec![], actors: vec![], matched: vec![], ..bare.story };
        assert_eq!(content_from_json(content_to_json(&bare).unwrap()).unwrap(), bare);
    }

    #[test]
    fn payload_without_optional_keys_is_read_and_an_unknown_priority_is_named() {
        let mut value = content_to_json(&content()).unwrap();
        value["story"].as_object_mut().unwrap().remove("matched");
        assert!(content_from_json(value.clone()).unwrap().story.matched.is_empty());
        value["priority"] = "shrill".into();
        assert!(content_from_json(value).unwrap_err().to_string().contains("shrill"));
    }

    #[test]
    fn evidence_comes_back_and_loses_nul_only() {
        let one = |text: &str| Evidence { field: Field::Author, start: 3, end: 9, text: text.to_owned(), rule: "city".to_owned() };
        assert_eq!(evidence_from_json(&evidence_to_json(&[one("Алматы"), one("a\0b")])).unwrap(), [one("Алматы"), one("a\u{FFFD}b")]);
        assert!(evidence_from_json(&serde_json::json!([{ "field": "soul" }])).is_err());
    }
}
