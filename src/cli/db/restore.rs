//! `presswatch db restore`.
//!
//! *Invariant:* all or nothing. The backup is turned into statements by `pg_restore` and handed to `psql` inside one transaction, whose
//! COMMIT we write only after `pg_restore` has ended well: a damaged file, a full disk or Ctrl-C leaves the database as it was.

use std::path::Path;
use std::process::{ExitCode, Stdio};

use anyhow::{Context, bail};
use tokio::io::AsyncWriteExt;

use super::client;
use crate::cli::terminal;
use crate::config::Config;
use crate::store::open::Server;

/// Every table of the schema, partitions with their parents.
const DROP_TABLES: &str = "
DO $$ DECLARE name regclass; BEGIN
    FOR name IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition LOOP
        EXECUTE format('DROP TABLE %s CASCADE', name);
    END LOOP;
END $$;
";

pub async fn run(config: &Config, server: &Server, file: &Path, replace: bool) -> anyhow::Result<ExitCode> {
    if !file.is_file() {
        bail!("{} is no file", file.display());
    }
    let store = super::store(server).await?;
    let (others, empty) = (store.other_sessions().await?, store.is_empty().await?);
    store.close().await;
    if others > 0 {
        bail!("a daemon is using the database ({others} connections): stop it first");
    }
    if !empty && !replace {
        bail!("the database is not empty: --replace drops all of its tables first (make a backup with `presswatch db backup`)");
    }
    transfer(config, server, file, replace).await?;
    // A backup of an older version is brought to the present.
    let store = super::store(server).await?;
    let migrated = store.migrate().await;
    store.close().await;
    migrated?;
    terminal::line(&format!("restored {}", file.display()));
    Ok(ExitCode::SUCCESS)
}

async fn transfer(config: &Config, server: &Server, file: &Path, replace: bool) -> anyhow::Result<()> {
    let mut reader = client::command("pg_restore", config, server)?;
    reader.args(["--file=-", "--schema=public", "--no-owner", "--no-privileges"]).arg(file).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut writer = client::command("psql", config, server)?;
    writer.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let missing = "cannot run the programs of the Debian package `postgresql-client`";
    let mut reader = tokio::process::Command::from(reader).kill_on_drop(true).spawn().context(missing)?;
    let mut writer = tokio::process::Command::from(writer).kill_on_drop(true).spawn().context(missing)?;
    let (mut from, mut to) = reader.stdout.take().zip(writer.stdin.take()).context("the pipes of the programs are missing")?;

    // When psql stops at an error it closes its end, and writing fails: its status tells more than ours.
    let mut written = to.write_all(b"BEGIN;\nSET LOCAL client_min_messages = warning;\n").await;
    if replace && written.is_ok() {
        written = to.write_all(DROP_TABLES.as_bytes()).await;
    }
    if written.is_ok() {
        written = tokio::io::copy(&mut from, &mut to).await.map(|_| ());
    }
    drop(from);
    let read = reader.wait().await?;
    let whole = written.is_ok() && read.success();
    if whole {
        written = to.write_all(b"\nCOMMIT;\n").await;
    }
    drop(to);
    let status = writer.wait().await?;
    if !status.success() {
        bail!("the backup does not fit the database, which stays as it was: psql ended with {status}");
    }
    if !whole {
        bail!("{} cannot be read as a backup, the database stays as it was: pg_restore ended with {read}", file.display());
    }
    Ok(written?)
}
