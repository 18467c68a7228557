//! Text in every script, row by row: what is equal, what is a word, what stays apart; and the same person named in each of them.

use presswatch::config::WatchFold;

use super::{list, meets, person, set};

/// Each of some spellings finds every other one, as a word and inside a sentence, and none of the others.
#[track_caller]
fn equal(language: &str, spellings: &[&str], others: &[&str]) {
    for query in spellings {
        let set = set(vec![list("one", &format!("=\"{query}\""))]);
        for text in spellings {
            assert!(meets(&set, language, &format!("1 {text}, 2")), "{query} does not find {text}");
        }
        for text in others {
            assert!(!meets(&set, language, &format!("1 {text}, 2")), "{query} finds {text}");
        }
    }
}

#[test]
fn latin_and_greek_lose_case_and_marks_and_all_four_i_meet() {
    equal("tr", &["İZMİR", "izmir", "ızmır", "IZMIR", "İzmir"], &["izmi", "izmirli"]);
    equal("fr", &["Éléments", "ELEMENTS", "e\u{301}le\u{301}ments", "éle\u{AD}ments"], &["element"]);
    equal("de", &["Straße", "STRASSE", "strasse"], &["strase"]);
    equal("pl", &["Łódź", "lodz", "ŁÓDŹ"], &["lodzi"]);
    equal("vi", &["Đặng", "dang", "ĐẶNG"], &["tang"]);
    equal("el", &["Ναός", "ΝΑΟΣ", "ναοσ"], &["ναου"]);
}

#[test]
fn cyrillic_loses_case_and_yo_alone() {
    equal("ru", &["Ёлка", "елка", "ЁЛКА", "е\u{308}лка"], &["иолка"]);
    equal("ru", &["за́мок", "замок", "ЗАМОК"], &["замки"]);
    for (query, text) in [("йод", "иод"), ("їжа", "іжа"), ("қар", "кар"), ("ғана", "гана"), ("ұлы", "улы"), ("өз", "оз"), ("әке", "аке"), ("ў", "у")]
    {
        assert!(!meets(&set(vec![list("one", &format!("={query}"))]), "kk", text), "{query} finds {text}");
    }
}

#[test]
fn arabic_and_persian_letters_marks_and_clitics_are_one() {
    equal("ar", &["أحمد", "احمد", "أَحْمَد", "احـــمد", "إحمد", "آحمد"], &["حمد"]);
    equal("ar", &["مكتبة", "مکتبه", "مكتبه"], &["مكتب"]);
    equal("fa", &["علی", "على", "علي"], &["عل"]);
    let plain = set(vec![list("one", "صحفي")]);
    for text in ["صحفي", "الصحفي", "والصحفي", "بالصحفي", "للصحفي", "وصحفي", "فصحفي", "كصحفي"] {
        assert!(meets(&plain, "ar", &format!("قال {text} اليوم")), "{text}");
    }
    assert!(!meets(&plain, "ar", "صحف اليوم"));
    let plural = set(vec![list("one", "زندانی")]);
    for text in ["زندانی", "زندانی‌ها", "زندانی ها", "زندانیها", "زندانی‌های"] {
        assert!(meets(&plural, "fa", &format!("خبر {text} امروز")), "{text}");
    }
}

#[test]
fn scripts_without_spaces_are_searched_inside() {
    for (language, query, found, not) in [
        ("zh", "记者", "三名记者被捕", "记录者"),
        ("ja", "逮捕", "記者が逮捕された", "逮を捕る"),
        ("ja", "カメラ", "防犯カメラで", "カラメ"),
        ("th", "ข่าว", "นักข่าวถูกจับ", "ขาว"),
        ("lo", "ຂ່າວ", "ນັກຂ່າວຖືກຈັບ", "ຂາວ"),
        ("km", "ព័ត៌មាន", "អ្នកព័ត៌មាននេះ", "ព័ត៌"),
        ("my", "သတင်း", "ယနေ့သတင်းများ", "သင်း"),
    ] {
        let set = set(vec![list("one", query)]);
        assert!(meets(&set, language, found), "{query} in {found}");
        assert!(!meets(&set, language, not), "{query} in {not}");
    }
}

#[test]
fn hangul_words_are_beginnings() {
    let set = set(vec![list("one", "기자")]);
    for text in ["기자", "기자들이", "기자는"] {
        assert!(meets(&set, "ko", &format!("어제 {text} 말했다")), "{text}");
    }
    assert!(!meets(&set, "ko", "어제 신기자 말했다"));
}

#[test]
fn apostrophes_are_one_and_part_articles_and_endings() {
    equal("uk", &["об’єднання", "об'єднання", "обʼєднання", "об‘єднання"], &["єднання"]);
    equal("uz", &["G‘ofur", "G'ofur", "Gʻofur", "Gʼofur"], &["fur"]);
    for (language, query, text) in [
        ("tr", "İstanbul", "İstanbul'da"),
        ("tr", "Ankara", "Ankara’nın"),
        ("en", "editor", "the editor’s"),
        ("fr", "état", "l’État"),
        ("it", "arresto", "dell'arresto"),
    ] {
        assert!(meets(&set(vec![list("one", &format!("={query}"))]), language, text), "{query} in {text}");
    }
}

#[test]
fn invisible_characters_and_digits_of_every_script_change_nothing() {
    equal("en", &["co\u{AD}operate", "co\u{200B}operate", "cooperate", "\u{202A}cooperate"], &["operate"]);
    equal("ar", &["٢٠٣٧", "۲۰۳۷", "2037", "２０３７"], &["20370"]);
    let strict = presswatch::config::Watchlist { fold: WatchFold::None, ..list("one", "Élan") };
    assert!(meets(&set(vec![strict.clone()]), "fr", "un Élan") && !meets(&set(vec![strict]), "fr", "un élan"));
}

#[test]
fn a_person_is_found_in_the_script_that_the_name_is_typed_in() {
    for (typed, language, text, other) in [
        ("Карлыгаш Тенизова", "ru", "суд над Карлыгаш Тенизовой начался", "суд над Карлыгаш Тенисовой начался"),
        ("Қарлығаш Теңізова", "kk", "Қарлығаш Теңізованың ісі", "Қарлығаш Теңселованың ісі"),
        ("Olesya Vyhovska", "uk", "справа Олесі Виговської", "справа Олени Виговської"),
        ("Ελένη Καρύδα", "el", "η Ελένη Καρύδα μίλησε", "η Ελένη Καρυδάκη μίλησε"),
        ("Արամ Զորյան", "hy", "Արամ Զորյանի գործը", "Արամ Սարյանի գործը"),
        ("ნინო ქარელი", "ka", "ნინო ქარელის საქმე", "ნინო გორელის საქმე"),
        ("نادر الصفوي", "ar", "قال نادر الصفوي اليوم", "قال نادر الصفدي اليوم"),
        ("شیرین دهقانپور", "fa", "شیرین دهقانپور آزاد شد", "شیرین دهقان آزاد شد"),
        ("יעל גרינשפן", "he", "העיתונאית יעל גרינשפן נעצרה", "העיתונאית יעל גרינברג נעצרה"),
        ("ሰላም ተክለማርያም", "am", "ጋዜጠኛ ሰላም ተክለማርያም ታሰረች", "ጋዜጠኛ ሰላም ተክለሃይማኖት ታሰረች"),
        ("梁晓燕", "zh", "记者梁晓燕被捕", "记者梁晓雁被捕"),
        ("小野寺まり", "ja", "記者の小野寺まりさん", "記者の小野寺まゆさん"),
        ("강은별", "ko", "기자 강은별은 말했다", "기자 강은빈은 말했다"),
        ("สมหญิง ใจกล้า", "th", "นักข่าว สมหญิง ใจกล้า ถูกจับ", "นักข่าว สมหญิง ใจดี ถูกจับ"),
    ] {
        let set = set(vec![person(&[typed])]);
        assert!(meets(&set, language, text), "{typed} in {text}");
        assert!(!meets(&set, language, other), "{typed} in {other}");
    }
}
