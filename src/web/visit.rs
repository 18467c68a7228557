//! Who reads the page that is being made, in which language and time zone.
//!
//! [`guard`](crate::web::guard) finds it out once for each request; the pages read it where they need it, the frame of every page among them, and
//! what is shown when no page could be made. Outside a request (in commands that share words with the pages) it is English, UTC and nobody.

use std::sync::Arc;

use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::{HeaderMap, Uri};
use jiff::tz::TimeZone;
use url::form_urlencoded;

use crate::config::{Config, Watchlist};
use crate::model::Role;
use crate::web::access::Viewer;
use crate::web::messages::{Said, Texts, Tongue};

/// Keeps the chosen language in the reader's browser.
pub const LANGUAGE_COOKIE: &str = "presswatch_lang";
/// Keeps the chosen time zone in the reader's browser.
pub const ZONE_COOKIE: &str = "presswatch_zone";

tokio::task_local! {
    static VISIT: Arc<Visit>;
}

/// One request of one reader.
#[derive(Debug, Clone)]
pub struct Visit {
    pub texts: Texts,
    pub zone: TimeZone,
    /// The zone that the configuration names.
    pub home_zone: TimeZone,
    /// `None`: nobody signed in, where the pages ask for it.
    pub viewer: Option<Viewer>,
    /// What every form that changes something carries.
    pub csrf: String,
    /// Path and query of the page, for links that lead back to it.
    pub here: String,
    /// The language was chosen by `?lang=`: it is kept in a cookie.
    pub chosen: Option<Tongue>,
}

impl Default for Visit {
    fn default() -> Self {
        let here = "/".to_owned();
        Self { texts: Texts::default(), zone: TimeZone::UTC, home_zone: TimeZone::UTC, viewer: None, csrf: String::new(), here, chosen: None }
    }
}

impl Visit {
    /// Reads language and zone: `?lang=`, the cookie, what the browser accepts; the cookie, the configuration.
    pub fn new(uri: &Uri, headers: &HeaderMap, config: &Config, viewer: Option<Viewer>, csrf: String) -> Self {
        let asked = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).find(|(key, _)| key == "lang");
        let chosen = asked.and_then(|(_, code)| Tongue::parse(&code));
        let kept = || cookie(headers, LANGUAGE_COOKIE).and_then(Tongue::parse);
        let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| Tongue::accepted(value.to_str().ok()?));
        let tongue = chosen.or_else(kept).or_else(accepted).unwrap_or_default();
        let home_zone = config.web.timezone.clone();
        let zone = cookie(headers, ZONE_COOKIE).and_then(zone).unwrap_or_else(|| home_zone.clone());
        let here = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Self { texts: Texts::new(tongue), zone, home_zone, viewer, csrf, here, chosen }
    }

    /// `fr`, for `<html lang>`.
    pub fn language(&self) -> &'static str {
        self.texts.tongue.code()
    }

    pub fn direction(&self) -> &'static str {
        self.texts.tongue.direction()
    }

    /// The languages: code, name in itself, address of this page in it (`None` for the one that it is in).
    pub fn tongues(&self) -> Vec<(&'static str, &'static str, Option<String>)> {
        Tongue::ALL.into_iter().map(|tongue| (tongue.code(), tongue.name(), (tongue != self.texts.tongue).then(|| self.here_in(tongue)))).collect()
    }

    /// `UTC`, `Asia/Almaty`.
    pub fn zone_name(&self) -> String {
        zone_name(&self.zone)
    }

    pub fn is_admin(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.role == Role::Admin)
    }

    /// Where language and zone are chosen, leading back to this page.
    pub fn preferences(&self) -> String {
        crate::web::query::address("/preferences", &[("back", &self.here)])
    }

    fn here_in(&self, tongue: Tongue) -> String {
        let (path, query) = self.here.split_once('?').unwrap_or((&self.here, ""));
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key != "lang"));
        pairs.append_pair("lang", tongue.code());
        format!("{path}?{}", pairs.finish())
    }

    /// Answers within this visit.
    pub async fn within<F: Future>(self, work: F) -> F::Output {
        VISIT.scope(Arc::new(self), work).await
    }
}

/// The visit of this request.
pub fn current() -> Arc<Visit> {
    VISIT.try_with(Arc::clone).unwrap_or_default()
}

/// Whether this reader may see a list's name, terms and findings. Outside a request a restricted list is hidden.
pub fn may_see(list: &Watchlist) -> bool {
    current().viewer.as_ref().map_or(!list.restricted, |viewer| viewer.may_see(list))
}

/// The words in the reader's language: `{% let t = crate::web::visit::texts() %}` at the beginning of a block.
pub fn texts() -> Texts {
    VISIT.try_with(|visit| visit.texts).unwrap_or_default()
}

/// One message, where a block needs no more.
pub fn say(key: &str) -> Said {
    texts().say(key)
}

/// The zone of a name of the IANA database.
pub fn zone(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    let plain = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
    if !plain || name.is_empty() { None } else { TimeZone::get(name).ok() }
}

/// `UTC`, `Asia/Almaty`.
pub fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

/// The value of a cookie of ours; of two of the same name neither is taken.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(known, _)| *known == name).map(|(_, value)| value);
    found.next().filter(|_| found.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_linked_in_its_other_languages_with_its_filter() {
        let visit = Visit { here: "/stories?country=KZ&lang=fr&words=a%26b".to_owned(), ..Visit::default() };
        let russian = visit.tongues().into_iter().find(|(code, ..)| *code == "ru").unwrap().2;
        assert_eq!(russian.as_deref(), Some("/stories?country=KZ&words=a%26b&lang=ru"));
    }

    #[test]
    fn cookies_are_read_one_by_one() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "a=1; presswatch_lang=ru; b=2".parse().unwrap());
        assert_eq!(cookie(&headers, LANGUAGE_COOKIE), Some("ru"));
        assert_eq!(cookie(&headers, "c"), None);
        headers.append(COOKIE, "a=3".parse().unwrap());
        assert_eq!(cookie(&headers, "a"), None);
    }

    #[test]
    fn only_names_of_zones_are_zones() {
        assert!(zone("Asia/Almaty").is_some() && zone("UTC").is_some());
        for wrong in ["", "../etc/passwd", "Nowhere/Else", "/etc/localtime"] {
            assert!(zone(wrong).is_none(), "{wrong}");
        }
    }
}
