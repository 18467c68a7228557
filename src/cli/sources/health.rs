//! What the database knows of sources, where one can be asked without starting anything.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::runtime;
use crate::config::Config;
use crate::config::units::format_duration;
use crate::model::Source;
use crate::store::open::open;
use crate::store::{FetchRow, SourceRow, embedded};
use crate::web::source_health::{self, Condition};

/// Sources by id. `None` when no database runs: a listing must not make one.
pub(super) fn rows(config: &Config) -> anyhow::Result<Option<HashMap<String, SourceRow>>> {
    ask(config, async |store| Ok(store.source_rows().await?.into_iter().map(|row| (row.source_id.clone(), row)).collect()))
}

/// One source with its last polls.
pub(super) fn of(config: &Config, source: &Source, polls: i64) -> anyhow::Result<Option<(Option<SourceRow>, Vec<FetchRow>)>> {
    ask(config, async |store| {
        let row = store.source_rows().await?.into_iter().find(|row| row.source_id == source.id.as_str());
        Ok((row, store.fetches(&source.id, polls).await?))
    })
}

fn ask<T>(config: &Config, question: impl AsyncFnOnce(&crate::store::Store) -> anyhow::Result<T>) -> anyhow::Result<Option<T>> {
    let state_directory = &config.instance.state_directory;
    if config.database.url.is_none() && embedded::running(state_directory).is_none() {
        return Ok(None);
    }
    runtime()?.block_on(async {
        let opened = open(&config.database, state_directory).await?;
        let answer = question(&opened.store).await;
        opened.close().await;
        answer.map(Some)
    })
}

/// How a source stands now, in one word.
pub(super) fn condition(source: &Source, row: Option<&SourceRow>) -> Condition {
    Condition::of(row, source.enabled, Timestamp::now())
}

/// What is known, for people.
pub(super) fn facts(source: &Source, row: Option<&SourceRow>, fetches: &[FetchRow]) -> Vec<(&'static str, String)> {
    let condition = condition(source, row);
    let mut facts = vec![("state", condition.as_str().to_owned())];
    let (reason, advice) = (source_health::reason(condition, row), source_health::advice(condition, row));
    facts.extend([("because", reason), ("what to do", advice.to_owned())].into_iter().filter(|(_, text)| !text.is_empty()));
    if let Some(row) = row {
        let moment = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
        facts.push(("last new item", moment(row.last_item_at)));
        facts.push(("last answer", moment(row.last_success_at)));
        facts.push(("last poll", moment(row.last_fetch_at)));
        facts.push(("pace", format_duration(row.interval)));
        facts.push(("in 7 days", format!("{} stories, {} with text", row.stories_week, row.with_text_week)));
    }
    for fetch in fetches {
        let status = fetch.http_status.map(|status| format!(" {status}")).unwrap_or_default();
        let detail = fetch.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
        let at = fetch.started_at.strftime("%Y-%m-%d %H:%M");
        facts.push(("poll", format!("{at} {}{status}, {} items, {} new{detail}", fetch.outcome, fetch.items_seen, fetch.items_new)));
        facts.extend(fetch.warnings.iter().map(|warning| ("  warning", warning.clone())));
    }
    facts
}

/// What is known, for scripts.
pub(super) fn as_json(source: &Source, row: Option<&SourceRow>) -> Value {
    let condition = condition(source, row);
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "state": condition.as_str(),
        "reason": source_health::reason(condition, row),
        "last_item_at": row.and_then(|row| moment(row.last_item_at)),
        "last_success_at": row.and_then(|row| moment(row.last_success_at)),
        "last_fetch_at": row.and_then(|row| moment(row.last_fetch_at)),
        "failing_since": row.and_then(|row| moment(row.failing_since)),
        "moved_to": row.and_then(|row| row.moved_to.clone()),
        "stories_week": row.map(|row| row.stories_week),
        "with_text_week": row.map(|row| row.with_text_week),
    })
}
