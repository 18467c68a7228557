//! Requests that change something come from our own pages.
//!
//! Two locks, both on every such request: the browser's own word on where it was sent from (`Sec-Fetch-Site`, `Origin`), and a token in the
//! form that only a page of this session holds. The token is made from the session, so none is stored.

use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use url::form_urlencoded;

use crate::web::failure::Failure;

/// The name of the field that carries the token.
pub const FIELD: &str = "csrf";

/// More than any of our forms holds: a list of sources as OPML is the largest.
pub const FORM_LIMIT_BYTES: usize = 2 << 20;

/// Binds the forms of pages without a session to this process.
static KEY: LazyLock<[u8; 32]> = LazyLock::new(|| {
    let mut key = [0; 32];
    if getrandom::fill(&mut key).is_err() {
        // Without randomness no TLS connection could be made either: no form is taken.
        tracing::error!("the system gives no random numbers: forms cannot be protected");
    }
    key
});

/// The token of a session; of pages that ask for no sign-in, that of this process.
pub fn token(session: Option<&str>) -> String {
    URL_SAFE_NO_PAD.encode(mac(session).finalize().into_bytes())
}

fn mac(session: Option<&str>) -> Hmac<Sha256> {
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(session.map_or(KEY.as_slice(), str::as_bytes)).unwrap_or_else(|_| unreachable!());
    mac.update(b"form of presswatch");
    mac
}

fn is_right(session: Option<&str>, token: &str) -> bool {
    let nothing = session.is_none() && *KEY == [0; 32];
    !nothing && URL_SAFE_NO_PAD.decode(token).is_ok_and(|bytes| mac(session).verify_slice(&bytes).is_ok())
}

/// Whether a request changes something.
pub fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Lets a form through whose token is that of the session; hands it on whole.
///
/// # Errors
/// The page that says what to do.
pub async fn check(request: Request, session: Option<&str>) -> Result<Request, Failure> {
    let stale = || Failure::said("failure.form_stale", StatusCode::FORBIDDEN).advised("failure.form_stale_advice");
    if !is_from_our_page(request.headers()) {
        return Err(stale());
    }
    let is_form = request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if !is_form {
        return Err(stale());
    }
    let (parts, body) = request.into_parts();
    let large = |_| Failure::said("failure.form_large", StatusCode::PAYLOAD_TOO_LARGE).advised("failure.form_large_advice");
    let bytes = to_bytes(body, FORM_LIMIT_BYTES).await.map_err(large)?;
    let given = form_urlencoded::parse(&bytes).find(|(key, _)| key == FIELD).map(|(_, value)| value.into_owned());
    if !given.is_some_and(|given| is_right(session, &given)) {
        return Err(stale());
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Whether the browser says that one of our pages sent it; a program that is no browser says nothing.
pub fn is_from_our_page(headers: &HeaderMap) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (header("origin"), header("host")) {
        // An origin is a scheme and a host; a page that hides it ("null") is not ours.
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, of)| of.eq_ignore_ascii_case(host)),
        (None, _) => !headers.contains_key("origin"),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_belongs_to_one_session() {
        let (mine, local) = (token(Some("one")), token(None));
        assert!(is_right(Some("one"), &mine) && is_right(None, &local));
        for (session, wrong) in [(Some("two"), mine.as_str()), (None, &mine), (Some("one"), &local), (Some("one"), ""), (None, "AAAA")] {
            assert!(!is_right(session, wrong), "{session:?}");
        }
    }

    #[test]
    fn forms_of_other_sites_are_told_apart() {
        let sent = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            is_from_our_page(&headers)
        };
        assert!(sent(&[("host", "localhost:8080"), ("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")]));
        assert!(sent(&[("host", "localhost:8080")]));
        assert!(!sent(&[("host", "localhost:8080"), ("origin", "http://evil.example")]));
        assert!(!sent(&[("host", "localhost:8080"), ("origin", "null")]));
        assert!(!sent(&[("sec-fetch-site", "cross-site")]));
    }
}
