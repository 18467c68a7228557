//! Which sitemaps of an index are read first: there is time for a few, and the news stand in one of them.

use std::cmp::Reverse;
use std::collections::HashSet;

use jiff::Timestamp;
use url::Url;

/// Words in the addresses of sitemaps that list no articles.
const OTHER_THINGS: [&str; 12] =
    ["image", "photo", "video", "categor", "taxonom", "tag", "author", "user", "page-sitemap", "pages-sitemap", "attachment", "product"];

/// The sitemaps of an index that may hold something young, the most promising first: those that list news, then by their date.
///
/// Where none has a date, the newest of a numbered series is its first or its last: both ends come first.
pub(super) fn sitemaps(children: Vec<(Url, Option<Timestamp>)>, oldest: Timestamp) -> Vec<Url> {
    let mut seen = HashSet::new();
    let mut children = children;
    children.retain(|(url, modified)| modified.is_none_or(|at| at >= oldest) && seen.insert(url.clone()));
    let has_dates = children.iter().any(|(_, modified)| modified.is_some());
    if !has_dates {
        children = from_both_ends(children);
    }
    // A stable sort: equals keep the order of the index.
    children.sort_by_key(|(url, modified)| (Reverse(promise(url)), Reverse(*modified)));
    children.into_iter().map(|(url, _)| url).collect()
}

/// 2 for news, 1 for anything, 0 for pictures, tags and the like.
fn promise(url: &Url) -> u8 {
    let path = url.path().to_ascii_lowercase();
    let name = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    match () {
        () if OTHER_THINGS.iter().any(|word| name.contains(word)) => 0,
        () if name.contains("news") || name.contains("article") || name.contains("post") => 2,
        () => 1,
    }
}

/// Last, first, second last, second, and so on.
fn from_both_ends<T>(list: Vec<T>) -> Vec<T> {
    let mut list: std::collections::VecDeque<T> = list.into();
    let mut out = Vec::with_capacity(list.len());
    while let Some(last) = list.pop_back() {
        out.push(last);
        out.extend(list.pop_front());
    }
    out
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::sitemaps;

    #[track_caller]
    fn check(children: &[(&str, Option<&str>)], expect: &[&str]) {
        let children = children
            .iter()
            .map(|(name, at)| (format!("https://news.example/{name}").parse().unwrap(), at.map(|at| at.parse::<Timestamp>().unwrap())))
            .collect();
        let found = sitemaps(children, "2026-03-01T00:00:00Z".parse().unwrap());
        let names: Vec<&str> = found.iter().map(|url| url.path().trim_start_matches('/')).collect();
        assert_eq!(names, expect);
    }

    #[test]
    fn news_come_first_then_the_youngest_and_what_is_old_is_left_out() {
        check(
            &[
                ("tag-sitemap.xml", Some("2026-03-03T00:00:00Z")),
                ("2024.xml", Some("2024-12-31T00:00:00Z")),
                ("a.xml", Some("2026-03-01T10:00:00Z")),
                ("b.xml", Some("2026-03-02T10:00:00Z")),
                ("undated.xml", None),
                ("news.xml", None),
                ("b.xml", Some("2026-03-02T10:00:00Z")),
            ],
            &["news.xml", "b.xml", "a.xml", "undated.xml", "tag-sitemap.xml"],
        );
    }

    #[test]
    fn without_dates_both_ends_of_a_series_come_first() {
        check(
            &[("s1.xml", None), ("s2.xml", None), ("s3.xml", None), ("s4.xml", None), ("image-1.xml", None)],
            &["s1.xml", "s4.xml", "s2.xml", "s3.xml", "image-1.xml"],
        );
    }
}
