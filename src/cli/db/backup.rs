//! `presswatch db backup`.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use anyhow::{Context, bail};

use super::client;
use crate::cli::terminal;
use crate::config::Config;
use crate::store::open::Server;

pub async fn run(config: &Config, server: &Server, file: &Path) -> anyhow::Result<ExitCode> {
    if file.exists() {
        bail!("{} exists already: name a new file", file.display());
    }
    // Written beside its place and moved there whole: a file of that name is a complete backup.
    let partial = with_suffix(file, ".partial");
    let result = write(config, server, &partial).await;
    if result.is_err() {
        // What is left of a failed backup is of no use, and the failure is what the caller must hear of.
        let _ = fs::remove_file(&partial);
    }
    result?;
    fs::rename(&partial, file).with_context(|| format!("cannot move the backup to {}", file.display()))?;
    terminal::line(&format!("wrote {} ({} bytes)", file.display(), fs::metadata(file)?.len()));
    Ok(ExitCode::SUCCESS)
}

async fn write(config: &Config, server: &Server, partial: &Path) -> anyhow::Result<()> {
    // Watchlist matches and recipients are in it: nobody else may read it.
    let out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(partial);
    let out = out.with_context(|| format!("cannot write {}", partial.display()))?;
    let mut command = client::command("pg_dump", config, server)?;
    command.args(["--format=custom", "--no-owner", "--no-privileges", "--schema=public"]);
    command.stdin(Stdio::null()).stdout(out.try_clone()?);
    let status =
        tokio::process::Command::from(command).status().await.context("cannot run pg_dump: install the Debian package `postgresql-client`")?;
    if !status.success() {
        bail!("pg_dump failed: {status}");
    }
    out.sync_all()?;
    let mut list = client::command("pg_restore", config, server)?;
    list.arg("--list").arg(partial).stdin(Stdio::null()).stdout(Stdio::null());
    if !tokio::process::Command::from(list).status().await.context("cannot run pg_restore")?.success() {
        bail!("the backup cannot be read back");
    }
    Ok(())
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
