//! A day of ten thousand sources in minutes: does every healthy source get its polls on time, is every host left alone between two requests,
//! does nothing get lost, and in how much memory?
//!
//!     cargo bench --bench simulated_day -- [--minutes 24] [--sources 10000] [--hosts 2000]
//!
//! The daemon runs as its users run it, as a process with a private Postgres, on sources behind so many loopback addresses. One host in
//! twenty is dead, 3 % drip a byte a second, 2 % answer 429, 1 % send without end. The clock runs faster: a day's intervals are divided
//! by 1440 / minutes. Patience with slow servers is shortened too, by less: a minute becomes four seconds. The start, in which every source is
//! polled once, is told apart from the day that follows. Without `--bench`, which cargo passes, nothing runs: it takes minutes.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::net::TcpListener;

/// Between two requests to a host, as configured; a request that arrives so much sooner after the last one was still sent in time.
const SPACING: Duration = Duration::from_secs(1);
const ARRIVAL_TOLERANCE: Duration = Duration::from_millis(100);
/// Items that a feed shows.
const WINDOW: u64 = 10;
const WORDS: [&str; 32] = [
    "harbor", "editor", "court", "minister", "union", "ferry", "school", "budget", "river", "market", "protest", "council", "bridge", "doctor",
    "winter", "archive", "teacher", "railway", "island", "museum", "border", "factory", "village", "airport", "judge", "student", "forest",
    "festival", "reporter", "valley", "station", "garden",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Healthy,
    Dead,
    Slow,
    Busy,
    Endless,
}

/// What a host does: the shares of the trial, spread evenly.
fn manner(host: usize) -> Manner {
    match host % 100 {
        0..5 => Manner::Dead,
        5..8 => Manner::Slow,
        8..10 => Manner::Busy,
        10 => Manner::Endless,
        _ => Manner::Healthy,
    }
}

/// From 8 stories a day to one in two days, most sources slow.
fn publishing_period(source: usize, day: Duration) -> Duration {
    day.mul_f64([0.125, 0.25, 0.5, 1.0, 1.0, 2.0, 2.0, 2.0][source % 8])
}

#[derive(Default)]
struct Seen {
    /// When each source was asked.
    polls: HashMap<usize, Vec<Instant>>,
    /// When each host was asked last, the least time between two requests, and how many came too soon.
    hosts: HashMap<usize, Instant>,
    least_gap: Option<Duration>,
    too_soon: usize,
    requests: usize,
    /// Items that a healthy source has handed out.
    handed_out: HashSet<(usize, u64)>,
}

struct Newsroom {
    start: Instant,
    day: Duration,
    hosts: usize,
    seen: Mutex<Seen>,
}

impl Newsroom {
    fn note(&self, source: usize) {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.requests += 1;
        seen.polls.entry(source).or_default().push(now);
        if let Some(last) = seen.hosts.insert(source % self.hosts, now) {
            let gap = now - last;
            seen.least_gap = Some(seen.least_gap.map_or(gap, |least| least.min(gap)));
            seen.too_soon += usize::from(gap + ARRIVAL_TOLERANCE < SPACING);
        }
    }

    /// The number of the newest item, from 2 on.
    fn newest(&self, source: usize) -> u64 {
        let periods = self.start.elapsed().as_secs_f64() / publishing_period(source, self.day).as_secs_f64();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some dozens")]
        let periods = periods as u64;
        periods + 2
    }
}

async fn answer(State(newsroom): State<Arc<Newsroom>>, UrlPath(source): UrlPath<usize>, headers: HeaderMap) -> Response {
    newsroom.note(source);
    match manner(source % newsroom.hosts) {
        Manner::Healthy | Manner::Dead => healthy(&newsroom, source, &headers),
        Manner::Slow => {
            let drip = stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
            });
            Body::from_stream(drip).into_response()
        }
        Manner::Busy => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "20")], "later").into_response(),
        Manner::Endless => {
            let part = Bytes::from(vec![b'<'; 64 << 10]);
            Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(part.clone()))).into_response()
        }
    }
}

fn healthy(newsroom: &Newsroom, source: usize, headers: &HeaderMap) -> Response {
    let newest = newsroom.newest(source);
    let tag = format!("\"{newest}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let items = newest.saturating_sub(WINDOW)..newest;
    newsroom.seen.lock().unwrap_or_else(PoisonError::into_inner).handed_out.extend(items.clone().map(|item| (source, item)));
    let mut feed = format!("<rss version=\"2.0\"><channel><title>Source {source}</title>");
    for item in items.rev() {
        let words = words(source as u64 * 1000 + item);
        let _ = write!(
            feed,
            "<item><title>{source}-{item} {}</title><link>http://outlet{source}.example/{item}</link><guid isPermaLink=\"false\">{source}-{item}</guid>\
             <description>{words}</description></item>",
            words.split_inclusive(' ').take(6).collect::<String>()
        );
    }
    feed += "</channel></rss>";
    ([(header::CONTENT_TYPE, "application/rss+xml".to_owned()), (header::ETAG, tag)], feed).into_response()
}

/// Forty words that are others for each seed, so that no two stories are copies.
fn words(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..40).fold(String::new(), |mut text, _| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let _ = write!(text, "{}{} ", WORDS[(state % 32) as usize], state >> 52);
        text
    })
}

/// 2,000 addresses of this machine: all of 127.0.0.0/8 is loopback.
fn host_name(host: usize) -> String {
    format!("127.{}.{}.{}", 1 + host / 62_500, host / 250 % 250, 1 + host % 250)
}

fn write_configuration(
    folder: &Path,
    sources: usize,
    hosts: usize,
    port: u16,
    dead_port: u16,
    shortest: Duration,
    longest: Duration,
) -> std::io::Result<()> {
    std::fs::create_dir_all(folder.join("sources.d"))?;
    std::fs::create_dir_all(folder.join("watchlists.d"))?;
    let state = folder.join("state");
    std::fs::write(
        folder.join("presswatch.toml"),
        format!(
            "[instance]\nstate_directory = \"{}\"\n[network]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\nextra_ports = [{port}, {dead_port}]\n\
             connect_timeout = \"2s\"\nheaders_timeout = \"3s\"\nidle_timeout = \"3s\"\ntotal_timeout = \"4s\"\n\
             [gather]\nconcurrency = 64\ndomain_spacing = \"{}s\"\ndomain_concurrency = 1\ndangerously_short_intervals = true\ninterval_min = \"{}s\"\n\
             interval_max = \"{}s\"\n[web]\nenabled = false\n[log]\nfilter = \"warn\"\n",
            state.display(),
            SPACING.as_secs(),
            shortest.as_secs().max(1),
            longest.as_secs()
        ),
    )?;
    let mut list = String::new();
    for source in 0..sources {
        let host = source % hosts;
        let port = if manner(host) == Manner::Dead { dead_port } else { port };
        let _ = write!(
            list,
            "[[source]]\nid = \"s{source}\"\nname = \"Source {source}\"\nurl = \"http://{}:{port}/feed/{source}\"\nfull_text = \"never\"\n",
            host_name(host)
        );
    }
    std::fs::write(folder.join("sources.d/all.toml"), list)
}

struct Daemon(Child);

impl Daemon {
    fn start(folder: &Path) -> std::io::Result<Self> {
        let log = std::fs::File::create(folder.join("log"))?;
        Command::new(env!("CARGO_BIN_EXE_presswatch")).arg("--config").arg(folder).arg("run").stderr(log).spawn().map(Self)
    }

    /// A line of /proc/PID/status in MB: `VmHWM` is the most memory that was ever resident.
    fn memory_mb(&self, key: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with(key))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
    }

    fn stop(mut self) -> std::io::Result<std::process::ExitStatus> {
        Command::new("kill").arg(self.0.id().to_string()).status()?;
        self.0.wait()
    }
}

/// One value of the daemon's database.
fn ask(folder: &Path, sql: &str) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_presswatch")).arg("--config").arg(folder).args(["db", "psql", "--", "-At", "-c", sql]).output();
    run.map_or_else(
        |error| error.to_string(),
        |done| String::from_utf8_lossy(if done.status.success() { &done.stdout } else { &done.stderr }).trim().to_owned(),
    )
}

fn argument(name: &str, default: usize) -> usize {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    arguments.next().map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} takes a number, not {value:?}")))
}

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let (minutes, sources, hosts) = (argument("--minutes", 24), argument("--sources", 10_000), argument("--hosts", 2_000));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    runtime.block_on(simulate(minutes, sources, hosts));
    runtime.shutdown_background();
}

async fn simulate(minutes: usize, sources: usize, hosts: usize) {
    let day = Duration::from_secs(60 * minutes as u64);
    let scale = |real: Duration| real.mul_f64(day.as_secs_f64() / 86_400.0);
    let (shortest, longest) = (scale(Duration::from_mins(5)), scale(Duration::from_hours(2)));
    let newsroom = Arc::new(Newsroom { start: Instant::now(), day, hosts, seen: Mutex::default() });
    let listener = TcpListener::bind("0.0.0.0:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    // Bound and closed: nothing answers there.
    let dead_port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
    let router = Router::new().route("/feed/{source}", axum::routing::get(answer)).with_state(Arc::clone(&newsroom));
    tokio::spawn(async move { axum::serve(listener, router).await });

    let folder = tempfile::tempdir().expect("a folder");
    write_configuration(folder.path(), sources, hosts, port, dead_port, shortest, longest).expect("the configuration");
    println!("{sources} sources behind {hosts} hosts; a day in {minutes} minutes; intervals {shortest:?} to {longest:?}");
    let daemon = Daemon::start(folder.path()).expect("the daemon");
    let mut overdue = Vec::new();
    while newsroom.start.elapsed() < day {
        tokio::time::sleep(Duration::from_secs(15)).await;
        let requests = newsroom.seen.lock().unwrap_or_else(PoisonError::into_inner).requests;
        let healthy =
            "coalesce(round(extract(epoch FROM max(now() - next_due_at) FILTER (WHERE next_due_at < now() AND last_success_at IS NOT NULL))), 0)";
        let late = ask(folder.path(), &format!("SELECT {healthy} FROM source_states"));
        overdue.push(late.parse::<u64>().unwrap_or_default());
        println!(
            "{:>5} s  {requests} requests, most overdue {late} s, {} MB",
            newsroom.start.elapsed().as_secs(),
            daemon.memory_mb("VmRSS").unwrap_or_default()
        );
    }
    report(&newsroom, folder.path(), sources, longest, &daemon);
    println!("stopped: {}", daemon.stop().expect("the daemon ends"));
}

fn report(newsroom: &Newsroom, folder: &Path, sources: usize, longest: Duration, daemon: &Daemon) {
    let stored: usize = ask(folder, "SELECT count(*) FROM source_items").parse().unwrap_or_default();
    let memory = daemon.memory_mb("VmHWM").unwrap_or_default();
    let seen = newsroom.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let end = Instant::now();
    let healthy = (0..sources).filter(|source| manner(source % newsroom.hosts) == Manner::Healthy);
    let healthy: Vec<Option<&Vec<Instant>>> = healthy.map(|source| seen.polls.get(&source)).collect();
    let (count, never) = (healthy.len(), healthy.iter().filter(|polls| polls.is_none()).count());
    let settled = healthy.iter().filter_map(|polls| polls.and_then(|polls| polls.first())).max().copied().unwrap_or(end);
    let mut gaps = Vec::new();
    for polls in healthy.into_iter().flatten() {
        let later = polls.iter().copied().filter(|poll| *poll > settled);
        let later: Vec<Instant> = std::iter::once(settled).chain(later).chain([end]).collect();
        gaps.extend(later.windows(2).map(|pair| pair[1] - pair[0]));
    }
    gaps.sort();
    let at = |share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index of a list in memory")]
        let index = ((gaps.len() as f64 - 1.0) * share) as usize;
        gaps.get(index).copied().unwrap_or_default().as_secs_f64()
    };
    println!("healthy sources: {count}, never polled: {never}, all polled once after {:.0} s", (settled - newsroom.start).as_secs_f64());
    println!(
        "then, seconds between polls of one: median {:.1}, p99 {:.1}, most {:.1}; longest interval {:.1}",
        at(0.5),
        at(0.99),
        at(1.0),
        longest.as_secs_f64()
    );
    println!(
        "requests: {}; sooner than {SPACING:?} after the last to the host: {} (least {:?})",
        seen.requests,
        seen.too_soon,
        seen.least_gap.unwrap_or_default()
    );
    println!("items handed out: {}, known to the database: {stored}", seen.handed_out.len());
    println!("most memory of the daemon: {memory} MB");
}
