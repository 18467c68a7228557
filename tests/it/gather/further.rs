//! Sources of several documents: sitemaps, indexes of sitemaps, listings of several pages; polled as the daemon does.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use presswatch::pipeline::PollReport;

use super::desk::Desk;
use crate::support::server::{Answer, Request, Server};

const SUBJECTS: [&str; 8] = ["harbor", "printer", "bakery", "orchard", "railway", "theater", "museum", "lighthouse"];

/// An article page of its own words.
fn article(path: &str) -> Answer {
    let number: usize = path.bytes().map(usize::from).sum();
    let subject = SUBJECTS[number % SUBJECTS.len()];
    let sentences: String = (0..12)
        .map(|line| format!("<p>Line {line} of {path}: the {subject} at number {} was closed by inspectors.</p>", number * (line + 3)))
        .collect();
    let html = format!(
        "<!doctype html><html lang=en><head><title>The {subject} {path}</title></head><body><article><h1>The {subject} {path}</h1>{sentences}</article></body></html>"
    );
    Answer::ok("text/html; charset=utf-8", &html)
}

fn hours_ago(hours: i64) -> String {
    Timestamp::now().checked_sub(SignedDuration::from_hours(hours)).unwrap().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn url_entry(path: &str, hours: i64) -> String {
    format!("<url><loc>{path}</loc><lastmod>{}</lastmod></url>", hours_ago(hours))
}

fn urlset(entries: &[String]) -> String {
    format!(
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{}</urlset>",
        entries.concat()
    )
}

fn index(sitemaps: &[(&str, Option<i64>)]) -> String {
    let entry = |(path, hours): &(&str, Option<i64>)| {
        let modified = hours.map(|hours| format!("<lastmod>{}</lastmod>", hours_ago(hours))).unwrap_or_default();
        format!("<sitemap><loc>{path}</loc>{modified}</sitemap>")
    };
    format!("<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</sitemapindex>", sitemaps.iter().map(entry).collect::<String>())
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn source(server: &Server, path: &str, more: &str) -> String {
    format!("[[source]]\nid = \"one\"\nname = \"The one\"\nurl = \"{}\"\nlanguage = \"en\"\n{more}\n", server.url(path))
}

fn asked(server: &Server) -> Vec<String> {
    server.requests().into_iter().map(|Request { path, .. }| path).filter(|path| path != "/robots.txt").collect()
}

fn counts(report: PollReport) -> (usize, usize, usize, usize) {
    (report.seen, report.new, report.known, report.failed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sitemap_becomes_stories_with_the_titles_of_its_pages() {
    let server = Server::start(|request| match request.path.as_str() {
        "/news-sitemap.xml" => {
            let news = format!(
                "<url><loc>/news/named</loc><news:news><news:publication_date>{}</news:publication_date><news:title>Editor held</news:title></news:news></url>",
                hours_ago(1)
            );
            let section = url_entry("/section", 2);
            Answer::ok("text/xml", &urlset(&[news, url_entry("/news/plain", 3), section, url_entry("/news/gone", 4), url_entry("/news/old", 200)]))
        }
        "/section" => Answer::ok("text/html", "<html><head><title></title></head><body><ul><li><a href='/news/plain'>x</a></li></ul></body></html>"),
        "/news/gone" => Answer::status(404),
        path => article(path),
    })
    .await;
    let desk = Desk::open(&server, &source(&server, "/news-sitemap.xml", "kind = \"sitemap\"")).await;
    assert_eq!(counts(desk.poll().await), (4, 2, 1, 1));
    assert_eq!(desk.stories("title = 'Editor held'").await, 1);
    assert_eq!(desk.stories("title LIKE 'The %/news/plain'").await, 1);
    assert_eq!(desk.stories("true").await, 2);
    // What led to no story is not asked for again; what could not be had is.
    assert_eq!(counts(desk.poll().await), (4, 0, 3, 1));
    let asked = asked(&server);
    assert_eq!(["/section", "/news/gone", "/news/old"].map(|path| asked.iter().filter(|asked| *asked == path).count()), [1, 2, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_followed_newest_first_to_its_bound_and_read_again_though_unchanged() {
    let polls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&polls);
    let server = Server::start(move |request| match request.path.as_str() {
        "/sitemap.xml" => {
            let poll = counter.fetch_add(1, Ordering::SeqCst);
            if poll > 0 && request.header("if-none-match").is_some() {
                return Answer::status(304);
            }
            let children = [
                ("/old.xml", Some(900)),
                ("/b.xml.gz", Some(2)),
                ("/a.xml", Some(1)),
                ("/c.xml", Some(3)),
                ("http://elsewhere.example/d.xml", Some(0)),
            ];
            Answer::ok("text/xml", &index(&children)).header("ETag", "\"same\"")
        }
        "/a.xml" if counter.load(Ordering::SeqCst) > 1 => Answer::ok("text/xml", &urlset(&[url_entry("/n/1", 1), url_entry("/n/3", 0)])),
        "/a.xml" => Answer::ok("text/xml", &urlset(&[url_entry("/n/1", 1)])),
        "/b.xml.gz" => Answer::status(200).header("Content-Type", "application/gzip").body(&packed(urlset(&[url_entry("/n/2", 2)]).as_bytes())),
        path => article(path),
    })
    .await;
    let desk = Desk::open(&server, &source(&server, "/sitemap.xml", "kind = \"sitemap\"\nsitemap = { max_sitemaps = 2 }")).await;
    assert_eq!(counts(desk.poll().await), (2, 2, 0, 0));
    assert_eq!(desk.warned("of another site").await, 1);
    assert_eq!(&asked(&server)[..3], ["/sitemap.xml", "/a.xml", "/b.xml.gz"]);
    assert_eq!(counts(desk.poll().await), (3, 1, 2, 0));
    assert!(!asked(&server).iter().any(|path| path == "/c.xml" || path == "/old.xml"));
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_that_lead_in_circles_or_ever_deeper_end() {
    let server = Server::start(|request| match request.path.as_str() {
        "/sitemap.xml" => Answer::ok("text/xml", &index(&[("/sitemap.xml", None), ("/round.xml", None), ("/deep-1.xml", None), ("/news.xml", None)])),
        "/round.xml" => Answer::status(302).header("Location", "/sitemap.xml"),
        "/news.xml" => Answer::ok("text/xml", &urlset(&[url_entry("/n/1", 1)])),
        path if path.starts_with("/deep-") => {
            let depth: usize = path.trim_start_matches("/deep-").trim_end_matches(".xml").parse().unwrap();
            let (left, right) = (format!("/deep-{}.xml", depth * 2), format!("/deep-{}.xml", depth * 2 + 1));
            Answer::ok("text/xml", &index(&[(&left, None), (&right, None)]))
        }
        path => article(path),
    })
    .await;
    let desk = Desk::open(&server, &source(&server, "/sitemap.xml", "kind = \"sitemap\"\nsitemap = { max_sitemaps = 50 }")).await;
    assert_eq!(counts(desk.poll().await), (1, 1, 0, 0));
    let asked = asked(&server);
    assert_eq!(asked.iter().filter(|path| path.starts_with("/deep-")).count(), 3, "{asked:?}");
    assert_eq!((desk.warned("leads back").await, desk.warned("index inside an index").await), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_without_one_readable_sitemap_is_a_failure() {
    let server = Server::start(|request| match request.path.as_str() {
        "/sitemap.xml" => Answer::ok("text/xml", &index(&[("/bomb.xml.gz", None), ("/missing.xml", None), ("/page.xml", None)])),
        // 40 MB of blanks in 40 KB.
        "/bomb.xml.gz" => Answer::status(200).header("Content-Type", "application/gzip").body(&packed(&vec![b' '; 40 << 20])),
        "/page.xml" => Answer::ok("text/html", "<!doctype html><html><body>Not found</body></html>"),
        _ => Answer::status(404),
    })
    .await;
    let desk = Desk::open(&server, &source(&server, "/sitemap.xml", "kind = \"sitemap\"")).await;
    assert_eq!(counts(desk.poll().await), (0, 0, 0, 0));
    assert_eq!(desk.database.number("SELECT count(*) FROM source_states WHERE health = 'failing' AND last_error LIKE 'not one sitemap%'").await, 1);
}

/// Page `number` of a listing of ten items each.
fn listing_page(first: usize, next: Option<&str>) -> Answer {
    let items: String = (first..first + 10).map(|item| format!("<li><a href='/n/{item}'>Item number {item}</a></li>")).collect();
    let next = next.map(|next| format!("<a class=next href='{next}'>Older</a>")).unwrap_or_default();
    Answer::ok("text/html", &format!("<!doctype html><html><body><ul>{items}</ul>{next}</body></html>"))
}

const LISTING: &str = "kind = \"listing\"\nfull_text = \"never\"\nlisting = { item = \"li\", next = \"a.next\", max_pages = 3 }";

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_is_read_page_by_page_while_there_is_news() {
    let new = Arc::new(AtomicUsize::new(0));
    let shift = Arc::clone(&new);
    let server = Server::start(move |request| {
        let page: usize = request.path.strip_prefix("/list?p=").map_or(1, |page| page.parse().unwrap());
        // New items push the others down.
        let first = 1000 + (page - 1) * 10 - shift.load(Ordering::SeqCst);
        listing_page(first, Some(&format!("/list?p={}", page + 1)))
    })
    .await;
    let desk = Desk::open(&server, &source(&server, "/list", LISTING)).await;
    assert_eq!(counts(desk.poll().await), (30, 30, 0, 0));
    assert_eq!(asked(&server), ["/list", "/list?p=2", "/list?p=3"]);

    new.store(2, Ordering::SeqCst);
    assert_eq!(counts(desk.poll().await), (20, 2, 18, 0));
    assert_eq!(&asked(&server)[3..], ["/list", "/list?p=2"]);

    assert_eq!(counts(desk.poll().await).1, 0);
    assert_eq!(&asked(&server)[5..], ["/list"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_leads_in_a_circle_ends() {
    let server = Server::start(|request| match request.path.as_str() {
        "/list" => listing_page(1000, Some("/list?p=2#top")),
        "/list?p=2" => listing_page(1010, Some("/list#again")),
        _ => Answer::status(404),
    })
    .await;
    let desk = Desk::open(&server, &source(&server, "/list", &LISTING.replace("max_pages = 3", "max_pages = 40"))).await;
    assert_eq!(counts(desk.poll().await), (20, 20, 0, 0));
    assert_eq!(asked(&server).len(), 2);
    assert_eq!(desk.warned("leads back").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_pages_of_the_same_items_end_and_another_site_is_not_entered() {
    let server = Server::start(|request| match request.path.as_str() {
        path if path.starts_with("/calendar") => listing_page(1000, Some(&format!("{path}0"))),
        _ => Answer::status(404),
    })
    .await;
    let desk = Desk::open(&server, &source(&server, "/calendar?day=1", &LISTING.replace("max_pages = 3", "max_pages = 40"))).await;
    assert_eq!(counts(desk.poll().await), (10, 10, 0, 0));
    assert_eq!(asked(&server), ["/calendar?day=1", "/calendar?day=10"]);

    let server = Server::start(|_| listing_page(1000, Some("http://elsewhere.example/list?p=2"))).await;
    let desk = Desk::open(&server, &source(&server, "/list", LISTING)).await;
    assert_eq!(counts(desk.poll().await), (10, 10, 0, 0));
    assert_eq!(desk.warned("of another site").await, 1);
}
