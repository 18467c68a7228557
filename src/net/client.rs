//! The client: one request with its redirects, deadlines and limits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, LOCATION};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use url::{Origin, Url};

use crate::config::{HeaderText, Login, NetworkConfig, Route, Secret, SecretRef, SourceAccess};
use crate::net::body::{BodyReader, Fault, Overflow};
use crate::net::error::{NetError, TimeoutPhase, classify};
use crate::net::policy::AddressPolicy;
use crate::net::resolve::{Lookup, system_lookup};
use crate::net::tls::{Pins, Roots};
use crate::net::transport::{Transports, plain_host};

const REDIRECT_LIMIT: usize = 5;
/// Of an error's page only the beginning is read: enough to tell a bot wall from a fault.
const ERROR_BODY_LIMIT_BYTES: usize = 256 * 1024;
/// A body that grows beyond this takes a place among few: what strangers send at once must fit into memory, however many of them there are.
const LARGE_BODY_BYTES: usize = 512 * 1024;
const LARGE_BODIES_AT_ONCE: usize = 4;
/// What a redirect to another origin may take along: nothing that speaks of the caller.
const CROSS_ORIGIN_HEADERS: [&str; 4] = ["accept", "accept-language", "if-none-match", "if-modified-since"];

/// Makes guarded requests. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transports: Arc<Transports>,
    http: reqwest::Client,
    route: Route,
    greeting: Arc<Greeting>,
    large_bodies: Arc<Semaphore>,
}

/// What one source's server is told beside what every server is.
#[derive(Default)]
struct Greeting {
    /// Told to every server on the way.
    plain: HeaderMap,
    /// The one origin that the secrets are for.
    origin: Option<Origin>,
    secret: HeaderMap,
}

/// What stands in for the operating system.
#[derive(Clone)]
pub struct Setup {
    pub lookup: Lookup,
    pub roots: Roots,
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("transports", &self.transports).field("route", &self.route).finish_non_exhaustive()
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Setup").finish_non_exhaustive()
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
        Self::with_setup(config, policy, user_agent, Setup { lookup, roots: Roots::System })
    }

    /// Builds a client that resolves names and trusts issuers as it is told.
    pub fn with_setup(config: &NetworkConfig, policy: AddressPolicy, user_agent: &str, setup: Setup) -> Result<Self, NetError> {
        let transports = Transports::new(config, policy, user_agent, setup.lookup, &setup.roots)?;
        let http = transports.client(&config.route, None)?;
        Ok(Self {
            transports: Arc::new(transports),
            http,
            route: config.route.clone(),
            greeting: Arc::default(),
            large_bodies: Arc::new(Semaphore::new(LARGE_BODIES_AT_ONCE)),
        })
    }

    /// The client that reaches a source as its configuration says. `url` is the source's address: its origin alone is told the secrets, and its host
    /// alone has pinned keys.
    ///
    /// # Errors
    /// [`NetError::Setup`] where a secret cannot be read or the network path is not known. No request is made without them.
    pub fn for_source(&self, url: &Url, access: &SourceAccess) -> Result<Self, NetError> {
        let route = access.route.clone().unwrap_or_else(|| self.route.clone());
        let pins = (!access.tls_pins.is_empty()).then(|| Pins { host: plain_host(url), keys: access.tls_pins.clone() });
        let http = self.transports.client(&route, pins.as_ref())?;
        let mut greeting = Greeting { origin: Some(url.origin()), ..Greeting::default() };
        for (name, value) in &access.headers {
            let name = HeaderName::try_from(name.as_str()).map_err(|_| NetError::Setup(format!("{name} is no header field")))?;
            match value {
                HeaderText::Plain(text) => drop(greeting.plain.insert(name.clone(), header_value(&name, text)?)),
                HeaderText::Secret(secret) => drop(greeting.secret.insert(name.clone(), secret_value(&name, "", secret)?)),
            }
        }
        match &access.login {
            Some(Login::Bearer(token)) => drop(greeting.secret.insert(AUTHORIZATION, secret_value(&AUTHORIZATION, "Bearer ", token)?)),
            Some(Login::Basic { username, password }) => {
                let pair = format!("{username}:{}", resolve(&AUTHORIZATION, password)?.expose());
                let mut value = header_value(&AUTHORIZATION, &format!("Basic {}", STANDARD.encode(pair)))?;
                value.set_sensitive(true);
                greeting.secret.insert(AUTHORIZATION, value);
            }
            None => {}
        }
        Ok(Self { transports: Arc::clone(&self.transports), http, route, greeting: Arc::new(greeting), large_bodies: Arc::clone(&self.large_bodies) })
    }

    /// The way that this client's requests take.
    pub fn route(&self) -> &Route {
        &self.route
    }

    fn config(&self) -> &NetworkConfig {
        self.transports.config()
    }

    /// Gets a document, following at most five redirects. Any final status is a response. Cancel-safe: dropping it closes the connection.
    pub async fn get(&self, get: Get) -> Result<Response, NetError> {
        self.follow(get, Overflow::Refuse).await
    }

    /// The same, but of a body that is larger than its limit the beginning is taken.
    pub async fn get_beginning(&self, get: Get) -> Result<Response, NetError> {
        self.follow(get, Overflow::Truncate).await
    }

    async fn follow(&self, get: Get, overflow: Overflow) -> Result<Response, NetError> {
        let deadline = Instant::now() + self.config().total_timeout;
        let mut url = get.url;
        let mut headers = get.headers;
        let mut redirects = Vec::new();
        loop {
            let request = self.http.get(url.clone());
            let answer = self.send(request, &url, &headers, deadline).await?;
            let status = answer.status().as_u16();
            let Some(target) = redirect_target(status, &url, answer.headers())? else {
                let overflow = if status >= 400 { Overflow::Truncate } else { overflow };
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
        self.deliver(Method::POST, post).await
    }

    /// The same with PUT, for services whose addresses name what is written.
    pub async fn put(&self, post: Post) -> Result<Response, NetError> {
        self.deliver(Method::PUT, post).await
    }

    async fn deliver(&self, method: Method, post: Post) -> Result<Response, NetError> {
        let deadline = Instant::now() + post.timeout;
        let request = self.http.request(method, post.url.clone()).body(post.body);
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
        self.transports.policy().check(url)?;
        self.transports.policy().check_route(url, &self.route)?;
        let mut fields = HeaderMap::new();
        for (name, value) in headers {
            fields.insert(name.clone(), header_value(name, value)?);
        }
        fields.extend(self.greeting.plain.clone());
        if self.greeting.origin.as_ref().is_some_and(|origin| *origin == url.origin()) {
            fields.extend(self.greeting.secret.clone());
        }
        let request = request.headers(fields);
        // A connection may have to be made first: it has its own deadline inside this one.
        let headers_deadline = Instant::now() + self.config().connect_timeout + self.config().headers_timeout;
        match timeout_at(deadline.min(headers_deadline), request.send()).await {
            Ok(Ok(answer)) => match &self.route {
                // No server but a proxy answers so (RFC 9110, 15.5.8).
                Route::Path(path) if answer.status() == 407 => {
                    Err(NetError::Proxy { path: path.clone(), reason: "the proxy asks for a user name and password".to_owned() })
                }
                _ => Ok(answer),
            },
            Ok(Err(error)) => Err(self.blame(classify(error, host_of(url))).await),
            Err(_) => Err(NetError::Timeout(if deadline <= headers_deadline { TimeoutPhase::Total } else { TimeoutPhase::Headers })),
        }
    }

    /// Tells a failing proxy from a host that it could not reach.
    async fn blame(&self, error: NetError) -> NetError {
        let Route::Path(path) = &self.route else { return error };
        let proxy = |reason: String| NetError::Proxy { path: path.clone(), reason };
        match error {
            NetError::Connect { reason, .. } if is_refused_login(&reason) => proxy(reason),
            NetError::Dns { reason, .. } => proxy(reason),
            NetError::Connect { .. } | NetError::Timeout(TimeoutPhase::Connect) => match (self.transports.proxy_listens(path).await, error) {
                (Err(reason), _) => proxy(reason),
                (Ok(()), NetError::Connect { host, reason }) => NetError::Connect { host, reason: format!("{reason} (network path \"{path}\")") },
                (Ok(()), error) => error,
            },
            error => error,
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
        let mut place = None;
        loop {
            if place.is_none() && body.len() > LARGE_BODY_BYTES {
                let waiting = self.large_bodies.acquire();
                // Never closed: an error would mean that there is no bound, and none is better than no news.
                place = timeout_at(deadline, waiting).await.map_err(|_| NetError::Timeout(TimeoutPhase::Total))?.ok();
            }
            let idle_deadline = Instant::now() + self.config().idle_timeout;
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

fn header_value(name: &HeaderName, text: &str) -> Result<HeaderValue, NetError> {
    HeaderValue::from_str(text).map_err(|_| NetError::Setup(format!("the value of the header field {name} holds what no header may")))
}

fn resolve(name: &HeaderName, secret: &SecretRef) -> Result<Secret, NetError> {
    secret.resolve().map_err(|error| NetError::Setup(format!("the secret of the header field {name}: {error}")))
}

/// Hidden from every debug output, and never put into a compression table that outlives it (RFC 7541, 7.1.3).
fn secret_value(name: &HeaderName, scheme: &str, secret: &SecretRef) -> Result<HeaderValue, NetError> {
    let mut value = header_value(name, &format!("{scheme}{}", resolve(name, secret)?.expose()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The library has no type for it: these are its words for a proxy that does not let us in (a test notices when they change).
fn is_refused_login(reason: &str) -> bool {
    ["proxy authorization required", "user/pass authentication", "credentials not accepted"].iter().any(|words| reason.contains(words))
}
