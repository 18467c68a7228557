//! `presswatch completions SHELL`.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::Global;

/// Prints completions for a shell.
#[derive(Debug, clap::Args)]
pub struct Args {
    shell: clap_complete::Shell,
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "all commands have one signature")]
pub fn run(args: Args, _global: &Global) -> anyhow::Result<ExitCode> {
    clap_complete::generate(args.shell, &mut super::Command::command(), "presswatch", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}
