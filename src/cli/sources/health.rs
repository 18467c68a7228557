//! What the database knows of sources, where one can be asked without starting anything.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::runtime;
use crate::config::Config;
use crate::config::units::format_duration;
use crate::model::Source;
use crate::store::open::open;
use crate::store::sources::EventRow;
use crate::store::{FetchRow, SourceRow, embedded};
use crate::web::source_health::{Condition, Verdict, watched};

/// Sources by id. `None` when no database runs: a listing must not make one.
pub(super) fn rows(config: &Config) -> anyhow::Result<Option<HashMap<String, SourceRow>>> {
    ask(config, async |store| Ok(store.source_rows().await?.into_iter().map(|row| (row.source_id.clone(), row)).collect()))
}

/// What is known of one source.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub row: Option<SourceRow>,
    pub fetches: Vec<FetchRow>,
    pub events: Vec<EventRow>,
}

/// One source with its last polls and changes.
pub(super) fn of(config: &Config, source: &Source, polls: i64) -> anyhow::Result<Option<Known>> {
    ask(config, async |store| {
        let row = store.source_rows().await?.into_iter().find(|row| row.source_id == source.id.as_str());
        Ok(Known { row, fetches: store.fetches(&source.id, polls).await?, events: store.source_events(&source.id, polls).await? })
    })
}

/// Asks the database that runs; `None` when none does.
pub(super) fn ask<T>(config: &Config, question: impl AsyncFnOnce(&crate::store::Store) -> anyhow::Result<T>) -> anyhow::Result<Option<T>> {
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

/// How a source stands now.
pub(super) fn verdict(source: &Source, row: Option<&SourceRow>) -> Verdict {
    Verdict::of(row, source.enabled, Timestamp::now())
}

/// What is known, for people.
pub(super) fn facts(source: &Source, known: &Known) -> Vec<(&'static str, String)> {
    let verdict = verdict(source, known.row.as_ref());
    let standing = verdict.standing;
    let mut facts = vec![("state", verdict.word.to_owned())];
    facts.extend([("because", standing.reason), ("what to do", standing.advice.to_owned())].into_iter().filter(|(_, text)| !text.is_empty()));
    facts.extend(standing.evidence.into_iter().map(|line| ("  evidence", line)));
    if let Some(row) = &known.row {
        let moment = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
        facts.push(("last new item", moment(row.facts.last_item_at)));
        facts.push(("last answer", moment(row.facts.last_success_at)));
        facts.push(("last poll", moment(row.facts.last_fetch_at)));
        facts.push(("pace", format_duration(row.interval)));
        facts.extend(row.burst.map(|burst| ("watched closely", watched(burst, Timestamp::now()))));
        facts.extend(row.items_per_day.map(|rate| ("new items a day", format!("{rate:.1}"))));
        facts.push(("in 7 days", format!("{} stories, {} with text", row.stories_week, row.with_text_week)));
    }
    for event in &known.events {
        let at = event.at.strftime("%Y-%m-%d %H:%M");
        let reason = if event.reason.is_empty() { String::new() } else { format!(": {}", event.reason) };
        facts.push(("change", format!("{at} {} -> {}{reason}", event.from.as_str(), event.to.as_str())));
    }
    for fetch in &known.fetches {
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
    let verdict = verdict(source, row);
    let facts = row.map(|row| &row.facts);
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let standing = &verdict.standing;
    let burst = row.and_then(|row| row.burst);
    json!({
        "state": verdict.word,
        "heard": verdict.condition == Condition::Heard,
        "since": moment(standing.since),
        "reason": standing.reason,
        "evidence": standing.evidence,
        "advice": standing.advice,
        "last_item_at": facts.and_then(|facts| moment(facts.last_item_at)),
        "last_success_at": facts.and_then(|facts| moment(facts.last_success_at)),
        "last_fetch_at": facts.and_then(|facts| moment(facts.last_fetch_at)),
        "last_outcome": facts.and_then(|facts| facts.last_outcome.as_deref()),
        "last_status": facts.and_then(|facts| facts.last_status),
        "failing_since": facts.and_then(|facts| moment(facts.failing_since)),
        "failures": facts.map(|facts| facts.failures),
        "moved_to": facts.and_then(|facts| facts.moved_to.as_deref()),
        "domain_held_until": facts.and_then(|facts| moment(facts.held_until)).filter(|_| facts.is_some_and(|facts| facts.held_until > Some(Timestamp::now()))),
        "next_due_at": row.map(|row| row.next_due_at.to_string()),
        "interval_seconds": row.map(|row| row.interval.as_secs()),
        "items_per_day": row.and_then(|row| row.items_per_day),
        "burst": burst.map(|burst| json!({ "every_seconds": burst.every.as_secs(), "until": burst.until.to_string() })),
        "stories_week": row.map(|row| row.stories_week),
        "with_text_week": row.map(|row| row.with_text_week),
    })
}

/// The last changes, for scripts.
pub(super) fn events_json(events: &[EventRow]) -> Value {
    let one = |event: &EventRow| {
        json!({
            "id": event.id,
            "at": event.at.to_string(),
            "from": event.from.as_str(),
            "to": event.to.as_str(),
            "reason": event.reason,
            "evidence": event.evidence,
            "advice": event.advice,
        })
    };
    Value::Array(events.iter().map(one).collect())
}
