//! Words of a reader held against the archive: the index proposes, the matching engine decides, so that a search finds what a watchlist would.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::model::{CountryCode, Evidence, Language, SourceId, StoryId};
use crate::store::{ArchivedStory, Store, StoreError, StoryFilter, Walk};
use crate::watch::{ArchiveQuery, Document};

/// A reader waits so long for one page; the next one goes on from there.
const WITHIN: Duration = Duration::from_secs(3);

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Newest first.
    pub ids: Vec<StoryId>,
    pub told: HashMap<StoryId, Told>,
    /// Whether the archive was looked through to its end.
    pub whole: bool,
    /// The last story that was looked at, and when it was seen: the next page goes on before it.
    pub last: Option<(StoryId, Timestamp)>,
}

/// Where a story says what was searched for.
#[derive(Debug, Clone)]
pub struct Told {
    pub title: String,
    pub body: String,
    pub evidence: Vec<Evidence>,
}

/// Looks for stories that meet filter and words until there are so many, or the time is up.
pub async fn find(store: &Store, filter: &StoryFilter, query: Arc<ArchiveQuery>, limit: usize) -> Result<Found, StoreError> {
    let started = Instant::now();
    let mut walk = Walk::new(filter.clone(), query.wanted());
    let mut found = Found::default();
    loop {
        let piece = store.walk(&mut walk).await?;
        let Some(last) = piece.last() else {
            found.whole = true;
            return Ok(found);
        };
        let end = (last.id, last.first_seen_at);
        let held = Arc::clone(&query);
        // Matching keeps a core busy for some milliseconds: not on the threads that answer. Nothing is lost with a panic but this page.
        let met = tokio::task::spawn_blocking(move || hold(piece, &held)).await.unwrap_or_default();
        for (story, evidence) in met {
            if found.ids.len() >= limit {
                return Ok(found);
            }
            found.last = Some((story.id, story.first_seen_at));
            found.ids.push(story.id);
            found.told.insert(story.id, Told { title: story.title, body: story.body, evidence });
        }
        found.last = Some(end);
        if started.elapsed() > WITHIN {
            return Ok(found);
        }
    }
}

fn hold(stories: Vec<ArchivedStory>, query: &ArchiveQuery) -> Vec<(ArchivedStory, Vec<Evidence>)> {
    let met = |story: ArchivedStory| {
        let evidence = with_document(&story, |document| query.evidence(document))??;
        Some((story, evidence))
    };
    stories.into_iter().filter_map(met).collect()
}

/// A stored story as watchlists look at it; `None` where its source has no possible id.
pub fn with_document<T>(story: &ArchivedStory, look: impl FnOnce(&Document<'_>) -> T) -> Option<T> {
    let source_id = SourceId::new(&story.source_id).ok()?;
    let language = Language::parse(&story.language).unwrap_or_else(Language::undetermined);
    let source = format!("{} {}", story.source_id, story.source_name);
    Some(look(&Document {
        title: &story.title,
        text: &story.body,
        url: story.url.as_deref().unwrap_or_default(),
        source: &source,
        authors: &story.authors,
        tags: &story.tags,
        language: &language,
        countries_about: story.countries.iter().filter_map(|(code, score)| Some((CountryCode::parse(code)?, *score))).collect(),
        topics: story.topics.clone(),
        source_id: &source_id,
    }))
}
