//! What is surely not meant is a warning in its place; what may be meant is none.

use presswatch::config::{Person, Watchlist};
use presswatch::model::{Problem, Severity};

use super::{list, try_set};

fn warnings(of: Watchlist) -> Vec<Problem> {
    let (_, warnings) = try_set(vec![("group", "tug OR bus")], vec![of]).unwrap_or_else(|problems| panic!("{problems:?}"));
    warnings
}

#[track_caller]
fn doubted(text: &str, column: usize, message: &str) {
    let found = warnings(list("one", text));
    let [warning] = found.as_slice() else { panic!("{text}: {found:?}") };
    assert_eq!(
        (warning.severity, warning.line, warning.column, warning.key.as_str()),
        (Severity::Warning, 1, column, "watchlist one.query"),
        "{text}"
    );
    assert!(warning.message.contains(message) && warning.hint.is_some(), "{text}: {warning}");
}

#[test]
fn slips_are_shown_in_their_place() {
    for (text, column, message) in [
        ("tug OR bus OR tug", 15, "twice among the alternatives"),
        ("title:(tug OR tug)", 15, "twice among the alternatives"),
        ("tug AND bus AND tug", 17, "twice among what must hold"),
        ("tug NOT tug", 9, "asked for before NOT"),
        ("(tug OR bus) AND train NOT (ferry OR bus)", 38, "asked for before NOT"),
        ("title:tug NOT tug", 15, "asked for before NOT"),
        ("(tug NEAR/3 bus) NOT tug", 22, "asked for before NOT"),
        ("tug NEAR/3 tug", 12, "near itself"),
        ("tug NEAR/0 bus", 12, "NEAR/0"),
        ("\"tug OR bus\"", 1, "inside quotation marks"),
        ("\"tug NEAR/3 bus\"", 1, "inside quotation marks"),
        ("tug OR or", 8, "looked for as a word"),
        ("tug AND -bus", 9, "another query language"),
        ("tug AND !bus", 9, "another query language"),
        ("tug|bus", 1, "another query language"),
        ("t?g", 1, "another query language"),
        ("title：tug", 1, "another query language"),
        ("tug OR cуд", 8, "two alphabets"),
        ("\"открытое пиcьмо\"", 1, "two alphabets"),
    ] {
        doubted(text, column, message);
    }
}

#[test]
fn what_may_be_meant_is_no_warning() {
    for text in [
        "tug OR \"tug\" OR =tug OR title:tug",
        "body:tug NOT title:tug",
        "tug NOT (tug NEAR/3 bus)",
        "tug NOT title:tug",
        "\"ALL OR NOTHING\"",
        "\"search and rescue\"",
        "\"tug\" ONEAR/30 bus",
        "AT&T OR anti-mining OR 3,5 OR C++",
        "Z-активист OR COVID-вакцина OR Ω",
        "$group OR train",
        "tug OR lang:ru",
    ] {
        assert_eq!(warnings(list("one", text)), Vec::new(), "{text}");
    }
}

#[test]
fn operators_in_small_letters_are_refused_with_a_hint() {
    for text in ["tug and bus", "tug Or bus", "tug near/3 bus", "tug onear bus", "буксир или катер", "tug && bus"] {
        let problems = try_set(Vec::new(), vec![list("one", text)]).unwrap_err();
        assert!(problems[0].hint.as_deref().is_some_and(|hint| hint.contains("upper case")), "{text}: {problems:?}");
    }
}

#[test]
fn warnings_repeat_no_word_of_the_query() {
    let restricted = Watchlist { restricted: true, ..list("one", "(Nurlanova OR Nurlanova OR cудья) NOT Nurlanova") };
    let found = warnings(restricted);
    assert_eq!(found.len(), 3, "{found:?}");
    for warning in found {
        assert!(!format!("{} {:?}", warning.message, warning.hint).contains("Nurlanova"), "{warning}");
    }
}

#[test]
fn a_person_with_too_many_spellings_keeps_every_name_as_typed() {
    let given = ["Schukhrat", "Yuliya", "Dzhamshed", "Zhanyl", "Tsetsegmaa", "Khadicha", "Yevgeniya", "Chyngyz"];
    let names: Vec<String> = given
        .iter()
        .flat_map(|given| (0..8).map(move |number| format!("{given} Shchukhurzhiyev{}", "aeiouynk".chars().nth(number).unwrap())))
        .collect();
    let last = names.last().unwrap().clone();
    let one = Watchlist { persons: vec![Person::new("p-9", names)], ..list("one", "$persons") };
    let (set, found) = try_set(Vec::new(), vec![one]).unwrap();
    let [warning] = found.as_slice() else { panic!("{found:?}") };
    assert!(warning.message.contains("p-9 have more than 400 spellings"), "{warning}");
    assert!(super::meets(&set, "en", &format!("Police met {last} at noon.")));
    let few = Watchlist { persons: vec![Person::new("p-9", vec!["Schukhrat Shchukhurzhiyev".to_owned()])], ..list("one", "$persons") };
    assert_eq!(warnings(few), Vec::new());
}
