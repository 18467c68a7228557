use jiff::Timestamp;
use url::Url;

use super::read;
use crate::model::{Parsed, RawItem};

fn base() -> Url {
    "http://feeds.example/dir/feed.xml".parse().unwrap()
}

fn feed(text: &str) -> Parsed {
    read(text, &base())
}

#[track_caller]
fn only(text: &str) -> RawItem {
    let mut parsed = feed(text);
    assert!(parsed.recognized, "{text}");
    assert_eq!(parsed.items.len(), 1, "{text}");
    parsed.items.remove(0)
}

/// Title, address, id and date (published, else updated) of one item.
#[track_caller]
fn check(text: &str, expect: [&str; 4]) {
    let item = only(text);
    let date = item.published.or(item.updated).map(|at: Timestamp| at.to_string());
    let shown = [
        item.title.as_deref().unwrap_or_default(),
        item.url.as_ref().map_or("", Url::as_str),
        item.external_id.as_deref().unwrap_or_default(),
        date.as_deref().unwrap_or_default(),
    ];
    assert_eq!(shown, expect, "{text}");
}

#[track_caller]
fn titles(text: &str) -> Vec<String> {
    feed(text).items.into_iter().map(|item| item.title.unwrap_or_default()).collect()
}

const AT: &str = "2026-03-02T10:14:00Z";

#[test]
fn every_version_of_rss_and_atom_gives_the_same_item() {
    let expect = ["Printer seized", "http://harbor.example/1", "http://harbor.example/1", AT];
    for text in [
        "<rss version='2.0'><channel><title>Harbor</title><item><title>Printer seized</title><link>http://harbor.example/1</link>
            <guid>http://harbor.example/1</guid><pubDate>Mon, 02 Mar 2026 10:14:00 GMT</pubDate></item></channel></rss>",
        "<RSS><CHANNEL><ITEM><TITLE>Printer seized</TITLE><LINK>http://harbor.example/1</LINK><pubdate>2026-03-02T10:14Z</pubdate></ITEM></CHANNEL></RSS>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:x='http://purl.org/dc/elements/1.1/'>
            <channel rdf:about='http://harbor.example/'><title>Harbor</title></channel><item rdf:about='http://harbor.example/1'>
            <title>Printer seized</title><link>http://harbor.example/1</link><x:date>2026-03-02T12:14+02:00</x:date></item></rdf:RDF>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Harbor</title><link rel='self' href='http://harbor.example/feed'/><entry>
            <title type='html'>Printer &lt;b&gt;seized&lt;/b&gt;</title><link rel='enclosure' href='a.mp3'/><link href='http://harbor.example/1'/>
            <id>http://harbor.example/1</id><updated>2026-03-02T10:14:00Z</updated></entry></feed>",
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title mode='base64' type='text/html'>UHJpbnRlciBzZWl6ZWQ=</title>
            <link rel='alternate' type='text/html' href='http://harbor.example/1'/><id>http://harbor.example/1</id>
            <issued>2026-03-02T10:14:00Z</issued><modified>2026-03-09T00:00:00Z</modified></entry></feed>",
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>Printer seized</a:title><a:link href='//harbor.example/1'/>
            <a:id>http://harbor.example/1</a:id><a:published>2026-03-02T10:14:00Z</a:published></a:entry></a:feed>",
        "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{\"id\": \"http://harbor.example/1\", \"url\": \"http://harbor.example/1\",
            \"title\": \"Printer seized\", \"date_published\": \"2026-03-02T10:14:00Z\"}]}",
        "<CHANNEL BASE='http://harbor.example/'><ITEM HREF='/1' LASTMOD='2026-03-02T10:14:00Z'><TITLE>Printer seized</TITLE></ITEM></CHANNEL>",
    ] {
        check(text, expect);
    }
}

#[test]
fn a_guid_is_the_link_unless_it_says_no_or_there_is_one() {
    let with = |fields: &str| format!("<rss><channel><item><title>T</title>{fields}</item></channel></rss>");
    check(&with("<guid>http://harbor.example/7</guid>"), ["T", "http://harbor.example/7", "http://harbor.example/7", ""]);
    check(&with("<guid isPermaLink='true'>/7</guid>"), ["T", "http://feeds.example/7", "http://feeds.example/7", ""]);
    check(&with("<guid isPermaLink='false'>http://harbor.example/7</guid>"), ["T", "", "http://harbor.example/7", ""]);
    check(&with("<guid>http://harbor.example/7</guid><link>/8</link>"), ["T", "http://feeds.example/8", "http://harbor.example/7", ""]);
    check(&with("<link>/8</link>"), ["T", "http://feeds.example/8", "http://feeds.example/8", ""]);
    check(&with("<guid isPermaLink='false'>n 7</guid><link>javascript:alert(1)</link>"), ["T", "", "n 7", ""]);
}

#[test]
fn relative_addresses_are_resolved_by_the_nearest_base() {
    check(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://valley.example/a/'><entry xml:base='b/'><title>T</title>
            <link xml:base='c/' href='d?x=1&amp;y=2'/><id>urn:7</id></entry></feed>",
        ["T", "http://valley.example/a/b/c/d?x=1&y=2", "urn:7", ""],
    );
    check(
        "<rss><channel><item><title>T</title><link>\n  e?a=1&b=2  </link></item></channel></rss>",
        ["T", "http://feeds.example/dir/e?a=1&b=2", "http://feeds.example/dir/e?a=1&b=2", ""],
    );
}

#[test]
fn fields_of_parts_are_not_those_of_the_item() {
    check(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><source><title>Other</title><id>urn:other</id><link href='http://other.example/'/></source>
            <author><name>A. Reporter</name><uri>http://person.example/</uri></author>
            <m:group xmlns:m='http://search.yahoo.com/mrss/'><m:title>Picture</m:title></m:group>
            <title>T</title><link href='http://valley.example/1'/><id>urn:7</id></entry></feed>",
        ["T", "http://valley.example/1", "urn:7", ""],
    );
    let parsed = feed(
        "<rss><channel><title>Valley</title><image><title>Logo</title><link>http://logo.example/</link></image>
            <textInput><title>Search</title></textInput><item><title>T</title></item></channel></rss>",
    );
    assert_eq!(parsed.title.as_deref(), Some("Valley"));
}

#[test]
fn all_fields_of_an_item_are_read() {
    let item = only(
        "<rss xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><item><title>T</title><description>&lt;p&gt;Short&lt;/p&gt;</description>
            <content:encoded><![CDATA[<p>Long</p>]]></content:encoded><author>desk@valley.example (A. Reporter)</author><dc:creator>B. Editor</dc:creator>
            <category>Courts</category><dc:subject>Media &amp; law</dc:subject><dc:language>kk-KZ</dc:language></item></channel></rss>",
    );
    assert_eq!((item.summary_html.as_deref(), item.content_html.as_deref()), (Some("<p>Short</p>"), Some("<p>Long</p>")));
    assert_eq!(
        (item.authors, item.categories),
        (vec!["A. Reporter".to_owned(), "B. Editor".to_owned()], vec!["Courts".to_owned(), "Media & law".to_owned()])
    );
    assert_eq!(item.language.map(|language| language.to_string()).as_deref(), Some("kk"));
    let item = only(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='ru'><entry><title>T</title><category term='x' label='Суды'/>
            <content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><title>no</title><p>a &lt; b</p></div></content></entry></feed>",
    );
    assert_eq!(item.content_html.as_deref(), Some("<div xmlns='http://www.w3.org/1999/xhtml'><title>no</title><p>a &lt; b</p></div>"));
    assert_eq!((item.title.as_deref(), item.categories), (Some("T"), vec!["Суды".to_owned()]));
    assert_eq!(item.language.map(|language| language.to_string()).as_deref(), Some("ru"));
}

#[test]
fn authors_are_named_without_their_addresses() {
    let author = |text: &str| only(&format!("<rss><channel><item><author>{text}</author></item></channel></rss>")).authors;
    assert_eq!(author("desk@valley.example (A. Reporter)"), ["A. Reporter"]);
    assert_eq!(author("desk@valley.example（编辑部）"), ["编辑部"]);
    assert_eq!(author("A. Reporter &lt;desk@valley.example&gt;"), ["A. Reporter"]);
    assert_eq!(author("A. Reporter (Almaty)"), ["A. Reporter (Almaty)"]);
    assert_eq!(author("desk@valley.example"), ["desk@valley.example"]);
    assert_eq!(author("<name> B. Editor </name><email>x@y.example</email>"), ["B. Editor"]);
}

#[test]
fn one_fault_costs_one_item_at_most() {
    for (fault, expect) in [
        ("<item><title>bad <b>x</title></item>", &["one", "bad x", "two"][..]),
        ("<item><title>bad</item>", &["one", "bad", "two"]),
        ("<item><title>bad<link>http://x.example/</link></item>", &["one", "bad", "two"]),
        ("<item><title>bad", &["one", "bad", "two"]),
        ("<item><title><![CDATA[bad</title></item>", &["one", "bad", "two"]),
        ("<item><title>b & a < d</title></item>", &["one", "b & a < d", "two"]),
        ("<item><title>bad&nbsp;&mdash;</title></item>", &["one", "bad —", "two"]),
        ("<item><title a='x>bad</title></item>", &["one", "bad", "two"]),
        ("<item><title>bad</title><div xmlns='http://www.w3.org/1999/xhtml'><p>x</item>", &["one", "bad", "two"]),
        ("</div></p><item><title>bad</title></b></item></item>", &["one", "bad", "two"]),
        ("<!-- <item><title>bad</title></item>", &["one", "bad", "two"]),
        ("<item><title>a</title><item><title>b</title></item></item>", &["one", "a", "b", "two"]),
    ] {
        let text = format!("<rss><channel><item><title>one</title></item>{fault}<item><title>two</title></item></channel></rss>");
        assert_eq!(titles(&text), expect, "{fault}");
    }
    assert_eq!(titles("<b>Warning</b>: a notice in line 7<br />\n<?xml version='1.0'?><rss><channel><item><title>one</title></item>"), ["one"]);
    assert_eq!(titles("<rss><channel><item><title>one</title></item><item><title>tw"), ["one", "tw"]);
}

#[test]
fn nesting_without_end_costs_no_item() {
    let deep = format!("<rss><channel><item><x>{}</item><item><title>two</title></item></channel></rss>", "<b>".repeat(50_000));
    assert_eq!(titles(&deep), ["", "two"]);
    let deep = format!("<rss><channel><item><title>one</title><a>{}{}</a></item></channel></rss>", "<b>".repeat(9_000), "</b>".repeat(9_000));
    assert_eq!(titles(&deep), ["one"]);
}

#[test]
fn items_without_an_id_have_the_same_one_at_each_reading() {
    let text = "<rss><channel><item><title>a</title></item><item><description>b</description></item></channel></rss>";
    let ids = |text| feed(text).items.into_iter().map(|item| item.external_id.unwrap()).collect::<Vec<_>>();
    let (first, second) = (ids(text), ids(text));
    assert_eq!(first, second);
    assert_ne!(first[0], first[1]);
    assert!(first.iter().all(|id| id.starts_with("sha256:")));
}

#[test]
fn other_documents_are_no_feeds() {
    for text in [
        "",
        "  \n",
        "<?xml version='1.0'?>",
        "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form></form></body></html>",
        "<opml version='2.0'><head><title>T</title></head><body><outline text='x'/></body></opml>",
        "<urlset><url><loc>http://x.example/</loc></url></urlset>",
        "<response><items><item><title>T</title></item></items></response>",
        "{\"error\": \"no such feed\"}",
        "{\"items\": [1, 2, 3]}",
        "[[[[",
        "plain words",
    ] {
        let parsed = feed(text);
        assert!(!parsed.recognized && parsed.items.is_empty(), "{text}");
    }
    assert!(feed("<rss><channel><title>Nothing yet</title></channel></rss>").recognized);
}

#[test]
fn json_takes_liberties() {
    let text = r#"{"version": "https://jsonfeed.org/version/1", "title": "Harbor", "items": [
        {"id": 7, "external_url": "http://x.example/", "content_text": "a < b", "author": {"name": "A."}, "tags": ["x", 3]},
        {"id": "8", "title": "half \ud83d here \ud83d\ude00", "authors": [{"name": "B."}], "summary": null},
        "nonsense"]}"#;
    let parsed = feed(text);
    assert_eq!(parsed.items.len(), 2);
    assert_eq!((parsed.items[0].external_id.as_deref(), parsed.items[0].content_html.as_deref()), (Some("7"), Some("a &lt; b")));
    assert_eq!((&parsed.items[0].authors, &parsed.items[0].categories), (&vec!["A.".to_owned()], &vec!["x".to_owned()]));
    assert_eq!(parsed.items[1].title.as_deref(), Some("half \u{FFFD} here 😀"));
}

#[test]
fn more_items_than_anybody_publishes_are_cut() {
    let many = format!("<rss><channel>{}</channel></rss>", "<item><title>x</title></item>".repeat(6_000));
    let parsed = feed(&many);
    assert_eq!((parsed.items.len(), parsed.warnings.len()), (5_000, 1));
}

#[test]
fn no_damage_makes_the_reader_panic_or_differ() {
    let whole = "<?xml version='1.0' encoding='utf-8'?><!DOCTYPE rss [<!ENTITY co 'Acme'>]><rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'>
        <channel><title>Новости &co;</title><item><title><![CDATA[Редактор <b>задержан</b>]]></title><link>http://valley.example/1?a=1&amp;b=2</link>
        <guid isPermaLink=\"false\">n 1</guid><pubDate>Mon, 02 Mar 2026 10:14:00 GMT</pubDate><author>a@b.example （编辑部）</author></item><!-- x -->
        <entry xml:base='c/'><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a &lt; b</div></title><media:group><media:title>P</media:title>
        </media:group><content type='html'>&lt;p&gt;x&amp;nbsp;&lt;/p&gt;</content></entry></channel></rss>";
    let characters: Vec<char> = whole.chars().collect();
    let pieces = ["<", ">", "</", "\"", "'", "&", "]]>", "<![CDATA[", "<!--", "<item>", "</item>", "</title>", "<?", "/>", "=", "\u{fffd}", "й"];
    // A fixed sequence (xorshift): a failure is found again.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for _ in 0..2_000 {
        let mut damaged: Vec<String> = characters.iter().map(char::to_string).collect();
        for _ in 0..=random(4) {
            let at = random(damaged.len() - 1);
            match random(3) {
                0 => drop(damaged.remove(at)),
                1 => damaged.insert(at, pieces[random(pieces.len())].to_owned()),
                _ => damaged.truncate(at.max(2)),
            }
        }
        let damaged = damaged.concat();
        let parsed = feed(&damaged);
        assert!(parsed.items.iter().all(|item| item.external_id.is_some()), "{damaged}");
        assert_eq!(parsed, feed(&damaged));
    }
}

#[test]
fn hostile_documents_are_read_in_linear_time() {
    // Were one of these quadratic, this test would take minutes.
    for piece in [
        "<",
        "<a",
        "<a b='",
        "<item>",
        "<title>",
        "</item>",
        "<![CDATA[",
        "<!--",
        "&a;",
        "&",
        "<a:b xmlns:a='x'>",
        "<x><item><title>a",
        "<link>",
        "</x>",
        "<b></c>",
    ] {
        let text = format!("<rss><channel><item><title>good</title></item>{}", piece.repeat(200_000 / piece.len()));
        let parsed = feed(&text);
        assert_eq!(parsed.items[0].title.as_deref().map(|title| &title[..4]), Some("good"), "{piece}");
    }
}
