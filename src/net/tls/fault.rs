//! Why a TLS connection was not made, in words that say what to do.

use std::fmt;

use jiff::Timestamp;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, OtherError};

use crate::config::access::pin_text;

/// Why a TLS connection was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFault {
    pub problem: TlsProblem,
    /// SHA-256 of the key that was shown, where it was a certificate that was refused.
    pub key: Option<[u8; 32]>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsProblem {
    /// It was valid until the day that is named.
    Expired(Option<Timestamp>),
    NotYetValid(Option<Timestamp>),
    /// It is made out to other names: the first few of them.
    WrongName(Vec<String>),
    /// It vouches for itself.
    SelfSigned,
    /// The server shows its own certificate alone, and the issuer is no root.
    IncompleteChain {
        issuer: String,
    },
    /// The chain ends at somebody whom the system does not trust.
    UnknownIssuer {
        issuer: String,
    },
    Revoked,
    /// None of the pinned keys is shown.
    Pin,
    /// Any other fault of a certificate.
    Certificate(String),
    /// No certificate was judged: the two do not come to terms.
    Handshake(String),
}

impl TlsFault {
    /// A name from a bounded set.
    pub fn kind(&self) -> &'static str {
        match &self.problem {
            TlsProblem::Expired(_) => "tls_expired",
            TlsProblem::NotYetValid(_) => "tls_not_yet_valid",
            TlsProblem::WrongName(_) => "tls_wrong_name",
            TlsProblem::SelfSigned => "tls_self_signed",
            TlsProblem::IncompleteChain { .. } => "tls_incomplete_chain",
            TlsProblem::UnknownIssuer { .. } => "tls_unknown_issuer",
            TlsProblem::Revoked => "tls_revoked",
            TlsProblem::Pin => "tls_pin",
            TlsProblem::Certificate(_) => "tls_certificate",
            TlsProblem::Handshake(_) => "tls_handshake",
        }
    }

    /// Reads the library's error; the verifier's own findings travel inside of it.
    pub(in crate::net) fn of(error: &Error) -> Self {
        if let Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) = error
            && let Some(fault) = inner.downcast_ref::<Self>()
        {
            return fault.clone();
        }
        let problem = match error {
            Error::InvalidCertificate(error) => TlsProblem::Certificate(error.to_string()),
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
                TlsProblem::Handshake("the server does not speak TLS on this port".to_owned())
            }
            Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion) | Error::PeerIncompatible(_) => {
                TlsProblem::Handshake("the server offers no version of TLS, or no cipher, that is still safe".to_owned())
            }
            Error::AlertReceived(AlertDescription::UnrecognisedName) => {
                TlsProblem::Handshake("the server does not know the host by this name".to_owned())
            }
            other => TlsProblem::Handshake(other.to_string()),
        };
        Self { problem, key: None }
    }
}

impl fmt::Display for TlsFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |at: &Option<Timestamp>| at.map_or_else(|| "an unknown day".to_owned(), |at| at.strftime("%Y-%m-%d").to_string());
        match &self.problem {
            TlsProblem::Expired(at) => write!(out, "the certificate expired on {}: the publisher has to renew it", day(at))?,
            TlsProblem::NotYetValid(at) => {
                write!(out, "the certificate is valid from {} on only: look whether this machine's clock is right", day(at))?;
            }
            TlsProblem::WrongName(names) if names.is_empty() => write!(out, "the certificate is made out to another host")?,
            TlsProblem::WrongName(names) => {
                write!(out, "the certificate is made out to {}: the publisher uses another name, or somebody else answers", names.join(", "))?;
            }
            TlsProblem::SelfSigned => write!(out, "the certificate is signed by nobody but itself")?,
            TlsProblem::IncompleteChain { issuer } => {
                write!(
                    out,
                    "the server sends its own certificate alone, without that of its issuer ({issuer}): the publisher has to send the whole chain"
                )?;
            }
            TlsProblem::UnknownIssuer { issuer } => {
                write!(out, "the certificate is vouched for by {issuer}, whom this system does not trust: a proxy or a state may be reading along")?;
            }
            TlsProblem::Revoked => write!(out, "the certificate was revoked by its issuer")?,
            TlsProblem::Pin => write!(out, "the server shows none of the keys in tls_pin_sha256: it has a new one, or somebody else answers")?,
            TlsProblem::Certificate(reason) => write!(out, "the certificate is not accepted: {reason}")?,
            TlsProblem::Handshake(reason) => return out.write_str(reason),
        }
        match &self.key {
            Some(key) => write!(
                out,
                "; once the publisher confirms by another way that the key is theirs, tls_pin_sha256 = [\"{}\"] in the source accepts it",
                pin_text(key)
            ),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TlsFault {}
