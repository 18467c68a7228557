//! Whole polls: which requests a source's pages cause, by which way, and what remains when they may not be fetched.

use crate::support::pipeline::Pipeline;
use crate::support::proxy::Proxy;
use crate::support::server::{Answer, Request, Server};

const ARTICLE: &str = "<html><head><title>Printer seized</title></head><body><article><h1>Printer seized</h1><p>Customs officers seized the printer \
                       of the only newspaper in the port on Monday, its editor said, and gave no reason for it.</p><p>The paper has appeared for \
                       forty years and will be printed across the border from now on, she added.</p></article></body></html>";

/// A site with a feed, a listing page, an article, and a robots.txt that closes both pages.
async fn site() -> Server {
    Server::start(|request: &Request| match request.path.as_str() {
        "/robots.txt" => Answer::ok("text/plain", "User-agent: *\nDisallow: /news\nDisallow: /list\n"),
        "/feed" => {
            let item = "<item><title>Printer seized</title><link>/news/1</link><guid>1</guid><description>In the feed's words</description></item>";
            Answer::ok("application/rss+xml", &format!("<rss version='2.0'><channel><title>Harbor</title>{item}</channel></rss>"))
        }
        "/list" => Answer::ok("text/html", "<html><body><article><a href='/news/2'>Second printer seized</a></article></body></html>"),
        _ => Answer::ok("text/html", ARTICLE),
    })
    .await
}

fn sources(site: &Server, more: &str) -> String {
    let (feed, list) = (site.url("/feed"), site.url("/list"));
    format!(
        "[[source]]\nid = \"a-feed\"\nname = \"Feed\"\nurl = \"{feed}\"\nfull_text = \"always\"\n{more}\n\
         [[source]]\nid = \"b-list\"\nname = \"List\"\nurl = \"{list}\"\nkind = \"listing\"\nlisting = {{ item = \"article\" }}\nfull_text = \"always\"\n{more}\n"
    )
}

fn paths(site: &Server) -> Vec<String> {
    let mut paths: Vec<String> = site.requests().into_iter().map(|request| request.path).collect();
    paths.sort();
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_robots_may_not_read_are_left_and_the_feeds_words_remain() {
    let site = site().await;
    let pipeline = Pipeline::open("", &sources(&site, ""), &[site.port()]).await;
    let reports = pipeline.poll().await;
    assert_eq!(reports.iter().map(|(id, report)| (id.as_str(), report.new)).collect::<Vec<_>>(), [("a-feed", 1), ("b-list", 0)]);
    assert_eq!(paths(&site), ["/feed", "/robots.txt"]);
    let db = &pipeline.db;
    assert_eq!(db.number("SELECT count(*) FROM stories WHERE title = 'Printer seized' AND body LIKE '%feed''s words%'").await, 1);
    assert_eq!(db.number("SELECT count(*) FROM fetches WHERE source_id = 'a-feed' AND warnings[1] LIKE '%robots%ignore%'").await, 1);
    assert_eq!(db.number("SELECT count(*) FROM fetches WHERE source_id = 'b-list' AND outcome = 'robots'").await, 1);
    assert_eq!(db.number("SELECT count(*) FROM source_states WHERE source_id = 'b-list' AND health = 'blocked'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_may_be_read_against_the_wish_of_robots_txt() {
    let site = site().await;
    let pipeline = Pipeline::open("", &sources(&site, "robots = \"ignore\""), &[site.port()]).await;
    assert!(pipeline.poll().await.iter().all(|(_, report)| report.new == 1));
    assert_eq!(paths(&site), ["/feed", "/list", "/news/1", "/news/2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_pages_and_robots_txt_take_the_sources_own_way() {
    let site = site().await;
    let proxy = Proxy::socks5(site.address(), None).await;
    let main = format!("[network.paths.tor]\nurl = \"socks5h://{}\"\n", proxy.address);
    // The name stands for nothing here: only the proxy knows it.
    let feed = sources(&site, "network = \"tor\"").replace(&site.url(""), &format!("http://harbor.example:{}", site.port()));
    let pipeline = Pipeline::open(&main, &feed, &[site.port()]).await;
    pipeline.poll().await;
    assert_eq!(paths(&site), ["/feed", "/robots.txt"]);
    let asked = proxy.asked();
    assert!(!asked.is_empty() && asked.iter().all(|name| *name == format!("name harbor.example:{}", site.port())), "{asked:?}");
    drop(proxy);
    let before = paths(&site).len();
    pipeline.poll().await;
    assert_eq!(paths(&site).len(), before, "without the proxy there is no way");
    assert_eq!(pipeline.db.number("SELECT count(*) FROM source_states WHERE source_id = 'a-feed' AND last_error LIKE '%tor%'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_sent_for_the_feed_its_pages_and_robots_txt() {
    let site = site().await;
    let login = "robots = \"ignore\"\nbasic_auth = { username = \"desk\", password = \"file:password\" }";
    let pipeline = Pipeline::open("", &sources(&site, login), &[site.port()]).await;
    pipeline.poll().await;
    let requests = site.requests();
    assert_eq!(requests.len(), 4);
    assert!(requests.iter().all(|request| request.header("authorization") == Some("Basic ZGVzazpodW50ZXIy")));
}
