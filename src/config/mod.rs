//! From TOML files to one validated [`Config`]: all faults at once, each with file, line, key and a hint.
//!
//! Enters: a directory (`presswatch.toml`, `sources.d/`, `watchlists.d/`, `topics.toml`). Leaves: [`Config`] or a list of
//! [`crate::model::Problem`]. Deliberately absent: query parsing (watch) and selectors (gather), which report problems of the same type.
//!
//! [`examine`] also returns warnings; [`load`] is the same for those who want a configuration or nothing.
//!
//! *Invariant:* a directory with one error yields no configuration at all.

pub mod secret;
pub mod access;
pub mod channels;
pub mod template;
mod settings;
mod alerting;
mod watchlists;
pub mod topics;
mod toml_file;
mod toml_field;
pub mod units;
pub mod codes;
mod read;
pub mod defaults;
pub mod entry;
pub mod opml;
mod outline;

pub use access::{Accesses, HeaderText, Login, NetworkPath, RobotsRule, Route, SourceAccess};
pub use alerting::{
    AlertMode, AlertPolicy, BurstPolicy, DigestEvery, DigestPolicy, DigestSort, EscalatePolicy, GroupBy, HeartbeatConfig, Hold, OperatorConfig,
    QuietHours, RateLimit, RepeatPolicy, UpdatePolicy,
};
pub use channels::{Address, Channel, ChannelKind, Format, KeyFile, Payload, Webhook};
pub use read::{
    Examined, MAIN_FILE, Readable, SOURCES_DIRECTORY, TOPICS_FILE, WATCHLISTS_DIRECTORY, examine, load, load_topics, load_watchlists, read_sources,
};
pub use secret::{Secret, SecretError, SecretRef};
pub use settings::{
    Config, DatabaseConfig, DomainLimits, GatherConfig, InstanceConfig, LogConfig, LogFormat, LoginRule, NetworkConfig, Password, RetentionConfig,
    SmtpConfig, SmtpSecurity, WebConfig, WebsubConfig,
};
pub use toml_field::parse_web_address;
pub use topics::{LexiconEntry, TopicDefinition, TopicsConfig};
pub use watchlists::{Person, QueryText, SurnameAlone, Variants, WatchFold, Watchlist, Watchlists};
