//! When a failed delivery is tried again: schedules as data, the jitter an argument.

use std::time::Duration;

use jiff::Timestamp;

/// What lies before attempt 1, 2, 3 and so on of a webhook (Standard Webhooks 1.0, "deliverability and reliability"): three and a half days in all.
const WEBHOOK_SCHEDULE: [Duration; 10] = [
    Duration::ZERO,
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];
/// How far a delay may stray to either side, so that retries of one outage do not arrive together.
const JITTER: f64 = 0.2;
const EMAIL_FIRST: Duration = Duration::from_mins(1);
const EMAIL_LONGEST: Duration = Duration::from_hours(4);
/// Mail servers themselves give up after days (RFC 5321, 4.5.4.1); an alert older than three is no alert.
const EMAIL_TOTAL: Duration = Duration::from_hours(72);
/// A peer may ask for patience, not for silence.
const RETRY_AFTER_LIMIT: Duration = Duration::from_hours(24);

/// How long a webhook waits after its attempt with this number (from 1) failed; `None` after the last one. `jitter` is 0..1.
pub fn webhook_delay(attempt: u32, jitter: f64) -> Option<Duration> {
    let delay = WEBHOOK_SCHEDULE.get(usize::try_from(attempt.max(1)).ok()?)?;
    Some(with_jitter(*delay, jitter))
}

/// How long an e-mail waits after its attempt with this number (from 1) failed: a minute, doubled up to four hours; `None` when 72 hours would
/// be over. `jitter` is 0..1.
pub fn email_delay(attempt: u32, jitter: f64) -> Option<Duration> {
    let mut delay = EMAIL_FIRST;
    let mut total = delay;
    for _ in 1..attempt.max(1) {
        delay = (delay * 2).min(EMAIL_LONGEST);
        total += delay;
        if total > EMAIL_TOTAL {
            return None;
        }
    }
    Some(with_jitter(delay, jitter))
}

/// The moment of the next try: the delay of the schedule, or what the peer asked for where that is longer, but at most a day.
pub fn next_try(now: Timestamp, delay: Duration, retry_after: Option<Duration>) -> Timestamp {
    let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_LIMIT);
    let wait = delay.max(asked);
    now.checked_add(jiff::SignedDuration::try_from(wait).unwrap_or(jiff::SignedDuration::ZERO)).unwrap_or(Timestamp::MAX)
}

/// Reads `Retry-After` (RFC 9110, 10.2.3): seconds, or a date, which gives nothing when it has passed.
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(value).ok()?;
    Duration::try_from(date.duration_since(now)).ok()
}

fn with_jitter(delay: Duration, jitter: f64) -> Duration {
    delay.mul_f64(1.0 + JITTER * (2.0 * jitter.clamp(0.0, 1.0) - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No jitter: the middle.
    const MIDDLE: f64 = 0.5;

    #[test]
    fn webhooks_follow_the_schedule_and_end_after_ten_attempts() {
        let seconds: Vec<u64> = (1..).map_while(|attempt| webhook_delay(attempt, MIDDLE)).map(|delay| delay.as_secs()).collect();
        assert_eq!(seconds, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        assert_eq!(webhook_delay(10, MIDDLE), None);
        assert_eq!(webhook_delay(u32::MAX, MIDDLE), None);
    }

    #[test]
    fn mail_doubles_from_a_minute_to_four_hours_and_ends_within_72_hours() {
        let delays: Vec<Duration> = (1..).map_while(|attempt| email_delay(attempt, MIDDLE)).collect();
        let minutes: Vec<u64> = delays.iter().map(|delay| delay.as_secs() / 60).collect();
        assert_eq!(minutes.get(..10).unwrap(), [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]);
        let total: Duration = delays.iter().sum();
        assert!(total <= Duration::from_hours(72) && total > Duration::from_hours(67), "{total:?}");
        assert_eq!(email_delay(u32::MAX, MIDDLE), None);
    }

    #[test]
    fn jitter_stays_within_a_fifth() {
        assert_eq!(webhook_delay(2, 0.0), Some(Duration::from_mins(4)));
        assert_eq!(webhook_delay(2, 1.0), Some(Duration::from_mins(6)));
        assert_eq!(email_delay(9, 7.0), Some(Duration::from_mins(288)), "a jitter out of range counts as its bound");
    }

    #[test]
    fn a_peer_may_ask_for_more_patience_but_not_for_more_than_a_day() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let at = |delay, asked: Option<u64>| next_try(now, Duration::from_secs(delay), asked.map(Duration::from_secs)).duration_since(now).as_secs();
        assert_eq!(at(5, None), 5);
        assert_eq!(at(5, Some(120)), 120);
        assert_eq!(at(300, Some(2)), 300);
        assert_eq!(at(5, Some(u64::MAX)), 86_400);
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        for (value, expect) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:48:37 GMT", None),
            ("-3", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse_retry_after(value, now).map(|asked| asked.as_secs()), expect, "{value:?}");
        }
    }
}
