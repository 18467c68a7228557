//! From TOML files to one validated [`Config`]: all faults at once, each with file, line, key and a hint.
//!
//! Enters: a directory (`presswatch.toml`, `sources.d/`, `watchlists.d/`, `topics.toml`). Leaves: [`Config`] or a list of
//! [`crate::model::Problem`]. Deliberately absent: query parsing (watch) and selectors (gather), which report problems of the same type.
//!
//! *Invariant:* a directory with one error yields no configuration at all.

pub mod secret;
mod settings;
mod watchlists;
mod topics;

pub use settings::{
    Config, DatabaseConfig, GatherConfig, InstanceConfig, LogConfig, LogFormat, NetworkConfig, Password, RetentionConfig, SmtpConfig, SmtpSecurity,
    WebConfig,
};
pub use topics::{LexiconEntry, TopicDefinition, TopicsConfig};
pub use watchlists::{
    AlertPolicy, Channel, ChannelKind, GroupBy, Payload, Person, QueryText, SurnameAlone, Variants, WatchFold, Watchlist, Watchlists,
};
