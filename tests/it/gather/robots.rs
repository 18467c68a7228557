//! robots.txt against a real server: what it permits, how long that holds, what happens when the server fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use presswatch::gather::fetch::{Politeness, Robots};
use tokio::time::Instant;
use url::Url;

use super::client;
use crate::support::server::{Answer, Server};

/// A robots.txt, asked about pages; what was answered and how often the file was fetched.
struct Site {
    server: Server,
    robots: Robots,
    politeness: Politeness,
}

impl Site {
    async fn new(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Self {
        let asked = AtomicUsize::new(0);
        let server = Server::start(move |request| match request.path.as_str() {
            "/robots.txt" => answer(asked.fetch_add(1, Ordering::SeqCst)),
            path => panic!("{path} is nobody's business here"),
        })
        .await;
        Self { server, robots: Robots::default(), politeness: Politeness::new(Duration::ZERO, 4) }
    }

    async fn with_file(text: &'static str) -> Self {
        Self::new(move |_| Answer::ok("text/plain", text)).await
    }

    /// "ok", or the kind of the refusal.
    async fn ask(&self, path: &str) -> &'static str {
        let page: Url = self.server.url(path).parse().unwrap();
        match self.robots.check(&client(), &self.politeness, &page).await {
            Ok(()) => "ok",
            Err(error) => error.kind(),
        }
    }
}

#[tokio::test]
async fn the_longest_rule_of_our_own_group_decides() {
    let site = Site::with_file(
        "User-agent: *\nDisallow: /\n\nUser-agent: otherbot\nUser-agent: PressWatch\nDisallow: /archive\nAllow: /archive/open\nDisallow: /*.pdf$\n\n\
         User-agent: presswatch\nDisallow: /caf%C3%A9\n",
    )
    .await;
    for (path, expect) in [
        ("/news/1", "ok"),
        ("/archive/1", "robots"),
        ("/archive/open/1", "ok"),
        ("/report.pdf", "robots"),
        ("/report.pdf?page=2", "ok"),
        ("/café/1", "robots"),
        ("/", "ok"),
    ] {
        assert_eq!(site.ask(path).await, expect, "{path}");
    }
    assert_eq!(site.server.requests().len(), 1, "the file is fetched once");
    assert_eq!(Site::with_file("User-agent: *\nDisallow: /news\n").await.ask("/news/1").await, "robots", "without a group of ours that of all holds");
    assert_eq!(Site::with_file("<html><body>Not found</body></html>").await.ask("/news/1").await, "ok");
}

#[tokio::test]
async fn no_file_permits_everything_and_a_failing_server_nothing() {
    for (status, expect) in [(404, "ok"), (401, "ok"), (403, "ok"), (410, "ok"), (429, "robots"), (500, "robots"), (503, "robots")] {
        let site = Site::new(move |_| Answer::status(status)).await;
        assert_eq!(site.ask("/news/1").await, expect, "{status}");
        assert_eq!(site.ask("/news/2").await, expect, "{status}");
        assert_eq!(site.server.requests().len(), 1, "{status}: the answer is remembered");
    }
    let circle = Site::new(|_| Answer::status(302).header("Location", "/robots.txt")).await;
    assert_eq!(circle.ask("/news/1").await, "ok");
}

#[tokio::test]
async fn what_was_learned_holds_for_a_day_and_through_a_failure() {
    let site = Site::new(|asked| match asked {
        0 => Answer::ok("text/plain", "User-agent: *\nDisallow: /closed\n"),
        1 => Answer::status(503),
        _ => Answer::ok("text/plain", "User-agent: *\nDisallow: /open\n"),
    })
    .await;
    let later = async |hours| {
        tokio::time::pause();
        tokio::time::advance(Duration::from_hours(hours)).await;
        tokio::time::resume();
    };
    assert_eq!((site.ask("/closed").await, site.ask("/open").await), ("robots", "ok"));
    later(23).await;
    assert_eq!((site.ask("/closed").await, site.server.requests().len()), ("robots", 1));
    later(2).await;
    assert_eq!((site.ask("/closed").await, site.ask("/open").await, site.server.requests().len()), ("robots", "ok", 2), "the old file still holds");
    later(2).await;
    assert_eq!((site.ask("/closed").await, site.ask("/open").await, site.server.requests().len()), ("ok", "robots", 3));
}

#[tokio::test]
async fn of_a_huge_file_the_beginning_counts() {
    let huge: &'static str =
        Box::leak(format!("User-agent: *\nDisallow: /closed\n{}\nDisallow: /late\n", "# filler\n".repeat(100_000)).into_boxed_str());
    let site = Site::with_file(huge).await;
    assert_eq!((site.ask("/closed").await, site.ask("/late").await), ("robots", "ok"));
}

#[tokio::test]
async fn a_crawl_delay_spaces_requests_up_to_a_bound() {
    for (delay, expect) in [("2", 2.0), ("0.5", 0.5), ("86400", 30.0), ("soon", 0.0)] {
        let text: &'static str = Box::leak(format!("User-agent: *\nCrawl-delay: {delay}\n").into_boxed_str());
        let site = Site::with_file(text).await;
        assert_eq!(site.ask("/news/1").await, "ok");
        let page: Url = site.server.url("/news/1").parse().unwrap();
        drop(site.politeness.acquire(&page).await);
        let wait = site.politeness.expected_wait(&page).as_secs_f64();
        assert!(wait <= expect && wait >= expect - 0.4, "{delay}: {wait}");
    }
}

#[tokio::test]
async fn many_pages_at_once_fetch_the_file_once() {
    let site = Arc::new(Site::with_file("User-agent: *\nDisallow: /closed\n").await);
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..20 {
        let site = Arc::clone(&site);
        tasks.spawn(async move { site.ask(&format!("/news/{index}")).await });
    }
    assert!(tasks.join_all().await.iter().all(|answer| *answer == "ok"));
    assert_eq!(site.server.requests().len(), 1);
}

#[tokio::test]
async fn a_host_that_cannot_be_reached_is_not_taken_for_one_that_forbids() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let page: Url = format!("http://127.0.0.1:{port}/news/1").parse().unwrap();
    let robots = Robots::default();
    let begin = Instant::now();
    let error = robots.check(&client(), &Politeness::new(Duration::ZERO, 1), &page).await.unwrap_err();
    assert_eq!((error.kind(), error.may_be_our_outage()), ("connect", true));
    assert!(begin.elapsed() < Duration::from_secs(30));
}
