use std::time::Duration;

use jiff::Timestamp;

use super::{assess, quiet_after, remember};
use crate::model::{SourceFacts, SourceState};

fn now() -> Timestamp {
    "2026-03-04T12:00:00Z".parse().unwrap()
}

fn hours_ago(hours: u64) -> Timestamp {
    now() - Duration::from_hours(hours)
}

/// A source that answered ten minutes ago and published three hours ago.
fn healthy() -> SourceFacts {
    SourceFacts {
        last_fetch_at: Some(now() - Duration::from_mins(10)),
        last_success_at: Some(now() - Duration::from_mins(10)),
        last_item_at: Some(hours_ago(3)),
        last_outcome: Some("ok".to_owned()),
        last_status: Some(200),
        ..SourceFacts::default()
    }
}

/// The same after polls that failed with this outcome.
fn failed(outcome: &str, status: Option<u16>, failures: f32) -> SourceFacts {
    SourceFacts {
        last_outcome: Some(outcome.to_owned()),
        last_status: status,
        last_error: Some("the server is failing".to_owned()),
        failures,
        failing_since: Some(hours_ago(1)),
        ..healthy()
    }
}

#[track_caller]
fn check(facts: &SourceFacts, state: SourceState, reason: &str, evidence: &[&str], advice: &str) {
    let found = assess(facts, now());
    assert_eq!(found.state, state, "{found:?}");
    assert!(found.reason.contains(reason), "{found:?}");
    assert!(found.advice.contains(advice), "{found:?}");
    for part in evidence {
        assert!(found.evidence.iter().any(|line| line.contains(part)), "no {part:?} in {found:?}");
    }
}

#[test]
fn each_state_says_why_since_when_and_what_to_do() {
    check(&SourceFacts::default(), SourceState::New, "not polled yet", &[], "");
    check(&healthy(), SourceState::Ok, "", &[], "");
    check(
        &SourceFacts { last_item_at: Some(hours_ago(200)), ..healthy() },
        SourceState::Quiet,
        "brings nothing new for 8 days",
        &["habit is not known", "newest item: 2026-02-24 04:00 UTC"],
        "Open the site",
    );
    check(&SourceFacts { last_item_at: None, ..healthy() }, SourceState::Quiet, "never brought an item", &["no item yet"], "Open the site");
    check(
        &failed("server_error", Some(503), 3.0),
        SourceState::Failing,
        "the server is failing",
        &["last outcome: server error, HTTP 503", "since 2026-03-04 11:00 UTC, for 60 min", "last good answer: 2026-03-04 11:50 UTC"],
        "never given up",
    );
    check(&failed("gone", Some(410), 1.0), SourceState::Gone, "gone: the server", &["HTTP 410"], "The publisher says that the feed has ended");
    check(
        &SourceFacts { moved_to: Some("https://new.example/feed".to_owned()), moved_since: Some(hours_ago(48)), moved_elsewhere: true, ..healthy() },
        SourceState::Moved,
        "moved to https://new.example/feed",
        &["for 2 days"],
        "write it as the source's url",
    );
    check(
        &SourceFacts { suspicion: Some("none of its 20 items is known".to_owned()), suspicious_since: Some(hours_ago(5)), ..healthy() },
        SourceState::Hijacked,
        "hijacked? none of its 20 items",
        &["for 5 h"],
        "sources accept",
    );
}

#[test]
fn a_wall_is_named_by_what_it_is() {
    let wall = |name: &str, status| SourceFacts { wall: Some(name.to_owned()), ..failed("blocked", Some(status), 2.0) };
    check(&wall("Cloudflare check", 403), SourceState::Blocked, "bot wall", &["HTTP 403, Cloudflare check"], "user agent");
    check(&wall("captcha", 200), SourceState::Blocked, "captcha", &["captcha"], "user agent");
    check(&wall("consent page", 200), SourceState::Blocked, "consent page", &[], "own address");
    check(&wall("country block", 403), SourceState::Blocked, "for our country", &[], "another country");
    check(&wall("robots.txt", 200), SourceState::Blocked, "by robots.txt", &[], "robots = \"ignore\"");
    check(&failed("proxy", None, 2.0), SourceState::Failing, "", &["last outcome: proxy"], "network path");
    check(&failed("tls_expired", None, 2.0), SourceState::Failing, "", &["tls expired"], "publisher");
    check(&failed("forbidden", Some(451), 2.0), SourceState::Blocked, "for our country", &["HTTP 451"], "by order");
    check(&failed("forbidden", Some(401), 2.0), SourceState::Blocked, "login", &[], "user name");
    check(&failed("forbidden", Some(403), 2.0), SourceState::Blocked, "blocked: the server", &[], "publisher");
    check(&failed("forbidden", Some(405), 2.0), SourceState::Failing, "", &[], "");
}

#[test]
fn one_bad_answer_is_told_and_changes_no_state() {
    check(&failed("timeout", None, 0.5), SourceState::Ok, "the last poll failed: the server is failing", &[], "");
    check(&failed("timeout", None, 1.5), SourceState::Ok, "the last poll failed", &[], "");
    check(&failed("timeout", None, 2.0), SourceState::Failing, "", &[], "");
    let for_long = SourceFacts { failing_since: Some(hours_ago(6)), ..failed("dns", None, 0.25) };
    check(&for_long, SourceState::Failing, "", &[], "");
    let never_read = SourceFacts { last_success_at: None, last_item_at: None, ..failed("dns", None, 0.25) };
    check(&never_read, SourceState::Failing, "", &["never read"], "");
}

#[test]
fn a_domain_that_is_left_alone_is_said() {
    let held = SourceFacts { held_until: Some(now() + Duration::from_hours(2)), ..failed("rate_limited", Some(429), 2.0) };
    check(&held, SourceState::Failing, "", &["left alone until 2026-03-04 14:00 UTC"], "");
    let over = SourceFacts { held_until: Some(hours_ago(1)), ..held };
    assert!(assess(&over, now()).evidence.iter().all(|line| !line.contains("left alone")));
}

/// The habit of a source that publishes at these hours before now.
fn habit(hours: impl IntoIterator<Item = u64>) -> Vec<i32> {
    remember(&[], hours.into_iter().map(hours_ago), now())
}

#[test]
fn silence_is_measured_by_the_sources_own_habit() {
    let day = |count: u64| Duration::from_hours(24 * count);
    let check = |arrivals: Vec<i32>, expect: Duration| assert_eq!(quiet_after(&arrivals), expect, "{arrivals:?}");
    check(habit([]), day(7));
    check(habit([5, 700]), day(7));
    // Around the clock for three weeks: a day of silence is unusual.
    check(habit((0..500).step_by(2)), day(3));
    check(habit((0..21 * 24).step_by(8)), day(1));
    // Known for two days only: a weekend may come.
    check(habit((0..48).step_by(3)), day(3));
    // A weekly, known for a year.
    check(habit((0..52).map(|week| week * 7 * 24)), day(14));
    // A weekly of which little is known.
    check(habit((0..4).map(|week| week * 7 * 24)), day(21));
    // Once a quarter: never later than four months.
    check(habit((0..4).map(|quarter| quarter * 90 * 24)), day(120));
    // On working days only: weekends of three days are no silence.
    let working: Vec<u64> = (0..60).filter(|day| day % 7 < 5).map(|day| day * 24).collect();
    check(habit(working), day(6));
}

#[test]
fn silence_beyond_the_habit_is_quiet_and_within_it_is_not() {
    let weekly = habit((0..30).map(|week| (week * 7 + 10) * 24));
    let source = |hours| SourceFacts { last_item_at: Some(hours_ago(hours)), arrivals: weekly.clone(), ..healthy() };
    check(&source(13 * 24), SourceState::Ok, "", &[], "");
    check(
        &source(15 * 24),
        SourceState::Quiet,
        "longer than is its habit",
        &["longest silence so far: 7 days; unusual after 14 days"],
        "Open the site",
    );
}

#[test]
fn the_habit_is_bounded_and_takes_no_date_that_cannot_be() {
    let many = habit((0..10_000).step_by(3));
    assert_eq!(many.len(), 64);
    assert!(many.is_sorted());
    assert_eq!(remember(&many, [now() + Duration::from_hours(9), hours_ago(24 * 401)], now()), many);
    assert_eq!(remember(&[], [now(), now() - Duration::from_secs(1), now()], now()).len(), 2, "twelve o'clock begins a slot");
}
