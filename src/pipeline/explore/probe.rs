//! Asks a site for what its page leads to: few requests, one after the other, the surest first.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::config::NetworkConfig;
use crate::gather::fetch::{Document, Outcome, Politeness, Robots, Validators, fetch_document};
use crate::gather::parse::discover::{Candidate, CandidateKind, Hint, PageFacts, candidates, facts, proposals, robots_sitemaps};
use crate::gather::parse::{decode_html, parse_feed, parse_sitemap};
use crate::model::{FullText, ListingRules, Parsed, SitemapRules, Source, SourceCategory, SourceId, SourceKind};
use crate::net::Client;
use crate::pipeline::explore::finding::{Finding, Kind};

/// A site is asked for so many addresses at most, the page among them.
const REQUEST_LIMIT: usize = 32;
/// Sitemaps of an index that are looked into: enough to see what they list.
const SITEMAPS_LOOKED_INTO: usize = 2;
/// What reading one document may take.
const READING_BUDGET: Duration = Duration::from_secs(5);

/// An address that was asked for and gave nothing, and why.
#[derive(Debug)]
pub struct Tried {
    pub url: Url,
    pub outcome: String,
}

/// What a site gave.
#[derive(Debug)]
pub struct Explored {
    /// The best first.
    pub findings: Vec<Finding>,
    pub tried: Vec<Tried>,
    pub facts: PageFacts,
}

/// Asks, politely.
#[derive(Debug)]
pub struct Probe {
    client: Client,
    politeness: Politeness,
    robots: Robots,
    limit_bytes: usize,
    /// Told of each address before it is asked.
    progress: fn(&Url),
}

/// What is known while a site is explored.
#[derive(Debug, Default)]
struct State {
    findings: Vec<Finding>,
    tried: Vec<Tried>,
    requests: usize,
}

impl State {
    fn has_feed(&self) -> bool {
        self.findings.iter().any(|finding| finding.kind == Kind::Feed && !finding.items.is_empty())
    }

    fn add(&mut self, finding: Finding) {
        match self.findings.iter().find(|other| other.url == finding.url || finding.is_same_as(other)) {
            Some(other) => {
                let outcome = format!("the same as {}", other.url);
                self.tried.push(Tried { url: finding.url, outcome });
            }
            None => self.findings.push(finding),
        }
    }
}

impl Probe {
    pub fn new(client: Client, politeness: Politeness, network: &NetworkConfig) -> Self {
        Self { client, politeness, robots: Robots::default(), limit_bytes: network.feed_limit_bytes.max(network.page_limit_bytes), progress: |_| {} }
    }

    /// Tells of each address before it is asked.
    #[must_use]
    pub fn telling(mut self, progress: fn(&Url)) -> Self {
        self.progress = progress;
        self
    }

    /// Fetches one document, read as the kind says.
    pub async fn document(&self, url: &Url, kind: SourceKind) -> Result<Document, String> {
        (self.progress)(url);
        let source = Source { kind, ..unlisted(url.clone())? };
        let _permit = self.politeness.acquire(url).await;
        let fetched = fetch_document(&self.client, &source, &Validators::default(), self.limit_bytes).await.map_err(|error| error.to_string())?;
        match fetched.outcome {
            Outcome::Document(document) => Ok(document),
            Outcome::NotModified => Err("the server says that nothing changed, though nothing was said to be known".to_owned()),
        }
    }

    /// Fetches a page and decodes it.
    pub async fn page(&self, url: &Url) -> Result<(Url, String), String> {
        let document = self.document(url, SourceKind::Listing(ListingRules::new("a"))).await?;
        let html = decode_html(&document.bytes, document.media_type.as_deref());
        Ok((document.final_url, html))
    }

    /// Finds the ways to listen to a site. Without `all`, stops where a feed is found.
    ///
    /// # Errors
    /// Why the page itself could not be had.
    pub async fn explore(&self, url: &Url, all: bool) -> Result<Explored, String> {
        let document = self.document(url, SourceKind::Listing(ListingRules::new("a"))).await?;
        let mut state = State { requests: 1, ..State::default() };
        let from = document.final_url.clone();
        if let Some(finding) = of_itself(document.clone()).await {
            let finding = if finding.kind == Kind::Sitemap { self.look_into(finding, &mut state).await } else { finding };
            state.add(finding);
            return Ok(Self::finish(state, PageFacts::default()));
        }
        let html = decode_html(&document.bytes, document.media_type.as_deref());
        let (list, proposed, facts) = {
            let from = from.clone();
            within_budget(move || (candidates(&html, &from), proposals(&html, &from, Timestamp::now()), facts(&html))).await.unwrap_or_default()
        };
        let feeds = |hints: fn(Hint) -> bool| list.iter().filter(move |candidate| candidate.kind == CandidateKind::Feed && hints(candidate.hint));
        self.try_all(feeds(|hint| hint == Hint::LinkTag), &mut state, true).await;
        for hints in [(|hint| matches!(hint, Hint::Platform(_) | Hint::PageLink)) as fn(Hint) -> bool, |hint| hint == Hint::CommonPath] {
            if all || !state.has_feed() {
                self.try_all(feeds(hints), &mut state, all).await;
            }
        }
        if all || !state.has_feed() {
            let mut sitemaps = self.robots(&from, &mut state).await;
            sitemaps.extend(list.iter().filter(|candidate| candidate.kind == CandidateKind::Sitemap).cloned());
            self.try_all(sitemaps.iter(), &mut state, all).await;
            let refused = if proposed.is_empty() { None } else { self.refusal(&from, &mut state).await };
            for proposal in proposed {
                let mut finding = Finding::of_proposal(from.clone(), proposal);
                finding.warnings.extend(refused.clone());
                state.add(finding);
            }
        }
        Ok(Self::finish(state, facts))
    }

    fn finish(mut state: State, facts: PageFacts) -> Explored {
        state.findings.sort_by_key(Finding::rank);
        Explored { findings: state.findings, tried: state.tried, facts }
    }

    /// Asks for the candidates in their order; where not `every`, up to the first that yields something.
    async fn try_all(&self, candidates: impl Iterator<Item = &Candidate>, state: &mut State, every: bool) {
        for candidate in candidates {
            let is_known =
                state.findings.iter().any(|finding| finding.url == candidate.url) || state.tried.iter().any(|tried| tried.url == candidate.url);
            if is_known {
                continue;
            }
            if state.requests >= REQUEST_LIMIT {
                state.tried.push(Tried { url: candidate.url.clone(), outcome: format!("left out after {REQUEST_LIMIT} requests") });
                return;
            }
            state.requests += 1;
            match self.candidate(candidate).await {
                Ok(finding) => {
                    let finding = if finding.kind == Kind::Sitemap { self.look_into(finding, state).await } else { finding };
                    let yields = !finding.items.is_empty();
                    state.add(finding);
                    if yields && !every {
                        return;
                    }
                }
                Err(outcome) => state.tried.push(Tried { url: candidate.url.clone(), outcome }),
            }
        }
    }

    async fn candidate(&self, candidate: &Candidate) -> Result<Finding, String> {
        let (kind, source_kind) = match candidate.kind {
            CandidateKind::Feed => (Kind::Feed, SourceKind::Feed),
            CandidateKind::Sitemap => (Kind::Sitemap, SourceKind::Sitemap(SitemapRules::default())),
        };
        let document = self.document(&candidate.url, source_kind).await?;
        let url = document.final_url.clone();
        let parsed = read(document, kind.clone()).await.ok_or("reading took too long")?;
        if !parsed.recognized {
            return Err(parsed.warnings.into_iter().next().unwrap_or_else(|| "neither a feed nor a sitemap".to_owned()));
        }
        Ok(Finding::of_parsed(url, kind, Some(candidate.hint), parsed))
    }

    /// Adds what the first sitemaps of an index list.
    async fn look_into(&self, mut finding: Finding, state: &mut State) -> Finding {
        for url in std::mem::take(&mut finding.further).into_iter().take(SITEMAPS_LOOKED_INTO) {
            if state.requests >= REQUEST_LIMIT {
                break;
            }
            state.requests += 1;
            let answer = self.document(&url, SourceKind::Sitemap(SitemapRules::default())).await;
            let parsed = match answer {
                Ok(document) => read(document, Kind::Sitemap).await.unwrap_or_default(),
                Err(outcome) => {
                    state.tried.push(Tried { url, outcome });
                    continue;
                }
            };
            finding.warnings.extend(parsed.warnings.iter().map(|warning| format!("{url}: {warning}")));
            finding.items.extend(parsed.items);
        }
        finding
    }

    /// Why the daemon would leave the page alone: a person may look at it once, a robot that comes back is asked to stay away.
    async fn refusal(&self, page: &Url, state: &mut State) -> Option<String> {
        state.requests += 1;
        let error = self.robots.check(&self.client, &self.politeness, page).await.err()?;
        Some(format!(
            "the daemon would not read this page: {error}; where the public has a right to read it, add robots = \"ignore\" with the reason"
        ))
    }

    async fn robots(&self, from: &Url, state: &mut State) -> Vec<Candidate> {
        let Ok(url) = from.join("/robots.txt") else { return Vec::new() };
        state.requests += 1;
        match self.document(&url, SourceKind::Listing(ListingRules::new("a"))).await {
            Ok(document) => robots_sitemaps(&String::from_utf8_lossy(&document.bytes), &document.final_url),
            Err(outcome) => {
                state.tried.push(Tried { url, outcome });
                Vec::new()
            }
        }
    }
}

/// The address may be a feed or a sitemap already.
async fn of_itself(document: Document) -> Option<Finding> {
    for kind in [Kind::Feed, Kind::Sitemap] {
        let parsed = read(document.clone(), kind.clone()).await.unwrap_or_default();
        if parsed.recognized {
            return Some(Finding::of_parsed(document.final_url, kind, None, parsed));
        }
    }
    None
}

async fn read(document: Document, kind: Kind) -> Option<Parsed> {
    within_budget(move || {
        let (bytes, media_type, url) = (&document.bytes, document.media_type.as_deref(), &document.final_url);
        match kind {
            Kind::Sitemap => parse_sitemap(bytes, media_type, &SitemapRules::default(), url, Timestamp::now()),
            Kind::Feed | Kind::Listing(_) => parse_feed(bytes, media_type, url),
        }
    })
    .await
}

/// What the work gives, on a thread that may take its time; `None` when it takes too much of it.
async fn within_budget<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::time::timeout(READING_BUDGET, tokio::task::spawn_blocking(work)).await.ok()?.ok()
}

/// An address that is not configured (yet), read as a feed.
pub fn unlisted(url: Url) -> Result<Source, String> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).replace(':', "-");
    let id = SourceId::new(host.get(..host.len().min(80)).unwrap_or("address")).map_err(|error| error.to_string())?;
    Ok(Source {
        name: host,
        publisher_group: id.to_string(),
        id,
        url,
        kind: SourceKind::Feed,
        language: None,
        country: None,
        category: SourceCategory::Other,
        full_text: FullText::Never,
        interval_min: Duration::from_mins(5),
        interval_max: Duration::from_hours(24),
        tags: Vec::new(),
        enabled: true,
    })
}
