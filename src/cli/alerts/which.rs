//! Which given-up deliveries a command is about.

use crate::model::{ChannelId, DeliveryId};
use crate::store::outbox::Replay;

/// One delivery, those of a channel, or all.
#[derive(Debug, clap::Args)]
#[group(id = "which", required = true, multiple = false)]
pub struct Which {
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

impl Which {
    pub fn deliveries(&self) -> Replay {
        match (self.delivery, &self.channel) {
            (Some(delivery), _) => Replay::Delivery(DeliveryId(delivery)),
            (None, Some(channel)) => Replay::Channel(channel.clone()),
            (None, None) => Replay::All,
        }
    }

    /// One that was named and is not there is a mistake; of all there may be none.
    pub fn is_missing(&self, touched: u64) -> bool {
        touched == 0 && self.delivery.is_some()
    }
}
