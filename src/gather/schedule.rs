//! When a source is asked again. Pure: the moment and the jitter are arguments.
//!
//! The rules are those of mediacloud/rss-fetcher, which polls 180,000 feeds: the overlap with the last poll says whether we come too
//! often, and failures stretch the interval but never end it.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};

use crate::model::Hints;

const DAY: Duration = Duration::from_hours(24);
/// A source that fails for weeks is still asked once a month.
const LONGEST_PAUSE: Duration = Duration::from_hours(30 * 24);
/// From here on the pause grows beyond a day.
const PATIENT_FAILURES: f32 = 30.0;
/// Over this share of known items we come too often.
const TOO_OFTEN: f64 = 0.67;
/// Under this share of known items we may be missing some.
const TOO_SELDOM: f64 = 0.33;
/// Jitter spreads sources that were started together.
const JITTER_SHARE: f64 = 0.25;

/// The time until the next poll after one that read `seen` items, `new` of which were not known.
///
/// What the publisher asks for (`ttl`, `sy:*`, `skipHours`, `skipDays`) is a lower bound, `max` the upper one: no feed can silence itself
/// beyond it. A poll that read nothing (not modified) counts as one without news.
pub fn next_interval(now: Timestamp, current: Duration, min: Duration, max: Duration, hints: &Hints, seen: usize, new: usize) -> Duration {
    let known_share = if seen == 0 { 1.0 } else { 1.0 - new.min(seen) as f64 / seen as f64 };
    let current = current.clamp(min, max);
    let adapted = if known_share > TOO_OFTEN {
        current.mul_f64(if new == 0 { 1.25 } else { 1.1 })
    } else if known_share < TOO_SELDOM {
        current.mul_f64(0.5)
    } else {
        current
    };
    let asked = hints.interval.unwrap_or_default();
    let interval = adapted.clamp(min, max).max(asked).min(max);
    past_skipped_hours(now, interval, hints).min(max)
}

/// The time until the next try after failures that weigh `failures` in sum (a hard one 1, a soft one 0.5, DNS 0.25).
///
/// Grows linearly with `base` to a day; from 30 on by a day each, to 30 days. `retry_after` is a lower bound, clamped to a day.
pub fn backoff(failures: f32, base: Duration, retry_after: Option<Duration>) -> Duration {
    let failures = if failures.is_finite() { failures.clamp(0.0, 1000.0) } else { 1000.0 };
    let pause = if failures > PATIENT_FAILURES {
        DAY.mul_f32(1.0 + (failures - PATIENT_FAILURES).ceil())
    } else {
        base.min(DAY).mul_f32(failures.max(1.0)).min(DAY)
    };
    pause.min(LONGEST_PAUSE).max(retry_after.unwrap_or_default().min(DAY))
}

/// Adds up to a quarter of the delay; `jitter` is 0 to 1.
pub fn with_jitter(delay: Duration, jitter: f64) -> Duration {
    delay.saturating_add(delay.mul_f64(jitter.clamp(0.0, 1.0) * JITTER_SHARE))
}

/// Moves the next poll behind the hours and days that the publisher asked to be left alone in (UTC).
fn past_skipped_hours(now: Timestamp, interval: Duration, hints: &Hints) -> Duration {
    if hints.skip_hours == 0 && hints.skip_days == 0 {
        return interval;
    }
    let mut later = interval;
    for _ in 0..(7 * 24) {
        let Ok(at) = now.checked_add(later) else { return interval };
        let at = at.to_zoned_datetime(TimeZone::UTC);
        let hour_skipped = hints.skip_hours & (1 << u32::from(at.hour().unsigned_abs())) != 0;
        let day_skipped = hints.skip_days & (1 << at.weekday().to_monday_zero_offset().unsigned_abs()) != 0;
        if !hour_skipped && !day_skipped {
            return later;
        }
        later += Duration::from_hours(1);
    }
    interval
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{backoff, next_interval, with_jitter};
    use crate::model::Hints;

    const MIN: Duration = Duration::from_mins(5);
    const MAX: Duration = Duration::from_hours(24);

    fn hours(count: u64) -> Duration {
        Duration::from_secs(count * 3600)
    }

    #[track_caller]
    fn interval(current: Duration, hints: &Hints, seen: usize, new: usize) -> Duration {
        let now: Timestamp = "2026-03-02T10:30:00Z".parse().unwrap(); // a Monday
        next_interval(now, current, MIN, MAX, hints, seen, new)
    }

    #[test]
    fn the_share_of_known_items_moves_the_interval() {
        let none = Hints::default();
        assert!(interval(hours(1), &none, 20, 0) > hours(1));
        assert!(interval(hours(1), &none, 20, 2) > hours(1));
        assert_eq!(interval(hours(1), &none, 20, 10), hours(1));
        assert!(interval(hours(1), &none, 20, 19) < hours(1));
        assert!(interval(hours(1), &none, 0, 0) > hours(1));
    }

    #[test]
    fn the_interval_stays_within_its_bounds() {
        let none = Hints::default();
        assert_eq!(interval(MIN, &none, 20, 20), MIN);
        assert_eq!(interval(MAX, &none, 20, 0), MAX);
        assert_eq!(interval(Duration::ZERO, &none, 20, 10), MIN);
        assert_eq!(interval(hours(9999), &none, 20, 10), MAX);
    }

    #[test]
    fn the_publishers_wish_is_a_lower_bound_below_the_longest_interval() {
        let wish = |interval| Hints { interval: Some(interval), ..Hints::default() };
        assert_eq!(interval(MIN, &wish(hours(3)), 20, 20), hours(3));
        assert_eq!(interval(hours(9999), &wish(hours(3)), 20, 10), MAX);
        assert_eq!(interval(MIN, &wish(hours(1_000_000)), 20, 20), MAX);
    }

    #[test]
    fn skipped_hours_and_days_are_passed_over() {
        let night = Hints { skip_hours: (1 << 11) | (1 << 12), ..Hints::default() };
        assert_eq!(interval(hours(1), &night, 20, 10), hours(3));
        let every_hour = Hints { skip_hours: (1 << 24) - 1, ..Hints::default() };
        assert_eq!(interval(hours(1), &every_hour, 20, 10), hours(1));
        let monday = Hints { skip_days: 1, ..Hints::default() };
        assert_eq!(interval(hours(1), &monday, 20, 10), hours(14));
    }

    #[test]
    fn failures_stretch_the_pause_and_never_end_it() {
        let base = hours(1);
        assert_eq!(backoff(0.25, base, None), base);
        assert_eq!(backoff(1.0, base, None), base);
        assert_eq!(backoff(5.0, base, None), hours(5));
        assert_eq!(backoff(30.0, base, None), hours(24));
        assert_eq!(backoff(31.0, base, None), hours(48));
        assert_eq!(backoff(1e9, base, None), hours(30 * 24));
        assert_eq!(backoff(f32::NAN, base, None), hours(30 * 24));
    }

    #[test]
    fn retry_after_is_kept_but_for_a_day_at_most() {
        assert_eq!(backoff(0.5, hours(1), Some(hours(7))), hours(7));
        assert_eq!(backoff(5.0, hours(1), Some(hours(2))), hours(5));
        assert_eq!(backoff(1.0, hours(1), Some(hours(27_777))), hours(24));
    }

    #[test]
    fn jitter_adds_a_quarter_at_most() {
        assert_eq!(with_jitter(hours(4), 0.0), hours(4));
        assert_eq!(with_jitter(hours(4), 1.0), hours(5));
        assert_eq!(with_jitter(hours(4), 7.0), hours(5));
    }
}
