//! What becomes of a match, in the transaction of its story: asked of the policy, and written.

use jiff::Timestamp;

use crate::alert::compose::{self, Group, Plan};
use crate::alert::policy::{self, Decision, Incoming, severity};
use crate::config::Watchlist;
use crate::model::{AlertStory, CountryCode, DigestReason, Match, NewAlert, Priority, StoryId, Told};
use crate::pipeline::Rules;
use crate::store::StoreError;
use crate::store::alerting::EventNote;
use crate::store::ingest::IngestTx;

/// A story that met lists, as it is about to be committed.
#[derive(Debug)]
pub(super) struct Teller<'a> {
    pub rules: &'a Rules,
    pub story: StoryId,
    pub snapshot: AlertStory,
    pub group: Group,
    /// Of its source.
    pub country: Option<CountryCode>,
    /// Its publisher changed the headline of what was stored.
    pub corrected: bool,
    pub now: Timestamp,
}

impl Teller<'_> {
    /// Decides about one match and writes what follows; the alerts that are new.
    ///
    /// Copies are matched like originals: whether an alert is news is decided by what the list was told of the event. So a copy never repeats
    /// an alert, and one that brings a new list's terms is never suppressed.
    pub async fn tell(&self, tx: &mut IngestTx, list: &Watchlist, found: &Match) -> Result<Vec<NewAlert>, StoreError> {
        let policy = &list.alert;
        let incoming = Incoming {
            score: found.score,
            published_at: self.snapshot.published_at,
            severity: severity::of_topics(self.snapshot.topics.iter().map(String::as_str)),
            country: self.country,
            corrected: self.corrected,
            new_person: false,
        };
        if let Some(reason) = policy::dropped(policy, &incoming, self.now) {
            tx.note_decision(self.story, &list.id, Decision::Drop(reason).as_str(), true).await?;
            return Ok(Vec::new());
        }
        let key = compose::event_key(list, &self.group);
        let limit = policy.rate_limit.map(|limit| limit.per);
        // Schedules go by the database's clock, which all daemons share.
        let (state, now) = tx.event_state(&list.id, &key, self.group.cluster, limit).await?;
        let persons = found.persons();
        let incoming = Incoming { new_person: persons.iter().any(|person| !state.persons.contains(person)), ..incoming };
        let decision = policy::decide(policy, list.priority, &incoming, &state, now);
        let former = state.told;
        let updates = |decided: usize| former.map_or(0, |told| told.updates + u32::from(decided > 0));
        let told =
            |at, updates| Told { at, updates, publishers: state.publishers, severity: incoming.severity.max(former.map_or(0, |told| told.severity)) };
        let mut note = EventNote {
            cluster: self.group.cluster,
            country: self.country,
            persons: Vec::new(),
            told: None,
            listed_as_few: false,
            acknowledge: None,
            repeat_at: None,
            escalate_at: None,
        };
        let mut written = Vec::new();
        let mut keeps = false;
        match &decision {
            Decision::Send { at, updates: reasons } => {
                let version = updates(reasons.len());
                let (repeat, escalate) = (policy.repeat.filter(|_| list.priority == Priority::Critical), policy.escalate.as_ref());
                if former.is_none() && self.rules.config.instance.public_url.is_some() && (repeat.is_some() || escalate.is_some()) {
                    note.acknowledge = state.acknowledge.clone().or_else(random_token);
                }
                note.repeat_at = repeat.map(|repeat| policy::after(*at, repeat.every));
                note.escalate_at = escalate.map(|escalate| policy::after(*at, escalate.after));
                let plan = Plan {
                    updates: reasons.clone(),
                    version,
                    not_before: self.now + at.duration_since(now),
                    publishers: state.publishers,
                    reports: state.reports,
                    acknowledge: note.acknowledge.clone().or_else(|| state.acknowledge.clone()),
                };
                let channels = &self.rules.config.channels;
                let alerts = compose::compose(list, channels, found, self.snapshot.clone(), &self.group, plan, self.now);
                let ids = tx.insert_alerts(&alerts).await?;
                written.extend(alerts.into_iter().filter(|alert| ids.contains(&alert.id)));
                if !written.is_empty() {
                    tx.log_alert(&list.id, &key).await?;
                }
                note.told = Some(told(*at, version));
                note.persons = persons;
            }
            Decision::Digest(reason) => {
                let counted = (state.publishers, state.reports);
                // A story about another person stands beside the event's, it does not take its place.
                let own = if former.is_some() && incoming.new_person { compose::key_of_persons(&key, &persons) } else { key };
                tx.add_to_digest(&list.id, &own, &compose::digest_entry(found, self.snapshot.clone(), &self.group, counted, *reason)).await?;
                note.persons = persons;
                match reason {
                    // It may still be told at once, when others tell it too.
                    DigestReason::FewSources => note.listed_as_few = true,
                    _ => note.told = Some(told(now, updates(1))),
                }
            }
            Decision::Refresh => tx.refresh_alerts(&list.id, &key, state.publishers, state.reports).await?,
            Decision::Known | Decision::Drop(_) => keeps = true,
        }
        tx.note_event(&list.id, &key, &note).await?;
        tx.note_decision(self.story, &list.id, decision.as_str(), keeps).await?;
        Ok(written)
    }
}

/// 160 bits that nobody guesses; `None` where the system has no source of chance.
fn random_token() -> Option<String> {
    use base64::Engine;
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).ok()?;
    Some(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}
