//! Other forms of one word: what is written together with it, and the other alphabet of a language with two.

use crate::text::{Script, script_of};

/// A Cyrillic alphabet whose language is also written in Latin letters; the lexicon has the Latin forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alphabet {
    Serbian,
    Uzbek,
}

/// The forms under which a word is looked up beside its own: where a lexicon says so, Arabic without conjunctions, prepositions and article, Hebrew without its
/// one-letter prefixes, and the Latin spelling of Cyrillic
/// where a lexicon asks for it.
pub fn other_forms(word: &str, has_clitics: bool, alphabet: Option<Alphabet>) -> Vec<String> {
    match word.chars().next().map(script_of) {
        Some(Script::Arabic) if has_clitics => {
            stripped(word, &["وال", "فال", "بال", "كال", "لل", "ال", "ولل", "وب", "ول", "و", "ف", "ب", "ل", "س", "وس"], 3)
        }
        Some(Script::Hebrew) if has_clitics => {
            stripped(word, &["וה", "שה", "מה", "בה", "לה", "כש", "וב", "ול", "ומ", "וש", "ה", "ו", "ב", "ל", "מ", "ש", "כ"], 3)
        }
        Some(Script::Cyrillic) => alphabet.map(|alphabet| latin(word, alphabet)).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn stripped(word: &str, prefixes: &[&str], least: usize) -> Vec<String> {
    let rests = prefixes.iter().filter_map(|prefix| word.strip_prefix(prefix));
    rests.filter(|rest| rest.chars().count() >= least).map(str::to_owned).collect()
}

/// Cyrillic letters as the folded Latin spelling has them.
fn latin(word: &str, alphabet: Alphabet) -> String {
    let uzbek = alphabet == Alphabet::Uzbek;
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        out.push_str(match c {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' | 'ғ' => "g",
            'д' | 'ђ' => "d",
            'е' | 'э' => "e",
            'ж' if uzbek => "j",
            'ж' | 'з' => "z",
            'и' => "i",
            'й' if uzbek => "y",
            'ј' | 'й' => "j",
            'к' => "k",
            'л' => "l",
            'љ' => "lj",
            'м' => "m",
            'н' => "n",
            'њ' => "nj",
            'о' | 'ў' => "o",
            'п' => "p",
            'р' => "r",
            'ш' if uzbek => "sh",
            'с' | 'ш' => "s",
            'т' => "t",
            'ч' if uzbek => "ch",
            'ц' if uzbek => "ts",
            'ћ' | 'ч' | 'ц' => "c",
            'у' => "u",
            'ф' => "f",
            'х' if uzbek => "x",
            'х' | 'ҳ' => "h",
            'џ' => "dz",
            'қ' => "q",
            'ъ' | 'ь' => "",
            'ю' => "yu",
            'я' => "ya",
            other => {
                out.push(other);
                continue;
            }
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Alphabet, other_forms};

    #[test]
    fn both_alphabets_of_a_language_meet() {
        assert_eq!(other_forms("новинарка", true, Some(Alphabet::Serbian)), ["novinarka"]);
        assert_eq!(other_forms("журналист", true, Some(Alphabet::Uzbek)), ["jurnalist"]);
        assert!(other_forms("журналист", true, None).is_empty());
    }

    #[test]
    fn clitics_are_taken_off_but_not_whole_words() {
        assert!(other_forms("والصحفي", true, None).contains(&"صحفي".to_owned()));
        assert!(other_forms("ולד", true, None).is_empty());
    }
}
