//! Whether a service took a message: by its status, and where a status says nothing, by its words.
//!
//! A page of a proxy or a login comes with status 200 too: where a service documents what it answers, nothing else counts as success.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::alert::channels::AlertError;
use crate::alert::retry;
use crate::alert::words;
use crate::config::Format;
use crate::net::Response;

/// Of a service's own words, in characters.
const SAID_LIMIT: usize = 200;
/// Discord: the webhook was deleted.
const UNKNOWN_WEBHOOK: i64 = 10_015;

/// Success with a word about it, or what is wrong. `hide` takes secrets out of the service's words.
pub(super) fn judge(format: &Format, response: &Response, now: Timestamp, hide: impl Fn(&str) -> String) -> Result<String, AlertError> {
    let json: Value = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    let text = String::from_utf8_lossy(&response.body);
    // What a webhook of one's own answers is nobody's business; it may be a page.
    let own = matches!(format, Format::Standard | Format::Template(_));
    let said = || if own { String::new() } else { hide(&said(&json, &text)) };
    let status = response.status;
    match status {
        200..=299 => match fault(format, status, &json, text.trim()) {
            None => Ok(format!("HTTP {status}")),
            Some(fault) => Err(AlertError::NotTaken { status, fault, said: prefixed(&said()), retry_after: asked(&json) }),
        },
        300..=399 => Err(AlertError::Redirected(status)),
        410 => Err(AlertError::Gone(status)),
        404 if matches!(format, Format::Discord) && json["code"].as_i64() == Some(UNKNOWN_WEBHOOK) => Err(AlertError::Gone(status)),
        _ => {
            let header = response.headers.get("retry-after").and_then(|value| value.to_str().ok());
            let retry_after = asked(&json).max(header.and_then(|value| retry::parse_retry_after(value, now)));
            Err(AlertError::Status { status, said: prefixed(&said()), retry_after })
        }
    }
}

/// What is wrong with an answer whose status is of success.
fn fault(format: &Format, status: u16, json: &Value, text: &str) -> Option<&'static str> {
    let taken = match format {
        Format::Slack | Format::Mattermost => text == "ok",
        Format::Discord => status == 204 || json["id"].is_string(),
        Format::Telegram { .. } => json["ok"] == true,
        Format::Matrix { .. } => json["event_id"].is_string(),
        Format::Ntfy { .. } => json["id"].is_string(),
        Format::Signal { .. } => {
            let errors = &json["errors"];
            let refused = errors.as_array().is_some_and(|errors| !errors.is_empty()) || errors.as_object().is_some_and(|errors| !errors.is_empty());
            if refused {
                return Some("it was not sent to the recipient");
            }
            !json["timestamp"].is_null()
        }
        // 204: the key is known to nobody, and nobody was told.
        Format::Apprise { .. } if status == 204 => return Some("it has no configuration under this key"),
        Format::Standard | Format::Template(_) | Format::Alertmanager | Format::Apprise { .. } => true,
    };
    (!taken).then_some("the answer is not what the service answers")
}

/// The service's own words: those of its error object, or a line of text; nothing of a page.
fn said(json: &Value, text: &str) -> String {
    let word = |key: &str| json[key].as_str().filter(|text| !text.is_empty());
    let found = ["description", "error", "message", "detail"].into_iter().find_map(word);
    let found = match (word("errcode"), found) {
        (Some(code), Some(text)) => format!("{code} {text}"),
        (Some(text), None) | (None, Some(text)) => text.to_owned(),
        (None, None) => match json {
            Value::String(text) => text.clone(),
            Value::Null if !text.trim_start().starts_with('<') => text.to_owned(),
            _ => String::new(),
        },
    };
    words::line(&found, SAID_LIMIT)
}

fn prefixed(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

/// How long the service asks us to wait, in its body: Telegram, Discord (seconds, with a fraction), Matrix (milliseconds).
fn asked(json: &Value) -> Option<Duration> {
    let seconds = json["parameters"]["retry_after"].as_f64().or_else(|| json["retry_after"].as_f64());
    let milliseconds = json["retry_after_ms"].as_f64().map(|ms| ms / 1000.0);
    Duration::try_from_secs_f64(seconds.or(milliseconds)?.ceil()).ok()
}
