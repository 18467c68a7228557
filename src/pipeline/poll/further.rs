//! What a source's first document leads to: the next pages of a listing, the sitemaps of an index.
//!
//! *Invariant:* the publisher decides nothing here: how many documents are read, of which site, how deep and how long is bounded, and no
//! address is read twice in one poll.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::gather::fetch::{Outcome, Validators, registrable_domain};
use crate::model::{Article, Parsed, RawItem, Source, SourceKind};
use crate::pipeline::Rules;
use crate::pipeline::poll::items::item_key;
use crate::pipeline::poll::{Gatherer, describe};
use crate::store::StoreError;

/// An index may name indexes, which the protocol forbids and some sites do; theirs are not followed.
const DEPTH_LIMIT: usize = 2;
/// No further document is begun after this time: a poll has a lease.
const TIME_BUDGET: Duration = Duration::from_mins(5);
/// Of all sitemaps together so many entries are taken, the newest.
const SITEMAP_ENTRY_LIMIT: usize = 1000;

/// What reading on needs.
#[derive(Debug)]
pub(super) struct Further<'a> {
    pub gatherer: &'a Gatherer,
    pub source: &'a Arc<Source>,
    pub rules: &'a Rules,
}

/// True when an unchanged first document says nothing of the others: an index stays the same while its sitemaps grow.
pub(super) fn changes_unseen(source: &Source) -> bool {
    matches!(source.kind, SourceKind::Sitemap(_))
}

/// True when an item is a bare address: the entry of a plain sitemap, a link around a picture.
pub(super) fn is_wordless(item: &RawItem) -> bool {
    let is_blank = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    is_blank(&item.title) && is_blank(&item.summary_html) && is_blank(&item.content_html)
}

/// True when a page holds nothing that could be a story by itself.
pub(super) fn is_no_article(article: &Article) -> bool {
    article.title.as_deref().is_none_or(|title| title.trim().is_empty()) || article.text.trim().is_empty()
}

/// Why a further document could not be had.
struct Failure {
    problem: String,
    /// The next one would fare no better.
    is_for_all: bool,
}

impl Further<'_> {
    /// Reads on from the first document, which came from `from`; gives all items as if they had stood in one.
    ///
    /// A document that cannot be had is a warning; where none of an index can, nothing is recognized.
    pub async fn read_on(&self, first: Parsed, from: &Url) -> Result<Parsed, StoreError> {
        let mut left = match &self.source.kind {
            SourceKind::Feed => 0,
            SourceKind::Listing(rules) => rules.max_pages.saturating_sub(1),
            SourceKind::Sitemap(rules) => rules.max_sitemaps,
        };
        let is_listing = matches!(self.source.kind, SourceKind::Listing(_));
        let deadline = Instant::now() + TIME_BUDGET;
        let mut all = first;
        let mut queue: VecDeque<(Url, usize)> = std::mem::take(&mut all.further).into_iter().map(|url| (url, 1)).collect();
        let mut visited = HashSet::from([bare(self.source.url.clone()), bare(from.clone())]);
        let mut addresses: HashSet<Url> = all.items.iter().filter_map(|item| item.url.clone()).collect();
        let (mut has_news, mut read) = (!is_listing || self.has_news(&all.items).await?, 0usize);
        while let Some((url, depth)) = queue.pop_front() {
            // Pages are in order: behind one that is known as a whole there is nothing new.
            if left == 0 || !has_news {
                break;
            }
            if !self.is_ours(&url) {
                all.warnings.push(format!("{url}: left out, it is of another site"));
                continue;
            }
            if !visited.insert(bare(url.clone())) {
                all.warnings.push(format!("{url}: left out, it leads back"));
                continue;
            }
            left -= 1;
            let Ok(answer) = timeout_at(deadline, self.document(&url)).await else {
                all.warnings.push(format!("further documents were left out after {} min", TIME_BUDGET.as_secs() / 60));
                break;
            };
            let (final_url, parsed) = match answer {
                Ok(document) => document,
                Err(Failure { problem, is_for_all }) => {
                    all.warnings.push(format!("{url}: {problem}"));
                    if is_for_all {
                        break;
                    }
                    continue;
                }
            };
            if bare(final_url.clone()) != bare(url.clone()) && !visited.insert(bare(final_url)) {
                all.warnings.push(format!("{url}: left out, it leads back"));
                continue;
            }
            all.warnings.extend(parsed.warnings.into_iter().map(|warning| format!("{url}: {warning}")));
            read += usize::from(parsed.recognized);
            let new: Vec<RawItem> = parsed.items.into_iter().filter(|item| item.url.clone().is_none_or(|url| addresses.insert(url))).collect();
            if is_listing {
                has_news = self.has_news(&new).await?;
            }
            all.items.extend(new);
            if depth < DEPTH_LIMIT || is_listing {
                for url in parsed.further.into_iter().rev() {
                    queue.push_front((url, depth + 1));
                }
            } else if !parsed.further.is_empty() {
                all.warnings.push(format!("{url}: left out, an index inside an index inside an index"));
            }
        }
        if !is_listing {
            all.items.sort_by_key(|item| std::cmp::Reverse(item.published.or(item.updated)));
            all.items.truncate(SITEMAP_ENTRY_LIMIT);
            if read == 0 {
                all.recognized = false;
                all.warnings.insert(0, "not one sitemap of the index could be read".to_owned());
            }
        }
        Ok(all)
    }

    /// Fetches and reads one further document, in its turn.
    async fn document(&self, url: &Url) -> Result<(Url, Parsed), Failure> {
        let source = Arc::new(Source { url: url.clone(), ..Source::clone(self.source) });
        match self.gatherer.fetch(self.rules, &source, &Validators::default()).await {
            Ok(fetched) => match fetched.outcome {
                Outcome::Document(document) => Ok((document.final_url.clone(), self.gatherer.parse_within_budget(&source, document).await)),
                Outcome::NotModified => {
                    let problem = "the server says that nothing changed, though nothing was said to be known".to_owned();
                    Err(Failure { problem, is_for_all: false })
                }
            },
            // Who asks us to slow down means every address.
            Err(error) => Err(Failure { problem: describe(&error), is_for_all: error.retry_after.is_some() || error.http_status == Some(429) }),
        }
    }

    /// True when one of the items is new or was edited.
    async fn has_news(&self, items: &[RawItem]) -> Result<bool, StoreError> {
        let keyed: Vec<_> = items.iter().map(item_key).collect();
        let keys: Vec<[u8; 32]> = keyed.iter().map(|key| key.key).collect();
        let known = self.gatherer.ingest.store.known_items(&self.source.id, &keys).await?;
        Ok(keyed.iter().any(|key| known.get(&key.key).is_none_or(|known| known.content_hash != key.content_hash)))
    }

    fn is_ours(&self, url: &Url) -> bool {
        registrable_domain(url) == registrable_domain(&self.source.url)
    }
}

/// An address without the part that no server sees.
fn bare(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}
