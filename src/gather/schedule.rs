//! When a source is asked again. Pure: the moment and the jitter are arguments.
//!
//! The rules are those of mediacloud/rss-fetcher, which polls 180,000 feeds: the overlap with the last poll says whether we come too
//! often, and failures stretch the interval but never end it. Beside the overlap stands the publishing rate: a night without news must
//! not make us late in the morning.
//!
//! *Invariant:* every length of time here follows from the source's own bounds, so that a test may run a day in minutes.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{Burst, Hints};

/// Failures stretch the pause to so many longest intervals: with a day, a source that fails for weeks is still asked once a month.
const LONGEST_PAUSE: u32 = 30;
/// From here on the pause grows beyond the longest interval.
const PATIENT_FAILURES: f32 = 30.0;
/// What is gone is asked for once in so many longest intervals: with a day, once a week.
const GONE_PAUSE: u32 = 7;
/// A first 410 may be a slip.
const GONE_FOR_SURE: f32 = 2.0;
/// Over this share of known items we come too often.
const TOO_OFTEN: f64 = 0.67;
/// Under this share of known items we may be missing some.
const TOO_SELDOM: f64 = 0.33;
/// Jitter spreads sources that were started together.
const JITTER_SHARE: f64 = 0.25;
/// A source is asked twice in the mean time between two of its items.
const POLLS_PER_ITEM: f64 = 2.0;
/// A newly added source shows its rhythm within so long, whatever its dates say.
const FIRST_INTERVAL_MOST: u32 = 12;
/// The publishing rate forgets with this time constant.
const RATE_MEMORY: Duration = Duration::from_hours(7 * 24);
/// Refusals without Retry-After that count as a rate limit: one 429, or so many 403 in a row.
const FORBIDDEN_BURST: u32 = 3;
/// A hold without Retry-After doubles so often at most: five minutes become over two hours.
const HOLD_DOUBLINGS: u32 = 5;
/// No server may silence a domain for longer by one answer.
const RETRY_AFTER_MOST: Duration = Duration::from_hours(24);

/// The time between two polls that the operator allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub least: Duration,
    pub most: Duration,
}

/// What a poll read.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Seen {
    /// Zero when the document had not changed.
    pub items: usize,
    /// Of these, not known before.
    pub new: usize,
    /// True at the first poll, when everything is new.
    pub first: bool,
    /// New items a day, where that is known: see [`publishing_rate`].
    pub per_day: Option<f64>,
}

/// The time until the next poll after one that read something.
///
/// What the publisher asks for (`ttl`, `sy:*`, `skipHours`, `skipDays`, and `fresh_for` from Cache-Control or Expires) is a lower bound,
/// `bounds.most` the upper one: no feed can silence itself beyond it. A poll that read nothing (not modified) counts as one without news.
pub fn next_interval(now: Timestamp, current: Duration, bounds: Bounds, hints: &Hints, fresh_for: Option<Duration>, seen: Seen) -> Duration {
    let Bounds { least, most } = bounds;
    let current = current.clamp(least, most);
    // However little overlaps, we never come more seldom than the source's rate asks for.
    let by_rate = seen.per_day.map_or(most, |rate| interval_of_rate(rate, most)).clamp(least, most);
    let known_share = if seen.items == 0 { 1.0 } else { 1.0 - seen.new.min(seen.items) as f64 / seen.items as f64 };
    let adapted = if seen.first {
        if seen.per_day.is_some() { by_rate.min(least.saturating_mul(FIRST_INTERVAL_MOST)) } else { current }
    } else if known_share > TOO_OFTEN {
        current.mul_f64(if seen.new == 0 { 1.25 } else { 1.1 }).min(by_rate)
    } else if seen.items > 1 && seen.new >= seen.items {
        // Nothing overlaps: what stood between this poll and the last one may be lost.
        current.mul_f64(0.25)
    } else if known_share < TOO_SELDOM {
        current.mul_f64(0.5)
    } else {
        current
    };
    let asked = hints.interval.unwrap_or_default().max(fresh_for.unwrap_or_default());
    let interval = adapted.clamp(least, most).max(asked).min(most);
    past_skipped_hours(now, interval, hints).min(most)
}

/// New items a day with recent ones weighing most; `None` where dates say nothing.
///
/// At the first poll (`former` is `None`) the dates of the document are its history; later, what came since the last poll is.
pub fn publishing_rate(former: Option<f64>, since_last: Option<Duration>, dates: &[Timestamp], new: usize, now: Timestamp) -> Option<f64> {
    let memory = RATE_MEMORY.as_secs_f64();
    let day = 86_400.0;
    if let (Some(former), Some(since)) = (former, since_last) {
        let kept = former * (-since.as_secs_f64() / memory).exp();
        return Some(kept + new as f64 * day / memory);
    }
    let age = |at: &Timestamp| now.duration_since(*at).as_secs_f64();
    let ages: Vec<f64> = dates.iter().map(age).filter(|age| *age >= 0.0).collect();
    let oldest = ages.iter().copied().reduce(f64::max)?;
    let recent = ages.iter().filter(|age| **age <= memory).count();
    // A document that reaches back for an hour only is the history of an hour.
    Some(recent as f64 * day / oldest.clamp(3600.0, memory))
}

/// The time until the next try after failures that weigh `failures` in sum (a hard one 1, a soft one 0.5, DNS 0.25).
///
/// Grows linearly with the least interval to the longest one; from 30 on by one longest interval each, to thirty of them. `retry_after`
/// is a lower bound, clamped to a day.
pub fn backoff(failures: f32, bounds: Bounds, retry_after: Option<Duration>) -> Duration {
    let Bounds { least, most } = bounds;
    let failures = if failures.is_finite() { failures.clamp(0.0, 1000.0) } else { 1000.0 };
    let pause = if failures > PATIENT_FAILURES {
        most.mul_f32((1.0 + (failures - PATIENT_FAILURES).ceil()).min(LONGEST_PAUSE as f32))
    } else {
        least.min(most).mul_f32(failures.max(1.0)).min(most)
    };
    pause.max(retry_after.unwrap_or_default().min(RETRY_AFTER_MOST))
}

/// The time until what was said to be gone (410) is asked for again.
pub fn after_gone(failures: f32, bounds: Bounds) -> Duration {
    if failures >= GONE_FOR_SURE { bounds.most.saturating_mul(GONE_PAUSE) } else { bounds.most }
}

/// Why a server turned us away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 429, or 503 with Retry-After.
    RateLimit,
    /// 403: one is the source's own trouble, several in a row are a rate limit.
    Forbidden,
}

/// How long a whole registrable domain is left alone after the `refusals`-th refusal in a row, this one included; `None`: not at all.
pub fn domain_hold(refusal: Refusal, refusals: u32, bounds: Bounds, retry_after: Option<Duration>) -> Option<Duration> {
    let counted = match refusal {
        Refusal::RateLimit => refusals.max(1),
        Refusal::Forbidden if refusals < FORBIDDEN_BURST => return None,
        Refusal::Forbidden => refusals - FORBIDDEN_BURST + 1,
    };
    let own = bounds.least.saturating_mul(1 << (counted - 1).min(HOLD_DOUBLINGS)).min(bounds.most);
    Some(retry_after.map_or(own, |asked| asked.min(RETRY_AFTER_MOST).max(bounds.least.min(own))))
}

/// The time until the next poll of a source that is watched closely: sooner than `wait`, never later, until the burst is over.
pub fn in_burst(wait: Duration, burst: Option<Burst>, now: Timestamp) -> Duration {
    burst.filter(|burst| burst.until > now).map_or(wait, |burst| wait.min(burst.every))
}

/// Adds up to a quarter of the delay; `jitter` is 0 to 1. Where that would lead beyond `most`, the excess is taken off instead.
pub fn with_jitter(delay: Duration, most: Duration, jitter: f64) -> Duration {
    let later = delay.saturating_add(delay.mul_f64(jitter.clamp(0.0, 1.0) * JITTER_SHARE));
    if delay <= most { most.saturating_sub(later.saturating_sub(most)).min(later) } else { later }
}

fn interval_of_rate(per_day: f64, most: Duration) -> Duration {
    let seconds = 86_400.0 / per_day / POLLS_PER_ITEM;
    Duration::try_from_secs_f64(seconds).unwrap_or(most)
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
mod tests;
