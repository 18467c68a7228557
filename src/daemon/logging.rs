//! Where the log goes: a terminal, JSON lines or the journal.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogConfig, LogFormat};

/// Installs the process's log. `RUST_LOG` overrides the configured filter.
///
/// # Errors
/// When the filter is malformed, the journal has no socket, or a log is installed already.
pub fn install(config: &LogConfig) -> anyhow::Result<()> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(filter) if !filter.is_empty() => EnvFilter::try_new(filter).context("RUST_LOG is no filter; try RUST_LOG=info,presswatch=debug")?,
        _ => EnvFilter::try_new(&config.filter).context("log.filter is no filter; try \"info,presswatch=debug\"")?,
    };
    let registry = tracing_subscriber::registry().with(filter);
    match resolved(config.format) {
        LogFormat::Json => registry.with(tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr)).try_init()?,
        LogFormat::Journald => {
            let journal = tracing_journald::layer().context("the journal cannot be reached: set log.format = \"terminal\" or \"json\"")?;
            registry.with(journal).try_init()?;
        }
        LogFormat::Auto | LogFormat::Terminal => {
            let colors = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            registry.with(tracing_subscriber::fmt::layer().with_ansi(colors).with_target(false).with_writer(std::io::stderr)).try_init()?;
        }
    }
    Ok(())
}

/// Under systemd with its output going to the journal, `Auto` speaks to the journal itself, with fields.
fn resolved(format: LogFormat) -> LogFormat {
    match format {
        LogFormat::Auto if std::env::var_os("JOURNAL_STREAM").is_some() && tracing_journald::layer().is_ok() => LogFormat::Journald,
        other => other,
    }
}
