//! Finnish with its two grades and two stems; Estonian by its commonest endings. ä folds to a, ö to o: harmony needs no care.

use std::sync::LazyLock;

use crate::watch::forms::{Lemma, Tail, add, add_word, join_endings};

type Out = Vec<(String, Tail)>;

const CLITICS: [&str; 7] = ["", "kin", "kaan", "ko", "han", "pa", "kohan"];
const POSSESSIVES: [&str; 6] = ["", "ni", "si", "mme", "nne", "nsa"];

/// Endings of a vowel stem in the weak grade: the syllable is closed.
static WEAK: LazyLock<String> = LazyLock::new(|| {
    let mut all = clitics(&["n", "t"]);
    all.extend(owned(&["ssa", "sta", "lla", "lta", "lle", "tta", "kse", "issa", "ista", "illa", "ilta", "ille", "ikse", "itta"]));
    all.extend(clitics(&["ksi", "iksi"]));
    join_endings(all)
});

/// Endings of a vowel stem in the strong grade: the syllable stays open.
static STRONG: LazyLock<String> = LazyLock::new(|| {
    let mut all = clitics(&["", "na", "a", "ta", "an", "en", "in", "on", "un", "yn", "han", "hen", "hin", "hon", "hun", "hyn", "seen", "an"]);
    all.extend(owned(&["", "na", "a", "ta", "ha", "hi", "ho", "hu", "he"]));
    join_endings(all)
});

/// Plural endings after the plural i or j in the strong grade.
static PLURAL_STRONG: LazyLock<String> = LazyLock::new(|| {
    let mut all = clitics(&["ien", "ia", "ja", "jen", "ita", "iden", "itten", "iin", "ihin", "isiin", "ina", "in"]);
    all.extend(owned(&["ia", "ja", "ita", "ihi", "ii", "ina"]));
    join_endings(all)
});

/// Plural endings in the weak grade.
static PLURAL_WEAK: LazyLock<String> = LazyLock::new(|| {
    let mut all = clitics(&["iksi"]);
    all.extend(owned(&["issa", "ista", "illa", "ilta", "ille", "itta", "ikse"]));
    join_endings(all)
});

fn clitics(endings: &[&str]) -> Vec<String> {
    endings.iter().flat_map(|ending| CLITICS.iter().map(move |clitic| format!("{ending}{clitic}"))).collect()
}

/// Each ending with every possessive (`nsa` also as vowel and n) and every clitic.
fn owned(endings: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    for ending in endings {
        for possessive in POSSESSIVES.iter().copied().chain(["an", "en"]) {
            for clitic in CLITICS {
                out.push(format!("{ending}{possessive}{clitic}"));
            }
        }
    }
    out
}

/// Finnish.
pub fn finnish(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    let two = lemma.without(2);
    if lemma.ends("nen") {
        let stem = lemma.without(3);
        declined(&format!("{stem}se"), &format!("{stem}se"), out);
        add(out, format!("{stem}s"), "ta ten takin tensa taan");
    } else if lemma.ends("s") {
        // vastaus, vastaukse-; oikeus, oikeude-; rikas, rikkaa-
        let changed = format!("{one}kse");
        declined(&changed, &changed, out);
        add(out, lemma.folded.clone(), "ta ten takin taan");
        if lemma.ends("us|ys") {
            add(out, format!("{one}te"), "en na ensa");
            add(out, format!("{one}t"), "ta takin");
            let weak = format!("{one}de");
            add(out, weak.clone(), &WEAK);
            plural(&format!("{one}ks"), &format!("{one}ks"), out);
            add(out, format!("{one}ks"), &PLURAL_STRONG);
        } else if let Some(vowel) = lemma.letter_from_end(1) {
            for stem in strengthened(&two) {
                let long = format!("{stem}{vowel}{vowel}");
                declined(&long, &long, out);
                plural(&format!("{stem}{vowel}"), &format!("{stem}{vowel}"), out);
            }
        }
    } else if lemma.ends("e") {
        for stem in strengthened(&one) {
            let long = format!("{stem}ee");
            declined(&long, &long, out);
            plural(&format!("{stem}e"), &format!("{stem}e"), out);
        }
        add(out, lemma.folded.clone(), "tta ttakin");
        vowel_stem(lemma, out);
    } else if matches!(lemma.last(), 'a' | 'i' | 'o' | 'u' | 'y') {
        vowel_stem(lemma, out);
        if lemma.last() == 'i' {
            // kieli, kiele-; vesi, vede-
            for stem in weakened(&one).into_iter().chain([one.clone()]) {
                add(out, format!("{stem}e"), &WEAK);
            }
            add(out, format!("{one}e"), &STRONG);
            add(out, one.clone(), "ta ten takin");
            if let Some(head) = one.strip_suffix('s') {
                add(out, format!("{head}de"), &WEAK);
                add(out, format!("{head}te"), &STRONG);
                add(out, format!("{head}t"), "ta takin");
            }
        }
    } else {
        if lemma.ends("in") {
            let stem = format!("{one}me");
            declined(&stem, &stem, out);
            add(out, lemma.folded.clone(), "ta ten");
            plural(&format!("{one}m"), &format!("{one}m"), out);
        }
        if lemma.ends("ton") {
            let stem = format!("{one}ma");
            declined(&stem, &stem, out);
        }
        // A loan or foreign name takes an i.
        let stem = format!("{}i", lemma.folded);
        declined(&stem, &stem, out);
        add(out, lemma.folded.clone(), "e een eja ejen eissa eista");
    }
}

/// A stem in both numbers.
fn declined(strong: &str, weak: &str, out: &mut Out) {
    add(out, strong.to_owned(), &STRONG);
    add(out, weak.to_owned(), &WEAK);
    let strong_base: String = strong.chars().take(strong.chars().count().saturating_sub(1)).collect();
    let weak_base: String = weak.chars().take(weak.chars().count().saturating_sub(1)).collect();
    plural(&strong_base, &weak_base, out);
}

fn plural(strong_base: &str, weak_base: &str, out: &mut Out) {
    add(out, strong_base.to_owned(), &PLURAL_STRONG);
    add(out, weak_base.to_owned(), &PLURAL_WEAK);
}

fn vowel_stem(lemma: &Lemma, out: &mut Out) {
    let base = lemma.without(1);
    let vowel = lemma.last();
    let weak_bases: Vec<String> = weakened(&base);
    let weak_bases = if weak_bases.is_empty() { vec![base.clone()] } else { weak_bases };
    add(out, lemma.folded.clone(), &STRONG);
    // a drops or becomes o, i becomes e, e drops, rounded vowels stay.
    let plurals: &[&str] = match vowel {
        'a' => &["", "o"],
        'i' => &["e", "i"],
        'e' => &[""],
        'o' => &["o"],
        'u' => &["u"],
        _ => &["y"],
    };
    for weak in &weak_bases {
        add(out, format!("{weak}{vowel}"), &WEAK);
        for link in plurals {
            add(out, format!("{weak}{link}"), &PLURAL_WEAK);
        }
    }
    for link in plurals {
        add(out, format!("{base}{link}"), &PLURAL_STRONG);
        // Three syllables and more have weak endings in the strong stem: toimittajilla.
        add(out, format!("{base}{link}"), &PLURAL_WEAK);
    }
    if vowel == 'i' {
        add_word(out, format!("{base}ien"));
    }
}

const GRADES: [(&str, &str); 17] = [
    ("kk", "k"),
    ("pp", "p"),
    ("tt", "t"),
    ("nk", "ng"),
    ("nt", "nn"),
    ("mp", "mm"),
    ("lt", "ll"),
    ("rt", "rr"),
    ("lk", "l"),
    ("rk", "r"),
    ("lk", "lj"),
    ("rk", "rj"),
    ("ht", "hd"),
    ("k", ""),
    ("p", "v"),
    ("t", "d"),
    ("k", "v"),
];

/// The stem before its last vowel with its consonants in the weak grade, every way that they may go.
fn weakened(base: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (strong, weak) in GRADES {
        let Some(head) = base.strip_suffix(strong) else { continue };
        let double = strong.len() == 1 && head.ends_with(strong);
        let blocked = strong.len() == 1 && head.ends_with(['s', 't']);
        if double || blocked || head.is_empty() {
            continue;
        }
        let word = format!("{head}{weak}");
        if !out.contains(&word) {
            out.push(word);
        }
        if strong.len() == 2 {
            break;
        }
    }
    out
}

/// The other way round: tuote, tuottee-; rikas, rikkaa-.
fn strengthened(base: &str) -> Vec<String> {
    let mut out = vec![base.to_owned()];
    for (strong, weak) in GRADES {
        if !weak.is_empty()
            && let Some(head) = base.strip_suffix(weak)
        {
            out.push(format!("{head}{strong}"));
        }
    }
    out
}

static ET: LazyLock<String> = LazyLock::new(|| {
    let cases = [
        "", "s", "st", "sse", "l", "lt", "le", "ks", "ni", "na", "ta", "ga", "t", "d", "de", "te", "dele", "dega", "dest", "des", "tele", "tega",
        "id", "ile", "ist", "gi", "ki",
    ];
    join_endings(cases.iter().map(|case| (*case).to_owned()))
});

/// Estonian: the stem with one of its linking vowels.
pub fn estonian(lemma: &Lemma, out: &mut Out) {
    add(out, lemma.folded.clone(), &ET);
    if !"aeiou".contains(lemma.last()) {
        for vowel in ["i", "a", "u", "e"] {
            add(out, format!("{}{vowel}", lemma.folded), &ET);
        }
    }
}
