//! Serves the outlets of config/demo on loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/demo");

/// The text of an embedded file of config/demo.
pub fn embedded_text(path: &str) -> Option<&'static str> {
    FILES.get_file(path).and_then(include_dir::File::contents_utf8)
}

/// The server; it ends when this is dropped.
#[derive(Debug)]
pub struct Newsroom {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Drop for Newsroom {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[derive(Debug)]
struct Served {
    base: String,
    /// Ages in the files count back from here, so that two readings of a feed say the same.
    started: Timestamp,
}

impl Newsroom {
    /// Listens on a free port of 127.0.0.1.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = listener.local_addr()?;
        let served = Arc::new(Served { base: format!("http://{address}"), started: Timestamp::now() });
        let router = Router::new().fallback(serve).with_state(served);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::warn!("the sample newsroom stopped: {error}");
            }
        });
        Ok(Self { address, server })
    }

    /// `http://127.0.0.1:PORT`
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn serve(State(served): State<Arc<Served>>, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let index = format!("newsroom/{}index.html", if path.is_empty() { String::new() } else { format!("{}/", path.trim_end_matches('/')) });
    let Some((name, text)) = [format!("newsroom/{path}"), index].into_iter().find_map(|name| embedded_text(&name).map(|text| (name, text))) else {
        return (StatusCode::NOT_FOUND, "no such page in the sample newsroom").into_response();
    };
    let media_type = match name.rsplit('.').next() {
        Some("xml") => "application/xml; charset=utf-8",
        Some("json") => "application/feed+json",
        _ => "text/html; charset=utf-8",
    };
    ([(header::CONTENT_TYPE, media_type)], fill(text, &served.base, served.started)).into_response()
}

/// Fills in addresses and ages: `{{base}}`, `{{rfc2822:3h}}`, `{{rfc3339:3h}}`.
fn fill(text: &str, base: &str, started: Timestamp) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        if let Some(value) = value(name, base, started) {
            filled.push_str(&value)
        } else {
            filled.push_str("{{");
            filled.push_str(name);
            filled.push_str("}}");
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

fn value(name: &str, base: &str, started: Timestamp) -> Option<String> {
    if name == "base" {
        return Some(base.to_owned());
    }
    let (form, age) = name.split_once(':')?;
    let hours: i64 = age.strip_suffix('h')?.parse().ok()?;
    let at = started.checked_sub(SignedDuration::from_hours(hours)).ok()?;
    match form {
        "rfc2822" => jiff::fmt::rfc2822::to_string(&at.to_zoned_datetime(jiff::tz::TimeZone::UTC)).ok(),
        "rfc3339" => Some(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{FILES, embedded_text, fill};

    #[test]
    fn addresses_and_ages_are_filled_in() {
        let started = "2026-03-05T12:00:00Z".parse().unwrap();
        assert_eq!(fill("{{base}}/x {{rfc3339:3h}} {{other}} {{", "http://h", started), "http://h/x 2026-03-05T09:00:00Z {{other}} {{");
        assert_eq!(fill("{{rfc2822:24h}}", "", started), "Wed, 4 Mar 2026 12:00:00 +0000");
    }

    #[test]
    fn every_link_of_a_feed_leads_to_a_page() {
        let mut links = 0;
        for outlet in FILES.get_dir("newsroom").unwrap().dirs() {
            for file in outlet.files() {
                let text = file.contents_utf8().unwrap_or_default();
                for link in text.split("{{base}}/").skip(1) {
                    let path = link.split(['<', '"']).next().unwrap();
                    if path.ends_with('/') || text.contains("<!doctype html>") {
                        continue;
                    }
                    links += 1;
                    assert!(embedded_text(&format!("newsroom/{path}")).is_some(), "{} leads to {path}, which is not there", file.path().display());
                }
            }
        }
        assert!(links > 15);
    }
}
