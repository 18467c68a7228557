//! schema.org data that a page carries as JSON-LD.
//!
//! In: the content of the script elements. Out: what they say of the article. Lenient: publishers write line ends into strings, wrap the
//! script into comments, leave commas at the end.

use serde_json::{Map, Value};

use crate::understand::extract::entity::unescape;

/// What the page says of its article.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Linked {
    pub headline: Option<String>,
    /// Persons and organizations as named.
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub modified: Option<String>,
    pub language: Option<String>,
    pub section: Option<String>,
    /// The address of the first picture.
    pub image: Option<String>,
    pub site_name: Option<String>,
    /// The whole text, where the publisher puts it in.
    pub body: Option<String>,
    /// False where the publisher says that readers have to pay.
    pub free: Option<bool>,
}

/// How much of a document's graph is walked.
const NODES_LIMIT: usize = 5_000;

/// Reads every script; the first node that is an article says most.
pub fn read(scripts: &[String]) -> Linked {
    let values: Vec<Value> = scripts.iter().filter_map(|script| parse(script)).collect();
    let mut nodes = Vec::new();
    for value in &values {
        collect(value, &mut nodes);
    }
    let mut linked = Linked::default();
    // Articles first, then pages that say when they were published.
    for wanted in [is_article as fn(&str) -> bool, is_page] {
        for node in nodes.iter().filter(|node| types(node).any(wanted)) {
            take(node, &nodes, wanted("NewsArticle"), &mut linked);
        }
    }
    for node in nodes.iter().filter(|node| types(node).any(|kind| kind == "WebSite" || kind.ends_with("Organization"))) {
        linked.site_name = linked.site_name.or_else(|| text(node.get("name")));
    }
    linked
}

fn is_article(kind: &str) -> bool {
    kind.contains("Article")
        || kind.ends_with("Posting")
        || matches!(kind, "Report" | "AnalysisNewsArticle" | "Review" | "Recipe" | "LiveBlogPosting")
}

fn is_page(kind: &str) -> bool {
    matches!(kind, "WebPage" | "ItemPage" | "CreativeWork" | "VideoObject" | "NewsVideo" | "PodcastEpisode" | "Event")
}

/// Parses leniently.
fn parse(script: &str) -> Option<Value> {
    let text = script.trim().trim_start_matches("<!--").trim_end_matches("-->").trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[");
    let text = text.trim_end_matches("]]>").trim_end_matches("//").trim().trim_end_matches(';');
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    // Raw control characters inside strings are the most frequent fault, commas before a closing bracket the next.
    let mut clean = String::with_capacity(text.len());
    for letter in text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }) {
        if matches!(letter, '}' | ']') {
            let kept = clean.trim_end().len();
            if clean.get(..kept).is_some_and(|kept| kept.ends_with(',')) {
                clean.truncate(kept - 1);
            }
        }
        clean.push(letter);
    }
    serde_json::from_str(&clean).or_else(|_| serde_json::from_str(&unescape(&clean))).ok()
}

/// Lists every object, breadth first within the limit; serde_json bounds the depth.
fn collect<'a>(value: &'a Value, nodes: &mut Vec<&'a Map<String, Value>>) {
    if nodes.len() >= NODES_LIMIT {
        return;
    }
    match value {
        Value::Array(list) => list.iter().for_each(|value| collect(value, nodes)),
        Value::Object(node) => {
            nodes.push(node);
            for (key, value) in node {
                // Comments and related stories are not the article.
                if !matches!(key.as_str(), "comment" | "relatedLink" | "hasPart" | "itemListElement" | "isPartOf" | "author" | "publisher") {
                    collect(value, nodes);
                }
            }
        }
        _ => {}
    }
}

fn types<'a>(node: &'a Map<String, Value>) -> impl Iterator<Item = &'a str> {
    let listed: Vec<&'a str> = match node.get("@type") {
        Some(Value::String(kind)) => vec![kind.as_str()],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    listed.into_iter().map(|kind| kind.rsplit(['/', ':']).next().unwrap_or(kind))
}

fn take(node: &Map<String, Value>, nodes: &[&Map<String, Value>], article: bool, linked: &mut Linked) {
    if article {
        linked.headline = linked.headline.take().or_else(|| text(node.get("headline"))).or_else(|| text(node.get("name")));
        linked.body = linked.body.take().or_else(|| text(node.get("articleBody")));
        linked.image = linked.image.take().or_else(|| image(node.get("image"), 0));
    }
    if linked.authors.is_empty() {
        for key in ["author", "creator"] {
            if linked.authors.is_empty() {
                names(node.get(key), nodes, 0, &mut linked.authors);
            }
        }
    }
    linked.published =
        linked.published.take().or_else(|| text(node.get("datePublished"))).or_else(|| text(node.get("dateCreated")).filter(|_| article));
    linked.modified = linked.modified.take().or_else(|| text(node.get("dateModified")));
    linked.language = linked.language.take().or_else(|| match node.get("inLanguage") {
        Some(Value::Object(language)) => text(language.get("alternateName")).or_else(|| text(language.get("name"))),
        other => text(other),
    });
    linked.section = linked.section.take().or_else(|| text(node.get("articleSection")));
    linked.site_name =
        linked.site_name.take().or_else(|| node.get("publisher").and_then(Value::as_object).and_then(|publisher| text(publisher.get("name"))));
    linked.free = linked.free.or_else(|| match node.get("isAccessibleForFree") {
        Some(Value::Bool(free)) => Some(*free),
        Some(Value::String(free)) => Some(!free.eq_ignore_ascii_case("false")),
        _ => None,
    });
}

/// Names of persons: texts, objects, lists of them, references to other nodes.
fn names(value: Option<&Value>, nodes: &[&Map<String, Value>], depth: usize, found: &mut Vec<String>) {
    if depth > 4 || found.len() > 20 {
        return;
    }
    match value {
        Some(Value::String(name)) => found.push(unescape(name).trim().to_owned()),
        Some(Value::Array(list)) => list.iter().for_each(|value| names(Some(value), nodes, depth + 1, found)),
        Some(Value::Object(person)) => {
            if person.contains_key("name") {
                names(person.get("name"), nodes, depth + 1, found);
            } else if let (Some(given), Some(family)) = (text(person.get("givenName")), text(person.get("familyName"))) {
                found.push(format!("{given} {family}"));
            } else if let Some(id) = person.get("@id") {
                let node = nodes.iter().find(|node| node.get("@id") == Some(id) && node.contains_key("name"));
                names(node.and_then(|node| node.get("name")), nodes, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// The address of a picture: a text, an `ImageObject`, the first of a list.
fn image(value: Option<&Value>, depth: usize) -> Option<String> {
    match value? {
        Value::Array(list) if depth < 3 => image(list.first(), depth + 1),
        Value::Object(node) => text(node.get("url")).or_else(|| text(node.get("contentUrl"))),
        Value::String(address) => Some(address.trim().to_owned()).filter(|address| !address.is_empty()),
        _ => None,
    }
}

/// A text or the first of a list.
fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => unescape(text).trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) => return text(list.first()),
        Value::Object(node) => return text(node.get("@value")),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(script: &str) -> Linked {
        read(&[script.to_owned()])
    }

    #[test]
    fn an_article_is_found_in_a_graph() {
        let linked = of(r##"{"@context":"https://schema.org","@graph":[
              {"@type":"WebSite","name":"The Daily"},
              {"@type":["NewsArticle","Article"],"headline":"Editor &amp; reporter held","author":[{"@type":"Person","@id":"#p"},{"@type":"Person","name":"Ada B"}],
               "datePublished":"2024-05-31","inLanguage":"en-GB","isAccessibleForFree":"False"},
              {"@type":"Person","@id":"#p","name":"Chi D"}]}"##);
        assert_eq!(linked.headline.as_deref(), Some("Editor & reporter held"));
        assert_eq!(linked.authors, ["Chi D", "Ada B"]);
        assert_eq!(linked.published.as_deref(), Some("2024-05-31"));
        assert_eq!(linked.language.as_deref(), Some("en-GB"));
        assert_eq!(linked.site_name.as_deref(), Some("The Daily"));
        assert_eq!(linked.free, Some(false));
    }

    #[test]
    fn faulty_scripts_are_mended() {
        assert_eq!(of("<!-- {\"@type\":\"NewsArticle\",\"headline\":\"A\nB\",} -->").headline.as_deref(), Some("A B"));
        assert_eq!(of("[{\"@type\":\"BlogPosting\",\"headline\":\"X\",\"author\":\"Y Z\"}]").authors, ["Y Z"]);
        assert_eq!(of("not json"), Linked::default());
    }

    #[test]
    fn deep_data_is_refused_without_harm() {
        assert_eq!(of(&"[".repeat(100_000)), Linked::default());
        assert_eq!(of(&format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000))), Linked::default());
    }
}
