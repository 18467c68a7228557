//! presswatch: watches the world's news for attacks on journalists, media and political opposition.
//!
//! The way of a story, room by room (ARCHITECTURE.md has the whole picture):
//!
//! ```text
//! config   sources, watchlists, channels, topics
//! gather   fetch -> Document, parse -> RawItem
//! understand  extract -> Article, normalize -> StoryDraft, classify -> Classification, dedupe -> Verdict
//! watch    match -> Match
//! alert    compose -> NewAlert, send -> DeliveryOutcome
//! store    story, labels, matches and outbox rows in one transaction
//! ```
//!
//! *Invariant:* a story and the alerts it causes are committed together or not at all.
//! *Invariant:* network input is data with warnings, never a reason to stop.

pub mod model;
pub mod text;
pub mod config;
pub mod net;
pub mod gather;
pub mod understand;
pub mod watch;
pub mod alert;
pub mod store;
pub mod pipeline;
pub mod web;
pub mod daemon;
pub mod demo;
pub mod cli;
