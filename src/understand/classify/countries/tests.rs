use crate::model::{CountryCode, CountryRole, Language};
use crate::understand::classify::countries::Countries;

#[track_caller]
fn check(language: &str, title: &str, text: &str, main: Option<&str>) {
    let (labels, found) = Countries::new().label(title, text, &Language::parse(language).unwrap(), None);
    let shown: Vec<String> = labels.iter().map(|label| format!("{} {:.2} {:?}", label.code, label.score, label.evidence)).collect();
    assert_eq!(found.map(|code| code.to_string()).as_deref(), main, "{title} / {text}: {shown:#?}");
    for label in &labels {
        assert!(!label.evidence.is_empty() && (0.0..=1.0).contains(&label.score));
        for place in &label.evidence {
            let field = if place.field == crate::model::Field::Title { title } else { text };
            assert_eq!(field.get(place.start..place.end), Some(place.text.as_str()));
        }
    }
}

#[test]
fn countries_are_named_by_names_cities_and_inflected_forms() {
    check("en", "Editor held in Almaty", "Police gave no reason.", Some("KZ"));
    check("ru", "В Алматы задержан редактор", "Полиция Казахстана не назвала причин.", Some("KZ"));
    check("kk", "Алматыда редактор ұсталды", "Қазақстандағы полиция себебін айтпады.", Some("KZ"));
    check("ru", "Суд в Минске продлил арест", "Беларуси грозят новыми санкциями.", Some("BY"));
    check("es", "Detienen a una periodista en Tegucigalpa", "La Secretaría de Salud de Honduras no respondió.", Some("HN"));
    check("fr", "La radio fermée", "BAMAKO — Les autorités ont retiré la licence.", Some("ML"));
    check("ar", "السجن لصحفي في تونس", "قضت محكمة في تونس العاصمة بسجنه.", Some("TN"));
    check("tr", "Diyarbakır'da gazeteci gözaltında", "Türkiye'de basın özgürlüğü tartışılıyor.", Some("TR"));
    check("fa", "اینترنت در ایران قطع شد", "کاربران در اهواز و شیراز خبر دادند.", Some("IR"));
    check("zh", "武汉公民记者被拘留", "中国当局没有回应。", Some("CN"));
    check("uk", "У Харкові напали на журналістку", "Поліція України відкрила провадження.", Some("UA"));
    check("pt", "Radialista morto em Altamira, no Pará", "A Polícia Civil investiga. Jornalistas do Brasil protestam.", Some("BR"));
    check("ko", "한국에서 기자 체포", "경찰은 이유를 밝히지 않았다.", Some("KR"));
    check("ka", "საქართველოში ჟურნალისტი დააკავეს", "თბილისში აქცია გაიმართა.", Some("GE"));
    check("pl", "Dziennikarz zatrzymany w Polsce", "Policja w Warszawie milczy.", Some("PL"));
    check("fi", "Toimittaja pidätettiin Venäjällä", "Moskovassa oikeus jatkoi vangitsemista.", Some("RU"));
}

#[test]
fn a_word_that_only_begins_like_a_country_is_none() {
    check("ru", "Конгресс врачей открылся", "Участники обсудили нигерийскую лихорадку не раз.", None);
    check("fi", "Malinen voitti", "Malinen oli iloinen.", None);
    check("en", "Malignant growth", "The chadar was sold; an indiana of sorts.", None);
}

#[test]
fn traps_are_told_apart() {
    check("en", "Singer Jordan Smith wins prize", "The singer thanked Jordan Smith fans.", None);
    check("en", "The best Chinese restaurant downtown", "We tried the dumplings.", None);
    check("en", "Reporter killed in Nigeria", "Gunmen attacked in Kano.", Some("NG"));
    check("en", "Coup leaders close radio in Niger", "Niamey was quiet.", Some("NE"));
    check("en", "Journalist expelled from Equatorial Guinea", "He had written about Malabo.", Some("GQ"));
    check("en", "Governor of New Mexico signs bill", "The law takes effect in Albuquerque.", Some("US"));
    check("en", "Pyongyang jams broadcasts", "North Korea gave no reason.", Some("KP"));
}

#[test]
fn a_second_country_is_mentioned_and_the_main_one_about() {
    let text = "Police in Baku, Azerbaijan, detained the editor. Azerbaijan rejects criticism. The court in Baku ruled. She had studied in France.";
    let (labels, main) = Countries::new().label("Editor detained in Azerbaijan", text, &Language::parse("en").unwrap(), None);
    assert_eq!(main, CountryCode::parse("AZ"));
    let role = |code: &str| labels.iter().find(|label| label.code.as_str() == code).map(|label| label.role);
    assert_eq!(role("AZ"), Some(CountryRole::About));
    assert_eq!(role("FR"), Some(CountryRole::Mentioned));
}

#[test]
fn the_sources_country_breaks_ties_and_is_no_evidence_alone() {
    let source = CountryCode::parse("PE");
    let (labels, main) = Countries::new().label("Nothing here", "No place at all.", &Language::parse("en").unwrap(), source);
    assert!(labels.is_empty() && main.is_none());
}
