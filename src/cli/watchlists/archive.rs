//! `presswatch watchlists test --archive`: what lists find among the stored stories, and what a change of them would.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::stories::with_store;
use crate::cli::watchlists::{compile, refuse};
use crate::cli::{Global, terminal};
use crate::config::{self, Watchlists};
use crate::model::{CountryCode, Language, SourceId, StoryId};
use crate::store::{ArchivedStory, Store};
use crate::watch::{Document, ListPreview, Preview, WatchlistSet};

const DAY: Duration = Duration::from_hours(24);

pub fn run(days: u16, with: Option<&Path>, global: &Global) -> anyhow::Result<ExitCode> {
    with_store(global, async |config, store| {
        let candidate = match with.map(config::load_watchlists).transpose() {
            Ok(changed) => changed.map(|changed| merged(&config.watchlists, changed)),
            Err(problems) => return Ok(refuse(&problems)),
        };
        let Ok(former) = compile(&config.watchlists) else { return Ok(ExitCode::from(2)) };
        let changed = match candidate.as_ref().map(compile).transpose() {
            Ok(set) => set,
            Err(code) => return Ok(code),
        };
        let started = Instant::now();
        let since = Timestamp::now().saturating_sub(DAY * u32::from(days)).unwrap_or(Timestamp::UNIX_EPOCH);
        let preview = look(store, since, changed.as_ref().unwrap_or(&former), &former).await?;
        let restricted = |id: &str| {
            candidate
                .as_ref()
                .unwrap_or(&config.watchlists)
                .lists
                .iter()
                .chain(&config.watchlists.lists)
                .any(|list| list.id.as_str() == id && list.restricted)
        };
        if global.json {
            let lists: Vec<Value> = preview.lists.iter().map(|(id, list)| as_json(id, list, restricted(id))).collect();
            terminal::json(&json!({ "days": days, "stories": preview.stories, "compared": changed.is_some(), "lists": lists }));
            return Ok(ExitCode::SUCCESS);
        }
        for (id, list) in &preview.lists {
            print(id, list, days, changed.is_some(), restricted(id));
        }
        let seconds = started.elapsed().as_secs_f64();
        terminal::line(&format!("{} stories of {days} days, {:.0} a second", preview.stories, preview.stories as f64 / seconds.max(0.001)));
        Ok(ExitCode::SUCCESS)
    })
}

/// The configured lists with those of a file in the place of their namesakes.
fn merged(configured: &Watchlists, changed: Watchlists) -> Watchlists {
    let mut all = configured.clone();
    all.terms.retain(|(name, _)| !changed.terms.iter().any(|(other, _)| other == name));
    all.lists.retain(|list| !changed.lists.iter().any(|other| other.id == list.id));
    all.terms.extend(changed.terms);
    all.lists.extend(changed.lists);
    all
}

/// Holds both sets against the archive, on every core, while the next piece is read.
async fn look(store: &Store, since: Timestamp, candidate: &WatchlistSet, former: &WatchlistSet) -> anyhow::Result<Preview> {
    let mut preview = Preview::new(candidate, former);
    let mut piece = store.archive(since, None).await?;
    while let Some(last) = piece.last().map(|story| story.id) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let found: Vec<Preview> = std::thread::scope(|scope| {
            let looks: Vec<_> = piece.chunks(piece.len().div_ceil(cores)).map(|part| scope.spawn(|| hold(part, candidate, former))).collect();
            looks.into_iter().filter_map(|look| look.join().ok()).collect()
        });
        for found in found {
            preview.add(found);
        }
        piece = store.archive(since, Some(last)).await?;
    }
    Ok(preview)
}

fn hold(stories: &[ArchivedStory], candidate: &WatchlistSet, former: &WatchlistSet) -> Preview {
    let mut preview = Preview::default();
    for story in stories {
        let Ok(source_id) = SourceId::new(&story.source_id) else { continue };
        let language = Language::parse(&story.language).unwrap_or_else(Language::undetermined);
        let source = format!("{} {}", story.source_id, story.source_name);
        let document = Document {
            title: &story.title,
            text: &story.body,
            url: story.url.as_deref().unwrap_or_default(),
            source: &source,
            authors: &story.authors,
            tags: &story.tags,
            language: &language,
            countries_about: story.countries.iter().filter_map(|(code, score)| Some((CountryCode::parse(code)?, *score))).collect(),
            topics: story.topics.clone(),
            source_id: &source_id,
        };
        preview.see(candidate, former, story.id, &document);
    }
    preview
}

fn print(id: &str, list: &ListPreview, days: u16, compared: bool, restricted: bool) {
    let mut line = format!("{id}: {} in the last {days} days", stories(list.found));
    if compared {
        let _ = write!(line, "; the configured list finds {}; new: {}, gone: {}", list.found_before, list.new, list.gone);
    }
    terminal::line(&line);
    let show = |mark: &str, all: &[(StoryId, String)]| {
        for (story, title) in all {
            let title = if restricted { String::new() } else { format!(" {}", title.replace('\n', " ")) };
            terminal::line(&format!("  {mark}{story}{title}"));
        }
    };
    if compared {
        show("+ ", &list.new_stories);
        show("- ", &list.gone_stories);
    } else {
        show("", &list.stories);
    }
}

fn stories(count: usize) -> String {
    format!("{count} {}", if count == 1 { "story" } else { "stories" })
}

fn as_json(id: &str, list: &ListPreview, restricted: bool) -> Value {
    let all = |stories: &[(StoryId, String)]| {
        stories.iter().map(|(id, title)| json!({ "id": id.to_string(), "title": (!restricted).then_some(title) })).collect::<Vec<_>>()
    };
    json!({
        "id": id,
        "found": list.found,
        "found_before": list.found_before,
        "new": list.new,
        "gone": list.gone,
        "stories": all(&list.stories),
        "new_stories": all(&list.new_stories),
        "gone_stories": all(&list.gone_stories),
    })
}
