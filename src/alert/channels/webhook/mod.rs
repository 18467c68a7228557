//! Posts to endpoints: each service is told in its own words, and its answer is read in its own words.
//!
//! *Invariant:* neither a token nor a secret address is part of an error or of a transcript.

mod answer;
mod brief;
mod chats;
mod payload;
mod push;
pub mod signature;
mod values;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::alert::channels::webhook::brief::Brief;
use crate::alert::channels::webhook::signature::SigningKey;
use crate::alert::channels::{AlertError, Transcript, test};
use crate::config::channels::AddressError;
use crate::config::template::BodyTemplate;
use crate::config::{Address, Format, Payload, Secret, SecretRef, Webhook};
use crate::model::{AlertKind, ChannelId, ClaimedDelivery, Problem};
use crate::net::{Client, HeaderName, Post};

/// Of the answer only what says whether the message was taken is used.
const ANSWER_LIMIT_BYTES: usize = 16 * 1024;
/// Of a body or an answer in a transcript, in characters.
const EXCERPT_LIMIT: usize = 2_000;
const JSON: &str = "application/json";

/// A request before it is signed.
struct Request {
    put: bool,
    url: Url,
    content_type: String,
    body: Vec<u8>,
}

impl Request {
    fn json(url: Url, body: &Value) -> Self {
        Self { put: false, url, content_type: JSON.to_owned(), body: body.to_string().into_bytes() }
    }
}

/// An endpoint, ready to be posted to.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    pub(super) webhook: Webhook,
}

impl Endpoint {
    pub(super) async fn deliver(
        &self,
        client: &Client,
        delivery: &ClaimedDelivery,
        public_url: &Url,
        now: Timestamp,
        transcript: &mut Transcript,
    ) -> Result<String, AlertError> {
        // Secrets are read at each attempt: a rotated one is used without a restart.
        let token = self.webhook.token.as_ref().map(SecretRef::resolve).transpose()?;
        let address = self.webhook.address.resolve().map_err(|error| match error {
            AddressError::Secret(error) => AlertError::Secret(error),
            AddressError::NoAddress => AlertError::SecretAddress,
        })?;
        let request = self.request(address, token.as_ref(), delivery, public_url, now)?;
        let headers = self.headers(&request, token.as_ref(), delivery, now)?;
        let hidden = self.hidden(&request.url, token.as_ref());
        Self::tell(&request, &headers, &hidden, transcript);

        let post = Post { url: request.url, headers, body: request.body, timeout: self.webhook.timeout, limit_bytes: ANSWER_LIMIT_BYTES };
        let sent = if request.put { client.put(post).await } else { client.post(post).await };
        let response = sent.inspect_err(|error| transcript.note(|| format!("no answer: {error}")))?;
        transcript.received(|| format!("HTTP {}", response.status));
        for name in ["content-type", "retry-after", "location"] {
            if let Some(value) = response.headers.get(name).and_then(|value| value.to_str().ok()) {
                transcript.received(|| format!("{name}: {}", blanked(value, &hidden)));
            }
        }
        if !response.body.is_empty() {
            transcript.received(|| excerpt(&response.body, &hidden));
        }
        answer::judge(&self.webhook.format, &response, now, |said| blanked(said, &hidden))
    }

    fn request(
        &self,
        address: Url,
        token: Option<&Secret>,
        delivery: &ClaimedDelivery,
        public_url: &Url,
        now: Timestamp,
    ) -> Result<Request, AlertError> {
        let payload = self.webhook.payload;
        let brief = || Brief::of(delivery, payload, public_url);
        Ok(match &self.webhook.format {
            Format::Standard => Request::json(address, &standard(delivery, payload, public_url)),
            Format::Template(template) => {
                let body = template.render(&values::of(delivery, payload, public_url)).map_err(|error| AlertError::Template(error.to_string()))?;
                Request { put: false, url: address, content_type: template.content_type().to_owned(), body }
            }
            Format::Slack => Request::json(address, &chats::slack(brief())),
            Format::Mattermost => Request::json(address, &chats::mattermost(brief())),
            Format::Discord => Request::json(chats::discord_url(address), &chats::discord(brief())),
            Format::Telegram { chat, thread } => {
                let token = token.ok_or(AlertError::NoToken)?;
                Request::json(chats::telegram_url(address, token.expose()), &chats::telegram(brief(), chat, *thread))
            }
            Format::Matrix { room } => {
                let url = chats::matrix_url(address, room, &delivery.id.to_string());
                Request { put: true, ..Request::json(url, &chats::matrix(brief())) }
            }
            Format::Ntfy { topic } => Request::json(address, &push::ntfy(brief(), topic)),
            Format::Signal { number, .. } => {
                Request::json(push::below(address, &["v2", "send"]), &push::signal(brief(), number, &delivery.recipient))
            }
            Format::Apprise { tag } => Request::json(address, &push::apprise(brief(), tag.as_deref())),
            Format::Alertmanager => {
                Request::json(push::below(address, &["api", "v2", "alerts"]), &push::alertmanager(&brief(), delivery, payload, now))
            }
        })
    }

    fn headers(
        &self,
        request: &Request,
        token: Option<&Secret>,
        delivery: &ClaimedDelivery,
        now: Timestamp,
    ) -> Result<Vec<(HeaderName, String)>, AlertError> {
        let mut headers = vec![(HeaderName::from_static("content-type"), request.content_type.clone())];
        if !self.webhook.secrets.is_empty() {
            let keys: Vec<SigningKey> = self.webhook.secrets.iter().map(|secret| SigningKey::parse(&secret.resolve()?)).collect::<Result<_, _>>()?;
            let (id, seconds) = (delivery.alert.to_string(), now.as_second());
            let signature = signature::header_value(&keys, &id, seconds, &request.body)?;
            headers.push((HeaderName::from_static("webhook-id"), id));
            headers.push((HeaderName::from_static("webhook-timestamp"), seconds.to_string()));
            headers.push((HeaderName::from_static("webhook-signature"), signature));
        }
        // Telegram's token is part of the address.
        if let Some(token) = token.filter(|_| !matches!(self.webhook.format, Format::Telegram { .. })) {
            headers.push((HeaderName::from_static("authorization"), format!("Bearer {}", token.expose())));
        }
        Ok(headers)
    }

    /// What must not be shown though the peer may repeat it.
    fn hidden(&self, url: &Url, token: Option<&Secret>) -> Vec<String> {
        let mut hidden: Vec<String> = token.map(|token| token.expose().to_owned()).into_iter().collect();
        if matches!(self.webhook.address, Address::Secret(_)) {
            hidden.push(url.path().to_owned());
            hidden.extend(url.query().map(str::to_owned));
        }
        // A slash alone is in every text.
        hidden.retain(|text| text.len() > 1);
        hidden
    }

    fn tell(request: &Request, headers: &[(HeaderName, String)], hidden: &[String], transcript: &mut Transcript) {
        let method = if request.put { "PUT" } else { "POST" };
        transcript.sent(|| format!("{method} {}", blanked(request.url.as_str(), hidden)));
        for (name, value) in headers {
            transcript.sent(|| if name == "authorization" { format!("{name}: Bearer ***") } else { format!("{name}: {}", blanked(value, hidden)) });
        }
        transcript.sent(|| excerpt(&request.body, hidden));
    }
}

/// Makes the body of a story, of a restricted one and of a test, so that a template's faults show before an alert needs it.
pub(super) fn try_template(template: &BodyTemplate, payload: Payload, channel: &ChannelId, public_url: &Url, now: Timestamp) -> Option<Problem> {
    let mut trial = test::delivery(channel.clone(), String::new(), now);
    for (kind, restricted) in [(AlertKind::Test, false), (AlertKind::Created, false), (AlertKind::Created, true)] {
        if let Some(alert) = trial.content.alert_mut() {
            (alert.kind, alert.restricted) = (kind, restricted);
        }
        if let Err(error) = template.render(&values::of(&trial, payload, public_url)) {
            return Some(error.problem());
        }
    }
    None
}

/// The body of a standard webhook: the same bytes at every attempt.
fn standard(delivery: &ClaimedDelivery, payload: Payload, public_url: &Url) -> Value {
    let content = &delivery.content;
    let page = payload::page(content, public_url);
    let mut data = json!({ "id": delivery.alert.to_string(), "url": page.as_str() });
    let more = match payload {
        Payload::Full => payload::full(content, public_url),
        Payload::Minimal => payload::minimal(content),
        Payload::Thin => Value::Null,
    };
    if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    json!({ "type": content.kind(), "timestamp": delivery.created_at.to_string(), "data": data })
}

fn blanked(text: &str, hidden: &[String]) -> String {
    hidden.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "***"))
}

fn excerpt(body: &[u8], hidden: &[String]) -> String {
    let text = blanked(&String::from_utf8_lossy(body), hidden);
    match text.char_indices().nth(EXCERPT_LIMIT) {
        Some((end, _)) => format!("{}… ({} bytes in all)", text.get(..end).unwrap_or_default(), body.len()),
        None => text,
    }
}
