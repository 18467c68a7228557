//! The fields of one item while it is read, and the item that they make.

use jiff::Timestamp;
use url::Url;

use crate::gather::parse::limits::{AUTHOR_LIMIT, CATEGORY_LIMIT, TITLE_LIMIT_BYTES, bounded_id, hashed_id, http_url};
use crate::gather::parse::markup::{collapse, plain_title, truncate};
use crate::model::{Language, RawItem};

/// A value and how deep it stood: of two the one nearer to the item counts.
#[derive(Debug, Default)]
pub(super) struct Slot<T> {
    held: Option<(usize, T)>,
}

impl<T> Slot<T> {
    /// Keeps the first of two at one depth.
    pub fn first(&mut self, depth: usize, value: T) {
        if self.held.as_ref().is_none_or(|(held, _)| depth < *held) {
            self.held = Some((depth, value));
        }
    }

    /// Keeps the last of two at one depth.
    pub fn last(&mut self, depth: usize, value: T) {
        if self.held.as_ref().is_none_or(|(held, _)| depth <= *held) {
            self.held = Some((depth, value));
        }
    }

    pub fn take(self) -> Option<T> {
        self.held.map(|(_, value)| value)
    }

    pub fn is_empty(&self) -> bool {
        self.held.is_none()
    }
}

/// The fields of an item.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Where the item's element stands.
    pub depth: usize,
    /// `rdf:about` of the item itself.
    pub about: Option<String>,
    pub id: Slot<String>,
    /// True unless the id says that it is no address.
    pub id_is_link: bool,
    pub link: Slot<String>,
    pub other_link: Option<String>,
    pub title: Slot<String>,
    pub media_title: Option<String>,
    pub summary: Slot<String>,
    pub content: Slot<String>,
    pub published: Slot<Timestamp>,
    pub updated: Slot<Timestamp>,
    pub created: Option<Timestamp>,
    pub authors: Vec<String>,
    pub categories: Vec<String>,
    pub language: Option<Language>,
}

impl Fields {
    /// The item. `base` is where the feed was fetched from.
    pub fn into_item(self, base: &Url) -> RawItem {
        let title = self.title.take().or(self.media_title).map(|title| plain_title(&title)).filter(|title| !title.is_empty());
        // An id that does not deny being an address is one where no link is given; `rdf:about` names a thing, not a page.
        let own_id = self.id.take();
        let from_id = || own_id.as_deref().filter(|_| self.id_is_link).and_then(|id| http_url(id, base));
        let url = self.link.take().and_then(|link| http_url(&link, base)).or_else(from_id).or_else(|| http_url(self.other_link.as_deref()?, base));
        let id = own_id.or(self.about);
        let summary_html = self.summary.take().filter(|text| !text.is_empty());
        let content_html = self.content.take().filter(|text| !text.is_empty());
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        let external_id = id
            .as_deref()
            .and_then(bounded_id)
            .or_else(|| url.as_ref().and_then(|url| bounded_id(url.as_str())))
            .unwrap_or_else(|| hashed_id(&[&part(&title), &part(&summary_html), &part(&content_html)]));
        RawItem {
            external_id: Some(external_id),
            url,
            title,
            summary_html,
            content_html,
            authors: named(self.authors, AUTHOR_LIMIT),
            published: self.published.take().or(if self.updated.is_empty() { self.created } else { None }),
            updated: self.updated.take(),
            language: self.language,
            categories: named(self.categories, CATEGORY_LIMIT),
        }
    }
}

fn named(names: Vec<String>, limit: usize) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        let name = truncate(collapse(&name), TITLE_LIMIT_BYTES);
        if !name.is_empty() && kept.len() < limit && !kept.contains(&name) {
            kept.push(name);
        }
    }
    kept
}
