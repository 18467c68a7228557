//! The pages over loopback, on a real database.

mod access;
mod acknowledge;
mod api;
mod commands;
mod decisions;
pub mod desk;
mod hostile;
mod incidents;
mod security;
mod search;

use desk::{Desk, Reply};
use presswatch::store::PAGE_ROWS;

/// The text of every link that leads to a story, in order.
fn story_links(reply: &Reply) -> Vec<String> {
    let parts = reply.body.split("<a href=\"/stories/").skip(1);
    parts.map(|part| without_tags(part.split_once('>').unwrap().1.split_once("</a>").unwrap().0)).collect()
}

fn without_tags(html: &str) -> String {
    html.split('<').enumerate().map(|(at, part)| if at == 0 { part } else { part.split_once('>').map_or("", |(_, text)| text) }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_answers_on_an_empty_database() {
    let desk = Desk::open().await;
    for path in [
        "/",
        "/?map=coverage",
        "/countries/KZ",
        "/stories",
        "/incidents",
        "/alerts",
        "/sources",
        "/sources/valley-en",
        "/watchlists",
        "/healthz",
        "/metrics",
        "/static/style.css",
    ] {
        let reply = desk.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    }
    assert!(desk.get("/").await.body.contains("No story yet"));
    assert_eq!(desk.get("/healthz").await.body, "ok\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn coverage_tells_who_is_heard_and_why_another_is_not() {
    let desk = Desk::filled().await;
    let body = desk.get("/").await.body;
    let figure = |name: &str, number: usize| assert!(body.contains(&format!("<dt>{name}</dt><dd>{number}</dd>")), "{name}: {body}");
    figure("sources expected", 4);
    figure("heard today", 1);
    figure("broken", 1);
    figure("quiet beyond habit", 1);
    figure("not polled yet", 1);
    assert!(body.contains("the server answers 503"));
    assert!(body.contains("Kazakhstan (KZ)"));
    // Two reports of one event by two houses, and a copy that confirms nothing.
    assert!(body.contains("2 independent publishers"), "{body}");
    assert!(body.contains("1 other report, 1 copy"));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_compose_and_copies_are_folded() {
    let desk = Desk::filled().await;
    let check = async |query: &str, expect: &[&str]| {
        let reply = desk.get(&format!("/stories{query}")).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        assert_eq!(story_links(&reply), expect, "{query}");
    };
    let (en, ru, zh, ar) = (desk::TITLE_EN, desk::TITLE_RU, desk::TITLE_ZH, desk::TITLE_AR);
    check("", &[ar, zh, ru, en]).await;
    check("?words=&country=&topic=&actor=&source=&language=&watchlist=", &[ar, zh, ru, en]).await;
    check("?copies=1", &[desk::TITLE_COPY, ar, zh, ru, en]).await;
    check("?country=KZ", &[ru, en]).await;
    check("?country=kz&language=ru", &[ru]).await;
    check("?topic=arrest_detention&country=KZ", &[ru, en]).await;
    check("?actor=opposition", &[en]).await;
    check("?source=steppe-ru", &[ru]).await;
    check("?watchlist=kz-opposition", &[en]).await;
    check("?country=KZ&language=ar", &[]).await;
    // A country that is mentioned alone is not what the story is about.
    check("?country=RU", &[]).await;
    check("?country=RU&role=mentioned", &[en]).await;
    check("?country=RU&role=either", &[en]).await;
    check("?country=KZ&role=mentioned", &[]).await;
    check("?kind=other&country=KZ", &[ru, en]).await;
    check("?kind=wire", &[]).await;
    check("?from=2001-01-01&to=2001-12-31", &[]).await;
    check("?from=2001-01-01&country=KZ", &[ru, en]).await;
    check("?country=KZ&words=detain*", &[en]).await;
    check("?topic=arrest_detention&words=police+OR+полиция", &[ru, en]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_in_every_script_and_phrases_in_order() {
    let desk = Desk::filled().await;
    let check = async |words: &str, expect: &[&str]| {
        let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("words", words).finish();
        let reply = desk.get(&format!("/stories?{query}")).await;
        assert_eq!(reply.status, 200, "{words}: {}", reply.body);
        assert_eq!(story_links(&reply), expect, "{words}");
    };
    check("ЗАДЕРЖАНЫ алматы", &[desk::TITLE_RU]).await;
    check("记者", &[desk::TITLE_ZH]).await;
    check("الصحفي", &[desk::TITLE_AR]).await;
    check("\"founding congress\"", &[desk::TITLE_EN]).await;
    check("\"congress founding\"", &[]).await;
    check("l'absent", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_shows_examples_near_misses_and_how_many_alerts_it_would_have_made() {
    let desk = Desk::filled().await;
    let body = desk.post("/watchlists/kz-opposition", &[("query", "detain* AND congress")], "").await.body;
    assert!(body.contains("1 story, 0.0 a day") && body.contains("It would have sent <strong>1 alert</strong>"), "{body}");
    assert!(body.contains("now it alerts nobody") && body.contains(">detained</mark>"), "{body}");
    assert!(body.contains("No story is missed by one thing alone"), "{body}");
    let body = desk.post("/watchlists/kz-opposition", &[("query", "detain* AND goalkeeper")], "").await.body;
    assert!(body.contains("0 stories") && body.contains("<li>1: <bdi>it lacks goalkeeper</bdi></li>"), "{body}");
    let body = desk.post("/watchlists/kz-opposition", &[("query", "detain* NOT congress")], "").await.body;
    assert!(body.contains("it says congress, which is excluded") && body.contains("<span class=\"state off\">gone</span>"), "{body}");
    // The Russian report of the event has the country, and no word of the list.
    let body = desk.post("/watchlists/kz-opposition", &[("query", "задерж* OR detain*")], "").await.body;
    assert!(body.contains("2 stories") && body.contains("<strong>1 alert</strong>"), "one event, one alert: {body}");
    assert!(body.contains("Stories that the list in force met") && body.contains("1 in all"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn facets_narrow_further_and_each_filter_can_be_taken_away() {
    let desk = Desk::filled().await;
    let body = desk.get("/stories?country=KZ").await.body;
    assert!(body.contains("<strong>2 stories</strong>"), "{body}");
    assert!(body.contains("href=\"/stories?country=KZ&#38;topic=arrest_detention\""), "{body}");
    assert!(body.contains("href=\"/stories\" aria-label=\"without Kazakhstan (KZ)\""), "{body}");
    assert!(body.contains("Numbers are of the newest 2 that meet the filter"));
    // The curve and its table.
    assert!(body.contains("2 in all") && body.contains("<details><summary>The same as a table</summary>"), "{body}");
    let searched = desk.get("/stories?words=detain*+AND+police").await.body;
    assert!(searched.contains("<mark class=\"watchlist\" title=\"search: term detain*\">detained</mark>"), "{searched}");
    let fault = desk.get("/stories?words=(a+OR").await;
    assert_eq!(fault.status, 400);
    assert!(fault.body.contains("never closed") || fault.body.contains("word is expected"), "{}", fault.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_shown_as_what_it_took_out_and_put_in() {
    let desk = Desk::filled().await;
    desk.revise(desk.english, "Two party leaders freed in Almaty", "Police let them go at the founding congress, say colleagues.").await;
    let body = desk.get(&format!("/stories/{}", desk.english)).await.body;
    assert!(body.contains("<del>detained</del><ins>freed</ins>"), "{body}");
    assert!(body.contains("<del>detained</del><ins>let</ins> them"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_and_torture_are_marked_and_shown_where_asked_for_only() {
    let desk = Desk::filled().await;
    let stored = desk
        .story("valley-en", "g", "Reporter found dead", "Neighbors describe what they saw.", |draft| {
            draft.classification.topics.push(presswatch::model::TopicLabel { id: "killing".to_owned(), score: 0.9, evidence: Vec::new() });
        })
        .await;
    let list = desk.get("/stories?topic=killing").await.body;
    assert!(list.contains("may distress") && !list.contains("Neighbors describe"), "{list}");
    let page = desk.get(&format!("/stories/{}", stored.story)).await.body;
    assert!(page.contains("<details class=\"grave\">") && page.contains("Neighbors describe"), "{page}");
    assert!(desk.get("/").await.body.contains("may distress"));
    assert!(!desk.get("/stories?topic=arrest_detention").await.body.contains("may distress"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_leads_to_countries_and_says_what_the_table_says() {
    let desk = Desk::filled().await;
    for (path, class) in [("/", "m0"), ("/?map=coverage", "blind")] {
        let body = desk.get(path).await.body;
        let label = "Lebanon (LB): 0 incidents, 0 of 1 source heard";
        assert!(
            body.contains(&format!("<a href=\"/countries/LB\" aria-label=\"{label}\"><title>{label}</title><path class=\"{class}\"")),
            "{path}: {body}"
        );
        assert!(body.contains(
            "<tr class=\"blind\"><th scope=\"row\"><a href=\"/countries/LB\">Lebanon (LB)</a></th><td>1<td>0<td>0<td>0<td>0<td>1<td>0</tr>"
        ));
    }
    assert_eq!(desk.get("/?map=rain").await.status, 400);
    let country = desk.get("/countries/lb").await;
    assert_eq!(country.status, 200);
    assert!(country.body.contains("the server answers 503") && country.body.contains(desk::TITLE_AR), "{}", country.body);
    assert_eq!(desk.get("/countries/ZZ").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_outages_are_told_apart_from_silence() {
    let desk = Desk::filled().await;
    let store = &desk.db.store;
    assert!(!store.sign_of_life().await.unwrap());
    assert!(desk.get("/").await.body.contains("Not in the last 7 days"));
    store.network_lost().await.unwrap();
    store.network_lost().await.unwrap();
    let body = desk.get("/").await.body;
    assert!(body.contains("<strong>No source can be reached.</strong>") && body.contains("and it lasts"), "{body}");
    store.network_back().await.unwrap();
    assert!(!desk.get("/").await.body.contains("and it lasts"));
    desk.db.execute("UPDATE daemon_sign SET at = now() - interval '3 hours'").await;
    assert!(desk.get("/").await.body.contains("<strong>No daemon runs.</strong>"));
    assert!(store.sign_of_life().await.unwrap(), "three hours without a sign are an outage");
    let body = desk.get("/").await.body;
    assert!(body.contains("No daemon ran for 3 h") && !body.contains("No daemon runs."), "{body}");
    assert_eq!(desk.db.number("SELECT count(*) FROM own_outages").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn curves_are_marked_where_sources_were_added_or_lost() {
    let desk = Desk::filled().await;
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let body = desk.get("/stories?country=KZ").await.body;
    // Two of the four sources write from there or from nowhere in particular.
    assert!(body.contains(&format!("<title>{today}: 2; 2 sources added</title>")), "{body}");
    desk.db
        .execute("UPDATE source_states SET added_at = now() - interval '90 days', removed_at = CASE WHEN source_id = 'steppe-ru' THEN now() END")
        .await;
    let body = desk.get("/stories?country=KZ").await.body;
    assert!(body.contains(&format!("<title>{today}: 2; 1 source lost</title>")), "{body}");
    assert!(desk.get("/stories?country=LB").await.body.contains(&format!("<title>{today}: 1</title>")), "what another country lost is its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn story_shows_its_evidence_cluster_and_origin() {
    let desk = Desk::filled().await;
    let body = desk.get(&format!("/stories/{}", desk.english)).await.body;
    assert!(body.contains(">detained</mark>"), "{body}");
    assert!(body.contains("title=\"Kazakhstan: opposition: term detain*; arrest detention: term detain*\""), "{body}");
    assert!(body.contains("<mark class=\"country\" title=\"Russia (RU): city\">Moscow</mark>"), "{body}");
    // Overlapping places: `party leaders` for the list, `leaders` for the actor within it.
    assert!(body.contains("<mark class=\"watchlist\" title=\"Kazakhstan: opposition: phrase party leaders\">party </mark><mark class=\"watchlist\""));
    assert!(body.contains("<a href=\"https://valley-en.example/1\" rel=\"noreferrer noopener\">"));
    assert!(body.contains(desk::TITLE_RU) && body.contains(desk::TITLE_COPY), "the other version and the copy");
    assert!(body.contains("Told by 2 independent publishers"));
    let copy = desk.get(&format!("/stories/{}", desk.copy)).await.body;
    assert!(copy.contains("This is a copy") && copy.contains(&format!("/stories/{}", desk.english)));
}

#[tokio::test(flavor = "multi_thread")]
async fn right_to_left_text_says_its_language_and_finds_its_direction() {
    let desk = Desk::filled().await;
    let list = desk.get("/stories?language=ar").await.body;
    assert!(list.contains("<h3 dir=\"auto\" lang=\"ar\">"), "{list}");
    assert!(list.contains("<p class=\"excerpt\" dir=\"auto\" lang=\"ar\">"));
}

#[tokio::test(flavor = "multi_thread")]
async fn older_stories_continue_without_gap_or_repetition() {
    let desk = Desk::open().await;
    let total = usize::try_from(PAGE_ROWS).unwrap() * 2 + 7;
    for number in 0..total {
        desk.story("valley-en", &format!("n{number}"), &format!("Number {number:03}"), "Text.", |_| {}).await;
    }
    let (mut found, mut path) = (Vec::new(), "/stories?language=en".to_owned());
    loop {
        let reply = desk.get(&path).await;
        assert_eq!(reply.status, 200);
        found.extend(story_links(&reply));
        let Some((_, rest)) = reply.body.split_once("<p class=\"pager\"><a href=\"") else { break };
        path = rest.split_once('"').unwrap().0.replace("&#38;", "&").replace("&amp;", "&");
        assert!(path.contains("language=en"), "{path}");
    }
    found.sort();
    let expect: Vec<String> = (0..total).map(|number| format!("Number {number:03}")).collect();
    assert_eq!(found, expect);
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_show_deliveries_with_every_attempt() {
    let desk = Desk::filled().await;
    let body = desk.get("/alerts").await.body;
    assert!(body.contains("desk@ngo.example") && body.contains("550 no such mailbox"), "{body}");
    assert!(body.contains("<span class=\"state dead\">dead</span>"));
    assert!(body.contains("1 delivery was given up"));
    let check = async |query: &str, expect: bool| {
        let body = desk.get(&format!("/alerts{query}")).await.body;
        assert_eq!(body.contains("desk@ngo.example"), expect, "{query}");
    };
    check("?state=dead", true).await;
    check("?state=pending", false).await;
    check("?state=dead&watchlist=kz-opposition", true).await;
    check("?watchlist=quiet-list", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_show_health_what_to_do_and_the_log() {
    let desk = Desk::filled().await;
    let list = desk.get("/sources").await.body;
    assert!(list.contains("the server answers 503") && list.contains("never given up"), "{list}");
    let one = desk.get("/sources/harbor-ar").await.body;
    assert!(one.contains("the server answers 503") && one.contains("503"));
    let heard = desk.get("/sources/valley-en").await.body;
    assert!(heard.contains("2 warnings") && heard.contains("an item without a date"), "{heard}");
    assert_eq!(desk.get("/sources/nowhere").await.status, 404);
    assert_eq!(desk.get("/sources/No%20Id").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn restricted_list_shows_its_id_and_nothing_else() {
    let desk = Desk::filled().await;
    for path in ["/watchlists".to_owned(), "/alerts".to_owned(), format!("/stories/{}", desk.chinese), "/stories".to_owned(), "/".to_owned()] {
        let body = desk.get(&path).await.body;
        for secret in ["Friends of the harbor", "guarded-term", "Marat Dzhubaev", "guard@ngo.example"] {
            assert!(!body.contains(secret), "{path} shows {secret}");
        }
    }
    assert!(desk.get("/watchlists").await.body.contains("guarded"));
    let story = desk.get(&format!("/stories/{}", desk.chinese)).await.body;
    assert!(story.contains("guarded") && story.contains("Restricted") && !story.contains("<mark class=\"watchlist\""), "{story}");
    // An open list shows what it looks for.
    let lists = desk.get("/watchlists").await.body;
    assert!(lists.contains("Kazakhstan: opposition") && lists.contains("detain* OR"), "{lists}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_shown_from_its_file_and_a_draft_is_tried_without_a_trace() {
    let desk = Desk::filled().await;
    let page = desk.get("/watchlists/kz-opposition").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("detain* OR") && page.body.contains("watchlists.d/one.toml"), "{}", page.body);
    assert!(!page.body.contains("guarded-term"), "the next list of the file is shown");
    let send = async |query: &str, headers: &str| desk.post("/watchlists/kz-opposition", &[("query", query)], headers).await;
    let tried = send("задержать OR лидер", "Origin: http://localhost\r\n").await;
    assert_eq!(tried.status, 200, "{}", tried.body);
    assert!(tried.body.contains("new: 1, gone: 1") && tried.body.contains(desk::TITLE_RU), "{}", tried.body);
    let faulty = send("police tug", "").await;
    assert!(faulty.body.contains("in line 1, column 8") && faulty.body.contains("side by side"), "{}", faulty.body);
    assert_eq!(send("tug", "Origin: http://elsewhere.example\r\n").await.status, 403);
    assert_eq!(send("tug", "Sec-Fetch-Site: cross-site\r\n").await.status, 403);
    assert_eq!(send(&"tug OR ".repeat(9000), "").await.status, 413);
    assert_eq!(desk.get("/watchlists/guarded").await.status, 404);
    assert_eq!(desk.get("/watchlists/nothing").await.status, 404);
    assert!(desk.get("/watchlists/kz-opposition").await.body.contains("detain* OR"), "the draft was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn edited_story_shows_what_it_said_before_and_no_stale_marks() {
    let desk = Desk::filled().await;
    desk.revise(desk.english, "Opposition figures released", "They were let go at noon.").await;
    let body = desk.get(&format!("/stories/{}", desk.english)).await.body;
    assert!(body.contains("What edits changed") && body.contains(desk::TITLE_EN), "{body}");
    assert!(body.contains("They were let go at noon.") && !body.contains("<mark"));
}
