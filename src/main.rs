//! Parses arguments, calls the command, turns its result into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    presswatch::cli::main()
}
