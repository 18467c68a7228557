//! RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0 and CDF, as they are and not as they should be.
//!
//! One pass over the tokens with a stack of open elements. What an element means depends on its name and on what it stands in, never on
//! the version that the document claims. End tags that are missing are supplied where the next element shows that they must be.

use std::collections::HashMap;

use url::Url;

use crate::gather::parse::date::read_date;
use crate::gather::parse::limits::{ITEM_LIMIT, http_url};
use crate::gather::parse::markup::{plain_title, resolve_entities};
use crate::gather::parse::recover::field::{Field, Mute, field_of, is_item, is_root, mute_of, starts_anew};
use crate::gather::parse::recover::item::{Fields, Slot};
use crate::gather::parse::recover::name::{Name, Prefixes};
use crate::gather::parse::recover::rhythm::Rhythm;
use crate::gather::parse::recover::scan::{Scanner, Tag, Token};
use crate::gather::parse::recover::value::{Expansion, Value};
use crate::model::{Language, Parsed, RawItem};

/// Elements nested deeper are counted, not kept.
const DEPTH_LIMIT: usize = 256;

/// Reads a document; one that is no feed gives nothing that is recognized.
pub(super) fn read(text: &str, base: &Url) -> Parsed {
    let mut reader = Reader::new(text, base);
    while let Some(token) = reader.scanner.next(reader.open_name()) {
        reader.take(token);
        if reader.items.len() >= ITEM_LIMIT {
            reader.is_cut = true;
            break;
        }
    }
    reader.close_to(0);
    reader.into_parsed()
}

/// An open element.
#[derive(Debug)]
pub(super) struct Frame<'t> {
    raw: &'t str,
    pub(super) name: Name,
}

/// An element whose content is wanted.
#[derive(Debug)]
pub(super) struct Capture<'t> {
    pub(super) field: Field,
    raw: &'t str,
    pub(super) value: Value,
    /// Elements of the same name inside.
    nested: usize,
    pub(super) is_base64: bool,
}

/// Somebody named by an element of their own.
#[derive(Debug, Default)]
pub(super) struct Person {
    depth: usize,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) text: Value,
}

pub(super) struct Reader<'t> {
    scanner: Scanner<'t>,
    prefixes: Prefixes<'t>,
    expansion: Expansion,
    pub(super) stack: Vec<Frame<'t>>,
    /// How many elements of each name (without its prefix) are open: an end tag that fits none is not looked for in all of them.
    open_names: HashMap<String, usize>,
    /// Elements open beyond the depth that is kept.
    overflow: usize,
    capture: Option<Capture<'t>>,
    /// Where a part begins whose fields are not those of the item or feed.
    mute: Option<usize>,
    pub(super) person: Option<Person>,
    /// Where the document came from.
    origin: Url,
    /// Addresses that relative ones are resolved by instead, with the depth of the element that says so.
    bases: Vec<(usize, Url)>,
    languages: Vec<(usize, Option<Language>)>,
    pub(super) item: Option<Fields>,
    items: Vec<RawItem>,
    has_root: bool,
    seen_element: bool,
    is_cut: bool,
    pub(super) title: Slot<String>,
    pub(super) language: Option<Language>,
    pub(super) rhythm: Rhythm,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, base: &Url) -> Self {
        Self {
            scanner: Scanner::new(text),
            prefixes: Prefixes::default(),
            expansion: Expansion::new(),
            stack: Vec::new(),
            open_names: HashMap::new(),
            overflow: 0,
            capture: None,
            mute: None,
            person: None,
            origin: base.clone(),
            bases: Vec::new(),
            languages: Vec::new(),
            item: None,
            items: Vec::new(),
            has_root: false,
            seen_element: false,
            is_cut: false,
            title: Slot::default(),
            language: None,
            rhythm: Rhythm::default(),
        }
    }

    fn into_parsed(self) -> Parsed {
        let mut parsed = Parsed { recognized: self.has_root, ..Parsed::default() };
        if !parsed.recognized {
            return parsed;
        }
        parsed.title = self.title.take().map(|title| plain_title(&title)).filter(|title| !title.is_empty());
        parsed.language = self.language;
        parsed.items = self.items;
        parsed.hints = self.rhythm.into_hints();
        if self.is_cut {
            parsed.warnings.push(format!("only the first {ITEM_LIMIT} items were read"));
        }
        parsed
    }

    fn open_name(&self) -> Option<&'t str> {
        self.capture.as_ref().map(|capture| capture.raw).or_else(|| self.stack.last().map(|frame| frame.raw))
    }

    fn take(&mut self, token: Token<'t>) {
        match token {
            Token::Start(tag) => self.start(&tag),
            Token::End { name, raw } => self.end(name, raw),
            Token::Text(text) => {
                let text = self.expansion.apply(text, &self.scanner.entities);
                if let Some(value) = wanted(&mut self.capture, &mut self.person, self.stack.len()) {
                    value.push_text(&text);
                }
            }
            Token::Cdata(text) => {
                if let Some(value) = wanted(&mut self.capture, &mut self.person, self.stack.len()) {
                    value.push_cdata(text);
                }
            }
        }
    }

    fn start(&mut self, tag: &Tag<'t>) {
        if let Some(capture) = &mut self.capture {
            let name = self.prefixes.resolve(tag.name);
            if !(tag.attribute("xmlns").is_none() && starts_anew(capture.field, &name)) {
                if tag.name == capture.raw && !tag.is_empty {
                    capture.nested += 1;
                }
                capture.value.push_tag(tag.raw);
                return;
            }
            self.close_to(self.stack.len() - 1); // an element that is captured is on the stack
        }
        if self.stack.len() >= DEPTH_LIMIT && !tag.is_empty {
            self.overflow += 1;
            return;
        }
        let depth = self.stack.len() + 1;
        for (key, value) in &tag.attributes {
            if let Some(prefix) = key.strip_prefix("xmlns") {
                self.prefixes.declare(depth, prefix.strip_prefix(':').unwrap_or(prefix), value);
            }
        }
        let name = self.prefixes.resolve(tag.name);
        // CDF has an attribute of its own for it.
        let own_base = if is_root(&name) || is_item(&name) { tag.attribute("base") } else { None };
        if let Some(base) = tag.attribute("xml:base").or(own_base).map(resolve_entities)
            && let Some(base) = http_url(&base, self.base())
        {
            self.bases.push((depth, base));
        }
        if let Some(language) = tag.attribute("xml:lang") {
            self.languages.push((depth, Language::parse(language)));
        }
        // An item inside an item is one whose end was lost.
        if is_item(&name) && self.mute.is_none() {
            self.close_item();
        }
        *self.open_names.entry(name.local.clone()).or_default() += 1;
        self.stack.push(Frame { raw: tag.name, name: name.clone() });
        self.open(&name, tag);
        if tag.is_empty {
            self.close_to(depth - 1);
        }
        self.seen_element = true;
    }

    /// What an element means that just began.
    fn open(&mut self, name: &Name, tag: &Tag<'t>) {
        let depth = self.stack.len();
        if is_root(name) || (is_item(name) && !self.seen_element) {
            self.has_root = true;
            if self.item.is_none() && self.language.is_none() {
                self.language = self.languages.last().and_then(|(_, language)| language.clone());
            }
        }
        if self.mute.is_some() {
            return;
        }
        if is_item(name) {
            self.open_item(tag, depth);
            return;
        }
        if let Some(person) = &self.person {
            let field = match name.local.as_str() {
                "name" => Field::PersonName,
                "email" => Field::PersonEmail,
                _ => return,
            };
            if depth == person.depth + 1 {
                self.capture(field, tag);
            }
            return;
        }
        match mute_of(name, self.item.is_some()) {
            Some(Mute::Part) => {
                self.mute = Some(depth);
                return;
            }
            Some(Mute::Person) => {
                self.person = Some(Person { depth, ..Person::default() });
                return;
            }
            None => {}
        }
        let Some(field) = field_of(name) else { return };
        match field {
            Field::Link => {
                if let Some(href) = ["href", "url", "uri", "rdf:resource"].into_iter().find_map(|key| tag.attribute(key)) {
                    self.link(href, tag);
                    return;
                }
            }
            Field::Category => {
                let named = ["label", "term", "text"].into_iter().find_map(|key| tag.attribute(key));
                if let (Some(named), Some(item)) = (named, &mut self.item) {
                    item.categories.push(resolve_entities(named).into_owned());
                    return;
                }
            }
            Field::Id => {
                if let Some(item) = &mut self.item {
                    item.id_is_link = tag.attribute("ispermalink").is_none_or(|said| said.trim().eq_ignore_ascii_case("true"));
                }
            }
            _ => {}
        }
        self.capture(field, tag);
    }

    fn open_item(&mut self, tag: &Tag<'t>, depth: usize) {
        let about = tag.attribute("rdf:about").or_else(|| tag.attribute("about")).map(|about| resolve_entities(about).trim().to_owned());
        let mut item = Fields { depth, about: about.filter(|about| !about.is_empty()), id_is_link: true, ..Fields::default() };
        item.language = self.languages.last().and_then(|(_, language)| language.clone());
        // CDF says in attributes what others say in elements.
        if let Some(href) = tag.attribute("href") {
            item.link.last(depth, self.resolve(href));
        }
        if let Some(at) = tag.attribute("lastmod").and_then(read_date) {
            item.updated.last(depth, at);
        }
        self.item = Some(item);
    }

    fn link(&mut self, href: &str, tag: &Tag<'t>) {
        let rel = tag.attribute("rel").unwrap_or("alternate").trim().to_ascii_lowercase();
        let media_type = tag.attribute("type").unwrap_or("text/html").trim().to_ascii_lowercase();
        let href = self.resolve(href);
        let depth = self.stack.len();
        let Some(item) = &mut self.item else { return };
        if rel != "alternate" && rel != "http://www.iana.org/assignments/relation/alternate" {
            return;
        }
        if matches!(media_type.as_str(), "text/html" | "application/xhtml+xml" | "html" | "xhtml" | "") {
            item.link.last(depth, href);
        } else {
            item.other_link.get_or_insert(href);
        }
    }

    fn capture(&mut self, field: Field, tag: &Tag<'t>) {
        if tag.is_empty {
            return;
        }
        let media_type = tag.attribute("type").unwrap_or_default().to_ascii_lowercase();
        let is_binary = field == Field::Content && media_type.contains('/') && !media_type.starts_with("text/") && !media_type.ends_with("xml");
        let is_base64 = is_binary || tag.attribute("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("base64"));
        self.capture = Some(Capture { field, raw: tag.name, value: Value::default(), nested: 0, is_base64 });
    }

    fn end(&mut self, raw_name: &'t str, raw: &'t str) {
        let name = self.prefixes.resolve(raw_name);
        let is_open = self.open_names.contains_key(&name.local);
        let position = if is_open {
            let same = |frame: &Frame<'_>| frame.raw == raw_name;
            self.stack.iter().rposition(same).or_else(|| self.stack.iter().rposition(|frame| frame.name.local == name.local))
        } else {
            None
        };
        if let Some(capture) = &mut self.capture {
            if raw_name == capture.raw && capture.nested > 0 {
                capture.nested -= 1;
                capture.value.push_tag(raw);
                return;
            }
            if position.is_none() {
                capture.value.push_tag(raw);
                return;
            }
        }
        let closes_item = |position: usize| self.stack.get(position).is_some_and(|frame| is_item(&frame.name) || is_root(&frame.name));
        match position {
            Some(position) if self.overflow == 0 || closes_item(position) => {
                self.overflow = 0;
                self.close_to(position);
            }
            _ => self.overflow = self.overflow.saturating_sub(1),
        }
    }

    /// Closes elements until so many are open.
    fn close_to(&mut self, depth: usize) {
        while self.stack.len() > depth {
            if let Some(capture) = self.capture.take() {
                self.keep(capture);
            }
            let here = self.stack.len();
            if self.person.as_ref().is_some_and(|person| person.depth == here)
                && let Some(person) = self.person.take()
            {
                self.keep_person(person);
            }
            if self.mute == Some(here) {
                self.mute = None;
            }
            if self.item.as_ref().is_some_and(|item| item.depth == here) {
                self.finish_item();
            }
            if let Some(frame) = self.stack.pop()
                && let Some(count) = self.open_names.get_mut(&frame.name.local)
            {
                *count -= 1; // it was counted when it was opened
                if *count == 0 {
                    self.open_names.remove(&frame.name.local);
                }
            }
            self.prefixes.leave(here);
            while self.bases.pop_if(|(said, _)| *said >= here).is_some() {}
            while self.languages.pop_if(|(said, _)| *said >= here).is_some() {}
        }
    }

    /// Closes the item that is open, with all that stands in it.
    fn close_item(&mut self) {
        if let Some(depth) = self.item.as_ref().map(|item| item.depth) {
            self.overflow = 0;
            self.close_to(depth - 1);
        }
    }

    fn finish_item(&mut self) {
        if let Some(item) = self.item.take() {
            self.items.push(item.into_item(self.base()));
        }
    }

    fn base(&self) -> &Url {
        self.bases.last().map_or(&self.origin, |(_, base)| base)
    }

    pub(super) fn resolve(&self, address: &str) -> String {
        let address = resolve_entities(address);
        let address = address.trim();
        if Url::parse(address).is_ok() {
            return address.to_owned();
        }
        self.base().join(address).map_or_else(|_| address.to_owned(), String::from)
    }
}

/// Where text belongs now.
fn wanted<'a>(capture: &'a mut Option<Capture<'_>>, person: &'a mut Option<Person>, depth: usize) -> Option<&'a mut Value> {
    match (capture, person) {
        (Some(capture), _) => Some(&mut capture.value),
        (None, Some(person)) if person.depth == depth => Some(&mut person.text),
        _ => None,
    }
}
