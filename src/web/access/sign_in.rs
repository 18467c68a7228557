//! `/login` and `/logout`.

use std::net::IpAddr;
use std::time::Duration;

use askama::Template;
use axum::Form;
use axum::extract::{Extension, Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;

use crate::config::Config;
use crate::model::AccountName;
use crate::store::Guesser;
use crate::web::access::{SESSION_COOKIE, Viewer, secret};
use crate::web::failure::Failure;
use crate::web::preferences::own_path;
use crate::web::view::{self, Section};
use crate::web::{WebState, visit};

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct Origin(pub Option<IpAddr>);

#[derive(Template)]
#[template(path = "login.html")]
struct Page {
    section: Section,
    next: String,
    name: String,
    problem: Option<String>,
    nobody: bool,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Credentials(..)")
    }
}

/// Where the reader wanted to go.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    next: String,
}

/// What the form says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Credentials {
    name: String,
    password: String,
    next: String,
}

pub async fn show(State(state): State<WebState>, Query(wanted): Query<Wanted>) -> Result<Response, Failure> {
    if visit::current().viewer.is_some() {
        return Ok(see_other(HeaderMap::new(), &wanted.next));
    }
    let nobody = !state.store.has_accounts().await?;
    Ok(view::html(&Page { section: Section::None, next: own_path(&wanted.next), name: String::new(), problem: None, nobody }))
}

/// Slow for who guesses: per account and per address, and counted before the password is looked at.
pub async fn enter(
    State(state): State<WebState>,
    Extension(Origin(from)): Extension<Origin>,
    Form(given): Form<Credentials>,
) -> Result<Response, Failure> {
    let config = state.config();
    let name = AccountName::new(&given.name).ok();
    let by_account = guesser("account", name.as_ref().map_or("", |name| name.as_str()), 8, Duration::from_mins(5));
    let by_address = guesser("address", &from.map(network).unwrap_or_default(), 30, Duration::from_mins(15));
    for guesser in [&by_address, &by_account] {
        if let Some(wait) = state.store.count_attempt(guesser).await? {
            let now = Timestamp::now();
            let when = view::distance(now.saturating_add(wait + Duration::from_secs(1)).unwrap_or(now), now);
            let problem = visit::say("sign.slow").with("when", when).plain();
            let mut response = refused(&given, problem, StatusCode::TOO_MANY_REQUESTS);
            response.headers_mut().insert("retry-after", HeaderValue::from(wait.as_secs().saturating_add(1)));
            return Ok(response);
        }
    }
    let stored = match &name {
        Some(name) => state.store.password_hash(name).await?,
        None => None,
    };
    let right = secret::is_password(given.password.clone(), stored).await;
    let Some(name) = name.filter(|_| right) else {
        state.store.audit("", "session.refused", &AccountName::new(&given.name).map(|name| name.to_string()).unwrap_or_default(), "").await?;
        return Ok(refused(&given, visit::say("sign.wrong").plain(), StatusCode::FORBIDDEN));
    };
    state.store.forget_attempts(&by_account.subject).await?;
    state.store.forgive_attempt(&by_address.subject).await?;
    let token = secret::random().map_err(|error| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()))?;
    state.store.open_session(&secret::digest(&token), &name).await?;
    state.store.audit(name.as_str(), "session.open", "", "").await?;
    let mut headers = HeaderMap::new();
    set_session(&mut headers, &token, &config);
    Ok(see_other(headers, &given.next))
}

pub async fn leave(State(state): State<WebState>, viewer: Viewer, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(token) = visit::cookie(&headers, SESSION_COOKIE) {
        state.store.close_session(&secret::digest(token)).await?;
        state.store.audit(&viewer.name, "session.close", "", "").await?;
    }
    let mut headers = HeaderMap::new();
    set_session(&mut headers, "", &state.config());
    Ok(see_other(headers, "/login"))
}

fn guesser(kind: &str, who: &str, free: u32, longest: Duration) -> Guesser {
    Guesser { subject: secret::digest(&format!("{kind} {who}")), free, longest }
}

/// Whoever has one address of IPv6 has 2^64 of them.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => ip.segments().iter().take(4).map(|part| format!("{part:x}:")).collect(),
    }
}

fn refused(given: &Credentials, problem: String, status: StatusCode) -> Response {
    let name = given.name.chars().take(64).collect();
    let mut response = view::html(&Page { section: Section::None, next: own_path(&given.next), name, problem: Some(problem), nobody: false });
    *response.status_mut() = status;
    response
}

fn set_session(headers: &mut HeaderMap, token: &str, config: &Config) {
    // The browser forgets it with the window or when the server does; an empty one at once.
    let age = if token.is_empty() { "; Max-Age=0" } else { "" };
    let secure = if config.is_behind_tls() { "; Secure" } else { "" };
    if let Ok(cookie) = HeaderValue::from_str(&format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{age}{secure}")) {
        headers.append(SET_COOKIE, cookie);
    }
}

fn see_other(mut headers: HeaderMap, path: &str) -> Response {
    headers.insert(LOCATION, HeaderValue::from_str(&own_path(path)).unwrap_or(HeaderValue::from_static("/")));
    (StatusCode::SEE_OTHER, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
