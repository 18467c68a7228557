//! Watchlists: which lists a story meets, and the places that say so.
//!
//! Enters: validated [`crate::config::Watchlists`], then one [`Document`] after another. Leaves: [`crate::model::Match`]es with evidence.
//! Deliberately absent: alerts, sending, storage, clocks. docs/decisions/0041 to 0044 give the reasons.
//!
//! A story is split into words once; an index of stems tells which words of any list occur; only lists whose rarest word occurs are evaluated.
//!
//! *Invariant:* evidence is given in bytes of the field as the document gave it.
//! *Invariant:* for a restricted list no rule text carries a term or a name: a person is named by the reference alone.

mod archive;
mod code;
mod compile;
mod evaluate;
mod filter;
mod forms;
mod hash;
mod hits;
mod index;
mod names;
mod near_miss;
mod outline;
mod person;
mod preview;
mod query;
mod score;
mod search;
mod set;
mod stems;
mod story;
mod variants;
mod wait;
mod words;

pub use archive::ArchiveQuery;
pub use near_miss::NearMiss;
pub use outline::outline;
pub use preview::{ListPreview, Preview};
pub use search::search_terms;
pub use set::WatchlistSet;
pub use story::Document;
pub use variants::{NameVariants, variants};
