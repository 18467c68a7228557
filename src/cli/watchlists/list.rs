//! `presswatch watchlists list`.

use std::process::ExitCode;

use comfy_table::{Table, presets};
use serde_json::{Value, json};

use crate::cli::{Global, check, terminal};
use crate::config::Watchlist;

#[expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]
pub fn run(global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let lists = &config.watchlists.lists;
    if global.json {
        terminal::json(&Value::Array(lists.iter().map(as_json).collect()));
        return Ok(ExitCode::SUCCESS);
    }
    if !lists.is_empty() {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_header(["ID", "NAME", "PRIORITY", "LANGUAGES", "PERSONS", "CHANNELS"]);
        for list in lists {
            let state = if list.enabled { "" } else { " (off)" };
            let name = if list.restricted { "(restricted)" } else { list.name.as_str() };
            table.add_row([
                list.id.to_string(),
                format!("{name}{state}"),
                list.priority.as_str().to_owned(),
                or_any(&list.languages),
                list.persons.len().to_string(),
                joined(&list.alert.channels),
            ]);
        }
        terminal::line(&table.trim_fmt());
    }
    terminal::line(&format!("{} {}", lists.len(), if lists.len() == 1 { "watchlist" } else { "watchlists" }));
    Ok(ExitCode::SUCCESS)
}

/// Names of restricted lists stay in the configuration.
fn as_json(list: &Watchlist) -> Value {
    json!({
        "id": list.id.as_str(),
        "name": (!list.restricted).then_some(&list.name),
        "enabled": list.enabled,
        "restricted": list.restricted,
        "priority": list.priority.as_str(),
        "languages": list.languages.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "countries_about": list.countries_about.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "topics": list.topics,
        "persons": list.persons.len(),
        "channels": list.alert.channels.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn joined<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn or_any<T: ToString>(all: &[T]) -> String {
    if all.is_empty() { "any".to_owned() } else { joined(all) }
}
