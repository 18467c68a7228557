//! The validated configuration; every value has been checked and every default filled in.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use url::Url;

use crate::config::secret::SecretRef;
use crate::config::{Accesses, Channel, HeartbeatConfig, NetworkPath, OperatorConfig, Route, TopicsConfig, Watchlists};
use crate::model::{ChannelId, Source};

/// Everything that the daemon runs on.
#[derive(Debug, Clone)]
pub struct Config {
    /// The directory it was read from.
    pub directory: PathBuf,
    pub instance: InstanceConfig,
    pub database: DatabaseConfig,
    pub network: NetworkConfig,
    pub gather: GatherConfig,
    pub web: WebConfig,
    pub log: LogConfig,
    /// `None`: no hub is asked, for it could not reach us.
    pub websub: Option<WebsubConfig>,
    pub retention: RetentionConfig,
    pub smtp: Option<SmtpConfig>,
    pub operator: OperatorConfig,
    /// `None`: nobody waits for a sign of life.
    pub heartbeat: Option<HeartbeatConfig>,
    pub sources: Vec<Source>,
    /// How those sources are reached that are not reached as every other one.
    pub accesses: Accesses,
    pub watchlists: Watchlists,
    pub channels: BTreeMap<ChannelId, Channel>,
    pub topics: TopicsConfig,
}

impl Config {
    /// Whether the pages are shown to accounts alone.
    pub fn asks_for_login(&self) -> bool {
        let is_public = |url: &Url| match url.host() {
            Some(url::Host::Domain(name)) => !name.eq_ignore_ascii_case("localhost"),
            Some(url::Host::Ipv4(ip)) => !ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => !ip.is_loopback(),
            None => true,
        };
        match self.web.login {
            LoginRule::Required => true,
            LoginRule::Off => false,
            LoginRule::Auto => !self.web.listen.ip().is_loopback() || self.instance.public_url.as_ref().is_some_and(is_public),
        }
    }

    /// Whether readers reach the pages by TLS: cookies are then sent over it alone.
    pub fn is_behind_tls(&self) -> bool {
        self.instance.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }
}

/// Who we are to others.
#[derive(Debug, Clone)]
pub struct InstanceConfig {
    /// Part of the user agent, so that a publisher can reach the operator: an address or a mailbox.
    pub contact: Option<String>,
    /// Where a reader of an alert finds the pages; `None`: links point to the web address.
    pub public_url: Option<Url>,
    /// The private cluster, backups and caches live here. `$STATE_DIRECTORY` under systemd.
    pub state_directory: PathBuf,
}

/// Where stories are kept.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// A reference to a `postgres://` URL; `None`: a private cluster in the state directory.
    pub url: Option<SecretRef>,
    /// Connections of the pool, 2 to 100.
    pub connections: u32,
    /// The user that runs the private cluster when we are root; `postgres`, else `nobody`, where `None`.
    pub run_as: Option<String>,
    /// The folder with `initdb` and `postgres`; `None`: the newest below /usr/lib/postgresql and then `$PATH`.
    pub binaries: Option<PathBuf>,
}

/// Limits of every outbound request.
#[derive(Debug, Clone)]
pub struct NetworkConfig {
    pub connect_timeout: Duration,
    pub headers_timeout: Duration,
    pub idle_timeout: Duration,
    pub total_timeout: Duration,
    /// After decompression.
    pub feed_limit_bytes: usize,
    /// After decompression.
    pub page_limit_bytes: usize,
    /// Beside 80, 443, 8080 and 8443.
    pub extra_ports: Vec<u16>,
    /// Networks in CIDR notation that may be reached though they are private: named dangerous in the file.
    pub dangerously_allow_networks: Vec<String>,
    /// The way of every request that no source or key gives another way.
    pub route: Route,
    /// Ways through proxies, by name.
    pub paths: BTreeMap<String, NetworkPath>,
}

impl Default for NetworkConfig {
    /// What a configuration that says nothing of the network means.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            headers_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_mins(1),
            feed_limit_bytes: 10 << 20,
            page_limit_bytes: 5 << 20,
            extra_ports: Vec::new(),
            dangerously_allow_networks: Vec::new(),
            route: Route::Direct,
            paths: BTreeMap::new(),
        }
    }
}

/// How sources are polled.
#[derive(Debug, Clone)]
pub struct GatherConfig {
    /// Fetches in flight, 1 to 256.
    pub concurrency: usize,
    /// Least time between two requests to one registrable domain.
    pub domain_spacing: Duration,
    /// Requests in flight to one registrable domain.
    pub domain_concurrency: usize,
    /// Domains that bear more or less than others, by their registrable name.
    pub domains: BTreeMap<String, DomainLimits>,
    /// Intervals of a second are accepted: only for servers of one's own. Named dangerous in the file.
    pub dangerously_short_intervals: bool,
    /// Defaults of a source's own bounds.
    pub interval_min: Duration,
    pub interval_max: Duration,
    /// Article pages fetched for one poll of one source.
    pub articles_per_poll: usize,
    /// Older items are stored, never alerted.
    pub backfill_max_age: Duration,
}

/// What one registrable domain bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DomainLimits {
    pub spacing: Duration,
    pub concurrency: usize,
}

/// Where the pages are served.
#[derive(Debug, Clone)]
pub struct WebConfig {
    pub enabled: bool,
    /// Beyond loopback only with a sign-in.
    pub listen: SocketAddr,
    pub login: LoginRule,
    /// In which moments are shown to readers who chose none.
    pub timezone: TimeZone,
}

/// When the pages ask for a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LoginRule {
    /// Where more than this machine can reach them: beyond loopback, or behind a public address.
    #[default]
    Auto,
    Required,
    /// Never; loopback only. Whoever reaches the address may see and change everything but restricted lists.
    Off,
}

/// How hubs of feeds (WebSub) reach us.
#[derive(Debug, Clone)]
pub struct WebsubConfig {
    /// Callbacks lie below it; whatever serves it hands `/websub/` on to [`WebConfig::listen`].
    pub public_url: Url,
    /// The least time between two polls of a source whose hub can be relied on.
    pub poll_interval: Duration,
}

/// Where the log goes.
#[derive(Debug, Clone)]
pub struct LogConfig {
    pub format: LogFormat,
    /// A `tracing` filter: `info,presswatch=debug`.
    pub filter: String,
}

/// The log's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Journald under systemd, a terminal otherwise.
    Auto,
    Terminal,
    Json,
    Journald,
}

/// How long things are kept.
#[derive(Debug, Clone)]
pub struct RetentionConfig {
    /// Stories, labels, matches: dropped by whole months.
    pub stories: Duration,
    pub fetches: Duration,
    /// Alerts and deliveries that ended.
    pub alerts: Duration,
}

/// The mail server.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    pub username: Option<String>,
    pub password: Option<Password>,
    /// The sender: `Presswatch <presswatch@ngo.example>`.
    pub from: String,
    pub timeout: Duration,
}

/// A password by reference.
pub type Password = SecretRef;

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte (465).
    Tls,
    /// STARTTLS required (587); never in the clear.
    Starttls,
    /// In the clear: only to loopback.
    LocalPlaintext,
}
