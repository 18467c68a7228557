//! `presswatch inspect match`.

use std::path::Path;

use serde_json::Value;

use crate::cli::inspect::Input;

/// A compiled set of watchlists.
#[derive(Debug)]
pub struct Matcher {}

impl Matcher {
    /// Loads the watchlists of one file.
    pub fn load(_file: &Path) -> anyhow::Result<Self> {
        anyhow::bail!("being written")
    }

    /// Answers one JSON line.
    pub fn answer(&self, _input: &Input) -> Result<Value, String> {
        Err("being written".to_owned())
    }

    /// Describes a text's matches for a person.
    pub fn describe(&self, _input: &Input) -> Result<String, String> {
        Err("being written".to_owned())
    }
}
