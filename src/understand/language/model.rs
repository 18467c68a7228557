//! The n-gram model: from a text to one score a language.
//!
//! Naive Bayes over byte n-grams found by an Aho-Corasick automaton, as in langid.py (Lui and Baldwin 2012) and its fork py3langid, whose
//! 0.4.0 model `data/language/model.bin` is made from (`generate.py` there describes the layout). The table is read where it lies in
//! the binary; only the automaton's links, about 2 MB, are built at the first use.

use std::sync::LazyLock;

/// The model in the binary.
static DATA: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/language/model.bin"));

/// Reading it fails only if the file was damaged before the build; a test reads it.
static MODEL: LazyLock<Option<Model>> = LazyLock::new(|| Model::read(DATA));

/// A language's column in the table.
struct Column {
    code: String,
    prior: f32,
    floor: f32,
}

struct Model {
    columns: Vec<Column>,
    step: f32,
    /// The label of each state's incoming edge.
    labels: &'static [u8],
    /// The first child of each state; its last is before the next state's first.
    first_child: Vec<u32>,
    /// The state of the longest proper suffix.
    fail: Vec<u32>,
    /// Three bytes a state: the number of its n-gram plus one.
    grams: &'static [u8],
    /// Which languages have an n-gram above their floor.
    bitmaps: &'static [u8],
    bitmap_width: usize,
    /// Where the values of each n-gram begin.
    value_starts: Vec<u32>,
    values: &'static [u8],
}

/// Scores each language of the model: log probability of the text, up to a constant. Empty when no n-gram was met.
///
/// A language that the model holds once a script is named once a script.
pub fn scores(text: &str) -> Vec<(&'static str, f32)> {
    MODEL.as_ref().map(|model| model.score(text)).unwrap_or_default()
}

/// Reads little-endian numbers from the front of a slice.
struct Reader(&'static [u8]);

impl Reader {
    fn take(&mut self, length: usize) -> Option<&'static [u8]> {
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.u32()?).ok()
    }

    fn f32(&mut self) -> Option<f32> {
        Some(f32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
}

impl Model {
    fn read(data: &'static [u8]) -> Option<Self> {
        let mut reader = Reader(data);
        if reader.take(4)? != b"PWL1" {
            return None;
        }
        let (language_count, state_count, gram_count, step) = (reader.size()?, reader.size()?, reader.size()?, reader.f32()?);
        let mut columns = Vec::with_capacity(language_count);
        for _ in 0..language_count {
            let code = std::str::from_utf8(reader.take(8)?).ok()?.trim_end_matches('\0').to_owned();
            columns.push(Column { code, prior: reader.f32()?, floor: reader.f32()? });
        }
        let labels = reader.take(state_count)?;
        let child_counts = reader.take(state_count)?;
        let grams = reader.take(state_count.checked_mul(3)?)?;
        let bitmap_width = language_count.div_ceil(8);
        let bitmaps = reader.take(gram_count.checked_mul(bitmap_width)?)?;
        let values = reader.0;

        let mut first_child = Vec::with_capacity(state_count + 1);
        let mut next = 1u32;
        for count in child_counts {
            first_child.push(next);
            next += u32::from(*count);
        }
        first_child.push(next);
        let mut value_starts = Vec::with_capacity(gram_count);
        let mut start = 0u32;
        for bitmap in bitmaps.chunks_exact(bitmap_width) {
            value_starts.push(start);
            start += bitmap.iter().map(|byte| byte.count_ones()).sum::<u32>();
        }
        if next as usize != state_count || start as usize != values.len() {
            return None;
        }
        let mut model = Self { columns, step, labels, first_child, fail: vec![0; state_count], grams, bitmaps, bitmap_width, value_starts, values };
        // Breadth-first numbering: the parent and every shallower state have their links already.
        for state in 1..state_count {
            for child in model.children(state) {
                let label = *model.labels.get(child)?;
                let target = model.step_from(*model.fail.get(state)?, label);
                *model.fail.get_mut(child)? = target;
            }
        }
        Some(model)
    }

    fn children(&self, state: usize) -> std::ops::Range<usize> {
        match (self.first_child.get(state), self.first_child.get(state + 1)) {
            (Some(first), Some(end)) => *first as usize..*end as usize,
            _ => 0..0,
        }
    }

    /// The automaton's move.
    fn step_from(&self, mut state: u32, byte: u8) -> u32 {
        loop {
            let children = self.children(state as usize);
            let first = children.start;
            if let Ok(place) = self.labels.get(children).unwrap_or_default().binary_search(&byte) {
                return u32::try_from(first + place).unwrap_or(0);
            }
            if state == 0 {
                return 0;
            }
            state = self.fail.get(state as usize).copied().unwrap_or(0);
        }
    }

    fn score(&self, text: &str) -> Vec<(&str, f32)> {
        let mut state = 0;
        let mut met: Vec<u32> = Vec::with_capacity(text.len());
        for byte in text.bytes() {
            state = self.step_from(state, byte);
            let at = state as usize * 3;
            if let Some([a, b, c]) = self.grams.get(at..at + 3) {
                let gram = u32::from_le_bytes([*a, *b, *c, 0]);
                if gram > 0 {
                    met.push(gram - 1);
                }
            }
        }
        if met.is_empty() {
            return Vec::new();
        }
        met.sort_unstable();
        let mut sums = vec![0.0f32; self.columns.len()];
        let mut total = 0.0f32;
        for run in met.chunk_by(|a, b| a == b) {
            // Dampened counts: a word said ten times is no ten pieces of evidence.
            let weight = (run.len() as f32).ln_1p();
            total += weight;
            self.add(run.first().copied().unwrap_or(0) as usize, weight * self.step, &mut sums);
        }
        self.columns.iter().zip(sums).map(|(column, sum)| (column.code.as_str(), column.prior + total * column.floor + sum)).collect()
    }

    fn add(&self, gram: usize, weight: f32, sums: &mut [f32]) {
        let bitmap = self.bitmaps.get(gram * self.bitmap_width..(gram + 1) * self.bitmap_width).unwrap_or_default();
        let start = self.value_starts.get(gram).copied().unwrap_or(0) as usize;
        let mut values = self.values.get(start..).unwrap_or_default().iter();
        for (byte, place) in bitmap.iter().zip((0..).step_by(8)) {
            let mut bits = *byte;
            while bits != 0 {
                let column = place + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if let (Some(sum), Some(value)) = (sums.get_mut(column), values.next()) {
                    *sum += weight * f32::from(*value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_in_the_binary_is_whole() {
        let model = MODEL.as_ref().expect("data/language/model.bin is damaged: run data/language/generate.py");
        assert!(model.columns.len() > 80, "{} columns", model.columns.len());
        for code in ["en", "ru", "kk", "ar", "zh", "tr", "sw"] {
            assert!(model.columns.iter().any(|column| column.code == code), "{code}");
        }
    }

    #[test]
    fn a_truncated_model_is_refused() {
        for length in [0, 3, 40, 5_000, 900_000, DATA.len() - 1] {
            assert!(Model::read(&DATA[..length]).is_none(), "{length}");
        }
    }

    #[test]
    fn a_sentence_scores_highest_in_its_language() {
        let scores = scores("The editor was arrested at the airport on Monday morning.");
        let best = scores.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(code, _)| *code);
        assert_eq!(best, Some("en"));
    }

    #[test]
    fn a_text_without_ngrams_has_no_scores() {
        assert!(scores("").is_empty());
    }
}
