//! Gathering without a daemon: a configuration, a database, and polls one at a time.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use presswatch::config::Config;
use presswatch::gather::fetch::Politeness;
use presswatch::net::{AddressPolicy, Client};
use presswatch::pipeline::{Events, Gatherer, Metrics, PollReport, Rules};
use prometheus_client::registry::Registry;
use tokio::sync::watch;

use super::{ScratchFolder, TestDatabase, database};

/// What polls work with.
#[derive(Debug)]
pub struct Pipeline {
    pub db: TestDatabase,
    pub client: Client,
    pub gatherer: Gatherer,
    pub rules: watch::Receiver<Arc<Rules>>,
    pub config: watch::Receiver<Arc<Config>>,
    _folder: ScratchFolder,
    _senders: (watch::Sender<Arc<Rules>>, watch::Sender<Arc<Config>>),
}

impl Pipeline {
    /// Reads presswatch.toml (but for what loopback and the database need) and a file of sources. `ports` are those of servers.
    pub async fn open(main: &str, sources: &str, ports: &[u16]) -> Self {
        let db = database().await;
        let folder = ScratchFolder::new("pipeline");
        let main = format!(
            "[database]\nurl = \"file:database-url\"\n[gather]\ndomain_spacing = \"0s\"\n\
             [network]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\nextra_ports = {ports:?}\n{main}"
        );
        for (name, text) in [("presswatch.toml", main.as_str()), ("sources.d/one.toml", sources), ("database-url", &db.url), ("password", "hunter2")]
        {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let config = presswatch::config::load(folder.path()).unwrap_or_else(|problems| panic!("{problems:?}"));
        let sources: Vec<_> = config.sources.iter().map(|source| (source.clone(), source.id.to_string(), vec![1])).collect();
        db.store.sync_sources(&sources).await.unwrap();
        let (rules, _) = tokio::task::spawn_blocking(move || Rules::compile(config)).await.unwrap().unwrap();
        let config = Arc::clone(&rules.config);
        let client = Client::new(&config.network, AddressPolicy::from_config(&config.network).unwrap(), "presswatch-test").unwrap();
        let (rules_tx, rules) = watch::channel(Arc::new(rules));
        let (config_tx, config) = watch::channel(config);
        let metrics = Metrics::register(&mut Registry::default());
        let politeness = Politeness::new(Duration::ZERO, 2);
        let gatherer = Gatherer::new(db.store.clone(), client.clone(), politeness, rules.clone(), metrics, Events::default());
        Self { db, client, gatherer, rules, config, _folder: folder, _senders: (rules_tx, config_tx) }
    }

    /// Polls every source once, due or not; what the polls did comes back by source.
    pub async fn poll(&self) -> Vec<(String, PollReport)> {
        self.db.store.make_all_due().await.unwrap();
        let mut reports = Vec::new();
        loop {
            let claimed = self.db.store.claim_due_sources(1, Duration::from_mins(1)).await.unwrap();
            let Some(claimed) = claimed.first() else { break };
            reports.push((claimed.source.to_string(), self.gatherer.poll(claimed).await.unwrap()));
        }
        reports.sort_by(|one, other| one.0.cmp(&other.0));
        reports
    }
}
