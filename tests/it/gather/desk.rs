//! A desk without a daemon: a configuration, a database, and polls that a test asks for one by one.

use std::sync::Arc;
use std::time::Duration;

use presswatch::gather::fetch::Politeness;
use presswatch::net::{AddressPolicy, Client};
use presswatch::pipeline::{Events, Gatherer, Metrics, PollReport, Rules};
use tokio::sync::watch;

use crate::support::server::Server;
use crate::support::{ScratchFolder, TestDatabase, database};

pub struct Desk {
    pub database: TestDatabase,
    gatherer: Gatherer,
    _rules: watch::Sender<Arc<Rules>>,
    _folder: ScratchFolder,
}

/// Writes a configuration that may reach the server, with the given text in sources.d.
pub fn folder(server: &Server, sources: &str) -> ScratchFolder {
    let folder = ScratchFolder::new("desk");
    std::fs::create_dir_all(folder.path().join("sources.d")).unwrap();
    let main =
        format!("[network]\nextra_ports = [{}]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\n[gather]\ndomain_spacing = \"0s\"\n", server.port());
    std::fs::write(folder.path().join("presswatch.toml"), main).unwrap();
    std::fs::write(folder.path().join("sources.d/a.toml"), sources).unwrap();
    folder
}

impl Desk {
    pub async fn open(server: &Server, sources: &str) -> Self {
        let folder = folder(server, sources);
        let config = presswatch::config::load(folder.path()).unwrap();
        let client = Client::new(&config.network, AddressPolicy::from_config(&config.network).unwrap(), "presswatch-test").unwrap();
        let database = database().await;
        let described: Vec<_> = config.sources.iter().map(|source| (source.clone(), source.id.to_string(), vec![1])).collect();
        database.store.sync_sources(&described).await.unwrap();
        let (rules, _) = tokio::task::spawn_blocking(|| Rules::compile(config).unwrap()).await.unwrap();
        let (sender, receiver) = watch::channel(Arc::new(rules));
        let mut registry = prometheus_client::registry::Registry::default();
        let politeness = Politeness::new(Duration::ZERO, 2);
        let gatherer = Gatherer::new(database.store.clone(), client, politeness, receiver, Metrics::register(&mut registry), Events::default());
        Self { database, gatherer, _rules: sender, _folder: folder }
    }

    /// Polls the one source.
    pub async fn poll(&self) -> PollReport {
        self.database.store.make_all_due().await.unwrap();
        self.database.execute("UPDATE source_states SET next_due_at = now() - interval '1 second'").await;
        let claimed = self.database.store.claim_due_sources(5, Duration::from_mins(5)).await.unwrap();
        assert_eq!(claimed.len(), 1);
        self.gatherer.poll(&claimed[0]).await.unwrap()
    }

    pub async fn stories(&self, condition: &str) -> i64 {
        self.database.number(&format!("SELECT count(*) FROM stories WHERE {condition}")).await
    }

    /// How many warnings of the last poll contain the text.
    pub async fn warned(&self, text: &str) -> i64 {
        let last = "SELECT unnest(warnings) AS warning FROM fetches WHERE started_at = (SELECT max(started_at) FROM fetches)";
        self.database.number(&format!("SELECT count(*) FROM ({last}) AS w WHERE position('{text}' IN warning) > 0")).await
    }
}
