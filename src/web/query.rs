//! What a reader asks for in an address: read strictly, so that a mistyped filter never looks like an empty result.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use crate::config::{QueryText, codes};
use crate::model::{AlertId, ClusterId, IncidentId, IncidentStatus, Source, SourceCategory, SourceId, StoryId, WatchlistId};
use crate::store::{AlertFilter, CountryPart, IncidentFilter, ReviewFilter, StoryFilter};
use crate::watch::ArchiveQuery;
use crate::web::failure::Failure;

/// More words than anybody types.
const WORDS_LIMIT_BYTES: usize = 1000;
/// The states of a delivery.
pub const STATES: [&str; 3] = ["pending", "delivered", "dead"];

/// The keys of `/stories`, as given; an empty field of the form counts as absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StoryQuery {
    /// In the language of watchlists.
    pub words: String,
    pub country: String,
    /// `about`, `mentioned` or `either`: what part the country has.
    pub role: String,
    pub topic: String,
    pub actor: String,
    pub source: String,
    /// A sort of publisher.
    pub kind: String,
    pub language: String,
    pub watchlist: String,
    /// The event that stories tell of.
    pub cluster: String,
    /// First seen on this day (UTC) or later.
    pub from: String,
    /// First seen on this day (UTC) or earlier.
    pub to: String,
    /// `1`: copies are listed too.
    pub copies: String,
    pub before: String,
}

/// What part a country has: as written in an address, and for people.
pub const ROLES: [(&str, CountryPart, &str); 3] = [
    ("about", CountryPart::About, "the story is about it"),
    ("mentioned", CountryPart::Mentioned, "the story only mentions it"),
    ("either", CountryPart::Either, "either"),
];

impl StoryQuery {
    /// Reads every key (`sources` are the configured ones) but the words, which [`compiled_words`](Self::compiled_words) reads.
    pub fn filter(&self, sources: &[Source]) -> Result<StoryFilter, Failure> {
        let mut filter = StoryFilter { country: country(&self.country)?, ..StoryFilter::default() };
        if let Some(text) = given(&self.role) {
            let role = ROLES.iter().find(|(name, ..)| *name == text);
            filter.role = role.map(|(_, part, _)| *part).ok_or_else(|| bad("role", text, "use about, mentioned or either"))?;
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
        if let Some(text) = given(&self.kind) {
            let kind = SourceCategory::ALL.iter().find(|(_, name)| *name == text).map(|(category, _)| *category);
            let names = SourceCategory::ALL.map(|(_, name)| name).join(", ");
            let kind = kind.ok_or_else(|| bad("kind", text, &format!("use one of {names}")))?;
            filter.sources = Some(sources.iter().filter(|source| source.category == kind).map(|source| source.id.to_string()).collect());
        }
        if let Some(text) = given(&self.watchlist) {
            filter.watchlist = Some(WatchlistId::new(text).map_err(|error| bad("watchlist", text, error.rule))?.to_string());
        }
        if let Some(text) = given(&self.cluster) {
            filter.cluster = Some(ClusterId(uuid("cluster", text)?));
        }
        filter.since = day("from", &self.from, 0)?;
        filter.until = day("to", &self.to, 1)?;
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

    /// The words as a query that the archive is held against; `None` where there are none.
    pub fn compiled_words(&self, terms: &[(String, QueryText)]) -> Result<Option<ArchiveQuery>, Failure> {
        let Some(text) = given(&self.words) else { return Ok(None) };
        if text.len() > WORDS_LIMIT_BYTES {
            return Err(Failure::bad_request("That is too much to search for", "Search for a few words, or a \"phrase\" between quotation marks."));
        }
        ArchiveQuery::new(text, terms).map(Some).map_err(|problems| {
            let first = problems.into_iter().next();
            let message = first.as_ref().map_or_else(|| "it is no query".to_owned(), |problem| problem.message.clone());
            bad("search", text, &first.and_then(|problem| problem.hint).map_or_else(|| message.clone(), |hint| format!("{message}: {hint}")))
        })
    }

    /// Every key with what was given, in the order of addresses.
    pub fn keys(&self) -> [(&'static str, &str); 14] {
        [
            ("words", &self.words),
            ("country", &self.country),
            ("role", &self.role),
            ("topic", &self.topic),
            ("actor", &self.actor),
            ("source", &self.source),
            ("kind", &self.kind),
            ("language", &self.language),
            ("watchlist", &self.watchlist),
            ("cluster", &self.cluster),
            ("from", &self.from),
            ("to", &self.to),
            ("copies", &self.copies),
            ("before", &self.before),
        ]
    }

    /// The address of the same list with one key set otherwise (empty: without it), from its beginning.
    pub fn with(&self, key: &str, value: &str) -> String {
        let keys: Vec<(&str, &str)> = self
            .keys()
            .into_iter()
            .filter(|(name, _)| *name != "before")
            .map(|(name, given)| (name, if name == key { value } else { given }))
            .collect();
        address("/stories", &keys)
    }

    /// The address that continues the list after this story.
    pub fn older(&self, last: StoryId) -> String {
        let last = last.to_string();
        let keys: Vec<(&str, &str)> =
            self.keys().into_iter().map(|(name, given)| (name, if name == "before" { last.as_str() } else { given })).collect();
        address("/stories", &keys)
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
    /// What the desk decided: `open`, `confirmed`, `rejected`; all but rejected ones where nothing is said.
    pub review: String,
    pub since: String,
    pub before: String,
}

impl IncidentQuery {
    /// Reads every key.
    pub fn filter(&self) -> Result<IncidentFilter, Failure> {
        let mut filter = IncidentFilter { country: country(&self.country)?, ..IncidentFilter::default() };
        filter.topic = label_id("topic", &self.topic)?;
        filter.actor = label_id("actor", &self.actor)?;
        if let Some(text) = given(&self.status) {
            filter.status = Some(IncidentStatus::parse(text).ok_or_else(|| bad("status", text, "use open, released or contradicted"))?);
        }
        if let Some(text) = given(&self.review) {
            filter.review = ReviewFilter::parse(text).ok_or_else(|| bad("review", text, "use standing, open, confirmed or rejected"))?;
        }
        filter.since = day("since", &self.since, 0)?;
        if let Some(text) = given(&self.before) {
            filter.before = Some(IncidentId(uuid("before", text)?));
        }
        Ok(filter)
    }

    /// The address that continues the list after this incident.
    pub fn older(&self, last: IncidentId) -> String {
        self.address("/incidents", ("before", &last.to_string()))
    }

    /// The same incidents, from the first, in a form of export.
    pub fn export(&self, form: &str) -> String {
        self.address("/incidents/export", ("as", form))
    }

    fn address(&self, path: &str, last: (&str, &str)) -> String {
        let keys = [
            ("country", &self.country),
            ("topic", &self.topic),
            ("actor", &self.actor),
            ("status", &self.status),
            ("review", &self.review),
            ("since", &self.since),
        ];
        let keys: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (*key, value.as_str())).chain([last]).collect();
        address(path, &keys)
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

fn country(text: &str) -> Result<Option<String>, Failure> {
    let Some(text) = given(text) else { return Ok(None) };
    let country =
        codes::country(text).map_err(|hint| bad("country", text, hint.as_deref().unwrap_or("use two letters of ISO 3166-1, such as KZ")))?;
    Ok(Some(country.to_string()))
}

/// The beginning of a day, or of one so many days later, in UTC.
fn day(what: &str, text: &str, later: i64) -> Result<Option<Timestamp>, Failure> {
    let Some(text) = given(text) else { return Ok(None) };
    let moment = text
        .parse::<Date>()
        .and_then(|day| day.checked_add(jiff::Span::new().try_days(later)?))
        .and_then(|day| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)));
    moment.map(Some).map_err(|_| bad(what, text, "use a day such as 2026-05-04"))
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
        assert_eq!(query.filter(&[]).unwrap(), StoryFilter::default());
        assert!(query.compiled_words(&[]).unwrap().is_none());
    }

    #[test]
    fn filters_compose_and_are_kept_by_the_links_of_the_page() {
        let query = StoryQuery {
            words: "\"свобода прессы\" & =".to_owned(),
            country: "kz".to_owned(),
            role: "either".to_owned(),
            from: "2026-05-04".to_owned(),
            to: "2026-05-04".to_owned(),
            copies: "1".to_owned(),
            ..StoryQuery::default()
        };
        let filter = query.filter(&[]).unwrap();
        assert_eq!((filter.country.as_deref(), filter.role, filter.with_copies), (Some("KZ"), CountryPart::Either, true));
        let moment = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        assert_eq!((filter.since, filter.until), (moment("2026-05-04T00:00:00Z"), moment("2026-05-05T00:00:00Z")), "both days are whole");
        let pairs = |address: &str| -> Vec<(String, String)> {
            url::form_urlencoded::parse(address.split_once('?').unwrap().1.as_bytes()).into_owned().collect()
        };
        let expect = [
            ("words", "\"свобода прессы\" & ="),
            ("country", "kz"),
            ("role", "either"),
            ("from", "2026-05-04"),
            ("to", "2026-05-04"),
            ("copies", "1"),
            ("before", "00000000-0000-0000-0000-000000000007"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(pairs(&query.older(StoryId(Uuid::from_u128(7)))), expect);
        let narrower = StoryQuery { before: Uuid::from_u128(7).to_string(), ..query }.with("topic", "killing");
        assert!(pairs(&narrower).contains(&("topic".to_owned(), "killing".to_owned())));
        assert!(!narrower.contains("before="), "another list begins at its beginning");
    }

    #[test]
    fn filter_that_cannot_be_read_is_refused() {
        let check = |query: StoryQuery| assert!(query.filter(&[]).is_err() || query.compiled_words(&[]).is_err(), "{query:?}");
        let empty = StoryQuery::default;
        check(StoryQuery { country: "Kazakhstan".to_owned(), ..empty() });
        check(StoryQuery { country: "ZZ".to_owned(), ..empty() });
        check(StoryQuery { role: "near".to_owned(), ..empty() });
        check(StoryQuery { language: "kz".to_owned(), ..empty() });
        check(StoryQuery { topic: "arrest; DROP".to_owned(), ..empty() });
        check(StoryQuery { source: "<b>".to_owned(), ..empty() });
        check(StoryQuery { kind: "tabloid".to_owned(), ..empty() });
        check(StoryQuery { watchlist: "A B".to_owned(), ..empty() });
        check(StoryQuery { from: "yesterday".to_owned(), ..empty() });
        check(StoryQuery { to: "9999-12-31".to_owned(), ..empty() });
        check(StoryQuery { words: "*** -".to_owned(), ..empty() });
        check(StoryQuery { words: "(a OR".to_owned(), ..empty() });
        check(StoryQuery { words: "x".repeat(1001), ..empty() });
        check(StoryQuery { copies: "yes".to_owned(), ..empty() });
        check(StoryQuery { before: "last week".to_owned(), ..empty() });
        assert!(AlertQuery { state: "lost".to_owned(), ..AlertQuery::default() }.filter().is_err());
    }
}
