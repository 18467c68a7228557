//! What a document lists: what of it is known, and the rest ingested.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tracing::warn;

use crate::model::{FullText, RawItem, Source};
use crate::pipeline::Metrics;
use crate::pipeline::ingest::{IngestError, Ingested, ItemKey};
use crate::pipeline::poll::article::Pages;
use crate::pipeline::poll::{Gatherer, Poll, PollReport, further};
use crate::store::StoreError;
use crate::store::items::KnownItem;
use crate::store::sources::PollResult;

/// A feed entry whose content has at least so much markup carries its story; its page is not fetched under `full_text = auto`.
const CONTENT_BYTES: usize = 400;
/// Where there is only a summary, it must be longer to be taken for the story.
const SUMMARY_BYTES: usize = 1200;
/// Pages are fetched for so long within one poll: well under its lease, however widely a domain's requests are spaced.
pub(super) const PAGES_BUDGET: Duration = Duration::from_mins(8);

/// A document's items, with what is known of them.
#[derive(Debug)]
pub(super) struct Sifted {
    /// In document order.
    pub items: Vec<(ItemKey, RawItem)>,
    pub known: HashMap<[u8; 32], KnownItem>,
}

impl Sifted {
    pub fn dates(&self) -> impl Iterator<Item = Timestamp> {
        self.items.iter().filter_map(|(_, item)| date(item))
    }
}

impl Gatherer {
    /// Asks which items are known.
    pub(super) async fn sift(&self, poll: &Poll<'_>, items: Vec<RawItem>) -> Result<Sifted, StoreError> {
        let items: Vec<(ItemKey, RawItem)> = items.into_iter().map(|item| (item_key(&item), item)).collect();
        let keys: Vec<[u8; 32]> = items.iter().map(|(key, _)| key.key).collect();
        let known = self.ingest.store.known_items(&poll.source.id, &keys).await?;
        Ok(Sifted { items, known })
    }

    /// Ingests what is not known yet, oldest first, so that a copy finds its original. Gives the moments of what is new.
    pub(super) async fn take_items(
        &self,
        poll: &Poll<'_>,
        sifted: Sifted,
        now: Timestamp,
        report: &mut PollReport,
        result: &mut PollResult,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let (rules, source) = (poll.rules, poll.source);
        let Sifted { items, known } = sifted;
        let mut touched = Vec::new();
        let mut taken = HashSet::new();
        let mut arrived = Vec::new();
        let mut pages = Pages::new(rules.config.gather.articles_per_poll);
        for (key, item) in items.into_iter().rev() {
            report.seen += 1;
            if known.get(&key.key).is_some_and(|known| known.content_hash == key.content_hash) || !taken.insert(key.key) {
                touched.push(key.key);
                report.known += 1;
                continue;
            }
            let mut article = None;
            let wants_page = wants_page(source, &item);
            if wants_page && !pages.are_refused() {
                if !self.may_fetch_page(poll, &item, &pages) {
                    report.deferred += 1;
                    continue;
                }
                article = self.article(poll, &item, &mut pages, result).await;
            }
            if further::is_wordless(&item) && article.as_ref().is_none_or(further::is_no_article) {
                if article.is_some() || !wants_page {
                    // A page without an article will be none tomorrow.
                    self.ingest.pass_over(source, key).await?;
                    report.known += 1;
                } else {
                    report.failed += 1;
                }
                continue;
            }
            let at = date(&item).filter(|at| *at <= now).unwrap_or(now);
            match self.ingest.ingest(rules, source, item, article, key, now).await {
                Ok(Ingested::New(_)) => {
                    report.new += 1;
                    arrived.push(at);
                }
                Ok(Ingested::Duplicate(_)) => {
                    report.new += 1;
                    report.duplicates += 1;
                    arrived.push(at);
                }
                Ok(Ingested::Revised(_)) => report.revised += 1,
                Ok(Ingested::SameAddress(_)) => report.known += 1,
                Err(error) if error.is_storage() => {
                    let IngestError::Store(error) = error else { continue };
                    return Err(error);
                }
                Err(error) => {
                    warn!(source.id = %source.id, "an item could not be understood: {error}");
                    result.warnings.push(error.to_string());
                    report.failed += 1;
                }
            }
        }
        self.ingest.store.touch_items(&source.id, &touched).await?;
        if pages.fetched() > 0 {
            result.domain_pause = self.politeness.expected_wait(&poll.address);
        }
        (result.items_seen, result.items_new, result.items_known) = (report.seen, report.new, report.known);
        result.items_skipped = report.failed + report.deferred;
        self.count(*report);
        Ok(arrived)
    }

    fn count(&self, report: PollReport) {
        let counts = [
            ("new", report.new - report.duplicates),
            ("duplicate", report.duplicates),
            ("known", report.known),
            ("revised", report.revised),
            ("failed", report.failed),
            ("deferred", report.deferred),
        ];
        for (outcome, count) in counts {
            Metrics::count(&self.ingest.metrics.items, outcome, count as u64);
        }
    }
}

fn date(item: &RawItem) -> Option<Timestamp> {
    item.published.or(item.updated)
}

/// Whether the item's page is needed for its text.
fn wants_page(source: &Source, item: &RawItem) -> bool {
    if item.url.is_none() {
        return false;
    }
    let length = |markup: &Option<String>| markup.as_ref().map_or(0, String::len);
    match source.full_text {
        FullText::Never => false,
        FullText::Always => true,
        FullText::Auto => length(&item.content_html) < CONTENT_BYTES && length(&item.summary_html) < SUMMARY_BYTES,
    }
}

pub(super) fn item_key(item: &RawItem) -> ItemKey {
    let id = item.external_id.as_deref().or(item.url.as_ref().map(url::Url::as_str)).or(item.title.as_deref()).unwrap_or_default();
    let mut content = Sha256::new();
    for part in [&item.title, &item.summary_html, &item.content_html].into_iter().flatten() {
        content.update((part.len() as u64).to_le_bytes());
        content.update(part.as_bytes());
    }
    ItemKey { key: Sha256::digest(id.as_bytes()).into(), content_hash: content.finalize().into() }
}
