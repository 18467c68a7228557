//! The day of an incident: a weekday, a date, today or yesterday beside it, reckoned from the day of publication.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::model::{Fact, FactKind};
use crate::understand::incident::passage::{Passage, Sentence};
use crate::understand::incident::words::Words;

/// What lies further back is the story before the story.
const DAYS_BACK: i32 = 45;

/// The first day named in the sentences that tell, else in the headline or the lead.
pub(super) fn find(passages: &[Passage<'_>], words: &Words, moment: Timestamp) -> Option<Fact> {
    let today = TimeZone::UTC.to_datetime(moment).date();
    let search = |wanted: fn(&Sentence) -> bool| {
        passages.iter().find_map(|passage| {
            passage.sentences.iter().filter(|sentence| wanted(sentence)).find_map(|sentence| {
                sentence.range.clone().find_map(|at| {
                    let (date, end) = read(passage, words, at, sentence.range.end, today)?;
                    let recent = date <= today && date.saturating_add(DAYS_BACK.days()) >= today;
                    recent.then(|| passage.evidence(&(at..end), "day")).flatten().map(|evidence| (date, evidence))
                })
            })
        })
    };
    let ((date, evidence), score) =
        search(|sentence| sentence.tells).map(|found| (found, 0.9)).or_else(|| search(|sentence| sentence.near).map(|found| (found, 0.6)))?;
    let value = date.to_string();
    Some(Fact { kind: FactKind::Date, key: value.clone(), value, count: None, score, evidence: vec![evidence] })
}

/// The day that begins at a word, and where it ends.
fn read(passage: &Passage<'_>, words: &Words, at: usize, limit: usize, today: Date) -> Option<(Date, usize)> {
    let folded = |at: usize| passage.tokens.get(at).filter(|_| at < limit).map(|token| token.folded.as_str());
    let number = |at: usize| folded(at).filter(|word| word.len() <= 4).and_then(|word| word.parse::<i16>().ok());
    let day_of = |at: usize| number(at).and_then(|day| i8::try_from(day).ok()).filter(|day| (1..=31).contains(day));
    let word = folded(at)?;
    if let Some(days) = words.value("ago", word) {
        return Some((today.saturating_sub(i64::from(days).days()), at + 1));
    }
    if let Some(weekday) = words.value("weekday", word).and_then(|day| i8::try_from(day).ok()) {
        let back = (today.weekday().to_monday_one_offset() - weekday).rem_euclid(7);
        return Some((today.saturating_sub(i64::from(back).days()), at + 1));
    }
    // 昨天, 昨日, 今天, 5月4日
    if matches!(word, "昨" | "今") && matches!(folded(at + 1), Some("天" | "日")) {
        return Some((today.saturating_sub(i64::from(word == "昨").days()), at + 2));
    }
    if folded(at + 1) == Some("月") && matches!(folded(at + 3), Some("日" | "号")) {
        return Some((dated(day_of(at)?, day_of(at + 2)?, None, today)?, at + 4));
    }
    let month_at = |at: usize| folded(at).and_then(|word| words.value("month", word)).and_then(|month| i8::try_from(month).ok());
    if let Some(month) = month_at(at) {
        // May 4, 2026
        let day = day_of(at + 1).filter(|_| matches!(passage.gap_before(at + 1), " " | "\u{A0}"))?;
        let year = number(at + 2).filter(|year| *year > 1900);
        return Some((dated(month, day, year, today)?, at + 2 + usize::from(year.is_some())));
    }
    let day = day_of(at)?;
    // 4 May 2026, 4. Mai, 4 de mayo de 2026, 4-го мая
    let of = usize::from(matches!(folded(at + 1), Some("de" | "го" | "of" | "th" | "st" | "nd" | "rd")));
    let month = month_at(at + 1 + of)?;
    let mut end = at + 2 + of;
    let year_at = end + usize::from(folded(end) == Some("de"));
    let year = number(year_at).filter(|year| *year > 1900);
    if year.is_some() {
        end = year_at + 1;
    }
    Some((dated(month, day, year, today)?, end))
}

/// Without a year, the last such day.
fn dated(month: i8, day: i8, year: Option<i16>, today: Date) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let this = Date::new(today.year(), month, day).ok()?;
    if this <= today { Some(this) } else { Date::new(today.year() - 1, month, day).ok() }
}
