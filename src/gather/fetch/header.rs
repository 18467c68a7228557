//! Header fields that speak of time: Retry-After, Cache-Control, Expires.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::net::HeaderMap;
use crate::net::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, RETRY_AFTER};

/// No server may silence a source for longer.
const LONGEST: Duration = Duration::from_hours(24);

/// How long the server asks to be left alone: seconds or a date (RFC 9110, 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, &RETRY_AFTER)?;
    let delay = if value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a very long time, not an unreadable one.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        until(value, now)?
    };
    Some(delay.min(LONGEST))
}

/// How long the document is fresh (RFC 9111, 4.2.1).
pub(super) fn fresh_for(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let directives = text(headers, &CACHE_CONTROL).unwrap_or_default().to_ascii_lowercase();
    let mut max_age = None;
    for directive in directives.split(',').map(str::trim) {
        match directive.split_once('=') {
            Some(("max-age", seconds)) => max_age = seconds.trim_matches('"').parse::<u64>().ok(),
            None if matches!(directive, "no-cache" | "no-store") => return None,
            _ => {}
        }
    }
    let fresh = if let Some(seconds) = max_age {
        let age = text(headers, &AGE).and_then(|age| age.parse().ok()).unwrap_or(0);
        Duration::from_secs(seconds.saturating_sub(age))
    } else {
        // The server's own clock measures its own dates.
        let sent = text(headers, &DATE).and_then(moment).unwrap_or(now);
        until(text(headers, &EXPIRES)?, sent)?
    };
    Some(fresh.min(LONGEST)).filter(|fresh| !fresh.is_zero())
}

fn text<'h>(headers: &'h HeaderMap, name: &crate::net::HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|value| !value.is_empty())
}

fn moment(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok()
}

fn until(text: &str, now: Timestamp) -> Option<Duration> {
    Some(Duration::try_from(moment(text)?.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{fresh_for, retry_after};
    use crate::net::header::{CACHE_CONTROL, DATE, EXPIRES, RETRY_AFTER};
    use crate::net::{HeaderMap, HeaderName};

    fn now() -> Timestamp {
        "2026-03-02T10:00:00Z".parse().unwrap()
    }

    fn headers(fields: &[(HeaderName, &str)]) -> HeaderMap {
        fields.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[track_caller]
    fn retry(value: &str, expect: Option<u64>) {
        assert_eq!(retry_after(&headers(&[(RETRY_AFTER, value)]), now()), expect.map(Duration::from_secs), "{value}");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_a_day_at_most() {
        retry("120", Some(120));
        retry("0", Some(0));
        retry("99999999", Some(86_400));
        retry("99999999999999999999999999", Some(86_400));
        retry("Mon, 02 Mar 2026 10:05:00 GMT", Some(300));
        retry("Mon, 02 Mar 2020 10:05:00 GMT", Some(0));
        retry("Wed, 02 Mar 2050 10:05:00 GMT", Some(86_400));
        retry("soon", None);
        retry("-5", None);
    }

    #[test]
    fn freshness_comes_from_max_age_and_then_from_expires() {
        let fresh = |fields: &[(HeaderName, &str)]| fresh_for(&headers(fields), now()).map(|fresh| fresh.as_secs());
        assert_eq!(fresh(&[(CACHE_CONTROL, "public, max-age=600")]), Some(600));
        assert_eq!(fresh(&[(CACHE_CONTROL, "no-cache, max-age=600")]), None);
        assert_eq!(fresh(&[(CACHE_CONTROL, "max-age=0")]), None);
        assert_eq!(fresh(&[(EXPIRES, "Mon, 02 Mar 2026 11:00:00 GMT")]), Some(3600));
        assert_eq!(fresh(&[(EXPIRES, "Mon, 02 Mar 2026 11:00:00 GMT"), (DATE, "Mon, 02 Mar 2026 10:59:00 GMT")]), Some(60));
        assert_eq!(fresh(&[(EXPIRES, "0")]), None);
        assert_eq!(fresh(&[(CACHE_CONTROL, "max-age=31536000")]), Some(86_400));
    }
}
