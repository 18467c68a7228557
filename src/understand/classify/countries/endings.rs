//! From a word as it stands to the forms that it may be an inflection of: closed lists of endings, never "up to N letters".
//!
//! The lists are in data/countries/endings.txt, by family of languages. Here is which language is of which family, and what lists cannot say.

use std::collections::HashMap;

use crate::model::Language;

/// The lists as they are written.
pub static TEXT: &str = include_str!("../../../../data/countries/endings.txt");

/// The endings of all families.
#[derive(Debug)]
pub struct Endings {
    families: HashMap<Family, Rules>,
}

/// The endings of a family.
#[derive(Debug, Default)]
struct Rules {
    /// The fewest letters of a stem.
    least: usize,
    /// By their last letter: endings, and what each takes the place of.
    by_letter: HashMap<char, Vec<(&'static str, Vec<&'static str>)>>,
}

/// The languages that inflect alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    EastSlavic,
    BalkanCyrillic,
    Serbian,
    WestSlavic,
    TurkicCyrillic,
    TurkicLatin,
    Hungarian,
    Finnic,
    Baltic,
    Georgian,
    Armenian,
    Greek,
    Romanian,
    Albanian,
    German,
    Nordic,
    Bengali,
    Dravidian,
    Korean,
    Ethiopic,
    Arabic,
    Persian,
    Hebrew,
    Plain,
}

impl Family {
    /// The family of a word of a story: its script first, then the story's language.
    pub fn of(language: &Language, word: &str) -> Self {
        let Some(first) = word.chars().find(|c| c.is_alphabetic()) else { return Self::Plain };
        let language = language.as_str();
        match u32::from(first) {
            0x0400..=0x052F => match language {
                "bg" | "mk" => Self::BalkanCyrillic,
                "sr" | "bs" | "hr" => Self::Serbian,
                "kk" | "ky" | "tt" | "ba" | "uz" | "tg" | "az" | "tk" | "mn" | "ug" => Self::TurkicCyrillic,
                _ => Self::EastSlavic,
            },
            0x10A0..=0x10FF => Self::Georgian,
            0x0530..=0x058F => Self::Armenian,
            0x0370..=0x03FF | 0x1F00..=0x1FFF => Self::Greek,
            0x1200..=0x139F => Self::Ethiopic,
            0x0590..=0x05FF => Self::Hebrew,
            0x0980..=0x09FF => Self::Bengali,
            0x0B80..=0x0D7F => Self::Dravidian,
            0xAC00..=0xD7AF | 0x1100..=0x11FF => Self::Korean,
            0x0600..=0x06FF | 0x0750..=0x077F | 0xFB50..=0xFDFF | 0xFE70..=0xFEFF => {
                if language == "ar" {
                    Self::Arabic
                } else {
                    Self::Persian
                }
            }
            0x0041..=0x024F | 0x1E00..=0x1EFF => match language {
                "pl" | "cs" | "sk" | "sl" | "hr" | "bs" | "sr" => Self::WestSlavic,
                "tr" | "az" | "tk" | "uz" | "kk" => Self::TurkicLatin,
                "hu" => Self::Hungarian,
                "fi" | "et" => Self::Finnic,
                "lt" | "lv" => Self::Baltic,
                "ro" => Self::Romanian,
                "sq" => Self::Albanian,
                "de" | "lb" => Self::German,
                "sv" | "da" | "no" | "nb" | "nn" | "nl" | "is" | "af" => Self::Nordic,
                _ => Self::Plain,
            },
            _ => Self::Plain,
        }
    }

    /// By the name in the file.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "east_slavic" => Self::EastSlavic,
            "balkan_cyrillic" => Self::BalkanCyrillic,
            "serbian" => Self::Serbian,
            "west_slavic" => Self::WestSlavic,
            "turkic_cyrillic" => Self::TurkicCyrillic,
            "turkic_latin" => Self::TurkicLatin,
            "hungarian" => Self::Hungarian,
            "finnic" => Self::Finnic,
            "baltic" => Self::Baltic,
            "georgian" => Self::Georgian,
            "armenian" => Self::Armenian,
            "greek" => Self::Greek,
            "romanian" => Self::Romanian,
            "albanian" => Self::Albanian,
            "german" => Self::German,
            "nordic" => Self::Nordic,
            "bengali" => Self::Bengali,
            "dravidian" => Self::Dravidian,
            "ethiopic" => Self::Ethiopic,
            "persian" => Self::Persian,
            _ => return None,
        })
    }
}

impl Endings {
    /// Reads the lists that are compiled in; a test reads every line of them.
    pub fn load() -> Self {
        Self::parse(TEXT)
    }

    fn parse(text: &'static str) -> Self {
        let mut families: HashMap<Family, Rules> = HashMap::new();
        let mut family = Family::Plain;
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some((name, least)) = line.strip_prefix("family ").and_then(|rest| rest.split_once(' ')) {
                family = Family::named(name).unwrap_or(Family::Plain);
                families.entry(family).or_default().least = least.parse().unwrap_or(usize::MAX);
                continue;
            }
            let rules = families.entry(family).or_default();
            let mut add = |ending: &'static str, bases: Vec<&'static str>| {
                if let Some(last) = ending.chars().next_back() {
                    rules.by_letter.entry(last).or_default().push((ending, bases));
                }
            };
            match line.split_once(" > ") {
                Some((ending, bases)) => add(ending, bases.split(' ').map(|base| if base == "-" { "" } else { base }).collect()),
                None => line.split(' ').for_each(|ending| add(ending, vec![""])),
            }
        }
        Self { families }
    }

    /// How many families there are.
    #[cfg(test)]
    pub fn families(&self) -> usize {
        self.families.iter().filter(|(family, _)| **family != Family::Plain).count()
    }

    /// Calls `found` with every form that the word may be an inflection of, itself first.
    pub fn bases(&self, family: Family, word: &str, mut found: impl FnMut(&str)) {
        found(word);
        match family {
            Family::Korean => korean(word, &mut found),
            Family::Ethiopic => {
                for prefix in ETHIOPIC_PREFIXES {
                    if let Some(rest) = word.strip_prefix(prefix).filter(|rest| rest.chars().nth(1).is_some()) {
                        found(rest);
                        self.replaced(family, rest, &mut found);
                    }
                }
                self.replaced(family, word, &mut found);
            }
            Family::Arabic => arabic(word, &mut found),
            Family::Hebrew => prefixed(word, HEBREW_PREFIXES, 3, &mut found),
            Family::Plain => {}
            _ => self.replaced(family, word, &mut found),
        }
    }

    /// The word with each ending replaced.
    fn replaced(&self, family: Family, word: &str, found: &mut impl FnMut(&str)) {
        let Some(rules) = self.families.get(&family) else { return };
        let Some(endings) = word.chars().next_back().and_then(|last| rules.by_letter.get(&last)) else { return };
        let mut base = String::with_capacity(word.len() + 8);
        for (ending, bases) in endings {
            let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.chars().nth(rules.least - 1).is_some()) else { continue };
            for end in bases.iter().chain(if family == Family::Dravidian { DRAVIDIAN_STEMS } else { &[] }) {
                base.clear();
                base.push_str(stem);
                base.push_str(end);
                found(&base);
            }
        }
    }
}

/// A silent consonant takes the vowel of the ending.
const DRAVIDIAN_STEMS: &[&str] = &["்", "ு", "ம்"];

/// Prepositions of Amharic and Tigrinya.
const ETHIOPIC_PREFIXES: &[&str] = &["በ", "የ", "ከ", "ለ", "ስለ", "እንደ", "ወደ", "በየ", "የየ", "ናይ", "ን", "ብ", "ካብ", "እና"];

/// The article and joined particles.
const HEBREW_PREFIXES: &[&str] = &["ב", "ל", "מ", "ה", "ו", "ש", "כ", "וב", "ול", "שב", "מה", "של", "ומ"];

/// Korean words that begin like a country's name: 인도 is India, 인도적 is humane.
const KOREAN_TRAPS: &[(&str, &[&str])] = &[
    ("인도", &["적", "주의", "하", "되", "한", "를", "에서"]),
    ("가나", &["다"]),
    ("수단", &["을", "과", "이", "은", "으로"]),
    ("이란", &["다"]),
    ("오만", &["하", "한", "과"]),
    ("말리", &["다", "는"]),
    ("기니", &["스"]),
    ("차드", &[]),
];

fn prefixed(word: &str, prefixes: &[&str], least: usize, found: &mut impl FnMut(&str)) {
    for prefix in prefixes {
        if let Some(rest) = word.strip_prefix(prefix).filter(|rest| rest.chars().nth(least - 1).is_some()) {
            found(rest);
        }
    }
}

/// Particles follow a word without a space: every beginning is looked up, the longest first.
fn korean(word: &str, found: &mut impl FnMut(&str)) {
    let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).skip(2).collect();
    for end in ends.into_iter().rev() {
        let (Some(stem), Some(rest)) = (word.get(..end), word.get(end..)) else { continue };
        let trapped = KOREAN_TRAPS.iter().any(|(trap, rests)| *trap == stem && rests.iter().any(|start| rest.starts_with(start)));
        if !trapped {
            found(stem);
        }
    }
}

/// Joined particles, the article and the endings of Arabic adjectives.
fn arabic(word: &str, found: &mut impl FnMut(&str)) {
    let mut stems = vec![word.to_owned()];
    for prefix in ["و", "ف", "ب", "ل", "ك", "ال", "وال", "بال", "كال", "فال", "وب", "ول", "لل", "ولل", "وبال"] {
        if let Some(rest) = word.strip_prefix(prefix).filter(|rest| rest.chars().nth(2).is_some()) {
            // A name with an article keeps it after a particle, and loses a letter of it after ل.
            if prefix.ends_with("لل") || prefix.ends_with("ال") {
                stems.push(format!("ال{rest}"));
            }
            stems.push(rest.to_owned());
        }
    }
    for stem in &stems {
        found(stem);
    }
    for stem in stems {
        // An adjective in its forms is looked up as the masculine singular.
        for (ending, base) in [("يه", "ي"), ("يون", "ي"), ("يين", "ي"), ("يات", "ي"), ("يتين", "ي"), ("يا", "ي"), ("تين", "ه")]
        {
            if let Some(rest) = stem.strip_suffix(ending).filter(|rest| rest.chars().nth(1).is_some()) {
                found(&format!("{rest}{base}"));
            }
        }
    }
}
