use std::io::Write;
use std::time::Duration;

use jiff::Timestamp;

use super::parse_sitemap;
use crate::model::{Parsed, SitemapRules};

const NEWS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><loc>https://harbor.example/</loc><lastmod>2026-03-02T11:00:00Z</lastmod></url>
  <url>
    <loc> https://harbor.example/news/printer?a=1&amp;b=2 </loc>
    <n:news><n:publication><n:name>Harbor</n:name><n:language>uk</n:language></n:publication>
      <n:publication_date>2026-03-02T08:00:00+02:00</n:publication_date>
      <n:title>Printer &amp; editor <![CDATA[held]]></n:title><n:keywords>press, court ,</n:keywords></n:news>
    <image:image><image:loc>https://harbor.example/p.jpg</image:loc><image:title>A picture</image:title></image:image>
    <lastmod>2026-03-02T07:30:00Z</lastmod>
  </url>
  <url><loc>/news/later</loc><lastmod>2026-03-02T10:00:00Z</lastmod></url>
  <url><loc>https://harbor.example/news/old</loc><lastmod>2019-01-01</lastmod></url>
  <url><loc>https://harbor.example/about</loc></url>
  <url><loc>mailto:desk@harbor.example</loc></url>
  <url><loc>https://harbor.example/news/later</loc><lastmod>2026-03-02T09:00:00Z</lastmod></url>
</urlset>"#;

fn read(bytes: &[u8], rules: &SitemapRules) -> Parsed {
    let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
    parse_sitemap(bytes, None, rules, &"https://harbor.example/sitemap.xml".parse().unwrap(), now)
}

fn addresses(parsed: &Parsed) -> Vec<&str> {
    parsed.items.iter().filter_map(|item| item.url.as_ref().map(url::Url::path)).collect()
}

#[test]
fn entries_that_are_young_enough_come_newest_first() {
    let parsed = read(NEWS.as_bytes(), &SitemapRules::default());
    assert!(parsed.recognized && parsed.further.is_empty());
    assert_eq!(addresses(&parsed), ["/news/later", "/news/printer"]);
    let item = &parsed.items[1];
    assert_eq!(item.url.as_ref().unwrap().as_str(), "https://harbor.example/news/printer?a=1&b=2");
    assert_eq!(item.title.as_deref(), Some("Printer & editor held"));
    assert_eq!(item.published.unwrap().to_string(), "2026-03-02T06:00:00Z");
    assert_eq!(item.updated.unwrap().to_string(), "2026-03-02T07:30:00Z");
    assert_eq!(item.language.as_ref().unwrap().as_str(), "uk");
    assert_eq!(item.categories, ["press", "court"]);
    assert_eq!((parsed.items[0].title.as_deref(), parsed.items[0].published), (None, None));
    assert_eq!(
        parsed.warnings,
        ["1 entries hold no address and were left out", "1 entries hold no date and were left out: nothing tells new ones from old ones"]
    );
}

#[test]
fn the_operator_bounds_paths_and_age() {
    let rules = SitemapRules { paths: vec!["/news/p".to_owned(), "/about".to_owned()], ..SitemapRules::default() };
    assert_eq!(addresses(&read(NEWS.as_bytes(), &rules)), ["/news/printer"]);
    let rules = SitemapRules { max_age: Duration::from_hours(24 * 365 * 20), ..SitemapRules::default() };
    assert_eq!(addresses(&read(NEWS.as_bytes(), &rules)), ["/news/later", "/news/printer", "/news/old"]);
}

#[test]
fn a_packed_sitemap_is_read_and_a_cut_one_as_far_as_it_goes() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(NEWS.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    assert_eq!(read(&packed, &SitemapRules::default()).items.len(), 2);
    let cut = read(&packed[..packed.len() - 12], &SitemapRules::default());
    assert!(cut.recognized && cut.warnings.iter().any(|warning| warning.contains("damaged")), "{:?}", cut.warnings);
    let half = NEWS.split_once("<lastmod>2026-03-02T10").unwrap().0;
    assert_eq!(addresses(&read(half.as_bytes(), &SitemapRules::default())), ["/news/printer"]);
}

#[test]
fn lost_end_tags_cost_no_entry() {
    let damaged = NEWS.replace("</url>", "").replace("</n:title>", "").replace("</loc>", "");
    assert_eq!(addresses(&read(damaged.as_bytes(), &SitemapRules::default())), ["/news/later", "/news/printer"]);
}

#[test]
fn an_index_gives_its_sitemaps() {
    let index = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>
        <sitemap><loc>https://harbor.example/s1.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
        <sitemap><loc>https://harbor.example/s2.xml.gz</loc><lastmod>2026-03-02</lastmod></sitemap>
        <sitemap><loc>ftp://harbor.example/s3.xml</loc></sitemap></sitemapindex>";
    let parsed = read(index.as_bytes(), &SitemapRules::default());
    assert!(parsed.recognized && parsed.items.is_empty());
    assert_eq!(parsed.further.iter().map(url::Url::as_str).collect::<Vec<_>>(), ["https://harbor.example/s2.xml.gz"]);
}

#[test]
fn what_is_no_sitemap_is_named() {
    for (text, expect) in [
        ("<rss version='2.0'><channel/></rss>", "a feed, not a sitemap"),
        ("<!doctype html><html></html>", "a web page, not a sitemap"),
        ("{}", "not a sitemap"),
        ("", "the document is empty"),
    ] {
        let parsed = read(text.as_bytes(), &SitemapRules::default());
        assert!(!parsed.recognized && parsed.warnings[0].contains(expect), "{text}: {:?}", parsed.warnings);
    }
}

#[test]
fn hostile_sitemaps_are_bounded() {
    let deep = format!("<urlset><url><loc>/a</loc>{}<lastmod>2026-03-02T10:00:00Z</lastmod></url></urlset>", "<x>".repeat(100_000));
    assert!(read(deep.as_bytes(), &SitemapRules::default()).recognized);
    let one = |number: usize| format!("<url><loc>/a/{number}</loc><lastmod>2026-03-02T10:00:00Z</lastmod></url>");
    let wide = format!("<urlset>{}</urlset>", (0..60_000).map(one).collect::<String>());
    let parsed = read(wide.as_bytes(), &SitemapRules::default());
    assert_eq!(parsed.items.len(), 1000);
    assert!(parsed.warnings.iter().any(|warning| warning.contains("first 50000")), "{:?}", parsed.warnings);
    let long = format!("<urlset><url><loc>/{}</loc><lastmod>2026-03-02T10:00:00Z</lastmod></url></urlset>", "a".repeat(1 << 20));
    assert_eq!(read(long.as_bytes(), &SitemapRules::default()).items.len(), 0);
    let entities = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><urlset><url><loc>/&b;</loc><lastmod>2026-03-02T10:00:00Z</lastmod></url></urlset>";
    assert_eq!(addresses(&read(entities.as_bytes(), &SitemapRules::default())), ["/&b;"]);
}
