//! Words and phrases of a query.

use crate::config::WatchFold;
use crate::text::{Script, fold_word_keeping_case, script_of, tokenize};
use crate::watch::compile::Compiler;
use crate::watch::evaluate::Leaf;
use crate::watch::forms;
use crate::watch::index::{SlotId, SlotKey, Surface};
use crate::watch::query::{Mode, Scope, Term};

/// One word of a phrase after tokenizing.
struct Piece<'t> {
    raw: &'t str,
    script: Script,
    starred: bool,
}

impl Compiler<'_> {
    pub(super) fn leaf(&mut self, term: &Term, scope: Scope) -> Leaf {
        let mut pieces = Vec::new();
        for word in &term.words {
            let tokens = tokenize(&word.text);
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
        let rule = if self.list.restricted { "term".to_owned() } else { format!("term {}", term.written) };
        Leaf { alternatives, scope, rule }
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
        let forms = if piece.starred || (piece.script == Script::Hangul && matches!(mode, Mode::Plain | Mode::Inflected)) {
            forms::prefix(raw)
        } else if inflected && !piece.script.is_unspaced() {
            forms::forms(raw, self.languages)
        } else {
            forms::exact(raw)
        };
        let surface = match (mode, self.list.fold) {
            (Mode::Cased, _) => Surface::Cased(fold_word_keeping_case(raw)),
            (_, WatchFold::None) => Surface::Raw(crate::text::normalize(raw)),
            (_, WatchFold::Case) => Surface::Lower(crate::text::normalize(raw).to_lowercase()),
            (_, WatchFold::Standard) => Surface::Any,
        };
        let clitics = first && matches!(mode, Mode::Plain | Mode::Inflected) && self.list.morphology;
        self.index.slot(SlotKey { forms, clitics, name: false, surface })
    }
}
