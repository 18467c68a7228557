//! Watchlists and channels as validated; queries stay text, with the place they stand at, until watch compiles them.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::config::secret::SecretRef;
use crate::model::{ChannelId, CountryCode, Language, Priority, SourceId, WatchlistId};

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
}

impl Watchlist {
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

/// Which forms of a name are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the file")]
pub struct Variants {
    pub transliterate: bool,
    pub inflect: bool,
    pub reorder: bool,
    pub initials: bool,
}

/// When the surname alone is enough.
#[derive(Debug, Clone)]
pub struct SurnameAlone {
    pub require_near: QueryText,
    /// Tokens between.
    pub within: usize,
}

/// What happens on a match.
#[derive(Debug, Clone)]
pub struct AlertPolicy {
    pub channels: Vec<ChannelId>,
    pub group_by: GroupBy,
    /// How long the first alert of a group waits.
    pub group_wait: Duration,
    /// Older stories are stored, never alerted.
    pub max_age: Duration,
    /// Least score of the match, 0..1.
    pub min_score: f32,
}

/// What one alert stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// One alert per event.
    Cluster,
    /// One alert per event and language.
    Language,
    /// One alert per story; copies are folded all the same.
    Story,
}

/// Where alerts go.
#[derive(Debug, Clone)]
pub struct Channel {
    pub id: ChannelId,
    pub kind: ChannelKind,
}

/// The ways out.
#[derive(Debug, Clone)]
pub enum ChannelKind {
    Email {
        to: Vec<String>,
        /// `false`: the subject names no watchlist and no headline.
        full_subject: bool,
    },
    Webhook {
        url: Url,
        /// The first signs; all sign while keys rotate. Never empty.
        secrets: Vec<SecretRef>,
        timeout: Duration,
        payload: Payload,
    },
}

/// How much a webhook's body says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// The story and its labels.
    Full,
    /// An id and a link.
    Thin,
}
