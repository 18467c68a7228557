//! `presswatch alerts replay`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::{Global, terminal};
use crate::model::{ChannelId, DeliveryId};
use crate::store::Store;
use crate::store::outbox::Replay;

/// Puts given-up deliveries back into the outbox; the daemon sends them at once.
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
    let replayed = store.replay(&which).await?;
    if global.json {
        terminal::json(&json!({ "replayed": replayed }));
    } else {
        match replayed {
            0 => terminal::line("nothing to replay: no such delivery was given up"),
            1 => terminal::line("1 delivery is due again; the daemon sends it"),
            many => terminal::line(&format!("{many} deliveries are due again; the daemon sends them")),
        }
    }
    // One that was named and is not there is a mistake; of all there may be none.
    Ok(if replayed == 0 && args.delivery.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
