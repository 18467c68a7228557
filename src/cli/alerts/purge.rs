//! `presswatch alerts purge`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::{Global, terminal};
use crate::model::{ChannelId, DeliveryId};
use crate::store::Store;
use crate::store::outbox::Replay;

/// Forgets given-up deliveries: they cannot be sent again.
#[derive(Debug, clap::Args)]
#[group(id = "which", required = true, multiple = false)]
pub struct Args {
    /// The delivery, as `alerts list --dead` gives it.
    #[arg(group = "which")]
    delivery: Option<uuid::Uuid>,
    /// Every given-up delivery of this channel.
    #[arg(long, group = "which", value_parser = ChannelId::new)]
    channel: Option<ChannelId>,
    /// Every given-up delivery.
    #[arg(long, group = "which")]
    all_dead: bool,
}

pub async fn run(args: &Args, global: &Global, store: &Store) -> anyhow::Result<ExitCode> {
    let which = match (args.delivery, &args.channel) {
        (Some(delivery), _) => Replay::Delivery(DeliveryId(delivery)),
        (None, Some(channel)) => Replay::Channel(channel.clone()),
        (None, None) => Replay::All,
    };
    let purged = store.purge(&which).await?;
    if global.json {
        terminal::json(&json!({ "purged": purged }));
    } else {
        terminal::line(&format!("{purged} given-up {} forgotten", if purged == 1 { "delivery" } else { "deliveries" }));
    }
    Ok(if purged == 0 && args.delivery.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
