//! The fuzzing corpora on stable: each seed as it stands, then damaged in many ways that are the same at each run.
//!
//! A file that the fuzzing engine finds goes into fuzz/corpus and is replayed from then on.

#[path = "../../fuzz/bodies.rs"]
mod bodies;

use std::path::Path;

/// How often each seed is damaged. The engine itself does it millions of times; this many keep the readers honest at each change.
const DAMAGES: u64 = 60;

/// Small steps of a well-known generator (Marsaglia's xorshift64): damage must be the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).unwrap()
    }
}

const TOKENS: [&[u8]; 16] = [
    b"<",
    b">",
    b"\"",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"&#0;",
    b"&nbsp;",
    b"\0",
    b"\xff\xfe",
    b"\xc3\x28",
    b"(((((((((",
    b"NEAR/0",
    b"9999999999",
    "\u{202e}".as_bytes(),
];

/// One to four faults of the kinds that files suffer: a cut, a lost or doubled part, a changed byte, a mark where none belongs.
fn damaged(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len() + 1);
        let end = (at + dice.roll(40)).min(bytes.len());
        match dice.roll(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            3 if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
            _ => drop(bytes.splice(at..at, TOKENS[dice.roll(TOKENS.len())].iter().copied())),
        }
    }
    bytes
}

#[track_caller]
fn replay(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8, "{target} has {} seeds", files.len());
    for file in files {
        let seed = std::fs::read(&file).unwrap();
        body(&seed);
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        for step in 0..DAMAGES {
            let bytes = damaged(&seed, &mut dice);
            if let Err(panic) = std::panic::catch_unwind(|| body(&bytes)) {
                println!("{} after damage {step}: {}", file.display(), String::from_utf8_lossy(&bytes));
                std::panic::resume_unwind(panic);
            }
        }
    }
}

#[test]
fn feeds_survive_their_corpus() {
    replay("feed", bodies::feed);
}

#[test]
fn dates_survive_their_corpus() {
    replay("date", bodies::date);
}

#[test]
fn charsets_survive_their_corpus() {
    replay("charset", bodies::charset);
}

#[test]
fn listings_survive_their_corpus() {
    replay("listing", bodies::listing);
}

#[test]
fn sitemaps_survive_their_corpus() {
    replay("sitemap", bodies::sitemap);
}

#[test]
fn queries_survive_their_corpus() {
    replay("query", bodies::query);
}
