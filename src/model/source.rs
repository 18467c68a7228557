//! What we listen to, as the configuration describes it.

use std::time::Duration;

use url::Url;

use crate::model::{CountryCode, Language, SourceId};

/// One outlet's feed or listing page in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Unique over the whole configuration.
    pub id: SourceId,
    /// What a person calls it.
    pub name: String,
    /// Where it is polled.
    pub url: Url,
    /// How the document at `url` is read.
    pub kind: SourceKind,
    /// The language that it publishes in: a prior, not a verdict.
    pub language: Option<Language>,
    /// The country that it writes from: a weak prior for labels. `None` for international ones.
    pub country: Option<CountryCode>,
    /// Who stands behind it; the id itself where nothing is said. Editions of one house share it,
    /// so that independent publishers can be counted.
    pub publisher_group: String,
    /// What sort of publisher it is.
    pub category: SourceCategory,
    /// Whether article pages are fetched.
    pub full_text: FullText,
    /// Shortest time between two polls.
    pub interval_min: Duration,
    /// Longest time between two polls.
    pub interval_max: Duration,
    /// Free words of the operator, shown and filtered by.
    pub tags: Vec<String>,
    /// Only enabled sources are polled; disabled ones stay listed.
    pub enabled: bool,
}

/// How a source's document is read.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceKind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// An HTML page that lists links to articles.
    Listing(ListingRules),
    /// A news sitemap, a sitemap with dates, or an index of such.
    Sitemap(SitemapRules),
}

/// CSS selectors of a listing page. All but `item` are looked up inside one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingRules {
    /// One element per story.
    pub item: String,
    /// The element whose `href` is the article; the item itself where it is a link.
    pub link: Option<String>,
    /// The element whose text is the headline; the link's text where absent.
    pub title: Option<String>,
    /// The element with the date: its `datetime` attribute, else its text.
    pub date: Option<String>,
    /// The element whose text is the summary.
    pub summary: Option<String>,
    /// The element whose `href` is the next page; looked up in the whole page. `None`: there is one page.
    pub next: Option<String>,
    /// Pages read at one poll, the first among them; at least 1.
    pub max_pages: u32,
}

impl ListingRules {
    /// Pages read where a `next` is named and no bound.
    pub const MAX_PAGES: u32 = 3;

    /// Rules that find the rest by themselves.
    pub fn new(item: &str) -> Self {
        Self { item: item.to_owned(), link: None, title: None, date: None, summary: None, next: None, max_pages: Self::MAX_PAGES }
    }
}

/// What is taken from a sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitemapRules {
    /// Only addresses whose path begins with one of these; all where empty.
    pub paths: Vec<String>,
    /// Older entries are left out: a sitemap lists all that a site ever published.
    pub max_age: Duration,
    /// Sitemaps of an index read at one poll, newest first; at least 1.
    pub max_sitemaps: u32,
}

impl Default for SitemapRules {
    fn default() -> Self {
        Self { paths: Vec::new(), max_age: Duration::from_hours(72), max_sitemaps: 5 }
    }
}

/// What sort of publisher a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceCategory {
    PressFreedomNgo,
    HumanRightsNgo,
    ExileMedia,
    Independent,
    Public,
    Commercial,
    StateMedia,
    Wire,
    Gazette,
    Measurement,
    Other,
}

impl SourceCategory {
    /// Every category with its name in configuration and pages.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::PressFreedomNgo, "press_freedom_ngo"),
        (Self::HumanRightsNgo, "human_rights_ngo"),
        (Self::ExileMedia, "exile_media"),
        (Self::Independent, "independent"),
        (Self::Public, "public"),
        (Self::Commercial, "commercial"),
        (Self::StateMedia, "state_media"),
        (Self::Wire, "wire"),
        (Self::Gazette, "gazette"),
        (Self::Measurement, "measurement"),
        (Self::Other, "other"),
    ];

    /// The name in configuration and pages.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(category, _)| *category == self).map_or("other", |(_, name)| name)
    }
}

/// Whether the article pages of a source are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FullText {
    /// When the feed carries only a summary.
    Auto,
    Always,
    Never,
}
