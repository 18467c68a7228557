//! Article pages: fetched within the bounds of a poll, and given up for it when their server asks us to slow down.

use std::sync::Arc;

use tracing::debug;
use url::Url;

use crate::gather::fetch::{self, FetchError};
use crate::gather::schedule::{self, Refusal};
use crate::model::{Article, RawItem};
use crate::pipeline::poll::failed::refusal;
use crate::pipeline::poll::items::PAGES_BUDGET;
use crate::pipeline::poll::{Gatherer, PARSE_BUDGET, Poll, describe};
use crate::store::StoreError;
use crate::store::sources::{DomainNews, PollResult};
use crate::understand::extract;

/// The pages of one poll.
#[derive(Debug)]
pub(super) struct Pages {
    left: usize,
    fetched: usize,
    forbidden: u32,
    refused: bool,
}

impl Pages {
    pub fn new(most: usize) -> Self {
        Self { left: most, fetched: 0, forbidden: 0, refused: false }
    }

    pub fn fetched(&self) -> usize {
        self.fetched
    }

    /// True when the server wants us to stop. What the feed itself says is then taken at once: news that waits is no news.
    pub fn are_refused(&self) -> bool {
        self.refused
    }
}

impl Gatherer {
    /// Whether this poll may still fetch the item's page; else the item waits for the next one.
    pub(super) fn may_fetch_page(&self, poll: &Poll<'_>, item: &RawItem, pages: &Pages) -> bool {
        let wait = item.url.as_ref().map(|url| self.politeness.expected_wait(url)).unwrap_or_default();
        pages.left > 0 && poll.started.elapsed() + wait < PAGES_BUDGET
    }

    /// Fetches and reads an article page. A page that cannot be had is a warning: the feed's own words remain.
    pub(super) async fn article(
        &self,
        poll: &Poll<'_>,
        item: &RawItem,
        pages: &mut Pages,
        result: &mut PollResult,
    ) -> Result<Option<Article>, StoreError> {
        let Some(url) = item.url.clone() else { return Ok(None) };
        pages.left -= 1;
        pages.fetched += 1;
        let page = match self.page(poll.rules, poll.source, &url).await {
            Ok(page) => {
                pages.forbidden = 0;
                page
            }
            Err(error) => {
                debug!(source.id = %poll.source.id, kind = error.kind(), "an article page could not be fetched");
                result.warnings.push(format!("{url}: {}", describe(&error)));
                self.note_refusal(poll, &url, &error, pages, result).await?;
                return Ok(None);
            }
        };
        let permit = Arc::clone(&self.parsing).acquire_owned().await.ok();
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            extract::extract_article(&page.html, &page.final_url)
        });
        let warnings = &mut result.warnings;
        Ok(match tokio::time::timeout(PARSE_BUDGET, reading).await {
            Ok(Ok(article)) => {
                warnings.extend(article.warnings.iter().map(|warning| format!("{url}: {warning}")));
                Some(article)
            }
            Ok(Err(_)) => {
                warnings.push(format!("{url}: reading the page failed"));
                None
            }
            Err(_) => {
                warnings.push(format!("{url}: reading the page took over {} s", PARSE_BUDGET.as_secs()));
                None
            }
        })
    }

    /// A rate limit on a page is one on its domain.
    async fn note_refusal(
        &self,
        poll: &Poll<'_>,
        url: &Url,
        error: &FetchError,
        pages: &mut Pages,
        result: &mut PollResult,
    ) -> Result<(), StoreError> {
        let (refusal, count) = match refusal(error) {
            None => return Ok(()),
            Some(Refusal::RateLimit) => (Refusal::RateLimit, poll.claimed.domain_refusals + 1),
            Some(Refusal::Forbidden) => {
                pages.forbidden += 1;
                (Refusal::Forbidden, pages.forbidden)
            }
        };
        let Some(hold) = schedule::domain_hold(refusal, count, poll.bounds(), error.retry_after) else { return Ok(()) };
        pages.refused = true;
        self.politeness.hold(url, hold);
        if poll.is_elsewhere(url) {
            self.ingest.store.hold_domain(&fetch::registrable_domain(url), hold).await?;
        } else {
            result.domain = DomainNews::Refused { hold: Some(hold) };
        }
        result.warnings.push("the server asks us to slow down: the feed's own words are taken for the other items".to_owned());
        Ok(())
    }
}
