//! From an article page to its text, headline, authors, dates and address.
//!
//! In: decoded HTML and the address that it came from. Out: an [`Article`]; what is missing is absent, what was cut or refused is a warning.
//! The body is found by `trafilatura` (docs/decisions/0020), what the page says of itself by us: JSON-LD, OpenGraph, meta elements,
//! microdata, `<time>`. *Invariant:* no page, whatever it holds, makes this panic or take a time that is not linear in its (capped) size.

mod byline;
mod date;
mod dateline;
mod entity;
mod guard;
mod headline;
mod json_ld;
mod lines;
mod markup;
mod page;
mod restore;
mod tidy;
mod wall;

pub use date::parse_date;
pub use entity::unescape;
pub use markup::text_of_markup;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use trafilatura::dom::Document;
use trafilatura::{ExtractResult, ExtractionFocus, Options};
use url::Url;

use crate::model::{Article, Language};
use json_ld::Linked;
use page::PageData;

/// Shorter bodies lose against the text that the publisher puts into JSON-LD.
const SHORT_BODY_CHARS: usize = 250;

/// Reads the article of a page. Never fails: a page without an article gives an empty text and says why in `warnings`.
pub fn extract_article(html: &str, url: &Url) -> Article {
    let (html, mut warnings) = match guard::tame(html) {
        Ok(tamed) => tamed,
        Err(reason) => return Article { warnings: vec![reason], ..Article::default() },
    };
    // Third-party parsers of hostile input: their panic is a page without an article.
    let read = catch_unwind(AssertUnwindSafe(|| read_page(&html, url)));
    let Ok(mut article) = read else {
        warnings.push("the page could not be read: its parser failed".to_owned());
        return Article { warnings, ..Article::default() };
    };
    warnings.append(&mut article.warnings);
    Article { warnings, ..article }
}

fn read_page(html: &str, url: &Url) -> Article {
    let document = Document::parse(html);
    let data = page::read(&document);
    let linked = json_ld::read(&data.scripts);
    let lines = document.body().map(|body| lines::read(&document.inner_html(body))).unwrap_or_default();
    let visible = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    let options =
        Options::default().with_fallback(true).with_focus(ExtractionFocus::FavorPrecision).with_exclude_comments(true).with_url(url.clone());
    let extracted = catch_unwind(AssertUnwindSafe(|| trafilatura::extract_document(document, &options)));
    let mut warnings = Vec::new();
    let extracted = match extracted {
        Ok(Ok(extracted)) => Some(extracted),
        Ok(Err(error)) => {
            warnings.push(format!("no article text was found: {error}"));
            None
        }
        Err(_) => {
            warnings.push("no article text was found: the extractor failed".to_owned());
            None
        }
    };
    let site_name = site_name(&data, &linked);
    let original = archived(url);
    let title = title(&data, &linked, site_name.as_deref(), &original, extracted.as_ref());
    let mut text = extracted.as_ref().map(|extracted| text_of_markup(&extracted.content_html)).unwrap_or_default();
    if text.chars().count() < SHORT_BODY_CHARS
        && let Some(body) = linked.body.as_deref().map(text_of_markup).filter(|body| body.chars().count() > text.chars().count() * 2)
    {
        text = body;
    }
    text = whole(html, url, &lines, text);
    let printed = printed(&lines, &text, title.as_deref());
    let description = data.meta(&["description", "og:description", "twitter:description"]);
    let restored = restore::restore(&text, &lines, title.as_deref(), description);
    let tidied = tidy::tidy(&restored, title.as_deref());
    let page_title = data.title_element.as_deref().unwrap_or_default();
    // Walls are recognized by lines that tidying drops, so it is the untidied text that is asked.
    let wall = wall::recognize(page_title, &visible, &text, linked.free);
    let text = if wall.is_some() { String::new() } else { tidied };
    if let Some(wall) = wall {
        warnings.push(wall.warning().to_owned());
        if wall != wall::Wall::Pay {
            // A wall has no headline, no author and no date of its own.
            return Article { warnings, ..Article::default() };
        }
    }
    let (published, updated) = dates(&data, &linked, &original, &printed, extracted.as_ref());
    Article {
        canonical_url: canonical(&data, url),
        title,
        text,
        authors: authors(&data, &linked, site_name.as_deref(), original.host_str().unwrap_or_default(), extracted.as_ref()),
        published,
        updated,
        language: language(&data, &linked),
        image_url: image(&data, &linked, url),
        section: linked.section.clone().or_else(|| data.meta(&["article:section"]).map(str::to_owned)).filter(|section| section.len() <= 200),
        warnings,
    }
}

/// The address of what an archive's page shows.
fn archived(url: &Url) -> Url {
    let archive = url.host_str().is_some_and(|host| host == "web.archive.org" || host.ends_with(".archive.org"));
    let inner = url.as_str().find("/http").and_then(|place| url.as_str().get(place + 1..)).filter(|_| archive);
    inner.and_then(|inner| Url::parse(inner).ok()).unwrap_or_else(|| url.clone())
}

/// A text this short on a page with more prose is a part of the article at best.
const PART_CHARS: usize = 400;
/// Lines of at least this length are prose.
const PROSE_CHARS: usize = 80;

/// A page with more prose is no page of one article, and is not read twice.
const PROSE_LIMIT_CHARS: usize = 200_000;

/// Reads a page again, favoring recall, when what was found is far less than the page says.
fn whole(html: &str, url: &Url, lines: &[lines::Line], text: String) -> String {
    let length = |text: &str| text.chars().count();
    let found = length(&text);
    let prose: usize = lines
        .iter()
        .filter(|line| !line.linked && !line.place.aside && !line.place.caption)
        .map(|line| length(&line.text))
        .filter(|chars| *chars >= PROSE_CHARS)
        .sum();
    if found >= PART_CHARS || prose < found * 3 || !(PART_CHARS..=PROSE_LIMIT_CHARS).contains(&prose) {
        return text;
    }
    let options = Options::default().with_fallback(true).with_focus(ExtractionFocus::FavorRecall).with_exclude_comments(true).with_url(url.clone());
    let again = catch_unwind(|| trafilatura::extract_document(Document::parse(html), &options)).ok().and_then(Result::ok);
    again.map(|again| text_of_markup(&again.content_html)).filter(|again| length(again) > found * 2).unwrap_or(text)
}

fn site_name(data: &PageData, linked: &Linked) -> Option<String> {
    data.meta(&["og:site_name", "application-name", "twitter:site"])
        .map(|name| unescape(name).trim_start_matches('@').to_owned())
        .or_else(|| linked.site_name.clone())
}

fn title(data: &PageData, linked: &Linked, site_name: Option<&str>, url: &Url, extracted: Option<&ExtractResult>) -> Option<String> {
    let given = headline::Given {
        open_graph: data.meta(&["og:title", "twitter:title", "dc.title", "title"]).map(one_line),
        linked: linked.headline.as_deref().map(one_line),
        title_element: data.title_element.as_deref().map(one_line),
        headings: data.headings.clone(),
        site_name: site_name.map(str::to_owned),
        host: url.host_str().unwrap_or_default().to_owned(),
    };
    headline::choose(&given).or_else(|| extracted.map(|extracted| extracted.metadata.title.clone()).filter(|title| !title.is_empty()))
}

/// Titles in attributes are at times escaped twice and hold tags.
fn one_line(title: &str) -> String {
    text_of_markup(title).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first of the page's sources that names somebody, the most explicit one first.
fn authors(data: &PageData, linked: &Linked, site_name: Option<&str>, host: &str, extracted: Option<&ExtractResult>) -> Vec<String> {
    let metas = AUTHORS.iter().map(|name| data.metas_named(name).map(|value| unescape(value).into_owned()).collect::<Vec<_>>());
    let third_party: Vec<String> = extracted.map(|extracted| extracted.metadata.author.split(';').map(str::to_owned).collect()).unwrap_or_default();
    let labelled: Vec<String> = data.labelled_author().map(str::to_owned).into_iter().collect();
    std::iter::once(linked.authors.clone())
        .chain(metas)
        .chain([labelled])
        .chain(data.bylines.iter().cloned())
        .chain([third_party])
        .map(|given| byline::names(&given, site_name, host))
        .find(|names| !names.is_empty())
        .unwrap_or_default()
}

const AUTHORS: &[&str] = &[
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "parsely-author",
    "citation_author",
    "byl",
    "cxenseparse:author",
];
const PUBLISHED: &[&str] = &[
    "article:published_time",
    "article:published",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "date.published",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "published_time",
    "sailthru.date",
    "parsely-pub-date",
    "citation_publication_date",
    "citation_date",
    "article_date_original",
    "cxenseparse:recs:publishtime",
    "rnews:datepublished",
];
/// Names under which many sites write the moment at which the page was made.
const DATED: &[&str] = &["dc.date", "dcterms.date", "date"];
const UPDATED: &[&str] =
    &["article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod"];

fn dates(
    data: &PageData,
    linked: &Linked,
    url: &Url,
    printed: &Printed,
    extracted: Option<&ExtractResult>,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let first = |names: &[&str]| names.iter().find_map(|name| data.metas_named(name).find_map(parse_date));
    let marked = |published: bool| data.times.iter().filter(move |(marked, _)| *marked == published).find_map(|(_, text)| parse_date(text));
    let third_party = || extracted.and_then(|extracted| extracted.metadata.date).and_then(|date| parse_date(&date.to_string()));
    // Two witnesses: what the reader sees and what the page says of itself.
    let agreed = first(DATED).filter(|dated| printed.beside.is_some_and(|beside| day(beside) == day(*dated)));
    let published = linked
        .published
        .as_deref()
        .and_then(parse_date)
        .or_else(|| first(PUBLISHED))
        .or(agreed)
        .or_else(|| marked(true))
        .or_else(|| date::date_in_path(url.path()))
        .or(printed.labelled)
        .or(printed.beside)
        .or_else(|| first(DATED))
        .or(printed.below)
        .or_else(|| marked(false))
        .or_else(third_party);
    let updated = linked.modified.as_deref().and_then(parse_date).or_else(|| first(UPDATED)).filter(|updated| Some(*updated) != published);
    (published, updated)
}

fn day(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(86_400)
}

/// Days that the page shows to its readers.
#[derive(Debug, Default)]
struct Printed {
    labelled: Option<Timestamp>,
    beside: Option<Timestamp>,
    below: Option<Timestamp>,
}

/// Looks for days around the article; around the headline where the text is not found on the page.
fn printed(lines: &[lines::Line], text: &str, title: Option<&str>) -> Printed {
    let place = |wanted: &str| lines.iter().position(|line| line.text == wanted);
    let title = title.map(byline::plain).filter(|title| !title.is_empty());
    let headline =
        || lines.iter().position(|line| line.place.heading && title.as_ref().is_some_and(|title| byline::plain(&line.text).contains(title.as_str())));
    // Short lines stand in menus, too.
    let prose = |line: &&str| line.chars().count() >= PROSE_CHARS;
    let Some(start) = text.lines().filter(prose).take(3).filter_map(place).min().or_else(|| headline().map(|place| place + 1)) else {
        return Printed::default();
    };
    let end = text.lines().rev().filter(prose).take(3).filter_map(place).max().unwrap_or(start).max(start);
    Printed { labelled: dateline::labelled(lines, (start, end)), beside: dateline::beside(lines, start), below: dateline::below(lines, (start, end)) }
}

fn language(data: &PageData, linked: &Linked) -> Option<Language> {
    let declared =
        [data.html_language.as_deref(), linked.language.as_deref(), data.meta(&["og:locale", "content-language", "language", "dc.language"])];
    declared.into_iter().flatten().find_map(Language::parse)
}

/// The picture that stands for the page where it is shared.
fn image(data: &PageData, linked: &Linked, url: &Url) -> Option<Url> {
    let given =
        linked.image.as_deref().or_else(|| data.meta(&["og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"]))?;
    url.join(given).ok().filter(|image| matches!(image.scheme(), "http" | "https") && image.as_str().len() <= IMAGE_URL_LIMIT)
}

/// Longer addresses of pictures are data or an attack.
const IMAGE_URL_LIMIT: usize = 2_000;

/// The address that the page calls its own: only inside the same registrable domain, and not the home page.
fn canonical(data: &PageData, url: &Url) -> Option<Url> {
    let given = data.canonical.as_deref().or_else(|| data.meta(&["og:url"]))?;
    let canonical = url.join(given).ok()?;
    let web = matches!(canonical.scheme(), "http" | "https");
    let home = canonical.path().trim_matches('/').is_empty() && canonical.query().is_none();
    (web && !home && same_site(&canonical, url)).then_some(canonical)
}

fn same_site(a: &Url, b: &Url) -> bool {
    let site = |url: &Url| {
        let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        match url.host()? {
            url::Host::Domain(_) => Some(psl::domain_str(&host).unwrap_or(&host).to_owned()),
            _ => Some(host),
        }
    };
    site(a).is_some() && site(a) == site(b)
}

#[cfg(test)]
mod tests;
