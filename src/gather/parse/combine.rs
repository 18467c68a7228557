//! One reading out of two.
//!
//! The recovering reader leads, because a feed is damaged on one day and whole on the next, and its items must have the same ids on both.
//! feed-rs fills what that reader found no value for, and takes over where it found more.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::gather::parse::limits::hashed_id;
use crate::model::{Parsed, RawItem};

/// Longer feeds are read once: feed-rs keeps all of a document in memory, many times its size.
const ITEMS_READ_TWICE: usize = 2000;

/// True where feed-rs may know more: no items were found, or one of them lacks its address, its date or its words. It is the larger part of
/// the work, and of a feed without such gaps it changes nothing.
pub(super) fn wants_second_reading(ours: &Parsed) -> bool {
    let has_gap = |item: &RawItem| {
        let is_wordless = item.title.is_none() || (item.summary_html.is_none() && item.content_html.is_none());
        item.url.is_none() || item.published.or(item.updated).is_none() || is_wordless
    };
    ours.items.len() <= ITEMS_READ_TWICE && (ours.items.is_empty() || ours.items.iter().any(has_gap))
}

/// Joins what the recovering reader found with what feed-rs found.
pub(super) fn combine(ours: Parsed, theirs: Result<Parsed, String>) -> Parsed {
    let theirs = match theirs {
        Ok(theirs) if ours.recognized => theirs,
        Ok(theirs) => return theirs,
        Err(fault) => {
            let mut parsed = ours;
            if parsed.recognized {
                parsed.warnings.push(format!("not by the rules, and read all the same: {fault}"));
            }
            return parsed;
        }
    };
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

/// Gives items that share an id and have different addresses an id each: some publishers give all their items the same.
pub(super) fn part_shared_ids(items: &mut [RawItem]) {
    let mut addresses: HashMap<&str, Option<&Url>> = HashMap::new();
    let mut shared: HashSet<String> = HashSet::new();
    for item in items.iter() {
        let Some(id) = item.external_id.as_deref() else { continue };
        if addresses.insert(id, item.url.as_ref()).is_some_and(|other| other != item.url.as_ref()) {
            shared.insert(id.to_owned());
        }
    }
    for item in items {
        if let (Some(id), Some(url)) = (&item.external_id, &item.url)
            && shared.contains(id)
        {
            item.external_id = Some(hashed_id(&[id, url.as_str()]));
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{combine, part_shared_ids, wants_second_reading};
    use crate::model::{Parsed, RawItem};

    fn item(id: &str, title: &str, content: Option<&str>) -> RawItem {
        RawItem { external_id: Some(id.to_owned()), title: Some(title.to_owned()), content_html: content.map(str::to_owned), ..RawItem::default() }
    }

    fn feed(items: Vec<RawItem>) -> Parsed {
        Parsed { recognized: true, items, ..Parsed::default() }
    }

    fn no_feed() -> Parsed {
        Parsed { warnings: vec!["no feed".to_owned()], ..Parsed::default() }
    }

    #[test]
    fn ids_are_ours_and_gaps_are_filled() {
        let joined = combine(
            feed(vec![item("a", "One", None), item("b", "Two", Some("ours"))]),
            Ok(feed(vec![item("x", "One", Some("theirs")), item("y", "Two", Some("theirs"))])),
        );
        let shown: Vec<_> = joined.items.iter().map(|item| (item.external_id.as_deref(), item.content_html.as_deref())).collect();
        assert_eq!(shown, [(Some("a"), Some("theirs")), (Some("b"), Some("ours"))]);
    }

    #[test]
    fn a_feed_is_read_again_where_it_has_gaps() {
        let url = "http://x.example/".parse().ok();
        let whole = RawItem { url, published: Some(Timestamp::UNIX_EPOCH), ..item("a", "One", Some("words")) };
        assert!(!wants_second_reading(&feed(vec![whole.clone(), whole.clone()])));
        let gaps = [
            RawItem { url: None, ..whole.clone() },
            RawItem { published: None, ..whole.clone() },
            RawItem { title: None, ..whole.clone() },
            RawItem { content_html: None, ..whole.clone() },
        ];
        for gap in gaps {
            assert!(wants_second_reading(&feed(vec![whole.clone(), gap.clone()])), "{gap:?}");
            assert!(!wants_second_reading(&feed(vec![gap; 2001])));
        }
        assert!(wants_second_reading(&no_feed()));
    }

    #[test]
    fn another_item_fills_nothing() {
        let joined = combine(
            feed(vec![item("a", "One", None)]),
            Ok(feed(vec![RawItem { url: "http://x.example/".parse().ok(), ..item("x", "Two", Some("theirs")) }])),
        );
        assert_eq!(joined.items[0].content_html, None);
    }

    #[test]
    fn whoever_found_more_counts() {
        let joined = combine(feed(vec![item("a", "One", None)]), Ok(feed(vec![item("x", "One", None), item("y", "Two", None)])));
        assert_eq!(joined.items.len(), 2);
        assert_eq!(combine(no_feed(), Ok(feed(vec![item("x", "One", None)]))).items.len(), 1);
        let damaged = combine(feed(vec![item("a", "One", None)]), Err("not closed".to_owned()));
        assert_eq!((damaged.items.len(), damaged.warnings.len()), (1, 1));
        assert!(!combine(no_feed(), Err("theirs".to_owned())).recognized);
    }

    #[test]
    fn an_id_that_all_items_share_is_no_id() {
        let at = |id: &str, url: &str| RawItem { url: url.parse().ok(), ..item(id, "One", None) };
        let mut items = vec![
            at("same", "http://x.example/1"),
            at("same", "http://x.example/2"),
            at("own", "http://x.example/3"),
            at("own", "http://x.example/3"),
        ];
        part_shared_ids(&mut items);
        let ids: Vec<_> = items.iter().filter_map(|item| item.external_id.clone()).collect();
        assert_ne!(ids[0], ids[1]);
        assert_eq!((ids[2].as_str(), ids[3].as_str()), ("own", "own"));
        let again = ids.clone();
        part_shared_ids(&mut items);
        assert_eq!(items.iter().filter_map(|item| item.external_id.clone()).collect::<Vec<_>>(), again);
    }
}
