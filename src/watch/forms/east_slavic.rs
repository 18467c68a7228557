//! Russian, Ukrainian, Belarusian: declension by the last letters of the lemma, the fleeting vowel, surnames in -ов and -ин, the past tense.

use crate::watch::forms::{Lemma, Tail, add, add_word};

type Out = Vec<(String, Tail)>;

fn is_vowel(c: char) -> bool {
    matches!(c, 'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'і' | 'ї' | 'є')
}

/// The word without its fleeting vowel (жилец, жильц-; лев, льв-; боец, бойц-), for words that end in vowel and consonant.
fn fleeting(lemma: &Lemma, vowels: &str, ending_letters: usize) -> Vec<String> {
    let at = ending_letters + 1;
    let (Some(vowel), Some(before)) = (lemma.letter_from_end(at), lemma.letter_from_end(at + 1)) else { return Vec::new() };
    if !vowels.contains(vowel) || lemma.letters.len() < ending_letters + 3 {
        return Vec::new();
    }
    let cut = |word: String| word.chars().take(word.chars().count() - ending_letters).collect::<String>();
    if is_vowel(before) {
        return vec![cut(lemma.replacing(at, "й"))];
    }
    let mut stems = vec![cut(lemma.dropping(at))];
    if before == 'л' {
        stems.push(cut(lemma.replacing(at, "ь")));
    }
    stems
}

/// The genitive plural without an ending, where a vowel parts two consonants: газетка, газеток; тюрьма, тюрем.
fn inserted(stem: &str, vowels: &[&str], out: &mut Out) {
    let letters: Vec<char> = stem.chars().collect();
    let [.., one, two] = letters.as_slice() else { return };
    if is_vowel(*one) || is_vowel(*two) {
        return;
    }
    let cut = if matches!(one, 'ь' | 'й') { 2 } else { 1 };
    let head: String = letters[..letters.len() - cut].iter().collect(); // two letters were matched above
    for vowel in vowels {
        add_word(out, format!("{head}{vowel}{two}"));
    }
}

const RU_HARD: &str = "_ а у ом ем е ы и ов ев ей ам ами ах";
const RU_HARD_FLED: &str = "а у ом ем е ы и ов ев ей ам ами ах";
const RU_SURNAME: &str = "_ а у ым е ы ых ыми ом";
const RU_A: &str = "а ы и е у ой ою ей ею _ ам ами ах";
const RU_OVA: &str = "а ой у ою ы ых ым ыми";
const RU_YA: &str = "я и е ю ей ею ь й ям ями ях";
const RU_SOFT: &str = "ь я ю ем е и ей ям ями ях ью";
const RU_SOFT_FLED: &str = "я ю ем е и ей ям ями ях";
const RU_SHORT_I: &str = "й я ю ем е и ев ям ями ях";
const RU_ADJECTIVE: &str = "ый ий ой ого его ому ему ым им ом ем ая яя ую юю ей ое ее ые ие ых их ыми ими ою ею";
const RU_O: &str = "о а у ом е _ ам ами ах";
const RU_E: &str = "е я а ю у ем и ь й ей ям ам ями ами ях ах";
const RU_PLURAL: &str = "ы и а я _ ов ев ей ам ями ями ами ям ах ях у ю ом ем е";
const RU_PAST: &str = "ть л ла ло ли в вши т н на но ны лся лась лось лись ться";
const RU_FIRST: &str = "ю у ешь ет ем ете ют юсь усь ешься ется емся етесь ются";
const RU_SECOND: &str = "ю у ишь ит им ите ят ат юсь усь ишься ится имся итесь ятся атся";

/// Russian.
pub fn russian(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    match lemma.last() {
        'й' => {
            if lemma.ends("ый|ий|ой") {
                add(out, lemma.without(2), RU_ADJECTIVE);
            }
            if lemma.ends("ий") {
                // третий, лисий, Шаповалий
                add(out, format!("{}ь", lemma.without(2)), "его ему им ем я ей ю е и их ими");
            }
            add(out, one, RU_SHORT_I);
            for stem in fleeting(lemma, "е", 1) {
                add(out, format!("{stem}ь"), "я ю ем е и ев ям ями ях");
            }
        }
        'а' => {
            if lemma.ends("ова|ева|ина|ына") {
                add(out, one.clone(), RU_OVA);
            }
            if !lemma.ends("ова|ева") || lemma.letters.len() <= 6 {
                add(out, one.clone(), RU_A);
                inserted(&one, &["о", "е"], out);
            }
        }
        'я' => {
            if lemma.ends("ая|яя") {
                add(out, lemma.without(2), RU_ADJECTIVE);
            }
            add(out, one.clone(), RU_YA);
            inserted(&one, &["о", "е"], out);
            if lemma.ends("ья") {
                add_word(out, format!("{}ей", lemma.without(2)));
            }
            if lemma.ends("ся") && lemma.ends("ться") {
                verb(lemma, 4, out);
            }
        }
        'ь' => {
            if lemma.ends("ть") {
                verb(lemma, 2, out);
            }
            add(out, one, RU_SOFT);
            for stem in fleeting(lemma, "ео", 1) {
                add(out, stem, RU_SOFT_FLED);
            }
        }
        'о' => {
            add(out, one.clone(), RU_O);
            inserted(&one, &["о", "е"], out);
        }
        'е' => {
            if lemma.ends("ое|ее|ие|ые") {
                add(out, lemma.without(2), RU_ADJECTIVE);
            }
            add(out, one, RU_E);
        }
        'и' | 'ы' => {
            add(out, one.clone(), RU_PLURAL);
            inserted(&one, &["о", "е"], out);
        }
        last if !is_vowel(last) => {
            if lemma.ends("ов|ев|ин|ын") {
                add(out, lemma.folded.clone(), RU_SURNAME);
            }
            add(out, lemma.folded.clone(), RU_HARD);
            for stem in fleeting(lemma, "ео", 0) {
                add(out, stem, RU_HARD_FLED);
            }
            if lemma.ends("анин|янин") {
                add(out, lemma.without(2), "е _ ам ами ах");
            }
        }
        _ => {}
    }
}

fn verb(lemma: &Lemma, ending: usize, out: &mut Out) {
    let stem = lemma.without(ending);
    add(out, stem.clone(), RU_PAST);
    match stem.chars().next_back() {
        Some('и') => add(out, lemma.without(ending + 1), RU_SECOND),
        Some('а' | 'я' | 'е') => {
            add(out, stem, RU_FIRST);
            add(out, lemma.without(ending + 1), RU_SECOND);
        }
        _ => {}
    }
}

const UK_HARD: &str = "_ а я у ю ові еві ом ем і и ї е ів ам ами ах";
const UK_HARD_FLED: &str = "а я у ю ові еві ом ем єм і и ї е ів їв ам ами ах ям ями ях";
const UK_SURNAME: &str = "_ а у ові им ом і и их ими е";
const UK_A: &str = "а и і у ою ею о _ ам ами ах е";
const UK_OVA: &str = "а ої ій у ою о и их им ими";
const UK_YA: &str = "я і ї ю ею єю ь й ям ями ях є ем єм";
const UK_SOFT: &str = "ь я ю ем єм еві єві і ів їв ей ям ями ях у";
const UK_SHORT_I: &str = "й я ю єм єві ї ю їв ям ями ях є еві";
const UK_ADJECTIVE: &str = "ий ій ого ього ому ьому им ім ої ій у ю ою ьою е є і ї их іх ими іми а я їй їх їм їми";
const UK_O: &str = "о а у ові ом ем і и _ ам ами ах е";
const UK_E: &str = "е я а ю у ем єм і и ь й ей ям ам ями ами ях ах";

/// Ukrainian.
pub fn ukrainian(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    match lemma.last() {
        'й' => {
            if lemma.ends("ий|ій") {
                add(out, lemma.without(2), UK_ADJECTIVE);
            }
            add(out, one, UK_SHORT_I);
        }
        'а' => {
            if lemma.ends("ова|ева|єва|іна|їна") {
                add(out, one.clone(), UK_OVA);
            }
            if lemma.ends("ська|цька|зька") {
                add(out, one.clone(), UK_ADJECTIVE);
            }
            add(out, one.clone(), UK_A);
            softened_before_i(&one, out);
            inserted(&one, &["о", "е"], out);
            closed_syllable(&one, out);
        }
        'я' => {
            add(out, one.clone(), UK_YA);
            inserted(&one, &["е", "о"], out);
            let letters: Vec<char> = one.chars().collect();
            if let [.., a, b] = letters.as_slice()
                && a == b
            {
                add_word(out, format!("{}ь", lemma.without(2)));
            }
        }
        'ь' => {
            add(out, one.clone(), UK_SOFT);
            add_word(out, format!("{one}{}ю", lemma.letter_from_end(1).unwrap_or_default()));
            for stem in opened(lemma, 1) {
                add(out, stem, "я ю ем і ей ів ям ями ях еві у");
            }
        }
        'о' => {
            add(out, one.clone(), UK_O);
            softened_before_i(&one, out);
            inserted(&one, &["о", "е"], out);
            closed_syllable(&one, out);
        }
        'е' => {
            add(out, lemma.without(1), UK_ADJECTIVE);
            add(out, one, UK_E);
        }
        'і' | 'и' => {
            add(out, one.clone(), "і и а я у ю _ ів їв ей ам ям ами ями ах ях ом ем ові");
            if lemma.ends("і|ї") {
                add(out, one, UK_ADJECTIVE);
            }
        }
        last if !is_vowel(last) => {
            if lemma.ends("ов|ев|єв|ін|їн|ин") {
                add(out, lemma.folded.clone(), UK_SURNAME);
            }
            add(out, lemma.folded.clone(), UK_HARD);
            softened_before_i(&lemma.folded, out);
            for stem in fleeting(lemma, "ео", 0).into_iter().chain(opened(lemma, 0)) {
                add(out, stem, UK_HARD_FLED);
            }
            if lemma.ends("анин|янин") {
                add(out, lemma.without(2), "и _ ам ами ах");
            }
        }
        _ => {}
    }
}

/// к г х become ц з с before і: політика, політиці.
fn softened_before_i(stem: &str, out: &mut Out) {
    let Some(last) = stem.chars().next_back() else { return };
    let soft = match last {
        'к' => 'ц',
        'г' => 'з',
        'х' => 'с',
        _ => return,
    };
    add_word(out, format!("{}{soft}і", &stem[..stem.len() - last.len_utf8()]));
}

/// і of a closed syllable opens to о or е: Львів, Львова; ніч, ночі.
fn opened(lemma: &Lemma, ending_letters: usize) -> Vec<String> {
    let at = ending_letters + 1;
    if !matches!(lemma.letter_from_end(at), Some('і' | 'ї')) {
        return Vec::new();
    }
    let cut = |word: String| word.chars().take(word.chars().count() - ending_letters).collect::<String>();
    let soft = if lemma.letter_from_end(at) == Some('ї') { "є" } else { "е" };
    vec![cut(lemma.replacing(at, "о")), cut(lemma.replacing(at, soft))]
}

/// о or е of an open syllable closes to і where the ending is lost: особа, осіб.
fn closed_syllable(stem: &str, out: &mut Out) {
    let letters: Vec<char> = stem.chars().collect();
    if let [.., 'о' | 'е', last] = letters.as_slice()
        && !is_vowel(*last)
    {
        let head: String = letters[..letters.len() - 2].iter().collect(); // two letters were matched above
        add_word(out, format!("{head}і{last}"));
    }
}

const BE_HARD: &str = "_ а у ам ом ем е ы і оў аў яў ёў амі ах цы ім ым";
const BE_A: &str = "а ы і е у ай ой аю ою ей эй ам амі ах _ э цы о";
const BE_SOFT: &str = "ь я ю ем ём і яў ёў ей ям ямі ях е ю";
const BE_ADJECTIVE: &str = "ы і ага яга аму яму ым ім ая яя ай яй ую юю ой ою яю ае яе ыя ія ых іх ымі імі ага";

/// Belarusian.
pub fn belarusian(lemma: &Lemma, out: &mut Out) {
    let one = lemma.without(1);
    let softened = |stem: &str| match stem.chars().next_back() {
        Some('т') => Some(format!("{}ц", &stem[..stem.len() - 'т'.len_utf8()])),
        Some('д') => Some(format!("{}дз", &stem[..stem.len() - 'д'.len_utf8()])),
        Some('к') => Some(format!("{}ц", &stem[..stem.len() - 'к'.len_utf8()])),
        Some('г') => Some(format!("{}з", &stem[..stem.len() - 'г'.len_utf8()])),
        Some('х') => Some(format!("{}с", &stem[..stem.len() - 'х'.len_utf8()])),
        _ => None,
    };
    match lemma.last() {
        'ы' | 'і' => {
            add(out, one.clone(), BE_ADJECTIVE);
            add(out, one, "ы і оў аў яў ам ям амі ямі ах ях _ а у");
        }
        'я' => {
            if lemma.ends("ая|яя") {
                add(out, lemma.without(2), BE_ADJECTIVE);
            }
            add(out, one, "я і ю яй ёй ей ю ь й ям ямі ях е яў");
        }
        'а' => {
            add(out, one.clone(), BE_A);
            if let Some(soft) = softened(&one) {
                add(out, soft, "ы э е і");
            }
            inserted(&one, &["а", "о", "е"], out);
        }
        'ь' => add(out, one, BE_SOFT),
        'й' => add(out, one, "й я ю ем ём і яў ёў ям ямі ях"),
        'о' | 'е' => add(out, one, "о е а я у ю ам ем ом і ы _ аў яў амі ямі ах ях"),
        'ў' => {
            // Васільеў, Васільева
            add(out, format!("{one}в"), "а у ым е ы ых ымі ам ом");
        }
        last if !is_vowel(last) => {
            add(out, lemma.folded.clone(), BE_HARD);
            if let Some(soft) = softened(&lemma.folded) {
                add(out, soft, "е ы");
            }
            for stem in fleeting(lemma, "еоа", 0) {
                add(out, stem, "а у ам ом ем е ы і оў аў амі ах");
            }
        }
        _ => {}
    }
}
