//! `/new-source`: an editor pastes an address and sees how the site can be listened to; or pastes OPML. `/sources.opml`: the pack, with its status.
//!
//! What is added is written to sources.d/local.toml by the same code as on the command line. An editor chooses among what was found: no text of a
//! form becomes configuration.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;

use crate::config::entry::{AppendError, Entry, append};
use crate::config::{opml, parse_web_address};
use crate::model::{Role, Source};
use crate::store::SourceRow;
use crate::web::access::{Viewer, secret};
use crate::web::explore::Way;
use crate::web::failure::Failure;
use crate::web::source_health::Verdict;
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names};

/// Findings that wait to be chosen; older ones are looked for again.
static FOUND: Mutex<VecDeque<(String, Entry)>> = Mutex::new(VecDeque::new());
const FOUND_MOST: usize = 200;

#[derive(Template, Default)]
#[template(path = "new_source.html")]
struct Page {
    section: Section,
    url: String,
    problem: Option<String>,
    found: Option<Vec<Shown>>,
    added: Option<Added>,
}

/// One way to listen, as the page shows it.
struct Shown {
    name: String,
    url: Option<String>,
    kind: &'static str,
    how: String,
    language: Option<String>,
    items: usize,
    with_text: Option<String>,
    last_item: Option<When>,
    latest: Vec<String>,
    known: Option<String>,
    pick: Option<String>,
}

/// What became of it.
struct Added {
    ids: Vec<String>,
    file: String,
    /// Title and reason.
    skipped: Vec<(String, String)>,
    /// Where the file could not be written: what to put there by hand.
    by_hand: Option<String>,
}

/// An address to look at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pasted {
    url: String,
}

/// A way that was chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Picked {
    pick: String,
}

/// A list of another reader.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Imported {
    opml: String,
}

fn page(page: Page) -> Response {
    view::html(&Page { section: Section::Sources, ..page })
}

pub async fn show(viewer: Viewer) -> Result<Response, Failure> {
    viewer.require(Role::Editor)?;
    Ok(page(Page::default()))
}

pub async fn find(viewer: Viewer, State(state): State<WebState>, Form(pasted): Form<Pasted>) -> Result<Response, Failure> {
    viewer.require(Role::Editor)?;
    let text = pasted.url.trim();
    let shown: String = text.chars().take(2000).collect();
    let address = if text.contains("://") { parse_web_address(text) } else { parse_web_address(&format!("https://{text}")) };
    let explored = match address {
        Ok(url) => state.explorer.explore(url).await,
        Err(problem) => Err(problem),
    };
    Ok(page(match explored {
        Ok(ways) => Page { url: shown, found: Some(ways.into_iter().map(offer).collect()), ..Page::default() },
        Err(problem) => Page { url: shown, problem: Some(problem), ..Page::default() },
    }))
}

fn offer(way: Way) -> Shown {
    let now = Timestamp::now();
    let pick = way.entry.and_then(|entry| {
        let pick = secret::random().ok()?;
        let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
        found.push_back((pick.clone(), entry));
        if found.len() > FOUND_MOST {
            found.pop_front();
        }
        Some(pick)
    });
    Shown {
        name: way.name,
        url: view::link(way.url.as_str()),
        kind: match way.kind {
            "sitemap" => "source.sitemap",
            "listing" => "source.listing",
            _ => "source.feed",
        },
        how: way.how,
        language: way.language.map(|code| names::language(&code)),
        with_text: (way.items > 0).then(|| view::percent(way.with_text as f32 / way.items as f32)),
        items: way.items,
        last_item: way.last_item.map(|at| When::ago(at, now)),
        latest: way.latest,
        known: way.known,
        pick,
    }
}

pub async fn pick(viewer: Viewer, State(state): State<WebState>, Form(picked): Form<Picked>) -> Result<Response, Failure> {
    viewer.require(Role::Editor)?;
    let entry = {
        let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
        let place = found.iter().position(|(pick, _)| *pick == picked.pick);
        place.and_then(|place| found.remove(place))
    };
    let Some((_, entry)) = entry else {
        return Err(Failure::said("add.stale", StatusCode::GONE).advised("add.stale_advice"));
    };
    if state.config().sources.iter().any(|source| source.id == entry.id || source.url == entry.url) {
        return Err(Failure::said("add.known", StatusCode::CONFLICT));
    }
    keep(&state, &viewer, vec![entry], Vec::new()).await
}

pub async fn import(viewer: Viewer, State(state): State<WebState>, Form(imported): Form<Imported>) -> Result<Response, Failure> {
    viewer.require(Role::Editor)?;
    match opml::read(imported.opml.as_bytes(), &state.config().sources) {
        Ok((entries, skipped)) => {
            let skipped = skipped.into_iter().map(|skipped| (skipped.title, skipped.reason)).collect();
            keep(&state, &viewer, entries, skipped).await
        }
        Err(problem) => Ok(page(Page { problem: Some(problem), ..Page::default() })),
    }
}

async fn keep(state: &WebState, viewer: &Viewer, entries: Vec<Entry>, skipped: Vec<(String, String)>) -> Result<Response, Failure> {
    let directory = state.config().directory.clone();
    let ids: Vec<String> = entries.iter().map(|entry| entry.id.to_string()).collect();
    if entries.is_empty() {
        let added = Added { ids, file: String::new(), skipped, by_hand: None };
        return Ok(page(Page { added: Some(added), ..Page::default() }));
    }
    let text: String = entries.iter().map(Entry::to_toml).collect();
    let written = tokio::task::spawn_blocking(move || append(&directory, &entries)).await;
    let written = written.map_err(|_| Failure::said("add.failed", StatusCode::INTERNAL_SERVER_ERROR))?;
    let (file, by_hand) = match written {
        Ok(path) => {
            for id in &ids {
                state.store.audit(&viewer.name, "source.add", id, "").await?;
            }
            (path.display().to_string(), None)
        }
        // The configuration is often the operator's alone: the page then gives what to put there.
        Err(AppendError::Io { path, .. }) => (path.with_file_name("local.toml").display().to_string(), Some(text.trim_start().to_owned())),
        Err(error @ AppendError::Invalid(_)) => return Ok(page(Page { problem: Some(error.to_string()), ..Page::default() })),
    };
    Ok(page(Page { added: Some(Added { ids, file, skipped, by_hand }), ..Page::default() }))
}

/// All sources as OPML, with how each of them does.
pub async fn export(State(state): State<WebState>) -> Result<Response, Failure> {
    let (config, rows, now) = (state.config(), state.store.source_rows().await?, Timestamp::now());
    let text = opml::write(&config.sources, |source| status(source, rows.iter().find(|row| row.source_id == source.id.as_str()), now));
    let headers = [(CONTENT_TYPE, "text/x-opml; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"presswatch-sources.opml\"")];
    Ok((headers, text).into_response())
}

fn status(source: &Source, row: Option<&SourceRow>, now: Timestamp) -> Vec<(&'static str, String)> {
    let verdict = Verdict::of(row, source.enabled, now);
    let mut known = vec![("state", verdict.word.to_owned()), ("reason", verdict.standing.reason)];
    if let Some(row) = row {
        known.extend(row.facts.last_item_at.map(|at| ("last_item_at", at.to_string())));
        known.extend(row.facts.last_success_at.map(|at| ("last_success_at", at.to_string())));
        known.push(("stories_week", row.stories_week.to_string()));
        known.push(("with_text_week", row.with_text_week.to_string()));
    }
    known.retain(|(_, value)| !value.is_empty());
    known
}
