//! `presswatch stories search`.

use std::process::ExitCode;

use anyhow::bail;

use crate::cli::Global;
use crate::cli::stories::{list, table};
use crate::store::Store;
use crate::watch::search_terms;

/// Finds stories that hold all of the words; a "phrase" between quotation marks must occur as it stands.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Words, in any script; case and accents do not matter.
    #[arg(required = true)]
    words: Vec<String>,
    #[command(flatten)]
    filter: list::Filter,
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    let words = search_terms(&args.words.join(" "));
    if words.is_empty() {
        bail!("there is no word to search for");
    }
    table::print(&store.stories(&args.filter.with_words(words)).await?, global);
    Ok(ExitCode::SUCCESS)
}
