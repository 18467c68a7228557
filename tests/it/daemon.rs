//! The daemon as a process: killed, stopped, reloaded, doubled.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Path as Segment;
use axum::http::StatusCode;
use axum::routing::get;
use presswatch::demo::receivers::{Answer, WebhookReceiver};
use tokio::net::TcpListener;

use crate::support::ScratchFolder;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G";
const FEEDS: usize = 6;
const ITEMS: usize = 15;
const PATIENCE: Duration = Duration::from_secs(90);

/// Serves `/feed/N`, each with its own stories.
async fn outlets() -> SocketAddr {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/feed/{number}", get(feed));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

async fn feed(Segment(number): Segment<usize>) -> Result<([(&'static str, &'static str); 1], String), StatusCode> {
    if number >= FEEDS {
        return Err(StatusCode::NOT_FOUND);
    }
    let mut xml = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Outlet</title>".to_owned();
    for item in 0..ITEMS {
        let seed = number * ITEMS + item;
        let _ = write!(
            xml,
            "<item><title>Editor of the {} held</title><link>http://news{number}.example/{item}</link><guid>{number}-{item}</guid><description>{}</description></item>",
            words(seed, 2),
            words(seed, 150)
        );
    }
    xml.push_str("</channel></rss>");
    Ok(([("content-type", "application/rss+xml")], xml))
}

/// Words that no other seed puts in this order: no story is a copy of another.
fn words(seed: usize, count: usize) -> String {
    let syllables = ["ka", "lo", "mi", "ne", "ru", "sa", "to", "vi", "ze", "po", "du", "fe", "gi", "ha", "jo", "ba"];
    let mut state = seed as u64 * 7919 + 17;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 60).unwrap()
    };
    (0..count).map(|_| format!("{}{}{}", syllables[next()], syllables[next()], syllables[next()])).collect::<Vec<_>>().join(" ")
}

fn configure(folder: &Path, outlets: SocketAddr, hook: &WebhookReceiver) -> std::path::PathBuf {
    let config = folder.join("config");
    for name in ["sources.d", "watchlists.d"] {
        std::fs::create_dir_all(config.join(name)).unwrap();
    }
    std::fs::write(
        config.join("presswatch.toml"),
        format!(
            "[instance]\nstate_directory = \"{}\"\n[network]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\nextra_ports = [{}, {}]\n[gather]\ndomain_spacing = \"0s\"\n[web]\nenabled = false\n",
            folder.join("state").display(),
            outlets.port(),
            hook.url().port().unwrap()
        ),
    )
    .unwrap();
    let sources: String = (0..FEEDS)
        .map(|number| format!("[[source]]\nid = \"outlet-{number}\"\nname = \"Outlet {number}\"\nurl = \"http://{outlets}/feed/{number}\"\nlanguage = \"en\"\nfull_text = \"never\"\n"))
        .collect();
    std::fs::write(config.join("sources.d/outlets.toml"), sources).unwrap();
    std::fs::write(
        config.join("watchlists.d/lists.toml"),
        format!(
            "schema_version = 1\n[channels.hook]\nkind = \"webhook\"\nurl = \"{}\"\nformat = \"standard-webhooks\"\nsecrets = [\"env:PRESSWATCH_TEST_SECRET\"]\n[[watchlist]]\nid = \"editors\"\nname = \"Editors\"\nquery = 'editor*'\n[watchlist.alert]\nchannels = [\"hook\"]\ngroup_by = \"story\"\n",
            hook.url()
        ),
    )
    .unwrap();
    config
}

/// A daemon that is killed when the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn start(config: &Path, log: &Path) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_presswatch"))
            .arg("--config")
            .arg(config)
            .args(["run", "--poll-now"])
            .env("PRESSWATCH_TEST_SECRET", SECRET)
            .env("RUST_LOG", "info")
            .env("NO_COLOR", "1")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self(child)
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").arg(format!("-{name}")).arg(self.0.id().to_string()).status().unwrap().success());
    }

    async fn ended(&mut self, within: Duration) -> ExitStatus {
        let since = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(since.elapsed() < within, "the daemon did not end within {within:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn logged(log: &Path, part: &str) {
    let since = Instant::now();
    loop {
        let text = std::fs::read_to_string(log).unwrap_or_default();
        if text.contains(part) {
            return;
        }
        assert!(since.elapsed() < PATIENCE, "{part:?} is not in the log:\n{text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_loses_no_alert_and_keeps_no_story_twice() {
    let folder = ScratchFolder::new("kill");
    let log = folder.path().join("log");
    let hook = WebhookReceiver::start(SECRET).await.unwrap();
    let config = configure(folder.path(), outlets().await, &hook);
    // Killed in its first seconds again and again, while it reads and delivers.
    for kill_after in [1, 20, 45, 70] {
        let daemon = Running::start(&config, &log);
        hook.wait_for(kill_after, PATIENCE).await.unwrap();
        daemon.signal("KILL");
        drop(daemon);
    }
    let mut daemon = Running::start(&config, &log);
    let since = Instant::now();
    loop {
        let stories: HashSet<String> = hook.received().await.iter().map(|delivery| story(&delivery.body)).collect();
        if stories.len() == FEEDS * ITEMS {
            break;
        }
        assert!(
            since.elapsed() < PATIENCE,
            "{} of {} stories were alerted; log:\n{}",
            stories.len(),
            FEEDS * ITEMS,
            std::fs::read_to_string(&log).unwrap()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    daemon.signal("TERM");
    assert!(daemon.ended(Duration::from_secs(30)).await.success());

    let received = hook.received().await;
    assert!(received.iter().all(|delivery| delivery.verified));
    let ids: HashSet<&str> = received.iter().map(|delivery| delivery.id.as_str()).collect();
    assert_eq!(ids.len(), FEEDS * ITEMS, "a story alerted twice must carry the same id");
    // Each kill may repeat what was in flight (8 at most), under the same id.
    assert!(received.len() <= FEEDS * ITEMS + 4 * 8, "{} deliveries", received.len());
}

fn story(body: &serde_json::Value) -> String {
    body["data"]["story"]["id"].as_str().unwrap_or_else(|| panic!("no story id in {body}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_reload_changes_nothing_and_a_second_daemon_is_refused() {
    let folder = ScratchFolder::new("reload");
    let log = folder.path().join("log");
    let hook = WebhookReceiver::start(SECRET).await.unwrap();
    let config = configure(folder.path(), outlets().await, &hook);
    let mut daemon = Running::start(&config, &log);
    logged(&log, "ready").await;

    let second = Command::new(env!("CARGO_BIN_EXE_presswatch"))
        .arg("--config")
        .arg(&config)
        .arg("run")
        .env("PRESSWATCH_TEST_SECRET", SECRET)
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let complaint = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(complaint.contains("another presswatch"), "{complaint}");

    let lists = config.join("watchlists.d/lists.toml");
    let good = std::fs::read_to_string(&lists).unwrap();
    std::fs::write(&lists, good.replace("'editor*'", "'editor* AND'")).unwrap();
    daemon.signal("HUP");
    logged(&log, "the new configuration is refused").await;
    // The former rules stay in force: every story is still alerted.
    hook.wait_for(FEEDS * ITEMS, PATIENCE).await.unwrap();

    std::fs::write(&lists, good).unwrap();
    daemon.signal("HUP");
    logged(&log, "configuration reloaded").await;
    daemon.signal("TERM");
    assert!(daemon.ended(Duration::from_secs(30)).await.success());
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains(SECRET) && !text.contains("editor*"), "the log tells a secret or a term:\n{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn around_reloads_every_story_is_matched_once() {
    let folder = ScratchFolder::new("reloads");
    let log = folder.path().join("log");
    let hook = WebhookReceiver::start(SECRET).await.unwrap();
    let config = configure(folder.path(), outlets().await, &hook);
    let lists = config.join("watchlists.d/lists.toml");
    let text = std::fs::read_to_string(&lists).unwrap();
    let mut daemon = Running::start(&config, &log);
    logged(&log, "ready").await;
    // The rules change while stories arrive; each set of them matches every story.
    for round in 1..=6 {
        std::fs::write(&lists, text.replace("'editor*'", &format!("'editor* OR round{round}'"))).unwrap();
        daemon.signal("HUP");
        hook.wait_for(round * FEEDS * ITEMS / 8, PATIENCE).await.unwrap();
    }
    hook.wait_for(FEEDS * ITEMS, PATIENCE).await.unwrap();
    daemon.signal("TERM");
    assert!(daemon.ended(Duration::from_secs(30)).await.success());
    let received = hook.received().await;
    let stories: HashSet<String> = received.iter().map(|delivery| story(&delivery.body)).collect();
    let ids: HashSet<&str> = received.iter().map(|delivery| delivery.id.as_str()).collect();
    assert_eq!((stories.len(), ids.len()), (FEEDS * ITEMS, FEEDS * ITEMS), "a story went unmatched or was matched twice");
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("changed=\"") || text.contains("changed="), "the log does not say what changed:\n{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_never_answers_does_not_keep_the_daemon_from_stopping() {
    let folder = ScratchFolder::new("never");
    let log = folder.path().join("log");
    let hook = WebhookReceiver::start(SECRET).await.unwrap();
    hook.answer_with(Answer::Never);
    let config = configure(folder.path(), outlets().await, &hook);
    let mut daemon = Running::start(&config, &log);
    hook.wait_for(1, PATIENCE).await.unwrap();
    daemon.signal("TERM");
    assert!(daemon.ended(Duration::from_secs(45)).await.success());
}
