//! Read queries for pages and lists. Writes nothing, decides nothing.
//!
//! *Invariant:* every list is bounded, and continues from the last id it showed (keyset), never by counting rows off.

mod alerts;
mod archive;
mod clusters;
mod coverage;
mod facets;
mod filter;
mod labels;
mod sources;
mod stories;
mod watchlists;
mod words;

pub use alerts::{AlertCount, AlertFilter, AlertRow, AttemptRow, DeliveryRow};
pub use archive::{ARCHIVE_PIECE, ArchivedStory};
pub use clusters::ClusterSummary;
pub use coverage::{SourceChange, SourceStanding};
pub use facets::{COUNTED, FACETS_OF, Facet, Facets};
pub use filter::{CountryPart, StoryFilter};
pub use labels::LabeledText;
pub use sources::{FetchRow, SourceRow};
pub use stories::{Revision, StoredLabel, StoredMatch, StoryDetail, StorySummary};
pub use watchlists::WatchlistCount;
pub use words::Walk;

/// A list shows at most so many rows at once.
pub const PAGE_ROWS: i64 = 50;
