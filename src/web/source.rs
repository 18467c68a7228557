//! `/sources/{id}`: one source with the log of its fetches.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::Timestamp;

use crate::config::units::{format_duration, format_size};
use crate::model::{SourceId, SourceKind};
use crate::web::failure::Failure;
use crate::web::source_health::{self, Condition};
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names};

const FETCHES: i64 = 100;

#[derive(Template)]
#[template(path = "source.html")]
struct Page {
    section: Section,
    id: String,
    name: String,
    condition: Condition,
    reason: String,
    advice: &'static str,
    /// Names and values, in order.
    facts: Vec<(&'static str, String)>,
    moments: Vec<(&'static str, When)>,
    url: Option<String>,
    url_text: String,
    fetches: Vec<Fetch>,
}

struct Fetch {
    at: When,
    outcome: String,
    failed: bool,
    status: String,
    size: String,
    duration_ms: i32,
    seen: i32,
    new: i32,
    known: i32,
    skipped: i32,
    detail: Option<String>,
    warnings: Vec<String>,
}

pub async fn show(State(state): State<WebState>, Path(id): Path<String>) -> Result<Response, Failure> {
    let unknown = || Failure::not_found("There is no such source", "All sources, with those that are no longer configured, are on /sources.");
    let id = SourceId::new(&id).map_err(|_| unknown())?;
    let config = state.config();
    let source = config.sources.iter().find(|source| source.id == id);
    let rows = state.store.source_rows().await?;
    let row = rows.iter().find(|row| row.source_id == id.as_str());
    if source.is_none() && row.is_none() {
        return Err(unknown());
    }
    let fetches = state.store.fetches(&id, FETCHES).await?;
    let now = Timestamp::now();

    let condition = Condition::of(row, source.is_some_and(|source| source.enabled), now);
    let mut facts = Vec::new();
    if let Some(source) = source {
        facts.push(("Country", source.country.map_or_else(|| "International".to_owned(), |code| names::country(code.as_str()))));
        facts.push(("Language", source.language.as_ref().map_or_else(|| "any".to_owned(), |language| names::language(language.as_str()))));
        facts.push(("Publisher", source.publisher_group.clone()));
        facts.push(("Category", source.category.as_str().replace('_', " ")));
        let kind = match source.kind {
            SourceKind::Feed => "feed",
            SourceKind::Listing(_) => "listing page",
            SourceKind::Sitemap(_) => "sitemap",
        };
        facts.push(("Read as", kind.to_owned()));
    } else {
        facts.push(("Configuration", "no longer names it: it is not polled, and its stories are kept".to_owned()));
    }
    let mut moments = Vec::new();
    if let Some(row) = row {
        facts.push(("Polled every", format_duration(row.interval)));
        facts.push(("Stories in 7 days", format!("{}, {} with text", row.stories_week, row.with_text_week)));
        let known = [
            ("Last new item", row.last_item_at),
            ("Last answer", row.last_success_at),
            ("Last poll", row.last_fetch_at),
            ("Failing since", row.failing_since),
            ("Next poll", Some(row.next_due_at).filter(|_| condition != Condition::Off)),
        ];
        moments.extend(known.into_iter().filter_map(|(name, at)| at.map(|at| (name, When::ago(at, now)))));
    }
    let url_text = source.map(|source| source.url.to_string()).unwrap_or_default();
    let page = Page {
        section: Section::Sources,
        name: source.map_or_else(|| id.to_string(), |source| source.name.clone()),
        id: id.to_string(),
        condition,
        reason: source_health::reason(condition, row),
        advice: source_health::advice(condition, row),
        facts,
        moments,
        url: view::link(&url_text),
        url_text,
        fetches: fetches
            .into_iter()
            .map(|fetch| Fetch {
                at: When::new(fetch.started_at, now),
                failed: !matches!(fetch.outcome.as_str(), "ok" | "not_modified"),
                outcome: fetch.outcome.replace('_', " "),
                status: fetch.http_status.map(|status| status.to_string()).unwrap_or_default(),
                size: format_size(u64::try_from(fetch.bytes).unwrap_or_default()),
                duration_ms: fetch.duration_ms,
                seen: fetch.items_seen,
                new: fetch.items_new,
                known: fetch.items_known,
                skipped: fetch.items_skipped,
                detail: fetch.detail,
                warnings: fetch.warnings,
            })
            .collect(),
    };
    Ok(view::html(&page))
}
