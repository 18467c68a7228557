//! `presswatch inspect match`: which watchlists a text meets, and where.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::inspect::Input;
use crate::config::{self, TopicsConfig};
use crate::model::{CountryRole, Language, Match, Problem, SourceId};
use crate::understand::classify::Classifier;
use crate::understand::language::detect;
use crate::watch::{Document, WatchlistSet};

/// A compiled set of watchlists.
#[derive(Debug)]
pub struct Matcher {
    set: WatchlistSet,
    classifier: Classifier,
}

impl Matcher {
    /// Loads the watchlists of one file; topics and countries are told by these words.
    ///
    /// # Errors
    /// Every fault of the file, one a line.
    pub fn load(file: &Path, topics: &TopicsConfig) -> anyhow::Result<Self> {
        let watchlists = config::load_watchlists(file).map_err(|problems| anyhow::anyhow!(lines(&problems)))?;
        let (set, _warnings) = WatchlistSet::compile(&watchlists).map_err(|problems| anyhow::anyhow!(lines(&problems)))?;
        let classifier = Classifier::new(topics).map_err(|problems| anyhow::anyhow!(lines(&problems)))?;
        Ok(Self { set, classifier })
    }

    /// Answers one JSON line: `{title, text, lang?, url?, source?}` gives `{matches, why}`.
    pub fn answer(&self, input: &Input) -> Result<Value, String> {
        let found = self.matches(input)?;
        let ids: Vec<&str> = found.iter().map(|one| one.watchlist.as_str()).collect();
        let why: serde_json::Map<String, Value> = found
            .iter()
            .map(|one| {
                let places = one.evidence.iter().map(
                    |place| json!({ "field": place.field.as_str(), "start": place.start, "end": place.end, "text": place.text, "rule": place.rule }),
                );
                (one.watchlist.as_str().to_owned(), places.collect())
            })
            .collect();
        Ok(json!({ "matches": ids, "why": why }))
    }

    /// Describes a text file's matches for a person: the first line is the title.
    pub fn describe(&self, input: &Input) -> Result<String, String> {
        let bytes = input.bytes()?;
        let text = String::from_utf8_lossy(&bytes);
        let (title, body) = text.split_once('\n').unwrap_or((&text, ""));
        let found = self.matches(&Input { line: json!({ "title": title, "text": body.trim_start() }) })?;
        let mut out = String::new();
        for one in &found {
            let _ = writeln!(out, "{} (score {:.2})", one.watchlist, one.score);
            for place in &one.evidence {
                let _ = writeln!(out, "  {} {}..{}: {:?} by {}", place.field.as_str(), place.start, place.end, place.text, place.rule);
            }
        }
        if out.is_empty() {
            out.push_str("no watchlist matches");
        }
        Ok(out.trim_end().to_owned())
    }

    fn matches(&self, input: &Input) -> Result<Vec<Match>, String> {
        let title = input.text("title").unwrap_or_default();
        let text = input.text("text").unwrap_or_default();
        if title.is_empty() && text.is_empty() {
            return Err("the line has neither \"title\" nor \"text\"".to_owned());
        }
        let language = match input.text("lang").and_then(Language::parse) {
            Some(language) => language,
            None => detect(None, &format!("{title}\n{text}")).language,
        };
        let source = input.text("source").unwrap_or_default();
        let source_id = SourceId::new(source).or_else(|_| SourceId::new("none")).map_err(|error| error.to_string())?;
        let labels = self.classifier.classify(title, text, &language, None);
        let about = labels.countries.iter().filter(|country| country.role == CountryRole::About);
        let document = Document {
            title,
            text,
            url: input.text("url").unwrap_or_default(),
            source,
            authors: &[],
            tags: &[],
            language: &language,
            countries_about: about.map(|country| (country.code, country.score)).collect(),
            topics: labels.topics.into_iter().map(|topic| topic.id).collect(),
            source_id: &source_id,
        };
        Ok(self.set.matches(&document))
    }
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
