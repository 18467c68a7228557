//! Looks at sites for editors who add sources on the pages: one site at a time, as the daemon asks everything else.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::Config;
use crate::gather::fetch::Politeness;
use crate::net::Client;
use crate::pipeline::explore::{Explored, Finding, Probe};
use crate::web::explore::{Ask, Way};

/// The page that waits gives up a little later.
const WITHIN: Duration = Duration::from_secs(12);
/// A person waits: requests to one site follow each other sooner than those for polls, one at a time.
const SPACING_MOST: Duration = Duration::from_millis(500);
/// Headlines that show whether it is what was meant.
const SHOWN: usize = 3;

/// Runs until the token is cancelled.
pub async fn run(mut asked: mpsc::Receiver<Ask>, client: Client, config: watch::Receiver<Arc<Config>>, stop: CancellationToken) {
    loop {
        let ask = tokio::select! {
            () = stop.cancelled() => return,
            ask = asked.recv() => ask,
        };
        // The pages hold the other end as long as they are served.
        let Some(Ask { url, answer }) = ask else { return stop.cancelled().await };
        let config = Arc::clone(&config.borrow());
        let probe = Probe::new(client.clone(), Politeness::new(config.gather.domain_spacing.min(SPACING_MOST), 1), &config.network);
        let found = tokio::select! {
            () = stop.cancelled() => return,
            found = tokio::time::timeout(WITHIN, probe.explore(&url, false)) => found,
        };
        let ways = match found {
            Ok(Ok(explored)) => Ok(ways(&explored, &config)),
            Ok(Err(problem)) => Err(problem),
            Err(_) => Err(format!("the site needs more than {} s: try `presswatch sources discover` on the machine", WITHIN.as_secs())),
        };
        // Whoever asked may have gone.
        let _ = answer.send(ways);
    }
}

fn ways(explored: &Explored, config: &Config) -> Vec<Way> {
    let mut taken: BTreeSet<String> = config.sources.iter().map(|source| source.id.to_string()).collect();
    explored
        .findings
        .iter()
        .map(|finding| {
            let way = way(finding, explored, config, &taken);
            taken.extend(way.entry.iter().map(|entry| entry.id.to_string()));
            way
        })
        .collect()
}

fn way(finding: &Finding, explored: &Explored, config: &Config, taken: &BTreeSet<String>) -> Way {
    let host = finding.url.host_str().unwrap_or("source");
    let name = finding.title.as_deref().or(explored.facts.name.as_deref()).filter(|name| !name.trim().is_empty()).unwrap_or(host);
    let language = finding.language.as_ref().or(explored.facts.language.as_ref());
    // A feed's own words count as a text from the length of a short paragraph on.
    let has_text = |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() >= 300);
    let known = config.sources.iter().find(|source| same(&source.url, &finding.url));
    Way {
        name: name.to_owned(),
        url: finding.url.clone(),
        kind: finding.kind_name(),
        how: finding.how.clone(),
        language: language.map(ToString::to_string),
        items: finding.items.len(),
        with_text: finding.items.iter().filter(|item| has_text(&item.content_html) || has_text(&item.summary_html)).count(),
        last_item: finding.items.iter().filter_map(|item| item.published.or(item.updated)).max(),
        latest: finding.items.iter().filter_map(|item| item.title.clone()).take(SHOWN).collect(),
        known: known.map(|source| source.id.to_string()),
        entry: if known.is_some() { None } else { finding.entry(name, explored.facts.language.as_ref(), taken) },
    }
}

fn same(a: &Url, b: &Url) -> bool {
    a.as_str().trim_end_matches('/') == b.as_str().trim_end_matches('/')
}
