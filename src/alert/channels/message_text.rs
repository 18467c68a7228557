//! Digests, bursts and notices as plain text: what every channel can send, and the twin of every mail's HTML.

use std::fmt::Write;

use url::Url;

use crate::alert::channels::plain::moment;
use crate::alert::channels::{original_link, page_below, story_page};
use crate::alert::words;
use crate::model::{BurstAlert, Digest, DigestEntry, Notice};

/// Names of lists and sources, in characters.
const NAME_LIMIT: usize = 120;

/// `2 publishers, 5 reports`; nothing where it is not known.
pub(super) fn publishers(publishers: u32, reports: u32) -> String {
    let counted = |number: u32, one: &str| if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") };
    match (publishers, reports) {
        (0, _) => String::new(),
        (1, 0 | 1) => "1 publisher".to_owned(),
        (publishers, reports) => format!("{}, {}", counted(publishers, "publisher"), counted(reports, "report")),
    }
}

/// The events of a period, by country where the list sorts so.
pub(super) fn digest(digest: &Digest, public_url: &Url) -> String {
    let mut text = format!("{}: {}\n", words::line(&digest.watchlist_name, NAME_LIMIT), digest.title());
    push(&mut text, format_args!("{} to {} ({})\n\n", moment(digest.from), moment(digest.until), digest.zone));
    if digest.entries.is_empty() {
        text.push_str("Nothing met this watchlist in this time. Presswatch ran and looked.\n\n");
    }
    entries(&mut text, &digest.entries, public_url);
    push(&mut text, format_args!("All of this watchlist:\n{}\n\n", page_below(public_url, &["watchlists", digest.watchlist.as_str()])));
    text
}

/// What makes it a burst, then the latest events of it.
pub(super) fn burst(burst: &BurstAlert, public_url: &Url) -> String {
    let mut text = format!("{}: {}\n\n", words::line(&burst.watchlist_name, NAME_LIMIT), burst.title());
    push(
        &mut text,
        format_args!(
            "{} sources brought {} stories of their own until {}; {:.1} standard deviations above what is usual at this hour of the week.\n\n",
            burst.sources,
            burst.stories,
            moment(burst.at),
            burst.z
        ),
    );
    entries(&mut text, &burst.entries, public_url);
    push(&mut text, format_args!("All of this watchlist:\n{}\n\n", page_below(public_url, &["watchlists", burst.watchlist.as_str()])));
    text
}

/// News for the operator.
pub(super) fn notice(notice: &Notice, public_url: &Url) -> String {
    let mut text = format!("{}\n\n{}\n\n", words::line(&notice.title, 300), notice.text.trim());
    for (label, value) in &notice.facts {
        push(&mut text, format_args!("{label}: {}\n", words::line(value, 400)));
    }
    if !notice.facts.is_empty() {
        text.push('\n');
    }
    for item in &notice.items {
        push(&mut text, format_args!("- {}: {}\n", words::line(&item.title, NAME_LIMIT), words::line(&item.text, 400)));
        if let Some(page) = &item.page {
            push(&mut text, format_args!("  {}\n", notice_page(public_url, page)));
        }
    }
    if !notice.items.is_empty() {
        text.push('\n');
    }
    if let Some(advice) = &notice.advice {
        push(&mut text, format_args!("What to do: {}\n\n", words::line(advice, 600)));
    }
    push(&mut text, format_args!("{}\n\n", notice_page(public_url, &notice.page)));
    text
}

/// A page that a notice names by its path.
pub(super) fn notice_page(public_url: &Url, path: &str) -> Url {
    page_below(public_url, &path.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>())
}

/// Countries stand together where they are the first thing sorted by; else each line names its own.
pub(super) fn by_country(entries: &[DigestEntry]) -> bool {
    let changes = entries.windows(2).filter(|pair| matches!(pair, [a, b] if a.story.main_country != b.story.main_country)).count();
    let mut countries: Vec<_> = entries.iter().map(|entry| entry.story.main_country).collect();
    countries.sort_unstable();
    countries.dedup();
    changes + 1 == countries.len()
}

fn entries(text: &mut String, entries: &[DigestEntry], public_url: &Url) {
    let together = by_country(entries);
    let mut former = None;
    for entry in entries {
        let story = &entry.story;
        let country = story.main_country.map_or_else(|| "No country".to_owned(), |country| country.to_string());
        if together && former != Some(story.main_country) {
            push(text, format_args!("== {country}\n\n"));
            former = Some(story.main_country);
        }
        push(text, format_args!("* {}\n", story.title));
        let mut about = vec![story.source_name.clone()];
        if !together {
            about.push(country);
        }
        about.extend(story.published_at.map(moment));
        about.push(publishers(entry.publishers, entry.reports));
        about.extend(entry.reason.spoken().map(str::to_owned));
        about.retain(|part| !part.is_empty());
        push(text, format_args!("  {}\n", about.join(" · ")));
        if let Some(link) = original_link(story.url.as_deref()) {
            push(text, format_args!("  {link}\n"));
        }
        push(text, format_args!("  {}\n\n", story_page(public_url, story.id)));
    }
}

fn push(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(words); // writing to a string cannot fail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::channels::sample;
    use crate::model::{CountryCode, DigestReason, NoticeItem, NoticeKind, Priority};

    fn public() -> Url {
        "https://desk.example".parse().unwrap()
    }

    #[test]
    fn a_digest_stands_by_country_and_says_why_something_waited() {
        let text = digest(&sample::digest(), &public());
        let expect = "\
Steppe: opposition: 3 events
2026-03-13 06:00 UTC to 2026-03-14 06:00 UTC (Asia/Almaty)

== KZ

* Party founders held before vote
  Steppe Herald · 2026-03-14 08:20 UTC · 2 publishers, 5 reports
  https://herald.example/news/1?a=1&b=2
  https://desk.example/stories/00000000-0000-0000-0000-0000000000a7

* Second event
  Steppe Herald · 2026-03-14 08:20 UTC · 1 publisher · came in quiet hours
  https://herald.example/news/1?a=1&b=2
  https://desk.example/stories/00000000-0000-0000-0000-0000000000a8

== No country

* Third event
  Steppe Herald · 2026-03-14 08:20 UTC · 1 publisher · over the rate limit
  https://herald.example/news/1?a=1&b=2
  https://desk.example/stories/00000000-0000-0000-0000-0000000000a9

All of this watchlist:
https://desk.example/watchlists/steppe_opposition

";
        assert_eq!(text, expect);
    }

    #[test]
    fn countries_that_do_not_stand_together_are_named_by_each_line() {
        let mut mixed = sample::digest();
        mixed.entries[1].story.main_country = None;
        mixed.entries[2].story.main_country = CountryCode::parse("KZ");
        let text = digest(&mixed, &public());
        assert!(!text.contains("==") && text.contains("Steppe Herald · No country ·"), "{text}");
        mixed.entries.clear();
        assert!(digest(&mixed, &public()).contains("Nothing met this watchlist"));
    }

    #[test]
    fn a_notice_says_what_happened_what_to_do_and_where_to_look() {
        let notice_of = Notice {
            kind: NoticeKind::SourcesFailing,
            priority: Priority::High,
            thread: uuid::Uuid::from_u128(1),
            title: "1 source is blocked\nX".to_owned(),
            text: "A wall stands before it.".to_owned(),
            facts: vec![("Sources".to_owned(), "12 of 13 heard".to_owned())],
            items: vec![NoticeItem { title: "Herald".to_owned(), text: "captcha".to_owned(), page: Some("sources/herald".to_owned()) }],
            advice: Some("Reach it in another way.".to_owned()),
            page: "sources".to_owned(),
            at: "2026-03-14T08:20:00Z".parse().unwrap(),
        };
        let expect = "1 source is blocked X\n\nA wall stands before it.\n\nSources: 12 of 13 heard\n\n- Herald: captcha\n  https://desk.example/sources/herald\n\n\
                      What to do: Reach it in another way.\n\nhttps://desk.example/sources\n\n";
        assert_eq!(notice(&notice_of, &public()), expect);
    }

    #[test]
    fn publishers_are_counted_apart_from_reports() {
        for (count, reports, expect) in
            [(0, 3, ""), (1, 1, "1 publisher"), (1, 4, "1 publisher, 4 reports"), (3, 3, "3 publishers, 3 reports"), (1, 0, "1 publisher")]
        {
            assert_eq!(publishers(count, reports), expect);
        }
        assert_eq!(DigestReason::parse("rate_limit"), Some(DigestReason::RateLimit));
    }
}
