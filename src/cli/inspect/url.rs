//! `presswatch inspect url`.

use serde_json::Value;

use crate::cli::inspect::Input;

/// Answers one JSON line.
pub fn answer(_input: &Input) -> Result<Value, String> {
    Err("being written".to_owned())
}

/// Describes a file's content for a person.
pub fn describe(_input: &Input) -> Result<String, String> {
    Err("being written".to_owned())
}
