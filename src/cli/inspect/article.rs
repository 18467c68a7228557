//! `presswatch inspect article`.

use std::fmt::Write;

use serde_json::{Value, json};
use url::Url;

use crate::cli::inspect::{Input, address};
use crate::gather::fetch::fetch_page;
use crate::gather::parse::decode_html;
use crate::model::Article;
use crate::understand::extract::extract_article;

/// Where a page without an address is said to come from.
const NO_ADDRESS: &str = "http://localhost/page";

/// Larger pages are no articles; the daemon does not fetch them either.
const PAGE_LIMIT_BYTES: u64 = 5 * 1024 * 1024;

/// Answers one JSON line.
pub fn answer(input: &Input) -> Result<Value, String> {
    let url = input.text("url").unwrap_or(NO_ADDRESS);
    let url = Url::parse(url).map_err(|error| format!("\"url\" is no address: {error}"))?;
    let article = extract_article(&decode_html(&input.bytes_up_to(PAGE_LIMIT_BYTES)?, None), &url);
    Ok(json!({
        "title": article.title,
        "authors": article.authors,
        "published": article.published.map(|moment| moment.to_string()),
        "updated": article.updated.map(|moment| moment.to_string()),
        "lang": article.language.as_ref().map(crate::model::Language::as_str),
        "canonical_url": article.canonical_url.as_ref().map(Url::as_str),
        "section": article.section,
        "image_url": article.image_url.as_ref().map(Url::as_str),
        "text": article.text,
        "origins": article.origins.iter().map(|(field, origin)| ((*field).to_owned(), json!(origin))).collect::<serde_json::Map<_, _>>(),
        "warnings": article.warnings,
    }))
}

/// Describes a page for a person: a saved one, or one that is fetched now.
pub fn describe(input: &Input) -> Result<String, String> {
    let target = input.text("target").unwrap_or_default();
    if address::is_address(target) {
        let page = address::with_client(|client, limits| async move {
            let url = address::parse(target)?;
            fetch_page(&client, &url, limits.page_limit_bytes).await.map_err(|error| error.to_string())
        })?;
        return Ok(described(&extract_article(&page.html, &page.final_url)));
    }
    let url = Url::parse(NO_ADDRESS).map_err(|error| error.to_string())?;
    Ok(described(&extract_article(&decode_html(&input.bytes_up_to(PAGE_LIMIT_BYTES)?, None), &url)))
}

/// An article for a person.
fn described(article: &Article) -> String {
    let mut out = String::new();
    let moment = |moment: Option<jiff::Timestamp>| moment.map(|moment| moment.to_string());
    let rows = [
        ("title", article.title.clone()),
        ("authors", (!article.authors.is_empty()).then(|| article.authors.join(", "))),
        ("published", moment(article.published)),
        ("updated", moment(article.updated)),
        ("language", article.language.as_ref().map(ToString::to_string)),
        ("address", article.canonical_url.as_ref().map(ToString::to_string)),
        ("section", article.section.clone()),
        ("image", article.image_url.as_ref().map(ToString::to_string)),
    ];
    for (name, value) in rows {
        let origin = article.origins.iter().find(|(field, _)| *field == name).map(|(_, origin)| format!("  ({origin})")).unwrap_or_default();
        let _ = writeln!(out, "{name:<10}  {}{origin}", value.as_deref().unwrap_or("-"));
    }
    for warning in &article.warnings {
        let _ = writeln!(out, "warning     {warning}");
    }
    let _ = write!(out, "\n{}", if article.text.is_empty() { "(no article text)" } else { &article.text });
    out
}
