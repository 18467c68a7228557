//! Digests, bursts and notices as HTML: a table by country, an event a row, each in its own language and direction.

use url::Url;

use crate::alert::channels::html::{Sheet, direction, escape, lang_attribute, paragraph, push};
use crate::alert::channels::message_text::{by_country, notice_page, publishers};
use crate::alert::channels::{original_link, page_below, plain, story_page};
use crate::alert::words;
use crate::model::{BurstAlert, Digest, DigestEntry, Notice};

/// Names of lists, in characters.
const NAME_LIMIT: usize = 120;
const TABLE: &str = "width:100%;border-collapse:collapse;margin:0 0 20px";
const CELL: &str = "padding:10px 0;border-bottom:1px solid #e4e8ec;vertical-align:top;text-align:start";

pub(super) fn digest<'c>(digest: &'c Digest, public_url: &Url) -> (Sheet<'c>, String) {
    let sheet = Sheet { overline: words::line(&digest.watchlist_name, NAME_LIMIT), title: capitalized(&digest.title()), language: None };
    let mut html = String::with_capacity(1024 * (digest.entries.len() + 2));
    soft(&mut html, &format!("{} to {} ({})", plain::moment(digest.from), plain::moment(digest.until), digest.zone));
    if digest.entries.is_empty() {
        paragraph(&mut html, "Nothing met this watchlist in this time. Presswatch ran and looked.", None);
    }
    entries(&mut html, &digest.entries, public_url);
    link(&mut html, &page_below(public_url, &["watchlists", digest.watchlist.as_str()]), "All of this watchlist");
    (sheet, html)
}

pub(super) fn burst<'c>(burst: &'c BurstAlert, public_url: &Url) -> (Sheet<'c>, String) {
    let sheet = Sheet { overline: words::line(&burst.watchlist_name, NAME_LIMIT), title: burst.title(), language: None };
    let mut html = String::with_capacity(1024 * (burst.entries.len() + 2));
    let text = format!(
        "{} sources brought {} stories of their own until {}; {:.1} standard deviations above what is usual at this hour of the week.",
        burst.sources,
        burst.stories,
        plain::moment(burst.at),
        burst.z
    );
    paragraph(&mut html, &text, None);
    entries(&mut html, &burst.entries, public_url);
    link(&mut html, &page_below(public_url, &["watchlists", burst.watchlist.as_str()]), "All of this watchlist");
    (sheet, html)
}

pub(super) fn notice<'c>(notice: &'c Notice, public_url: &Url) -> (Sheet<'c>, String) {
    let sheet = Sheet { overline: "Presswatch, to whoever looks after it".to_owned(), title: words::line(&notice.title, 300), language: None };
    let mut html = String::with_capacity(4 * 1024);
    if !notice.text.trim().is_empty() {
        paragraph(&mut html, notice.text.trim(), None);
    }
    if !notice.facts.is_empty() || !notice.items.is_empty() {
        push(&mut html, format_args!("<table role=\"presentation\" style=\"{TABLE};border-top:1px solid #e4e8ec\" class=\"rule\">\n"));
        for (label, value) in &notice.facts {
            row(&mut html, &escape(&words::line(label, NAME_LIMIT)), &words::line(value, 400));
        }
        for item in &notice.items {
            let name = escape(&words::line(&item.title, NAME_LIMIT));
            let name = match &item.page {
                Some(page) => {
                    format!("<a class=\"link\" style=\"color:#1b4f9c\" href=\"{}\">{name}</a>", escape(notice_page(public_url, page).as_str()))
                }
                None => name,
            };
            row(&mut html, &name, &words::line(&item.text, 400));
        }
        html.push_str("</table>\n");
    }
    if let Some(advice) = &notice.advice {
        paragraph(&mut html, &format!("What to do: {}", words::line(advice, 600)), None);
    }
    link(&mut html, &notice_page(public_url, &notice.page), "Open presswatch");
    (sheet, html)
}

/// One row an event; where countries stand together, each has a heading that counts its events.
fn entries(html: &mut String, entries: &[DigestEntry], public_url: &Url) {
    if entries.is_empty() {
        return;
    }
    let together = by_country(entries);
    push(html, format_args!("<table style=\"{TABLE}\">\n"));
    let mut former = None;
    for entry in entries {
        let country = entry.story.main_country;
        let name = country.map_or_else(|| "No country".to_owned(), |country| country.to_string());
        if together && former != Some(country) {
            let count = entries.iter().filter(|other| other.story.main_country == country).count();
            push(
                html,
                format_args!(
                    "<tr><th scope=\"rowgroup\" class=\"strong rule\" style=\"padding:14px 0 6px;border-bottom:2px solid #c5ccd3;font-size:14px;font-weight:650;color:#14181d;text-align:left\">{name} \
                     <span class=\"soft\" style=\"font-weight:400;color:#5b6570\">{count} {}</span></th></tr>\n",
                    if count == 1 { "event" } else { "events" }
                ),
            );
            former = Some(country);
        }
        event(html, entry, (!together).then_some(name), public_url);
    }
    html.push_str("</table>\n");
}

fn event(html: &mut String, entry: &DigestEntry, country: Option<String>, public_url: &Url) {
    let story = &entry.story;
    let page = story_page(public_url, story.id);
    let title = escape(&words::line(&story.title, 300));
    push(
        html,
        format_args!(
            "<tr><td class=\"rule\" style=\"{CELL}\"><div class=\"strong\"{} dir=\"{}\" style=\"font-size:15px;line-height:1.45;color:#14181d;overflow-wrap:anywhere\">",
            lang_attribute(&story.language),
            direction(&story.language)
        ),
    );
    let target = original_link(story.url.as_deref()).unwrap_or_else(|| page.clone());
    push(
        html,
        format_args!(
            "<a class=\"strong\" rel=\"noreferrer noopener\" style=\"color:#14181d;text-decoration:underline;text-decoration-color:#9aa5b1\" href=\"{}\">{title}</a></div>\n",
            escape(target.as_str())
        ),
    );
    let mut about = vec![story.source_name.clone()];
    about.extend(country);
    about.extend(story.published_at.map(plain::moment));
    about.push(publishers(entry.publishers, entry.reports));
    about.extend(entry.reason.spoken().map(str::to_owned));
    about.retain(|part| !part.is_empty());
    // Isolated from each other: a source's name may run the other way.
    let about = about.iter().map(|part| format!("<bdi>{}</bdi>", escape(part))).collect::<Vec<_>>().join(" · ");
    push(
        html,
        format_args!(
            "<div class=\"soft\" style=\"margin-top:2px;font-size:13px;line-height:1.5;color:#5b6570\">{about} · <a class=\"link\" style=\"color:#1b4f9c\" href=\"{}\">Evidence</a></div></td></tr>\n",
            escape(page.as_str())
        ),
    );
}

/// `name` is markup, `text` is not.
fn row(html: &mut String, name: &str, text: &str) {
    push(
        html,
        format_args!(
            "<tr><td class=\"soft rule\" style=\"{CELL};padding-right:14px;font-size:13px;line-height:1.5;color:#5b6570;width:30%\"><bdi>{name}</bdi></td>\
             <td class=\"strong rule\" dir=\"auto\" style=\"{CELL};font-size:14px;line-height:1.5;color:#14181d;overflow-wrap:anywhere\">{}</td></tr>\n",
            escape(text)
        ),
    );
}

fn soft(html: &mut String, text: &str) {
    push(html, format_args!("<p class=\"soft\" style=\"margin:0 0 10px;font-size:13px;line-height:1.4;color:#5b6570\">{}</p>\n", escape(text)));
}

fn link(html: &mut String, page: &Url, name: &str) {
    push(
        html,
        format_args!(
            "<p style=\"margin:0;font-size:14px\"><a class=\"link\" style=\"color:#1b4f9c\" href=\"{}\">{name}</a></p>\n",
            escape(page.as_str())
        ),
    );
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::channels::{html, sample};
    use crate::model::{ClaimedDelivery, Content, Language, NoticeItem, NoticeKind, Priority};

    fn page(content: Content) -> String {
        html::page(&ClaimedDelivery { content, ..sample::delivery() }, &"https://desk.example".parse().unwrap())
    }

    #[test]
    fn a_digest_is_a_table_by_country_with_each_event_in_its_own_direction() {
        let mut digest = sample::digest();
        digest.entries[1].story.language = Language::parse("fa").unwrap();
        let html = page(Content::Digest(Box::new(digest.clone())));
        assert!(html.contains(">KZ <span class=\"soft\" style=\"font-weight:400;color:#5b6570\">2 events</span>"), "{html}");
        assert!(
            html.contains(">No country <span") && html.contains("lang=\"fa\" dir=\"rtl\"") && html.contains("<bdi>over the rate limit</bdi>"),
            "{html}"
        );
        assert!(html.contains("<h1 class=\"strong\" dir=\"auto\"") && html.contains(">3 events</h1>"), "{html}");
        digest.entries[0].story.main_country = None;
        let mixed = page(Content::Digest(Box::new(digest)));
        assert!(!mixed.contains("scope=\"rowgroup\"") || mixed.matches("scope=\"rowgroup\"").count() == 2, "{mixed}");
    }

    #[test]
    fn words_of_strangers_are_never_markup_and_nothing_is_fetched() {
        let evil = "<img src=x onerror=alert(1)>\"'&";
        let mut digest = sample::digest();
        evil.clone_into(&mut digest.watchlist_name);
        for entry in &mut digest.entries {
            evil.clone_into(&mut entry.story.title);
            evil.clone_into(&mut entry.story.source_name);
            entry.story.url = Some("https://a.example/\"><script>".to_owned());
        }
        let notice = Notice {
            kind: NoticeKind::SourcesFailing,
            priority: Priority::High,
            thread: uuid::Uuid::from_u128(1),
            title: evil.to_owned(),
            text: evil.to_owned(),
            facts: vec![(evil.to_owned(), evil.to_owned())],
            items: vec![NoticeItem { title: evil.to_owned(), text: evil.to_owned(), page: Some("sources/x".to_owned()) }],
            advice: Some(evil.to_owned()),
            page: "sources".to_owned(),
            at: "2026-03-14T08:20:00Z".parse().unwrap(),
        };
        for html in [page(Content::Digest(Box::new(digest))), page(Content::Notice(Box::new(notice)))] {
            for way in ["<img", "<script", "src=x\"", "url(", "@import", "<link", "<iframe"] {
                assert!(!html.contains(way), "{way} in\n{html}");
            }
            assert!(html.matches("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;").count() >= 7, "{html}");
        }
    }
}
