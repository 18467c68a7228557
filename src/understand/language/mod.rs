//! From a text and what its publisher declared to a language.
//!
//! In: the declared language (feed, page, source) and plain text. Out: a primary subtag with a confidence and a reason, `und` rather than a
//! guess. The script decides what it can, the letters what they can, and an n-gram model the rest; a declaration is a prior that clear
//! evidence overrules. Absent: dialects, and languages that the model was cut to leave out (docs/decisions/0022).

mod model;
mod script;
mod words;

use unicode_normalization::UnicodeNormalization;

use crate::model::Language;
use script::Script;

/// A language with the reasons for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Detected {
    pub language: Language,
    /// 0..1
    pub confidence: f32,
    /// For people: `Georgian letters`, `n-grams, uk next`, `declared, the text is too short`.
    pub reason: String,
}

/// The front of a text is enough: more changes no verdict and costs time.
const TEXT_LIMIT_CHARS: usize = 3_000;
/// Below this many letters (weighted by script) there is nothing to judge.
const LEAST_LETTERS: usize = 3;
/// Log probability that a declaration is worth: about two telling n-grams of a headline.
const DECLARED_WORTH: f32 = 8.0;
/// What one letter outside of a language's alphabet costs, and the most that they cost together.
const FOREIGN_LETTER_COST: f32 = 4.0;
const FOREIGN_LETTERS_CAP: usize = 10;
/// Under this confidence the answer is `und`.
const LEAST_CONFIDENCE: f32 = 0.38;
/// What a language of few sources must be ahead by: it would else take headlines from its large neighbours.
const RARE_COST: f32 = 15.0;
/// Such languages.
const RARE: &[&str] = &["af", "bs", "ca", "cy", "eu", "ga", "gl", "ig", "is", "lg", "mg", "ms", "mt", "om", "rw", "sn", "yo", "zu"];
/// What a language pays whose headlines look like those of a neighbour with many times its press: Bulgarian beside Russian.
const SMALL_COST: f32 = 9.0;
/// Such languages.
const SMALL: &[&str] = &["bg", "da", "et", "ht", "lt", "mk", "ne", "so", "sq", "tl"];
/// Languages of the model that are not written in Latin letters today.
const NEVER_LATIN: &[&str] = &[
    "am", "ar", "as", "be", "bg", "bn", "el", "fa", "gu", "he", "hi", "hy", "ja", "ka", "kk", "km", "kn", "ko", "ky", "lo", "mk", "ml", "mn", "mr",
    "my", "ne", "or", "pa", "ps", "ru", "si", "ta", "te", "tg", "th", "tt", "ug", "uk", "ur", "zh",
];
/// Declared languages that the detector takes for a relative: the declaration stands where it says the relative.
const RELATIVES: &[(&str, &[&str])] = &[
    ("ast", &["es", "gl"]),
    ("ba", &["tt", "ru"]),
    ("bs", &["hr", "sr", "sl"]),
    ("ckb", &["fa", "ug", "ur"]),
    ("fo", &["is", "da"]),
    ("hr", &["bs", "sr", "sl"]),
    ("lb", &["de", "nl"]),
    ("ms", &["id"]),
    ("nn", &["no", "da"]),
    ("sd", &["ur", "ar", "fa", "ps"]),
    ("sr", &["hr", "bs", "mk"]),
    ("yi", &["he"]),
];

/// Detects the language of a text. `declared` is what the publisher says; it is believed unless the text clearly says otherwise.
pub fn detect(declared: Option<&Language>, text: &str) -> Detected {
    let declared = declared.map(canonical).filter(|language| !language.is_undetermined());
    let text = prepare(text);
    let Some((script, share)) = dominant_script(&text) else {
        return unreadable(declared, "too few letters");
    };
    let text = only_script(&text, script);
    let found = by_script(script, &text, declared.as_ref()).unwrap_or_else(|| by_model(script, &text, declared.as_ref()));
    let found = Detected { confidence: found.confidence * share.clamp(0.5, 1.0).sqrt(), ..found };
    reconcile(declared, found)
}

/// Gives the subtag in use for a deprecated or narrower one.
fn canonical(language: &Language) -> Language {
    let code = match language.as_str() {
        "iw" => "he",
        "in" => "id",
        "ji" => "yi",
        "mo" => "ro",
        "nb" => "no",
        "sh" => "sr",
        "kmr" => "ku",
        "fil" => "tl",
        "prs" | "pes" => "fa",
        "arb" => "ar",
        "cmn" => "zh",
        other => other,
    };
    Language::parse(code).unwrap_or_else(Language::undetermined)
}

/// The front of the text in one normal form, without addresses, which are written in Latin letters in every language.
fn prepare(text: &str) -> String {
    let front: String = text.chars().take(TEXT_LIMIT_CHARS).collect();
    let mut clean = String::with_capacity(front.len());
    for word in front.split_inclusive(char::is_whitespace) {
        let address = word.contains("://") || word.contains('@') || word.starts_with("www.") || word.starts_with('#');
        clean.push_str(if address { " " } else { word });
    }
    if !clean.chars().any(char::is_lowercase) {
        clean = clean.to_lowercase();
    }
    // Presentation forms (Arabic ligatures, full-width Latin) stand for plain letters.
    if clean.chars().any(|letter| matches!(letter, '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{FF01}'..='\u{FF9D}')) {
        clean.nfkc().collect()
    } else {
        clean.nfc().collect()
    }
}

/// The script that says most, with its share of what is said.
fn dominant_script(text: &str) -> Option<(Script, f32)> {
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for script in text.chars().filter_map(Script::of) {
        match counts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, count)) => *count += script.weight(),
            None => counts.push((script, script.weight())),
        }
    }
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    let (script, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (total >= LEAST_LETTERS).then(|| (script, count as f32 / total as f32))
}

/// Blanks the letters of other scripts: a Latin name in an Armenian sentence is no evidence.
fn only_script(text: &str, script: Script) -> String {
    text.chars().map(|letter| if Script::of(letter).is_some_and(|other| other != script) { ' ' } else { letter }).collect()
}

/// What the script alone, or a few letters and words of it, decide.
fn by_script(script: Script, text: &str, declared: Option<&Language>) -> Option<Detected> {
    let declared = declared.map(Language::as_str);
    match script {
        Script::HanKana => {
            let total = text.chars().filter(|letter| Script::of(*letter) == Some(script)).count();
            let kana = text.chars().filter(|letter| matches!(letter, '\u{3041}'..='\u{30FF}' | '\u{FF66}'..='\u{FF9D}')).count();
            // Chinese quotes a Japanese name at times; Japanese without Kana is a short headline.
            if kana * 12 > total || (kana > 0 && declared == Some("ja")) {
                Some(detected("ja", 0.98, "Kana"))
            } else if declared == Some("ja") && total < 20 {
                Some(detected("ja", 0.6, "declared, and no sign speaks against it"))
            } else {
                Some(detected("zh", if total < 4 { 0.7 } else { 0.96 }, "Han signs without Kana"))
            }
        }
        Script::Bengali => {
            let assamese = text.contains(['\u{9F0}', '\u{9F1}']);
            Some(if assamese { detected("as", 0.95, "Assamese letters") } else { detected("bn", 0.95, "Bengali letters") })
        }
        Script::Ethiopic => Some(words::ethiopic(text, declared)),
        Script::Cyrillic => words::turkmen_cyrillic(text).or_else(|| by_alphabet(script, text, &["az"])),
        Script::Arabic => by_alphabet(script, text, &["ckb"]),
        _ => match script.languages() {
            [only] => Some(detected(only, 0.99, &format!("{} letters", script.name()))),
            _ => None,
        },
    }
}

/// A language that the model does not hold in this script, when its alphabet fits and no other one does.
fn by_alphabet(script: Script, text: &str, beside_model: &[&str]) -> Option<Detected> {
    let letters = script::letters(script, text);
    let (code, outside) = letters.foreign.iter().filter(|(code, _)| beside_model.contains(code)).min_by_key(|(_, outside)| *outside)?;
    let next = letters.foreign.iter().filter(|(other, _)| !beside_model.contains(other)).map(|(_, outside)| *outside).min()?;
    let fits = outside * 40 <= letters.total && next > outside + letters.total / 100;
    fits.then(|| detected(code, 0.9, "letters of no other alphabet"))
}

fn by_model(script: Script, text: &str, declared: Option<&Language>) -> Detected {
    let letters = script::letters(script, text);
    let mut ranked: Vec<(&str, f32)> = Vec::new();
    for (code, score) in model::scores(text) {
        let possible = if script == Script::Latin { !NEVER_LATIN.contains(&code) } else { script.languages().contains(&code) };
        if !possible {
            continue;
        }
        let is_declared = declared.is_some_and(|language| language.as_str() == code);
        let mut score = score - FOREIGN_LETTER_COST * letters.outside(code).min(FOREIGN_LETTERS_CAP) as f32;
        if is_declared {
            score += DECLARED_WORTH;
        } else if RARE.contains(&code) {
            score -= RARE_COST;
        } else if SMALL.contains(&code) {
            score -= SMALL_COST;
        }
        match ranked.iter_mut().find(|(known, _)| *known == code) {
            Some((_, best)) => *best = best.max(score),
            None => ranked.push((code, score)),
        }
    }
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let Some((best, top)) = ranked.first().copied() else {
        return Detected { language: Language::undetermined(), confidence: 0.0, reason: format!("no known n-gram in {} letters", script.name()) };
    };
    // The n-grams of a text overlap, so their evidence is not independent: the square root of the length tames it.
    let temperature = (text.len() as f32).sqrt().max(1.0) * 0.5;
    let total: f32 = ranked.iter().map(|(_, score)| ((score - top) / temperature).exp()).sum();
    let next = ranked.get(1).map(|(code, _)| format!(", {code} next")).unwrap_or_default();
    detected(best, 1.0 / total.max(1.0), &format!("n-grams of {} letters{next}", script.name()))
}

/// Weighs the text's verdict against the declaration.
fn reconcile(declared: Option<Language>, found: Detected) -> Detected {
    let Some(declared) = declared else {
        if found.confidence < LEAST_CONFIDENCE {
            let reason = format!("unsure: {} by {}", found.language, found.reason);
            return Detected { language: Language::undetermined(), confidence: found.confidence, reason };
        }
        return found;
    };
    if found.language == declared {
        return Detected { confidence: found.confidence.max(0.9), reason: format!("declared; {}", found.reason), ..found };
    }
    let relative = RELATIVES.iter().any(|(code, near)| *code == declared.as_str() && near.contains(&found.language.as_str()));
    if relative || found.language.is_undetermined() || found.confidence < LEAST_CONFIDENCE {
        return Detected {
            language: declared,
            confidence: 0.6,
            reason: format!("declared; the text looks like {} ({})", found.language, found.reason),
        };
    }
    found
}

fn unreadable(declared: Option<Language>, why: &str) -> Detected {
    match declared {
        Some(language) => Detected { language, confidence: 0.5, reason: format!("declared; {why}") },
        None => Detected { language: Language::undetermined(), confidence: 0.0, reason: why.to_owned() },
    }
}

fn detected(code: &str, confidence: f32, reason: &str) -> Detected {
    Detected { language: Language::parse(code).unwrap_or_else(Language::undetermined), confidence, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests;
