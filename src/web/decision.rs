//! What a person writes into a form about an incident, read strictly.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::config::codes;
use crate::model::IncidentStatus;
use crate::store::{Decision, IncidentField};

/// Longer values are no corrections.
const LIMIT_BYTES: usize = 2_000;

/// A correction of a field, or, with an empty value, its end. Lists are parted by `|` or line ends.
///
/// # Errors
/// What is wrong, and what would be right.
pub fn correction(field: &str, value: &str) -> Result<Decision, String> {
    let names = IncidentField::ALL.map(IncidentField::as_str).join(", ");
    let field = IncidentField::parse(field).ok_or_else(|| format!("there is no field {field:?} to correct: use one of {names}"))?;
    let value = value.trim();
    if value.is_empty() {
        return Ok(Decision::Uncorrect(field));
    }
    if value.len() > LIMIT_BYTES {
        return Err(format!("the value is longer than {LIMIT_BYTES} bytes: shorten it"));
    }
    let id = |text: &str| -> Result<String, String> {
        let known = !text.is_empty() && text.len() <= 80 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        known.then(|| text.to_owned()).ok_or_else(|| format!("{text:?} is no id of topics.toml: write one such as arrest_detention or journalist"))
    };
    let parts = || value.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let value: Value = match field {
        IncidentField::Title | IncidentField::Place => json!(value),
        IncidentField::Topic => json!(id(value)?),
        IncidentField::Country => {
            let code =
                codes::country(value).map_err(|hint| hint.unwrap_or_else(|| format!("{value:?} is no country: use two letters, such as KZ")))?;
            json!(code.to_string())
        }
        IncidentField::Date => json!(value.parse::<Date>().map_err(|_| format!("{value:?} is no day: write one such as 2026-05-04"))?.to_string()),
        IncidentField::Status => {
            let status = IncidentStatus::parse(value).ok_or_else(|| format!("{value:?} is no status: use open, released or contradicted"))?;
            json!(status.as_str())
        }
        IncidentField::Actors => json!(parts().map(id).collect::<Result<Vec<_>, _>>()?),
        IncidentField::Persons => json!(parts().collect::<Vec<_>>()),
    };
    Ok(Decision::Correct(field, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_strictly() {
        let good = |field: &str, text: &str, expect: Value| match correction(field, text) {
            Ok(Decision::Correct(_, value)) => assert_eq!(value, expect, "{field}={text}"),
            other => panic!("{field}={text}: {other:?}"),
        };
        good("country", " kz ", json!("KZ"));
        good("date", "2026-05-04", json!("2026-05-04"));
        good("persons", "Marta Olsen | Ли Вэй\n", json!(["Marta Olsen", "Ли Вэй"]));
        good("actors", "journalist|media_outlet", json!(["journalist", "media_outlet"]));
        good("status", "released", json!("released"));
        for (field, text) in
            [("country", "Kazakhstan"), ("date", "yesterday"), ("status", "closed"), ("topic", "Killing!"), ("rumor", "x"), ("actors", "a b")]
        {
            assert!(correction(field, text).is_err(), "{field}={text}");
        }
        assert_eq!(correction("place", "  "), Ok(Decision::Uncorrect(IncidentField::Place)));
    }
}
