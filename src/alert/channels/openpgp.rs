//! Encrypts mail to OpenPGP keys (RFC 9580, as RFC 3156 puts it into a mail), or not at all.
//!
//! Which key of a certificate may be encrypted to is for us to judge: a key that is flagged for encryption by its newest valid binding, and that is
//! neither expired nor revoked, in a certificate that is neither.
//!
//! *Invariant:* what does not end as ciphertext to every configured key ends as an error.

use std::path::PathBuf;

use jiff::Timestamp;
use pgp::composed::{ArmorOptions, Deserializable, MessageBuilder, SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{PublicKey, PublicSubkey, Signature, SignatureType};
use pgp::types::{KeyDetails, Tag};
use rand::rngs::OsRng;

use crate::config::KeyFile;
use crate::config::secret::{SecretError, SecretRef};

/// A key with many signatures of strangers is some hundred KiB.
const LIMIT_BYTES: u64 = 4 * 1024 * 1024;

/// Why mail cannot be encrypted. No message names a person or a key's id, which would name one.
#[derive(Debug, thiserror::Error)]
pub enum OpenPgpError {
    #[error("cannot read the key {place}")]
    Unreadable {
        place: String,
        #[source]
        cause: std::io::Error,
    },
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("{0} holds no OpenPGP public key: write what gpg --export --armor ADDRESS prints")]
    NoKey(String),
    #[error("{0} holds a secret key: keep that one to its owner and export the public one (gpg --export --armor ADDRESS)")]
    SecretKey(String),
    #[error("the key {0} is not confirmed by a signature of its own: export it again")]
    Unsigned(String),
    #[error("the key {0} is revoked: ask its owner for the new one")]
    Revoked(String),
    #[error("the key {place} expired on {at}: ask its owner to prolong it, and export it again")]
    Expired { place: String, at: String },
    #[error("the key {0} has no part that is meant for encryption, valid, and of a kind that is still used")]
    NoEncryption(String),
    #[error("encrypting failed: {0}")]
    Encrypt(String),
}

/// One key that mail is encrypted to.
#[derive(Debug, Clone)]
pub(super) struct Recipient {
    part: Part,
    /// The earliest end of what it depends on.
    pub(super) expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
enum Part {
    Primary(PublicKey),
    Subkey(PublicSubkey),
}

/// Reads every key of a channel.
///
/// # Errors
/// The first key that cannot be encrypted to now.
pub(super) fn recipients(keys: &[KeyFile], now: Timestamp) -> Result<Vec<Recipient>, OpenPgpError> {
    let mut all = Vec::new();
    for key in keys {
        all.extend(read(&key.reference, now)?);
    }
    if all.is_empty() { Err(OpenPgpError::Encrypt("there is no key to encrypt to".to_owned())) } else { Ok(all) }
}

/// Every key of one file.
pub(super) fn read(reference: &SecretRef, now: Timestamp) -> Result<Vec<Recipient>, OpenPgpError> {
    let (bytes, place) = load(reference)?;
    if contains(&bytes, b"BEGIN PGP PRIVATE KEY") {
        return Err(OpenPgpError::SecretKey(place));
    }
    let (certificates, _) = SignedPublicKey::from_reader_many(bytes.as_slice()).map_err(|_| OpenPgpError::NoKey(place.clone()))?;
    let mut recipients = Vec::new();
    for certificate in certificates {
        let certificate = certificate.map_err(|_| OpenPgpError::NoKey(place.clone()))?;
        recipients.push(choose(&certificate, &place, now)?);
    }
    if recipients.is_empty() { Err(OpenPgpError::NoKey(place)) } else { Ok(recipients) }
}

/// The armored message that only the owners of these keys can read.
pub(super) fn encrypt(recipients: &[Recipient], plain: Vec<u8>) -> Result<String, OpenPgpError> {
    let failed = |error: pgp::errors::Error| OpenPgpError::Encrypt(error.to_string());
    if recipients.is_empty() {
        return Err(OpenPgpError::Encrypt("there is no key to encrypt to".to_owned()));
    }
    // Version 1 with AES: every gpg in use reads it.
    let mut builder = MessageBuilder::from_bytes("", plain).seipd_v1(OsRng, SymmetricKeyAlgorithm::AES256);
    for recipient in recipients {
        match &recipient.part {
            Part::Primary(key) => builder.encrypt_to_key(OsRng, key).map_err(failed)?,
            Part::Subkey(key) => builder.encrypt_to_key(OsRng, key).map_err(failed)?,
        };
    }
    builder.to_armored_string(OsRng, ArmorOptions::default()).map_err(failed)
}

/// A file of this kind may be readable by anybody, so its mode is not looked at.
fn load(reference: &SecretRef) -> Result<(Vec<u8>, String), OpenPgpError> {
    match reference {
        SecretRef::File(path) => {
            let place = path.display().to_string();
            let unreadable = |cause| OpenPgpError::Unreadable { place: place.clone(), cause };
            Ok((read_file(path).map_err(unreadable)?, place))
        }
        SecretRef::Credential(name) => Ok((reference.resolve()?.expose().as_bytes().to_vec(), format!("credential:{name}"))),
        SecretRef::Environment(name) => Ok((reference.resolve()?.expose().as_bytes().to_vec(), format!("env:{name}"))),
    }
}

fn read_file(path: &PathBuf) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LIMIT_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// The newest usable part of a certificate.
fn choose(certificate: &SignedPublicKey, place: &str, now: Timestamp) -> Result<Recipient, OpenPgpError> {
    let primary = &certificate.primary_key;
    if certificate.details.revocation_signatures.iter().any(|signature| signature.verify_key(primary).is_ok()) {
        return Err(OpenPgpError::Revoked(place.to_owned()));
    }
    let own = newest(self_signatures(certificate), now).ok_or_else(|| OpenPgpError::Unsigned(place.to_owned()))?;
    let primary_ends = end(primary, own);
    if let Some(at) = primary_ends.filter(|at| *at <= now) {
        return Err(expired(place, at));
    }
    let mut usable = Vec::new();
    let mut last_end = None;
    for subkey in &certificate.public_subkeys {
        let Some(binding) = binding(certificate, subkey, now) else { continue };
        let ends = end(&subkey.key, binding);
        if ends.is_some_and(|at| at <= now) {
            last_end = last_end.max(ends);
            continue;
        }
        usable
            .push((subkey.key.created_at().as_secs(), Recipient { part: Part::Subkey(subkey.key.clone()), expires_at: earlier(primary_ends, ends) }));
    }
    if let Some((_, recipient)) = usable.into_iter().max_by_key(|(created, _)| *created) {
        return Ok(recipient);
    }
    if is_for_encryption(own) && can_encrypt(primary.algorithm()) {
        return Ok(Recipient { part: Part::Primary(primary.clone()), expires_at: primary_ends });
    }
    Err(last_end.map_or_else(|| OpenPgpError::NoEncryption(place.to_owned()), |at| expired(place, at)))
}

/// What the primary key says of itself: directly, or with a name that it has not taken back.
fn self_signatures(certificate: &SignedPublicKey) -> Vec<&Signature> {
    let primary = &certificate.primary_key;
    let direct = certificate.details.direct_signatures.iter().filter(|signature| signature.verify_key(primary).is_ok());
    let named = certificate.details.users.iter().flat_map(|user| {
        let own: Vec<&Signature> =
            user.signatures.iter().filter(|signature| signature.verify_certification(primary, Tag::UserId, &user.id).is_ok()).collect();
        let taken_back =
            own.iter().filter(|signature| signature.typ() == Some(SignatureType::CertRevocation)).filter_map(|signature| created(signature)).max();
        own.into_iter()
            .filter(|signature| signature.typ() != Some(SignatureType::CertRevocation))
            .filter(|signature| taken_back.is_none_or(|at| created(signature).is_some_and(|created| created > at)))
            .collect::<Vec<_>>()
    });
    direct.chain(named).collect()
}

/// The newest signature that binds a subkey for encryption; `None` where it is revoked or meant for something else.
fn binding<'c>(certificate: &'c SignedPublicKey, subkey: &'c SignedPublicSubKey, now: Timestamp) -> Option<&'c Signature> {
    let valid: Vec<&Signature> =
        subkey.signatures.iter().filter(|signature| signature.verify_subkey_binding(&certificate.primary_key, &subkey.key).is_ok()).collect();
    if valid.iter().any(|signature| signature.typ() == Some(SignatureType::SubkeyRevocation)) || !can_encrypt(subkey.key.algorithm()) {
        return None;
    }
    newest(valid, now).filter(|signature| is_for_encryption(signature))
}

/// The newest that is in force.
fn newest(signatures: Vec<&Signature>, now: Timestamp) -> Option<&Signature> {
    let in_force = |signature: &&Signature| {
        let Some(at) = created(signature) else { return false };
        let ends =
            signature.signature_expiration_time().map(pgp::types::Duration::as_secs).filter(|lasts| *lasts > 0).map(|lasts| at + i64::from(lasts));
        at <= now.as_second() && ends.is_none_or(|ends| ends > now.as_second())
    };
    signatures.into_iter().filter(in_force).max_by_key(|signature| created(signature))
}

fn created(signature: &Signature) -> Option<i64> {
    signature.created().map(|at| i64::from(at.as_secs()))
}

/// When a key ends by what its signature says; 0 is never.
fn end(key: &impl KeyDetails, signature: &Signature) -> Option<Timestamp> {
    let lasts = signature.key_expiration_time().map(pgp::types::Duration::as_secs).filter(|lasts| *lasts > 0)?;
    Timestamp::from_second(i64::from(key.created_at().as_secs()) + i64::from(lasts)).ok()
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn is_for_encryption(signature: &Signature) -> bool {
    let flags = signature.key_flags();
    flags.encrypt_comms() || flags.encrypt_storage()
}

/// Elgamal is not made any more, and not by us.
fn can_encrypt(algorithm: PublicKeyAlgorithm) -> bool {
    algorithm.can_encrypt()
        && !matches!(algorithm, PublicKeyAlgorithm::Elgamal | PublicKeyAlgorithm::ElgamalEncrypt | PublicKeyAlgorithm::DiffieHellman)
}

fn expired(place: &str, at: Timestamp) -> OpenPgpError {
    OpenPgpError::Expired { place: place.to_owned(), at: at.strftime("%Y-%m-%d").to_string() }
}
