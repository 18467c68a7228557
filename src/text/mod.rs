//! Folding and tokens: what "the same word" means, once for understanding, matching and search.
//!
//! Pure; knows no story. The rules per script are those of docs/decisions on text.

mod fold;
mod token;

pub use fold::{fold_word, normalize};
pub use token::{Token, tokenize};
