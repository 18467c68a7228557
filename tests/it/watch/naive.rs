//! The engine against a naive reader of the same queries over random texts.

use super::{Text, list, set, try_set};

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

enum Node {
    Word(usize),
    Prefix(usize),
    Phrase(usize, usize),
    Title(Box<Node>),
    Body(Box<Node>),
    Lead(Box<Node>),
    /// Whether the story is in the language that is asked for.
    Language(bool),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Without(Box<Node>, Box<Node>),
    Near(Vec<usize>, Vec<usize>, usize, bool),
}

fn node(random: &mut Random, depth: usize, in_title: bool) -> Node {
    let leaf = depth == 0 || random.below(4) == 0;
    let child = |random: &mut Random| Box::new(node(random, depth.saturating_sub(1), in_title));
    match (leaf, random.below(7)) {
        (true, 0) => Node::Prefix(random.below(WORDS.len())),
        (true, 2) if !in_title => Node::Language(random.below(2) == 0),
        (true, 1) => Node::Phrase(random.below(WORDS.len()), random.below(WORDS.len())),
        (true, _) => Node::Word(random.below(WORDS.len())),
        (false, 0) => Node::And(child(random), child(random)),
        (false, 1) => Node::Or(child(random), child(random)),
        (false, 2) => Node::Without(child(random), child(random)),
        (false, 3) if !in_title => Node::Title(Box::new(node(random, depth - 1, true))),
        (false, 4) if !in_title => Node::Body(Box::new(node(random, depth - 1, true))),
        (false, 5) if !in_title => Node::Lead(Box::new(node(random, depth - 1, true))),
        (false, _) => {
            let some = |random: &mut Random| (0..=random.below(2)).map(|_| random.below(WORDS.len())).collect();
            Node::Near(some(random), some(random), random.below(4), random.below(2) == 0)
        }
    }
}

fn write(node: &Node) -> String {
    let any = |words: &[usize]| format!("({})", words.iter().map(|word| format!("={}", WORDS[*word])).collect::<Vec<_>>().join(" OR "));
    match node {
        Node::Word(word) => format!("={}", WORDS[*word]),
        Node::Prefix(word) => format!("{}*", &WORDS[*word][..3]),
        Node::Phrase(one, two) => format!("\"{} {}\"", WORDS[*one], WORDS[*two]),
        Node::Title(inner) => format!("title:({})", write(inner)),
        Node::Body(inner) => format!("body:({})", write(inner)),
        Node::Lead(inner) => format!("lead:({})", write(inner)),
        Node::Language(right) => format!("lang:{}", if *right { "sw" } else { "ru" }),
        Node::And(one, two) => format!("({} AND {})", write(one), write(two)),
        Node::Or(one, two) => format!("({} OR {})", write(one), write(two)),
        Node::Without(one, two) => format!("({} NOT {})", write(one), write(two)),
        Node::Near(one, two, between, ordered) => format!("({} {}NEAR/{between} {})", any(one), if *ordered { "O" } else { "" }, any(two)),
    }
}

/// Fields are title, text and first paragraph, or the one of them that is looked at. A word without a field is looked for in the first two.
fn holds(node: &Node, fields: &[Vec<&str>]) -> bool {
    let somewhere = |test: &dyn Fn(&[&str]) -> bool| fields.iter().take(2).any(|words| test(words));
    match node {
        Node::Word(word) => somewhere(&|words| words.contains(&WORDS[*word])),
        Node::Prefix(word) => somewhere(&|words| words.iter().any(|given| given.starts_with(&WORDS[*word][..3]))),
        Node::Phrase(one, two) => somewhere(&|words| words.windows(2).any(|pair| pair == [WORDS[*one], WORDS[*two]])),
        Node::Title(inner) => holds(inner, &fields[..1]),
        Node::Body(inner) => holds(inner, &fields[1..2]),
        Node::Lead(inner) => holds(inner, &fields[2..]),
        Node::Language(right) => *right,
        Node::And(one, two) => holds(one, fields) && holds(two, fields),
        Node::Or(one, two) => holds(one, fields) || holds(two, fields),
        Node::Without(one, two) => holds(one, fields) && !holds(two, fields),
        Node::Near(one, two, between, ordered) => somewhere(&|words| {
            (0..words.len()).any(|i| {
                (0..words.len()).any(|j| {
                    let near = i != j && i.abs_diff(j) - 1 <= *between && (!ordered || i < j);
                    near && one.iter().any(|word| WORDS[*word] == words[i]) && two.iter().any(|word| WORDS[*word] == words[j])
                })
            })
        }),
    }
}

#[test]
fn the_engine_agrees_with_a_naive_reader() {
    let mut random = Random(20_260_101);
    let mut met = 0;
    for round in 0..10_000 {
        let node = node(&mut random, 3, false);
        let query = write(&node);
        let sentence = |random: &mut Random| (0..random.below(9)).map(|_| WORDS[random.below(WORDS.len())]).collect::<Vec<_>>();
        let set = set(vec![list("one", &query)]);
        for _ in 0..2 {
            let [title, first, rest] = [sentence(&mut random), sentence(&mut random), sentence(&mut random)];
            let text = Text::new("sw", &title.join(" "), &format!("{}\n{}", first.join(" "), rest.join(", ")));
            // Empty lines before a text are no paragraph.
            let lead = if first.is_empty() { rest.clone() } else { first.clone() };
            let fields = [title, [first, rest].concat(), lead];
            let expect = holds(&node, &fields);
            let found = text.matches(&set);
            assert_eq!(!found.is_empty(), expect, "round {round}: {query} on {fields:?}");
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
