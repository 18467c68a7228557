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

/// Asserts the labels of a headline, in the order of their codes.
#[track_caller]
pub fn check(tag: &str, title: &str, wanted: &[&str]) {
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

#[test]
fn every_line_of_the_endings_is_read() {
    let text = include_str!("../../../../data/countries/endings.txt");
    let families = text.lines().filter(|line| line.starts_with("family ")).count();
    let endings = crate::understand::classify::countries::endings::Endings::load();
    assert_eq!(endings.families(), families, "a family's name is unknown or written twice");
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("family ") {
            Some(rest) => assert!(rest.split_once(' ').is_some_and(|(_, least)| least.parse::<usize>().is_ok()), "{line}"),
            None => assert!(!line.contains('>') || line.split(" > ").count() == 2, "{line}"),
        }
    }
}

#[test]
fn a_region_after_a_comma_settles_the_place_in_the_whole_story() {
    let (labels, main) = codes("en", "Mayor of Paris resigns", "PARIS, Texas - The mayor resigned. Paris has a new council, a clerk in Paris said.");
    assert_eq!((labels, main.as_deref()), (vec!["US".to_owned()], Some("US")));
}

#[test]
fn the_country_of_the_source_decides_between_places_of_one_name() {
    let main = |country: &str| {
        let (_, main) = countries().label("Editor sued in Windsor", "", &language("en"), CountryCode::parse(country));
        main.map(|code| code.to_string())
    };
    assert_eq!(main("GB").as_deref(), Some("GB"));
    assert_eq!(main("CA").as_deref(), Some("CA"));
}

#[test]
fn a_diplomats_nationality_is_not_the_place_of_the_event() {
    let (_, main) = codes("en", "French diplomat expelled from Bamako", "Officials in Bamako gave the French envoy two days to leave.");
    assert_eq!(main.as_deref(), Some("ML"));
    let (_, main) = codes("ru", "Российского журналиста задержали в Ереване", "Полиция Еревана сообщила о задержании.");
    assert_eq!(main.as_deref(), Some("AM"));
}
