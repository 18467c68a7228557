//! Names of elements: which vocabulary a prefix stands for, also where it was declared wrongly or not at all.

use std::collections::HashMap;

/// The vocabularies that say something to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Space {
    /// RSS of all versions and Atom: no feed uses one name for two things between them.
    Core,
    Rdf,
    /// Dublin Core, elements and terms.
    Dublin,
    Content,
    Media,
    Syndication,
    Itunes,
    Xhtml,
    Other,
}

/// An element's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub space: Space,
    /// In lower case, without its prefix.
    pub local: String,
}

/// Addresses by their beginning, in lower case and without `http(s)://`: publishers write them in many ways.
const ADDRESSES: [(&str, Space); 24] = [
    ("www.w3.org/2005/atom", Space::Core),
    ("purl.org/atom/ns#", Space::Core),
    ("example.com/newformat#", Space::Core),
    ("example.com/necho", Space::Core),
    ("purl.org/echo/", Space::Core),
    ("uri/of/echo/namespace#", Space::Core),
    ("purl.org/pie/", Space::Core),
    ("purl.org/rss/1.0/modules/content", Space::Content),
    ("purl.org/rss/1.0/modules/syndication", Space::Syndication),
    ("purl.org/rss/1.0/modules/", Space::Other),
    ("purl.org/rss/1.0", Space::Core),
    ("purl.org/net/rss1.1#", Space::Core),
    ("channel.netscape.com/rdf/simple/0.9/", Space::Core),
    ("my.netscape.com/rdf/simple/0.9/", Space::Core),
    ("my.netscape.com/publish/formats/rss-0.91.dtd", Space::Core),
    ("backend.userland.com/", Space::Core),
    ("blogs.law.harvard.edu/tech/rss", Space::Core),
    ("cyber.law.harvard.edu/rss", Space::Core),
    ("www.w3.org/1999/02/22-rdf-syntax-ns", Space::Rdf),
    ("purl.org/dc/", Space::Dublin),
    ("search.yahoo.com/mrss", Space::Media),
    ("www.itunes.com/dtds/podcast", Space::Itunes),
    ("www.w3.org/1999/xhtml", Space::Xhtml),
    ("www.rssboard.org/media-rss", Space::Media),
];

/// What a prefix usually stands for: it does so where it is not declared, or declared with an address that nobody knows.
const PREFIXES: [(&str, Space); 15] = [
    ("atom", Space::Core),
    ("a10", Space::Core),
    ("atom10", Space::Core),
    ("rss", Space::Core),
    ("rdf", Space::Rdf),
    ("dc", Space::Dublin),
    ("dcterms", Space::Dublin),
    ("dct", Space::Dublin),
    ("content", Space::Content),
    ("media", Space::Media),
    ("sy", Space::Syndication),
    ("itunes", Space::Itunes),
    ("xhtml", Space::Xhtml),
    ("xh", Space::Xhtml),
    ("html", Space::Xhtml),
];

/// Declarations in force, innermost last. The depth is that of the element that declares.
#[derive(Debug, Default)]
pub(super) struct Prefixes<'t> {
    declared: HashMap<&'t str, Vec<(usize, Space)>>,
    /// What to take back when an element ends.
    log: Vec<(usize, &'t str)>,
}

impl<'t> Prefixes<'t> {
    pub fn declare(&mut self, depth: usize, prefix: &'t str, address: &str) {
        let space = space_of(address).unwrap_or_else(|| usual(prefix));
        self.declared.entry(prefix).or_default().push((depth, space));
        self.log.push((depth, prefix));
    }

    /// Takes back what elements at this depth and deeper declared.
    pub fn leave(&mut self, depth: usize) {
        while let Some((_, prefix)) = self.log.pop_if(|(declared, _)| *declared >= depth) {
            self.declared.get_mut(prefix).and_then(Vec::pop);
        }
    }

    pub fn resolve(&self, name: &str) -> Name {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let space = self.declared.get(prefix).and_then(|found| found.last()).map_or_else(|| usual(prefix), |(_, space)| *space);
        Name { space, local: local.to_ascii_lowercase() }
    }
}

fn space_of(address: &str) -> Option<Space> {
    let address = address.trim().to_ascii_lowercase();
    let bare = address.strip_prefix("http://").or_else(|| address.strip_prefix("https://")).unwrap_or(&address);
    ADDRESSES.iter().find(|(known, _)| bare.starts_with(known)).map(|(_, space)| *space)
}

fn usual(prefix: &str) -> Space {
    if prefix.is_empty() {
        return Space::Core;
    }
    PREFIXES.iter().find(|(known, _)| known.eq_ignore_ascii_case(prefix)).map_or(Space::Other, |(_, space)| *space)
}

#[cfg(test)]
mod tests {
    use super::{Prefixes, Space};

    #[test]
    fn prefixes_mean_what_they_are_declared_to_be_and_else_what_they_usually_are() {
        let mut prefixes = Prefixes::default();
        assert_eq!(prefixes.resolve("dc:Date").space, Space::Dublin);
        assert_eq!(prefixes.resolve("title").space, Space::Core);
        prefixes.declare(1, "x", "http://purl.org/DC/elements/1.1/");
        prefixes.declare(1, "dc", "http://nobody.example/");
        prefixes.declare(1, "content", "http://purl.org/rss/1.0/modules/slash/");
        prefixes.declare(2, "", "http://www.w3.org/1999/xhtml");
        assert_eq!(prefixes.resolve("x:Date").local, "date");
        for (name, space) in
            [("x:date", Space::Dublin), ("dc:date", Space::Dublin), ("content:encoded", Space::Other), ("title", Space::Xhtml), ("y:a", Space::Other)]
        {
            assert_eq!(prefixes.resolve(name).space, space, "{name}");
        }
        prefixes.leave(2);
        assert_eq!(prefixes.resolve("title").space, Space::Core);
        prefixes.leave(1);
        assert_eq!(prefixes.resolve("x:date").space, Space::Other);
    }
}
