//! What tests share: scratch folders and databases on a real server.
#![allow(dead_code, reason = "each theme uses a part")]

mod database;
mod folder;

pub use database::{TestDatabase, database, empty_database};
pub use folder::ScratchFolder;
