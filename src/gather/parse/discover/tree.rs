//! A page's elements as a list in document order: ancestors and descendants by number.

use scraper::{ElementRef, Html, Selector};

use crate::gather::parse::listing::text_of;
use crate::text::{Script, script_of};

/// A page with more elements is read up to here.
const ELEMENT_LIMIT: usize = 100_000;
/// A headline is no longer.
const TEXT_LIMIT_BYTES: usize = 600;
/// Words in class names that say that an element is a headline.
const HEADLINE_WORDS: [&str; 6] = ["title", "headline", "heading", "titulo", "titre", "zagolovok"];

/// Words in the names of elements that list other things than the news of the page.
const ASIDE: [&str; 18] = [
    "nav",
    "navbar",
    "navigation",
    "menu",
    "submenu",
    "footer",
    "breadcrumb",
    "breadcrumbs",
    "sidebar",
    "aside",
    "widget",
    "popular",
    "related",
    "trending",
    "tags",
    "comments",
    "partners",
    "social",
];

pub(super) struct Tree<'a> {
    elements: Vec<ElementRef<'a>>,
    /// The root is its own parent.
    parents: Vec<usize>,
    /// The number behind the last descendant.
    ends: Vec<usize>,
    asides: Vec<bool>,
}

impl<'a> Tree<'a> {
    pub fn new(page: &'a Html) -> Self {
        let elements: Vec<_> = page.root_element().descendent_elements().take(ELEMENT_LIMIT).collect();
        let (mut parents, mut ends) = (Vec::with_capacity(elements.len()), vec![elements.len(); elements.len()]);
        let mut open: Vec<usize> = Vec::new();
        for (number, element) in elements.iter().enumerate() {
            let parent = element.parent().and_then(ElementRef::wrap);
            while let Some(top) = open.pop_if(|top| elements.get(*top).copied() != parent) {
                if let Some(end) = ends.get_mut(top) {
                    *end = number;
                }
            }
            parents.push(open.last().copied().unwrap_or(number));
            open.push(number);
        }
        let mut tree = Self { elements, parents, ends, asides: Vec::new() };
        for number in 0..tree.len() {
            let around = tree.parent(number).and_then(|parent| tree.asides.get(parent)).copied().unwrap_or(false);
            tree.asides.push(around || tree.names_aside(number));
        }
        tree
    }

    /// True inside of menus, footers and boxes beside the news.
    pub fn is_aside(&self, number: usize) -> bool {
        self.asides.get(number).copied().unwrap_or(false)
    }

    /// The page as a whole may be called anything.
    fn names_aside(&self, number: usize) -> bool {
        let mut named = [self.attribute(number, "class"), self.attribute(number, "id")].into_iter().flatten().flat_map(str::split_ascii_whitespace);
        match self.name(number) {
            "html" | "body" | "main" => false,
            "nav" | "footer" | "aside" => true,
            _ => named.any(|name| {
                // `with-sidebar` is what the sidebar stands beside.
                let words: Vec<String> = words(name).collect();
                let speaks_of_another = words.iter().any(|word| matches!(word.as_str(), "with" | "has" | "no" | "without"));
                !speaks_of_another && words.iter().any(|word| ASIDE.contains(&word.as_str()))
            }),
        }
    }

    pub fn len(&self) -> usize {
        self.elements.len()
    }

    pub fn element(&self, number: usize) -> Option<ElementRef<'a>> {
        self.elements.get(number).copied()
    }

    pub fn name(&self, number: usize) -> &'a str {
        self.element(number).map_or("", |element| element.value().name())
    }

    pub fn attribute(&self, number: usize, name: &str) -> Option<&'a str> {
        self.element(number)?.value().attr(name)
    }

    pub fn classes(&self, number: usize) -> impl Iterator<Item = &'a str> {
        self.attribute(number, "class").unwrap_or_default().split_ascii_whitespace()
    }

    pub fn parent(&self, number: usize) -> Option<usize> {
        self.parents.get(number).copied().filter(|parent| *parent != number)
    }

    /// From the parent to the root.
    pub fn ancestors(&self, number: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.parent(number), |number| self.parent(*number))
    }

    /// The numbers of all elements inside.
    pub fn inside(&self, number: usize) -> std::ops::Range<usize> {
        let end = self.ends.get(number).copied().unwrap_or(number);
        number.saturating_add(1).min(end)..end
    }

    /// True when the one is the other or stands in it.
    pub fn holds(&self, outer: usize, inner: usize) -> bool {
        outer == inner || self.inside(outer).contains(&inner)
    }

    /// The numbers of the elements that a selector finds.
    pub fn select(&self, page: &'a Html, selector: &Selector) -> Vec<usize> {
        // Both are in document order.
        let mut numbers = Vec::new();
        let mut from = 0;
        for found in page.select(selector) {
            let Some(step) = self.elements.get(from..).and_then(|rest| rest.iter().position(|element| *element == found)) else { break };
            numbers.push(from + step);
            from += step + 1;
        }
        numbers
    }

    pub fn text(&self, number: usize) -> String {
        self.element(number).map(|element| text_of(element, TEXT_LIMIT_BYTES)).unwrap_or_default()
    }

    /// The headline of a link: its heading where it wraps a whole card, else its text.
    pub fn headline(&self, number: usize) -> String {
        let heading = self.inside(number).find(|inner| self.is_heading(*inner) && !self.text(*inner).is_empty());
        self.text(heading.unwrap_or(number))
    }

    pub fn is_heading(&self, number: usize) -> bool {
        matches!(self.name(number), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
            || self.classes(number).any(|class| words(class).any(|word| HEADLINE_WORDS.contains(&word.as_str())))
    }
}

/// The words of a class name or an id, in lower case: `newsItem_title` has three.
pub(super) fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    let mut is_new = true;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            is_new = true;
            continue;
        }
        if is_new || (was_lower && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        is_new = false;
        was_lower = c.is_ascii_lowercase();
        words.last_mut().into_iter().for_each(|word| word.push(c.to_ascii_lowercase()));
    }
    words.into_iter()
}

/// How much a text says: characters, those of scripts without spaces twice.
pub(super) fn weight(text: &str) -> usize {
    text.chars().map(|c| if is_dense(c) { 2 } else { 1 }).sum()
}

/// True when a text is as long as a headline and no longer, and has several words.
pub(super) fn is_headline(text: &str) -> bool {
    let has_words = text.split_whitespace().count() >= 3 || text.chars().filter(|c| is_dense(*c)).count() >= 6;
    has_words && (18..=320).contains(&weight(text))
}

fn is_dense(c: char) -> bool {
    !c.is_ascii() && (script_of(c).is_unspaced() || script_of(c) == Script::Hangul)
}
