//! Headers and logins of a source: told to the origin of its address, and to nobody else.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use presswatch::config::{HeaderText, Login, SecretRef, SourceAccess};
use presswatch::net::{Get, header};

use super::{client, get, loopback};
use crate::support::server::{Answer, Server};

fn secret(folder: &Path, name: &str, text: &str) -> SecretRef {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    SecretRef::File(path)
}

#[tokio::test]
async fn secrets_go_to_the_origin_of_the_source_and_plain_fields_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let stranger = Server::start(|_| Answer::ok("text/plain", "news")).await;
    let away = stranger.url("/away");
    let home = Server::start(move |request| match request.path.as_str() {
        "/moved" => Answer::status(302).header("Location", "/feed"),
        "/leave" => Answer::status(307).header("Location", &away),
        _ => Answer::ok("text/plain", "news"),
    })
    .await;
    let access = SourceAccess {
        headers: vec![
            ("user-agent".to_owned(), HeaderText::Plain("Desk/1".to_owned())),
            ("x-key".to_owned(), HeaderText::Secret(secret(folder.path(), "key", "opensesame\n"))),
        ],
        login: Some(Login::Basic { username: "desk".to_owned(), password: secret(folder.path(), "password", "hunter2") }),
        ..SourceAccess::default()
    };
    let client = client(loopback()).for_source(&home.url("/feed").parse().unwrap(), &access).unwrap();
    assert!(!format!("{client:?}").contains("hunter2"));
    for path in ["/feed", "/moved", "/leave"] {
        let headers = vec![(header::ACCEPT, "text/plain".to_owned())];
        client.get(Get { headers, ..get(&home.url(path)) }).await.unwrap();
    }
    // An article page of another publisher, fetched for this source.
    client.get(get(&stranger.url("/article"))).await.unwrap();

    assert_eq!(home.requests().len(), 4);
    for request in home.requests() {
        assert_eq!(request.header("authorization"), Some("Basic ZGVzazpodW50ZXIy"), "{}", request.path);
        assert_eq!(request.header("x-key"), Some("opensesame"), "{}", request.path);
        assert_eq!(request.header("user-agent"), Some("Desk/1"), "{}", request.path);
    }
    assert_eq!(stranger.requests().len(), 2);
    for request in stranger.requests() {
        assert_eq!((request.header("authorization"), request.header("x-key")), (None, None), "{}", request.path);
        assert_eq!(request.header("user-agent"), Some("Desk/1"), "{}", request.path);
    }
}

#[tokio::test]
async fn a_bearer_token_is_sent_and_read_anew_for_each_poll() {
    let folder = tempfile::tempdir().unwrap();
    let home = Server::start(|_| Answer::ok("text/plain", "news")).await;
    let token = secret(folder.path(), "token", "first");
    let access = SourceAccess { login: Some(Login::Bearer(token)), ..SourceAccess::default() };
    for text in ["first", "second"] {
        std::fs::write(folder.path().join("token"), text).unwrap();
        let client = client(loopback()).for_source(&home.url("/").parse().unwrap(), &access).unwrap();
        client.get(get(&home.url("/"))).await.unwrap();
    }
    let seen: Vec<Option<String>> = home.requests().iter().map(|request| request.header("authorization").map(str::to_owned)).collect();
    assert_eq!(seen, [Some("Bearer first".to_owned()), Some("Bearer second".to_owned())]);
}

#[tokio::test]
async fn without_its_secret_a_source_is_not_asked_at_all() {
    let home = Server::start(|_| Answer::ok("text/plain", "news")).await;
    let access =
        SourceAccess { login: Some(Login::Bearer(SecretRef::Environment("PRESSWATCH_TEST_NEVER_SET".to_owned()))), ..SourceAccess::default() };
    let error = client(loopback()).for_source(&home.url("/").parse().unwrap(), &access).unwrap_err();
    assert_eq!(error.kind(), "setup");
    assert!(error.to_string().contains("PRESSWATCH_TEST_NEVER_SET"), "{error}");
    assert_eq!(home.requests().len(), 0);
}
