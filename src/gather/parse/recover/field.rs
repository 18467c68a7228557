//! What an element is for.

use crate::gather::parse::recover::name::{Name, Space};

/// What is wanted of an element's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    /// Of a picture or film: the item's where it has none.
    MediaTitle,
    Link,
    Id,
    Summary,
    /// Of a picture or film, or for a podcast player: counts where there is no other.
    WeakSummary,
    Content,
    Published,
    Updated,
    Created,
    Author,
    PersonName,
    PersonEmail,
    Category,
    Keywords,
    Language,
    Rhythm(RhythmPart),
}

/// What a feed says about how often to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RhythmPart {
    Minutes,
    Period,
    Frequency,
    SkippedHour,
    SkippedDay,
}

/// A part whose fields are not those of the item around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mute {
    Part,
    Person,
}

pub(super) fn is_item(name: &Name) -> bool {
    name.space == Space::Core && matches!(name.local.as_str(), "item" | "entry")
}

/// An element that only feeds have.
pub(super) fn is_root(name: &Name) -> bool {
    match name.space {
        Space::Core => matches!(name.local.as_str(), "rss" | "rdf" | "feed" | "channel"),
        Space::Rdf => name.local == "rdf",
        _ => false,
    }
}

pub(super) fn mute_of(name: &Name, in_item: bool) -> Option<Mute> {
    if name.space != Space::Core {
        return None;
    }
    match name.local.as_str() {
        "author" | "contributor" => Some(Mute::Person),
        "image" | "textinput" => Some(Mute::Part),
        "source" if in_item => Some(Mute::Part),
        _ => None,
    }
}

pub(super) fn field_of(name: &Name) -> Option<Field> {
    let field = match (name.space, name.local.as_str()) {
        (Space::Core | Space::Dublin, "title") => Field::Title,
        (Space::Media, "title") => Field::MediaTitle,
        (Space::Core, "link") => Field::Link,
        (Space::Core, "guid" | "id") => Field::Id,
        (Space::Core, "description" | "summary") | (Space::Dublin, "description" | "abstract") => Field::Summary,
        (Space::Core, "abstract") | (Space::Media, "description") | (Space::Itunes, "summary" | "subtitle") => Field::WeakSummary,
        (Space::Core, "content" | "body" | "fullitem") | (Space::Content, "encoded") | (Space::Xhtml, "body" | "div") => Field::Content,
        (Space::Core, "pubdate" | "published" | "issued") | (Space::Dublin, "issued") => Field::Published,
        (Space::Core, "updated" | "modified" | "lastbuilddate") | (Space::Dublin, "date" | "modified") => Field::Updated,
        (Space::Core | Space::Dublin, "created") => Field::Created,
        (Space::Dublin, "creator" | "author") | (Space::Itunes, "author") => Field::Author,
        (Space::Core | Space::Itunes, "category") | (Space::Dublin, "subject") => Field::Category,
        (Space::Core | Space::Media | Space::Itunes, "keywords") => Field::Keywords,
        (Space::Core | Space::Dublin, "language") => Field::Language,
        (Space::Core, "ttl") => Field::Rhythm(RhythmPart::Minutes),
        (Space::Syndication, "updateperiod") => Field::Rhythm(RhythmPart::Period),
        (Space::Syndication, "updatefrequency") => Field::Rhythm(RhythmPart::Frequency),
        (Space::Core, "hour") => Field::Rhythm(RhythmPart::SkippedHour),
        (Space::Core, "day") => Field::Rhythm(RhythmPart::SkippedDay),
        _ => return None,
    };
    Some(field)
}

/// True when an element cannot stand in the one that is read: the end of that one was lost.
pub(super) fn starts_anew(inside: Field, name: &Name) -> bool {
    if matches!(name.space, Space::Dublin | Space::Content) {
        return true;
    }
    if name.space != Space::Core {
        return false;
    }
    match name.local.as_str() {
        // Names that no markup has.
        "item" | "entry" | "guid" | "pubdate" | "published" | "updated" | "issued" | "modified" => true,
        // Names that markup may have, in a field that holds none.
        "id" | "link" | "title" | "description" | "summary" | "content" | "author" | "category" | "comments" | "enclosure" | "source" => {
            !matches!(inside, Field::Summary | Field::WeakSummary | Field::Content)
        }
        _ => false,
    }
}
