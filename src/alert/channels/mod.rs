//! The ways out: one leased delivery goes in, what became of the attempt comes out.
//!
//! Deliberately absent: the outbox, leases and concurrency. Nothing here logs: messages of [`DeliveryOutcome`] name no recipient and no secret.
//!
//! *Invariant:* whatever may heal (a peer that is down, a wrong password, an expired certificate, a missing secret) is tried again until the
//! schedule ends; only a peer's final word about this delivery ends it sooner.

mod error;
pub mod email;
mod html;
mod html_tables;
mod message_text;
mod openpgp;
pub mod plain;
mod smtp;
pub mod test;
mod transcript;
pub mod webhook;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

pub use error::{AlertError, Stage};
pub use openpgp::OpenPgpError;
pub use transcript::{Line, Transcript};

use crate::alert::channels::email::Sender;
use crate::alert::channels::smtp::Mailer;
use crate::alert::channels::webhook::Endpoint;
use crate::alert::retry;
use crate::config::{Channel, ChannelKind, Format, KeyFile, SmtpConfig, Webhook};
use crate::model::{AlertContent, AlertKind, ChannelId, ClaimedDelivery, DeliveryOutcome, Problem, Severity, StoryId};
use crate::net::Client;

/// So long before its end a key is warned of.
const KEY_WARNING: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);
/// Longest text of an outcome: a peer's answer may be a page.
const DETAIL_LIMIT: usize = 300;

/// All configured channels, ready to send. Made anew when the configuration changes.
#[derive(Debug)]
pub struct Channels {
    ways: BTreeMap<ChannelId, Way>,
    mail: Option<(Sender, Mailer)>,
    client: Client,
    public_url: Url,
}

#[derive(Debug)]
enum Way {
    Email { full_subject: bool, openpgp: Option<Vec<KeyFile>> },
    Webhook(Box<Endpoint>),
}

impl Channels {
    /// Prepares the channels; nothing is connected and no secret is read.
    ///
    /// # Errors
    /// [`AlertError::NoMailServer`] when a channel mails and no server is configured, [`AlertError::Sender`] when the sender is no address,
    /// [`AlertError::RemotePlaintext`] when mail would leave this machine in the clear.
    pub fn new(channels: &BTreeMap<ChannelId, Channel>, smtp: Option<&SmtpConfig>, client: Client, public_url: Url) -> Result<Self, AlertError> {
        let mail = match smtp {
            Some(config) => {
                let sender = Sender::new(&config.from)?;
                let mailer = Mailer::new(config, &sender)?;
                Some((sender, mailer))
            }
            None => None,
        };
        let mut ways = BTreeMap::new();
        for (id, channel) in channels {
            let way = match &channel.kind {
                ChannelKind::Email { .. } if mail.is_none() => return Err(AlertError::NoMailServer(id.clone())),
                ChannelKind::Email { full_subject, openpgp, .. } => Way::Email { full_subject: *full_subject, openpgp: openpgp.clone() },
                ChannelKind::Webhook(webhook) => Way::Webhook(Box::new(Endpoint { webhook: webhook.clone() })),
            };
            ways.insert(id.clone(), way);
        }
        Ok(Self { ways, mail, client, public_url })
    }

    /// Makes one attempt. It ends within the channel's timeout. Not cancel-safe: whether the peer took an interrupted delivery is unknown.
    pub async fn send(&self, delivery: &ClaimedDelivery, now: Timestamp) -> DeliveryOutcome {
        self.send_telling(delivery, now, &mut Transcript::off()).await
    }

    /// The same, and writes down what was said, without secrets.
    pub async fn send_telling(&self, delivery: &ClaimedDelivery, now: Timestamp, transcript: &mut Transcript) -> DeliveryOutcome {
        let Some(way) = self.ways.get(&delivery.channel) else {
            return DeliveryOutcome::GaveUp { error: AlertError::UnknownChannel(delivery.channel.clone()).to_string() };
        };
        let (result, delay) = match way {
            Way::Email { full_subject, openpgp } => {
                (self.mail(delivery, *full_subject, openpgp.as_deref(), now, transcript).await, retry::email_delay(delivery.attempt, jitter()))
            }
            Way::Webhook(endpoint) => {
                (endpoint.deliver(&self.client, delivery, &self.public_url, now, transcript).await, retry::webhook_delay(delivery.attempt, jitter()))
            }
        };
        outcome(result, delay, delivery, now)
    }

    async fn mail(
        &self,
        delivery: &ClaimedDelivery,
        full_subject: bool,
        keys: Option<&[KeyFile]>,
        now: Timestamp,
        transcript: &mut Transcript,
    ) -> Result<String, AlertError> {
        let (sender, mailer) = self.mail.as_ref().ok_or_else(|| AlertError::NoMailServer(delivery.channel.clone()))?;
        let message = match keys {
            None => email::compose(delivery, sender, full_subject, &self.public_url, now)?,
            Some(keys) => {
                transcript.note(|| format!("encrypting with OpenPGP to {} keys", keys.len()));
                let (keys, delivery, sender, public_url) = (keys.to_vec(), delivery.clone(), sender.clone(), self.public_url.clone());
                // Reading keys is arithmetic on long numbers.
                let composed = tokio::task::spawn_blocking(move || {
                    let keys = openpgp::recipients(&keys, now)?;
                    email::compose_encrypted(&delivery, &sender, &keys, &public_url, now)
                });
                composed.await.map_err(|error| AlertError::Message(error.to_string()))?.inspect_err(|error| transcript.note(|| describe(error)))?
            }
        };
        mailer.send(&message, transcript).await
    }
}

/// What is wrong with keys and templates, which would show only when something is sent; a key that ends soon is a warning.
///
/// It is not part of reading a configuration: one expired key must not keep the daemon from starting and telling all others.
pub fn problems(channels: &BTreeMap<ChannelId, Channel>, public_url: &Url, now: Timestamp) -> Vec<Problem> {
    let mut problems = Vec::new();
    for channel in channels.values() {
        match &channel.kind {
            ChannelKind::Email { openpgp: Some(keys), .. } => problems.extend(keys.iter().filter_map(|key| key_problem(key, now))),
            ChannelKind::Webhook(Webhook { format: Format::Template(template), payload, .. }) => {
                problems.extend(webhook::try_template(template, *payload, &channel.id, public_url, now));
            }
            ChannelKind::Email { .. } | ChannelKind::Webhook(_) => {}
        }
    }
    problems
}

fn key_problem(key: &KeyFile, now: Timestamp) -> Option<Problem> {
    match openpgp::read(&key.reference, now) {
        Err(error) => {
            let mut message = error.to_string();
            if let Some(cause) = std::error::Error::source(&error) {
                message = format!("{message}: {cause}");
            }
            let hint = Some("until then this channel's mail is not sent: it is tried again for 72 hours, then a dead letter".to_owned());
            Some(Problem { message, hint, ..key.place.clone() })
        }
        Ok(recipients) => {
            let ends = recipients.iter().filter_map(|recipient| recipient.expires_at).min()?;
            let soon = ends.duration_since(now) < KEY_WARNING;
            let message = format!("the key ends on {}: mail of this channel will then not be sent", ends.strftime("%Y-%m-%d"));
            let hint = Some("ask its owner to prolong it, and export it again".to_owned());
            soon.then(|| Problem { severity: Severity::Warning, message, hint, ..key.place.clone() })
        }
    }
}

/// Where a reader finds the story with its evidence, cluster and deliveries.
pub fn story_page(public_url: &Url, story: StoryId) -> Url {
    page_below(public_url, &["stories", &story.to_string()])
}

/// Where a reader of an alert finds more: its story, or of a test the first page.
fn alert_page(public_url: &Url, alert: &AlertContent) -> Url {
    if alert.kind == AlertKind::Test { page_below(public_url, &[]) } else { story_page(public_url, alert.story.id) }
}

/// What is behind [`alert_page`].
fn alert_page_name(alert: &AlertContent) -> &'static str {
    if alert.kind == AlertKind::Test { "Presswatch" } else { "Evidence and other reports" }
}

/// Where a reader acknowledges an alert, so that it is not repeated.
pub fn acknowledge_page(public_url: &Url, token: &str) -> Url {
    page_below(public_url, &["ack", token])
}

/// A page of ours.
pub(crate) fn page_below(public_url: &Url, parts: &[&str]) -> Url {
    let mut page = public_url.clone();
    page.set_query(None);
    page.set_fragment(None);
    if let Ok(mut path) = page.path_segments_mut() {
        path.pop_if_empty().extend(parts);
    }
    page
}

/// The story's address where it is one that a reader may safely follow.
fn original_link(url: Option<&str>) -> Option<Url> {
    let url = Url::parse(url?).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn outcome(result: Result<String, AlertError>, delay: Option<Duration>, delivery: &ClaimedDelivery, now: Timestamp) -> DeliveryOutcome {
    match result {
        Ok(detail) => DeliveryOutcome::Delivered { detail: without_recipient(&detail, &delivery.recipient) },
        Err(error @ AlertError::Gone(_)) => DeliveryOutcome::Gone { error: error.to_string() },
        Err(error) => {
            let said = without_recipient(&describe(&error), &delivery.recipient);
            match delay {
                Some(delay) if error.is_transient() => DeliveryOutcome::RetryAt { at: retry::next_try(now, delay, error.retry_after()), error: said },
                None if error.is_transient() => {
                    DeliveryOutcome::GaveUp { error: format!("gave up after {} attempts; the last one: {said}", delivery.attempt) }
                }
                _ => DeliveryOutcome::GaveUp { error: said },
            }
        }
    }
}

/// The error with its causes: the outcome is all that is kept of it.
fn describe(error: &AlertError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}

/// Mail servers repeat the address that they refuse; outcomes are shown and logged, so it is taken out.
fn without_recipient(text: &str, recipient: &str) -> String {
    let address = recipient.rsplit('<').next().unwrap_or_default().trim_end_matches('>').trim();
    let text = crate::alert::words::line(text, 4 * DETAIL_LIMIT);
    let text = if address.is_empty() { text } else { replace_ignoring_case(&text, address, "<recipient>") };
    crate::alert::words::line(&text, DETAIL_LIMIT)
}

fn replace_ignoring_case(text: &str, needle: &str, with: &str) -> String {
    let (lower, needle) = (text.to_ascii_lowercase(), needle.to_ascii_lowercase()); // ASCII folding keeps byte offsets
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for (at, found) in lower.match_indices(&needle) {
        result.push_str(text.get(from..at).unwrap_or_default());
        result.push_str(with);
        from = at + found.len();
    }
    result.push_str(text.get(from..).unwrap_or_default());
    result
}

/// 0..1. Without a source of chance the middle: a retry is worth more than its spread.
fn jitter() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod sample;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_a_story_is_below_the_public_address() {
        let story = StoryId(uuid::Uuid::from_u128(1));
        for (public, expect) in [
            ("https://desk.example", "https://desk.example/stories/00000000-0000-0000-0000-000000000001"),
            ("https://desk.example/watch?x#y", "https://desk.example/watch/stories/00000000-0000-0000-0000-000000000001"),
            ("https://desk.example/watch/", "https://desk.example/watch/stories/00000000-0000-0000-0000-000000000001"),
        ] {
            assert_eq!(story_page(&public.parse().unwrap(), story).as_str(), expect);
        }
    }

    #[test]
    fn only_web_addresses_are_linked() {
        for (url, linked) in
            [("https://a.example/x", true), ("http://a.example", true), ("javascript:alert(1)", false), ("data:text/html,x", false), ("/x", false)]
        {
            assert_eq!(original_link(Some(url)).is_some(), linked, "{url}");
        }
        assert_eq!(original_link(None), None);
    }

    #[test]
    fn outcomes_name_no_recipient() {
        let said = "550 5.1.1 <Desk@NGO.example>: unknown user desk@ngo.example\r\nsee https://x.example";
        assert_eq!(without_recipient(said, "Desk <desk@ngo.example>"), "550 5.1.1 <<recipient>>: unknown user <recipient> see https://x.example");
        assert_eq!(without_recipient("HTTP 200", ""), "HTTP 200");
    }
}
