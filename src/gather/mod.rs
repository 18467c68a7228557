//! From a source to raw items.
//!
//! [`fetch`] is the edge: conditional requests, politeness, what a status means. [`parse`] is pure: bytes in, [`crate::model::Parsed`]
//! out, whatever the bytes are. [`schedule`] is pure: when to ask again.

pub mod fetch;
pub mod parse;
pub mod schedule;
