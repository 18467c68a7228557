//! How much a match says: by where its best evidence stands, and by how a person is named.

use crate::model::Field;
use crate::watch::query::Scope;
use crate::watch::story::{Span, Story};

/// The headline is what a story is about; its first paragraph says it again; further down is often background.
const TITLE: f32 = 1.0;
const LEAD: f32 = 0.85;
const BODY: f32 = 0.7;
/// An address, a source or a tag is no statement.
const OTHER: f32 = 0.6;
/// Labels alone: the classifier's word, not the list's.
pub const LABELS_ONLY: f32 = 0.5;

/// The weight of a place.
pub fn of_place(story: &Story<'_>, span: Span) -> f32 {
    match span.field {
        Field::Title => TITLE,
        Field::Text if story.is_in(span, Scope::Lead) => LEAD,
        Field::Text => BODY,
        Field::Url | Field::Source | Field::Author | Field::Tag => OTHER,
    }
}
