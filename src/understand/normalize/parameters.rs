//! Which parameters of an address belong to the story, and which tell how a reader came.
//!
//! Reads the embedded list `data/tracking_parameters.toml`, once.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::Deserialize;

/// Why a parameter is no part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dropped {
    Tracking,
    Session,
    /// The page in another form: AMP, print, mobile, its first page.
    Form,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    everywhere: Names,
    sessions: Sessions,
    forms: Names,
    ambiguous: Ambiguous,
    hosts: Vec<Host>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    parameters: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sessions {
    parameters: Vec<String>,
    doubtful: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ambiguous {
    parameters: BTreeSet<String>,
    values: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Host {
    hosts: Vec<String>,
    parameters: BTreeSet<String>,
}

/// Names, and beginnings of names.
#[derive(Debug)]
struct Patterns {
    names: BTreeSet<String>,
    prefixes: Vec<String>,
}

impl Patterns {
    fn new(given: Vec<String>) -> Self {
        let (prefixes, names): (Vec<_>, Vec<_>) = given.into_iter().partition(|name| name.ends_with('*'));
        Self { names: names.into_iter().collect(), prefixes: prefixes.into_iter().map(|name| name.trim_end_matches('*').to_owned()).collect() }
    }

    fn contains(&self, name: &str) -> bool {
        self.names.contains(name) || self.prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()))
    }
}

/// The list, ready to be asked.
#[derive(Debug)]
pub(super) struct Parameters {
    everywhere: Patterns,
    sessions: Patterns,
    doubtful_sessions: BTreeSet<String>,
    forms: BTreeSet<String>,
    ambiguous: Ambiguous,
    hosts: Vec<Host>,
}

/// A value shorter than this is a story's id rather than a session's.
const SESSION_VALUE_LENGTH: usize = 16;

impl Parameters {
    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        Ok(Self {
            everywhere: Patterns::new(file.everywhere.parameters),
            sessions: Patterns::new(file.sessions.parameters),
            doubtful_sessions: file.sessions.doubtful,
            forms: file.forms.parameters.into_iter().collect(),
            ambiguous: file.ambiguous,
            hosts: file.hosts,
        })
    }

    /// The embedded list. It is part of the binary and read by the tests: it cannot fail to parse at run time.
    pub(super) fn embedded() -> &'static Self {
        static PARAMETERS: OnceLock<Parameters> = OnceLock::new();
        PARAMETERS.get_or_init(|| Self::parse(include_str!("../../../data/tracking_parameters.toml")).expect("the embedded list is valid"))
    }

    /// Why a parameter of an address at `host` is left out; `None` where it belongs to the story. `host` without `www`.
    pub(super) fn dropped(&self, host: &str, name: &str, value: &str) -> Option<Dropped> {
        let name = name.to_lowercase();
        let value = value.to_lowercase();
        if self.everywhere.contains(&name) || self.host_parameter(host, &name) {
            return Some(Dropped::Tracking);
        }
        if self.ambiguous.parameters.contains(&name) && self.ambiguous.values.contains(value.as_str()) {
            return Some(Dropped::Tracking);
        }
        if self.sessions.contains(&name) || (self.doubtful_sessions.contains(&name) && is_session_value(&value)) {
            return Some(Dropped::Session);
        }
        let value = if matches!(value.as_str(), "" | "true") { "1" } else { value.as_str() };
        self.forms.contains(&format!("{name}={value}")).then_some(Dropped::Form)
    }

    fn host_parameter(&self, host: &str, name: &str) -> bool {
        let covers = |covered: &String| host == covered || host.strip_suffix(covered.as_str()).is_some_and(|rest| rest.ends_with('.'));
        self.hosts.iter().any(|entry| entry.parameters.contains(name) && entry.hosts.iter().any(covers))
    }
}

fn is_session_value(value: &str) -> bool {
    value.len() >= SESSION_VALUE_LENGTH
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, name: &str, value: &str, expect: Option<Dropped>) {
        assert_eq!(Parameters::embedded().dropped(host, name, value), expect, "{name}={value} at {host}");
    }

    #[test]
    fn parameters_that_name_a_channel_are_dropped() {
        check("news.example", "UTM_Source", "bulletin", Some(Dropped::Tracking));
        check("news.example", "ref", "rss", Some(Dropped::Tracking));
        check("news.example", "ref", "decision-12", None);
        check("news.example", "source", "agency", None);
    }

    #[test]
    fn short_session_names_need_a_session_like_value() {
        check("news.example", "sid", "8127", None);
        check("news.example", "sid", "0f3b9c1d2e4a5b6c7d8e", Some(Dropped::Session));
        check("news.example", "PHPSESSID", "x", Some(Dropped::Session));
    }

    #[test]
    fn other_forms_of_a_page_are_dropped_by_name_and_value() {
        check("news.example", "print", "", Some(Dropped::Form));
        check("news.example", "page", "1", Some(Dropped::Form));
        check("news.example", "page", "2", None);
    }

    #[test]
    fn parameters_of_one_host_are_dropped_there_only() {
        check("x.com", "t", "aB", Some(Dropped::Tracking));
        check("forum.example", "t", "4711", None);
        check("music.youtube.com", "si", "q", Some(Dropped::Tracking));
        check("notyoutube.com", "si", "q", None);
    }

    #[test]
    fn every_name_of_the_list_is_lower_case() {
        let list = include_str!("../../../data/tracking_parameters.toml");
        let names: Vec<_> = list.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split('"').skip(1).step_by(2)).collect();
        assert!(names.len() > 200);
        assert_eq!(names.iter().filter(|name| **name != name.to_lowercase()).count(), 0);
    }
}
