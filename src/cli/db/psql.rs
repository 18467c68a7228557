//! `presswatch db psql`.

use std::process::ExitCode;

use anyhow::Context;

use super::client;
use crate::config::Config;
use crate::store::open::Server;

pub async fn run(config: &Config, server: &Server, arguments: &[String]) -> anyhow::Result<ExitCode> {
    let mut command = tokio::process::Command::from(client::command("psql", config, server)?);
    let mut child = command.args(arguments).spawn().context("cannot run psql: install the Debian package `postgresql-client`")?;
    // Ctrl-C in the prompt cancels a query: it is psql's, and must not take the cluster down under it.
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            interrupt = tokio::signal::ctrl_c() => interrupt?,
        }
    };
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
