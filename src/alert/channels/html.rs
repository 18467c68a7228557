//! The same alert as HTML: one column, inline styles, nothing that is fetched, light or dark as the reader has it.
//!
//! *Invariant:* every word of the story passes through [`escape`], and its language and direction are marked where it stands.

use std::fmt::Write;

use url::Url;

use crate::alert::channels::{acknowledge_page, alert_page, alert_page_name, html_tables, plain};
use crate::model::{AlertContent, AlertKind, ClaimedDelivery, Content, Language, Priority};

/// Languages written from right to left in their usual script.
const RIGHT_TO_LEFT: [&str; 13] = ["ar", "ckb", "dv", "fa", "he", "ks", "nqo", "prs", "ps", "sd", "ug", "ur", "yi"];

/// Mail readers that know no style sheet fall back on the inline styles, which suit a light background.
const STYLE: &str = "\
@media (prefers-color-scheme: dark) {\
.page{background:#15181c!important}\
.card{background:#1f242a!important;border-color:#363d46!important}\
.strong{color:#f2f4f6!important}\
.soft{color:#a9b2bc!important}\
.rule{border-color:#363d46!important}\
.mark{background:#4a3f14!important;color:#ffe9a3!important}\
.link{color:#8ab8ff!important}\
.button{background:#8ab8ff!important;color:#10151b!important}\
}";

const FONT: &str = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif";

/// The whole HTML part.
pub(super) fn page(delivery: &ClaimedDelivery, public_url: &Url) -> String {
    let (sheet, body) = match &delivery.content {
        Content::Alert(alert) => alert_body(alert, public_url),
        Content::Digest(digest) => html_tables::digest(digest, public_url),
        Content::Burst(burst) => html_tables::burst(burst, public_url),
        Content::Notice(notice) => html_tables::notice(notice, public_url),
    };
    let mut html = String::with_capacity(body.len() + 4 * 1024);
    html.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light dark\">\n");
    push(&mut html, format_args!("<title>{}</title>\n<style>{STYLE}</style>\n</head>\n", escape(&sheet.title)));
    push(&mut html, format_args!("<body class=\"page\" style=\"margin:0;padding:24px 12px;background:#f1f3f5;{FONT}\">\n"));
    html.push_str("<div class=\"card\" style=\"max-width:600px;margin:0 auto;background:#ffffff;border:1px solid #dde1e6;border-radius:8px;overflow:hidden\">\n");
    push(
        &mut html,
        format_args!(
            "<div style=\"height:4px;background:{};font-size:0;line-height:0\">&nbsp;</div>\n<div style=\"padding:20px 24px 24px\">\n",
            accent(delivery.content.priority())
        ),
    );
    push(
        &mut html,
        format_args!(
            "<p class=\"soft\" dir=\"auto\" style=\"margin:0 0 8px;font-size:13px;line-height:1.4;color:#5b6570\">{}</p>\n",
            escape(&sheet.overline)
        ),
    );
    push(
        &mut html,
        format_args!(
            "<h1 class=\"strong\"{} dir=\"{}\" style=\"margin:0 0 12px;font-size:21px;line-height:1.35;font-weight:650;color:#14181d;overflow-wrap:anywhere\">{}</h1>\n",
            sheet.language.map(lang_attribute).unwrap_or_default(),
            sheet.language.map_or("auto", direction),
            escape(&sheet.title)
        ),
    );
    html.push_str(&body);
    push(
        &mut html,
        format_args!(
            "</div>\n</div>\n<p class=\"soft\" style=\"max-width:600px;margin:14px auto 0;font-size:12px;line-height:1.5;color:#5b6570\">{}</p>\n</body>\n</html>\n",
            escape(&plain::footer(delivery))
        ),
    );
    html
}

/// What stands above the body.
pub(super) struct Sheet<'c> {
    pub(super) overline: String,
    pub(super) title: String,
    /// Of the title, where it is a stranger's.
    pub(super) language: Option<&'c Language>,
}

fn alert_body<'c>(content: &'c AlertContent, public_url: &Url) -> (Sheet<'c>, String) {
    let story = &content.story;
    let sheet = Sheet { overline: overline(content), title: story.title.clone(), language: Some(&story.language) };
    let mut html = String::with_capacity(4 * 1024);
    if !story.excerpt.is_empty() {
        paragraph(&mut html, &story.excerpt, Some(&story.language));
    }
    facts(&mut html, content, &lang_attribute(&story.language));
    links(&mut html, content, public_url);
    (sheet, html)
}

/// A paragraph in the language of whoever wrote it.
pub(super) fn paragraph(html: &mut String, text: &str, language: Option<&Language>) {
    push(
        html,
        format_args!(
            "<p class=\"strong\"{} dir=\"{}\" style=\"margin:0 0 18px;font-size:15px;line-height:1.6;color:#2b323a;overflow-wrap:anywhere\">{}</p>\n",
            language.map(lang_attribute).unwrap_or_default(),
            language.map_or("auto", direction),
            escape(text)
        ),
    );
}

fn overline(content: &AlertContent) -> String {
    match content.kind {
        AlertKind::Created => crate::alert::words::line(&content.watchlist_name, 120),
        AlertKind::Updated | AlertKind::Repeated => {
            format!("{} · {}", crate::alert::words::line(&content.watchlist_name, 120), plain::lead(content).unwrap_or_default())
        }
        AlertKind::Test => "Test: somebody asked presswatch to show that this channel works".to_owned(),
    }
}

fn facts(html: &mut String, content: &AlertContent, lang: &str) {
    html.push_str(
        "<table role=\"presentation\" class=\"rule\" style=\"width:100%;border-collapse:collapse;border-top:1px solid #e4e8ec;margin:0 0 20px\">\n",
    );
    for (label, value) in plain::facts(content) {
        let value = match label {
            "Matched" => marks(&content.story.matched, lang),
            "Watchlist" => escape(content.priority.as_str()),
            _ => escape(&value),
        };
        let label = if label == "Watchlist" { "Priority" } else { label };
        push(
            html,
            format_args!(
                "<tr><td class=\"soft rule\" style=\"padding:7px 14px 7px 0;border-bottom:1px solid #e4e8ec;font-size:13px;line-height:1.5;color:#5b6570;white-space:nowrap;vertical-align:baseline;width:1%\">{label}</td>\
                 <td class=\"strong rule\" dir=\"auto\" style=\"padding:7px 0;border-bottom:1px solid #e4e8ec;font-size:14px;line-height:1.5;color:#14181d;text-align:left;vertical-align:baseline;overflow-wrap:anywhere\">{value}</td></tr>\n"
            ),
        );
    }
    html.push_str("</table>\n");
}

/// Each matched text by itself: several scripts stand side by side without mixing.
fn marks(matched: &[String], lang: &str) -> String {
    let mut html = String::new();
    for text in matched {
        push(
            &mut html,
            format_args!(
                "<bdi{lang} class=\"mark\" style=\"display:inline-block;background:#fff3c4;color:#3d3200;border-radius:4px;padding:0 6px;margin:0 6px 3px 0\">{}</bdi> ",
                escape(text)
            ),
        );
    }
    html
}

fn links(html: &mut String, content: &AlertContent, public_url: &Url) {
    html.push_str("<p style=\"margin:0;font-size:14px;line-height:2.4\">");
    let page = alert_page(public_url, content);
    if let Some((link, host)) = plain::link_host(&content.story) {
        push(
            html,
            format_args!(
                "<a class=\"button\" rel=\"noreferrer noopener\" href=\"{}\" style=\"display:inline-block;background:#1b4f9c;color:#ffffff;text-decoration:none;border-radius:6px;padding:0 16px;margin-right:16px\">Read at {}</a> ",
                escape(link.as_str()),
                escape(&host)
            ),
        );
    }
    push(
        html,
        format_args!(
            "<a class=\"link\" href=\"{}\" style=\"display:inline-block;color:#1b4f9c\">{}</a>",
            escape(page.as_str()),
            alert_page_name(content)
        ),
    );
    if let Some(token) = &content.acknowledge {
        let page = acknowledge_page(public_url, token);
        push(
            html,
            format_args!(
                " <a class=\"link\" href=\"{}\" style=\"display:inline-block;margin-left:16px;color:#1b4f9c\">Acknowledge</a>",
                escape(page.as_str())
            ),
        );
    }
    html.push_str("</p>\n");
}

fn accent(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "#8a949e",
        Priority::Normal => "#2f6fd0",
        Priority::High => "#d9780f",
        Priority::Critical => "#c62828",
    }
}

pub(super) fn direction(language: &Language) -> &'static str {
    if RIGHT_TO_LEFT.contains(&language.as_str()) { "rtl" } else { "auto" }
}

/// With its leading space; nothing where the language is not known.
pub(super) fn lang_attribute(language: &Language) -> String {
    if language.is_undetermined() { String::new() } else { format!(" lang=\"{}\"", escape(language.as_str())) }
}

pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(letter),
        }
    }
    safe
}

pub(super) fn push(html: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = html.write_fmt(text); // writing to a string cannot fail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::channels::sample;

    fn render(delivery: &ClaimedDelivery) -> String {
        page(delivery, &"https://desk.example".parse().unwrap())
    }

    #[test]
    fn words_of_the_story_are_never_markup() {
        let mut delivery = sample::delivery();
        let evil = "<img src=x onerror=alert(1)>\"'&";
        let alert = delivery.content.alert_mut().unwrap();
        evil.clone_into(&mut alert.watchlist_name);
        let story = &mut alert.story;
        evil.clone_into(&mut story.title);
        evil.clone_into(&mut story.excerpt);
        evil.clone_into(&mut story.source_name);
        story.matched = vec![evil.to_owned()];
        story.topics = vec![evil.to_owned()];
        story.url = Some("https://a.example/\"><script>".to_owned());
        let html = render(&delivery);
        assert!(!html.contains("<img") && !html.contains("<script"), "{html}");
        assert_eq!(html.matches("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;").count(), 7, "title twice, then each once:\n{html}");
    }

    #[test]
    fn nothing_is_fetched() {
        let html = render(&sample::delivery());
        for way in ["src=", "url(", "@import", "<link", "<script", "<iframe"] {
            assert!(!html.contains(way), "{way} in\n{html}");
        }
    }

    #[test]
    fn language_and_direction_stand_where_the_words_do() {
        let mut delivery = sample::delivery();
        for (language, expect) in [("fa", "<h1 class=\"strong\" lang=\"fa\" dir=\"rtl\""), ("ru", "<h1 class=\"strong\" lang=\"ru\" dir=\"auto\"")] {
            delivery.content.alert_mut().unwrap().story.language = Language::parse(language).unwrap();
            assert!(render(&delivery).contains(expect), "{language}");
        }
        delivery.content.alert_mut().unwrap().story.language = Language::undetermined();
        assert!(render(&delivery).contains("<h1 class=\"strong\" dir=\"auto\""));
    }
}
