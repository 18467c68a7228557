//! Bulgarian and Macedonian (articles and plurals, no cases); Serbian, Croatian, Bosnian in both scripts; Slovenian.

use crate::watch::forms::{Lemma, Tail, add};

type Out = Vec<(String, Tail)>;

/// Bulgarian and Macedonian.
pub fn bulgarian(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    match lemma.last() {
        'а' | 'я' => add(out, one, "а я ата ята и ите о"),
        'о' | 'е' => add(out, one, "о е ото ето а ата я ята и ите"),
        'и' if lemma.ends("ски|шки") => add(out, one, "и ия ият ят а ата о ото ите иот"),
        'и' => add(out, one, "и ите"),
        'й' => add(out, one, "й я ят и ите ю"),
        _ => {
            add(out, lemma.folded.clone(), "_ ът а ят я от ов он и ите ове овете та тта е ю");
            if lemma.ends("ък|ец|ел|ър|ъл|ен") {
                let stem = lemma.dropping(1);
                add(out, stem, "и ите а ът ият ия ата о ото");
            }
            if lemma.ends("к") {
                add(out, format!("{one}ц"), "и ите");
            }
        }
    }
}

const SR_CONSONANT: &str = "_ а у ом ем е и ови ова овима има ама еви ева евима";
const SR_A: &str = "а е и у ом о ама _";
const SR_NEUTER: &str = "о е а у ом ем има ама _ у";
const SR_ADJECTIVE: &str = "и ог ога ом оме ому им е их има а ој у о ег ега ем ему";
const SR_CONSONANT_LATIN: &str = "_ a u om em e i ovi ova ovima ima ama evi eva evima";
const SR_A_LATIN: &str = "a e i u om o ama _";
const SR_NEUTER_LATIN: &str = "o e a u om em ima ama _";
const SR_ADJECTIVE_LATIN: &str = "i og oga om ome omu im e ih ima a oj u o eg ega em emu";

/// Serbian, Croatian, Bosnian, Montenegrin.
pub fn serbian(lemma: &Lemma, out: &mut Out) {
    if lemma.folded.is_ascii() {
        south(lemma, [SR_CONSONANT_LATIN, SR_A_LATIN, SR_NEUTER_LATIN, SR_ADJECTIVE_LATIN], ['a', 'k', 'g', 'h'], ["c", "z", "s"], out);
    } else {
        south(lemma, [SR_CONSONANT, SR_A, SR_NEUTER, SR_ADJECTIVE], ['а', 'к', 'г', 'х'], ["ц", "з", "с"], out);
    }
}

fn south(lemma: &Lemma, sets: [&'static str; 4], [a, k, g, h]: [char; 4], soft: [&str; 3], out: &mut Out) {
    let [consonant, feminine, neuter, adjective] = sets;
    let one = lemma.without(1);
    let softened = |stem: &str| {
        let last = stem.chars().next_back()?;
        let by = if last == k {
            soft[0]
        } else if last == g {
            soft[1]
        } else if last == h {
            soft[2]
        } else {
            return None;
        };
        Some(format!("{}{by}", &stem[..stem.len() - last.len_utf8()]))
    };
    let plural = if consonant == SR_CONSONANT { "и има е" } else { "i ima e" };
    match lemma.last() {
        'и' | 'i' => {
            add(out, one.clone(), adjective);
            add(out, one, feminine);
        }
        'а' | 'a' => {
            add(out, one.clone(), feminine);
            if lemma.ends("ска|чка|ska|cka") {
                add(out, one.clone(), adjective);
            }
            if let Some(stem) = softened(&one) {
                add(out, stem, plural);
            }
        }
        'о' | 'е' | 'o' | 'e' => add(out, one, neuter),
        'у' | 'u' | 'y' => {}
        _ => {
            add(out, lemma.folded.clone(), consonant);
            if let Some(stem) = softened(&lemma.folded) {
                add(out, stem, plural);
            }
            if lemma.letter_from_end(1) == Some(a) && lemma.letters.len() > 3 {
                let stem = lemma.dropping(1);
                if let Some(soft) = softened(&stem) {
                    add(out, soft, plural);
                }
                add(
                    out,
                    stem,
                    if consonant == SR_CONSONANT {
                        "а у ом ем е и има ови ова овима"
                    } else {
                        "a u om em e i ima ovi ova ovima"
                    },
                );
            }
        }
    }
}

/// Slovenian.
pub fn slovenian(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    match lemma.last() {
        'a' => add(out, one, "a e i o ama ah ami _"),
        'o' | 'e' => add(out, one, "o e a u em om i ih imi ema oma _"),
        'i' => add(out, one, "i ega emu em im ih imi a e o"),
        _ => {
            add(out, lemma.folded.clone(), "_ a u om em e i ov ev am ah ih ima oma ema je jem ja ju");
            if lemma.ends("ec|ek|er|el|en") {
                add(out, lemma.dropping(1), "a u om em e i ov ev ih ema oma");
            }
        }
    }
}
