//! How a source stands, on pages and in commands: the verdict of [`health::assess`], and what the configuration says beside it.

use jiff::Timestamp;

use crate::config::units::format_duration;
use crate::gather::health;
use crate::model::{Burst, SourceState, Standing};
use crate::store::SourceRow;
use crate::web::view::distance;
use crate::web::visit;

/// Whether a source is heard: what the coverage of a country is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// Failures, a wall, an end or a stranger keep us from hearing it.
    Failing,
    /// Answers, and has brought nothing for longer than is its habit.
    Quiet,
    /// Not polled yet.
    Waiting,
    Heard,
    /// Switched off, or no longer named by the configuration.
    Off,
}

impl Condition {
    /// How a source stands; `None` when the database does not know it yet.
    pub fn of(row: Option<&SourceRow>, enabled: bool, now: Timestamp) -> Self {
        Verdict::of(row, enabled, now).condition
    }

    /// One word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Quiet => "quiet",
            Self::Waiting => "waiting",
            Self::Heard => "heard",
            Self::Off => "off",
        }
    }
}

/// A source's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub condition: Condition,
    /// `ok`, `quiet`, `failing`, `blocked`, `moved`, `gone`, `hijacked?`, `waiting`, `off`.
    pub word: &'static str,
    pub standing: Standing,
    /// The order in which a person should look at sources.
    pub rank: u8,
}

impl Verdict {
    /// Judges a source; `row` is `None` when the database does not know it yet.
    pub fn of(row: Option<&SourceRow>, enabled: bool, now: Timestamp) -> Self {
        let facts = row.map(|row| row.facts.clone()).unwrap_or_default();
        let mut standing = health::assess(&facts, now);
        if !enabled {
            (standing.reason, standing.advice, standing.since) = (String::new(), "", None);
            standing.evidence.clear();
            return Self { condition: Condition::Off, word: "off", standing, rank: 8 };
        }
        let (condition, word, rank) = match standing.state {
            SourceState::Hijacked => (Condition::Failing, "hijacked?", 0),
            SourceState::Gone => (Condition::Failing, "gone", 1),
            SourceState::Blocked => (Condition::Failing, "blocked", 2),
            SourceState::Failing => (Condition::Failing, "failing", 3),
            // It is still read.
            SourceState::Moved => (Condition::Heard, "moved", 4),
            SourceState::Quiet => (Condition::Quiet, "quiet", 5),
            SourceState::New => (Condition::Waiting, "waiting", 6),
            SourceState::Ok => (Condition::Heard, "ok", 7),
        };
        Self { condition, word, standing, rank }
    }
}

/// The message that names how a source stands.
pub fn word_key(word: &str) -> &'static str {
    match word {
        "ok" => "condition.ok",
        "quiet" => "condition.quiet",
        "failing" => "condition.failing",
        "blocked" => "condition.blocked",
        "moved" => "condition.moved",
        "gone" => "condition.gone",
        "hijacked?" | "hijacked" => "condition.hijacked",
        "waiting" | "new" => "condition.waiting",
        _ => "condition.off",
    }
}

/// Why a source is not heard; empty when it is.
pub fn reason(condition: Condition, row: Option<&SourceRow>) -> String {
    Verdict::of(row, condition != Condition::Off, Timestamp::now()).standing.reason
}

/// `every 1m, ends in 3 h`, of a source that is watched closely.
pub fn watched(burst: Burst, now: Timestamp) -> String {
    visit::say("sources.watched").with("every", format_duration(burst.every)).with("when", distance(burst.until, now)).plain()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::SourceFacts;

    #[test]
    fn a_verdict_says_whether_a_source_is_heard() {
        let now = Timestamp::UNIX_EPOCH + Duration::from_hours(100_000);
        let heard = SourceFacts { last_fetch_at: Some(now), last_success_at: Some(now), last_item_at: Some(now), ..SourceFacts::default() };
        let row = |facts: SourceFacts| SourceRow {
            source_id: "valley".to_owned(),
            domain: "valley.example".to_owned(),
            configured: true,
            enabled: true,
            state: SourceState::Ok,
            facts,
            next_due_at: now,
            interval: Duration::from_mins(30),
            items_per_day: None,
            burst: None,
            stories_week: 0,
            with_text_week: 0,
        };
        let check = |row: Option<SourceRow>, enabled, condition: Condition, word: &str| {
            let found = Verdict::of(row.as_ref(), enabled, now);
            assert_eq!((found.condition, found.word), (condition, word));
        };
        let failing = SourceFacts { failures: 9.0, last_error: Some("the server is failing".to_owned()), ..heard.clone() };
        check(Some(row(heard.clone())), true, Condition::Heard, "ok");
        check(Some(row(SourceFacts { last_item_at: None, ..heard.clone() })), true, Condition::Quiet, "quiet");
        check(Some(row(failing.clone())), true, Condition::Failing, "failing");
        check(Some(row(SourceFacts { moved_elsewhere: true, ..heard.clone() })), true, Condition::Heard, "moved");
        check(Some(row(SourceFacts { suspicion: Some("a stranger".to_owned()), ..heard })), true, Condition::Failing, "hijacked?");
        check(Some(row(SourceFacts::default())), true, Condition::Waiting, "waiting");
        check(None, true, Condition::Waiting, "waiting");
        check(Some(row(failing.clone())), false, Condition::Off, "off");
        assert_eq!(Verdict::of(Some(&row(failing)), false, now).standing.reason, "", "what is switched off needs no look");
    }
}
