//! `sources discover`: sites of several kinds on loopback, and what a person gets.

use std::process::Output;

use presswatch::config::read_sources;
use presswatch::model::{Language, Source, SourceKind};

use super::desk::{Desk, folder};
use crate::support::server::{Answer, Server};

const FEED: &str = "<rss version='2.0'><channel><title>Harbor News</title><item><title>Printer seized</title><link>/a/1</link><pubDate>Mon, 02 Mar 2026 10:14:00 GMT</pubDate></item></channel></rss>";

fn discover(server: &Server, arguments: &[&str]) -> Output {
    let folder = folder(server, "");
    tokio::task::block_in_place(|| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_presswatch"));
        command.arg("--config").arg(folder.path()).args(["sources", "discover"]).args(arguments).output().unwrap()
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What stands on standard output is a file for sources.d with one source.
#[track_caller]
fn source(output: &Output) -> Source {
    let toml = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{toml}\n{}", text(&output.stderr));
    let mut sources = read_sources(&toml, std::path::Path::new("new.toml")).unwrap_or_else(|problems| panic!("{problems:?}\n{toml}"));
    assert_eq!(sources.len(), 1, "{toml}");
    sources.remove(0)
}

fn html(body: &str) -> Answer {
    Answer::ok("text/html; charset=utf-8", &format!("<!doctype html><html lang=en><head><title>Harbor News</title></head><body>{body}</body></html>"))
}

fn list() -> String {
    let titles = [
        "Court leaves the printer in custody",
        "Two reporters questioned over a budget",
        "Harbor radio goes silent after a search",
        "Editors answer the new law on archives",
    ];
    let card = |(number, title): (usize, &&str)| {
        format!(
            "<div class=card><h3><a href='/story-number-{number}-of-many'>{title}</a></h3><span class=date>{} March 2026</span></div>",
            number + 1
        )
    };
    titles.iter().enumerate().map(card).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_the_page_names_is_printed_as_a_source_with_its_items() {
    let server = Server::start(|request| match request.path.as_str() {
        "/" => html("<link rel=alternate type='application/rss+xml' href='/comments/feed/'><link rel=alternate type='application/rss+xml' href='/en/feed/'><link rel=alternate type='application/atom+xml' href='/broken'>"),
        "/en/feed/" => Answer::ok("text/xml", FEED),
        "/comments/feed/" => Answer::ok("text/xml", &FEED.replace("Harbor News", "Comments on Harbor News").replace("/a/1", "/a/1?c")),
        _ => Answer::status(404),
    })
    .await;
    let output = discover(&server, &[&server.url("/")]);
    let found = source(&output);
    assert_eq!((found.kind.clone(), found.url.as_str(), found.name.as_str()), (SourceKind::Feed, server.url("/en/feed/").as_str(), "Harbor News"));
    let shown = text(&output.stdout);
    assert!(shown.contains("2026-03-02 10:14") && shown.contains("Printer seized") && shown.contains("/broken"), "{shown}");
    assert!(shown.contains("# name = \"Comments on Harbor News\""), "{shown}");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn usual_addresses_are_tried_where_the_page_names_none() {
    let server = Server::start(|request| match request.path.as_str() {
        "/news/" => html("<img src='/wp-content/x.png'>"),
        "/feed/" => Answer::ok("application/rss+xml", FEED),
        _ => Answer::status(404),
    })
    .await;
    let output = discover(&server, &["--json", &server.url("/news/")]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let best = &found["findings"][0];
    assert_eq!(
        (&best["kind"], &best["url"], &best["found_by"]),
        (&"feed".into(), &server.url("/feed/").into(), &"a usual address of WordPress".into())
    );
    assert_eq!(best["items"][0]["title"], "Printer seized");
    assert!(read_sources(best["toml"].as_str().unwrap(), std::path::Path::new("x")).is_ok());
    assert_eq!(found["tried"][0]["url"], server.url("/news/feed/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_news_sitemap_of_robots_txt_is_found_where_there_is_no_feed() {
    let server = Server::start(|request| {
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        match request.path.as_str() {
            "/" => html("<p>Welcome</p>"),
            "/robots.txt" => Answer::ok("text/plain", "User-agent: *\nSitemap: /maps/index.xml\n"),
            "/maps/index.xml" => Answer::ok("text/xml", "<sitemapindex><sitemap><loc>/maps/news.xml</loc></sitemap></sitemapindex>"),
            "/maps/news.xml" => Answer::ok(
                "text/xml",
                &format!("<urlset><url><loc>/a/1</loc><news:news><news:title>Printer seized</news:title><news:publication_date>{now}</news:publication_date></news:news></url></urlset>"),
            ),
            _ => Answer::status(404),
        }
    })
    .await;
    let output = discover(&server, &[&server.url("/")]);
    let found = source(&output);
    assert!(matches!(found.kind, SourceKind::Sitemap(_)));
    assert_eq!(found.url.as_str(), server.url("/maps/index.xml"));
    assert!(text(&output.stdout).contains("Printer seized"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_anything_gets_selectors_that_the_daemon_reads_it_by() {
    let server = Server::start(|request| match request.path.as_str() {
        "/" => html(&list()),
        // Many sites answer every address with a page.
        _ => html("<p>There is nothing here. <a href='/'>Go back to the front page of the paper</a></p>"),
    })
    .await;
    let output = discover(&server, &[&server.url("/")]);
    let found = source(&output);
    let SourceKind::Listing(rules) = &found.kind else { panic!("{:?}", found.kind) };
    assert_eq!((rules.item.as_str(), rules.date.as_deref()), ("div.card", Some(".date")));
    assert_eq!((found.name.as_str(), found.language.as_ref().map(Language::as_str)), ("Harbor News", Some("en")));
    assert!(server.requests().len() <= 32, "{}", server.requests().len());

    let desk = Desk::open(&server, &text(&output.stdout)).await;
    let report = desk.poll().await;
    assert_eq!((report.seen, report.new), (4, 4), "{report:?}");
    assert_eq!(desk.stories("title = 'Court leaves the printer in custody' AND published_at = '2026-03-01'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_found_the_exit_code_and_a_hint_say_so() {
    let server = Server::start(|request| match request.path.as_str() {
        "/" => html("<p>Welcome</p>"),
        "/wall" => Answer::status(403),
        _ => Answer::status(404),
    })
    .await;
    let output = discover(&server, &[&server.url("/")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--item 'article'"), "{}", text(&output.stderr));
    assert_eq!(read_sources(&text(&output.stdout), std::path::Path::new("x")), Ok(Vec::new()));
    let output = discover(&server, &[&server.url("/wall")]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
    assert!(text(&output.stderr).contains("refuses us"), "{}", text(&output.stderr));
    for arguments in [vec!["no-such-source"], vec!["ftp://harbor.example/"], vec!["harbor.example", "--title", "h2"]] {
        assert_eq!(discover(&server, &arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_a_hostile_site_stay_names() {
    let server = Server::start(|request| match request.path.as_str() {
        "/" => html(&format!(
            "<link rel=alternate type='application/rss+xml' href='/feed'><meta property='og:site_name' content='x\"]\n[[source]]\nid = \"evil\" \u{1b}[31m'>{}",
            list()
        )),
        _ => Answer::ok("text/xml", "<rss version='2.0'><channel><title>x\"\n[[source]]\nid = 1 \u{202e}&#27;</title><item><title>a&#10;[[source]]\nid=2</title><link>/a/1</link></item></channel></rss>"),
    })
    .await;
    let output = discover(&server, &["--all", &server.url("/")]);
    let found = source(&output);
    assert_eq!(found.kind, SourceKind::Feed);
    assert!(!text(&output.stdout).contains(['\u{1b}', '\u{202e}']));
}

#[tokio::test(flavor = "multi_thread")]
async fn selectors_are_tried_item_by_item() {
    let server = Server::start(|_| {
        html(&format!(
            "{}<div class=card><h3>No link</h3></div><div class=card><a href='/n/9'>Ninth</a><span class=date>yesterday</span></div>",
            list()
        ))
    })
    .await;
    let output = discover(&server, &[&server.url("/"), "--item", ".card", "--title", "h3", "--date", ".date"]);
    let found = source(&output);
    assert!(matches!(&found.kind, SourceKind::Listing(rules) if rules.title.as_deref() == Some("h3")));
    let shown = text(&output.stdout);
    for part in [
        "6 items",
        "4 of 6",
        "left out          No link",
        "lacks link: there is no link",
        "lacks title: no text",
        "lacks date: \"yesterday\" is no date",
    ] {
        assert!(shown.contains(part), "{part:?} is not in:\n{shown}");
    }
    let output = discover(&server, &["--json", &server.url("/"), "--item", ".card", "--date", ".date"]);
    let tried: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&tried["found"]["item"], &tried["found"]["date"], &tried["found"]["title"]), (&6.into(), &4.into(), &5.into()));
    assert_eq!(tried["items"][4]["item"], serde_json::Value::Null);

    let output = discover(&server, &[&server.url("/"), "--item", "div[", "--next", "a:::b"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stderr).lines().count(), 2, "{}", text(&output.stderr));
    assert_eq!(discover(&server, &[&server.url("/"), "--item", ".none"]).status.code(), Some(1));
}
