//! The OpenAPI 3.1 document, made from the table of operations and the records that they answer with.

use serde_json::{Map, Value, json};

use crate::web::api::schema::{Schema, described};

/// A key of an address.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    pub name: &'static str,
    pub about: &'static str,
    pub kind: Kind,
}

/// A moment and an id.
const PLACE: &str = "^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?Z_\
    [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/// What a key may say.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Text,
    /// Of two letters.
    Country,
    Language,
    /// Id of a topic or actor.
    LabelId,
    /// Id of a source or watchlist.
    Slug,
    Day,
    Uuid,
    Choice(&'static [&'static str]),
    Limit,
    /// Where a list of clusters goes on.
    Place,
}

impl Kind {
    fn schema(self) -> Value {
        match self {
            Self::Text => json!({ "type": "string", "minLength": 1, "maxLength": 1000 }),
            Self::Country => json!({ "type": "string", "pattern": "^[A-Za-z]{2}$", "examples": ["KZ"] }),
            Self::Language => json!({ "type": "string", "pattern": "^[a-z]{2,3}$", "examples": ["ru"] }),
            Self::LabelId => json!({ "type": "string", "pattern": "^[a-z0-9_]{1,80}$", "examples": ["arrest_detention"] }),
            Self::Slug => json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,79}$" }),
            Self::Day => json!({ "type": "string", "format": "date", "examples": ["2026-05-04"] }),
            Self::Uuid => json!({ "type": "string", "format": "uuid" }),
            Self::Choice(values) => json!({ "type": "string", "enum": values }),
            Self::Limit => json!({ "type": "integer", "minimum": 1, "maximum": 50, "default": 50 }),
            Self::Place => json!({ "type": "string", "pattern": PLACE }),
        }
    }
}

/// One thing that can be asked.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub path: &'static str,
    pub id: &'static str,
    pub summary: &'static str,
    pub scope: &'static str,
    /// In the path.
    pub of: Option<Parameter>,
    pub query: &'static [Parameter],
    /// The schema of the answer.
    pub answer: fn() -> Value,
    pub collect: fn(&mut Map<String, Value>),
    pub media: &'static str,
}

/// A page of a list, as it is written.
pub fn page<T: Schema>() -> Value {
    json!({
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": Vec::<T>::schema(),
            "next": described(Option::<String>::schema(), "The address of what follows; null at the end."),
        },
    })
}

/// The whole document.
pub fn document(operations: &[Operation]) -> Value {
    let mut records = Map::new();
    let mut paths = Map::new();
    for operation in operations {
        (operation.collect)(&mut records);
        let parameter = |one: &Parameter, place: &str| json!({ "name": one.name, "in": place, "description": one.about, "required": place == "path", "schema": one.kind.schema() });
        let parameters: Vec<Value> =
            operation.of.iter().map(|one| parameter(one, "path")).chain(operation.query.iter().map(|one| parameter(one, "query"))).collect();
        let mut responses = json!({
            "200": {
                "description": "What was asked for.",
                "headers": { "ETag": { "description": "Send it back as If-None-Match.", "schema": { "type": "string" } } },
                "content": { operation.media: { "schema": (operation.answer)() } },
            },
            "304": { "description": "Nothing has changed since the ETag that was sent." },
        });
        if operation.media != "application/json" {
            responses = json!({ "200": { "description": "A stream that does not end.", "content": { operation.media: { "schema": (operation.answer)() } } } });
        }
        if let Some(all) = responses.as_object_mut() {
            for (status, about) in [
                ("400", "A key cannot be read, or is none of those above."),
                ("401", "No token and no session."),
                ("403", "The token has not this scope."),
                ("404", "There is no such record."),
                ("405", "These addresses can be read only."),
                ("429", "Too many listen already."),
                ("503", "The database does not answer."),
            ] {
                let content = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
                all.insert(status.to_owned(), json!({ "description": about, "content": content }));
            }
        }
        let about = json!({
            "get": {
                "operationId": operation.id,
                "summary": operation.summary,
                "description": format!("Scope: `{}`.", operation.scope),
                "parameters": parameters,
                "responses": responses,
                "security": [{ "token": [operation.scope] }],
            }
        });
        paths.insert(operation.path.to_owned(), about);
    }
    records.insert(
        "Problem".to_owned(),
        json!({
            "type": "object",
            "description": "Why there is no answer (RFC 9457).",
            "required": ["type", "title", "status"],
            "properties": {
                "type": { "type": "string" },
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "detail": { "type": "string", "description": "What to do." },
            },
        }),
    );
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "presswatch",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the pages show, for programs. Lists are newest first and continue at `next`; a later version may add keys, it changes none.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": records,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "Made by `presswatch tokens add`." },
            },
        },
    })
}
