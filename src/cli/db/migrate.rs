//! `presswatch db migrate`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::{Global, terminal};
use crate::store::open::Server;

pub async fn run(global: &Global, server: &Server) -> anyhow::Result<ExitCode> {
    let store = super::store(server).await?;
    let before = store.migration_status().await?;
    store.migrate().await?;
    store.close().await;
    if global.json {
        terminal::json(&json!({ "applied": before.pending.iter().map(|(version, _)| version).collect::<Vec<_>>() }));
        return Ok(ExitCode::SUCCESS);
    }
    for (version, description) in &before.pending {
        terminal::line(&format!("applied {version:04} {description}"));
    }
    if before.pending.is_empty() {
        terminal::line("the schema is up to date");
    }
    Ok(ExitCode::SUCCESS)
}
