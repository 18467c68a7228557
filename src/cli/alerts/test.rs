//! `presswatch alerts test CHANNEL`.

use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::alert::channels::{Channels, Line, Transcript, test};
use crate::cli::{Global, check, runtime, terminal};
use crate::daemon;
use crate::model::{ChannelId, DeliveryOutcome};

/// Sends a marked test to every recipient of a channel, the way alerts go, and prints the conversation without secrets.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The channel, as it is named in watchlists.d.
    #[arg(value_parser = ChannelId::new)]
    channel: ChannelId,
}

/// What became of one recipient.
struct Attempt {
    recipient: String,
    outcome: DeliveryOutcome,
    lines: Vec<Line>,
}

pub fn run(args: &Args, global: &Global) -> anyhow::Result<ExitCode> {
    let config = match check::load(&global.config) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let Some(channel) = config.channels.get(&args.channel) else {
        let known: Vec<&str> = config.channels.keys().map(ChannelId::as_str).collect();
        let known = if known.is_empty() { "none is configured".to_owned() } else { format!("there are {}", known.join(", ")) };
        anyhow::bail!("there is no channel \"{}\"; {known}", args.channel);
    };
    let recipients = channel.kind.recipients();
    let attempts = runtime()?.block_on(async {
        let channels = daemon::channels_of(&config)?;
        anyhow::Ok(send(&channels, &args.channel, recipients).await)
    })?;
    let failed = attempts.iter().filter(|attempt| !is_taken(&attempt.outcome)).count();
    if global.json {
        terminal::json(&json!({ "channel": args.channel.as_str(), "failed": failed, "attempts": attempts.iter().map(as_json).collect::<Vec<_>>() }));
    } else {
        attempts.iter().for_each(show);
        terminal::line(&verdict(attempts.len(), failed));
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn send(channels: &Channels, channel: &ChannelId, recipients: Vec<String>) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for recipient in recipients {
        let now = Timestamp::now();
        let delivery = test::delivery(channel.clone(), recipient.clone(), now);
        let mut transcript = Transcript::kept();
        let outcome = channels.send_telling(&delivery, now, &mut transcript).await;
        attempts.push(Attempt { recipient, outcome, lines: transcript.lines().to_vec() });
    }
    attempts
}

fn is_taken(outcome: &DeliveryOutcome) -> bool {
    matches!(outcome, DeliveryOutcome::Delivered { .. })
}

/// What is known, and no more: that a server took it does not mean that somebody read it.
fn verdict(attempts: usize, failed: usize) -> String {
    match (attempts, failed) {
        (1, 0) => "the test was taken: look whether it arrived".to_owned(),
        (all, 0) => format!("all {all} tests were taken: look whether they arrived"),
        (1, _) => "the test was not taken".to_owned(),
        (all, failed) => format!("{failed} of {all} tests were not taken"),
    }
}

fn show(attempt: &Attempt) {
    for line in &attempt.lines {
        let (sign, text) = match line {
            Line::Sent(text) => (">", text),
            Line::Received(text) => ("<", text),
            Line::Note(text) => ("*", text),
        };
        for part in text.lines() {
            terminal::line(&format!("{sign} {}", terminal::clean(part)));
        }
    }
    let said = match &attempt.outcome {
        DeliveryOutcome::Delivered { detail } => format!("taken: {detail}"),
        DeliveryOutcome::RetryAt { error, .. } => format!("not taken, an alert would be tried again: {error}"),
        DeliveryOutcome::GaveUp { error } => format!("not taken, an alert would be a dead letter: {error}"),
        DeliveryOutcome::Gone { error } => format!("not taken, the channel would be switched off: {error}"),
    };
    terminal::line(&terminal::clean(&said));
    terminal::line("");
}

fn as_json(attempt: &Attempt) -> Value {
    let (taken, retried, detail) = match &attempt.outcome {
        DeliveryOutcome::Delivered { detail } => (true, false, detail),
        DeliveryOutcome::RetryAt { error, .. } => (false, true, error),
        DeliveryOutcome::GaveUp { error } | DeliveryOutcome::Gone { error } => (false, false, error),
    };
    let lines: Vec<Value> = attempt
        .lines
        .iter()
        .map(|line| match line {
            Line::Sent(text) => json!({ "sent": text }),
            Line::Received(text) => json!({ "received": text }),
            Line::Note(text) => json!({ "note": text }),
        })
        .collect();
    json!({ "recipient": attempt.recipient, "taken": taken, "would_be_tried_again": retried, "detail": detail, "conversation": lines })
}
