use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn all() -> BTreeMap<Tongue, Messages> {
    Tongue::ALL.into_iter().map(|tongue| (tongue, read(tongue.file()).unwrap_or_else(|error| panic!("{}: {error}", tongue.code())))).collect()
}

fn forms(message: &Message) -> Vec<&str> {
    match message {
        Message::One(text) => vec![text],
        Message::Counted(forms) => forms.values().map(String::as_str).collect(),
    }
}

/// The names between braces; the number itself may be left out by a form that says it in words.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).filter(|name| *name != "n").collect()
}

#[test]
fn every_language_has_every_message_with_the_same_places_links_and_code() {
    let all = all();
    let english = &all[&Tongue::English];
    for (tongue, messages) in &all {
        let tongue = *tongue;
        let missing: Vec<_> = english.keys().filter(|key| !messages.contains_key(*key)).collect();
        let foreign: Vec<_> = messages.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty() && foreign.is_empty(), "{}: missing {missing:?}, not in English {foreign:?}", tongue.code());
        for (key, message) in messages {
            let model = &english[key];
            assert_eq!(matches!(model, Message::One(_)), matches!(message, Message::One(_)), "{} {key}", tongue.code());
            let model_text = forms(model)[0];
            for text in forms(message) {
                assert!(!text.trim().is_empty(), "{} {key} is empty", tongue.code());
                assert_eq!(places(text), places(model_text), "{} {key}: {text}", tongue.code());
                for mark in ['[', ']', '`', '{', '}'] {
                    let count = |text: &str| text.replace("{n}", "").matches(mark).count();
                    assert_eq!(count(text), count(model_text), "{} {key}: {mark} in {text}", tongue.code());
                }
            }
            if let Message::Counted(forms) = message {
                for category in Category::required(tongue) {
                    assert!(forms.contains_key(category), "{} {key} lacks the form {category:?}", tongue.code());
                }
            }
        }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn every_message_is_used_and_every_use_has_a_message() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&root.join("templates"), &mut paths);
    files(&root.join("src/web"), &mut paths);
    let is_code = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "rs" || kind == "html") && !path.ends_with("messages/tests.rs");
    let code: String = paths.iter().filter(|path| is_code(path)).map(|path| fs::read_to_string(path).unwrap()).collect();
    let english = read(Tongue::English.file()).unwrap();
    for call in ["say(\"", "count(\"", "Failure::said(\""] {
        for part in code.split(call).skip(1) {
            let key = part.split_once('"').unwrap().0;
            assert!(english.contains_key(key), "{call}{key}\") has no message");
        }
    }
    let unused: Vec<_> = english.keys().filter(|key| !code.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "no page uses {unused:?}");
}

#[test]
fn a_number_takes_the_form_of_its_language() {
    let check = |tongue, numbers: &[i64], expect| {
        for number in numbers {
            assert_eq!(Category::of(tongue, *number), expect, "{tongue:?} {number}");
        }
    };
    check(Tongue::English, &[1], Category::One);
    check(Tongue::English, &[0, 2, 11, 101], Category::Other);
    check(Tongue::French, &[0, 1], Category::One);
    check(Tongue::French, &[2, 1001], Category::Other);
    check(Tongue::French, &[1_000_000, 3_000_000], Category::Many);
    check(Tongue::Spanish, &[1], Category::One);
    check(Tongue::Spanish, &[0, 2], Category::Other);
    check(Tongue::Russian, &[1, 21, 101, 1001], Category::One);
    check(Tongue::Russian, &[2, 3, 4, 22, 34, 102], Category::Few);
    check(Tongue::Russian, &[0, 5, 11, 12, 14, 20, 111, 112, 1000], Category::Many);
    check(Tongue::Arabic, &[0], Category::Zero);
    check(Tongue::Arabic, &[1], Category::One);
    check(Tongue::Arabic, &[2], Category::Two);
    check(Tongue::Arabic, &[3, 10, 103, 1010], Category::Few);
    check(Tongue::Arabic, &[11, 99, 111], Category::Many);
    check(Tongue::Arabic, &[100, 101, 102, 200, 1000], Category::Other);
}

#[test]
fn a_browser_gets_the_first_language_of_its_own_that_we_speak() {
    let check = |header: &str, expect: Option<Tongue>| assert_eq!(Tongue::accepted(header), expect, "{header}");
    check("fr-CA,fr;q=0.9,en;q=0.8", Some(Tongue::French));
    check("kk, ru;q=0.7, en;q=0.3", Some(Tongue::Russian));
    check("en;q=0.1, ar", Some(Tongue::Arabic));
    check("es;q=0, en;q=0.5", Some(Tongue::English));
    check("zh-CN, ja", None);
    check("", None);
    check("*", None);
}

#[test]
fn values_are_escaped_and_links_stand_where_the_message_has_them() {
    let said = |text: &str| Said::new(text.to_owned());
    let check = |said: Said, html: &str| assert_eq!(said.to_string(), html);
    check(said("{who} <wrote>").with("who", "<b>\"A\"</b>"), "&lt;b&gt;&quot;A&quot;&lt;/b&gt; &lt;wrote&gt;");
    check(
        said("See [the list] and [more].").link("/a?b=1&c=2").link("/d"),
        "See <a href=\"/a?b=1&amp;c=2\">the list</a> and <a href=\"/d\">more</a>.",
    );
    check(said("See [the list]."), "See the list.");
    check(said("Run `presswatch check` first"), "Run <code>presswatch check</code> first");
    check(said("{n} of {all}").with("n", 3).with("all", "{n}"), "3 of {n}");
    assert_eq!(said("See [it]: {who}, `x`").with("who", "<A & B>").plain(), "See it: <A & B>, x");
}
