//! `presswatch alerts enable`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::{Global, terminal};
use crate::model::ChannelId;
use crate::store::Store;

/// Switches a channel on again that was switched off because it took nothing; what waits for it is sent.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_parser = ChannelId::new)]
    channel: ChannelId,
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    let enabled = store.enable_channel(&args.channel).await?;
    if global.json {
        terminal::json(&json!({ "enabled": enabled }));
    } else if enabled {
        terminal::line("on again: the daemon sends what waits");
    } else {
        terminal::line("nothing to do: this channel is not switched off");
    }
    Ok(ExitCode::SUCCESS)
}
