//! `presswatch alerts preview`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::watch;

use crate::alert::channels::plain;
use crate::cli::{Global, terminal};
use crate::config::{AlertMode, Config};
use crate::model::{AlertId, ChannelId, ClaimedDelivery, Content, DeliveryId, WatchlistId};
use crate::pipeline::alerting::Alerter;
use crate::store::{AlertFilter, Store};

/// Shows the next message of a watchlist as it would be: its digest with what waits, else its last alert. Nothing is sent.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(value_parser = WatchlistId::new)]
    watchlist: WatchlistId,
}

pub async fn run(args: &Args, global: &Global, config: &Config, store: &Store) -> anyhow::Result<ExitCode> {
    let list = config
        .watchlists
        .lists
        .iter()
        .find(|list| list.id == args.watchlist)
        .with_context(|| format!("there is no watchlist \"{}\": see `presswatch watchlists list`", args.watchlist))?;
    let (_keep, current) = watch::channel(Arc::new(config.clone()));
    let (digests, due) = Alerter::new(store.clone(), current).preview(list).await?;
    let mut contents: Vec<Content> = digests.into_iter().map(|digest| Content::Digest(Box::new(digest))).collect();
    let waits = !contents.is_empty();
    if contents.is_empty() && list.alert.mode == AlertMode::Immediate {
        let filter = AlertFilter { watchlist: Some(list.id.to_string()), ..AlertFilter::default() };
        contents.extend(store.alerts(&filter).await?.into_iter().map(|alert| alert.content).find(|content| content.alert().is_some()));
    }
    let public_url = crate::daemon::pages_url(config)?;
    let texts: Vec<String> = contents.into_iter().map(|content| plain::text(&as_sent(content), &public_url)).collect();
    if global.json {
        terminal::json(&json!({ "watchlist": list.id.as_str(), "digest": waits, "due_at": waits.then(|| due.to_string()), "messages": texts }));
        return Ok(ExitCode::SUCCESS);
    }
    match (waits, texts.is_empty()) {
        (true, _) => terminal::line(&format!("The next digest, as it would be now; it is due at {}.\n", due.strftime("%Y-%m-%d %H:%M UTC"))),
        (false, false) => terminal::line("No digest waits. The last alert of this watchlist:\n"),
        (false, true) => {
            terminal::line("Nothing waits, and nothing was alerted yet. `presswatch watchlists test --archive` shows what the list would find.");
        }
    }
    for text in texts {
        terminal::line(&terminal::clean(&text));
    }
    Ok(ExitCode::SUCCESS)
}

fn as_sent(content: Content) -> ClaimedDelivery {
    let now = Timestamp::now();
    let channel = ChannelId::new("preview").expect("a valid name");
    ClaimedDelivery {
        id: DeliveryId::new(now),
        alert: AlertId::new(now),
        channel,
        recipient: String::new(),
        attempt: 1,
        generation: 1,
        created_at: now,
        content,
    }
}
