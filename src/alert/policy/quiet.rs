//! Hours in which people sleep, by the clock on their wall: days of 23 and 25 hours, and nights that cross midnight.

use jiff::civil::Date;
use jiff::tz::Disambiguation;
use jiff::{Timestamp, ToSpan, ZonedDateTime};

use crate::config::{Hold, QuietHours};
use crate::model::Priority;

/// More spans than anybody writes; each may end inside of another one.
const ROUNDS: usize = 16;

/// Until when `at` is quiet for alerts of this priority, and where they wait; `None` when it is not.
///
/// Spans that touch count as one. Where one of them puts what comes into the digest, all do.
pub fn until(hours: &[QuietHours], priority: Priority, at: Timestamp) -> Option<(Timestamp, Hold)> {
    spans(hours, at, |one| !one.break_through.contains(&priority))
}

/// The same for bursts.
pub fn until_for_bursts(hours: &[QuietHours], priority: Priority, at: Timestamp) -> Option<(Timestamp, Hold)> {
    spans(hours, at, |one| !one.bursts_break_through && !one.break_through.contains(&priority))
}

fn spans(hours: &[QuietHours], at: Timestamp, counts: impl Fn(&QuietHours) -> bool) -> Option<(Timestamp, Hold)> {
    let mut end = at;
    let mut hold = None;
    for _ in 0..ROUNDS {
        let Some((later, one)) = hours.iter().filter(|one| counts(one)).filter_map(|one| Some((end_of(one, end)?, one))).max_by_key(|(end, _)| *end)
        else {
            break;
        };
        end = later;
        if hold != Some(Hold::Digest) {
            hold = Some(one.hold);
        }
    }
    hold.map(|hold| (end, hold))
}

/// When the span ends that `at` lies in. A span is the time from its first moment to its last on the day that it begins: where a clock is
/// set back inside of it, the night is an hour longer, and never interrupted.
fn end_of(hours: &QuietHours, at: Timestamp) -> Option<Timestamp> {
    let today = at.to_zoned_datetime(hours.zone.clone()).date();
    [today.checked_sub(1.day()).ok(), Some(today)].into_iter().flatten().find_map(|day| {
        let last = if hours.until > hours.from { day } else { day.checked_add(1.day()).ok()? };
        let begins = moment(hours, day, hours.from, Disambiguation::Compatible)?;
        // The later of two: who is not to be woken before three is not to be woken before the second three o'clock.
        let ends = moment(hours, last, hours.until, Disambiguation::Later)?;
        (begins <= at && at < ends).then_some(ends)
    })
}

fn moment(hours: &QuietHours, day: Date, time: jiff::civil::Time, when: Disambiguation) -> Option<Timestamp> {
    let zoned: ZonedDateTime = hours.zone.to_ambiguous_zoned_datetime(day.to_datetime(time)).disambiguate(when).ok()?;
    Some(zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::Time;
    use jiff::tz::TimeZone;

    use super::*;

    fn hours(from: (i8, i8), until: (i8, i8), zone: &str, hold: Hold) -> QuietHours {
        QuietHours {
            from: Time::new(from.0, from.1, 0, 0).unwrap(),
            until: Time::new(until.0, until.1, 0, 0).unwrap(),
            zone: TimeZone::get(zone).unwrap(),
            hold,
            break_through: vec![Priority::Critical],
            bursts_break_through: true,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(hours: &[QuietHours], moment: &str, expect: Option<&str>) {
        let found = until(hours, Priority::Normal, at(moment)).map(|(end, _)| end);
        assert_eq!(found, expect.map(at), "{moment}");
    }

    #[test]
    fn a_night_crosses_midnight() {
        let almaty = [hours((22, 0), (7, 0), "Asia/Almaty", Hold::Digest)]; // UTC+5
        check(&almaty, "2026-03-14T16:59:59Z", None);
        check(&almaty, "2026-03-14T17:00:00Z", Some("2026-03-15T02:00:00Z"));
        check(&almaty, "2026-03-14T19:30:00Z", Some("2026-03-15T02:00:00Z"));
        check(&almaty, "2026-03-15T01:59:59Z", Some("2026-03-15T02:00:00Z"));
        check(&almaty, "2026-03-15T02:00:00Z", None);
    }

    #[test]
    fn a_rest_at_noon_stays_within_its_day() {
        let noon = [hours((12, 0), (13, 30), "UTC", Hold::UntilEnd)];
        check(&noon, "2026-03-14T11:59:59Z", None);
        check(&noon, "2026-03-14T12:00:00Z", Some("2026-03-14T13:30:00Z"));
        check(&noon, "2026-03-14T23:00:00Z", None);
    }

    #[test]
    fn a_night_with_a_changed_clock_is_one_night() {
        // Berlin, 29 March 2026: 02:00 becomes 03:00. The night is nine hours less one.
        let berlin = [hours((22, 0), (7, 0), "Europe/Berlin", Hold::Digest)];
        check(&berlin, "2026-03-28T21:00:00Z", Some("2026-03-29T05:00:00Z"));
        check(&berlin, "2026-03-29T04:59:59Z", Some("2026-03-29T05:00:00Z"));
        // 25 October 2026: 03:00 becomes 02:00.
        check(&berlin, "2026-10-24T20:00:00Z", Some("2026-10-25T06:00:00Z"));
        // It ends at 02:30, which comes twice: after the second one.
        let short = [hours((22, 0), (2, 30), "Europe/Berlin", Hold::Digest)];
        check(&short, "2026-10-25T00:29:59Z", Some("2026-10-25T01:30:00Z"));
        check(&short, "2026-10-25T00:45:00Z", Some("2026-10-25T01:30:00Z"));
        check(&short, "2026-10-25T01:15:00Z", Some("2026-10-25T01:30:00Z"));
        check(&short, "2026-10-25T01:30:00Z", None);
        // It ends at 02:30, which does not come: an hour later by the new clock.
        check(&short, "2026-03-29T00:59:59Z", Some("2026-03-29T01:30:00Z"));
        check(&short, "2026-03-29T01:29:59Z", Some("2026-03-29T01:30:00Z"));
        check(&short, "2026-03-29T01:30:00Z", None);
        // It begins at 02:30, which does not come.
        let begins = [hours((2, 30), (6, 0), "Europe/Berlin", Hold::Digest)];
        check(&begins, "2026-03-29T01:00:00Z", None);
        check(&begins, "2026-03-29T01:30:00Z", Some("2026-03-29T04:00:00Z"));
    }

    #[test]
    fn spans_that_touch_are_one_and_the_digest_wins() {
        let both = [hours((22, 0), (2, 0), "UTC", Hold::UntilEnd), hours((1, 0), (7, 0), "UTC", Hold::Digest)];
        check(&both, "2026-03-14T23:00:00Z", Some("2026-03-15T07:00:00Z"));
        assert_eq!(until(&both, Priority::Low, at("2026-03-14T23:00:00Z")).unwrap().1, Hold::Digest);
        // Quiet all day round by two spans: it ends, for the rounds do.
        let always = [hours((0, 0), (12, 0), "UTC", Hold::UntilEnd), hours((12, 0), (0, 0), "UTC", Hold::UntilEnd)];
        assert!(until(&always, Priority::Low, at("2026-03-14T23:00:00Z")).is_some());
    }

    #[test]
    fn what_may_break_through_does() {
        let night = [hours((22, 0), (7, 0), "UTC", Hold::Digest)];
        let moment = at("2026-03-14T23:00:00Z");
        for (priority, quiet) in [(Priority::Low, true), (Priority::High, true), (Priority::Critical, false)] {
            assert_eq!(until(&night, priority, moment).is_some(), quiet, "{priority:?}");
            assert!(until_for_bursts(&night, priority, moment).is_none());
        }
        let strict = [QuietHours { bursts_break_through: false, ..night[0].clone() }];
        assert!(until_for_bursts(&strict, Priority::High, moment).is_some() && until_for_bursts(&strict, Priority::Critical, moment).is_none());
    }
}
