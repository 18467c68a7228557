//! Passwords and random secrets: how they are made, and what of them is kept.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// Shorter passwords are refused.
pub const PASSWORD_LEAST: usize = 12;
/// Longer ones too: they would cost time.
const PASSWORD_MOST: usize = 1024;

/// Each hash takes 19 MiB: so many at once, whoever asks.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The hash of no password: what is compared where there is no account.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBvdGhlciBzYWx0$DTo/JDW3xVnUMpEx1kpCfPbjHA0MhuUKJTAVTK7fnsM";

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("a password has at least {PASSWORD_LEAST} characters: take four words that nobody puts together")]
    Short,
    #[error("a password has at most {PASSWORD_MOST} bytes")]
    Long,
    #[error("the system gives no random numbers")]
    NoRandomness,
    #[error("the password could not be hashed")]
    Hash,
}

/// Argon2id with 19 MiB and two passes, as OWASP advises: the least that does not serve a guesser with graphics cards.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).unwrap_or_default())
}

/// The hash of a new password, with a salt of its own.
///
/// # Errors
/// When it is too short or too long.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < PASSWORD_LEAST {
        return Err(PasswordError::Short);
    }
    if password.len() > PASSWORD_MOST {
        return Err(PasswordError::Long);
    }
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| PasswordError::NoRandomness)?;
    let salt = SaltString::encode_b64(&bytes).map_err(|_| PasswordError::Hash)?;
    argon2().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(|_| PasswordError::Hash)
}

/// Whether a password is that of a hash. Where there is no account, a hash is computed all the same: the answer takes as long.
pub async fn is_password(password: String, stored: Option<String>) -> bool {
    if password.len() > PASSWORD_MOST {
        return false;
    }
    let Ok(_permit) = AT_ONCE.acquire().await else { return false };
    let compared = tokio::task::spawn_blocking(move || {
        let hash = stored.as_deref().unwrap_or(NOBODY);
        let right = PasswordHash::new(hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
        right && stored.is_some()
    });
    compared.await.unwrap_or(false)
}

/// 256 random bits as text.
///
/// # Errors
/// When the system gives no random numbers.
pub fn random() -> Result<String, PasswordError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| PasswordError::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a random secret: enough to know it again, nothing to use.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_by_its_hash() {
        let hash = hash_password("correct horse battery").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hash_password("correct horse battery").unwrap(), "salted");
        assert!(is_password("correct horse battery".to_owned(), Some(hash.clone())).await);
        assert!(!is_password("correct horse batterz".to_owned(), Some(hash)).await);
        assert!(!is_password("correct horse battery".to_owned(), None).await);
        assert!(!is_password("x".to_owned(), Some("no hash".to_owned())).await);
        assert_eq!(hash_password("elevenchars"), Err(PasswordError::Short));
        assert_eq!(hash_password(&"x".repeat(1025)), Err(PasswordError::Long));
        assert!(PasswordHash::new(NOBODY).is_ok(), "it takes as long as any other");
        assert_ne!(random().unwrap(), random().unwrap());
    }
}
