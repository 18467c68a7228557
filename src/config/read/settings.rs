//! Reads presswatch.toml: everything that is neither a source nor a watchlist.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use lettre::message::Mailbox;
use tracing_subscriber::EnvFilter;

use crate::config::read::watchlists::Reference;
use crate::config::read::{Names, Placed, access, alerting};
use crate::config::toml_field::Field;
use crate::config::toml_file::{Section, TomlFile};
use crate::config::units::is_network;
use crate::config::{
    DatabaseConfig, DomainLimits, GatherConfig, HeartbeatConfig, InstanceConfig, LogConfig, LogFormat, LoginRule, NetworkConfig, OperatorConfig,
    RetentionConfig, SmtpConfig, SmtpSecurity, WebConfig, WebsubConfig,
};
use crate::model::Problem;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// The shortest time between two polls that any source may ask for.
const INTERVAL_LEAST: Duration = MINUTE;
/// The longest time between two polls that any source may ask for.
pub(super) const INTERVAL_MOST: Duration = Duration::from_hours(30 * 24);

/// What presswatch.toml says, with defaults where it says nothing.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) instance: InstanceConfig,
    pub(super) database: DatabaseConfig,
    pub(super) network: NetworkConfig,
    pub(super) gather: GatherConfig,
    pub(super) web: WebConfig,
    pub(super) log: LogConfig,
    pub(super) websub: Option<WebsubConfig>,
    pub(super) retention: RetentionConfig,
    pub(super) smtp: Option<SmtpConfig>,
    /// Also true where `[smtp]` has errors.
    pub(super) smtp_is_given: bool,
    /// Network paths that are named here.
    pub(super) routes: Names,
    pub(super) operator: OperatorConfig,
    pub(super) heartbeat: Option<HeartbeatConfig>,
    /// Channels that are named here.
    pub(super) references: Vec<Placed<Reference>>,
}

/// Reads the text of presswatch.toml. `directory` is where relative paths begin.
pub(super) fn read(text: &str, file: &Path, directory: &Path) -> (Settings, Vec<Problem>) {
    TomlFile::read(file, text, |root| {
        root.not_yet(&[
            ("openpgp", "mail would go out unencrypted"),
            ("metrics", "metrics are served with the pages, at [web] listen"),
            ("api", "the API is served with the pages; `presswatch tokens add` makes tokens for it"),
        ]);
        let table = |key| root.optional(key, Field::section);
        let mut routes = Names::new();
        let mut references = Vec::new();
        Settings {
            instance: instance(table("instance").as_ref(), directory),
            database: database(table("database").as_ref(), directory),
            network: network(table("network").as_ref(), directory, &mut routes),
            gather: gather(table("gather").as_ref()),
            web: web(table("web").as_ref()),
            log: log(table("log").as_ref()),
            websub: table("websub").and_then(|section| websub(&section)),
            retention: retention(table("retention").as_ref()),
            smtp: table("smtp").and_then(|section| smtp(&section, directory)),
            smtp_is_given: root.get("smtp").is_some(),
            operator: table("operator").map(|section| alerting::operator(&section, &mut references)).unwrap_or_default(),
            heartbeat: table("heartbeat").and_then(|section| alerting::heartbeat(&section, &mut references)),
            routes,
            references,
        }
    })
}

/// Reads a key of a table that may be absent.
fn optional<'f, T>(table: Option<&Section<'f>>, key: &'static str, read: impl FnOnce(&Field<'f>) -> Option<T>) -> Option<T> {
    table.and_then(|section| section.optional(key, read))
}

fn instance(table: Option<&Section<'_>>, directory: &Path) -> InstanceConfig {
    InstanceConfig {
        contact: optional(table, "contact", |field| {
            let text = field.text()?;
            if text.len() > 200 || !text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
                field.report("must be at most 200 ASCII characters: it is sent in a header with every request", None);
                return None;
            }
            Some(text.to_owned())
        }),
        public_url: optional(table, "public_url", |field| {
            let url = field.web_address()?;
            if url.query().is_some() || url.fragment().is_some() {
                field.report("must have no query and no fragment: paths are added to it", None);
                return None;
            }
            Some(url)
        }),
        state_directory: optional(table, "state_directory", |field| Some(directory.join(field.text()?))).unwrap_or_else(default_state_directory),
    }
}

/// `$STATE_DIRECTORY` (systemd), else /var/lib/presswatch for root, else the place that the XDG base directories name.
fn default_state_directory() -> PathBuf {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(directories) = variable("STATE_DIRECTORY") {
        // systemd gives several directories separated by colons where a unit asks for several.
        return PathBuf::from(directories.split(':').next().unwrap_or_default());
    }
    // Below /root no other user may enter, and the private cluster runs as another user.
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0);
    if is_root {
        return PathBuf::from("/var/lib/presswatch");
    }
    let state_home = variable("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || variable("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    state_home.or_else(home).map_or_else(|| PathBuf::from("/var/lib/presswatch"), |parent| parent.join("presswatch"))
}

fn database(table: Option<&Section<'_>>, directory: &Path) -> DatabaseConfig {
    let path = |field: &Field<'_>| Some(directory.join(field.text()?));
    DatabaseConfig {
        url: optional(table, "url", |field| field.secret(directory)),
        connections: optional(table, "connections", |field| field.integer(2..=100)).unwrap_or(10),
        run_as: optional(table, "run_as", |field| field.text().map(str::to_owned)),
        binaries: optional(table, "binaries", path),
    }
}

fn network(table: Option<&Section<'_>>, directory: &Path, routes: &mut Names) -> NetworkConfig {
    if let Some(section) = table {
        section.not_yet(&[("robots", "robots.txt is asked for pages; a source that must be read all the same says robots = \"ignore\"")]);
        if let Some(field) = section.get("proxy") {
            let hint = "define [network.paths.NAME] with url = \"...\" and write default_path = \"NAME\"".to_owned();
            field.report("a proxy is given by name", Some(hint));
        }
    }
    let fallback = NetworkConfig::default();
    let duration = |key, default, most| optional(table, key, |field| field.duration(Duration::from_secs(1)..=most)).unwrap_or(default);
    let size = |key, default, range| optional(table, key, |field| field.size(range)).unwrap_or(default);
    NetworkConfig {
        connect_timeout: duration("connect_timeout", fallback.connect_timeout, 2 * MINUTE),
        headers_timeout: duration("headers_timeout", fallback.headers_timeout, 2 * MINUTE),
        idle_timeout: duration("idle_timeout", fallback.idle_timeout, 2 * MINUTE),
        total_timeout: duration("total_timeout", fallback.total_timeout, 10 * MINUTE),
        feed_limit_bytes: size("feed_limit", fallback.feed_limit_bytes, 64 * KIB..=100 * MIB),
        page_limit_bytes: size("page_limit", fallback.page_limit_bytes, 64 * KIB..=50 * MIB),
        extra_ports: optional(table, "extra_ports", |field| field.list(|port| port.integer(1..=u16::MAX))).unwrap_or_default(),
        dangerously_allow_networks: optional(table, "dangerously_allow_networks", |field| {
            field.list(|network| {
                let text = network.text()?;
                if !is_network(text) {
                    network.report(format!("\"{text}\" is not a network"), Some("write an address and a prefix length: \"10.1.0.0/16\"".to_owned()));
                    return None;
                }
                Some(text.to_owned())
            })
        })
        .unwrap_or_default(),
        route: optional(table, "default_path", |field| access::route(field, routes)).unwrap_or_default(),
        paths: optional(table, "paths", |field| Some(access::paths(&field.section()?, directory))).unwrap_or_default(),
    }
}

fn gather(table: Option<&Section<'_>>) -> GatherConfig {
    let dangerously_short_intervals = optional(table, "dangerously_short_intervals", Field::boolean).unwrap_or(false);
    let least = interval_least(dangerously_short_intervals);
    let interval = |key, default| optional(table, key, |field| field.duration(least..=INTERVAL_MOST)).unwrap_or(default);
    let general = DomainLimits {
        spacing: optional(table, "domain_spacing", spacing).unwrap_or(Duration::from_secs(5)),
        concurrency: optional(table, "domain_concurrency", domain_concurrency).unwrap_or(2),
    };
    let config = GatherConfig {
        concurrency: optional(table, "concurrency", |field| field.integer(1..=256)).unwrap_or(32),
        domain_spacing: general.spacing,
        domain_concurrency: general.concurrency,
        domains: optional(table, "domains", |field| Some(domains(&field.section()?, general))).unwrap_or_default(),
        dangerously_short_intervals,
        interval_min: interval("interval_min", 5 * MINUTE),
        interval_max: interval("interval_max", DAY),
        articles_per_poll: optional(table, "articles_per_poll", |field| field.integer(0..=500)).unwrap_or(20),
        backfill_max_age: optional(table, "backfill_max_age", |field| field.duration(HOUR..=365 * DAY)).unwrap_or(3 * DAY),
    };
    if let Some(section) = table.filter(|_| config.interval_min > config.interval_max) {
        section.report("interval_min is longer than interval_max", None);
    }
    config
}

/// The shortest time between two polls that any source may ask for.
pub(super) fn interval_least(dangerously_short: bool) -> Duration {
    if dangerously_short { Duration::from_secs(1) } else { INTERVAL_LEAST }
}

fn spacing(field: &Field<'_>) -> Option<Duration> {
    field.duration(Duration::ZERO..=5 * MINUTE)
}

fn domain_concurrency(field: &Field<'_>) -> Option<usize> {
    field.integer(1..=16)
}

/// Tables by registrable domain; what one leaves out is as for all.
fn domains(table: &Section<'_>, general: DomainLimits) -> BTreeMap<String, DomainLimits> {
    let mut limits = BTreeMap::new();
    for (name, field) in table.entries() {
        let domain = name.to_lowercase();
        if psl::domain_str(&domain).is_some_and(|registrable| registrable != domain) {
            let registrable = psl::domain_str(&domain).unwrap_or_default();
            field.report(
                format!("\"{name}\" is part of a registrable domain"),
                Some(format!("write \"{registrable}\": a publisher is one domain with all its hosts")),
            );
            continue;
        }
        let Some(section) = field.section() else { continue };
        let own = DomainLimits {
            spacing: section.or("spacing", general.spacing, spacing),
            concurrency: section.or("concurrency", general.concurrency, domain_concurrency),
        };
        limits.insert(domain, own);
    }
    limits
}

fn web(table: Option<&Section<'_>>) -> WebConfig {
    const LOGIN: [(&str, LoginRule); 3] = [("auto", LoginRule::Auto), ("required", LoginRule::Required), ("off", LoginRule::Off)];
    if let Some(section) = table {
        section.not_yet(&[("tls", "put a proxy that speaks TLS before the pages, and name its address in instance.public_url")]);
        for key in ["users", "password"] {
            if let Some(field) = section.get(key) {
                field.report("accounts are kept in the database, not in files", Some("run `presswatch users add NAME --role reader`".to_owned()));
            }
        }
    }
    let listen = optional(table, "listen", listen).unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 9464)));
    let login = optional(table, "login", |field| {
        let login = field.choice(&LOGIN)?;
        if login == LoginRule::Off && !listen.ip().is_loopback() {
            field.report(
                format!("the pages show watchlists and names: at {} they must ask for a sign-in", listen.ip()),
                Some("write login = \"required\" and run `presswatch users add`, or listen = \"127.0.0.1:9464\"".to_owned()),
            );
            return None;
        }
        Some(login)
    });
    WebConfig {
        enabled: optional(table, "enabled", Field::boolean).unwrap_or(true),
        listen,
        login: login.unwrap_or_default(),
        timezone: optional(table, "timezone", timezone).unwrap_or(TimeZone::UTC),
    }
}

fn timezone(field: &Field<'_>) -> Option<TimeZone> {
    let name = field.text()?;
    let zone = TimeZone::get(name).ok();
    if zone.is_none() {
        field.report(format!("\"{name}\" is no time zone"), Some("write a name of the IANA database, such as \"Asia/Almaty\" or \"UTC\"".to_owned()));
    }
    zone
}

fn listen(field: &Field<'_>) -> Option<SocketAddr> {
    let text = field.text()?;
    let Ok(address) = text.parse::<SocketAddr>() else {
        field.report(format!("\"{text}\" is not an address with a port"), Some("write \"127.0.0.1:9464\" or \"[::1]:9464\"".to_owned()));
        return None;
    };
    Some(address)
}

fn log(table: Option<&Section<'_>>) -> LogConfig {
    const FORMATS: [(&str, LogFormat); 4] =
        [("auto", LogFormat::Auto), ("terminal", LogFormat::Terminal), ("json", LogFormat::Json), ("journald", LogFormat::Journald)];
    LogConfig {
        format: optional(table, "format", |field| field.choice(&FORMATS)).unwrap_or(LogFormat::Auto),
        filter: optional(table, "filter", |field| {
            let text = field.text()?;
            if let Err(error) = EnvFilter::builder().parse(text) {
                field.report(format!("\"{text}\" is not a log filter: {error}"), Some("write \"info\" or \"info,presswatch=debug\"".to_owned()));
                return None;
            }
            Some(text.to_owned())
        })
        .unwrap_or_else(|| "info".to_owned()),
    }
}

fn websub(table: &Section<'_>) -> Option<WebsubConfig> {
    let public_url = table.required("public_url", |field| {
        let url = field.web_address()?;
        if url.query().is_some() || url.fragment().is_some() {
            field.report("must have no query and no fragment: paths are added to it", None);
            return None;
        }
        Some(url)
    });
    let poll_interval = table.or("poll_interval", DAY, |field| field.duration(5 * MINUTE..=DAY));
    Some(WebsubConfig { public_url: public_url?, poll_interval })
}

fn retention(table: Option<&Section<'_>>) -> RetentionConfig {
    let kept = |key, default: u32, least: u32| optional(table, key, |field| field.duration(least * DAY..=3_650 * DAY)).unwrap_or(default * DAY);
    RetentionConfig { stories: kept("stories", 365, 31), fetches: kept("fetches", 30, 1), alerts: kept("alerts", 365, 7) }
}

fn smtp(table: &Section<'_>, directory: &Path) -> Option<SmtpConfig> {
    const SECURITIES: [(&str, SmtpSecurity); 3] =
        [("tls", SmtpSecurity::Tls), ("starttls", SmtpSecurity::Starttls), ("local-plaintext", SmtpSecurity::LocalPlaintext)];
    table.not_yet(&[("openpgp", "mail would go out unencrypted"), ("reply_to", "answers go to the sender")]);
    let security = table.or("security", SmtpSecurity::Tls, |field| field.choice(&SECURITIES));
    let port = match security {
        SmtpSecurity::Tls => 465,
        SmtpSecurity::Starttls => 587,
        SmtpSecurity::LocalPlaintext => 25,
    };
    let port = table.or("port", port, |field| field.integer(1..=u16::MAX));
    let host = table.required("host", |field| {
        let host = field.text()?;
        if security == SmtpSecurity::LocalPlaintext && !is_loopback(host) {
            field.report(
                format!("\"{host}\" is another machine, and security = \"local-plaintext\" would send alerts and names in the clear"),
                Some("write security = \"tls\" (port 465) or \"starttls\" (port 587)".to_owned()),
            );
            return None;
        }
        Some(host.to_owned())
    });
    let username = table.optional("username", |field| field.text().map(str::to_owned));
    let password = table.optional("password", |field| field.secret(directory));
    if table.get("username").is_some() != table.get("password").is_some() {
        table.report("username and password go together: one of them is missing", None);
    }
    let from = table.required("from", |field| {
        let text = field.text()?;
        if let Err(error) = text.parse::<Mailbox>() {
            let hint = "write \"Presswatch <presswatch@ngo.example>\" or the address alone".to_owned();
            field.report(format!("\"{text}\" is not a sender: {}", error.to_string().to_lowercase()), Some(hint));
            return None;
        }
        Some(text.to_owned())
    });
    let timeout = table.or("timeout", Duration::from_secs(30), |field| field.duration(Duration::from_secs(1)..=5 * MINUTE));
    Some(SmtpConfig { host: host?, port, security, username, password, from: from?, timeout })
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
