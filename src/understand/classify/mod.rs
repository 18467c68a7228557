//! Labels: countries, topics and actors, each with a score and the places in the text that speak for it.
//!
//! Enters: headline, text, language, the source's own country. Leaves: [`Classification`]. Deliberately absent: learning from data at run time,
//! and any truth beyond the text.

mod countries;
mod fingerprint;
mod topics;

use crate::config::TopicsConfig;
use crate::model::{Classification, CountryCode, Language, Problem, RulesFingerprint};
use crate::understand::classify::countries::Countries;
use crate::understand::classify::topics::Topics;

/// The tables and lexicons, ready to label stories.
#[derive(Debug)]
pub struct Classifier {
    countries: Countries,
    topics: Topics,
    rules: RulesFingerprint,
}

impl Classifier {
    /// Joins the words that are compiled in with the operator's own.
    ///
    /// # Errors
    /// Every faulty entry of the operator's lexicon.
    pub fn new(config: &TopicsConfig) -> Result<Self, Vec<Problem>> {
        Ok(Self { countries: Countries::new(), topics: Topics::new(config)?, rules: fingerprint::of(config) })
    }

    /// Equal for classifiers that label alike: the same tables, words and program.
    pub fn rules(&self) -> RulesFingerprint {
        self.rules
    }

    /// Labels one story. Offsets of the evidence are bytes of the given title and text.
    pub fn classify(&self, title: &str, text: &str, language: &Language, source_country: Option<CountryCode>) -> Classification {
        let (countries, main_country) = self.countries.label(title, text, language, source_country);
        let (topics, actors) = self.topics.label(title, text, language);
        Classification { countries, main_country, topics, actors, rules: self.rules }
    }
}
