//! What a chat, a telephone or an alerting system is told: the words of an alert before any service's markup.
//!
//! *Invariant:* of a restricted watchlist nothing but a reference and a link is here: no name, no headline, no term. Whatever a format does with a
//! brief, it cannot tell more.

use url::Url;

use crate::alert::channels::webhook::payload;
use crate::alert::channels::{acknowledge_page, alert_page_name, message_text, plain};
use crate::alert::words;
use crate::config::Payload;
use crate::model::{AlertKind, ClaimedDelivery, Content, DigestEntry, Notice, Priority};

/// Below it a shortened text says nothing.
const LEAST_EXCERPT: usize = 40;
const LEAST_FACT: usize = 60;
const LEAST_TITLE: usize = 60;
/// Longer addresses are left out before words are.
const LINK_COMFORT: usize = 300;
/// Of the watchlist's name, in characters.
const LIST_LIMIT: usize = 120;
/// Of the title of one thing of many, in characters.
const ITEM_LIMIT: usize = 160;

/// The words of one message; all lines are clean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Brief {
    pub(super) title: String,
    /// Why it comes, where it is not the first word of its event.
    pub(super) lead: String,
    pub(super) excerpt: String,
    /// Label and value.
    pub(super) facts: Vec<(&'static str, String)>,
    /// One line a thing, of messages about many.
    pub(super) items: Vec<String>,
    /// Things that were left out.
    pub(super) more: usize,
    /// Something was left out as a whole.
    pub(super) is_cut: bool,
    /// Where the story was published, with the host's name.
    pub(super) original: Option<(Url, String)>,
    /// Our own page, and what it is called.
    pub(super) page: Url,
    pub(super) page_name: &'static str,
    pub(super) acknowledge: Option<Url>,
    pub(super) priority: Priority,
    pub(super) is_test: bool,
}

impl Brief {
    /// What may be said of this delivery.
    pub(super) fn of(delivery: &ClaimedDelivery, payload: Payload, public_url: &Url) -> Self {
        let content = &delivery.content;
        let is_test = content.alert().is_some_and(|alert| alert.kind == AlertKind::Test);
        let mut brief = Self {
            title: if is_test { "Presswatch: test".to_owned() } else { format!("Presswatch {} {}", kind(content), reference(content)) },
            lead: String::new(),
            excerpt: String::new(),
            facts: Vec::new(),
            items: Vec::new(),
            more: 0,
            is_cut: false,
            original: None,
            page: payload::page(content, public_url),
            page_name: content.alert().map_or("More", alert_page_name),
            acknowledge: None,
            priority: content.priority(),
            is_test,
        };
        match if content.restricted() { Payload::Thin } else { payload } {
            Payload::Thin => return brief,
            Payload::Minimal => {
                if let Some((_, name)) = content.watchlist() {
                    brief.facts.push(("Watchlist", words::line(name, LIST_LIMIT)));
                }
                brief.facts.push(("Priority", content.priority().as_str().to_owned()));
            }
            Payload::Full => brief.tell(content),
        }
        if let Some(alert) = content.alert() {
            brief.acknowledge = alert.acknowledge.as_deref().map(|token| acknowledge_page(public_url, token));
        }
        brief.map(|text| words::line(text, usize::MAX))
    }

    fn tell(&mut self, content: &Content) {
        match content {
            Content::Alert(alert) => {
                if !self.is_test && !alert.story.title.trim().is_empty() {
                    self.title.clone_from(&alert.story.title);
                }
                self.lead = plain::lead(alert).unwrap_or_default();
                self.excerpt.clone_from(&alert.story.excerpt);
                self.facts = plain::facts(alert);
                self.original = plain::link_host(&alert.story);
            }
            Content::Digest(digest) => {
                self.title = format!("{}: {}", words::line(&digest.watchlist_name, LIST_LIMIT), digest.title());
                self.lead = format!("{} to {} ({})", plain::moment(digest.from), plain::moment(digest.until), digest.zone);
                self.items = digest.entries.iter().map(item).collect();
            }
            Content::Burst(burst) => {
                self.title = format!("{}: {}", words::line(&burst.watchlist_name, LIST_LIMIT), burst.title());
                self.items = burst.entries.iter().map(item).collect();
            }
            Content::Notice(notice) => self.tell_notice(notice),
        }
    }

    fn tell_notice(&mut self, notice: &Notice) {
        self.title.clone_from(&notice.title);
        self.excerpt.clone_from(&notice.text);
        self.items = notice.facts.iter().map(|(label, value)| format!("{label}: {value}")).collect();
        self.items.extend(notice.items.iter().map(|item| words::line(&format!("{}: {}", item.title, item.text), 2 * ITEM_LIMIT)));
        if let Some(advice) = &notice.advice {
            self.facts.push(("What to do", advice.clone()));
        }
    }

    /// The same with every word passed through `change`, for services that see signs in it.
    pub(super) fn map(mut self, change: impl Fn(&str) -> String) -> Self {
        for text in [&mut self.title, &mut self.lead, &mut self.excerpt].into_iter().chain(&mut self.items) {
            *text = change(text);
        }
        for (_, value) in &mut self.facts {
            *value = change(value);
        }
        self
    }

    /// Written by `render` in at most `limit` units of `measure`: what matters least is shortened or left out first, always with a sign.
    pub(super) fn fitted(mut self, limit: usize, measure: impl Fn(&str) -> usize, render: impl Fn(&Self) -> String) -> String {
        loop {
            let text = render(&self);
            let size = measure(&text);
            if size <= limit || !self.shorten(size - limit) {
                return text;
            }
        }
    }

    /// Takes away about this much; false when nothing is left to take.
    fn shorten(&mut self, surplus: usize) -> bool {
        if !self.excerpt.is_empty() {
            let rest = self.excerpt.chars().count().saturating_sub(surplus.max(2));
            self.is_cut |= rest < LEAST_EXCERPT;
            self.excerpt = if rest < LEAST_EXCERPT { String::new() } else { words::line(&self.excerpt, rest) };
            return true;
        }
        if let Some((_, longest)) =
            self.facts.iter_mut().max_by_key(|(_, value)| value.chars().count()).filter(|(_, value)| value.chars().count() > LEAST_FACT)
        {
            let rest = longest.chars().count().saturating_sub(surplus.max(2)).max(LEAST_FACT);
            *longest = words::line(longest, rest);
            return true;
        }
        if self.original.as_ref().is_some_and(|(link, _)| link.as_str().len() > LINK_COMFORT) {
            (self.original, self.is_cut) = (None, true);
            return true;
        }
        if !self.items.is_empty() {
            // What is left out is counted.
            let kept = if self.items.len() > 8 { self.items.len() * 3 / 4 } else { self.items.len() - 1 };
            self.more += self.items.len() - kept;
            self.items.truncate(kept);
            return true;
        }
        if self.facts.pop().is_some() {
            self.is_cut = true;
            return true;
        }
        if !self.lead.is_empty() {
            self.lead.clear();
            return true;
        }
        let length = self.title.chars().count();
        if length > LEAST_TITLE {
            self.title = words::line(&self.title, length.saturating_sub(surplus.max(2)).max(LEAST_TITLE));
            return true;
        }
        self.original.take().is_some()
    }

    /// As text without any markup.
    pub(super) fn text(&self) -> String {
        format!("{}\n\n{}", self.title, self.body())
    }

    /// The same without the title, for services that have a field for it.
    pub(super) fn body(&self) -> String {
        let mut paragraphs = self.paragraphs();
        paragraphs.extend(self.links().into_iter().map(|(name, link)| format!("{name}: {link}")));
        paragraphs.join("\n\n")
    }

    /// What is said before the links.
    pub(super) fn paragraphs(&self) -> Vec<String> {
        let facts = self.facts.iter().map(|(label, value)| format!("{label}: {value}")).collect::<Vec<_>>().join("\n");
        let cut = if self.is_cut { "…" } else { "" };
        let mut paragraphs = vec![self.lead.clone(), self.excerpt.clone(), self.list("- "), facts, cut.to_owned()];
        paragraphs.retain(|text| !text.is_empty());
        paragraphs
    }

    /// The things one below the other, and how many more there are.
    pub(super) fn list(&self, bullet: &str) -> String {
        let mut lines: Vec<String> = self.items.iter().map(|item| format!("{bullet}{item}")).collect();
        if self.more > 0 {
            lines.push(format!("… and {} more", self.more));
        }
        lines.join("\n")
    }

    /// Every link with its name.
    pub(super) fn links(&self) -> Vec<(String, Url)> {
        let original = self.original.as_ref().map(|(link, host)| (format!("Read at {host}"), link.clone()));
        let acknowledge = self.acknowledge.as_ref().map(|link| ("Acknowledge".to_owned(), link.clone()));
        original.into_iter().chain([(self.page_name.to_owned(), self.page.clone())]).chain(acknowledge).collect()
    }
}

fn item(entry: &DigestEntry) -> String {
    let story = &entry.story;
    let country = story.main_country.map(|country| format!("{country}: ")).unwrap_or_default();
    let publishers = message_text::publishers(entry.publishers, entry.reports);
    let about = [story.source_name.as_str(), publishers.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    format!("{country}{} ({about})", words::line(&story.title, ITEM_LIMIT))
}

fn kind(content: &Content) -> &'static str {
    match content {
        Content::Alert(_) => "alert",
        Content::Digest(_) => "digest",
        Content::Burst(_) => "burst",
        Content::Notice(_) => "notice",
    }
}

/// The last digits of a UUIDv7 are random; its first ones are the time. The same for all messages of a thread.
fn reference(content: &Content) -> String {
    let thread = content.thread().simple().to_string();
    thread.get(thread.len().saturating_sub(8)..).unwrap_or_default().to_owned()
}

/// Services that look for names behind an at sign find none behind its full-width form.
pub(super) fn without_mentions(text: &str) -> String {
    text.replace('@', "＠")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::channels::sample;
    use crate::model::AlertContent;

    fn brief(change: impl FnOnce(&mut AlertContent), payload: Payload) -> Brief {
        let mut delivery = sample::delivery();
        change(delivery.content.alert_mut().unwrap());
        Brief::of(&delivery, payload, &"https://desk.example".parse().unwrap())
    }

    fn digest(change: impl FnOnce(&mut crate::model::Digest)) -> Brief {
        let mut digest = sample::digest();
        change(&mut digest);
        let delivery = ClaimedDelivery { content: Content::Digest(Box::new(digest)), ..sample::delivery() };
        Brief::of(&delivery, Payload::Full, &"https://desk.example".parse().unwrap())
    }

    fn characters(text: &str) -> usize {
        text.chars().count()
    }

    #[test]
    fn a_payload_says_no_more_than_it_may() {
        let full = brief(|_| {}, Payload::Full).text();
        assert!(full.starts_with("Party founders held before vote\n\nPolice took") && full.contains("\nMatched: founders · Almaty\n"), "{full}");
        let minimal = brief(|_| {}, Payload::Minimal).text();
        assert!(minimal.contains("Watchlist: Steppe: opposition") && !minimal.contains("Party") && !minimal.contains("herald"), "{minimal}");
        let thin = brief(|_| {}, Payload::Thin).text();
        assert_eq!(
            thin,
            "Presswatch alert 000000c1\n\nEvidence and other reports: https://desk.example/stories/00000000-0000-0000-0000-0000000000a7"
        );
        for payload in [Payload::Full, Payload::Minimal, Payload::Thin] {
            assert_eq!(brief(|alert| alert.restricted = true, payload).text(), thin, "{payload:?}");
        }
        assert_eq!(digest(|digest| digest.restricted = true).text(), "Presswatch digest 000000e1\n\nMore: https://desk.example/alerts");
    }

    #[test]
    fn a_digest_names_its_events_and_counts_what_does_not_fit() {
        let whole = digest(|_| {});
        assert!(
            whole.text().contains("\n- KZ: Party founders held before vote (Steppe Herald, 2 publishers, 5 reports)\n- KZ: Second"),
            "{}",
            whole.text()
        );
        let long = digest(|digest| digest.entries = digest.entries.iter().cycle().take(60).cloned().collect());
        let text = long.fitted(2000, characters, Brief::text);
        assert!(characters(&text) <= 2000 && text.contains("\n… and ") && text.contains("Second event"), "{text}");
    }

    #[test]
    fn what_matters_least_is_cut_first_and_the_link_to_us_stays() {
        let long = |alert: &mut AlertContent| {
            alert.story.title = "заголовок ".repeat(30);
            alert.story.excerpt = "Слово за слово. ".repeat(25);
            alert.story.matched = vec!["совпадение".repeat(8); 12];
            alert.story.url = Some(format!("https://herald.example/{}", "x".repeat(2000)));
        };
        for limit in [5000, 3000, 1500, 900, 400, 200] {
            let text = brief(long, Payload::Full).fitted(limit, characters, Brief::text);
            assert!(characters(&text) <= limit, "{limit}: {text}");
            assert!(text.ends_with("/stories/00000000-0000-0000-0000-0000000000a7"), "{text}");
            assert!(text.starts_with("заголовок") && (limit > 4000 || text.contains('…')), "{text}");
        }
    }
}
