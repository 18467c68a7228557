//! Fetching sources from real servers: what is asked for, and what each answer means.

mod desk;
mod discover;
mod further;
mod pages;
mod robots;

use std::time::Duration;

use presswatch::gather::fetch::{Document, FetchError, Fetched, Outcome, Politeness, Problem, Validators, fetch_document, fetch_page};
use presswatch::gather::parse::parse_document;
use presswatch::model::{ListingRules, Source, SourceKind};
use presswatch::net::{AddressPolicy, Client};
use tokio::time::Instant;
use url::Url;

use crate::support::server::{self, Answer, Server};
use crate::support::{ScratchFolder, values};

const FEED: &str =
    "<rss version='2.0'><channel><title>Harbor news</title><item><title>Printer seized</title><link>/a/1</link></item></channel></rss>";
const LIMIT: usize = 1 << 20;

fn client() -> Client {
    let policy = AddressPolicy::public().allow_network("127.0.0.0/8").unwrap().allow_any_port();
    Client::new(&server::network_config(), policy, "presswatch-test").unwrap()
}

fn source(url: &str) -> Source {
    Source { url: url.parse().unwrap(), ..values::source("harbor") }
}

async fn fetch(url: &str, validators: &Validators) -> Result<Fetched, FetchError> {
    fetch_document(&client(), &source(url), validators, LIMIT).await
}

#[track_caller]
fn document(fetched: Fetched) -> Document {
    match fetched.outcome {
        Outcome::Document(document) => document,
        Outcome::NotModified => panic!("not modified"),
    }
}

#[tokio::test]
async fn not_modified_is_no_answer_to_an_unconditional_request() {
    let server = Server::start(|_| Answer::status(304).header("ETag", "\"v1\"")).await;
    let error = fetch(&server.url("/feed"), &Validators::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status), ("unexpected_status", Some(304)));
    let hash_only = Validators { body_hash: Some(vec![1; 32]), ..Validators::default() };
    assert_eq!(fetch(&server.url("/feed"), &hash_only).await.unwrap_err().kind(), "unexpected_status");
}

#[tokio::test]
async fn an_unchanged_feed_is_asked_for_by_its_validators_and_not_read_again() {
    let server = Server::start(|request| {
        let known = request.header("if-none-match") == Some("\"v1\"") && request.header("if-modified-since") == Some("Mon, 02 Mar 2026 10:00:00 GMT");
        let answer = if known { Answer::status(304) } else { Answer::ok("application/rss+xml", FEED) };
        answer.header("ETag", "\"v1\"").header("Last-Modified", "Mon, 02 Mar 2026 10:00:00 GMT").header("Cache-Control", "max-age=900")
    })
    .await;
    let first = fetch(&server.url("/feed"), &Validators::default()).await.unwrap();
    assert_eq!((first.http_status, first.bytes, first.fresh_for), (200, FEED.len(), Some(Duration::from_mins(15))));
    let known = first.validators.clone();
    assert_eq!(document(first).bytes, FEED.as_bytes());

    let second = fetch(&server.url("/feed"), &known).await.unwrap();
    assert!(matches!(second.outcome, Outcome::NotModified));
    assert_eq!((second.http_status, second.bytes, &second.validators), (304, 0, &known));
    let requests = server.requests();
    assert!(requests[0].header("if-none-match").is_none());
    assert_eq!(requests[1].header("user-agent"), Some("presswatch-test"));
    assert!(requests[1].header("accept").unwrap().starts_with("application/rss+xml"));
}

#[tokio::test]
async fn a_server_that_lies_about_validators_is_seen_through_by_the_body() {
    let server = Server::start(|request| Answer::ok("text/xml", FEED).header("ETag", &format!("\"{}\"", request.headers.len() + 7))).await;
    let first = fetch(&server.url("/"), &Validators::default()).await.unwrap();
    let second = fetch(&server.url("/"), &first.validators).await.unwrap();
    assert!(matches!(second.outcome, Outcome::NotModified));
    assert_eq!(second.http_status, 200);
    let forced = fetch(&server.url("/"), &Validators::default()).await.unwrap();
    assert!(matches!(forced.outcome, Outcome::Document(_)));
}

#[tokio::test]
async fn a_hostile_validator_does_not_spoil_the_next_request() {
    let server = Server::start(|_| Answer::ok("text/xml", FEED)).await;
    let hostile = Validators { etag: Some("\"a\r\nX-Evil: 1".to_owned()), last_modified: Some("x".repeat(5000)), body_hash: None };
    assert!(fetch(&server.url("/"), &hostile).await.is_ok());
    let requests = server.requests();
    assert!(requests[0].header("if-none-match").is_none() && requests[0].header("if-modified-since").is_none());
    assert!(requests[0].header("x-evil").is_none());
}

#[tokio::test]
async fn a_login_page_is_not_a_feed_and_a_bot_wall_is_blocked() {
    let server = Server::start(|request| match request.path.as_str() {
        "/login" => Answer::ok("text/html", "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form method=post></form></body></html>"),
        // Some servers call their login page a feed.
        "/liar" => Answer::ok("application/rss+xml", "\n<html><body>Please sign in</body></html>"),
        "/moved" => Answer::status(302).header("Location", "/login"),
        "/wall" => Answer::status(403).body(b"<html><head><title>Just a moment...</title></head><body></body></html>"),
        _ => Answer::ok("text/html", "<html><body><script src=\"/cdn-cgi/challenge-platform/x.js\"></script></body></html>"),
    })
    .await;
    for (path, kind, weight) in [
        ("/login", "not_a_feed", 1.0),
        ("/liar", "not_a_feed", 1.0),
        ("/moved", "not_a_feed", 1.0),
        ("/wall", "blocked", 1.0),
        ("/check", "blocked", 1.0),
    ] {
        let error = fetch(&server.url(path), &Validators::default()).await.unwrap_err();
        assert_eq!((error.kind(), error.weight(), error.is_transient()), (kind, weight, false), "{path}: {error}");
    }
}

#[tokio::test]
async fn each_status_means_what_it_says() {
    let server = Server::start(|request| {
        let (status, retry) = request.path.trim_start_matches('/').split_once('-').unwrap();
        let answer = Answer::status(status.parse().unwrap()).body(b"<rss>not to be read</rss>");
        if retry.is_empty() { answer } else { answer.header("Retry-After", &retry.replace('_', " ")) }
    })
    .await;
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    for (path, kind, transient, weight, retry_after) in [
        ("/429-120", "rate_limited", true, 0.5, seconds(120)),
        ("/429-", "rate_limited", true, 0.5, None),
        ("/429-999999999", "rate_limited", true, 0.5, seconds(86_400)),
        ("/429-Fri,_01_Jan_2100_00:00:00_GMT", "rate_limited", true, 0.5, seconds(86_400)),
        ("/503-30", "server_error", true, 0.5, seconds(30)),
        ("/503-soon", "server_error", true, 0.5, None),
        ("/500-30", "server_error", true, 0.5, None),
        ("/404-", "not_found", false, 0.5, None),
        ("/410-", "gone", false, 1.0, None),
        ("/401-", "forbidden", false, 1.0, None),
        ("/403-", "forbidden", false, 1.0, None),
        ("/418-", "unexpected_status", false, 1.0, None),
    ] {
        let error = fetch(&server.url(path), &Validators::default()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_transient(), error.weight(), error.retry_after), (kind, transient, weight, retry_after), "{path}");
        let status: u16 = path[1..4].parse().unwrap();
        assert_eq!(error.http_status, Some(status));
        assert!(error.to_string().ends_with(&format!("(HTTP {status})")), "{error}");
        assert!(!error.may_be_our_outage());
    }
}

#[tokio::test]
async fn only_an_unbroken_chain_of_permanent_redirects_moves_a_source() {
    let server = Server::start(|request| match request.path.as_str() {
        "/old" => Answer::status(301).header("Location", "/older"),
        "/older" => Answer::status(308).header("Location", "/feed"),
        "/temporary" => Answer::status(301).header("Location", "/for-now"),
        "/for-now" => Answer::status(302).header("Location", "/feed"),
        "/to-nothing" => Answer::status(301).header("Location", "/missing"),
        "/missing" => Answer::status(404),
        _ => Answer::ok("text/xml", FEED),
    })
    .await;
    let moved = fetch(&server.url("/old"), &Validators::default()).await.unwrap();
    assert_eq!(moved.permanent_redirect.as_ref().map(Url::as_str), Some(server.url("/feed").as_str()));
    assert_eq!(document(moved).final_url.as_str(), server.url("/feed"));
    assert_eq!(fetch(&server.url("/temporary"), &Validators::default()).await.unwrap().permanent_redirect, None);
    assert_eq!(fetch(&server.url("/feed"), &Validators::default()).await.unwrap().permanent_redirect, None);
    assert_eq!(fetch(&server.url("/to-nothing"), &Validators::default()).await.unwrap_err().kind(), "not_found");
}

#[tokio::test]
async fn a_feed_beyond_the_limit_is_refused() {
    let server = Server::start(|_| Answer::ok("text/xml", &"<rss>".repeat(LIMIT / 5 + 1))).await;
    let error = fetch(&server.url("/"), &Validators::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.weight()), ("too_large", 1.0));
}

#[tokio::test]
async fn a_listing_page_is_read_where_it_was_found() {
    let server = Server::start(|request| match request.path.as_str() {
        "/" => Answer::status(302).header("Location", "/en/news/"),
        _ => Answer::ok("text/html; charset=windows-1251", "").body(b"<html><body><li><a href='7'>\xcf\xf0\xe5\xf1\xf1\xe0</a></li></body></html>"),
    })
    .await;
    let rules = ListingRules::new("li");
    let listing = Source { kind: SourceKind::Listing(rules), ..source(&server.url("/")) };
    let page = document(fetch_document(&client(), &listing, &Validators::default(), LIMIT).await.unwrap());
    let parsed = parse_document(&listing, &page.bytes, page.media_type.as_deref(), &page.final_url, jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(parsed.items[0].title.as_deref(), Some("Пресса"));
    assert_eq!(parsed.items[0].url.as_ref().map(Url::as_str), Some(server.url("/en/news/7").as_str()));
    assert!(server.requests()[0].header("accept").unwrap().starts_with("text/html"));
}

#[tokio::test]
async fn article_pages_are_decoded_and_other_things_refused() {
    let server = Server::start(|request| match request.path.as_str() {
        "/article" => {
            Answer::status(200).header("Content-Type", "text/html; charset=koi8-r").body(b"<html><body>\xce\xcf\xd7\xcf\xd3\xd4\xc9</body></html>")
        }
        "/film" => Answer::ok("video/mp4", "...."),
        _ => Answer::status(404),
    })
    .await;
    let page = |path: &str| server.url(path).parse::<Url>().unwrap();
    assert!(fetch_page(&client(), &page("/article"), LIMIT).await.unwrap().html.contains("новости"));
    let film = fetch_page(&client(), &page("/film"), LIMIT).await.unwrap_err();
    assert_eq!(film.problem, Problem::NotAPage("video/mp4".to_owned()));
    assert_eq!(fetch_page(&client(), &page("/none"), LIMIT).await.unwrap_err().kind(), "not_found");
}

#[tokio::test(start_paused = true)]
async fn sources_of_one_publisher_take_turns_while_others_go_ahead() {
    let politeness = Politeness::new(Duration::from_secs(5), 2);
    let begin = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for host in ["world.harbor.example", "sports.harbor.example", "news.valley.example", "www.harbor.example"] {
        let politeness = politeness.clone();
        tasks.spawn(async move {
            let _permit = politeness.acquire(&format!("https://{host}/feed").parse().unwrap()).await;
            (begin.elapsed().as_secs(), host)
        });
    }
    let mut turns = tasks.join_all().await;
    turns.sort_unstable();
    let seconds: Vec<u64> = turns.iter().map(|(seconds, _)| *seconds).collect();
    assert_eq!(seconds, [0, 0, 5, 10], "{turns:?}");
    assert!(turns[..2].iter().any(|(_, host)| *host == "news.valley.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_test_tells_what_became_of_each_source() {
    let server = Server::start(|request| match request.path.as_str() {
        "/good" => Answer::ok("text/xml", &FEED.replace("</link>", "</link><pubDate>Mon, 02 Mar 2026 10:14:00 GMT</pubDate>")),
        "/old" => Answer::status(301).header("Location", "/good"),
        "/empty" => Answer::ok("text/xml", "<rss version='2.0'><channel><title>Nothing yet</title></channel></rss>"),
        "/page" => Answer::ok("text/html", "<!DOCTYPE html><html><body>Welcome</body></html>"),
        "/words" => Answer::ok("text/plain", "Service moved, write to us."),
        "/wall" => Answer::status(403),
        "/busy" => Answer::status(503),
        "/map" => Answer::ok("text/xml", "<sitemapindex><sitemap><loc>/part.xml</loc></sitemap></sitemapindex>"),
        "/part.xml" => {
            let now = jiff::Timestamp::now();
            Answer::ok("text/xml", &format!("<urlset><url><loc>/n/1</loc><lastmod>{now}</lastmod></url></urlset>"))
        }
        _ => Answer::status(410),
    })
    .await;
    let folder = ScratchFolder::new("sources-test");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let main =
        format!("[network]\nextra_ports = [{}]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\n[gather]\ndomain_spacing = \"0s\"\n", server.port());
    file("presswatch.toml", &main);
    let one = |name: &str| format!("[[source]]\nid = \"{name}\"\nname = \"The {name}\"\nurl = \"{}\"\n", server.url(&format!("/{name}")));
    let map = format!("{}kind = \"sitemap\"\n", one("map"));
    file("sources.d/a.toml", &(["good", "old", "empty", "page", "words", "wall", "busy", "gone"].map(one).concat() + &map));

    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_presswatch"));
        command.arg("--config").arg(folder.path()).args(["sources", "test"]).args(arguments).output().unwrap()
    };
    let output = tokio::task::block_in_place(|| run(&["--json"]));
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let reports: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdicts: Vec<(&str, &str)> =
        reports.as_array().unwrap().iter().map(|report| (report["id"].as_str().unwrap(), report["verdict"].as_str().unwrap())).collect();
    assert_eq!(
        verdicts,
        [
            ("good", "ok"),
            ("old", "moved"),
            ("empty", "empty"),
            ("page", "not_a_feed"),
            ("words", "not_a_feed"),
            ("wall", "blocked"),
            ("busy", "failing"),
            ("gone", "dead"),
            ("map", "ok"),
        ]
    );
    assert_eq!((&reports[0]["items"], &reports[0]["last_item"]), (&1.into(), &"2026-03-02T10:14:00Z".into()));
    assert_eq!(reports[1]["moved_to"], server.url("/good"));

    let output = tokio::task::block_in_place(|| run(&["good", "old", &server.url("/empty")]));
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{table}");
    assert!(table.contains("3 sources tested: 1 empty, 1 moved, 1 ok"), "{table}");
    assert!(table.contains("now at http://127.0.0.1"), "{table}");
    let output = tokio::task::block_in_place(|| run(&["godd"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("did you mean \"good\"?"));
}
