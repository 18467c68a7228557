//! The query language: what it means, and what it says to those who mistype it.

use presswatch::config::WatchFold;
use presswatch::model::{CountryCode, Field, Language, Severity, SourceId};

use super::{Text, list, query, set, try_set};

#[track_caller]
fn check(query: &str, text: &Text, expect: bool) {
    let found = text.matches(&set(vec![list("one", query)]));
    assert_eq!(!found.is_empty(), expect, "{query} on {:?} and {:?}", text.title, text.body);
}

#[test]
fn operators_mean_what_the_language_says() {
    let text = Text::new("en", "Harbor workers walk out", "Police met the dockers at noon. A tug sank.\nThe ferry was late.");
    for (query, expect) in [
        ("police AND tug", true),
        ("police AND train", false),
        ("train OR tug", true),
        ("harbor AND ferry", true),
        ("police NOT train", true),
        ("police NOT tug", false),
        ("police AND NOT tug", false),
        ("train OR police AND tug", true),
        ("(train OR police) AND bus", false),
        ("\"met the dockers\"", true),
        ("\"the met dockers\"", false),
        ("\"the dock*\"", true),
        ("dock*", true),
        ("dockers*", true),
        ("police NEAR/2 dockers", true),
        ("police NEAR/1 dockers", false),
        ("dockers NEAR/2 police", true),
        ("dockers ONEAR/2 police", false),
        ("police ONEAR dockers", true),
        ("workers NEAR/30 police", false),
        ("noon NEAR/1 tug", true),
        ("(train OR police) NEAR/2 (bus OR dockers)", true),
        ("\"the dockers\" NEAR/1 \"noon\"", true),
        ("tug NEAR/0 sank", true),
    ] {
        check(query, &text, expect);
    }
}

#[test]
fn fields_bind_to_one_unit() {
    let mut text = Text::new("en", "Curfew lifted", "The ferry sails.\nA bus waits.");
    text.url = "https://paper.example/live_blog/curfew-day-2".to_owned();
    text.source = "paper-daily The Daily Paper".to_owned();
    text.authors = vec!["Ada Byron".to_owned()];
    text.tags = vec!["Night life".to_owned()];
    text.countries = vec![(CountryCode::parse("KG").unwrap(), 0.9)];
    text.topics = vec!["assembly".to_owned()];
    for (query, expect) in [
        ("title:curfew", true),
        ("title:ferry", false),
        ("lead:ferry", true),
        ("lead:bus", false),
        ("body:bus", true),
        ("body:curfew", false),
        ("title:(ferry OR curfew) AND bus", true),
        ("title:ferry OR bus", true),
        ("url:live AND url:blog", true),
        ("byron", false),
        ("author:byron", true),
        ("source:paper-daily", true),
        ("source:\"daily paper\"", true),
        ("tag:\"night life\"", true),
        ("country:KG AND bus", true),
        ("country:(KZ OR KG) AND bus", true),
        ("country:KZ AND bus", false),
        ("topic:assembly", true),
        ("lang:en AND bus", true),
        ("lang:ru AND bus", false),
    ] {
        check(query, &text, expect);
    }
}

#[test]
fn marks_narrow_and_widen_a_word() {
    let text = Text::new("ru", "", "В МИД пришли с открытым письмом. мир был рядом. Élan.");
    for (query, expect) in [
        ("=письмо", false),
        ("=письмом", true),
        ("письмо", true),
        ("==МИД", true),
        ("==мид", false),
        ("==Мир", false),
        ("==мир", true),
        ("==Elan", true),
        ("\"открытое письмо\"", false),
        ("~\"открытое письмо\"", true),
        ("\"открыт* письм*\"", true),
    ] {
        check(query, &text, expect);
    }
}

#[test]
fn folding_can_be_turned_down() {
    let text = Text::new("es", "", "La prórroga y LA PAZ");
    for (fold, query, expect) in [
        (WatchFold::Standard, "prorroga", true),
        (WatchFold::Case, "prorroga", false),
        (WatchFold::Case, "PRÓRROGA", true),
        (WatchFold::Case, "paz", true),
        (WatchFold::None, "paz", false),
        (WatchFold::None, "PAZ", true),
    ] {
        let mut one = list("one", query);
        one.fold = fold;
        assert_eq!(!text.matches(&set(vec![one])).is_empty(), expect, "{query} with {fold:?}");
    }
}

#[test]
fn hyphens_joiners_and_apostrophes_follow_the_script() {
    check("anti-mining", &Text::new("en", "", "ANTI-MINING banners"), true);
    check("anti-mining", &Text::new("en", "", "antimining"), false);
    check("پیش‌نویس", &Text::new("fa", "", "پیش نویس"), true);
    check("پیش‌نویس", &Text::new("fa", "", "پیشنویس"), true);
    check("\"پیش نویس\"", &Text::new("fa", "", "پیش‌نویس"), true);
    check("état", &Text::new("fr", "", "L’ÉTAT d'urgence"), true);
    check("urgence", &Text::new("fr", "", "L’ÉTAT d'urgence"), true);
    check("2037", &Text::new("en", "", "20370 and 12037"), false);
}

#[test]
fn list_filters_come_before_the_query() {
    let mut text = Text::new("kk", "", "жер");
    text.countries = vec![(CountryCode::parse("KZ").unwrap(), 0.5)];
    let language = |code: &str| Language::parse(code).unwrap();
    let mut one = list("one", "жер");
    one.languages = vec![language("kk")];
    assert_eq!(text.matches(&set(vec![one.clone()])).len(), 1);
    text.language = language("ky");
    assert!(text.matches(&set(vec![one.clone()])).is_empty());
    text.language = Language::undetermined();
    assert_eq!(text.matches(&set(vec![one.clone()])).len(), 1);
    one.strict_language = true;
    assert!(text.matches(&set(vec![one.clone()])).is_empty());
    one.languages.clear();
    one.countries_about = vec![CountryCode::parse("KZ").unwrap()];
    one.country_min_score = 0.6;
    assert!(text.matches(&set(vec![one.clone()])).is_empty());
    one.country_min_score = 0.5;
    one.topics = vec!["land".to_owned()];
    assert!(text.matches(&set(vec![one.clone()])).is_empty());
    text.topics = vec!["land".to_owned()];
    one.sources_exclude = vec![SourceId::new("paper").unwrap()];
    assert!(text.matches(&set(vec![one.clone()])).is_empty());
    one.sources_exclude.clear();
    one.sources_include = vec![SourceId::new("paper").unwrap()];
    assert_eq!(text.matches(&set(vec![one.clone()])).len(), 1);
    one.enabled = false;
    assert!(text.matches(&set(vec![one])).is_empty());
}

#[test]
fn matches_are_explained_with_places_in_the_text_as_given() {
    let text = Text::new("en", "Police raid", "At dawn, ﻿police\u{200B} entered the newsroom.\nLater a tug sank.");
    let found = text.matches(&set(vec![list("raid", "police NEAR/3 newsroom AND (tug OR train) NOT bus"), list("other", "train")]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].watchlist.as_str(), "raid");
    let places: Vec<(Field, &str, &str)> = found[0].evidence.iter().map(|place| (place.field, place.text.as_str(), place.rule.as_str())).collect();
    assert_eq!(places, [(Field::Text, "police", "term police"), (Field::Text, "newsroom", "term newsroom"), (Field::Text, "tug", "term tug")]);
    for place in &found[0].evidence {
        assert_eq!(text.body.get(place.start..place.end), Some(place.text.as_str()));
    }
}

#[test]
fn the_headline_weighs_more_than_the_body() {
    let set = set(vec![list("one", "tug"), list("labels", "lang:en")]);
    let score =
        |title: &str, text: &str| Text::new("en", title, text).matches(&set).iter().find(|found| found.watchlist.as_str() == "one").unwrap().score;
    assert!(score("A tug", "") > score("", "A tug"));
    assert!(score("", "A tug\nsank") > score("", "A ship\nand a tug"));
}

#[track_caller]
fn refused(text: &str, column: usize, message: &str, hint: &str) {
    let problems =
        try_set(vec![("ok", "tug OR bus"), ("both", "tug AND bus")], vec![list("one", text)]).err().unwrap_or_else(|| panic!("{text} was taken"));
    let first = &problems[0];
    assert!(first.message.contains(message), "{text}: {first}");
    assert!(first.hint.as_deref().unwrap_or_default().contains(hint), "{text}: {first}");
    assert_eq!((first.line, first.column), (1, column), "{text}: {first}");
    assert_eq!((first.severity, first.key.as_str()), (Severity::Error, "watchlist one.query"));
}

#[test]
fn faults_are_shown_in_their_place_with_a_hint() {
    refused("", 1, "empty", "$persons");
    refused("police tug", 8, "side by side", "AND or OR");
    refused("police and tug", 8, "side by side", "upper case");
    refused("NOT tug", 1, "NOT needs something before it", "a NOT b");
    refused("tug OR NOT bus", 8, "NOT needs something before it", "");
    refused("*press", 1, "begin with a star", "arrest*");
    refused("pr*ss", 1, "only end a word", "");
    refused("pr*", 1, "too short", "longer");
    refused("(tug OR bus", 1, "never closed", "closing");
    refused("tug)", 4, "closes nothing", "");
    refused("\"tug", 1, "no closing quotation mark", "");
    refused("tug AND", 8, "ends where a word is expected", "");
    refused("tug AND OR bus", 9, "operator stands where a word", "");
    refused("tug NEAR/31 bus", 5, "0 to 30", "");
    refused("tug NEAR (bus AND train)", 10, "no place inside NEAR", "OR");
    refused("tug NEAR lang:ru", 10, "no places in a text", "AND");
    refused("tug NEAR $both", 1, "inside NEAR", "");
    refused("titel:tug", 1, "no field titel:", "did you mean title:");
    refused("title:(body:tug)", 8, "inside another field", "");
    refused("country:Kazakhstan", 9, "no value of country:", "country:KZ");
    refused("$okk", 1, "no group $okk", "did you mean $ok");
    refused("= tug", 1, "directly before", "");
    refused("...", 1, "no letter or digit", "");
    refused("“tug”", 1, "typographic", "straight");
    refused(&"(".repeat(17), 17, "16 deep", "$group");
    refused(&"tug OR ".repeat(1200), 1, "bytes", "");
    refused("$persons", 0, "no person", "watchlist.person");
}

#[test]
fn a_fault_in_a_later_line_is_counted_in_the_file() {
    let mut one = list("one", "tug\n  OR bus train");
    one.query.line = 7;
    one.query.column = 5;
    let problems = try_set(Vec::new(), vec![one]).unwrap_err();
    assert_eq!(problems[0].to_string().split(": ").next(), Some("lists.toml:8:10"));
}

#[test]
fn groups_are_expanded_and_their_faults_shown() {
    let (set, _) = try_set(vec![("a", "tug OR $b"), ("b", "bus")], vec![list("one", "$a AND train")]).unwrap();
    assert_eq!(Text::new("en", "", "bus train").matches(&set).len(), 1);
    let problems = try_set(vec![("a", "tug OR $b"), ("b", "bus OR $a"), ("c", "x y")], vec![list("one", "$a q r")]).unwrap_err();
    let shown: Vec<String> = problems.iter().map(|problem| format!("{}: {}", problem.key, problem.message)).collect();
    assert_eq!(
        shown,
        [
            "terms.c: two words stand side by side without an operator",
            "terms.a: the group uses itself: a -> b -> a",
            "terms.b: the group uses itself: b -> a -> b",
            "watchlist one.query: two words stand side by side without an operator",
        ]
    );
    let many = (0..300).map(|number| format!("word{number}")).collect::<Vec<_>>().join(" OR ");
    let problems = try_set(vec![("many", &many)], vec![list("one", "$many OR $many")]).unwrap_err();
    assert!(problems[0].message.contains("more than 512"), "{problems:?}");
    let stars = (0..65).map(|number| format!("word{number}*")).collect::<Vec<_>>().join(" OR ");
    assert!(try_set(Vec::new(), vec![list("one", &stars)]).unwrap_err()[0].message.contains("65 starred words"));
}

#[test]
fn every_list_s_faults_are_reported_and_none_is_loaded() {
    let problems = try_set(Vec::new(), vec![list("one", "a b"), list("two", "tug"), list("three", "\"")]).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.key.as_str()).collect::<Vec<_>>(), ["watchlist one.query", "watchlist three.query"]);
}

#[test]
fn mixed_operators_without_brackets_are_a_warning() {
    for (text, warned) in
        [("tug OR bus AND train", true), ("tug OR (bus AND train)", false), ("tug AND bus AND train", false), ("tug OR bus NOT train", false)]
    {
        let (_, warnings) = try_set(Vec::new(), vec![list("one", text)]).unwrap();
        assert_eq!(!warnings.is_empty(), warned, "{text}: {warnings:?}");
        assert!(warnings.iter().all(|warning| warning.severity == Severity::Warning && warning.column == 12));
    }
    assert_eq!(query("tug").column, 1);
}

#[test]
fn a_text_that_repeats_a_word_stays_cheap() {
    let text = Text::new("en", "", &"dockers police ".repeat(40_000));
    let found = text.matches(&set(vec![list("one", "dockers NEAR/2 police NOT (dockers NEAR/30 tug)")]));
    assert_eq!(found[0].evidence.len(), 40);
}
