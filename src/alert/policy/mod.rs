//! What becomes of a match: told at once, later, with others, again, or not at all. One function of what is known and the moment.
//!
//! Enters: a list's policy, the match, what is known of its event. Leaves: a [`Decision`]. Deliberately absent: the clock, the database, words.
//!
//! *Invariant:* a match is dropped for its age, its score or because the list is silent, and for nothing else; whatever else is not sent at once stands in a
//! digest with its reason.

pub mod quiet;
pub mod schedule;
pub mod severity;
pub mod burst;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::config::{AlertMode, AlertPolicy, Hold};
use crate::model::{CountryCode, DigestReason, EventState, Priority, Told, UpdateReason};

/// What a story says that met a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Incoming {
    pub score: f32,
    pub published_at: Option<Timestamp>,
    /// Of its topics, see [`severity`].
    pub severity: u8,
    /// Of its source.
    pub country: Option<CountryCode>,
    /// Its publisher changed the headline of a story that was stored.
    pub corrected: bool,
    /// It names a person of the list whom no message about the event named.
    pub new_person: bool,
}

/// What becomes of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// An alert is written, due at the given moment. Without updates it is the first one of its event.
    Send { at: Timestamp, updates: Vec<UpdateReason> },
    /// It stands in the next digest.
    Digest(DigestReason),
    /// An alert of the event waits to be sent: it counts this story too.
    Refresh,
    /// The event was told, and this is no declared update.
    Known,
    /// Nobody is told.
    Drop(DropReason),
}

/// Why nobody is told of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    TooOld,
    TooWeak,
    /// The list tells nobody.
    Silent,
}

impl Decision {
    /// The name that is kept beside the match.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Send { updates, .. } if updates.is_empty() => "sent",
            Self::Send { .. } => "update",
            Self::Digest(reason) => match reason {
                DigestReason::Listed => "digest",
                DigestReason::QuietHours => "digest_quiet_hours",
                DigestReason::RateLimit => "digest_rate_limit",
                DigestReason::FewSources => "digest_few_sources",
                DigestReason::UpdateLimit => "digest_update_limit",
            },
            Self::Refresh => "joined",
            Self::Known => "known",
            Self::Drop(DropReason::TooOld) => "too_old",
            Self::Drop(DropReason::TooWeak) => "too_weak",
            Self::Drop(DropReason::Silent) => "silent",
        }
    }
}

/// What needs no look at the event: most of what an archive brings at a source's first poll is too old.
pub fn dropped(policy: &AlertPolicy, incoming: &Incoming, now: Timestamp) -> Option<DropReason> {
    let too_old = incoming.published_at.is_some_and(|published| now.duration_since(published) > signed(policy.max_age));
    if policy.mode == AlertMode::Silent {
        Some(DropReason::Silent)
    } else if too_old {
        Some(DropReason::TooOld)
    } else if incoming.score < policy.min_score {
        Some(DropReason::TooWeak)
    } else {
        None
    }
}

/// What becomes of a match.
pub fn decide(policy: &AlertPolicy, priority: Priority, incoming: &Incoming, state: &EventState, now: Timestamp) -> Decision {
    if let Some(reason) = dropped(policy, incoming, now) {
        return Decision::Drop(reason);
    }
    let mut at = after(now, policy.group_wait);
    let mut updates = Vec::new();
    if let Some(told) = &state.told {
        // Of another person the list was told nothing, however much it was told of the event.
        if !incoming.new_person && told.at > now {
            return Decision::Refresh;
        }
        updates = news(policy, incoming, state, told);
        if updates.is_empty() {
            return Decision::Known;
        }
        if !incoming.new_person {
            if told.updates >= policy.update.max {
                return Decision::Digest(DigestReason::UpdateLimit);
            }
            at = now.max(after(told.at, policy.update.min_interval));
        }
    }
    if policy.mode == AlertMode::Digest {
        return Decision::Digest(DigestReason::Listed);
    }
    if state.told.is_none() && state.publishers < policy.min_sources {
        return if state.listed_as_few { Decision::Known } else { Decision::Digest(DigestReason::FewSources) };
    }
    match quiet::until(&policy.quiet_hours, priority, at) {
        Some((_, Hold::Digest)) => return Decision::Digest(DigestReason::QuietHours),
        Some((end, Hold::UntilEnd)) => at = end,
        None => {}
    }
    if policy.rate_limit.is_some_and(|limit| state.recent_alerts >= limit.max) {
        return Decision::Digest(DigestReason::RateLimit);
    }
    Decision::Send { at, updates }
}

/// Which of the declared kinds of update this story is, gravest first; another person is one always.
fn news(policy: &AlertPolicy, incoming: &Incoming, state: &EventState, told: &Told) -> Vec<UpdateReason> {
    let is = |reason: UpdateReason| match reason {
        UpdateReason::NewPerson => incoming.new_person,
        UpdateReason::SeverityUp => incoming.severity > told.severity,
        UpdateReason::Correction => incoming.corrected,
        UpdateReason::NewCountrySource => incoming.country.is_some_and(|country| !state.countries.contains(&country)),
        UpdateReason::SourcesDoubled => told.publishers > 0 && state.publishers >= 2 * told.publishers,
        UpdateReason::AnyNewSource => state.publishers > told.publishers,
    };
    let declared = |reason: &UpdateReason| *reason == UpdateReason::NewPerson || policy.update.on.contains(reason);
    UpdateReason::ALL.into_iter().map(|(reason, _)| reason).filter(|reason| declared(reason) && is(*reason)).collect()
}

/// `at` and so long; the end of time where there is no such moment.
pub fn after(at: Timestamp, wait: Duration) -> Timestamp {
    at.checked_add(signed(wait)).unwrap_or(Timestamp::MAX)
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests;
