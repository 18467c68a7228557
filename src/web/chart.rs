//! Counts over time as bars, drawn here: no script, no picture from elsewhere, and a table that says the same.
//!
//! Below the bars stands a mark where sources were added or lost: a curve that rises or falls with them says nothing of the world.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::store::SourceChange;

const WIDTH: usize = 720;
const HEIGHT: usize = 96;
const DAY: Duration = Duration::from_hours(24);

/// Days that follow one another, in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    first: Date,
    /// The beginning of each day, and the end of the last.
    pub bounds: Vec<Timestamp>,
}

impl Days {
    /// The last days, today among them.
    pub fn last(days: u32, now: Timestamp) -> Self {
        let today = TimeZone::UTC.to_datetime(now).date();
        let back = |number: u32| Duration::from_hours(24 * u64::from(number));
        let first = today.saturating_sub(jiff::SignedDuration::from_hours(24 * i64::from(days.saturating_sub(1))));
        let begin = TimeZone::UTC.to_timestamp(first.at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH);
        Self { first, bounds: (0..=days).map(|number| begin.saturating_add(back(number)).unwrap_or(begin)).collect() }
    }

    /// The beginning of the first day.
    pub fn begin(&self) -> Timestamp {
        self.bounds.first().copied().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Which day a moment lies in.
    pub fn index(&self, at: Timestamp) -> Option<usize> {
        let last = self.bounds.last()?;
        (at < *last).then(|| self.bounds.partition_point(|bound| *bound <= at).checked_sub(1))?
    }

    fn date(&self, index: usize) -> Date {
        self.first.saturating_add(DAY.saturating_mul(u32::try_from(index).unwrap_or(u32::MAX)))
    }
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub day: String,
    pub count: i64,
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
    /// Sources that were added, or heard again.
    pub gained: usize,
    pub lost: usize,
    /// Where the mark stands.
    pub middle: usize,
}

impl Bar {
    /// `2026-05-04: 12; 1 source added, 2 lost`
    pub fn label(&self) -> String {
        let changes = self.changes();
        if changes.is_empty() { format!("{}: {}", self.day, self.count) } else { format!("{}: {}; {changes}", self.day, self.count) }
    }

    /// `1 source added, 2 lost`; empty where nothing changed.
    pub fn changes(&self) -> String {
        let plural = |number: usize| if number == 1 { "source" } else { "sources" };
        match (self.gained, self.lost) {
            (0, 0) => String::new(),
            (gained, 0) => format!("{gained} {} added", plural(gained)),
            (0, lost) => format!("{lost} {} lost", plural(lost)),
            (gained, lost) => format!("{gained} {} added, {lost} lost", plural(gained)),
        }
    }

    /// The class of its mark.
    pub fn mark(&self) -> Option<&'static str> {
        match (self.gained, self.lost) {
            (0, 0) => None,
            (_, 0) => Some("gained"),
            (0, _) => Some("lost"),
            _ => Some("both"),
        }
    }
}

/// A chart, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Unique on its page.
    pub id: &'static str,
    pub title: String,
    pub bars: Vec<Bar>,
    pub most: i64,
    pub total: i64,
    /// Whether any mark stands below the bars.
    pub marked: bool,
}

impl Chart {
    /// Draws counts of days; `changes` are those of the sources that could have told.
    pub fn new<'c>(id: &'static str, title: String, days: &Days, counts: &[i64], changes: impl Iterator<Item = &'c SourceChange>) -> Self {
        let most = counts.iter().copied().max().unwrap_or(0);
        let step = WIDTH / counts.len().max(1);
        let mut bars: Vec<Bar> = counts
            .iter()
            .enumerate()
            .map(|(index, &count)| {
                let height = height(count, most);
                Bar {
                    day: days.date(index).to_string(),
                    count,
                    x: index * step + 1,
                    y: HEIGHT - height,
                    width: step.saturating_sub(2).max(1),
                    height,
                    gained: 0,
                    lost: 0,
                    middle: index * step + step / 2,
                }
            })
            .collect();
        for change in changes {
            if let Some(bar) = days.index(change.at).and_then(|index| bars.get_mut(index)) {
                if change.gained { bar.gained += 1 } else { bar.lost += 1 }
            }
        }
        let marked = bars.iter().any(|bar| bar.mark().is_some());
        Self { id, title, most, total: counts.iter().sum(), bars, marked }
    }

    /// Whether there is anything to see.
    pub fn is_empty(&self) -> bool {
        self.most == 0 && !self.marked
    }

    /// The first and the last day.
    pub fn ends(&self) -> (&str, &str) {
        (self.bars.first().map_or("", |bar| bar.day.as_str()), self.bars.last().map_or("", |bar| bar.day.as_str()))
    }
}

/// At least one unit where there is anything: a day with one story is not a day with none.
fn height(count: i64, most: i64) -> usize {
    if count <= 0 || most <= 0 {
        return 0;
    }
    let full = i64::try_from(HEIGHT).unwrap_or(i64::MAX);
    usize::try_from(count.saturating_mul(full) / most).unwrap_or(HEIGHT).clamp(1, HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_those_of_utc_and_end_with_today() {
        let days = Days::last(3, at("2026-03-01T10:00:00Z"));
        let bounds: Vec<String> = days.bounds.iter().map(ToString::to_string).collect();
        assert_eq!(bounds, ["2026-02-27T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"]);
        let check = |moment: &str, expect: Option<usize>| assert_eq!(days.index(at(moment)), expect, "{moment}");
        check("2026-02-26T23:59:59Z", None);
        check("2026-02-27T00:00:00Z", Some(0));
        check("2026-03-01T23:59:59Z", Some(2));
        check("2026-03-02T00:00:00Z", None);
    }

    #[test]
    fn bars_are_drawn_to_the_highest_and_marks_stand_where_sources_changed() {
        let days = Days::last(3, at("2026-03-01T10:00:00Z"));
        let change = |moment: &str, gained| SourceChange { source_id: "valley".to_owned(), at: at(moment), gained };
        let changes = [change("2026-02-28T05:00:00Z", true), change("2026-02-28T06:00:00Z", false), change("2026-03-01T06:00:00Z", true)];
        let chart = Chart::new("c", "Stories".to_owned(), &days, &[1000, 0, 1], changes.iter());
        let heights: Vec<usize> = chart.bars.iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [HEIGHT, 0, 1]);
        let labels: Vec<String> = chart.bars.iter().map(Bar::label).collect();
        assert_eq!(labels, ["2026-02-27: 1000", "2026-02-28: 0; 1 source added, 1 lost", "2026-03-01: 1; 1 source added"]);
        assert_eq!((chart.total, chart.ends()), (1001, ("2026-02-27", "2026-03-01")));
        assert!(chart.bars.iter().all(|bar| bar.x + bar.width <= WIDTH && bar.y + bar.height == HEIGHT));
    }
}
