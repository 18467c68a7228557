//! Secrets by reference: `credential:NAME`, `file:PATH`, `env:NAME`. A literal in TOML is refused.

use std::fmt;
use std::path::PathBuf;

/// Where a secret is found; the secret itself is read when it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretRef {
    /// A file below `$CREDENTIALS_DIRECTORY` (systemd's LoadCredential).
    Credential(String),
    /// A file that neither group nor others may read.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
}

/// A secret's value; its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the value without its trailing line break.
    pub fn new(value: &str) -> Self {
        Self(value.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// The value: to be handed to the peer that asks for it, never to a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(..)")
    }
}
