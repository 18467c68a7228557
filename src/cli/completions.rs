//! `presswatch completions SHELL`.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::Global;

/// Prints completions for a shell.
#[derive(Debug, clap::Args)]
pub struct Args {
    shell: clap_complete::Shell,
}

pub fn run(args: Args, _global: &Global) -> anyhow::Result<ExitCode> {
    clap_complete::generate(args.shell, &mut super::Command::command(), "presswatch", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}
