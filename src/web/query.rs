//! What a reader asks for in an address: read strictly, so that a mistyped filter never looks like an empty result.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use crate::config::codes;
use crate::model::{AlertId, IncidentId, IncidentStatus, SourceId, StoryId, WatchlistId};
use crate::store::{AlertFilter, IncidentFilter, StoryFilter};
use crate::watch::search_terms;
use crate::web::failure::Failure;

/// More words than anybody types.
const WORDS_LIMIT_BYTES: usize = 1000;
/// The states of a delivery.
pub const STATES: [&str; 3] = ["pending", "delivered", "dead"];

/// The keys of `/stories`, as given; an empty field of the form counts as absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StoryQuery {
    pub words: String,
    pub country: String,
    pub topic: String,
    pub actor: String,
    pub source: String,
    pub language: String,
    pub watchlist: String,
    /// `1`: copies are listed too.
    pub copies: String,
    pub before: String,
}

impl StoryQuery {
    /// Reads every key.
    pub fn filter(&self) -> Result<StoryFilter, Failure> {
        let mut filter = StoryFilter::default();
        if let Some(text) = given(&self.country) {
            let country =
                codes::country(text).map_err(|hint| bad("country", text, hint.as_deref().unwrap_or("use two letters of ISO 3166-1, such as KZ")))?;
            filter.country = Some(country.to_string());
        }
        if let Some(text) = given(&self.language) {
            let language =
                codes::language(text).map_err(|hint| bad("language", text, hint.as_deref().unwrap_or("use a code of ISO 639, such as kk")))?;
            filter.language = Some(language.to_string());
        }
        filter.topic = label_id("topic", &self.topic)?;
        filter.actor = label_id("actor", &self.actor)?;
        if let Some(text) = given(&self.source) {
            filter.source = Some(SourceId::new(text).map_err(|error| bad("source", text, error.rule))?.to_string());
        }
        if let Some(text) = given(&self.watchlist) {
            filter.watchlist = Some(WatchlistId::new(text).map_err(|error| bad("watchlist", text, error.rule))?.to_string());
        }
        if let Some(text) = given(&self.words) {
            if text.len() > WORDS_LIMIT_BYTES {
                return Err(Failure::bad_request(
                    "That is too much to search for",
                    "Search for a few words, or a \"phrase\" between quotation marks.",
                ));
            }
            filter.words = search_terms(text);
            if filter.words.is_empty() {
                return Err(bad("words", text, "there is no word in it"));
            }
        }
        filter.with_copies = match given(&self.copies) {
            None => false,
            Some("1") => true,
            Some(other) => return Err(bad("copies", other, "use 1, or leave it out")),
        };
        if let Some(text) = given(&self.before) {
            filter.before = Some(StoryId(uuid("before", text)?));
        }
        Ok(filter)
    }

    /// The address that continues the list after this story.
    pub fn older(&self, last: StoryId) -> String {
        let last = last.to_string();
        address(
            "/stories",
            &[
                ("words", &self.words),
                ("country", &self.country),
                ("topic", &self.topic),
                ("actor", &self.actor),
                ("source", &self.source),
                ("language", &self.language),
                ("watchlist", &self.watchlist),
                ("copies", &self.copies),
                ("before", &last),
            ],
        )
    }
}

/// The keys of `/alerts`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AlertQuery {
    pub state: String,
    pub watchlist: String,
    pub before: String,
}

impl AlertQuery {
    /// Reads every key.
    pub fn filter(&self) -> Result<AlertFilter, Failure> {
        let mut filter = AlertFilter::default();
        if let Some(text) = given(&self.state) {
            if !STATES.contains(&text) {
                return Err(bad("state", text, "use pending, delivered or dead"));
            }
            filter.state = Some(text.to_owned());
        }
        if let Some(text) = given(&self.watchlist) {
            filter.watchlist = Some(WatchlistId::new(text).map_err(|error| bad("watchlist", text, error.rule))?.to_string());
        }
        if let Some(text) = given(&self.before) {
            filter.before = Some(AlertId(uuid("before", text)?));
        }
        Ok(filter)
    }

    /// The address that continues the list after this alert.
    pub fn older(&self, last: AlertId) -> String {
        address("/alerts", &[("state", &self.state), ("watchlist", &self.watchlist), ("before", &last.to_string())])
    }
}

/// The keys of `/incidents`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct IncidentQuery {
    pub country: String,
    pub topic: String,
    pub actor: String,
    pub status: String,
    pub since: String,
    pub before: String,
}

impl IncidentQuery {
    /// Reads every key.
    pub fn filter(&self) -> Result<IncidentFilter, Failure> {
        let mut filter = IncidentFilter::default();
        if let Some(text) = given(&self.country) {
            let country =
                codes::country(text).map_err(|hint| bad("country", text, hint.as_deref().unwrap_or("use two letters of ISO 3166-1, such as KZ")))?;
            filter.country = Some(country.to_string());
        }
        filter.topic = label_id("topic", &self.topic)?;
        filter.actor = label_id("actor", &self.actor)?;
        if let Some(text) = given(&self.status) {
            filter.status = Some(IncidentStatus::parse(text).ok_or_else(|| bad("status", text, "use open, released or contradicted"))?);
        }
        if let Some(text) = given(&self.since) {
            let day = text.parse::<Date>().and_then(|day| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)));
            filter.since = Some(day.map_err(|_| bad("since", text, "use a day such as 2026-05-04"))?);
        }
        if let Some(text) = given(&self.before) {
            filter.before = Some(IncidentId(uuid("before", text)?));
        }
        Ok(filter)
    }

    /// The address that continues the list after this incident.
    pub fn older(&self, last: IncidentId) -> String {
        let last = last.to_string();
        let keys = [("country", &self.country), ("topic", &self.topic), ("actor", &self.actor), ("status", &self.status), ("since", &self.since)];
        let keys: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (*key, value.as_str())).chain([("before", last.as_str())]).collect();
        address("/incidents", &keys)
    }
}

/// An address of ours with the keys that have a value.
pub fn address(path: &str, keys: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    for (key, value) in keys {
        if let Some(value) = given(value) {
            query.append_pair(key, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn label_id(what: &str, text: &str) -> Result<Option<String>, Failure> {
    let Some(text) = given(text) else { return Ok(None) };
    if text.len() > 80 || !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return Err(bad(what, text, "use an id of topics.toml, such as arrest_detention"));
    }
    Ok(Some(text.to_owned()))
}

fn uuid(what: &str, text: &str) -> Result<Uuid, Failure> {
    text.parse().map_err(|_| bad(what, text, "follow the links of the pages rather than writing it by hand"))
}

fn bad(what: &str, given: &str, advice: &str) -> Failure {
    let given: String = given.chars().take(80).collect();
    Failure::bad_request(&format!("The {what} \"{given}\" cannot be read"), &format!("What to do: {advice}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_of_the_form_ask_for_everything() {
        let query = StoryQuery { words: "  ".to_owned(), ..StoryQuery::default() };
        assert_eq!(query.filter().unwrap(), StoryFilter::default());
    }

    #[test]
    fn filters_compose_and_are_kept_by_the_link_to_older_ones() {
        let query =
            StoryQuery {
                words: "\"свобода прессы\" & =".to_owned(), country: "kz".to_owned(), copies: "1".to_owned(), ..StoryQuery::default()
            };
        let filter = query.filter().unwrap();
        assert_eq!((filter.country.as_deref(), filter.with_copies), (Some("KZ"), true));
        assert_eq!(filter.words, [["свобода", "прессы"]]);
        let last = StoryId(Uuid::from_u128(7));
        let older = query.older(last);
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(older.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
        let expect = [("words", "\"свобода прессы\" & ="), ("country", "kz"), ("copies", "1"), ("before", "00000000-0000-0000-0000-000000000007")];
        assert_eq!(pairs, expect.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn filter_that_cannot_be_read_is_refused() {
        let check = |query: StoryQuery| assert!(query.filter().is_err(), "{query:?}");
        let empty = StoryQuery::default;
        check(StoryQuery { country: "Kazakhstan".to_owned(), ..empty() });
        check(StoryQuery { country: "ZZ".to_owned(), ..empty() });
        check(StoryQuery { language: "kz".to_owned(), ..empty() });
        check(StoryQuery { topic: "arrest; DROP".to_owned(), ..empty() });
        check(StoryQuery { source: "<b>".to_owned(), ..empty() });
        check(StoryQuery { watchlist: "A B".to_owned(), ..empty() });
        check(StoryQuery { words: "*** -".to_owned(), ..empty() });
        check(StoryQuery { words: "x".repeat(1001), ..empty() });
        check(StoryQuery { copies: "yes".to_owned(), ..empty() });
        check(StoryQuery { before: "last week".to_owned(), ..empty() });
        assert!(AlertQuery { state: "lost".to_owned(), ..AlertQuery::default() }.filter().is_err());
    }
}
