//! From a read item to its commit: understand, compare, match, compose, and one transaction around what is written.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use crate::alert::compose::Group;
use crate::model::AlertStory;
use crate::model::{Article, CountryRole, Fact, Match, RawItem, Source, StoryDraft, StoryId, Verdict};
use crate::pipeline::tell::Teller;
use crate::pipeline::{Event, Events, Metrics, Rules, failpoint};
use crate::store::ingest::CandidateLimits;
use crate::store::{Store, StoreError};
use crate::text;
use crate::understand::{dedupe, extract, incident, language, normalize};
use crate::watch::Document;

/// Why an item could not be ingested. It stays unknown and is tried again at the next poll.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The database did not take it.
    #[error("the story could not be stored")]
    Store(#[from] StoreError),
    /// A stage panicked on this item.
    #[error("understanding this item failed: {0}")]
    Panicked(String),
}

impl IngestError {
    /// True when every other item would fail as well.
    pub fn is_storage(&self) -> bool {
        matches!(self, Self::Store(_))
    }
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ingested {
    New(StoryId),
    /// A copy of one text, kept beside its original.
    Duplicate(StoryId),
    /// The same address again: nothing new is stored.
    SameAddress(StoryId),
    /// The text changed; the former one is kept.
    Revised(StoryId),
}

/// How an item is recognized at the next poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ItemKey {
    pub key: [u8; 32],
    pub content_hash: [u8; 32],
}

/// Stores what sources say.
#[derive(Debug, Clone)]
pub(super) struct Ingest {
    pub store: Store,
    pub metrics: Metrics,
    pub events: Events,
}

impl Ingest {
    /// Understands and commits one item. Cancel-safe: a dropped future leaves no half-written story.
    pub async fn ingest(
        &self,
        rules: &Arc<Rules>,
        source: &Arc<Source>,
        item: RawItem,
        article: Option<Article>,
        known: ItemKey,
        now: Timestamp,
    ) -> Result<Ingested, IngestError> {
        failpoint::reached("fetched");
        let started = Instant::now();
        let judged = {
            let (rules, source) = (Arc::clone(rules), Arc::clone(source));
            tokio::task::spawn_blocking(move || understand(&rules, &source, &item, article.as_ref(), now))
                .await
                .map_err(|error| IngestError::Panicked(error.to_string()))?
        };
        let ingested = self.commit(rules, source, &judged, known, now).await?;
        self.metrics.ingest_seconds.observe(started.elapsed().as_secs_f64());
        Ok(ingested)
    }

    /// Notes that an item led to no story, so that its page is not fetched at every poll.
    pub async fn pass_over(&self, source: &Source, known: ItemKey) -> Result<(), StoreError> {
        let mut tx = self.store.begin_ingest().await?;
        tx.mark_item(&source.id, &known.key, &known.content_hash, None).await?;
        tx.commit().await
    }

    async fn commit(&self, rules: &Rules, source: &Source, judged: &Judged, known: ItemKey, now: Timestamp) -> Result<Ingested, IngestError> {
        let draft = &judged.draft;
        let mut events = Vec::new();
        let mut tx = self.store.begin_ingest().await?;
        let stored = tx.story_by_address(&draft.url_key).await?;
        let (ingested, group) = if let Some(existing) = &stored {
            let group = Group { cluster: existing.cluster, original: existing.duplicate_of.unwrap_or(existing.id), language: draft.language.clone() };
            if existing.source == source.id && is_revision(&existing.title, &existing.text, draft) {
                tx.revise_story(existing.id, draft, &judged.tokens).await?;
                events.push(Event::Revised { story: existing.id, title: draft.title.clone() });
                (Ingested::Revised(existing.id), group)
            } else {
                (Ingested::SameAddress(existing.id), group)
            }
        } else {
            let candidates = tx.candidates(&draft.fingerprint, now, &LIMITS).await?;
            let verdict = dedupe::decide(draft, &candidates);
            let stored = tx.insert_story(draft, source, &verdict, &judged.tokens).await?;
            failpoint::reached("stored");
            if dedupe::is_indexed(&verdict) {
                tx.lead_copies_to(stored.story, draft).await?;
            }
            let (ingested, original) = match verdict {
                Verdict::New { .. } => (Ingested::New(stored.story), stored.story),
                Verdict::Duplicate { of, score, .. } => {
                    events.push(Event::DuplicateFolded { story: stored.story, source: source.id.clone(), title: draft.title.clone(), score });
                    (Ingested::Duplicate(stored.story), of)
                }
            };
            events.push(kept(stored.story, source, draft));
            (ingested, Group { cluster: stored.cluster, original, language: draft.language.clone() })
        };
        let story = match ingested {
            Ingested::New(id) | Ingested::Duplicate(id) | Ingested::SameAddress(id) | Ingested::Revised(id) => id,
        };
        if !matches!(ingested, Ingested::SameAddress(_)) && tx.write_report(story, &judged.reported).await? {
            let reports = tx.reports(group.cluster).await?;
            tx.write_incident(group.cluster, incident::merge(&reports).as_ref(), now).await?;
        }
        match (&stored, ingested) {
            (Some(existing), Ingested::SameAddress(_)) => tx.add_matches(existing, &judged.matches).await?,
            _ => tx.insert_matches(story, &judged.matches).await?,
        }
        failpoint::reached("matched");
        let mut alerts = Vec::new();
        if !judged.matches.is_empty() {
            let corrected =
                matches!(ingested, Ingested::Revised(_)) && stored.as_ref().is_some_and(|former| says_otherwise(&former.title, &draft.title));
            let teller = Teller { rules, story, snapshot: snapshot(draft, story, &source.name), group, country: source.country, corrected, now };
            for found in &judged.matches {
                let Some(list) = rules.watchlist(&found.watchlist) else { continue };
                alerts.extend(teller.tell(&mut tx, list, found).await?);
            }
        }
        failpoint::reached("outboxed");
        tx.mark_item(&source.id, &known.key, &known.content_hash, Some(story)).await?;
        tx.commit().await?;
        failpoint::reached("committed");

        self.metrics.matches.inc_by(judged.matches.len() as u64);
        self.metrics.alerts.inc_by(alerts.len() as u64);
        for event in events {
            self.events.send(event);
        }
        for found in &judged.matches {
            self.events.send(Event::Matched { story, watchlist: found.watchlist.clone() });
        }
        for alert in &alerts {
            let Some((watchlist, _)) = alert.content.watchlist() else { continue };
            self.events.send(Event::AlertWritten { watchlist: watchlist.clone(), channel: alert.channel.clone() });
        }
        Ok(ingested)
    }
}

fn kept(story: StoryId, source: &Source, draft: &StoryDraft) -> Event {
    Event::StoryKept {
        story,
        source: source.id.clone(),
        title: draft.title.clone(),
        language: draft.language.clone(),
        main_country: draft.classification.main_country,
        topics: draft.classification.topics.iter().map(|topic| topic.id.clone()).collect(),
        actors: draft.classification.actors.iter().map(|actor| actor.id.clone()).collect(),
    }
}

/// How far the archive is searched for copies and for reports of one event: understand's numbers.
const LIMITS: CandidateLimits = CandidateLimits {
    shingle_window: dedupe::SHINGLE_WINDOW,
    event_window: dedupe::EVENT_WINDOW,
    rare_shingles: dedupe::RARE_DOCUMENTS,
    rare_events: dedupe::RARE_CLUSTERS,
    count: dedupe::CANDIDATE_LIMIT,
};

/// What an alert will say of a story, however it changes later.
fn snapshot(draft: &StoryDraft, story: StoryId, source_name: &str) -> AlertStory {
    AlertStory {
        id: story,
        title: draft.title.clone(),
        excerpt: draft.text.clone(),
        url: draft.url.as_ref().map(ToString::to_string),
        source_name: source_name.to_owned(),
        language: draft.language.clone(),
        published_at: draft.published_at,
        main_country: draft.classification.main_country,
        topics: draft.classification.topics.iter().map(|topic| topic.id.clone()).collect(),
        actors: draft.classification.actors.iter().map(|actor| actor.id.clone()).collect(),
        matched: Vec::new(),
    }
}

/// A story with everything that is known of it before the database is asked.
struct Judged {
    draft: StoryDraft,
    /// Folded words with their positions, for the archive's search.
    tokens: Vec<(String, u32)>,
    matches: Vec<Match>,
    /// What it says of an incident.
    reported: Vec<Fact>,
}

/// The pure stages in their order. Runs on a blocking thread: extraction and matching are CPU work.
fn understand(rules: &Rules, source: &Source, item: &RawItem, article: Option<&Article>, now: Timestamp) -> Judged {
    let markup = [&item.content_html, &item.summary_html].into_iter().flatten().max_by_key(|markup| markup.len());
    let feed_text = markup.map(|markup| extract::text_of_markup(markup)).unwrap_or_default();
    let page_text = article.map(|article| article.text.as_str()).unwrap_or_default();
    let text = if page_text.len() > feed_text.len() { page_text.to_owned() } else { feed_text };

    let title = item.title.as_deref().or_else(|| article.and_then(|article| article.title.as_deref())).unwrap_or_default();
    let declared = item.language.as_ref().or_else(|| article.and_then(|article| article.language.as_ref())).or(source.language.as_ref());
    let detected = language::detect(declared, &format!("{title}\n{text}"));

    let mut draft = normalize::normalize_story(source, item, article, (detected.language, detected.confidence), &text, now);
    draft.classification = rules.classifier.classify(&draft.title, &draft.text, &draft.language, source.country);
    draft.fingerprint.event = dedupe::event_features(&draft.title, &draft.text, &draft.classification);

    let publisher = format!("{} {}", source.id, source.name);
    let matches = rules.watchlists.matches(&document(&draft, source, &publisher));
    let tokens = positions(&draft.title, &draft.text);
    let moment = draft.published_at.unwrap_or(draft.first_seen_at);
    let reported = rules.incidents.report(&draft.title, &draft.text, &draft.language, &draft.classification, moment);
    Judged { draft, tokens, matches, reported }
}

/// Looks at a draft as watchlists do.
fn document<'a>(draft: &'a StoryDraft, source: &'a Source, publisher: &'a str) -> Document<'a> {
    let about = draft.classification.countries.iter().filter(|country| country.role == CountryRole::About);
    Document {
        title: &draft.title,
        text: &draft.text,
        url: draft.url.as_ref().map(url::Url::as_str).unwrap_or_default(),
        source: publisher,
        authors: &draft.authors,
        tags: &draft.tags,
        language: &draft.language,
        countries_about: about.map(|country| (country.code, country.score)).collect(),
        topics: draft.classification.topics.iter().map(|topic| topic.id.clone()).collect(),
        source_id: &source.id,
    }
}

/// Headline and text are searched as one, with a gap that no phrase crosses.
const FIELD_GAP: u32 = 64;

fn positions(title: &str, body: &str) -> Vec<(String, u32)> {
    let mut found = Vec::new();
    let mut position = 0;
    for field in [title, body] {
        for token in text::tokenize(field) {
            position += 1;
            found.push((token.folded, position));
        }
        position += FIELD_GAP;
    }
    found
}

/// A headline with other words, not only with another comma.
fn says_otherwise(former: &str, now: &str) -> bool {
    let words = |title: &str| text::tokenize(title).into_iter().map(|token| token.folded).collect::<Vec<_>>();
    words(former) != words(now)
}

/// A shorter reading of the same words (a feed's summary beside the page's full text) is no revision.
fn is_revision(title: &str, text: &str, draft: &StoryDraft) -> bool {
    let shortened =
        !draft.text.is_empty() && text.len() > draft.text.len() && text.starts_with(draft.text.trim_end_matches(['.', '…', ' ', '[', ']']));
    draft.title != title || (draft.text != text && !draft.text.is_empty() && !shortened)
}
