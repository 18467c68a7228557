//! A webhook endpoint as a receiver would write it: it verifies the signature by itself, keeps what arrives, and misbehaves on demand.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::demo::receivers::inbox::{Inbox, TooFew};

/// How old or early a signed timestamp may be: what Standard Webhooks advises.
const TOLERANCE_SECONDS: i64 = 5 * 60;

/// A request that arrived, whether it was accepted or not.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedWebhook {
    /// `webhook-id`: the same over all attempts of one alert.
    pub id: String,
    /// `webhook-timestamp`, in seconds.
    pub timestamp: i64,
    /// The signature fits the shared secret, and the timestamp the clock.
    pub verified: bool,
    /// How many signatures the request carried.
    pub signatures: usize,
    /// As JSON; null when it is none.
    pub body: serde_json::Value,
    pub raw: Vec<u8>,
}

/// How the endpoint answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 204 when the signature fits, 401 otherwise.
    Verify,
    /// This status, with a `Retry-After` where given.
    Status { status: u16, retry_after: Option<String> },
    /// 307 to this place.
    Redirect(String),
    /// As `Verify`, but later.
    Slow(Duration),
    /// The connection stays open and nothing comes.
    Never,
}

#[derive(Debug)]
struct Endpoint {
    key: Vec<u8>,
    inbox: Inbox<ReceivedWebhook>,
    answer: Mutex<Answer>,
}

/// A webhook endpoint on loopback; it ends when it is dropped.
#[derive(Debug)]
pub struct WebhookReceiver {
    url: Url,
    endpoint: Arc<Endpoint>,
    task: JoinHandle<()>,
}

impl WebhookReceiver {
    /// Listens on a free port of 127.0.0.1. `secret` is the shared one: `whsec_` and base64.
    ///
    /// # Errors
    /// When the secret is none or the port cannot be had.
    pub async fn start(secret: &str) -> io::Result<Self> {
        let key = secret.strip_prefix("whsec_").and_then(|encoded| STANDARD.decode(encoded).ok());
        let key = key.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the secret must be whsec_ and base64"))?;
        let endpoint = Arc::new(Endpoint { key, inbox: Inbox::new(), answer: Mutex::new(Answer::Verify) });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let url = Url::parse(&format!("http://{address}/hook")).map_err(|error| io::Error::new(io::ErrorKind::AddrNotAvailable, error))?;
        let router = Router::new().fallback(receive).with_state(Arc::clone(&endpoint));
        let task = tokio::spawn(async move {
            // It ends with the task; a failing listener shows as a missing delivery.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, endpoint, task })
    }

    /// Where webhooks are to be sent.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The requests that arrived so far, in order.
    #[expect(clippy::unused_async, reason = "reads like wait_for, and may come to wait for a lock")]
    pub async fn received(&self) -> Vec<ReceivedWebhook> {
        self.endpoint.inbox.snapshot()
    }

    /// Waits until so many requests arrived in all. Cancel-safe.
    ///
    /// # Errors
    /// [`TooFew`] when the time is over.
    pub async fn wait_for(&self, count: usize, timeout: Duration) -> Result<Vec<ReceivedWebhook>, TooFew> {
        self.endpoint.inbox.wait_for(count, timeout).await
    }

    /// From now on it answers so.
    pub fn answer_with(&self, answer: Answer) {
        *self.endpoint.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }
}

impl Drop for WebhookReceiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(Shared(endpoint): Shared<Arc<Endpoint>>, headers: HeaderMap, body: Bytes) -> Response {
    let field = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signatures: Vec<&str> = field("webhook-signature").split_whitespace().collect();
    let (id, timestamp) = (field("webhook-id"), field("webhook-timestamp").parse().unwrap_or(0));
    let fresh = (Timestamp::now().as_second() - timestamp).abs() <= TOLERANCE_SECONDS;
    let verified = fresh && signatures.iter().any(|signature| fits(&endpoint.key, id, timestamp, &body, signature));
    let kept = endpoint.inbox.push(ReceivedWebhook {
        id: id.to_owned(),
        timestamp,
        verified,
        signatures: signatures.len(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        raw: body.to_vec(),
    });
    if !kept {
        return StatusCode::INSUFFICIENT_STORAGE.into_response();
    }
    let verdict = if verified { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED };
    let answer = endpoint.answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match answer {
        Answer::Verify => verdict.into_response(),
        Answer::Status { status, retry_after } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            with_header(status, header::RETRY_AFTER, retry_after.as_deref())
        }
        Answer::Redirect(to) => with_header(StatusCode::TEMPORARY_REDIRECT, header::LOCATION, Some(&to)),
        Answer::Slow(delay) => {
            tokio::time::sleep(delay).await;
            verdict.into_response()
        }
        Answer::Never => std::future::pending().await,
    }
}

/// Compares in constant time, as every receiver should.
fn fits(key: &[u8], id: &str, timestamp: i64, body: &[u8], signature: &str) -> bool {
    let given = signature.strip_prefix("v1,").and_then(|encoded| STANDARD.decode(encoded).ok());
    let (Some(given), Ok(mut mac)) = (given, Hmac::<Sha256>::new_from_slice(key)) else { return false };
    for part in [id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body] {
        mac.update(part);
    }
    mac.verify_slice(&given).is_ok()
}

fn with_header(status: StatusCode, name: header::HeaderName, value: Option<&str>) -> Response {
    let mut response = status.into_response();
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
        response.headers_mut().insert(name, value);
    }
    response
}
