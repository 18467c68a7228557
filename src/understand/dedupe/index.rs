//! The twin, in memory, of the store's index of recent stories: the same questions, the same limits, the same answers.
//!
//! Used where there is no database: `inspect duplicates`, and tests that compare the two.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use crate::model::{Candidate, ClusterId, Fingerprint, StoryDraft, StoryId, Verdict};
use crate::understand::dedupe::{CANDIDATE_LIMIT, EVENT_WINDOW, RARE_CLUSTERS, RARE_DOCUMENTS, SHINGLE_WINDOW, decide, is_indexed};

/// Stories that are kept at most, whatever their age: a batch of one moment must not fill the memory.
const STORY_LIMIT: usize = 200_000;

/// Stories of one cluster that a feature is looked up in, the latest.
const STORIES_OF_A_CLUSTER: usize = 8;

/// Recent stories by what is rare in them.
#[derive(Debug, Default)]
pub struct Index {
    stories: VecDeque<Candidate>,
    keys: HashMap<String, StoryId>,
    key_of: HashMap<StoryId, String>,
    positions: HashMap<StoryId, u64>,
    /// Position in the order of arrival of `stories`' first entry.
    first: u64,
    shingles: HashMap<i64, Vec<u64>>,
    events: HashMap<i64, Vec<u64>>,
}

impl Index {
    /// An index without stories.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides what a draft is and keeps it. An address that is known is the earlier story itself, whatever it says now.
    pub fn add(&mut self, id: StoryId, new_cluster: ClusterId, draft: &StoryDraft) -> Verdict {
        self.forget(draft.first_seen_at);
        let same_address = self.keys.get(&draft.url_key).and_then(|story| self.get(*story));
        let verdict = match same_address {
            Some(known) => Verdict::Duplicate { of: known.duplicate_of.unwrap_or(known.story), cluster: known.cluster, score: 1.0 },
            None => decide(draft, &self.candidates(draft)),
        };
        let (duplicate_of, cluster) = match &verdict {
            Verdict::New { cluster } => (None, cluster.unwrap_or(new_cluster)),
            Verdict::Duplicate { of, cluster, .. } => (Some(*of), *cluster),
        };
        let indexed = is_indexed(&verdict);
        let story = Candidate {
            story: id,
            duplicate_of,
            cluster,
            title: draft.title.clone(),
            text: draft.text.clone(),
            published_at: draft.published_at,
            first_seen_at: draft.first_seen_at,
            main_country: draft.classification.main_country,
            language: draft.language.clone(),
            fingerprint: draft.fingerprint.clone(),
        };
        self.insert(story, indexed);
        self.keys.entry(draft.url_key.clone()).or_insert(id);
        self.key_of.insert(id, draft.url_key.clone());
        verdict
    }

    /// The earlier stories that share rare shingles or rare features with a draft, the best first: a shared hash weighs the more the
    /// fewer have it. Their fingerprints hold what is shared and rare.
    pub fn candidates(&self, draft: &StoryDraft) -> Vec<Candidate> {
        let mut found: BTreeMap<u64, (f64, Fingerprint)> = BTreeMap::new();
        for hash in &draft.fingerprint.shingles {
            let holders = self.recent(&self.shingles, *hash, draft.first_seen_at, SHINGLE_WINDOW, RARE_DOCUMENTS + 1);
            if holders.len() <= RARE_DOCUMENTS {
                for position in &holders {
                    let (weight, shared) = found.entry(*position).or_default();
                    *weight += 1.0 / holders.len() as f64;
                    shared.shingles.push(*hash);
                }
            }
        }
        for hash in &draft.fingerprint.event {
            let holders = self.recent(&self.events, *hash, draft.first_seen_at, EVENT_WINDOW, (RARE_CLUSTERS + 1) * STORIES_OF_A_CLUSTER);
            let clusters: BTreeSet<ClusterId> = holders.iter().filter_map(|position| self.at(*position)).map(|story| story.cluster).collect();
            if clusters.len() <= RARE_CLUSTERS {
                for position in &holders {
                    let (weight, shared) = found.entry(*position).or_default();
                    *weight += 1.0 / clusters.len() as f64;
                    shared.event.push(*hash);
                }
            }
        }
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_by(|(position, (weight, _)), (other_position, (other, _))| other.total_cmp(weight).then(position.cmp(other_position)));
        found.truncate(CANDIDATE_LIMIT);
        found
            .into_iter()
            .filter_map(|(position, (_, fingerprint))| self.at(position).map(|story| Candidate { fingerprint, ..story.clone() }))
            .collect()
    }

    /// The latest stories of the window that have a hash, at most `limit`.
    fn recent(&self, index: &HashMap<i64, Vec<u64>>, hash: i64, now: Timestamp, window: Duration, limit: usize) -> Vec<u64> {
        let recent = |position: &&u64| self.at(**position).is_some_and(|story| now.duration_since(story.first_seen_at).unsigned_abs() <= window);
        index.get(&hash).map(|positions| positions.iter().rev().filter(recent).take(limit).copied().collect()).unwrap_or_default()
    }

    fn insert(&mut self, story: Candidate, by_shingles: bool) {
        let position = self.first + self.stories.len() as u64;
        for hash in story.fingerprint.shingles.iter().filter(|_| by_shingles) {
            self.shingles.entry(*hash).or_default().push(position);
        }
        for hash in &story.fingerprint.event {
            self.events.entry(*hash).or_default().push(position);
        }
        self.positions.insert(story.story, position);
        self.stories.push_back(story);
    }

    fn at(&self, position: u64) -> Option<&Candidate> {
        self.stories.get(usize::try_from(position.checked_sub(self.first)?).ok()?)
    }

    fn get(&self, story: StoryId) -> Option<&Candidate> {
        self.at(*self.positions.get(&story)?)
    }

    /// Drops stories that left the longer window.
    fn forget(&mut self, now: Timestamp) {
        let old = |story: &Candidate| now.duration_since(story.first_seen_at).unsigned_abs() > SHINGLE_WINDOW;
        while self.stories.len() >= STORY_LIMIT || self.stories.front().is_some_and(old) {
            let Some(story) = self.stories.pop_front() else { return };
            let position = self.first;
            self.first += 1;
            for (index, hashes) in [(&mut self.shingles, &story.fingerprint.shingles), (&mut self.events, &story.fingerprint.event)] {
                for hash in hashes {
                    if let Some(positions) = index.get_mut(hash) {
                        positions.retain(|other| *other != position);
                        if positions.is_empty() {
                            index.remove(hash);
                        }
                    }
                }
            }
            self.positions.remove(&story.story);
            if let Some(key) = self.key_of.remove(&story.story)
                && self.keys.get(&key) == Some(&story.story)
            {
                self.keys.remove(&key);
            }
        }
    }
}
