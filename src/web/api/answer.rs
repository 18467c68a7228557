//! JSON with an `ETag`: who asks again for what has not changed gets no body.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::web::failure::Failure;

/// A list with the address of what follows.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// Writes a value.
///
/// # Errors
/// Never for records of ours; a fault of the program is said as one.
pub fn json(headers: &HeaderMap, value: &impl Serialize) -> Result<Response, Failure> {
    let body = serde_json::to_vec(value).map_err(|_| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "The answer could not be written"))?;
    Ok(with_etag(Some(headers), "application/json", body))
}

/// A body under its digest; 304 without it where the reader has it.
pub fn with_etag(asked: Option<&HeaderMap>, media: &'static str, body: Vec<u8>) -> Response {
    let digest = Sha256::digest(&body);
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest.get(..15).unwrap_or_default()));
    let known = asked.is_some_and(|headers| is_known(headers, &tag));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { ([(CONTENT_TYPE, media)], body).into_response() };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    // Kept by the reader alone, and asked for each time.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let given = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    given.flat_map(|value| value.split(',')).map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_tag_needs_no_body() {
        let first = with_etag(None, "application/json", b"[]".to_vec());
        let tag = first.headers().get(ETAG).unwrap().clone();
        let check = |given: &str, status: StatusCode| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, given.parse().unwrap());
            assert_eq!(with_etag(Some(&headers), "application/json", b"[]".to_vec()).status(), status, "{given}");
        };
        let tag = tag.to_str().unwrap();
        check(tag, StatusCode::NOT_MODIFIED);
        check(&format!("\"other\", W/{tag}"), StatusCode::NOT_MODIFIED);
        check("*", StatusCode::NOT_MODIFIED);
        check("\"other\"", StatusCode::OK);
    }
}
