//! The ways out: one HTTP client per network path (and per set of pinned keys), made when it is first needed.
//!
//! *Invariant:* the client of a network path never connects to anything but the proxy, and never resolves a name but the proxy's.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use tokio::net::TcpStream;
use url::{Host, Url};

use crate::config::{NetworkConfig, NetworkPath, Route};
use crate::net::body::CODINGS;
use crate::net::error::NetError;
use crate::net::policy::AddressPolicy;
use crate::net::resolve::{Lookup, PolicyResolver, ProxyResolver};
use crate::net::tls::{Pins, Roots, Trust};

/// Connections kept for the next request to one host.
const IDLE_CONNECTIONS_PER_HOST: usize = 2;
const IDLE_CONNECTION_AGE: Duration = Duration::from_mins(1);
/// Above this many clients all are forgotten: reloads may have replaced pins again and again.
const REMEMBERED: usize = 256;
/// Whether a proxy is there at all is known this soon.
const PROBE: Duration = Duration::from_secs(5);

/// What tells one client from another.
type Key = (Route, Option<Pins>);

/// Makes and keeps the clients.
pub(super) struct Transports {
    config: NetworkConfig,
    policy: AddressPolicy,
    user_agent: String,
    lookup: Lookup,
    trust: Trust,
    built: Mutex<HashMap<Key, reqwest::Client>>,
}

impl fmt::Debug for Transports {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Transports").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Transports {
    pub fn new(config: &NetworkConfig, policy: AddressPolicy, user_agent: &str, lookup: Lookup, roots: &Roots) -> Result<Self, NetError> {
        // A second installation is refused; the first one was ours as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let trust = Trust::new(roots)?;
        Ok(Self { config: config.clone(), policy, user_agent: user_agent.to_owned(), lookup, trust, built: Mutex::default() })
    }

    pub fn config(&self) -> &NetworkConfig {
        &self.config
    }

    pub fn policy(&self) -> &AddressPolicy {
        &self.policy
    }

    /// The client of a route.
    ///
    /// # Errors
    /// [`NetError::Setup`] where the network path is not known or its password cannot be read: never another route instead.
    pub fn client(&self, route: &Route, pins: Option<&Pins>) -> Result<reqwest::Client, NetError> {
        let key = (route.clone(), pins.cloned());
        if let Some(client) = self.lock().get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(route, pins)?;
        let mut built = self.lock();
        if built.len() >= REMEMBERED {
            built.clear();
        }
        Ok(built.entry(key).or_insert(client).clone())
    }

    fn build(&self, route: &Route, pins: Option<&Pins>) -> Result<reqwest::Client, NetError> {
        let mut defaults = HeaderMap::new();
        defaults.insert(ACCEPT_ENCODING, HeaderValue::from_static(CODINGS));
        let mut builder = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .default_headers(defaults)
            .redirect(Policy::none())
            .referer(false)
            // Proxies of the environment would walk around the address policy.
            .no_proxy()
            .connect_timeout(self.config.connect_timeout)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
            .pool_idle_timeout(IDLE_CONNECTION_AGE)
            .tls_backend_preconfigured(self.trust.client_config(pins.cloned())?);
        builder = match route {
            Route::Direct => builder.dns_resolver(Arc::new(PolicyResolver { policy: self.policy.clone(), lookup: Arc::clone(&self.lookup) })),
            Route::Path(name) => {
                let path = self.path(name)?;
                let host = path.proxy.host_str().unwrap_or_default().to_owned();
                builder.proxy(proxy(name, path)?).dns_resolver(Arc::new(ProxyResolver { proxy: host, lookup: Arc::clone(&self.lookup) }))
            }
        };
        builder.build().map_err(|error| NetError::Setup(chain(&error)))
    }

    fn path(&self, name: &str) -> Result<&NetworkPath, NetError> {
        let unknown = || NetError::Setup(format!("the network path \"{name}\" was not defined when presswatch started: restart it"));
        self.config.paths.get(name).ok_or_else(unknown)
    }

    /// Looks whether somebody listens at the proxy's address.
    pub async fn proxy_listens(&self, name: &str) -> Result<(), String> {
        let path = self.path(name).map_err(|error| error.to_string())?;
        let port = path.proxy.port_or_known_default().unwrap_or(1080);
        let addresses: Vec<IpAddr> = match path.proxy.host() {
            Some(Host::Ipv4(address)) => vec![address.into()],
            Some(Host::Ipv6(address)) => vec![address.into()],
            // The parser leaves hosts of other schemes than http as text.
            Some(Host::Domain(host)) => match host.parse() {
                Ok(address) => vec![address],
                Err(_) => (self.lookup)(host.to_owned()).await.map_err(|error| format!("cannot resolve the proxy: {error}"))?,
            },
            None => Vec::new(),
        };
        let address = addresses.first().ok_or("the proxy has no address")?;
        match tokio::time::timeout(PROBE, TcpStream::connect(SocketAddr::new(*address, port))).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no answer".to_owned()),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, reqwest::Client>> {
        self.built.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn proxy(name: &str, path: &NetworkPath) -> Result<reqwest::Proxy, NetError> {
    let setup = |reason: String| NetError::Setup(format!("the network path \"{name}\": {reason}"));
    let proxy = reqwest::Proxy::all(path.proxy.clone()).map_err(|error| setup(chain(&error)))?;
    let Some((username, password)) = &path.credentials else { return Ok(proxy) };
    let password = password.resolve().map_err(|error| setup(error.to_string()))?;
    Ok(proxy.basic_auth(username, password.expose()))
}

/// The host of an address as certificates name it.
pub(super) fn plain_host(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned()
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut current = error.source();
    while let Some(source) = current {
        text.push_str(": ");
        text.push_str(&source.to_string());
        current = source.source();
    }
    text
}
