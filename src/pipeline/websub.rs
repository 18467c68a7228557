//! Subscribes to the hubs that feeds name (W3C WebSub), and renews before a lease ends.
//!
//! Enters: hubs found by polls, subscriptions that are due. Leaves: requests to hubs; the state of each subscription.
//!
//! A hub's message is a hint: it is verified, its content is thrown away, and the source is polled at once. So there is one way of reading, a hub can
//! forge no story, and whoever learned a hub's secret could make us poll and nothing more.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::watch;
use tracing::{debug, info, warn};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::config::{Config, Route, WebsubConfig};
use crate::gather::fetch::Hub;
use crate::model::{Source, SourceKind};
use crate::net::header::CONTENT_TYPE;
use crate::net::{Client, Post};
use crate::pipeline::Rules;
use crate::store::sources::{ClaimedSource, PollResult};
use crate::store::websub::DueSubscription;
use crate::store::{Store, StoreError};

/// What we ask for; hubs give what they like.
const LEASE: Duration = Duration::from_hours(10 * 24);
/// A hub that took the request verifies within minutes.
const VERIFICATION: Duration = Duration::from_hours(1);
const FIRST_RETRY: Duration = Duration::from_mins(10);
const LONGEST_RETRY: Duration = Duration::from_hours(24);
const HUB_TIMEOUT: Duration = Duration::from_secs(30);
const ANSWER_BYTES: usize = 4096;
/// Hubs asked in one round, one after another.
const ROUND: i64 = 16;
/// Bytes of a callback's name and of a secret: not to be guessed.
const RANDOM_BYTES: usize = 32;

/// Asks hubs for what is due.
#[derive(Debug, Clone)]
pub struct Subscriber {
    store: Store,
    client: Client,
    rules: watch::Receiver<Arc<Rules>>,
}

impl Subscriber {
    /// Joins what a request to a hub needs.
    pub fn new(store: Store, client: Client, rules: watch::Receiver<Arc<Rules>>) -> Self {
        Self { store, client, rules }
    }

    /// Asks the hubs of all subscriptions that are due; how many they were. Nothing is asked where callbacks have no address.
    ///
    /// # Errors
    /// Only the database's: whatever a hub does is data.
    pub async fn round(&self) -> Result<usize, StoreError> {
        let rules = Arc::clone(&self.rules.borrow());
        let Some(websub) = &rules.config.websub else { return Ok(0) };
        let due = self.store.claim_subscriptions(ROUND).await?;
        for subscription in &due {
            let source = rules.source(&subscription.source).filter(|source| may_subscribe(&rules.config, source));
            let Some(source) = source else {
                self.store.drop_subscription(&subscription.source).await?;
                continue;
            };
            match self.ask(websub, &rules.config, &source, subscription).await {
                Ok(()) => {
                    debug!(source.id = %source.id, "the hub took the subscription");
                    self.store.subscription_answered(subscription, None, VERIFICATION.max(retry(subscription.attempts))).await?;
                }
                Err(problem) => {
                    let wait = retry(subscription.attempts);
                    info!(source.id = %source.id, retry_seconds = wait.as_secs(), "the hub did not take the subscription: {problem}");
                    self.store.subscription_answered(subscription, Some(&problem), wait).await?;
                }
            }
        }
        Ok(due.len())
    }

    async fn ask(&self, websub: &WebsubConfig, config: &Config, source: &Source, due: &DueSubscription) -> Result<(), String> {
        let hub: Url = due.hub.parse().map_err(|error| format!("the hub's address cannot be read: {error}"))?;
        let client = self.client.for_source(&source.url, &config.accesses.of(&source.id)).map_err(|error| error.to_string())?;
        let lease = LEASE.as_secs().to_string();
        let body = Serializer::new(String::new())
            .append_pair("hub.callback", callback(&websub.public_url, &due.token).as_str())
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.topic", &due.topic)
            .append_pair("hub.lease_seconds", &lease)
            .append_pair("hub.secret", &due.secret)
            .finish();
        let post = Post {
            url: hub,
            headers: vec![(CONTENT_TYPE, "application/x-www-form-urlencoded".to_owned())],
            body: body.into_bytes(),
            timeout: HUB_TIMEOUT,
            limit_bytes: ANSWER_BYTES,
        };
        let answer = client.post(post).await.map_err(|error| error.to_string())?;
        if (200..300).contains(&answer.status) { Ok(()) } else { Err(format!("the hub answered with HTTP {}", answer.status)) }
    }
}

/// Notes the hub that a feed names, or that it names none.
pub(super) async fn note_hub(store: &Store, config: &Config, source: &Source, hub: Option<&Hub>) -> Result<(), StoreError> {
    if config.websub.is_none() || !matches!(source.kind, SourceKind::Feed) {
        return Ok(());
    }
    let Some(hub) = hub.filter(|_| may_subscribe(config, source)) else { return store.drop_subscription(&source.id).await };
    let (Some(token), Some(secret)) = (random(), random()) else {
        warn!(source.id = %source.id, "the system gives no random numbers: the hub is not asked");
        return Ok(());
    };
    if store.want_subscription(&source.id, hub.url.as_str(), hub.topic.as_str(), &token, &secret).await? {
        info!(source.id = %source.id, hub = hub.url.host_str().unwrap_or_default(), "the feed names a hub: it will be asked to tell of news");
    }
    Ok(())
}

/// Spares polls of a source whose hub told of the last news that a poll found; not while it is watched closely, nor while items wait.
pub(super) async fn rely_on_hub(
    store: &Store,
    rules: &Rules,
    source: &Source,
    claimed: &ClaimedSource,
    found_news: bool,
    result: &mut PollResult,
) -> Result<(), StoreError> {
    let Some(websub) = &rules.config.websub else { return Ok(()) };
    if !result.succeeded() {
        return Ok(());
    }
    let is_reliable = store.weigh_hub(&source.id, found_news, claimed.facts.last_success_at).await?;
    if is_reliable && claimed.burst.is_none() && result.items_skipped == 0 {
        result.next_in = result.next_in.max(websub.poll_interval.min(source.interval_max));
    }
    Ok(())
}

/// A subscription tells the hub who we are: a source that is reached through a proxy, so as not to be seen, is polled only.
fn may_subscribe(config: &Config, source: &Source) -> bool {
    let access = config.accesses.of(&source.id);
    access.route.unwrap_or_else(|| config.network.route.clone()) == Route::Direct
}

/// Where a hub reaches us.
fn callback(public_url: &Url, token: &str) -> Url {
    let mut url = public_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["websub", token]);
    }
    url
}

/// Ten minutes, doubled with each attempt, a day at most.
fn retry(attempts: u32) -> Duration {
    FIRST_RETRY.saturating_mul(1 << attempts.saturating_sub(1).min(10)).min(LONGEST_RETRY)
}

fn random() -> Option<String> {
    let mut bytes = [0; RANDOM_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::{callback, random, retry};

    #[test]
    fn callbacks_lie_below_the_public_address() {
        for (public, expect) in [
            ("https://push.ngo.example", "https://push.ngo.example/websub/T"),
            ("https://push.ngo.example/", "https://push.ngo.example/websub/T"),
            ("https://ngo.example/presswatch/", "https://ngo.example/presswatch/websub/T"),
        ] {
            assert_eq!(callback(&public.parse().unwrap(), "T").as_str(), expect);
        }
    }

    #[test]
    fn retries_grow_to_a_day_and_names_are_long_and_never_the_same() {
        assert_eq!([1, 2, 3, 8, 9, 500].map(|attempts| retry(attempts).as_secs() / 60), [10, 20, 40, 1280, 1440, 1440]);
        let (one, other) = (random().unwrap(), random().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
    }
}
