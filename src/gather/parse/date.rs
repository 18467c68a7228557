//! Reads the dates that publishers write: ISO 8601 and its mutations, RFC 822 and its mutations, numbers and month names in many languages.
//!
//! A date without a zone is taken as UTC, one without a time as midnight. An ambiguous date (`03/04/2026`) or one without a year is
//! none: a wrong date is worse than the moment of the first reading.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use crate::gather::parse::month::month_of;

/// No real date is longer; hostile ones are.
const LENGTH_LIMIT: usize = 120;
/// `(월요일) 오후` and the like, in bytes.
const LONGEST_DAY_HALF: usize = 40;
/// Buddhist years (Thai pages) are this much ahead.
const BUDDHIST_ERA: i16 = 543;

/// Reads a date. `None` when it is none, or not an unambiguous one.
pub fn read_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > 4 * LENGTH_LIMIT {
        return None;
    }
    let text = ascii_digits(text);
    if text.len() > 2 * LENGTH_LIMIT {
        return None;
    }
    read_iso(&text).or_else(|| read_words(&text)).or_else(|| read_epoch(&text))
}

/// Digits of other scripts, CJK units and odd punctuation in ASCII.
fn ascii_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{660}'..='\u{669}' => push_digit(&mut out, c, 0x660),
            '\u{6F0}'..='\u{6F9}' => push_digit(&mut out, c, 0x6F0),
            '\u{966}'..='\u{96F}' => push_digit(&mut out, c, 0x966),
            '\u{9E6}'..='\u{9EF}' => push_digit(&mut out, c, 0x9E6),
            '\u{E50}'..='\u{E59}' => push_digit(&mut out, c, 0xE50),
            '\u{1040}'..='\u{1049}' => push_digit(&mut out, c, 0x1040),
            '\u{17E0}'..='\u{17E9}' => push_digit(&mut out, c, 0x17E0),
            '\u{FF10}'..='\u{FF19}' => push_digit(&mut out, c, 0xFF10),
            '年' | '月' | '년' | '월' | '–' | '—' | '−' => out.push('-'),
            '日' | '일' | '分' | '분' | '秒' | '초' | '،' | '、' => out.push(' '),
            '时' | '時' | '시' | '點' | '点' | '：' => out.push(':'),
            '／' => out.push('/'),
            '\u{200E}' | '\u{200F}' | '\u{61C}' => {}
            _ => out.push(c),
        }
    }
    out
}

fn push_digit(out: &mut String, c: char, zero: u32) {
    out.push(char::from_digit(u32::from(c) - zero, 10).unwrap_or('0'));
}

/// A cursor over ASCII.
struct Cursor<'t> {
    rest: &'t str,
}

impl Cursor<'_> {
    /// Takes exactly `width` digits.
    fn digits(&mut self, width: usize) -> Option<i64> {
        let taken = self.rest.get(..width).filter(|taken| taken.bytes().all(|byte| byte.is_ascii_digit()))?;
        self.rest = self.rest.get(width..)?;
        taken.parse().ok()
    }

    /// Takes one or two digits.
    fn short(&mut self) -> Option<i64> {
        self.digits(2).or_else(|| self.digits(1))
    }

    fn eat(&mut self, c: char) -> bool {
        self.rest.strip_prefix(c).is_some_and(|rest| {
            self.rest = rest;
            true
        })
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn leading_digits(&self) -> usize {
        self.rest.bytes().take_while(u8::is_ascii_digit).count()
    }
}

/// `2003-12-31T10:14:55.3+02:00` and what people make of it: other separators, blanks, parts missing, a two-digit year, a day of the year.
fn read_iso(text: &str) -> Option<Timestamp> {
    let mut at = Cursor { rest: text };
    let (year, month, day) = match at.leading_digits() {
        4 => {
            let year = at.digits(4)?;
            let separator = ['-', '/', '.'].into_iter().find(|separator| at.eat(*separator));
            at.skip_spaces();
            match (separator, at.leading_digits()) {
                (Some('-'), 3) => {
                    let ordinal = i16::try_from(at.digits(3)?).ok()?;
                    let date = Date::new(i16::try_from(year).ok()?, 1, 1).ok()?.with().day_of_year(ordinal).build().ok()?;
                    return finish(date, &mut at);
                }
                (Some(separator), 1 | 2) => {
                    let month = at.short()?;
                    if at.eat(separator) {
                        at.skip_spaces();
                        (year, month, if at.leading_digits() == 0 { 1 } else { at.short()? })
                    } else if separator == '-' {
                        (year, month, 1)
                    } else {
                        return None;
                    }
                }
                // A bare year is a date only when nothing else is there.
                (None, 0) if at.rest.is_empty() => (year, 1, 1),
                _ => return None,
            }
        }
        8 | 14 => {
            let date = (at.digits(4)?, at.digits(2)?, at.digits(2)?);
            if at.leading_digits() == 6 {
                let time = time_of(at.digits(2)?, at.digits(2)?, at.digits(2)?, 0)?;
                return at.rest.trim().is_empty().then(|| to_timestamp(civil(date.0, date.1, date.2)?.to_datetime(time), Offset::UTC))?;
            }
            date
        }
        6 => (full_year(at.digits(2)?), at.digits(2)?, at.digits(2)?),
        2 => {
            let (year, month) = (full_year(at.digits(2)?), {
                at.eat('-').then_some(())?;
                at.digits(2)?
            });
            at.eat('-').then_some(())?;
            (year, month, at.digits(2)?)
        }
        _ => return None,
    };
    finish(civil(year, month, day)?, &mut at)
}

/// The time and the zone after an ISO date.
fn finish(date: Date, at: &mut Cursor) -> Option<Timestamp> {
    at.skip_spaces();
    let _ = at.eat('T') || at.eat('t') || at.eat(',') || at.eat('-') && at.leading_digits() > 0;
    at.skip_spaces();
    if at.rest.is_empty() {
        return to_timestamp(date.to_datetime(Time::midnight()), Offset::UTC);
    }
    // In Korean and Chinese the half of the day (or the day of the week) stands before the hour.
    let start = at.rest.find(|c: char| c.is_ascii_digit())?;
    let (words, clock) = at.rest.split_at(start);
    if words.len() > LONGEST_DAY_HALF || words.is_ascii() && !words.is_empty() {
        return None;
    }
    let (mut time, zone) = read_time(clock)?;
    if names_afternoon(words) && time.hour() < 12 {
        time = time.with().hour(time.hour() + 12).build().ok()?;
    }
    to_timestamp(date.to_datetime(time), zone)
}

fn names_afternoon(words: &str) -> bool {
    ["오후", "下午", "午後"].iter().any(|name| words.contains(name))
}

/// `10:14`, `10:14:55.3`, `101455`, `10h14`, `2:05 pm`, with or without a zone behind.
fn read_time(text: &str) -> Option<(Time, Offset)> {
    let mut at = Cursor { rest: text };
    let (mut hour, minute, second, nanosecond);
    match at.leading_digits() {
        1 | 2 => {
            hour = at.short()?;
            if !(at.eat(':') || at.eat('h') || at.eat('.')) {
                // An hour alone, as in `2003-12-31T10Z`.
                let zone = read_zone(at.rest.trim())?;
                return Some((time_of(hour, 0, 0, 0)?, zone));
            }
            minute = if at.leading_digits() == 0 { 0 } else { at.short()? };
            if at.eat(':') || at.eat('.') {
                second = at.short()?;
                nanosecond = fraction(&mut at);
            } else {
                (second, nanosecond) = (0, 0);
            }
        }
        4 => (hour, minute, second, nanosecond) = (at.digits(2)?, at.digits(2)?, 0, 0),
        6 => (hour, minute, second, nanosecond) = (at.digits(2)?, at.digits(2)?, at.digits(2)?, fraction(&mut at)),
        _ => return None,
    }
    at.skip_spaces();
    let lower = at.rest.to_ascii_lowercase();
    for (mark, is_afternoon) in [("am", false), ("a.m.", false), ("pm", true), ("p.m.", true)] {
        if lower.starts_with(mark) && hour <= 12 {
            hour = hour % 12 + if is_afternoon { 12 } else { 0 };
            at.rest = at.rest.get(mark.len()..)?;
            break;
        }
    }
    Some((time_of(hour, minute, second, nanosecond)?, read_zone(at.rest.trim())?))
}

fn fraction(at: &mut Cursor) -> i64 {
    if !(at.eat('.') || at.eat(',')) {
        return 0;
    }
    let width = at.leading_digits();
    let digits: String = at.rest.chars().take(width.min(9)).collect();
    at.rest = at.rest.get(width..).unwrap_or_default();
    format!("{digits:0<9}").parse().unwrap_or(0)
}

/// A leap second is the second before; 24:00 is the last second of the day.
fn time_of(hour: i64, minute: i64, second: i64, nanosecond: i64) -> Option<Time> {
    if hour == 24 && minute == 0 && second == 0 {
        return Time::new(23, 59, 59, 0).ok();
    }
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second.min(59)).ok()?, i32::try_from(nanosecond).ok()?).ok()
}

/// A zone: `Z`, `+02:00`, `-0500`, `+3`, `GMT+3`, `EST`. Nothing and unknown names are UTC; digits that are no zone are an error.
fn read_zone(text: &str) -> Option<Offset> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '.' | '|'));
    let name_length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = text.split_at(name_length);
    let named = zone_named(&name.to_ascii_uppercase());
    let rest = rest.trim();
    let (sign, digits) = match rest.bytes().next() {
        Some(b'+') => (1, rest.get(1..)?),
        Some(b'-') => (-1, rest.get(1..)?),
        _ => return named.or(Some(Offset::UTC)),
    };
    let digits: String = digits.chars().take_while(|c| c.is_ascii_digit() || *c == ':').collect();
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours.parse::<i32>().ok()?, minutes.get(..2).unwrap_or(minutes).parse::<i32>().unwrap_or(0)),
        None if digits.len() <= 2 => (digits.parse::<i32>().ok()?, 0),
        None => (digits.get(..digits.len().min(4) - 2)?.parse().ok()?, digits.get(digits.len().min(4) - 2..digits.len().min(4))?.parse().ok()?),
    };
    if hours > 25 || minutes > 59 {
        return Some(Offset::UTC);
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn zone_named(name: &str) -> Option<Offset> {
    let quarters: i32 = match name {
        "Z" | "UT" | "UTC" | "GMT" | "WET" => 0,
        "EST" | "CDT" => -20,
        "EDT" | "AST" => -16,
        "CST" | "MDT" => -24,
        "MST" | "PDT" => -28,
        "PST" => -32,
        "CET" | "BST" | "WEST" | "MEZ" => 4,
        "CEST" | "EET" | "MESZ" | "SAST" => 8,
        "EEST" | "MSK" | "EAT" | "TRT" => 12,
        "GST" => 16,
        "IRST" => 14,
        "PKT" => 20,
        "IST" => 22,
        "WIB" | "ICT" => 28,
        "HKT" | "SGT" | "PHT" => 32,
        "JST" | "KST" => 36,
        "AEST" => 40,
        _ => return None,
    };
    Offset::from_seconds(quarters * 900).ok()
}

fn to_timestamp(at: DateTime, zone: Offset) -> Option<Timestamp> {
    zone.to_timestamp(at).ok()
}

fn full_year(two_digits: i64) -> i64 {
    two_digits + if two_digits < 70 { 2000 } else { 1900 }
}

fn civil(year: i64, month: i64, day: i64) -> Option<Date> {
    let mut year = i16::try_from(year).ok()?;
    if (2400..2700).contains(&year) {
        year -= BUDDHIST_ERA;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Dates with a month's name or with numbers alone, in any order that leaves no doubt.
fn read_words(text: &str) -> Option<Timestamp> {
    // The time comes out first: its numbers are neither day nor year.
    let (before, time, zone) = split_time(text);
    let mut numbers: Vec<(&str, usize)> = Vec::new();
    let mut months: Vec<(i8, usize)> = Vec::new();
    let mut month_follows = false;
    for (position, word) in before
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '/' | '.' | '(' | ')' | '|' | '\''))
        .filter(|word| !word.is_empty())
        .enumerate()
    {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let month_is_here = std::mem::replace(&mut month_follows, matches!(word, "tháng" | "Tháng" | "thg"));
        if month_is_here && digits == word.len() {
            months.push((word.parse().ok()?, position)); // Vietnamese counts its months
        } else if digits > 0 {
            numbers.push((word.get(..digits)?, position));
            // `31-Dec-2003` is split, `31Dec2003` is not.
            let rest = word.get(digits..)?;
            let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            if let Some(month) = rest.get(..letters).and_then(month_of) {
                months.push((month, position));
                if let Some(year) = rest.get(letters..).filter(|year| year.len() == 4) {
                    numbers.push((year, position));
                }
            }
        } else if let Some(month) = month_of(word) {
            months.push((month, position));
        }
    }
    let value = |text: &str| text.parse::<i64>().ok();
    let date = if months.is_empty() {
        let [(first, _), (second, _), (third, _)] = numbers.get(..3)?.try_into().ok()?;
        if third.len() != 4 {
            return None;
        }
        let (first, second, year) = (value(first)?, value(second)?, value(third)?);
        let dotted = before.contains('.') && !before.contains('/');
        // 02.03.2026 is a day first wherever dots are used; with a slash only a number over 12 (or twice the same) tells.
        match (first, second) {
            (day, month) if dotted || day > 12 || day == month => civil(year, month, day)?,
            (month, day) if day > 12 => civil(year, month, day)?,
            _ => return None,
        }
    } else {
        let year_at = numbers.iter().position(|(text, _)| text.len() == 4);
        let (month, _) = months.iter().copied().min_by_key(|(_, position)| numbers.iter().map(|(_, at)| at.abs_diff(*position)).min())?;
        let mut days = numbers.iter().enumerate().filter(|(index, (text, _))| Some(*index) != year_at && text.len() <= 2);
        let day = value(days.next()?.1.0)?;
        let year = if let Some(index) = year_at {
            value(numbers.get(index)?.0)?
        } else {
            let short = days.next()?.1.0;
            if short.len() != 2 {
                return None;
            }
            full_year(value(short)?)
        };
        civil(year, i64::from(month), day)?
    };
    to_timestamp(date.to_datetime(time), zone)
}

/// Finds `h:mm` and cuts it out with all that follows of time and zone; a year may stand behind (`Dec 31 10:14:55 2003`).
fn split_time(text: &str) -> (String, Time, Offset) {
    let bytes = text.as_bytes();
    let is_digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    for (index, byte) in bytes.iter().enumerate() {
        if *byte != b':' || index == 0 || !is_digit(index - 1) || !is_digit(index + 1) {
            continue;
        }
        let start = if index >= 2 && is_digit(index - 2) { index - 2 } else { index - 1 };
        let (Some(before), Some(clock)) = (text.get(..start), text.get(start..)) else { continue };
        let length = clock.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.')).count();
        let Some((clock_text, after)) = clock.split_at_checked(length) else { continue };
        let year_behind = after.split_whitespace().rev().find(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()));
        let zone_text = year_behind.map_or_else(|| after.to_owned(), |year| after.replace(year, " "));
        // In Korean and Chinese the half of the day stands before the hour.
        let is_afternoon = names_afternoon(before);
        let clock_text = clock_text.trim_end_matches('.');
        let parsed = read_time(&format!("{clock_text}{}{zone_text}", if is_afternoon { " pm " } else { "" })).or_else(|| read_time(clock_text));
        let Some((time, zone)) = parsed else { continue };
        // `2 марта 2026 | 10:14` has its date before, `10:14, 2 марта 2026` behind the time.
        let has_date_before = before.bytes().any(|byte| byte.is_ascii_digit());
        if has_date_before {
            return (format!("{before} {}", year_behind.unwrap_or_default()), time, zone);
        }
        let zone = if zone_text.trim_start().starts_with(['+', '-']) { zone } else { Offset::UTC };
        return (format!("{before} {after}"), time, zone);
    }
    (text.to_owned(), Time::midnight(), Offset::UTC)
}

/// Seconds or milliseconds since 1970, between 2001 and 2100.
fn read_epoch(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    match text.len() {
        10 => Timestamp::from_second(number).ok(),
        13 => Timestamp::from_millisecond(number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
