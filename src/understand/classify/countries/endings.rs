//! Where a name may end: closed lists of case endings by script and language, never "up to N letters" (Конгресс is not Конго).

/// Scripts that behave alike here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    Latin,
    Cyrillic,
    Greek,
    Armenian,
    Georgian,
    Arabic,
    Hebrew,
    Ethiopic,
    Hangul,
    /// No spaces between words: a name is found anywhere.
    Unspaced,
    /// Written with spaces, endings glued on: Devanagari, Bengali, Tamil and their like.
    Indic,
    Other,
}

/// The script of a text's first letter.
pub fn script_of(text: &str) -> Script {
    text.chars().find(|c| c.is_alphabetic()).map_or(Script::Other, script_of_char)
}

fn script_of_char(c: char) -> Script {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{AA}' | '\u{BA}' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Script::Greek,
        '\u{400}'..='\u{52F}' => Script::Cyrillic,
        '\u{530}'..='\u{58F}' => Script::Armenian,
        '\u{590}'..='\u{5FF}' => Script::Hebrew,
        '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{8A0}'..='\u{8FF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' => Script::Arabic,
        '\u{900}'..='\u{DFF}' => Script::Indic,
        '\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}' => Script::Georgian,
        '\u{1200}'..='\u{139F}' => Script::Ethiopic,
        '\u{AC00}'..='\u{D7AF}' | '\u{1100}'..='\u{11FF}' => Script::Hangul,
        '\u{E00}'..='\u{EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' => Script::Unspaced,
        _ => Script::Other,
    }
}

/// True where names begin with a capital letter. Georgian has none.
pub fn is_cased(script: Script) -> bool {
    matches!(script, Script::Latin | Script::Cyrillic | Script::Greek | Script::Armenian)
}

/// The part of a name that stays when it is inflected, where that is not the whole name. Names in -о, -у, -е do not inflect.
pub fn stem(name: &str, script: Script) -> Option<&str> {
    let last = name.chars().next_back()?;
    let cut = match script {
        Script::Cyrillic => matches!(last, 'а' | 'я' | 'и' | 'ы' | 'ь' | 'й' | 'і'),
        Script::Latin => matches!(last, 'a' | 'e' | 'o' | 'y' | 'i' | 's'),
        Script::Greek => matches!(last, 'α' | 'η' | 'ς' | 'ά' | 'ή' | 'ο'),
        Script::Georgian => matches!(last, 'ი' | 'ა' | 'ე'),
        _ => false,
    };
    let least = if script == Script::Latin { 5 } else { 4 };
    let stem = &name[..name.len() - last.len_utf8()];
    let stem = if script == Script::Latin && last == 's' { stem.trim_end_matches(['a', 'i', 'y', 'u']) } else { stem };
    (cut && stem.chars().count() >= least && stem.len() < name.len()).then_some(stem)
}

const SLAVIC_CYRILLIC: &[&str] = &[
    "а", "у", "ом", "е", "и", "ы", "я", "ю", "ем", "ой", "ою", "ей", "ею", "ам", "ами", "ах", "ов", "і", "ї", "ові", "еві", "ем", "єм", "ів", "єю",
    "ією", "ії", "ию", "ии", "ией", "ий", "ью", "ям", "ями", "ях", "ев", "й", "та", "то", "ът", "ят", "ці", "ай", "яй", "аю", "ею", "на",
];
const TURKIC_CYRILLIC: &[&str] = &[
    "ның",
    "нің",
    "дың",
    "дің",
    "тың",
    "тің",
    "нын",
    "нин",
    "дын",
    "дин",
    "тын",
    "тин",
    "нун",
    "нүн",
    "дун",
    "дүн",
    "ға",
    "ге",
    "қа",
    "ке",
    "га",
    "ка",
    "го",
    "гө",
    "на",
    "не",
    "ды",
    "ді",
    "ты",
    "ті",
    "ны",
    "ні",
    "ди",
    "ти",
    "ни",
    "ду",
    "дү",
    "да",
    "де",
    "та",
    "те",
    "до",
    "дө",
    "нда",
    "нде",
    "ндо",
    "дан",
    "ден",
    "тан",
    "тен",
    "нан",
    "нен",
    "дон",
    "дөн",
    "мен",
    "бен",
    "пен",
    "дағы",
    "дегі",
    "тағы",
    "тегі",
    "ндағы",
    "ндегі",
    "дагы",
    "деги",
    "тагы",
    "теги",
    "догу",
    "лық",
    "лік",
    "дық",
    "дік",
    "тық",
    "тік",
    "нің",
    "ро",
    "и",
    "ин",
    "ий",
    "ийн",
    "ын",
    "т",
    "д",
    "аас",
    "ээс",
    "оос",
    "тай",
    "тэй",
    "руу",
    "гийн",
    "нинг",
    "даги",
    "ни",
    "даня",
];
const SLAVIC_LATIN: &[&str] = &[
    "a", "u", "ie", "i", "em", "om", "ou", "ovi", "ą", "ę", "y", "e", "ě", "ii", "ją", "ę", "ją", "ech", "ach", "ami", "om", "ům", "ím", "í", "ej",
    "jom", "ji", "ju", "je", "jo", "o", "owi", "ach", "ích", "oj", "ama", "ima", "em", "ia", "iu", "iom",
];
const TURKIC_LATIN: &[&str] = &[
    "da", "de", "ta", "te", "dan", "den", "tan", "ten", "ın", "in", "un", "ün", "nın", "nin", "nun", "nün", "a", "e", "ya", "ye", "yı", "yi", "yu",
    "yü", "ı", "i", "u", "ü", "nda", "nde", "ndan", "nden", "daki", "deki", "taki", "teki", "yla", "yle", "la", "le", "ning", "ga", "ni", "dagi",
    "ka", "ə", "də", "dən", "nın", "dakı", "dəki", "yə", "nə", "lı", "li",
];
const FINNIC: &[&str] = &[
    "n", "ssa", "ssä", "sta", "stä", "an", "en", "on", "in", "un", "yn", "än", "ön", "lla", "llä", "lta", "ltä", "lle", "a", "ä", "ta", "tä", "hin",
    "ksi", "na", "nä", "ista", "issa", "ihin", "s", "st", "sse", "t", "l", "lt", "le", "ga", "ks", "ni", "is", "i", "ille", "illa", "ia",
];
const HUNGARIAN: &[&str] = &[
    "ban", "ben", "ba", "be", "ból", "ből", "on", "en", "ön", "n", "nak", "nek", "val", "vel", "t", "ot", "et", "öt", "at", "ért", "ig", "hoz",
    "hez", "höz", "tól", "től", "ról", "ről", "ra", "re", "nál", "nél", "i", "gal", "gel", "ul", "ban", "ország", "nal", "nel", "ral", "rel", "mal",
    "bal", "dal", "tal", "ával", "ában", "ából", "ának", "át", "ára", "ába", "án",
];
const BALTIC: &[&str] = &[
    "o", "ui", "ą", "e", "as", "is", "ius", "us", "ys", "os", "oje", "ai", "ų", "ams", "uose", "ais", "ės", "ę", "ėje", "ei", "i", "io", "iui", "į",
    "iu", "yje", "a", "ā", "u", "am", "ī", "ās", "ēs", "ē", "ai", "ijos", "iją", "ijoje", "ijai", "ija", "iju", "ijā", "ijas", "ijai", "jos", "ją",
    "joje", "jai", "ja", "jas", "ju", "jā",
];
const OTHER_LATIN: &[&str] =
    &["s", "es", "n", "ul", "ului", "ei", "iei", "a", "en", "ns", "së", "së", "ën", "në", "ia", "ko", "ra", "tik", "n", "eko", "aren", "an", "lla"];
const GREEK: &[&str] =
    &["α", "ας", "η", "ης", "ο", "ου", "ος", "ς", "ν", "ων", "ες", "άς", "ή", "ής", "ό", "ού", "ία", "ίας", "ων", "ους", "ην", "αν"];
const GEORGIAN: &[&str] = &[
    "ს",
    "ში",
    "მა",
    "ით",
    "ად",
    "დან",
    "ის",
    "ისა",
    "თან",
    "ზე",
    "ში",
    "სა",
    "სთან",
    "მ",
    "ისთვის",
    "სთვის",
    "ი",
    "ა",
    "ე",
    "ო",
    "შიც",
    "დანაც",
    "იდან",
    "ელი",
    "ეთში",
    "ურ",
    "ული",
    "ური",
    "ის",
    "ეთის",
    "ასთან",
    "ამ",
    "აში",
    "იც",
    "აც",
    "ისკენ",
    "სკენ",
    "ამდე",
    "მდე",
];
const ARMENIAN: &[&str] =
    &["ի", "ում", "ից", "ով", "ն", "ը", "ին", "իս", "ի", "ում", "ների", "այի", "յի", "յում", "յից", "յան", "ական", "ու", "անի", "անում"];
const ARABIC: &[&str] = &["", "ا", "ي", "ية", "یها", "ی", "ه", "ها", "های", "ة", "ين", "ون", "ات", "ان", "يين", "يون", "را", "مان", "ئی", "کے"];
const ETHIOPIC: &[&str] = &["ን", "ም", "ና", "ውያን", "ዊ", "ዊት", "ያ", "ዊያን", "ንም", "ስ", "ያዊ", "ያን", "ና"];
const ADJECTIVE: &[&str] = &[
    "ий",
    "ого",
    "ому",
    "им",
    "ом",
    "ая",
    "ой",
    "ую",
    "ое",
    "ие",
    "их",
    "ими",
    "ою",
    "ої",
    "ій",
    "ім",
    "а",
    "у",
    "е",
    "і",
    "ай",
    "ага",
    "аму",
    "ае",
    "ія",
    "іх",
    "імі",
    "и",
    "о",
    "ата",
    "ото",
    "ите",
    "ият",
    "ия",
    "ог",
    "ој",
    "ему",
    "ем",
    "ої",
    "и",
    "ів",
    "е",
    "ин",
    "ина",
    "ине",
    "ину",
    "ы",
    "ам",
    "ами",
    "ах", // Latin
    "i",
    "y",
    "ý",
    "iego",
    "iemu",
    "im",
    "ym",
    "a",
    "ą",
    "ej",
    "iej",
    "ie",
    "e",
    "ego",
    "ich",
    "ych",
    "ého",
    "ému",
    "é",
    "í",
    "ím",
    "ých",
    "á",
    "ú",
    "ou",
    "og",
    "om",
    "oj",
    "ih",
    "ima",
    "imi",
    "ými",
    "ým",
    "ima",
    "u",
    "ega",
    "emu",
    "em",
    "ém",
    "ích",
    "kiej",
    "kie",
    "o", // Arabic and Persian
    "",
    "ة",
    "ين",
    "ون",
    "ات",
    "ان",
    "ون",
    "یان",
    "ی",
    "ها",
    "های",
    "‌ها",
    "‌های",
    "ه",
    "ا",
];

/// True where `rest` (the letters after a name, up to the word's end) is an ending that the name may take.
pub fn is_ending(rest: &str, script: Script, language: &str, needed: bool) -> bool {
    if rest.is_empty() {
        return !needed;
    }
    match script {
        Script::Cyrillic => match language {
            "kk" | "ky" | "tt" | "ba" | "uz" | "az" | "tk" | "mn" | "tg" => TURKIC_CYRILLIC.contains(&rest) || SLAVIC_CYRILLIC.contains(&rest),
            _ => SLAVIC_CYRILLIC.contains(&rest),
        },
        Script::Latin => match language {
            "pl" | "cs" | "sk" | "hr" | "bs" | "sr" | "sl" | "sh" => SLAVIC_LATIN.contains(&rest),
            "tr" | "az" | "uz" | "tk" | "ku" | "kk" => TURKIC_LATIN.contains(&rest),
            "fi" | "et" => FINNIC.contains(&rest),
            "hu" => HUNGARIAN.contains(&rest),
            "lt" | "lv" => BALTIC.contains(&rest),
            "de" | "sv" | "no" | "nb" | "nn" | "da" | "nl" | "is" => matches!(rest, "s" | "es"),
            "ro" | "sq" | "eu" => OTHER_LATIN.contains(&rest),
            _ => false,
        },
        Script::Greek => GREEK.contains(&rest),
        Script::Georgian => GEORGIAN.contains(&rest),
        Script::Armenian => ARMENIAN.contains(&rest),
        Script::Arabic => ARABIC.contains(&rest),
        Script::Ethiopic => ETHIOPIC.contains(&rest),
        // Particles are glued on: 한국에서, இந்தியாவில்.
        Script::Hangul => rest.chars().count() <= 4,
        Script::Indic => rest.chars().count() <= 6,
        Script::Unspaced => true,
        Script::Hebrew | Script::Other => false,
    }
}

/// True where `rest` is an ending of an adjective or of its people.
pub fn is_adjective_ending(rest: &str) -> bool {
    ADJECTIVE.contains(&rest)
}

/// True where `before` (the letters before a name in its word) is empty or what a language writes together with it.
pub fn is_prefix(before: &str, script: Script) -> bool {
    match script {
        Script::Unspaced => true,
        Script::Arabic => {
            matches!(before, "" | "و" | "ف" | "ب" | "ك" | "ل" | "ال" | "وال" | "بال" | "لل" | "كال" | "فال" | "ول" | "وب" | "ولل" | "وبال")
        }
        Script::Hebrew => matches!(before, "" | "ה" | "ו" | "ב" | "ל" | "מ" | "ש" | "כ" | "וה" | "וב" | "ול" | "ומ" | "שב" | "מה" | "שה"),
        Script::Ethiopic => matches!(before, "" | "በ" | "የ" | "ከ" | "ለ" | "ስለ" | "እንደ" | "ወደ" | "ብ" | "ካብ" | "ናይ" | "ን" | "የእ"),
        _ => before.is_empty(),
    }
}
