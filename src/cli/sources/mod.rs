//! `presswatch sources`: what is listened to.

mod accept;
mod add;
mod burst;
mod discover;
mod health;
mod list;
mod opml;
mod show;
mod test;

use std::process::ExitCode;

use crate::cli::Global;

/// Lists, shows, tests, finds, adds, imports and exports sources.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Lists the configured sources.
    List(list::Args),
    /// Shows one source.
    Show(show::Args),
    /// Watches a source closely for a while.
    Burst(burst::Args),
    /// Takes whoever answers now for the publisher, after "hijacked?".
    Accept(accept::Args),
    /// Fetches sources and tells which moved or died.
    Test(test::Args),
    /// Finds the feeds of a site, or selectors where it has none, and prints a source to be added.
    Discover(discover::Args),
    /// Adds a source to sources.d/local.toml.
    Add(add::Args),
    /// Adds the feeds of an OPML file, as feed readers export it.
    Import(opml::ImportArgs),
    /// Writes the sources as OPML, for feed readers.
    Export(opml::ExportArgs),
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    match args.what {
        What::List(args) => list::run(&args, global),
        What::Show(args) => show::run(&args, global),
        What::Burst(args) => burst::run(&args, global),
        What::Accept(args) => accept::run(&args, global),
        What::Test(args) => test::run(&args, global),
        What::Discover(args) => discover::run(&args, global),
        What::Add(args) => add::run(args, global),
        What::Import(args) => opml::import(&args, global),
        What::Export(args) => opml::export(&args, global),
    }
}
