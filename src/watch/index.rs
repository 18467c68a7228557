//! Which words of all lists occur in a story: one trie over the stems of every word that any list looks for.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::text::{Script, fold_word_keeping_case, script_of};
use crate::watch::forms::{ANY_LANGUAGE, Endings, Form, Lemma, Tail, forms, semitic_clitics};
use crate::watch::names::russify;

/// One word that some list looks for. Lists that look for the same word share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId(pub u32);

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

/// A stem of a word at a node of the trie.
#[derive(Debug, Clone, Copy)]
struct Entry {
    slot: SlotId,
    /// The class and, above it, [`CLITICS`] and [`NAME`].
    class: u32,
}

const CLITICS: u32 = 1 << 31;
const NAME: u32 = 1 << 30;

/// What may follow a stem, by language. Words that are inflected alike share one class: there are thousands of words to a class.
#[derive(Debug)]
struct Class {
    /// All languages of the tails.
    languages: u64,
    tails: Box<[(EntryTail, u64)]>,
    /// Whether words may go on as they like.
    open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum EntryTail {
    End,
    Any,
    Endings(u32),
}

/// A stem of a word: the word without its last letters and with others.
#[derive(Debug)]
struct Stem {
    cut: usize,
    more: Box<str>,
    class: u32,
}

/// A cheap hash for edges: FNV over the few bytes of a node number and a letter would cost as much as the lookup.
#[derive(Debug, Default, Clone, Copy)]
pub struct EdgeHasher(u64);

impl Hasher for EdgeHasher {
    fn finish(&self) -> u64 {
        // Multiplication mixes upward; tables look at the low bits.
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk); // a chunk has at most eight
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        // The multiplier of FxHash (Firefox), which mixes short keys well.
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
    }
}

/// A map whose keys are small numbers or short words.
pub type EdgeMap<K, V> = HashMap<K, V, BuildHasherDefault<EdgeHasher>>;

/// The trie, being filled or in use.
#[derive(Debug, Default)]
pub struct Index {
    slots: EdgeMap<Box<str>, SlotId>,
    /// [`CLITICS`] and [`NAME`] of each slot.
    flags: Vec<u32>,
    /// Surfaces other than [`Surface::Any`], which are few.
    surfaces: EdgeMap<u32, Surface>,
    /// How often a word is likely to occur: short words are common, and words that begin so more than words that are so.
    commonness: Vec<u16>,
    /// How many terms of all lists use the word: what many lists ask for, many stories say.
    uses: Vec<u32>,
    edges: EdgeMap<u64, u32>,
    /// Words that take no other form, which most words of phrases are: each with its slots, as a chain through `whole_slots`.
    whole: EdgeMap<Box<str>, u32>,
    whole_slots: Vec<(Entry, u32)>,
    nodes: u32,
    /// Entries with their nodes, while the trie is filled.
    loose: Vec<(u32, Entry)>,
    /// Entries by node, those that leave the word open first, and where each node's begin; one more at the end.
    entries: Vec<Entry>,
    from: Vec<u32>,
    classes: Vec<Class>,
    class_ids: EdgeMap<Vec<(EntryTail, u64)>, u32>,
    /// How words that end alike are inflected, and their numbers by languages and ending.
    patterns: Vec<Arc<[Stem]>>,
    pattern_ids: EdgeMap<(u64, String), usize>,
    ending_ids: HashMap<Endings, u32>,
    endings: Vec<EndingSet>,
    /// Every ending of every set: most rests of a word are none.
    any_ending: EndingSet,
    longest_ending: usize,
}

type EndingSet = HashSet<&'static str, BuildHasherDefault<EdgeHasher>>;

fn edge(node: u32, letter: char) -> u64 {
    u64::from(node) << 32 | u64::from(u32::from(letter))
}

impl Index {
    /// The slot that was added under a key.
    pub fn known(&self, key: &str) -> Option<SlotId> {
        self.slots.get(key).copied()
    }

    /// Adds a word under a key that names its forms and manner; [`Index::known`] says whether it is there. `letters` is how long it is.
    pub fn add(&mut self, key: &str, manner: Manner, letters: usize) -> SlotId {
        let slot = SlotId(number(self.uses.len()));
        self.flags.push(if manner.clitics { CLITICS } else { 0 } | if manner.name { NAME } else { 0 });
        if manner.surface != Surface::Any {
            self.surfaces.insert(slot.0, manner.surface);
        }
        self.commonness.push(commonness(letters));
        self.uses.push(0);
        self.slots.insert(key.into(), slot);
        slot
    }

    /// Gives a word one form.
    pub fn put(&mut self, slot: SlotId, form: &Form) {
        if form.tail == Tail::End && form.languages == ANY_LANGUAGE {
            return self.put_whole(slot, &form.stem);
        }
        let tail = self.tail(form.tail);
        if tail == EntryTail::Any
            && let Some(common) = self.commonness.get_mut(slot.0 as usize)
        {
            // Words that begin so are more than words that are so.
            *common = common.saturating_mul(4);
        }
        let class = self.class(&[(tail, form.languages)]);
        let node = form.stem.chars().fold(0, |node, letter| self.child(node, letter));
        self.enter(node, slot, class);
    }

    fn put_whole(&mut self, slot: SlotId, word: &str) {
        let flags = self.flags.get(slot.0 as usize).copied().unwrap_or(0);
        let at = number(self.whole_slots.len());
        let next = if let Some(first) = self.whole.get_mut(word) {
            std::mem::replace(first, at)
        } else {
            self.whole.insert(word.into(), at);
            u32::MAX
        };
        self.whole_slots.push((Entry { slot, class: flags }, next));
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
        // The word's own nodes first: stems are its beginnings, with a few letters more.
        let mut nodes = Vec::with_capacity(lemma.letters.len() + 1);
        let mut node = 0;
        nodes.push(node);
        for own in &lemma.letters {
            node = self.child(node, letter(*own));
            nodes.push(node);
        }
        let stems = self.patterns.get(pattern).map(Arc::clone).unwrap_or_default();
        for stem in stems.iter() {
            let Some(from) = nodes.len().checked_sub(1 + stem.cut).and_then(|at| nodes.get(at)) else { continue };
            let node = stem.more.chars().fold(*from, |node, more| self.child(node, letter(more)));
            self.enter(node, slot, stem.class);
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
            let class = self.class(&tails);
            let Some(form) = alike.first() else { continue };
            let common = form.stem.chars().zip(&lemma.letters).take_while(|(one, other)| one == *other).count();
            stems.push(Stem { cut: lemma.letters.len() - common, more: form.stem.chars().skip(common).collect(), class });
        }
        self.patterns.push(stems.into());
        self.patterns.len() - 1
    }

    fn enter(&mut self, node: u32, slot: SlotId, class: u32) {
        let flags = self.flags.get(slot.0 as usize).copied().unwrap_or(0);
        self.loose.push((node, Entry { slot, class: class | flags }));
    }

    fn tail(&mut self, tail: Tail) -> EntryTail {
        match tail {
            Tail::End => EntryTail::End,
            Tail::Any => EntryTail::Any,
            Tail::Endings(endings) => EntryTail::Endings(self.ending_set(endings)),
        }
    }

    /// Counts a term that uses a word.
    pub fn count_use(&mut self, slot: SlotId) {
        if let Some(uses) = self.uses.get_mut(slot.0 as usize) {
            *uses = uses.saturating_add(1);
        }
    }

    /// Forgets what only filling needs.
    pub fn seal(&mut self) {
        self.slots = EdgeMap::default();
        self.class_ids = EdgeMap::default();
        self.patterns = Vec::new();
        self.pattern_ids = EdgeMap::default();
        self.ending_ids = HashMap::new();
        self.edges.shrink_to_fit();
        self.whole.shrink_to_fit();
        self.whole_slots.shrink_to_fit();
        self.commonness.shrink_to_fit();
        self.flags = Vec::new();
        self.any_ending = self.endings.iter().flatten().copied().collect();
        self.longest_ending = self.any_ending.iter().map(|ending| ending.len()).max().unwrap_or(0);
        let loose = std::mem::take(&mut self.loose);
        self.sort_by_node(loose);
    }

    fn sort_by_node(&mut self, loose: Vec<(u32, Entry)>) {
        self.from = vec![0; self.nodes as usize + 2];
        for (node, _) in &loose {
            if let Some(count) = self.from.get_mut(*node as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for from in &mut self.from {
            sum += *from;
            *from = sum;
        }
        self.entries = vec![Entry { slot: SlotId(0), class: 0 }; loose.len()];
        let mut next = self.from.clone();
        let (open, closed): (Vec<_>, Vec<_>) = loose.into_iter().partition(|(_, entry)| self.class_of(*entry).is_some_and(|class| class.open));
        for (node, entry) in open.into_iter().chain(closed) {
            if let Some(at) = next.get_mut(node as usize) {
                if let Some(target) = self.entries.get_mut(*at as usize) {
                    *target = entry;
                }
                *at += 1;
            }
        }
    }

    fn class_of(&self, entry: Entry) -> Option<&Class> {
        self.classes.get((entry.class & !(CLITICS | NAME)) as usize)
    }

    /// How many words all lists look for.
    pub fn len(&self) -> usize {
        self.uses.len()
    }

    /// Whether any word depends on how a story writes it beside its folded form.
    pub fn looks_at_surfaces(&self) -> bool {
        !self.surfaces.is_empty()
    }

    /// What it may cost to look at every list that waits for this word.
    pub fn cost(&self, slot: SlotId) -> u64 {
        let at = slot.0 as usize;
        let common = u64::from(self.commonness.get(at).copied().unwrap_or(1));
        common * (1 + u64::from(self.uses.get(at).copied().unwrap_or(0)))
    }

    fn class(&mut self, tails: &[(EntryTail, u64)]) -> u32 {
        if let Some(id) = self.class_ids.get(tails) {
            return *id;
        }
        let id = number(self.classes.len());
        let open = tails.iter().any(|(tail, _)| *tail == EntryTail::Any);
        self.classes.push(Class { open, languages: tails.iter().fold(0, |all, (_, languages)| all | languages), tails: tails.into() });
        self.class_ids.insert(tails.to_vec(), id);
        id
    }

    fn ending_set(&mut self, endings: Endings) -> u32 {
        if let Some(id) = self.ending_ids.get(&endings) {
            return *id;
        }
        let id = number(self.endings.len());
        self.endings.push(endings.0.split_ascii_whitespace().map(|ending| if ending == "_" { "" } else { ending }).collect());
        self.ending_ids.insert(endings, id);
        id
    }

    fn child(&mut self, node: u32, letter: char) -> u32 {
        let next = self.nodes + 1;
        let target = *self.edges.entry(edge(node, letter)).or_insert(next);
        if target == next {
            self.nodes = next;
        }
        target
    }

    /// The slots that a word of a story fills. `raw` is the word as it stands; `languages` are those whose rules apply to its script.
    pub fn lookup(&self, folded: &str, raw: &str, languages: u64, found: &mut Vec<SlotId>) {
        let Some(script) = folded.chars().next().map(script_of) else { return };
        let start = found.len();
        let plain = Walk { languages, clitics_off: false, names: true, words: true };
        if script == Script::Cyrillic {
            let russian = russify(folded);
            if russian == folded {
                self.walk(folded, plain, found);
            } else {
                self.walk(folded, Walk { names: false, ..plain }, found);
                self.walk_with_endings_of(&russian, folded, Walk { words: false, ..plain }, found);
            }
        } else {
            self.walk(folded, plain, found);
            for rest in semitic_clitics(folded, script) {
                self.walk(rest, Walk { clitics_off: true, ..plain }, found);
            }
        }
        let mut kept = start;
        for at in start..found.len() {
            let slot = found[at]; // at is below the length
            let new = !found[start..kept].contains(&slot); // kept never passes at
            if new && self.surfaces.get(&slot.0).is_none_or(|surface| surface.agrees(raw)) {
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
        let mut next = self.whole.get(word).copied().unwrap_or(u32::MAX);
        while let Some((entry, after)) = self.whole_slots.get(next as usize) {
            next = *after;
            if how.meets(*entry) {
                found.push(entry.slot);
            }
        }
        let mut node = 0;
        for (at, letter) in word.char_indices() {
            let Some(next) = self.edges.get(&edge(node, letter)) else { return };
            node = *next;
            let entries = match self.from.get(node as usize..node as usize + 2) {
                Some(&[from, to]) => self.entries.get(from as usize..to as usize).unwrap_or_default(),
                _ => return,
            };
            if entries.is_empty() {
                continue;
            }
            let rest = written.get(at + letter.len_utf8()..).unwrap_or_default();
            let closes = rest.is_empty() || (rest.len() <= self.longest_ending && self.any_ending.contains(rest));
            for entry in entries {
                let Some(class) = self.class_of(*entry) else { return };
                if !closes && !class.open {
                    break;
                }
                if how.meets(*entry) && self.may_follow(class, rest, how.languages) {
                    found.push(entry.slot);
                }
            }
        }
    }

    fn may_follow(&self, class: &Class, rest: &str, languages: u64) -> bool {
        let fits = |(tail, of): &(EntryTail, u64)| {
            (of & languages != 0 || *of == ANY_LANGUAGE)
                && match tail {
                    EntryTail::End => rest.is_empty(),
                    EntryTail::Any => true,
                    EntryTail::Endings(id) => self.endings.get(*id as usize).is_some_and(|set| set.contains(rest)),
                }
        };
        (class.languages & languages != 0 || class.languages == ANY_LANGUAGE) && class.tails.iter().any(fits)
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
        let kind = if entry.class & NAME == 0 { self.words } else { self.names };
        kind && (!self.clitics_off || entry.class & CLITICS != 0)
    }
}
