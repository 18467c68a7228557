//! Stories as a table for people and as JSON for scripts.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

use crate::cli::{Global, terminal};
use crate::store::{PAGE_ROWS, StorySummary};

/// Prints one page of stories.
pub(super) fn print(stories: &[StorySummary], global: &Global) {
    if global.json {
        terminal::json(&Value::Array(stories.iter().map(as_json).collect()));
        return;
    }
    if !stories.is_empty() {
        terminal::line(&render(stories));
    }
    terminal::line(&format!("{} {}", stories.len(), if stories.len() == 1 { "story" } else { "stories" }));
    if let Some(last) = stories.last().filter(|_| i64::try_from(stories.len()).unwrap_or(i64::MAX) >= PAGE_ROWS) {
        terminal::line(&format!("older ones: add --before {}", last.id));
    }
}

pub(super) fn render(stories: &[StorySummary]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["SEEN (UTC)", "COUNTRY", "LANG", "SOURCE", "TITLE", "TOPICS", "ID"]);
    for story in stories {
        let copies = if story.copies > 0 { format!(" (+{})", story.copies) } else { String::new() };
        table.add_row([
            story.first_seen_at.strftime("%Y-%m-%d %H:%M").to_string(),
            story.main_country.clone().unwrap_or_else(|| "-".to_owned()),
            story.language.clone(),
            terminal::clean(&story.source_id),
            terminal::clean(&format!("{}{copies}", story.title)).replace(['\n', '\t'], " "),
            story.topics.join(", "),
            story.id.to_string(),
        ]);
    }
    table.trim_fmt()
}

/// A story as scripts read it.
pub(super) fn as_json(story: &StorySummary) -> Value {
    json!({
        "id": story.id.to_string(),
        "source": story.source_id,
        "source_name": story.source_name,
        "cluster": story.cluster.to_string(),
        "duplicate_of": story.duplicate_of.map(|id| id.to_string()),
        "url": story.url,
        "title": story.title,
        "excerpt": story.excerpt,
        "language": story.language,
        "published_at": story.published_at.map(|at| at.to_string()),
        "first_seen_at": story.first_seen_at.to_string(),
        "main_country": story.main_country,
        "topics": story.topics,
        "actors": story.actors,
        "copies": story.copies,
        "publishers": story.publishers,
        "revision": story.revision,
    })
}
