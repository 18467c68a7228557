//! Asks robots.txt (RFC 9309) before a page is fetched. Feeds are published for readers like us and are not asked for.
//!
//! Enters: the address of a page. Leaves: nothing where it may be fetched, else the reason. What was learned of a host is kept for a day. A host that
//! cannot be reached is remembered as nothing: the page itself would have failed the same way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use crate::gather::fetch::error::{FetchError, Problem};
use crate::gather::fetch::politeness::Politeness;
use crate::net::header::ACCEPT;
use crate::net::{Client, Get, NetError};

/// The name by which a file speaks of us: the product token of our user agent.
const OUR_NAME: &str = "presswatch";
/// More need not be read (RFC 9309, 2.5).
const LIMIT_BYTES: usize = 500 * 1024;
/// How long an answer holds (2.4).
const KEPT: Duration = Duration::from_hours(24);
/// A server that fails is asked again sooner.
const KEPT_FAILURE: Duration = Duration::from_hours(1);
/// A server that fails for so long has no file (2.3.1.4).
const PATIENCE: Duration = Duration::from_hours(30 * 24);
/// Crawl-delay is no part of the standard; as a wish it is heard up to here: a poll with twenty pages still ends within its lease.
const LONGEST_DELAY: Duration = Duration::from_secs(30);
/// Bounds of what is remembered, over all hosts.
const REMEMBERED_HOSTS: usize = 4096;
const REMEMBERED_BYTES: usize = 16 << 20;

/// What hosts permit. Cheap to clone; clones share what they know.
#[derive(Debug, Clone, Default)]
pub struct Robots {
    hosts: Arc<Mutex<HashMap<String, Arc<Host>>>>,
}

/// One origin, by one route. Whoever asks first, fetches; the others wait.
#[derive(Debug, Default)]
struct Host {
    known: tokio::sync::Mutex<Option<Known>>,
    /// Size of the file, and when it is to be forgotten: to choose what to forget.
    kept: Mutex<Option<(usize, Instant)>>,
}

#[derive(Debug)]
struct Known {
    rules: Rules,
    until: Instant,
    failing_since: Option<Instant>,
}

#[derive(Debug, Clone)]
enum Rules {
    File(Arc<robotxt::Robots>),
    /// The server answers with its own failure: nothing may be fetched.
    Failing(u16),
}

impl Robots {
    /// Ends well when the page may be fetched. Takes a turn of its own where the file has to be fetched: hold none. Cancel-safe.
    ///
    /// # Errors
    /// [`Problem::RobotsDisallow`], [`Problem::RobotsFailing`], or why the host cannot be reached.
    pub async fn check(&self, client: &Client, politeness: &Politeness, page: &Url) -> Result<(), FetchError> {
        let host = self.host(&format!("{} {}", client.route().as_str(), page.origin().ascii_serialization()));
        let mut known = host.known.lock().await;
        let now = Instant::now();
        if known.as_ref().is_none_or(|known| known.until <= now) {
            let (fresh, bytes) = fetch(client, politeness, page, known.as_ref()).await?;
            *host.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((bytes, fresh.until));
            *known = Some(fresh);
            self.forget();
        }
        let Some(Known { rules, .. }) = &*known else { return Ok(()) };
        match rules {
            Rules::Failing(status) => Err(FetchError::new(Problem::RobotsFailing, Some(*status))),
            Rules::File(rules) => {
                if let Some(delay) = rules.crawl_delay() {
                    politeness.slow_down(page, delay.min(LONGEST_DELAY));
                }
                if rules.is_url_allowed(page) { Ok(()) } else { Err(FetchError::new(Problem::RobotsDisallow, None)) }
            }
        }
    }

    fn host(&self, key: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(key.to_owned()).or_default())
    }

    /// Forgets what is old, and then what ends first, until the rest fits.
    fn forget(&self) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = |host: &Host| *host.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes: usize = hosts.values().filter_map(|host| kept(host)).map(|(bytes, _)| bytes).sum();
        if hosts.len() <= REMEMBERED_HOSTS && bytes <= REMEMBERED_BYTES {
            return;
        }
        let mut ends: Vec<(Instant, usize, String)> =
            hosts.iter().filter_map(|(key, host)| kept(host).map(|(bytes, until)| (until, bytes, key.clone()))).collect();
        ends.sort();
        for (_, size, key) in ends {
            if hosts.len() <= REMEMBERED_HOSTS * 3 / 4 && bytes <= REMEMBERED_BYTES * 3 / 4 {
                break;
            }
            hosts.remove(&key);
            bytes -= size;
        }
    }
}

/// Fetches the file; its size comes back beside what it says.
async fn fetch(client: &Client, politeness: &Politeness, page: &Url, former: Option<&Known>) -> Result<(Known, usize), FetchError> {
    let now = Instant::now();
    let nothing = || Rules::File(Arc::new(robotxt::Robots::allow_all()));
    let known = |rules: Rules| Known { rules, until: now + KEPT, failing_since: None };
    let mut url = page.clone();
    url.set_path("/robots.txt");
    url.set_query(None);
    url.set_fragment(None);
    let answer = {
        let _turn = politeness.acquire(page).await;
        client.get_beginning(Get { url, headers: vec![(ACCEPT, "text/plain, */*;q=0.5".to_owned())], limit_bytes: LIMIT_BYTES }).await
    };
    let answer = match answer {
        Ok(answer) => answer,
        // A file behind endless redirects is none (2.3.1.2).
        Err(NetError::Redirect(_)) => return Ok((known(nothing()), 0)),
        Err(error) => return Err(FetchError::from_net(error)),
    };
    match answer.status {
        200..300 => Ok((known(Rules::File(Arc::new(robotxt::Robots::parse(&answer.body, OUR_NAME)))), answer.body.len())),
        // Too many requests is no statement about the file.
        429 | 500.. => {
            let since = former.and_then(|known| known.failing_since).unwrap_or(now);
            let rules = match former {
                _ if now.duration_since(since) > PATIENCE => nothing(),
                // What it said last still holds.
                Some(Known { rules: Rules::File(rules), .. }) => Rules::File(Arc::clone(rules)),
                _ => Rules::Failing(answer.status),
            };
            Ok((Known { rules, until: now + KEPT_FAILURE, failing_since: Some(since) }, 0))
        }
        _ => Ok((known(nothing()), 0)),
    }
}
