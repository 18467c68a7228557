//! Labels anew for stored stories, when the rules that give them changed, and the incidents that they report. Matches and alerts are not looked at:
//! old news alerts nobody.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{Classification, ClusterId, Fact, StoryId};
use crate::pipeline::{Metrics, Rules};
use crate::store::{Labeling, RelabelTx, StaleStory, Store, StoreError};
use crate::understand::incident;

/// Stories in one transaction: some tens of milliseconds of work, so that an edit of one of them waits no longer.
const BATCH: i64 = 16;

/// Brings stored stories to the rules in force, a batch at a time.
#[derive(Debug, Clone)]
pub struct Relabeler {
    store: Store,
    metrics: Metrics,
}

/// What one batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relabeled {
    pub stories: u64,
    /// Those whose labels or places are others now.
    pub changed: u64,
    /// Those that could not be labeled and keep what they had.
    pub failed: u64,
    /// Where the next batch begins: before this story.
    pub oldest: Option<StoryId>,
}

/// How it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Batch(Relabeled),
    /// There is none left, but those that another worker has in hand.
    Done,
    /// Other rules came into force, here or in another process: theirs are the ones to follow.
    Superseded,
}

impl Relabeler {
    /// Works on the stories of one store.
    pub fn new(store: Store, metrics: Metrics) -> Self {
        Self { store, metrics }
    }

    /// Makes the rules those that stored stories are brought to, and says how many are to be labeled anew.
    pub async fn begin(&self, rules: &Rules) -> Result<Labeling, StoreError> {
        let begun = self.store.begin_relabeling(rules.label_rules()).await?;
        self.metrics.stories_to_relabel.set(i64::try_from(begun.todo - begun.relabeled.min(begun.todo)).unwrap_or(i64::MAX));
        Ok(begun)
    }

    /// True when stories are left that other rules labeled, and nobody else's rules came into force.
    pub async fn is_behind(&self, rules: &Rules) -> Result<bool, StoreError> {
        let known = self.store.labeling().await?;
        Ok(known.is_some_and(|known| known.rules == rules.label_rules()) && self.store.stale_stories(rules.label_rules()).await? > 0)
    }

    /// Labels the next stories, seen since a moment and before a story, newest first. Cancel-safe: a dropped batch changes nothing.
    pub async fn step(&self, rules: &Arc<Rules>, since: Option<Timestamp>, before: Option<StoryId>) -> Result<Step, StoreError> {
        let Some(mut batch) = self.store.relabel_batch(rules.label_rules(), since, before, BATCH).await? else { return Ok(Step::Done) };
        let judged = classify(rules, &batch).await;
        let mut done = Relabeled { stories: 0, changed: 0, failed: 0, oldest: batch.oldest() };
        let mut told = Vec::new();
        for (story, judged) in judged {
            done.stories += 1;
            let Some((labels, facts)) = judged else {
                batch.pass_over();
                done.failed += 1;
                continue;
            };
            let is_changed = batch.replace(story.id, &labels).await?;
            done.changed += u64::from(is_changed);
            // What was stored before incidents were kept is reported too, though its labels stay.
            if (is_changed || !story.is_report) && (story.is_report || !facts.is_empty()) {
                batch.postpone(story.id);
                told.push((story, facts));
            }
        }
        if !batch.commit().await? || !self.write_incidents(rules, &told).await? {
            return Ok(Step::Superseded);
        }
        let unchanged = done.stories - done.changed - done.failed;
        for (outcome, count) in [("changed", done.changed), ("unchanged", unchanged), ("failed", done.failed)] {
            Metrics::count(&self.metrics.stories_relabeled, outcome, count);
        }
        self.metrics.stories_to_relabel.dec_by(i64::try_from(done.stories).unwrap_or_default());
        Ok(Step::Batch(done))
    }

    /// Writes what an ingest writes of incidents, for stories whose labels are written. False when other rules came into force.
    async fn write_incidents(&self, rules: &Rules, told: &[(StaleStory, Vec<Fact>)]) -> Result<bool, StoreError> {
        if told.is_empty() {
            return Ok(true);
        }
        let texts: Vec<(StoryId, i32)> = told.iter().map(|(story, _)| (story.id, story.revision)).collect();
        let mut tx = self.store.begin_incidents(rules.label_rules(), &texts).await?;
        let mut clusters: BTreeSet<ClusterId> = BTreeSet::new();
        for (story, facts) in told {
            if tx.stories().contains(&story.id) && tx.ingest().write_report(story.id, facts).await? {
                clusters.insert(story.cluster);
            }
        }
        for cluster in clusters {
            let merged = incident::merge(&tx.ingest().reports(cluster).await?);
            // An incident is listed by the time of its id: that of its first report, not of its labels.
            let first = merged.as_ref().map_or_else(Timestamp::now, |merged| merged.first_seen_at);
            tx.ingest().write_incident(cluster, merged.as_ref(), first).await?;
        }
        tx.commit().await
    }

    /// Notes that all are labeled by the rules, where that is so: other workers may have stories in hand.
    pub async fn finish(&self, rules: &Rules) -> Result<bool, StoreError> {
        let is_finished = self.store.finish_relabeling(rules.label_rules()).await?;
        if is_finished {
            self.metrics.stories_to_relabel.set(0);
        }
        Ok(is_finished)
    }
}

/// Labels, and what the story says of an incident. `None` for a story that a stage panicked on.
type JudgedStory = (StaleStory, Option<(Classification, Vec<Fact>)>);

/// On a blocking thread.
async fn classify(rules: &Arc<Rules>, batch: &RelabelTx) -> Vec<JudgedStory> {
    let stories: Vec<StaleStory> = batch.stories().to_vec();
    let failed = || stories.iter().map(|story| (story.clone(), None)).collect();
    let work = {
        let (rules, stories) = (Arc::clone(rules), stories.clone());
        move || stories.into_iter().map(|story| (story.clone(), catch_unwind(AssertUnwindSafe(|| judge(&rules, &story))).ok())).collect()
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| failed())
}

fn judge(rules: &Rules, story: &StaleStory) -> (Classification, Vec<Fact>) {
    let labels = rules.classifier.classify(&story.title, &story.body, &story.language, rules.country_of(&story.source_id));
    let facts = rules.incidents.report(&story.title, &story.body, &story.language, &labels, story.moment);
    (labels, facts)
}
