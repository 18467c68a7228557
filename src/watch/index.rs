//! Which words of all lists occur in a story: the words that any list looks for, each with its stems.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::text::{Script, fold_word_keeping_case, script_of};
use crate::watch::forms::{ANY_LANGUAGE, Form, Lemma, Tail, forms, semitic_clitics};
use crate::watch::hash::{EdgeMap, Mixer};
use crate::watch::names::{russified, russify};
use crate::watch::stems::{CLITICS, CLOSED, ClassId, Entry, EntryTail, Filling, NAME, ROOT, Stems, child, whole};

/// The number of a word that some list looks for. Lists that look for the same word share it.
pub type SlotId = u32;

/// What a word of a list matches beside its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manner {
    /// Whether conjunctions, prepositions and articles may be written together before it.
    pub clitics: bool,
    /// Whether Kazakh letters are read as their Russian neighbors. The stems are so already.
    pub name: bool,
    pub surface: Surface,
}

/// What the written form must be beside its folded form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Surface {
    Any,
    /// Folded but for the case.
    Cased(String),
    /// In lower case, accents and all.
    Lower(String),
    /// As it stands.
    Raw(String),
}

impl Surface {
    /// A starred or inflected word goes on after what was written: its beginning must agree as far as the two run together.
    fn agrees(&self, raw: &str) -> bool {
        use unicode_normalization::UnicodeNormalization;
        let (wanted, given) = match self {
            Self::Any => return true,
            Self::Cased(wanted) => (wanted, fold_word_keeping_case(raw)),
            Self::Lower(wanted) => (wanted, raw.nfc().collect::<String>().to_lowercase()),
            Self::Raw(wanted) => (wanted, raw.nfc().collect::<String>()),
        };
        // Stems may be up to two letters shorter than the word they are of.
        let wanted_letters = wanted.chars().count();
        let common = wanted.chars().zip(given.chars()).take_while(|(a, b)| a == b).count();
        given == *wanted || (given.chars().count() != wanted_letters && common + 2 >= wanted_letters.min(given.chars().count()) && common >= 2)
    }
}

/// A stem of a word: the word without its last letters and with others.
#[derive(Debug)]
struct Stem {
    cut: usize,
    more: Box<str>,
    class: ClassId,
}

/// The words, being gathered or in use.
#[derive(Debug, Default)]
pub struct Index {
    /// Words by a hash of what names them, while they are gathered.
    slots: EdgeMap<u64, SlotId>,
    /// [`CLITICS`] and [`NAME`] of each slot, while they are gathered.
    flags: Vec<u32>,
    /// Surfaces other than [`Surface::Any`], which are few.
    surfaces: EdgeMap<SlotId, Surface>,
    /// What users wrote, one word after another, and where each ends.
    written: String,
    ends: Vec<u32>,
    /// How often a word is likely to occur: short words are common, and words that begin so more than words that are so.
    commonness: Vec<u16>,
    /// How many terms of all lists use the word: what many lists ask for, many stories say.
    uses: Vec<u32>,
    filling: Filling,
    stems: Stems,
    /// How words that end alike are inflected, and their numbers by languages and ending.
    patterns: Vec<Arc<[Stem]>>,
    pattern_ids: EdgeMap<(u64, String), usize>,
}

impl Index {
    /// A key of what names a word: its forms and its manner.
    pub fn key(of: &impl Hash) -> u64 {
        let mut hasher = Mixer::default();
        of.hash(&mut hasher);
        hasher.finish()
    }

    /// The slot that was added under a key.
    pub fn known(&self, key: u64) -> Option<SlotId> {
        self.slots.get(&key).copied()
    }

    /// Gives a word a key by which [`Index::known`] finds it.
    pub fn name(&mut self, key: u64, slot: SlotId) {
        self.slots.insert(key, slot);
    }

    /// Adds a word. `letters` is how long it is, `written` what explanations say of it.
    pub fn add(&mut self, manner: Manner, letters: usize, written: &str) -> SlotId {
        let slot = number(self.uses.len());
        self.flags.push(if manner.clitics { CLITICS } else { 0 } | if manner.name { NAME } else { 0 });
        if manner.surface != Surface::Any {
            self.surfaces.insert(slot, manner.surface);
        }
        self.written.push_str(written);
        self.ends.push(number(self.written.len()));
        self.commonness.push(commonness(letters));
        self.uses.push(0);
        slot
    }

    /// Gives a word one form for all languages, folded: itself, or whatever begins with it.
    pub fn put_word(&mut self, slot: SlotId, folded: &str, starred: bool) {
        let stem = folded.chars().fold(ROOT, child);
        if starred {
            self.put_stem(slot, stem, EntryTail::Any, ANY_LANGUAGE);
        } else {
            self.put_stem(slot, stem, EntryTail::End, ANY_LANGUAGE);
        }
    }

    /// Gives a word one form.
    pub fn put(&mut self, slot: SlotId, form: &Form) {
        let tail = self.tail(form.tail);
        let stem = form.stem.chars().fold(ROOT, child);
        self.put_stem(slot, stem, tail, form.languages);
    }

    fn put_stem(&mut self, slot: SlotId, stem: u64, tail: EntryTail, languages: u64) {
        if tail == EntryTail::Any
            && let Some(common) = self.commonness.get_mut(slot as usize)
        {
            // Words that begin so are more than words that are so.
            *common = common.saturating_mul(4);
        }
        let class = self.filling.class(&[(tail, languages)]);
        // Most words of phrases take no other form: nothing looks at their stems but the end of a word.
        let is_whole = tail == EntryTail::End && languages == ANY_LANGUAGE;
        self.enter(if is_whole { whole(stem) } else { stem }, slot, class);
    }

    /// Gives a word the forms of some languages. `letter` changes the letters of its stems.
    pub fn inflect(&mut self, slot: SlotId, word: &str, only: Option<u64>, letter: fn(char) -> char) {
        let lemma = Lemma::new(word);
        let pattern = match lemma.ending() {
            Some(ending) => {
                let key = (only.unwrap_or(ANY_LANGUAGE), ending);
                if let Some(known) = self.pattern_ids.get(&key) {
                    *known
                } else {
                    let pattern = self.pattern(&lemma, only);
                    self.pattern_ids.insert(key, pattern);
                    pattern
                }
            }
            None => self.pattern(&lemma, only),
        };
        // The word's own beginnings first: stems are these, with a few letters more.
        let beginnings: Vec<u64> = std::iter::once(ROOT)
            .chain(lemma.letters.iter().scan(ROOT, |stem, own| {
                *stem = child(*stem, letter(*own));
                Some(*stem)
            }))
            .collect();
        let stems = self.patterns.get(pattern).map(Arc::clone).unwrap_or_default();
        for stem in stems.iter() {
            let Some(from) = beginnings.len().checked_sub(1 + stem.cut).and_then(|at| beginnings.get(at)) else { continue };
            let hash = stem.more.chars().fold(*from, |hash, more| child(hash, letter(more)));
            self.enter(hash, slot, stem.class);
        }
    }

    /// The stems of a word as what they change at its end.
    fn pattern(&mut self, lemma: &Lemma, only: Option<u64>) -> usize {
        let mut forms = forms(lemma, only);
        forms.sort_unstable_by(|a, b| a.stem.cmp(&b.stem));
        let mut stems = Vec::new();
        let mut tails: Vec<(EntryTail, u64)> = Vec::new();
        for alike in forms.chunk_by(|a, b| a.stem == b.stem) {
            tails.clear();
            for form in alike {
                let tail = self.tail(form.tail);
                match tails.iter_mut().find(|(known, _)| *known == tail) {
                    Some((_, languages)) => *languages |= form.languages,
                    None => tails.push((tail, form.languages)),
                }
            }
            tails.sort_unstable();
            let class = self.filling.class(&tails);
            let Some(form) = alike.first() else { continue };
            let common = form.stem.chars().zip(&lemma.letters).take_while(|(one, other)| one == *other).count();
            stems.push(Stem { cut: lemma.letters.len() - common, more: form.stem.chars().skip(common).collect(), class });
        }
        self.patterns.push(stems.into());
        self.patterns.len() - 1
    }

    fn enter(&mut self, stem: u64, slot: SlotId, class: ClassId) {
        let flags = self.flags.get(slot as usize).copied().unwrap_or(0);
        self.filling.enter(stem, slot, flags, class);
    }

    fn tail(&mut self, tail: Tail) -> EntryTail {
        match tail {
            Tail::End => EntryTail::End,
            Tail::Endings(endings) => EntryTail::Endings(self.filling.endings(endings)),
        }
    }

    /// Counts a term that uses a word.
    pub fn count_use(&mut self, slot: SlotId) {
        if let Some(uses) = self.uses.get_mut(slot as usize) {
            *uses = uses.saturating_add(1);
        }
    }

    /// Ends gathering: words can be looked up, and what only gathering needs is forgotten.
    pub fn seal(&mut self) {
        self.slots = EdgeMap::default();
        self.patterns = Vec::new();
        self.pattern_ids = EdgeMap::default();
        self.flags = Vec::new();
        self.commonness = Vec::new();
        self.uses = Vec::new();
        self.written.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.stems = std::mem::take(&mut self.filling).seal();
    }

    /// How many words all lists look for.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// What the user wrote.
    pub fn written(&self, slot: SlotId) -> &str {
        let at = slot as usize;
        let from = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        let to = self.ends.get(at).map_or(from, |end| *end as usize);
        self.written.get(from..to).unwrap_or_default()
    }

    /// What it may cost to look at every list that waits for a word, by word; known until [`Index::seal`].
    pub fn costs(&self) -> Vec<u32> {
        let both = self.commonness.iter().zip(&self.uses);
        both.map(|(common, uses)| u32::from(*common).saturating_mul(uses.saturating_add(1))).collect()
    }

    /// The slots that a word of a story fills. `raw` is the word as it stands; `languages` are those whose rules apply to its script.
    pub fn lookup(&self, folded: &str, raw: &str, languages: u64, found: &mut Vec<SlotId>) {
        let Some(script) = folded.chars().next().map(script_of) else { return };
        let start = found.len();
        let plain = Walk { languages, clitics_off: false, names: true, words: true };
        if script == Script::Cyrillic {
            if folded.chars().all(|letter| russified(letter) == letter) {
                self.walk(folded, plain, found);
            } else {
                let russian = russify(folded);
                self.walk(folded, Walk { names: false, ..plain }, found);
                self.walk_with_endings_of(&russian, folded, Walk { words: false, ..plain }, found);
            }
        } else {
            self.walk(folded, plain, found);
            for rest in semitic_clitics(folded, script) {
                self.walk(rest, Walk { clitics_off: true, ..plain }, found);
            }
        }
        // Few words of a story are in any list.
        if found.len() == start || (found.len() == start + 1 && self.surfaces.is_empty()) {
            return;
        }
        let mut kept = start;
        for at in start..found.len() {
            let slot = found[at]; // at is below the length
            let new = !found[start..kept].contains(&slot); // kept never passes at
            if new && self.surfaces.get(&slot).is_none_or(|surface| surface.agrees(raw)) {
                found[kept] = slot;
                kept += 1;
            }
        }
        found.truncate(kept);
    }

    fn walk(&self, word: &str, how: Walk, found: &mut Vec<SlotId>) {
        self.walk_with_endings_of(word, word, how, found);
    }

    /// Follows the letters of `word`; endings are compared as `written` has them. The two have their letters at the same bytes.
    fn walk_with_endings_of(&self, word: &str, written: &str, how: Walk, found: &mut Vec<SlotId>) {
        let mut stem = ROOT;
        for (at, letter) in word.char_indices() {
            stem = child(stem, letter);
            let entries = self.stems.entries(stem);
            if entries.is_empty() {
                continue;
            }
            let rest = written.get(at + letter.len_utf8()..).unwrap_or_default();
            let sets = self.stems.sets_of(rest);
            for entry in entries {
                if sets.is_none() && !rest.is_empty() && entry.is(CLOSED) {
                    break;
                }
                if how.meets(*entry) && self.stems.may_follow(*entry, rest, sets, how.languages) {
                    found.push(entry.slot());
                }
            }
        }
        found.extend(self.stems.entries(whole(stem)).iter().filter(|entry| how.meets(**entry)).map(|entry| entry.slot()));
    }
}

/// One letter is in every story, a long word in few: by the square of the letters, as a fit to word lists of news.
fn commonness(letters: usize) -> u16 {
    let letters = letters.clamp(1, 12);
    u16::try_from(1000 / (letters * letters)).unwrap_or(u16::MAX)
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[derive(Debug, Clone, Copy)]
struct Walk {
    languages: u64,
    /// Clitics were taken off: only words that may have them are met.
    clitics_off: bool,
    names: bool,
    words: bool,
}

impl Walk {
    /// Whether a walk of this sort looks for the word of an entry.
    fn meets(self, entry: Entry) -> bool {
        let kind = if entry.is(NAME) { self.names } else { self.words };
        kind && (!self.clitics_off || entry.is(CLITICS))
    }
}
