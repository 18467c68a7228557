//! How often a feed asks to be polled.

use std::time::Duration;

use crate::gather::parse::recover::field::RhythmPart;
use crate::model::Hints;

const HOUR: Duration = Duration::from_hours(1);
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What was said until now.
#[derive(Debug, Default)]
pub(super) struct Rhythm {
    minutes: Option<u64>,
    period: Option<Duration>,
    frequency: Option<u32>,
    skip_hours: u32,
    skip_days: u8,
}

impl Rhythm {
    pub fn take(&mut self, part: RhythmPart, text: &str) {
        let text = text.trim().to_ascii_lowercase();
        match part {
            RhythmPart::Minutes => self.minutes = text.parse().ok().filter(|minutes| *minutes > 0),
            RhythmPart::Period => {
                self.period = match text.as_str() {
                    "hourly" => Some(HOUR),
                    "daily" => Some(24 * HOUR),
                    "weekly" => Some(7 * 24 * HOUR),
                    "monthly" => Some(30 * 24 * HOUR),
                    "yearly" => Some(365 * 24 * HOUR),
                    _ => None,
                }
            }
            RhythmPart::Frequency => self.frequency = text.parse().ok().filter(|times| *times > 0),
            // Some count to 24.
            RhythmPart::SkippedHour => self.skip_hours |= text.parse().ok().filter(|hour| *hour <= 24).map_or(0, |hour: u32| 1 << (hour % 24)),
            RhythmPart::SkippedDay => self.skip_days |= DAYS.iter().position(|day| *day == text).map_or(0, |day| 1 << day),
        }
    }

    /// The longest of what is asked for.
    pub fn into_hints(self) -> Hints {
        let minutes = self.minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
        // The module's default period is a day, but who states a frequency alone hardly means that.
        let period = self.period.map(|period| period / self.frequency.unwrap_or(1));
        Hints { interval: minutes.max(period), skip_hours: self.skip_hours, skip_days: self.skip_days }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Rhythm;
    use crate::gather::parse::recover::field::RhythmPart;
    use crate::model::Hints;

    #[track_caller]
    fn check(said: &[(RhythmPart, &str)], minutes: Option<u64>, hours: u32, days: u8) {
        let mut rhythm = Rhythm::default();
        for (part, text) in said {
            rhythm.take(*part, text);
        }
        let expect = Hints { interval: minutes.map(|minutes| Duration::from_secs(minutes * 60)), skip_hours: hours, skip_days: days };
        assert_eq!(rhythm.into_hints(), expect, "{said:?}");
    }

    #[test]
    fn what_a_feed_asks_for_is_understood() {
        use RhythmPart::{Frequency, Minutes, Period, SkippedDay, SkippedHour};
        check(&[(Minutes, " 60 ")], Some(60), 0, 0);
        check(&[(Period, "hourly"), (Frequency, "4")], Some(15), 0, 0);
        check(&[(Period, "Daily"), (Minutes, "30")], Some(1440), 0, 0);
        check(&[(SkippedHour, "0"), (SkippedHour, "3"), (SkippedHour, "24"), (SkippedDay, "Sunday")], None, 0b1001, 0b100_0000);
    }

    #[test]
    fn nonsense_asks_for_nothing() {
        use RhythmPart::{Frequency, Minutes, Period, SkippedDay, SkippedHour};
        check(&[(Minutes, "-5"), (Period, "sometimes"), (Frequency, "0"), (SkippedHour, "99"), (SkippedDay, "someday")], None, 0, 0);
        check(&[(Minutes, "99999999999999999999"), (Period, "hourly"), (Frequency, "0")], Some(60), 0, 0);
    }
}
