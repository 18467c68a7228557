//! Fetches the documents of sources and the pages of articles, and says what went wrong in words that the schedule understands.
//!
//! Enters: a source and what is known of its last document. Leaves: [`Fetched`] or [`FetchError`]. Deliberately absent: the database,
//! retries, when to come again. Every request has the deadlines and the limits of [`crate::net::Client`].

mod error;
mod header;
mod hub;
mod politeness;
mod robots;
mod wall;

pub use error::{FetchError, Problem};
pub use hub::Hub;
pub use politeness::{Permit, Politeness, registrable_domain};
pub use robots::Robots;

use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

use crate::gather::parse::decode_html;
use crate::model::{Source, SourceKind};
use crate::net::header::{ACCEPT, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use crate::net::{Client, Get, HeaderName, Response};

const ACCEPT_FEED: &str =
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5";
const ACCEPT_PAGE: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5";

/// What is known of the document that was read last. Stored only after its stories are, so that a crash in between reads it again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// As given, quotes included.
    pub etag: Option<String>,
    /// As given: servers compare it as text.
    pub last_modified: Option<String>,
    /// SHA-256 of the body: servers without (or with lying) validators send it again unchanged.
    pub body_hash: Option<Vec<u8>>,
}

/// A fetch that ended as it should.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub outcome: Outcome,
    pub http_status: u16,
    /// Decompressed size of the body.
    pub bytes: usize,
    /// To be given to the next fetch.
    pub validators: Validators,
    /// The target, when every redirect on the way was permanent (301, 308).
    pub permanent_redirect: Option<Url>,
    /// How long the server calls the document fresh (Cache-Control, Expires); at most a day.
    pub fresh_for: Option<Duration>,
}

/// Whether there is something to read.
#[derive(Debug, Clone)]
pub enum Outcome {
    NotModified,
    Document(Document),
}

/// A document to parse.
#[derive(Debug, Clone)]
pub struct Document {
    pub final_url: Url,
    /// The value of Content-Type, parameters included.
    pub media_type: Option<String>,
    pub bytes: Vec<u8>,
    /// Where a feed says that one may subscribe to it.
    pub hub: Option<Box<Hub>>,
}

/// An article page.
#[derive(Debug, Clone)]
pub struct Page {
    pub final_url: Url,
    pub html: String,
}

/// Fetches a source's document unless it is unchanged. Cancel-safe.
///
/// Default validators force a full fetch.
pub async fn fetch_document(client: &Client, source: &Source, validators: &Validators, limit_bytes: usize) -> Result<Fetched, FetchError> {
    let wants_feed = !matches!(source.kind, SourceKind::Listing(_));
    let mut headers = vec![(ACCEPT, if wants_feed { ACCEPT_FEED } else { ACCEPT_PAGE }.to_owned())];
    // A validator comes from the peer: one that is no header value must not make every further request fail.
    let mut add = |name: HeaderName, value: &Option<String>| {
        if let Some(value) = value.as_deref().filter(|value| is_header_value(value)) {
            headers.push((name, value.to_owned()));
        }
    };
    add(IF_NONE_MATCH, &validators.etag);
    add(IF_MODIFIED_SINCE, &validators.last_modified);

    let response = client.get(Get { url: source.url.clone(), headers, limit_bytes }).await.map_err(FetchError::from_net)?;
    let now = Timestamp::now();
    let permanent_redirect = permanent_target(&response);
    let fresh_for = header::fresh_for(&response.headers, now);
    if response.status == 304 {
        let was_conditional = validators.etag.is_some() || validators.last_modified.is_some();
        if !was_conditional {
            // Taken for an answer, a server that says so to everybody would never be read again.
            return Err(FetchError::new(Problem::UnexpectedStatus, Some(304)));
        }
        let validators = Validators {
            etag: text_header(&response, &ETAG).or_else(|| validators.etag.clone()),
            last_modified: text_header(&response, &LAST_MODIFIED).or_else(|| validators.last_modified.clone()),
            body_hash: validators.body_hash.clone(),
        };
        return Ok(Fetched { outcome: Outcome::NotModified, http_status: 304, bytes: 0, validators, permanent_redirect, fresh_for });
    }
    check_status(&response, now)?;
    if wants_feed && wall::is_html(&response.body) {
        let problem = wall::recognize(&response).map_or(Problem::NotAFeed, Problem::Blocked);
        return Err(FetchError { said: wall::said(&response), ..FetchError::new(problem, Some(response.status)) });
    }
    if !wants_feed && let Some(mark) = wall::recognize(&response) {
        return Err(FetchError { said: wall::said(&response), ..FetchError::new(Problem::Blocked(mark), Some(response.status)) });
    }

    let hash = Sha256::digest(&response.body).to_vec();
    let unchanged = validators.body_hash.as_ref() == Some(&hash);
    let next = Validators { etag: text_header(&response, &ETAG), last_modified: text_header(&response, &LAST_MODIFIED), body_hash: Some(hash) };
    let media_type = text_header(&response, &crate::net::header::CONTENT_TYPE);
    let bytes = response.body.len();
    let outcome = if unchanged {
        Outcome::NotModified
    } else {
        let hub = wants_feed.then(|| hub::find(&response.headers, &response.body, &response.final_url)).flatten().map(Box::new);
        Outcome::Document(Document { final_url: response.final_url, media_type, bytes: response.body, hub })
    };
    Ok(Fetched { outcome, http_status: response.status, bytes, validators: next, permanent_redirect, fresh_for })
}

/// Fetches an article page and decodes it. Cancel-safe.
pub async fn fetch_page(client: &Client, url: &Url, limit_bytes: usize) -> Result<Page, FetchError> {
    let headers = vec![(ACCEPT, ACCEPT_PAGE.to_owned())];
    let response = client.get(Get { url: url.clone(), headers, limit_bytes }).await.map_err(FetchError::from_net)?;
    check_status(&response, Timestamp::now())?;
    if let Some(mark) = wall::recognize(&response) {
        return Err(FetchError::new(Problem::Blocked(mark), Some(response.status)));
    }
    let media_type = text_header(&response, &crate::net::header::CONTENT_TYPE);
    let essence = media_type.as_deref().and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    let may_be_page = essence.is_empty() || essence.contains("html") || essence.contains("xml") || essence.starts_with("text/");
    if !may_be_page {
        return Err(FetchError::new(Problem::NotAPage(essence), Some(response.status)));
    }
    let html = decode_html(&response.body, media_type.as_deref());
    Ok(Page { final_url: response.final_url, html })
}

fn check_status(response: &Response, now: Timestamp) -> Result<(), FetchError> {
    let status = response.status;
    if (200..300).contains(&status) {
        return Ok(());
    }
    let problem = match status {
        410 => Problem::Gone,
        404 => Problem::NotFound,
        429 => Problem::RateLimited,
        401 | 403 | 405 | 406 | 409 | 451 | 500..=599 => match wall::recognize(response) {
            Some(mark) => Problem::Blocked(mark),
            None if status >= 500 => Problem::ServerError,
            None => Problem::Forbidden,
        },
        _ => Problem::UnexpectedStatus,
    };
    let mut error = FetchError { said: wall::said(response), ..FetchError::new(problem, Some(status)) };
    if matches!(status, 429 | 503) {
        error.retry_after = header::retry_after(&response.headers, now);
    }
    Err(error)
}

fn permanent_target(response: &Response) -> Option<Url> {
    let all_permanent = response.redirects.iter().all(|redirect| matches!(redirect.status, 301 | 308));
    (all_permanent && !response.redirects.is_empty() && (response.status == 304 || response.status < 300)).then(|| response.final_url.clone())
}

fn text_header(response: &Response, name: &HeaderName) -> Option<String> {
    response.header(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn is_header_value(value: &str) -> bool {
    !value.is_empty() && value.len() <= 1024 && value.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}
