//! `presswatch sources`.

use std::process::ExitCode;

use crate::cli::Global;

/// See the subcommands.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: Args, _global: &Global) -> anyhow::Result<ExitCode> {
    anyhow::bail!("being written")
}
