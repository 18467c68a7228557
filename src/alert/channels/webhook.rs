//! Webhooks by Standard Webhooks 1.0: a signed JSON body, success is 2xx only.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::alert::channels::signature::{self, SigningKey};
use crate::alert::channels::{AlertError, payload};
use crate::alert::retry;
use crate::config::Payload;
use crate::config::secret::SecretRef;
use crate::model::ClaimedDelivery;
use crate::net::{Client, HeaderName, Post};

/// Of the answer nothing is used; it is read only to let the connection be kept.
const ANSWER_LIMIT_BYTES: usize = 16 * 1024;

/// Where a webhook goes and how it is signed.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    pub(super) url: Url,
    pub(super) secrets: Vec<SecretRef>,
    pub(super) timeout: Duration,
    pub(super) payload: Payload,
}

impl Endpoint {
    pub(super) async fn deliver(&self, client: &Client, delivery: &ClaimedDelivery, public_url: &Url, now: Timestamp) -> Result<String, AlertError> {
        let keys = self.keys()?;
        let body = body(delivery, self.payload, public_url).to_string().into_bytes();
        let id = delivery.alert.to_string();
        let seconds = now.as_second();
        let headers = vec![
            (HeaderName::from_static("content-type"), "application/json".to_owned()),
            (HeaderName::from_static("webhook-id"), id.clone()),
            (HeaderName::from_static("webhook-timestamp"), seconds.to_string()),
            (HeaderName::from_static("webhook-signature"), signature::header_value(&keys, &id, seconds, &body)?),
        ];
        let post = Post { url: self.url.clone(), headers, body, timeout: self.timeout, limit_bytes: ANSWER_LIMIT_BYTES };
        let response = client.post(post).await?;
        match response.status {
            200..=299 => Ok(format!("HTTP {}", response.status)),
            300..=399 => Err(AlertError::Redirected(response.status)),
            410 => Err(AlertError::Gone),
            status => {
                let asked = response.headers.get("retry-after").and_then(|value| value.to_str().ok());
                Err(AlertError::Status { status, retry_after: asked.and_then(|value| retry::parse_retry_after(value, now)) })
            }
        }
    }

    /// Read at each attempt: a rotated secret is used without a restart.
    fn keys(&self) -> Result<Vec<SigningKey>, AlertError> {
        self.secrets.iter().map(|secret| SigningKey::parse(&secret.resolve()?)).collect()
    }
}

/// The body: the same bytes at every attempt. A restricted list's name and terms are not in it, whatever the payload.
fn body(delivery: &ClaimedDelivery, payload: Payload, public_url: &Url) -> Value {
    let content = &delivery.content;
    let page = payload::page(content, public_url);
    let mut data = json!({ "id": delivery.alert.to_string(), "url": page.as_str() });
    if payload == Payload::Full
        && let (Some(data), Value::Object(full)) = (data.as_object_mut(), payload::full(content, public_url))
    {
        data.extend(full);
    }
    json!({ "type": content.kind(), "timestamp": delivery.created_at.to_string(), "data": data })
}
