//! `/stories/{id}`: one story with everything known of it, and why we think so.

use std::collections::HashSet;

use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use crate::config::Config;
use crate::model::{Evidence, Field, StoryId};
use crate::store::{AlertFilter, StoredLabel, StoredMatch, StoryDetail};
use crate::web::diff::{self, Kind, Stretch};
use crate::web::failure::Failure;
use crate::web::highlight::{self, Piece, Span, SpanKind};
use crate::web::stories::Item;
use crate::web::view::{self, Section, When};
use crate::web::{WebState, names, visit};

/// So many other reports and copies are shown; all of them are a link away.
const VERSIONS: usize = 8;
const COPIES: usize = 20;
/// Longer texts are shown in part, unless all is asked for: a page should come at once on a telephone.
const TEXT_BYTES: usize = 40_000;
/// Edits that are shown.
const EDITS: usize = 10;

#[derive(Template)]
#[template(path = "story.html")]
struct Page {
    section: Section,
    item: Item,
    title: Vec<Piece>,
    paragraphs: Vec<Vec<Piece>>,
    url: Option<String>,
    /// An address that is no web address: shown, never linked.
    url_text: Option<String>,
    authors: String,
    tags: String,
    section_name: Option<String>,
    /// The address of the picture, as text: showing it would tell the publisher who reads.
    image: Option<String>,
    updated: Option<When>,
    language_confidence: String,
    original: Option<String>,
    labels: Vec<Label>,
    matches: Vec<Matched>,
    /// The text goes on: the page was asked for its beginning.
    cut: bool,
    cluster: String,
    versions: Vec<Item>,
    more_versions: usize,
    copies: Vec<Item>,
    more_copies: usize,
    revisions: Vec<Former>,
    alerts: usize,
    incident: Option<String>,
}

struct Label {
    kind: &'static str,
    class: &'static str,
    name: String,
    /// The same label as a filter.
    href: String,
    role: String,
    score: String,
    evidence: Vec<Place>,
}

struct Matched {
    id: String,
    name: String,
    restricted: bool,
    score: String,
    evidence: Vec<Place>,
}

struct Place {
    text: String,
    field: &'static str,
    rule: String,
}

/// What an edit changed.
struct Former {
    revision: i32,
    replaced: When,
    title: String,
    title_diff: Vec<Stretch>,
    text_diff: Vec<Stretch>,
}

/// The keys of a story's page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StoryPageQuery {
    /// `all`: the text to its end.
    text: String,
}

pub async fn show(
    State(state): State<WebState>,
    id: Result<Path<Uuid>, PathRejection>,
    query: Result<Query<StoryPageQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let unknown = || {
        Failure::not_found(
            "There is no such story",
            "It may be past its time (retention.stories), or the address is incomplete. Search for its words instead.",
        )
    };
    let Path(id) = id.map_err(|_| unknown())?;
    let id = StoryId(id);
    let story = state.store.story(id).await?.ok_or_else(unknown)?;
    let alerts = state.store.alerts(&AlertFilter { story: Some(id), ..AlertFilter::default() }).await?;
    let incident = state.store.incident_of(story.summary.cluster).await?;
    let whole = query.is_ok_and(|Query(query)| query.text == "all");
    let mut page = page(story, alerts.len(), whole, &state.config(), Timestamp::now());
    page.incident = incident.map(|id| id.to_string());
    Ok(view::html(&page))
}

fn page(mut story: StoryDetail, alerts: usize, whole: bool, config: &Config, now: Timestamp) -> Page {
    let open: HashSet<&str> = config.watchlists.lists.iter().filter(|list| visit::may_see(list)).map(|list| list.id.as_str()).collect();
    // Where, what, to whom; each with the highest score first, as the store gives them.
    story.labels.sort_by_key(|label| ["country", "topic", "actor"].iter().position(|kind| *kind == label.kind));
    let (mut in_title, mut in_text) = (Vec::new(), Vec::new());
    let mut note = |evidence: &[Evidence], kind: SpanKind, label: &str| {
        for one in evidence {
            match one.field {
                Field::Title => in_title.extend(highlight::span(&story.summary.title, one, kind, label)),
                Field::Text => in_text.extend(highlight::span(&story.body, one, kind, label)),
                Field::Url | Field::Source | Field::Author | Field::Tag => {}
            }
        }
    };
    let labels: Vec<Label> = story.labels.iter().map(|label| shown_label(label, config, &mut note)).collect();
    let matches: Vec<Matched> = story.matches.iter().map(|found| shown_match(found, config, &open, &mut note)).collect();
    let spans: (Vec<Span>, Vec<Span>) = (in_title, in_text);

    let revisions = edits(&story, now);
    let others = story.cluster.iter().filter(|other| other.duplicate_of.is_none()).count();
    let shown = shown_bytes(&story.body, whole);
    let address = story.summary.url.as_deref();
    let url = address.and_then(view::link);
    let (copies, versions) = story.cluster.into_iter().partition::<Vec<_>, _>(|other| other.duplicate_of.is_some());
    let list = |stories: Vec<_>| stories.into_iter().map(|other| Item::new(other, config, now)).collect();
    Page {
        section: Section::Stories,
        title: highlight::lines(&story.summary.title, &spans.0).into_iter().flatten().collect(),
        paragraphs: highlight::lines(story.body.get(..shown).unwrap_or(&story.body), &spans.1)
            .into_iter()
            .filter(|line| line.iter().any(|piece| !piece.text.trim().is_empty()))
            .collect(),
        cut: shown < story.body.len(),
        cluster: story.summary.cluster.to_string(),
        more_versions: others.saturating_sub(VERSIONS),
        url_text: address.filter(|_| url.is_none()).map(str::to_owned),
        url,
        authors: story.authors.join(", "),
        tags: story.tags.join(", "),
        section_name: story.section,
        image: story.image_url,
        updated: story.updated_at.map(|at| When::new(at, now)),
        language_confidence: view::percent(story.language_confidence),
        original: story.summary.duplicate_of.map(|original| original.to_string()),
        labels,
        matches,
        versions: list(versions.into_iter().take(VERSIONS).collect()),
        more_copies: copies.len().saturating_sub(COPIES),
        copies: list(copies.into_iter().take(COPIES).collect()),
        revisions,
        alerts,
        incident: None,
        item: Item::new(story.summary, config, now),
    }
}

/// Where the shown part of a text ends: at a line's end, if there is one.
fn shown_bytes(text: &str, whole: bool) -> usize {
    if whole || text.len() <= TEXT_BYTES {
        return text.len();
    }
    let end = (0..=TEXT_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).and_then(|head| head.rfind('\n')).filter(|at| *at > TEXT_BYTES / 2).unwrap_or(end)
}

/// Each former text against the one that took its place, newest first.
fn edits(story: &StoryDetail, now: Timestamp) -> Vec<Former> {
    let mut newer = (story.summary.title.as_str(), story.body.as_str());
    let mut edits = Vec::new();
    for former in story.revisions.iter().take(EDITS) {
        edits.push(Former {
            revision: former.revision,
            replaced: When::new(former.replaced_at, now),
            title: former.title.clone(),
            title_diff: diff::diff(&former.title, newer.0),
            text_diff: diff::diff(&former.body, newer.1),
        });
        newer = (&former.title, &former.body);
    }
    edits
}

fn shown_label(label: &StoredLabel, config: &Config, note: &mut impl FnMut(&[Evidence], SpanKind, &str)) -> Label {
    let (kind, span, name) = match label.kind.as_str() {
        "country" => ("country", SpanKind::Country, names::country(&label.value)),
        "topic" => ("topic", SpanKind::Topic, names::label(config, &label.value)),
        _ => ("actor", SpanKind::Actor, names::label(config, &label.value)),
    };
    note(&label.evidence, span, &name);
    Label {
        kind,
        class: span.class(),
        href: crate::web::query::address("/stories", &[(kind, label.value.as_str())]),
        name,
        role: label.role.clone(),
        score: view::percent(label.score),
        evidence: places(&label.evidence),
    }
}

/// Of a restricted list (and of one that the configuration no longer describes) neither the name nor the places are shown: they would tell its terms.
fn shown_match(found: &StoredMatch, config: &Config, open: &HashSet<&str>, note: &mut impl FnMut(&[Evidence], SpanKind, &str)) -> Matched {
    let restricted = !open.contains(found.watchlist.as_str());
    let known = config.watchlists.lists.iter().find(|list| list.id.as_str() == found.watchlist);
    let name = known.filter(|_| !restricted).map_or_else(|| found.watchlist.clone(), |list| list.name.clone());
    if !restricted {
        note(&found.evidence, SpanKind::Watchlist, &name);
    }
    Matched {
        id: found.watchlist.clone(),
        name,
        restricted,
        score: view::percent(found.score),
        evidence: if restricted { Vec::new() } else { places(&found.evidence) },
    }
}

/// Each text and rule once.
fn places(evidence: &[Evidence]) -> Vec<Place> {
    let mut seen = HashSet::new();
    evidence
        .iter()
        .filter(|one| seen.insert((one.field, one.text.as_str(), one.rule.as_str())))
        .map(|one| Place { text: one.text.clone(), field: one.field.as_str(), rule: one.rule.clone() })
        .collect()
}
