//! SIGHUP: read everything again; swap it as a whole, or change nothing and say so.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::sync::{Notify, watch};
use tracing::{error, info, warn};

use crate::alert::channels::Channels;
use crate::config::{self, Config, Watchlists};
use crate::daemon::{channels, described};
use crate::model::{Problem, Severity};
use crate::net::Client;
use crate::pipeline::{Metrics, Rules};
use crate::store::Store;

/// Where new rules are put.
#[derive(Debug)]
pub struct Reloader {
    pub store: Store,
    pub client: Client,
    pub rules: watch::Sender<Arc<Rules>>,
    pub channels: watch::Sender<Arc<Channels>>,
    pub config: watch::Sender<Arc<Config>>,
    pub metrics: Metrics,
    pub wake: Arc<Notify>,
}

impl Reloader {
    /// Reads the directory again.
    pub async fn reload(&self) -> Result<(), Vec<Problem>> {
        let result = self.try_reload().await;
        match &result {
            Ok(()) => Metrics::count(&self.metrics.reloads, "ok", 1),
            Err(problems) => {
                Metrics::count(&self.metrics.reloads, "refused", 1);
                error!(errors = problems.len(), "the new configuration is refused, the former one stays in force: see `presswatch check`");
                for problem in problems {
                    // The place only: a message may repeat a term or a name.
                    error!(file = %problem.file.display(), line = problem.line, key = %problem.key, "error in the configuration");
                }
            }
        }
        result
    }

    async fn try_reload(&self) -> Result<(), Vec<Problem>> {
        let former = Arc::clone(&self.config.borrow());
        let directory = former.directory.clone();
        let state_directory = former.instance.state_directory.clone();
        let compiled = tokio::task::spawn_blocking(move || {
            let mut config = config::load(&directory)?;
            config.instance.state_directory = state_directory;
            Rules::compile(config)
        });
        let (rules, _) = compiled.await.map_err(|error| vec![problem(&former, format!("compiling the rules failed: {error}"))])??;
        let config = Arc::clone(&rules.config);
        let new_channels = channels(&config, &self.client).map_err(|error| vec![problem(&config, format!("{error:#}"))])?;
        self.store
            .sync_sources(&described(&config))
            .await
            .map_err(|error| vec![problem(&config, format!("the sources could not be written to the database: {error}"))])?;

        for (section, changed) in needs_restart(&former, &config) {
            if changed {
                warn!(section, "a changed section takes effect after a restart");
            }
        }
        let changes = ListChanges::between(&former.watchlists, &config.watchlists);
        info!(
            added = changes.added.join(" "),
            removed = changes.removed.join(" "),
            changed = changes.changed.join(" "),
            groups_changed = changes.groups,
            "watchlists compared with those before"
        );
        info!(sources = config.sources.len(), watchlists = config.watchlists.lists.len(), channels = config.channels.len(), "configuration reloaded");
        self.config.send_replace(Arc::clone(&config));
        self.rules.send_replace(Arc::new(rules));
        self.channels.send_replace(Arc::new(new_channels));
        self.wake.notify_one();
        Ok(())
    }
}

/// What a reload did to watchlists: ids, never names or terms.
#[derive(Debug, Default, PartialEq, Eq)]
struct ListChanges {
    added: Vec<String>,
    removed: Vec<String>,
    changed: Vec<String>,
    /// Groups of terms that say something else.
    groups: usize,
}

impl ListChanges {
    fn between(former: &Watchlists, now: &Watchlists) -> Self {
        let before: HashMap<_, _> = former.lists.iter().map(|list| (&list.id, list)).collect();
        let kept: HashSet<_> = now.lists.iter().map(|list| &list.id).collect();
        let mut changes = Self { groups: changed_groups(former, now), ..Self::default() };
        for list in &now.lists {
            match before.get(&list.id) {
                None => changes.added.push(list.id.to_string()),
                Some(known) if !known.says_the_same(list) => changes.changed.push(list.id.to_string()),
                Some(_) => {}
            }
        }
        changes.removed = former.lists.iter().filter(|list| !kept.contains(&list.id)).map(|list| list.id.to_string()).collect();
        changes
    }
}

fn changed_groups(former: &Watchlists, now: &Watchlists) -> usize {
    let texts = |lists: &Watchlists| lists.terms.iter().map(|(name, query)| (name.clone(), query.text.clone())).collect::<HashSet<_>>();
    let names: HashSet<String> = texts(former).symmetric_difference(&texts(now)).map(|(name, _)| name.clone()).collect();
    names.len()
}

fn problem(config: &Config, message: String) -> Problem {
    Problem { file: config.directory.clone(), line: 0, column: 0, severity: Severity::Error, key: String::new(), message, hint: None }
}

/// Sections that are read once, at the start.
fn needs_restart(former: &Config, config: &Config) -> [(&'static str, bool); 5] {
    let differs = |a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug| format!("{a:?}") != format!("{b:?}");
    let polite = |config: &Config| {
        let gather = &config.gather;
        format!("{} {:?} {} {:?}", gather.concurrency, gather.domain_spacing, gather.domain_concurrency, gather.domains)
    };
    [
        ("gather", polite(former) != polite(config)),
        ("database", differs(&former.database, &config.database)),
        ("network", differs(&former.network, &config.network)),
        ("web", differs(&former.web, &config.web)),
        ("log", differs(&former.log, &config.log)),
    ]
}
