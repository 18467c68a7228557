use std::time::Duration;

use super::*;
use crate::model::{FullText, SourceCategory, SourceId, SourceKind};
use url::Url;

fn source() -> Source {
    Source {
        id: SourceId::new("harbour").expect("valid"),
        name: "Harbour Times".to_owned(),
        url: url("https://harbour.example/feed"),
        kind: SourceKind::Feed,
        language: None,
        country: None,
        publisher_group: "harbour".to_owned(),
        category: SourceCategory::Independent,
        full_text: FullText::Auto,
        interval_min: Duration::from_mins(5),
        interval_max: Duration::from_hours(1),
        tags: Vec::new(),
        enabled: true,
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("valid")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("valid")
}

const NOW: &str = "2026-03-01T12:00:00Z";

fn draft(item: &RawItem, article: Option<&Article>, text: &str) -> StoryDraft {
    normalize_story(&source(), item, article, (Language::undetermined(), 0.0), text, at(NOW))
}

fn item() -> RawItem {
    RawItem {
        external_id: Some("17".to_owned()),
        url: Some(url("https://harbour.example/17?utm_source=rss")),
        title: Some("Cranes stand still".to_owned()),
        ..RawItem::default()
    }
}

#[test]
fn the_item_goes_before_the_page() {
    let item = RawItem { authors: vec!["Ada Quay".to_owned()], published: Some(at("2026-02-27T08:00:00Z")), ..item() };
    let article = Article {
        canonical_url: Some(url("https://harbour.example/news/17")),
        title: Some("Harbour Times: cranes".to_owned()),
        text: "The cranes stood still on Friday.\n\n  Nobody came.".to_owned(),
        authors: vec!["Desk".to_owned()],
        published: Some(at("2026-02-28T08:00:00Z")),
        section: Some("Port".to_owned()),
        ..Article::default()
    };
    let draft = draft(&item, Some(&article), "The cranes …");
    assert_eq!(draft.title, "Cranes stand still");
    assert_eq!(draft.text, "The cranes stood still on Friday.\nNobody came.");
    assert_eq!(draft.authors, ["Ada Quay"]);
    assert_eq!(draft.tags, ["Port"]);
    assert_eq!(draft.published_at, Some(at("2026-02-27T08:00:00Z")));
    assert_eq!(draft.url_key, "harbour.example/news/17");
    assert_eq!(draft.url, item.url);
}

#[test]
fn the_page_fills_what_the_item_leaves_open() {
    let article = Article { title: Some("From the page".to_owned()), published: Some(at("2026-02-28T08:00:00Z")), ..Article::default() };
    let bare = RawItem { title: Some("  ".to_owned()), ..item() };
    let draft = draft(&bare, Some(&article), "The feed carries the whole text.");
    assert_eq!(draft.title, "From the page");
    assert_eq!(draft.text, "The feed carries the whole text.");
    assert_eq!(draft.published_at, article.published);
    assert_eq!(draft.url_key, "harbour.example/17");
}

#[test]
fn facts_beside_the_text_come_from_the_item_then_from_the_page() {
    let page = |updated: &str| Article {
        published: Some(at("2026-02-28T08:00:00Z")),
        updated: Some(at(updated)),
        section: Some(" World \n news ".to_owned()),
        image_url: Some(url("https://harbour.example/crane.jpg")),
        ..Article::default()
    };
    let facts = |item: &RawItem, article: &Article| draft(item, Some(article), "").facts;
    let found = facts(&item(), &page("2026-02-28T09:00:00Z"));
    assert_eq!(found.section.as_deref(), Some("World news"));
    assert_eq!(found.image_url, Some(url("https://harbour.example/crane.jpg")));
    assert_eq!(found.updated_at, Some(at("2026-02-28T09:00:00Z")));
    let edited = RawItem { updated: Some(at("2026-02-28T10:00:00Z")), ..item() };
    assert_eq!(facts(&edited, &page("2026-02-28T09:00:00Z")).updated_at, edited.updated, "the feed is nearer to the item");
    for wrong in ["2026-02-28T08:00:00Z", "2026-02-27T08:00:00Z", "2031-01-01T00:00:00Z"] {
        assert_eq!(facts(&item(), &page(wrong)).updated_at, None, "{wrong} is no later change");
    }
    assert_eq!(draft(&item(), None, "").facts, crate::model::StoryFacts::default());
}

#[test]
fn a_title_is_never_empty() {
    let untitled = RawItem { title: None, ..item() };
    assert_eq!(draft(&untitled, None, "Short note.\nMore.").title, "Short note.");
    assert_eq!(draft(&untitled, None, &"word ".repeat(40)).title, format!("{}…", ["word"; 12].join(" ")));
    assert_eq!(draft(&untitled, None, &"港".repeat(200)).title.chars().count(), 91);
    assert_eq!(draft(&untitled, None, "").title, "https://harbour.example/17?utm_source=rss");
    assert!(!draft(&RawItem::default(), None, "").title.is_empty());
}

#[test]
fn dates_are_credible_or_absent() {
    let dated = |published: &str| draft(&RawItem { published: Some(at(published)), ..item() }, None, "").published_at;
    assert_eq!(dated("2031-01-01T00:00:00Z"), Some(at(NOW)));
    assert_eq!(dated("1970-01-01T00:00:00Z"), None);
    assert_eq!(dated("1999-05-05T00:00:00Z"), Some(at("1999-05-05T00:00:00Z")));
}

#[test]
fn an_item_without_address_has_a_key_of_source_and_id() {
    let keyed = |id: Option<&str>, title: &str| {
        draft(&RawItem { external_id: id.map(str::to_owned), title: Some(title.to_owned()), ..RawItem::default() }, None, "").url_key
    };
    assert_eq!(keyed(Some("a"), "One"), keyed(Some("a"), "One, mended"));
    assert_ne!(keyed(Some("a"), "One"), keyed(Some("b"), "One"));
    assert_ne!(keyed(None, "One"), keyed(None, "Two"));
    assert!(keyed(None, "One").starts_with("id:"));
}

#[test]
fn texts_are_capped_at_a_character() {
    let long = draft(&item(), None, &"ж".repeat(TEXT_LIMIT_BYTES));
    assert_eq!(long.text.len(), TEXT_LIMIT_BYTES);
    let odd = draft(&item(), None, &format!("a{}", "ж".repeat(TEXT_LIMIT_BYTES)));
    assert_eq!(odd.text.len(), TEXT_LIMIT_BYTES - 1);
}
