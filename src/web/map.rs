//! The map of the world: a shape for each country, shipped with the program (data/world), colored by class names alone.
//!
//! The table of countries says the same; the map is a way to it, by pointer and by keyboard.

/// A line a country: code, tab, path.
const WORLD: &str = include_str!("../../data/world/world.tsv");

/// A country on the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub path: &'static str,
    /// Class of the style sheet: how much, in five steps, or that nothing is heard from there.
    pub class: &'static str,
    /// Where it leads and what is said of it; `None` where there is nothing to say.
    pub link: Option<(String, String)>,
}

/// What is to be shown of a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub class: &'static str,
    pub href: String,
    /// For the pointer and for those who hear the page.
    pub label: String,
}

/// The countries, those that are shown with their colors; `of` tells what to show of a code.
pub fn shapes(of: impl Fn(&str) -> Option<Shown>) -> Vec<Shape> {
    let shape = |(code, path): (&str, &'static str)| match of(code) {
        Some(shown) => Shape { path, class: shown.class, link: Some((shown.href, shown.label)) },
        None => Shape { path, class: "n", link: None },
    };
    WORLD.lines().filter_map(|line| line.split_once('\t')).map(shape).collect()
}

/// The class for a number of incidents: shades that stay apart, whatever the most is.
pub fn shade(number: i64) -> &'static str {
    match number {
        ..=0 => "m0",
        1 => "m1",
        2..=4 => "m2",
        5..=14 => "m3",
        _ => "m4",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_a_known_code_and_a_path() {
        let mut codes = Vec::new();
        for line in WORLD.lines() {
            let (code, path) = line.split_once('\t').unwrap();
            assert!(crate::config::codes::country(code).is_ok(), "{code}");
            assert!(path.starts_with('M') && path.bytes().all(|b| b.is_ascii_digit() || b" -Mlza".contains(&b)), "{code}: {path}");
            codes.push(code);
        }
        assert!(codes.is_sorted() && codes.len() > 200);
        assert!(WORLD.len() < 30_000, "the page carries it");
    }

    #[test]
    fn only_what_is_shown_leads_somewhere() {
        let shown = |code: &str| (code == "KZ").then(|| Shown { class: shade(3), href: "/countries/KZ".to_owned(), label: "Kazakhstan".to_owned() });
        let shapes = shapes(shown);
        let linked: Vec<_> = shapes.iter().filter(|shape| shape.link.is_some()).collect();
        assert_eq!(linked.len(), 1);
        assert_eq!(linked[0].class, "m2");
    }
}
