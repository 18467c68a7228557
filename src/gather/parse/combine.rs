//! One reading out of two.
//!
//! The recovering reader leads, because a feed is damaged on one day and whole on the next, and its items must have the same ids on both.
//! feed-rs fills what that reader found no value for, and takes over where it found more.

use crate::model::{Parsed, RawItem};

/// Longer feeds are read once: feed-rs keeps all of a document in memory, many times its size.
pub(super) const ITEMS_READ_TWICE: usize = 2000;

/// Joins what the recovering reader found with what feed-rs found.
pub(super) fn combine(ours: Parsed, theirs: Parsed) -> Parsed {
    match (ours.recognized, theirs.recognized) {
        (false, true) => return theirs,
        (false, false) => return Parsed { warnings: if ours.warnings.is_empty() { theirs.warnings } else { ours.warnings }, ..Parsed::default() },
        (true, false) => {
            let mut parsed = ours;
            parsed.warnings.extend(theirs.warnings.iter().map(|warning| format!("against the rules, and read all the same ({warning})")));
            return parsed;
        }
        (true, true) => {}
    }
    if theirs.items.len() > ours.items.len() {
        return Parsed { hints: ours.hints, language: ours.language.or(theirs.language), title: ours.title.or(theirs.title), ..theirs };
    }
    let is_same_list = theirs.items.len() == ours.items.len();
    let mut parsed = ours;
    parsed.title = parsed.title.or(theirs.title);
    parsed.language = parsed.language.or(theirs.language);
    parsed.hints.interval = parsed.hints.interval.or(theirs.hints.interval);
    if is_same_list {
        for (item, other) in parsed.items.iter_mut().zip(theirs.items) {
            fill(item, other);
        }
    }
    parsed
}

/// Fills the gaps of an item from the other reading of the same one. Never its id, address and title: an item without them is read
/// without them on every day.
fn fill(item: &mut RawItem, other: RawItem) {
    if item.url != other.url && item.title != other.title {
        return;
    }
    item.summary_html = item.summary_html.take().or(other.summary_html);
    item.content_html = item.content_html.take().or(other.content_html);
    item.language = item.language.take().or(other.language);
    if item.authors.is_empty() {
        item.authors = other.authors;
    }
    if item.categories.is_empty() {
        item.categories = other.categories;
    }
}

#[cfg(test)]
mod tests {
    use super::combine;
    use crate::model::{Parsed, RawItem};

    fn item(id: &str, title: &str, content: Option<&str>) -> RawItem {
        RawItem { external_id: Some(id.to_owned()), title: Some(title.to_owned()), content_html: content.map(str::to_owned), ..RawItem::default() }
    }

    fn feed(items: Vec<RawItem>) -> Parsed {
        Parsed { recognized: true, items, ..Parsed::default() }
    }

    fn no_feed(warning: &str) -> Parsed {
        Parsed { warnings: vec![warning.to_owned()], ..Parsed::default() }
    }

    #[test]
    fn ids_are_ours_and_gaps_are_filled() {
        let joined = combine(
            feed(vec![item("a", "One", None), item("b", "Two", Some("ours"))]),
            feed(vec![item("x", "One", Some("theirs")), item("y", "Two", Some("theirs"))]),
        );
        let shown: Vec<_> = joined.items.iter().map(|item| (item.external_id.as_deref(), item.content_html.as_deref())).collect();
        assert_eq!(shown, [(Some("a"), Some("theirs")), (Some("b"), Some("ours"))]);
    }

    #[test]
    fn another_item_fills_nothing() {
        let joined = combine(
            feed(vec![item("a", "One", None)]),
            feed(vec![RawItem { url: "http://x.example/".parse().ok(), ..item("x", "Two", Some("theirs")) }]),
        );
        assert_eq!(joined.items[0].content_html, None);
    }

    #[test]
    fn whoever_found_more_counts() {
        let joined = combine(feed(vec![item("a", "One", None)]), feed(vec![item("x", "One", None), item("y", "Two", None)]));
        assert_eq!(joined.items.len(), 2);
        assert_eq!(combine(no_feed("ours"), feed(vec![item("x", "One", None)])).items.len(), 1);
        let damaged = combine(feed(vec![item("a", "One", None)]), no_feed("not closed"));
        assert_eq!((damaged.items.len(), damaged.warnings.len()), (1, 1));
        assert!(!combine(no_feed("ours"), no_feed("theirs")).recognized);
    }
}
