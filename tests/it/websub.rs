//! WebSub from end to end: a feed that names a hub, a hub on loopback, callbacks over the pages' own listener, a real database.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use presswatch::pipeline::{PollReport, Subscriber};
use presswatch::web::{self, WebState};
use prometheus_client::registry::Registry;
use ring::hmac;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use url::form_urlencoded;

use crate::support::pipeline::Pipeline;
use crate::support::proxy::Proxy;
use crate::support::server::{Answer, Server};

/// A presswatch with one source whose feed names a hub.
struct Newsroom {
    pipeline: Pipeline,
    subscriber: Subscriber,
    feed: Server,
    hub: Server,
    /// Items in the feed.
    items: Arc<AtomicUsize>,
    /// What the hub answers.
    hub_status: Arc<AtomicU16>,
    pages: SocketAddr,
    stop: CancellationToken,
    _proxy: Proxy,
}

impl Drop for Newsroom {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Newsroom {
    /// `network` is the source's path: "direct", or "tor" through a proxy that leads to the feed.
    async fn open(network: &str) -> Self {
        let hub_status = Arc::new(AtomicU16::new(202));
        let status = Arc::clone(&hub_status);
        let hub = Server::start(move |_| Answer::status(status.load(Ordering::SeqCst))).await;
        let items = Arc::new(AtomicUsize::new(1));
        let (count, hub_url, own_url) = (Arc::clone(&items), hub.url("/hub"), Arc::new(OnceLock::<String>::new()));
        let topic = Arc::clone(&own_url);
        let feed = Server::start(move |_| {
            let items: String = (0..count.load(Ordering::SeqCst))
                .map(|item| format!("<item><title>Editor number {item} was detained at the port</title><guid>{item}</guid></item>"))
                .collect();
            let links = format!("<atom:link rel='hub' href='{hub_url}'/><atom:link rel='self' href='{}'/>", topic.get().unwrap());
            let body =
                format!("<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Harbor</title>{links}{items}</channel></rss>");
            Answer::ok("application/rss+xml", &body)
        })
        .await;
        own_url.set(feed.url("/feed")).unwrap();
        let proxy = Proxy::socks5(feed.address(), None).await;

        let main = format!("[network.paths.tor]\nurl = \"socks5h://{}\"\n[websub]\npublic_url = \"https://push.example\"\n", proxy.address);
        let url = feed.url("/feed");
        let source = format!("[[source]]\nid = \"harbor\"\nname = \"Harbor\"\nurl = \"{url}\"\nfull_text = \"never\"\nnetwork = \"{network}\"\n");
        let pipeline = Pipeline::open(&main, &source, &[feed.port(), hub.port()]).await;
        let subscriber = Subscriber::new(pipeline.db.store.clone(), pipeline.client.clone(), pipeline.rules.clone());

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let pages = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let state = WebState {
            store: pipeline.db.store.clone(),
            config: pipeline.config.clone(),
            metrics: Arc::new(Registry::default()),
            explorer: presswatch::web::explore::Explorer::new().0,
        };
        tokio::spawn(web::serve(listener, state, stop.clone()));
        Self { pipeline, subscriber, feed, hub, items, hub_status, pages, stop, _proxy: proxy }
    }

    async fn poll(&self) -> PollReport {
        self.pipeline.poll().await[0].1
    }

    /// The fields of the last request to the hub.
    fn asked(&self) -> Vec<(String, String)> {
        let request = self.hub.requests().pop().unwrap();
        assert_eq!((request.method.as_str(), request.header("content-type")), ("POST", Some("application/x-www-form-urlencoded")));
        form_urlencoded::parse(&request.body).into_owned().collect()
    }

    /// Path of the callback and the secret, as the hub was told.
    fn told(&self) -> (String, String) {
        let asked = self.asked();
        let of = |name: &str| asked.iter().find(|(key, _)| key == name).unwrap().1.clone();
        (of("hub.callback").strip_prefix("https://push.example").unwrap().to_owned(), of("hub.secret"))
    }

    async fn subscribe(&self) -> (String, String) {
        self.poll().await;
        assert_eq!(self.subscriber.round().await.unwrap(), 1);
        let (callback, secret) = self.told();
        let (status, body) = self.question(&callback, "subscribe", &self.feed.url("/feed"), "&hub.challenge=ch-1&hub.lease_seconds=864000").await;
        assert_eq!((status, body.as_str()), (200, "ch-1"));
        (callback, secret)
    }

    async fn question(&self, callback: &str, mode: &str, topic: &str, more: &str) -> (u16, String) {
        let topic: String = form_urlencoded::byte_serialize(topic.as_bytes()).collect();
        self.speak(&format!("GET {callback}?hub.mode={mode}&hub.topic={topic}{more} HTTP/1.1\r\nHost: push.example\r\nConnection: close\r\n\r\n"))
            .await
    }

    async fn message(&self, callback: &str, body: &str, signature: Option<&str>) -> u16 {
        let signature = signature.map(|signature| format!("X-Hub-Signature: {signature}\r\n")).unwrap_or_default();
        let head =
            format!("POST {callback} HTTP/1.1\r\nHost: push.example\r\nConnection: close\r\nContent-Length: {}\r\n{signature}\r\n", body.len());
        self.speak(&(head + body)).await.0
    }

    async fn speak(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.pages).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// Seconds until the next poll.
    async fn due_in(&self) -> i64 {
        self.pipeline.db.number("SELECT extract(epoch FROM next_due_at - now())::bigint FROM source_states").await
    }

    async fn subscriptions(&self, condition: &str) -> i64 {
        self.pipeline.db.number(&format!("SELECT count(*) FROM websub_subscriptions WHERE {condition}")).await
    }
}

fn signed(algorithm: hmac::Algorithm, secret: &str, body: &str) -> String {
    let tag = hmac::sign(&hmac::Key::new(algorithm, secret.as_bytes()), body.as_bytes());
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_is_asked_by_an_address_that_nobody_guesses_and_must_verify() {
    let room = Newsroom::open("direct").await;
    room.poll().await;
    assert_eq!(room.subscriptions("state = 'wanted'").await, 1);
    assert_eq!(room.subscriber.round().await.unwrap(), 1);
    let asked = room.asked();
    let topic = room.feed.url("/feed");
    for (name, value) in [("hub.mode", "subscribe"), ("hub.topic", topic.as_str()), ("hub.lease_seconds", "864000")] {
        assert!(asked.contains(&(name.to_owned(), value.to_owned())), "{name}: {asked:?}");
    }
    let (callback, secret) = room.told();
    assert!(callback.strip_prefix("/websub/").is_some_and(|token| token.len() == 43) && secret.len() == 43, "{callback}");
    assert_eq!(room.subscriber.round().await.unwrap(), 0, "it is not asked again at once");

    let challenge = "&hub.challenge=ch-1&hub.lease_seconds=864000";
    for (callback, mode, topic) in [
        ("/websub/nobody", "subscribe", topic.as_str()),
        (callback.as_str(), "subscribe", "https://other.example/feed"),
        (callback.as_str(), "unsubscribe", topic.as_str()),
    ] {
        assert_eq!(room.question(callback, mode, topic, challenge).await.0, 404, "{callback} {mode} {topic}");
    }
    assert_eq!(room.subscriptions("state = 'verified'").await, 0);
    assert_eq!(room.question(&callback, "subscribe", &topic, challenge).await, (200, "ch-1".to_owned()));
    assert_eq!(room.subscriptions("state = 'verified' AND lease_until BETWEEN now() + '9 days' AND now() + '11 days'").await, 1);

    // Renewal, before the lease ends, by the same address.
    room.pipeline.db.execute("UPDATE websub_subscriptions SET next_attempt_at = now()").await;
    assert_eq!(room.subscriber.round().await.unwrap(), 1);
    assert_eq!(room.told(), (callback, secret));
    assert_eq!(room.subscriptions("state = 'verified'").await, 1, "what was verified holds while it is renewed");
    // What is open to hubs shows no page.
    assert_eq!(room.speak("GET / HTTP/1.1\r\nHost: push.example\r\nConnection: close\r\n\r\n").await.0, 421);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_rightly_signed_message_makes_its_source_due() {
    let room = Newsroom::open("direct").await;
    let (callback, secret) = room.subscribe().await;
    let body = "<rss><channel><item><title>Forged</title></item></channel></rss>";
    let right = signed(hmac::HMAC_SHA256, &secret, body);
    let wrong = signed(hmac::HMAC_SHA256, "another secret", body);
    for signature in [
        None,
        Some(format!("sha256={wrong}")),
        Some(format!("sha512={right}")),
        Some(format!("md5={right}")),
        Some(right.clone()),
        Some(format!("sha256={}", &right[2..])),
        Some("sha256=".to_owned()),
        Some("sha256=zz".to_owned()),
    ] {
        assert_eq!(room.message(&callback, body, signature.as_deref()).await, 202, "{signature:?}");
        assert!(room.due_in().await > 200, "{signature:?}");
    }
    assert_eq!(room.message("/websub/nobody", body, Some(&format!("sha256={right}"))).await, 410);
    for (method, algorithm) in
        [("sha256", hmac::HMAC_SHA256), ("sha1", hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY), ("SHA384", hmac::HMAC_SHA384), ("sha512", hmac::HMAC_SHA512)]
    {
        room.pipeline.db.execute("UPDATE source_states SET next_due_at = now() + interval '1 hour'").await;
        assert_eq!(room.message(&callback, body, Some(&format!("{method}={}", signed(algorithm, &secret, body)))).await, 202);
        assert!(room.due_in().await <= 60, "{method}");
    }
    assert_eq!(room.pipeline.db.number("SELECT count(*) FROM stories WHERE title = 'Forged'").await, 0, "a message's content is never taken");

    // A source that fails keeps its pause.
    room.pipeline.db.execute("UPDATE source_states SET failures = 2, next_due_at = now() + interval '1 hour'").await;
    assert_eq!(room.message(&callback, body, Some(&format!("sha256={right}"))).await, 202);
    assert!(room.due_in().await > 3000);
    // As much as is taken, and one byte more of what is announced.
    let large = format!(
        "POST {callback} HTTP/1.1\r\nHost: push.example\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n{}",
        "x".repeat((10 << 20) + 1)
    );
    assert_eq!(room.speak(&large).await.0, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_tells_of_all_news_saves_polls_until_it_misses_one() {
    let room = Newsroom::open("direct").await;
    let (callback, secret) = room.subscribe().await;
    assert!(room.due_in().await < 3600, "a hub that never spoke is not relied on");

    let signature = format!("sha256={}", signed(hmac::HMAC_SHA256, &secret, "news"));
    room.items.store(2, Ordering::SeqCst);
    assert_eq!(room.message(&callback, "news", Some(&signature)).await, 202);
    assert_eq!(room.poll().await.new, 1);
    assert!(room.due_in().await > 23 * 3600, "{}", room.due_in().await);
    assert_eq!(room.poll().await.new, 0);
    assert!(room.due_in().await > 23 * 3600, "no news is no fault of the hub");

    room.items.store(3, Ordering::SeqCst);
    assert_eq!(room.poll().await.new, 1);
    assert!(room.due_in().await < 3600, "news that the hub did not tell of: {}", room.due_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_fails_or_refuses_is_asked_again_later() {
    let room = Newsroom::open("direct").await;
    room.hub_status.store(503, Ordering::SeqCst);
    room.poll().await;
    room.subscriber.round().await.unwrap();
    let later = "next_attempt_at BETWEEN now() + '9 minutes' AND now() + '10 minutes'";
    assert_eq!(room.subscriptions(&format!("last_error LIKE '%503%' AND {later}")).await, 1);

    room.hub_status.store(202, Ordering::SeqCst);
    room.pipeline.db.execute("UPDATE websub_subscriptions SET next_attempt_at = now()").await;
    room.subscriber.round().await.unwrap();
    let (callback, _) = room.told();
    assert_eq!(room.question(&callback, "denied", &room.feed.url("/feed"), "&hub.reason=paid+feeds+only").await.0, 200);
    assert_eq!(room.subscriptions("state = 'denied' AND last_error LIKE '%paid feeds only%' AND next_attempt_at > now() + '6 days'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_behind_a_proxy_is_never_subscribed_to() {
    let room = Newsroom::open("tor").await;
    assert_eq!(room.poll().await.new, 1, "it is read through the proxy");
    assert_eq!(room.subscriptions("true").await, 0);
    assert_eq!(room.subscriber.round().await.unwrap(), 0);
    assert!(room.hub.requests().is_empty(), "the hub would learn who reads");
}
