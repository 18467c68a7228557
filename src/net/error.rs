//! Why a request did not end in a response.

use std::error::Error;

use crate::net::tls::TlsFault;

/// What a timeout interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeoutPhase {
    /// Resolving, connecting and the TLS handshake.
    Connect,
    /// Waiting for the status line and headers.
    Headers,
    /// Waiting for the next piece of the body.
    Idle,
    /// The whole request, with its redirects.
    Total,
}

impl TimeoutPhase {
    fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "while connecting",
            Self::Headers => "while waiting for the headers",
            Self::Idle => "while waiting for more of the body",
            Self::Total => "before the whole answer was there",
        }
    }
}

/// Why a request did not end in a response. Messages name hosts, never paths or queries: those of webhooks are secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The address policy forbids the destination.
    #[error("the address is not permitted: {0}")]
    Policy(String),
    /// The name could not be resolved.
    #[error("cannot resolve {host}: {reason}")]
    Dns { host: String, reason: String },
    /// No connection.
    #[error("cannot connect to {host}: {reason}")]
    Connect { host: String, reason: String },
    /// The handshake failed or the certificate is not valid for the host.
    #[error("TLS with {host} failed: {fault}")]
    Tls { host: String, fault: TlsFault },
    /// The proxy of the request's network path. There is no other way than this path: nothing was sent.
    #[error("the network path \"{path}\" does not work, and nothing was sent another way: {reason}")]
    Proxy { path: String, reason: String },
    /// A deadline passed.
    #[error("timed out {}", .0.as_str())]
    Timeout(TimeoutPhase),
    /// The body is larger than the caller takes.
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    /// The body unpacks to over 100 times its size: nothing that a person published does.
    #[error("the body unpacks to over {ratio} times its transferred size")]
    Bomb { ratio: usize },
    /// The redirects lead nowhere or somewhere worse.
    #[error("bad redirect: {0}")]
    Redirect(String),
    /// The peer does not speak HTTP as agreed, or broke off.
    #[error("HTTP with {host} failed: {reason}")]
    Protocol { host: String, reason: String },
    /// This machine cannot make requests at all.
    #[error("cannot set up the HTTP client: {0}")]
    Setup(String),
}

impl NetError {
    /// A name from a bounded set, for metrics and the fetch log.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Policy(_) => "policy",
            Self::Dns { .. } => "dns",
            Self::Connect { .. } => "connect",
            Self::Tls { fault, .. } => fault.kind(),
            Self::Proxy { .. } => "proxy",
            Self::Timeout(_) => "timeout",
            Self::TooLarge { .. } | Self::Bomb { .. } => "too_large",
            Self::Redirect(_) => "redirect",
            Self::Protocol { .. } => "protocol",
            Self::Setup(_) => "setup",
        }
    }

    /// True when the same request may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Dns { .. } | Self::Connect { .. } | Self::Proxy { .. } | Self::Timeout(_) | Self::Protocol { .. })
    }

    /// True when our own line may be down: seen from most sources at once, the fault is here.
    pub fn may_be_our_outage(&self) -> bool {
        matches!(self, Self::Dns { .. } | Self::Connect { .. } | Self::Proxy { .. } | Self::Timeout(TimeoutPhase::Connect))
    }
}

/// The resolver's refusal, found again by walking the sources of the client's error.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveError {
    #[error("{0}")]
    Lookup(std::io::Error),
    #[error("{0} has no address that may be reached")]
    Refused(String),
    #[error("no address is known")]
    Empty,
    #[error("{0} is resolved at the proxy, not here")]
    NotHere(String),
}

/// Sorts a client error by what lies at its root.
pub(super) fn classify(error: reqwest::Error, host: &str) -> NetError {
    let error = error.without_url();
    let host = host.to_owned();
    if let Some(refusal) = find::<ResolveError>(&error) {
        return match refusal {
            ResolveError::Refused(_) | ResolveError::NotHere(_) => NetError::Policy(refusal.to_string()),
            ResolveError::Lookup(_) | ResolveError::Empty => NetError::Dns { host, reason: refusal.to_string() },
        };
    }
    if let Some(tls) = find::<rustls::Error>(&error) {
        return NetError::Tls { host, fault: TlsFault::of(tls) };
    }
    if error.is_timeout() {
        return NetError::Timeout(if error.is_connect() { TimeoutPhase::Connect } else { TimeoutPhase::Headers });
    }
    let reason = root_message(&error);
    if error.is_connect() { NetError::Connect { host, reason } } else { NetError::Protocol { host, reason } }
}

/// Walks the sources; an `io::Error` hides its inner error from `source()`, so it is opened.
fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut current = Some(error);
    while let Some(here) = current {
        if let Some(found) = here.downcast_ref::<T>() {
            return Some(found);
        }
        let inner = here.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        current = match inner {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => here.source(),
        };
    }
    None
}

fn root_message(error: &(dyn Error + 'static)) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    current.to_string()
}
