//! The way from a page to whoever looks at sites: web itself makes no request.

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use url::Url;

use crate::config::entry::Entry;

/// Sites that may wait to be looked at.
const WAITING: usize = 4;

/// One way to listen to a site.
#[derive(Debug, Clone)]
pub struct Way {
    pub name: String,
    pub url: Url,
    /// `feed`, `sitemap` or `listing`.
    pub kind: &'static str,
    /// How it was found.
    pub how: String,
    pub language: Option<String>,
    pub items: usize,
    /// Items that carry a text of their own.
    pub with_text: usize,
    pub last_item: Option<Timestamp>,
    /// Headlines, newest first.
    pub latest: Vec<String>,
    /// The source that reads it already.
    pub known: Option<String>,
    /// The source as it would stand in a file.
    pub entry: Option<Entry>,
}

/// A site to be looked at, and where the answer goes.
#[derive(Debug)]
pub struct Ask {
    pub url: Url,
    pub answer: oneshot::Sender<Result<Vec<Way>, String>>,
}

/// Hands sites on.
#[derive(Debug, Clone)]
pub struct Explorer(mpsc::Sender<Ask>);

impl Explorer {
    /// With the end that is to be listened at.
    pub fn new() -> (Self, mpsc::Receiver<Ask>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Looks at a site.
    ///
    /// # Errors
    /// What kept it from being read, for people.
    pub async fn explore(&self, url: Url) -> Result<Vec<Way>, String> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Ask { url, answer }).map_err(|_| "others are looking at sites: try again in a minute".to_owned())?;
        answered.await.unwrap_or_else(|_| Err("the daemon is stopping".to_owned()))
    }
}
