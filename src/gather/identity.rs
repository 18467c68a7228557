//! Whether a document is still its publisher's, and which address is asked for it. Pure.
//!
//! A domain that ran out and was bought answers with somebody else's feed. No single sign proves that: a redesign gives every entry a new
//! id, outlets rename themselves, and move. Two of three together, without one entry that is known, do not happen to an outlet.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::text;

/// A permanent redirect to another registrable domain is followed directly once it has stood for so long.
const MOVE_STANDS: Duration = Duration::from_hours(3 * 24);
/// With fewer entries nothing is said about the whole.
const ITEMS_LEAST: usize = 3;

/// What a document was when it was last taken for the publisher's; both `None` before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity<'a> {
    pub title: Option<&'a str>,
    /// Of its headlines, as detected with confidence.
    pub language: Option<&'a str>,
}

/// What a poll found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sighting<'a> {
    pub identity: Identity<'a>,
    pub items: usize,
    /// Entries that an earlier poll knew.
    pub known: usize,
    /// True when the document came from another registrable domain than the configured one.
    pub left_domain: bool,
}

/// Why another publisher seems to answer; `None` when there is no reason to think so.
pub fn suspicion(usual: Identity<'_>, seen: Sighting<'_>) -> Option<String> {
    if seen.known > 0 || seen.items < ITEMS_LEAST {
        return None;
    }
    let mut signs = Vec::new();
    if let (Some(former), Some(title)) = (usual.title, seen.identity.title)
        && shares_no_word(former, title)
    {
        signs.push(format!("its title changed from \"{}\" to \"{}\"", short(former), short(title)));
    }
    if let (Some(former), Some(language)) = (usual.language, seen.identity.language)
        && former != language
    {
        signs.push(format!("its language changed from {former} to {language}"));
    }
    if seen.left_domain && usual != Identity::default() {
        signs.push("it is served from another domain".to_owned());
    }
    (signs.len() >= 2).then(|| format!("none of its {} items is known, {}", seen.items, signs.join(", and ")))
}

/// Whether a permanent redirect is taken for the source's address: at once inside one registrable domain, else after it has stood.
pub fn follows_move(elsewhere: bool, moved_since: Timestamp, now: Timestamp) -> bool {
    !elsewhere || Duration::try_from(now.duration_since(moved_since)).is_ok_and(|stood| stood >= MOVE_STANDS)
}

fn shares_no_word(a: &str, b: &str) -> bool {
    let words = |title: &str| text::tokenize(title).into_iter().map(|token| token.folded).collect::<HashSet<_>>();
    let (a, b) = (words(a), words(b));
    !a.is_empty() && !b.is_empty() && a.is_disjoint(&b)
}

fn short(title: &str) -> String {
    title.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Identity<'_> = Identity { title: Some("Долина сегодня"), language: Some("ru") };
    const STRANGER: Identity<'_> = Identity { title: Some("Best casino bonuses"), language: Some("en") };

    #[track_caller]
    fn check(usual: Identity<'_>, seen: Sighting<'_>, parts: &[&str]) {
        let found = suspicion(usual, seen);
        assert_eq!(found.is_some(), !parts.is_empty(), "{found:?}");
        let found = found.unwrap_or_default();
        assert!(parts.iter().all(|part| found.contains(part)), "{found}");
    }

    #[test]
    fn a_stranger_on_the_old_address_is_told_by_two_signs() {
        let seen = Sighting { identity: STRANGER, items: 20, known: 0, left_domain: false };
        check(USUAL, seen, &["none of its 20 items is known", "from \"Долина сегодня\" to \"Best casino bonuses\"", "from ru to en"]);
        let same_title = Identity { title: USUAL.title, ..STRANGER };
        check(USUAL, Sighting { identity: same_title, left_domain: true, ..seen }, &["from ru to en", "another domain"]);
        check(USUAL, Sighting { identity: Identity { language: Some("ru"), ..STRANGER }, left_domain: true, ..seen }, &["title", "another domain"]);
    }

    #[test]
    fn one_sign_is_a_redesign_a_move_or_a_second_language() {
        let seen = Sighting { identity: USUAL, items: 20, known: 0, left_domain: false };
        check(USUAL, seen, &[]);
        check(USUAL, Sighting { left_domain: true, ..seen }, &[]);
        check(USUAL, Sighting { identity: Identity { title: Some("Новости"), ..USUAL }, ..seen }, &[]);
        check(USUAL, Sighting { identity: Identity { language: Some("kk"), ..USUAL }, ..seen }, &[]);
        check(USUAL, Sighting { identity: Identity { title: Some("ДОЛИНА | Today"), language: Some("en") }, ..seen }, &[]);
    }

    #[test]
    fn a_known_entry_proves_the_publisher_and_a_first_poll_proves_nothing() {
        let seen = Sighting { identity: STRANGER, items: 20, known: 1, left_domain: true };
        check(USUAL, seen, &[]);
        check(Identity::default(), Sighting { known: 0, ..seen }, &[]);
        check(USUAL, Sighting { known: 0, items: 2, ..seen }, &[]);
        check(USUAL, Sighting { identity: Identity::default(), items: 20, known: 0, left_domain: true }, &[]);
    }

    #[test]
    fn a_move_inside_the_domain_is_followed_at_once_and_another_after_three_days() {
        let now = Timestamp::UNIX_EPOCH + Duration::from_hours(100_000);
        let hours_ago = |hours| now - Duration::from_hours(hours);
        assert!(follows_move(false, now, now));
        assert!(!follows_move(true, hours_ago(71), now));
        assert!(follows_move(true, hours_ago(72), now));
        assert!(!follows_move(true, now + Duration::from_hours(1), now));
    }
}
