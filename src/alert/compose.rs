//! From one match to the alerts that it causes: one per channel, each with the key that keeps it single.
//!
//! Pure. Deliberately absent: whether the key was seen before; only the database can know that, in the transaction that commits the story.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::alert::words;
use crate::config::{Channel, ChannelKind, GroupBy, Watchlist};
use crate::model::{AlertContent, AlertId, AlertKind, AlertStory, ChannelId, ClusterId, Evidence, Language, Match, NewAlert, StoryId};

/// Part of every key: a later rule of grouping gets another number, so that its keys never meet the old ones.
const KEY_VERSION: &[u8] = b"1";
/// How many matched texts an alert names.
const MATCHED_LIMIT: usize = 12;
/// How long one matched text may be, in characters.
const MATCHED_TEXT_LIMIT: usize = 80;
/// Longer headlines are cut, in characters.
const TITLE_LIMIT: usize = 300;
/// Longer names of sources are cut, in characters.
const SOURCE_NAME_LIMIT: usize = 120;

/// What the story belongs to; the watchlist's policy chooses which of it makes one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub cluster: ClusterId,
    /// The story itself, or the one that it is a copy of.
    pub original: StoryId,
    pub language: Language,
}

/// The alerts of one match: one per channel of the watchlist, empty when the story is older than the list's `max_age` or the match weaker than
/// its `min_score`. A story without a date counts as new.
///
/// `story.excerpt` may be the whole text: the first sentences are taken. `story.matched` is filled from the evidence. Channels that are not
/// configured are left out: the configuration that names them was refused.
pub fn compose(
    watchlist: &Watchlist,
    channels: &BTreeMap<ChannelId, Channel>,
    found: &Match,
    story: AlertStory,
    group: Group,
    now: Timestamp,
) -> Vec<NewAlert> {
    let policy = &watchlist.alert;
    let max_age = SignedDuration::try_from(policy.max_age).unwrap_or(SignedDuration::MAX);
    let too_old = story.published_at.is_some_and(|published| now.duration_since(published) > max_age);
    if too_old || found.score < policy.min_score {
        return Vec::new();
    }
    let Group { cluster, original, language } = group;
    let group_key = match policy.group_by {
        GroupBy::Cluster => vec![b"cluster".to_vec(), cluster.0.as_bytes().to_vec()],
        GroupBy::Language => vec![b"language".to_vec(), cluster.0.as_bytes().to_vec(), language.as_str().as_bytes().to_vec()],
        GroupBy::Story => vec![b"story".to_vec(), original.0.as_bytes().to_vec()],
    };
    let group_wait = SignedDuration::try_from(policy.group_wait).unwrap_or(SignedDuration::ZERO);
    let not_before = now.checked_add(group_wait).unwrap_or(now);
    let content = AlertContent {
        kind: AlertKind::Created,
        watchlist: watchlist.id.clone(),
        watchlist_name: watchlist.name.clone(),
        restricted: watchlist.restricted,
        priority: watchlist.priority,
        cluster,
        story: fit_for_sending(story, &found.evidence),
    };
    let wanted: BTreeSet<&ChannelId> = policy.channels.iter().collect();
    wanted
        .into_iter()
        .filter_map(|id| channels.get(id))
        .map(|channel| NewAlert {
            id: AlertId::new(now),
            content: content.clone(),
            channel: channel.id.clone(),
            recipients: recipients(&channel.kind),
            dedup_key: dedup_key(watchlist, &channel.id, &group_key, content.kind),
            not_before,
        })
        .collect()
}

fn fit_for_sending(story: AlertStory, evidence: &[Evidence]) -> AlertStory {
    AlertStory {
        title: words::line(&story.title, TITLE_LIMIT),
        excerpt: words::excerpt(&story.excerpt),
        source_name: words::line(&story.source_name, SOURCE_NAME_LIMIT),
        matched: matched_texts(evidence),
        ..story
    }
}

/// Each text once, in the order of the evidence; texts that differ only in case are one.
fn matched_texts(evidence: &[Evidence]) -> Vec<String> {
    let mut seen = HashSet::new();
    evidence
        .iter()
        .map(|place| words::line(&place.text, MATCHED_TEXT_LIMIT))
        .filter(|text| !text.is_empty() && seen.insert(text.to_lowercase()))
        .take(MATCHED_LIMIT)
        .collect()
}

/// One row of the outbox each; an address that is named twice gets one mail.
fn recipients(kind: &ChannelKind) -> Vec<String> {
    match kind {
        ChannelKind::Email { to, .. } => {
            let mut seen = HashSet::new();
            to.iter().filter(|address| seen.insert(address.trim().to_lowercase())).cloned().collect()
        }
        ChannelKind::Webhook { .. } => vec![String::new()],
    }
}

/// sha256 over the parts, each after its length, so that no two lists of parts give the same bytes.
fn dedup_key(watchlist: &Watchlist, channel: &ChannelId, group_key: &[Vec<u8>], kind: AlertKind) -> [u8; 32] {
    let parts = [KEY_VERSION, kind.as_str().as_bytes(), watchlist.id.as_str().as_bytes(), channel.as_str().as_bytes()];
    let mut hash = Sha256::new();
    for part in parts.into_iter().chain(group_key.iter().map(Vec::as_slice)) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::{AlertPolicy, QueryText, WatchFold};
    use crate::model::{Field, Priority, WatchlistId};
    use uuid::Uuid;

    const NOW: &str = "2026-03-14T09:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn watchlist(group_by: GroupBy) -> Watchlist {
        Watchlist {
            id: WatchlistId::new("steppe").unwrap(),
            name: "Steppe: opposition".to_owned(),
            enabled: true,
            priority: Priority::High,
            restricted: false,
            languages: Vec::new(),
            strict_language: false,
            visible_to: Vec::new(),
            countries_about: Vec::new(),
            country_min_score: 0.5,
            topics: Vec::new(),
            sources_include: Vec::new(),
            sources_exclude: Vec::new(),
            fold: WatchFold::Standard,
            morphology: true,
            query: QueryText::default(),
            persons: Vec::new(),
            alert: AlertPolicy {
                channels: vec![channel("desk"), channel("hook"), channel("desk")],
                group_by,
                group_wait: Duration::from_secs(90),
                max_age: Duration::from_hours(48),
                min_score: 0.4,
            },
        }
    }

    fn channel(id: &str) -> ChannelId {
        ChannelId::new(id).unwrap()
    }

    fn channels() -> BTreeMap<ChannelId, Channel> {
        let to = ["a@ngo.example", "b@ngo.example", "A@ngo.example"].map(str::to_owned).to_vec();
        let desk = Channel { id: channel("desk"), kind: ChannelKind::Email { to, full_subject: true } };
        let hook = Channel {
            id: channel("hook"),
            kind: ChannelKind::Webhook {
                url: "https://ngo.example/hook".parse().unwrap(),
                secrets: vec![crate::config::secret::SecretRef::Environment("HOOK".to_owned())],
                timeout: Duration::from_secs(20),
                payload: crate::config::Payload::Full,
            },
        };
        [desk, hook].into_iter().map(|channel| (channel.id.clone(), channel)).collect()
    }

    fn story() -> AlertStory {
        AlertStory {
            id: StoryId(Uuid::from_u128(7)),
            title: "Party founders\r\nBcc: evil@x.example held".to_owned(),
            excerpt: "They were held at dawn. ".repeat(60),
            url: Some("https://herald.example/1".to_owned()),
            source_name: "Steppe\u{202E} Herald".to_owned(),
            language: Language::parse("en").unwrap(),
            published_at: Some("2026-03-14T08:00:00Z".parse().unwrap()),
            main_country: None,
            topics: vec!["arrest_detention".to_owned()],
            actors: Vec::new(),
            matched: Vec::new(),
        }
    }

    fn group(cluster: u128, original: u128, language: &str) -> Group {
        Group {
            cluster: ClusterId(Uuid::from_u128(cluster)),
            original: StoryId(Uuid::from_u128(original)),
            language: Language::parse(language).unwrap(),
        }
    }

    fn found(score: f32, texts: &[&str]) -> Match {
        let place = |text: &&str| Evidence { field: Field::Text, start: 0, end: text.len(), text: (*text).to_owned(), rule: "term".to_owned() };
        Match { watchlist: WatchlistId::new("steppe").unwrap(), score, evidence: texts.iter().map(place).collect() }
    }

    fn alerts(group_by: GroupBy, group: &Group) -> Vec<NewAlert> {
        compose(&watchlist(group_by), &channels(), &found(0.9, &["held"]), story(), group.clone(), now())
    }

    #[test]
    fn each_channel_gets_one_alert_and_each_address_one_row() {
        let alerts = alerts(GroupBy::Cluster, &group(1, 1, "en"));
        let rows: Vec<(&str, usize)> = alerts.iter().map(|alert| (alert.channel.as_str(), alert.recipients.len())).collect();
        assert_eq!(rows, [("desk", 2), ("hook", 1)]);
        assert!(alerts.iter().all(|alert| alert.not_before == "2026-03-14T09:01:30Z".parse().unwrap()));
        assert_ne!(alerts[0].dedup_key, alerts[1].dedup_key);
        assert_ne!(alerts[0].id, alerts[1].id);
    }

    #[test]
    fn what_is_sent_is_clean_and_short() {
        let content = &alerts(GroupBy::Cluster, &group(1, 1, "en"))[0].content;
        assert_eq!(content.story.title, "Party founders Bcc: evil@x.example held");
        assert_eq!(content.story.source_name, "Steppe Herald");
        assert!(content.story.excerpt.chars().count() <= words::EXCERPT_LIMIT && content.story.excerpt.ends_with("dawn."));
    }

    #[test]
    fn matched_texts_are_named_once_and_are_capped() {
        let many: Vec<String> = (0..40).map(|n| format!("term{n}")).collect();
        let mut texts = vec!["Held", "held", " ", "HELD"];
        texts.extend(many.iter().map(String::as_str));
        let alerts = compose(&watchlist(GroupBy::Story), &channels(), &found(0.9, &texts), story(), group(1, 1, "en"), now());
        let matched = &alerts[0].content.story.matched;
        assert_eq!(matched.len(), MATCHED_LIMIT);
        assert_eq!(&matched[..2], ["Held", "term0"]);
    }

    #[test]
    fn old_stories_and_weak_matches_alert_nobody() {
        let list = watchlist(GroupBy::Story);
        let count = |published: Option<&str>, score| {
            let story = AlertStory { published_at: published.map(|at| at.parse().unwrap()), ..story() };
            compose(&list, &channels(), &found(score, &["held"]), story, group(1, 1, "en"), now()).len()
        };
        assert_eq!(count(Some("2026-03-12T09:00:00Z"), 0.4), 2, "exactly max_age old, exactly min_score");
        assert_eq!(count(Some("2026-03-12T08:59:59Z"), 0.9), 0);
        assert_eq!(count(Some("2026-03-14T08:00:00Z"), 0.39), 0);
        assert_eq!(count(None, 0.9), 2, "no date is no reason for silence");
    }

    #[test]
    fn the_policy_says_what_makes_one_alert() {
        let key = |group_by, group: &Group| alerts(group_by, group)[0].dedup_key;
        let (english, copy, russian, other) = (group(1, 1, "en"), group(1, 2, "en"), group(1, 3, "ru"), group(2, 4, "en"));
        for (group_by, expect) in
            [(GroupBy::Cluster, [true, true, false]), (GroupBy::Language, [true, false, false]), (GroupBy::Story, [false, false, false])]
        {
            let first = key(group_by, &english);
            assert_eq!(first, key(group_by, &english), "{group_by:?}: the same again");
            assert_eq!([&copy, &russian, &other].map(|group| key(group_by, group) == first), expect, "{group_by:?}");
        }
        assert_ne!(key(GroupBy::Cluster, &english), key(GroupBy::Story, &english), "a changed policy meets no old key");
    }

    #[test]
    fn another_list_has_other_keys() {
        let mut list = watchlist(GroupBy::Cluster);
        let key = |list: &Watchlist| compose(list, &channels(), &found(0.9, &["x"]), story(), group(1, 1, "en"), now())[0].dedup_key;
        let first = key(&list);
        list.id = WatchlistId::new("steppe2").unwrap();
        assert_ne!(first, key(&list));
    }
}
