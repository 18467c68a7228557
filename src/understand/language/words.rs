//! Languages that the model does not hold, told from their neighbours by frequent words and letters.

use crate::understand::language::{Detected, detected};

/// Frequent Tigrinya words and word parts that Amharic has not.
const TIGRINYA: &[&str] =
    &["ናይ", "ካብ", "እዩ", "ኣብ", "ምስ", "እቲ", "እታ", "እቶም", "ዝኾነ", "ነቲ", "ሓደ", "ኩሉ", "ወይ ድማ", "ድማ", "ኸም", "ብዘይ", "ዘሎ", "ኣሎ", "ነዚ", "ንኹሉ", "መሰል"];
/// Frequent Amharic ones that Tigrinya has not.
const AMHARIC: &[&str] = &["ነው", "እና", "ወደ", "ላይ", "ውስጥ", "የሆነ", "ናቸው", "ሁሉ", "ስለ", "ጋር", "መብት", "ወይም", "አለው", "ያለ", "ነበር", "እንዲ", "አንድ", "ማንኛውም"];

/// Tells Tigrinya from Amharic. Tigrinya writes ኣ where Amharic writes አ at the head of a word, and forms its genitive and its
/// prepositions otherwise; the signs of ቐ and ዀ rows are its own.
pub fn ethiopic(text: &str, declared: Option<&str>) -> Detected {
    let (mut tigrinya, mut amharic) = (0usize, 0usize);
    for word in text.split(|letter: char| !letter.is_alphabetic()) {
        tigrinya += usize::from(TIGRINYA.contains(&word)) * 2;
        amharic += usize::from(AMHARIC.contains(&word)) * 2;
        match word.chars().next() {
            Some('ኣ' | 'ዝ') => tigrinya += 1,
            Some('አ' | 'የ') => amharic += 1,
            _ => {}
        }
        tigrinya += word.chars().filter(|letter| matches!(letter, '\u{1250}'..='\u{1250}' | 'ቐ'..='ቕ' | 'ዀ'..='ዅ' | 'ኸ'..='ኾ' | 'ዐ'..='ዖ')).count();
    }
    match tigrinya.cmp(&amharic) {
        std::cmp::Ordering::Greater => detected("ti", ratio(tigrinya, amharic), "Tigrinya words and letters"),
        std::cmp::Ordering::Less => detected("am", ratio(amharic, tigrinya), "Amharic words and letters"),
        std::cmp::Ordering::Equal if declared == Some("ti") => detected("ti", 0.6, "declared, and no word speaks against it"),
        std::cmp::Ordering::Equal => detected("am", 0.6, "Ethiopic letters"),
    }
}

/// Words of Turkmen in the Cyrillic letters that it was written in until 1993, and that archives and some outlets keep.
const TURKMEN: &[&str] = &[
    "ве",
    "билен",
    "хем",
    "үчин",
    "болан",
    "хер",
    "болуп",
    "боюнча",
    "хукугы",
    "хукук",
    "хукуклары",
    "эден",
    "хакында",
    "я-да",
    "ичинде",
    "дийип",
    "гөрә",
];
/// Words of its neighbours: Tatar, Kyrgyz, Kazakh, Uzbek.
const NEIGHBOURS: &[&str] = &[
    "һәм",
    "белән",
    "өчен",
    "булган",
    "яки",
    "һәр",
    "жана",
    "менен",
    "үчүн",
    "болгон",
    "же",
    "және",
    "мен",
    "үшін",
    "болған",
    "ва",
    "билан",
    "учун",
    "бўлган",
];

/// Recognises Turkmen in Cyrillic letters: its words, and җ or э beside vowels that Russian has not, without the Tatar һ.
pub fn turkmen_cyrillic(text: &str) -> Option<Detected> {
    let lower = text.to_lowercase();
    if lower.contains(['һ', 'ғ', 'қ', 'ў', 'ҳ', 'ұ', 'і', 'ї', 'є', 'ј']) || !lower.contains(['ң', 'ө', 'ү', 'ә', 'җ']) {
        return None;
    }
    let (mut own, mut other) = (0usize, 0usize);
    for word in lower.split(|letter: char| !letter.is_alphabetic() && letter != '-') {
        own += usize::from(TURKMEN.contains(&word)) * 2;
        other += usize::from(NEIGHBOURS.contains(&word)) * 2;
        // Plural and cases: Tatar has -ләр, Kyrgyz -лөр and -нын, Turkmen -лер, -ның and -лары with х for their к and һ.
        own += usize::from(word.contains("лер") || word.ends_with("ның") || word.ends_with("ниң"));
        other += usize::from(word.contains("ләр") || word.contains("лөр") || word.ends_with("нын") || word.contains("лык") || word.contains("лек"));
    }
    (own > other).then(|| detected("tk", ratio(own, other), "Turkmen words in Cyrillic letters"))
}

fn ratio(own: usize, other: usize) -> f32 {
    (own as f32 + 0.5) / ((own + other) as f32 + 1.0)
}
