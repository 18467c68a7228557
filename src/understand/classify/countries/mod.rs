//! Which countries a story is about, and which it mentions.
//!
//! Names in every CLDR language, adjectives, capitals, cities, regions and offices, from tables under data/. Each mention weighs by what it is and
//! where it stands; a name of several countries goes to the one that the rest of the text speaks for. docs/decisions/0030 has the measurements.

mod endings;
mod find;
mod table;
mod weigh;

use std::sync::Arc;

use crate::model::{CountryCode, CountryLabel, Field, Language};
use crate::understand::classify::countries::find::find;
use crate::understand::classify::countries::table::Table;
use crate::understand::classify::countries::weigh::weigh;

/// Names, adjectives and places in every language.
#[derive(Debug)]
pub struct Countries {
    table: Arc<Table>,
}

/// A headline and a text, looked at together.
#[derive(Debug, Clone, Copy)]
struct Fields<'a> {
    title: &'a str,
    text: &'a str,
}

impl Fields<'_> {
    fn of(&self, field: Field) -> &str {
        if field == Field::Title { self.title } else { self.text }
    }
}

/// So much of a text is looked at: what follows is background.
const TEXT_BYTES: usize = 12_000;

impl Countries {
    /// Loads the embedded tables.
    pub fn new() -> Self {
        Self { table: table::table() }
    }

    /// Labels highest score first, and the main country where there is one.
    pub fn label(
        &self,
        title: &str,
        text: &str,
        language: &Language,
        source_country: Option<CountryCode>,
    ) -> (Vec<CountryLabel>, Option<CountryCode>) {
        let cut = text.floor_char_boundary(TEXT_BYTES.min(text.len()));
        let fields = Fields { title, text: text.get(..cut).unwrap_or(text) };
        let mut mentions = find(&self.table, Field::Title, fields.title, language.as_str());
        mentions.extend(find(&self.table, Field::Text, fields.text, language.as_str()));
        weigh(&self.table, fields, &mentions, source_country)
    }
}

#[cfg(test)]
mod tests;
