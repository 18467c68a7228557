//! Whom a TLS connection is made with: the roots of trust, what is wrong with a certificate, and pinned keys.
//!
//! Enters: certificates as a server shows them. Leaves: a configuration of rustls, and [`TlsFault`] where a certificate is refused.
//! Deliberately absent: any way to accept whatever is shown. A certificate that cannot be verified is accepted by its pinned key alone.

mod certificate;
mod fault;
mod verify;

pub use fault::{TlsFault, TlsProblem};

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use crate::net::error::NetError;
use crate::net::tls::verify::ChainVerifier;

/// Whose signatures are trusted.
#[derive(Debug, Clone)]
pub enum Roots {
    /// The system's, or those of `$SSL_CERT_FILE`.
    System,
    /// These alone, in DER: for tests.
    Only(Vec<Vec<u8>>),
}

/// The keys that one host may show.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Pins {
    /// As in an address, IPv6 without brackets.
    pub host: String,
    /// SHA-256 of SubjectPublicKeyInfo.
    pub keys: Vec<[u8; 32]>,
}

/// The roots, read once.
#[derive(Debug, Clone)]
pub(super) struct Trust {
    provider: Arc<CryptoProvider>,
    chain: Arc<WebPkiServerVerifier>,
}

impl Trust {
    pub fn new(roots: &Roots) -> Result<Self, NetError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut store = RootCertStore::empty();
        match roots {
            // Single certificates that cannot be read are common in system stores.
            Roots::System => drop(store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
            Roots::Only(roots) => drop(store.add_parsable_certificates(roots.iter().map(|der| CertificateDer::from(der.clone())))),
        }
        if store.is_empty() {
            return Err(NetError::Setup("no root certificates are installed (package ca-certificates)".to_owned()));
        }
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider))
            .build()
            .map_err(|error| NetError::Setup(format!("the root certificates cannot be used: {error}")))?;
        Ok(Self { provider, chain })
    }

    /// How connections are made: verified by the roots, or, for the host of the pins, by its key.
    pub fn client_config(&self, pins: Option<Pins>) -> Result<ClientConfig, NetError> {
        let verifier = ChainVerifier { chain: Arc::clone(&self.chain), pins };
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| NetError::Setup(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}
