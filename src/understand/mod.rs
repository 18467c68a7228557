//! What a story says: its article text, its language, its copies, its labels.
//!
//! In: what gather read. Out: drafts and verdicts. Pure: no async, no clock, no I/O, no logging; warnings are return values.

pub mod extract;
pub mod language;
pub mod normalize;
pub mod dedupe;
pub mod classify;
pub mod incident;

#[cfg(test)]
mod tests;
