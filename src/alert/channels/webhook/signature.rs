//! Signatures of Standard Webhooks 1.0: HMAC-SHA256 over id, timestamp and body, so that a receiver knows who speaks and when.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::alert::channels::AlertError;
use crate::config::secret::Secret;

const PREFIX: &str = "whsec_";
/// The specification's bounds of a key, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A decoded key; its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SigningKey(Vec<u8>);

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SigningKey(..)")
    }
}

impl SigningKey {
    /// Reads `whsec_` and base64 of 24 to 64 bytes.
    ///
    /// # Errors
    /// [`AlertError::SigningKey`] says which of this is not so, without the secret.
    pub fn parse(secret: &Secret) -> Result<Self, AlertError> {
        let encoded = secret.expose().trim().strip_prefix(PREFIX).ok_or(AlertError::SigningKey("it must begin with whsec_"))?;
        let key = STANDARD.decode(encoded).map_err(|_| AlertError::SigningKey("what follows whsec_ must be base64"))?;
        if KEY_BYTES.contains(&key.len()) { Ok(Self(key)) } else { Err(AlertError::SigningKey("it must hold 24 to 64 bytes")) }
    }

    /// One element of the `webhook-signature` header.
    pub fn sign(&self, id: &str, timestamp_seconds: i64, body: &[u8]) -> Result<String, AlertError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| AlertError::SigningKey("its length does not fit HMAC"))?;
        mac.update(format!("{id}.{timestamp_seconds}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

/// The `webhook-signature` header: one signature per active key, separated by spaces, while keys rotate.
pub fn header_value(keys: &[SigningKey], id: &str, timestamp_seconds: i64, body: &[u8]) -> Result<String, AlertError> {
    let signatures: Vec<String> = keys.iter().map(|key| key.sign(id, timestamp_seconds, body)).collect::<Result<_, _>>()?;
    Ok(signatures.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> SigningKey {
        SigningKey::parse(&Secret::new(text)).unwrap()
    }

    #[test]
    fn the_published_vector_is_met() {
        let signature =
            key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#).unwrap();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn the_official_implementation_accepts_each_key_of_a_rotation() {
        let (old, new) = (format!("whsec_{}", STANDARD.encode([1; 32])), format!("whsec_{}", STANDARD.encode([2; 24])));
        let body = "{\"ключ\":\"значение\"}".as_bytes();
        let timestamp = Timestamp::now().as_second();
        let signature = header_value(&[key(&new), key(&old)], "01890000-0000", timestamp, body).unwrap();
        let mut headers = axum::http::HeaderMap::new();
        headers.insert("webhook-id", "01890000-0000".parse().unwrap());
        headers.insert("webhook-timestamp", timestamp.to_string().parse().unwrap());
        headers.insert("webhook-signature", signature.parse().unwrap());
        for secret in [&old, &new] {
            standardwebhooks::Webhook::new(secret).unwrap().verify(body, &headers).unwrap();
        }
        assert!(standardwebhooks::Webhook::new(&old).unwrap().verify(b"{}", &headers).is_err());
    }

    #[test]
    fn a_secret_that_is_none_is_refused_without_being_told() {
        for text in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_????", "whsec_c2hvcnQ="] {
            let error = SigningKey::parse(&Secret::new(text)).unwrap_err();
            assert_eq!(error.kind(), "secret");
            assert!(!error.to_string().contains("c2hvcnQ"));
        }
        assert_eq!(format!("{:?}", key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")), "SigningKey(..)");
    }

    use jiff::Timestamp;
}
