//! Where the content of an element goes, once it ended.

use crate::gather::parse::date::read_date;
use crate::gather::parse::limits::TITLE_LIMIT_BYTES;
use crate::gather::parse::markup::{collapse, truncate};
use crate::gather::parse::recover::field::Field;
use crate::gather::parse::recover::value::from_base64;
use crate::gather::parse::recover::xml::{Capture, Person, Reader};
use crate::model::Language;

impl<'t> Reader<'t> {
    /// Puts a value where it belongs.
    pub(super) fn keep(&mut self, capture: Capture<'t>) {
        let depth = self.stack.len();
        let Capture { field, value, is_base64, .. } = capture;
        let decode = |text: String| if is_base64 { from_base64(text) } else { text };
        if value.is_blank() {
            return;
        }
        if let Some(person) = &mut self.person {
            let text = collapse(&value.into_text());
            match field {
                Field::PersonName => person.name = Some(text),
                Field::PersonEmail => person.email = Some(text),
                _ => {}
            }
            return;
        }
        if self.item.is_none() {
            match field {
                Field::Title => self.title.first(depth, decode(value.into_markup())),
                Field::Language => self.language = Language::parse(&value.into_text()).or(self.language.take()),
                Field::Rhythm(part) => self.rhythm.take(part, &value.into_text()),
                _ => {}
            }
            return;
        }
        // Addresses are broken over lines, and escaped twice.
        let address = matches!(field, Field::Link | Field::Id).then(|| value.text().replace(['\n', '\r', '\t'], "").trim().to_owned());
        let resolved = address.as_deref().map(|address| self.resolve(address));
        let Some(item) = &mut self.item else { return };
        match field {
            Field::Title => item.title.first(depth, decode(value.into_markup())),
            Field::MediaTitle => {
                item.media_title.get_or_insert(value.into_markup());
            }
            Field::Link => item.link.last(depth, resolved.unwrap_or_default()),
            Field::Id => {
                let (Some(given), Some(resolved)) = (address, resolved) else { return };
                item.id.last(depth, if item.id_is_link { resolved } else { given });
            }
            Field::Summary => item.summary.first(depth, decode(value.into_markup())),
            Field::WeakSummary => item.summary.first(usize::MAX, value.into_markup()),
            Field::Content => item.content.first(depth, decode(value.into_markup())),
            Field::Published | Field::Updated | Field::Created => {
                let Some(at) = read_date(&value.into_text()) else { return };
                match field {
                    Field::Published => item.published.last(depth, at),
                    Field::Updated => item.updated.last(depth, at),
                    _ => item.created = Some(at),
                }
            }
            Field::Author => item.authors.push(value.into_text()),
            Field::Category => item.categories.push(value.into_text()),
            Field::Keywords => item.categories.extend(value.into_text().split([',', ';']).map(str::to_owned)),
            Field::Language => item.language = Language::parse(&value.into_text()).or(item.language.take()),
            Field::PersonName | Field::PersonEmail | Field::Rhythm(_) => {}
        }
    }

    pub(super) fn keep_person(&mut self, person: Person) {
        let is_author = self.stack.last().is_some_and(|frame| frame.name.local == "author");
        let text = Some(collapse(&person.text.into_text())).filter(|text| !text.is_empty());
        let name = person.name.or_else(|| text.map(|text| name_in(&text))).or(person.email);
        if let (true, Some(name), Some(item)) = (is_author, name, &mut self.item) {
            item.authors.push(truncate(name, TITLE_LIMIT_BYTES));
        }
    }
}

/// `desk@valley.example (A. Reporter)` and `A. Reporter <desk@valley.example>` name A. Reporter.
fn name_in(text: &str) -> String {
    let in_brackets =
        text.split_once(['(', '（']).filter(|(before, _)| before.contains('@')).map(|(_, name)| name.trim_end_matches([')', '）']).trim());
    let before_address = text.split_once('<').filter(|(_, after)| after.contains('@')).map(|(name, _)| name.trim());
    in_brackets.or(before_address).filter(|name| !name.is_empty()).unwrap_or(text).to_owned()
}
