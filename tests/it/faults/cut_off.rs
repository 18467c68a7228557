//! Several daemons, one that sleeps, a database that goes away, a mail server that hangs up.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use presswatch::demo::receivers::{Answer, HangUp, SmtpReceiver};

use super::{IN_FLIGHT, PATIENCE, Site, full, logged, signal};
use crate::support::database;

#[tokio::test(flavor = "multi_thread")]
async fn four_daemons_on_one_database_tell_everything_once() {
    let site = Site::open("four").await;
    let daemons = [site.start(&[]), site.start(&[]), site.start(&[]), site.start(&[])];
    logged(&site.log, "ready", 4).await;
    site.read_and_closed().await;
    site.all_told().await;
    for daemon in daemons {
        daemon.stop().await;
    }
    site.verify(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_slept_is_fenced_when_it_wakes() {
    let site = Site::open("asleep").await;
    site.hook.answer_with(Answer::Never);
    let sleeper = site.start(&[]);
    site.read_and_closed().await;
    let since = Instant::now();
    while site.db.number("SELECT count(*) FROM deliveries WHERE leased_until > now()").await == 0
        || site.db.number("SELECT count(*) FROM stories").await < i64::try_from(site.outlets.published()).unwrap()
    {
        assert!(since.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    sleeper.signal("STOP");
    site.leases_end().await;
    site.db.execute("UPDATE deliveries SET due_at = now()").await;
    site.hook.answer_with(Answer::Verify);
    let other = site.start(&[]);
    let delivered = "SELECT count(*) FROM deliveries WHERE state = 'delivered'";
    while site.db.number(delivered).await < i64::try_from(site.outlets.published()).unwrap() {
        assert!(since.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    sleeper.signal("CONT");
    // What it had sent times out, and what it says of that counts no more.
    sleeper.stop().await;
    other.stop().await;
    let told = site.told().await;
    assert_eq!(told.len(), site.outlets.published());
    assert!(told.values().all(|ids| ids.len() == 1));
    assert_eq!(site.db.number(delivered).await, i64::try_from(site.outlets.published()).unwrap());
    let twice = "SELECT count(*) FROM (SELECT FROM delivery_attempts WHERE outcome = 'delivered' GROUP BY delivery_id HAVING count(*) > 1) twice";
    assert_eq!(site.db.number(twice).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_cut_again_and_again_lose_nothing() {
    let site = Site::open("cut").await;
    let daemon = site.start(&[]);
    logged(&site.log, "ready", 1).await;
    let cuts: usize = if full() { 200 } else { 15 };
    for _ in 0..cuts {
        site.db
            .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            .await;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    // Time passes: a claim whose answer was cut off is held by nobody until its lease ends.
    site.leases_end().await;
    site.read_and_closed().await;
    let since = Instant::now();
    let unfinished = "SELECT count(*) FROM deliveries WHERE state <> 'delivered'";
    while site.told().await.len() < site.outlets.published() || site.db.number(unfinished).await > 0 {
        assert!(since.elapsed() < PATIENCE, "{} of {}", site.told().await.len(), site.outlets.published());
        // What was read in part is due again.
        tokio::time::sleep(Duration::from_secs(5)).await;
        site.leases_end().await;
        site.db.execute("UPDATE source_states SET next_due_at = now()").await;
    }
    daemon.stop().await;
    let duplicates = site.verify(cuts * IN_FLIGHT).await;
    println!("{cuts} cuts: {} stories, 0 lost, {duplicates} duplicates", site.outlets.published());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_in_the_middle_loses_nothing() {
    let site = Site::with("postgres", database().await, "", "", "hook").await;
    let daemon = site.start(&[]);
    logged(&site.log, "ready", 1).await;
    let stops: usize = if full() { 30 } else { 2 };
    for _ in 0..stops {
        let since = Instant::now();
        let process = loop {
            if let Some(process) = postmaster(site.folder.path()) {
                break process;
            }
            assert!(since.elapsed() < PATIENCE, "the server is not back");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        signal("QUIT", &process);
        while postmaster(site.folder.path()).as_ref() == Some(&process) {
            assert!(since.elapsed() < PATIENCE, "the server did not go");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    site.read_and_closed().await;
    site.all_told().await;
    daemon.stop().await;
    let told = site.told().await;
    assert!(told.values().all(|ids| ids.len() == 1));
    println!("{stops} stops of the server: {} stories, 0 lost", told.len());
}

/// The process of the private server: the first line of its file.
fn postmaster(folder: &Path) -> Option<String> {
    let mut folders: Vec<PathBuf> = vec![folder.join("state")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name() == "postmaster.pid" {
                let text = std::fs::read_to_string(entry.path()).ok()?;
                return text.lines().next().map(str::to_owned);
            }
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_hangs_up_gets_every_mail_under_one_id() {
    let server = SmtpReceiver::start().await.unwrap();
    let main = format!(
        "[database]\nurl = \"file:database-url\"\n[smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"local-plaintext\"\nfrom = \"watch@ngo.example\"\n",
        server.address().port()
    );
    let site =
        Site::with("mail", database().await, &main, "[channels.desk]\nkind = \"email\"\nto = [\"desk@ngo.example\"]\nsubject = \"full\"", "desk")
            .await;
    server.hang_up(HangUp::BeforeFinalDot);
    let daemon = site.start(&[]);
    site.read_and_closed().await;
    let since = Instant::now();
    let published = i64::try_from(site.outlets.published()).unwrap();
    let again = "UPDATE deliveries SET due_at = now() WHERE state = 'pending' AND leased_until IS NULL";
    loop {
        // It hangs up before a message is whole, then after it kept one, and then it is well again.
        if !server.received().await.is_empty() {
            server.behave();
        } else if site.db.number("SELECT count(*) FROM delivery_attempts").await > 0 {
            server.hang_up(HangUp::AfterFinalDot);
        }
        let stories = site.db.number("SELECT count(*) FROM stories").await;
        let waiting = site.db.number("SELECT count(*) FROM deliveries WHERE state = 'pending'").await;
        if stories == published && waiting == 0 {
            break;
        }
        site.db.execute(again).await;
        assert!(since.elapsed() < PATIENCE, "{stories} stories, {waiting} mails wait");
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    daemon.stop().await;
    let mails = server.received().await;
    let ids: Vec<&str> = mails.iter().map(|mail| mail.parsed.header("Message-ID").unwrap()).collect();
    let subjects: HashSet<&str> = mails.iter().map(|mail| mail.parsed.header("Subject").unwrap()).collect();
    let different: HashSet<&str> = ids.iter().copied().collect();
    assert_eq!((different.len(), subjects.len()), (site.outlets.published(), site.outlets.published()), "each mail under one id");
    assert!(ids.len() > different.len(), "no mail came twice: the server was not caught after the final dot");
    assert_eq!(site.db.number("SELECT count(*) FROM deliveries WHERE state <> 'delivered'").await, 0);
}
