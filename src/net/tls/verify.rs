//! Verifies as the library does, and says precisely why not.

use std::sync::Arc;

use jiff::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};

use crate::net::tls::Pins;
use crate::net::tls::certificate::Certificate;
use crate::net::tls::fault::{TlsFault, TlsProblem};

/// Of the names on a wrong certificate so many are told.
const NAMES_TOLD: usize = 3;

/// Verifies a chain by the roots. The host of the pins is verified by its key instead, which it proves to hold by its signature: name, dates and issuer
/// then say nothing more, and a certificate that the roots vouch for is refused all the same if its key is another one.
#[derive(Debug)]
pub(super) struct ChainVerifier {
    pub chain: Arc<WebPkiServerVerifier>,
    pub pins: Option<Pins>,
}

impl ServerCertVerifier for ChainVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let leaf = Certificate::read(end_entity);
        let key = leaf.as_ref().map(Certificate::key_hash);
        let problem = match &self.pins {
            Some(pins) if server_name.to_str().eq_ignore_ascii_case(&pins.host) => {
                if key.is_some_and(|key| pins.keys.contains(&key)) {
                    return Ok(ServerCertVerified::assertion());
                }
                TlsProblem::Pin
            }
            _ => match self.chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
                Ok(verified) => return Ok(verified),
                Err(Error::InvalidCertificate(error)) => problem(&error, leaf.as_ref(), intermediates),
                Err(other) => return Err(other),
            },
        };
        Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(TlsFault { problem, key })))))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

fn problem(error: &CertificateError, leaf: Option<&Certificate<'_>>, intermediates: &[CertificateDer<'_>]) -> TlsProblem {
    let moment = |at: &UnixTime| i64::try_from(at.as_secs()).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    match error {
        CertificateError::Expired => TlsProblem::Expired(None),
        CertificateError::ExpiredContext { not_after, .. } => TlsProblem::Expired(moment(not_after)),
        CertificateError::NotValidYet => TlsProblem::NotYetValid(None),
        CertificateError::NotValidYetContext { not_before, .. } => TlsProblem::NotYetValid(moment(not_before)),
        CertificateError::NotValidForName => TlsProblem::WrongName(Vec::new()),
        CertificateError::NotValidForNameContext { presented, .. } => {
            TlsProblem::WrongName(presented.iter().take(NAMES_TOLD).map(|name| plain_name(name)).collect())
        }
        CertificateError::Revoked => TlsProblem::Revoked,
        // A certificate that is its own issuer is found out in several ways: as an unknown one, or as one that may not stand for a server.
        CertificateError::UnknownIssuer | CertificateError::Other(_) if leaf.is_some_and(Certificate::is_self_issued) => TlsProblem::SelfSigned,
        CertificateError::UnknownIssuer => {
            let top = intermediates.last().and_then(|der| Certificate::read(der));
            match (top.as_ref(), leaf) {
                (Some(top), _) => TlsProblem::UnknownIssuer { issuer: top.issuer_name() },
                (None, Some(leaf)) => TlsProblem::IncompleteChain { issuer: leaf.issuer_name() },
                (None, None) => TlsProblem::Certificate("it cannot be read".to_owned()),
            }
        }
        other => TlsProblem::Certificate(other.to_string()),
    }
}

/// `DnsName("news.example")`, as the library tells it, without what is its own.
fn plain_name(name: &str) -> String {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner);
    inner.trim_end_matches(')').trim_matches('"').chars().filter(|c| !c.is_control()).take(80).collect()
}
