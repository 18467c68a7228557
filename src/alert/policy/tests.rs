use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::*;
use crate::config::{QuietHours, RateLimit, UpdatePolicy};

const NOW: &str = "2026-03-14T09:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at(NOW)
}

fn policy() -> AlertPolicy {
    AlertPolicy { min_score: 0.4, max_age: Duration::from_hours(48), group_wait: Duration::from_mins(2), ..AlertPolicy::default() }
}

fn incoming() -> Incoming {
    Incoming { score: 0.9, published_at: Some(now()), severity: 3, country: CountryCode::parse("KZ"), corrected: false, new_person: false }
}

fn fresh() -> EventState {
    EventState { publishers: 1, reports: 1, ..EventState::default() }
}

fn told(minutes_ago: i64) -> EventState {
    let told = Told { at: now() - SignedDuration::from_mins(minutes_ago), updates: 0, publishers: 2, severity: 3 };
    EventState { publishers: 2, reports: 3, told: Some(told), countries: vec![CountryCode::parse("KZ").unwrap()], ..EventState::default() }
}

fn decide_normal(policy: &AlertPolicy, incoming: &Incoming, state: &EventState) -> Decision {
    decide(policy, Priority::Normal, incoming, state, now())
}

fn send(at_: &str, updates: &[UpdateReason]) -> Decision {
    Decision::Send { at: at(at_), updates: updates.to_vec() }
}

#[test]
fn the_first_story_is_sent_after_the_wait_of_its_group() {
    assert_eq!(decide_normal(&policy(), &incoming(), &fresh()), send("2026-03-14T09:02:00Z", &[]));
    let undated = Incoming { published_at: None, ..incoming() };
    assert_eq!(decide_normal(&policy(), &undated, &fresh()), send("2026-03-14T09:02:00Z", &[]), "no date is no reason for silence");
}

#[test]
fn old_and_weak_matches_and_silent_lists_are_dropped_with_a_reason() {
    let old = Incoming { published_at: Some(at("2026-03-12T08:59:59Z")), ..incoming() };
    assert_eq!(decide_normal(&policy(), &old, &fresh()), Decision::Drop(DropReason::TooOld));
    let just = Incoming { published_at: Some(at("2026-03-12T09:00:00Z")), score: 0.4, ..incoming() };
    assert!(matches!(decide_normal(&policy(), &just, &fresh()), Decision::Send { .. }));
    let weak = Incoming { score: 0.39, ..incoming() };
    assert_eq!(decide_normal(&policy(), &weak, &fresh()), Decision::Drop(DropReason::TooWeak));
    let silent = AlertPolicy { mode: AlertMode::Silent, ..policy() };
    assert_eq!(decide_normal(&silent, &incoming(), &fresh()), Decision::Drop(DropReason::Silent));
    // A clock that was set back makes no story old, one that jumped ahead makes it old: it is stored all the same.
    let future = Incoming { published_at: Some(at("2026-03-20T00:00:00Z")), ..incoming() };
    assert!(matches!(decide_normal(&policy(), &future, &fresh()), Decision::Send { .. }));
}

#[test]
fn what_too_few_publishers_tell_stands_in_a_digest_once_and_is_sent_when_more_do() {
    let two = AlertPolicy { min_sources: 2, ..policy() };
    assert_eq!(decide_normal(&two, &incoming(), &fresh()), Decision::Digest(DigestReason::FewSources));
    let listed = EventState { listed_as_few: true, ..fresh() };
    assert_eq!(decide_normal(&two, &incoming(), &listed), Decision::Known);
    let confirmed = EventState { publishers: 2, reports: 2, ..listed };
    assert_eq!(decide_normal(&two, &incoming(), &confirmed), send("2026-03-14T09:02:00Z", &[]));
}

#[test]
fn an_event_is_told_again_for_declared_kinds_of_update_only() {
    let all: Vec<UpdateReason> = UpdateReason::ALL.iter().map(|(reason, _)| *reason).filter(|reason| *reason != UpdateReason::NewPerson).collect();
    let ru = CountryCode::parse("RU");
    for (name, story, publishers, expect) in [
        ("a copy", incoming(), 2, vec![]),
        ("a third publisher", incoming(), 3, vec![UpdateReason::AnyNewSource]),
        ("twice as many", incoming(), 4, vec![UpdateReason::SourcesDoubled, UpdateReason::AnyNewSource]),
        ("from elsewhere", Incoming { country: ru, ..incoming() }, 2, vec![UpdateReason::NewCountrySource]),
        ("from nowhere", Incoming { country: None, ..incoming() }, 2, vec![]),
        ("graver", Incoming { severity: 5, ..incoming() }, 2, vec![UpdateReason::SeverityUp]),
        ("milder", Incoming { severity: 1, ..incoming() }, 2, vec![]),
        ("corrected", Incoming { corrected: true, ..incoming() }, 2, vec![UpdateReason::Correction]),
    ] {
        let state = EventState { publishers, ..told(90) };
        for on in [Vec::new(), all.clone(), vec![UpdateReason::Correction], vec![UpdateReason::SourcesDoubled]] {
            let policy = AlertPolicy { update: UpdatePolicy { on: on.clone(), ..UpdatePolicy::default() }, ..policy() };
            let declared: Vec<UpdateReason> = expect.iter().copied().filter(|reason| on.contains(reason)).collect();
            let decision = decide_normal(&policy, &story, &state);
            if declared.is_empty() {
                assert_eq!(decision, Decision::Known, "{name} {on:?}");
            } else {
                assert_eq!(decision, send(NOW, &declared), "{name} {on:?}");
            }
        }
    }
}

#[test]
fn an_update_waits_for_its_interval_joins_what_waits_and_ends_in_the_digest() {
    let update = UpdatePolicy { on: vec![UpdateReason::AnyNewSource], min_interval: Duration::from_hours(1), max: 2 };
    let policy = AlertPolicy { update, ..policy() };
    let more = |minutes_ago| EventState { publishers: 5, ..told(minutes_ago) };
    assert_eq!(decide_normal(&policy, &incoming(), &more(60)), send(NOW, &[UpdateReason::AnyNewSource]));
    assert_eq!(decide_normal(&policy, &incoming(), &more(20)), send("2026-03-14T09:40:00Z", &[UpdateReason::AnyNewSource]));
    assert_eq!(decide_normal(&policy, &incoming(), &more(-1)), Decision::Refresh, "an alert of it waits");
    let mut often = more(60);
    often.told.as_mut().unwrap().updates = 2;
    assert_eq!(decide_normal(&policy, &incoming(), &often), Decision::Digest(DigestReason::UpdateLimit));
}

#[test]
fn another_person_of_the_list_is_told_whatever_was_told_of_the_event() {
    let another = Incoming { new_person: true, ..incoming() };
    assert_eq!(decide_normal(&policy(), &another, &told(1)), send("2026-03-14T09:02:00Z", &[UpdateReason::NewPerson]), "nothing is declared");
    assert_eq!(decide_normal(&policy(), &another, &told(-1)), send("2026-03-14T09:02:00Z", &[UpdateReason::NewPerson]), "an alert of it waits");
    let mut often = told(1);
    often.told.as_mut().unwrap().updates = 100;
    assert_eq!(decide_normal(&policy(), &another, &often), send("2026-03-14T09:02:00Z", &[UpdateReason::NewPerson]), "no update is left");
    // The first story of an event is no update, and what holds any alert back holds this one.
    assert_eq!(decide_normal(&policy(), &another, &fresh()), send("2026-03-14T09:02:00Z", &[]));
    let limited = AlertPolicy { rate_limit: Some(RateLimit { max: 1, per: Duration::from_hours(1) }), ..policy() };
    assert_eq!(decide_normal(&limited, &another, &EventState { recent_alerts: 1, ..told(1) }), Decision::Digest(DigestReason::RateLimit));
    let digest = AlertPolicy { mode: AlertMode::Digest, ..policy() };
    assert_eq!(decide_normal(&digest, &another, &told(600)), Decision::Digest(DigestReason::Listed));
}

#[test]
fn a_digest_list_collects_and_lists_an_event_again_for_updates_only() {
    let update = UpdatePolicy { on: vec![UpdateReason::SourcesDoubled], ..UpdatePolicy::default() };
    let digest = AlertPolicy { mode: AlertMode::Digest, update, ..policy() };
    assert_eq!(decide_normal(&digest, &incoming(), &fresh()), Decision::Digest(DigestReason::Listed));
    assert_eq!(decide_normal(&digest, &incoming(), &told(600)), Decision::Known);
    let doubled = EventState { publishers: 4, ..told(600) };
    assert_eq!(decide_normal(&digest, &incoming(), &doubled), Decision::Digest(DigestReason::Listed));
}

#[test]
fn quiet_hours_hold_and_urgent_lists_break_through() {
    let night = |hold| QuietHours {
        from: Time::constant(8, 30, 0, 0),
        until: Time::constant(10, 0, 0, 0),
        zone: TimeZone::UTC,
        hold,
        break_through: vec![Priority::Critical],
        bursts_break_through: false,
    };
    let held = AlertPolicy { quiet_hours: vec![night(Hold::Digest)], ..policy() };
    assert_eq!(decide_normal(&held, &incoming(), &fresh()), Decision::Digest(DigestReason::QuietHours));
    assert_eq!(decide(&held, Priority::Critical, &incoming(), &fresh(), now()), send("2026-03-14T09:02:00Z", &[]));
    let waits = AlertPolicy { quiet_hours: vec![night(Hold::UntilEnd)], ..policy() };
    assert_eq!(decide_normal(&waits, &incoming(), &fresh()), send("2026-03-14T10:00:00Z", &[]));
    // It is quiet when the alert would be sent, not when the story came.
    let early = decide(&waits, Priority::Normal, &incoming(), &fresh(), at("2026-03-14T08:29:00Z"));
    assert_eq!(early, send("2026-03-14T10:00:00Z", &[]));
}

#[test]
fn what_is_over_the_limit_stands_in_the_digest() {
    let limited = AlertPolicy { rate_limit: Some(RateLimit { max: 3, per: Duration::from_hours(1) }), ..policy() };
    for (recent, held) in [(0, false), (2, false), (3, true), (90, true)] {
        let state = EventState { recent_alerts: recent, ..fresh() };
        assert_eq!(decide_normal(&limited, &incoming(), &state) == Decision::Digest(DigestReason::RateLimit), held, "{recent}");
    }
}
