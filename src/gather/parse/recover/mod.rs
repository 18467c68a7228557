//! The recovering reader: what a feed says, whatever is wrong with it.
//!
//! Enters: decoded text. Leaves: [`Parsed`]. Linear in the length of the text, no recursion, no failure.

mod field;
mod item;
mod json;
mod keep;
mod name;
mod rhythm;
pub(super) mod scan;
mod value;
mod xml;

use url::Url;

use crate::model::Parsed;

/// Reads a feed of any kind.
pub(super) fn read(text: &str, base: &Url) -> Parsed {
    if text.trim_start().starts_with(['{', '[']) { json::read(text, base) } else { xml::read(text, base) }
}

#[cfg(test)]
mod tests;
