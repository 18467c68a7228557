//! From one match to the alerts that it causes: one per channel, each with the key that keeps it single.
//!
//! Pure. Deliberately absent: whether the key was seen before; only the database can know that, in the transaction that commits the story.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::alert::words;
use crate::config::{Channel, GroupBy, Watchlist};
use crate::model::{
    AlertContent, AlertId, AlertKind, AlertStory, ChannelId, ClusterId, Content, DigestEntry, DigestReason, Evidence, Language, Match, NewAlert,
    StoryId, UpdateReason, WatchlistId,
};

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

/// What was decided about an alert of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Empty for the first alert.
    pub updates: Vec<UpdateReason>,
    /// 0 for the first alert, then one more each time.
    pub version: u32,
    pub not_before: Timestamp,
    pub publishers: u32,
    pub reports: u32,
    pub acknowledge: Option<String>,
}

/// The alerts of one match: one per channel of the watchlist.
///
/// `story.excerpt` may be the whole text: the first sentences are taken. `story.matched` is filled from the evidence. Channels that are not
/// configured are left out: the configuration that names them was refused.
pub fn compose(
    watchlist: &Watchlist,
    channels: &BTreeMap<ChannelId, Channel>,
    found: &Match,
    story: AlertStory,
    group: &Group,
    plan: Plan,
    now: Timestamp,
) -> Vec<NewAlert> {
    let not_before = plan.not_before;
    let kind = if plan.updates.is_empty() { AlertKind::Created } else { AlertKind::Updated };
    let content = AlertContent {
        kind,
        watchlist: watchlist.id.clone(),
        watchlist_name: watchlist.name.clone(),
        restricted: watchlist.restricted,
        priority: watchlist.priority,
        cluster: group.cluster,
        story: fit_for_sending(story, &found.evidence),
        publishers: plan.publishers,
        reports: plan.reports,
        updates: plan.updates,
        repeat: 0,
        acknowledge: plan.acknowledge,
    };
    let mut parts = group_parts(watchlist.alert.group_by, group);
    if kind == AlertKind::Updated {
        parts.push(plan.version.to_be_bytes().to_vec());
    }
    let event = event_key(watchlist, group);
    let key = |channel: &ChannelId| dedup_key(&watchlist.id, channel, kind.as_str(), &parts);
    let of = |channel: &Channel| NewAlert {
        event_key: Some(event),
        not_before,
        ..message(Content::Alert(Box::new(content.clone())), channel, key(&channel.id), now)
    };
    distinct(&watchlist.alert.channels, channels).map(of).collect()
}

/// A message for one channel, due now, that belongs to no event.
pub fn message(content: Content, channel: &Channel, dedup_key: [u8; 32], now: Timestamp) -> NewAlert {
    let (id, recipients) = (AlertId::new(now), channel.kind.recipients());
    NewAlert { id, content, channel: channel.id.clone(), recipients, event_key: None, dedup_key, not_before: now }
}

/// Channels that are configured, each once, in the order of their names.
pub fn distinct<'c>(wanted: &[ChannelId], channels: &'c BTreeMap<ChannelId, Channel>) -> impl Iterator<Item = &'c Channel> {
    let wanted: BTreeSet<ChannelId> = wanted.iter().cloned().collect();
    wanted.into_iter().filter_map(|id| channels.get(&id))
}

/// What a list was told of is kept under this: what makes one alert by its policy.
pub fn event_key(watchlist: &Watchlist, group: &Group) -> [u8; 32] {
    hash(&group_parts(watchlist.alert.group_by, group))
}

/// The place in a digest of a story about further persons of an event.
pub fn key_of_persons(event: &[u8; 32], persons: &[String]) -> [u8; 32] {
    let mut parts = vec![b"persons".to_vec(), event.to_vec()];
    parts.extend(persons.iter().map(|person| person.as_bytes().to_vec()));
    hash(&parts)
}

/// What a digest shows of a match.
pub fn digest_entry(found: &Match, story: AlertStory, group: &Group, counted: (u32, u32), reason: DigestReason) -> DigestEntry {
    let (publishers, reports) = counted;
    DigestEntry { cluster: group.cluster, story: fit_for_sending(story, &found.evidence), publishers, reports, score: found.score, reason }
}

/// The policy chooses which of what a story belongs to makes one alert.
fn group_parts(group_by: GroupBy, group: &Group) -> Vec<Vec<u8>> {
    match group_by {
        GroupBy::Cluster => vec![b"cluster".to_vec(), group.cluster.0.as_bytes().to_vec()],
        GroupBy::Language => vec![b"language".to_vec(), group.cluster.0.as_bytes().to_vec(), group.language.as_str().as_bytes().to_vec()],
        GroupBy::Story => vec![b"story".to_vec(), group.original.0.as_bytes().to_vec()],
    }
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

/// What keeps a message single: sha256 over list, channel, kind and whatever else makes it one.
pub fn dedup_key(watchlist: &WatchlistId, channel: &ChannelId, kind: &str, parts: &[Vec<u8>]) -> [u8; 32] {
    let mut all = vec![KEY_VERSION.to_vec(), kind.as_bytes().to_vec(), watchlist.as_str().as_bytes().to_vec(), channel.as_str().as_bytes().to_vec()];
    all.extend_from_slice(parts);
    hash(&all)
}

/// sha256 over the parts, each after its length, so that no two lists of parts give the same bytes.
pub fn hash(parts: &[Vec<u8>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::{Address, AlertPolicy, ChannelKind, Format, QueryText, WatchFold, Webhook};
    use crate::model::{Field, Priority};
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
            alert: AlertPolicy { channels: vec![channel("desk"), channel("hook"), channel("desk")], group_by, ..AlertPolicy::default() },
            burst: None,
        }
    }

    fn channel(id: &str) -> ChannelId {
        ChannelId::new(id).unwrap()
    }

    fn channels() -> BTreeMap<ChannelId, Channel> {
        let to = ["a@ngo.example", "b@ngo.example", "A@ngo.example"].map(str::to_owned).to_vec();
        let desk = Channel { id: channel("desk"), kind: ChannelKind::Email { to, full_subject: true, openpgp: None } };
        let hook = Channel {
            id: channel("hook"),
            kind: ChannelKind::Webhook(Webhook {
                address: Address::Plain("https://ngo.example/hook".parse().unwrap()),
                format: Format::Standard,
                secrets: vec![crate::config::secret::SecretRef::Environment("HOOK".to_owned())],
                token: None,
                timeout: Duration::from_secs(20),
                payload: crate::config::Payload::Full,
            }),
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

    fn plan() -> Plan {
        let not_before = "2026-03-14T09:01:30Z".parse().unwrap();
        Plan { updates: Vec::new(), version: 0, not_before, publishers: 2, reports: 3, acknowledge: None }
    }

    fn alerts(group_by: GroupBy, group: &Group) -> Vec<NewAlert> {
        compose(&watchlist(group_by), &channels(), &found(0.9, &["held"]), story(), group, plan(), now())
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
        let alerts = alerts(GroupBy::Cluster, &group(1, 1, "en"));
        let content = alerts[0].content.alert().unwrap();
        assert_eq!(content.story.title, "Party founders Bcc: evil@x.example held");
        assert_eq!(content.story.source_name, "Steppe Herald");
        assert!(content.story.excerpt.chars().count() <= words::EXCERPT_LIMIT && content.story.excerpt.ends_with("dawn."));
    }

    #[test]
    fn matched_texts_are_named_once_and_are_capped() {
        let many: Vec<String> = (0..40).map(|n| format!("term{n}")).collect();
        let mut texts = vec!["Held", "held", " ", "HELD"];
        texts.extend(many.iter().map(String::as_str));
        let alerts = compose(&watchlist(GroupBy::Story), &channels(), &found(0.9, &texts), story(), &group(1, 1, "en"), plan(), now());
        let matched = &alerts[0].content.story().unwrap().matched;
        assert_eq!(matched.len(), MATCHED_LIMIT);
        assert_eq!(&matched[..2], ["Held", "term0"]);
    }

    #[test]
    fn each_update_is_an_alert_of_its_own_about_the_same_event() {
        let update = |version| Plan { updates: vec![UpdateReason::SeverityUp], version, ..plan() };
        let of = |plan| compose(&watchlist(GroupBy::Cluster), &channels(), &found(0.9, &["x"]), story(), &group(1, 1, "en"), plan, now()).remove(0);
        let (first, second, third) = (of(plan()), of(update(1)), of(update(2)));
        assert_ne!(first.dedup_key, second.dedup_key);
        assert_ne!(second.dedup_key, third.dedup_key);
        assert_eq!((first.event_key, second.event_key), (third.event_key, third.event_key));
        assert_eq!((first.content.kind(), second.content.kind()), ("alert.created", "alert.updated"));
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
        let key = |list: &Watchlist| compose(list, &channels(), &found(0.9, &["x"]), story(), &group(1, 1, "en"), plan(), now())[0].dedup_key;
        let first = key(&list);
        list.id = WatchlistId::new("steppe2").unwrap();
        assert_ne!(first, key(&list));
    }
}
