//! Slack, Mattermost, Discord, Telegram and Matrix: their markup around words in which they find none.
//!
//! *Invariant:* nobody is mentioned, no link of a story is looked up by the service, and its documented limits are kept.

use serde_json::{Value, json};
use url::Url;

use crate::alert::channels::webhook::brief::{Brief, without_mentions};
use crate::alert::words;
use crate::model::Priority;

/// Slack: `plain_text` of a header block; text of a section block.
const SLACK_HEADER: usize = 150;
const SLACK_SECTION: usize = 3_000;
/// Slack: the text that notifications show.
const SLACK_FALLBACK: usize = 1_000;
/// Mattermost: the runes that attachments may have together (8,000 less what the server adds itself).
const MATTERMOST_ATTACHMENTS: usize = 7_000;
/// Discord: `content`.
const DISCORD_CONTENT: usize = 2_000;
/// Telegram: the text after its markup is read; counted before it here.
const TELEGRAM_TEXT: usize = 4_096;
/// Matrix: an event may have 65,536 bytes with everything that servers add.
const MATRIX_BYTES: usize = 24_000;
/// Discord's flag for a message whose links get no preview.
const SUPPRESS_EMBEDS: u32 = 1 << 2;

/// Text objects are plain wherever words of strangers stand; the three signs of Slack's own markup are escaped all the same.
pub(super) fn slack(brief: Brief) -> Value {
    let fallback = escape_slack(&words::line(&brief.title, SLACK_FALLBACK));
    let title = fit_escaped(&brief.title, SLACK_HEADER);
    let links = brief.links().iter().map(|(name, link)| format!("<{}|{}>", escape_slack_link(link), escape_slack(name))).collect::<Vec<_>>();
    let mut blocks = vec![json!({ "type": "header", "text": { "type": "plain_text", "text": title, "emoji": false } })];
    let text = brief.fitted(SLACK_SECTION, |text| text.chars().count(), |brief| escape_slack(&brief.paragraphs().join("\n\n")));
    if !text.is_empty() {
        blocks.push(json!({ "type": "section", "text": { "type": "plain_text", "text": text, "emoji": false } }));
    }
    let mut line = String::new();
    for link in links {
        if line.chars().count() + link.chars().count() < SLACK_SECTION - 3 {
            line = if line.is_empty() { link } else { format!("{line} · {link}") };
        }
    }
    blocks.push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": line, "verbatim": true } }));
    json!({ "text": fallback, "blocks": blocks, "unfurl_links": false, "unfurl_media": false })
}

fn escape_slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Within `<...|...>` a bar ends the address.
fn escape_slack_link(link: &Url) -> String {
    escape_slack(link.as_str()).replace('|', "%7C")
}

fn fit_escaped(text: &str, limit: usize) -> String {
    let mut room = limit;
    loop {
        let escaped = escape_slack(&words::line(text, room));
        if escaped.chars().count() <= limit || room < 8 {
            return escaped;
        }
        room -= (escaped.chars().count() - limit).clamp(1, room - 4);
    }
}

/// An attachment, because a post that has one gets no previews of its links.
pub(super) fn mattermost(brief: Brief) -> Value {
    let color = match brief.priority {
        Priority::Low => "#8a949e",
        Priority::Normal => "#2f6fd0",
        Priority::High => "#d9780f",
        Priority::Critical => "#c62828",
    };
    let priority = match brief.priority {
        Priority::Critical => Some("urgent"),
        Priority::High => Some("important"),
        Priority::Low | Priority::Normal => None,
    };
    let fallback = without_mentions(&words::line(&brief.title, 300));
    let title = escape_mattermost(&words::line(&brief.title, 300));
    let page = brief.page.to_string();
    let text = brief.map(escape_mattermost).fitted(
        MATTERMOST_ATTACHMENTS - 2_000,
        |text| text.chars().count(),
        |brief| {
            let links = brief.links().iter().map(|(name, link)| format!("[{}]({})", escape_mattermost(name), bracketed(link))).collect::<Vec<_>>();
            format!("{}\n\n{}", brief.paragraphs().join("\n\n"), links.join(" · ")).trim().to_owned()
        },
    );
    let mut body = json!({ "attachments": [{ "fallback": fallback, "color": color, "title": title, "title_link": page, "text": text }] });
    if let Some(priority) = priority {
        body["priority"] = json!({ "priority": priority });
    }
    body
}

fn escape_mattermost(text: &str) -> String {
    escape_with_backslash(&without_mentions(text), |sign| "\\`*{}[]()#+-.!_>~|<".contains(sign))
}

/// Waits until the message is stored, so that the answer says whether it is.
pub(super) fn discord_url(mut url: Url) -> Url {
    if !url.query_pairs().any(|(name, _)| name == "wait") {
        url.query_pairs_mut().append_pair("wait", "true");
    }
    url
}

pub(super) fn discord(brief: Brief) -> Value {
    // The service counts UTF-16 in some clients, code points in others: the larger number is kept.
    let content = brief.map(escape_discord).fitted(
        DISCORD_CONTENT,
        |text| text.encode_utf16().count(),
        |brief| {
            let links = brief.links().iter().map(|(name, link)| format!("[{}](<{}>)", escape_discord(name), bracketed(link))).collect::<Vec<_>>();
            let mut parts = vec![format!("**{}**", brief.title)];
            parts.extend(brief.paragraphs());
            parts.push(links.join(" · "));
            parts.join("\n\n")
        },
    );
    json!({ "content": content, "allowed_mentions": { "parse": [] }, "flags": SUPPRESS_EMBEDS })
}

fn escape_discord(text: &str) -> String {
    escape_with_backslash(&without_mentions(text), |sign| "\\`*_~|<>#[]():+-".contains(sign))
}

/// Signs that would end a link in brackets.
fn bracketed(link: &Url) -> String {
    link.as_str().replace('(', "%28").replace(')', "%29").replace('<', "%3C").replace('>', "%3E")
}

fn escape_with_backslash(text: &str, special: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if special(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// The method's address: the token is a part of it.
pub(super) fn telegram_url(mut url: Url, token: &str) -> Url {
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend([format!("bot{}", token.trim()).as_str(), "sendMessage"]);
    }
    url
}

pub(super) fn telegram(brief: Brief, chat: &str, thread: Option<i64>) -> Value {
    let silent = brief.priority == Priority::Low;
    let text = brief.map(|text| escape_html(&without_mentions(text))).fitted(
        TELEGRAM_TEXT,
        |text| text.encode_utf16().count(),
        |brief| {
            let mut parts = vec![format!("<b>{}</b>", brief.title)];
            parts.extend(brief.paragraphs());
            let links = brief.links();
            parts.push(links.iter().map(|(name, link)| anchor(name, link)).collect::<Vec<_>>().join(" · "));
            parts.join("\n\n")
        },
    );
    let chat = chat.parse::<i64>().map_or_else(|_| Value::from(chat), Value::from);
    let mut body = json!({
        "chat_id": chat,
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
        "disable_notification": silent,
    });
    if let Some(thread) = thread {
        body["message_thread_id"] = thread.into();
    }
    body
}

/// The transaction id makes a repetition of the request the same event.
pub(super) fn matrix_url(mut url: Url, room: &str, transaction: &str) -> Url {
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["_matrix", "client", "v3", "rooms", room, "send", "m.room.message", transaction]);
    }
    url
}

/// `m.text`, because the default rules of clients are silent about `m.notice`.
pub(super) fn matrix(brief: Brief) -> Value {
    let brief = brief.map(without_mentions);
    let body = brief.clone().fitted(MATRIX_BYTES, str::len, Brief::text);
    let formatted = brief.map(escape_html).fitted(MATRIX_BYTES, str::len, |brief| {
        let paragraphs = brief.paragraphs().iter().map(|text| format!("<p>{}</p>", text.replace('\n', "<br>"))).collect::<String>();
        let links = brief.links().iter().map(|(name, link)| anchor(name, link)).collect::<Vec<_>>();
        format!("<p><strong>{}</strong></p>{paragraphs}<p>{}</p>", brief.title, links.join(" · "))
    });
    json!({
        "msgtype": "m.text",
        "body": body,
        "format": "org.matrix.custom.html",
        "formatted_body": formatted,
        "m.mentions": {},
    })
}

fn anchor(name: &str, link: &Url) -> String {
    format!("<a href=\"{}\">{}</a>", escape_html(link.as_str()), escape_html(name))
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
