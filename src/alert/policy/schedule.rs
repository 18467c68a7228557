//! When a digest is due, by the clock on its reader's wall.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::config::{DigestEvery, DigestPolicy};

/// The last moment up to `now` at which a digest was due. Two moments with the same answer lie in one period, so that a digest is made once however
/// often and by however many it is asked for.
///
/// A time that a changed clock leaves out is an hour later; of one that comes twice it is the first.
pub fn last_due(policy: &DigestPolicy, now: Timestamp) -> Timestamp {
    around(policy, now).into_iter().filter(|due| *due <= now).max().unwrap_or(Timestamp::MIN)
}

/// The first moment after `now` at which a digest is due.
pub fn next_due(policy: &DigestPolicy, now: Timestamp) -> Timestamp {
    around(policy, now).into_iter().filter(|due| *due > now).min().unwrap_or(Timestamp::MAX)
}

/// The moments before and after.
fn around(policy: &DigestPolicy, now: Timestamp) -> Vec<Timestamp> {
    let zoned = now.to_zoned_datetime(policy.zone.clone());
    match policy.every {
        DigestEvery::Hour => {
            let seconds = i64::from(policy.at.minute()) * 60 - (i64::from(zoned.minute()) * 60 + i64::from(zoned.second()));
            let this = Timestamp::from_second(now.as_second() + seconds).unwrap_or(now);
            let hour = SignedDuration::from_hours(1);
            [this.checked_sub(hour), Ok(this), this.checked_add(hour)].into_iter().flatten().collect()
        }
        DigestEvery::Day => days(policy, zoned.date(), 1),
        DigestEvery::Week(weekday) => {
            let dates = (-8..=8).filter_map(|days: i64| zoned.date().checked_add(days.days()).ok());
            dates.filter(|date| date.weekday() == weekday).filter_map(|date| on(policy, date)).collect()
        }
    }
}

fn days(policy: &DigestPolicy, today: Date, around: i64) -> Vec<Timestamp> {
    (-around..=around).filter_map(|days| on(policy, today.checked_add(days.days()).ok()?)).collect()
}

fn on(policy: &DigestPolicy, date: Date) -> Option<Timestamp> {
    Some(date.to_datetime(policy.at).to_zoned_datetime(policy.zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Time, Weekday};
    use jiff::tz::TimeZone;

    use super::*;

    fn policy(every: DigestEvery, hour: i8, minute: i8, zone: &str) -> DigestPolicy {
        DigestPolicy { every, at: Time::new(hour, minute, 0, 0).unwrap(), zone: TimeZone::get(zone).unwrap(), ..DigestPolicy::default() }
    }

    #[track_caller]
    fn check(policy: &DigestPolicy, now: &str, last: &str, next: &str) {
        let (now, last, next): (Timestamp, Timestamp, Timestamp) = (now.parse().unwrap(), last.parse().unwrap(), next.parse().unwrap());
        assert_eq!((last_due(policy, now), next_due(policy, now)), (last, next), "{now}");
    }

    #[test]
    fn a_daily_digest_is_due_at_its_hour_there() {
        let almaty = policy(DigestEvery::Day, 7, 30, "Asia/Almaty");
        check(&almaty, "2026-03-14T02:29:59Z", "2026-03-13T02:30:00Z", "2026-03-14T02:30:00Z");
        check(&almaty, "2026-03-14T02:30:00Z", "2026-03-14T02:30:00Z", "2026-03-15T02:30:00Z");
        check(&almaty, "2026-03-14T23:59:00Z", "2026-03-14T02:30:00Z", "2026-03-15T02:30:00Z");
    }

    #[test]
    fn a_changed_clock_neither_doubles_nor_drops_a_day() {
        for (time, spring, autumn) in [
            // 02:30 does not come on 29 March 2026, and comes twice on 25 October.
            ((2, 30), "2026-03-29T01:30:00Z", "2026-10-25T00:30:00Z"),
            ((3, 0), "2026-03-29T01:00:00Z", "2026-10-25T02:00:00Z"),
            ((0, 0), "2026-03-28T23:00:00Z", "2026-10-24T22:00:00Z"),
        ] {
            let berlin = policy(DigestEvery::Day, time.0, time.1, "Europe/Berlin");
            for (day, expect) in [("2026-03-29T12:00:00Z", spring), ("2026-10-25T12:00:00Z", autumn)] {
                assert_eq!(last_due(&berlin, day.parse().unwrap()), expect.parse().unwrap(), "{time:?}");
            }
            // Looked at every ten minutes of a year, there is one moment for each day.
            let mut dues = std::collections::BTreeSet::new();
            let mut now: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
            let end: Timestamp = "2026-12-31T12:00:00Z".parse().unwrap();
            while now < end {
                dues.insert(last_due(&berlin, now));
                now += SignedDuration::from_mins(10);
            }
            assert_eq!(dues.len(), 365, "{time:?}");
        }
    }

    #[test]
    fn weekly_and_hourly_digests() {
        let weekly = policy(DigestEvery::Week(Weekday::Monday), 8, 0, "Europe/Paris");
        check(&weekly, "2026-03-16T06:59:59Z", "2026-03-09T07:00:00Z", "2026-03-16T07:00:00Z");
        check(&weekly, "2026-03-16T07:00:00Z", "2026-03-16T07:00:00Z", "2026-03-23T07:00:00Z");
        let hourly = policy(DigestEvery::Hour, 8, 15, "Asia/Kathmandu"); // UTC+05:45
        check(&hourly, "2026-03-16T06:29:59Z", "2026-03-16T05:30:00Z", "2026-03-16T06:30:00Z");
        check(&hourly, "2026-03-16T06:30:00Z", "2026-03-16T06:30:00Z", "2026-03-16T07:30:00Z");
    }
}
