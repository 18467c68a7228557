//! What must never come through: scripts in news text, foreign hosts, requests that change something, a database that is away.

use std::time::Duration;

use presswatch::model::{Field, TopicLabel};

use super::desk::{Desk, evidence};

const SCRIPT: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\" onmouseover=\"alert(3)";

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_news_text_is_shown_and_never_run() {
    let desk = Desk::open().await;
    let stored = desk
        .story("valley-en", "1", SCRIPT, SCRIPT, |draft| {
            draft.url = Some("javascript:alert(4)".parse().unwrap());
            draft.authors = vec![SCRIPT.to_owned()];
            draft.tags = vec![SCRIPT.to_owned()];
            let places = vec![evidence(draft, Field::Title, "alert(1)", SCRIPT), evidence(draft, Field::Text, "<img src=x", SCRIPT)];
            draft.classification.topics.push(TopicLabel { id: "arrest_detention".to_owned(), score: 0.9, evidence: places });
        })
        .await;
    for path in ["/".to_owned(), "/stories".to_owned(), format!("/stories/{}", stored.story)] {
        let body = desk.get(&path).await.body;
        assert!(!body.contains("<script") && !body.contains("<img") && !body.contains("\" onmouseover"), "{path}: {body}");
        assert!(!body.contains("href=\"javascript:"), "{path}");
        assert!(body.contains("alert(1)"), "{path} shows the text as it is");
    }
    let story = desk.get(&format!("/stories/{}", stored.story)).await.body;
    assert!(story.contains("<code dir=\"ltr\">javascript:alert(4)</code>"), "{story}");
    let searched = desk.get("/stories?words=%22%3E%3Cscript%3Ealert%3C%2Fscript%3E").await;
    assert_eq!(searched.status, 400, "a quotation mark is never closed");
    assert!(!searched.body.contains("<script"));
    let searched = desk.get("/stories?words=%22%3E%3Cscript%3Ealert%3C%2Fscript%3E%22").await;
    assert_eq!(searched.status, 200);
    assert!(!searched.body.contains("<script") && searched.body.contains("&#60;script&#62;"), "{}", searched.body);
    let refused = desk.get("/stories?country=%3Cscript%3E").await;
    assert_eq!(refused.status, 400);
    assert!(!refused.body.contains("<script"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_strict_headers() {
    let desk = Desk::open().await;
    for (path, status) in
        [("/", 200), ("/stories", 200), ("/static/style.css", 200), ("/metrics", 200), ("/nowhere", 404), ("/stories?language=xx", 400)]
    {
        let reply = desk.get(path).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(
            reply.header("content-security-policy"),
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("x-dns-prefetch-control"), "off");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_load_nothing_from_elsewhere_and_hold_no_script_or_style() {
    let desk = Desk::filled().await;
    let story = format!("/stories/{}", desk.english);
    for path in [
        "/",
        "/?map=coverage",
        "/countries/KZ",
        "/stories",
        "/stories?words=detain*",
        story.as_str(),
        "/incidents",
        "/alerts",
        "/sources",
        "/sources/valley-en",
        "/watchlists",
    ] {
        let body = desk.get(path).await.body;
        for word in ["<script", "<style", " style=", "<iframe", "<img", " src=", "<base", "@import"] {
            assert!(!body.contains(word), "{path} has {word}");
        }
        assert_eq!(body.matches("<link ").count(), 1, "{path}");
        assert_eq!(body.matches("<h1").count(), 1, "{path}");
        assert!(body.contains("<html lang=\"en\" dir=\"ltr\">") && body.contains("<main id=\"main\">"), "{path}");
        for link in body.split("href=\"http").skip(1) {
            assert!(link.split_once('>').unwrap().0.contains("rel=\"noreferrer noopener\""), "{path}");
        }
    }
    assert!(!desk.get("/static/style.css").await.body.contains("url("));
}

#[tokio::test(flavor = "multi_thread")]
async fn request_that_names_another_host_is_refused() {
    let desk = Desk::open().await;
    let check = async |host: &str, status: u16| {
        let reply = desk.ask(&format!("GET /stories HTTP/1.1\r\n{host}Connection: close\r\n\r\n")).await;
        assert_eq!(reply.status, status, "{host:?}");
    };
    check("Host: localhost\r\n", 200).await;
    check("Host: LOCALHOST:9464\r\n", 200).await;
    check("Host: 127.0.0.1:1\r\n", 200).await;
    check("Host: [::1]:9464\r\n", 200).await;
    check("Host: desk.example\r\n", 200).await;
    check("Host: evil.example\r\n", 421).await;
    check("Host: localhost.evil.example\r\n", 421).await;
    check("Host: localhost@evil.example\r\n", 421).await;
    check("Host: 127.0.0.1.evil.example:9464\r\n", 421).await;
    check("Host: \r\n", 421).await;
    check("", 421).await;
    check("Host: localhost\r\nHost: evil.example\r\n", 421).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_gets_a_page_that_says_what_to_do() {
    let desk = Desk::open().await;
    let check = async |path: &str, status: u16, says: &str| {
        let reply = desk.get(path).await;
        assert_eq!((reply.status, reply.body.contains(says)), (status, true), "{path}: {}", reply.body);
        assert!(reply.body.contains("<nav "), "{path}");
    };
    check("/nowhere", 404, "no such page").await;
    check("/stories/00000000-0000-0000-0000-000000000000", 404, "no such story").await;
    check("/stories/latest", 404, "no such story").await;
    check("/stories?country=Kazakhstan", 400, "cannot be read").await;
    check("/stories?country=ZZ", 400, "ISO 3166").await;
    check("/stories?language=kz", 400, "Kazakh is").await;
    check("/stories?words=***", 400, "cannot begin with a star").await;
    check("/stories?words=(arrest", 400, "never closed").await;
    check("/stories?before=yesterday", 400, "cannot be read").await;
    check("/stories?country=KZ&country=RU", 400, "once").await;
    check("/alerts?state=lost", 400, "pending, delivered or dead").await;
    let changed = desk.post("/alerts", &[], "").await;
    assert_eq!((changed.status, changed.body.contains("read only")), (405, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn database_that_is_away_is_said_on_pages_and_to_the_health_check() {
    let desk = Desk::open().await;
    desk.db.store.close().await;
    let health = desk.get("/healthz").await;
    assert_eq!((health.status, health.body.as_str()), (503, "the database does not answer\n"));
    for path in ["/", "/stories", "/alerts", "/sources", "/watchlists"] {
        let reply = desk.get(path).await;
        assert_eq!(reply.status, 503, "{path}");
        assert!(reply.body.contains("The database does not answer") && reply.body.contains("presswatch db status"), "{path}");
    }
    // Those that need no database still answer.
    assert!(desk.get("/metrics").await.body.contains("desk_tests_total 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_end_when_asked_though_a_reader_holds_its_connection() {
    let desk = Desk::open().await;
    let _idle = tokio::net::TcpStream::connect(desk.address).await.unwrap();
    desk.stop.cancel();
    let ended = async {
        while tokio::net::TcpStream::connect(desk.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ended).await.unwrap();
}
