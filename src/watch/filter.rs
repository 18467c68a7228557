//! What a list asks of a story beside its query: language, country, topic, source.

use crate::config::Watchlist;
use crate::model::{CountryCode, Language, SourceId};
use crate::watch::Document;

/// The filters of one list. An empty one lets everything pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    languages: Vec<Language>,
    strict_language: bool,
    countries_about: Vec<CountryCode>,
    country_min_score: f32,
    topics: Vec<String>,
    sources_include: Vec<SourceId>,
    sources_exclude: Vec<SourceId>,
}

impl Filter {
    /// Takes the filters of a list; `None` where there is none.
    pub fn new(list: &Watchlist) -> Option<Self> {
        let filters = !list.languages.is_empty()
            || !list.countries_about.is_empty()
            || !list.topics.is_empty()
            || !list.sources_include.is_empty()
            || !list.sources_exclude.is_empty();
        filters.then(|| Self {
            languages: list.languages.clone(),
            strict_language: list.strict_language,
            countries_about: list.countries_about.clone(),
            country_min_score: list.country_min_score,
            topics: list.topics.clone(),
            sources_include: list.sources_include.clone(),
            sources_exclude: list.sources_exclude.clone(),
        })
    }

    /// Whether a story may meet the list at all.
    pub fn passes(&self, document: &Document<'_>) -> bool {
        let language = document.language;
        let language_fits = self.languages.is_empty() || self.languages.contains(language) || (language.is_undetermined() && !self.strict_language);
        let about = |(code, score): &(CountryCode, f32)| self.countries_about.contains(code) && *score >= self.country_min_score;
        language_fits
            && (self.countries_about.is_empty() || document.countries_about.iter().any(about))
            && (self.topics.is_empty() || document.topics.iter().any(|topic| self.topics.contains(topic)))
            && (self.sources_include.is_empty() || self.sources_include.contains(document.source_id))
            && !self.sources_exclude.contains(document.source_id)
    }
}
