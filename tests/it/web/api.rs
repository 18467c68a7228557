//! The API, the feeds and the tables, as programs read them.

use std::process::Command;
use std::time::Duration;

use presswatch::web::api::{openapi, operations};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::desk::{self, Desk, Reply};

async fn get(desk: &Desk, path: &str, headers: &str) -> Reply {
    desk.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")).await
}

async fn json(desk: &Desk, path: &str) -> Value {
    let reply = get(desk, path, "").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"), "{path}: {}", reply.body);
    serde_json::from_str(&reply.body).unwrap()
}

fn titles(value: &Value) -> Vec<&str> {
    value["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

fn token(desk: &Desk, name: &str, scopes: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswatch"));
    command.arg("--config").arg(desk.folder.path()).args(["tokens", "add", name]);
    for scope in scopes {
        command.args(["--scope", scope]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Says where a value is not what its schema asks for.
fn check(value: &Value, schema: &Value, records: &Value, place: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let record = &records[name.rsplit('/').next().unwrap()];
        assert!(record.is_object(), "{place}: {name} is not described");
        return check(value, record, records, place);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let chosen = if value.is_null() { choices.last() } else { choices.first() };
        return check(value, chosen.unwrap(), records, place);
    }
    match schema["type"].as_str().unwrap_or_else(|| panic!("{place} has no type: {schema}")) {
        "object" => {
            let (known, given) = (schema["properties"].as_object().unwrap(), value.as_object().unwrap_or_else(|| panic!("{place}: {value}")));
            assert_eq!(known.keys().collect::<Vec<_>>(), given.keys().collect::<Vec<_>>(), "{place}");
            for (key, value) in given {
                assert!(
                    known[key]["description"].as_str().is_some_and(|about| !about.is_empty()) || key == "items",
                    "{place}.{key} is not described"
                );
                check(value, &known[key], records, &format!("{place}.{key}"));
            }
        }
        "array" => {
            for one in value.as_array().unwrap_or_else(|| panic!("{place}: {value}")) {
                check(one, &schema["items"], records, &format!("{place}[]"));
            }
        }
        "string" => {
            let text = value.as_str().unwrap_or_else(|| panic!("{place}: {value}"));
            match schema["format"].as_str() {
                Some("uuid") => assert!(text.parse::<uuid::Uuid>().is_ok(), "{place}: {text}"),
                Some("date-time") => assert!(text.parse::<jiff::Timestamp>().is_ok(), "{place}: {text}"),
                Some("date") => assert!(text.parse::<jiff::civil::Date>().is_ok(), "{place}: {text}"),
                _ => {}
            }
        }
        "integer" => assert!(value.is_i64() || value.is_u64(), "{place}: {value}"),
        "number" => assert!(value.is_number(), "{place}: {value}"),
        "boolean" => assert!(value.is_boolean(), "{place}: {value}"),
        "null" => assert!(value.is_null(), "{place}: {value}"),
        other => panic!("{place}: {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_the_document_describes_it() {
    let desk = Desk::filled().await;
    let document = json(&desk, "/api/v1/openapi.json").await;
    assert_eq!(document, openapi::document(&operations()));
    assert_eq!(document["openapi"], "3.1.0");
    let records = &document["components"]["schemas"];
    let ids = [("/api/v1/stories/{id}", desk.english.to_string()), ("/api/v1/sources/{id}", "valley-en".to_owned())];
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(schema) = item["get"]["responses"]["200"]["content"]["application/json"]["schema"].as_object() else { continue };
        let path = match ids.iter().find(|(known, _)| known == path) {
            Some((known, id)) => known.replace("{id}", id),
            None if path.contains('{') => continue,
            None => path.clone(),
        };
        check(&json(&desk, &path).await, &Value::Object(schema.clone()), records, &path);
        asked += 1;
    }
    assert_eq!(asked, 9);
    // What is described is what is answered: every other address is none.
    for path in ["/api/v1", "/api/v1/", "/api/v2/stories", "/api/v1/story"] {
        let reply = get(&desk, path, "").await;
        assert_eq!((reply.status, reply.header("content-type")), (404, "application/problem+json"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_those_of_the_pages_and_continue_by_id() {
    let desk = Desk::filled().await;
    let all = [desk::TITLE_AR, desk::TITLE_ZH, desk::TITLE_RU, desk::TITLE_EN];
    assert_eq!(titles(&json(&desk, "/api/v1/stories").await), all);
    assert_eq!(titles(&json(&desk, "/api/v1/stories?country=kz&language=ru").await), [desk::TITLE_RU]);
    assert_eq!(titles(&json(&desk, "/api/v1/stories?words=%D0%B7%D0%B0%D0%B4%D0%B5%D1%80%D0%B6%D0%B0%D1%82%D1%8C").await), [desk::TITLE_RU]);
    let (mut found, mut path) = (Vec::new(), "/api/v1/stories?copies=1&limit=2".to_owned());
    loop {
        let page = json(&desk, &path).await;
        found.extend(titles(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        assert!(next.contains("copies=1") && next.contains("limit=2"), "{next}");
        path = next.to_owned();
    }
    assert_eq!(found.len(), 5, "{found:?}");
    let (mut ids, mut path) = (Vec::new(), "/api/v1/sources?limit=3".to_owned());
    while let page = json(&desk, &path).await
        && ids.len() < 10
    {
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = next.to_owned();
    }
    assert_eq!(ids, ["harbor-ar", "later-zh", "steppe-ru", "valley-en"]);
    let clusters = json(&desk, "/api/v1/clusters?limit=1").await;
    let next = clusters["next"].as_str().unwrap();
    let second = json(&desk, next).await;
    assert_ne!(clusters["items"][0]["id"], second["items"][0]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_a_problem_that_says_what_to_do() {
    let desk = Desk::open().await;
    for (path, status, says) in [
        ("/api/v1/stories?contry=KZ", 400, "Known are"),
        ("/api/v1/stories?country=KZ&country=RU", 400, "once"),
        ("/api/v1/stories?country=ZZ", 400, "ISO 3166"),
        ("/api/v1/stories?limit=51", 400, "1 to 50"),
        ("/api/v1/stories?before=x", 400, "follow the links"),
        ("/api/v1/clusters?before=x", 400, "Follow `next`"),
        ("/api/v1/sources?after=..%2Fetc", 400, "Follow `next`"),
        ("/api/v1/stories/00000000-0000-0000-0000-000000000000", 404, "past its time"),
        ("/api/v1/stories/x", 404, "past its time"),
        ("/api/v1/sources/..%2F..%2Fetc%2Fpasswd", 404, "past its time"),
        ("/api/v1/incidents/%FF", 404, "past its time"),
        ("/api/v1/labels?x=1", 400, "no keys"),
    ] {
        let reply = get(&desk, path, "").await;
        assert_eq!((reply.status, reply.header("content-type")), (status, "application/problem+json"), "{path}: {}", reply.body);
        let problem: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(problem["status"], status, "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{path}: {problem}");
    }
    let posted = desk.post("/api/v1/stories", &[], "").await;
    assert_eq!((posted.status, posted.header("content-type")), (405, "application/problem+json"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_its_scopes_say_and_nothing_else() {
    let desk = Desk::guarded().await;
    let (read, alerts) = (token(&desk, "wall", &["read"]), token(&desk, "ops", &["alerts", "metrics"]));
    let bearer = |token: &str| format!("Authorization: Bearer {token}\r\n");
    let status = async |path: &str, headers: &str| get(&desk, path, headers).await.status;
    for path in ["/api/v1/stories", "/stories.atom", "/api/v1/alerts", "/metrics"] {
        let refused = get(&desk, path, "").await;
        assert_eq!((refused.status, refused.header("www-authenticate").starts_with("Bearer")), (401, true), "{path}");
        assert_eq!(status(path, &bearer("pw_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).await, 401, "{path}");
    }
    assert_eq!(status("/api/v1/stories", &bearer(&read)).await, 200);
    assert_eq!(status("/stories.csv", &bearer(&read)).await, 200);
    use base64::Engine;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("feeds:{read}"));
    assert_eq!(status("/incidents.atom", &format!("Authorization: Basic {basic}\r\n")).await, 200, "feed readers know passwords alone");
    assert_eq!(status("/api/v1/alerts", &bearer(&read)).await, 403);
    assert_eq!(status("/metrics", &bearer(&read)).await, 403);
    assert_eq!(status("/api/v1/alerts", &bearer(&alerts)).await, 200);
    assert_eq!(status("/metrics", &bearer(&alerts)).await, 200);
    assert_eq!(status("/api/v1/stories", &bearer(&alerts)).await, 403);
    // Pages are for people.
    for path in ["/", "/stories", "/audit", "/alerts"] {
        assert_eq!(status(path, &bearer(&read)).await, 303, "{path}");
    }
    assert_eq!(status("/api/v1/openapi.json", "").await, 200, "the document holds nothing of the desk");
    desk.db.execute("UPDATE api_tokens SET expires_at = now() - interval '1 s' WHERE name = 'ops'").await;
    assert_eq!(status("/metrics", &bearer(&alerts)).await, 401, "its time is over");
    let mut revoke = Command::new(env!("CARGO_BIN_EXE_presswatch"));
    assert!(revoke.arg("--config").arg(desk.folder.path()).args(["tokens", "revoke", "wall"]).status().unwrap().success());
    assert_eq!(status("/api/v1/stories", &bearer(&read)).await, 401);
    assert_eq!(desk.db.number(&format!("SELECT count(*) FROM api_tokens t WHERE t::text LIKE '%{alerts}%'")).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn restricted_lists_tell_programs_nothing() {
    let desk = Desk::filled().await;
    for path in ["/api/v1/watchlists".to_owned(), "/api/v1/alerts".to_owned(), format!("/api/v1/stories/{}", desk.chinese)] {
        let body = get(&desk, &path, "").await.body;
        assert!(body.contains("guarded"), "{path}");
        for secret in ["Friends of the harbor", "guarded-term", "Marat Dzhubaev", "guard@ngo.example", "p-7"] {
            assert!(!body.contains(secret), "{path} tells {secret}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_not_sent_again() {
    let desk = Desk::filled().await;
    for path in ["/api/v1/stories", "/stories.atom", "/stories.json", "/stories.csv", "/incidents.atom", "/incidents.csv"] {
        let first = get(&desk, path, "").await;
        let tag = first.header("etag").to_owned();
        assert!(first.status == 200 && tag.len() > 10 && first.header("cache-control") == "private, no-cache", "{path}: {:?}", first.headers);
        let again = get(&desk, path, &format!("If-None-Match: {tag}\r\n")).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
    }
    let tag = get(&desk, "/stories.atom", "").await.header("etag").to_owned();
    desk.story("valley-en", "9", "A new one", "Text.", |_| {}).await;
    assert_eq!(get(&desk, "/stories.atom", &format!("If-None-Match: {tag}\r\n")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_and_tables_hold_what_the_page_lists() {
    let desk = Desk::filled().await;
    let page = desk.get("/stories?country=KZ").await.body;
    assert!(page.contains("href=\"/stories.atom?country=KZ\""), "{page}");
    let atom = get(&desk, "/stories.atom?country=KZ", "").await;
    assert_eq!(atom.header("content-type"), "application/atom+xml; charset=utf-8");
    let here = "https://desk.example/stories.atom".parse().unwrap();
    let read = presswatch::gather::parse::parse_feed(atom.body.as_bytes(), Some("application/atom+xml"), &here);
    assert_eq!((read.items.len(), read.warnings.len()), (2, 0), "{} {:?}", atom.body, read.warnings);
    let feed: Value = serde_json::from_str(&get(&desk, "/stories.json?language=ru", "").await.body).unwrap();
    assert_eq!((feed["items"].as_array().unwrap().len(), &feed["items"][0]["title"]), (1, &desk::TITLE_RU.into()));
    assert!(feed["items"][0]["url"].as_str().unwrap().starts_with("https://desk.example/watch/stories/"), "{feed}");
    let table = get(&desk, "/stories.csv", "").await;
    assert_eq!(table.body.lines().count(), 5, "{}", table.body);
    assert!(table.header("content-disposition").contains("stories.csv"));
    assert_eq!(get(&desk, "/stories.csv?country=Nowhere", "").await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_screen_hears_of_news_and_goes_on_where_it_was() {
    let desk = Desk::filled().await;
    let listen = async |headers: &str| {
        let mut stream = TcpStream::connect(desk.address).await.unwrap();
        stream.write_all(format!("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").as_bytes()).await.unwrap();
        stream
    };
    let until = async |stream: &mut TcpStream, word: &str| {
        let mut heard = Vec::new();
        let mut piece = [0; 4096];
        let reading = async {
            while !String::from_utf8_lossy(&heard).contains(word) {
                let read = stream.read(&mut piece).await.unwrap();
                assert!(read > 0, "{}", String::from_utf8_lossy(&heard));
                heard.extend_from_slice(&piece[..read]);
            }
        };
        tokio::time::timeout(Duration::from_secs(30), reading).await.unwrap_or_else(|_| panic!("{word} is not heard"));
        String::from_utf8(heard).unwrap()
    };
    let mut screen = listen("").await;
    let head = until(&mut screen, "retry: 5000").await;
    assert!(head.contains("text/event-stream") && head.contains("cache-control: no-store"), "{head}");
    let first = desk.story("valley-en", "21", "First\nof\rall", "Text.", |_| {}).await.story;
    let heard = until(&mut screen, "First").await;
    assert!(heard.contains("event: story\n") && heard.contains(&format!("id: {first}\n")) && !heard.contains(desk::TITLE_EN), "{heard}");
    drop(screen);
    let second = desk.story("valley-en", "22", "Second of all", "Text.", |_| {}).await.story;
    let mut screen = listen(&format!("Last-Event-ID: {first}\r\n")).await;
    let heard = until(&mut screen, "Second of all").await;
    assert!(heard.contains(&second.to_string()) && !heard.contains("First"), "{heard}");
}
