//! What lists are told: from feeds on loopback through policy to the outbox, and what is told without a story.

mod told;
mod untold;

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use presswatch::config::{self, Config};
use presswatch::gather::fetch::{Politeness, registrable_domain};
use presswatch::model::Content;
use presswatch::net::{AddressPolicy, Client};
use presswatch::pipeline::alerting::Alerter;
use presswatch::pipeline::{Events, Gatherer, Metrics, Rules};
use presswatch::store::AlertFilter;
use tokio::sync::watch;

use crate::support::server::{Answer, Request, Server};
use crate::support::{TestDatabase, database};

const CHANNELS: &str = "schema_version = 1\n\
    [channels.hook]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:9/hook\"\nsecrets = [\"file:hook.secret\"]\n\
    [channels.night]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:9/night\"\nsecrets = [\"file:hook.secret\"]\n";

/// Outlets whose feeds a test fills, and everything that reads and tells.
struct Desk {
    _folder: tempfile::TempDir,
    _servers: Vec<Server>,
    _config: watch::Sender<Arc<Config>>,
    feeds: Arc<Mutex<Vec<String>>>,
    db: TestDatabase,
    gatherer: Gatherer,
    alerter: Alerter,
}

impl Desk {
    /// Three outlets of three houses in two countries, and one list: `body` is what it says beside its name and query.
    async fn with(main: &str, body: &str) -> Self {
        Self::asking("editor*", main, body).await
    }

    /// The same with another query.
    async fn asking(query: &str, main: &str, body: &str) -> Self {
        let (db, folder) = (database().await, tempfile::tempdir().unwrap());
        let feeds = Arc::new(Mutex::new(vec![String::new(); 3]));
        let mut servers = Vec::new();
        for number in 0..3 {
            let shown = Arc::clone(&feeds);
            let answer = move |_: &Request| {
                let items = shown.lock().unwrap()[number].clone();
                Answer::ok("application/rss+xml", &format!("<rss version=\"2.0\"><channel><title>Paper</title>{items}</channel></rss>"))
            };
            servers.push(Server::start_on(&format!("127.0.0.{}", number + 1), answer).await);
        }
        let ports: Vec<u16> = servers.iter().map(Server::port).chain([9]).collect();
        let mut sources = String::new();
        for (number, server) in servers.iter().enumerate() {
            let (url, country) = (server.url("/feed"), ["KZ", "KZ", "RU"][number]);
            let _ = write!(
                sources,
                "[[source]]\nid = \"paper-{number}\"\nname = \"Paper {number}\"\nurl = \"{url}\"\nlanguage = \"en\"\ncountry = \"{country}\"\npublisher_group = \"house-{number}\"\nfull_text = \"never\"\n"
            );
        }
        let list = format!("{CHANNELS}[[watchlist]]\nid = \"editors\"\nname = \"Editors\"\nquery = '{query}'\n{body}\n");
        let main = format!("[network]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\nextra_ports = {ports:?}\n{main}\n");
        for (name, text) in [
            ("presswatch.toml", main.as_str()),
            ("sources.d/papers.toml", &sources),
            ("watchlists.d/hook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G"),
            ("hook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G"),
            ("watchlists.d/lists.toml", &list),
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let config = config::load(folder.path()).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let described: Vec<_> = config.sources.iter().map(|source| (source.clone(), registrable_domain(&source.url), vec![1])).collect();
        db.store.sync_sources(&described).await.unwrap();
        let client = Client::new(&config.network, AddressPolicy::from_config(&config.network).unwrap(), "presswatch-test").unwrap();
        let (rules, _) = tokio::task::spawn_blocking(move || Rules::compile(config)).await.unwrap().unwrap();
        let (config_tx, config_rx) = watch::channel(Arc::clone(&rules.config));
        let (_, rules) = watch::channel(Arc::new(rules));
        let metrics = Metrics::register(&mut prometheus_client::registry::Registry::default());
        let gatherer = Gatherer::new(db.store.clone(), client, Politeness::new(Duration::ZERO, 8), rules, metrics, Events::default());
        let alerter = Alerter::new(db.store.clone(), config_rx);
        Self { _folder: folder, _servers: servers, _config: config_tx, feeds, db, gatherer, alerter }
    }

    /// An outlet publishes, and every feed is read.
    async fn publish(&self, outlet: usize, key: &str, title: &str, text: &str) {
        self.publish_at(outlet, key, title, text, Timestamp::now()).await;
    }

    async fn publish_at(&self, outlet: usize, key: &str, title: &str, text: &str, at: Timestamp) {
        let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT");
        let item = format!(
            "<item><title>{title}</title><link>http://paper-{outlet}.example/{key}</link><guid>{key}</guid><pubDate>{date}</pubDate><description>{text}</description></item>"
        );
        self.feeds.lock().unwrap()[outlet].push_str(&item);
        self.read().await;
    }

    async fn read(&self) {
        self.db.execute("UPDATE source_states SET next_due_at = now(); UPDATE source_domains SET next_start_at = NULL").await;
        loop {
            let claimed = self.db.store.claim_due_sources(8, Duration::from_mins(1)).await.unwrap();
            if claimed.is_empty() {
                return;
            }
            for source in &claimed {
                self.gatherer.poll(source).await.unwrap();
            }
        }
    }

    /// Everything in the outbox, oldest first.
    async fn outbox(&self) -> Vec<Content> {
        let mut alerts = self.db.store.alerts(&AlertFilter::default()).await.unwrap();
        alerts.reverse();
        alerts.into_iter().map(|alert| alert.content).collect()
    }

    async fn kinds(&self) -> Vec<&'static str> {
        self.outbox().await.iter().map(Content::kind).collect()
    }

    /// What became of matches, each word with its count.
    async fn decisions(&self, word: &str) -> i64 {
        self.db.number(&format!("SELECT count(*) FROM matches WHERE decision = '{word}'")).await
    }
}

/// A story that no other is like.
fn text(seed: usize) -> String {
    let syllables = ["ka", "lo", "mi", "ne", "ru", "sa", "to", "vi", "ze", "po", "du", "fe", "gi", "ha", "jo", "ba"];
    let mut state = seed as u64 * 7919 + 17;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 60).unwrap()
    };
    (0..120).map(|_| format!("{}{}{}", syllables[next()], syllables[next()], syllables[next()])).collect::<Vec<_>>().join(" ")
}
