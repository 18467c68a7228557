//! What the tables and rules answer for sentences of our own.

use crate::model::{CountryCode, CountryRole, Language};
use crate::understand::classify::countries::Countries;
use crate::understand::classify::countries::words::{fold, words_of};

fn countries() -> &'static Countries {
    static COUNTRIES: std::sync::OnceLock<Countries> = std::sync::OnceLock::new();
    COUNTRIES.get_or_init(Countries::new)
}

fn language(tag: &str) -> Language {
    Language::parse(tag).expect("a language tag")
}

fn codes(tag: &str, title: &str, text: &str) -> (Vec<String>, Option<String>) {
    let (labels, main) = countries().label(title, text, &language(tag), None);
    let mut codes: Vec<String> = labels.iter().map(|label| label.code.to_string()).collect();
    codes.sort();
    (codes, main.map(|code| code.to_string()))
}

#[track_caller]
fn check(tag: &str, title: &str, wanted: &[&str]) {
    assert_eq!(codes(tag, title, "").0, wanted, "{tag}: {title}");
}

#[test]
fn cities_and_names_are_found_in_their_languages() {
    check("en", "Editor held in Almaty after raid", &["KZ"]);
    check("ru", "В Алматы задержали редактора", &["KZ"]);
    check("kk", "Алматыда журналист ұсталды", &["KZ"]);
    check("es", "Amenazan a un reportero en Tegucigalpa", &["HN"]);
    check("es", "Un juez de Honduras ordena el cierre de una radio", &["HN"]);
    check("fr", "Deux journalistes enlevés près de Bamako", &["ML"]);
    check("fr", "Le Mali suspend une chaîne", &["ML"]);
    check("ar", "توقيف صحفي في تونس العاصمة", &["TN"]);
    check("ar", "محكمة في تونس تسجن مدونا", &["TN"]);
    check("tr", "Diyarbakır'da üç gazeteci gözaltına alındı", &["TR"]);
    check("tr", "Türkiye'de gazeteciye hapis", &["TR"]);
    check("fa", "بازداشت یک خبرنگار در اهواز", &["IR"]);
    check("fa", "احضار سردبیر روزنامه‌ای در شیراز", &["IR"]);
    check("fa", "زندانیان سیاسی در ایران", &["IR"]);
    check("zh", "武汉一名公民记者被带走", &["CN"]);
    check("zh", "中国再度收紧审查", &["CN"]);
    check("uk", "У Харкові обстріляли редакцію", &["UA"]);
    check("uk", "Суд на півночі України відпустив фотографа", &["UA"]);
    check("pt", "Radialista é morto em Altamira, no Pará", &["BR"]);
    check("pt", "Brasil: repórter recebe ameaças", &["BR"]);
    check("ka", "თბილისში ჟურნალისტი დააკავეს", &["GE"]);
    check("ko", "미국에서 기자가 구금됐다", &["US"]);
}

#[test]
fn traps_are_not_taken_for_countries() {
    check("en", "Paris Hilton opens a shop", &[]);
    check("en", "A Chinese restaurant won a prize", &[]);
    check("en", "Reporters sue New Mexico sheriff", &["US"]);
    check("en", "Nigerian paper closes as Nigeria devalues", &["NG"]);
    check("en", "Junta in Guinea-Bissau bans rallies", &["GW"]);
    check("en", "Papua New Guinea counts votes", &["PG"]);
    check("en", "Equatorial Guinea jails a cartoonist", &["GQ"]);
    check("en", "North Korea fires a missile", &["KP"]);
    check("fi", "Sopimus malli on valmis", &[]);
    check("ar", "الوضع المالي للشركة", &[]);
    check("ru", "Конгресс одобрил бюджет", &[]);
}

#[test]
fn shared_names_go_to_the_country_that_the_story_speaks_for() {
    check("en", "Atlanta, Georgia: station sued over recordings", &["US"]);
    check("en", "Protesters in Tbilisi, Georgia face fines", &["GE"]);
}

#[test]
fn the_dateline_makes_the_main_country() {
    let (_, main) = codes("en", "Reporter freed", "ALMATY (Reuters) - A reporter was freed, a spokesman in Moscow said.");
    assert_eq!(main.as_deref(), Some("KZ"));
}

#[test]
fn a_passing_name_is_mentioned_and_the_headline_is_what_it_is_about() {
    let body = format!("{} Diplomats from Norway were present.", "The court heard the case for hours. ".repeat(12));
    let (labels, main) = countries().label("Kenya jails blogger, Kenya's lawyers protest", &body, &language("en"), None);
    assert_eq!(main, CountryCode::parse("KE"));
    let role = |code: &str| labels.iter().find(|label| label.code.as_str() == code).map(|label| label.role);
    assert_eq!(role("KE"), Some(CountryRole::About));
    assert_eq!(role("NO"), Some(CountryRole::Mentioned));
}

#[test]
fn evidence_is_the_text_at_its_offsets() {
    let (title, text) = ("Обыск в Ташкенте", "Суд в İstanbul ve Россией — всё.");
    let (labels, _) = countries().label(title, text, &language("ru"), None);
    assert!(!labels.is_empty());
    for place in labels.iter().flat_map(|label| &label.evidence) {
        let field = if place.field == crate::model::Field::Title { title } else { text };
        assert_eq!(field.get(place.start..place.end), Some(place.text.as_str()), "{place:?}");
        assert!(!place.rule.is_empty());
    }
}

#[test]
fn scores_are_between_zero_and_one() {
    let (labels, _) = countries().label("Peru", &"Peru and Lima. ".repeat(500), &language("en"), None);
    assert!(labels.iter().all(|label| label.score > 0.0 && label.score <= 1.0));
}

#[test]
fn hostile_text_labels_nothing_and_does_not_panic() {
    for text in ["", " ", "\u{0}", "....", "U.", "U.S", "A.B.C.D.", "'''", "中", "\u{307}\u{307}", "İİİ", "\u{200d}", "👩‍👩‍👧", "ำำำ", "က်"]
    {
        let (labels, _) = countries().label(text, text, &language("und"), None);
        assert!(labels.iter().all(|label| label.code.as_str() == "US"), "{text:?}");
    }
}

#[test]
fn keys_of_the_tables_are_folded_as_words_are() {
    for table in [
        include_str!("../../../../data/countries/names.tsv"),
        include_str!("../../../../data/places/cities.tsv"),
        include_str!("../../../../data/places/regions.tsv"),
    ] {
        for line in table.lines() {
            let mut fields = line.split('\t');
            let (key, kind) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
            if kind == "X" {
                continue;
            }
            for word in key.split(' ') {
                assert_eq!(fold(word), word, "{line}");
            }
            let words = words_of(key);
            let joined = words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ");
            assert!(joined == key || key.contains('.') || words.iter().any(|word| word.unspaced), "{line}: {joined}");
        }
    }
}
