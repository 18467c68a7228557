//! `/watchlists/{id}`: one list as its file says it, with what is wrong in it, and a draft tried on the archive. Nothing is written.

use std::fs;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::config::{self, Config, GroupBy, QueryText, Watchlist, Watchlists};
use crate::model::{Problem, Severity};
use crate::store::Store;
use crate::watch::WatchlistSet;
use crate::web::chart::{Chart, Days};
use crate::web::failure::Failure;
use crate::web::trial::{self, Tried};
use crate::web::view::{self, Section};
use crate::web::{WebState, visit};

/// Drafts are tried one at a time: a page must not take the cores from gathering.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

#[derive(Template)]
#[template(path = "watchlist.html")]
struct Page {
    section: Section,
    id: String,
    name: String,
    file: String,
    /// Number and text of each line of the list in its file.
    lines: Vec<(usize, String)>,
    problems: Vec<Shown>,
    draft: String,
    tried: Option<Tried>,
    /// Days of the archive that it is tried on.
    days: u32,
    /// Channels that the list alerts, and one alert per what.
    channels: usize,
    group: &'static str,
    /// What the list in force found.
    chart: Chart,
}

/// A problem as the page shows it.
struct Shown {
    line: usize,
    column: usize,
    kind: &'static str,
    message: String,
    hint: Option<String>,
}

/// A draft of a query.
#[derive(Debug, Deserialize)]
pub struct Draft {
    query: String,
}

pub async fn show(State(state): State<WebState>, Path(id): Path<String>) -> Result<Response, Failure> {
    let config = state.config();
    let list = find(&config, &id)?;
    let page = page(&state.store, &config, list, None).await?;
    Ok(view::html(&page))
}

/// Tries a draft.
pub async fn try_draft(State(state): State<WebState>, Path(id): Path<String>, Form(draft): Form<Draft>) -> Result<Response, Failure> {
    let config = state.config();
    let list = find(&config, &id)?;
    let mut page = page(&state.store, &config, list, Some(&draft.query)).await?;
    if page.problems.is_empty() {
        let Ok(_permit) = ONE_AT_A_TIME.try_acquire() else {
            return Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, "Another draft is being tried").with_advice("Try again in a few seconds."));
        };
        let (candidate, _) = compile(&config, &with_query(list, &draft.query)).map_err(|_| broken())?;
        let (former, _) = compile(&config, list).map_err(|_| broken())?;
        page.tried = Some(trial::run(&state.store, Arc::new(candidate), Arc::new(former), list).await?);
    }
    Ok(view::html(&page))
}

pub(super) fn broken() -> Failure {
    Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "The list cannot be compiled").with_advice("Run `presswatch check` on the machine.")
}

/// A restricted list has a page for those that it names: its terms stand in it.
fn find<'a>(config: &'a Config, id: &str) -> Result<&'a Watchlist, Failure> {
    config
        .watchlists
        .lists
        .iter()
        .find(|list| list.id.as_str() == id && visit::may_see(list))
        .ok_or_else(|| Failure::not_found("There is no such watchlist", "Restricted lists have a page for the accounts that they name alone."))
}

fn with_query(list: &Watchlist, draft: &str) -> Watchlist {
    let query = QueryText { text: draft.to_owned(), file: "draft".into(), line: 1, column: 1 };
    Watchlist { query, enabled: true, ..list.clone() }
}

fn compile(config: &Config, list: &Watchlist) -> Result<(WatchlistSet, Vec<Problem>), Vec<Problem>> {
    let list = Watchlist { enabled: true, ..list.clone() };
    WatchlistSet::compile(&Watchlists { terms: config.watchlists.terms.clone(), lists: vec![list] })
}

async fn page(store: &Store, config: &Arc<Config>, list: &Watchlist, draft: Option<&str>) -> Result<Page, Failure> {
    let file = list.query.file.clone();
    let (directory, line, id) = (config.directory.clone(), list.query.line, list.id.clone());
    let reading = tokio::task::spawn_blocking(move || {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let examined = config::examine(&directory);
        // The file may have changed since the lists in force were read.
        let line = examined.readable.watchlists.lists.iter().find(|list| list.id == id).map_or(line, |list| list.query.line);
        let lines = lines_of_list(&text, line);
        let mut problems = examined.problems;
        problems.extend(match WatchlistSet::compile(&examined.readable.watchlists) {
            Ok((_, warnings)) => warnings,
            Err(found) => found,
        });
        let last = lines.last().map_or(0, |(number, _)| *number);
        let first = lines.first().map_or(0, |(number, _)| *number);
        problems.retain(|problem| problem.file == file && (first..=last).contains(&problem.line));
        (lines, problems)
    });
    let (lines, mut problems) = reading.await.map_err(|_| broken())?;
    if let Some(draft) = draft {
        // Of a draft only its own faults count.
        problems = compile(config, &with_query(list, draft)).map_or_else(|found| found, |_| Vec::new());
    }
    problems.sort();
    problems.dedup();
    let now = Timestamp::now();
    let days = Days::last(trial::DAYS, now);
    let (daily, changes) = tokio::try_join!(store.matches_over_time(list.id.as_str(), &days.bounds), store.source_changes(days.begin()))?;
    let chart = Chart::new("matches-over-time", "Stories that the list in force met".to_owned(), &days, &daily, changes.iter());
    Ok(Page {
        section: Section::Watchlists,
        id: list.id.to_string(),
        name: list.name.clone(),
        file: list.query.file.strip_prefix(&config.directory).unwrap_or(&list.query.file).display().to_string(),
        lines,
        problems: problems.into_iter().map(Shown::from).collect(),
        draft: draft.map_or_else(|| list.query.text.trim().to_owned(), str::to_owned),
        tried: None,
        days: trial::DAYS,
        channels: list.alert.channels.len(),
        group: match list.alert.group_by {
            GroupBy::Cluster => "event",
            GroupBy::Language => "event and language",
            GroupBy::Story => "story",
        },
        chart,
    })
}

impl From<Problem> for Shown {
    fn from(problem: Problem) -> Self {
        let kind = if problem.severity == Severity::Error { "error" } else { "warning" };
        Self { line: problem.line, column: problem.column, kind, message: problem.message, hint: problem.hint }
    }
}

/// The lines of the table that holds a line, with its sub-tables; no line of another list.
fn lines_of_list(text: &str, line: usize) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let header = |text: &str| text.trim_start().starts_with("[[watchlist]]");
    let Some(first) = lines.iter().take(line).rposition(|text| header(text)) else { return Vec::new() };
    let ends = |text: &str| {
        let text = text.trim_start();
        text.starts_with('[') && !text.starts_with("[watchlist.") && !text.starts_with("[[watchlist.")
    };
    let rest = lines.iter().skip(first + 1).position(|text| ends(text)).map_or(lines.len(), |length| first + 1 + length);
    lines.iter().enumerate().take(rest).skip(first).map(|(number, text)| (number + 1, (*text).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::lines_of_list;

    #[test]
    fn a_list_is_cut_out_of_its_file_and_no_other() {
        let text = "[terms]\na = 'x'\n\n[[watchlist]]\nid = \"one\"\nquery = 'x'\n[watchlist.alert]\nchannels = []\n\n[[watchlist]]\nid = \"two\"\n";
        let numbers: Vec<usize> = lines_of_list(text, 6).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [4, 5, 6, 7, 8, 9]);
        assert_eq!(lines_of_list(text, 11).len(), 2);
        assert!(lines_of_list("", 3).is_empty());
    }
}
