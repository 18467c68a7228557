//! Which script a text is written in, and which languages its letters leave open.
//!
//! The alphabets are those of the languages' official orthographies, written out by hand.

/// Scripts that a story may be written in. Han and Kana count as one: Japanese mixes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Greek,
    Hebrew,
    Armenian,
    Georgian,
    Ethiopic,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Oriya,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Myanmar,
    Khmer,
    Hangul,
    HanKana,
}

impl Script {
    /// The script of a letter; `None` for digits, signs and scripts that the product does not read.
    pub fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'A'..='Z'
            | 'a'..='z'
            | '\u{AA}'
            | '\u{BA}'
            | '\u{C0}'..='\u{D6}'
            | '\u{D8}'..='\u{F6}'
            | '\u{F8}'..='\u{24F}'
            | '\u{250}'..='\u{2AF}'
            | '\u{1E00}'..='\u{1EFF}'
            | '\u{FF21}'..='\u{FF3A}'
            | '\u{FF41}'..='\u{FF5A}' => Self::Latin,
            '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Self::Greek,
            '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' => Self::Cyrillic,
            '\u{531}'..='\u{587}' => Self::Armenian,
            '\u{5D0}'..='\u{5F2}' | '\u{FB1D}'..='\u{FB4F}' => Self::Hebrew,
            '\u{620}'..='\u{64A}'
            | '\u{66E}'..='\u{6D3}'
            | '\u{6D5}'
            | '\u{6EE}'..='\u{6EF}'
            | '\u{6FA}'..='\u{6FF}'
            | '\u{750}'..='\u{77F}'
            | '\u{8A0}'..='\u{8FF}'
            | '\u{FB50}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFC}' => Self::Arabic,
            '\u{900}'..='\u{963}' | '\u{971}'..='\u{97F}' => Self::Devanagari,
            '\u{980}'..='\u{9E3}' | '\u{9F0}'..='\u{9F1}' => Self::Bengali,
            '\u{A00}'..='\u{A7F}' => Self::Gurmukhi,
            '\u{A80}'..='\u{AFF}' => Self::Gujarati,
            '\u{B00}'..='\u{B7F}' => Self::Oriya,
            '\u{B80}'..='\u{BFF}' => Self::Tamil,
            '\u{C00}'..='\u{C7F}' => Self::Telugu,
            '\u{C80}'..='\u{CFF}' => Self::Kannada,
            '\u{D00}'..='\u{D7F}' => Self::Malayalam,
            '\u{D80}'..='\u{DFF}' => Self::Sinhala,
            '\u{E00}'..='\u{E4F}' => Self::Thai,
            '\u{E80}'..='\u{EDF}' => Self::Lao,
            '\u{1000}'..='\u{103F}' | '\u{1050}'..='\u{109F}' | '\u{A9E0}'..='\u{A9FE}' | '\u{AA60}'..='\u{AA7F}' => Self::Myanmar,
            '\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}' | '\u{2D00}'..='\u{2D2D}' => Self::Georgian,
            '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7A3}' => Self::Hangul,
            '\u{1200}'..='\u{1399}' | '\u{2D80}'..='\u{2DDF}' | '\u{AB01}'..='\u{AB2E}' => Self::Ethiopic,
            '\u{1780}'..='\u{17D3}' => Self::Khmer,
            '\u{3040}'..='\u{30FF}'
            | '\u{31F0}'..='\u{31FF}'
            | '\u{FF66}'..='\u{FF9D}'
            | '\u{3005}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{323AF}' => Self::HanKana,
            _ => return None,
        })
    }

    /// How much one letter says, compared with a Latin one: a Han sign is a word, a Hangul block a syllable.
    pub fn weight(self) -> usize {
        match self {
            Self::HanKana | Self::Hangul => 3,
            Self::Ethiopic => 2,
            _ => 1,
        }
    }

    /// The name in a reason for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Latin => "Latin",
            Self::Cyrillic => "Cyrillic",
            Self::Arabic => "Arabic",
            Self::Greek => "Greek",
            Self::Hebrew => "Hebrew",
            Self::Armenian => "Armenian",
            Self::Georgian => "Georgian",
            Self::Ethiopic => "Ethiopic",
            Self::Devanagari => "Devanagari",
            Self::Bengali => "Bengali",
            Self::Gurmukhi => "Gurmukhi",
            Self::Gujarati => "Gujarati",
            Self::Oriya => "Odia",
            Self::Tamil => "Tamil",
            Self::Telugu => "Telugu",
            Self::Kannada => "Kannada",
            Self::Malayalam => "Malayalam",
            Self::Sinhala => "Sinhala",
            Self::Thai => "Thai",
            Self::Lao => "Lao",
            Self::Myanmar => "Burmese",
            Self::Khmer => "Khmer",
            Self::Hangul => "Korean",
            Self::HanKana => "Han",
        }
    }

    /// The languages that the detector tells apart in this script.
    pub fn languages(self) -> &'static [&'static str] {
        match self {
            Self::Latin => &[],
            Self::Cyrillic => &["ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "tg", "tt", "uz", "mn", "az", "tk"],
            Self::Arabic => &["ar", "fa", "ur", "ps", "ug", "ckb"],
            Self::Greek => &["el"],
            Self::Hebrew => &["he"],
            Self::Armenian => &["hy"],
            Self::Georgian => &["ka"],
            Self::Ethiopic => &["am", "ti"],
            Self::Devanagari => &["hi", "mr", "ne"],
            Self::Bengali => &["bn", "as"],
            Self::Gurmukhi => &["pa"],
            Self::Gujarati => &["gu"],
            Self::Oriya => &["or"],
            Self::Tamil => &["ta"],
            Self::Telugu => &["te"],
            Self::Kannada => &["kn"],
            Self::Malayalam => &["ml"],
            Self::Sinhala => &["si"],
            Self::Thai => &["th"],
            Self::Lao => &["lo"],
            Self::Myanmar => &["my"],
            Self::Khmer => &["km"],
            Self::Hangul => &["ko"],
            Self::HanKana => &["zh", "ja"],
        }
    }
}

/// Alphabets of the languages that share a script, in lower case. A letter outside speaks against the language.
const ALPHABETS: &[(Script, &str, &str)] = &[
    (Script::Cyrillic, "ru", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    (Script::Cyrillic, "uk", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    (Script::Cyrillic, "be", "абвгґдеёжзійклмнопрстуўфхцчшыьэюя"),
    (Script::Cyrillic, "bg", "абвгдежзийклмнопрстуфхцчшщъьюяѝ"),
    (Script::Cyrillic, "mk", "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ"),
    (Script::Cyrillic, "sr", "абвгдђежзијклљмнњопрстћуфхцчџш"),
    (Script::Cyrillic, "kk", "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"),
    (Script::Cyrillic, "ky", "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя"),
    (Script::Cyrillic, "tg", "абвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюя"),
    (Script::Cyrillic, "tt", "аәбвгдеёжҗзийклмнңоөпрстуүфхһцчшщъыьэюя"),
    (Script::Cyrillic, "uz", "абвгғдеёжзийкқлмнопрстуўфхҳцчшъьэюя"),
    (Script::Cyrillic, "mn", "абвгдеёжзийклмноөпрстуүфхцчшщъыьэюя"),
    (Script::Cyrillic, "az", "абвгғдеәжзыијкҝлмноөпрстуүфхһчҹш"),
    (Script::Cyrillic, "tk", "абвгдеёжҗзийклмнңоөпрстуүфхцчшщъыьэәюя"),
    // Vowel signs are no letters here; presentation forms are folded before. Persian, Pashto and Kurdish are also typed on Arabic
    // keyboards, with the Arabic yeh and kaf.
    (Script::Arabic, "ar", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"),
    (Script::Arabic, "fa", "ءآأؤئابپتثجچحخدذرزژسشصضطظعغفقکكگلمنوهیيۀ"),
    (Script::Arabic, "ur", "ءآأؤئابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھیےۓۂۃ"),
    (Script::Arabic, "ps", "ءآأؤئابپتټثجځچڅحخدډذرړزژږسشښصضطظعغفقکكګگلمنڼوهیيېۍۀ"),
    (Script::Arabic, "ug", "ئابپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىيە"),
    (Script::Arabic, "ckb", "ئابپتجچحخدرڕزژسشعغفڤقکكگلڵمنھهەوۆیيێ"),
];

/// What the letters of a text say about the languages of its script.
#[derive(Debug, Default)]
pub struct Letters {
    /// Letters of the script.
    pub total: usize,
    /// For each language with an alphabet: how many of the letters are outside.
    pub foreign: Vec<(&'static str, usize)>,
}

impl Letters {
    /// How many letters are outside of a language's alphabet; none where no alphabet is known.
    pub fn outside(&self, code: &str) -> usize {
        self.foreign.iter().find(|(language, _)| *language == code).map_or(0, |(_, count)| *count)
    }
}

/// Counts the letters of one script against the alphabets of its languages.
pub fn letters(script: Script, text: &str) -> Letters {
    let mut found = Letters { total: 0, foreign: ALPHABETS.iter().filter(|row| row.0 == script).map(|row| (row.1, 0)).collect() };
    for letter in text.chars().flat_map(char::to_lowercase).filter(|letter| Script::of(*letter) == Some(script)) {
        found.total += 1;
        for ((_, count), (_, _, alphabet)) in found.foreign.iter_mut().zip(ALPHABETS.iter().filter(|row| row.0 == script)) {
            *count += usize::from(!alphabet.contains(letter));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn only(script: Script, text: &str, expect: &[&str]) {
        let found = letters(script, text);
        let open: Vec<_> = found.foreign.iter().filter(|(_, count)| *count == 0).map(|(code, _)| *code).collect();
        assert_eq!(open, expect, "{text}");
    }

    #[test]
    fn letters_leave_only_the_languages_that_have_them() {
        only(Script::Cyrillic, "ҷумҳурӣ", &["tg"]);
        only(Script::Cyrillic, "Ҝәнҹә", &["az"]);
        only(Script::Cyrillic, "Україїна", &["uk"]);
        only(Script::Cyrillic, "њива ћуп", &["sr"]);
        only(Script::Cyrillic, "қоғамдық", &["kk"]);
        only(Script::Arabic, "ڕۆژنامەوان", &["ckb"]);
        only(Script::Arabic, "مۇخبىر", &["ug"]);
        only(Script::Arabic, "ښوونځی", &["ps"]);
        only(Script::Arabic, "لڑکے", &["ur"]);
    }

    #[test]
    fn every_alphabet_is_of_a_language_of_its_script() {
        for (script, code, alphabet) in ALPHABETS {
            assert!(script.languages().contains(code), "{code}");
            assert!(alphabet.chars().all(|letter| Script::of(letter) == Some(*script)), "{code}");
        }
    }
}
