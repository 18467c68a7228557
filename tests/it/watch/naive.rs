//! The engine against a naive reader of the same queries over random texts.

use std::rc::Rc;

use presswatch::model::CountryCode;

use super::{Text, list, try_set};

/// A linear congruential generator (Knuth's MMIX constants): the same cases in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// Nonsense words that no language inflects into one another.
const WORDS: [&str; 8] = ["qumo", "zatri", "belvo", "dorrin", "qumolar", "hexu", "pavint", "wolqe"];

#[derive(Clone, Copy)]
enum Mark {
    None,
    Exact,
    Inflected,
}

enum Node {
    Word(usize, Mark),
    /// With a capital or without, and no other way.
    Cased(usize, bool),
    Prefix(usize),
    Phrase(usize, usize, Mark),
    Title(Box<Node>),
    Body(Box<Node>),
    Lead(Box<Node>),
    /// Whether the story is in the language, about the country, of the topic that is asked for.
    Language(bool),
    Country(bool),
    Topic(bool),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Without(Box<Node>, Box<Node>),
    Near(Box<Node>, Box<Node>, usize, bool),
    Group(Rc<Node>),
}

fn mark(random: &mut Random) -> Mark {
    [Mark::None, Mark::Exact, Mark::Inflected][random.below(3)]
}

/// What has places: words, phrases, OR, NEAR inside NEAR.
fn operand(random: &mut Random, depth: usize) -> Node {
    let word = |random: &mut Random| random.below(WORDS.len());
    match random.below(if depth == 0 { 6 } else { 9 }) {
        0 => Node::Prefix(word(random)),
        1 => Node::Phrase(word(random), word(random), mark(random)),
        2 => Node::Cased(word(random), random.below(2) == 0),
        3..6 => Node::Word(word(random), mark(random)),
        6 => near(random, depth - 1),
        _ => Node::Or(Box::new(operand(random, depth - 1)), Box::new(operand(random, depth - 1))),
    }
}

fn near(random: &mut Random, depth: usize) -> Node {
    Node::Near(Box::new(operand(random, depth)), Box::new(operand(random, depth)), random.below(4), random.below(2) == 0)
}

fn node(random: &mut Random, depth: usize, in_field: bool, group: &Rc<Node>) -> Node {
    let leaf = depth == 0 || random.below(4) == 0;
    let child = |random: &mut Random| Box::new(node(random, depth.saturating_sub(1), in_field, group));
    let field = |random: &mut Random| Box::new(node(random, depth - 1, true, group));
    match (leaf, random.below(7)) {
        (true, 0) => Node::Group(Rc::clone(group)),
        (true, 1) if !in_field => match random.below(3) {
            0 => Node::Language(random.below(2) == 0),
            1 => Node::Country(random.below(2) == 0),
            _ => Node::Topic(random.below(2) == 0),
        },
        (true, _) => operand(random, 0),
        (false, 0) => Node::And(child(random), child(random)),
        (false, 1) => Node::Or(child(random), child(random)),
        (false, 2) => Node::Without(child(random), child(random)),
        (false, 3) if !in_field => Node::Title(field(random)),
        (false, 4) if !in_field => Node::Body(field(random)),
        (false, 5) if !in_field => Node::Lead(field(random)),
        (false, 6) => Node::Near(Box::new(Node::Group(Rc::clone(group))), Box::new(operand(random, 1)), random.below(4), random.below(2) == 0),
        (false, _) => near(random, 2),
    }
}

fn capitalized(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

fn write(node: &Node) -> String {
    let marked = |mark: &Mark| match mark {
        Mark::None => "",
        Mark::Exact => "=",
        Mark::Inflected => "~",
    };
    match node {
        Node::Word(word, mark) => format!("{}{}", marked(mark), WORDS[*word]),
        Node::Cased(word, capital) => format!("=={}", if *capital { capitalized(WORDS[*word]) } else { WORDS[*word].to_owned() }),
        Node::Prefix(word) => format!("{}*", &WORDS[*word][..3]),
        Node::Phrase(one, two, mark) => format!("{}\"{} {}\"", marked(mark), WORDS[*one], WORDS[*two]),
        Node::Title(inner) => format!("title:({})", write(inner)),
        Node::Body(inner) => format!("body:({})", write(inner)),
        Node::Lead(inner) => format!("lead:({})", write(inner)),
        Node::Language(right) => format!("lang:{}", if *right { "sw" } else { "ru" }),
        Node::Country(right) => format!("country:{}", if *right { "KE" } else { "TZ" }),
        Node::Topic(right) => format!("topic:{}", if *right { "protest" } else { "censorship" }),
        Node::And(one, two) => format!("({} AND {})", write(one), write(two)),
        Node::Or(one, two) => format!("({} OR {})", write(one), write(two)),
        Node::Without(one, two) => format!("({} NOT {})", write(one), write(two)),
        Node::Near(one, two, between, ordered) => {
            format!("({} {}NEAR/{between} {})", write(one), if *ordered { "O" } else { "" }, write(two))
        }
        Node::Group(_) => "$g".to_owned(),
    }
}

/// First and one past the last word of every place where an operand stands in a field.
fn places(node: &Node, words: &[String]) -> Vec<(usize, usize)> {
    let is = |at: usize, word: usize| words.get(at).is_some_and(|given| given.to_lowercase() == WORDS[word]);
    let all = |length: usize, test: &dyn Fn(usize) -> bool| (0..words.len()).filter(|at| test(*at)).map(|at| (at, at + length)).collect();
    match node {
        Node::Word(word, _) => all(1, &|at| is(at, *word)),
        Node::Cased(word, capital) => all(1, &|at| is(at, *word) && words[at].starts_with(char::is_uppercase) == *capital),
        Node::Prefix(word) => all(1, &|at| words[at].to_lowercase().starts_with(&WORDS[*word][..3])),
        Node::Phrase(one, two, _) => all(2, &|at| is(at, *one) && is(at + 1, *two)),
        Node::Or(one, two) => [places(one, words), places(two, words)].concat(),
        Node::Group(inner) => places(inner, words),
        Node::Near(one, two, between, ordered) => {
            let mut out = Vec::new();
            for left in places(one, words) {
                for right in places(two, words) {
                    let after = right.0 >= left.1 && right.0 - left.1 <= *between;
                    let before = left.0 >= right.1 && left.0 - right.1 <= *between;
                    if after || (before && !ordered) {
                        out.push((left.0.min(right.0), left.1.max(right.1)));
                    }
                }
            }
            out
        }
        _ => Vec::new(),
    }
}

/// Fields are title, text and first paragraph, or the one of them that is looked at. A word without a field is looked for in the first two.
fn holds(node: &Node, fields: &[Vec<String>]) -> bool {
    match node {
        Node::Title(inner) => holds(inner, &fields[..1]),
        Node::Body(inner) => holds(inner, &fields[1..2]),
        Node::Lead(inner) => holds(inner, &fields[2..]),
        Node::Language(right) | Node::Country(right) | Node::Topic(right) => *right,
        Node::And(one, two) => holds(one, fields) && holds(two, fields),
        Node::Or(one, two) => holds(one, fields) || holds(two, fields),
        Node::Without(one, two) => holds(one, fields) && !holds(two, fields),
        Node::Group(inner) => holds(inner, fields),
        Node::Word(..) | Node::Cased(..) | Node::Prefix(_) | Node::Phrase(..) | Node::Near(..) => {
            fields.iter().take(2).any(|words| !places(node, words).is_empty())
        }
    }
}

#[test]
fn the_engine_agrees_with_a_naive_reader() {
    let mut random = Random(20_260_101);
    let mut met = 0;
    for round in 0..10_000 {
        let group = Rc::new(operand(&mut random, 1));
        let node = node(&mut random, 3, false, &group);
        let query = write(&node);
        let of_group = write(&group);
        let word = |random: &mut Random| {
            let word = WORDS[random.below(WORDS.len())];
            if random.below(4) == 0 { capitalized(word) } else { word.to_owned() }
        };
        let sentence = |random: &mut Random| (0..random.below(9)).map(|_| word(random)).collect::<Vec<_>>();
        let (set, _) = try_set(vec![("g", &of_group)], vec![list("one", &query)]).unwrap_or_else(|problems| panic!("{query}: {problems:?}"));
        for _ in 0..2 {
            let [title, first, rest] = [sentence(&mut random), sentence(&mut random), sentence(&mut random)];
            let mut text = Text::new("sw", &title.join(" "), &format!("{}\n{}", first.join(" "), rest.join(", ")));
            text.countries.push((CountryCode::parse("KE").unwrap(), 0.9));
            text.topics.push("protest".to_owned());
            // Empty lines before a text are no paragraph.
            let lead = if first.is_empty() { rest.clone() } else { first.clone() };
            let fields = [title, [first, rest].concat(), lead];
            let expect = holds(&node, &fields);
            let found = text.matches(&set);
            assert_eq!(!found.is_empty(), expect, "round {round}: {query} with {of_group} on {fields:?}");
            met += usize::from(expect);
        }
    }
    assert!((4_000..16_000).contains(&met), "the cases say too little: {met} of 20000 were met");
}

#[test]
fn random_queries_are_taken_or_refused_never_a_panic() {
    const PIECES: [&str; 24] = [
        "(",
        ")",
        "AND",
        "OR",
        "NOT",
        "NEAR/3",
        "ONEAR",
        "title:",
        "lang:ru",
        "$g",
        "$persons",
        "\"",
        "~",
        "=",
        "==",
        "*",
        "qumo",
        "слово*",
        "记者",
        "\"a b*\"",
        "«",
        "'",
        "\n",
        ":",
    ];
    let mut random = Random(7);
    let mut taken = 0;
    for _ in 0..4000 {
        let query: String =
            (0..=random.below(7)).map(|_| PIECES[random.below(PIECES.len())]).collect::<Vec<_>>().join(if random.below(4) == 0 { "" } else { " " });
        match try_set(vec![("g", "qumo")], vec![list("one", &query)]) {
            Ok((set, _)) => {
                taken += 1;
                Text::new("ru", "слово qumo", "记者 a b").matches(&set);
            }
            Err(problems) => assert!(!problems.is_empty()),
        }
    }
    assert!(taken > 100, "{taken}");
}
