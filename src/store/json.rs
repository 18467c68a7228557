//! What is kept as JSON: evidence here, the content of alerts in [`content`]. The model knows no serde, so its shapes are written down there.
//!
//! *Invariant:* what an older version wrote can be read: new keys take a default.

pub(in crate::store) mod content;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Evidence, Field, Priority};
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
struct EvidenceRow<'a> {
    field: Cow<'a, str>,
    start: usize,
    end: usize,
    text: Cow<'a, str>,
    rule: Cow<'a, str>,
}

/// `[{field, start, end, text, rule}]`; offsets are UTF-8 bytes.
pub(in crate::store) fn evidence_to_json(evidence: &[Evidence]) -> Value {
    let rows = evidence.iter().map(|one| EvidenceRow {
        field: one.field.as_str().into(),
        start: one.start,
        end: one.end,
        text: one.text.as_str().into(),
        rule: one.rule.as_str().into(),
    });
    Value::Array(rows.filter_map(|row| serde_json::to_value(row).ok()).map(without_nul).collect())
}

/// The inverse of [`evidence_to_json`].
pub(in crate::store) fn evidence_from_json(value: &Value) -> Result<Vec<Evidence>, StoreError> {
    let rows = Vec::<EvidenceRow<'_>>::deserialize(value).map_err(|error| StoreError::unreadable(format!("evidence: {error}")))?;
    rows.into_iter()
        .map(|row| {
            let field = field(&row.field).ok_or_else(|| StoreError::unreadable(format!("evidence in field {:?}", row.field)))?;
            Ok(Evidence { field, start: row.start, end: row.end, text: row.text.into_owned(), rule: row.rule.into_owned() })
        })
        .collect()
}

fn field(name: &str) -> Option<Field> {
    [Field::Title, Field::Text, Field::Url, Field::Source, Field::Author, Field::Tag].into_iter().find(|field| field.as_str() == name)
}

/// The priority of that name.
pub(in crate::store) fn priority(name: &str) -> Option<Priority> {
    Priority::ALL.iter().find(|(_, known)| *known == name).map(|(priority, _)| *priority)
}

/// `jsonb` refuses the escaped NUL as `text` refuses the plain one.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "\u{FFFD}")),
        Value::Array(values) => Value::Array(values.into_iter().map(without_nul).collect()),
        Value::Object(values) => Value::Object(values.into_iter().map(|(key, value)| (key, without_nul(value))).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_comes_back_and_loses_nul_only() {
        let one = |text: &str| Evidence { field: Field::Author, start: 3, end: 9, text: text.to_owned(), rule: "city".to_owned() };
        assert_eq!(evidence_from_json(&evidence_to_json(&[one("Алматы"), one("a\0b")])).unwrap(), [one("Алматы"), one("a\u{FFFD}b")]);
        assert!(evidence_from_json(&serde_json::json!([{ "field": "soul" }])).is_err());
    }
}
