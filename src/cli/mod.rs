//! The command line: one file per subcommand, each with its `Args` and a `run`.
//!
//! Exit codes: 0 done; 1 the job failed or found what it was asked to look for; 2 usage or configuration error.

pub mod alerts;
mod check;
mod excerpt;
mod completions;
pub mod db;
pub mod incidents;
mod demo;
mod init;
pub mod inspect;
mod run;
pub mod sources;
pub mod stories;
mod terminal;
pub mod tokens;
pub mod topics;
pub mod users;
pub mod watchlists;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Watches the world's news for attacks on journalists, media and political opposition.
#[derive(Debug, Parser)]
#[command(name = "presswatch", version, about, max_term_width = 100)]
pub struct Command {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    what: What,
}

/// Options that every subcommand takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Global {
    /// The configuration directory.
    #[arg(long, short = 'c', global = true, env = "PRESSWATCH_CONFIG", default_value = "/etc/presswatch", value_name = "DIR")]
    pub config: PathBuf,
    /// Prints JSON where a script would want it.
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Runs the daemon.
    Run(run::Args),
    /// Shows the whole job on a sample newsroom.
    Demo(demo::Args),
    /// Writes a commented default configuration.
    Init(init::Args),
    /// Lists all errors of a configuration.
    Check(check::Args),
    /// Lists, shows, tests, adds, imports and exports sources.
    Sources(sources::Args),
    /// Lists watchlists and tries them on texts.
    Watchlists(watchlists::Args),
    /// Tries topics and their words on stored stories.
    Topics(topics::Args),
    /// Lists, searches and shows stored stories.
    Stories(stories::Args),
    /// Lists, shows and exports incidents, as they are reported.
    Incidents(incidents::Args),
    /// Lists alerts and replays dead deliveries.
    Alerts(alerts::Args),
    /// Adds, lists and removes the accounts that sign in to the pages.
    Users(users::Args),
    /// Makes, lists and revokes the tokens of programs that read the API.
    Tokens(tokens::Args),
    /// Looks after the database.
    Db(db::Args),
    /// Runs one stage on a file, an address or JSON Lines.
    Inspect(inspect::Args),
    /// Prints completions for a shell.
    Completions(completions::Args),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let command = Command::parse();
    let global = command.global;
    let result = match command.what {
        What::Run(args) => run::run(args, &global),
        What::Demo(args) => demo::run(args, &global),
        What::Init(args) => init::run(args, &global),
        What::Check(args) => check::run(args, &global),
        What::Sources(args) => sources::run(args, &global),
        What::Watchlists(args) => watchlists::run(args, &global),
        What::Topics(args) => topics::run(args, &global),
        What::Stories(args) => stories::run(args, &global),
        What::Incidents(args) => incidents::run(args, &global),
        What::Alerts(args) => alerts::run(args, &global),
        What::Users(args) => users::run(&args, &global),
        What::Tokens(args) => tokens::run(&args, &global),
        What::Db(args) => db::run(args, &global),
        What::Inspect(args) => inspect::run(args, &global),
        What::Completions(args) => completions::run(args, &global),
    };
    result.unwrap_or_else(|error| {
        eprintln!("presswatch: {error:#}");
        ExitCode::FAILURE
    })
}

/// A runtime for commands that wait for the outside world.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
