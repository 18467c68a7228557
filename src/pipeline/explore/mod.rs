//! How a site can be listened to: its feeds, its sitemaps, lists of links in its page. Stores nothing.

mod finding;
mod probe;

pub use finding::{Finding, Kind};
pub use probe::{Explored, Probe, Tried, unlisted};
