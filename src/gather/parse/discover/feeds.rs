//! Addresses that may be feeds or sitemaps of the site that a page belongs to.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::gather::parse::discover::records::same_site;
use crate::gather::parse::discover::{Candidate, CandidateKind, Hint};
use crate::gather::parse::limits::http_url;
use crate::gather::parse::listing::{base_of, parse_page, text_of};
use crate::gather::parse::quiet;

/// Candidates of one sort that are worth a request.
const TAG_LIMIT: usize = 12;
const LINK_LIMIT: usize = 8;
const ROBOTS_LIMIT: usize = 10;
/// Types that a link tag gives a feed.
const FEED_TYPES: [&str; 6] =
    ["application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml", "application/xml"];
/// Where feeds stand that nothing leads to.
const FEED_PATHS: [&str; 8] = ["/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/rss/all", "/feed.json"];
/// Where sitemaps stand; those with news alone first.
const SITEMAP_PATHS: [&str; 5] = ["/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_index.xml", "/sitemap.xml", "/sitemap.xml.gz"];

/// What a site is made with: the name, marks in its pages, and where its feeds are (`.` is the page itself).
const PLATFORMS: [(&str, &[&str], &[&str]); 9] = [
    ("WordPress", &["/wp-content/", "/wp-includes/", "wp-json", "generator:wordpress"], &["./feed/", "/feed/", "/?feed=rss2"]),
    ("Blogger", &["generator:blogger", ".blogspot."], &["/feeds/posts/default"]),
    ("Ghost", &["generator:ghost"], &["/rss/"]),
    ("Drupal", &["generator:drupal", "/sites/default/files/", "drupal-settings-json"], &["/rss.xml", "./feed"]),
    ("Joomla", &["generator:joomla"], &["./?format=feed&type=rss"]),
    ("Substack", &["substackcdn.com"], &["/feed"]),
    ("Squarespace", &["static1.squarespace.com"], &["./?format=rss"]),
    ("Wix", &["static.wixstatic.com", "wix.com website builder"], &["/blog-feed.xml"]),
    ("Hugo or Jekyll", &["generator:hugo", "generator:jekyll"], &["/index.xml", "/feed.xml"]),
];

/// Addresses that a page leads to and addresses that are usual, the surest first. `base` is where the page was fetched from.
pub fn candidates(html: &str, base: &Url) -> Vec<Candidate> {
    quiet::catch(|| find(html, base)).unwrap_or_default()
}

/// The sitemaps that a robots.txt names.
pub fn robots_sitemaps(text: &str, base: &Url) -> Vec<Candidate> {
    let named = text.lines().filter_map(|line| line.split('#').next()?.split_once(':'));
    let named = named.filter(|(field, _)| field.trim().eq_ignore_ascii_case("sitemap")).filter_map(|(_, address)| http_url(address, base));
    named.take(ROBOTS_LIMIT).map(|url| Candidate { url, kind: CandidateKind::Sitemap, hint: Hint::RobotsTxt }).collect()
}

fn find(html: &str, from: &Url) -> Vec<Candidate> {
    let page = parse_page(html);
    let base = base_of(&page, from);
    let mut list: Vec<Candidate> = Vec::new();
    let mut add = |url: Option<Url>, kind, hint| {
        let Some(mut url) = url else { return };
        url.set_fragment(None);
        if url != *from && !list.iter().any(|other| other.url == url) {
            list.push(Candidate { url, kind, hint });
        }
    };
    for element in elements(&page, "link[href]").filter(is_feed_tag).take(TAG_LIMIT) {
        add(address(element, &base), CandidateKind::Feed, Hint::LinkTag);
    }
    let generator = elements(&page, "meta[name=generator][content]").find_map(|meta| meta.value().attr("content")).unwrap_or_default();
    let lower = format!("generator:{}\n{html}", generator.trim()).to_ascii_lowercase();
    for (name, marks, paths) in PLATFORMS {
        if marks.iter().any(|mark| lower.contains(mark)) {
            for path in paths {
                add(usual(from, path), CandidateKind::Feed, Hint::Platform(name));
            }
        }
    }
    for element in elements(&page, "a[href]").filter(|element| is_feed_link(*element, &base)).take(LINK_LIMIT) {
        add(address(element, &base), CandidateKind::Feed, Hint::PageLink);
    }
    for path in FEED_PATHS {
        add(usual(from, path), CandidateKind::Feed, Hint::CommonPath);
    }
    for element in elements(&page, "link[rel=sitemap][href], a[href$='sitemap.xml']").take(LINK_LIMIT) {
        add(address(element, &base), CandidateKind::Sitemap, Hint::PageLink);
    }
    for path in SITEMAP_PATHS {
        add(usual(from, path), CandidateKind::Sitemap, Hint::CommonPath);
    }
    list
}

fn elements<'a>(page: &'a Html, selector: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let found: Vec<ElementRef<'a>> = Selector::parse(selector).map(|selector| page.select(&selector).collect()).unwrap_or_default();
    found.into_iter()
}

fn address(element: ElementRef<'_>, base: &Url) -> Option<Url> {
    let href = element.value().attr("href")?.trim();
    // An old way to hand a feed to a reader.
    let href = href.strip_prefix("feed://").map_or_else(|| href.strip_prefix("feed:").unwrap_or(href).to_owned(), |rest| format!("http://{rest}"));
    http_url(&href, base)
}

fn is_feed_tag(element: &ElementRef<'_>) -> bool {
    let attribute = |name| element.value().attr(name).unwrap_or_default().trim().to_ascii_lowercase();
    let rel = attribute("rel");
    let media_type = attribute("type");
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    rel.split_ascii_whitespace().any(|word| matches!(word, "alternate" | "feed")) && FEED_TYPES.contains(&media_type)
}

/// True when the address or the words of a link speak of a feed.
fn is_feed_link(element: ElementRef<'_>, base: &Url) -> bool {
    let Some(url) = address(element, base) else { return false };
    let is_burner = url.host_str().is_some_and(|host| matches!(host, "feeds.feedburner.com" | "feeds2.feedburner.com"));
    if !is_burner && !same_site(&url, base) {
        return false;
    }
    let path = url.path().to_ascii_lowercase();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let stem = last.split('.').next().unwrap_or_default();
    let by_name = matches!(stem, "rss" | "feed" | "feeds" | "atom" | "rss2" | "rdf" | "rssfeed" | "newsfeed");
    let by_end = [".rss", ".atom", ".rdf"].iter().any(|end| last.ends_with(end));
    let by_query = url.query().is_some_and(|query| ["format=feed", "feed=rss", "type=rss", "format=rss"].iter().any(|part| query.contains(part)));
    let text = text_of(element, 64).to_ascii_lowercase();
    let by_words = matches!(text.as_str(), "rss" | "rss feed" | "atom" | "feed" | "rss 2.0" | "rss-лента" | "лента rss" | "rss лента");
    is_burner || by_name || by_end || by_query || by_words
}

/// A usual path of a site: from its root, or (`./`) below the page.
fn usual(page: &Url, path: &str) -> Option<Url> {
    let mut url = page.clone();
    url.set_query(None);
    url.set_fragment(None);
    let Some(below) = path.strip_prefix('.') else { return url.join(path).ok() };
    if let Some(query) = below.strip_prefix("/?") {
        url.set_query(Some(query));
        return Some(url);
    }
    let path = format!("{}{below}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Some(url)
}
