//! `presswatch stories list`.

use std::process::ExitCode;

use crate::cli::Global;
use crate::cli::stories::table;
use crate::config::codes;
use crate::model::{SourceId, StoryId, WatchlistId};
use crate::store::{Store, StoryFilter};

/// Lists stories, newest first, 50 at a time.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    filter: Filter,
}

/// Which stories; all conditions must hold.
#[derive(Debug, clap::Args)]
pub(super) struct Filter {
    /// About this country (ISO 3166-1 alpha-2).
    #[arg(long, value_parser = country)]
    country: Option<String>,
    /// With this topic, such as arrest_detention.
    #[arg(long)]
    topic: Option<String>,
    /// With this actor, such as journalist.
    #[arg(long)]
    actor: Option<String>,
    /// From this source.
    #[arg(long, value_parser = |text: &str| SourceId::new(text).map(|id| id.to_string()))]
    source: Option<String>,
    /// In this language (ISO 639).
    #[arg(long, value_parser = language)]
    language: Option<String>,
    /// That met this watchlist.
    #[arg(long, value_parser = |text: &str| WatchlistId::new(text).map(|id| id.to_string()))]
    watchlist: Option<String>,
    /// Copies too, which are folded into their original otherwise.
    #[arg(long)]
    copies: bool,
    /// Only stories first seen before this one: continues a list.
    #[arg(long, value_name = "ID")]
    before: Option<uuid::Uuid>,
}

impl Filter {
    pub(super) fn with_words(&self, words: Vec<Vec<String>>) -> StoryFilter {
        StoryFilter {
            country: self.country.clone(),
            topic: self.topic.clone(),
            actor: self.actor.clone(),
            source: self.source.clone(),
            language: self.language.clone(),
            watchlist: self.watchlist.clone(),
            words,
            with_copies: self.copies,
            before: self.before.map(StoryId),
            ..StoryFilter::default()
        }
    }
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    table::print(&store.stories(&args.filter.with_words(Vec::new())).await?, global);
    Ok(ExitCode::SUCCESS)
}

fn country(text: &str) -> Result<String, String> {
    let code = codes::country(text).map_err(|hint| hint.unwrap_or_else(|| "not a country code (ISO 3166-1 alpha-2, such as KZ)".to_owned()))?;
    Ok(code.to_string())
}

fn language(text: &str) -> Result<String, String> {
    let code = codes::language(text).map_err(|hint| hint.unwrap_or_else(|| "not a language code (ISO 639, such as kk)".to_owned()))?;
    Ok(code.to_string())
}
