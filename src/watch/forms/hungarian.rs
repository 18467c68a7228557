//! Hungarian: plural and possessive, then a case. Long vowels fold to short ones: the lengthened last vowel (kutya, kutyát) needs no care.

use std::sync::LazyLock;

use crate::watch::forms::{Lemma, Tail, add, join_endings};

type Out = Vec<(String, Tail)>;

const CASES: [&str; 38] = [
    "", "t", "ot", "et", "at", "nak", "nek", "val", "vel", "ban", "ben", "ba", "be", "bol", "hoz", "hez", "nal", "nel", "rol", "tol", "n", "on",
    "en", "an", "ra", "re", "ert", "ig", "kent", "va", "ve", "ul", "e", "ei", "al", "el", "stul", "stol",
];
/// Assimilated -val and -vá after the consonants that plural and possessive end in.
const AFTER_PLURAL: [&str; 4] = ["kal", "kel", "ka", "ke"];
const OWNED: [&str; 46] = [
    "k", "ok", "ek", "ak", "m", "om", "em", "am", "im", "d", "od", "ed", "ad", "id", "ja", "je", "a", "e", "nk", "unk", "jaim", "ink", "tok", "tek",
    "otok", "etek", "atok", "itok", "itek", "juk", "uk", "ik", "jai", "jei", "ai", "ei", "aim", "eim", "aid", "eid", "aink", "eink", "aik", "eik",
    "jaik", "jeik",
];

static HU: LazyLock<String> = LazyLock::new(|| {
    let mut all: Vec<String> = CASES.iter().filter(|case| !matches!(**case, "al" | "el")).map(|case| (*case).to_owned()).collect();
    for owned in OWNED {
        for case in CASES {
            if owned.ends_with(['a', 'e', 'i']) && matches!(case, "al" | "el") {
                continue;
            }
            all.push(format!("{owned}{case}"));
        }
        if let Some(last) = owned.chars().next_back().filter(|last| !"aei".contains(*last)) {
            for ending in AFTER_PLURAL {
                all.push(format!("{owned}{last}{}", &ending[1..]));
            }
        }
    }
    // The plural of possession after a vowel: only with a case, for alone it is the adjective (ügyvédi).
    for case in CASES.iter().filter(|case| !case.is_empty() && !matches!(**case, "al" | "el" | "e" | "ei")) {
        all.push(format!("i{case}"));
    }
    join_endings(all)
});
static HU_VOWEL: LazyLock<String> =
    LazyLock::new(|| join_endings(HU.split(' ').filter(|ending| ending.starts_with(['a', 'e', 'o', 'u'])).map(str::to_owned)));

/// Hungarian.
pub fn hungarian(lemma: &Lemma, out: &mut Out) {
    add(out, lemma.folded.clone(), &HU);
    let last = lemma.last();
    if "aeiou".contains(last) {
        return;
    }
    // -val and -vá take the last consonant: ügyvéddel, Szabolccsal.
    let doubled = ["cs", "sz", "gy", "ny", "ty", "zs", "ly", "dz"].iter().find(|pair| lemma.folded.ends_with(**pair));
    let stem = match doubled {
        Some(pair) => format!("{}{}{pair}", &lemma.folded[..lemma.folded.len() - pair.len()], &pair[..1]),
        None => format!("{}{last}", lemma.folded),
    };
    add(out, stem, "al el a e");
    // The vowel that falls out: dolog, dolgot; terem, termet.
    if matches!(lemma.letter_from_end(1), Some('o' | 'e' | 'a')) && lemma.letters.len() > 3 {
        add(out, lemma.dropping(1), &HU_VOWEL);
    }
}
