//! `presswatch inspect language`.

use serde_json::{Value, json};

use crate::cli::inspect::Input;
use crate::model::Language;
use crate::understand::language::detect;

/// Answers one JSON line. `lang` in the line is taken as the declared language.
pub fn answer(input: &Input) -> Result<Value, String> {
    let text = input.text("text").ok_or("the line has no \"text\"")?;
    let declared = input.text("lang").and_then(Language::parse);
    let found = detect(declared.as_ref(), text);
    Ok(json!({ "lang": found.language.as_str(), "confidence": rounded(found.confidence) }))
}

/// Describes a file's language for a person.
pub fn describe(input: &Input) -> Result<String, String> {
    let bytes = input.bytes()?;
    let found = detect(None, &String::from_utf8_lossy(&bytes));
    Ok(format!("language    {}\nconfidence  {:.2}\nreason      {}", found.language, found.confidence, found.reason))
}

/// Three digits are enough for a reader.
fn rounded(confidence: f32) -> f64 {
    (f64::from(confidence) * 1000.0).round() / 1000.0
}
