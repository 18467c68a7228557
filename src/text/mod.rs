//! Folding and tokens: what "the same word" means, once for understanding, matching and search.
//!
//! Enters: any text. Leaves: normalized text, folded words, tokens with their place. Deliberately absent: languages, stems, stories.
//! The rules go by script, never by language, so that a wrongly detected language changes no token.
//! docs/decisions/0040-text-per-script.md gives the reasons.
//!
//! *Invariant:* a token's place is a range of the text that was given, on character boundaries.

pub mod csv;
mod fold;
mod script;
mod token;

pub use fold::{fold_word, fold_word_into, fold_word_keeping_case, is_apostrophe, normalize};
pub use script::{Script, script_of};
pub use token::{Token, each_place, each_word, tokenize};
