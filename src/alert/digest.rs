//! From what waited to the messages of one digest: sorted as the list says, in parts that a mail reader bears.

use std::cmp::Ordering;

use jiff::Timestamp;
use uuid::Uuid;

use crate::alert::{compose, words};
use crate::config::{DigestSort, Watchlist};
use crate::model::{Digest, DigestEntry};

/// How much of a story a digest quotes, in characters: a reader looks over many.
const EXCERPT_LIMIT: usize = 240;

/// The messages of a period: none when nothing waited and the list does not tell of that. Every event stands in one of them.
pub fn messages(list: &Watchlist, mut entries: Vec<DigestEntry>, from: Timestamp, until: Timestamp) -> Vec<Digest> {
    let policy = &list.alert.digest;
    if entries.is_empty() && !policy.send_empty {
        return Vec::new();
    }
    entries.sort_by(|a, b| policy.sort.iter().map(|by| order(*by, a, b)).find(|order| order.is_ne()).unwrap_or_else(|| newest(a, b)));
    for entry in &mut entries {
        entry.story.excerpt = words::line(&entry.story.excerpt, EXCERPT_LIMIT);
    }
    let total = count(entries.len());
    let mut parts: Vec<Vec<DigestEntry>> = entries.chunks(policy.max_items.max(1)).map(<[DigestEntry]>::to_vec).collect();
    if parts.is_empty() {
        parts.push(Vec::new());
    }
    let many = count(parts.len());
    let digest = |(number, entries): (usize, Vec<DigestEntry>)| Digest {
        watchlist: list.id.clone(),
        watchlist_name: list.name.clone(),
        restricted: list.restricted,
        priority: list.priority,
        thread: thread("digest", list.id.as_str()),
        from,
        until,
        zone: policy.zone.iana_name().unwrap_or("UTC").to_owned(),
        part: count(number + 1),
        parts: many,
        total,
        entries,
    };
    parts.into_iter().enumerate().map(digest).collect()
}

/// The same for all messages of a kind about one thing.
pub fn thread(kind: &str, about: &str) -> Uuid {
    let digest = compose::hash(&[kind.as_bytes().to_vec(), about.as_bytes().to_vec()]);
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(digest) {
        *byte = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn order(by: DigestSort, a: &DigestEntry, b: &DigestEntry) -> Ordering {
    match by {
        // What is about no country stands last.
        DigestSort::Country => {
            let country = |entry: &DigestEntry| (entry.story.main_country.is_none(), entry.story.main_country);
            country(a).cmp(&country(b))
        }
        DigestSort::Score => b.score.total_cmp(&a.score),
        DigestSort::Time => newest(a, b),
        DigestSort::Publishers => b.publishers.cmp(&a.publishers),
    }
}

fn newest(a: &DigestEntry, b: &DigestEntry) -> Ordering {
    b.story.published_at.cmp(&a.story.published_at).then(a.story.id.cmp(&b.story.id))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AlertPolicy, DigestPolicy, QueryText, WatchFold};
    use crate::model::{AlertStory, ClusterId, CountryCode, DigestReason, Language, Priority, StoryId, WatchlistId};

    fn list(sort: &[DigestSort], max_items: usize, send_empty: bool) -> Watchlist {
        let digest = DigestPolicy { sort: sort.to_vec(), max_items, send_empty, ..DigestPolicy::default() };
        Watchlist {
            id: WatchlistId::new("steppe").unwrap(),
            name: "Steppe".to_owned(),
            enabled: true,
            priority: Priority::Normal,
            restricted: false,
            visible_to: Vec::new(),
            languages: Vec::new(),
            strict_language: false,
            countries_about: Vec::new(),
            country_min_score: 0.5,
            topics: Vec::new(),
            sources_include: Vec::new(),
            sources_exclude: Vec::new(),
            fold: WatchFold::Standard,
            morphology: true,
            query: QueryText::default(),
            persons: Vec::new(),
            alert: AlertPolicy { digest, ..AlertPolicy::default() },
            burst: None,
        }
    }

    fn entry(number: u128, country: Option<&str>, score: f32, publishers: u32) -> DigestEntry {
        let story = AlertStory {
            id: StoryId(Uuid::from_u128(number)),
            title: number.to_string(),
            excerpt: "word ".repeat(80),
            url: None,
            source_name: "Herald".to_owned(),
            language: Language::parse("en").unwrap(),
            published_at: Timestamp::from_second(i64::try_from(number).unwrap()).ok(),
            main_country: country.and_then(CountryCode::parse),
            topics: Vec::new(),
            actors: Vec::new(),
            matched: Vec::new(),
        };
        DigestEntry { cluster: ClusterId(Uuid::from_u128(number)), story, publishers, reports: publishers, score, reason: DigestReason::Listed }
    }

    fn made(list: &Watchlist, entries: &[DigestEntry]) -> Vec<Digest> {
        messages(list, entries.to_vec(), Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn events_are_sorted_as_the_list_says() {
        let entries = [entry(1, None, 0.9, 1), entry(2, Some("RU"), 0.5, 4), entry(3, Some("KZ"), 0.6, 2), entry(4, Some("RU"), 0.8, 3)];
        for (sort, expect) in [
            ([DigestSort::Country, DigestSort::Score].as_slice(), ["3", "4", "2", "1"]),
            (&[DigestSort::Score], ["1", "4", "3", "2"]),
            (&[DigestSort::Time], ["4", "3", "2", "1"]),
            (&[DigestSort::Publishers], ["2", "4", "3", "1"]),
            (&[], ["4", "3", "2", "1"]),
        ] {
            let digest = made(&list(sort, 60, false), &entries).remove(0);
            let titles: Vec<&str> = digest.entries.iter().map(|entry| entry.story.title.as_str()).collect();
            assert_eq!(titles, expect, "{sort:?}");
            assert!(digest.entries.iter().all(|entry| entry.story.excerpt.chars().count() <= EXCERPT_LIMIT));
        }
    }

    #[test]
    fn a_long_digest_has_parts_and_every_event_stands_in_one() {
        let entries: Vec<DigestEntry> = (1..=25).map(|number| entry(number, None, 0.5, 1)).collect();
        let parts = made(&list(&[DigestSort::Time], 10, false), &entries);
        assert_eq!(
            parts.iter().map(|part| (part.part, part.parts, part.total, part.entries.len())).collect::<Vec<_>>(),
            [(1, 3, 25, 10), (2, 3, 25, 10), (3, 3, 25, 5)]
        );
        assert_eq!(parts.iter().flat_map(|part| &part.entries).map(|entry| entry.story.id).collect::<std::collections::BTreeSet<_>>().len(), 25);
        assert_eq!(parts[1].title(), "25 events, part 2 of 3");
    }

    #[test]
    fn an_empty_period_is_told_where_the_list_asks_for_it() {
        assert!(made(&list(&[], 10, false), &[]).is_empty());
        let told = made(&list(&[], 10, true), &[]);
        assert_eq!((told.len(), told[0].title().as_str()), (1, "nothing found"));
    }
}
