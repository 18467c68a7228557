//! What tests share: scratch folders, databases on a real server, and plain values.
#![allow(dead_code, reason = "each theme uses a part")]

mod database;
pub mod folder;
pub mod pipeline;
pub mod proxy;
pub mod server;
pub mod tls;
pub mod values;

pub use database::{TestDatabase, database, empty_database};
pub use folder::ScratchFolder;
