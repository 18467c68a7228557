use std::fmt::Write;

use super::*;

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

#[test]
fn hostile_pages_end_quickly_and_without_a_crash() {
    let mut attributes = String::from("<p");
    for number in 0..300_000 {
        let _ = write!(attributes, " a{number}=1");
    }
    let mut formatting = String::new();
    for number in 0..2_000 {
        let _ = write!(formatting, "<font id={number}>");
    }
    let pages = [
        format!("{}text{}", "<div>".repeat(100_000), "</div>".repeat(100_000)),
        format!("{}text", "<b><i><table>".repeat(30_000)),
        attributes,
        format!("{formatting}{}", "<p>x".repeat(300_000)),
        "<svg><math>".repeat(50_000),
        "\0\u{FFFD}\u{FEFF}".repeat(200_000),
        "<meta name=author content=\"Ada Brown\">".repeat(20_000),
        "<span class=author>Ada Brown</span>".repeat(20_000),
        format!("<article>{}", "<div class=\"comment date\">".repeat(250) + &"<p>31.05.20 word".repeat(20_000)),
        format!("<title>{}", "x".repeat(3_000_000)),
        format!("<script type=\"application/ld+json\">{}", "[{\"a\":".repeat(200_000)),
        "<p>word ".repeat(120_000),
        "</p></div></b>".repeat(200_000),
        String::new(),
    ];
    for (number, page) in pages.iter().enumerate() {
        let started = std::time::Instant::now();
        article(page);
        // The bound is that of an unoptimized build on a busy machine; optimized it is under a second.
        assert!(started.elapsed().as_secs() < 30, "page {number}: {:?}", started.elapsed());
    }
}
