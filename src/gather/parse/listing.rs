//! HTML pages that list links to articles, read by the CSS selectors of their source.

use jiff::Timestamp;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::gather::parse::date::read_date;
use crate::gather::parse::limits::{ITEM_LIMIT, TITLE_LIMIT_BYTES, http_url};
use crate::gather::parse::markup::{cap_depth, collapse, truncate};
use crate::gather::parse::relative::read_ago;
use crate::model::{Hints, Language, ListingRules, Parsed, RawItem};

/// Deeper elements are flattened before the page is parsed.
const DEPTH_LIMIT: usize = 512;

struct Selectors {
    item: Selector,
    link: Option<Selector>,
    title: Option<Selector>,
    date: Option<Selector>,
    summary: Option<Selector>,
    next: Option<Selector>,
}

/// What is wrong with the selectors of a source; empty when all are good.
pub fn check_selectors(rules: &ListingRules) -> Vec<String> {
    let named = [
        ("item", Some(&rules.item)),
        ("link", rules.link.as_ref()),
        ("title", rules.title.as_ref()),
        ("date", rules.date.as_ref()),
        ("summary", rules.summary.as_ref()),
        ("next", rules.next.as_ref()),
    ];
    named.into_iter().filter_map(|(name, text)| Some((name, text?))).filter_map(|(name, text)| compile(name, text).err()).collect()
}

fn compile(name: &str, text: &str) -> Result<Selector, String> {
    if text.trim().is_empty() {
        return Err(format!("selector {name} is empty"));
    }
    Selector::parse(text).map_err(|error| format!("selector {name} = {text:?} is not valid CSS: {error}"))
}

fn compile_all(rules: &ListingRules) -> Result<Selectors, String> {
    let optional = |name, text: &Option<String>| text.as_deref().map(|text| compile(name, text)).transpose();
    Ok(Selectors {
        item: compile("item", &rules.item)?,
        link: optional("link", &rules.link)?,
        title: optional("title", &rules.title)?,
        date: optional("date", &rules.date)?,
        summary: optional("summary", &rules.summary)?,
        next: optional("next", &rules.next)?,
    })
}

/// Reads a listing page. `base` is where the page was fetched from; the page's own `<base>` counts.
pub fn parse_listing(html: &str, rules: &ListingRules, base: &Url, now: Timestamp) -> Parsed {
    let selectors = match compile_all(rules) {
        Ok(selectors) => selectors,
        Err(problem) => return Parsed { warnings: vec![problem], ..Parsed::default() },
    };
    read_page(&parse_page(html), rules, &selectors, base, now)
}

/// Parses a page of any depth.
pub(super) fn parse_page(html: &str) -> Html {
    Html::parse_document(&cap_depth(html, DEPTH_LIMIT))
}

/// Reads a page that is parsed already.
pub(super) fn read_parsed(page: &Html, rules: &ListingRules, base: &Url, now: Timestamp) -> Parsed {
    match compile_all(rules) {
        Ok(selectors) => read_page(page, rules, &selectors, base, now),
        Err(problem) => Parsed { warnings: vec![problem], ..Parsed::default() },
    }
}

/// Where relative links of a page begin.
pub(super) fn base_of(page: &Html, base: &Url) -> Url {
    let said = first(page.root_element(), "base[href]").and_then(|element| base.join(element.value().attr("href")?.trim()).ok());
    said.unwrap_or_else(|| base.clone())
}

fn read_page(page: &Html, rules: &ListingRules, selectors: &Selectors, base: &Url, now: Timestamp) -> Parsed {
    let mut parsed = Parsed { hints: Hints::default(), ..Parsed::default() };
    let root = page.root_element();
    parsed.language = root.value().attr("lang").and_then(Language::parse);
    parsed.title = first(root, "title").map(|title| text_of(title, TITLE_LIMIT_BYTES)).filter(|title| !title.is_empty());
    let base = base_of(page, base);

    let (mut found, mut without_link) = (0usize, 0usize);
    for element in page.select(&selectors.item) {
        found += 1;
        if parsed.items.len() >= ITEM_LIMIT {
            parsed.warnings.push(format!("only the first {ITEM_LIMIT} items were read"));
            break;
        }
        let Some(item) = read_item(element, selectors, &base, now) else {
            without_link += 1;
            continue;
        };
        // A picture and a headline that lead to one article are one item.
        match parsed.items.iter_mut().rev().take(4).find(|other| other.url == item.url) {
            Some(same) => {
                same.title = same.title.take().or(item.title);
                same.published = same.published.or(item.published);
            }
            None => parsed.items.push(item),
        }
    }
    parsed.recognized = !parsed.items.is_empty();
    if found == 0 {
        parsed.warnings.push(format!("selector item = {:?} finds nothing on this page", rules.item));
    } else if without_link > 0 {
        parsed.warnings.push(format!("{without_link} of {found} items hold no link to an article and were left out"));
    }
    parsed.further.extend(selectors.next.as_ref().and_then(|selector| next_page(page, selector, &base)));
    if parsed.items.iter().all(|item| item.published.is_none()) && rules.date.is_some() && parsed.recognized {
        parsed.warnings.push("selector date finds no date that can be read".to_owned());
    }
    parsed
}

/// The address of the next page.
fn next_page(page: &Html, selector: &Selector, base: &Url) -> Option<Url> {
    let element = page.select(selector).next()?;
    let href = element.value().attr("href").or_else(|| first(element, "a[href]")?.value().attr("href"))?;
    http_url(href, base)
}

fn read_item(element: ElementRef, selectors: &Selectors, base: &Url, now: Timestamp) -> Option<RawItem> {
    let link = match &selectors.link {
        Some(selector) => element.select(selector).next()?,
        None if element.value().attr("href").is_some() => element,
        None => first(element, "a[href]")?,
    };
    // The selector may name an element around the link.
    let href = link.value().attr("href").or_else(|| first(link, "a[href]")?.value().attr("href"))?;
    let url = http_url(href, base)?;
    let title = match &selectors.title {
        Some(selector) => element.select(selector).next().map(|title| text_of(title, TITLE_LIMIT_BYTES)),
        None => Some(text_of(link, TITLE_LIMIT_BYTES)),
    };
    let title = title.filter(|title| !title.is_empty()).or_else(|| link.value().attr("title").map(collapse)).filter(|title| !title.is_empty());
    let dated = selectors.date.as_ref().and_then(|selector| element.select(selector).next()).or_else(|| first(element, "time"));
    let published = dated.and_then(|dated| date_of(dated, now));
    let summary_html = selectors.summary.as_ref().and_then(|selector| element.select(selector).next()).map(|summary| summary.inner_html());
    Some(RawItem { external_id: Some(url.as_str().to_owned()), url: Some(url), title, summary_html, published, ..RawItem::default() })
}

fn date_of(element: ElementRef, now: Timestamp) -> Option<Timestamp> {
    let attributes = ["datetime", "content", "data-time", "data-date", "title"];
    attributes.iter().filter_map(|name| element.value().attr(name)).find_map(read_date).or_else(|| {
        let text = text_of(element, 400);
        read_date(&text).or_else(|| read_ago(&text, now))
    })
}

/// The text that a reader sees. The content of `<noscript>` arrives as text, and is markup.
pub(super) fn text_of(element: ElementRef, limit_bytes: usize) -> String {
    const UNSEEN: [&str; 4] = ["noscript", "script", "style", "template"];
    let mut text = String::new();
    for node in element.descendants() {
        let is_unseen = || node.parent().and_then(ElementRef::wrap).is_some_and(|parent| UNSEEN.contains(&parent.value().name()));
        if let Some(piece) = node.value().as_text()
            && !is_unseen()
        {
            text.push_str(piece);
            // White space is collapsed later: far more is read than is kept.
            if text.len() > 16 * limit_bytes {
                break;
            }
        }
    }
    truncate(collapse(&text), limit_bytes)
}

fn first<'a>(element: ElementRef<'a>, selector: &str) -> Option<ElementRef<'a>> {
    element.select(&Selector::parse(selector).ok()?).next()
}

mod trial;

pub use trial::{Trial, TrialItem, try_listing};

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{check_selectors, parse_listing};
    use crate::model::ListingRules;

    fn rules(item: &str, link: Option<&str>, title: Option<&str>, date: Option<&str>) -> ListingRules {
        ListingRules {
            link: link.map(str::to_owned),
            title: title.map(str::to_owned),
            date: date.map(str::to_owned),
            summary: Some(".lead".to_owned()),
            ..ListingRules::new(item)
        }
    }

    const PAGE: &str = r#"<!doctype html><html lang="ru-RU"><head><title>Новости района</title><base href="/ru/"></head><body>
        <div class="card"><a href="one?a=1&amp;b=2"><img src="i.png"></a><h3><a href="one?a=1&amp;b=2">Суд  отложил
        заседание</a></h3><span class="date">2 марта 2026, 10:14</span><p class="lead">Кратко <b>о суде</b></p></div>
        <div class="card"><h3><a href="https://other.example/two">Вторая</a></h3><time datetime="2026-03-01T08:00:00+05:00">вчера</time></div>
        <div class="card"><h3><a href="javascript:void(0)">Меню</a></h3></div>
        </body></html>"#;

    #[test]
    fn a_listing_page_gives_its_items_in_order() {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let parsed =
            parse_listing(PAGE, &rules(".card", Some("h3 a"), None, Some(".date, time")), &"https://news.example/list".parse().unwrap(), now);
        assert!(parsed.recognized);
        assert_eq!(parsed.language.unwrap().as_str(), "ru");
        assert_eq!(parsed.title.unwrap(), "Новости района");
        let shown: Vec<_> = parsed
            .items
            .iter()
            .map(|item| (item.url.clone().unwrap().to_string(), item.title.clone().unwrap(), item.published.unwrap().to_string()))
            .collect();
        assert_eq!(
            shown,
            [
                ("https://news.example/ru/one?a=1&b=2".to_owned(), "Суд отложил заседание".to_owned(), "2026-03-02T10:14:00Z".to_owned()),
                ("https://other.example/two".to_owned(), "Вторая".to_owned(), "2026-03-01T03:00:00Z".to_owned()),
            ]
        );
        assert_eq!(parsed.items[0].summary_html.as_deref(), Some("Кратко <b>о суде</b>"));
        assert_eq!(parsed.warnings, ["1 of 3 items hold no link to an article and were left out"]);
    }

    #[test]
    fn an_item_may_be_the_link_itself() {
        let parsed = parse_listing(PAGE, &rules("h3 > a", None, None, None), &"https://news.example/list".parse().unwrap(), Timestamp::UNIX_EPOCH);
        assert_eq!(parsed.items.len(), 2);
    }

    #[test]
    fn what_no_reader_sees_is_no_headline() {
        let page = "<li><a href='/1'><noscript><img src='x.png'></noscript><style>a{}</style>Court <script>track()</script><b>adjourns</b></a></li>";
        let parsed = parse_listing(page, &ListingRules::new("li"), &"https://news.example/".parse().unwrap(), Timestamp::UNIX_EPOCH);
        assert_eq!(parsed.items[0].title.as_deref(), Some("Court adjourns"));
    }

    #[test]
    fn a_page_without_items_is_not_recognized_and_says_why() {
        let parsed = parse_listing(
            "<form>Sign in</form>",
            &rules(".card", None, None, None),
            &"https://news.example/".parse().unwrap(),
            Timestamp::UNIX_EPOCH,
        );
        assert!(!parsed.recognized);
        assert_eq!(parsed.warnings, ["selector item = \".card\" finds nothing on this page"]);
    }

    #[test]
    fn broken_selectors_are_named() {
        assert!(check_selectors(&rules(".card", Some("h3 > a"), Some("h3"), Some("time"))).is_empty());
        let problems = check_selectors(&rules("div[", Some(""), Some("h3"), Some("a:::b")));
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[0].starts_with("selector item = \"div[\" is not valid CSS"), "{}", problems[0]);
    }
}
