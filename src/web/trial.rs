//! A draft of a watchlist held against the archive: what it would have found, what it only just misses, how often it would have told somebody.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::config::{GroupBy, Watchlist};
use crate::model::{Evidence, Field, StoryId};
use crate::store::{ArchivedStory, Store};
use crate::watch::{NearMiss, Preview, WatchlistSet};
use crate::web::chart::{Chart, Days};
use crate::web::failure::Failure;
use crate::web::highlight::{self, Piece, Span, SpanKind};
use crate::web::search::with_document;

/// Days of the archive that a draft is tried on.
pub const DAYS: u32 = 30;
/// A draft is tried for so long; what was looked at until then is shown.
const WITHIN: Duration = Duration::from_secs(8);
const EXAMPLES: usize = 10;
const NEAR: usize = 10;
const EXCERPT_BYTES: usize = 240;

/// What a draft would have found.
#[derive(Debug)]
pub struct Tried {
    pub looked_at: usize,
    pub whole: bool,
    pub found: usize,
    pub found_before: usize,
    pub new: usize,
    pub gone: usize,
    /// A day, over the days that were looked at.
    pub per_day: String,
    /// Alerts that it would have made on each channel, after its grouping and least score.
    pub alerts: usize,
    /// New and gone stories, where anything changed.
    pub changes: Vec<Named>,
    pub examples: Vec<Example>,
    pub near: Vec<Near>,
    /// Why stories are only just missed, most frequent first.
    pub near_reasons: Vec<(String, usize)>,
    pub near_misses: usize,
    pub chart: Chart,
}

/// A story by name.
#[derive(Debug)]
pub struct Named {
    pub id: StoryId,
    pub title: String,
    pub mark: &'static str,
}

/// A story that it finds, with the places that say so.
#[derive(Debug)]
pub struct Example {
    pub id: StoryId,
    pub language: String,
    pub title: Vec<Piece>,
    pub excerpt: Vec<Piece>,
}

/// A story that it misses by one thing.
#[derive(Debug)]
pub struct Near {
    pub id: StoryId,
    pub title: String,
    pub language: String,
    pub why: String,
}

/// What one piece of the archive gave.
#[derive(Debug, Default)]
struct Piecework {
    preview: Preview,
    moments: Vec<Timestamp>,
    groups: HashSet<(String, String)>,
    examples: Vec<Example>,
    near: Vec<Near>,
    near_reasons: BTreeMap<String, usize>,
    in_time: bool,
}

/// Holds a draft and the list in force against the archive, newest stories first.
pub async fn run(store: &Store, candidate: Arc<WatchlistSet>, former: Arc<WatchlistSet>, list: &Watchlist) -> Result<Tried, Failure> {
    let started = Instant::now();
    let now = Timestamp::now();
    let days = Days::last(DAYS, now);
    let list = Arc::new(list.clone());
    let mut all = Piecework { preview: Preview::new(&candidate, &former), ..Piecework::default() };
    let mut before = None;
    let mut oldest = now;
    let whole = loop {
        let piece = store.archive(days.begin(), before).await?;
        let Some(last) = piece.last() else { break true };
        (before, oldest) = (Some(last.id), last.first_seen_at);
        let (candidate, former, list) = (Arc::clone(&candidate), Arc::clone(&former), Arc::clone(&list));
        let held = tokio::task::spawn_blocking(move || hold(&piece, &candidate, &former, &list, started));
        let found = held.await.map_err(|_| super::watchlist::broken())?;
        let in_time = found.in_time;
        all.add(found);
        if !in_time {
            break false;
        }
    };
    let since = if whole { days.begin() } else { oldest };
    Ok(all.tried(list.id.as_str(), whole, &days, since, now))
}

impl Piecework {
    fn add(&mut self, other: Self) {
        self.preview.add(other.preview);
        self.moments.extend(other.moments);
        self.groups.extend(other.groups);
        self.examples.extend(other.examples);
        self.examples.truncate(EXAMPLES);
        self.near.extend(other.near);
        self.near.truncate(NEAR);
        for (reason, number) in other.near_reasons {
            *self.near_reasons.entry(reason).or_default() += number;
        }
    }

    fn tried(mut self, id: &str, whole: bool, days: &Days, since: Timestamp, now: Timestamp) -> Tried {
        let list = self.preview.lists.remove(id).unwrap_or_default();
        let named = |all: &[(StoryId, String)], mark: &'static str| {
            all.iter().map(|(id, title)| Named { id: *id, title: title.clone(), mark }).collect::<Vec<_>>()
        };
        let mut changes = named(&list.new_stories, "new");
        changes.extend(named(&list.gone_stories, "gone"));
        let span = (now.duration_since(since).as_secs_f64() / 86_400.0).max(1.0);
        let mut counts = vec![0; days.bounds.len().saturating_sub(1)];
        for moment in &self.moments {
            if let Some(count) = days.index(*moment).and_then(|at| counts.get_mut(at)) {
                *count += 1;
            }
        }
        let mut near_reasons: Vec<(String, usize)> = self.near_reasons.into_iter().collect();
        near_reasons.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        let near_misses = near_reasons.iter().map(|(_, number)| number).sum();
        near_reasons.truncate(NEAR);
        Tried {
            looked_at: self.preview.stories,
            whole,
            found: list.found,
            found_before: list.found_before,
            new: list.new,
            gone: list.gone,
            per_day: format!("{:.1}", list.found as f64 / span),
            alerts: self.groups.len(),
            changes,
            examples: self.examples,
            near: self.near,
            near_reasons,
            near_misses,
            chart: Chart::new("draft-over-time", "Stories that it would have found".to_owned(), days, &counts, [].iter()),
        }
    }
}

fn hold(stories: &[ArchivedStory], candidate: &WatchlistSet, former: &WatchlistSet, list: &Watchlist, started: Instant) -> Piecework {
    let mut out = Piecework { in_time: true, ..Piecework::default() };
    for story in stories {
        if started.elapsed() > WITHIN {
            out.in_time = false;
            return out;
        }
        with_document(story, |document| {
            out.preview.see(candidate, former, story.id, document);
            if let Some(found) = candidate.matches(document).pop() {
                out.moments.push(story.first_seen_at);
                if found.score >= list.alert.min_score {
                    out.groups.insert(group(list, story));
                }
                if out.examples.len() < EXAMPLES {
                    out.examples.push(example(story, &found.evidence));
                }
            } else if let Some((_, miss)) = candidate.near_misses(document).pop() {
                let why = reason(&miss);
                if out.near.len() < NEAR {
                    let (title, language) = (story.title.clone(), story.language.clone());
                    out.near.push(Near { id: story.id, title, language, why: why.clone() });
                }
                *out.near_reasons.entry(why).or_default() += 1;
            }
        });
    }
    out
}

/// What one alert stands for, as the list groups them.
fn group(list: &Watchlist, story: &ArchivedStory) -> (String, String) {
    match list.alert.group_by {
        GroupBy::Cluster => (story.cluster.to_string(), String::new()),
        GroupBy::Language => (story.cluster.to_string(), story.language.clone()),
        GroupBy::Story => (story.id.to_string(), String::new()),
    }
}

fn example(story: &ArchivedStory, evidence: &[Evidence]) -> Example {
    let spans = |field: Field, text: &str| -> Vec<Span> {
        evidence.iter().filter(|one| one.field == field).filter_map(|one| highlight::span(text, one, SpanKind::Watchlist, "draft")).collect()
    };
    Example {
        id: story.id,
        language: story.language.clone(),
        title: highlight::lines(&story.title, &spans(Field::Title, &story.title)).into_iter().flatten().collect(),
        excerpt: highlight::excerpt(&story.body, &spans(Field::Text, &story.body), EXCERPT_BYTES),
    }
}

fn reason(miss: &NearMiss) -> String {
    match miss {
        NearMiss::Lacks(terms) => format!("it lacks {}", terms.join(" or ")),
        NearMiss::Excluded(terms) => format!("it says {}, which is excluded", terms.join(", ")),
        NearMiss::TooFar => "its words stand too far from each other".to_owned(),
        NearMiss::Filtered => "its language, country, topic or source is another".to_owned(),
        NearMiss::Condition => "a label or a person is lacking".to_owned(),
    }
}
