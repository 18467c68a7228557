//! Arabic, Persian and its neighbors, Hebrew, Amharic: endings here, and [`without_clitics`] for what is written together before a word.

use crate::text::Script;
use crate::watch::forms::{Lemma, Tail, add, add_word};

type Out = Vec<(String, Tail)>;

/// Fewest letters that may be left when clitics are taken off.
const REST_LETTERS: usize = 2;

/// The readings of a folded token without conjunction, preposition and article: `وبالقرار` is also `بالقرار`, `القرار` and `قرار`.
/// The token itself is not among them.
pub fn without_clitics(token: &str, script: Script) -> Vec<&str> {
    let mut out = Vec::new();
    match script {
        Script::Arabic => arabic_clitics(token, &mut out),
        Script::Hebrew => {
            let mut rest = token;
            for _ in 0..3 {
                let Some(next) = rest.strip_prefix(['ו', 'ה', 'ב', 'ל', 'מ', 'ש', 'כ']) else { break };
                rest = next;
                out.push(rest);
            }
        }
        Script::Ethiopic => {
            for clitic in ["የ", "በ", "ለ", "ከ", "ስለ", "እንደ", "እነ", "ወደ", "የበ", "የከ"] {
                out.extend(token.strip_prefix(clitic));
            }
        }
        _ => {}
    }
    out.retain(|rest| rest.chars().count() >= REST_LETTERS);
    out
}

fn arabic_clitics<'a>(token: &'a str, out: &mut Vec<&'a str>) {
    let conjunction = token.strip_prefix(['و', 'ف']);
    out.extend(conjunction);
    for word in [Some(token), conjunction].into_iter().flatten() {
        out.extend(word.strip_prefix("ال"));
        if let Some(rest) = word.strip_prefix("لل") {
            out.push(rest);
        }
        if let Some(rest) = word.strip_prefix(['ب', 'ك', 'ل']) {
            out.push(rest);
            out.extend(rest.strip_prefix("ال"));
        }
    }
}

const AR_NOUN: &str = "_ ا ان ين ون ه ها هم هما هن ك كم نا ات اته اتها اتهم اتنا اتكم يه يهم و وا وه وها وهم تان تين ته تها تهم تنا ي";
const AR_T: &str = "ه ته تها تهم تهما تنا تك تكم تي تان تين ات اته اتها اتهم اتنا";

/// Arabic: sound plurals, dual, possessive pronouns. The lemma's own article is taken off.
pub fn arabic(lemma: &Lemma, out: &mut Out) {
    let word = match lemma.folded.strip_prefix("ال") {
        Some(rest) if rest.chars().count() >= 3 => {
            add_word(out, rest);
            rest
        }
        _ => lemma.folded.as_str(),
    };
    if let Some(stem) = word.strip_suffix('ه') {
        add(out, stem, AR_T);
    } else if word.ends_with('ي') {
        // ي at the end is mostly the adjective's, not "my".
        add(out, word, "_ ا ان ين ون ه ين ات ون يه يهم وها وهم ته تها تين تان");
    } else {
        add(out, word, AR_NOUN);
    }
}

const FA_CLITICS: [&str; 7] = ["", "م", "ت", "ش", "مان", "تان", "شان"];
static FA: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    // "Your" alone (ت) makes other words of short ones (حکم, حکمت): it is taken after other endings only.
    let mut all: Vec<String> = FA_CLITICS.iter().filter(|clitic| **clitic != "ت").map(|clitic| (*clitic).to_owned()).collect();
    for plural in ["ها", "هاي", "اي", "ان", "اني", "هايي", "ي", "يي", "اش", "ام", "ات", "ا", "گان", "يان", "گاني", "ياني", "را", "هارا", "هام", "هاش"]
    {
        all.extend(FA_CLITICS.iter().map(|clitic| format!("{plural}{clitic}")));
    }
    crate::watch::forms::join_endings(all)
});

/// Persian: plurals, the indefinite ی, possessive pronouns, with or without a joiner.
pub fn persian(lemma: &Lemma, out: &mut Out) {
    add(out, lemma.folded.clone(), &FA);
    if lemma.ends("ه") {
        add(out, lemma.without(1), "گان گاني گانش گانشان گي");
    }
}

/// Tajik: the same endings in Cyrillic letters.
pub fn tajik(lemma: &Lemma, out: &mut Out) {
    add(out, lemma.folded.clone(), "_ и е ро ҳо ҳои ҳоро он они онро е ам ат аш амон атон ашон ҳояш ҳоямон гон гони ву ю ест ҳое анд");
    if lemma.ends("а") {
        add(out, lemma.without(1), "агон агони агонро");
    }
    if lemma.ends("и|ӣ") {
        add(out, lemma.without(1), "и ӣ иро ии иён иҳо иҳои ия");
    }
}

/// Urdu, Pashto, Kurdish, Uyghur in Arabic letters: their commonest plural and case endings.
pub fn urdu(lemma: &Lemma, out: &mut Out) {
    add(out, lemma.folded.clone(), "_ ون يان ين ات ي ے ان و ه ونه لار لارني ني نىڭ غا دىن ها");
    if lemma.ends("ا|ه") {
        add(out, lemma.without(1), "ے ون وں");
    }
}

/// Hebrew: plurals, the construct state, possessive pronouns; final letters fold to ordinary ones.
pub fn hebrew(lemma: &Lemma, out: &mut Out) {
    const NOUN: &str = "_ ימ ות י ית תי ו ה ממ נו יו יה יהמ יהנ ינו כמ מ ותיו ותיה ותיהמ ותינו";
    add(out, lemma.folded.clone(), NOUN);
    if lemma.ends("ה") {
        add(out, lemma.without(1), "ה ת ות תו תה תנו תמ ותיו ותיה ותיהמ ותינו");
    }
    if lemma.ends("ת") {
        add(out, lemma.without(1), "ת ות יות תו תה");
    }
}

/// Amharic and Tigrinya.
pub fn amharic(lemma: &Lemma, out: &mut Out) {
    add(out, lemma.folded.clone(), "_ ን ም ና ው ዋ ቸው ንም ውን ዋን ዎች ዎችን ኦች ስ");
}
