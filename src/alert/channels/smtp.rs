//! One mail to one recipient over SMTP: the conversation step by step, so that a refusal is known to be about us or about the recipient.
//!
//! A connection serves one mail: alerts are few, and a connection that died in a pool would cost an attempt.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;

use crate::alert::channels::Transcript;
use crate::alert::channels::email::{Message, Sender};
use crate::alert::channels::error::{AlertError, Stage};
use crate::config::secret::SecretRef;
use crate::config::{SmtpConfig, SmtpSecurity};

/// Time to say goodbye; the mail is delivered already.
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);

/// Speaks to the configured mail server.
pub(super) struct Mailer {
    host: String,
    port: u16,
    security: SmtpSecurity,
    login: Option<(String, SecretRef)>,
    timeout: Duration,
    /// The sender's domain: the name of this machine is nobody's business.
    hello: ClientId,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Mailer").field("host", &self.host).field("port", &self.port).field("security", &self.security).finish_non_exhaustive()
    }
}

impl Mailer {
    pub(super) fn new(config: &SmtpConfig, sender: &Sender) -> Result<Self, AlertError> {
        let host = config.host.trim().trim_matches(['[', ']']).to_owned();
        if config.security == SmtpSecurity::LocalPlaintext && !is_local_name(&host) {
            return Err(AlertError::RemotePlaintext(host));
        }
        Ok(Self {
            host,
            port: config.port,
            security: config.security,
            login: config.username.clone().zip(config.password.clone()),
            timeout: config.timeout,
            hello: ClientId::Domain(sender.domain().to_owned()),
        })
    }

    /// Delivers one mail and gives the server's last word. All of it up to that word has one deadline; the farewell has its own, because a server
    /// that took the mail and is slow to say goodbye has taken the mail.
    pub(super) async fn send(&self, message: &Message, transcript: &mut Transcript) -> Result<String, AlertError> {
        match tokio::time::timeout(self.timeout, self.converse(message, transcript)).await {
            Ok(Ok((mut connection, result))) => {
                let _ = tokio::time::timeout(QUIT_TIMEOUT, connection.abort()).await;
                result
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(AlertError::MailTimeout(self.timeout)),
        }
    }

    /// Fails where there is no connection to say goodbye on.
    async fn converse(
        &self,
        message: &Message,
        transcript: &mut Transcript,
    ) -> Result<(AsyncSmtpConnection, Result<String, AlertError>), AlertError> {
        let credentials = match &self.login {
            Some((username, password)) => Some(Credentials::new(username.clone(), password.resolve()?.expose().to_owned())),
            None => None,
        };
        let security = match self.security {
            SmtpSecurity::Tls => "TLS from the first byte",
            SmtpSecurity::Starttls => "STARTTLS, required",
            SmtpSecurity::LocalPlaintext => "in the clear, to this machine only",
        };
        transcript.note(|| format!("connecting to {} port {} ({security})", self.host, self.port));
        let mut connection = self.connect().await.inspect_err(|error| transcript.note(|| error.to_string()))?;
        transcript.sent(|| format!("EHLO {}", self.hello));
        transcript.received(|| format!("250 {}", connection.server_info()));
        let result = transact(&mut connection, credentials.as_ref(), &message.envelope, &message.bytes, transcript).await;
        if let Err(error) = &result {
            transcript.received(|| error.to_string());
        }
        Ok((connection, result))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, AlertError> {
        let session = |error: SmtpError| refusal(Stage::Session, &error);
        match self.security {
            SmtpSecurity::LocalPlaintext => {
                let address = self.local_address().await?;
                AsyncSmtpConnection::connect_tokio1(address, Some(self.timeout), &self.hello, None, None).await.map_err(session)
            }
            SmtpSecurity::Tls => {
                let tls = TlsParameters::new(self.host.clone()).map_err(session)?;
                let server = (self.host.as_str(), self.port);
                AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &self.hello, Some(tls), None).await.map_err(session)
            }
            SmtpSecurity::Starttls => {
                let tls = TlsParameters::new(self.host.clone()).map_err(session)?;
                let server = (self.host.as_str(), self.port);
                let mut connection =
                    AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &self.hello, None, None).await.map_err(session)?;
                if !connection.can_starttls() {
                    connection.abort().await;
                    return Err(AlertError::MailConnection("the server offers no STARTTLS, and nothing is sent in the clear".to_owned()));
                }
                connection.starttls(tls, &self.hello).await.map_err(session)?;
                Ok(connection)
            }
        }
    }

    /// The address that is connected to is the one that was looked at: a name cannot lead elsewhere in between.
    async fn local_address(&self) -> Result<SocketAddr, AlertError> {
        let addresses = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let mut addresses = addresses.map_err(|error| AlertError::MailConnection(format!("cannot resolve {}: {error}", self.host)))?;
        addresses.find(|address| address.ip().is_loopback()).ok_or_else(|| AlertError::RemotePlaintext(self.host.clone()))
    }
}

async fn transact(
    connection: &mut AsyncSmtpConnection,
    credentials: Option<&Credentials>,
    envelope: &Envelope,
    bytes: &[u8],
    transcript: &mut Transcript,
) -> Result<String, AlertError> {
    if let Some(credentials) = credentials {
        transcript.sent(|| "AUTH ***".to_owned());
        let answer = connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(|error| refusal(Stage::Session, &error))?;
        transcript.received(|| said(&answer));
    }
    let mut parameters = Vec::new();
    let ascii = envelope.from().into_iter().chain(envelope.to()).all(|address| address.to_string().is_ascii());
    if !ascii {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            let text = "the mail server does not take addresses beyond ASCII (SMTPUTF8)".to_owned();
            return Err(AlertError::MailRefused { stage: Stage::Recipient, code: 553, text });
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let mail = Mail::new(envelope.from().cloned(), parameters);
    transcript.sent(|| mail.to_string().trim_end().to_owned());
    let answer = connection.command(mail).await.map_err(|error| refusal(Stage::Sender, &error))?;
    transcript.received(|| said(&answer));
    for recipient in envelope.to() {
        let rcpt = Rcpt::new(recipient.clone(), Vec::new());
        transcript.sent(|| rcpt.to_string().trim_end().to_owned());
        let answer = connection.command(rcpt).await.map_err(|error| refusal(Stage::Recipient, &error))?;
        transcript.received(|| said(&answer));
    }
    transcript.sent(|| "DATA".to_owned());
    let answer = connection.command(Data).await.map_err(|error| refusal(Stage::Message, &error))?;
    transcript.received(|| said(&answer));
    transcript.sent(|| format!("{}\n... ({} bytes in all)\n.", headers_of(bytes), bytes.len()));
    let answer = connection.message(bytes).await.map_err(|error| refusal(Stage::Message, &error))?;
    transcript.received(|| said(&answer));
    Ok(said(&answer))
}

/// All of them are ASCII.
fn headers_of(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n", "\n")
}

fn said(answer: &Response) -> String {
    let words: Vec<&str> = answer.message().collect();
    format!("{} {}", answer.code(), words.join(" "))
}

fn refusal(stage: Stage, error: &SmtpError) -> AlertError {
    let cause = innermost(error);
    match error.status() {
        Some(code) => AlertError::MailRefused { stage, code: u16::from(code), text: cause },
        None => AlertError::MailConnection(cause),
    }
}

/// The cause that says something: the layers above only name themselves.
fn innermost(error: &SmtpError) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn is_local_name(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
