//! An alert as plain text, for people who read mail in a terminal, by voice, or with pictures and styles off.

use std::fmt::Write;

use jiff::Timestamp;
use url::Url;

use crate::alert::channels::{acknowledge_page, alert_page, alert_page_name, message_text, original_link};
use crate::model::{AlertContent, AlertKind, AlertStory, ClaimedDelivery, Content};

/// Column that values begin in.
const LABEL_WIDTH: usize = 13;

/// The whole text part.
pub fn text(delivery: &ClaimedDelivery, public_url: &Url) -> String {
    let mut text = match &delivery.content {
        Content::Alert(alert) => alert_text(alert, public_url),
        Content::Digest(digest) => message_text::digest(digest, public_url),
        Content::Burst(burst) => message_text::burst(burst, public_url),
        Content::Notice(notice) => message_text::notice(notice, public_url),
    };
    // The signature separator (RFC 3676, 4.3) has its space: mail readers fold what follows.
    push(&mut text, format_args!("-- \n{}\n", footer(delivery)));
    text
}

fn alert_text(content: &AlertContent, public_url: &Url) -> String {
    let story = &content.story;
    let mut text = format!("{}\n\n", story.title);
    if let Some(lead) = lead(content) {
        push(&mut text, format_args!("{lead}\n\n"));
    }
    for (label, value) in facts(content) {
        let label = format!("{label}:");
        push(&mut text, format_args!("{label:<LABEL_WIDTH$}{value}\n"));
    }
    if !story.excerpt.is_empty() {
        push(&mut text, format_args!("\n{}\n", story.excerpt));
    }
    text.push('\n');
    if let Some(link) = original_link(story.url.as_deref()) {
        push(&mut text, format_args!("Read the story:\n{link}\n\n"));
    }
    push(&mut text, format_args!("{}:\n{}\n\n", alert_page_name(content), alert_page(public_url, content)));
    if let Some(token) = &content.acknowledge {
        push(&mut text, format_args!("Acknowledge it, so that it is not repeated:\n{}\n\n", acknowledge_page(public_url, token)));
    }
    text
}

/// Why it comes, where it is not the first alert of its event.
pub(super) fn lead(content: &AlertContent) -> Option<String> {
    match content.kind {
        AlertKind::Created => None,
        AlertKind::Updated => {
            let reasons: Vec<&str> = content.updates.iter().map(|reason| reason.spoken()).collect();
            Some(format!("Update: {}.", reasons.join(", ")))
        }
        AlertKind::Repeated => Some(format!("Reminder {}: nobody has acknowledged this alert.", content.repeat)),
        AlertKind::Test => Some("This is a test: somebody asked presswatch to show that this channel works.".to_owned()),
    }
}

/// What is known, as label and value, in the order that a reader decides by. What is not known is left out.
pub(super) fn facts(content: &AlertContent) -> Vec<(&'static str, String)> {
    let story = &content.story;
    let facts = [
        ("Source", story.source_name.clone()),
        ("Published", story.published_at.map(moment).unwrap_or_default()),
        ("Country", story.main_country.map(|code| code.to_string()).unwrap_or_default()),
        ("Topics", spoken(&story.topics)),
        ("Happened to", spoken(&story.actors)),
        ("Matched", story.matched.join(" · ")),
        ("Reported by", message_text::publishers(content.publishers, content.reports)),
        ("Watchlist", watchlist(content)),
    ];
    facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// Who sent this, why, and what to quote when asking about it.
pub(super) fn footer(delivery: &ClaimedDelivery) -> String {
    let why = match &delivery.content {
        Content::Alert(alert) if alert.kind == AlertKind::Test => "Sent by presswatch as a test.",
        Content::Alert(_) => "Sent by presswatch because this story met a watchlist that alerts you.",
        Content::Digest(_) => "Sent by presswatch because a watchlist of yours collects what it finds.",
        Content::Burst(_) => "Sent by presswatch because a watchlist of yours found far more than usual.",
        Content::Notice(_) => "Sent by presswatch to whoever looks after it.",
    };
    format!("{why} Alert {} of {}.", delivery.alert, moment(delivery.created_at))
}

/// `2026-03-14 08:20 UTC`
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// What the story is called in a link.
pub(super) fn link_host(story: &AlertStory) -> Option<(Url, String)> {
    let link = original_link(story.url.as_deref())?;
    let host = link.host_str()?.trim_start_matches("www.").to_owned();
    Some((link, host))
}

fn watchlist(content: &AlertContent) -> String {
    let name = crate::alert::words::line(&content.watchlist_name, 120);
    format!("{name} (priority {})", content.priority.as_str())
}

fn push(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(words); // writing to a string cannot fail
}

/// Ids as words: `arrest_detention` is `arrest detention`.
fn spoken(ids: &[String]) -> String {
    ids.iter().map(|id| id.replace('_', " ")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::channels::sample;

    #[test]
    fn the_text_reads_from_headline_to_links() {
        let text = text(&sample::delivery(), &"https://desk.example".parse().unwrap());
        let expect = "\
Party founders held before vote

Source:      Steppe Herald
Published:   2026-03-14 08:20 UTC
Country:     KZ
Topics:      arrest detention, opposition
Happened to: opposition politician
Matched:     founders · Almaty
Watchlist:   Steppe: opposition (priority high)

Police took three founders of an unregistered party from a café.

Read the story:
https://herald.example/news/1?a=1&b=2

Evidence and other reports:
https://desk.example/stories/00000000-0000-0000-0000-0000000000a7

-- \n\
Sent by presswatch because this story met a watchlist that alerts you. Alert 00000000-0000-0000-0000-0000000000a1 of 2026-03-14 09:00 UTC.
";
        assert_eq!(text, expect);
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let mut delivery = sample::delivery();
        let story = &mut delivery.content.alert_mut().unwrap().story;
        (story.published_at, story.main_country, story.url) = (None, None, Some("javascript:alert(1)".to_owned()));
        story.topics.clear();
        story.actors.clear();
        story.matched.clear();
        story.excerpt.clear();
        let text = text(&delivery, &"https://desk.example".parse().unwrap());
        for absent in ["Published", "Country", "Topics", "Happened", "Matched", "Read the story", "javascript"] {
            assert!(!text.contains(absent), "{absent} in\n{text}");
        }
        assert!(!text.contains("\n\n\n"), "{text}");
    }
}
