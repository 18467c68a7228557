//! What stories say of incidents, in several languages, through the labels that classification gives them.

use std::sync::OnceLock;

use jiff::Timestamp;

use super::{IncidentTopics, merge};
use crate::config::TopicsConfig;
use crate::model::{Fact, FactKind, Field, IncidentStatus, Language, Report, StoryId};
use crate::understand::classify::Classifier;

/// A Wednesday.
const TODAY: &str = "2026-05-06T10:00:00Z";

fn classifier() -> &'static Classifier {
    static CLASSIFIER: OnceLock<Classifier> = OnceLock::new();
    CLASSIFIER.get_or_init(|| Classifier::new(&TopicsConfig::default()).unwrap())
}

fn read(language: &str, title: &str, text: &str) -> Vec<Fact> {
    let language = Language::parse(language).unwrap();
    let labels = classifier().classify(title, text, &language, None);
    let facts = IncidentTopics::new(&TopicsConfig::default()).report(title, text, &language, &labels, TODAY.parse().unwrap());
    for place in facts.iter().flat_map(|fact| &fact.evidence) {
        let field = if place.field == Field::Title { title } else { text };
        assert_eq!(field.get(place.start..place.end), Some(place.text.as_str()), "{place:?}");
    }
    assert!(facts.iter().all(|fact| !fact.evidence.is_empty()), "each field has its evidence: {facts:?}");
    facts
}

fn values(facts: &[Fact], kind: FactKind) -> Vec<&str> {
    facts.iter().filter(|fact| fact.kind == kind).map(|fact| fact.value.as_str()).collect()
}

#[test]
fn persons_are_named_as_written_and_those_who_speak_are_not() {
    let check = |language: &str, title: &str, text: &str, expect: &[&str]| {
        let facts = read(language, title, text);
        assert_eq!(values(&facts, FactKind::Person), expect, "{title}: {facts:?}");
    };
    check(
        "en",
        "Journalist Marta Olsen detained in Osh",
        "Police detained reporter Marta Olsen, 34, on Monday. Interior Minister Karel Brod said she broke the law. Her lawyer, Ilya Sand, said he was not let in.",
        &["Marta Olsen"],
    );
    check(
        "ru",
        "В Алматы задержан журналист Павел Дорин",
        "Журналиста Павла Дорина задержали в понедельник. Министр Андрей Соколов сообщил о расследовании.",
        &["Павел Дорин"],
    );
    check("es", "Detienen a la periodista Lucía Herrera", "La periodista Lucía Herrera fue detenida el lunes en Tegucigalpa.", &["Lucía Herrera"]);
    check("fr", "Le journaliste Moussa Traoré arrêté à Bamako", "Le journaliste Moussa Traoré a été arrêté lundi à Bamako.", &["Moussa Traoré"]);
    check("tr", "Gazeteci Deniz Yıldız gözaltına alındı", "Gazeteci Deniz Yıldız pazartesi günü Ankara'da gözaltına alındı.", &["Deniz Yıldız"]);
    check("ar", "اعتقال الصحفي سامر العلي في تونس", "اعتقلت الشرطة الصحفي سامر العلي يوم الاثنين في تونس.", &["سامر العلي"]);
    check("zh", "记者王小明被拘留", "北京警方周一拘留了记者王小明。", &["王小明"]);
    // Headlines in title case show no names; outlets and parties are none.
    check("en", "Police Arrest Reporters Of The Harbor Times", "Police arrested reporters of the Harbor Times on Monday.", &[]);
}

#[test]
fn people_are_counted_in_digits_and_words() {
    let check = |language: &str, title: &str, text: &str, expect: &[(&str, u32)]| {
        let facts = read(language, title, text);
        let people = facts.iter().filter(|fact| fact.kind == FactKind::People);
        let found: Vec<(&str, u32)> = people.map(|fact| (fact.value.as_str(), fact.count.unwrap())).collect();
        assert_eq!(found, expect, "{title}: {facts:?}");
    };
    check("en", "Police detain 11 organisers of a rally in Osh", "The 11 organisers were arrested on Monday.", &[("11 organisers", 11)]);
    check("en", "Three journalists arrested in Minsk", "Three journalists were arrested. They face 12 years in prison.", &[("Three journalists", 3)]);
    check("en", "Reporter jailed", "A court jailed a 47-year-old journalist for 6 years.", &[]);
    check("en", "Protesters arrested", "Police arrested 1,200 protesters in Minsk.", &[("1,200 protesters", 1200)]);
    check("ru", "В Минске задержаны трое журналистов", "Трое журналистов задержаны в Минске.", &[("трое журналистов", 3)]);
    check("es", "Detienen a cinco periodistas en Managua", "Cinco periodistas fueron detenidos.", &[("cinco periodistas", 5)]);
    check("zh", "11名记者被拘留", "北京警方拘留了11名记者。", &[("11名记者", 11)]);
}

#[test]
fn day_is_reckoned_from_publication() {
    let check = |language: &str, text: &str, expect: &[&str]| {
        let facts = read(language, "", text);
        assert_eq!(values(&facts, FactKind::Date), expect, "{text}: {facts:?}");
    };
    check("en", "Police arrested a journalist on Monday.", &["2026-05-04"]);
    check("en", "Police arrested a journalist on 28 April.", &["2026-04-28"]);
    check("en", "Police arrested a journalist on April 28, 2026.", &["2026-04-28"]);
    check("en", "Police arrested a journalist yesterday.", &["2026-05-05"]);
    // A date of years ago is not the day of news, and neither is one to come.
    check("en", "Police arrested a journalist first held on 3 March 2019.", &[]);
    check("ru", "Журналист задержан в пятницу в Минске.", &["2026-05-01"]);
    check("ru", "Журналист задержан 2 мая в Минске.", &["2026-05-02"]);
    check("es", "La periodista fue detenida el 2 de mayo de 2026.", &["2026-05-02"]);
    check("zh", "记者5月4日被拘留。", &["2026-05-04"]);
}

#[test]
fn stories_without_incident_say_nothing_and_denials_are_kept() {
    assert_eq!(read("en", "Tomatoes are cheap this year", "Farmers in Osh are glad."), []);
    let denied = read("en", "Ministry denies reports of detention", "The ministry denied reports about the editor of Zarya.");
    assert_eq!(values(&denied, FactKind::Denial), ["denies reports"]);
    assert_eq!(values(&read("ru", "МВД опровергло сообщения о задержании редактора", ""), FactKind::Denial), ["опровергло сообщения"]);
    // To deny a charge is no denial of the arrest.
    let charge = read("en", "Editor arrested in Osh", "The editor was arrested on Monday. She denies the charges.");
    assert_eq!(values(&charge, FactKind::Denial), Vec::<&str>::new());
}

#[test]
fn hostile_texts_are_read_without_panic() {
    let long = "Ab ".repeat(50_000);
    for text in ["", "\0\0", "\u{202e}\u{feff}", "11 ", "1,000,000,000,000 journalists arrested", "月日号名位人", "王", "😀😀 arrested 11 😀", &long]
    {
        for language in ["en", "zh", "ar", "und", "xx"] {
            read(language, text, text);
        }
    }
}

fn report(story: u128, group: &str, hour: i8, facts: Vec<Fact>) -> Report {
    let at: Timestamp = format!("2026-05-06T{hour:02}:00:00Z").parse().unwrap();
    let story = StoryId(uuid::Uuid::from_u128(story));
    Report { story, publisher_group: group.to_owned(), copy: false, published_at: None, first_seen_at: at, facts }
}

fn said(kind: FactKind, value: &str) -> Fact {
    Fact { kind, value: value.to_owned(), key: super::passage::name_key(value), count: None, score: 0.9, evidence: Vec::new() }
}

fn topic(id: &str) -> Fact {
    Fact { key: id.to_owned(), ..said(FactKind::Topic, id) }
}

#[test]
fn independent_publishers_are_counted_and_copies_are_not() {
    let held = || vec![topic("arrest_detention"), said(FactKind::Person, "Pavel Dorin")];
    let russian = vec![topic("arrest_detention"), said(FactKind::Person, "Павел Дорин")];
    let mut copy = report(3, "digest", 3, held());
    copy.copy = true;
    let draft = merge(&[report(1, "zarya", 1, held()), report(2, "zarya", 2, held()), copy, report(4, "listok", 4, russian)]).unwrap();
    assert_eq!(draft.publishers, 2);
    assert_eq!((draft.persons.len(), draft.persons[0].value.as_str(), draft.persons[0].publishers), (1, "Pavel Dorin", 2));
    assert_eq!((draft.story.0.as_u128(), draft.status), (1, IncidentStatus::Open));
    assert_eq!((draft.date.to_string().as_str(), draft.date_basis.as_str()), ("2026-05-06", "published"));
    assert_eq!(draft.last_seen_at.to_string(), "2026-05-06T04:00:00Z");
}

#[test]
fn status_is_the_last_word() {
    let check = |facts: &[&[Fact]], expect: IncidentStatus, main: &str| {
        let reports: Vec<Report> =
            (1_i8..).zip(facts).map(|(at, facts)| report(u128::try_from(at).unwrap(), &format!("g{at}"), at, facts.to_vec())).collect();
        let draft = merge(&reports).unwrap();
        assert_eq!((draft.status, draft.topic.as_str()), (expect, main), "{facts:?}");
    };
    let (held, freed, killed) = (topic("arrest_detention"), topic("release"), topic("killing"));
    let denied = Fact { kind: FactKind::Denial, ..said(FactKind::Denial, "denied reports") };
    let one = std::slice::from_ref;
    check(&[one(&held)], IncidentStatus::Open, "arrest_detention");
    check(&[one(&held), one(&freed)], IncidentStatus::Released, "arrest_detention");
    check(&[one(&freed)], IncidentStatus::Released, "release");
    check(&[one(&held), one(&denied)], IncidentStatus::Contradicted, "arrest_detention");
    check(&[one(&held), one(&denied), one(&freed)], IncidentStatus::Released, "arrest_detention");
    check(&[one(&held), one(&freed), one(&denied)], IncidentStatus::Contradicted, "arrest_detention");
    // A suspect's release ends no killing.
    check(&[one(&killed), one(&killed), one(&freed)], IncidentStatus::Open, "killing");
    assert_eq!(merge(&[report(1, "a", 1, vec![denied])]), None);
    assert_eq!(merge(&[report(1, "a", 1, Vec::new())]), None);
}
