//! The long-running program: starts everything in order, keeps it running, stops it in order.
//!
//! Enters: a [`Config`]. Leaves: nothing; [`Daemon::stop`] hands back when all is finished or released.
//!
//! *Invariant:* tasks are spawned through the [`Supervisor`], with a name; one that ends on its own ends the daemon.

mod supervisor;
mod scheduler;
mod outbox;
mod alerting;
mod heartbeat;
mod maintenance;
mod relabel;
mod websub;
mod explorer;
mod rejoin;
mod reload;
mod sign;
mod watchdog;
pub mod logging;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use prometheus_client::registry::Registry;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::{info, warn};
use url::Url;

use crate::alert::channels::Channels;
use crate::config::Config;
use crate::daemon::supervisor::Supervisor;
use crate::gather::fetch::{Politeness, registrable_domain};
use crate::model::{Problem, Source};
use crate::net::{AddressPolicy, Client, user_agent};
use crate::pipeline::{Events, Gatherer, Metrics, Relabeler, Rules, Subscriber};
use crate::store::embedded::EmbeddedCluster;
use crate::store::open::{Opened, open_for_daemon};
use crate::store::{Store, StoreError};
use crate::web;

/// What is in flight gets this long to finish before it is released.
pub const STOP_WITHIN: Duration = Duration::from_secs(30);

/// After a start, what fell due before it is polled over this time.
const CATCH_UP: Duration = Duration::from_mins(1);

/// A running daemon.
#[derive(Debug)]
pub struct Daemon {
    store: Store,
    cluster: Option<EmbeddedCluster>,
    supervisor: Supervisor,
    reloader: reload::Reloader,
    events: Events,
    web_address: Option<SocketAddr>,
}

impl Daemon {
    /// Opens the database, brings its schema up to date and starts every task.
    ///
    /// # Errors
    /// What keeps the daemon from starting, with what to do.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let directory = config.directory.clone();
        let (rules, warnings) = compile(config).await?.map_err(|problems| refused(&directory, &problems))?;
        for warning in warnings {
            warn!(file = %warning.file.display(), line = warning.line, key = %warning.key, "the configuration has a doubtful place: see `presswatch check`");
        }
        let config = Arc::clone(&rules.config);

        let Opened { store, embedded } =
            open_for_daemon(&config.database, &config.instance.state_directory).await.context("the database could not be opened")?;
        store.migrate().await.context("the database schema could not be brought up to date")?;
        if embedded.is_some() {
            // The private cluster is ours alone: leases of a daemon that was killed need not be waited for.
            store.release_leases().await?;
        }
        store.ensure_partitions(maintenance::MONTHS_AHEAD).await?;
        store.sync_sources(&described(&config)).await?;
        store.sync_domains(&config.gather).await?;
        store.spread_overdue(CATCH_UP).await?;

        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry);
        let events = Events::default();
        let client = client(&config)?;
        let channels = Arc::new(channels(&config, &client)?);
        let supervisor = Supervisor::default();

        let (config_tx, config_rx) = watch::channel(Arc::clone(&config));
        let (rules_tx, rules_rx) = watch::channel(Arc::new(rules));
        let (channels_tx, channels_rx) = watch::channel(channels);

        let gather = &config.gather;
        let politeness = Politeness::from_config(gather);
        let subscriber = Subscriber::new(store.clone(), client.clone(), rules_rx.clone());
        supervisor.spawn("websub", websub::run(subscriber, supervisor.token()));
        let relabeler = Relabeler::new(store.clone(), metrics.clone());
        supervisor.spawn("relabel", relabel::run(relabeler, rules_rx.clone(), supervisor.token()));
        let gatherer = Gatherer::new(store.clone(), client.clone(), politeness, rules_rx, metrics.clone(), events.clone());
        let pulse = watchdog::Pulse::default();
        let wake = Arc::new(tokio::sync::Notify::new());
        supervisor.spawn(
            "scheduler",
            scheduler::run(scheduler::Scheduler {
                store: store.clone(),
                gatherer,
                concurrency: gather.concurrency,
                pulse: pulse.clone(),
                wake: Arc::clone(&wake),
                tracker: supervisor.tracker(),
                stop: supervisor.token(),
            }),
        );
        supervisor.spawn("alerting", alerting::run(store.clone(), config_rx.clone(), channels_rx.clone(), supervisor.token()));
        supervisor.spawn("heartbeat", heartbeat::run(store.clone(), config_rx.clone(), client.clone(), pulse.clone(), supervisor.token()));
        supervisor.spawn("outbox", outbox::run(store.clone(), channels_rx, config_rx.clone(), metrics.clone(), events.clone(), supervisor.token()));
        supervisor.spawn("maintenance", maintenance::run(store.clone(), config_rx.clone(), supervisor.token()));
        supervisor.spawn("rejoin", rejoin::run(store.clone(), supervisor.token()));
        supervisor.spawn("sign", sign::run(store.clone(), supervisor.token()));
        supervisor.spawn("watchdog", watchdog::run(store.clone(), pulse, supervisor.token()));

        let web_address = if config.web.enabled {
            let listener = TcpListener::bind(config.web.listen)
                .await
                .with_context(|| format!("the pages cannot be served on {}: choose another web.listen, or stop what uses it", config.web.listen))?;
            let address = listener.local_addr()?;
            let (explorer, asked) = web::explore::Explorer::new();
            supervisor.spawn("explorer", explorer::run(asked, client.clone(), config_rx.clone(), supervisor.token()));
            let state = web::WebState { store: store.clone(), config: config_rx.clone(), metrics: Arc::new(registry), explorer };
            if config.asks_for_login() && !store.has_accounts().await? {
                warn!("the pages ask for a sign-in and nobody has an account: run `presswatch users add NAME --role admin`");
            }
            supervisor.spawn("web", web::serve(listener, state, supervisor.token()));
            info!("pages: http://{address}/");
            Some(address)
        } else {
            None
        };

        let reloader = reload::Reloader { store: store.clone(), client, rules: rules_tx, channels: channels_tx, config: config_tx, metrics, wake };
        Ok(Self { store, cluster: embedded, supervisor, reloader, events, web_address })
    }

    /// Where the pages are.
    pub fn web_address(&self) -> Option<SocketAddr> {
        self.web_address
    }

    /// The store that everything is kept in.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What happens from now on.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Reads the configuration again. A faulty one changes nothing.
    ///
    /// # Errors
    /// All faults at once.
    pub async fn reload(&self) -> Result<(), Vec<Problem>> {
        self.reloader.reload().await
    }

    /// Polls every source now instead of when it is due.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn poll_now(&self) -> Result<u64, StoreError> {
        let due = self.store.make_all_due().await?;
        self.reloader.wake.notify_one();
        Ok(due)
    }

    /// Waits until a task ended that never should; gives its name.
    pub async fn failed(&self) -> &'static str {
        self.supervisor.failed().await
    }

    /// Finishes or releases what is in flight, then stops the database. Takes at most [`STOP_WITHIN`].
    pub async fn stop(self) {
        let finished = self.supervisor.stop(STOP_WITHIN).await;
        if !finished {
            warn!("not everything finished in time: the rest is taken up at the next start");
        }
        self.store.close().await;
        if let Some(cluster) = self.cluster {
            cluster.stop().await;
        }
    }
}

/// Compiles on a blocking thread: automata over all lexicons take a while.
async fn compile(config: Config) -> anyhow::Result<Result<(Rules, Vec<Problem>), Vec<Problem>>> {
    tokio::task::spawn_blocking(move || Rules::compile(config)).await.context("compiling the rules failed")
}

fn refused(directory: &Path, problems: &[Problem]) -> anyhow::Error {
    let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
    anyhow::anyhow!("the configuration in {} has {} error(s):\n{}", directory.display(), problems.len(), list.join("\n"))
}

/// Sources as the store wants them: with the unit of politeness, and a hash that tells a changed address.
fn described(config: &Config) -> Vec<(Source, String, Vec<u8>)> {
    config
        .sources
        .iter()
        .map(|source| {
            // A source that is reached in another way starts afresh, as one with another address.
            let access = config.accesses.of(&source.id);
            let hash = Sha256::digest(format!("{} {:?} {access:?}", source.url, source.kind)).to_vec();
            (source.clone(), registrable_domain(&source.url), hash)
        })
        .collect()
}

/// The one HTTP client of this process.
fn client(config: &Config) -> anyhow::Result<Client> {
    let user_agent = user_agent(config.instance.contact.as_deref());
    let policy = AddressPolicy::from_config(&config.network)?;
    Ok(Client::new(&config.network, policy, &user_agent)?)
}

fn channels(config: &Config, client: &Client) -> anyhow::Result<Channels> {
    Ok(Channels::new(&config.channels, config.smtp.as_ref(), client.clone(), pages_url(config)?)?)
}

/// The channels of a configuration, for commands that send one thing.
///
/// # Errors
/// What keeps the daemon from starting with them.
pub fn channels_of(config: &Config) -> anyhow::Result<Channels> {
    channels(config, &client(config)?)
}

/// Where a reader of an alert finds the pages.
pub fn pages_url(config: &Config) -> anyhow::Result<Url> {
    match &config.instance.public_url {
        Some(url) => Ok(url.clone()),
        None => Ok(Url::parse(&format!("http://{}/", config.web.listen))?),
    }
}

/// A lock that a panic of another task may have poisoned: its value is still whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
