//! `/sources`: every source with its health, the lost ones among them.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;

use crate::config::units::format_duration;
use crate::store::SourceRow;
use crate::web::access::Viewer;
use crate::web::failure::Failure;
use crate::web::source_health::{self, Condition, Verdict};
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names, visit};

#[derive(Template)]
#[template(path = "sources.html")]
struct Page {
    section: Section,
    sources: Vec<Line>,
    former: Vec<Former>,
    may_edit: bool,
}

struct Line {
    id: String,
    name: String,
    country: String,
    language: String,
    verdict: Verdict,
    since: Option<When>,
    burst: Option<String>,
    last_item: Option<When>,
    last_fetch: Option<When>,
    pace: String,
    stories_week: i64,
    /// Share of this week's stories that carry a text: a source is judged by its text.
    with_text: Option<String>,
}

/// Known to the database, no longer named by the configuration.
struct Former {
    id: String,
    last_item: Option<When>,
    stories_week: i64,
}

pub async fn list(viewer: Viewer, State(state): State<WebState>) -> Result<Response, Failure> {
    let (config, t) = (state.config(), visit::texts());
    let rows = state.store.source_rows().await?;
    let now = Timestamp::now();
    let by_id: HashMap<&str, &SourceRow> = rows.iter().map(|row| (row.source_id.as_str(), row)).collect();
    let ago = |at: Option<Timestamp>| at.map(|at| When::ago(at, now));
    let mut sources: Vec<Line> = config
        .sources
        .iter()
        .map(|source| {
            let row = by_id.get(source.id.as_str()).copied();
            let verdict = Verdict::of(row, source.enabled, now);
            Line {
                id: source.id.to_string(),
                name: source.name.clone(),
                country: source.country.map_or_else(|| t.say("sources.international").plain(), |code| names::country(code.as_str())),
                language: source
                    .language
                    .as_ref()
                    .map_or_else(|| t.say("sources.any_language").plain(), |language| names::language(language.as_str())),
                // How long it is quiet stands in the next column.
                since: ago(verdict.standing.since).filter(|_| verdict.condition != Condition::Quiet),
                verdict,
                burst: row.and_then(|row| row.burst).map(|burst| source_health::watched(burst, now)),
                last_item: ago(row.and_then(|row| row.facts.last_item_at)),
                last_fetch: ago(row.and_then(|row| row.facts.last_fetch_at)),
                pace: row.map(|row| format_duration(row.interval)).unwrap_or_default(),
                stories_week: row.map_or(0, |row| row.stories_week),
                with_text: row.filter(|row| row.stories_week > 0).map(|row| view::percent(row.with_text_week as f32 / row.stories_week as f32)),
            }
        })
        .collect();
    sources.sort_by(|a, b| (a.verdict.rank, &a.country, &a.name).cmp(&(b.verdict.rank, &b.country, &b.name)));
    let named: HashSet<&str> = config.sources.iter().map(|source| source.id.as_str()).collect();
    let former = rows
        .iter()
        .filter(|row| !named.contains(row.source_id.as_str()))
        .map(|row| Former { id: row.source_id.clone(), last_item: ago(row.facts.last_item_at), stories_week: row.stories_week })
        .collect();
    Ok(view::html(&Page { section: Section::Sources, sources, former, may_edit: viewer.may_edit() }))
}
