//! What holds for every request: who may ask, how long an answer may take, and which headers it carries.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::config::Config;
use crate::web::access::sign_in::Origin;
use crate::web::access::{self, Admission, csrf};
use crate::web::failure::Failure;
use crate::web::visit::{self, Visit};
use crate::web::{WebState, api, preferences, query};

/// A page that takes longer tells the reader so; the database is stuck.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// Nothing but our own style sheet is loaded, nothing is run, no form leads elsewhere, nobody may frame us.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 8] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    // A reader's browser must not ask the network about the hosts that our links point to.
    (HeaderName::from_static("x-dns-prefetch-control"), HeaderValue::from_static("off")),
];

/// Refuses foreign hosts, finds out who asks, guards forms, bounds the time, sets the headers.
pub async fn guard(State(state): State<WebState>, mut request: Request, next: Next) -> Response {
    let config = state.config();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let origin = Origin(access::origin(peer, request.headers()));
    request.extensions_mut().insert(origin);
    // Who asks is looked for in the database, unless the host is not ours or it is the health check that asks.
    let admitted = if is_ours(request.headers(), request.uri().path(), &config) && !is_machine(request.uri().path()) {
        access::admit(&state, &config, request.headers(), request.uri().path()).await
    } else {
        Ok(Admission::default())
    };
    let (admission, refused) = match admitted {
        Ok(admission) => (admission, None),
        Err(failure) => (Admission::default(), Some(failure)),
    };
    let csrf = csrf::token(admission.session.as_deref());
    let visit = Visit::new(request.uri(), request.headers(), &config, admission.viewer, csrf);
    let chosen = visit.chosen;
    let mut response = visit
        .within(async {
            if let Some(failure) = refused {
                return failure.into_response();
            }
            match tokio::time::timeout(ANSWER_WITHIN, answer(&config, request, admission.session.as_deref(), next)).await {
                Ok(Ok(response)) => response,
                Ok(Err(failure)) => failure.into_response(),
                Err(_) => Failure::database_silent().into_response(),
            }
        })
        .await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // Only an answer of ours may be kept by its reader, and says so itself.
        if name != CACHE_CONTROL || !headers.contains_key(CACHE_CONTROL) {
            headers.insert(name, value);
        }
    }
    if let Some(tongue) = chosen {
        preferences::keep(headers, visit::LANGUAGE_COOKIE, tongue.code(), &config);
    }
    response
}

async fn answer(config: &Config, request: Request, session: Option<&str>, next: Next) -> Result<Response, Failure> {
    let path = request.uri().path();
    if !is_ours(request.headers(), path, config) {
        return Err(Failure::new(StatusCode::MISDIRECTED_REQUEST, "This is not the host you asked for").with_advice(
            "Presswatch answers to localhost and to the host of instance.public_url alone, so that no foreign name can be pointed at it. \
             If a proxy stands before it, set instance.public_url to the address that readers use.",
        ));
    }
    // A hub's messages are signed by the hub; the link of an alert is known to its readers alone, and asks for no account.
    let by_secret = path.starts_with("/websub/") || path.starts_with("/ack/");
    if !is_machine(path) && visit::current().viewer.is_none() && !by_secret && !access::is_open(path) {
        if api::scope_of(path).is_some() {
            return Ok(access::unauthorized());
        }
        let next = visit::current().here.clone();
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            return Ok(Redirect::to(&query::address("/login", &[("next", &next)])).into_response());
        }
        return Err(Failure::said("failure.sign_in_first", StatusCode::UNAUTHORIZED));
    }
    let request = if !by_secret && csrf::changes(request.method()) { csrf::check(request, session).await? } else { request };
    Ok(next.run(request).await)
}

/// What machines ask for, that are nobody's browser: a sign of life, a hub's message.
fn is_machine(path: &str) -> bool {
    path == "/healthz" || path.starts_with("/websub/") || path.starts_with("/static/")
}

/// Whether the request names a host that is ours: a page of another site whose name was pointed at our address (DNS rebinding) names its own.
///
/// The host that hubs reach is ours for their callbacks alone: what is open to the world must not show a page.
fn is_ours(headers: &HeaderMap, path: &str, config: &Config) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let Some(authority) = host.to_str().ok().and_then(|text| text.parse::<Authority>().ok()) else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let host = authority.host();
    let listen = match config.web.listen.ip() {
        std::net::IpAddr::V4(ip) => ip.to_string(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let public = config.instance.public_url.as_ref().and_then(url::Url::host_str);
    let hubs = config.websub.as_ref().filter(|_| path.starts_with("/websub/")).and_then(|websub| websub.public_url.host_str());
    ["localhost", "127.0.0.1", "[::1]", listen.as_str()].into_iter().chain(public).chain(hubs).any(|ours| host.eq_ignore_ascii_case(ours))
}
