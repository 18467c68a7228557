//! The client: one request with its redirects, deadlines and limits.

use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::config::NetworkConfig;
use crate::net::body::{BodyReader, Fault, Overflow};
use crate::net::error::{NetError, TimeoutPhase, classify};
use crate::net::policy::AddressPolicy;
use crate::net::resolve::{Lookup, PolicyResolver, system_lookup};

const REDIRECT_LIMIT: usize = 5;
/// Of an error's page only the beginning is read: enough to tell a bot wall from a fault.
const ERROR_BODY_LIMIT_BYTES: usize = 256 * 1024;
/// What a redirect to another origin may take along: nothing that speaks of the caller.
const CROSS_ORIGIN_HEADERS: [&str; 4] = ["accept", "accept-language", "if-none-match", "if-modified-since"];
/// Connections kept for the next request to one host.
const IDLE_CONNECTIONS_PER_HOST: usize = 2;
const IDLE_CONNECTION_AGE: Duration = Duration::from_mins(1);

/// Makes guarded requests. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    policy: AddressPolicy,
    connect_timeout: Duration,
    headers_timeout: Duration,
    idle_timeout: Duration,
    total_timeout: Duration,
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// How we name ourselves to publishers; `contact` is where they reach the operator.
pub fn user_agent(contact: Option<&str>) -> String {
    let contact = contact.map(|contact| format!(" ({contact})")).unwrap_or_default();
    format!("presswatch/{}{contact}", env!("CARGO_PKG_VERSION"))
}

/// A document to get.
#[derive(Debug, Clone)]
pub struct Get {
    pub url: Url,
    pub headers: Vec<(HeaderName, String)>,
    /// After decompression.
    pub limit_bytes: usize,
}

/// A body to deliver.
#[derive(Debug, Clone)]
pub struct Post {
    pub url: Url,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Vec<u8>,
    /// From the first byte out to the last byte in.
    pub timeout: Duration,
    /// Of the answer no more is kept; what follows is not read.
    pub limit_bytes: usize,
}

/// One redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    pub status: u16,
    pub to: Url,
}

/// An answer of any status.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    /// Where the answer came from, after redirects.
    pub final_url: Url,
    /// In the order they were followed.
    pub redirects: Vec<Redirect>,
    pub headers: HeaderMap,
    /// Decompressed. Of answers with status 400 and above (and of all answers to a post) only the beginning.
    pub body: Vec<u8>,
}

impl Response {
    /// A header field's value, where it is there and text.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Client {
    /// Builds the client of a configuration; the resolver is that of the operating system.
    ///
    /// # Errors
    /// [`NetError::Setup`] when the system has no root certificates or the user agent is no header value.
    pub fn new(config: &NetworkConfig, policy: AddressPolicy, user_agent: &str) -> Result<Self, NetError> {
        Self::with_lookup(config, policy, user_agent, system_lookup())
    }

    /// Builds a client that resolves names by the given lookup.
    pub fn with_lookup(config: &NetworkConfig, policy: AddressPolicy, user_agent: &str, lookup: Lookup) -> Result<Self, NetError> {
        // A second installation is refused; the first one was ours as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut defaults = HeaderMap::new();
        defaults.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate"));
        let http = reqwest::Client::builder()
            .user_agent(user_agent)
            .default_headers(defaults)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(config.connect_timeout)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
            .pool_idle_timeout(IDLE_CONNECTION_AGE)
            .dns_resolver(std::sync::Arc::new(PolicyResolver { policy: policy.clone(), lookup }))
            .build()
            .map_err(|error| NetError::Setup(format!("{}; are root certificates installed (package ca-certificates)?", chain(&error))))?;
        Ok(Self {
            http,
            policy,
            connect_timeout: config.connect_timeout,
            headers_timeout: config.headers_timeout,
            idle_timeout: config.idle_timeout,
            total_timeout: config.total_timeout,
        })
    }

    /// Gets a document, following at most five redirects. Any final status is a response. Cancel-safe: dropping it closes the connection.
    pub async fn get(&self, get: Get) -> Result<Response, NetError> {
        let deadline = Instant::now() + self.total_timeout;
        let mut url = get.url;
        let mut headers = get.headers;
        let mut redirects = Vec::new();
        loop {
            let request = self.http.get(url.clone());
            let answer = self.send(request, &url, &headers, deadline).await?;
            let status = answer.status().as_u16();
            let Some(target) = redirect_target(status, &url, answer.headers())? else {
                let overflow = if status >= 400 { Overflow::Truncate } else { Overflow::Refuse };
                let limit = if status >= 400 { get.limit_bytes.min(ERROR_BODY_LIMIT_BYTES) } else { get.limit_bytes };
                return self.read(answer, url, redirects, limit, overflow, deadline).await;
            };
            if redirects.len() >= REDIRECT_LIMIT {
                return Err(NetError::Redirect(format!("more than {REDIRECT_LIMIT} in a row")));
            }
            if url.scheme() == "https" && target.scheme() == "http" {
                return Err(NetError::Redirect(format!("from https to http at {}", host_of(&target))));
            }
            if target.origin() != url.origin() {
                headers.retain(|(name, _)| CROSS_ORIGIN_HEADERS.contains(&name.as_str()));
            }
            redirects.push(Redirect { status, to: target.clone() });
            url = target;
        }
    }

    /// Posts a body. Redirects are answers: whoever was given the address must give the right one. Cancel-safe for us; whether the peer took
    /// the body is then unknown.
    pub async fn post(&self, post: Post) -> Result<Response, NetError> {
        let deadline = Instant::now() + post.timeout;
        let request = self.http.post(post.url.clone()).body(post.body);
        let answer = self.send(request, &post.url, &post.headers, deadline).await?;
        self.read(answer, post.url, Vec::new(), post.limit_bytes, Overflow::Truncate, deadline).await
    }

    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        url: &Url,
        headers: &[(HeaderName, String)],
        deadline: Instant,
    ) -> Result<reqwest::Response, NetError> {
        self.policy.check(url)?;
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        // A connection may have to be made first: it has its own deadline inside this one.
        let headers_deadline = Instant::now() + self.connect_timeout + self.headers_timeout;
        match timeout_at(deadline.min(headers_deadline), request.send()).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(classify(error, host_of(url))),
            Err(_) => Err(NetError::Timeout(if deadline <= headers_deadline { TimeoutPhase::Total } else { TimeoutPhase::Headers })),
        }
    }

    async fn read(
        &self,
        mut answer: reqwest::Response,
        url: Url,
        redirects: Vec<Redirect>,
        limit: usize,
        overflow: Overflow,
        deadline: Instant,
    ) -> Result<Response, NetError> {
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let protocol = |reason: String| NetError::Protocol { host: host_of(&url).to_owned(), reason };
        let coding = headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut body = BodyReader::new(coding, limit, overflow).map_err(&protocol)?;
        let fault = |fault: Fault| match fault {
            Fault::Net(error) => error,
            Fault::Corrupt(reason) => protocol(format!("the body cannot be unpacked: {reason}")),
        };
        let mut complete = true;
        loop {
            let idle_deadline = Instant::now() + self.idle_timeout;
            let piece = match timeout_at(deadline.min(idle_deadline), answer.chunk()).await {
                Ok(Ok(piece)) => piece,
                Ok(Err(error)) => return Err(classify(error, host_of(&url))),
                Err(_) => return Err(NetError::Timeout(if deadline <= idle_deadline { TimeoutPhase::Total } else { TimeoutPhase::Idle })),
            };
            let Some(piece) = piece else { break };
            if !body.push(&piece).map_err(&fault)? {
                complete = false;
                break;
            }
        }
        let body = body.finish(complete).map_err(&fault)?;
        Ok(Response { status, final_url: url, redirects, headers, body })
    }
}

/// Where an answer sends us; `None` when it is no redirect.
fn redirect_target(status: u16, from: &Url, headers: &HeaderMap) -> Result<Option<Url>, NetError> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    // Raw UTF-8 in Location is common; the URL parser escapes it.
    let location = headers.get(LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let location = location.ok_or_else(|| NetError::Redirect(format!("status {status} without Location")))?;
    let mut target = from.join(location.trim()).map_err(|error| NetError::Redirect(format!("Location is no address: {error}")))?;
    target.set_fragment(None);
    Ok(Some(target))
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or("no host")
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut current = error.source();
    while let Some(source) = current {
        text.push_str(": ");
        text.push_str(&source.to_string());
        current = source.source();
    }
    text
}
