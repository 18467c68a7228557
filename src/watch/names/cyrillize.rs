//! Latin spellings back to Cyrillic: what a Russian, Ukrainian or Kazakh newspaper would write.

/// Most Cyrillic spellings of one word.
const PER_WORD: usize = 64;

/// Groups of folded letters with their Cyrillic readings, longest first. Keys: `^x` at the beginning, `x$` at the end, `Vx` after a vowel.
const READINGS: &[(&str, &str)] = &[
    ("shch", "щ"),
    ("schtsch", "щ"),
    ("szcz", "щ"),
    ("tsch", "ч"),
    ("tch", "ч"),
    ("sch", "ш"),
    ("iyev$", "иев"),
    ("yev$", "ев|ьев"),
    ("sky$", "ский"),
    ("skiy$", "ский"),
    ("ski$", "ский|ски"),
    ("skyi$", "ський"),
    ("ska$", "ская|ска|ська"),
    ("skaya$", "ская"),
    ("cki$", "цкий"),
    ("zh", "ж"),
    ("kh", "х"),
    ("ts", "ц"),
    ("cz", "ч"),
    ("sz", "ш"),
    ("ch", "ч|х"),
    ("sh", "ш"),
    ("gh", "г"),
    ("ph", "ф"),
    ("th", "т"),
    ("ck", "к"),
    ("yu", "ю"),
    ("iu", "ю|иу"),
    ("ju", "ю|жу"),
    ("ya", "я"),
    ("ia$", "ия|иа"),
    ("ia", "иа|я"),
    ("ja", "я|жа"),
    ("yo", "е|йо"),
    ("ye", "е"),
    ("ie", "ие|е|є"),
    ("iy$", "ий"),
    ("yi$", "ий"),
    ("ii$", "ий"),
    ("ou", "у|оу"),
    ("qu", "ку"),
    ("x", "кс|х"),
    ("Vy", "й"),
    ("Vi", "й|и"),
    ("^y", "й|ы"),
    ("y$", "и|ы|ий"),
    ("y", "ы|и"),
    ("^e", "э|е"),
    ("a", "а"),
    ("b", "б"),
    ("c", "ц|к"),
    ("d", "д"),
    ("e", "е"),
    ("f", "ф"),
    ("g", "г"),
    ("h", "х|г"),
    ("i", "и"),
    ("j", "ж|дж|й"),
    ("k", "к"),
    ("l", "л|ль"),
    ("m", "м"),
    ("n", "н"),
    ("o", "о"),
    ("p", "п"),
    ("q", "к"),
    ("r", "р"),
    ("s", "с"),
    ("t", "т"),
    ("u", "у"),
    ("v", "в"),
    ("w", "в|у"),
    ("z", "з"),
];

/// The Cyrillic spellings of one folded Latin word, Kazakh letters as their Russian neighbors. The likeliest come first.
pub fn to_cyrillic(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut out = vec![String::new()];
    let mut at = 0;
    while at < letters.len() {
        let rest: String = letters[at..].iter().collect();
        let after_vowel = at > 0 && matches!(letters[at - 1], 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
        let found = READINGS.iter().find_map(|(key, value)| {
            let core = key.trim_start_matches(['^', 'V']).trim_end_matches('$');
            let length = core.chars().count();
            let fits = rest.starts_with(core)
                && (!key.starts_with('^') || at == 0)
                && (!key.starts_with('V') || after_vowel)
                && (!key.ends_with('$') || at + length == letters.len());
            fits.then_some((length, *value))
        });
        let Some((length, value)) = found else {
            return Vec::new();
        };
        // The first readings stay complete; later ones are tried while there is room.
        let mut longer: Vec<String> = Vec::new();
        for reading in value.split('|') {
            for head in &out {
                if longer.len() < PER_WORD {
                    longer.push(format!("{head}{reading}"));
                }
            }
        }
        out = longer;
        at += length.max(1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::to_cyrillic;

    #[test]
    fn newspaper_spellings_come_back() {
        for (latin, cyrillic) in [
            ("zhukovsky", "жуковский"),
            ("tokayev", "токаев"),
            ("yerlan", "ерлан"),
            ("ashimov", "ашимов"),
            ("kenzhe", "кенже"),
            ("shchukin", "щукин"),
        ] {
            let spellings = to_cyrillic(latin);
            assert!(spellings.iter().any(|spelling| spelling == cyrillic), "{latin} gives {spellings:?}");
        }
        assert!(to_cyrillic("jijijijijijiji").len() <= super::PER_WORD);
    }
}
