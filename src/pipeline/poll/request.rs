//! The requests of a poll: each by the source's own way, in its domain's turn, and for a page with the permission of robots.txt.

use url::Url;

use crate::config::RobotsRule;
use crate::gather::fetch::{self, FetchError, Fetched, Page, Validators};
use crate::model::{Source, SourceKind};
use crate::net::Client;
use crate::pipeline::Rules;
use crate::pipeline::poll::Gatherer;

impl Gatherer {
    /// Fetches a document of a source, its first or a further one. Feeds and sitemaps are made for robots: only pages need their permission.
    pub(super) async fn fetch(&self, rules: &Rules, source: &Source, validators: &Validators) -> Result<Fetched, FetchError> {
        let client = self.client_for(rules, source)?;
        let limit = match source.kind {
            SourceKind::Feed | SourceKind::Sitemap(_) => rules.config.network.feed_limit_bytes,
            SourceKind::Listing(_) => {
                self.ask_robots(rules, source, &client, &source.url).await?;
                rules.config.network.page_limit_bytes
            }
        };
        let _permit = self.politeness.acquire(&source.url).await;
        fetch::fetch_document(&client, source, validators, limit).await
    }

    /// Fetches an article page of a source.
    pub(super) async fn page(&self, rules: &Rules, source: &Source, url: &Url) -> Result<Page, FetchError> {
        let client = self.client_for(rules, source)?;
        self.ask_robots(rules, source, &client, url).await?;
        let _permit = self.politeness.acquire(url).await;
        fetch::fetch_page(&client, url, rules.config.network.page_limit_bytes).await
    }

    /// The client that takes the source's network path and knows its secrets. They are for the configured address, wherever it may have moved.
    fn client_for(&self, rules: &Rules, source: &Source) -> Result<Client, FetchError> {
        let configured = rules.source(&source.id);
        let home = configured.as_ref().map_or(&source.url, |configured| &configured.url);
        self.client.for_source(home, &rules.config.accesses.of(&source.id)).map_err(FetchError::from_net)
    }

    /// Holds no turn: the file may have to be fetched in one of its own.
    async fn ask_robots(&self, rules: &Rules, source: &Source, client: &Client, page: &Url) -> Result<(), FetchError> {
        match rules.config.accesses.of(&source.id).robots {
            RobotsRule::Honor => self.robots.check(client, &self.politeness, page).await,
            RobotsRule::Ignore => Ok(()),
        }
    }
}
