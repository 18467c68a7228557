//! Names of persons: their parts, and their spellings in other scripts.
//!
//! Enters: a name as a person typed it. Leaves: [`Name`]: which words must stand together. Deliberately absent: edit distance. A name that
//! no romanization gives is another name: a false accusation is costly.

mod cyrillize;
mod romanizations;
mod romanize;
mod structure;

pub use cyrillize::to_cyrillic;
pub use romanize::{initials_in_latin, to_latin};
pub use structure::{Name, Part, Shape, is_article, is_filial, is_particle, structure};

/// Kazakh, Kyrgyz, Tajik and Uzbek letters as their Russian neighbors: the two spellings of a name are equal.
pub fn russify(text: &str) -> String {
    text.chars().map(russified).collect()
}

/// The Russian neighbor of a letter.
pub fn russified(letter: char) -> char {
    match letter {
        'қ' | 'ҡ' => 'к',
        'ғ' | 'ҕ' => 'г',
        'ұ' | 'ү' | 'ӯ' | 'ў' => 'у',
        'і' | 'ӣ' => 'и',
        'ә' => 'а',
        'ө' => 'о',
        'ң' => 'н',
        'һ' | 'ҳ' => 'х',
        'ҷ' => 'ж',
        _ => letter,
    }
}
