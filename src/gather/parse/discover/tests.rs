use jiff::Timestamp;
use url::Url;

use super::{CandidateKind, Hint, Proposal, candidates, facts, proposals, robots_sitemaps};

fn base() -> Url {
    "https://www.harbor.example/news/".parse().unwrap()
}

#[track_caller]
fn best(html: &str) -> Proposal {
    proposals(html, &base(), Timestamp::UNIX_EPOCH).into_iter().next().unwrap_or_else(|| panic!("nothing was proposed for {html}"))
}

/// What a proposal reads: path, title, date, summary there or not.
fn read(proposal: &Proposal) -> Vec<(String, String, String, bool)> {
    let date = |at: Option<jiff::Timestamp>| at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
    let path = |url: &Option<Url>| url.as_ref().map(|url| url.path().to_owned()).unwrap_or_default();
    let row =
        |item: &crate::model::RawItem| (path(&item.url), item.title.clone().unwrap_or_default(), date(item.published), item.summary_html.is_some());
    proposal.items.iter().map(row).collect()
}

fn menu() -> String {
    let entries = [
        "Home and everything else",
        "All the news of the week",
        "People of the harbor town",
        "Write to the editors today",
        "Support our small paper",
    ];
    let entries: String = entries.iter().enumerate().map(|(number, name)| format!("<li><a href='/section/{number}'>{name}</a></li>")).collect();
    format!("<nav class='site-menu'><ul>{entries}</ul></nav>")
}

const TITLES: [&str; 6] = [
    "Court leaves the printer in custody",
    "Two reporters questioned over leaked budget",
    "Harbor radio goes silent after a search",
    "Editors answer the new law on archives",
    "Union of cameramen elects its board",
    "A newspaper stand burns in the old port",
];

fn page(items: impl Fn(usize, &str) -> String) -> String {
    let items: String = TITLES.iter().enumerate().map(|(number, title)| items(number, title)).collect();
    format!(
        "<!doctype html><html lang='en-GB'><head><title>Harbor News</title></head><body class='page has-sidebar'>{}<div id='content'>{items}</div>
         <aside class='popular'><ul><li><a href='/n/court-leaves-the-printer-0'>{}</a></li></ul></aside><footer><a href='/about'>About the paper and its people</a></footer></body></html>",
        menu(),
        TITLES[0]
    )
}

#[track_caller]
fn check(html: &str, item: &str, date: bool, summary: bool) -> Proposal {
    let best = best(html);
    assert_eq!(best.rules.item, item, "{:?}", best.rules);
    let rows = read(&best);
    assert_eq!(rows.iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), TITLES, "{:?}", best.rules);
    assert!(rows.iter().all(|row| row.0.starts_with("/n/")), "{rows:?}");
    assert!(rows.iter().all(|row| row.2.is_empty() != date && row.3 == summary), "{:?} {rows:?}", best.rules);
    best
}

#[test]
fn cards_with_a_picture_before_the_headline() {
    let html = page(|number, title| {
        format!(
            "<div class='post-{number}21 card category-{number}'><a class=thumb href='/n/{number}-of-the-harbor-news'><img src=x.jpg></a><h3 class=card-title><a href='/n/{number}-of-the-harbor-news'>{title}</a></h3>
             <span class=card-date>{} March 2026</span><p>What is known of it by now, in a few words for the reader.</p><a href='/section/1'>City</a></div>",
            number + 1
        )
    });
    let best = check(&html, "div.card", true, true);
    assert_eq!(
        (best.rules.title.as_deref(), best.rules.date.as_deref(), best.rules.summary.as_deref()),
        (Some(".card-title"), Some(".card-date"), Some("p"))
    );
}

#[test]
fn a_plain_list_without_any_class() {
    let html = page(|number, title| {
        format!("<li><a href='/n/{number}-of-the-harbor-news'>{title}</a> <time datetime='2026-03-0{}'>then</time></li>", number + 1)
    });
    let html = html.replace("<div id='content'>", "<ul id='content'>");
    let best = check(&html, "#content > li", true, false);
    assert_eq!((best.rules.link, best.rules.title, best.rules.date), (None, None, None));
}

#[test]
fn links_that_wrap_whole_cards_with_names_made_by_a_machine() {
    let html = page(|number, title| {
        format!(
            "<a class='sc-bdVaJa tile' href='/n/{number}-of-the-harbor-news'><img src=x><div class='css-1x2y3z'><h2>{title}</h2><p>What is known of it by now, in a few words for the reader.</p></div></a>"
        )
    });
    let best = check(&html, "a.tile", false, true);
    assert_eq!(best.rules.title.as_deref(), Some("h2"));
}

#[test]
fn headlines_beside_links_that_only_say_more() {
    let html = page(|number, title| {
        format!(
            "<article><h2>{title}</h2><p>What is known of it by now, in a few words for the reader.</p><a href='/n/{number}-of-the-harbor-news'>More</a></article>"
        )
    });
    let best = check(&html, "article", false, true);
    assert_eq!(best.rules.title.as_deref(), Some("h2"));
}

#[test]
fn rows_of_a_table_and_headlines_without_spaces() {
    let titles = [
        "港口報記者上週三被警方帶走至今下落不明",
        "印刷廠老闆因刊登社論被罰款五萬元",
        "電台停播三天後恢復節目並公開道歉",
        "市政府拒絕公開採購文件引發抗議",
    ];
    let rows: String = titles
        .iter()
        .enumerate()
        .map(|(number, title)| format!("<tr><td>2026年3月{}日</td><td><a href='c_{number}123.html'>{title}</a></td></tr>", number + 1))
        .collect();
    let best = best(&format!("<html><body><table class='newslist'>{rows}</table></body></html>"));
    let read = read(&best);
    assert_eq!(read.iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), titles, "{:?}", best.rules);
    assert_eq!(read[0].2, "2026-03-01", "{:?}", best.rules);
}

#[test]
fn the_way_to_the_next_page_is_seen() {
    let html = page(|number, title| format!("<article><a href='/n/{number}-of-the-harbor-news'>{title}</a></article>"));
    let html = html.replace("</body>", "<ul class=pagination><li class=next><a href='?page=2'>Older</a></li></ul></body>");
    assert_eq!(best(&html).next.as_deref(), Some("li.next > a"));
}

#[test]
fn pages_without_a_list_propose_nothing() {
    for html in [
        "",
        "<form>Sign in</form>",
        "<p><a href='/one-long-and-lonely-article'>One long and lonely headline here</a></p>",
        &format!("<body>{}</body>", "<p><a href='https://elsewhere.example/x'>A link to somebody else's story</a></p>".repeat(9)),
        &format!("<ul>{}</ul>", (0..9).map(|number| format!("<li><a href='/subject-{number}00'>Energy</a></li>")).collect::<String>()),
        &format!("<body>{}</body>", "<p><a href='/same'>The same address again and again</a></p>".repeat(9)),
    ] {
        assert_eq!(proposals(html, &base(), Timestamp::UNIX_EPOCH), [], "{html}");
    }
}

#[test]
fn hostile_pages_are_bounded() {
    let deep = format!("{}{}", "<div class=x>".repeat(30_000), "<a href='/n/some-long-name-1'>A headline in the deep</a>".repeat(50));
    assert!(proposals(&deep, &base(), Timestamp::UNIX_EPOCH).len() <= 3);
    let wide: String =
        (0..20_000).map(|number| format!("<li class='c{number} item'><a href='/n/{number}'>A headline of number {number}</a></li>")).collect();
    let found = proposals(&format!("<ul>{wide}</ul>"), &base(), Timestamp::UNIX_EPOCH);
    assert_eq!(found[0].rules.item, "li.item");
    let links: String = (0..500)
        .map(|number| format!("<link rel=alternate type='application/rss+xml' href='/feed/{number}'><a href='/rss/{number}.rss'>RSS</a>"))
        .collect();
    assert!(candidates(&links, &base()).len() < 60);
}

#[test]
fn feeds_are_named_by_tags_links_software_and_custom() {
    let html = "<html><head><link rel='alternate' type='application/rss+xml; charset=utf-8' href='/en/feed/'>
        <link rel=alternate type='application/json+oembed' href='/oembed'><link rel=alternate hreflang=fr href='/fr/'>
        <meta name=generator content='WordPress 6.4'></head><body><a href='feed://www.harbor.example/all.rss'>Everything</a>
        <a href='https://elsewhere.example/rss'>Their RSS</a><a href='https://feeds.feedburner.com/harbor'>By mail</a></body></html>";
    let found = candidates(html, &base());
    let of = |hint: Hint| found.iter().filter(|candidate| candidate.hint == hint).map(|candidate| candidate.url.as_str()).collect::<Vec<_>>();
    assert_eq!(of(Hint::LinkTag), ["https://www.harbor.example/en/feed/"]);
    assert_eq!(
        of(Hint::Platform("WordPress")),
        ["https://www.harbor.example/news/feed/", "https://www.harbor.example/feed/", "https://www.harbor.example/?feed=rss2"]
    );
    assert_eq!(of(Hint::PageLink), ["http://www.harbor.example/all.rss", "https://feeds.feedburner.com/harbor"]);
    assert!(of(Hint::CommonPath).contains(&"https://www.harbor.example/rss.xml"));
    assert!(found.iter().any(|candidate| candidate.kind == CandidateKind::Sitemap && candidate.url.path() == "/sitemap.xml"));
}

#[test]
fn robots_txt_names_sitemaps() {
    let found = robots_sitemaps(
        "User-agent: *\nDisallow: /x\nsitemap : /news.xml # all\nSitemap: https://cdn.example/s.xml.gz\nSitemap: javascript:x",
        &base(),
    );
    assert_eq!(
        found.iter().map(|candidate| candidate.url.as_str()).collect::<Vec<_>>(),
        ["https://www.harbor.example/news.xml", "https://cdn.example/s.xml.gz"]
    );
}

#[test]
fn a_page_says_its_name_and_language() {
    let said = facts("<html lang=uk><title>Новини | Порт</title><meta property='og:site_name' content=' Порт '>");
    assert_eq!((said.name.as_deref(), said.language.as_ref().map(crate::model::Language::as_str)), (Some("Порт"), Some("uk")));
    assert_eq!(facts("<title>Port</title>").name.as_deref(), Some("Port"));
}
