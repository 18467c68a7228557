//! A query of a reader held against the archive: what an index of words can answer of it, and the exact answer for each story.
//!
//! Enters: a query as a person types it into the field for search. Leaves: [`Wanted`], which every story that meets the query meets too, and
//! whether one story does. Deliberately absent: the index, the order in which stories are looked at.
//!
//! *Invariant:* what [`ArchiveQuery::finds`] holds for meets [`ArchiveQuery::wanted`]: the index leaves nothing out.

use crate::config::{QueryText, Watchlist, Watchlists};
use crate::model::{Evidence, Problem, Wanted, WatchlistId};
use crate::text::{Script, fold_word, script_of, tokenize};
use crate::watch::forms::{Lemma, Tail, forms};
use crate::watch::query::{Groups, Mode, Node, Scope, Term, expand, parse};
use crate::watch::{Document, WatchlistSet};

/// Endings are written out where a stem is so short that too many words begin like it.
const SHORT_STEM_LETTERS: usize = 4;
/// More endings than this are not written out: asking for the beginning is cheaper.
const ENDINGS: usize = 200;

/// A reader's query, compiled.
#[derive(Debug)]
pub struct ArchiveQuery {
    set: WatchlistSet,
    wanted: Wanted,
}

impl ArchiveQuery {
    /// Compiles a query. Words that stand side by side without an operator must all occur; `$groups` of the configuration may be used.
    ///
    /// # Errors
    /// The faults of the query, in line 1.
    pub fn new(text: &str, terms: &[(String, QueryText)]) -> Result<Self, Vec<Problem>> {
        let lists = |text: &str| Watchlists { terms: terms.to_vec(), lists: vec![list(text)] };
        let (lists, set) = match (lists(text), joined(text)) {
            (plain, None) => {
                let (set, _) = WatchlistSet::compile(&plain)?;
                (plain, set)
            }
            (_, Some(joined)) => {
                let joined = lists(&joined);
                let (set, _) = WatchlistSet::compile(&joined)?;
                (joined, set)
            }
        };
        let groups = Groups::new(&lists.terms, &mut Vec::new())?;
        let wanted = match lists.lists.first() {
            Some(list) => {
                let mut node = parse(&list.query, groups.names())?.node;
                expand(&mut node, &groups, &list.query).map_err(|problem| vec![problem])?;
                wanted(&node, Scope::Anywhere)
            }
            None => Wanted::Everything,
        };
        Ok(Self { set, wanted })
    }

    /// What words a story must hold at least.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// Whether a story meets the query.
    pub fn finds(&self, document: &Document<'_>) -> bool {
        !self.set.ids(document).is_empty()
    }

    /// The places that say so; `None` where it does not meet it.
    pub fn evidence(&self, document: &Document<'_>) -> Option<Vec<Evidence>> {
        self.set.matches(document).pop().map(|found| found.evidence)
    }
}

pub(super) fn list(text: &str) -> Watchlist {
    let id = WatchlistId::new("search").unwrap_or_else(|_| unreachable!("a plain word is an id"));
    Watchlist::new(id, QueryText { text: text.to_owned(), file: "search".into(), line: 1, column: 1 })
}

/// Plain words and phrases, joined by AND; `None` where the text says itself how its parts belong together.
fn joined(text: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = match rest.strip_prefix('"') {
            Some(inner) => inner.find('"')? + 2,
            None => rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len()),
        };
        let (part, after) = rest.split_at_checked(end)?;
        let plain = !part.starts_with('"');
        let speaks = |c: char| matches!(c, '(' | ')' | ':' | '$' | '=' | '~' | '“' | '”' | '„' | '«' | '»');
        if plain && (matches!(part, "AND" | "OR" | "NOT" | "&" | "|") || part.contains("NEAR") || part.contains(speaks)) {
            return None;
        }
        // A dash between words is nothing to look for.
        if part.contains('*') || !tokenize(part).is_empty() {
            parts.push(part);
        }
        rest = after.trim_start();
    }
    let quoted = |part: &&str| match *part {
        "and" | "or" | "not" | "And" | "Or" | "Not" | "near" | "und" | "et" | "и" | "или" => format!("\"{part}\""),
        other => other.to_owned(),
    };
    (parts.len() > 1).then(|| parts.iter().map(quoted).collect::<Vec<_>>().join(" AND "))
}

fn wanted(node: &Node<'_>, scope: Scope) -> Wanted {
    match node {
        Node::And(parts) => Wanted::all(parts.iter().map(|part| wanted(part, scope)).collect()),
        Node::Or(parts) => Wanted::any(parts.iter().map(|part| wanted(part, scope)).collect()),
        Node::Without(kept, _) => wanted(kept, scope),
        Node::Near(near) => Wanted::all(vec![wanted(&near.left, scope), wanted(&near.right, scope)]),
        Node::In(inner, node) => wanted(node, *inner),
        Node::Term(term) if matches!(scope, Scope::Anywhere | Scope::Title | Scope::Lead | Scope::Body) => of_term(term),
        // The index holds the words of title and text alone.
        Node::Term(_) | Node::Persons | Node::Language(_) | Node::Country(_) | Node::Topic(_) | Node::Group { .. } => Wanted::Everything,
    }
}

/// One word of a term after tokenizing.
struct Piece<'t> {
    raw: &'t str,
    script: Script,
    starred: bool,
}

fn of_term(term: &Term<'_>) -> Wanted {
    let mut pieces = Vec::new();
    for word in term.words() {
        let tokens = tokenize(word.text);
        for (at, token) in tokens.iter().enumerate() {
            let raw = word.text.get(token.start..token.end).unwrap_or_default();
            let script = token.folded.chars().next().map_or(Script::Other, script_of);
            pieces.push(Piece { raw, script, starred: word.prefix && at + 1 == tokens.len() });
        }
    }
    let inflected = match term.mode {
        Mode::Plain => !term.quoted,
        Mode::Inflected => true,
        Mode::Exact | Mode::Cased => false,
    };
    let loose = matches!(term.mode, Mode::Plain | Mode::Inflected);
    let all = Wanted::all(pieces.iter().enumerate().map(|(at, piece)| spelled(piece, inflected, loose, at == 0)).collect());
    // The same readings as a watchlist has: a compound of two words is also written as one.
    if pieces.len() == 2 && pieces.iter().all(|piece| piece.script == Script::Arabic) {
        let raw: String = pieces.iter().map(|piece| piece.raw).collect();
        let one = Piece { raw: &raw, script: Script::Arabic, starred: pieces.iter().any(|piece| piece.starred) };
        return Wanted::any(vec![all, spelled(&one, inflected, loose, true)]);
    }
    all
}

/// The ways to write one word: as it stands, and with a joiner as two words.
fn spelled(piece: &Piece<'_>, inflected: bool, loose: bool, first: bool) -> Wanted {
    let mut ways = vec![of_word(piece, inflected, loose, first)];
    let parts: Vec<&str> = piece.raw.split(['\u{200C}', '\u{200D}']).filter(|part| !part.is_empty()).collect();
    if piece.script == Script::Arabic && parts.len() > 1 {
        let last = parts.len() - 1;
        let part = |(at, raw): (usize, &&str)| {
            let part = Piece { raw, script: piece.script, starred: piece.starred && at == last };
            of_word(&part, inflected && at == last, loose, first && at == 0)
        };
        ways.push(Wanted::all(parts.iter().enumerate().map(part).collect()));
    }
    Wanted::any(ways)
}

fn of_word(piece: &Piece<'_>, inflected: bool, loose: bool, first: bool) -> Wanted {
    let starred = piece.starred || (piece.script == Script::Hangul && loose);
    let mut words: Vec<Wanted> = Vec::new();
    if starred {
        words.push(Wanted::Beginning(fold_word(piece.raw)));
    } else if inflected && !piece.script.is_unspaced() {
        for form in forms(&Lemma::new(&piece.raw.to_lowercase()), None) {
            match form.tail {
                Tail::End => words.push(Wanted::Word(form.stem)),
                Tail::Endings(endings) => {
                    let few = form.stem.chars().count() <= SHORT_STEM_LETTERS && endings.0.split(' ').nth(ENDINGS).is_none();
                    if few {
                        let written = endings.0.split(' ').map(|ending| if ending == "_" { "" } else { ending });
                        words.extend(written.map(|ending| Wanted::Word(format!("{}{ending}", form.stem))));
                    } else {
                        words.push(Wanted::Beginning(form.stem));
                    }
                }
            }
        }
    } else {
        words.push(Wanted::Word(fold_word(piece.raw)));
    }
    if first && loose {
        let before = clitics(piece.script);
        let bare = words.clone();
        for clitic in before {
            words.extend(bare.iter().map(|word| match word {
                Wanted::Beginning(stem) => Wanted::Beginning(format!("{clitic}{stem}")),
                Wanted::Word(word) => Wanted::Word(format!("{clitic}{word}")),
                other => other.clone(),
            }));
        }
    }
    Wanted::any(words)
}

/// What may be written together before a word, as [`crate::watch::forms::semitic_clitics`] takes it off.
fn clitics(script: Script) -> Vec<String> {
    let owned = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    match script {
        Script::Arabic => {
            let inner = ["", "ال", "لل", "ب", "ك", "ل", "بال", "كال", "لال"];
            let joined = ["", "و", "ف"].iter().flat_map(|conjunction| inner.iter().map(move |part| format!("{conjunction}{part}")));
            joined.filter(|clitic| !clitic.is_empty()).collect()
        }
        Script::Hebrew => {
            let letters = ["ו", "ה", "ב", "ל", "מ", "ש", "כ"];
            let mut all = owned(&letters);
            for _ in 0..2 {
                let longer: Vec<String> = all.iter().flat_map(|head| letters.iter().map(move |letter| format!("{head}{letter}"))).collect();
                all.extend(longer);
            }
            all.sort_unstable();
            all.dedup();
            all
        }
        Script::Ethiopic => owned(&["የ", "በ", "ለ", "ከ", "ስለ", "እንደ", "እነ", "ወደ", "የበ", "የከ"]),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_must_all_occur_and_operators_are_left_alone() {
        let check = |text: &str, expect: Option<&str>| assert_eq!(joined(text).as_deref(), expect, "{text}");
        check("journalist arrested", Some("journalist AND arrested"));
        check("  记者 \"press freedom\" арест* ", Some("记者 AND \"press freedom\" AND арест*"));
        check("cat and mouse", Some("cat AND \"and\" AND mouse"));
        check("one – two", Some("one AND two"));
        check("journalist", None);
        check("journalist AND arrested", None);
        check("(a OR b) c", None);
        check("title:arrest court", None);
        check("a NEAR/3 b", None);
        check("\"never closed", None);
    }

    #[test]
    fn faults_are_told_and_groups_are_known() {
        assert!(ArchiveQuery::new("(a OR", &[]).is_err());
        assert!(ArchiveQuery::new("NOT a", &[]).is_err());
        assert!(ArchiveQuery::new("$press", &[]).is_err());
        assert!(ArchiveQuery::new("$persons", &[]).is_err(), "there is no list whose persons could be meant");
        let group = vec![("press".to_owned(), QueryText { text: "journalist OR reporter".to_owned(), ..QueryText::default() })];
        assert!(ArchiveQuery::new("$press AND arrest*", &group).is_ok());
    }
}
