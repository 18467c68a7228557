//! Why an attempt failed.

use std::time::Duration;

use crate::alert::channels::openpgp::OpenPgpError;
use crate::config::secret::SecretError;
use crate::model::ChannelId;
use crate::net::NetError;

/// How far a conversation with a mail server came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Greeting, TLS, login: the server's word is about us, not about the recipient.
    Session,
    /// The sender's address.
    Sender,
    /// The recipient's address.
    Recipient,
    /// The message itself.
    Message,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Session => "the session",
            Self::Sender => "the sender",
            Self::Recipient => "the recipient",
            Self::Message => "the message",
        }
    }
}

/// Why a channel cannot be used or an attempt failed. No message names a recipient, a secret or a webhook's path.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    #[error("channel {0} sends e-mail but no mail server is configured: add [smtp] to presswatch.toml")]
    NoMailServer(ChannelId),
    #[error("smtp.from {0:?} is not a sender: write \"Name <address@domain>\"")]
    Sender(String),
    #[error(
        "smtp.security = \"local-plaintext\" is only for a mail server on this machine, not for {0}: use \"tls\" (port 465) or \"starttls\" (port 587)"
    )]
    RemotePlaintext(String),
    #[error("channel {0} is no longer configured: restore it and replay the alert")]
    UnknownChannel(ChannelId),
    #[error("the recipient is not a valid mail address")]
    Recipient,
    #[error("cannot write the message: {0}")]
    Message(String),
    #[error("cannot read the secret")]
    Secret(#[from] SecretError),
    #[error("the webhook's secret is not valid: {0}")]
    SigningKey(&'static str),
    #[error("connection to the mail server failed: {0}")]
    MailConnection(String),
    #[error("the mail server took longer than {} s", .0.as_secs())]
    MailTimeout(Duration),
    #[error("the mail server refused {}: {code} {text}", stage.as_str())]
    MailRefused { stage: Stage, code: u16, text: String },
    #[error(transparent)]
    Net(#[from] NetError),
    #[error("the endpoint redirects (HTTP {0}), which is not followed: configure the address that it leads to")]
    Redirected(u16),
    /// `said` begins with a colon where it is not empty.
    #[error("the endpoint answered HTTP {status}{said}")]
    Status { status: u16, said: String, retry_after: Option<Duration> },
    #[error("the endpoint answered HTTP {status}, but did not take the message: {fault}{said}")]
    NotTaken { status: u16, fault: &'static str, said: String, retry_after: Option<Duration> },
    #[error("the endpoint is gone (HTTP {0}): remove the channel or correct its address")]
    Gone(u16),
    #[error("the channel has no token: add token to its table")]
    NoToken,
    #[error("what url refers to is not a web address")]
    SecretAddress,
    #[error("nothing was sent, because it could not be encrypted")]
    OpenPgp(#[from] OpenPgpError),
    #[error("the template made no body: {0}")]
    Template(String),
}

impl AlertError {
    /// A name from a bounded set, for metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoMailServer(_) | Self::Sender(_) | Self::RemotePlaintext(_) | Self::UnknownChannel(_) | Self::NoToken => "configuration",
            Self::Recipient => "recipient",
            Self::Message(_) => "message",
            Self::Secret(_) | Self::SigningKey(_) | Self::SecretAddress => "secret",
            Self::MailConnection(_) => "mail_connection",
            Self::MailTimeout(_) => "mail_timeout",
            Self::MailRefused { .. } => "mail_refused",
            Self::Net(error) => error.kind(),
            Self::Redirected(_) => "redirect",
            Self::Status { .. } => "http_status",
            Self::NotTaken { .. } => "not_taken",
            Self::Gone(_) => "gone",
            Self::OpenPgp(_) => "openpgp",
            Self::Template(_) => "template",
        }
    }

    /// True when another attempt may succeed: by itself, or once a person has mended what is wrong on either side.
    ///
    /// A mail server's 5xx is final when it is about the recipient or the message (RFC 5321, 4.2.1). About the session or the sender it is
    /// not: a changed password would otherwise silence every alert for good.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::MailRefused { stage, code, .. } => matches!(stage, Stage::Session | Stage::Sender) || (400..500).contains(code),
            Self::UnknownChannel(_) | Self::Recipient | Self::Message(_) | Self::Gone(_) => false,
            Self::NoMailServer(_)
            | Self::Sender(_)
            | Self::RemotePlaintext(_)
            | Self::Secret(_)
            | Self::SigningKey(_)
            | Self::MailConnection(_)
            | Self::MailTimeout(_)
            | Self::Net(_)
            | Self::Redirected(_)
            | Self::NoToken
            | Self::SecretAddress
            | Self::OpenPgp(_)
            | Self::Template(_)
            | Self::NotTaken { .. }
            | Self::Status { .. } => true,
        }
    }

    /// How long the peer asks us to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } | Self::NotTaken { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
