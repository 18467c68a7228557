//! Reading a well-formed feed of over 100 KB: our two readings together against feed-rs alone, on the same bytes in the same run.
//!
//! The bound: at least half of feed-rs's speed. Prints a line per kind of feed; the least time of many rounds counts, since everything else
//! that a machine does only adds to it. Without `--bench`, which cargo passes, each feed is read once: a check that this file still works.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use presswatch::gather::parse::parse_feed;
use url::Url;

const ROUNDS: usize = 40;
const ITEMS: usize = 60;
const PARAGRAPH: &str = "The editor of the harbor paper was held on Tuesday after she had published the minutes of the port authority. Her lawyer was let in \
                         after nine hours. Редактор портовой газеты был задержан во вторник после публикации протоколов.";

fn main() {
    let base = Url::parse("http://outlet.example/feed").expect("a constant address");
    let rounds = if std::env::args().any(|argument| argument == "--bench") { ROUNDS } else { 1 };
    let mut worst = f64::INFINITY;
    for (name, media_type, document) in
        [("rss", "application/rss+xml", rss()), ("atom", "application/atom+xml", atom()), ("json", "application/feed+json", json())]
    {
        let bytes = document.as_bytes();
        let count = parse_feed(bytes, Some(media_type), &base).items.len();
        assert_eq!(count, ITEMS, "{name} was not read whole");
        let theirs = least(rounds, || drop(black_box(feed_rs::parser::parse(black_box(bytes)).expect("a well-formed feed"))));
        let ours = least(rounds, || drop(black_box(parse_feed(black_box(bytes), Some(media_type), &base))));
        let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
        worst = worst.min(ratio);
        println!("{name:5} {:4} KB  feed-rs {:6.2} ms  presswatch {:6.2} ms  speed {ratio:.2} of feed-rs", bytes.len() / 1024, ms(theirs), ms(ours));
    }
    println!("worst {worst:.2}, bound 0.50: {}", if worst >= 0.5 { "kept" } else { "NOT kept" });
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn least(rounds: usize, mut work: impl FnMut()) -> Duration {
    (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn body() -> String {
    (0..6).fold(String::new(), |mut text, _| {
        let _ = write!(text, "<p>{PARAGRAPH}</p>"); // a string takes everything
        text
    })
}

fn rss() -> String {
    let mut feed = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Harbor Gazette</title><link>http://outlet.example/</link>\
         <description>News of the port</description>\n",
    );
    for number in 0..ITEMS {
        let _ = writeln!(
            feed,
            "<item><title>Editor held, day {number}</title><link>http://outlet.example/{number}</link><guid isPermaLink=\"false\">story-{number}</guid>\
             <pubDate>Tue, 03 Nov 2026 08:{number:02}:00 +0500</pubDate><dc:creator>A. Writer</dc:creator><category>press</category>\
             <description>{PARAGRAPH}</description><content:encoded><![CDATA[{}]]></content:encoded></item>",
            body()
        );
    }
    feed + "</channel></rss>"
}

fn atom() -> String {
    let mut feed = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Harbor Gazette</title>\
         <id>tag:outlet.example,2026:feed</id><updated>2026-11-03T10:00:00Z</updated>\n",
    );
    let content = body().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    for number in 0..ITEMS {
        let _ = writeln!(
            feed,
            "<entry><id>tag:outlet.example,2026:{number}</id><title>Editor held, day {number}</title><link href=\"http://outlet.example/{number}\"/>\
             <published>2026-11-03T09:{number:02}:00Z</published><updated>2026-11-03T10:00:00Z</updated><author><name>A. Writer</name></author>\
             <summary>{PARAGRAPH}</summary><content type=\"html\">{content}</content></entry>"
        );
    }
    feed + "</feed>"
}

fn json() -> String {
    let items: Vec<_> = (0..ITEMS)
        .map(|number| {
            serde_json::json!({
                "id": format!("story-{number}"), "url": format!("http://outlet.example/{number}"), "title": format!("Editor held, day {number}"),
                "date_published": format!("2026-11-03T09:{number:02}:00Z"), "authors": [{"name": "A. Writer"}], "summary": PARAGRAPH, "content_html": body(),
            })
        })
        .collect();
    serde_json::json!({ "version": "https://jsonfeed.org/version/1.1", "title": "Harbor Gazette", "items": items }).to_string()
}
