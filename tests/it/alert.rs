//! Alerts on their way out: mail and webhooks against real receivers on loopback.

mod formats;
mod mail_server;
mod openpgp;
mod services;
mod trial;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use jiff::Timestamp;
use presswatch::alert::channels::Channels;
use presswatch::config::secret::SecretRef;
use presswatch::config::{Address, Channel, ChannelKind, Format, NetworkConfig, Payload, SmtpConfig, SmtpSecurity, Webhook};
use presswatch::demo::receivers::{Answer, HangUp, SmtpReceiver, WebhookReceiver};
use presswatch::model::{
    AlertContent, AlertId, AlertKind, AlertStory, ChannelId, ClaimedDelivery, ClusterId, Content, CountryCode, DeliveryId, DeliveryOutcome, Language,
    Priority, StoryId, WatchlistId,
};
use presswatch::net::{AddressPolicy, Client};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

const SECRET: &str = "whsec_cHJlc3N3YXRjaC10ZXN0LWtleS1vZi0zMi1ieXRlcyE=";
const OLD_SECRET: &str = "whsec_YW5vdGhlci1rZXktb2YtMzItYnl0ZXMtb2xkISEhISE=";
const PATIENCE: Duration = Duration::from_secs(20);

fn client() -> Client {
    let second = Duration::from_secs(1);
    let config = NetworkConfig {
        connect_timeout: 5 * second,
        headers_timeout: 10 * second,
        idle_timeout: 10 * second,
        total_timeout: 20 * second,
        feed_limit_bytes: 1 << 20,
        page_limit_bytes: 1 << 20,
        ..NetworkConfig::default()
    };
    let policy = AddressPolicy::public().allow_network("127.0.0.0/8").unwrap().allow_any_port();
    Client::new(&config, policy, "presswatch-test").unwrap()
}

fn smtp(address: SocketAddr, security: SmtpSecurity) -> SmtpConfig {
    SmtpConfig {
        host: address.ip().to_string(),
        port: address.port(),
        security,
        username: None,
        password: None,
        from: "Presswatch <watch@ngo.example>".to_owned(),
        timeout: PATIENCE,
    }
}

fn channel_map(channel: Channel) -> BTreeMap<ChannelId, Channel> {
    BTreeMap::from([(channel.id.clone(), channel)])
}

fn mail_channel(full_subject: bool) -> BTreeMap<ChannelId, Channel> {
    channel_map(Channel {
        id: ChannelId::new("desk").unwrap(),
        kind: ChannelKind::Email { to: vec!["desk@ngo.example".to_owned()], full_subject, openpgp: None },
    })
}

fn public_url() -> url::Url {
    "https://desk.example/".parse().unwrap()
}

fn mailing(config: &SmtpConfig) -> Channels {
    Channels::new(&mail_channel(true), Some(config), client(), public_url()).unwrap()
}

fn delivery(recipient: &str) -> ClaimedDelivery {
    let story = AlertStory {
        id: StoryId(Uuid::from_u128(0xa7)),
        title: "Основатели новой партии задержаны до выборов".to_owned(),
        excerpt: "Полиция задержала трёх основателей партии у кафе.\n.точка в начале строки".to_owned(),
        url: Some("https://herald.example/news/1?a=1&b=2".to_owned()),
        source_name: "Степной вестник".to_owned(),
        language: Language::parse("ru").unwrap(),
        published_at: Some("2026-03-14T08:20:00Z".parse().unwrap()),
        main_country: CountryCode::parse("KZ"),
        topics: vec!["arrest_detention".to_owned()],
        actors: Vec::new(),
        matched: vec!["партии".to_owned()],
    };
    ClaimedDelivery {
        id: DeliveryId(Uuid::from_u128(0xd1)),
        alert: AlertId(Uuid::from_u128(0xa1)),
        channel: ChannelId::new("desk").unwrap(),
        recipient: recipient.to_owned(),
        attempt: 1,
        generation: 1,
        created_at: "2026-03-14T09:00:00Z".parse().unwrap(),
        content: Content::Alert(Box::new(AlertContent {
            kind: AlertKind::Created,
            watchlist: WatchlistId::new("steppe").unwrap(),
            watchlist_name: "Steppe: opposition".to_owned(),
            restricted: false,
            priority: Priority::High,
            cluster: ClusterId(Uuid::from_u128(0xc1)),
            story,
            publishers: 0,
            reports: 0,
            updates: Vec::new(),
            repeat: 0,
            acknowledge: None,
        })),
    }
}

/// The message of an outcome that will be tried again.
#[track_caller]
fn retried(outcome: &DeliveryOutcome) -> &str {
    match outcome {
        DeliveryOutcome::RetryAt { error, .. } => error,
        other => panic!("expected another try, got {other:?}"),
    }
}

#[track_caller]
fn given_up(outcome: &DeliveryOutcome) -> &str {
    match outcome {
        DeliveryOutcome::GaveUp { error } | DeliveryOutcome::Gone { error } => error,
        other => panic!("expected no other try, got {other:?}"),
    }
}

#[track_caller]
fn delivered(outcome: &DeliveryOutcome) -> &str {
    match outcome {
        DeliveryOutcome::Delivered { detail } => detail,
        other => panic!("expected a delivery, got {other:?}"),
    }
}

/// Seconds until the next try.
#[track_caller]
fn wait_of(outcome: &DeliveryOutcome, now: Timestamp) -> i64 {
    match outcome {
        DeliveryOutcome::RetryAt { at, .. } => at.duration_since(now).as_secs(),
        other => panic!("expected another try, got {other:?}"),
    }
}

fn secret_file(directory: &tempfile::TempDir, name: &str, value: &str) -> SecretRef {
    let path = directory.path().join(name);
    std::fs::write(&path, value).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    SecretRef::File(path)
}

#[tokio::test]
async fn a_mail_arrives_as_text_and_html_in_its_own_script() {
    let server = SmtpReceiver::start().await.unwrap();
    let outcome = mailing(&smtp(server.address(), SmtpSecurity::LocalPlaintext)).send(&delivery("desk@ngo.example"), Timestamp::now()).await;
    assert!(delivered(&outcome).starts_with("250 "), "{outcome:?}");
    let mails = server.wait_for(1, PATIENCE).await.unwrap();
    let mail = &mails[0];
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("watch@ngo.example", ["desk@ngo.example".to_owned()].as_slice()));
    assert!(mail.raw.is_ascii());
    let parsed = &mail.parsed;
    assert_eq!(parsed.part_types, ["text/plain", "text/html"]);
    assert_eq!(parsed.header("Subject"), Some("[Steppe: opposition] Основатели новой партии задержаны до выборов"));
    assert_eq!(parsed.header("Message-ID"), Some("<00000000-0000-0000-0000-0000000000d1@ngo.example>"));
    assert_eq!(parsed.header("Auto-Submitted"), Some("auto-generated"));
    let text = parsed.text.as_deref().unwrap();
    assert!(text.starts_with("Основатели новой партии задержаны до выборов\n\nSource: "), "{text}");
    assert!(text.contains("\nhttps://desk.example/stories/00000000-0000-0000-0000-0000000000a7\n"), "{text}");
    let html = parsed.html.as_deref().unwrap();
    assert!(html.contains("lang=\"ru\" dir=\"auto\"") && html.contains("href=\"https://herald.example/news/1?a=1&amp;b=2\""), "{html}");
}

#[tokio::test]
async fn one_refused_recipient_of_three_holds_back_no_other() {
    let server = SmtpReceiver::start().await.unwrap();
    server.refuse_recipient("gone@ngo.example", "550 5.1.1 <gone@ngo.example> unknown");
    server.refuse_recipient("full@ngo.example", "450 4.2.2 mailbox full");
    let channels = mailing(&smtp(server.address(), SmtpSecurity::LocalPlaintext));
    let now = Timestamp::now();
    assert_eq!(
        given_up(&channels.send(&delivery("gone@ngo.example"), now).await),
        "the mail server refused the recipient: 550 5.1.1 <<recipient>> unknown"
    );
    let full = channels.send(&delivery("full@ngo.example"), now).await;
    assert_eq!(retried(&full), "the mail server refused the recipient: 450 4.2.2 mailbox full");
    assert!((48..=72).contains(&wait_of(&full, now)), "a minute, a fifth to either side");
    delivered(&channels.send(&delivery("fine@ngo.example"), now).await);
    let to: Vec<String> = server.received().await.into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(to, ["fine@ngo.example"]);
}

#[tokio::test]
async fn the_last_attempt_of_72_hours_gives_up_and_says_why() {
    let server = SmtpReceiver::start().await.unwrap();
    server.greet_with("421 4.3.2 closing");
    let channels = mailing(&smtp(server.address(), SmtpSecurity::LocalPlaintext));
    let mut late = delivery("desk@ngo.example");
    late.attempt = 99;
    let outcome = channels.send(&late, Timestamp::now()).await;
    assert_eq!(given_up(&outcome), "gave up after 99 attempts; the last one: the mail server refused the session: 421 4.3.2 closing");
}

#[tokio::test]
async fn a_server_that_refuses_or_breaks_off_is_tried_again() {
    let server = SmtpReceiver::start().await.unwrap();
    let channels = mailing(&smtp(server.address(), SmtpSecurity::LocalPlaintext));
    let (now, mail) = (Timestamp::now(), delivery("desk@ngo.example"));
    server.greet_with("554 5.7.1 your address is blocked");
    assert!(retried(&channels.send(&mail, now).await).contains("the session: 554"), "about us, not about the recipient");
    server.behave();
    server.answer_data_with("451 4.3.0 greylisted");
    assert!(retried(&channels.send(&mail, now).await).contains("the message: 451"));
    server.behave();
    server.answer_data_with("554 5.6.0 looks like spam");
    assert!(given_up(&channels.send(&mail, now).await).contains("the message: 554"));
    server.behave();
    server.hang_up(HangUp::BeforeFinalDot);
    retried(&channels.send(&mail, now).await);
    assert_eq!(server.received().await.len(), 0);
    server.hang_up(HangUp::AfterFinalDot);
    retried(&channels.send(&mail, now).await);
    server.behave();
    delivered(&channels.send(&mail, now).await);
    let mails = server.received().await;
    let ids: Vec<Option<&str>> = mails.iter().map(|mail| mail.parsed.header("Message-ID")).collect();
    assert_eq!(ids.len(), 2, "the server kept the one it did not confirm");
    assert_eq!(ids[0], ids[1], "so that the reader's mail program can tell it is the same");
}

#[tokio::test]
async fn a_mail_that_was_taken_is_delivered_though_the_server_never_says_goodbye() {
    let server = SmtpReceiver::start().await.unwrap();
    server.hang_up(HangUp::SilentAtQuit);
    let config = SmtpConfig { timeout: Duration::from_millis(900), ..smtp(server.address(), SmtpSecurity::LocalPlaintext) };
    delivered(&mailing(&config).send(&delivery("desk@ngo.example"), Timestamp::now()).await);
    assert_eq!(server.received().await.len(), 1);
}

#[tokio::test]
async fn a_mail_server_bounds_what_it_takes_and_goes_on() {
    let server = SmtpReceiver::start().await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let line = format!("{}\r\n", "x".repeat(900)).repeat(5_000);
    let script = format!(
        "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@c>\r\nDATA\r\n{line}.\r\nMAIL FROM:<>\r\nRCPT TO:<b@c>\r\nDATA\r\nSubject: s\r\n\r\n..dot\r\n.\r\nQUIT\r\n"
    );
    stream.write_all(script.as_bytes()).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert!(answers.contains("\r\n552 5.3.4 message too long\r\n") && answers.ends_with("221 2.0.0 bye\r\n"), "{answers}");
    let mails = server.received().await;
    assert_eq!(mails.iter().map(|mail| mail.parsed.text.as_deref()).collect::<Vec<_>>(), [Some(".dot\n")]);
}

#[tokio::test]
async fn no_mail_server_is_no_loss() {
    let server = SmtpReceiver::start().await.unwrap();
    let config = smtp(server.address(), SmtpSecurity::LocalPlaintext);
    drop(server);
    // The port may stay open until the aborted task is gone; a bound but unused one is closed for certain.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let outcome = mailing(&SmtpConfig { port, ..config }).send(&delivery("desk@ngo.example"), Timestamp::now()).await;
    assert!(retried(&outcome).starts_with("connection to the mail server failed"), "{outcome:?}");
    assert!(!retried(&outcome).contains("desk@"));
}

#[tokio::test]
async fn a_silent_mail_server_ends_with_the_timeout() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = SmtpConfig { timeout: Duration::from_millis(200), ..smtp(silent.local_addr().unwrap(), SmtpSecurity::LocalPlaintext) };
    let outcome = mailing(&config).send(&delivery("desk@ngo.example"), Timestamp::now()).await;
    assert!(retried(&outcome).starts_with("the mail server took longer"), "{outcome:?}");
}

#[tokio::test]
async fn nothing_is_sent_where_tls_is_due_and_not_to_be_had() {
    let server = SmtpReceiver::start().await.unwrap();
    for security in [SmtpSecurity::Starttls, SmtpSecurity::Tls] {
        let config = SmtpConfig { timeout: Duration::from_secs(5), ..smtp(server.address(), security) };
        let outcome = mailing(&config).send(&delivery("desk@ngo.example"), Timestamp::now()).await;
        retried(&outcome);
    }
    let commands = server.commands();
    assert!(commands.iter().any(|verb| verb == "EHLO"), "STARTTLS begins in the clear: {commands:?}");
    assert!(!commands.iter().any(|verb| verb == "MAIL" || verb == "AUTH"), "{commands:?}");
}

#[test]
fn plaintext_mail_stays_on_this_machine() {
    for (host, allowed) in
        [("127.0.0.1", true), ("::1", true), ("localhost", true), ("mail.ngo.example", false), ("10.0.0.5", false), ("0.0.0.0", false)]
    {
        let config = SmtpConfig { host: host.to_owned(), ..smtp("127.0.0.1:25".parse().unwrap(), SmtpSecurity::LocalPlaintext) };
        let channels = Channels::new(&mail_channel(true), Some(&config), client(), public_url());
        assert_eq!(channels.is_ok(), allowed, "{host}");
        if let Err(error) = channels {
            assert!(error.to_string().contains("use \"tls\""), "{error}");
        }
    }
}

#[test]
fn mail_channels_without_a_mail_server_are_refused() {
    let error = Channels::new(&mail_channel(true), None, client(), public_url()).unwrap_err();
    assert_eq!(error.kind(), "configuration");
}

#[tokio::test]
async fn the_password_is_read_when_mail_is_sent_and_a_wrong_one_can_be_mended() {
    let directory = tempfile::tempdir().unwrap();
    let server = SmtpReceiver::start().await.unwrap();
    server.require_login("watch", "open sesame");
    let password = secret_file(&directory, "password", "wrong\n");
    let config = SmtpConfig { username: Some("watch".to_owned()), password: Some(password), ..smtp(server.address(), SmtpSecurity::LocalPlaintext) };
    let channels = mailing(&config);
    let (now, mail) = (Timestamp::now(), delivery("desk@ngo.example"));
    assert!(retried(&channels.send(&mail, now).await).contains("the session: 535"));
    secret_file(&directory, "password", "open sesame\n");
    delivered(&channels.send(&mail, now).await);
    std::fs::remove_file(directory.path().join("password")).unwrap();
    assert!(retried(&channels.send(&mail, now).await).starts_with("cannot read the secret"));
}

#[tokio::test]
async fn a_channel_that_is_gone_from_the_configuration_gives_up() {
    let channels = Channels::new(&BTreeMap::new(), None, client(), public_url()).unwrap();
    let outcome = channels.send(&delivery("desk@ngo.example"), Timestamp::now()).await;
    assert!(given_up(&outcome).contains("no longer configured"));
}

/// A receiver, the channels that lead to it, and the directory of its secrets.
struct Hook {
    receiver: WebhookReceiver,
    channels: Channels,
    secrets: tempfile::TempDir,
}

fn webhook(url: url::Url, secrets: Vec<SecretRef>, timeout: Duration, payload: Payload) -> ChannelKind {
    ChannelKind::Webhook(Webhook { address: Address::Plain(url), format: Format::Standard, secrets, token: None, timeout, payload })
}

async fn hook(payload: Payload, timeout: Duration, keys: &[&str]) -> Hook {
    let directory = tempfile::tempdir().unwrap();
    let receiver = WebhookReceiver::start(SECRET).await.unwrap();
    let secrets = keys.iter().enumerate().map(|(n, key)| secret_file(&directory, &format!("key{n}"), key)).collect();
    let kind = webhook(receiver.url().clone(), secrets, timeout, payload);
    let channels = Channels::new(&channel_map(Channel { id: ChannelId::new("desk").unwrap(), kind }), None, client(), public_url()).unwrap();
    Hook { receiver, channels, secrets: directory }
}

#[tokio::test]
async fn a_webhook_is_signed_by_every_active_key_and_says_the_same_at_each_attempt() {
    let hook = hook(Payload::Full, PATIENCE, &[OLD_SECRET, SECRET]).await;
    let now = Timestamp::now();
    assert_eq!(delivered(&hook.channels.send(&delivery(""), now).await), "HTTP 204");
    delivered(&hook.channels.send(&ClaimedDelivery { attempt: 2, ..delivery("") }, now).await);
    let requests = hook.receiver.wait_for(2, PATIENCE).await.unwrap();
    assert!(requests.iter().all(|request| request.verified && request.signatures == 2));
    assert_eq!(requests[0].id, "00000000-0000-0000-0000-0000000000a1");
    assert_eq!((&requests[0].id, &requests[0].raw), (&requests[1].id, &requests[1].raw));
    let body = &requests[0].body;
    assert_eq!(body["type"], "alert.created");
    assert_eq!(body["timestamp"], "2026-03-14T09:00:00Z");
    assert_eq!(body["data"]["watchlist"]["name"], "Steppe: opposition");
    assert_eq!(body["data"]["story"]["title"], "Основатели новой партии задержаны до выборов");
    assert_eq!(body["data"]["story"]["country"], "KZ");
    assert_eq!(body["data"]["url"], "https://desk.example/stories/00000000-0000-0000-0000-0000000000a7");
}

#[tokio::test]
async fn a_thin_webhook_and_a_restricted_list_say_little() {
    let thin = hook(Payload::Thin, PATIENCE, &[SECRET]).await;
    delivered(&thin.channels.send(&delivery(""), Timestamp::now()).await);
    let data = thin.receiver.received().await[0].body["data"].clone();
    let keys: Vec<&String> = data.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "url"]);

    let full = hook(Payload::Full, PATIENCE, &[SECRET]).await;
    let mut restricted = delivery("");
    restricted.content.alert_mut().unwrap().restricted = true;
    delivered(&full.channels.send(&restricted, Timestamp::now()).await);
    let body = full.receiver.received().await[0].body.clone();
    assert!(body["data"]["watchlist"].is_null() && body["data"]["story"]["matched"].is_null());
    assert!(!body.to_string().to_lowercase().contains("steppe"));
}

#[tokio::test]
async fn a_webhook_with_a_foreign_key_is_tried_again() {
    let hook = hook(Payload::Full, PATIENCE, &[OLD_SECRET]).await;
    let outcome = hook.channels.send(&delivery(""), Timestamp::now()).await;
    assert_eq!(retried(&outcome), "the endpoint answered HTTP 401");
    assert!(!hook.receiver.received().await[0].verified);
}

#[tokio::test]
async fn only_2xx_is_success_and_only_410_is_final() {
    let hook = hook(Payload::Full, PATIENCE, &[SECRET]).await;
    let now = Timestamp::now();
    let answers =
        [(500, None, 4..=6), (404, None, 4..=6), (503, Some("3600"), 3600..=3600), (429, Some("99999999"), 86_400..=86_400), (429, Some("1"), 4..=6)];
    for (status, retry_after, expect) in answers {
        hook.receiver.answer_with(Answer::Status { status, retry_after: retry_after.map(str::to_owned) });
        let outcome = hook.channels.send(&delivery(""), now).await;
        assert_eq!(retried(&outcome), format!("the endpoint answered HTTP {status}"));
        assert!(expect.contains(&wait_of(&outcome, now)), "{status} {retry_after:?}: {}", wait_of(&outcome, now));
    }
    hook.receiver.answer_with(Answer::Status { status: 410, retry_after: None });
    assert!(given_up(&hook.channels.send(&delivery(""), now).await).starts_with("the endpoint is gone (HTTP 410)"));
    hook.receiver.answer_with(Answer::Status { status: 500, retry_after: None });
    let last = ClaimedDelivery { attempt: 10, ..delivery("") };
    assert_eq!(given_up(&hook.channels.send(&last, now).await), "gave up after 10 attempts; the last one: the endpoint answered HTTP 500");
}

#[tokio::test]
async fn a_webhook_follows_no_redirect() {
    let hook = hook(Payload::Full, PATIENCE, &[SECRET]).await;
    let elsewhere = WebhookReceiver::start(SECRET).await.unwrap();
    hook.receiver.answer_with(Answer::Redirect(elsewhere.url().to_string()));
    let outcome = hook.channels.send(&delivery(""), Timestamp::now()).await;
    assert!(retried(&outcome).contains("redirects (HTTP 307)"), "{outcome:?}");
    assert_eq!(elsewhere.received().await.len(), 0);
}

#[tokio::test]
async fn a_webhook_that_never_answers_times_out_and_is_tried_again() {
    let hook = hook(Payload::Full, Duration::from_millis(300), &[SECRET]).await;
    hook.receiver.answer_with(Answer::Never);
    let outcome = hook.channels.send(&delivery(""), Timestamp::now()).await;
    assert!(retried(&outcome).contains("timed out"), "{outcome:?}");
    assert_eq!(hook.receiver.received().await.len(), 1, "the request had arrived");
    hook.receiver.answer_with(Answer::Slow(Duration::from_millis(1)));
    delivered(&hook.channels.send(&delivery(""), Timestamp::now()).await);
}

#[tokio::test]
async fn a_webhook_to_a_private_address_is_not_sent() {
    let hook = hook(Payload::Full, PATIENCE, &[SECRET]).await;
    let guarded = NetworkConfig {
        connect_timeout: PATIENCE,
        headers_timeout: PATIENCE,
        idle_timeout: PATIENCE,
        total_timeout: PATIENCE,
        feed_limit_bytes: 1 << 20,
        page_limit_bytes: 1 << 20,
        extra_ports: vec![hook.receiver.url().port().unwrap()],
        ..NetworkConfig::default()
    };
    let policy = AddressPolicy::from_config(&guarded).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let kind = webhook(hook.receiver.url().clone(), vec![secret_file(&directory, "key", SECRET)], PATIENCE, Payload::Full);
    let channels = channel_map(Channel { id: ChannelId::new("desk").unwrap(), kind });
    let channels = Channels::new(&channels, None, Client::new(&guarded, policy, "presswatch-test").unwrap(), public_url()).unwrap();
    let outcome = channels.send(&delivery(""), Timestamp::now()).await;
    assert!(retried(&outcome).contains("not permitted"), "{outcome:?}");
    assert_eq!(hook.receiver.received().await.len(), 0);
}

#[tokio::test]
async fn a_closed_port_and_a_missing_secret_are_tried_again() {
    let hook = hook(Payload::Full, PATIENCE, &[SECRET]).await;
    std::fs::remove_file(hook.secrets.path().join("key0")).unwrap();
    assert!(retried(&hook.channels.send(&delivery(""), Timestamp::now()).await).starts_with("cannot read the secret"));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let directory = tempfile::tempdir().unwrap();
    let kind = webhook(
        format!("http://127.0.0.1:{port}/very-secret-path").parse().unwrap(),
        vec![secret_file(&directory, "key", SECRET)],
        PATIENCE,
        Payload::Full,
    );
    let channels = Channels::new(&channel_map(Channel { id: ChannelId::new("desk").unwrap(), kind }), None, client(), public_url()).unwrap();
    let outcome = channels.send(&delivery(""), Timestamp::now()).await;
    assert!(!retried(&outcome).contains("very-secret-path"), "{outcome:?}");
}
