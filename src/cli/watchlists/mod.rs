//! `presswatch watchlists`: what is watched for, and why a text would be found.

mod archive;
mod explain;
mod list;
mod test;

use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::excerpt::Excerpts;
use crate::cli::{Global, terminal};
use crate::config::Watchlists;
use crate::model::Problem;
use crate::watch::WatchlistSet;

/// Lists watchlists and tries them on texts.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Lists the configured watchlists.
    List,
    /// Tries the watchlists on a text, a file or the stored archive and shows what they find.
    Test(test::Args),
    /// Says in words what a watchlist asks for.
    Explain(explain::Args),
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    match args.what {
        What::List => list::run(global),
        What::Test(args) => test::run(&args, global),
        What::Explain(args) => explain::run(&args, global),
    }
}

/// Compiles the lists, or prints every fault on standard error and gives the exit code for it.
fn compile(watchlists: &Watchlists) -> Result<WatchlistSet, ExitCode> {
    match WatchlistSet::compile(watchlists) {
        Ok((set, warnings)) => {
            print(&warnings);
            Ok(set)
        }
        Err(problems) => {
            print_with_excerpts(&problems, watchlists);
            Err(ExitCode::from(2))
        }
    }
}

fn refuse(problems: &[Problem]) -> ExitCode {
    print(problems);
    ExitCode::from(2)
}

fn print_with_excerpts(problems: &[Problem], watchlists: &Watchlists) {
    let mut excerpts = Excerpts::new(watchlists);
    for problem in problems {
        print(std::slice::from_ref(problem));
        if let Some(excerpt) = excerpts.of(problem) {
            eprintln!("{}", terminal::clean(&excerpt));
        }
    }
}

fn print(problems: &[Problem]) {
    for problem in problems {
        eprintln!("{}", terminal::clean(&problem.to_string()));
    }
}
