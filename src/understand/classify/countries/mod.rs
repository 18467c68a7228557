//! Which countries a story is about, and which it mentions.

use crate::model::{CountryCode, CountryLabel, Language};

/// Names, adjectives and places in every language.
#[derive(Debug)]
pub struct Countries {}

impl Countries {
    /// Loads the embedded tables.
    pub fn new() -> Self {
        Self {}
    }

    /// Labels highest score first, and the main country where one stands out.
    pub fn label(
        &self,
        _title: &str,
        _text: &str,
        _language: &Language,
        _source_country: Option<CountryCode>,
    ) -> (Vec<CountryLabel>, Option<CountryCode>) {
        (Vec::new(), None)
    }
}
