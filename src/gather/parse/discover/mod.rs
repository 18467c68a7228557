//! How a site can be listened to: the feeds and sitemaps that its page may lead to, and selectors for a page that has none.
//!
//! Enters: a page's HTML and where it came from. Leaves: [`Candidate`]s to be fetched, and [`Proposal`]s of selectors with what they yield.
//! Deliberately absent: the network. Everything is bounded: a hostile page gives few candidates or none.

mod feeds;
mod fields;
mod records;
mod repeated;
mod selector;
mod tree;

pub use feeds::{candidates, robots_sitemaps};
pub use repeated::{facts, proposals};

use url::Url;

use crate::model::{Language, ListingRules, RawItem};

/// An address that may be a feed or a sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub url: Url,
    pub kind: CandidateKind,
    pub hint: Hint,
}

/// What an address is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateKind {
    Feed,
    Sitemap,
}

/// Why an address is a candidate; the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hint {
    /// `<link rel="alternate">` names it.
    LinkTag,
    /// The site's software has it there.
    Platform(&'static str),
    /// A link of the page looks like one.
    PageLink,
    /// robots.txt names it.
    RobotsTxt,
    /// Many sites have it there.
    CommonPath,
}

impl Hint {
    /// For people.
    pub fn describe(self) -> String {
        match self {
            Self::LinkTag => "a link tag of the page".to_owned(),
            Self::Platform(name) => format!("a usual address of {name}"),
            Self::PageLink => "a link in the page".to_owned(),
            Self::RobotsTxt => "robots.txt".to_owned(),
            Self::CommonPath => "a common address".to_owned(),
        }
    }
}

/// Selectors that were found for a page, with what they yield on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub rules: ListingRules,
    pub items: Vec<RawItem>,
    /// A selector that leads to the next page, where one was found; not part of the rules: a polled page rarely needs it.
    pub next: Option<String>,
    /// Comparable within one page only.
    pub score: f32,
}

/// What a page says of its site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageFacts {
    pub name: Option<String>,
    pub language: Option<Language>,
}

#[cfg(test)]
mod tests;
