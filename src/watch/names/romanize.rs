//! Names of Cyrillic, Greek, Armenian and Georgian script in Latin letters, in the systems that news uses.
//!
//! BGN/PCGN, ICAO 9303, ISO 9 and scholarly, the German, French and Polish press, Serbian Latin, Kazakh Latin. The result is folded: ž is z, so that ISO 9 and
//! its ASCII copy are one. Where a system leaves a choice (Yeltsin, Eltsin), every choice is given, up to a limit.

use crate::text::{Script, fold_word};
use crate::watch::names::romanizations::{
    ARMENIAN, BELARUSIAN, BULGARIAN, COMMON, ENGLISH, ENGLISH_TURKIC, FRENCH, GEORGIAN, GERMAN, GREEK, KAZAKH_2021, POLISH, SCHOLARLY, SERBIAN,
    Table, UKRAINIAN, UKRAINIAN_FRENCH, UKRAINIAN_GERMAN, UKRAINIAN_POLISH, UKRAINIAN_SCHOLARLY,
};

/// Most spellings of one word in one system, and in all.
const PER_SYSTEM: usize = 32;
const PER_WORD: usize = 120;

/// The systems that a name may be written in. `name` is the whole name: its letters tell the language.
fn systems(name: &str, script: Script) -> Vec<Table> {
    match script {
        Script::Greek => return vec![GREEK],
        Script::Armenian => return vec![ARMENIAN],
        Script::Georgian => return vec![GEORGIAN],
        Script::Cyrillic => {}
        _ => return Vec::new(),
    }
    let name = name.to_lowercase();
    let has = |letters: &[char]| name.contains(letters);
    let ukrainian = [UKRAINIAN, UKRAINIAN_SCHOLARLY, UKRAINIAN_GERMAN, UKRAINIAN_FRENCH, UKRAINIAN_POLISH];
    let russian = [ENGLISH, SCHOLARLY, GERMAN, FRENCH, POLISH];
    if has(&['ћ', 'ђ', 'љ', 'њ', 'џ', 'ј', 'ѓ', 'ќ']) {
        return vec![SERBIAN, ENGLISH];
    }
    if has(&['ї', 'є', 'ґ']) {
        return ukrainian.to_vec();
    }
    let mut out = russian.to_vec();
    if has(&['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ', 'ҳ', 'ҷ', 'ӣ', 'ӯ']) {
        out.extend([ENGLISH_TURKIC, KAZAKH_2021]);
        return out;
    }
    if has(&['ў']) || (has(&['і']) && has(&['ы', 'э', 'ё'])) {
        out.insert(0, BELARUSIAN);
        return out;
    }
    if has(&['і']) {
        out.splice(0..0, ukrainian);
        return out;
    }
    out.extend([ENGLISH_TURKIC, KAZAKH_2021]);
    if !has(&['ы', 'э', 'ё']) {
        out.push(BULGARIAN);
        out.extend(ukrainian);
    }
    out
}

/// The Latin spellings of one word of a name, folded. Empty for scripts without rules.
pub fn to_latin(word: &str, name: &str, script: Script) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    // ё says more than its folded е: it is read before folding.
    let word: String = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let word = if script == Script::Cyrillic { word } else { fold_word(&word) };
    for table in systems(name, script) {
        for spelling in spellings(&word, table) {
            if out.len() < PER_WORD && !spelling.is_empty() && !out.contains(&spelling) {
                out.push(spelling);
            }
        }
    }
    out
}

/// What the initial of a word may be in Latin letters: Щ is Shch, Sch, Š, S.
pub fn initials_in_latin(word: &str, name: &str, script: Script) -> Vec<String> {
    let Some(first) = word.chars().next() else { return Vec::new() };
    let mut out = to_latin(&first.to_string(), name, script);
    let letters: Vec<String> = out.iter().filter_map(|spelling| spelling.chars().next()).map(String::from).collect();
    for letter in letters {
        if !out.contains(&letter) {
            out.push(letter);
        }
    }
    out
}

fn is_vowel(c: char) -> bool {
    "аеёиоуыэюяіїєәөұүӣӯъь".contains(c)
}

/// Every spelling where few choices are left open; where many are, the first, second and third choice throughout.
fn spellings(word: &str, table: Table) -> Vec<String> {
    let choices = choices(word, table);
    let product = choices.iter().try_fold(1_usize, |product, choice| product.checked_mul(choice.len()).filter(|product| *product <= PER_SYSTEM));
    if product.is_some() {
        let mut out = vec![String::new()];
        for choice in &choices {
            out = out.iter().flat_map(|head| choice.iter().map(move |tail| format!("{head}{tail}"))).collect();
        }
        return out;
    }
    let pick = |rank: usize| choices.iter().map(|choice| choice.get(rank.min(choice.len() - 1)).copied().unwrap_or_default()).collect::<String>();
    let mut out = vec![pick(0), pick(1), pick(2)];
    // One letter off the first choice at a time.
    for (position, choice) in choices.iter().enumerate() {
        for other in choice.iter().skip(1) {
            out.push(choices.iter().enumerate().map(|(at, choice)| if at == position { other } else { choice[0] }).collect());
        }
    }
    out.truncate(PER_SYSTEM);
    out
}

/// The choices for each letter or group of letters in turn. Keys: `^x` at the beginning, `x$` at the end, `Vx` after a vowel, `VxV` between vowels.
fn choices(word: &str, table: Table) -> Vec<Vec<&'static str>> {
    let letters: Vec<char> = word.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let rest: String = letters[at..].iter().collect();
        let after_vowel = at > 0 && is_vowel(letters[at - 1]);
        let found = table.iter().chain(COMMON).find_map(|(key, value)| {
            let (key, value): (&'static str, &'static str) = (key, value);
            let core = key.trim_start_matches(['^', 'V']).trim_end_matches(['$', 'V']);
            let length = core.chars().count();
            let fits = rest.starts_with(core)
                && (!key.starts_with('^') || at == 0)
                && (!key.starts_with('V') || after_vowel)
                && (!key.ends_with('$') || at + length == letters.len())
                && (!key.ends_with('V') || letters.get(at + length).copied().is_some_and(is_vowel));
            fits.then_some((length, value))
        });
        match found {
            Some((length, value)) => {
                out.push(value.split('|').collect());
                at += length.max(1);
            }
            None => at += 1,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::to_latin;
    use crate::text::Script;

    #[track_caller]
    fn gives(word: &str, name: &str, script: Script, expect: &[&str]) {
        let spellings = to_latin(word, name, script);
        for expected in expect {
            assert!(spellings.iter().any(|spelling| spelling == expected), "{word} gives {spellings:?}, not {expected}");
        }
    }

    #[test]
    fn the_systems_of_the_news_are_known() {
        gives("Жуковский", "Жуковский", Script::Cyrillic, &["zhukovsky", "zhukovskiy", "zukovskij", "schukowski", "joukovski", "zukowski"]);
        gives("Хрущёв", "Хрущёв", Script::Cyrillic, &["khrushchev", "khrushchyov", "chruschtschow", "khrouchtchev"]);
        gives("Гриценко", "Їжак Гриценко", Script::Cyrillic, &["hrytsenko", "hrycenko", "hryzenko"]);
        gives("Ђорђевић", "Ђорђевић", Script::Cyrillic, &["djordjevic", "dordevic"]);
        gives("Қуанышов", "Қуанышов", Script::Cyrillic, &["quanyshov", "kuanyshov", "qwanysov"]);
        gives("Παπαδόπουλος", "Παπαδόπουλος", Script::Greek, &["papadopoulos"]);
        gives("Հովհաննիսյան", "Հովհաննիսյան", Script::Armenian, &["hovhannisyan"]);
        gives("შენგელია", "შენგელია", Script::Georgian, &["shengelia"]);
    }

    #[test]
    fn a_word_with_many_choices_stays_within_its_limit() {
        assert!(to_latin("Яюёйяюёйяюёйяюёйщий", "Яюё", Script::Cyrillic).len() <= super::PER_WORD);
    }
}
