//! Secrets by reference: `credential:NAME`, `file:PATH`, `env:NAME`. A literal in TOML is refused.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// More than any key or address needs; a reference to a wrong file must not fill the memory.
const LIMIT_BYTES: u64 = 64 * 1024;

/// How to keep a secret out of the configuration; the second half of every refusal.
pub const HOW_TO_REFER: &str = "put it into a file that only presswatch's user can read (chmod 600) and write \"file:PATH\", \
    or give it by systemd's LoadCredential and write \"credential:NAME\", or write \"env:NAME\" for an environment variable";

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

/// Why a secret cannot be had. No message ever holds the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The text is no reference: most likely the secret itself, which is why it is not repeated.
    #[error("a secret is given by reference, never literally")]
    Literal,
    #[error("{0:?} is not a valid credential name")]
    CredentialName(String),
    #[error("{0:?} is not a valid name of an environment variable")]
    VariableName(String),
    #[error("the reference names nothing")]
    NoName,
    #[error(
        "the credential {0:?} is not available: $CREDENTIALS_DIRECTORY is not set, so presswatch was not started by systemd with LoadCredential={0}:..."
    )]
    NoCredentials(String),
    #[error("the environment variable {0} is not set")]
    NoVariable(String),
    #[error("{path} can be read by others (mode {mode:o}): run chmod 600 {path}")]
    ReadableByOthers { path: PathBuf, mode: u32 },
    #[error("{0} is not a file")]
    NotAFile(PathBuf),
    #[error("cannot read {path}")]
    Unreadable {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("{0} is longer than 64 KiB: it holds no secret")]
    TooLong(PathBuf),
    #[error("{0} is not UTF-8 text")]
    NotText(String),
    #[error("{0} is empty")]
    Empty(String),
}

impl SecretError {
    /// The bounded name of the fault.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Literal => "literal",
            Self::CredentialName(_) | Self::VariableName(_) | Self::NoName => "reference",
            Self::NoCredentials(_) => "no_credentials",
            Self::NoVariable(_) => "no_variable",
            Self::ReadableByOthers { .. } => "permissions",
            Self::NotAFile(_) | Self::Unreadable { .. } => "unreadable",
            Self::TooLong(_) | Self::NotText(_) | Self::Empty(_) => "content",
        }
    }

    /// Never: an operator has to act.
    pub fn is_transient(&self) -> bool {
        false
    }
}

impl SecretRef {
    /// Reads a reference. A path stays as it is written: see [`SecretRef::relative_to`].
    ///
    /// # Errors
    /// [`SecretError::Literal`] where the text begins with none of the three words.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let (scheme, name) = text.split_once(':').ok_or(SecretError::Literal)?;
        match scheme {
            "credential" | "file" | "env" if name.is_empty() => Err(SecretError::NoName),
            "credential" if name.contains('/') || name.contains('\0') || name == "." || name == ".." => {
                Err(SecretError::CredentialName(name.to_owned()))
            }
            "credential" => Ok(Self::Credential(name.to_owned())),
            "file" => Ok(Self::File(PathBuf::from(name))),
            "env" if name.contains(['=', '\0']) => Err(SecretError::VariableName(name.to_owned())),
            "env" => Ok(Self::Environment(name.to_owned())),
            _ => Err(SecretError::Literal),
        }
    }

    /// The same reference with a relative path read from a directory.
    #[must_use]
    pub fn relative_to(self, directory: &Path) -> Self {
        match self {
            Self::File(path) => Self::File(directory.join(path)),
            other => other,
        }
    }

    /// Looks whether the secret can be had, without reading it.
    ///
    /// Outside systemd a credential cannot be looked for: that is no fault here, only in [`SecretRef::resolve`].
    pub fn check(&self) -> Result<(), SecretError> {
        match self {
            Self::Environment(name) => std::env::var_os(name).map(|_| ()).ok_or_else(|| SecretError::NoVariable(name.clone())),
            Self::File(path) => {
                let metadata = std::fs::metadata(path).map_err(|cause| SecretError::Unreadable { path: path.clone(), cause })?;
                check_file(path, &metadata)
            }
            Self::Credential(name) => match credentials_directory() {
                None => Ok(()),
                Some(directory) => {
                    let path = directory.join(name);
                    std::fs::metadata(&path).map(|_| ()).map_err(|cause| SecretError::Unreadable { path, cause })
                }
            },
        }
    }

    /// Reads the secret.
    pub fn resolve(&self) -> Result<Secret, SecretError> {
        match self {
            Self::Environment(name) => match std::env::var(name) {
                Ok(value) => non_empty(&value, &format!("the environment variable {name}")),
                Err(std::env::VarError::NotPresent) => Err(SecretError::NoVariable(name.clone())),
                Err(std::env::VarError::NotUnicode(_)) => Err(SecretError::NotText(format!("the environment variable {name}"))),
            },
            Self::File(path) => {
                self.check()?; // before opening, which would wait on a pipe
                let file = open(path)?;
                let metadata = file.metadata().map_err(|cause| SecretError::Unreadable { path: path.clone(), cause })?;
                check_file(path, &metadata)?;
                read(file, path)
            }
            Self::Credential(name) => {
                let path = credentials_directory().ok_or_else(|| SecretError::NoCredentials(name.clone()))?.join(name);
                read(open(&path)?, &path)
            }
        }
    }
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

fn credentials_directory() -> Option<PathBuf> {
    std::env::var_os("CREDENTIALS_DIRECTORY").filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn check_file(path: &Path, metadata: &Metadata) -> Result<(), SecretError> {
    let mode = metadata.permissions().mode() & 0o7777;
    if !metadata.is_file() {
        Err(SecretError::NotAFile(path.to_owned()))
    } else if mode & 0o077 != 0 {
        Err(SecretError::ReadableByOthers { path: path.to_owned(), mode })
    } else {
        Ok(())
    }
}

fn open(path: &Path) -> Result<File, SecretError> {
    File::open(path).map_err(|cause| SecretError::Unreadable { path: path.to_owned(), cause })
}

fn read(file: File, path: &Path) -> Result<Secret, SecretError> {
    let mut bytes = Vec::new();
    file.take(LIMIT_BYTES + 1).read_to_end(&mut bytes).map_err(|cause| SecretError::Unreadable { path: path.to_owned(), cause })?;
    if bytes.len() as u64 > LIMIT_BYTES {
        return Err(SecretError::TooLong(path.to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|_| SecretError::NotText(path.display().to_string()))?;
    non_empty(&text, &path.display().to_string())
}

fn non_empty(value: &str, what: &str) -> Result<Secret, SecretError> {
    let secret = Secret::new(value);
    if secret.expose().trim().is_empty() { Err(SecretError::Empty(what.to_owned())) } else { Ok(secret) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_and_literals_are_refused_without_being_repeated() {
        assert_eq!(SecretRef::parse("credential:hook").unwrap(), SecretRef::Credential("hook".to_owned()));
        assert_eq!(SecretRef::parse("file:keys/a").unwrap().relative_to(Path::new("/c")), SecretRef::File(PathBuf::from("/c/keys/a")));
        assert_eq!(SecretRef::parse("file:/k").unwrap().relative_to(Path::new("/c")), SecretRef::File(PathBuf::from("/k")));
        assert_eq!(SecretRef::parse("env:HOOK").unwrap(), SecretRef::Environment("HOOK".to_owned()));
        for literal in ["hunter2", "whsec_c2VjcmV0", "postgres://me:hunter2@db/x", "Env:X"] {
            let error = SecretRef::parse(literal).unwrap_err();
            assert_eq!(error.kind(), "literal", "{literal}");
            assert!(!format!("{error} {error:?}").contains(literal));
        }
        for (nonsense, kind) in [("credential:../etc", "reference"), ("file:", "reference"), ("env:A=B", "reference")] {
            assert_eq!(SecretRef::parse(nonsense).unwrap_err().kind(), kind, "{nonsense}");
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        std::fs::write(&path, "whsec_abc\n").unwrap();
        let reference = SecretRef::File(path.clone());
        for (mode, kind) in [(0o644, Some("permissions")), (0o640, Some("permissions")), (0o604, Some("permissions")), (0o600, None), (0o400, None)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(reference.check().err().map(|error| error.kind()), kind, "{mode:o}");
            assert_eq!(reference.resolve().err().map(|error| error.kind()), kind, "{mode:o}");
        }
        let secret = reference.resolve().unwrap();
        assert_eq!(secret.expose(), "whsec_abc", "without its line break");
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }

    #[test]
    fn empty_missing_and_binary_secrets_are_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        assert_eq!(SecretRef::File(path.clone()).resolve().unwrap_err().kind(), "unreadable");
        assert_eq!(SecretRef::File(directory.path().to_owned()).check().unwrap_err().kind(), "unreadable");
        for (content, kind) in [(b"\n".as_slice(), "content"), (b"\xff\xfe".as_slice(), "content")] {
            std::fs::write(&path, content).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
            assert_eq!(SecretRef::File(path.clone()).resolve().unwrap_err().kind(), kind);
        }
        assert_eq!(SecretRef::Environment("PRESSWATCH_TEST_NEVER_SET".to_owned()).resolve().unwrap_err().kind(), "no_variable");
    }
}
