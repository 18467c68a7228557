//! `presswatch stories show ID`.

use std::collections::HashSet;
use std::process::ExitCode;

use anyhow::bail;
use serde_json::{Value, json};

use crate::cli::stories::table;
use crate::cli::{Global, terminal};
use crate::config::Config;
use crate::model::{Evidence, StoryId};
use crate::store::{Store, StoryDetail};

/// Shows one story with its text, its labels with their evidence, its matches and its cluster.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The story's id, as lists and alerts give it.
    id: uuid::Uuid,
}

pub async fn run(args: &Args, global: &Global, config: &Config, store: &Store) -> anyhow::Result<ExitCode> {
    let Some(found) = store.story(StoryId(args.id)).await? else {
        bail!("there is no story {}: it may be past its time (retention.stories)", args.id);
    };
    if global.json {
        terminal::json(&as_json(&found, config));
    } else {
        people(&found, config);
    }
    Ok(ExitCode::SUCCESS)
}

/// Of a restricted list (and of one that the configuration no longer describes) the evidence would tell the terms.
fn is_open(config: &Config, watchlist: &str) -> bool {
    config.watchlists.lists.iter().any(|list| list.id.as_str() == watchlist && !list.restricted)
}

fn people(story: &StoryDetail, config: &Config) {
    let summary = &story.summary;
    let fact = |name: &str, value: &str| terminal::line(&format!("{name:<14} {value}"));
    terminal::line(&summary.title);
    terminal::line("");
    fact("id", &summary.id.to_string());
    fact("source", &format!("{} ({})", summary.source_name, summary.source_id));
    fact("url", summary.url.as_deref().unwrap_or("none"));
    fact("language", &format!("{} ({:.0} % sure)", summary.language, story.language_confidence * 100.0));
    fact("published", &summary.published_at.map_or_else(|| "not said".to_owned(), |at| at.to_string()));
    fact("first seen", &summary.first_seen_at.to_string());
    if let Some(updated) = story.updated_at {
        fact("updated", &updated.to_string());
    }
    if let Some(section) = &story.section {
        fact("section", section);
    }
    if let Some(image) = &story.image_url {
        fact("image", image);
    }
    if !story.authors.is_empty() {
        fact("authors", &story.authors.join(", "));
    }
    if let Some(original) = summary.duplicate_of {
        fact("copy of", &original.to_string());
    }
    if summary.revision > 0 {
        fact("edited", &format!("{} time(s)", summary.revision));
    }
    fact("cluster", &format!("{}, told by {} independent publisher(s)", summary.cluster, summary.publishers));
    for label in &story.labels {
        let role = if label.role.is_empty() { String::new() } else { format!(" {}", label.role) };
        fact(&label.kind, &format!("{}{role} {:.2}{}", label.value, label.score, because(&label.evidence)));
    }
    for found in &story.matches {
        let why = if is_open(config, &found.watchlist) { because(&found.evidence) } else { " (restricted)".to_owned() };
        fact("watchlist", &format!("{} {:.2}{why}", found.watchlist, found.score));
    }
    terminal::line("");
    terminal::line(if story.body.is_empty() { "(the source gave no text)" } else { &story.body });
    let mut newer = (summary.title.as_str(), story.body.as_str());
    for former in &story.revisions {
        terminal::line("");
        terminal::line(&format!("Until {} it said:", former.replaced_at));
        for line in taken_out(newer, (&former.title, &former.body)) {
            terminal::line(&line);
        }
        newer = (&former.title, &former.body);
    }
    if !story.cluster.is_empty() {
        terminal::line("");
        terminal::line("The same event:");
        terminal::line(&table::render(&story.cluster));
    }
}

/// What an edit took out and put in, a paragraph a line: what is no longer said is news, too.
fn taken_out(newer: (&str, &str), former: (&str, &str)) -> Vec<String> {
    let mut lines = Vec::new();
    if newer.0 != former.0 {
        lines.push(format!("  headline: {}", former.0));
    }
    let (new, old): (HashSet<&str>, HashSet<&str>) = (newer.1.lines().collect(), former.1.lines().collect());
    lines.extend(former.1.lines().filter(|line| !new.contains(line)).map(|line| format!("  - {line}")));
    lines.extend(newer.1.lines().filter(|line| !old.contains(line)).map(|line| format!("  + {line}")));
    lines
}

/// `: "detained" (term detain*), "custody" (phrase)`
fn because(evidence: &[Evidence]) -> String {
    let mut places: Vec<String> = evidence.iter().map(|one| format!("\"{}\" ({})", one.text, one.rule)).collect();
    places.dedup();
    if places.is_empty() { String::new() } else { format!(": {}", places.join(", ")) }
}

fn as_json(story: &StoryDetail, config: &Config) -> Value {
    let evidence = |evidence: &[Evidence]| -> Vec<Value> {
        let one = |one: &Evidence| json!({ "field": one.field.as_str(), "start": one.start, "end": one.end, "text": one.text, "rule": one.rule });
        evidence.iter().map(one).collect()
    };
    let mut value = table::as_json(&story.summary);
    let labels = story.labels.iter().map(
        |label| json!({ "kind": label.kind, "value": label.value, "role": label.role, "score": label.score, "evidence": evidence(&label.evidence) }),
    );
    let matches = story.matches.iter().map(|found| {
        let open = is_open(config, &found.watchlist);
        let places = if open { evidence(&found.evidence) } else { Vec::new() };
        json!({ "watchlist": found.watchlist, "score": found.score, "restricted": !open, "evidence": places })
    });
    let revisions = story.revisions.iter().map(
        |former| json!({ "revision": former.revision, "title": former.title, "text": former.body, "replaced_at": former.replaced_at.to_string() }),
    );
    value["text"] = json!(story.body);
    value["authors"] = json!(story.authors);
    value["tags"] = json!(story.tags);
    value["section"] = json!(story.section);
    value["image_url"] = json!(story.image_url);
    value["updated_at"] = json!(story.updated_at.map(|at| at.to_string()));
    value["language_confidence"] = json!(story.language_confidence);
    value["labels"] = labels.collect();
    value["matches"] = matches.collect();
    value["revisions"] = revisions.collect();
    value["same_event"] = story.cluster.iter().map(table::as_json).collect();
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_shows_what_it_took_out_and_what_it_put_in() {
        let lines = taken_out(("Editor free", "She is free.\nShe denies it."), ("Editor held", "Four officers came.\nShe denies it."));
        assert_eq!(lines, ["  headline: Editor held", "  - Four officers came.", "  + She is free."]);
        assert!(taken_out(("t", "a"), ("t", "a")).is_empty());
    }
}
