//! Why a document could not be had, and how much that counts.

use std::time::Duration;

use crate::net::NetError;

/// Why a document could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error(transparent)]
    Net(NetError),
    #[error("the server asks us to slow down")]
    RateLimited,
    #[error("the server refuses us")]
    Forbidden,
    #[error("there is no such document")]
    NotFound,
    #[error("the document was removed for good")]
    Gone,
    #[error("the server is failing")]
    ServerError,
    #[error("the server answered with an unexpected status")]
    UnexpectedStatus,
    /// A challenge or consent page stands before the document.
    #[error("a page for human visitors stands in the way ({0})")]
    Blocked(&'static str),
    /// The publisher's wish; the source's own key overrides it.
    #[error("the site's robots.txt asks not to fetch this page (robots = \"ignore\" in the source overrides it)")]
    RobotsDisallow,
    /// Until the server says again what it permits.
    #[error("the site's robots.txt cannot be read because the server fails: its pages are left alone for now")]
    RobotsFailing,
    #[error("the address holds a web page, not a feed or sitemap")]
    NotAFeed,
    #[error("the address holds {0}, not a web page")]
    NotAPage(String),
}

/// A fetch that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchError {
    pub problem: Problem,
    /// The status of the answer, where there was one.
    pub http_status: Option<u16>,
    /// From Retry-After, at most a day.
    pub retry_after: Option<Duration>,
    /// What the answer says to a person who opens the address: its title, or its first words.
    pub said: Option<String>,
}

impl std::fmt::Display for FetchError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.problem)?;
        if let Some(status) = self.http_status {
            write!(out, " (HTTP {status})")?;
        }
        Ok(())
    }
}

impl std::error::Error for FetchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.problem)
    }
}

impl FetchError {
    pub(super) fn new(problem: Problem, http_status: Option<u16>) -> Self {
        Self { problem, http_status, retry_after: None, said: None }
    }

    /// A fetch that failed before there was an answer.
    pub fn from_net(error: NetError) -> Self {
        Self::new(Problem::Net(error), None)
    }

    /// A name from a bounded set, for metrics and the fetch log.
    pub fn kind(&self) -> &'static str {
        match &self.problem {
            Problem::Net(error) => error.kind(),
            Problem::RateLimited => "rate_limited",
            Problem::Forbidden => "forbidden",
            Problem::NotFound => "not_found",
            Problem::Gone => "gone",
            Problem::ServerError => "server_error",
            Problem::UnexpectedStatus => "unexpected_status",
            Problem::Blocked(_) => "blocked",
            Problem::RobotsDisallow | Problem::RobotsFailing => "robots",
            Problem::NotAFeed => "not_a_feed",
            Problem::NotAPage(_) => "not_a_page",
        }
    }

    /// The name of the wall that was recognized, from a bounded set.
    pub fn wall(&self) -> Option<&'static str> {
        match &self.problem {
            Problem::Blocked(name) => Some(name),
            Problem::RobotsDisallow => Some("robots.txt"),
            _ => None,
        }
    }

    /// True when the same request may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match &self.problem {
            Problem::Net(error) => error.is_transient(),
            Problem::RateLimited | Problem::ServerError | Problem::RobotsFailing => true,
            _ => false,
        }
    }

    /// What the failure adds to a source's count: 1 for a hard one, 0.5 for one that often heals, 0.25 for DNS.
    pub fn weight(&self) -> f32 {
        match &self.problem {
            Problem::Net(NetError::Dns { .. } | NetError::Proxy { .. }) => 0.25,
            Problem::Net(error) if error.is_transient() => 0.5,
            Problem::RateLimited | Problem::NotFound | Problem::ServerError | Problem::RobotsFailing => 0.5,
            _ => 1.0,
        }
    }

    /// True when our own line may be down: seen from most sources at once, no source is to blame.
    pub fn may_be_our_outage(&self) -> bool {
        matches!(&self.problem, Problem::Net(error) if error.may_be_our_outage())
    }
}
