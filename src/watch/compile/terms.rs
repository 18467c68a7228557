//! Words and phrases of a query.

use crate::config::WatchFold;
use crate::text::{Script, fold_word, fold_word_keeping_case, script_of, tokenize};
use crate::watch::compile::Compiler;
use crate::watch::forms;
use crate::watch::index::{Index, Manner, SlotId, Surface};
use crate::watch::query::{Mode, Scope, Term};
use crate::watch::rows::Leaf;

/// One word of a phrase after tokenizing.
struct Piece<'t> {
    raw: &'t str,
    script: Script,
    starred: bool,
}

impl Compiler<'_> {
    /// The term, made the first time that it is asked for. Lists with other rules for words have terms of their own.
    pub(super) fn leaf(&mut self, term: &Term<'_>, scope: Scope) -> Leaf {
        // Texts that share a hash are told apart by what was written.
        let hash = Index::key(&(self.settings, scope, term.written));
        if let Some(leaf) = self.shared.leaves.get(&hash).filter(|leaf| self.shared.terms.written(**leaf) == term.written) {
            return *leaf;
        }
        let alternatives = self.alternatives(term);
        let leaf = self.shared.terms.add(alternatives, scope, term.written, &self.shared.index);
        self.shared.leaves.insert(hash, leaf);
        leaf
    }

    fn alternatives(&mut self, term: &Term<'_>) -> Vec<Vec<SlotId>> {
        let mut pieces = Vec::new();
        for word in &term.words {
            let tokens = tokenize(word.text);
            for (at, token) in tokens.iter().enumerate() {
                let raw = word.text.get(token.start..token.end).unwrap_or_default();
                let script = token.folded.chars().next().map_or(Script::Other, script_of);
                pieces.push(Piece { raw, script, starred: word.prefix && at + 1 == tokens.len() });
            }
        }
        let inflected = match term.mode {
            Mode::Plain => !term.quoted && self.list.morphology,
            Mode::Inflected => true,
            Mode::Exact | Mode::Cased => false,
        };
        let mut alternatives = vec![Vec::new()];
        for (at, piece) in pieces.iter().enumerate() {
            let spellings = self.spellings(piece, term.mode, inflected, at == 0);
            alternatives = alternatives
                .iter()
                .flat_map(|head: &Vec<SlotId>| spellings.iter().map(move |tail| [head.as_slice(), tail.as_slice()].concat()))
                .collect();
        }
        // A Persian compound is written with a joiner, a space or nothing: the phrase is also one word.
        if pieces.len() == 2 && pieces.iter().all(|piece| piece.script == Script::Arabic) && term.mode != Mode::Cased {
            let joined: String = pieces.iter().map(|piece| piece.raw).collect();
            let starred = pieces.iter().any(|piece| piece.starred);
            let piece = Piece { raw: &joined, script: Script::Arabic, starred };
            alternatives.push(vec![self.slot(&piece, term.mode, inflected, true)]);
        }
        alternatives
    }

    /// The ways to write one word: as it stands, and with a joiner as two words.
    fn spellings(&mut self, piece: &Piece<'_>, mode: Mode, inflected: bool, first: bool) -> Vec<Vec<SlotId>> {
        let mut out = vec![vec![self.slot(piece, mode, inflected, first)]];
        let parts: Vec<&str> = piece.raw.split(['\u{200C}', '\u{200D}']).filter(|part| !part.is_empty()).collect();
        if piece.script == Script::Arabic && parts.len() > 1 {
            let last = parts.len() - 1;
            let slots = parts.iter().enumerate().map(|(at, part)| {
                let part = Piece { raw: part, script: piece.script, starred: piece.starred && at == last };
                self.slot(&part, mode, inflected && at == last, first && at == 0)
            });
            out.push(slots.collect());
        }
        out
    }

    fn slot(&mut self, piece: &Piece<'_>, mode: Mode, inflected: bool, first: bool) -> SlotId {
        let raw = piece.raw;
        let surface = match (mode, self.list.fold) {
            (Mode::Cased, _) => Surface::Cased(fold_word_keeping_case(raw)),
            (_, WatchFold::None) => Surface::Raw(crate::text::normalize(raw)),
            (_, WatchFold::Case) => Surface::Lower(crate::text::normalize(raw).to_lowercase()),
            (_, WatchFold::Standard) => Surface::Any,
        };
        let clitics = first && matches!(mode, Mode::Plain | Mode::Inflected) && self.list.morphology && has_clitics(piece.script);
        let starred = piece.starred || (piece.script == Script::Hangul && matches!(mode, Mode::Plain | Mode::Inflected));
        let inflected = !starred && inflected && !piece.script.is_unspaced();
        // Words that are written alike but for the case have the same forms.
        let word = if inflected { raw.to_lowercase() } else { fold_word(raw) };
        let languages = if inflected { self.languages.unwrap_or(forms::ANY_LANGUAGE) } else { 0 };
        let key = Index::key(&(starred, clitics, languages, word.as_str(), &surface));
        if let Some(slot) = self.shared.index.known(key) {
            return slot;
        }
        let slot = self.shared.index.add(key, Manner { clitics, name: false, surface }, word.chars().count());
        if inflected {
            self.shared.index.inflect(slot, &word, self.languages, |letter| letter);
        } else {
            let form = if starred { forms::prefix(raw) } else { forms::exact(raw) };
            self.shared.index.put(slot, &form);
        }
        slot
    }
}

/// Only these scripts write conjunctions, prepositions and articles together with a word.
fn has_clitics(script: Script) -> bool {
    matches!(script, Script::Arabic | Script::Hebrew | Script::Ethiopic)
}
