//! What strangers put into feeds, headers and addresses, and what must not come out of it.

use presswatch::web::api::{openapi::Kind, operations};

use super::desk::{Desk, Reply};

/// Texts that do harm where they are taken for something else than text.
const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "]]><!--<script>alert(1)</script>-->",
    "javascript:alert(1)",
    "{{ 7*7 }}${7*7}",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "a\r\nSet-Cookie: evil=1\r\n\r\n<b>",
    "\u{202e}gnp.exe\u{2066}\u{0}\u{1b}[31m",
];

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// No element or attribute may come of news text; what a page shows is escaped.
fn holds_no_markup(path: &str, body: &str) {
    for word in ["<script", "<img", "<svg/", "onerror=alert(1)>", "<b>"] {
        assert!(!body.contains(word), "{path} has {word}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_from_a_feed_becomes_markup_formula_or_header_anywhere() {
    let desk = Desk::open().await;
    let mut stories = Vec::new();
    for (number, text) in HOSTILE.iter().enumerate() {
        // As the store receives it: NUL and the like are taken out there.
        let key = format!("h{number}");
        let stored = desk.story("valley-en", &key, text, text, |draft| {
            draft.authors = vec![(*text).to_owned()];
            draft.tags = vec![(*text).to_owned()];
            draft.facts.section = Some((*text).to_owned());
        });
        stories.push(stored.await.story);
    }
    let mut paths: Vec<String> = ["/", "/stories", "/sources", "/sources/valley-en", "/stories.atom"].map(str::to_owned).to_vec();
    paths.extend(stories.iter().map(|id| format!("/stories/{id}")));
    paths.extend(HOSTILE.iter().map(|text| format!("/stories?words={}", encoded(text))));
    paths.extend(HOSTILE.iter().map(|text| format!("/{}", encoded(text))));
    paths.extend(HOSTILE.iter().map(|text| format!("/login?next={0}&lang={0}", encoded(text))));
    paths.extend(HOSTILE.iter().map(|text| format!("/preferences?back={}", encoded(text))));
    for path in paths {
        let reply = desk.get(&path).await;
        assert!(reply.status < 500, "{path}: {}", reply.body);
        holds_no_markup(&path, &reply.body);
        assert_eq!(reply.headers.iter().filter(|(name, value)| name == "set-cookie" && value.contains("evil")).count(), 0, "{path}");
        if reply.status == 303 {
            let to = reply.header("location");
            assert!(to.starts_with('/') && !to.starts_with("//"), "{path} leads to {to}");
        }
    }
    for line in desk.get("/stories.csv").await.body.lines().skip(1) {
        for cell in line.trim_matches('"').split("\",\"") {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{line}");
        }
        assert!(!line.contains('\u{1b}') && !line.contains('\u{202e}'), "{line}");
    }
    let feed: serde_json::Value = serde_json::from_str(&desk.get("/stories.json").await.body).unwrap();
    assert_eq!(feed["items"].as_array().unwrap().len(), HOSTILE.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_to_a_file() {
    let desk = Desk::open().await;
    for path in [
        "/static/../presswatch.toml",
        "/static/%2e%2e/presswatch.toml",
        "/static/..%2f..%2fetc%2fpasswd",
        "/sources/..%2f..%2fpresswatch.toml",
        "/watchlists/..%2fwatchlists.d%2fone.toml",
        "/stories/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/api/v1/sources/%2e%2e%2fdatabase-url",
        "/sources.opml/../database-url",
    ] {
        let reply = desk.get(path).await;
        assert!(reply.status == 404 || reply.status == 400, "{path}: {}", reply.status);
        assert!(!reply.body.contains("postgres://") && !reply.body.contains("root:") && !reply.body.contains("state_directory"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_change_something_need_the_token_of_the_page() {
    let desk = Desk::filled().await;
    for path in
        ["/preferences", "/watchlists/kz-opposition", "/new-source", "/new-source/pick", "/new-source/import", "/logout", "/login", "/stories"]
    {
        for (form, headers) in [
            ("", ""),
            ("csrf=", ""),
            ("csrf=AAAA", ""),
            ("url=https://evil.example", "Origin: https://evil.example\r\n"),
            ("url=https://evil.example", "Sec-Fetch-Site: cross-site\r\n"),
        ] {
            assert_eq!(desk.send(path, form, headers).await.status, 403, "{path} {form} {headers}");
        }
        for method in ["PUT", "DELETE", "PATCH"] {
            let reply = desk.ask(&format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")).await;
            assert_eq!(reply.status, 403, "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_adds_what_was_found_and_no_text_of_a_form_becomes_configuration() {
    let desk = Desk::open().await;
    let looked = desk.post("/new-source", &[("url", "lighthouse.example")], "").await;
    assert_eq!(looked.status, 200, "{}", looked.body);
    assert!(looked.body.contains("New &#60;i&#62;Lighthouse") && looked.body.contains("75 %"), "{}", looked.body);
    holds_no_markup("/new-source", &looked.body);
    let pick = looked.body.split_once("name=\"pick\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let added = desk.post("/new-source/pick", &[("pick", pick)], "").await;
    assert!(added.status == 200 && added.body.contains("1 source was added"), "{}", added.body);
    let file = std::fs::read_to_string(desk.folder.path().join("sources.d/local.toml")).unwrap();
    assert!(file.contains("id = \"lighthouse.example\"") && file.contains("https://lighthouse.example/feed"), "{file}");
    assert!(presswatch::config::load(desk.folder.path()).is_ok());
    assert_eq!(desk.post("/new-source/pick", &[("pick", pick)], "").await.status, 410, "chosen once");
    let walled = desk.post("/new-source", &[("url", "https://walled.example/")], "").await;
    assert!(walled.body.contains("the server answers 403"), "{}", walled.body);
    holds_no_markup("/new-source", &walled.body);
    for wrong in ["ftp://a.example", "http://me:pw@a.example/", "", "file:///etc/passwd"] {
        let reply = desk.post("/new-source", &[("url", wrong)], "").await;
        assert!(reply.body.contains("role=\"alert\""), "{wrong}: {}", reply.body);
    }
    let opml = "<opml version=\"2.0\"><body><outline text=\"A&quot;]\n[[source]]\nid = &quot;x\" xmlUrl=\"https://other.example/rss\"/>\
                <outline text=\"Twice\" xmlUrl=\"https://other.example/rss\"/><outline text=\"&lt;b&gt;\" type=\"rss\"/></body></opml>";
    let imported = desk.post("/new-source/import", &[("opml", opml)], "").await;
    assert!(imported.body.contains("1 source was added") && imported.body.contains("already that of the source"), "{}", imported.body);
    holds_no_markup("/new-source/import", &imported.body);
    assert_eq!(presswatch::config::load(desk.folder.path()).unwrap().sources.len(), 6);
    assert!(desk.post("/new-source/import", &[("opml", "<html>")], "").await.body.contains("no &#60;opml&#62; element"));
    let pack = desk.get("/sources.opml").await;
    assert!(pack.header("content-type").starts_with("text/x-opml") && pack.body.contains("presswatch:status.state=\"waiting\""), "{}", pack.body);
    assert_eq!(desk.db.number("SELECT count(*) FROM audit_log WHERE action = 'source.add' AND who = 'local'").await, 2);
}

/// A generator of a few bytes, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides
    }

    fn text(&mut self) -> String {
        const LETTERS: [&str; 24] =
            ["a", "Z", "0", "9", "-", "_", ".", "/", "\\", "\"", "'", "<", "%", "&", "=", "+", " ", "\n", "\u{0}", "я", "中", "\u{202e}", "😀", "*"];
        (0..self.roll(12)).map(|_| LETTERS[self.roll(LETTERS.len())]).collect()
    }

    fn value(&mut self, kind: Kind) -> String {
        match (self.roll(3), kind) {
            (0, _) => self.text(),
            (_, Kind::Country) => "KZ".to_owned(),
            (_, Kind::Language) => "ru".to_owned(),
            (_, Kind::LabelId) => "arrest_detention".to_owned(),
            (_, Kind::Slug) => "valley-en".to_owned(),
            (_, Kind::Day) => format!("20{:02}-{:02}-{:02}", self.roll(99), self.roll(14), self.roll(33)),
            (_, Kind::Uuid) => format!("{:08x}-0000-7000-8000-{:012x}", self.roll(0xffff_ffff), self.roll(0xffff)),
            (_, Kind::Choice(values)) => values[self.roll(values.len())].to_owned(),
            (_, Kind::Limit) => (self.roll(60)).to_string(),
            (_, Kind::Text | Kind::Place) => ["detained", "задерж*", "\"a b\"~3", "(", "AND"][self.roll(5)].to_owned(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_api_is_asked_it_answers_or_says_what_is_wrong() {
    let desk = Desk::filled().await;
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let all = operations();
    let mut answered = 0;
    for round in 0..300 {
        let operation = all[round % all.len()];
        if operation.media != "application/json" {
            continue;
        }
        let mut path = operation.path.to_owned();
        if let Some(of) = operation.of {
            path = path.replace("{id}", &encoded(&dice.value(of.kind)));
        }
        let mut pairs = Vec::new();
        for key in operation.query {
            if dice.roll(4) == 0 {
                pairs.push(format!("{}={}", key.name, encoded(&dice.value(key.kind))));
            }
        }
        if dice.roll(20) == 0 {
            pairs.push(format!("{}={}", encoded(&dice.text()), encoded(&dice.text())));
        }
        let path = if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) };
        let reply: Reply = desk.get(&path).await;
        match reply.status {
            200 => {
                answered += 1;
                assert_eq!(reply.header("content-type"), "application/json", "{path}");
                assert!(serde_json::from_str::<serde_json::Value>(&reply.body).is_ok(), "{path}");
            }
            400 | 404 => {
                let problem: serde_json::Value = serde_json::from_str(&reply.body).unwrap_or_else(|_| panic!("{path}: {}", reply.body));
                assert_eq!(
                    (problem["status"].as_u64(), problem["detail"].as_str().is_some_and(|detail| !detail.is_empty())),
                    (Some(u64::from(reply.status)), true),
                    "{path}"
                );
            }
            status => panic!("{path}: {status} {}", reply.body),
        }
    }
    assert!(answered > 50, "{answered}");
}
