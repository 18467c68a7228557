//! From commit to acceptance: how long an alert takes, how fast a backlog drains, and what a dead channel costs the others.
//!
//! Runs the real daemon with a private, durable Postgres and receivers on loopback. Ends with an error when a bar is missed. `cargo bench --bench alerts`.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures and stops at the first failure")]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use presswatch::config;
use presswatch::daemon::Daemon;
use presswatch::model::{
    AlertContent, AlertId, AlertKind, AlertStory, ChannelId, ClusterId, Content, Language, NewAlert, Priority, StoryId, WatchlistId,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const RATE: u32 = 50;
const STEADY: Duration = Duration::from_secs(20);
const BACKLOG: usize = 10_000;
const P99_BAR: Duration = Duration::from_secs(1);
const DRAIN_BAR: f64 = 1000.0;

/// When each alert was taken, by its id.
type Taken = Arc<Mutex<HashMap<String, Instant>>>;

#[tokio::main]
async fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let taken = Taken::default();
    let fast = receiver(Arc::clone(&taken)).await;
    let dead = silent().await;
    let daemon = Daemon::start(configure(folder.path(), fast, dead)).await.unwrap();

    let alone = steady(&daemon, &taken).await;
    print("50 alerts a second", &alone);

    let started = write(&daemon, "fast", BACKLOG).await;
    while taken.lock().unwrap().len() < alone.len() + BACKLOG {
        assert!(started.elapsed() < Duration::from_mins(5), "the backlog does not drain");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let rate = BACKLOG as f64 / started.elapsed().as_secs_f64();
    println!("backlog: {BACKLOG} deliveries drained at {rate:.0}/s");

    write(&daemon, "dead", 2000).await;
    // Its first attempts hang, its breaker is about to open: the worst moment for the others.
    let beside = steady(&daemon, &taken).await;
    print("the same beside a dead channel", &beside);
    daemon.stop().await;

    let well = percentile(&alone, 99.0) < P99_BAR && percentile(&beside, 99.0) < P99_BAR && rate >= DRAIN_BAR;
    println!("bars: p99 under {P99_BAR:?}, at least {DRAIN_BAR}/s: {}", if well { "met" } else { "missed" });
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Alerts at a steady rate, each in a transaction of its own; from commit to acceptance, sorted.
async fn steady(daemon: &Daemon, taken: &Taken) -> Vec<Duration> {
    let mut committed = Vec::new();
    let mut tick = tokio::time::interval(Duration::from_secs(1) / RATE);
    let begin = Instant::now();
    while begin.elapsed() < STEADY {
        tick.tick().await;
        let alert = alert("fast");
        let mut tx = daemon.store().begin_ingest().await.unwrap();
        tx.insert_alerts(std::slice::from_ref(&alert)).await.unwrap();
        tx.commit().await.unwrap();
        committed.push((alert.id.to_string(), Instant::now()));
    }
    let mut latencies = Vec::new();
    for (id, at) in committed {
        let since = Instant::now();
        let accepted = loop {
            if let Some(accepted) = taken.lock().unwrap().get(&id).copied() {
                break accepted;
            }
            assert!(since.elapsed() < Duration::from_mins(1), "an alert was not taken");
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        latencies.push(accepted.saturating_duration_since(at));
    }
    latencies.sort_unstable();
    latencies
}

async fn write(daemon: &Daemon, channel: &str, count: usize) -> Instant {
    let alerts: Vec<NewAlert> = (0..count).map(|_| alert(channel)).collect();
    let mut tx = daemon.store().begin_ingest().await.unwrap();
    tx.insert_alerts(&alerts).await.unwrap();
    let started = Instant::now();
    tx.commit().await.unwrap();
    started
}

fn print(what: &str, latencies: &[Duration]) {
    let at = |share| percentile(latencies, share).as_secs_f64() * 1e3;
    println!(
        "{what}: {} from commit to acceptance: p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, most {:.1} ms",
        latencies.len(),
        at(50.0),
        at(95.0),
        at(99.0),
        at(100.0)
    );
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let place = (sorted.len() as f64 * share / 100.0).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or_default()
}

fn configure(folder: &std::path::Path, fast: SocketAddr, dead: SocketAddr) -> config::Config {
    let channel = |name: &str, address: SocketAddr| {
        format!("[channels.{name}]\nkind = \"webhook\"\nurl = \"http://{address}/\"\nsecrets = [\"file:secret\"]\ntimeout = \"10s\"\n")
    };
    let main = format!(
        "[instance]\nstate_directory = \"{}\"\n[network]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\nextra_ports = [{}, {}]\n[web]\nenabled = false\n",
        folder.join("state").display(),
        fast.port(),
        dead.port()
    );
    let lists = format!("{}{}", channel("fast", fast), channel("dead", dead));
    for (name, text) in
        [("presswatch.toml", main.as_str()), ("watchlists.d/lists.toml", &lists), ("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G")]
    {
        let path = folder.join("config").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    config::load(&folder.join("config")).unwrap()
}

fn alert(channel: &str) -> NewAlert {
    let now = Timestamp::now();
    let id = AlertId::new(now);
    let mut dedup_key = [0; 32];
    dedup_key[..16].copy_from_slice(id.0.as_bytes());
    let story = AlertStory {
        id: StoryId::new(now),
        title: "Editor of the Harbor Times held after a search".to_owned(),
        excerpt: "Police took two laptops and a box of letters from the newsroom on Friday morning. ".repeat(4),
        url: Some("https://harbor.example/news/1".to_owned()),
        source_name: "The Harbor Times".to_owned(),
        language: Language::undetermined(),
        published_at: Some(now),
        main_country: None,
        topics: vec!["arrest_detention".to_owned()],
        actors: vec!["journalist".to_owned()],
        matched: vec!["held".to_owned()],
    };
    let content = AlertContent {
        kind: AlertKind::Created,
        watchlist: WatchlistId::new("harbor").unwrap(),
        watchlist_name: "Harbor".to_owned(),
        restricted: false,
        priority: Priority::High,
        cluster: ClusterId::new(now),
        story,
        publishers: 1,
        reports: 1,
        updates: Vec::new(),
        repeat: 0,
        acknowledge: None,
    };
    NewAlert {
        id,
        content: Content::Alert(Box::new(content)),
        channel: ChannelId::new(channel).unwrap(),
        recipients: Vec::new(),
        event_key: None,
        dedup_key,
        not_before: now,
    }
}

/// Answers 204 as soon as a request is whole.
async fn receiver(taken: Taken) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&taken)));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, taken: Taken) {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
        let length: usize = header("content-length:").parse().unwrap_or(0);
        while buffer.len() < end + length {
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
        }
        buffer.drain(..end + length);
        taken.lock().unwrap().entry(header("webhook-id:")).or_insert_with(Instant::now);
        if stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.is_err() {
            return;
        }
    }
}

/// Takes connections and says nothing.
async fn silent() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    address
}
