//! The link that ends an alert's reminders, and the commands beside it.

use std::process::Command;

use presswatch::store::AlertFilter;
use serde_json::Value;

use super::desk::Desk;

const TOKEN: &str = "only-the-reader-knows-it";

/// A desk with an alert that waits for somebody's word.
async fn waiting() -> Desk {
    let desk = Desk::filled().await;
    desk.db.execute("UPDATE alerts SET event_key = decode(repeat('07', 32), 'hex') WHERE NOT restricted").await;
    desk.db
        .execute(&format!(
            "INSERT INTO alert_events (watchlist_id, event_key, cluster_id, told_at, ack_token, next_repeat_at)
             SELECT watchlist_id, event_key, cluster_id, now(), '{TOKEN}', now() FROM alerts WHERE NOT restricted LIMIT 1"
        ))
        .await;
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_asks_for_no_account() {
    let desk = Desk::guarded().await;
    // Unknown to the desk, but looked up: nobody is sent to the page to sign in.
    assert_eq!(desk.get("/ack/not-one-of-ours").await.status, 404);
    assert_eq!(desk.get("/alerts").await.status, 303);
}

async fn open(desk: &Desk) -> i64 {
    desk.db.number("SELECT count(*) FROM alert_events WHERE acknowledged_at IS NULL").await
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_the_link_changes_nothing_and_the_button_does() {
    let desk = waiting().await;
    let page = desk.get(&format!("/ack/{TOKEN}")).await;
    assert!(page.status == 200 && page.body.contains("<button") && page.body.contains(super::desk::TITLE_EN), "{}", page.body);
    assert_eq!(open(&desk).await, 1);
    let post = |token: &str| format!("POST /ack/{token} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let done = desk.ask(&post(TOKEN)).await;
    assert!(done.status == 200 && done.body.contains("Acknowledged") && !done.body.contains("<button"), "{}", done.body);
    assert_eq!(open(&desk).await, 0);
    for token in ["guessed", &"x".repeat(500), "%00"] {
        assert_eq!(desk.get(&format!("/ack/{token}")).await.status, 404, "{token}");
        assert_eq!(desk.ask(&post(token)).await.status, 404, "{token}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn editors_acknowledge_and_send_once_more_on_the_page() {
    let desk = waiting().await;
    let alert = desk.db.store.alerts(&AlertFilter::default()).await.unwrap().into_iter().find(|alert| !alert.restricted).unwrap();
    let page = desk.get("/alerts").await;
    let action = format!("/alerts/{}/acknowledge", alert.id);
    assert!(page.body.contains(&action) && page.body.contains("Send once more"), "{}", page.body);
    assert_eq!(desk.post(&action, &[], "").await.status, 303);
    assert_eq!(open(&desk).await, 0);
    let page = desk.get("/alerts").await;
    assert!(page.body.contains("Acknowledged") && !page.body.contains(&action), "{}", page.body);
    assert_eq!(desk.post("/alerts/00000000-0000-0000-0000-000000000007/acknowledge", &[], "").await.status, 404);

    let dead = desk.db.store.dead_deliveries(None, 10).await.unwrap();
    let one = dead[0].id.to_string();
    assert_eq!(desk.post("/alerts/replay", &[("delivery", &one)], "").await.status, 303);
    assert_eq!(desk.db.store.dead_deliveries(None, 10).await.unwrap().len(), dead.len() - 1);
    assert_eq!(desk.post("/alerts/replay", &[("delivery", &one)], "").await.status, 404, "it waits already");
    assert_eq!(desk.post("/alerts/replay", &[], "").await.status, 303);
    assert!(desk.db.store.dead_deliveries(None, 10).await.unwrap().is_empty());
    assert_eq!(desk.db.number("SELECT count(*) FROM audit_log WHERE action LIKE 'alert.%'").await, 3);
}

fn run(desk: &Desk, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_presswatch")).arg("--config").arg(desk.folder.path()).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_acknowledge_preview_and_purge() {
    let desk = waiting().await;
    let alert = desk.db.store.alerts(&AlertFilter::default()).await.unwrap().into_iter().find(|alert| !alert.restricted).unwrap();
    let (done, said) = run(&desk, &["alerts", "ack", &alert.id.to_string()]);
    assert!(done && said.contains("not repeated any more") && open(&desk).await == 0, "{said}");
    let (done, said) = run(&desk, &["--json", "alerts", "ack", &alert.id.to_string()]);
    assert!(done && serde_json::from_str::<Value>(&said).unwrap()["state"] == "acknowledged_before", "{said}");
    assert!(!run(&desk, &["alerts", "ack", "00000000-0000-0000-0000-000000000007"]).0);

    let (done, said) = run(&desk, &["alerts", "preview", "kz-opposition"]);
    assert!(done && said.contains(super::desk::TITLE_EN), "{said}");
    let (done, said) = run(&desk, &["alerts", "preview", "kz-oposition"]);
    assert!(!done && said.contains("there is no watchlist"), "{said}");

    let dead = desk.db.store.dead_deliveries(None, 10).await.unwrap();
    let (done, said) = run(&desk, &["alerts", "purge", "--all-dead"]);
    assert!(done && said.contains(&format!("{} given-up", dead.len())) && !dead.is_empty(), "{said}");
    assert!(desk.db.store.dead_deliveries(None, 10).await.unwrap().is_empty());
    assert!(!run(&desk, &["alerts", "purge", &dead[0].id.to_string()]).0);
    let (done, said) = run(&desk, &["alerts", "enable", "mail"]);
    assert!(done && said.contains("not switched off"), "{said}");
}
