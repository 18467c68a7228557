//! `presswatch run`: the daemon.

use std::process::ExitCode;

use crate::cli::Global;

/// Runs the daemon.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: Args, _global: &Global) -> anyhow::Result<ExitCode> {
    anyhow::bail!("being written")
}
