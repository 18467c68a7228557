//! How much of a document is taken, and which addresses.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use url::Url;

use crate::gather::parse::charset::is_xml_char;

/// The newest stand first: what comes later is history.
pub(super) const ITEM_LIMIT: usize = 5000;
pub(super) const TITLE_LIMIT_BYTES: usize = 1024;
pub(super) const URL_LIMIT_BYTES: usize = 8192;
/// Ids beyond are kept as their hash, so that a database may index them.
pub(super) const ID_LIMIT_BYTES: usize = 1024;
pub(super) const CATEGORY_LIMIT: usize = 64;
pub(super) const AUTHOR_LIMIT: usize = 32;

/// An address that a person may be sent to: http or https, resolved, not too long.
pub(super) fn http_url(text: &str, base: &Url) -> Option<Url> {
    let text = text.trim();
    if text.is_empty() || text.len() > URL_LIMIT_BYTES {
        return None;
    }
    base.join(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.as_str().len() <= URL_LIMIT_BYTES)
}

/// Text without what a database refuses; a JSON string may hold anything.
pub(super) fn storable(text: String) -> String {
    if text.chars().all(is_xml_char) { text } else { text.chars().filter(|c| is_xml_char(*c)).collect() }
}

/// An id of bearable length.
pub(super) fn bounded_id(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    Some(if text.len() <= ID_LIMIT_BYTES { text.to_owned() } else { hashed_id(&[text]) })
}

/// An id that is the same at each reading, from what the item says.
pub(super) fn hashed_id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut id = String::from("sha256:");
    for byte in hash.finalize() {
        let _ = write!(id, "{byte:02x}"); // a string takes everything
    }
    id
}
