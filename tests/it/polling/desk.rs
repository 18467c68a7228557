//! Sources on a loopback server, a database, and the gatherer between them. Time passes where a test says so, by moving stored moments.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use presswatch::config::{self, Config};
use presswatch::gather::fetch::{Politeness, registrable_domain};
use presswatch::model::SourceState;
use presswatch::net::{AddressPolicy, Client};
use presswatch::pipeline::{Event, Events, Gatherer, Metrics, PollReport, Rules};
use presswatch::store::SourceRow;
use tokio::sync::watch;

use crate::support::server::{Answer, Request, Server};
use crate::support::values::source_id;
use crate::support::{ScratchFolder, TestDatabase, database};

/// A server whose answers a test changes as it goes.
#[derive(Debug, Clone)]
pub struct Site {
    pub server: Arc<Server>,
    answers: Arc<Mutex<Vec<(String, Answer)>>>,
}

impl Site {
    pub async fn start() -> Self {
        let answers: Arc<Mutex<Vec<(String, Answer)>>> = Arc::default();
        let known = Arc::clone(&answers);
        let answer = move |request: &Request| {
            let known = known.lock().unwrap();
            known.iter().rev().find(|(path, _)| *path == request.path).map_or_else(|| Answer::status(404), |(_, answer)| answer.clone())
        };
        Self { server: Arc::new(Server::start(answer).await), answers }
    }

    /// From now on the path answers so.
    pub fn says(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().push((path.to_owned(), answer));
    }

    pub fn asked(&self) -> Vec<String> {
        self.server.requests().into_iter().map(|request| request.path).collect()
    }
}

/// A feed with items of these numbers, the first the newest, an hour apart.
pub fn feed(title: &str, headline: &str, numbers: std::ops::Range<u64>) -> Answer {
    feed_with("", title, headline, numbers)
}

pub fn feed_with(channel: &str, title: &str, headline: &str, numbers: std::ops::Range<u64>) -> Answer {
    let mut xml = format!("<rss version='2.0'><channel><title>{title}</title>{channel}");
    for (number, hours) in numbers.rev().zip(0..) {
        let at = Timestamp::now() - Duration::from_hours(hours) - Duration::from_mins(1);
        let date = jiff::fmt::rfc2822::to_string(&at.to_zoned_datetime(jiff::tz::TimeZone::UTC)).unwrap();
        let _ = write!(
            xml,
            "<item><title>{headline} {number}</title><link>/story/{number}</link><guid isPermaLink='false'>{title}-{number}</guid><pubDate>{date}</pubDate><description>{headline} {}</description></item>",
            "word ".repeat(usize::try_from(number).unwrap() % 7 + 3)
        );
    }
    xml.push_str("</channel></rss>");
    Answer::ok("application/rss+xml", &xml)
}

/// Everything that a poll needs.
pub struct Desk {
    pub db: TestDatabase,
    pub config: Arc<Config>,
    pub events: Events,
    gatherer: Gatherer,
    _rules: watch::Sender<Arc<Rules>>,
    _folder: ScratchFolder,
}

impl Desk {
    /// `sources` are ids with their addresses; `more` is appended to each source's table.
    pub async fn new(sources: &[(&str, String)], more: &str) -> Self {
        let folder = ScratchFolder::new("polling");
        std::fs::create_dir_all(folder.path().join("sources.d")).unwrap();
        let ports: Vec<String> = sources.iter().map(|(_, url)| url.parse::<url::Url>().unwrap().port().unwrap().to_string()).collect();
        let main = format!(
            "[network]\nextra_ports = [{}]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\n[gather]\ndomain_spacing = \"0s\"\n",
            ports.join(", ")
        );
        std::fs::write(folder.path().join("presswatch.toml"), main).unwrap();
        let tables = sources.iter().map(|(id, url)| format!("[[source]]\nid = \"{id}\"\nname = \"The {id}\"\nurl = \"{url}\"\n{more}\n"));
        std::fs::write(folder.path().join("sources.d/all.toml"), tables.collect::<String>()).unwrap();
        let config = config::load(folder.path()).unwrap();

        let db = database().await;
        let described: Vec<_> = config.sources.iter().map(|source| (source.clone(), registrable_domain(&source.url), vec![1])).collect();
        db.store.sync_sources(&described).await.unwrap();
        db.store.sync_domains(&config.gather).await.unwrap();
        let policy = AddressPolicy::from_config(&config.network).unwrap().allow_any_port();
        let client = Client::new(&config.network, policy, "presswatch-test").unwrap();
        let politeness = Politeness::from_config(&config.gather);
        let (rules, receiver) = watch::channel(Arc::new(Rules::compile(config).unwrap().0));
        let config = Arc::clone(&rules.borrow().config);
        let events = Events::default();
        let metrics = Metrics::register(&mut prometheus_client::registry::Registry::default());
        let gatherer = Gatherer::new(db.store.clone(), client, politeness, receiver, metrics, events.clone());
        Self { db, config, events, gatherer, _rules: rules, _folder: folder }
    }

    /// Polls a source now; `None` when it may not be claimed.
    pub async fn try_poll(&self, id: &str) -> Option<PollReport> {
        let pause = format!("UPDATE source_states SET next_due_at = now() + interval '1 day' WHERE source_id <> '{id}'");
        self.db.execute(&pause).await;
        assert!(self.db.store.make_due(&source_id(id)).await.unwrap());
        let claimed = self.db.store.claim_due_sources(1, Duration::from_mins(1)).await.unwrap().into_iter().next()?;
        assert_eq!(claimed.source.as_str(), id);
        Some(self.gatherer.poll(&claimed).await.unwrap())
    }

    pub async fn poll(&self, id: &str) -> PollReport {
        self.try_poll(id).await.unwrap()
    }

    pub async fn row(&self, id: &str) -> SourceRow {
        self.db.store.source_rows().await.unwrap().into_iter().find(|row| row.source_id == id).unwrap()
    }

    /// How long until the next poll.
    pub async fn wait(&self, id: &str) -> Duration {
        Duration::try_from(self.row(id).await.next_due_at.duration_since(Timestamp::now())).unwrap_or_default()
    }

    /// The changes of a source's state, oldest first.
    pub async fn changes(&self, id: &str) -> Vec<(SourceState, SourceState)> {
        let events = self.db.store.source_events_after(0, 1000).await.unwrap();
        events.into_iter().filter(|event| event.source_id == id).map(|event| (event.from, event.to)).collect()
    }

    pub async fn stories(&self) -> i64 {
        self.db.number("SELECT count(*) FROM stories").await
    }

    pub fn is_cut_off(&self) -> bool {
        self.gatherer.is_cut_off()
    }
}

/// The changes that listeners were told.
pub fn told(listener: &mut tokio::sync::broadcast::Receiver<Event>) -> Vec<(SourceState, SourceState)> {
    let mut changes = Vec::new();
    while let Ok(event) = listener.try_recv() {
        if let Event::SourceChanged { from, to, .. } = event {
            changes.push((from, to));
        }
    }
    changes
}

/// An address where nobody listens.
pub async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    format!("http://{}/feed", listener.local_addr().unwrap())
}
