//! Copies and events: is a story the text of an earlier one, and which event is it about?
//!
//! Two relations. A *duplicate* is one text, edited: found by shared rare shingles, decided by comparing the texts word by word. A
//! *cluster* holds the stories of one event, in all languages: found and decided by shared rare names and numbers, the same main country,
//! and nearness in time.
//!
//! Enters: a draft, and the earlier stories that share something rare with it, from the store's index. Leaves: a [`Verdict`]. Absent:
//! the index itself (the store's tables; [`index`] is its twin in memory), and what an alert does with the verdict.
//!
//! *Invariant:* precision goes first. A false duplicate hides a story; a missed one only repeats it.

mod compare;
mod event;
mod hash;
pub mod index;
mod shingles;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub(in crate::understand) use crate::understand::dedupe::event::skeleton;
pub use crate::understand::dedupe::event::{EVENT_LIMIT, event_features};
pub use crate::understand::dedupe::shingles::{SHINGLE_LIMIT, shingles};

use crate::model::{Candidate, ClusterId, StoryDraft, Verdict};
use crate::understand::dedupe::compare::{Comparison, Prepared, compare};
use crate::understand::dedupe::event::{Strength, is_small};

/// How long a text's copies are looked for.
pub const SHINGLE_WINDOW: Duration = Duration::from_hours(7 * 24);
/// How long stories are of one event.
pub const EVENT_WINDOW: Duration = Duration::from_hours(72);
/// A shingle in more originals of the window is boilerplate, a rubric or a template: it names no text.
pub const RARE_DOCUMENTS: usize = 8;
/// A name or number in more clusters of the window names no event. Counted in clusters: one event has many stories.
pub const RARE_CLUSTERS: usize = 10;
/// Candidates that are looked at, those that share the most first.
pub const CANDIDATE_LIMIT: usize = 32;

/// Decides what a draft is, compared with the stories that share something rare with it.
///
/// A duplicate's score is the share of the draft's words that stand in the earlier text: what is below 1 is new.
///
/// Best when the candidates' fingerprints hold only the hashes that they share with the draft and that are rare in the window; hashes that
/// are common there weigh like rare ones.
pub fn decide(draft: &StoryDraft, candidates: &[Candidate]) -> Verdict {
    let mut prepared = None;
    let mut copies: Vec<(f32, f32, &Candidate)> = Vec::new();
    let mut templates = BTreeSet::new();
    for candidate in candidates {
        let apart = apart(draft, candidate);
        if apart > SHINGLE_WINDOW || !shares(&draft.fingerprint.shingles, &candidate.fingerprint.shingles) {
            continue;
        }
        let draft_text = prepared.get_or_insert_with(|| Prepared::new(&draft.title, &draft.text));
        match relation(&compare(draft_text, &Prepared::new(&candidate.title, &candidate.text)), apart) {
            Relation::OneText { nearness, of_draft } => copies.push((nearness, of_draft, candidate)),
            Relation::OneTemplate => {
                templates.insert(candidate.cluster);
            }
            Relation::None => {}
        }
    }
    // One comparison that shows another subject outweighs those with copies of the same story that hide it.
    copies.retain(|(_, _, candidate)| !templates.contains(&candidate.cluster));
    let best = copies.into_iter().max_by(|(a, _, one), (b, _, other)| a.total_cmp(b).then_with(|| other.first_seen_at.cmp(&one.first_seen_at)));
    match best {
        Some((_, score, candidate)) => {
            Verdict::Duplicate { of: candidate.duplicate_of.unwrap_or(candidate.story), cluster: candidate.cluster, score }
        }
        None => Verdict::New { cluster: event_cluster(draft, candidates, &templates) },
    }
}

/// A copy with a smaller share of its words in the original brings text of its own.
const WHOLE_COPY: f32 = 0.90;

/// True when the index of shingles must hold a story with this verdict. A plain copy adds nothing by which others could be found, and a
/// wire story with twenty copies must stay rare; a copy that is fuller than its original (the text to a summary) leads others to it.
pub fn is_indexed(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::New { .. } => true,
        Verdict::Duplicate { score, .. } => *score < WHOLE_COPY,
    }
}

/// How two texts relate.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Relation {
    OneText {
        /// Share of the shorter text that stands in the other.
        nearness: f32,
        /// Share of the draft that does.
        of_draft: f32,
    },
    /// The same sentences about someone else.
    OneTemplate,
    None,
}

/// Share of the shorter text that must stand in the other. Follow-ups that end in an earlier story's background have .3 to .65, copies with a
/// fifth of their words replaced .75 and more.
const LEAST_COVERAGE: f32 = 0.68;
/// Fewer shared words prove nothing.
const LEAST_SHARED: usize = 10;
/// The same below one headline: a feed's shortened summary.
const LEAST_SHARED_UNDER_ONE_TITLE: usize = 6;
/// A rubric: a text and a headline that are shorter than this, and that come again after this time.
const RUBRIC_LENGTH: usize = 25;
const RUBRIC_TITLE_LENGTH: usize = 6;
const RUBRIC_INTERVAL: Duration = Duration::from_hours(12);
/// Below this share of the longer text, the shorter one must be its beginning: else it is a quotation, or one item of a round-up.
const WHOLE_COVERAGE: f32 = 0.40;
/// Two stories that both begin with other words share boilerplate, however much of it. A copy under a new lede keeps the old one below it.
const LEAST_LEAD: f32 = 0.30;
/// A beginning starts within this many words.
const BEGINNING: usize = 50;

fn relation(found: &Comparison, apart: Duration) -> Relation {
    let coverage = found.coverage_a.max(found.coverage_b);
    let longer = if found.length_a >= found.length_b { found.coverage_a } else { found.coverage_b };
    let shorter_length = found.length_a.min(found.length_b);
    let needed = if found.same_title { LEAST_SHARED_UNDER_ONE_TITLE } else { LEAST_SHARED };
    if coverage < LEAST_COVERAGE || found.shared < needed {
        return Relation::None;
    }
    // "Morning briefing: all you need to know today" is another text every day, though the feed shows the same words.
    if shorter_length < RUBRIC_LENGTH && found.same_title && found.title_length < RUBRIC_TITLE_LENGTH && apart > RUBRIC_INTERVAL {
        return Relation::None;
    }
    if found.lead < LEAST_LEAD {
        return Relation::None;
    }
    if longer < WHOLE_COVERAGE && (found.start_a > BEGINNING || found.start_b > BEGINNING) {
        return Relation::None;
    }
    if is_template(found) { Relation::OneTemplate } else { Relation::OneText { nearness: coverage, of_draft: found.coverage_a } }
}

/// Words for each replaced number, at most, in a bulletin.
const BULLETIN_WORDS: usize = 40;

/// True when the texts are one form, filled in twice: a name stands consistently in the place of another, or most numbers differ.
fn is_template(found: &Comparison) -> bool {
    let points: f32 = found
        .swapped_names
        .iter()
        .map(|swap| match (swap.in_titles, swap.times, swap.cased, swap.in_lead) {
            (true, 2.., _, _) => 2.0,
            (true, _, _, _) => 1.5,
            (_, 2.., _, _) => 1.0,
            (_, _, true, true) => 0.75,
            (_, _, true, false) => 0.25,
            _ => 0.0,
        })
        .sum();
    // Long texts collect replacements by mere editing.
    let allowed = 1.4 + found.shared as f32 / 200.0;
    // A correction changes few of a text's numbers; a bulletin has one every few words, and another every day.
    let numbers =
        found.swapped_numbers >= 3 && found.swapped_numbers * 2 > found.equal_numbers && found.swapped_numbers * BULLETIN_WORDS > found.shared;
    points > allowed || numbers
}

/// Weight of shared features that makes two stories one event. A person's two names and the city are 2.5; a city, a day and one
/// institution are not.
const LEAST_EVENT_WEIGHT: f32 = 2.75;
/// The same where the country of either story is not known.
const LEAST_EVENT_WEIGHT_WITHOUT_COUNTRY: f32 = 4.0;
/// Two texts in one script without letter case share ordinary words, which cannot be told from names.
const CASELESS_FACTOR: f32 = 0.4;

/// The cluster that shares the most of what names an event.
fn event_cluster(draft: &StoryDraft, candidates: &[Candidate], templates: &BTreeSet<ClusterId>) -> Option<ClusterId> {
    let shared: Vec<(&Candidate, Vec<i64>)> = candidates
        .iter()
        .take(CANDIDATE_LIMIT)
        .map(|candidate| (candidate, intersection(&draft.fingerprint.event, &candidate.fingerprint.event)))
        .filter(|(_, shared)| shared.len() >= 2)
        .collect();
    // A feature that several events share names none of them.
    let mut spread: BTreeMap<i64, BTreeSet<ClusterId>> = BTreeMap::new();
    for (candidate, features) in &shared {
        for feature in features {
            spread.entry(*feature).or_default().insert(candidate.cluster);
        }
    }
    let weight_of = |feature: &i64| {
        let strength = match Strength::of(*feature) {
            Strength::Slight | Strength::Weak => 0.5,
            Strength::Fair => 0.75,
            Strength::Strong => 1.0,
        };
        let clusters = spread.get(feature).map_or(1, BTreeSet::len);
        strength / (clusters as f32).sqrt()
    };
    let main = draft.classification.main_country;
    let mut best: Option<(f32, ClusterId)> = None;
    for (candidate, features) in &shared {
        if apart(draft, candidate) > EVENT_WINDOW || templates.contains(&candidate.cluster) {
            continue;
        }
        let needed = match (main, candidate.main_country) {
            (Some(a), Some(b)) if a == b => LEAST_EVENT_WEIGHT,
            (Some(_), Some(_)) => continue,
            _ => LEAST_EVENT_WEIGHT_WITHOUT_COUNTRY,
        };
        let factor = if is_caseless(&draft.title) && is_caseless(&candidate.title) { CASELESS_FACTOR } else { 1.0 };
        let named = features.iter().any(|feature| Strength::of(*feature) != Strength::Slight);
        let weight = factor * features.iter().map(weight_of).sum::<f32>();
        if named && weight >= needed && best.is_none_or(|(best, _)| weight > best) {
            best = Some((weight, candidate.cluster));
        }
    }
    best.map(|(_, cluster)| cluster)
}

/// True when most letters have no case.
fn is_caseless(text: &str) -> bool {
    let letters = text.chars().filter(|character| character.is_alphabetic());
    let (cased, caseless) =
        letters.fold(
            (0, 0),
            |(cased, caseless), letter| if is_small(letter) || letter.is_uppercase() { (cased + 1, caseless) } else { (cased, caseless + 1) },
        );
    caseless > cased
}

/// Time between two stories: of their publication where both are dated, else of their arrival.
fn apart(draft: &StoryDraft, candidate: &Candidate) -> Duration {
    let (a, b) = match (draft.published_at, candidate.published_at) {
        (Some(a), Some(b)) => (a, b),
        _ => (draft.first_seen_at, candidate.first_seen_at),
    };
    a.duration_since(b).unsigned_abs()
}

fn shares(a: &[i64], b: &[i64]) -> bool {
    let b: BTreeSet<&i64> = b.iter().collect();
    a.iter().any(|hash| b.contains(hash))
}

fn intersection(a: &[i64], b: &[i64]) -> Vec<i64> {
    let b: BTreeSet<&i64> = b.iter().collect();
    a.iter().copied().filter(|hash| b.contains(hash)).collect()
}

#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod tests;
