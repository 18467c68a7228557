//! What a page says about itself: meta elements, microdata, `<time>`, links.
//!
//! In: the parsed page. Out: texts as they stand; choosing and cleaning is done by the caller.

use trafilatura::dom::{Document, NodeId};

use crate::understand::extract::date::parse_date;

/// Longest text that an element may give as a byline or a date.
const BYLINE_LIMIT: usize = 120;

/// What is kept of a page that has more of a kind than any page of news.
const METAS_LIMIT: usize = 500;
const HEADINGS_LIMIT: usize = 50;
const TIMES_LIMIT: usize = 100;

/// Data of one page.
#[derive(Debug, Default)]
pub struct PageData {
    pub metas: Vec<(String, String)>,
    pub title_element: Option<String>,
    pub headings: Vec<String>,
    pub html_language: Option<String>,
    pub canonical: Option<String>,
    pub scripts: Vec<String>,
    /// `<time>` and elements with `itemprop=datePublished`: (is published, text).
    pub times: Vec<(bool, String)>,
    /// Texts of elements that name an author, the most telling kind first.
    pub bylines: [Vec<String>; 5],
}

impl PageData {
    /// The first meta of a list of names, in the list's order.
    pub fn meta(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.metas.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()))
    }

    /// Who wrote the page by the labelled fields that WordPress writes for Twitter.
    pub fn labelled_author(&self) -> Option<&str> {
        let label = self.meta(&["twitter:label1"])?.to_lowercase();
        let is_author = ["by", "von", "par", "por", "autor", "auteur", "автор", "da", "door", "yazan"].iter().any(|word| label.contains(word));
        if is_author { self.meta(&["twitter:data1"]) } else { None }
    }

    /// Every meta of a name.
    pub fn metas_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.metas.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a page once over.
pub fn read(document: &Document) -> PageData {
    let mut data = PageData::default();
    for id in document.iter(document.root(), &[]) {
        let attribute = |name: &str| document.get_attribute(id, name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        match document.tag_name(id) {
            "html" => data.html_language = attribute("lang").or_else(|| attribute("xml:lang")),
            "meta" => {
                if let Some(content) = attribute("content") {
                    let keys = [attribute("property"), attribute("name"), attribute("itemprop"), attribute("http-equiv")];
                    let room = METAS_LIMIT.saturating_sub(data.metas.len());
                    data.metas.extend(keys.into_iter().flatten().map(|key| (key.to_ascii_lowercase(), content.clone())).take(room));
                }
            }
            "title" if data.title_element.is_none() && inside(document, id, "head") => data.title_element = line(document, id, 1_000),
            "link" if data.canonical.is_none() && attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                data.canonical = attribute("href");
            }
            "script" if attribute("type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/ld+json")) => {
                data.scripts.push(document.text_content(id));
            }
            "h1" if data.headings.len() < HEADINGS_LIMIT => data.headings.extend(line(document, id, 400)),
            "time" if data.times.len() < TIMES_LIMIT => {
                let published = attribute("itemprop").is_some_and(|kind| kind.contains("datePublished"))
                    || attribute("pubdate").is_some()
                    || is_published(attribute("class"));
                data.times.extend(attribute("datetime").or_else(|| line(document, id, BYLINE_LIMIT)).map(|text| (published, text)));
            }
            _ => other(document, id, &attribute, &mut data),
        }
    }
    data
}

fn other(document: &Document, id: NodeId, attribute: &dyn Fn(&str) -> Option<String>, data: &mut PageData) {
    if let Some(property) = attribute("itemprop")
        && (property.contains("datePublished") || property.contains("dateCreated"))
    {
        data.times
            .extend(attribute("content").or_else(|| attribute("datetime")).or_else(|| line(document, id, BYLINE_LIMIT)).map(|text| (true, text)));
    }
    let class = attribute("class").unwrap_or_default().to_ascii_lowercase();
    let rank = if attribute("rel").is_some_and(|rel| rel.split_whitespace().any(|word| word == "author"))
        || attribute("itemprop").is_some_and(|kind| kind == "author")
    {
        0
    } else if ["author-name", "author__name", "author_name", "authorname", "byline-name", "byline__name", "byline-author"]
        .iter()
        .any(|name| class.contains(name))
    {
        1
    } else if class.split_whitespace().any(|word| {
        matches!(word, "author" | "authors" | "auteur" | "auteurs" | "autor" | "byline" | "article-author" | "post-author" | "entry-author")
    }) {
        2
    } else if matches!(document.tag_name(id), "p" | "em" | "strong" | "i" | "b" | "span" | "h5" | "h6" | "address")
        && line(document, id, 60).is_some_and(|text| is_byline(&text))
    {
        3
    } else if class.contains("author") || class.contains("byline") || class.split_whitespace().any(|word| matches!(word, "username" | "vcard")) {
        4
    } else {
        5
    };
    let dated = ["date", "published", "posted-on", "timestamp", "datum", "fecha", "data-publicacao"].iter().any(|word| class.contains(word));
    if dated && data.times.len() < TIMES_LIMIT {
        data.times.extend(line(document, id, BYLINE_LIMIT).filter(|text| parse_date(text).is_some()).map(|text| (false, text)));
    }
    if rank < 5
        && !in_comments(document, id)
        && let (Some(kind), Some(text)) = (data.bylines.get_mut(rank), line(document, id, BYLINE_LIMIT))
        && kind.len() < 5
    {
        kind.push(text);
    }
}

/// A line that is a byline by its first word: "Text: Ada Brown".
fn is_byline(text: &str) -> bool {
    let named = [
        "Autor: ",
        "Autorin: ",
        "Autoren: ",
        "Text: ",
        "Text von ",
        "Author: ",
        "Written by ",
        "By ",
        "Von ",
        "Par ",
        "Por ",
        "Автор: ",
        "Текст: ",
        "作者：",
        "责任编辑：",
    ];
    let rest = named.iter().find_map(|lead| text.strip_prefix(lead));
    rest.is_some_and(|rest| (2..=5).contains(&rest.split_whitespace().count()) && rest.starts_with(char::is_uppercase))
}

fn is_published(class: Option<String>) -> bool {
    class.is_some_and(|class| class.contains("publish") || class.contains("entry-date"))
}

/// Comments and teasers of other stories name other authors.
fn in_comments(document: &Document, id: NodeId) -> bool {
    // A comment's own author is named in an element that says so.
    if document.class_name(id).to_ascii_lowercase().contains("comment") {
        return true;
    }
    let mut at = document.parent(id);
    for _ in 0..30 {
        let Some(parent) = at else { return false };
        if matches!(document.tag_name(parent), "aside" | "footer" | "nav") {
            return true;
        }
        let name = format!("{} {}", document.class_name(parent), document.id_attr(parent)).to_ascii_lowercase();
        if ["comment", "related", "sidebar", "teaser", "recommend", "widget"].iter().any(|word| name.contains(word))
            && document.tag_name(parent) != "body"
        {
            return true;
        }
        at = document.parent(parent);
    }
    false
}

fn inside(document: &Document, id: NodeId, tag: &str) -> bool {
    document.parent(id).is_some_and(|parent| document.tag_name(parent) == tag)
}

/// The text of an element on one line; `None` where it is empty or too long.
fn line(document: &Document, id: NodeId, limit: usize) -> Option<String> {
    let text = document.iter_text(id, " ");
    if text.len() > limit * 8 {
        return None;
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty() && text.chars().count() <= limit).then_some(text)
}
