//! Watchlists as validated; queries stay text, with the place they stand at, until watch compiles them.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::{AlertPolicy, BurstPolicy};
use crate::model::{CountryCode, Language, Priority, SourceId, WatchlistId};

/// All lists with the groups that their queries share.
#[derive(Debug, Clone, Default)]
pub struct Watchlists {
    /// `$name` groups. A file's groups are visible in every file.
    pub terms: Vec<(String, QueryText)>,
    pub lists: Vec<Watchlist>,
}

/// A query's text and where it begins in its file, so that its faults can be shown in place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueryText {
    pub text: String,
    pub file: PathBuf,
    /// Line of the text's first character, from 1.
    pub line: usize,
    /// Column of the text's first character, from 1, in characters.
    pub column: usize,
}

/// One watchlist.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the file")]
pub struct Watchlist {
    pub id: WatchlistId,
    pub name: String,
    pub enabled: bool,
    pub priority: Priority,
    /// The name and the terms stay in the database and the alert itself.
    pub restricted: bool,
    /// Accounts that see a restricted list on the pages.
    pub visible_to: Vec<String>,
    /// Empty: any. An undetermined language passes unless `strict_language`.
    pub languages: Vec<Language>,
    pub strict_language: bool,
    /// The story must be about one of these; empty: any.
    pub countries_about: Vec<CountryCode>,
    /// Least score of the `about` label, 0..1.
    pub country_min_score: f32,
    /// The story must carry one of these topics; empty: any.
    pub topics: Vec<String>,
    pub sources_include: Vec<SourceId>,
    pub sources_exclude: Vec<SourceId>,
    pub fold: WatchFold,
    /// Whether a bare word finds its inflected forms.
    pub morphology: bool,
    pub query: QueryText,
    pub persons: Vec<Person>,
    pub alert: AlertPolicy,
    /// `None`: bursts are not looked for.
    pub burst: Option<BurstPolicy>,
}

impl Watchlist {
    /// A list that asks for nothing but its query, in words of any form and language, and alerts nobody.
    pub fn new(id: WatchlistId, query: QueryText) -> Self {
        Self {
            name: id.to_string(),
            id,
            enabled: true,
            priority: Priority::Normal,
            restricted: false,
            languages: Vec::new(),
            strict_language: false,
            visible_to: Vec::new(),
            countries_about: Vec::new(),
            country_min_score: 0.0,
            topics: Vec::new(),
            sources_include: Vec::new(),
            sources_exclude: Vec::new(),
            fold: WatchFold::Standard,
            morphology: true,
            query,
            persons: Vec::new(),
            alert: AlertPolicy { max_age: Duration::MAX, ..AlertPolicy::default() },
            burst: None,
        }
    }

    /// Whether two lists ask for and do the same, wherever their files put them.
    pub fn says_the_same(&self, other: &Self) -> bool {
        format!("{:?}", self.clone().without_places()) == format!("{:?}", other.clone().without_places())
    }

    fn without_places(mut self) -> Self {
        let alone = self.persons.iter_mut().filter_map(|person| person.surname_alone.as_mut()).map(|alone| &mut alone.require_near);
        alone.for_each(QueryText::forget_place);
        self.persons.iter_mut().filter_map(|person| person.context.as_mut()).for_each(|(query, _)| query.forget_place());
        self.query.forget_place();
        self
    }
}

impl QueryText {
    fn forget_place(&mut self) {
        *self = Self { text: std::mem::take(&mut self.text), ..Self::default() };
    }
}

/// What of letters is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WatchFold {
    None,
    Case,
    #[default]
    Standard,
}

/// A person at risk.
#[derive(Debug, Clone)]
pub struct Person {
    /// The only identifier that may appear in logs.
    pub reference: String,
    pub names: Vec<String>,
    pub aliases: Vec<String>,
    pub variants: Variants,
    pub surname_alone: Option<SurnameAlone>,
    /// A query one term of which must stand within so many tokens of the name, where required.
    pub context: Option<(QueryText, usize)>,
    pub context_required: bool,
}

impl Person {
    /// A person with names, the forms that are generated where nothing else is said, and no context.
    pub fn new(reference: &str, names: Vec<String>) -> Self {
        Self {
            reference: reference.to_owned(),
            names,
            aliases: Vec::new(),
            variants: Variants::default(),
            surname_alone: None,
            context: None,
            context_required: false,
        }
    }
}

/// Which forms of a name are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the file")]
pub struct Variants {
    pub transliterate: bool,
    pub inflect: bool,
    pub reorder: bool,
    pub initials: bool,
}

impl Default for Variants {
    fn default() -> Self {
        Self { transliterate: true, inflect: true, reorder: true, initials: false }
    }
}

/// When the surname alone is enough.
#[derive(Debug, Clone)]
pub struct SurnameAlone {
    pub require_near: QueryText,
    /// Tokens between.
    pub within: usize,
}
