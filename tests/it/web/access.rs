//! Who is let in, who may change what, and what slows who guesses.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use super::desk::{Desk, Reply};

const PASSWORD: &str = "four words nobody joins";

/// Runs `presswatch users ...` with a password on standard input.
fn users(desk: &Desk, arguments: &[&str], password: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswatch"));
    command.arg("--config").arg(desk.folder.path()).arg("users").args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that needs none may end before it is written.
    let _ = writeln!(child.stdin.take().unwrap(), "{password}");
    child.wait_with_output().unwrap()
}

fn add(desk: &Desk, name: &str, role: &str) {
    let output = users(desk, &["add", name, "--role", role], PASSWORD);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn token_in(page: &Reply) -> String {
    page.body.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("{}", page.body)).1.split_once('"').unwrap().0.to_owned()
}

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn get(desk: &Desk, path: &str, headers: &str) -> Reply {
    desk.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")).await
}

async fn sign_in(desk: &Desk, name: &str, password: &str) -> Reply {
    let token = token_in(&desk.get("/login").await);
    desk.send("/login", &form(&[("csrf", &token), ("name", name), ("password", password), ("next", "/stories?country=KZ")]), "").await
}

/// The `Cookie` header of who signed in.
async fn session(desk: &Desk, name: &str) -> String {
    let reply = sign_in(desk, name, PASSWORD).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    format!("Cookie: {}\r\n", reply.header("set-cookie").split_once(';').unwrap().0)
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_shown_to_those_who_signed_in_alone() {
    let desk = Desk::guarded().await;
    for path in ["/", "/stories", "/alerts", "/sources/valley-en", "/watchlists", "/audit", "/nowhere", "/new-source", "/sources.opml"] {
        let reply = desk.get(path).await;
        assert_eq!(reply.status, 303, "{path}");
        assert!(reply.header("location").starts_with("/login?next=%2F"), "{path}");
    }
    for path in ["/login", "/healthz", "/static/style.css", "/preferences"] {
        assert_eq!(desk.get(path).await.status, 200, "{path}");
    }
    assert!(desk.get("/login").await.body.contains("presswatch users add"), "nobody has an account yet");

    add(&desk, "Amina", "editor");
    let reply = sign_in(&desk, "amina", PASSWORD).await;
    assert_eq!((reply.status, reply.header("location")), (303, "/stories?country=KZ"));
    let cookie = reply.header("set-cookie");
    for part in ["presswatch_session=", "HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let cookie = format!("Cookie: {}\r\n", cookie.split_once(';').unwrap().0);
    let page = get(&desk, "/stories", &cookie).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("amina (editor)") && page.body.contains("action=\"/logout\""), "{}", page.body);
    assert_eq!(get(&desk, "/login", &cookie).await.status, 303, "there is no need to sign in twice");
    // Neither the cookie nor the password lies in the database.
    let secret = cookie.trim().split_once('=').unwrap().1;
    for table in ["sessions", "accounts", "audit_log"] {
        let found = desk.db.number(&format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{secret}%' OR t::text LIKE '%{PASSWORD}%'")).await;
        assert_eq!(found, 0, "{table}");
    }
    assert_eq!(get(&desk, "/stories", "Cookie: presswatch_session=AAAA\r\n").await.status, 303);

    let left = desk.send("/logout", &form(&[("csrf", &token_in(&page))]), &cookie).await;
    assert_eq!((left.status, left.header("location")), (303, "/login"));
    assert_eq!(get(&desk, "/stories", &cookie).await.status, 303, "the session is over on the server too");
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_are_taken_with_the_token_of_their_session_alone() {
    let desk = Desk::guarded().await;
    add(&desk, "amina", "admin");
    add(&desk, "joe", "reader");
    let (amina, joe) = (session(&desk, "amina").await, session(&desk, "joe").await);
    let token = token_in(&get(&desk, "/preferences", &amina).await);
    let save = form(&[("csrf", &token), ("lang", "fr")]);
    assert_eq!(desk.send("/preferences", &save, &amina).await.status, 303);
    for (form, headers) in [
        (form(&[("lang", "fr")]), amina.clone()),
        (form(&[("csrf", ""), ("lang", "fr")]), amina.clone()),
        (save.clone(), joe.clone()),
        (save.clone(), String::new()),
        (save.clone(), format!("{amina}Origin: https://evil.example\r\n")),
        (save.clone(), format!("{amina}Origin: null\r\n")),
        (save.clone(), format!("{amina}Sec-Fetch-Site: cross-site\r\n")),
        (save.clone(), format!("{amina}Sec-Fetch-Site: same-site\r\n")),
    ] {
        let reply = desk.send("/preferences", &form, &headers).await;
        assert_eq!(reply.status, 403, "{form} {headers}");
    }
    let json = format!(
        "POST /logout HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{amina}Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{save}",
        save.len()
    );
    assert_eq!(desk.ask(&json).await.status, 403, "a form that browsers send without asking");
    assert_eq!(get(&desk, "/stories", &amina).await.status, 200, "nobody was signed out");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_waits_and_who_knows_is_let_in() {
    let desk = Desk::guarded().await;
    add(&desk, "amina", "reader");
    add(&desk, "joe", "reader");
    let mut statuses = Vec::new();
    for number in 0..9 {
        statuses.push(sign_in(&desk, "amina", &format!("wrong password {number}")).await.status);
    }
    assert_eq!(statuses, [403, 403, 403, 403, 403, 403, 403, 403, 429]);
    let slow = sign_in(&desk, "amina", PASSWORD).await;
    assert_eq!(slow.status, 429, "the right password waits as well: else it would be found");
    assert!(slow.header("retry-after").parse::<u64>().unwrap() >= 1 && slow.body.contains("Too many attempts"), "{}", slow.body);
    assert_eq!(sign_in(&desk, "joe", PASSWORD).await.status, 303, "others are not kept out");
    // An hour later.
    desk.db.execute("UPDATE sign_in_failures SET last_at = last_at - interval '61 minutes'").await;
    assert_eq!(sign_in(&desk, "amina", PASSWORD).await.status, 303);
    // Many accounts from one address.
    let mut refused = 0;
    for number in 0..32 {
        refused += i32::from(sign_in(&desk, &format!("nobody{number}"), "wrong password").await.status == 429);
    }
    assert!(refused >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_kept_by_commands_and_everything_is_logged() {
    let desk = Desk::guarded().await;
    let fails = |arguments: &[&str], password: &str, says: &str| {
        let output = users(&desk, arguments, password);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(says), "{arguments:?}: {error}");
    };
    fails(&["add", "amina"], "short", "at least 12 characters");
    fails(&["add", "local"], PASSWORD, "another name than");
    fails(&["passwd", "amina"], PASSWORD, "no account \"amina\"");
    add(&desk, "amina", "reader");
    fails(&["add", "amina"], PASSWORD, "already");
    let cookie = session(&desk, "amina").await;
    assert_eq!(get(&desk, "/audit", &cookie).await.status, 403, "readers do not see the log");
    assert!(users(&desk, &["role", "amina", "admin"], "").status.success());
    let log = get(&desk, "/audit", &cookie).await;
    assert_eq!(log.status, 200, "the role counts at once");
    for action in ["account.add", "account.role", "session.open"] {
        assert!(log.body.contains(action), "{action}: {}", log.body);
    }
    assert!(users(&desk, &["passwd", "amina"], "another four words here").status.success());
    assert_eq!(get(&desk, "/audit", &cookie).await.status, 303, "a new password ends the sessions");
    assert_eq!(sign_in(&desk, "amina", PASSWORD).await.status, 403);
    let listed = String::from_utf8(users(&desk, &["list", "--json"], "").stdout).unwrap();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((&listed[0]["name"], &listed[0]["role"]), (&"amina".into(), &"admin".into()));
    assert!(!listed.to_string().contains("argon2"));
    assert!(users(&desk, &["remove", "amina"], "").status.success());
    fails(&["remove", "amina"], "", "no account");
    let logged = String::from_utf8(users(&desk, &["log", "--limit", "100"], "").stdout).unwrap();
    assert!(logged.contains("account.remove") && logged.contains("session.refused") && logged.contains("cli:"), "{logged}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_speak_the_language_and_show_the_zone_of_the_reader() {
    let desk = Desk::open().await;
    let check = async |headers: &str, path: &str, says: &str| {
        let reply = get(&desk, path, headers).await;
        assert!(reply.body.contains(says), "{path} {headers} {}", reply.body);
    };
    check("", "/sources", "<html lang=\"en\" dir=\"ltr\">").await;
    check("Accept-Language: kk, ru;q=0.8\r\n", "/sources", "<h1>Источники</h1>").await;
    check("Accept-Language: ru\r\nCookie: presswatch_lang=fr\r\n", "/sources", "configurées ; celles").await;
    check("Cookie: presswatch_lang=fr\r\n", "/sources?lang=ar", "<html lang=\"ar\" dir=\"rtl\">").await;
    check("Cookie: presswatch_lang=<script>\r\n", "/sources", "<html lang=\"en\" dir=\"ltr\">").await;
    check("Cookie: presswatch_zone=Asia/Almaty\r\n", "/sources", "Times are Asia/Almaty.").await;
    check("Cookie: presswatch_zone=../../etc\r\n", "/sources", "Times are UTC.").await;
    let kept = get(&desk, "/sources?lang=es", "").await;
    assert!(kept.header("set-cookie").starts_with("presswatch_lang=es; Path=/; Max-Age="), "{:?}", kept.headers);
    let saved = desk.post("/preferences", &[("lang", "ru"), ("zone", "Asia/Almaty"), ("back", "/stories?country=KZ&lang=en")], "").await;
    assert_eq!((saved.status, saved.header("location")), (303, "/stories?country=KZ"));
    let cookies: Vec<&str> = saved.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str()).collect();
    assert!(cookies.iter().any(|cookie| cookie.starts_with("presswatch_zone=Asia/Almaty;")), "{cookies:?}");
    let evil = desk.post("/preferences", &[("back", "https://evil.example/"), ("zone", "UTC")], "").await;
    assert_eq!(evil.header("location"), "/");
    let wrong = desk.post("/preferences", &[("zone", "Mars/Base")], "").await;
    assert_eq!((wrong.status, wrong.body.contains("no time zone")), (400, true));
}
