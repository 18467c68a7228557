//! Lists as feeds and tables: `/stories.atom`, `/stories.json` (JSON Feed 1.1), `/stories.csv`, and the same of incidents.
//!
//! Enters: the filter of the page. Leaves: what the page would list, found by the same queries. Deliberately absent: pictures, markup, and the
//! words of texts that tell of killing or torture.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, LINK};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use serde_json::json;
use url::Url;

use crate::config::Config;
use crate::store::{Incident, StorySummary};
use crate::text::csv;
use crate::web::api::lists::find_stories;
use crate::web::api::with_etag;
use crate::web::failure::Failure;
use crate::web::query::{IncidentQuery, StoryQuery};
use crate::web::record::Form;
use crate::web::{WebState, care, names, view, visit};

/// Rows of a table; what follows is named in the `Link` header.
const TABLE_ROWS: usize = 2000;
const FEED_ROWS: usize = 50;

const PATHS: [&str; 6] = ["/stories.atom", "/stories.json", "/stories.csv", "/incidents.atom", "/incidents.json", "/incidents.csv"];

/// Whether an address is one of these.
pub fn is_feed(path: &str) -> bool {
    PATHS.contains(&path)
}

/// The addresses of this list in other forms, for its page.
pub fn links() -> Vec<(&'static str, String)> {
    let here = visit::current().here.clone();
    let (path, query) = here.split_once('?').unwrap_or((&here, ""));
    let pairs = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, value)| !matches!(key.as_ref(), "before" | "lang") && !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let tail = if query.is_empty() { String::new() } else { format!("?{query}") };
    [("Atom", "atom"), ("JSON Feed", "json"), ("CSV", "csv")].into_iter().map(|(name, end)| (name, format!("{path}.{end}{tail}"))).collect()
}

/// The addresses of this file.
pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/stories.atom", get(stories_atom))
        .route("/stories.json", get(stories_json))
        .route("/stories.csv", get(stories_csv))
        .route("/incidents.atom", get(incidents_atom))
        .route("/incidents.json", get(incidents_json))
        .route("/incidents.csv", get(incidents_csv))
}

type Keys<T> = Result<Query<T>, QueryRejection>;

fn read<T>(keys: Keys<T>) -> Result<T, Failure> {
    keys.map(|Query(keys)| keys).map_err(|_| Failure::bad_request("The filter cannot be read", "Give each key once, as the pages do."))
}

/// One entry, whatever it tells of.
struct Entry {
    id: String,
    /// The page of ours.
    page: String,
    /// Where it was published.
    url: Option<String>,
    title: String,
    language: String,
    text: String,
    author: String,
    tags: Vec<String>,
    published: Timestamp,
    updated: Timestamp,
}

impl Entry {
    fn of_story(story: StorySummary, config: &Config, base: &Url) -> Self {
        let grave = care::is_grave(&story.topics);
        let labels = story.topics.iter().chain(&story.actors).map(|id| names::label(config, id));
        Self {
            page: page(base, "stories", &story.id.to_string()),
            id: story.id.to_string(),
            url: story.url.as_deref().and_then(view::link),
            text: if grave { String::new() } else { story.excerpt },
            title: story.title,
            language: story.language,
            author: story.source_name,
            tags: story.main_country.iter().map(|code| names::country(code)).chain(labels).collect(),
            published: story.published_at.unwrap_or(story.first_seen_at),
            updated: story.first_seen_at,
        }
    }

    fn of_incident(incident: &Incident, config: &Config, base: &Url) -> Self {
        let labels = std::iter::once(&incident.topic).chain(&incident.other_topics).chain(&incident.actors).map(|id| names::label(config, id));
        let named: Vec<&str> = incident.persons.iter().chain(&incident.people).map(|name| name.value.as_str()).collect();
        let place = incident.place.clone().unwrap_or_default();
        let parts = [incident.date.to_string(), place, named.join(", "), format!("{} · {}", incident.status.as_str(), incident.publishers)];
        let mut tellers: Vec<&str> =
            incident.reports.iter().filter(|report| !report.copy && !report.withdrawn).map(|report| report.source_name.as_str()).collect();
        tellers.dedup();
        Self {
            page: page(base, "incidents", &incident.id.to_string()),
            id: incident.id.to_string(),
            url: None,
            title: incident.title.clone(),
            language: incident.language.clone(),
            text: parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            author: tellers.join(", "),
            tags: incident.country.iter().map(|code| names::country(code)).chain(labels).collect(),
            published: incident.first_seen_at,
            updated: incident.last_seen_at,
        }
    }
}

fn page(base: &Url, list: &str, id: &str) -> String {
    format!("{}{list}/{id}", base.as_str())
}

/// Where readers find the pages; ends with a slash.
fn base(config: &Config) -> Url {
    let mut url = config.instance.public_url.clone().or_else(|| Url::parse(&format!("http://{}/", config.web.listen)).ok());
    if let Some(url) = &mut url
        && !url.path().ends_with('/')
    {
        url.set_path(&format!("{}/", url.path()));
    }
    url.unwrap_or_else(|| Url::parse("http://localhost/").unwrap_or_else(|_| unreachable!()))
}

async fn stories(state: &WebState, keys: Keys<StoryQuery>) -> Result<(Vec<Entry>, Url), Failure> {
    let (stories, _) = find_stories(state, &read(keys)?, FEED_ROWS).await?;
    let config = state.config();
    let base = base(&config);
    Ok((stories.into_iter().map(|story| Entry::of_story(story, &config, &base)).collect(), base))
}

async fn incidents(state: &WebState, keys: Keys<IncidentQuery>) -> Result<(Vec<Entry>, Url), Failure> {
    let incidents = state.store.incidents(&read(keys)?.filter()?).await?;
    let config = state.config();
    let base = base(&config);
    Ok((incidents.iter().map(|incident| Entry::of_incident(incident, &config, &base)).collect(), base))
}

async fn stories_atom(State(state): State<WebState>, headers: HeaderMap, keys: Keys<StoryQuery>) -> Result<Response, Failure> {
    let (entries, base) = stories(&state, keys).await?;
    Ok(with_etag(Some(&headers), "application/atom+xml; charset=utf-8", atom("stories", &entries, &base).into_bytes()))
}

async fn incidents_atom(State(state): State<WebState>, headers: HeaderMap, keys: Keys<IncidentQuery>) -> Result<Response, Failure> {
    let (entries, base) = incidents(&state, keys).await?;
    Ok(with_etag(Some(&headers), "application/atom+xml; charset=utf-8", atom("incidents", &entries, &base).into_bytes()))
}

async fn stories_json(State(state): State<WebState>, headers: HeaderMap, keys: Keys<StoryQuery>) -> Result<Response, Failure> {
    let (entries, base) = stories(&state, keys).await?;
    Ok(with_etag(Some(&headers), "application/feed+json; charset=utf-8", json_feed("stories", &entries, &base)))
}

async fn incidents_json(State(state): State<WebState>, headers: HeaderMap, keys: Keys<IncidentQuery>) -> Result<Response, Failure> {
    let (entries, base) = incidents(&state, keys).await?;
    Ok(with_etag(Some(&headers), "application/feed+json; charset=utf-8", json_feed("incidents", &entries, &base)))
}

/// The address of this list, without its end.
fn self_address(base: &Url, list: &str, end: &str) -> String {
    let here = visit::current().here.clone();
    let query = here.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    format!("{}{list}{end}{query}", base.as_str())
}

/// RFC 4287.
fn atom(list: &str, entries: &[Entry], base: &Url) -> String {
    let updated = entries.iter().map(|entry| entry.updated).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let (here, page) = (self_address(base, list, ".atom"), self_address(base, list, ""));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
    let _ = writeln!(out, "<id>{}</id><title>presswatch: {list}</title><updated>{updated}</updated>", xml(&here));
    let _ =
        writeln!(out, "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/><link rel=\"alternate\" href=\"{}\"/>", xml(&here), xml(&page));
    for entry in entries {
        let _ = write!(
            out,
            "<entry xml:lang=\"{}\"><id>urn:uuid:{}</id><title>{}</title><published>{}</published><updated>{}</updated>",
            xml(&entry.language),
            entry.id,
            xml(&entry.title),
            entry.published,
            entry.updated
        );
        let (alternate, via) = (entry.url.as_deref().unwrap_or(&entry.page), &entry.page);
        let _ = write!(out, "<link rel=\"alternate\" href=\"{}\"/><link rel=\"via\" href=\"{}\"/>", xml(alternate), xml(via));
        let _ = write!(out, "<author><name>{}</name></author>", xml(if entry.author.is_empty() { "presswatch" } else { &entry.author }));
        for tag in &entry.tags {
            let _ = write!(out, "<category term=\"{}\"/>", xml(tag));
        }
        if !entry.text.is_empty() {
            let _ = write!(out, "<summary type=\"text\">{}</summary>", xml(&entry.text));
        }
        out.push_str("</entry>\n");
    }
    out.push_str("</feed>\n");
    out
}

/// jsonfeed.org/version/1.1
fn json_feed(list: &str, entries: &[Entry], base: &Url) -> Vec<u8> {
    let items: Vec<_> = entries
        .iter()
        .map(|entry| {
            let mut item = json!({
                "id": format!("urn:uuid:{}", entry.id),
                "url": entry.page,
                "title": entry.title,
                "content_text": entry.text,
                "language": entry.language,
                "date_published": entry.published.to_string(),
                "date_modified": entry.updated.to_string(),
                "authors": [{ "name": entry.author }],
                "tags": entry.tags,
            });
            if let (Some(url), Some(object)) = (&entry.url, item.as_object_mut()) {
                object.insert("external_url".to_owned(), url.as_str().into());
            }
            item
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": format!("presswatch: {list}"),
        "home_page_url": self_address(base, list, ""),
        "feed_url": self_address(base, list, ".json"),
        "items": items,
    });
    serde_json::to_vec(&feed).unwrap_or_default()
}

const STORY_COLUMNS: [&str; 16] = [
    "id",
    "first_seen_at",
    "published_at",
    "source",
    "source_name",
    "language",
    "main_country",
    "topics",
    "actors",
    "title",
    "url",
    "cluster",
    "duplicate_of",
    "copies",
    "publishers",
    "page",
];

async fn stories_csv(State(state): State<WebState>, headers: HeaderMap, keys: Keys<StoryQuery>) -> Result<Response, Failure> {
    let mut query = read(keys)?;
    let base = base(&state.config());
    let (mut table, mut rows) = (csv::row(STORY_COLUMNS) + "\r\n", 0);
    let next = loop {
        let (stories, next) = find_stories(&state, &query, FEED_ROWS).await?;
        rows += stories.len().max(1);
        for story in stories {
            let cells: [String; 16] = [
                story.id.to_string(),
                story.first_seen_at.to_string(),
                story.published_at.map(|at| at.to_string()).unwrap_or_default(),
                story.source_id,
                story.source_name,
                story.language,
                story.main_country.unwrap_or_default(),
                story.topics.join(" | "),
                story.actors.join(" | "),
                story.title,
                story.url.unwrap_or_default(),
                story.cluster.to_string(),
                story.duplicate_of.map(|id| id.to_string()).unwrap_or_default(),
                story.copies.to_string(),
                story.publishers.to_string(),
                page(&base, "stories", &story.id.to_string()),
            ];
            table.push_str(&csv::row(cells.iter().map(String::as_str)));
            table.push_str("\r\n");
        }
        match next {
            Some(last) if rows < TABLE_ROWS => query.before = last.to_string(),
            next => break next,
        }
    };
    let next = next.map(|last| query.older(last).replacen("/stories", "/stories.csv", 1));
    Ok(as_table(&headers, table, next, "stories.csv"))
}

async fn incidents_csv(State(state): State<WebState>, headers: HeaderMap, keys: Keys<IncidentQuery>) -> Result<Response, Failure> {
    let query = read(keys)?;
    let mut filter = query.filter()?;
    let (mut table, mut rows) = (Form::Csv.header().unwrap_or_default() + "\r\n", 0);
    let next = loop {
        let incidents = state.store.incidents(&filter).await?;
        rows += incidents.len();
        for incident in &incidents {
            table.push_str(&Form::Csv.line(incident));
            table.push_str("\r\n");
        }
        let full = incidents.len() >= FEED_ROWS;
        match incidents.last().filter(|_| full).map(|last| last.id) {
            Some(last) if rows < TABLE_ROWS => filter.before = Some(last),
            next => break next,
        }
    };
    let next = next.map(|last| query.older(last).replacen("/incidents", "/incidents.csv", 1));
    Ok(as_table(&headers, table, next, "incidents.csv"))
}

fn as_table(asked: &HeaderMap, table: String, next: Option<String>, name: &str) -> Response {
    let mut response = with_etag(Some(asked), "text/csv; charset=utf-8; header=present", table.into_bytes());
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    // The address is of encoded letters alone.
    if let Some(value) = next.and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok()) {
        headers.insert(LINK, value);
    }
    response
}

/// Escaped for text and attributes; characters that no XML document may hold are left out.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            letter => out.push(letter),
        }
    }
    out
}
