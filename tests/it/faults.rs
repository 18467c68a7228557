//! The daemon killed, stopped, doubled and cut off in the middle of its work: nothing is lost, and what comes twice comes under the same id.
//!
//! Small here; `make faults` sets `PRESSWATCH_FAULTS=full` and runs the same at hundreds of moments.

mod cut_off;
mod killed;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path as Segment, State};
use axum::http::StatusCode;
use axum::routing::get;
use presswatch::demo::receivers::WebhookReceiver;
use tokio::net::TcpListener;

use crate::support::{ScratchFolder, TestDatabase, database};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G";
const FEEDS: usize = 6;
/// What an outlet publishes each time that somebody looks.
const NEW_ITEMS: usize = 4;
/// Deliveries of one channel that may be in flight: so many may come twice after a kill.
const IN_FLIGHT: usize = 16;
const PATIENCE: Duration = Duration::from_mins(3);

fn full() -> bool {
    std::env::var("PRESSWATCH_FAULTS").is_ok_and(|value| value == "full")
}

/// Outlets that publish more each time that they are read, and keep showing all of it.
#[derive(Debug, Default)]
struct Outlets {
    shown: [AtomicUsize; FEEDS],
    /// Nothing new comes any more.
    closed: std::sync::atomic::AtomicBool,
}

impl Outlets {
    async fn open() -> (Arc<Self>, SocketAddr) {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let outlets = Arc::new(Self::default());
        let router = Router::new().route("/feed/{number}", get(feed)).with_state(Arc::clone(&outlets));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (outlets, address)
    }

    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    fn published(&self) -> usize {
        self.shown.iter().map(|shown| shown.load(Ordering::SeqCst)).sum()
    }
}

async fn feed(
    State(outlets): State<Arc<Outlets>>,
    Segment(number): Segment<usize>,
) -> Result<([(&'static str, &'static str); 1], String), StatusCode> {
    let shown = outlets.shown.get(number).ok_or(StatusCode::NOT_FOUND)?;
    let more = if outlets.closed.load(Ordering::SeqCst) { 0 } else { NEW_ITEMS };
    let count = shown.fetch_add(more, Ordering::SeqCst) + more;
    let mut xml = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Outlet</title>".to_owned();
    for item in (0..count).rev() {
        let seed = item * FEEDS + number;
        let _ = write!(
            xml,
            "<item><title>Editor of the {} held</title><link>http://news{number}.example/{item}</link><guid>{number}-{item}</guid><description>{}</description></item>",
            words(seed, 2),
            words(seed, 60)
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

/// Outlets, a receiver, a database and a configuration that joins them.
struct Site {
    folder: ScratchFolder,
    db: TestDatabase,
    outlets: Arc<Outlets>,
    hook: WebhookReceiver,
    config: PathBuf,
    log: PathBuf,
}

impl Site {
    /// With a database of the tests' server.
    async fn open(name: &str) -> Self {
        let db = database().await;
        let url = "[database]\nurl = \"file:database-url\"\n";
        Self::with(name, db, url, "", "hook").await
    }

    async fn with(name: &str, db: TestDatabase, main: &str, channel: &str, alerted: &str) -> Self {
        let folder = ScratchFolder::new(name);
        let (outlets, address) = Outlets::open().await;
        let hook = WebhookReceiver::start(SECRET).await.unwrap();
        let config = folder.path().join("config");
        let main = format!(
            "[instance]\nstate_directory = \"{}\"\n[network]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\nextra_ports = [{}, {}]\n[gather]\ndomain_spacing = \"0s\"\n[web]\nenabled = false\n{main}",
            folder.path().join("state").display(),
            address.port(),
            hook.url().port().unwrap()
        );
        let mut sources = String::new();
        for number in 0..FEEDS {
            let _ = write!(
                sources,
                "[[source]]\nid = \"outlet-{number}\"\nname = \"Outlet {number}\"\nurl = \"http://{address}/feed/{number}\"\nlanguage = \"en\"\nfull_text = \"never\"\n"
            );
        }
        let lists = format!(
            "schema_version = 1\n[channels.hook]\nkind = \"webhook\"\nurl = \"{}\"\nsecrets = [\"env:PRESSWATCH_TEST_SECRET\"]\ntimeout = \"30s\"\n{channel}\n[[watchlist]]\nid = \"editors\"\nname = \"Editors\"\nquery = 'editor*'\n[watchlist.alert]\nchannels = [\"{alerted}\"]\ngroup_by = \"story\"\n",
            hook.url()
        );
        for (file, text) in
            [("presswatch.toml", main.as_str()), ("sources.d/outlets.toml", &sources), ("watchlists.d/lists.toml", &lists), ("database-url", &db.url)]
        {
            let path = config.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        }
        let log = folder.path().join("log");
        Self { folder, db, outlets, hook, config, log }
    }

    fn start(&self, more: &[&str]) -> Running {
        let log = std::fs::File::options().create(true).append(true).open(&self.log).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_presswatch"))
            .arg("--config")
            .arg(&self.config)
            .args(["run", "--poll-now"])
            .args(more)
            .env("PRESSWATCH_TEST_SECRET", SECRET)
            .env("RUST_LOG", "info")
            .env("NO_COLOR", "1")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Running(child)
    }

    /// Time passes until what a dead daemon had leased is free.
    async fn leases_end(&self) {
        self.db
            .execute("UPDATE deliveries SET leased_until = now() WHERE leased_until IS NOT NULL; UPDATE source_states SET claimed_until = NULL")
            .await;
    }

    /// Waits until every outlet was read, so that there is something to tell; then nothing new comes.
    async fn read_and_closed(&self) {
        let since = Instant::now();
        while self.outlets.shown.iter().any(|shown| shown.load(Ordering::SeqCst) == 0) {
            assert!(since.elapsed() < PATIENCE, "the outlets are not read");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.outlets.close();
    }

    /// Waits until everything that was published is told.
    async fn all_told(&self) {
        let since = Instant::now();
        loop {
            let told = self.told().await.len();
            if told == self.outlets.published() {
                return;
            }
            if since.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                let tail = log.get(log.len().saturating_sub(4000)..).unwrap_or_default();
                panic!("{told} of {} stories were told; the log ends:\n{tail}", self.outlets.published());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Stories that the receiver took, each with the ids that it came under.
    async fn told(&self) -> HashMap<String, HashSet<String>> {
        let mut told: HashMap<String, HashSet<String>> = HashMap::new();
        for delivery in self.hook.received().await {
            let story = delivery.body["data"]["story"]["url"].as_str().unwrap().to_owned();
            told.entry(story).or_default().insert(delivery.id);
        }
        told
    }

    /// Everything was told, nothing under two ids, and at most so often twice; how often it was.
    async fn verify(&self, duplicates_most: usize) -> usize {
        let told = self.told().await;
        assert_eq!(told.len(), self.outlets.published());
        assert!(told.values().all(|ids| ids.len() == 1), "a story came under two ids");
        let duplicates = self.hook.received().await.len() - told.len();
        assert!(duplicates <= duplicates_most, "{duplicates} duplicates, where at most {duplicates_most} are possible");
        let unfinished = self.db.number("SELECT count(*) FROM deliveries WHERE state <> 'delivered'").await;
        assert_eq!(unfinished, 0, "the database and the receiver disagree");
        duplicates
    }
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
    fn signal(&self, name: &str) {
        signal(name, &self.0.id().to_string());
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

    async fn stop(mut self) {
        self.signal("TERM");
        assert!(self.ended(Duration::from_secs(45)).await.success());
    }
}

fn signal(name: &str, process: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), process]).status().unwrap().success());
}

/// Waits until the log says it so often.
async fn logged(log: &Path, part: &str, times: usize) {
    let since = Instant::now();
    loop {
        let text = std::fs::read_to_string(log).unwrap_or_default();
        if text.matches(part).count() >= times {
            return;
        }
        assert!(since.elapsed() < PATIENCE, "{part:?} is not {times} times in the log:\n{text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
