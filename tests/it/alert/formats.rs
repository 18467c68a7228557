//! Webhooks in the words of each service, against receivers that take what the service documents and nothing else.

use jiff::Timestamp;
use presswatch::alert::channels::Channels;
use presswatch::config::{Address, Channel, ChannelKind, Format, Payload, Webhook};
use presswatch::model::{AlertKind, ChannelId, ClaimedDelivery, ClusterId, Content, Digest, DigestEntry, DigestReason, Priority, WatchlistId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{PATIENCE, channel_map, client, delivered, delivery, given_up, public_url, retried, secret_file, wait_of};
use crate::alert::services::{self, Service};
use crate::support::server::{Answer, Server};

const TOKEN: &str = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2";

/// A channel of this format that leads to the server.
fn channels(service: &Service, server: &Server, secrets: &tempfile::TempDir, payload: Payload) -> Channels {
    let token = service.has_token.then(|| secret_file(secrets, "token", TOKEN));
    let url = server.url(service.path);
    let address = if service.secret_address { Address::Secret(secret_file(secrets, "url", &url)) } else { Address::Plain(url.parse().unwrap()) };
    let webhook = Webhook { address, format: (service.format)(), secrets: Vec::new(), token, timeout: PATIENCE, payload };
    let channel = Channel { id: ChannelId::new("desk").unwrap(), kind: ChannelKind::Webhook(webhook) };
    Channels::new(&channel_map(channel), None, client(), public_url()).unwrap()
}

fn recipient(service: &Service) -> &'static str {
    if service.name == "signal-cli" { "+431234567" } else { "" }
}

fn digest(entries: usize) -> Content {
    let story = delivery("").content.story().unwrap().clone();
    let entry = |number: usize| DigestEntry {
        cluster: ClusterId(Uuid::from_u128(number as u128)),
        story: story.clone(),
        publishers: 3,
        reports: 7,
        score: 0.8,
        reason: DigestReason::Listed,
    };
    Content::Digest(Box::new(Digest {
        watchlist: WatchlistId::new("steppe").unwrap(),
        watchlist_name: "Steppe: opposition".to_owned(),
        restricted: false,
        priority: Priority::Normal,
        thread: Uuid::from_u128(0xe1),
        from: "2026-03-13T06:00:00Z".parse().unwrap(),
        until: "2026-03-14T06:00:00Z".parse().unwrap(),
        zone: "Asia/Almaty".to_owned(),
        part: 1,
        parts: 1,
        total: u32::try_from(entries).unwrap(),
        entries: (0..entries).map(entry).collect(),
    }))
}

/// Messages that a service may choke on, by name.
fn messages() -> Vec<(&'static str, ClaimedDelivery)> {
    let alert = |change: fn(&mut presswatch::model::AlertContent)| {
        let mut delivery = delivery("");
        change(delivery.content.alert_mut().unwrap());
        delivery
    };
    let hostile = |alert: &mut presswatch::model::AlertContent| {
        let evil = "<!channel> <@U123> @everyone @here </b><script> [x](http://evil.example) **b** `c` ~d~ \\ & \" _e_ #f ||g|| > h http://evil.example/preview";
        evil.clone_into(&mut alert.story.title);
        alert.story.excerpt = format!("- {evil} 1. x <a href=\"javascript:alert(1)\">");
        alert.story.source_name = "@channel <b>".to_owned();
        alert.story.url = Some("https://herald.example/a_(b)|c?<x>&\"y\"".to_owned());
        alert.watchlist_name = "<!here> *list*".to_owned();
    };
    let long = |alert: &mut presswatch::model::AlertContent| {
        alert.story.title = "Основатели & задержаны ".repeat(13);
        alert.story.excerpt = "Слово за <словом>. ".repeat(21);
        alert.story.matched = vec!["совпадение 👩‍👩‍👧 & ".repeat(4); 12];
        alert.story.url = Some(format!("https://herald.example/{}", "долго/".repeat(1200)));
        alert.acknowledge = Some("a".repeat(80));
        alert.priority = Priority::Critical;
    };
    let one = |entries| ClaimedDelivery { content: digest(entries), ..delivery("") };
    vec![
        ("plain", alert(|_| {})),
        ("hostile", alert(hostile)),
        ("long", alert(long)),
        ("empty", alert(|alert| (alert.story.title, alert.story.excerpt, alert.story.url) = (" ".to_owned(), String::new(), None))),
        ("test", alert(|alert| alert.kind = AlertKind::Test)),
        ("low", alert(|alert| alert.priority = Priority::Low)),
        ("digest", one(3)),
        ("long digest", one(200)),
        ("empty digest", one(0)),
    ]
}

#[tokio::test]
async fn every_service_takes_every_message() {
    for service in services::ALL {
        let secrets = tempfile::tempdir().unwrap();
        let receiver = service.receiver;
        let server = Server::start(move |request| receiver(request, TOKEN)).await;
        for payload in [Payload::Full, Payload::Minimal, Payload::Thin] {
            let channels = channels(service, &server, &secrets, payload);
            for (name, message) in messages() {
                let message = ClaimedDelivery { recipient: recipient(service).to_owned(), ..message };
                let outcome = channels.send(&message, Timestamp::now()).await;
                assert!(
                    matches!(outcome, presswatch::model::DeliveryOutcome::Delivered { .. }),
                    "{} refused {name} ({payload:?}): {outcome:?}\n{}",
                    service.name,
                    String::from_utf8_lossy(&server.requests().last().map(|request| request.body.clone()).unwrap_or_default())
                );
            }
        }
    }
}

/// The text of a request's body, without JSON's own escapes.
fn said(server: &Server) -> String {
    fn texts(value: &Value, all: &mut String) {
        match value {
            Value::String(text) => {
                all.push_str(text);
                all.push('\n');
            }
            Value::Array(values) => values.iter().for_each(|value| texts(value, all)),
            Value::Object(values) => values.values().for_each(|value| texts(value, all)),
            _ => {}
        }
    }
    let mut all = String::new();
    let body = server.requests().last().unwrap().body.clone();
    texts(&serde_json::from_slice(&body).unwrap(), &mut all);
    all
}

#[tokio::test]
async fn a_payload_says_what_it_may_and_a_restricted_list_nothing() {
    for service in services::ALL {
        let secrets = tempfile::tempdir().unwrap();
        let receiver = service.receiver;
        let server = Server::start(move |request| receiver(request, TOKEN)).await;
        let message = ClaimedDelivery { recipient: recipient(service).to_owned(), ..delivery("") };
        let words = |text: &str| ["задержаны", "Полиция", "партии", "Степной", "herald.example"].iter().any(|word| text.contains(word));
        for (payload, headline, list) in [(Payload::Full, true, true), (Payload::Minimal, false, true), (Payload::Thin, false, false)] {
            delivered(&channels(service, &server, &secrets, payload).send(&message, Timestamp::now()).await);
            let text = said(&server);
            assert_eq!(words(&text), headline, "{} {payload:?}: {text}", service.name);
            assert_eq!(text.to_lowercase().contains("steppe"), list, "{} {payload:?}: {text}", service.name);
            assert!(text.contains("https://desk.example/stories/00000000-0000-0000-0000-0000000000a7"), "{} {payload:?}: {text}", service.name);
        }
        for content in [message.content.clone(), digest(3)] {
            let mut restricted = ClaimedDelivery { content, ..message.clone() };
            match &mut restricted.content {
                Content::Alert(alert) => alert.restricted = true,
                Content::Digest(digest) => digest.restricted = true,
                Content::Burst(_) | Content::Notice(_) => {}
            }
            delivered(&channels(service, &server, &secrets, Payload::Full).send(&restricted, Timestamp::now()).await);
            let text = said(&server);
            assert!(!words(&text) && !text.to_lowercase().contains("steppe") && !text.contains("KZ"), "{}: {text}", service.name);
        }
    }
}

#[tokio::test]
async fn a_repetition_is_the_same_transaction_to_matrix() {
    let service = services::named("matrix");
    let secrets = tempfile::tempdir().unwrap();
    let server = Server::start(move |request| (service.receiver)(request, TOKEN)).await;
    let channels = channels(service, &server, &secrets, Payload::Full);
    for attempt in [1, 2] {
        delivered(&channels.send(&ClaimedDelivery { attempt, ..delivery("") }, Timestamp::now()).await);
    }
    let requests = server.requests();
    assert_eq!((&requests[0].method, &requests[0].path, &requests[0].body), (&requests[1].method, &requests[1].path, &requests[1].body));
    assert!(requests[0].path.ends_with("/send/m.room.message/00000000-0000-0000-0000-0000000000d1"), "{}", requests[0].path);
}

/// One answer of a service: status, header, body; what the attempt ends with, and how long it waits.
struct Said {
    service: &'static str,
    status: u16,
    header: Option<(&'static str, &'static str)>,
    body: &'static str,
    expect: &'static str,
    wait: Option<i64>,
}

const fn answer(service: &'static str, status: u16, body: &'static str, expect: &'static str, wait: Option<i64>) -> Said {
    Said { service, status, header: None, body, expect, wait }
}

#[tokio::test]
async fn the_answers_of_services_are_read_as_they_mean_them() {
    let html = "<html><title>Sign in</title></html>";
    let untrue = "the endpoint answered HTTP 200, but did not take the message: the answer is not what the service answers";
    let answers = [
        answer("slack", 200, html, untrue, Some(5)),
        answer("slack", 400, "invalid_payload", "the endpoint answered HTTP 400: invalid_payload", Some(5)),
        answer("slack", 404, "no_service", "the endpoint answered HTTP 404: no_service", Some(5)),
        answer("slack", 410, "channel_is_archived", "the endpoint is gone (HTTP 410): remove the channel or correct its address", None),
        Said {
            header: Some(("Retry-After", "30")),
            ..answer("slack", 429, "rate_limited", "the endpoint answered HTTP 429: rate_limited", Some(30))
        },
        answer(
            "mattermost",
            400,
            r#"{"id":"web.incoming_webhook.parse.app_error","message":"Unable to parse incoming data.","status_code":400}"#,
            "the endpoint answered HTTP 400: Unable to parse incoming data.",
            Some(5),
        ),
        answer(
            "discord",
            429,
            r#"{"message":"You are being rate limited.","retry_after":64.57,"global":false}"#,
            "the endpoint answered HTTP 429: You are being rate limited.",
            Some(65),
        ),
        answer(
            "discord",
            404,
            r#"{"message":"Unknown Webhook","code":10015}"#,
            "the endpoint is gone (HTTP 404): remove the channel or correct its address",
            None,
        ),
        answer("discord", 404, html, "the endpoint answered HTTP 404", Some(5)),
        answer(
            "telegram",
            429,
            r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}"#,
            "the endpoint answered HTTP 429: Too Many Requests: retry after 35",
            Some(35),
        ),
        answer(
            "telegram",
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#,
            "the endpoint answered HTTP 400: Bad Request: chat not found",
            Some(5),
        ),
        answer(
            "telegram",
            200,
            r#"{"ok":false,"description":"no"}"#,
            "the endpoint answered HTTP 200, but did not take the message: the answer is not what the service answers: no",
            Some(5),
        ),
        answer(
            "matrix",
            429,
            r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests","retry_after_ms":90500}"#,
            "the endpoint answered HTTP 429: M_LIMIT_EXCEEDED Too Many Requests",
            Some(91),
        ),
        answer(
            "matrix",
            403,
            r#"{"errcode":"M_FORBIDDEN","error":"not in room"}"#,
            "the endpoint answered HTTP 403: M_FORBIDDEN not in room",
            Some(5),
        ),
        answer("matrix", 200, html, untrue, Some(5)),
        answer(
            "ntfy",
            429,
            r#"{"code":42901,"http":429,"error":"limit reached: too many requests"}"#,
            "the endpoint answered HTTP 429: limit reached: too many requests",
            Some(5),
        ),
        answer(
            "ntfy",
            507,
            r#"{"code":50701,"http":507,"error":"cannot publish to UnifiedPush topic"}"#,
            "the endpoint answered HTTP 507: cannot publish to UnifiedPush topic",
            Some(5),
        ),
        answer(
            "signal-cli",
            400,
            r#"{"error":"Unregistered user +431234567"}"#,
            "the endpoint answered HTTP 400: Unregistered user <recipient>",
            Some(5),
        ),
        answer(
            "signal-cli",
            201,
            r#"{"timestamp":"1","errors":[{"recipient":"+431234567"}]}"#,
            "the endpoint answered HTTP 201, but did not take the message: it was not sent to the recipient",
            Some(5),
        ),
        answer("apprise", 204, "", "the endpoint answered HTTP 204, but did not take the message: it has no configuration under this key", Some(5)),
        answer(
            "apprise",
            424,
            r#"{"error":"One or more notifications were not sent."}"#,
            "the endpoint answered HTTP 424: One or more notifications were not sent.",
            Some(5),
        ),
        answer(
            "alertmanager",
            400,
            "\"start time must be before end time\"",
            "the endpoint answered HTTP 400: start time must be before end time",
            Some(5),
        ),
        answer("alertmanager", 302, "", "the endpoint redirects (HTTP 302), which is not followed: configure the address that it leads to", Some(5)),
    ];
    for Said { service, status, header, body, expect, wait } in answers {
        let service = services::named(service);
        let secrets = tempfile::tempdir().unwrap();
        let server = Server::start(move |_| {
            let answer = Answer::status(status).body(body.as_bytes());
            header.map_or(answer.clone(), |(name, value)| answer.header(name, value))
        })
        .await;
        let now = Timestamp::now();
        let outcome = channels(service, &server, &secrets, Payload::Full).send(&delivery(recipient(service)), now).await;
        match wait {
            None => assert_eq!(given_up(&outcome), expect, "{}", service.name),
            Some(wait) => {
                assert_eq!(retried(&outcome), expect, "{}", service.name);
                let seconds = wait_of(&outcome, now);
                // The schedule's first step is 5 s, a fifth to either side.
                assert!(if wait == 5 { (4..=6).contains(&seconds) } else { seconds == wait }, "{} {status}: {seconds}", service.name);
            }
        }
    }
}

#[tokio::test]
async fn a_service_that_repeats_our_secret_does_not_make_it_known() {
    for service in services::ALL {
        let secrets = tempfile::tempdir().unwrap();
        let server = Server::start(|request| {
            let echo = format!("{{\"error\":\"no: {TOKEN} at {}\"}}", request.path);
            Answer::status(403).body(echo.as_bytes())
        })
        .await;
        let outcome = channels(service, &server, &secrets, Payload::Full).send(&delivery(recipient(service)), Timestamp::now()).await;
        let text = retried(&outcome);
        assert!(!service.has_token || !text.contains(TOKEN), "{}: {text}", service.name);
        assert!(!service.secret_address || !text.contains(service.path), "{}: {text}", service.name);
    }
}

#[tokio::test]
async fn a_template_makes_the_body_and_may_be_signed() {
    let directory = tempfile::tempdir().unwrap();
    let text = r#"{"summary": {{ title }}, "list": {{ watchlist }}, "where": {{ country }}, "link": {{ url }}, "n": {{ entries | length }}}"#;
    let template = presswatch::config::template::BodyTemplate::parse(std::path::Path::new("hook.j2"), text, "application/json").unwrap();
    let server = Server::start(|_| Answer::status(200)).await;
    let webhook = Webhook {
        address: Address::Plain(server.url("/hook").parse().unwrap()),
        format: Format::Template(template),
        secrets: vec![secret_file(&directory, "key", super::SECRET)],
        token: Some(secret_file(&directory, "token", TOKEN)),
        timeout: PATIENCE,
        payload: Payload::Full,
    };
    let channel = Channel { id: ChannelId::new("desk").unwrap(), kind: ChannelKind::Webhook(webhook) };
    let channels = Channels::new(&channel_map(channel), None, client(), public_url()).unwrap();
    let mut evil = delivery("");
    evil.content.alert_mut().unwrap().story.title = "a\", \"summary\": \"b".to_owned();
    delivered(&channels.send(&evil, Timestamp::now()).await);
    let mut restricted = delivery("");
    restricted.content.alert_mut().unwrap().restricted = true;
    delivered(&channels.send(&restricted, Timestamp::now()).await);
    let requests = server.requests();
    let body: Value = serde_json::from_slice(&requests[0].body).unwrap();
    let link = "https://desk.example/stories/00000000-0000-0000-0000-0000000000a7";
    assert_eq!(body, json!({ "summary": "a\", \"summary\": \"b", "list": "Steppe: opposition", "where": "KZ", "link": link, "n": 0 }));
    let body: Value = serde_json::from_slice(&requests[1].body).unwrap();
    assert_eq!(body, json!({ "summary": "Presswatch alert 000000c1", "list": "", "where": "", "link": link, "n": 0 }));
    assert_eq!(requests[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    let mut headers = axum::http::HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        headers.insert(name, requests[0].header(name).unwrap().parse().unwrap());
    }
    standardwebhooks::Webhook::new(super::SECRET).unwrap().verify(&requests[0].body, &headers).unwrap();
}
