//! Corrections of an incident's fields, laid over what reports say when it is read.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::model::{IncidentStatus, Named};
use crate::store::Incident;

/// A field that a person may correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Title,
    Topic,
    Country,
    Place,
    Date,
    Status,
    Actors,
    Persons,
}

impl Field {
    /// All of them, in the order of pages.
    pub const ALL: [Self; 8] = [Self::Title, Self::Topic, Self::Country, Self::Place, Self::Date, Self::Status, Self::Actors, Self::Persons];

    /// The name in the database, JSON and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Topic => "topic",
            Self::Country => "country",
            Self::Place => "place",
            Self::Date => "date",
            Self::Status => "status",
            Self::Actors => "actors",
            Self::Persons => "persons",
        }
    }

    /// The inverse of [`as_str`](Self::as_str).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// Several values, one beside the other.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Actors | Self::Persons)
    }
}

/// A correction that is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    pub field: Field,
    /// What is shown.
    pub value: Value,
    /// What reports say: text, or an array.
    pub reported: Value,
    pub by: String,
    pub at: Timestamp,
}

/// Lays a value over a field, and gives back what stood there. A value that does not fit the field (of another version) changes nothing.
pub(super) fn lay_over(incident: &mut Incident, field: Field, value: &Value) -> Value {
    let text = value.as_str().map(str::to_owned);
    let list = || -> Vec<String> { value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect() };
    let optional = |old: &mut Option<String>| {
        let new = text.clone().filter(|text| !text.is_empty());
        std::mem::replace(old, new).map_or(Value::Null, Value::String)
    };
    match field {
        Field::Title => text.map_or(Value::Null, |text| Value::String(std::mem::replace(&mut incident.title, text))),
        Field::Topic => {
            let Some(text) = text else { return Value::Null };
            incident.other_topics.retain(|topic| *topic != text);
            Value::String(std::mem::replace(&mut incident.topic, text))
        }
        Field::Country => optional(&mut incident.country),
        Field::Place => optional(&mut incident.place),
        Field::Date => {
            let Some(date) = text.and_then(|text| text.parse::<Date>().ok()) else { return Value::Null };
            "corrected".clone_into(&mut incident.date_basis);
            Value::String(std::mem::replace(&mut incident.date, date).to_string())
        }
        Field::Status => {
            let Some(status) = text.as_deref().and_then(IncidentStatus::parse) else { return Value::Null };
            Value::String(std::mem::replace(&mut incident.status, status).as_str().to_owned())
        }
        Field::Actors => std::mem::replace(&mut incident.actors, list()).into(),
        Field::Persons => {
            // Who is still named keeps what reports say of the name.
            let named: Vec<Named> = list()
                .into_iter()
                .map(|value| {
                    let known = incident.persons.iter().find(|person| person.value == value).cloned();
                    known.unwrap_or_else(|| Named { key: String::new(), count: None, publishers: 0, value })
                })
                .collect();
            std::mem::replace(&mut incident.persons, named).into_iter().map(|person| person.value).collect::<Vec<_>>().into()
        }
    }
}
