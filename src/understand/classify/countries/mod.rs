//! Which countries a story is about, and which it mentions.
//!
//! Enters: headline, text, language, the source's own country. Leaves: labels with the places that speak for them, and the main country where
//! one stands out. Names of countries, adjectives, regions and cities are looked up word by word in embedded tables; what several countries
//! share goes to the one that the rest of the story speaks for. Deliberately absent: where a person is from, and any truth beyond the text.

mod context;
mod endings;
mod find;
mod table;
mod weigh;
mod words;
mod zawgyi;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod traps;

use std::sync::OnceLock;

use crate::model::{CountryCode, CountryLabel, Language};
use crate::understand::classify::countries::context::Cues;
use crate::understand::classify::countries::endings::Endings;
use crate::understand::classify::countries::table::Table;

/// Names, adjectives and places in every language.
#[derive(Debug)]
pub struct Countries {
    /// Indexed when the first story comes: commands that label nothing do not wait for it.
    tables: OnceLock<Tables>,
}

/// The tables of data/countries and data/places.
#[derive(Debug)]
pub struct Tables {
    names: Table,
    cities: Table,
    regions: Table,
    endings: Endings,
    cues: Cues,
}

impl Countries {
    /// Refers to the embedded tables.
    pub fn new() -> Self {
        Self { tables: OnceLock::new() }
    }

    /// Labels highest score first, and the main country where one stands out.
    pub fn label(
        &self,
        title: &str,
        text: &str,
        language: &Language,
        source_country: Option<CountryCode>,
    ) -> (Vec<CountryLabel>, Option<CountryCode>) {
        weigh::label(self.tables.get_or_init(Tables::load), title, text, language, source_country)
    }
}

static NAMES: &str = include_str!("../../../../data/countries/names.tsv");
static CITIES: &str = include_str!("../../../../data/places/cities.tsv");
static REGIONS: &str = include_str!("../../../../data/places/regions.tsv");

/// All that is compiled in, to tell one state of it from another.
pub fn data() -> [&'static str; 5] {
    [NAMES, CITIES, REGIONS, endings::TEXT, context::TEXT]
}

impl Tables {
    fn load() -> Self {
        Self { names: Table::new(NAMES), cities: Table::new(CITIES), regions: Table::new(REGIONS), endings: Endings::load(), cues: Cues::load() }
    }
}
