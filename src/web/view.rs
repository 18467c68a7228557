//! Pieces that several pages share: moments, links, percentages, the frame.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;

use crate::web::messages::Said;
use crate::web::visit;

/// Where in the navigation a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Section {
    Coverage,
    Stories,
    Incidents,
    Alerts,
    Sources,
    Watchlists,
    #[default]
    None,
}

/// What the navigation names: the section, its address, the message that names it.
pub const NAVIGATION: [(Section, &str, &str); 6] = [
    (Section::Coverage, "/", "nav.coverage"),
    (Section::Stories, "/stories", "nav.stories"),
    (Section::Incidents, "/incidents", "nav.incidents"),
    (Section::Alerts, "/alerts", "nav.alerts"),
    (Section::Sources, "/sources", "nav.sources"),
    (Section::Watchlists, "/watchlists", "nav.watchlists"),
];

/// A moment in the reader's time zone as a `time` element, with how long it is from now in its title.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct When {
    at: Timestamp,
    now: Timestamp,
    relative: bool,
}

impl When {
    /// `2026-05-04 09:30 UTC`, with `3 h ago` as its title.
    pub fn new(at: Timestamp, now: Timestamp) -> Self {
        Self { at, now, relative: false }
    }

    /// `3 h ago`, with the date as its title.
    pub fn ago(at: Timestamp, now: Timestamp) -> Self {
        Self { at, now, relative: true }
    }

    fn absolute(self) -> String {
        let zone = visit::current().zone.clone();
        self.at.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
    }
}

impl fmt::Display for When {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let machine = self.at.strftime("%Y-%m-%dT%H:%M:%SZ");
        let (absolute, relative) = (Said::value(self.absolute()), far(self.at, self.now));
        let (shown, title) = if self.relative { (relative, absolute) } else { (absolute, relative) };
        write!(out, "<time datetime=\"{machine}\" title=\"{title}\">{shown}</time>")
    }
}

// Digits, and messages that are escaped.
impl HtmlSafe for When {}

/// How far a moment is from now, in the one unit that says most, in the reader's language.
pub fn distance(at: Timestamp, now: Timestamp) -> String {
    far(at, now).plain()
}

fn far(at: Timestamp, now: Timestamp) -> Said {
    let texts = visit::texts();
    let seconds = now.as_second().saturating_sub(at.as_second());
    let ahead = seconds < 0;
    let (past, future, number) = match seconds.unsigned_abs() {
        0..=59 => return texts.say(if ahead { "time.soon" } else { "time.now" }),
        seconds @ 60..=3599 => ("time.minutes_ago", "time.in_minutes", seconds / 60),
        seconds @ 3600..=172_799 => ("time.hours_ago", "time.in_hours", seconds / 3600),
        seconds => ("time.days_ago", "time.in_days", seconds / 86_400),
    };
    texts.count(if ahead { future } else { past }, number)
}

/// How long something lasted, in the one unit that says most.
pub fn length(seconds: i64) -> String {
    match seconds {
        ..=89 => format!("{} s", seconds.max(0)),
        90..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// The address, if a reader may follow it: `javascript:`, `data:` and their like are text, never links.
pub fn link(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.password().is_none()).then(|| url.into())
}

/// `87 %` for a share between 0 and 1.
pub fn percent(share: f32) -> String {
    format!("{:.0} %", share.clamp(0.0, 1.0) * 100.0)
}

/// `1 copy`, `2 copies`.
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `10 000`, with a narrow space that does not break.
pub fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.as_bytes().get(at - 1).is_some_and(u8::is_ascii_digit) {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    out
}

/// Renders a page.
pub fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!("a page could not be written: {error}");
            (StatusCode::INTERNAL_SERVER_ERROR, "the page could not be written").into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        let check = |url: &str, expect: bool| assert_eq!(link(url).is_some(), expect, "{url}");
        check("https://valley.example/a?b=c#d", true);
        check("HTTP://valley.example/", true);
        check("javascript:alert(1)", false);
        check("\u{1}javascript:alert(1)", false);
        check("java\nscript:alert(1)", false);
        check("data:text/html,x", false);
        check("//valley.example/", false);
        check("https://bank.example@evil.example/", false);
        check("ftp://valley.example/", false);
    }

    #[test]
    fn moments_say_how_far_they_are() {
        let now: Timestamp = "2026-05-04T12:00:00Z".parse().unwrap();
        let check = |at: &str, expect: &str| assert_eq!(distance(at.parse().unwrap(), now), expect);
        check("2026-05-04T11:59:30Z", "just now");
        check("2026-05-04T11:15:00Z", "45 min ago");
        check("2026-05-03T11:15:00Z", "24 h ago");
        check("2026-04-30T12:00:00Z", "4 days ago");
        check("2026-05-04T14:00:00Z", "in 2 h");
        let shown = When::new("2026-05-04T09:30:10Z".parse().unwrap(), now).to_string();
        assert_eq!(shown, "<time datetime=\"2026-05-04T09:30:10Z\" title=\"2 h ago\">2026-05-04 09:30 UTC</time>");
    }
}
