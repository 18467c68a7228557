//! Polish; Czech and Slovak.

use crate::watch::forms::{Lemma, Tail, add, add_word};

type Out = Vec<(String, Tail)>;

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// A stem whose last consonants are replaced, if they are the ones looked for.
fn swap_end(stem: &str, from: &str, to: &str) -> Option<String> {
    stem.strip_suffix(from).map(|head| format!("{head}{to}"))
}

const PL_HARD: &str = "_ a u owi em e y i ie iem iemu owie ow om ami ach";
const PL_A: &str = "a y i e ie o _ om ami ach";
const PL_SOFT: &str = "_ ia i iu iowi iem ie iom iami iach ow a u e y owi em om ami ach";
const PL_NEUTER: &str = "o e a u em ie iem _ om ami ach i ow y";
const PL_ADJECTIVE: &str = "y i ego emu ym im a ej e ich ych ymi imi iego iemu iej ia ie";

/// What a Polish consonant becomes before a soft ending, in folded letters, with the endings that follow.
const PL_SOFTENED: [(&str, &str, &str); 13] = [
    ("st", "sci", "e _"),
    ("sl", "sl", "e i"),
    ("ch", "s", "i"),
    ("ch", "sz", "e y"),
    ("t", "ci", "e _"),
    ("d", "dzi", "e _"),
    ("r", "rz", "e y"),
    ("k", "c", "e y"),
    ("g", "dz", "e y"),
    ("zd", "zdzi", "e"),
    ("sn", "sni", "e"),
    ("s", "si", "e _"),
    ("n", "ni", "e _"),
];

fn softened(stem: &str, out: &mut Out) {
    for (from, to, endings) in PL_SOFTENED {
        if let Some(soft) = swap_end(stem, from, to) {
            add(out, soft, endings);
        }
    }
}

/// Polish.
pub fn polish(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    match lemma.last() {
        'a' => {
            add(out, one.clone(), PL_A);
            softened(&one, out);
            if lemma.ends("ska|cka|dzka|na|wa|ta") {
                add(out, one.clone(), PL_ADJECTIVE);
            }
            inserted(&one, out);
            // ó of the genitive plural folds to o: głowa, głów needs nothing; ę and ą change places: ręka, rąk.
            if let Some(stem) = nasal(lemma, 1) {
                add(out, stem, "_");
            }
            if lemma.ends("ia") {
                add(out, lemma.without(2), "ia ii i ie io _ iom iami iach iego iemu iow");
            }
        }
        'o' | 'e' => {
            add(out, one.clone(), PL_NEUTER);
            add(out, one.clone(), PL_ADJECTIVE);
            softened(&one, out);
            inserted(&one, out);
        }
        'y' | 'i' => {
            add(out, one.clone(), PL_ADJECTIVE);
            add(out, one.clone(), "y i _ ow om ami ach");
            softened(&one, out);
            inserted(&one, out);
        }
        'u' => {}
        _ => {
            add(out, lemma.folded.clone(), PL_HARD);
            add(out, lemma.folded.clone(), PL_SOFT);
            softened(&lemma.folded, out);
            // The fleeting e: poseł, posła; dzień, dnia; związek, związku.
            let nasal = nasal(lemma, 0);
            if lemma.letter_from_end(1) == Some('e') && lemma.letters.len() > 3 {
                let stem = if lemma.letter_from_end(2) == Some('i') { lemma.without(3) + &lemma.last().to_string() } else { lemma.dropping(1) };
                softened(&stem, out);
                add(out, stem, "a u owi em e y i ie iem owie ow om ami ach ia iu iowi iowie iow iom iami iach");
            }
            if let Some(stem) = nasal {
                softened(&stem, out);
                add(out, stem, "a u owi em e y i ie owie ow om ami ach");
            }
            // świat, świecie
            for (from, to) in [("iat", "iecie"), ("iad", "iedzie"), ("iast", "iescie"), ("iel", "iele")] {
                if let Some(word) = swap_end(&lemma.folded, from, to) {
                    add_word(out, word);
                }
            }
        }
    }
}

/// ą and ę of the last syllable change places: urząd, urzędu; ręka, rąk.
fn nasal(lemma: &Lemma, ending_letters: usize) -> Option<String> {
    let at = ending_letters + 1;
    let mark = lemma.lower.chars().rev().nth(at)?;
    let cut = |word: String| word.chars().take(word.chars().count() - ending_letters).collect::<String>();
    match mark {
        'ą' => Some(cut(lemma.replacing(at, "e"))),
        'ę' => Some(cut(lemma.replacing(at, "a"))),
        _ => None,
    }
}

/// The genitive plural with its e: matka, matek; wojna, wojen.
fn inserted(stem: &str, out: &mut Out) {
    let letters: Vec<char> = stem.chars().collect();
    if let [.., one, two] = letters.as_slice()
        && !is_vowel(*one)
        && !is_vowel(*two)
    {
        let head: String = letters[..letters.len() - 1].iter().collect(); // two letters were matched above
        add_word(out, format!("{head}e{two}"));
        add_word(out, format!("{head}ie{two}"));
    }
}

const CS_HARD: &str = "_ a u ovi e em om y i ove ech ich um ami mi och ovia oviach ovi ia ov om";
const CS_A: &str = "a y i e u o ou _ am ach ami ovi ove iam iach";
const CS_E: &str = "e i u ou em im ich emi i ete eti ata _ ech";
const CS_ADJECTIVE: &str = "y i a e eho iho emu imu em im ym ych ich ymi imi ou u ej ii ia ie";

/// Czech and Slovak.
pub fn czech(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    let softened = |stem: &str, out: &mut Out| {
        for (from, to) in [("k", "c"), ("h", "z"), ("ch", "s"), ("g", "z")] {
            if let Some(soft) = swap_end(stem, from, to) {
                add(out, soft, "e i ich ech ch");
            }
        }
    };
    match lemma.last() {
        'a' => {
            if lemma.ends("ova|ska|cka|na") {
                add(out, one.clone(), "a e ou u ej ych ym ymi");
            }
            if !lemma.ends("ova") {
                add(out, one.clone(), CS_A);
                softened(&one, out);
                inserted(&one, out);
            }
        }
        'e' => add(out, one, CS_E),
        'o' => {
            add(out, one.clone(), "o a u em om ovi e i y _ ech ich um am ami ach");
            inserted(&one, out);
        }
        'y' | 'i' => {
            add(out, one.clone(), CS_ADJECTIVE);
            add(out, one.clone(), CS_A);
            softened(&one, out);
        }
        'u' => {}
        _ => {
            add(out, lemma.folded.clone(), CS_HARD);
            softened(&lemma.folded, out);
            if matches!(lemma.letter_from_end(1), Some('e' | 'o')) && lemma.letters.len() > 3 {
                let stem = lemma.dropping(1);
                softened(&stem, out);
                add(out, stem, "a u ovi e em om y i ove ech ich um ov mi ami och ovia");
            }
        }
    }
}
