use std::fmt::Write;

use super::*;
use crate::model::Language;
use crate::understand::tests::assert_not_quadratic;

fn url(text: &str) -> Url {
    Url::parse(text).expect("an address of a test")
}

fn article(html: &str) -> Article {
    extract_article(html, &url("https://www.harbor.example/2024/05/31/editor-held"))
}

/// A page as a small newspaper writes it.
fn page(head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><title>Editor held at the airport | Harbor Times</title>{head}</head><body>\
         <nav><a href=\"/\">Home</a><a href=\"/world\">World</a></nav><main><article><h1>Editor held at the airport</h1>{body}</article></main>\
         <footer>Harbor Times, Pier 4</footer></body></html>"
    )
}

const PARAGRAPHS: &str = "<p>The editor of a weekly newspaper was held at the airport on Friday morning, her lawyer told this newspaper.</p>\
    <p>Officers took her laptop and two telephones, and led her to a car without number plates, according to a colleague who travelled with her.</p>\
    <p>The ministry of the interior did not answer questions. The weekly has printed a series on contracts for the new harbor since March.</p>";

#[test]
fn a_page_gives_its_article() {
    let head = r#"<meta property="og:site_name" content="Harbor Times"><meta name="author" content="By Ada Brown and Chi Diaz">
        <meta property="article:published_time" content="2024-05-31T08:15:00+02:00"><link rel="canonical" href="/2024/05/31/editor-held-at-airport">"#;
    let found = article(&page(head, PARAGRAPHS));
    assert_eq!(found.title.as_deref(), Some("Editor held at the airport"));
    assert_eq!(found.authors, ["Ada Brown", "Chi Diaz"]);
    assert_eq!(found.published.map(|moment| moment.to_string()).as_deref(), Some("2024-05-31T06:15:00Z"));
    assert_eq!(found.language, Language::parse("en"));
    assert_eq!(found.canonical_url, Some(url("https://www.harbor.example/2024/05/31/editor-held-at-airport")));
    assert_eq!(found.text.lines().count(), 3, "{}", found.text);
    assert!(found.text.starts_with("The editor of a weekly"), "{}", found.text);
    assert!(!found.text.contains("Pier 4"));
    assert_eq!(found.warnings, Vec::<String>::new());
}

#[test]
fn json_ld_is_believed_before_meta_elements() {
    let head = r#"<meta name="author" content="Desk Editor"><meta name="date" content="2020-01-01">
        <script type="application/ld+json">{"@type":"NewsArticle","headline":"Editor held at the airport","datePublished":"2024-05-30",
        "dateModified":"2024-05-31T10:00:00Z","author":{"@type":"Person","name":"Ada Brown"},"articleSection":"World","image":[{"@type":"ImageObject","url":"/a.jpg"}]}</script>"#;
    let found = article(&page(head, PARAGRAPHS));
    assert_eq!(found.authors, ["Ada Brown"]);
    assert_eq!(found.published.map(|moment| moment.to_string()).as_deref(), Some("2024-05-30T00:00:00Z"));
    assert_eq!(found.updated.map(|moment| moment.to_string()).as_deref(), Some("2024-05-31T10:00:00Z"));
    assert_eq!(found.section.as_deref(), Some("World"));
    assert_eq!(found.image_url, Some(url("https://www.harbor.example/a.jpg")));
    let other = article(&page("<meta property=\"og:image\" content=\"javascript:alert(1)\">", PARAGRAPHS));
    assert_eq!(other.image_url, None);
}

#[test]
fn each_fact_names_the_place_that_it_came_from() {
    let head = r#"<meta property="og:image" content="/a.jpg"><meta name="author" content="Ada Brown">
        <script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-05-30"}</script>"#;
    let origins = |html: &str| article(html).origins.into_iter().map(|(field, origin)| format!("{field}: {origin}")).collect::<Vec<_>>();
    let expect = ["title: heading", "authors: meta author", "published: JSON-LD", "language: html lang", "image: meta og:image"];
    assert_eq!(origins(&page(head, PARAGRAPHS)), expect);
    assert_eq!(origins(&page("", PARAGRAPHS)), ["title: heading", "published: address", "language: html lang"]);
}

#[test]
fn a_date_in_the_address_helps_out() {
    assert_eq!(article(&page("", PARAGRAPHS)).published.map(|moment| moment.to_string()).as_deref(), Some("2024-05-31T00:00:00Z"));
}

#[test]
fn a_canonical_address_counts_only_inside_the_site_and_off_the_home_page() {
    for (canonical, expect) in [
        ("https://harbor.example/a", Some("https://harbor.example/a")),
        ("https://m.harbor.example/a", Some("https://m.harbor.example/a")),
        ("https://evil.example/a", None),
        ("https://www.harbor.example/", None),
        ("javascript:alert(1)", None),
        ("/a?id=1", Some("https://www.harbor.example/a?id=1")),
    ] {
        let found = article(&page(&format!("<link rel=\"canonical\" href=\"{canonical}\">"), PARAGRAPHS));
        assert_eq!(found.canonical_url.as_ref().map(Url::as_str), expect, "{canonical}");
    }
}

#[test]
fn walls_give_no_text() {
    let bot = "<html><head><title>Just a moment...</title></head><body><h2>Checking your browser before accessing harbor.example</h2></body></html>";
    let consent = "<html><head><title>Before you continue</title></head><body><p>We and our partners store and/or access information on a device.</p>\
        <button>Accept all cookies</button></body></html>";
    let stub = page(
        "",
        "<p>The editor of a weekly newspaper was held at the airport on Friday.</p><p>Subscribe to continue reading this story and all others.</p>",
    );
    for (html, word) in [(bot, "bot check"), (consent, "consent"), (stub.as_str(), "paywall")] {
        let found = article(html);
        assert_eq!(found.text, "", "{html}");
        assert!(found.warnings.iter().any(|warning| warning.contains(word)), "{:?}", found.warnings);
    }
}

/// Numbered attributes, so that none is dropped as a repetition.
fn attributes(size: usize) -> String {
    (0..size).fold(String::from("<p"), |mut page, number| {
        let _ = write!(page, " a{number}=1");
        page
    })
}

/// A page of a given size.
type Shape = (&'static str, usize, fn(usize) -> String);

#[test]
fn hostile_pages_cost_no_more_than_their_size_and_do_not_crash() {
    let shapes: &[Shape] = &[
        ("depth", 1_000, |size| format!("{}text{}", "<div>".repeat(size), "</div>".repeat(size))),
        ("tables in formatting", 500, |size| format!("{}text", "<b><i><table>".repeat(size))),
        ("attributes", 1_500, attributes),
        ("formatting", 500, |size| format!("{}{}", (0..size).map(|number| format!("<font id={number}>")).collect::<String>(), "<p>x".repeat(size))),
        ("foreign elements", 1_000, |size| "<svg><math>".repeat(size)),
        ("no text", 20_000, |size| "\0\u{FFFD}\u{FEFF}".repeat(size)),
        ("meta elements", 500, |size| "<meta name=author content=\"Ada Brown\">".repeat(size)),
        ("bylines", 500, |size| "<span class=author>Ada Brown</span>".repeat(size)),
        ("dates", 500, |size| format!("<article>{}{}", "<div class=\"comment date\">".repeat(250), "<p>31.05.20 word".repeat(size))),
        ("a title", 50_000, |size| format!("<title>{}", "x".repeat(size))),
        ("data", 5_000, |size| format!("<script type=\"application/ld+json\">{}", "[{\"a\":".repeat(size))),
        ("paragraphs", 500, |size| "<p>word ".repeat(size)),
        ("end tags", 5_000, |size| "</p></div></b>".repeat(size)),
    ];
    for (what, size, make) in shapes {
        assert_not_quadratic(what, *size, make, article);
    }
    article("");
}
