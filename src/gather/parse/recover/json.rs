//! JSON Feed 1.0 and 1.1, with numbers for ids, single authors, and other liberties.

use serde_json::Value;
use url::Url;

use crate::gather::parse::date::read_date;
use crate::gather::parse::limits::{AUTHOR_LIMIT, CATEGORY_LIMIT, ITEM_LIMIT, TITLE_LIMIT_BYTES, bounded_id, hashed_id, http_url, storable};
use crate::gather::parse::markup::{collapse, plain_title, truncate};
use crate::model::{Language, Parsed, RawItem};

/// Reads a document that begins as JSON does.
pub(super) fn read(text: &str, base: &Url) -> Parsed {
    // Half a character in escapes is no reason to lose the feed; mending is left for the few that need it.
    let feed: Value = match serde_json::from_str(text).or_else(|error| serde_json::from_str(&without_lone_surrogates(text).ok_or(error)?)) {
        Ok(feed) => feed,
        Err(error) => return Parsed { warnings: vec![format!("not readable as JSON: {error}")], ..Parsed::default() },
    };
    // Any answer of a program may be JSON: a feed says that it is one, or has items.
    let names_itself = text_of(&feed, "version").is_some_and(|version| version.contains("jsonfeed.org"));
    let items = feed.get("items").and_then(Value::as_array);
    let (true, Some(items)) = (names_itself || items.is_some_and(|items| items.iter().any(is_item)), items) else {
        return Parsed { recognized: names_itself, title: title_of(&feed), ..Parsed::default() };
    };
    let mut parsed = Parsed { recognized: true, title: title_of(&feed), ..Parsed::default() };
    parsed.language = text_of(&feed, "language").as_deref().and_then(Language::parse);
    if items.len() > ITEM_LIMIT {
        parsed.warnings.push(format!("only the first {ITEM_LIMIT} of {} items were read", items.len()));
    }
    parsed.items = items.iter().filter(|item| item.is_object()).take(ITEM_LIMIT).map(|item| read_item(item, base)).collect();
    parsed
}

fn is_item(value: &Value) -> bool {
    ["content_html", "content_text", "date_published"].iter().any(|key| value.get(key).is_some())
        || (value.get("id").is_some() && value.get("url").is_some())
}

fn read_item(item: &Value, base: &Url) -> RawItem {
    let id = text_of(item, "id");
    let address = |key| text_of(item, key).and_then(|text| http_url(&text, base));
    // For a link list, `external_url` is what it links to, and `url` its own page.
    let url =
        address("url").or_else(|| address("external_url")).or_else(|| Url::parse(id.as_deref()?).ok().and_then(|url| http_url(url.as_str(), base)));
    let title = title_of(item);
    let content_html = text_of(item, "content_html").or_else(|| text_of(item, "content_text").map(|text| escaped(&text)));
    let summary_html = text_of(item, "summary").map(|text| escaped(&text));
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    let external_id = id
        .as_deref()
        .and_then(bounded_id)
        .or_else(|| url.as_ref().and_then(|url| bounded_id(url.as_str())))
        .unwrap_or_else(|| hashed_id(&[&part(&title), &part(&summary_html), &part(&content_html)]));
    let date = |key| text_of(item, key).as_deref().and_then(read_date);
    RawItem {
        external_id: Some(external_id),
        url,
        title,
        summary_html,
        content_html,
        authors: authors(item),
        published: date("date_published"),
        updated: date("date_modified"),
        language: text_of(item, "language").as_deref().and_then(Language::parse),
        categories: texts(item.get("tags")).into_iter().take(CATEGORY_LIMIT).collect(),
    }
}

fn authors(item: &Value) -> Vec<String> {
    let listed = item.get("authors").and_then(Value::as_array).into_iter().flatten();
    let names = listed.chain(item.get("author")).filter_map(|author| text_of(author, "name").or_else(|| author.as_str().map(str::to_owned)));
    names.map(|name| truncate(collapse(&name), TITLE_LIMIT_BYTES)).filter(|name| !name.is_empty()).take(AUTHOR_LIMIT).collect()
}

fn title_of(value: &Value) -> Option<String> {
    text_of(value, "title").map(|title| plain_title(&title)).filter(|title| !title.is_empty())
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let listed = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    listed.map(|text| truncate(collapse(text), TITLE_LIMIT_BYTES)).filter(|text| !text.is_empty()).collect()
}

/// A text or number; nothing when empty.
fn text_of(value: &Value, key: &str) -> Option<String> {
    let text = match value.get(key)? {
        Value::String(text) => storable(text.trim().to_owned()),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The text with `\ud83d` and the like replaced where their other half is missing; `None` when there are none.
fn without_lone_surrogates(text: &str) -> Option<String> {
    let unit = |at: usize| {
        let escape = text.get(at..at + 6).filter(|escape| escape.starts_with("\\u"))?;
        u16::from_str_radix(escape.get(2..)?, 16).ok()
    };
    let mut mended: Option<String> = None;
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('\\')) {
        let here = at + found;
        at = here + 2; // the character after a backslash begins nothing
        match unit(here) {
            Some(0xD800..=0xDBFF) if matches!(unit(here + 6), Some(0xDC00..=0xDFFF)) => at = here + 12,
            Some(0xD800..=0xDFFF) => {
                let out = mended.get_or_insert_default();
                out.push_str(text.get(copied..here)?);
                out.push_str("\\ufffd");
                at = here + 6;
                copied = at;
            }
            _ => {}
        }
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    let mut out = mended?;
    out.push_str(text.get(copied..)?);
    Some(out)
}

/// Plain text as markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>")
}
