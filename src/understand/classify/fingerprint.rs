//! One number for everything that labels depend on: a story whose number differs is labeled anew.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::config::TopicsConfig;
use crate::model::RulesFingerprint;
use crate::understand::classify::{countries, topics};

/// Over the program's version (code labels, too), what is compiled in, and the operator's words. Places in files, names for people and definitions
/// label nothing, and do not count.
pub fn of(config: &TopicsConfig) -> RulesFingerprint {
    let mut hash = compiled_in().clone();
    for actor in &config.actors {
        part(&mut hash, actor.id.as_bytes());
    }
    for entry in &config.lexicon {
        part(&mut hash, entry.id.as_bytes());
        part(&mut hash, entry.language.as_bytes());
        part(&mut hash, &entry.weight.to_le_bytes());
        for term in &entry.terms {
            part(&mut hash, term.text.as_bytes());
        }
        part(&mut hash, b"");
    }
    let digest = hash.finalize();
    // One bit is set: zero stands for unknown rules.
    RulesFingerprint(digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)) | 1)
}

/// Some megabytes, hashed once.
fn compiled_in() -> &'static Sha256 {
    static HASH: OnceLock<Sha256> = OnceLock::new();
    HASH.get_or_init(|| {
        let mut hash = Sha256::new();
        part(&mut hash, env!("CARGO_PKG_VERSION").as_bytes());
        for text in countries::data() {
            part(&mut hash, text.as_bytes());
        }
        for file in topics::data() {
            part(&mut hash, file);
        }
        hash
    })
}

/// With its length, so that no two lists of parts run together alike.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::of;
    use crate::config::{TopicsConfig, topics};

    fn read(text: &str) -> TopicsConfig {
        topics::read(text, Path::new("topics.toml")).unwrap()
    }

    const WORDS: &str = "[[lexicon]]\nid = \"protest\"\nlanguage = \"en\"\nterms = [\"sit in\", \"picket*\"]\n";

    #[test]
    fn words_that_label_count_and_nothing_else_does() {
        let known = of(&read(WORDS));
        let check = |text: &str, is_same: bool| assert_eq!(of(&read(text)) == known, is_same, "{text}");
        check(WORDS, true);
        check(&format!("# a comment\n\n{WORDS}"), true);
        check(&WORDS.replace("sit in", "sit out"), false);
        check(&WORDS.replace("\"sit in\", \"picket*\"", "\"sit\", \"in\", \"picket*\""), false);
        check(&WORDS.replace("\"en\"", "\"de\""), false);
        check(&format!("{WORDS}weight = 2.0\n"), false);
        check("", false);
        let defined = "[[topic]]\nid = \"fishing\"\nlabel = \"Fishing\"\ndefinition = \"Who may.\"\ngroup = \"context\"\n";
        check(&format!("{defined}{WORDS}"), true);
        assert_ne!(of(&TopicsConfig::default()).0, 0);
    }
}
