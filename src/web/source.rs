//! `/sources/{id}`: one source with the log of its fetches.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

use crate::config::units::{format_duration, format_size};
use crate::model::{SourceId, SourceKind};
use crate::web::failure::Failure;
use crate::web::source_health::{self, Condition, Verdict};
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names, visit};

const FETCHES: i64 = 100;
const CHANGES: i64 = 20;

#[derive(Template)]
#[template(path = "source.html")]
struct Page {
    section: Section,
    id: String,
    name: String,
    verdict: Verdict,
    /// Keys of names, and values, in order.
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
    let unknown = || Failure::said("source.unknown", StatusCode::NOT_FOUND).advised("source.unknown_advice");
    let id = SourceId::new(&id).map_err(|_| unknown())?;
    let (config, t) = (state.config(), visit::texts());
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
        let country = source.country.map_or_else(|| t.say("sources.international").plain(), |code| names::country(code.as_str()));
        facts.push(("sources.country", country));
        let language = source.language.as_ref();
        facts.push((
            "sources.language",
            language.map_or_else(|| t.say("sources.any_language").plain(), |language| names::language(language.as_str())),
        ));
        facts.push(("source.publisher", source.publisher_group.clone()));
        facts.push(("source.category", source.category.as_str().replace('_', " ")));
        let kind = match source.kind {
            SourceKind::Feed => "source.feed",
            SourceKind::Listing(_) => "source.listing",
            SourceKind::Sitemap(_) => "source.sitemap",
        };
        facts.push(("source.read_as", t.say(kind).plain()));
    } else {
        facts.push(("source.configuration", t.say("source.not_configured").plain()));
    }
    let subscription = state.store.subscription_of(&id).await?;
    if let Some(hub) = &subscription {
        let parts = [Some(hub.state.clone()), Some(hub.hub.clone()), hub.last_error.clone()];
        facts.push(("source.hub", parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")));
    }
    let mut moments = Vec::new();
    if let Some(hub) = subscription {
        let known = [("source.hub_until", hub.lease_until), ("source.hub_told", hub.notified_at)];
        moments.extend(known.into_iter().filter_map(|(name, at)| at.map(|at| (name, When::ago(at, now)))));
    }
    if let Some(row) = row {
        facts.push(("source.every", format_duration(row.interval)));
        if let Some(burst) = row.burst {
            facts.push(("source.watched", source_health::watched(burst, now)));
        }
        if let Some(rate) = row.items_per_day {
            facts.push(("source.rate", format!("{rate:.1}")));
        }
        let week = t.say("source.with_text").with("n", row.stories_week).with("text", row.with_text_week).plain();
        facts.push(("source.week", week));
        let known = [
            ("sources.last_item", row.facts.last_item_at),
            ("source.last_answer", row.facts.last_success_at),
            ("sources.last_poll", row.facts.last_fetch_at),
            ("source.failing_since", row.facts.failing_since),
            ("source.held_until", row.facts.held_until.filter(|until| *until > now)),
            ("source.next_poll", Some(row.next_due_at).filter(|_| verdict.condition != Condition::Off)),
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
