//! `/sources/{id}`: one source with the log of its fetches.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::Timestamp;

use crate::config::units::{format_duration, format_size};
use crate::model::{SourceId, SourceKind};
use crate::web::failure::Failure;
use crate::web::source_health::{self, Condition, Verdict};
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names};

const FETCHES: i64 = 100;
const CHANGES: i64 = 20;

#[derive(Template)]
#[template(path = "source.html")]
struct Page {
    section: Section,
    id: String,
    name: String,
    verdict: Verdict,
    /// Names and values, in order.
    facts: Vec<(&'static str, String)>,
    moments: Vec<(&'static str, When)>,
    url: Option<String>,
    url_text: String,
    changes: Vec<Change>,
    fetches: Vec<Fetch>,
}

/// A change of its state.
struct Change {
    at: When,
    from: &'static str,
    to: &'static str,
    reason: String,
    evidence: Vec<String>,
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
    let changes = state.store.source_events(&id, CHANGES).await?;
    let now = Timestamp::now();

    let verdict = Verdict::of(row, source.is_some_and(|source| source.enabled), now);
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
        if let Some(burst) = row.burst {
            facts.push(("Watched closely", source_health::watched(burst, now)));
        }
        if let Some(rate) = row.items_per_day {
            facts.push(("New items a day", format!("{rate:.1}")));
        }
        facts.push(("Stories in 7 days", format!("{}, {} with text", row.stories_week, row.with_text_week)));
        let known = [
            ("Last new item", row.facts.last_item_at),
            ("Last answer", row.facts.last_success_at),
            ("Last poll", row.facts.last_fetch_at),
            ("Failing since", row.facts.failing_since),
            ("Domain left alone until", row.facts.held_until.filter(|until| *until > now)),
            ("Next poll", Some(row.next_due_at).filter(|_| verdict.condition != Condition::Off)),
        ];
        moments.extend(known.into_iter().filter_map(|(name, at)| at.map(|at| (name, When::ago(at, now)))));
    }
    let url_text = source.map(|source| source.url.to_string()).unwrap_or_default();
    let page = Page {
        section: Section::Sources,
        name: source.map_or_else(|| id.to_string(), |source| source.name.clone()),
        id: id.to_string(),
        verdict,
        facts,
        moments,
        url: view::link(&url_text),
        url_text,
        changes: changes
            .into_iter()
            .map(|change| Change {
                at: When::new(change.at, now),
                from: change.from.as_str(),
                to: change.to.as_str(),
                reason: change.reason,
                evidence: change.evidence,
            })
            .collect(),
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
