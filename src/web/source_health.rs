//! What is heard of a source, and what a person can do when it is not: said alike by pages and commands.

use std::time::Duration;

use jiff::Timestamp;

use crate::store::SourceRow;

/// A source that answers but has brought nothing new for so long is quiet. Weeklies exist: quiet is a question, not a fault.
pub const QUIET_AFTER: Duration = Duration::from_hours(7 * 24);

/// How a source stands. In the order in which a person should look at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// The last poll failed; or a wall, a move or an end keeps us from reading it.
    Failing,
    /// Answers, with nothing new for [`QUIET_AFTER`].
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
        let Some(row) = row.filter(|_| enabled) else { return if enabled { Self::Waiting } else { Self::Off } };
        match row.health.as_str() {
            "new" => Self::Waiting,
            "ok" if row.failing_since.is_none() => {
                let since = row.last_item_at.map(|at| now.duration_since(at).unsigned_abs());
                if since.is_some_and(|since| since < QUIET_AFTER) { Self::Heard } else { Self::Quiet }
            }
            _ => Self::Failing,
        }
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

/// Why a source is not heard; empty when it is.
pub fn reason(condition: Condition, row: Option<&SourceRow>) -> String {
    let Some(row) = row else { return if condition == Condition::Waiting { "not polled yet".to_owned() } else { String::new() } };
    let error = row.last_error.as_deref().unwrap_or("it cannot be read");
    match (condition, row.health.as_str()) {
        (Condition::Failing, "moved") => match &row.moved_to {
            Some(to) => format!("moved to {to}"),
            None => error.to_owned(),
        },
        (Condition::Failing, "blocked") => format!("blocked: {error}"),
        (Condition::Failing, "gone") => format!("gone: {error}"),
        (Condition::Failing, _) => error.to_owned(),
        (Condition::Quiet, _) if row.last_item_at.is_none() => "answers, but never brought a dated item".to_owned(),
        (Condition::Quiet, _) => "answers, but brings nothing new".to_owned(),
        (Condition::Waiting, _) => "not polled yet".to_owned(),
        (Condition::Heard | Condition::Off, _) => String::new(),
    }
}

/// What a person can do; empty when there is nothing to do.
pub fn advice(condition: Condition, row: Option<&SourceRow>) -> &'static str {
    match (condition, row.map_or("", |row| row.health.as_str())) {
        (Condition::Failing, "moved") => "Open the new address. If it is the same outlet, write it as the source's url.",
        (Condition::Failing, "blocked") => {
            "The site answers with a wall or a login page. Ask its publisher to let our user agent through, or find another feed of the outlet."
        }
        (Condition::Failing, "gone") => "The publisher says that the feed has ended. Find its new address, or set enabled = false.",
        (Condition::Failing, _) => {
            "It is tried again, ever more rarely, and never given up. Open the address in a browser to see whether it is the site or we."
        }
        (Condition::Quiet, _) => "Open the site: if it publishes, the feed is stale and another address is needed.",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(health: &str, item_hours_ago: Option<u64>) -> SourceRow {
        let now = Timestamp::UNIX_EPOCH + Duration::from_hours(100_000);
        SourceRow {
            source_id: "valley".to_owned(),
            domain: "valley.example".to_owned(),
            configured: true,
            enabled: true,
            health: health.to_owned(),
            failures: 0.0,
            failing_since: (!matches!(health, "ok" | "new")).then_some(now),
            last_fetch_at: None,
            last_success_at: None,
            last_item_at: item_hours_ago.map(|hours| now - Duration::from_hours(hours)),
            last_error: Some("the server answers 500".to_owned()),
            moved_to: Some("https://new.example/feed".to_owned()),
            next_due_at: now,
            interval: Duration::from_mins(30),
            stories_week: 0,
            with_text_week: 0,
        }
    }

    #[test]
    fn condition_says_who_is_heard() {
        let now = Timestamp::UNIX_EPOCH + Duration::from_hours(100_000);
        let check = |row: Option<&SourceRow>, enabled, expect: Condition, why: &str| {
            let found = Condition::of(row, enabled, now);
            assert_eq!((found, reason(found, row).as_str()), (expect, why));
        };
        check(Some(&row("ok", Some(3))), true, Condition::Heard, "");
        check(Some(&row("ok", Some(200))), true, Condition::Quiet, "answers, but brings nothing new");
        check(Some(&row("ok", None)), true, Condition::Quiet, "answers, but never brought a dated item");
        check(Some(&row("failing", Some(3))), true, Condition::Failing, "the server answers 500");
        check(Some(&row("moved", Some(3))), true, Condition::Failing, "moved to https://new.example/feed");
        check(Some(&row("blocked", Some(3))), true, Condition::Failing, "blocked: the server answers 500");
        check(Some(&row("new", None)), true, Condition::Waiting, "not polled yet");
        check(None, true, Condition::Waiting, "not polled yet");
        check(Some(&row("failing", None)), false, Condition::Off, "");
    }
}
