//! What each service documents of its requests, as receivers that refuse everything else the way the service refuses it.
//!
//! Slack: docs.slack.dev, "Sending messages using incoming webhooks", "Text object". Mattermost: "Incoming webhooks", "Message attachments".
//! Discord: "Execute Webhook". Telegram: core.telegram.org/bots/api, `sendMessage`, "HTML style". Matrix: client-server API v1.11, 10.8 and 11.2.
//! ntfy: "Publish as JSON". signal-cli-rest-api: `/v2/send`. Apprise API: `/notify/{KEY}`. Alertmanager: api/v2/openapi.yaml.

use presswatch::config::Format;
use serde_json::{Map, Value, json};

use crate::support::server::{Answer, Request};

/// One service.
#[derive(Clone, Copy)]
pub struct Service {
    pub name: &'static str,
    pub format: fn() -> Format,
    /// Of the address that is configured.
    pub path: &'static str,
    pub has_token: bool,
    pub secret_address: bool,
    pub receiver: fn(&Request, &str) -> Answer,
}

pub const ALL: &[Service] = &[
    Service {
        name: "slack",
        format: || Format::Slack,
        path: "/services/T0/B0/XXXXXXXX",
        has_token: false,
        secret_address: true,
        receiver: |request, _| text_answer(slack(request)),
    },
    Service {
        name: "mattermost",
        format: || Format::Mattermost,
        path: "/hooks/xxx-key-xxx",
        has_token: false,
        secret_address: true,
        receiver: |request, _| text_answer(mattermost(request)),
    },
    Service {
        name: "discord",
        format: || Format::Discord,
        path: "/api/webhooks/1/very-secret",
        has_token: false,
        secret_address: true,
        receiver: |request, _| json_answer(discord(request), 200, |error| json!({ "message": error, "code": 50_035 })),
    },
    Service {
        name: "telegram",
        format: || Format::Telegram { chat: "-1001234567890".to_owned(), thread: Some(7) },
        path: "/",
        has_token: true,
        secret_address: false,
        receiver: |request, token| {
            json_answer(telegram(request, token), 200, |error| json!({ "ok": false, "error_code": 400, "description": error }))
        },
    },
    Service {
        name: "matrix",
        format: || Format::Matrix { room: "!abc/d e:matrix.example".to_owned() },
        path: "/",
        has_token: true,
        secret_address: false,
        receiver: |request, token| json_answer(matrix(request, token), 200, |error| json!({ "errcode": "M_BAD_JSON", "error": error })),
    },
    Service {
        name: "ntfy",
        format: || Format::Ntfy { topic: "kz-oncall".to_owned() },
        path: "/",
        has_token: true,
        secret_address: false,
        receiver: |request, token| json_answer(ntfy(request, token), 200, |error| json!({ "code": 40_000, "http": 400, "error": error })),
    },
    Service {
        name: "signal-cli",
        format: || Format::Signal { number: "+439999999".to_owned(), recipients: vec!["+431234567".to_owned()] },
        path: "/",
        has_token: false,
        secret_address: false,
        receiver: |request, _| json_answer(signal(request), 201, |error| json!({ "error": error })),
    },
    Service {
        name: "apprise",
        format: || Format::Apprise { tag: Some("desk".to_owned()) },
        path: "/notify/desk",
        has_token: false,
        secret_address: false,
        receiver: |request, _| json_answer(apprise(request), 200, |error| json!({ "error": error })),
    },
    Service {
        name: "alertmanager",
        format: || Format::Alertmanager,
        path: "/",
        has_token: false,
        secret_address: false,
        receiver: |request, _| json_answer(alertmanager(request), 200, Value::from),
    },
];

/// The service of that name.
pub fn named(name: &str) -> &'static Service {
    ALL.iter().find(|service| service.name == name).unwrap()
}

type Taken = Result<Value, String>;

fn text_answer(taken: Taken) -> Answer {
    match taken {
        Ok(_) => Answer::ok("text/html", "ok"),
        Err(error) => Answer::status(400).body(error.as_bytes()),
    }
}

fn json_answer(taken: Taken, status: u16, refusal: fn(String) -> Value) -> Answer {
    match taken {
        Ok(body) => Answer::status(status).header("Content-Type", "application/json").body(body.to_string().as_bytes()),
        Err(error) => Answer::status(400).header("Content-Type", "application/json").body(refusal(error).to_string().as_bytes()),
    }
}

fn require(fits: bool, what: &str) -> Result<(), String> {
    if fits { Ok(()) } else { Err(what.to_owned()) }
}

/// The body as an object that has all of the required fields and of others only the optional ones.
fn object<'v>(value: &'v Value, required: &[&str], optional: &[&str]) -> Result<&'v Map<String, Value>, String> {
    let object = value.as_object().ok_or("not an object")?;
    for name in required {
        require(object.contains_key(*name), &format!("{name} is missing"))?;
    }
    for name in object.keys() {
        require(required.contains(&name.as_str()) || optional.contains(&name.as_str()), &format!("{name} is not known"))?;
    }
    Ok(object)
}

fn text<'v>(object: &'v Map<String, Value>, name: &str, longest: usize) -> Result<&'v str, String> {
    let text = object.get(name).and_then(Value::as_str).ok_or(format!("{name} is no text"))?;
    require(!text.is_empty(), &format!("{name} is empty"))?;
    require(text.chars().count() <= longest, &format!("{name} is too long"))?;
    Ok(text)
}

fn body(request: &Request, method: &str, path: &str) -> Result<Value, String> {
    require(request.method == method, "method")?;
    require(request.path == path, &format!("path {}", request.path))?;
    require(request.header("content-type").is_some_and(|kind| kind.starts_with("application/json")), "content type")?;
    serde_json::from_slice(&request.body).map_err(|error| error.to_string())
}

fn bearer(request: &Request, token: &str) -> Result<(), String> {
    require(request.header("authorization") == Some(&format!("Bearer {token}")), "authorization")
}

fn slack(request: &Request) -> Taken {
    let body = body(request, "POST", "/services/T0/B0/XXXXXXXX")?;
    let message = object(&body, &["text"], &["blocks", "unfurl_links", "unfurl_media"])?;
    no_slack_control(text(message, "text", 40_000)?, false)?;
    require(message["unfurl_links"] == false && message["unfurl_media"] == false, "previews")?;
    let blocks = message["blocks"].as_array().ok_or("blocks")?;
    require((1..=50).contains(&blocks.len()), "number of blocks")?;
    for block in blocks {
        let block = object(block, &["type", "text"], &["block_id"])?;
        let kind = block["type"].as_str().unwrap_or_default();
        require(matches!(kind, "header" | "section"), "type of block")?;
        let inner = &block["text"];
        let plain = inner["type"] == "plain_text";
        require(plain || (inner["type"] == "mrkdwn" && kind == "section"), "type of text")?;
        let inner = object(inner, &["type", "text"], if plain { &["emoji"] } else { &["verbatim"] })?;
        no_slack_control(text(inner, "text", if kind == "header" { 150 } else { 3_000 })?, !plain)?;
    }
    Ok(Value::Null)
}

/// Ampersands are entities; an angle bracket begins an address and nothing else.
fn no_slack_control(text: &str, links: bool) -> Result<(), String> {
    for part in text.split('&').skip(1) {
        require(["amp;", "lt;", "gt;"].iter().any(|entity| part.starts_with(entity)), "a bare ampersand")?;
    }
    for part in text.split('<').skip(1) {
        require(links && part.starts_with("https://"), "a control sequence")?;
        let (link, _) = part.split_once('>').ok_or("an open bracket")?;
        require(link.split('|').count() == 2, "a link with a bar")?;
    }
    Ok(())
}

fn mattermost(request: &Request) -> Taken {
    let body = body(request, "POST", "/hooks/xxx-key-xxx")?;
    let post = object(&body, &[], &["text", "channel", "username", "icon_url", "icon_emoji", "attachments", "type", "props", "priority"])?;
    let attachments = post["attachments"].as_array().ok_or("neither text nor attachments")?;
    // PostPropsMaxUserRunes
    require(post["attachments"].to_string().chars().count() <= 7_600, "attachments are too long")?;
    let keys = ["color", "pretext", "text", "author_name", "title", "title_link", "fields", "footer"];
    for attachment in attachments {
        let attachment = object(attachment, &["fallback"], &keys)?;
        for (name, longest) in [("fallback", 1_000), ("title", 1_000), ("text", 7_000)] {
            let text = text(attachment, name, longest)?;
            require(!text.contains('@'), "a mention")?;
        }
        let markdown = text(attachment, "text", 7_000)?;
        no_bare(markdown, &['*', '_', '~', '`', '#', '|'], "markup")?;
        no_bare(attachment["title"].as_str().unwrap_or_default(), &['*', '_', '~', '`', '#', '|', '['], "markup in the title")?;
    }
    if let Some(priority) = post.get("priority") {
        require(matches!(priority["priority"].as_str(), Some("standard" | "important" | "urgent")), "priority")?;
    }
    Ok(Value::Null)
}

/// Signs of markup that no backslash stands before, outside of links' addresses.
fn no_bare(text: &str, signs: &[char], what: &str) -> Result<(), String> {
    let mut letters = text.chars().peekable();
    let mut address = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            ']' if letters.peek() == Some(&'(') => address = true,
            ')' => address = false,
            _ => require(address || !signs.contains(&letter), what)?,
        }
    }
    Ok(())
}

fn discord(request: &Request) -> Taken {
    let body = body(request, "POST", "/api/webhooks/1/very-secret?wait=true")?;
    let message =
        object(&body, &["content"], &["username", "avatar_url", "tts", "embeds", "allowed_mentions", "components", "flags", "thread_name"])?;
    let content = text(message, "content", 2_000)?;
    require(message["allowed_mentions"] == json!({ "parse": [] }), "mentions")?;
    let flags = message["flags"].as_u64().ok_or("flags")?;
    require(flags & !(4 | 4096) == 0 && flags & 4 == 4, "flags: previews")?;
    let (title, rest) = content.strip_prefix("**").and_then(|text| text.split_once("**\n\n")).ok_or("the title")?;
    no_bare(title, &['*', '_', '~', '`', '#', '|', '<', '[', '@'], "markup in the title")?;
    no_bare(rest, &['*', '_', '~', '`', '#', '|', '@'], "markup")?;
    Ok(json!({ "id": "1", "type": 0, "content": content, "channel_id": "2" }))
}

fn telegram(request: &Request, token: &str) -> Taken {
    let body = body(request, "POST", &format!("/bot{token}/sendMessage"))?;
    let optional = ["message_thread_id", "parse_mode", "entities", "link_preview_options", "disable_notification", "protect_content"];
    let message = object(&body, &["chat_id", "text"], &optional)?;
    require(message["chat_id"].is_i64() && message["message_thread_id"] == 7, "chat not found")?;
    object(&message["link_preview_options"], &["is_disabled"], &[])?;
    require(message["link_preview_options"]["is_disabled"] == true, "previews")?;
    require(message["parse_mode"] == "HTML" && message["disable_notification"].is_boolean(), "parse_mode")?;
    let (plain, _) = parsed_html(text(message, "text", 20_000)?, &["b", "i", "u", "s", "a", "code", "pre", "blockquote"])?;
    require((1..=4096).contains(&plain.encode_utf16().count()), "message is too long")?;
    require(!plain.contains('@'), "a mention")?;
    Ok(json!({ "ok": true, "result": { "message_id": 1 } }))
}

/// The text of markup whose tags are known, balanced and, but for links, bare; and how many tags there are.
fn parsed_html(markup: &str, known: &[&str]) -> Result<(String, usize), String> {
    let (mut plain, mut open, mut tags) = (String::new(), Vec::new(), 0);
    let mut rest = markup;
    while let Some(letter) = rest.chars().next() {
        match letter {
            '<' => {
                let (tag, after) = rest.get(1..).unwrap_or_default().split_once('>').ok_or("can't parse entities: a tag has no end")?;
                tags += 1;
                if let Some(name) = tag.strip_prefix('/') {
                    require(open.pop() == Some(name.to_owned()), "can't parse entities: an end without a beginning")?;
                } else {
                    let name = tag.split(' ').next().unwrap_or_default();
                    require(known.contains(&name), &format!("can't parse entities: unsupported tag {name}"))?;
                    let bare = tag == name || (name == "a" && tag.starts_with("a href=\"https://") && tag.matches('"').count() == 2);
                    require(bare, "can't parse entities: attributes")?;
                    if name != "br" {
                        open.push(name.to_owned());
                    }
                }
                rest = after;
            }
            '&' => {
                let (entity, after) = rest.get(1..).unwrap_or_default().split_once(';').ok_or("a bare ampersand")?;
                let letter = [("lt", '<'), ("gt", '>'), ("amp", '&'), ("quot", '"')].into_iter().find(|(name, _)| *name == entity);
                plain.push(letter.ok_or("can't parse entities: unknown entity")?.1);
                rest = after;
            }
            '>' => return Err("a bare bracket".to_owned()),
            letter => {
                plain.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
    }
    require(open.is_empty(), "can't parse entities: a tag is left open")?;
    Ok((plain, tags))
}

fn matrix(request: &Request, token: &str) -> Taken {
    bearer(request, token)?;
    let transaction = request.path.rsplit('/').next().unwrap_or_default();
    let path = format!("/_matrix/client/v3/rooms/!abc%2Fd%20e:matrix.example/send/m.room.message/{transaction}");
    let body = body(request, "PUT", &path)?;
    // With what a server adds to the event.
    require(request.body.len() <= 65_536 - 2_000, "M_TOO_LARGE")?;
    let event = object(&body, &["msgtype", "body"], &["format", "formatted_body", "m.mentions"])?;
    require(event["msgtype"] == "m.text" && event["format"] == "org.matrix.custom.html", "msgtype")?;
    require(event["m.mentions"] == json!({}), "mentions")?;
    require(!text(event, "body", 65_536)?.contains("@room"), "a mention")?;
    parsed_html(text(event, "formatted_body", 65_536)?, &["p", "br", "strong", "a"])?;
    Ok(json!({ "event_id": format!("${transaction}") }))
}

fn ntfy(request: &Request, token: &str) -> Taken {
    bearer(request, token)?;
    let body = body(request, "POST", "/")?;
    let optional = ["message", "title", "tags", "priority", "actions", "click", "attach", "markdown", "icon", "filename", "delay", "email", "call"];
    let message = object(&body, &["topic"], &optional)?;
    require(message["topic"] == "kz-oncall", "topic")?;
    require(text(message, "message", 4_096)?.len() <= 4_096, "message is too long: it would be an attachment")?;
    text(message, "title", 250)?;
    require(text(message, "click", 2_000)?.starts_with("https://"), "click")?;
    require(message["priority"].as_u64().is_some_and(|priority| (1..=5).contains(&priority)) && message["markdown"] == false, "priority")?;
    Ok(json!({ "id": "sPs71M8A2T", "time": 1, "event": "message", "topic": "kz-oncall", "message": message["message"] }))
}

fn signal(request: &Request) -> Taken {
    let body = body(request, "POST", "/v2/send")?;
    let message =
        object(&body, &["number", "recipients", "message"], &["text_mode", "base64_attachments", "mentions", "link_preview", "notify_self"])?;
    require(message["number"] == "+439999999" && message["recipients"] == json!(["+431234567"]), "Unregistered user")?;
    require(matches!(message["text_mode"].as_str(), Some("normal" | "styled")), "text_mode")?;
    text(message, "message", 2_000)?;
    Ok(json!({ "timestamp": "1773478800000" }))
}

fn apprise(request: &Request) -> Taken {
    let body = body(request, "POST", "/notify/desk")?;
    let message = object(&body, &["body"], &["title", "type", "format", "tag", "attachment"])?;
    text(message, "title", 250)?;
    require(!text(message, "body", 32_768)?.contains('@'), "a mention")?;
    require(matches!(message["type"].as_str(), Some("info" | "success" | "warning" | "failure")), "type")?;
    require(matches!(message["format"].as_str(), Some("text" | "markdown" | "html")) && message["tag"] == "desk", "format")?;
    Ok(json!({ "error": null }))
}

fn alertmanager(request: &Request) -> Taken {
    let body = body(request, "POST", "/api/v2/alerts")?;
    for alert in body.as_array().ok_or("not an array")? {
        let alert = object(alert, &["labels"], &["annotations", "startsAt", "endsAt", "generatorURL"])?;
        let labels = alert["labels"].as_object().ok_or("labels")?;
        require(labels.contains_key("alertname"), "at least one label pair required")?;
        for (name, value) in labels.iter().chain(alert["annotations"].as_object().ok_or("annotations")?) {
            let first = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
            require(first && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_'), "invalid label name")?;
            require(value.is_string(), "a value that is no text")?;
        }
        let moment = |name: &str| alert[name].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok()).ok_or(format!("{name} is no date-time"));
        require(moment("startsAt")? < moment("endsAt")?, "start time must be before end time")?;
        require(moment("endsAt")? > jiff::Timestamp::now(), "it arrives resolved")?;
        text(alert, "generatorURL", 2_000)?.parse::<url::Url>().map_err(|error| error.to_string())?;
    }
    Ok(Value::Null)
}
