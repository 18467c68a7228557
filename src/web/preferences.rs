//! `/preferences`: the reader's language and time zone, kept in the browser alone.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::config::Config;
use crate::web::WebState;
use crate::web::failure::Failure;
use crate::web::messages::Tongue;
use crate::web::view::{self, Section};
use crate::web::visit::{self, LANGUAGE_COOKIE, ZONE_COOKIE};

#[derive(Template)]
#[template(path = "preferences.html")]
struct Page {
    section: Section,
    /// Code, name, whether it is in use.
    tongues: Vec<(&'static str, &'static str, bool)>,
    zone: String,
    home: String,
    back: String,
}

/// Where the reader came from.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct From {
    back: String,
}

impl Default for From {
    fn default() -> Self {
        Self { back: "/".to_owned() }
    }
}

/// What the form says.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Chosen {
    lang: String,
    zone: String,
    back: String,
}

impl Default for Chosen {
    fn default() -> Self {
        Self { lang: String::new(), zone: String::new(), back: "/".to_owned() }
    }
}

pub async fn show(Query(from): Query<From>) -> Response {
    let visit = visit::current();
    let in_use = visit.texts.tongue;
    view::html(&Page {
        section: Section::None,
        tongues: Tongue::ALL.into_iter().map(|tongue| (tongue.code(), tongue.name(), tongue == in_use)).collect(),
        zone: if visit.zone == visit.home_zone { String::new() } else { visit.zone_name() },
        home: visit::zone_name(&visit.home_zone),
        back: own_path(&from.back),
    })
}

pub async fn save(State(state): State<WebState>, Form(chosen): Form<Chosen>) -> Result<Response, Failure> {
    let config = state.config();
    let mut headers = HeaderMap::new();
    if let Some(tongue) = Tongue::parse(&chosen.lang) {
        keep(&mut headers, LANGUAGE_COOKIE, tongue.code(), &config);
    }
    let name = chosen.zone.trim();
    let zone = if name.is_empty() {
        String::new()
    } else {
        let unknown = || {
            let shown: String = name.chars().take(80).collect();
            let message = visit::say("preferences.zone_unknown").with("zone", shown).plain();
            Failure::new(StatusCode::BAD_REQUEST, &message).advised("preferences.zone_advice")
        };
        visit::zone_name(&visit::zone(name).ok_or_else(unknown)?)
    };
    keep(&mut headers, ZONE_COOKIE, &zone, &config);
    let back = HeaderValue::from_str(&own_path(&chosen.back)).unwrap_or(HeaderValue::from_static("/"));
    headers.insert(LOCATION, back);
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// Keeps a value of plain letters in the reader's browser for a year; an empty one is forgotten.
pub fn keep(headers: &mut HeaderMap, name: &str, value: &str, config: &Config) {
    let age = if value.is_empty() { 0 } else { 365 * 24 * 60 * 60 };
    let secure = if config.is_behind_tls() { "; Secure" } else { "" };
    if let Ok(cookie) = HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")) {
        headers.append(SET_COOKIE, cookie);
    }
}

/// A path of ours: what could lead to another site becomes the front page. Its query never chooses a language again.
pub fn own_path(path: &str) -> String {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\' && b != b'"') && path.len() <= 2000;
    if !plain || !path.starts_with('/') || path.starts_with("//") {
        return "/".to_owned();
    }
    match path.split_once('?') {
        Some((path, query)) => {
            let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("lang=") && !pair.is_empty()).collect();
            if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
        }
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn no_path_leads_to_another_site() {
        let check = |path: &str, expect: &str| assert_eq!(own_path(path), expect, "{path}");
        check("/stories?country=KZ&lang=fr&topic=a", "/stories?country=KZ&topic=a");
        check("/stories?lang=fr", "/stories");
        for evil in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\r\nSet-Cookie: x=1", "stories", "/ы"]
        {
            check(evil, "/");
        }
    }
}
