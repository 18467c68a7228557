//! Which words of all lists occur in a story: one trie over the stems of every word that any list looks for.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::text::{Script, fold_word_keeping_case, script_of};
use crate::watch::forms::{Endings, Form, Tail, semitic_clitics};
use crate::watch::names::russify;

/// One word that some list looks for. Lists that look for the same word share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId(pub u32);

/// What makes a word of a list the same word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SlotKey {
    pub forms: Vec<Form>,
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

#[derive(Debug, Clone, Copy)]
struct Entry {
    slot: SlotId,
    tail: EntryTail,
    languages: u64,
    clitics: bool,
    name: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryTail {
    End,
    Any,
    Endings(u32),
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
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        // The multiplier of FxHash (Firefox), which mixes short keys well.
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
    }
}

type EdgeMap<K, V> = HashMap<K, V, BuildHasherDefault<EdgeHasher>>;

/// The trie, being filled or in use.
#[derive(Debug, Default)]
pub struct Index {
    slots: HashMap<SlotKey, SlotId>,
    surfaces: Vec<Surface>,
    /// How rare a word is likely to be: long words are rare. In letters.
    lengths: Vec<u32>,
    edges: EdgeMap<u64, u32>,
    entries: Vec<Vec<Entry>>,
    ending_ids: HashMap<Endings, u32>,
    endings: Vec<HashSet<&'static str, BuildHasherDefault<EdgeHasher>>>,
}

fn edge(node: u32, letter: char) -> u64 {
    u64::from(node) << 32 | u64::from(u32::from(letter))
}

impl Index {
    /// The slot of a word; a new one where no list asked for it before.
    pub fn slot(&mut self, key: SlotKey) -> SlotId {
        if let Some(slot) = self.slots.get(&key) {
            return *slot;
        }
        if self.entries.is_empty() {
            self.entries.push(Vec::new());
        }
        let slot = SlotId(u32::try_from(self.surfaces.len()).unwrap_or(u32::MAX));
        self.surfaces.push(key.surface.clone());
        let shortest = key.forms.iter().map(|form| form.stem.chars().count()).min().unwrap_or(0);
        self.lengths.push(u32::try_from(shortest).unwrap_or(0));
        for form in &key.forms {
            let tail = match form.tail {
                Tail::End => EntryTail::End,
                Tail::Any => EntryTail::Any,
                Tail::Endings(endings) => EntryTail::Endings(self.ending_set(endings)),
            };
            let node = self.node(&form.stem);
            let entry = Entry { slot, tail, languages: form.languages, clitics: key.clitics, name: key.name };
            if let Some(entries) = self.entries.get_mut(node as usize) {
                entries.push(entry);
            }
        }
        self.slots.insert(key, slot);
        slot
    }

    /// Forgets what only filling needs.
    pub fn seal(&mut self) {
        self.slots = HashMap::new();
        self.ending_ids = HashMap::new();
    }

    /// How many words all lists look for.
    pub fn len(&self) -> usize {
        self.surfaces.len()
    }

    /// What it may cost to look at every list that has this word: short words are common.
    pub fn cost(&self, slot: SlotId) -> u32 {
        let letters = self.lengths.get(slot.0 as usize).copied().unwrap_or(0).clamp(1, 12);
        1000 / (letters * letters)
    }

    fn ending_set(&mut self, endings: Endings) -> u32 {
        if let Some(id) = self.ending_ids.get(&endings) {
            return *id;
        }
        let id = u32::try_from(self.endings.len()).unwrap_or(u32::MAX);
        self.endings.push(endings.0.split_ascii_whitespace().map(|ending| if ending == "_" { "" } else { ending }).collect());
        self.ending_ids.insert(endings, id);
        id
    }

    fn node(&mut self, stem: &str) -> u32 {
        let mut node = 0;
        for letter in stem.chars() {
            let next = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            let target = *self.edges.entry(edge(node, letter)).or_insert(next);
            if target == next {
                self.entries.push(Vec::new());
            }
            node = target;
        }
        node
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
            if new && self.surfaces.get(slot.0 as usize).is_some_and(|surface| surface.agrees(raw)) {
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
        let mut node = 0;
        for (at, letter) in word.char_indices() {
            let Some(next) = self.edges.get(&edge(node, letter)) else { return };
            node = *next;
            let Some(entries) = self.entries.get(node as usize) else { return };
            if entries.is_empty() {
                continue;
            }
            let rest = written.get(at + letter.len_utf8()..).unwrap_or_default();
            for entry in entries {
                let allowed = entry.languages & how.languages != 0 || entry.languages == u64::MAX;
                let kind = if entry.name { how.names } else { how.words };
                if !allowed || !kind || (how.clitics_off && !entry.clitics) {
                    continue;
                }
                let fits = match entry.tail {
                    EntryTail::End => rest.is_empty(),
                    EntryTail::Any => true,
                    EntryTail::Endings(id) => self.endings.get(id as usize).is_some_and(|set| set.contains(rest)),
                };
                if fits {
                    found.push(entry.slot);
                }
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Walk {
    languages: u64,
    /// Clitics were taken off: only words that may have them are met.
    clitics_off: bool,
    names: bool,
    words: bool,
}
