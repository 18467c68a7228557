//! `presswatch demo`: the sample newsroom.

use std::process::ExitCode;

use crate::cli::Global;

/// Shows the whole job on a sample newsroom.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: Args, _global: &Global) -> anyhow::Result<ExitCode> {
    anyhow::bail!("being written")
}
