//! `presswatch db status`.

use std::process::ExitCode;

use comfy_table::{CellAlignment, Table, presets};
use serde_json::json;

use crate::cli::stories::relabel;
use crate::cli::{Global, terminal};
use crate::store::open::Server;
use crate::store::status::TableStatus;

pub async fn run(global: &Global, server: &Server) -> anyhow::Result<ExitCode> {
    let store = super::store(server).await?;
    let status = store.database_status().await;
    store.close().await;
    let status = status?;
    let place = match (server.private, &server.embedded) {
        (false, _) => "external server",
        (true, Some(_)) => "private cluster, started for this command",
        (true, None) => "private cluster, run by another presswatch",
    };
    let complete = status.migrations.pending.is_empty() && status.migrations.unknown.is_empty();
    if global.json {
        let table = |one: &TableStatus| json!({ "name": one.name, "rows": one.rows, "size_bytes": one.size_bytes });
        let migration = |(version, description): &(i64, String)| json!({ "version": version, "description": description });
        terminal::json(&json!({
            "server_version": status.server_version,
            "private": server.private,
            "database": status.database,
            "size_bytes": status.size_bytes,
            "migrations": {
                "applied": status.migrations.applied.iter().map(migration).collect::<Vec<_>>(),
                "pending": status.migrations.pending.iter().map(migration).collect::<Vec<_>>(),
                "unknown": status.migrations.unknown,
            },
            "labels": status.labeling.as_ref().map(relabel::as_json),
            "tables": status.tables.iter().map(table).collect::<Vec<_>>(),
            "partitions": status.partitions.iter().map(table).collect::<Vec<_>>(),
        }));
        return Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    terminal::line(&format!("PostgreSQL {} ({place})", status.server_version));
    terminal::line(&format!("database {}, {}", status.database, size(status.size_bytes)));
    terminal::line(&format!("migrations: {} applied, {} pending", status.migrations.applied.len(), status.migrations.pending.len()));
    for (version, description) in &status.migrations.pending {
        terminal::line(&format!("  pending: {version:04} {description} (run `presswatch db migrate`)"));
    }
    for version in &status.migrations.unknown {
        terminal::line(&format!("  unknown: {version:04}, applied by a newer presswatch"));
    }
    if let Some(known) = &status.labeling {
        terminal::line(&format!("labels: {}", relabel::in_words(known)));
    }
    for (title, tables) in [("table", &status.tables), ("month", &status.partitions)] {
        if !tables.is_empty() {
            terminal::line("");
            terminal::line(&render(title, tables));
        }
    }
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn render(title: &str, tables: &[TableStatus]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header([title, "rows", "size"]);
    for one in tables {
        table.add_row([one.name.clone(), one.rows.to_string(), size(one.size_bytes)]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut units = ["B", "kB", "MB", "GB", "TB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    while value >= 1024.0 {
        let Some(larger) = units.next() else { break };
        value /= 1024.0;
        unit = larger;
    }
    if unit == "B" { format!("{bytes} B") } else { format!("{value:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        let check = |bytes, expect: &str| assert_eq!(size(bytes), expect);
        check(0, "0 B");
        check(1023, "1023 B");
        check(8 * 1024 * 1024, "8.0 MB");
        check(u64::MAX, "16777216.0 TB");
    }
}
