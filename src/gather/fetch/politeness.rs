//! Spaces requests to one publisher, whatever the number of its sources.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};
use url::{Host, Url};

use crate::config::{DomainLimits, GatherConfig};

/// Above this many publishers, idle ones are forgotten.
const REMEMBERED_DOMAINS: usize = 4096;

/// Hands out permits: at most `concurrency` at once for one registrable domain, and none sooner than `spacing` after the last.
/// Waiters are served in the order they came. Cheap to clone; clones share their state.
#[derive(Debug, Clone)]
pub struct Politeness {
    general: DomainLimits,
    /// Of domains that bear more or less than others.
    own: Arc<BTreeMap<String, DomainLimits>>,
    domains: Arc<Mutex<HashMap<String, Arc<Domain>>>>,
}

#[derive(Debug)]
struct Domain {
    spacing: Duration,
    permits: Arc<Semaphore>,
    /// Nobody may start before.
    next_start: Mutex<Instant>,
    /// What the publisher asks for beyond the general spacing.
    asked_spacing: Mutex<Duration>,
}

/// The right to make one request; given back when dropped.
#[derive(Debug)]
pub struct Permit {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Politeness {
    /// `concurrency` is at least 1.
    pub fn new(spacing: Duration, concurrency: usize) -> Self {
        Self { general: DomainLimits { spacing, concurrency }, own: Arc::default(), domains: Arc::default() }
    }

    /// As the configuration has it, with the limits of single domains.
    pub fn from_config(gather: &GatherConfig) -> Self {
        Self { own: Arc::new(gather.domains.clone()), ..Self::new(gather.domain_spacing, gather.domain_concurrency) }
    }

    /// Waits for the turn of a request to this address. Cancel-safe: a waiter that goes away leaves at most a gap of one spacing.
    pub async fn acquire(&self, url: &Url) -> Permit {
        let domain = self.domain(url);
        // The semaphore is never closed, so the permit is always there.
        let permit = domain.permits.clone().acquire_owned().await.ok();
        let start = {
            let mut next_start = domain.next_start.lock().unwrap_or_else(PoisonError::into_inner);
            let start = (*next_start).max(Instant::now());
            *next_start = start + domain.spacing.max(*domain.asked_spacing.lock().unwrap_or_else(PoisonError::into_inner));
            start
        };
        sleep_until(start).await;
        Permit { _permit: permit }
    }

    /// Lets nobody begin a request to this publisher before the delay has passed (Retry-After speaks for the whole host).
    pub fn hold(&self, url: &Url, delay: Duration) {
        let domain = self.domain(url);
        let mut next_start = domain.next_start.lock().unwrap_or_else(PoisonError::into_inner);
        *next_start = (*next_start).max(Instant::now() + delay);
    }

    /// Spaces further requests to this publisher at least so far apart (Crawl-delay).
    pub fn slow_down(&self, url: &Url, spacing: Duration) {
        let domain = self.domain(url);
        let mut asked_spacing = domain.asked_spacing.lock().unwrap_or_else(PoisonError::into_inner);
        *asked_spacing = (*asked_spacing).max(spacing);
    }

    /// How long a request to this address would wait for its turn now, at least: to leave a source in the queue instead of holding a worker.
    pub fn expected_wait(&self, url: &Url) -> Duration {
        let domain = self.domain(url);
        let next_start = domain.next_start.lock().unwrap_or_else(PoisonError::into_inner);
        next_start.saturating_duration_since(Instant::now())
    }

    fn domain(&self, url: &Url) -> Arc<Domain> {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        if domains.len() > REMEMBERED_DOMAINS {
            let now = Instant::now();
            domains.retain(|_, domain| Arc::strong_count(domain) > 1 || *domain.next_start.lock().unwrap_or_else(PoisonError::into_inner) > now);
        }
        let name = registrable_domain(url);
        let DomainLimits { spacing, concurrency } = self.own.get(&name).copied().unwrap_or(self.general);
        let fresh = || {
            Arc::new(Domain {
                spacing,
                asked_spacing: Mutex::default(),
                permits: Arc::new(Semaphore::new(concurrency.max(1))),
                next_start: Mutex::new(Instant::now()),
            })
        };
        Arc::clone(domains.entry(name).or_insert_with(fresh))
    }
}

/// The unit of politeness: `news.example.co.uk` belongs to `example.co.uk`; an IP literal stands for itself with its port.
pub fn registrable_domain(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(host)) => {
            let host = host.trim_end_matches('.').to_ascii_lowercase(); // the list compares lower case
            psl::domain_str(&host).map_or_else(|| host.clone(), str::to_owned)
        }
        Some(literal) => format!("{literal}:{}", url.port_or_known_default().unwrap_or(0)),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::time::Instant;
    use url::Url;

    use super::{DomainLimits, Politeness, registrable_domain};

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn the_public_suffix_list_names_the_publisher() {
        for (address, expect) in [
            ("https://news.example.co.uk/feed", "example.co.uk"),
            ("https://EXAMPLE.com./feed", "example.com"),
            ("https://a.b.example.org:8443/", "example.org"),
            ("https://mizuki.github.io/", "mizuki.github.io"),
            ("http://127.0.0.1:4100/", "127.0.0.1:4100"),
            ("http://127.0.0.1:4101/", "127.0.0.1:4101"),
            ("http://[::1]/", "[::1]:80"),
            ("http://localhost:3000/", "localhost"),
            ("https://news.новости.рф/", "xn--b1amnebsh.xn--p1ai"),
        ] {
            assert_eq!(registrable_domain(&url(address)), expect, "{address}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_to_one_publisher_are_spaced_in_order() {
        let politeness = Politeness::new(Duration::from_secs(5), 2);
        let begin = Instant::now();
        let mut starts = Vec::new();
        for path in ["a", "b", "c"] {
            drop(politeness.acquire(&url(&format!("https://{path}.example.org/"))).await);
            starts.push(begin.elapsed().as_secs());
        }
        assert_eq!(starts, [0, 5, 10]);
        drop(politeness.acquire(&url("https://example.net/")).await);
        assert_eq!(begin.elapsed().as_secs(), 10, "another publisher does not wait");
        assert_eq!(politeness.expected_wait(&url("https://example.org/")).as_secs(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_domain_with_limits_of_its_own_is_spaced_by_them() {
        let mut politeness = Politeness::new(Duration::from_secs(5), 2);
        let own = DomainLimits { spacing: Duration::from_secs(30), concurrency: 1 };
        politeness.own = Arc::new([("example.org".to_owned(), own)].into());
        let begin = Instant::now();
        for expect in [0, 30, 60] {
            drop(politeness.acquire(&url("https://news.example.org/")).await);
            assert_eq!(begin.elapsed().as_secs(), expect);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_permitted_number_is_in_flight() {
        let politeness = Politeness::new(Duration::ZERO, 2);
        let (in_flight, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (politeness, in_flight, most) = (politeness.clone(), Arc::clone(&in_flight), Arc::clone(&most));
            tasks.spawn(async move {
                let _permit = politeness.acquire(&url("https://example.org/")).await;
                most.fetch_max(in_flight.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(1)).await;
                in_flight.fetch_sub(1, Ordering::SeqCst);
            });
        }
        while tasks.join_next().await.is_some() {}
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_publisher_that_asks_for_peace_gets_it_on_all_its_hosts() {
        let politeness = Politeness::new(Duration::from_secs(1), 4);
        politeness.hold(&url("https://www.example.org/feed"), Duration::from_secs(90));
        let begin = Instant::now();
        drop(politeness.acquire(&url("https://feeds.example.org/")).await);
        assert_eq!(begin.elapsed().as_secs(), 90);
    }
}
