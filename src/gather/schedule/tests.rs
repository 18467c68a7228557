use std::time::Duration;

use jiff::Timestamp;

use super::{Bounds, Refusal, Seen, after_gone, backoff, domain_hold, in_burst, next_interval, publishing_rate, with_jitter};
use crate::model::{Burst, Hints};

const MIN: Duration = Duration::from_mins(5);
const MAX: Duration = Duration::from_hours(24);
const BOUNDS: Bounds = Bounds { least: MIN, most: MAX };

fn hours(count: u64) -> Duration {
    Duration::from_hours(count)
}

/// A Monday.
fn now() -> Timestamp {
    "2026-03-02T10:30:00Z".parse().unwrap()
}

fn seen(items: usize, new: usize) -> Seen {
    Seen { items, new, ..Seen::default() }
}

#[track_caller]
fn interval(current: Duration, hints: &Hints, seen: Seen) -> Duration {
    next_interval(now(), current, BOUNDS, hints, None, seen)
}

#[test]
fn the_share_of_known_items_moves_the_interval() {
    let none = Hints::default();
    let after = |items, new| interval(hours(1), &none, seen(items, new));
    assert!(after(20, 0) > hours(1));
    assert!(after(20, 2) > hours(1));
    assert_eq!(after(20, 10), hours(1));
    assert_eq!(after(20, 19), hours(1) / 2);
    assert!(after(0, 0) > hours(1));
}

#[test]
fn where_nothing_overlaps_we_come_much_sooner_but_for_the_first_poll() {
    let none = Hints::default();
    assert_eq!(interval(hours(4), &none, seen(20, 20)), hours(1));
    assert_eq!(interval(hours(4), &none, seen(1, 1)), hours(2), "a feed of one entry never overlaps");
    assert_eq!(interval(hours(4), &none, Seen { first: true, ..seen(20, 20) }), hours(4));
}

#[test]
fn the_publishing_rate_bounds_how_far_a_quiet_night_stretches_the_interval() {
    let after_a_night = |per_day| {
        let mut current = MIN;
        for _ in 0..50 {
            current = interval(current, &Hints::default(), Seen { per_day, ..seen(0, 0) });
        }
        current
    };
    assert_eq!(after_a_night(None), MAX);
    assert_eq!(after_a_night(Some(24.0)), Duration::from_mins(30));
    assert_eq!(after_a_night(Some(1.0)), hours(12));
    assert_eq!(after_a_night(Some(0.0)), MAX);
    assert_eq!(after_a_night(Some(1e9)), MIN);
    let first = |per_day| interval(MIN, &Hints::default(), Seen { first: true, per_day: Some(per_day), ..seen(20, 20) });
    assert_eq!((first(48.0), first(0.1)), (Duration::from_mins(15), hours(1)));
}

#[test]
fn the_rate_comes_from_dates_first_and_then_from_what_is_new() {
    let ago = |count| now() - hours(count);
    let rate = |dates: &[Timestamp]| publishing_rate(None, None, dates, dates.len(), now());
    assert_eq!(rate(&[]), None);
    assert_eq!(rate(&[ago(12), ago(6), ago(1)]), Some(6.0), "three in half a day");
    assert_eq!(rate(&[ago(24 * 30), ago(24)]), Some(1.0 / 7.0));
    assert_eq!(rate(&[ago(24 * 300)]), Some(0.0));
    assert_eq!(rate(&[now() + hours(5)]), None);
    let later = |former, hours_since, new| publishing_rate(Some(former), Some(hours(hours_since)), &[], new, now()).unwrap();
    assert!(later(10.0, 24, 0) < 9.0);
    assert!((later(10.0, 24, 10) - 10.0).abs() < 0.5, "what goes on as before stays");
    assert!(later(10.0, 24, 40) > 12.0);
}

#[test]
fn the_interval_stays_within_its_bounds() {
    let none = Hints::default();
    assert_eq!(interval(MIN, &none, seen(20, 20)), MIN);
    assert_eq!(interval(MAX, &none, seen(20, 0)), MAX);
    assert_eq!(interval(Duration::ZERO, &none, seen(20, 10)), MIN);
    assert_eq!(interval(hours(9999), &none, seen(20, 10)), MAX);
}

#[test]
fn the_publishers_wish_is_a_lower_bound_below_the_longest_interval() {
    let wish = |interval| Hints { interval: Some(interval), ..Hints::default() };
    assert_eq!(interval(MIN, &wish(hours(3)), seen(20, 20)), hours(3));
    assert_eq!(interval(hours(9999), &wish(hours(3)), seen(20, 10)), MAX);
    assert_eq!(interval(MIN, &wish(hours(1_000_000)), seen(20, 20)), MAX);
    let fresh = |fresh| next_interval(now(), MIN, BOUNDS, &wish(hours(1)), Some(fresh), seen(20, 10));
    assert_eq!((fresh(hours(2)), fresh(MIN), fresh(hours(99))), (hours(2), hours(1), MAX));
}

#[test]
fn skipped_hours_and_days_are_passed_over() {
    let night = Hints { skip_hours: (1 << 11) | (1 << 12), ..Hints::default() };
    assert_eq!(interval(hours(1), &night, seen(20, 10)), hours(3));
    let every_hour = Hints { skip_hours: (1 << 24) - 1, ..Hints::default() };
    assert_eq!(interval(hours(1), &every_hour, seen(20, 10)), hours(1));
    let monday = Hints { skip_days: 1, ..Hints::default() };
    assert_eq!(interval(hours(1), &monday, seen(20, 10)), hours(14));
}

#[test]
fn failures_stretch_the_pause_and_never_end_it() {
    let bounds = Bounds { least: hours(1), most: MAX };
    let pause = |failures| backoff(failures, bounds, None);
    assert_eq!(pause(0.25), hours(1));
    assert_eq!(pause(1.0), hours(1));
    assert_eq!(pause(5.0), hours(5));
    assert_eq!(pause(30.0), hours(24));
    assert_eq!(pause(31.0), hours(48));
    assert_eq!(pause(1e9), hours(30 * 24));
    assert_eq!(pause(f32::NAN), hours(30 * 24));
}

#[test]
fn every_pause_follows_the_sources_bounds() {
    let second = Duration::from_secs(1);
    let bounds = Bounds { least: second, most: second * 60 };
    assert_eq!((backoff(2.0, bounds, None), backoff(45.0, bounds, None)), (second * 2, second * 60 * 16));
    assert_eq!(after_gone(5.0, bounds), second * 60 * 7);
    assert_eq!(domain_hold(Refusal::RateLimit, 1, bounds, None), Some(second));
}

#[test]
fn retry_after_is_kept_but_for_a_day_at_most() {
    let bounds = Bounds { least: hours(1), most: MAX };
    assert_eq!(backoff(0.5, bounds, Some(hours(7))), hours(7));
    assert_eq!(backoff(5.0, bounds, Some(hours(2))), hours(5));
    assert_eq!(backoff(1.0, bounds, Some(hours(27_777))), hours(24));
}

#[test]
fn what_is_gone_is_asked_for_once_a_week_and_once_more_before() {
    assert_eq!(after_gone(1.0, BOUNDS), MAX);
    assert_eq!(after_gone(2.0, BOUNDS), MAX * 7);
    assert_eq!(after_gone(99.0, BOUNDS), MAX * 7);
}

#[test]
fn a_rate_limit_holds_the_domain_and_so_do_three_forbidden_in_a_row() {
    let limited = |refusals, retry_after| domain_hold(Refusal::RateLimit, refusals, BOUNDS, retry_after);
    assert_eq!((limited(1, None), limited(2, None), limited(3, None)), (Some(MIN), Some(MIN * 2), Some(MIN * 4)));
    assert_eq!(limited(999, None), Some(MIN * 32));
    assert_eq!(limited(1, Some(hours(2))), Some(hours(2)));
    assert_eq!(limited(9, Some(Duration::ZERO)), Some(MIN), "a server that asks for nothing gets the least interval");
    assert_eq!(limited(1, Some(hours(99))), Some(hours(24)));
    let forbidden = |refusals| domain_hold(Refusal::Forbidden, refusals, BOUNDS, None);
    assert_eq!((forbidden(1), forbidden(2), forbidden(3), forbidden(4)), (None, None, Some(MIN), Some(MIN * 2)));
}

#[test]
fn a_burst_shortens_the_wait_until_it_is_over() {
    let burst = |until| Some(Burst { every: Duration::from_mins(1), until });
    assert_eq!(in_burst(hours(3), burst(now() + hours(1)), now()), Duration::from_mins(1));
    assert_eq!(in_burst(Duration::from_secs(20), burst(now() + hours(1)), now()), Duration::from_secs(20));
    assert_eq!(in_burst(hours(3), burst(now()), now()), hours(3));
    assert_eq!(in_burst(hours(3), None, now()), hours(3));
}

#[test]
fn jitter_adds_a_quarter_at_most_and_never_leads_beyond_the_longest_interval() {
    assert_eq!(with_jitter(hours(4), MAX, 0.0), hours(4));
    assert_eq!(with_jitter(hours(4), MAX, 1.0), hours(5));
    assert_eq!(with_jitter(hours(4), MAX, 7.0), hours(5));
    assert_eq!(with_jitter(MAX, MAX, 0.0), MAX);
    assert_eq!(with_jitter(MAX, MAX, 1.0), hours(18), "all that wait longest must not fall into step");
    assert_eq!(with_jitter(hours(23), MAX, 1.0), Duration::from_mins(24 * 60 - 285));
    assert_eq!(with_jitter(hours(48), MAX, 1.0), hours(60), "a back-off only grows");
}
