//! What the API answers with, described once: the type, how it is written, and its JSON Schema.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A type that can say what its JSON looks like.
pub trait Schema {
    /// Its JSON Schema (2020-12, as OpenAPI 3.1 has it); of a record, a reference to it.
    fn schema() -> Value;

    /// Adds the records that it is made of.
    fn collect(_records: &mut Map<String, Value>) {}
}

macro_rules! plain {
    ($($kind:ty => $schema:tt),* $(,)?) => {$(
        impl Schema for $kind {
            fn schema() -> Value {
                json!($schema)
            }
        }
    )*};
}

plain! {
    String => {"type": "string"},
    &'static str => {"type": "string"},
    bool => {"type": "boolean"},
    i16 => {"type": "integer", "format": "int32"},
    i32 => {"type": "integer", "format": "int32"},
    i64 => {"type": "integer", "format": "int64"},
    u32 => {"type": "integer", "minimum": 0, "format": "int64"},
    u64 => {"type": "integer", "minimum": 0, "format": "int64"},
    usize => {"type": "integer", "minimum": 0, "format": "int64"},
    f32 => {"type": "number", "format": "float"},
    f64 => {"type": "number", "format": "double"},
    Uuid => {"type": "string", "format": "uuid"},
    Timestamp => {"type": "string", "format": "date-time"},
    Date => {"type": "string", "format": "date"},
    Value => {"type": ["string", "array", "null"]},
}

impl<T: Schema> Schema for Vec<T> {
    fn schema() -> Value {
        json!({ "type": "array", "items": T::schema() })
    }

    fn collect(records: &mut Map<String, Value>) {
        T::collect(records);
    }
}

impl<T: Schema> Schema for Option<T> {
    fn schema() -> Value {
        json!({ "anyOf": [T::schema(), { "type": "null" }] })
    }

    fn collect(records: &mut Map<String, Value>) {
        T::collect(records);
    }
}

/// Makes a struct that is written as JSON and describes itself; the descriptions are its documentation.
macro_rules! record {
    ($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $doc:literal])+ $field:ident: $kind:ty,)+ }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $kind,)+
        }

        impl $crate::web::api::schema::Schema for $name {
            fn schema() -> serde_json::Value {
                serde_json::json!({ "$ref": concat!("#/components/schemas/", stringify!($name)) })
            }

            fn collect(records: &mut serde_json::Map<String, serde_json::Value>) {
                if records.contains_key(stringify!($name)) {
                    return;
                }
                records.insert(stringify!($name).to_owned(), serde_json::Value::Null);
                let mut properties = serde_json::Map::new();
                $(
                    let schema = $crate::web::api::schema::described(<$kind as $crate::web::api::schema::Schema>::schema(), concat!($($doc),+));
                    properties.insert(stringify!($field).to_owned(), schema);
                    <$kind as $crate::web::api::schema::Schema>::collect(records);
                )+
                records.insert(stringify!($name).to_owned(), serde_json::json!({
                    "type": "object",
                    "description": concat!($($about),+).trim(),
                    "properties": properties,
                    "required": [$(stringify!($field)),+],
                }));
            }
        }
    };
}

pub(crate) use record;

/// A schema with its description.
pub fn described(schema: Value, description: &str) -> Value {
    let mut schema = schema;
    if let Some(object) = schema.as_object_mut() {
        object.insert("description".to_owned(), description.trim().into());
    }
    schema
}
