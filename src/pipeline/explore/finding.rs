//! One way to listen to a site, with what it yields today.

use std::collections::BTreeSet;

use url::Url;

use crate::config::entry::{Entry, free_id};
use crate::config::{codes, read_sources};
use crate::gather::parse::discover::{Hint, Proposal};
use crate::model::{Language, ListingRules, Parsed, RawItem, SitemapRules, SourceKind};

/// How a finding is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Feed,
    Sitemap,
    Listing(ListingRules),
}

/// One way to listen to a site.
#[derive(Debug, Clone)]
pub struct Finding {
    pub url: Url,
    pub kind: Kind,
    /// For people: how it was found.
    pub how: String,
    pub title: Option<String>,
    pub language: Option<Language>,
    pub items: Vec<RawItem>,
    pub warnings: Vec<String>,
    /// A selector of the next page, for a listing.
    pub next: Option<String>,
    /// The sitemaps of an index, until they are looked into.
    pub further: Vec<Url>,
}

impl Finding {
    pub fn of_parsed(url: Url, kind: Kind, hint: Option<Hint>, parsed: Parsed) -> Self {
        let how = hint.map_or_else(|| "the address itself".to_owned(), Hint::describe);
        let Parsed { title, language, items, warnings, further, .. } = parsed;
        Self { url, kind, how, title, language, items, warnings, next: None, further }
    }

    pub fn of_proposal(url: Url, proposal: Proposal) -> Self {
        let Proposal { rules, items, next, .. } = proposal;
        let how = "what repeats in the page".to_owned();
        Self { url, kind: Kind::Listing(rules), how, title: None, language: None, items, warnings: Vec::new(), next, further: Vec::new() }
    }

    /// In JSON and in the configuration.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Feed => "feed",
            Kind::Sitemap => "sitemap",
            Kind::Listing(_) => "listing",
        }
    }

    /// The smaller, the sooner it is taken: what yields something; then feeds, sitemaps that name their stories, listings, other sitemaps.
    pub fn rank(&self) -> (bool, u8) {
        let is_comments = |text: &str| text.to_ascii_lowercase().contains("comment");
        let has_titles = self.items.iter().filter(|item| item.title.is_some()).count() * 2 > self.items.len();
        let sort = match self.kind {
            Kind::Feed if is_comments(self.url.path()) || self.title.as_deref().is_some_and(is_comments) => 4,
            Kind::Feed => 0,
            Kind::Sitemap if has_titles => 1,
            Kind::Listing(_) => 2,
            Kind::Sitemap => 3,
        };
        (self.items.is_empty(), sort)
    }

    /// True when both list the same stories: one feed at several addresses.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let ids = |finding: &Self| finding.items.iter().map(|item| item.external_id.clone()).collect::<BTreeSet<_>>();
        self.kind_name() == other.kind_name() && !self.items.is_empty() && ids(self) == ids(other)
    }

    /// The source as it would stand in a file, under a free id.
    pub fn entry(&self, name: &str, language: Option<&Language>, taken: &BTreeSet<String>) -> Option<Entry> {
        let host = self.url.host_str().unwrap_or_default();
        let id = free_id(None, host.trim_start_matches("www."), host, taken).ok()?;
        let build = |language: Option<&Language>| {
            let mut entry = Entry::new(id.clone(), name, self.url.clone());
            entry.set("language", language.map(Language::as_str));
            entry.set_kind(&match &self.kind {
                Kind::Feed => SourceKind::Feed,
                Kind::Sitemap => SourceKind::Sitemap(SitemapRules::default()),
                Kind::Listing(rules) => SourceKind::Listing(rules.clone()),
            });
            entry
        };
        let language = self.language.as_ref().or(language).filter(|language| codes::language(language.as_str()).is_ok());
        // The same reader that will read the file judges it.
        let is_valid = |entry: &Entry| read_sources(&entry.to_toml(), std::path::Path::new("discover")).is_ok();
        [language, None].into_iter().map(build).find(is_valid)
    }
}
