//! Zawgyi, the older encoding of Burmese that uses the same code points for other letters: detected and rewritten to Unicode.
//!
//! Enters: a Burmese text. Leaves: its Unicode letters, each with the byte in the original that it came from, so that evidence keeps its place.
//! The order of a Unicode syllable is consonant, stacked consonant, medials, ေ, vowels, marks (Unicode Standard, chapter 16.3).

/// Whether a text is in Zawgyi: it holds code points that Burmese in Unicode does not use, or a vowel sign before its consonant.
pub fn is_zawgyi(text: &str) -> bool {
    let (mut own, mut burmese) = (0_usize, 0_usize);
    let mut before = ' ';
    for c in text.chars() {
        if matches!(c, '\u{1000}'..='\u{109F}') {
            burmese += 1;
            let alone = c == '\u{1031}' && !matches!(before, '\u{1000}'..='\u{1021}' | '\u{103B}'..='\u{103E}' | '\u{1025}' | '\u{103F}');
            let final_stack = before == '\u{1039}' && !matches!(c, '\u{1000}'..='\u{1021}');
            if matches!(c, '\u{1060}'..='\u{1064}' | '\u{1066}'..='\u{106D}' | '\u{1070}'..='\u{107D}' | '\u{107E}'..='\u{1084}' | '\u{1086}' | '\u{108A}'..='\u{108E}' | '\u{1094}' | '\u{1095}')
                || alone
                || final_stack
            {
                own += 1;
            }
        }
        before = c;
    }
    own * 40 > burmese
}

/// A syllable's parts, sorted into the order of Unicode.
const CONSONANT: u8 = 1;
const STACK: u8 = 2;
const MEDIAL_YA: u8 = 3;
const MEDIAL_RA: u8 = 4;
const MEDIAL_WA: u8 = 5;
const MEDIAL_HA: u8 = 6;
const VOWEL_E: u8 = 7;
const UPPER: u8 = 8;
const LOWER: u8 = 9;
const VOWEL_AA: u8 = 10;
const ANUSVARA: u8 = 11;
const ASAT: u8 = 12;
const DOT: u8 = 13;
const VISARGA: u8 = 14;

/// Rewrites to Unicode letters with the byte offset of each one's origin.
pub fn to_unicode(text: &str) -> Vec<(usize, char)> {
    let mut out: Vec<(usize, char)> = Vec::with_capacity(text.len() / 3);
    // Parts of the syllable under way: order, offset, letter.
    let mut syllable: Vec<(u8, usize, char)> = Vec::new();
    // Signs that Zawgyi writes before the consonant they belong to.
    let mut ahead: Vec<(u8, usize, char)> = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '\u{1031}' => {
                flush(&mut syllable, &mut out);
                ahead.push((VOWEL_E, at, '\u{1031}'));
            }
            '\u{103B}' | '\u{107E}'..='\u{1084}' => {
                if ahead.is_empty() || ahead.iter().any(|(order, ..)| *order == MEDIAL_RA) {
                    flush(&mut syllable, &mut out);
                }
                ahead.push((MEDIAL_RA, at, '\u{103C}'));
            }
            _ => {
                if let Some(letter) = consonant(c) {
                    flush(&mut syllable, &mut out);
                    syllable.push((CONSONANT, at, letter));
                    syllable.append(&mut ahead);
                } else if kinzi(c, at, &mut syllable) {
                } else if let Some(parts) = sign(c) {
                    syllable.extend(parts.iter().map(|(order, letter)| (*order, at, *letter)));
                } else {
                    flush(&mut syllable, &mut out);
                    out.extend(ahead.drain(..).map(|(_, at, letter)| (at, letter)));
                    out.push((at, c));
                }
            }
        }
    }
    flush(&mut syllable, &mut out);
    out.extend(ahead.into_iter().map(|(_, at, letter)| (at, letter)));
    out
}

fn flush(syllable: &mut Vec<(u8, usize, char)>, out: &mut Vec<(usize, char)>) {
    syllable.sort_by_key(|(order, ..)| *order);
    out.extend(syllable.drain(..).map(|(_, at, letter)| (at, letter)));
}

fn consonant(c: char) -> Option<char> {
    Some(match c {
        '\u{1000}'..='\u{102A}' | '\u{1040}'..='\u{1049}' | '\u{103F}' => c,
        '\u{106A}' => '\u{1009}',
        '\u{106B}' => '\u{100A}',
        '\u{1086}' => '\u{103F}',
        '\u{108F}' => '\u{1014}',
        '\u{1090}' => '\u{101B}',
        _ => return None,
    })
}

/// The ṅ above the next consonant: in Unicode it stands before that consonant.
fn kinzi(c: char, at: usize, syllable: &mut Vec<(u8, usize, char)>) -> bool {
    let vowel = match c {
        '\u{1064}' => None,
        '\u{108B}' => Some((UPPER, '\u{102D}')),
        '\u{108C}' => Some((UPPER, '\u{102E}')),
        '\u{108D}' => Some((ANUSVARA, '\u{1036}')),
        _ => return false,
    };
    syllable.extend(['\u{1004}', '\u{103A}', '\u{1039}'].into_iter().map(|letter| (0, at, letter)));
    syllable.extend(vowel.map(|(order, letter)| (order, at, letter)));
    true
}

fn sign(c: char) -> Option<&'static [(u8, char)]> {
    Some(match c {
        '\u{102B}' => &[(VOWEL_AA, '\u{102B}')],
        '\u{102C}' => &[(VOWEL_AA, '\u{102C}')],
        '\u{102D}' => &[(UPPER, '\u{102D}')],
        '\u{102E}' => &[(UPPER, '\u{102E}')],
        '\u{102F}' | '\u{1033}' => &[(LOWER, '\u{102F}')],
        '\u{1030}' | '\u{1034}' => &[(LOWER, '\u{1030}')],
        '\u{1032}' => &[(UPPER, '\u{1032}')],
        '\u{1036}' => &[(ANUSVARA, '\u{1036}')],
        '\u{1037}' | '\u{1094}' | '\u{1095}' => &[(DOT, '\u{1037}')],
        '\u{1038}' => &[(VISARGA, '\u{1038}')],
        '\u{1039}' => &[(ASAT, '\u{103A}')],
        '\u{103A}' | '\u{107D}' => &[(MEDIAL_YA, '\u{103B}')],
        '\u{103C}' => &[(MEDIAL_WA, '\u{103D}')],
        '\u{103D}' | '\u{1087}' => &[(MEDIAL_HA, '\u{103E}')],
        '\u{1088}' => &[(MEDIAL_HA, '\u{103E}'), (LOWER, '\u{102F}')],
        '\u{1089}' => &[(MEDIAL_HA, '\u{103E}'), (LOWER, '\u{1030}')],
        '\u{108A}' => &[(MEDIAL_WA, '\u{103D}'), (MEDIAL_HA, '\u{103E}')],
        '\u{105A}' => &[(VOWEL_AA, '\u{102B}'), (ASAT, '\u{103A}')],
        '\u{108E}' => &[(UPPER, '\u{102D}'), (ANUSVARA, '\u{1036}')],
        '\u{1060}' => &[(STACK, '\u{1039}'), (STACK, '\u{1000}')],
        '\u{1061}' => &[(STACK, '\u{1039}'), (STACK, '\u{1001}')],
        '\u{1062}' => &[(STACK, '\u{1039}'), (STACK, '\u{1002}')],
        '\u{1063}' => &[(STACK, '\u{1039}'), (STACK, '\u{1003}')],
        '\u{1065}' => &[(STACK, '\u{1039}'), (STACK, '\u{1005}')],
        '\u{1066}' | '\u{1067}' => &[(STACK, '\u{1039}'), (STACK, '\u{1006}')],
        '\u{1068}' => &[(STACK, '\u{1039}'), (STACK, '\u{1007}')],
        '\u{1069}' => &[(STACK, '\u{1039}'), (STACK, '\u{1008}')],
        '\u{106C}' => &[(STACK, '\u{1039}'), (STACK, '\u{100B}')],
        '\u{106D}' => &[(STACK, '\u{1039}'), (STACK, '\u{100C}')],
        '\u{1070}' => &[(STACK, '\u{1039}'), (STACK, '\u{100F}')],
        '\u{1071}' | '\u{1072}' => &[(STACK, '\u{1039}'), (STACK, '\u{1010}')],
        '\u{1073}' | '\u{1074}' => &[(STACK, '\u{1039}'), (STACK, '\u{1011}')],
        '\u{1075}' => &[(STACK, '\u{1039}'), (STACK, '\u{1012}')],
        '\u{1076}' => &[(STACK, '\u{1039}'), (STACK, '\u{1013}')],
        '\u{1077}' => &[(STACK, '\u{1039}'), (STACK, '\u{1014}')],
        '\u{1078}' => &[(STACK, '\u{1039}'), (STACK, '\u{1015}')],
        '\u{1079}' => &[(STACK, '\u{1039}'), (STACK, '\u{1016}')],
        '\u{107A}' => &[(STACK, '\u{1039}'), (STACK, '\u{1017}')],
        '\u{107B}' | '\u{1093}' => &[(STACK, '\u{1039}'), (STACK, '\u{1018}')],
        '\u{107C}' => &[(STACK, '\u{1039}'), (STACK, '\u{1019}')],
        '\u{1085}' => &[(STACK, '\u{1039}'), (STACK, '\u{101C}')],
        _ => return None,
    })
}
