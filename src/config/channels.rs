//! Where alerts go: mail addresses and endpoints, each in the words of its service.

use std::collections::HashSet;
use std::time::Duration;

use url::Url;

use crate::config::parse_web_address;
use crate::config::secret::{SecretError, SecretRef};
use crate::config::template::BodyTemplate;
use crate::model::{ChannelId, Problem};

/// Where alerts go.
#[derive(Debug, Clone)]
pub struct Channel {
    pub id: ChannelId,
    pub kind: ChannelKind,
}

/// The ways out.
#[derive(Debug, Clone)]
pub enum ChannelKind {
    Email {
        to: Vec<String>,
        /// `false`: the subject names no watchlist and no headline.
        full_subject: bool,
        /// Never empty; `None` where mail is not encrypted.
        openpgp: Option<Vec<KeyFile>>,
    },
    Webhook(Webhook),
}

impl ChannelKind {
    /// One per row of the outbox: each mail address and each recipient of Signal, so that a refused one holds back no other; one empty text for an
    /// endpoint. One that is named twice is one.
    pub fn recipients(&self) -> Vec<String> {
        let named: &[String] = match self {
            Self::Email { to, .. } => to,
            Self::Webhook(Webhook { format: Format::Signal { recipients, .. }, .. }) => recipients,
            Self::Webhook(_) => return vec![String::new()],
        };
        let mut seen = HashSet::new();
        named.iter().filter(|address| seen.insert(address.trim().to_lowercase())).cloned().collect()
    }
}

/// An OpenPGP key to encrypt to.
#[derive(Debug, Clone)]
pub struct KeyFile {
    /// A file of this kind may be read by anybody: it holds a public key.
    pub reference: SecretRef,
    /// Where the reference stands, for a problem with what it leads to.
    pub place: Problem,
}

/// An endpoint.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub address: Address,
    pub format: Format,
    /// The first signs; all sign while keys rotate. Empty where nothing is signed.
    pub secrets: Vec<SecretRef>,
    /// What proves that we may post, where the service asks for it.
    pub token: Option<SecretRef>,
    pub timeout: Duration,
    pub payload: Payload,
}

/// An endpoint's address. Of some services it is all that is needed to post, and therefore a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Plain(Url),
    Secret(SecretRef),
}

/// Why an address cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("what the reference leads to is not a web address")]
    NoAddress,
}

impl Address {
    /// Reads the address; a secret one is not repeated by the error.
    pub fn resolve(&self) -> Result<Url, AddressError> {
        match self {
            Self::Plain(url) => Ok(url.clone()),
            Self::Secret(secret) => parse_web_address(secret.resolve()?.expose().trim()).map_err(|_| AddressError::NoAddress),
        }
    }
}

/// What an endpoint understands.
#[derive(Debug, Clone)]
pub enum Format {
    /// Standard Webhooks 1.0: always signed.
    Standard,
    Slack,
    Mattermost,
    Discord,
    Telegram {
        /// A number, or `@name` of a channel.
        chat: String,
        /// The topic of a forum.
        thread: Option<i64>,
    },
    Matrix {
        room: String,
    },
    Ntfy {
        topic: String,
    },
    /// The REST interface of signal-cli.
    Signal {
        number: String,
        recipients: Vec<String>,
    },
    Apprise {
        tag: Option<String>,
    },
    Alertmanager,
    /// A body of the user's own making.
    Template(BodyTemplate),
}

/// How much a webhook's body says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// The story and its labels.
    Full,
    /// The watchlist and a link, no headline.
    Minimal,
    /// An id and a link.
    Thin,
}
