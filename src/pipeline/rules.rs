//! A configuration made ready to work with. Swapped as a whole at a reload: a story is judged by one set of rules.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::config::{Config, Readable, Watchlist};
use crate::gather::parse::check_selectors;
use crate::model::{CountryCode, Problem, RulesFingerprint, Severity, Source, SourceId, SourceKind, WatchlistId};
use crate::understand::classify::Classifier;
use crate::understand::incident::IncidentTopics;
use crate::watch::WatchlistSet;

/// Everything that judges stories, compiled from one [`Config`].
#[derive(Debug)]
pub struct Rules {
    pub config: Arc<Config>,
    sources: HashMap<SourceId, Arc<Source>>,
    lists: HashMap<WatchlistId, Watchlist>,
    pub(super) watchlists: WatchlistSet,
    pub(super) classifier: Classifier,
    pub(super) incidents: IncidentTopics,
}

impl Rules {
    /// Compiles queries, selectors and lexicons. Warnings come back beside the rules.
    ///
    /// # Errors
    /// Every fault of every room at once.
    pub fn compile(config: Config) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let mut problems = selector_problems(&config.sources, &config.directory);
        let watchlists = collect(&mut problems, WatchlistSet::compile(&config.watchlists));
        let classifier = collect(&mut problems, Classifier::new(&config.topics));
        let (Some((watchlists, warnings)), Some(classifier), true) = (watchlists, classifier, problems.is_empty()) else {
            problems.sort();
            return Err(problems);
        };
        let sources = config.sources.iter().map(|source| (source.id.clone(), Arc::new(source.clone()))).collect();
        let lists = config.watchlists.lists.iter().map(|list| (list.id.clone(), list.clone())).collect();
        let incidents = IncidentTopics::new(&config.topics);
        Ok((Self { config: Arc::new(config), sources, lists, watchlists, classifier, incidents }, warnings))
    }

    /// Errors and warnings of queries, selectors and words, also where the rest of a configuration is faulty.
    pub fn problems(readable: &Readable, directory: &Path) -> Vec<Problem> {
        let mut problems = selector_problems(&readable.sources, directory);
        if let Some((_, mut warnings)) = collect(&mut problems, WatchlistSet::compile(&readable.watchlists)) {
            problems.append(&mut warnings);
        }
        collect(&mut problems, Classifier::new(&readable.topics));
        problems
    }

    /// The source of the id, while it is configured and enabled.
    pub fn source(&self, id: &SourceId) -> Option<Arc<Source>> {
        self.sources.get(id).filter(|source| source.enabled).cloned()
    }

    /// The country of a source, also of one that is switched off.
    pub(super) fn country_of(&self, id: &str) -> Option<CountryCode> {
        SourceId::new(id).ok().and_then(|id| self.sources.get(&id)).and_then(|source| source.country)
    }

    /// The rules that label stories.
    pub fn label_rules(&self) -> RulesFingerprint {
        self.classifier.rules()
    }

    /// The watchlist of the id.
    pub fn watchlist(&self, id: &WatchlistId) -> Option<&Watchlist> {
        self.lists.get(id)
    }
}

fn collect<T>(problems: &mut Vec<Problem>, result: Result<T, Vec<Problem>>) -> Option<T> {
    result.map_err(|mut found| problems.append(&mut found)).ok()
}

fn selector_problems(sources: &[Source], directory: &Path) -> Vec<Problem> {
    sources
        .iter()
        .filter_map(|source| match &source.kind {
            SourceKind::Listing(rules) => Some((source, rules)),
            SourceKind::Feed | SourceKind::Sitemap(_) => None,
        })
        .flat_map(|(source, rules)| {
            check_selectors(rules).into_iter().map(|message| Problem {
                file: directory.join("sources.d"),
                line: 0,
                column: 0,
                severity: Severity::Error,
                key: format!("source.{}", source.id),
                message,
                hint: Some("see docs/configuration.md, \"Listing pages\"".to_owned()),
            })
        })
        .collect()
}
