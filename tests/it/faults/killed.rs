//! Killed, at places and at moments.

use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use presswatch::pipeline::failpoint::POINTS;

use super::{IN_FLIGHT, PATIENCE, Site, full, logged};

const ABORTED: i32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn dead_at_any_place_it_loses_nothing() {
    let site = Site::open("failpoints").await;
    let numbers: &[u32] = if full() { &[1, 2, 3, 5, 8, 13, 21] } else { &[3] };
    let mut kills = 0;
    for point in POINTS {
        for number in numbers {
            let mut daemon = site.start(&["--fail-at", &format!("{point}:{number}")]);
            assert_eq!(daemon.ended(PATIENCE).await.signal(), Some(ABORTED), "{point}:{number} was not reached");
            site.leases_end().await;
            kills += 1;
        }
    }
    site.outlets.close();
    let daemon = site.start(&[]);
    site.all_told().await;
    daemon.stop().await;
    let duplicates = site.verify(kills * IN_FLIGHT).await;
    println!("{kills} deaths at {} places: {} stories, 0 lost, {duplicates} duplicates", POINTS.len(), site.outlets.published());
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_at_any_moment_it_loses_nothing() {
    let site = Site::open("moments").await;
    let kills: usize = if full() { 500 } else { 20 };
    let mut state = u64::from(getrandom::u32().unwrap()) | 1;
    let seed = state;
    let mut slowest = Duration::ZERO;
    for kill in 0..kills {
        let (started, readies) = (Instant::now(), std::fs::read_to_string(&site.log).unwrap_or_default().matches("ready").count());
        let daemon = site.start(&[]);
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Every fourth while it starts, the others in its first work.
        if kill % 4 != 0 {
            logged(&site.log, "ready", readies + 1).await;
            slowest = slowest.max(started.elapsed());
        }
        tokio::time::sleep(Duration::from_millis((state >> 33) % 900)).await;
        daemon.signal("KILL");
        drop(daemon);
        site.leases_end().await;
    }
    site.outlets.close();
    let daemon = site.start(&[]);
    site.all_told().await;
    daemon.stop().await;
    let duplicates = site.verify(kills * IN_FLIGHT).await;
    println!(
        "{kills} kills (seed {seed}): {} stories, 0 lost, {duplicates} duplicates, ready again after {slowest:?} at the latest",
        site.outlets.published()
    );
}
