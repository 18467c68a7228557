//! Turkish, Azerbaijani, Uzbek, Kazakh, Kyrgyz: plural, possessive and case stand in that order, each in the vowels of the word.

use std::sync::LazyLock;

use crate::watch::forms::{Lemma, Tail, add, join_endings};

type Out = Vec<(String, Tail)>;

/// Every chain of plural, possessive and case.
fn chains(plurals: &[&str], possessives: &[&str], cases: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    for plural in plurals {
        for possessive in possessives {
            for case in cases {
                out.push(format!("{plural}{possessive}{case}"));
            }
        }
    }
    out
}

fn beginning_with<'a>(endings: &'a str, letters: &'a str) -> impl Iterator<Item = String> + 'a {
    endings.split(' ').filter(move |ending| ending.chars().next().is_some_and(|first| letters.contains(first))).map(str::to_owned)
}

const LATIN_VOWELS: &str = "aeiou";
const TR_CASES: &[&str] = &[
    "", "i", "u", "yi", "yu", "ni", "nu", "a", "e", "ya", "ye", "na", "ne", "da", "de", "ta", "te", "nda", "nde", "dan", "den", "tan", "ten", "ndan",
    "nden", "in", "un", "nin", "nun", "la", "le", "yla", "yle", "daki", "deki", "taki", "teki", "ndaki", "ndeki", "dakiler", "dekiler", "dir", "dur",
    "tir", "tur", "dirlar", "dirler", "ydi", "ydu", "ymis", "ymus", "sa", "se", "ysa", "yse", "ken", "yken", "yim", "yum", "siniz", "sunuz", "yiz",
    "yuz",
];
const TR_POSSESSIVES: &[&str] =
    &["", "im", "um", "m", "in", "un", "n", "i", "u", "si", "su", "imiz", "umuz", "miz", "muz", "iniz", "unuz", "niz", "nuz"];
static TR: LazyLock<String> = LazyLock::new(|| join_endings(chains(&["", "lar", "ler"], TR_POSSESSIVES, TR_CASES)));
static TR_VOWEL: LazyLock<String> = LazyLock::new(|| join_endings(beginning_with(&TR, LATIN_VOWELS)));

/// Turkish.
pub fn turkish(lemma: &Lemma, out: &mut Out) {
    latin_turkic(lemma, &TR, &TR_VOWEL, &[('c', "c"), ('k', "g"), ('p', "b"), ('t', "d"), ('g', "g")], out);
    infinitive(lemma, out);
}

/// Turkish and Azerbaijani verbs in a few common tenses: tutuklamak, tutukladı, tutuklandı is another verb.
fn infinitive(lemma: &Lemma, out: &mut Out) {
    if lemma.ends("mak|mek") {
        add(
            out,
            lemma.without(3),
            "di du ti tu dilar diler tilar tiler mis mus mislar misler iyor uyor yor iyorlar acak ecek yacak yecek an en yan yen mak mek ma me masi mesi ir er ar",
        );
    }
}

fn latin_turkic(lemma: &Lemma, all: &'static str, vowel: &'static str, softened: &[(char, &str)], out: &mut Out) {
    add(out, lemma.folded.clone(), all);
    let last = lemma.last();
    if let Some((_, soft)) = softened.iter().find(|(hard, _)| *hard == last) {
        add(out, lemma.replacing(0, soft), vowel);
    }
    // The vowel that falls out: isim, ismi; şehir, şehri. Doubling: hak, hakkı.
    if matches!(lemma.letter_from_end(1), Some('i' | 'u')) && lemma.letters.len() > 3 && !LATIN_VOWELS.contains(last) {
        add(out, lemma.dropping(1), vowel);
    }
    if lemma.letters.len() <= 3 && !LATIN_VOWELS.contains(last) {
        add(out, format!("{}{last}", lemma.folded), vowel);
    }
}

const AZ_CASES: &[&str] = &[
    "", "i", "u", "ni", "nu", "yi", "yu", "a", "e", "ya", "ye", "na", "ne", "da", "de", "nda", "nde", "dan", "den", "ndan", "nden", "in", "un",
    "nin", "nun", "la", "le", "yla", "yle", "dir", "dur", "daki", "deki", "ndaki", "ndeki", "dirlar", "dirler",
];
static AZ: LazyLock<String> = LazyLock::new(|| join_endings(chains(&["", "lar", "ler"], TR_POSSESSIVES, AZ_CASES)));
static AZ_VOWEL: LazyLock<String> = LazyLock::new(|| join_endings(beginning_with(&AZ, LATIN_VOWELS)));

/// Azerbaijani.
pub fn azerbaijani(lemma: &Lemma, out: &mut Out) {
    latin_turkic(lemma, &AZ, &AZ_VOWEL, &[('k', "y"), ('q', "g"), ('t', "d")], out);
    infinitive(lemma, out);
}

const UZ_CASES: &[&str] = &["", "ni", "ning", "ga", "ka", "qa", "na", "da", "dan", "dagi", "nikini", "niki", "gacha", "dir", "cha"];
const UZ_POSSESSIVES: &[&str] = &["", "im", "m", "ing", "ng", "i", "si", "imiz", "miz", "ingiz", "ngiz"];
static UZ: LazyLock<String> = LazyLock::new(|| join_endings(chains(&["", "lar"], UZ_POSSESSIVES, UZ_CASES)));
const UZ_CASES_CYRILLIC: &[&str] = &["", "ни", "нинг", "га", "ка", "қа", "да", "дан", "даги", "гача", "дир"];
const UZ_POSSESSIVES_CYRILLIC: &[&str] = &["", "им", "м", "инг", "нг", "и", "си", "имиз", "миз", "ингиз", "нгиз"];
static UZ_CYRILLIC: LazyLock<String> = LazyLock::new(|| join_endings(chains(&["", "лар"], UZ_POSSESSIVES_CYRILLIC, UZ_CASES_CYRILLIC)));

/// Uzbek in both scripts.
pub fn uzbek(lemma: &Lemma, out: &mut Out) {
    if lemma.folded.is_ascii() {
        add(out, lemma.folded.clone(), &UZ);
        if matches!(lemma.last(), 'k' | 'q') {
            add(out, lemma.replacing(0, "g"), "i im ing imiz ingiz ini ining iga ida idan");
        }
    } else {
        add(out, lemma.folded.clone(), &UZ_CYRILLIC);
    }
}

const KK_CASES: &[&str] = &[
    "",
    "ға",
    "ге",
    "қа",
    "ке",
    "а",
    "е",
    "на",
    "не",
    "ды",
    "ді",
    "ты",
    "ті",
    "ны",
    "ні",
    "н",
    "дың",
    "дің",
    "тың",
    "тің",
    "ның",
    "нің",
    "да",
    "де",
    "та",
    "те",
    "нда",
    "нде",
    "дан",
    "ден",
    "тан",
    "тен",
    "нан",
    "нен",
    "мен",
    "бен",
    "пен",
    "дағы",
    "дегі",
    "тағы",
    "тегі",
    "ндағы",
    "ндегі",
    "мын",
    "мін",
    "сың",
    "сің",
    "дікі",
    "нікі",
    "дыкі",
];
const KK_PLURALS: &[&str] = &["", "лар", "лер", "дар", "дер", "тар", "тер"];
const KK_POSSESSIVES: &[&str] =
    &["", "ым", "ім", "м", "ың", "ің", "ң", "ы", "і", "сы", "сі", "ымыз", "іміз", "мыз", "міз", "ыңыз", "іңіз", "ңыз", "ңіз"];
static KK: LazyLock<String> = LazyLock::new(|| join_endings(chains(KK_PLURALS, KK_POSSESSIVES, KK_CASES)));
static KK_VOWEL: LazyLock<String> = LazyLock::new(|| join_endings(beginning_with(&KK, "ыіи")));

/// Kazakh.
pub fn kazakh(lemma: &Lemma, out: &mut Out) {
    cyrillic_turkic(lemma, &KK, &KK_VOWEL, &[('қ', "ғ"), ('к', "г"), ('п', "б")], "ыі", out);
}

const KY_VOWELS: [(&str, &str); 4] = [("а", "ы"), ("е", "и"), ("о", "у"), ("ө", "ү")];
static KY: LazyLock<String> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (open, close) in KY_VOWELS {
        // After у the open vowel is а: A and I stand for the word's own vowels.
        let own = |pattern: &str| pattern.replace('A', open).replace('I', close);
        let plurals: Vec<String> = ["", "лAр", "дAр", "тAр"].iter().map(|p| own(p)).collect();
        let possessives: Vec<String> = ["", "Iм", "м", "Iң", "ң", "I", "сI", "IбIз", "бIз", "IңAр", "ңAр", "Iңыз"].iter().map(|p| own(p)).collect();
        let cases: Vec<String> = [
            "", "дI", "тI", "нI", "н", "гA", "кA", "A", "нA", "дA", "тA", "ндA", "дAн", "тAн", "нAн", "ндAн", "дIн", "тIн", "нIн", "дAгI", "тAгI",
            "ндAгI",
        ]
        .iter()
        .map(|p| own(p))
        .collect();
        let as_str = |list: &'_ [String]| list.iter().map(String::clone).collect::<Vec<_>>();
        for plural in as_str(&plurals) {
            for possessive in &possessives {
                for case in &cases {
                    all.push(format!("{plural}{possessive}{case}"));
                }
            }
        }
    }
    join_endings(all)
});
static KY_VOWEL: LazyLock<String> = LazyLock::new(|| join_endings(beginning_with(&KY, "ыиуү")));

/// Kyrgyz.
pub fn kyrgyz(lemma: &Lemma, out: &mut Out) {
    cyrillic_turkic(lemma, &KY, &KY_VOWEL, &[('к', "г"), ('п', "б")], "ыиуү", out);
}

fn cyrillic_turkic(lemma: &Lemma, all: &'static str, vowel: &'static str, softened: &[(char, &str)], fleeting: &str, out: &mut Out) {
    add(out, lemma.folded.clone(), all);
    let last = lemma.last();
    if let Some((_, soft)) = softened.iter().find(|(hard, _)| *hard == last) {
        add(out, lemma.replacing(0, soft), vowel);
    }
    // халық, халқы
    if lemma.letter_from_end(1).is_some_and(|c| fleeting.contains(c)) && lemma.letters.len() > 3 && !"аеиоуыіөүұә".contains(last) {
        add(out, lemma.dropping(1), vowel);
    }
}
