//! From a source to raw items.
//!
//! [`fetch`] is the edge: conditional requests, politeness, what a status means. [`parse`] is pure: bytes in, [`crate::model::Parsed`]
//! out, whatever the bytes are. [`schedule`] (when to ask again), [`health`] (how a source does) and [`identity`] (whether it is still
//! its publisher that answers) are pure.

pub mod fetch;
pub mod parse;
pub mod health;
pub mod identity;
pub mod schedule;
