use super::*;
use crate::understand::tests::assert_not_quadratic;

#[track_caller]
fn check(declared: &str, text: &str, expect: &str) {
    let declared = Language::parse(declared);
    let found = detect(declared.as_ref(), text);
    assert_eq!(found.language.as_str(), expect, "{text}: {found:?}");
    assert!((0.0..=1.0).contains(&found.confidence), "{found:?}");
}

#[test]
fn headlines_are_told_apart() {
    for (text, expect) in [
        ("Police detain three editors after dawn raids on newsrooms", "en"),
        ("La police arrête trois journalistes après une perquisition", "fr"),
        ("Полиция задержала трёх журналистов после обыска в редакции", "ru"),
        ("Полиция задержала журналиста после митинга", "ru"),
        ("Полицията задържа журналист след протеста", "bg"),
        ("Поліція затримала трьох журналістів після обшуку в редакції", "uk"),
        ("Паліцыя затрымала траіх журналістаў пасля ператрусу ў рэдакцыі", "be"),
        ("Полиция редакцияда тінту жүргізіп, үш журналисті ұстады", "kk"),
        ("Милиция редакцияны тинтип, үч журналистти кармады", "ky"),
        ("Polis redaksiyada axtarış aparıb, üç jurnalisti saxlayıb", "az"),
        ("Polis gazete binasında arama yaptı, üç gazeteciyi gözaltına aldı", "tr"),
        ("پلیس سه روزنامه‌نگار را پس از بازرسی دفتر روزنامه بازداشت کرد", "fa"),
        ("الشرطة تعتقل ثلاثة صحفيين بعد مداهمة مقر الجريدة", "ar"),
        ("پولیس نے اخبار کے دفتر پر چھاپے کے بعد تین صحافیوں کو گرفتار کر لیا", "ur"),
        ("警方搜查编辑部后逮捕三名记者", "zh"),
        ("警察が編集部を捜索し記者三人を逮捕した", "ja"),
        ("경찰이 편집국을 압수수색하고 기자 세 명을 체포했다", "ko"),
        ("პოლიციამ რედაქციის ჩხრეკის შემდეგ სამი ჟურნალისტი დააკავა", "ka"),
        ("Ոստիկանությունը ձերբակալել է երեք լրագրողի", "hy"),
        ("Polisi wawakamata wanahabari watatu baada ya msako", "sw"),
        ("La policía detiene a tres periodistas tras registrar la redacción", "es"),
        ("A polícia deteve três jornalistas depois de buscas na redação", "pt"),
    ] {
        check("", text, expect);
    }
}

#[test]
fn languages_without_a_model_are_told_by_letters_and_words() {
    check("", "ፖሊስ ናይ ጋዜጣ ቤት ጽሕፈት ድሕሪ ምፍታሽ ሰለስተ ጋዜጠኛታት ኣሲሩ", "ti");
    check("", "ፖሊስ የጋዜጣውን ቢሮ ከፈተሸ በኋላ ሦስት ጋዜጠኞችን አሰረ", "am");
    check("", "پۆلیس دوای پشکنینی نووسینگەی ڕۆژنامەکە سێ ڕۆژنامەنووسی دەستگیر کرد", "ckb");
    check("", "Полис редаксијада ахтарыш апарыб, үч журналисти сахлајыб, ҹинајәт иши ачылыб", "az");
    check("", "Полисия редакцияны дөкди ве үч журналисти тутды, олар билен адвокат хем гепләп билмеди", "tk");
}

#[test]
fn a_declaration_decides_what_the_text_leaves_open() {
    check("pt", "OK", "pt");
    check("sr", "Novinar uhapšen", "sr");
    check("ms", "Polis tahan tiga wartawan selepas serbuan", "ms");
    check("ja", "記者三人逮捕", "ja");
    check("nb", "Politiet pågrep tre journalister etter ransaking", "no");
}

#[test]
fn a_clear_text_overrules_its_declaration() {
    check("en", "Полиция задержала трёх журналистов после обыска в редакции", "ru");
    check("en", "La police arrête trois journalistes après une perquisition dans leur rédaction parisienne", "fr");
    check("ru", "Полиция редакцияда тінту жүргізіп, үш журналисті ұстады", "kk");
}

#[test]
fn a_text_that_says_nothing_is_undetermined() {
    for text in ["", "   ", "12:30", "…", "https://news.example/a/b?c=d", "\u{1F600}\u{1F600}", "@someone #hashtag"] {
        check("", text, "und");
    }
}

#[test]
fn names_in_another_script_do_not_decide() {
    check("", "Компания Meta Platforms удалила страницы независимого издания", "ru");
    check("", "סגירת אתר NewsPortal Daily בידי המשטרה", "he");
}

#[test]
fn capitals_and_presentation_forms_are_folded() {
    check("", "POLICE DETAIN THREE EDITORS AFTER DAWN RAIDS", "en");
    check("", "ﺍﻟﺸﺮﻃﺔ ﺗﻌﺘﻘﻞ ﺛﻼﺛﺔ ﺻﺤﻔﻴﻴﻦ ﺑﻌﺪ ﻣﺪﺍﻫﻤﺔ ﺍﻟﻤﻘﺮ", "ar");
}

#[test]
fn hostile_texts_are_read_in_linear_time() {
    for piece in ["a", "\u{301}", "ү", "\u{FDFA}", "\0", "a ", "#"] {
        assert_not_quadratic(piece, 50_000, |size| piece.repeat(size), |text| detect(None, text));
    }
}
