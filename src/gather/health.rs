//! How a source does, said to a person: one word, since when, what speaks for it, what to do. Pure.
//!
//! Enters: what is stored of its polls, and the moment. Leaves: [`Standing`]. The same function judges after each poll, on the pages and
//! on the command line.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::{SourceFacts, SourceState, Standing};

/// One bad answer is no state: it takes so many failures in weight, or so long, once a source has been read.
const ESTABLISHED_FAILURES: f32 = 2.0;
const ESTABLISHED_AFTER: Duration = Duration::from_hours(6);

/// Arrivals are counted in slots so long: a morning's twenty stories are one arrival, or a busy outlet's history would end last night.
const SLOT_SECONDS: i64 = 3 * 3600;
/// So many slots are remembered: two weeks of an outlet that publishes around the clock by day, a year of a weekly.
const SLOTS: usize = 64;
/// Fewer arrivals are no habit.
const HABIT_LEAST: usize = 3;
/// Silence is unusual beyond so many times the longest one of the habit; with few arrivals the longest is not known well.
const USUAL_FACTOR: u32 = 2;
const FEW_FACTOR: u32 = 3;
const FEW: usize = 9;
/// Without a habit, silence is unusual after a week.
const QUIET_WITHOUT_HABIT: Duration = Duration::from_hours(7 * 24);
/// Nights are no silence; nor is a weekend, until a habit that spans one says otherwise.
const QUIET_LEAST: Duration = Duration::from_hours(24);
const QUIET_LEAST_OF_YOUNG: Duration = Duration::from_hours(72);
const SPANS_A_WEEKEND: i32 = 8 * 8;
/// However rarely it publishes.
const QUIET_MOST: Duration = Duration::from_hours(120 * 24);
/// Older dates say nothing of today's habit.
const HABIT_AGE_SECONDS: i64 = 400 * 86_400;

/// Judges a source by what is stored of it.
pub fn assess(facts: &SourceFacts, now: Timestamp) -> Standing {
    let state = state(facts, now);
    let (since, reason, advice) = match state {
        SourceState::New => (None, "not polled yet".to_owned(), ""),
        SourceState::Ok => (None, passing_failure(facts), ""),
        SourceState::Quiet => {
            (facts.last_item_at, quiet_reason(facts, now), "Open the site: if it publishes, the feed is stale and another address is needed.")
        }
        SourceState::Failing => (facts.failing_since, error(facts), failing_advice(facts.last_outcome.as_deref().unwrap_or_default())),
        SourceState::Blocked => {
            let kind = WallKind::of(facts);
            (facts.failing_since, format!("{}: {}", kind.name(), error(facts)), kind.advice())
        }
        SourceState::Moved => (
            facts.moved_since,
            format!("moved to {}", facts.moved_to.as_deref().unwrap_or("another address")),
            "Open the new address. If it is the same outlet, write it as the source's url.",
        ),
        SourceState::Gone => (
            facts.failing_since,
            format!("gone: {}", error(facts)),
            "The publisher says that the feed has ended. Find its new address, or set enabled = false. It is asked for once a week.",
        ),
        SourceState::Hijacked => (
            facts.suspicious_since,
            format!("hijacked? {}", facts.suspicion.as_deref().unwrap_or("another publisher seems to answer")),
            "Its items are held back: no story, no alert. Open the address. If it is the same outlet, run `presswatch sources accept` with its id; else find its new address.",
        ),
    };
    Standing { state, since, reason, evidence: evidence(facts, state, since, now), advice }
}

fn state(facts: &SourceFacts, now: Timestamp) -> SourceState {
    if facts.last_fetch_at.is_none() {
        return SourceState::New;
    }
    if facts.suspicion.is_some() {
        return SourceState::Hijacked;
    }
    if facts.failures > 0.0 {
        if facts.last_outcome.as_deref() == Some("gone") {
            return SourceState::Gone;
        }
        if is_established(facts, now) {
            return if is_wall(facts) { SourceState::Blocked } else { SourceState::Failing };
        }
    }
    if facts.moved_elsewhere {
        return SourceState::Moved;
    }
    if silence(facts, now).is_none_or(|silence| silence > quiet_after(&facts.arrivals)) { SourceState::Quiet } else { SourceState::Ok }
}

/// A source that was never read has nothing to lose: its first failure is told.
fn is_established(facts: &SourceFacts, now: Timestamp) -> bool {
    facts.last_success_at.is_none()
        || facts.failures >= ESTABLISHED_FAILURES
        || facts.failing_since.is_some_and(|since| now.duration_since(since).as_secs() >= ESTABLISHED_AFTER.as_secs().cast_signed())
}

fn is_wall(facts: &SourceFacts) -> bool {
    facts.wall.is_some() || matches!(facts.last_status, Some(401 | 403 | 451))
}

/// What stands before the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WallKind {
    Captcha,
    Consent,
    Country,
    Login,
    Robots,
    RobotsFile,
    Refused,
}

impl WallKind {
    fn of(facts: &SourceFacts) -> Self {
        match (facts.wall.as_deref(), facts.last_status) {
            (Some("captcha"), _) => Self::Captcha,
            (Some("consent page"), _) => Self::Consent,
            (Some("country block"), _) | (None, Some(451)) => Self::Country,
            (Some("robots.txt"), _) => Self::RobotsFile,
            (Some(_), _) => Self::Robots,
            (None, Some(401)) => Self::Login,
            (None, _) => Self::Refused,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Captcha => "blocked by a captcha",
            Self::Consent => "blocked by a consent page",
            Self::Country => "blocked for our country",
            Self::Login => "blocked by a login",
            Self::Robots => "blocked by a bot wall",
            Self::RobotsFile => "blocked by robots.txt",
            Self::Refused => "blocked",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Country => {
                "The site does not answer to the country we ask from, by choice or by order. Compare from another country; ask its publisher for a feed elsewhere."
            }
            Self::Login => "The address wants a user name. Ask its publisher for a public feed, or find another feed of the outlet.",
            Self::Consent => "A consent page stands before the document. Find the feed's own address, which asks for none.",
            Self::RobotsFile => {
                "The site asks robots not to read this page. Look for a feed of it; if the public has a right to read it, set robots = \"ignore\" in the source."
            }
            Self::Captcha | Self::Robots | Self::Refused => {
                "The site lets no robot in. Ask its publisher to let our user agent through, or find another feed of the outlet."
            }
        }
    }
}

/// What a person can do depends on where the fault lies.
fn failing_advice(outcome: &str) -> &'static str {
    match outcome {
        "proxy" => "The proxy of its network path does not work. Look after it: presswatch asks by no other way.",
        "setup" => "Something on this machine is missing, a secret or a network path. Mend it and reload.",
        kind if kind.starts_with("tls_") => {
            "Nothing is read over a connection that cannot be trusted. Tell the publisher; a pin of the key in the source is the only way round (docs/configuration.md)."
        }
        _ => "It is tried again, ever more rarely, and never given up. Open the address in a browser to see whether it is the site or we.",
    }
}

fn error(facts: &SourceFacts) -> String {
    facts.last_error.clone().unwrap_or_else(|| "it cannot be read".to_owned())
}

/// A failure that is not yet a state is said all the same.
fn passing_failure(facts: &SourceFacts) -> String {
    if facts.failures > 0.0 { format!("the last poll failed: {}", error(facts)) } else { String::new() }
}

fn quiet_reason(facts: &SourceFacts, now: Timestamp) -> String {
    match silence(facts, now) {
        None => "answers, but never brought an item".to_owned(),
        Some(silence) if habit(&facts.arrivals).is_some() => {
            format!("answers, but brings nothing new for {}, longer than is its habit", span(silence))
        }
        Some(silence) => format!("answers, but brings nothing new for {}", span(silence)),
    }
}

fn evidence(facts: &SourceFacts, state: SourceState, since: Option<Timestamp>, now: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    if matches!(state, SourceState::Failing | SourceState::Blocked | SourceState::Gone | SourceState::Hijacked) {
        let outcome = facts.last_outcome.as_deref().unwrap_or("unknown").replace('_', " ");
        let status = facts.last_status.map(|status| format!(", HTTP {status}")).unwrap_or_default();
        let wall = facts.wall.as_deref().map(|wall| format!(", {wall}")).unwrap_or_default();
        lines.push(format!("last outcome: {outcome}{status}{wall}"));
    }
    if let Some(since) = since.filter(|_| state != SourceState::Quiet) {
        lines.push(format!("since {}, for {}", moment(since), span(elapsed(since, now))));
    }
    if facts.last_fetch_at.is_some() && state != SourceState::Ok {
        lines.push(facts.last_success_at.map_or_else(|| "never read".to_owned(), |at| format!("last good answer: {}", moment(at))));
        lines.push(facts.last_item_at.map_or_else(|| "no item yet".to_owned(), |at| format!("newest item: {}", moment(at))));
    }
    if state == SourceState::Quiet {
        lines.push(match habit(&facts.arrivals) {
            Some(longest) => format!("its longest silence so far: {}; unusual after {}", span(longest), span(quiet_after(&facts.arrivals))),
            None => format!("its habit is not known yet; silence is told after {}", span(QUIET_WITHOUT_HABIT)),
        });
    }
    if let Some(to) = facts.moved_to.as_deref().filter(|_| state != SourceState::Moved) {
        lines.push(format!("a permanent redirect points to {to}"));
    }
    if let Some(until) = facts.held_until.filter(|until| *until > now) {
        lines.push(format!("its domain asked us to slow down: left alone until {}", moment(until)));
    }
    lines
}

/// Adds arrivals to a source's habit. Dates in the future or long past count for nothing.
pub fn remember(former: &[i32], arrivals: impl IntoIterator<Item = Timestamp>, now: Timestamp) -> Vec<i32> {
    let recent = |at: &Timestamp| *at <= now && now.as_second() - at.as_second() < HABIT_AGE_SECONDS;
    let mut slots: Vec<i32> = former.to_vec();
    slots.extend(arrivals.into_iter().filter(recent).filter_map(|at| i32::try_from(at.as_second().div_euclid(SLOT_SECONDS)).ok()));
    slots.sort_unstable();
    slots.dedup();
    slots.split_off(slots.len().saturating_sub(SLOTS))
}

/// The longest silence between two arrivals; `None` while too little is known.
fn habit(arrivals: &[i32]) -> Option<Duration> {
    if arrivals.len() < HABIT_LEAST {
        return None;
    }
    let longest = arrivals.windows(2).filter_map(|pair| pair.last()?.checked_sub(*pair.first()?)).max()?;
    Some(slots(longest))
}

/// From when on silence is unusual.
fn quiet_after(arrivals: &[i32]) -> Duration {
    let Some(longest) = habit(arrivals) else { return QUIET_WITHOUT_HABIT };
    let factor = if arrivals.len() < FEW { FEW_FACTOR } else { USUAL_FACTOR };
    let known_for = arrivals.last().zip(arrivals.first()).map_or(0, |(last, first)| last.saturating_sub(*first));
    let least = if known_for < SPANS_A_WEEKEND { QUIET_LEAST_OF_YOUNG } else { QUIET_LEAST };
    longest.saturating_mul(factor).clamp(least, QUIET_MOST)
}

fn slots(count: i32) -> Duration {
    Duration::from_secs(u64::try_from(i64::from(count) * SLOT_SECONDS).unwrap_or_default())
}

fn silence(facts: &SourceFacts, now: Timestamp) -> Option<Duration> {
    facts.last_item_at.map(|at| elapsed(at, now))
}

fn elapsed(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(at)).unwrap_or_default()
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A length of time in the one unit that says most.
fn span(length: Duration) -> String {
    match length.as_secs() {
        seconds @ 0..=5_399 => format!("{} min", seconds.div_ceil(60)),
        seconds @ 5_400..=172_799 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests;
