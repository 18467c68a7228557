//! The requests of a poll: each in its domain's turn.

use crate::gather::fetch::{self, FetchError, Fetched, Page, Validators};
use crate::model::{Source, SourceKind};
use crate::pipeline::Rules;
use crate::pipeline::poll::Gatherer;

impl Gatherer {
    /// Fetches a document of a source, its first or a further one.
    pub(super) async fn fetch(&self, rules: &Rules, source: &Source, validators: &Validators) -> Result<Fetched, FetchError> {
        let limit = match source.kind {
            SourceKind::Feed | SourceKind::Sitemap(_) => rules.config.network.feed_limit_bytes,
            SourceKind::Listing(_) => rules.config.network.page_limit_bytes,
        };
        let _permit = self.politeness.acquire(&source.url).await;
        fetch::fetch_document(&self.client, source, validators, limit).await
    }

    /// Fetches an article page.
    pub(super) async fn page(&self, rules: &Rules, url: &url::Url) -> Result<Page, FetchError> {
        let _permit = self.politeness.acquire(url).await;
        fetch::fetch_page(&self.client, url, rules.config.network.page_limit_bytes).await
    }
}
