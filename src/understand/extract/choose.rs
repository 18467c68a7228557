//! Each fact of an article from the most telling of the page's sources, with the source that it came from.
//!
//! In: what the page says of itself in its several places. Out: facts with their origins, in words for people. Absent: the body.

use jiff::Timestamp;
use trafilatura::ExtractResult;
use url::Url;

use crate::model::Language;
use crate::understand::extract::date::{date_in_path, parse_date};
use crate::understand::extract::json_ld::Linked;
use crate::understand::extract::page::PageData;
use crate::understand::extract::{Printed, byline, headline, text_of_markup, unescape};

/// A fact and where on the page it was found: `JSON-LD`, `meta og:title`, `heading`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<T> {
    pub value: T,
    pub origin: String,
}

impl<T> Fact<T> {
    fn new(value: T, origin: &str) -> Self {
        Self { value, origin: origin.to_owned() }
    }
}

const JSON_LD: &str = "JSON-LD";
const EXTRACTOR: &str = "text extractor";

/// The places of a page that say something about the article.
#[derive(Debug)]
pub struct Places<'a> {
    pub data: &'a PageData,
    pub linked: &'a Linked,
    /// Where the page stands, and of an archive's page where the shown one stood.
    pub url: &'a Url,
    pub original: &'a Url,
    pub site_name: Option<&'a str>,
    pub extracted: Option<&'a ExtractResult>,
}

/// The name of the site, where it says so.
pub fn site_name(data: &PageData, linked: &Linked) -> Option<String> {
    data.meta(&["og:site_name", "application-name", "twitter:site"])
        .map(|name| unescape(name).trim_start_matches('@').to_owned())
        .or_else(|| linked.site_name.clone())
}

/// The first meta of a list of names, with the name that it has.
fn meta(data: &PageData, names: &[&str]) -> Option<Fact<String>> {
    names.iter().find_map(|name| data.meta(&[name]).map(|value| Fact { value: value.to_owned(), origin: format!("meta {name}") }))
}

impl Places<'_> {
    /// The headline.
    pub fn title(&self) -> Option<Fact<String>> {
        let open_graph = meta(self.data, &["og:title", "twitter:title", "dc.title", "title"]);
        let given = headline::Given {
            open_graph: open_graph.as_ref().map(|title| one_line(&title.value)),
            linked: self.linked.headline.as_deref().map(one_line),
            title_element: self.data.title_element.as_deref().map(one_line),
            headings: self.data.headings.clone(),
            site_name: self.site_name.map(str::to_owned),
            host: self.original.host_str().unwrap_or_default().to_owned(),
        };
        let chosen = headline::choose(&given).map(|(value, from)| {
            let origin = match from {
                headline::From::Heading => "heading".to_owned(),
                headline::From::OpenGraph => open_graph.map_or_else(String::new, |title| title.origin),
                headline::From::Linked => JSON_LD.to_owned(),
                headline::From::TitleElement => "title element".to_owned(),
            };
            Fact { value, origin }
        });
        let third_party = || self.extracted.map(|extracted| extracted.metadata.title.clone()).filter(|title| !title.is_empty());
        chosen.or_else(|| third_party().map(|title| Fact::new(title, EXTRACTOR)))
    }

    /// Who wrote it: the first of the page's sources that names somebody, the most explicit one first.
    pub fn authors(&self) -> Option<Fact<Vec<String>>> {
        let metas = AUTHORS.iter().map(|name| {
            let given = self.data.metas_named(name).map(|value| unescape(value).into_owned()).collect();
            Fact { value: given, origin: format!("meta {name}") }
        });
        let labelled: Vec<String> = self.data.labelled_author().map(str::to_owned).into_iter().collect();
        let bylines = self.data.bylines.iter().zip(BYLINES).map(|(given, origin)| Fact::new(given.clone(), origin));
        let third_party: Vec<String> =
            self.extracted.map(|extracted| extracted.metadata.author.split(';').map(str::to_owned).collect()).unwrap_or_default();
        let host = self.original.host_str().unwrap_or_default();
        std::iter::once(Fact::new(self.linked.authors.clone(), JSON_LD))
            .chain(metas)
            .chain([Fact::new(labelled, "meta twitter:data1")])
            .chain(bylines)
            .chain([Fact::new(third_party, EXTRACTOR)])
            .map(|given| Fact { value: byline::names(&given.value, self.site_name, host), origin: given.origin })
            .find(|names| !names.value.is_empty())
    }

    /// When it was published and when it was last changed.
    pub fn dates(&self, printed: &Printed) -> (Option<Fact<Timestamp>>, Option<Fact<Timestamp>>) {
        let linked = |text: &Option<String>| text.as_deref().and_then(parse_date).map(|date| Fact::new(date, JSON_LD));
        let first = |names: &[&str]| {
            names.iter().find_map(|name| {
                let date = self.data.metas_named(name).find_map(parse_date)?;
                Some(Fact { value: date, origin: format!("meta {name}") })
            })
        };
        let marked = |published: bool| {
            let times = self.data.times.iter().filter(|(marked, _)| *marked == published);
            times.map(|(_, text)| text).find_map(|text| parse_date(text)).map(|date| Fact::new(date, "time element"))
        };
        let printed_as = |date: Option<Timestamp>, origin: &str| date.map(|date| Fact::new(date, origin));
        let third_party = || {
            let date = self.extracted?.metadata.date?;
            parse_date(&date.to_string()).map(|date| Fact::new(date, EXTRACTOR))
        };
        // Two witnesses: what the reader sees and what the page says of itself.
        let agreed = || first(DATED).filter(|dated| printed.beside.is_some_and(|beside| day(beside) == day(dated.value)));
        let published = linked(&self.linked.published)
            .or_else(|| first(PUBLISHED))
            .or_else(agreed)
            .or_else(|| marked(true))
            .or_else(|| date_in_path(self.original.path()).map(|date| Fact::new(date, "address")))
            .or_else(|| printed_as(printed.labelled, "printed line that says \"published\""))
            .or_else(|| printed_as(printed.beside, "printed line beside the text"))
            .or_else(|| first(DATED))
            .or_else(|| printed_as(printed.below, "printed line below the text"))
            .or_else(|| marked(false))
            .or_else(third_party);
        let updated = linked(&self.linked.modified).or_else(|| first(UPDATED));
        let updated = updated.filter(|updated| published.as_ref().is_none_or(|published| published.value != updated.value));
        (published, updated)
    }

    /// The language that the page declares.
    pub fn language(&self) -> Option<Fact<Language>> {
        let given = |value: Option<&str>, origin: &str| value.and_then(Language::parse).map(|language| Fact::new(language, origin));
        given(self.data.html_language.as_deref(), "html lang").or_else(|| given(self.linked.language.as_deref(), JSON_LD)).or_else(|| {
            ["og:locale", "content-language", "language", "dc.language"]
                .iter()
                .find_map(|name| given(self.data.meta(&[name]), &format!("meta {name}")))
        })
    }

    /// The section of the site that it stands in.
    pub fn section(&self) -> Option<Fact<String>> {
        let linked = self.linked.section.clone().map(|section| Fact::new(section, JSON_LD));
        linked.or_else(|| meta(self.data, &["article:section"])).filter(|section| section.value.len() <= SECTION_LIMIT_BYTES)
    }

    /// The picture that stands for the page where it is shared.
    pub fn image(&self) -> Option<Fact<Url>> {
        let linked = self.linked.image.clone().map(|image| Fact::new(image, JSON_LD));
        let names = ["og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"];
        let given = linked.or_else(|| meta(self.data, &names))?;
        let image = self.url.join(&given.value).ok()?;
        let web = matches!(image.scheme(), "http" | "https") && image.as_str().len() <= IMAGE_URL_LIMIT_BYTES;
        web.then_some(Fact { value: image, origin: given.origin })
    }

    /// The address that the page calls its own: only inside the same registrable domain, and not the home page.
    pub fn canonical(&self) -> Option<Fact<Url>> {
        let link = self.data.canonical.clone().map(|address| Fact::new(address, "link rel=canonical"));
        let given = link.or_else(|| meta(self.data, &["og:url"]))?;
        let canonical = self.url.join(&given.value).ok()?;
        let web = matches!(canonical.scheme(), "http" | "https");
        let home = canonical.path().trim_matches('/').is_empty() && canonical.query().is_none();
        (web && !home && same_site(&canonical, self.url)).then_some(Fact { value: canonical, origin: given.origin })
    }
}

/// Longer addresses of pictures are data or an attack.
const IMAGE_URL_LIMIT_BYTES: usize = 2_000;
/// Longer names of sections are none.
const SECTION_LIMIT_BYTES: usize = 200;

/// What the kinds of [`PageData::bylines`] are, in their order.
const BYLINES: [&str; 5] =
    ["element marked as the author", "element of an author's name", "element of a byline", "printed byline", "element about an author"];

const AUTHORS: &[&str] = &[
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "parsely-author",
    "citation_author",
    "byl",
    "cxenseparse:author",
];
const PUBLISHED: &[&str] = &[
    "article:published_time",
    "article:published",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "date.published",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "published_time",
    "sailthru.date",
    "parsely-pub-date",
    "citation_publication_date",
    "citation_date",
    "article_date_original",
    "cxenseparse:recs:publishtime",
    "rnews:datepublished",
];
/// Names under which many sites write the moment at which the page was made.
const DATED: &[&str] = &["dc.date", "dcterms.date", "date"];
const UPDATED: &[&str] =
    &["article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod"];

/// Titles in attributes are at times escaped twice and hold tags.
fn one_line(title: &str) -> String {
    text_of_markup(title).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn day(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(86_400)
}

fn same_site(a: &Url, b: &Url) -> bool {
    let site = |url: &Url| {
        let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        match url.host()? {
            url::Host::Domain(_) => Some(psl::domain_str(&host).unwrap_or(&host).to_owned()),
            _ => Some(host),
        }
    };
    site(a).is_some() && site(a) == site(b)
}
