//! Words and phrases of a query.

use crate::config::WatchFold;
use crate::text::{Script, each_word, fold_word_into, fold_word_keeping_case, script_of, tokenize};
use crate::watch::code::{Mark, Row};
use crate::watch::compile::Compiler;
use crate::watch::hash::{hash_bytes, mix};
use crate::watch::index::{Index, Manner, SlotId, Surface};
use crate::watch::query::{Mode, Scope, Term, Word};

/// One word of a phrase after tokenizing.
struct Piece<'t> {
    raw: &'t str,
    script: Script,
    starred: bool,
}

impl Compiler<'_> {
    /// Writes a term: a word as its number, a phrase as those of its words.
    pub(super) fn term(&mut self, term: Term<'_>, scope: Scope) {
        self.shared.out.scopes.add(scope);
        let mut row = std::mem::take(&mut self.shared.row);
        row.clear();
        let mark = self.plain_row(term, &mut row);
        match (mark, row.as_slice()) {
            (Some(_), [slot]) if scope == Scope::Anywhere => {
                self.shared.out.index.count_use(*slot);
                self.shared.out.tables.code.word(*slot);
            }
            (Some(mark), slots) => self.row(Row { scope, mark, written: None, slots }),
            (None, _) => self.rows(term, scope),
        }
        self.shared.row = row;
    }

    fn row(&mut self, row: Row<'_>) {
        for slot in row.slots {
            self.shared.out.index.count_use(*slot);
        }
        self.shared.out.tables.code.row(row);
    }

    /// Any of several rows, or one that does not tell how it was written.
    fn rows(&mut self, term: Term<'_>, scope: Scope) {
        let alternatives = self.alternatives(term);
        let texts = &mut self.shared.out.tables.written;
        let written = Some(u32::try_from(texts.len()).unwrap_or(u32::MAX));
        texts.push(term.written.into());
        let at = (alternatives.len() > 1).then(|| self.shared.out.tables.code.open_or());
        for slots in &alternatives {
            self.row(Row { scope, mark: Mark::Quoted, written, slots });
        }
        if let Some(at) = at {
            self.shared.out.tables.code.close(at);
        }
    }

    /// The words of a term in a row, if each is one word however it is looked at; `None` where there is more to it.
    fn plain_row(&mut self, term: Term<'_>, row: &mut Vec<SlotId>) -> Option<Mark> {
        let mut words = term.words();
        let (one, other) = (words.next()?, words.next());
        let inflected = self.is_inflected(term);
        let Some(other) = other else {
            row.push(self.word(one, term.mode, inflected, true, term.written)?);
            return Some(Mark::Bare);
        };
        let mut letters = 0;
        for (at, word) in [one, other].into_iter().chain(words).enumerate() {
            // A Persian compound is written with a joiner, a space or nothing.
            if at < 2 && is_arabic(word.text) {
                return None;
            }
            letters += word.written.len();
            row.push(self.word(word, term.mode, inflected, at == 0, word.written)?);
        }
        let single_spaces = letters + row.len() - 1 == term.text.len() && !term.text.bytes().any(|byte| byte.is_ascii_control());
        let mark = match term.mode {
            Mode::Plain => Mark::Quoted,
            Mode::Exact => Mark::Exact,
            Mode::Cased => Mark::Cased,
            Mode::Inflected => Mark::Inflected,
        };
        (single_spaces && term.written.len() == mark.before().len() + 2 + term.text.len()).then_some(mark)
    }

    fn is_inflected(&self, term: Term<'_>) -> bool {
        match term.mode {
            Mode::Plain => !term.quoted && self.list.morphology,
            Mode::Inflected => true,
            Mode::Exact | Mode::Cased => false,
        }
    }

    /// A word that somebody wrote, made the first time that it is asked for; `None` for what is several words or none.
    fn word(&mut self, word: Word<'_>, mode: Mode, inflected: bool, first: bool, written: &str) -> Option<SlotId> {
        let script = first_script(word.text);
        let clitics = first && has_clitics(script);
        // Words that take no other form are the same in every language.
        let settings = if inflected { 8 + self.settings } else { self.list.fold as usize * 2 + usize::from(self.list.morphology) };
        let how = settings as u64 * 32 + mode as u64 * 4 + u64::from(word.prefix) * 2 + u64::from(clitics);
        let key = mix(hash_bytes(written.as_bytes()), how);
        if let Some(slot) = self.shared.words.get(key) {
            return (slot != SEVERAL).then_some(slot);
        }
        let (mut count, mut place) = (0, (0, 0));
        let folded = &mut self.shared.folded;
        folded.clear();
        each_word(word.text, |start, end, one| {
            count += 1;
            place = (start, end);
            folded.push_str(one);
        });
        let joined = script == Script::Arabic && word.text.contains(['\u{200C}', '\u{200D}']);
        let slot = if count == 1 && !joined {
            let piece = Piece { raw: word.text.get(place.0..place.1).unwrap_or_default(), script: first_script(folded), starred: word.prefix };
            self.make(&piece, mode, inflected, first, written)
        } else {
            SEVERAL
        };
        self.shared.words.insert(key, slot);
        (slot != SEVERAL).then_some(slot)
    }

    fn alternatives(&mut self, term: Term<'_>) -> Vec<Vec<SlotId>> {
        let mut pieces = Vec::new();
        for word in term.words() {
            let tokens = tokenize(word.text);
            for (at, token) in tokens.iter().enumerate() {
                let raw = word.text.get(token.start..token.end).unwrap_or_default();
                let script = token.folded.chars().next().map_or(Script::Other, script_of);
                pieces.push(Piece { raw, script, starred: word.prefix && at + 1 == tokens.len() });
            }
        }
        let inflected = self.is_inflected(term);
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

    /// A word of what is several: terms that write it alike share it.
    fn slot(&mut self, piece: &Piece<'_>, mode: Mode, inflected: bool, first: bool) -> SlotId {
        let languages = if inflected { self.languages } else { None };
        let key = Index::key(&("piece", piece.raw, piece.starred, (mode, inflected, first), (self.list.fold as u8, self.list.morphology, languages)));
        if let Some(slot) = self.shared.out.index.known(key) {
            return slot;
        }
        let slot = self.make(piece, mode, inflected, first, "");
        self.shared.out.index.name(key, slot);
        slot
    }

    fn make(&mut self, piece: &Piece<'_>, mode: Mode, inflected: bool, first: bool, written: &str) -> SlotId {
        let raw = piece.raw;
        let surface = match (mode, self.list.fold) {
            (Mode::Cased, _) => Surface::Cased(fold_word_keeping_case(raw)),
            (_, WatchFold::None) => Surface::Raw(crate::text::normalize(raw)),
            (_, WatchFold::Case) => Surface::Lower(crate::text::normalize(raw).to_lowercase()),
            (_, WatchFold::Standard) => Surface::Any,
        };
        let clitics = first && matches!(mode, Mode::Plain | Mode::Inflected) && self.list.morphology && has_clitics(piece.script);
        let starred = piece.starred || (piece.script == Script::Hangul && matches!(mode, Mode::Plain | Mode::Inflected));
        let index = &mut self.shared.out.index;
        let slot = index.add(Manner { clitics, name: false, surface }, raw.chars().count(), written);
        if !starred && inflected && !piece.script.is_unspaced() {
            index.inflect(slot, raw, self.languages, |letter| letter);
        } else {
            let folded = &mut self.shared.folded;
            folded.clear();
            fold_word_into(raw, folded);
            index.put_word(slot, folded, starred);
        }
        slot
    }
}

/// Stands for what is no single word.
const SEVERAL: SlotId = SlotId::MAX - 1;

fn first_script(text: &str) -> Script {
    text.chars().next().map_or(Script::Other, script_of)
}

fn is_arabic(text: &str) -> bool {
    first_script(text) == Script::Arabic
}

/// Only these scripts write conjunctions, prepositions and articles together with a word.
fn has_clitics(script: Script) -> bool {
    matches!(script, Script::Arabic | Script::Hebrew | Script::Ethiopic)
}
