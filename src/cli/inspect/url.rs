//! `presswatch inspect url`.

use serde_json::{Value, json};
use url::Url;

use crate::cli::inspect::Input;
use crate::understand::normalize::{explain_url_key, url_key};

/// Answers one JSON line: `{url}` gives `{key}`.
pub fn answer(input: &Input) -> Result<Value, String> {
    let url = read(input.text("url").ok_or("the line has no \"url\"")?)?;
    Ok(json!({ "key": url_key(&url) }))
}

/// Describes how the key of an address is made.
pub fn describe(input: &Input) -> Result<String, String> {
    let url = read(input.text("target").ok_or("give an address")?)?;
    let keyed = explain_url_key(&url);
    let mut out = format!("key: {}", keyed.key);
    for rule in &keyed.rules {
        out.push_str("\n  - ");
        out.push_str(rule);
    }
    Ok(out)
}

fn read(text: &str) -> Result<Url, String> {
    Url::parse(text.trim()).map_err(|error| format!("{text:?} is no address: {error} (an address begins with https:// or http://)"))
}
