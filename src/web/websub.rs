//! The callback of WebSub hubs: `/websub/TOKEN`. The one place where somebody outside may speak to us.
//!
//! Enters: a hub's question whether we asked (GET), a hub's message (POST). Leaves: the answer that the protocol wants, and a source that is due.
//! Deliberately absent: the message's content. It is read to verify its signature and forgotten: see docs/decisions/0072.
//!
//! *Invariant:* nothing is done for a token that is not known, or a message whose signature is wrong.

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use ring::hmac;
use serde::Deserialize;

use crate::web::WebState;

/// Hubs that name no lease, or a silly one, are asked again after these.
const LEASE_FALLBACK: Duration = Duration::from_hours(24);
const LEASE_LEAST: Duration = Duration::from_mins(5);
const LEASE_MOST: Duration = Duration::from_hours(90 * 24);
/// A hub that refuses is asked again after this.
const AFTER_DENIAL: Duration = Duration::from_hours(7 * 24);
/// Tokens are 43 characters; nothing longer is looked up.
const TOKEN_MOST: usize = 64;

/// A hub's question.
#[derive(Debug, Deserialize)]
pub struct Question {
    #[serde(rename = "hub.mode")]
    mode: String,
    #[serde(rename = "hub.topic")]
    topic: String,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
    #[serde(rename = "hub.lease_seconds")]
    lease_seconds: Option<u64>,
    #[serde(rename = "hub.reason")]
    reason: Option<String>,
}

/// Confirms what we asked for, and nothing else.
pub async fn verify(State(state): State<WebState>, Path(token): Path<String>, Query(question): Query<Question>) -> Response {
    if state.config().websub.is_none() || token.len() > TOKEN_MOST {
        return StatusCode::NOT_FOUND.into_response();
    }
    match (question.mode.as_str(), question.challenge) {
        ("subscribe", Some(challenge)) => {
            let lease = question.lease_seconds.map_or(LEASE_FALLBACK, Duration::from_secs).clamp(LEASE_LEAST, LEASE_MOST);
            match state.store.verify_subscription(&token, &question.topic, lease).await {
                Ok(true) => challenge.into_response(),
                Ok(false) => StatusCode::NOT_FOUND.into_response(),
                Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            }
        }
        ("denied", _) => {
            let reason = question.reason.unwrap_or_else(|| "no reason given".to_owned());
            match state.store.deny_subscription(&token, &question.topic, &format!("the hub refuses: {reason}"), AFTER_DENIAL).await {
                Ok(true) => StatusCode::OK.into_response(),
                Ok(false) => StatusCode::NOT_FOUND.into_response(),
                Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            }
        }
        // We never ask to be unsubscribed: somebody else did.
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Takes a message. A wrong signature is answered like a right one, as the protocol advises: whoever guesses learns nothing.
pub async fn hear(State(state): State<WebState>, Path(token): Path<String>, headers: HeaderMap, mut body: Body) -> Response {
    let config = state.config();
    if config.websub.is_none() || token.len() > TOKEN_MOST {
        return StatusCode::NOT_FOUND.into_response();
    }
    let callback = match state.store.callback(&token).await {
        Ok(Some(callback)) => callback,
        // The subscription ended; the hub may forget it (section 5.1.1).
        Ok(None) => return StatusCode::GONE.into_response(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let signature = headers.get("x-hub-signature").and_then(|value| value.to_str().ok()).and_then(|text| read_signature(text, &callback.secret));
    // The body is read even then: the answer takes as long, and the connection can be used again.
    let (mut verifier, claimed) = match signature {
        Some((key, claimed)) => (hmac::Context::with_key(&key), Some((key, claimed))),
        None => (hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, b"nothing")), None),
    };
    let mut left = config.network.feed_limit_bytes;
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else { return StatusCode::BAD_REQUEST.into_response() };
        let Ok(piece) = frame.into_data() else { continue };
        if piece.len() > left {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        }
        left -= piece.len();
        verifier.update(&piece);
    }
    let computed = verifier.sign();
    // Both are signed once more before they are compared: the comparison is then constant in time by construction.
    let is_right = claimed.is_some_and(|(key, claimed)| hmac::verify(&key, computed.as_ref(), hmac::sign(&key, &claimed).as_ref()).is_ok());
    if !is_right {
        tracing::debug!(source.id = %callback.source, "a hub's message without a right signature is ignored");
        return StatusCode::ACCEPTED.into_response();
    }
    match state.store.hear_hub(&callback.source).await {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// `sha256=HEX` as the key for the method and the bytes that are claimed. SHA-1 is taken: most hubs sign with nothing else, nobody forges an HMAC with
/// it, and a forged message would make us poll and nothing more.
fn read_signature(text: &str, secret: &str) -> Option<(hmac::Key, Vec<u8>)> {
    let (method, digits) = text.trim().split_once('=')?;
    let algorithm = match method.to_ascii_lowercase().as_str() {
        "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => hmac::HMAC_SHA256,
        "sha384" => hmac::HMAC_SHA384,
        "sha512" => hmac::HMAC_SHA512,
        _ => return None,
    };
    if digits.len() % 2 != 0 || digits.len() > 128 {
        return None;
    }
    let bytes = (0..digits.len()).step_by(2).map(|at| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()));
    Some((hmac::Key::new(algorithm, secret.as_bytes()), bytes.collect::<Option<Vec<u8>>>()?))
}
