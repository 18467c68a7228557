//! Names of Cyrillic, Greek, Armenian and Georgian script in Latin letters, in the systems that news uses.
//!
//! BGN/PCGN, ICAO 9303, ISO 9 and scholarly, the German, French and Polish press, Serbian Latin, Kazakh Latin. The result is folded: ž is z, so that ISO 9 and
//! its ASCII copy are one. Where a system leaves a choice (Yeltsin, Eltsin), every choice is given, up to a limit.

use crate::text::{Script, fold_word};

/// Most spellings of one word in one system, and in all.
const PER_SYSTEM: usize = 32;
const PER_WORD: usize = 120;

/// How a system writes letters: each with its choices, separated by bars.
type Table = &'static [(&'static str, &'static str)];

const COMMON: Table = &[
    ("а", "a"),
    ("б", "b"),
    ("в", "v"),
    ("г", "g"),
    ("ґ", "g"),
    ("д", "d"),
    ("е", "e"),
    ("з", "z"),
    ("и", "i"),
    ("к", "k"),
    ("л", "l"),
    ("м", "m"),
    ("н", "n"),
    ("о", "o"),
    ("п", "p"),
    ("р", "r"),
    ("с", "s"),
    ("т", "t"),
    ("у", "u"),
    ("ф", "f"),
    ("ъ", ""),
    ("ь", ""),
    ("ы", "y"),
    ("э", "e"),
    ("і", "i"),
    ("ў", "u"),
    ("ә", "a"),
    ("ғ", "g|gh"),
    ("қ", "q|k"),
    ("ң", "n|ng"),
    ("ө", "o"),
    ("ұ", "u"),
    ("ү", "u"),
    ("һ", "h"),
    ("ҳ", "h"),
    ("ҷ", "j"),
    ("ӣ", "i"),
    ("ӯ", "u"),
    ("ј", "j"),
    ("љ", "lj"),
    ("њ", "nj"),
    ("ћ", "c"),
    ("ђ", "dj|d"),
    ("џ", "dz"),
    ("ѓ", "gj"),
    ("ќ", "kj"),
    ("ѕ", "dz"),
];
const ENGLISH: Table = &[
    ("кс", "x|ks"),
    ("ий$", "y|iy|ii|i|ij"),
    ("ый$", "y|yy|yi|iy"),
    ("ж", "zh"),
    ("й", "y|i"),
    ("х", "kh"),
    ("ц", "ts"),
    ("ч", "ch"),
    ("ш", "sh"),
    ("щ", "shch"),
    ("ю", "yu|iu"),
    ("я", "ya|ia"),
    ("ё", "yo|e|io|o"),
    ("^е", "ye|e"),
    ("Vе", "ye|e"),
    ("ьe", "ye|e"),
];
const ENGLISH_TURKIC: Table = &[
    ("ий$", "y|iy|i"),
    ("ж", "j|zh"),
    ("й", "y|i"),
    ("х", "kh|h"),
    ("ц", "ts"),
    ("ч", "ch"),
    ("ш", "sh"),
    ("щ", "shch"),
    ("ю", "yu"),
    ("я", "ya"),
    ("ё", "yo"),
    ("Vе", "ye|e"),
    ("^е", "ye|e"),
    ("у", "u|w"),
];
const SCHOLARLY: Table = &[
    ("ий$", "ij|yj|y|ii"),
    ("ж", "z"),
    ("й", "j"),
    ("х", "h|ch|x"),
    ("ц", "c"),
    ("ч", "c"),
    ("ш", "s"),
    ("щ", "sc|s"),
    ("ю", "ju|u"),
    ("я", "ja|a"),
    ("ё", "e|o|jo"),
    ("Vе", "e|je"),
    ("^е", "e|je"),
];
const GERMAN: Table = &[
    ("кс", "x|ks"),
    ("ий$", "i|ij|y"),
    ("ый$", "y|yj"),
    ("в", "w"),
    ("ж", "sch|sh"),
    ("з", "s"),
    ("й", "i|j"),
    ("х", "ch"),
    ("ц", "z"),
    ("ч", "tsch"),
    ("ш", "sch"),
    ("щ", "schtsch"),
    ("ю", "ju"),
    ("я", "ja"),
    ("ё", "jo|o"),
    ("^е", "je|e"),
    ("Vе", "je|e"),
    ("VсV", "ss|s"),
];
const FRENCH: Table = &[
    ("кс", "x"),
    ("ий$", "i|y|ii"),
    ("ый$", "y|yi"),
    ("ж", "j"),
    ("й", "i|y"),
    ("х", "kh"),
    ("ц", "ts"),
    ("ч", "tch"),
    ("ш", "ch"),
    ("щ", "chtch"),
    ("ю", "iou|you"),
    ("я", "ia|ya"),
    ("ё", "io|e|yo"),
    ("у", "ou"),
    ("^е", "ie|e"),
    ("Vе", "ie|e|ye"),
    ("VсV", "ss|s"),
    ("ин$", "ine|in"),
    ("в$", "v|ff"),
    ("ү", "ou|u"),
    ("ұ", "ou|u"),
];
const POLISH: Table = &[
    ("ий$", "i|ij|y"),
    ("в", "w"),
    ("ж", "z"),
    ("й", "j"),
    ("х", "ch"),
    ("ц", "c"),
    ("ч", "cz"),
    ("ш", "sz"),
    ("щ", "szcz"),
    ("ю", "iu|ju"),
    ("я", "ia|ja"),
    ("ё", "io|jo"),
    ("^е", "je|e"),
    ("Vе", "je|e"),
    ("е", "ie|e"),
];
const UKRAINIAN: Table = &[
    ("зг", "zgh"),
    ("ий$", "yi|yj|y|yy"),
    ("г", "h"),
    ("и", "y"),
    ("ї", "i|yi"),
    ("є", "ie|ye"),
    ("й", "i|y"),
    ("ж", "zh"),
    ("х", "kh"),
    ("ц", "ts"),
    ("ч", "ch"),
    ("ш", "sh"),
    ("щ", "shch"),
    ("ю", "iu|yu"),
    ("я", "ia|ya"),
];
const UKRAINIAN_SCHOLARLY: Table = &[
    ("г", "h"),
    ("и", "y"),
    ("ї", "ji|i"),
    ("є", "je"),
    ("й", "j"),
    ("ж", "z"),
    ("х", "ch"),
    ("ц", "c"),
    ("ч", "c"),
    ("ш", "s"),
    ("щ", "sc"),
    ("ю", "ju"),
    ("я", "ja"),
];
const UKRAINIAN_GERMAN: Table = &[
    ("в", "w"),
    ("з", "s"),
    ("г", "h"),
    ("и", "y"),
    ("ї", "ji"),
    ("є", "je"),
    ("й", "j"),
    ("ж", "sch"),
    ("х", "ch"),
    ("ц", "z"),
    ("ч", "tsch"),
    ("ш", "sch"),
    ("щ", "schtsch"),
    ("ю", "ju"),
    ("я", "ja"),
];
const UKRAINIAN_FRENCH: Table = &[
    ("г", "h"),
    ("и", "y"),
    ("ї", "i"),
    ("є", "ie"),
    ("й", "i"),
    ("ж", "j"),
    ("х", "kh"),
    ("ц", "ts"),
    ("ч", "tch"),
    ("ш", "ch"),
    ("щ", "chtch"),
    ("ю", "iou"),
    ("я", "ia"),
    ("у", "ou"),
];
const UKRAINIAN_POLISH: Table = &[
    ("в", "w"),
    ("г", "h"),
    ("и", "y"),
    ("ї", "ji"),
    ("є", "je|ie"),
    ("й", "j"),
    ("ж", "z"),
    ("х", "ch"),
    ("ц", "c"),
    ("ч", "cz"),
    ("ш", "sz"),
    ("щ", "szcz"),
    ("ю", "iu|ju"),
    ("я", "ia|ja"),
];
const BELARUSIAN: Table = &[
    ("г", "h"),
    ("ў", "u|w"),
    ("й", "i|j|y"),
    ("ж", "zh|z"),
    ("х", "kh|ch"),
    ("ц", "ts|c"),
    ("ч", "ch|c"),
    ("ш", "sh|s"),
    ("ю", "iu|yu|ju"),
    ("я", "ia|ya|ja"),
    ("ё", "io|yo|jo"),
    ("е", "e|ie"),
    ("^е", "ye|e|je"),
    ("Vе", "ie|ye|je"),
];
const SERBIAN: Table = &[("ж", "z"), ("х", "h"), ("ц", "c"), ("ч", "c"), ("ш", "s"), ("ћ", "c|ch"), ("ђ", "dj|d"), ("џ", "dz")];
const BULGARIAN: Table = &[
    ("ия$", "ia|iya"),
    ("ъ", "a|u"),
    ("щ", "sht"),
    ("ж", "zh"),
    ("й", "y|i"),
    ("х", "h|kh"),
    ("ц", "ts"),
    ("ч", "ch"),
    ("ш", "sh"),
    ("ю", "yu"),
    ("я", "ya"),
    ("ь", "y"),
];
const KAZAKH_2021: Table = &[
    ("ж", "j"),
    ("й", "i"),
    ("х", "h"),
    ("ц", "ts"),
    ("ч", "ch"),
    ("ш", "s"),
    ("щ", "shch"),
    ("ю", "iu"),
    ("я", "ia"),
    ("ё", "io"),
    ("у", "u|w"),
    ("ғ", "g"),
    ("қ", "q"),
    ("ң", "n"),
];
const GREEK: Table = &[
    ("αυ", "av|af|au"),
    ("ευ", "ev|ef|eu"),
    ("ου", "ou|u"),
    ("αι", "ai|e"),
    ("ει", "ei|i"),
    ("οι", "oi|i"),
    ("γγ", "ng"),
    ("γκ", "gk|g"),
    ("^μπ", "b|mp"),
    ("μπ", "mp|b"),
    ("^ντ", "d|nt"),
    ("ντ", "nt|d"),
    ("τσ", "ts"),
    ("α", "a"),
    ("β", "v"),
    ("γ", "g"),
    ("δ", "d"),
    ("ε", "e"),
    ("ζ", "z"),
    ("η", "i"),
    ("θ", "th"),
    ("ι", "i"),
    ("κ", "k"),
    ("λ", "l"),
    ("μ", "m"),
    ("ν", "n"),
    ("ξ", "x"),
    ("ο", "o"),
    ("π", "p"),
    ("ρ", "r"),
    ("σ", "s"),
    ("τ", "t"),
    ("υ", "y|i"),
    ("φ", "f|ph"),
    ("χ", "ch|h"),
    ("ψ", "ps"),
    ("ω", "o"),
];
const ARMENIAN: Table = &[
    ("ու", "u|ou"),
    ("եւ", "ev"),
    ("ա", "a"),
    ("բ", "b"),
    ("գ", "g"),
    ("դ", "d"),
    ("^ե", "ye|e"),
    ("ե", "e"),
    ("զ", "z"),
    ("է", "e"),
    ("ը", "y"),
    ("թ", "t"),
    ("ժ", "zh"),
    ("ի", "i"),
    ("լ", "l"),
    ("խ", "kh"),
    ("ծ", "ts"),
    ("կ", "k"),
    ("հ", "h"),
    ("ձ", "dz"),
    ("ղ", "gh"),
    ("ճ", "ch|tch"),
    ("մ", "m"),
    ("յ", "y"),
    ("ն", "n"),
    ("շ", "sh"),
    ("^ո", "vo|o"),
    ("ո", "o"),
    ("չ", "ch"),
    ("պ", "p"),
    ("ջ", "j|dj"),
    ("ռ", "r"),
    ("ս", "s"),
    ("վ", "v"),
    ("տ", "t"),
    ("ր", "r"),
    ("ց", "ts"),
    ("ւ", "v"),
    ("փ", "p"),
    ("ք", "k"),
    ("օ", "o"),
    ("ֆ", "f"),
];
const GEORGIAN: Table = &[
    ("ა", "a"),
    ("ბ", "b"),
    ("გ", "g"),
    ("დ", "d"),
    ("ე", "e"),
    ("ვ", "v"),
    ("ზ", "z"),
    ("თ", "t"),
    ("ი", "i"),
    ("კ", "k"),
    ("ლ", "l"),
    ("მ", "m"),
    ("ნ", "n"),
    ("ო", "o"),
    ("პ", "p"),
    ("ჟ", "zh"),
    ("რ", "r"),
    ("ს", "s"),
    ("ტ", "t"),
    ("უ", "u"),
    ("ფ", "p"),
    ("ქ", "k"),
    ("ღ", "gh"),
    ("ყ", "q"),
    ("შ", "sh"),
    ("ჩ", "ch"),
    ("ც", "ts"),
    ("ძ", "dz"),
    ("წ", "ts"),
    ("ჭ", "ch"),
    ("ხ", "kh"),
    ("ჯ", "j"),
    ("ჰ", "h"),
];

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
