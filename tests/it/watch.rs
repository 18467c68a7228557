//! Watchlists from their configuration to matches: the query language, words in their forms, names, explanations.

mod commands;
mod doubts;
mod forms;
mod names;
mod naive;
mod queries;
mod replay;
mod scripts;

use presswatch::config::{Person, QueryText, Variants, Watchlist, Watchlists};
use presswatch::model::{CountryCode, Language, Match, Problem, SourceId, WatchlistId};
use presswatch::watch::{Document, WatchlistSet};

/// A query at the beginning of a file.
fn query(text: &str) -> QueryText {
    QueryText { text: text.to_owned(), file: "lists.toml".into(), line: 1, column: 1 }
}

/// A list that asks for nothing but its query.
fn list(id: &str, text: &str) -> Watchlist {
    Watchlist::new(WatchlistId::new(id).unwrap(), query(text))
}

/// A list of one person.
fn person(names: &[&str]) -> Watchlist {
    let person = Person::new("p-1", names.iter().map(|name| (*name).to_owned()).collect());
    let person = Person { variants: Variants { initials: true, ..Variants::default() }, ..person };
    Watchlist { persons: vec![person], ..list("person", "$persons") }
}

fn set(lists: Vec<Watchlist>) -> WatchlistSet {
    try_set(Vec::new(), lists).map_or_else(|problems| panic!("{problems:?}"), |(set, _)| set)
}

fn try_set(terms: Vec<(&str, &str)>, lists: Vec<Watchlist>) -> Result<(WatchlistSet, Vec<Problem>), Vec<Problem>> {
    WatchlistSet::compile(&Watchlists { terms: terms.into_iter().map(|(name, text)| (name.to_owned(), query(text))).collect(), lists })
}

/// A story with nothing but words.
#[derive(Clone)]
struct Text {
    language: Language,
    title: String,
    body: String,
    url: String,
    source: String,
    authors: Vec<String>,
    tags: Vec<String>,
    countries: Vec<(CountryCode, f32)>,
    topics: Vec<String>,
    source_id: SourceId,
}

impl Text {
    fn new(language: &str, title: &str, text: &str) -> Self {
        Self {
            language: Language::parse(language).unwrap(),
            title: title.to_owned(),
            body: text.to_owned(),
            url: String::new(),
            source: String::new(),
            authors: Vec::new(),
            tags: Vec::new(),
            countries: Vec::new(),
            topics: Vec::new(),
            source_id: SourceId::new("paper").unwrap(),
        }
    }

    fn matches(&self, set: &WatchlistSet) -> Vec<Match> {
        set.matches(&Document {
            title: &self.title,
            text: &self.body,
            url: &self.url,
            source: &self.source,
            authors: &self.authors,
            tags: &self.tags,
            language: &self.language,
            countries_about: self.countries.clone(),
            topics: self.topics.clone(),
            source_id: &self.source_id,
        })
    }
}

/// Whether the only list of a set meets a sentence, alone and inside a story.
fn meets(set: &WatchlistSet, language: &str, sentence: &str) -> bool {
    !Text::new(language, "", sentence).matches(set).is_empty()
}
