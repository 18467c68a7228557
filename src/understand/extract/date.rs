//! Dates as pages write them.
//!
//! In: an attribute or a line of text. Out: a moment; midnight UTC where no time is given, UTC where no zone is. Absent: relative dates
//! ("yesterday"), which need a clock, and calendars other than the Gregorian.

use std::sync::LazyLock;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use regex::{Captures, Regex};

/// Years that a news page may carry; others are numbers of another kind.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;

/// Names of months, and their beginnings of at least three letters, in the languages of the sources. Lower case.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "januar", "janvier", "enero", "gennaio", "janeiro", "januari", "stycznia", "января", "січня", "studzień", "ocak", "ledna",
        "januára", "ianuarie", "január", "jänner", "қаңтар", "yanvar", "студзеня", "януари", "јануар", "siječnja", "janv", "ene", "sty", "янв",
        "січ", "oca",
    ],
    &[
        "february", "februar", "février", "febrero", "febbraio", "fevereiro", "februari", "lutego", "февраля", "лютого", "şubat", "února",
        "februára", "februarie", "február", "ақпан", "fevral", "лютага", "февруари", "фебруар", "veljače", "févr", "fev", "lut", "фев", "лют",
        "şub", "feb",
    ],
    &[
        "march", "märz", "mars", "marzo", "março", "maart", "marca", "марта", "березня", "mart", "března", "martie", "március", "наурыз",
        "сакавіка", "март", "ožujka", "mär", "mrz", "mar", "мар", "бер",
    ],
    &[
        "april", "avril", "abril", "aprile", "kwietnia", "апреля", "квітня", "nisan", "dubna", "apríla", "aprilie", "április", "сәуір", "aprel",
        "красавіка", "април", "travnja", "avr", "abr", "kwi", "апр", "кві", "nis", "apr",
    ],
    &[
        "may", "mai", "mayo", "maggio", "maio", "mei", "maja", "мая", "травня", "mayıs", "května", "mája", "május", "мамыр", "траўня", "май",
        "мај", "svibnja", "mag", "тра",
    ],
    &[
        "june", "juni", "juin", "junio", "giugno", "junho", "czerwca", "июня", "червня", "haziran", "června", "júna", "iunie", "június", "маусым",
        "iyun", "чэрвеня", "юни", "јун", "lipnja", "jun", "giu", "cze", "июн", "чер", "haz",
    ],
    &[
        "july", "juli", "juillet", "julio", "luglio", "julho", "lipca", "июля", "липня", "temmuz", "července", "júla", "iulie", "július", "шілде",
        "iyul", "ліпеня", "юли", "јул", "srpnja", "juil", "jul", "lug", "lip", "июл", "лип", "tem",
    ],
    &[
        "august", "août", "agosto", "augustus", "sierpnia", "августа", "серпня", "ağustos", "srpna", "augusta", "augusztus", "тамыз", "avqust",
        "жніўня", "август", "kolovoza", "aout", "ago", "sie", "авг", "сер", "ağu", "aug",
    ],
    &[
        "september", "septembre", "septiembre", "settembre", "setembro", "września", "сентября", "вересня", "eylül", "září", "septembra",
        "septembrie", "szeptember", "қыркүйек", "sentyabr", "верасня", "септември", "септембар", "rujna", "sept", "set", "wrz", "сен", "вер",
        "eyl", "sep",
    ],
    &[
        "october", "oktober", "octobre", "octubre", "ottobre", "outubro", "października", "октября", "жовтня", "ekim", "října", "októbra",
        "octombrie", "október", "қазан", "oktyabr", "кастрычніка", "октомври", "октобар", "listopada", "okt", "ott", "out", "paź", "окт", "жов",
        "eki", "oct",
    ],
    &[
        "november", "novembre", "noviembre", "novembro", "ноября", "листопада", "kasım", "novembra", "noiembrie", "қараша", "noyabr", "лістапада",
        "ноември", "новембар", "studenoga", "lis", "ноя", "кас", "kas", "nov",
    ],
    &[
        "december", "dezember", "décembre", "diciembre", "dicembre", "dezembro", "grudnia", "декабря", "грудня", "aralık", "prosince", "decembra",
        "decembrie", "желтоқсан", "dekabr", "снежня", "декември", "децембар", "prosinca", "déc", "dic", "dez", "gru", "дек", "гру", "ara", "dec",
    ],
];

static ISO: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:(?:[T ,]|\s-\s)+(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2}))?(?:[.,]\d+)?\s*(?P<z>[Zz]|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?)?",
    )
    .ok()
});
static DAY_FIRST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|\D)(?P<d>\d{1,2})\s?[./-]\s?(?P<m>\d{1,2})\s?[./-]\s?(?P<y>\d{4}|\d{2})(?:\D|$)").ok());
static MONTH_NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?P<d1>\d{1,2})(?:st|nd|rd|th|er|º|\.)?,?[\s-]+(?:of |de |del |d')?(?P<m1>\p{L}{3,14})\.?,?[\s-]+(?:de |del )?(?P<y1>\d{4})|(?P<m2>\p{L}{3,14})\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{4})|(?P<y3>\d{4})\s+(?P<m3>\p{L}{3,14})\.?\s+(?P<d3>\d{1,2})(?:\D|$)",
    )
    .ok()
});
static EAST_ASIAN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일]").ok());
static CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[^\d:.])(?P<h>\d{1,2})[:.](?P<min>\d{2})(?::\d{2})?(?:\s*(?P<half>am|pm|a\.m\.|p\.m\.))?(?:[^\d:.]|$)").ok()
});

/// Reads the first date of a text. Only its first 200 bytes are looked at.
pub fn parse_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let text = text.get(..text.floor_char_boundary(200)).unwrap_or_default();
    if text.len() < 6 {
        return None;
    }
    if let Some(moment) = unix_or_compact(text) {
        return Some(moment);
    }
    let rfc2822 = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    if let Ok(moment) = rfc2822.parse_timestamp(text) {
        return plausible(moment);
    }
    let by = |pattern: &LazyLock<Option<Regex>>, read: fn(&Captures, &str) -> Option<Timestamp>| {
        (**pattern).as_ref().and_then(|pattern| pattern.captures_iter(text).find_map(|found| read(&found, text)))
    };
    by(&ISO, iso).or_else(|| by(&EAST_ASIAN, numbered)).or_else(|| by(&MONTH_NAMED, month_named)).or_else(|| by(&DAY_FIRST, day_first))
}

/// Reads a date in an address: `/2024/05/31/`, `/2024-05-31-`, `/20240531/`.
pub fn date_in_path(path: &str) -> Option<Timestamp> {
    static PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^\d])(?P<y>(?:19|20)\d{2})([-/_]?)(?P<m>0[1-9]|1[0-2]|[1-9])[-/_]?(?P<d>0[1-9]|[12]\d|3[01])(?:[^\d]|$)").ok()
    });
    let found = PATH.as_ref()?.captures(path)?;
    // Without separators only the full eight digits are a date.
    let digits: usize = ["y", "m", "d"].iter().filter_map(|name| found.name(name)).map(|part| part.len()).sum();
    let separated = found.get(2).is_some_and(|separator| !separator.is_empty());
    (separated || digits == 8).then(|| numbered(&found, "")).flatten()
}

fn unix_or_compact(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        8 => moment(number(text.get(..4))?, number(text.get(4..6))?, number(text.get(6..))?, 0, 0, 0),
        10 => plausible(Timestamp::from_second(text.parse().ok()?).ok()?),
        13 => plausible(Timestamp::from_millisecond(text.parse().ok()?).ok()?),
        14 => moment(
            number(text.get(..4))?,
            number(text.get(4..6))?,
            number(text.get(6..8))?,
            number(text.get(8..10))?,
            number(text.get(10..12))?,
            number(text.get(12..))?,
        ),
        _ => None,
    }
}

fn iso(found: &Captures, _text: &str) -> Option<Timestamp> {
    let part = |name| number(found.name(name).map(|part| part.as_str()));
    let (hour, minute, second) = (part("h").unwrap_or(0), part("min").unwrap_or(0), part("s").unwrap_or(0));
    let local = moment(part("y")?, part("m")?, part("d")?, hour, minute, second)?;
    let shift = match found.name("z").map(|zone| zone.as_str()) {
        Some(zone) if zone.starts_with(['+', '-']) => {
            let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
            let (hours, minutes) = match digits.len() {
                1 | 2 => (digits.parse::<i64>().ok()?, 0),
                length => (digits.get(..length - 2)?.parse::<i64>().ok()?, digits.get(length - 2..)?.parse::<i64>().ok()?),
            };
            let seconds = hours * 3_600 + minutes * 60;
            if zone.starts_with('-') { -seconds } else { seconds }
        }
        _ => 0,
    };
    if shift.abs() > 15 * 3_600 {
        return Some(local);
    }
    local.checked_sub(SignedDuration::from_secs(shift)).ok()
}

fn numbered(found: &Captures, text: &str) -> Option<Timestamp> {
    let part = |name| number(found.name(name).map(|part| part.as_str()));
    let (hour, minute) = clock(text);
    moment(part("y")?, part("m")?, part("d")?, hour, minute, 0)
}

fn month_named(found: &Captures, text: &str) -> Option<Timestamp> {
    ["1", "2", "3"].iter().find_map(|form| {
        let part = |name: &str| found.name(&format!("{name}{form}")).map(|part| part.as_str());
        let month = month(part("m")?)?;
        let (hour, minute) = clock(text);
        moment(number(part("y"))?, month, number(part("d"))?, hour, minute, 0)
    })
}

/// Day first, as most of the world writes; month first where the day could be no month.
fn day_first(found: &Captures, text: &str) -> Option<Timestamp> {
    let part = |name| number(found.name(name).map(|part| part.as_str()));
    let (day, month, year) = (part("d")?, part("m")?, part("y")?);
    let year = if year < 100 { year + 2_000 } else { year };
    let (day, month) = if month > 12 { (month, day) } else { (day, month) };
    let (hour, minute) = clock(text);
    moment(year, month, day, hour, minute, 0)
}

/// The month that a word names, whatever its case and ending.
fn month(word: &str) -> Option<i16> {
    let word = word.to_lowercase();
    let place = MONTHS.iter().position(|names| names.contains(&word.as_str())).or_else(|| {
        // Cases and possessives: "markt" is no month, "januarja" and "qaňtardyň" are.
        MONTHS.iter().position(|names| names.iter().any(|name| name.chars().count() >= 5 && word.starts_with(name) && word.len() <= name.len() + 4))
    })?;
    i16::try_from(place + 1).ok()
}

fn clock(text: &str) -> (i16, i16) {
    let Some(found) = CLOCK.as_ref().and_then(|pattern| pattern.captures(text)) else { return (0, 0) };
    let part = |name| number(found.name(name).map(|part| part.as_str()));
    let (Some(hour), Some(minute)) = (part("h"), part("min")) else { return (0, 0) };
    let half = found.name("half").map(|half| half.as_str().to_ascii_lowercase());
    let hour = match half {
        Some(half) if half.starts_with('p') && hour < 12 => hour + 12,
        Some(half) if half.starts_with('a') && hour == 12 => 0,
        _ => hour,
    };
    if hour < 24 && minute < 60 { (hour, minute) } else { (0, 0) }
}

fn number(text: Option<&str>) -> Option<i16> {
    text?.parse().ok()
}

fn moment(year: i16, month: i16, day: i16, hour: i16, minute: i16, second: i16) -> Option<Timestamp> {
    let small = |value: i16| i8::try_from(value).ok();
    let second = small(second)?.min(59);
    let time = DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, second, 0).ok()?;
    plausible(TimeZone::fixed(Offset::UTC).to_timestamp(time).ok()?)
}

fn plausible(moment: Timestamp) -> Option<Timestamp> {
    YEARS.contains(&Offset::UTC.to_datetime(moment).year()).then_some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(parse_date(text).map(|moment| moment.to_string()).unwrap_or_default(), expect, "{text}");
    }

    #[test]
    fn dates_are_read_in_many_forms() {
        check("2024-05-31T10:20:30+02:00", "2024-05-31T08:20:30Z");
        check("2024-05-31T10:20:30.123Z", "2024-05-31T10:20:30Z");
        check("2024-05-31 10:20:30 +0530", "2024-05-31T04:50:30Z");
        check("2024-05-31", "2024-05-31T00:00:00Z");
        check("20240531", "2024-05-31T00:00:00Z");
        check("1717150830", "2024-05-31T10:20:30Z");
        check("1717150830000", "2024-05-31T10:20:30Z");
        check("Fri, 31 May 2024 10:20:30 GMT", "2024-05-31T10:20:30Z");
        check("31.05.2024, 10:20 Uhr", "2024-05-31T10:20:00Z");
        check("05/31/2024", "2024-05-31T00:00:00Z");
        check("May 31, 2024 at 6:05 pm", "2024-05-31T18:05:00Z");
        check("31 мая 2024", "2024-05-31T00:00:00Z");
        check("3. března 2024", "2024-03-03T00:00:00Z");
        check("31 de mayo de 2024", "2024-05-31T00:00:00Z");
        check("2024年5月31日", "2024-05-31T00:00:00Z");
        check("2024년 5월 31일", "2024-05-31T00:00:00Z");
        check("1er août 2024", "2024-08-01T00:00:00Z");
    }

    #[test]
    fn other_numbers_are_no_dates() {
        for text in ["", "12:30", "1234-56-78", "phone 555 1234", "0000-00-00", "99999999999999999999", "31.02.2024", "Article 19, section 2"] {
            check(text, "");
        }
    }

    #[test]
    fn dates_in_addresses_are_read() {
        let day = |path: &str| date_in_path(path).map(|moment| moment.to_string());
        assert_eq!(day("/news/2024/05/31/title").as_deref(), Some("2024-05-31T00:00:00Z"));
        assert_eq!(day("/a-2024-05-31-b").as_deref(), Some("2024-05-31T00:00:00Z"));
        assert_eq!(day("/20240531/x").as_deref(), Some("2024-05-31T00:00:00Z"));
        assert_eq!(day("/item/202405317"), None);
        assert_eq!(day("/2024/title"), None);
    }
}
