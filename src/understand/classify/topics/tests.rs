//! What the lexicons must find, and must not, in sentences written for this purpose.

use std::sync::LazyLock;

use crate::config::{LexiconEntry, QueryText, TopicsConfig};
use crate::model::{Field, Language};
use crate::understand::classify::topics::Topics;

/// A term of the second line of the operator's file.
fn at(text: &str) -> QueryText {
    QueryText { text: text.to_owned(), file: "topics.toml".into(), line: 2, column: 9 }
}

/// The lexicons, loaded once.
fn topics() -> &'static Topics {
    static TOPICS: LazyLock<Topics> = LazyLock::new(|| Topics::new(&TopicsConfig::default()).unwrap());
    &TOPICS
}

#[track_caller]
fn check(language: &str, title: &str, text: &str, wanted_topics: &[&str], wanted_actors: &[&str]) {
    let (topics, actors) = topics().label(title, text, &Language::parse(language).unwrap());
    let topics: Vec<&str> = topics.iter().map(|label| label.id.as_str()).collect();
    let actors: Vec<&str> = actors.iter().map(|label| label.id.as_str()).collect();
    for id in wanted_topics {
        assert!(topics.contains(id), "{id} is not among {topics:?} of {title}");
    }
    for id in wanted_actors {
        assert!(actors.contains(id), "{id} is not among {actors:?} of {title}");
    }
}

#[track_caller]
fn check_none(language: &str, title: &str, text: &str) {
    let (topics, actors) = topics().label(title, text, &Language::parse(language).unwrap());
    assert!(topics.is_empty() && actors.is_empty(), "{topics:?} {actors:?} of {title}");
}

#[test]
fn detained_party_founders_are_found() {
    check(
        "en",
        "Organizers of new party's founding congress detained in Almaty",
        "Police took eleven members of the opposition movement away three weeks before parliamentary elections. Supporters protested outside the station.",
        &["arrest_detention", "opposition", "elections", "protest"],
        &["opposition"],
    );
}

#[test]
fn news_that_only_borrows_the_words_has_no_label() {
    check_none(
        "en",
        "Late strike shoots Rovers back to the top",
        "The striker scored in the last minute, and the coach praised a team under attack all season.",
    );
    check_none(
        "en",
        "Tanker detained over unpaid port fees",
        "The vessel was arrested at anchor; its crew of twelve stays aboard until the cargo owner posts a bond.",
    );
    check_none("en", "Tomato harvest hit by late frost", "Forecasters warned growers, and heavy rain shut several roads.");
}

#[test]
fn negated_term_is_no_label() {
    check_none("en", "Editor was not arrested, newspaper says", "The rumor was false.");
}

#[test]
fn evidence_is_the_text_at_its_place() {
    let (labels, _) = topics().label("Reporter arrested", "“Müller” was detained on Friday.", &Language::parse("en").unwrap());
    let label = labels.iter().find(|label| label.id == "arrest_detention").unwrap();
    assert!(label.score > 0.8 && label.score < 1.0);
    let texts: Vec<&str> = label.evidence.iter().map(|evidence| evidence.text.as_str()).collect();
    assert_eq!(texts, ["arrested", "detained"]);
    for evidence in &label.evidence {
        let field = if evidence.field == Field::Title { "Reporter arrested" } else { "“Müller” was detained on Friday." };
        assert_eq!(&field[evidence.start..evidence.end], evidence.text);
    }
}

#[test]
fn operators_terms_are_added() {
    let entry = |id: &str, language: &str, term: &str| LexiconEntry { id: id.into(), language: language.into(), terms: vec![at(term)], weight: 1.0 };
    let config =
        TopicsConfig { lexicon: vec![entry("censorship", "en", "shadow ban*"), entry("protest", "eo", "manifestaci*")], ..TopicsConfig::default() };
    let topics = Topics::new(&config).unwrap();
    let ids = |title: &str, language: &str| {
        topics.label(title, "", &Language::parse(language).unwrap()).0.into_iter().map(|label| label.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("Platform shadow bans reporters", "en"), ["censorship"]);
    assert_eq!(ids("Granda manifestacio en la urbo", "eo"), ["protest"]);
}

#[test]
fn faulty_terms_of_the_operator_are_all_reported() {
    let entry = LexiconEntry {
        id: "protest".into(),
        language: "en".into(),
        terms: ["*", "ral*ly", "<nobody> marched", "sit-in"].map(at).to_vec(),
        weight: 1.0,
    };
    let problems = Topics::new(&TopicsConfig { lexicon: vec![entry], ..TopicsConfig::default() }).unwrap_err();
    let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["lexicon[0].terms[0]", "lexicon[0].terms[1]", "lexicon[0].terms[2]"]);
    assert!(problems.iter().all(|problem| (problem.line, problem.column) == (2, 9)));
}

#[test]
fn rule_shows_what_was_found_and_stays_short() {
    let text = "The weekly newspaper was, after eleven months of hearings before the regional licensing commission, closed by a court.";
    let (labels, _) = topics().label("Court order closes weekly", text, &Language::parse("en").unwrap());
    let label = labels.iter().find(|label| label.id == "outlet_closure").unwrap();
    for evidence in &label.evidence {
        assert!(evidence.rule.starts_with("outlet_closure: ") && evidence.rule.chars().count() <= 60, "{}", evidence.rule);
    }
}

#[test]
fn release_that_is_demanded_has_not_happened() {
    let ids = |title: &str, language: &str| {
        topics().label(title, "", &Language::parse(language).unwrap()).0.into_iter().map(|label| label.id).collect::<Vec<_>>()
    };
    for (language, demanded, happened) in [
        ("en", "Unions demand release of jailed editor", "Jailed editor released from prison"),
        ("ru", "Коллеги требуют освободить журналиста", "Журналиста освободили из СИЗО"),
        ("es", "Colegas exigen la liberación del periodista", "Liberan al periodista tras dos meses de prisión"),
        ("de", "Verbände fordern Freilassung der Journalistin", "Journalistin aus der Haft freigelassen"),
        ("tr", "Meslektaşları gazetecinin tahliyesini talep etti", "Gazeteci tahliye edildi"),
        ("id", "Serikat mendesak wartawan dibebaskan", "Wartawan dibebaskan dari tahanan"),
    ] {
        assert!(!ids(demanded, language).contains(&"release".to_owned()), "{demanded}");
        assert!(ids(happened, language).contains(&"release".to_owned()), "{happened}");
    }
}
