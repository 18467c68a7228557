//! English, German, Dutch, the Scandinavian languages; Indonesian and Malay beside them for their few endings.

use crate::watch::forms::{Lemma, Tail, add, add_word};

type Out = Vec<(String, Tail)>;

/// Verbs and nouns of the news that change inside. Each line is one lemma.
const EN_IRREGULAR: &[&str] = &[
    "strike strikes striking struck stricken",
    "ban bans banned banning",
    "hold holds held holding",
    "say says said saying",
    "seize seizes seized seizing",
    "shoot shoots shot shooting",
    "break breaks broke broken breaking",
    "take takes took taken taking",
    "give gives gave given giving",
    "free frees freed freeing",
    "flee flees fled fleeing",
    "beat beats beaten beating",
    "throw throws threw thrown throwing",
    "leave leaves left leaving",
    "send sends sent sending",
    "sue sues sued suing",
    "write writes wrote written writing",
    "speak speaks spoke spoken speaking",
    "go goes went gone going",
    "make makes made making",
    "find finds found finding",
    "fight fights fought fighting",
    "withdraw withdraws withdrew withdrawn withdrawing",
    "overthrow overthrows overthrew overthrown overthrowing",
    "steal steals stole stolen stealing",
    "hide hides hid hidden hiding",
    "man men",
    "woman women",
    "child children",
    "person persons people",
    "spokesman spokesmen",
    "spokeswoman spokeswomen",
    "policeman policemen",
    "policewoman policewomen",
    "cameraman cameramen",
    "life lives",
    "crisis crises",
    "medium media",
];

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// English: the possessive is taken off with its apostrophe before.
pub fn english(lemma: &Lemma, out: &mut Out) {
    let word = lemma.folded.as_str();
    for line in EN_IRREGULAR.iter().filter(|line| line.split(' ').any(|form| form == word)) {
        line.split(' ').for_each(|form| add_word(out, form));
    }
    for base in english_bases(lemma) {
        english_base_forms(&base, out);
    }
}

fn english_base_forms(base: &str, out: &mut Out) {
    let mut end = base.chars().rev();
    let (last, before) = (end.next().unwrap_or(' '), end.next().unwrap_or(' '));
    let head = base.strip_suffix(last).unwrap_or(base);
    match last {
        'e' => add(out, head, "e es ed ing"),
        'y' if !is_vowel(before) => {
            add(out, head, "y ies ied");
            add_word(out, format!("{base}ing"));
        }
        's' | 'x' | 'z' => add(out, base, "_ es ed ing"),
        'h' if matches!(before, 'c' | 's') => add(out, base, "_ es ed ing"),
        'o' => add(out, base, "_ s es ed ing"),
        _ => {
            add(out, base, "_ s ed ing");
            if !is_vowel(last) && is_vowel(before) && !matches!(last, 'w' | 'y') && base.chars().count() <= 7 {
                add(out, format!("{base}{last}"), "ed ing");
            }
        }
    }
}

/// The lemmas that may stand behind a form that a person typed: detained, nurses, bodies.
fn english_bases(lemma: &Lemma) -> Vec<String> {
    if lemma.letters.len() < 4 || lemma.ends("ss|us|is|eed") {
        return vec![lemma.folded.clone()];
    }
    if lemma.ends("ies|ied") {
        return vec![format!("{}y", lemma.without(3))];
    }
    if lemma.ends("sses|ches|shes|xes") {
        return vec![lemma.without(2)];
    }
    if lemma.ends("s") {
        return vec![lemma.without(1)];
    }
    if lemma.ends("ed") && lemma.letters.len() > 4 {
        let stem = lemma.without(2);
        let mut end = stem.chars().rev();
        let (last, before) = (end.next().unwrap_or(' '), end.next().unwrap_or(' '));
        if last == before && !matches!(last, 's' | 'l' | 'e' | 'o') {
            return vec![stem.chars().take(stem.chars().count() - 1).collect()]; // banned, ban
        }
        // revoked is of revoke, visited of visit: the spelling does not tell.
        return vec![format!("{stem}e"), stem];
    }
    vec![lemma.folded.clone()]
}

/// German nouns and adjectives; umlauts fold away.
pub fn german(lemma: &Lemma, out: &mut Out) {
    match lemma.last() {
        'e' => add(out, lemma.without(1), "e en er es em ens"),
        'n' if lemma.ends("in") => add(out, lemma.folded.clone(), "_ nen s"),
        'n' if lemma.ends("en|ern|eln") => {
            add(out, lemma.folded.clone(), "_ s");
            add(out, lemma.without(2), "e st t te ten test tet en");
        }
        's' if lemma.ends("nis") => add(out, lemma.folded.clone(), "_ ses se sen"),
        _ => add(out, lemma.folded.clone(), "_ e en er es em s n ern se sen"),
    }
}

/// Dutch.
pub fn dutch(lemma: &Lemma, out: &mut Out) {
    let last = lemma.last();
    add(out, lemma.folded.clone(), "_ en s n e er eren");
    let open = lemma.letter_from_end(1).is_some_and(is_vowel);
    if open && !is_vowel(last) {
        add(out, format!("{}{last}", lemma.folded), "en e");
        if lemma.letter_from_end(1) == lemma.letter_from_end(2) {
            // straat, straten; brief, brieven
            add(out, lemma.dropping(1), "en e");
        }
    }
    match last {
        'f' => add(out, lemma.replacing(0, "v"), "en e"),
        's' => add(out, lemma.replacing(0, "z"), "en e"),
        _ => {}
    }
}

/// Swedish, Norwegian, Danish.
pub fn scandinavian(lemma: &Lemma, out: &mut Out) {
    const ALL: &str = "_ s n ns t ts en ens et ets er ers ar ars or ors ne nes na nas erna ernas arna arnas orna ornas ene enes ena enas ere eren erne ernes r rs rne rnes rna rnas nar nare ";
    add(out, lemma.folded.clone(), ALL.trim_ascii());
    if matches!(lemma.last(), 'a' | 'e') {
        add(out, lemma.without(1), "a e or ors orna ornas an ans en ens er ers ene enes ar ade at as");
    }
    if lemma.ends("er|el|en") && lemma.letters.len() > 4 {
        add(out, lemma.dropping(1), "ar arna e ene en et a");
    }
}

/// Indonesian and Malay.
pub fn indonesian(lemma: &Lemma, out: &mut Out) {
    add(out, lemma.folded.clone(), "_ nya lah kah pun ku mu");
}
