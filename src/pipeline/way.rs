//! How one source is reached: by its own client, in its publisher's turn, with a look at robots.txt before a page.

use url::Url;

use crate::config::{NetworkConfig, RobotsRule};
use crate::gather::fetch::{self, FetchError, Fetched, Page, Politeness, Robots, Validators};
use crate::model::{Source, SourceKind};
use crate::net;
use crate::pipeline::Rules;

/// The way to one source, by one set of rules. Every request for a source takes it.
#[derive(Debug)]
pub(super) struct Way<'a> {
    client: net::Client,
    politeness: &'a Politeness,
    /// `None`: the source is read against the wish of robots.txt.
    robots: Option<&'a Robots>,
    limits: &'a NetworkConfig,
}

impl<'a> Way<'a> {
    /// # Errors
    /// Where a secret of the source cannot be read, or its network path is not known.
    pub fn to(source: &Source, rules: &'a Rules, client: &net::Client, politeness: &'a Politeness, robots: &'a Robots) -> Result<Self, FetchError> {
        let access = rules.config.accesses.of(&source.id);
        let client = client.for_source(&source.url, &access).map_err(FetchError::from_net)?;
        let robots = (access.robots == RobotsRule::Honor).then_some(robots);
        Ok(Self { client, politeness, robots, limits: &rules.config.network })
    }

    /// Fetches a document of the source at `source.url`. Feeds and sitemaps are made for robots: only pages need their permission.
    pub async fn document(&self, source: &Source, validators: &Validators) -> Result<Fetched, FetchError> {
        let is_page = matches!(source.kind, SourceKind::Listing(_));
        let limit = if is_page { self.limits.page_limit_bytes } else { self.limits.feed_limit_bytes };
        if is_page {
            self.ask_robots(&source.url).await?;
        }
        let _turn = self.politeness.acquire(&source.url).await;
        fetch::fetch_document(&self.client, source, validators, limit).await
    }

    /// Fetches an article page.
    pub async fn page(&self, url: &Url) -> Result<Page, FetchError> {
        self.ask_robots(url).await?;
        let _turn = self.politeness.acquire(url).await;
        fetch::fetch_page(&self.client, url, self.limits.page_limit_bytes).await
    }

    /// Holds no turn: the file may have to be fetched in one of its own.
    async fn ask_robots(&self, url: &Url) -> Result<(), FetchError> {
        match self.robots {
            Some(robots) => robots.check(&self.client, self.politeness, url).await,
            None => Ok(()),
        }
    }
}
