//! The headline without the site's name.
//!
//! In: what the page gives in its title element, its OpenGraph data, its first headings. Out: one headline.

use crate::understand::extract::byline::plain;

/// Signs that stand between a headline and a site's name.
const SEPARATORS: [&str; 11] = [" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " / ", " ~ "];

/// What a page says of its headline, in the order in which it is believed.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub open_graph: Option<String>,
    pub linked: Option<String>,
    pub title_element: Option<String>,
    /// The text of every `h1`.
    pub headings: Vec<String>,
    pub site_name: Option<String>,
    pub host: String,
}

/// Where a headline was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    OpenGraph,
    Linked,
    TitleElement,
    Heading,
}

/// Chooses and cleans the headline.
pub fn choose(given: &Given) -> Option<(String, From)> {
    let all = [(&given.open_graph, From::OpenGraph), (&given.linked, From::Linked), (&given.title_element, From::TitleElement)];
    let candidates: Vec<(&str, From)> = all.into_iter().filter_map(|(title, from)| Some((title.as_deref()?, from))).collect();
    let headings: Vec<&String> =
        given.headings.iter().filter(|heading| (2..=300).contains(&heading.chars().count()) && !is_site(heading, given)).collect();
    // A heading that a title repeats is the headline as readers see it: titles carry site names and sections beside it.
    for (candidate, from) in &candidates {
        let title = plain(candidate);
        let repeated = headings.iter().filter(|heading| {
            let heading = plain(heading);
            !heading.is_empty() && heading.len() * 3 > title.len() && title.contains(&heading)
        });
        if let Some(heading) = repeated.max_by_key(|heading| heading.len()) {
            return Some(((*heading).clone(), From::Heading));
        }
        // A heading that holds the whole title and more holds a kicker or a date, too.
        let cleaned = without_site(candidate, given);
        let title = plain(&cleaned);
        if title.len() > 12 && headings.iter().any(|heading| plain(heading).contains(&title)) {
            return Some((cleaned, *from));
        }
    }
    let mut cleaned = candidates.iter().map(|(candidate, from)| (without_site(candidate, given), *from));
    cleaned
        .find(|(title, _)| !title.is_empty() && !is_site(title, given))
        .or_else(|| headings.first().map(|heading| ((*heading).clone(), From::Heading)))
        .or_else(|| candidates.first().map(|(title, from)| ((*title).to_owned(), *from)))
}

fn is_site(title: &str, given: &Given) -> bool {
    let title = plain(title);
    let host = given.host.trim_start_matches("www.");
    title == plain(host) || given.site_name.as_deref().is_some_and(|site| plain(site) == title)
}

/// Cuts the site's name from either end; a last part that the other titles do not carry is one, too.
fn without_site(title: &str, given: &Given) -> String {
    let mut title = title.trim();
    // The name in the registrable domain: of "forum.daily.co.uk" it is "daily".
    let domain = psl::domain_str(&given.host).unwrap_or_else(|| given.host.trim_start_matches("www."));
    let host = plain(domain.split('.').next().unwrap_or_default());
    let site = given.site_name.as_deref().map(plain).unwrap_or_default();
    let names_site = |part: &str| {
        let part = plain(part);
        let short = part.chars().count() >= 3;
        !part.is_empty()
            && (part == site
                || part == host
                || (short
                    && (host.contains(&part)
                        || (host.len() >= 4 && part.contains(&host))
                        || (!site.is_empty() && (site.contains(&part) || part.contains(&site))))))
    };
    let others: Vec<String> = [&given.open_graph, &given.linked].into_iter().flatten().map(|other| plain(other)).collect();
    for _ in 0..3 {
        let last = SEPARATORS.iter().filter_map(|separator| title.rfind(separator).map(|place| (place, separator.len()))).max();
        if let Some((place, length)) = last {
            let (head, tail) = (title.get(..place).unwrap_or_default(), title.get(place + length..).unwrap_or_default());
            if names_site(tail) || (!head.is_empty() && others.contains(&plain(head))) {
                title = head.trim();
                continue;
            }
        }
        let first = SEPARATORS.iter().filter_map(|separator| title.find(separator).map(|place| (place, separator.len()))).min();
        if let Some((place, length)) = first {
            let (head, tail) = (title.get(..place).unwrap_or_default(), title.get(place + length..).unwrap_or_default());
            if names_site(head) {
                title = tail.trim();
                continue;
            }
        }
        break;
    }
    title.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, headings: &[&str], expect: &str) {
        let given = Given {
            title_element: Some(title.to_owned()),
            headings: headings.iter().map(|heading| (*heading).to_owned()).collect(),
            site_name: Some("The Daily Star".to_owned()),
            host: "www.dailystar.example".to_owned(),
            ..Given::default()
        };
        assert_eq!(choose(&given).map(|(title, _)| title).as_deref(), Some(expect), "{title}");
    }

    #[test]
    fn the_site_name_is_cut() {
        check("Editor held | The Daily Star", &[], "Editor held");
        check("Editor held - Politics - The Daily Star", &[], "Editor held - Politics");
        check("The Daily Star: today", &["Editor held"], "The Daily Star: today");
        check("The Daily Star » Editor held", &[], "Editor held");
        check("Editor held – again", &[], "Editor held – again");
        check("Editor held | World | The Daily Star", &["The Daily Star", "Editor held"], "Editor held");
    }
}
