use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::index::Index;
use super::*;
use crate::model::{Classification, CountryCode, CountryLabel, CountryRole, Evidence, Field, Fingerprint, Language, SourceId, StoryId};

fn start() -> Timestamp {
    "2026-03-02T06:00:00Z".parse().expect("valid")
}

/// A story with its main country and the words that classification took for places.
pub(super) fn draft(title: &str, text: &str, hours: i64, country: Option<&str>, places: &[&str]) -> StoryDraft {
    let main_country = country.and_then(CountryCode::parse);
    let found = |field: Field, haystack: &str| {
        let spans = places.iter().flat_map(|place| haystack.match_indices(place).map(|(at, text)| (at, text.len())).collect::<Vec<_>>());
        spans.map(|(start, length)| Evidence { field, start, end: start + length, text: String::new(), rule: "city".to_owned() }).collect::<Vec<_>>()
    };
    let evidence = [found(Field::Title, title), found(Field::Text, text)].concat();
    let countries = main_country.map(|code| CountryLabel { code, role: CountryRole::About, score: 1.0, evidence }).into_iter().collect();
    let classification = Classification { countries, main_country, ..Classification::default() };
    StoryDraft {
        source: SourceId::new("test").expect("valid"),
        url: None,
        url_key: format!("id:{title}{hours}{text}"),
        title: title.to_owned(),
        text: text.to_owned(),
        authors: Vec::new(),
        tags: Vec::new(),
        language: Language::undetermined(),
        language_confidence: 0.0,
        published_at: None,
        first_seen_at: start() + SignedDuration::from_hours(hours),
        facts: crate::model::StoryFacts::default(),
        fingerprint: Fingerprint { shingles: shingles(title, text), event: event_features(title, text, &classification) },
        classification,
    }
}

/// Adds stories in order; for each the number of its original and of its cluster's first story.
pub(super) fn read(drafts: &[StoryDraft]) -> Vec<(Option<usize>, usize)> {
    let mut index = Index::new();
    let number = |id: Uuid| usize::try_from(id.as_u128()).expect("small");
    let add = |(at, draft): (usize, &StoryDraft)| {
        let id = Uuid::from_u128(at as u128);
        match index.add(StoryId(id), ClusterId(id), draft) {
            Verdict::New { cluster } => (None, cluster.map_or(at, |cluster| number(cluster.0))),
            Verdict::Duplicate { of, cluster, .. } => (Some(number(of.0)), number(cluster.0)),
        }
    };
    drafts.iter().enumerate().map(add).collect()
}

#[track_caller]
fn copies(texts: &[(&str, &str)]) {
    let drafts: Vec<_> = texts.iter().map(|(title, text)| draft(title, text, 0, None, &[])).collect();
    for (at, (of, _)) in read(&drafts).into_iter().enumerate().skip(1) {
        assert_eq!(of, Some(0), "{}", drafts[at].title);
    }
}

#[track_caller]
fn no_copies(texts: &[(&str, &str)]) {
    let drafts: Vec<_> = texts.iter().map(|(title, text)| draft(title, text, 0, None, &[])).collect();
    for (at, (of, _)) in read(&drafts).into_iter().enumerate() {
        assert_eq!(of, None, "{}", drafts[at].title);
    }
}

const FERRY: &str = "The ferry line between Sandholm and the outer islands will stop at the end of the month, its owners said on Thursday.\n\
    About 900 people live on the islands all year, and the boats carry their post, their groceries and the pupils of two schools.\n\
    The county had offered to pay for a fourth crew but wanted the company to buy a second hull in return, which the owners called a fantasy.\n\
    Residents plan to row to the county hall on Saturday with petitions in sealed bottles, said Maren Holt, who runs the bakery on Little Skerry.";

#[test]
fn edited_copies_are_one_text() {
    let paragraphs: Vec<&str> = FERRY.lines().collect();
    let reordered = [paragraphs[2], paragraphs[0], paragraphs[3], paragraphs[1]].join("\n");
    let boilerplate =
        format!("{FERRY}\nSubscribe to our letters. All rights reserved. No part of this report may be used without permission of the publisher.");
    let corrected = format!("Correction: an earlier version gave a wrong figure. {}", FERRY.replace("900", "950"));
    let summary = "The ferry line between Sandholm and the outer islands will stop at the end of the month, its owners said …";
    let datelined = format!("SANDHOLM (Northwire) - {FERRY}");
    let respelled = FERRY.replace("Maren", "Maaren").replace("said on Thursday", "announced");
    copies(&[
        ("Outer islands to lose their ferry", FERRY),
        ("Bottles with petitions for the county", FERRY),
        ("Outer islands to lose their ferry", &reordered),
        ("Ferry to stop", &boilerplate),
        ("Correction: Outer islands to lose their ferry", &corrected),
        ("Outer islands to lose their ferry", summary),
        ("Islands without boats", &datelined),
        ("Outer islands to lose their ferry", &respelled),
    ]);
}

#[test]
fn a_full_text_after_its_summary_leads_later_copies_to_it() {
    let second_half = FERRY.lines().skip(1).collect::<Vec<_>>().join("\n");
    let summary = FERRY.lines().next().unwrap_or_default();
    copies(&[("Ferry", summary), ("Ferry", FERRY), ("What the islanders plan", &second_half)]);
}

#[test]
fn a_story_with_many_copies_is_still_found() {
    copies(&[("Outer islands to lose their ferry", FERRY); 30]);
}

#[test]
fn statements_from_one_template_are_about_different_people() {
    let english = |name: &str, country: &str, outlet: &str| {
        (
            format!("{country}: reporter {name} taken from home"),
            format!(
                "The Guild of Letters calls on the authorities of {country} to free {name} at once and to return what was taken. Officers came to the flat of {name}, who writes for {outlet}, \
                 before dawn. \"Taking {name} is meant to frighten everyone who writes in {country},\" the Guild said. Nobody at the ministry answered our calls."
            ),
        )
    };
    let statements = [
        english("Ilir Doda", "Albania", "Fletorja"),
        english("Ngozi Eze", "Nigeria", "The Delta Sheet"),
        english("Ana Brusk", "Serbia", "Novi List"),
    ];
    no_copies(&statements.iter().map(|(title, text)| (title.as_str(), text.as_str())).collect::<Vec<_>>());

    let short = |name: &str| format!("Police in the port city held reporter {name} for two days without giving a reason, the lawyer said on Monday.");
    no_copies(&[("Reporter held", &short("Ilir Doda")), ("Reporter held", &short("Besa Kola")), ("Reporter held", &short("Arben Muka"))]);

    let chinese = |name: &str, city: &str| {
        (
            format!("{city}记者{name}被带走"),
            format!(
                "记者协会要求{city}警方立即释放{name}。家属说，{name}在清晨被带走，电脑和手机也被拿走，{city}有关部门没有回答提问，协会说将继续关注此事。"
            ),
        )
    };
    let (one, other) = (chinese("赵云", "成都"), chinese("孙丽", "西安"));
    no_copies(&[(&one.0, &one.1), (&other.0, &other.1)]);

    let arabic = |name: &str, city: &str| {
        (
            format!("توقيف الصحفي {name} في {city}"),
            format!(
                "طالبت نقابة الكتاب بالإفراج الفوري عن {name} الذي أوقفته الشرطة في {city} فجر اليوم، وقال محامي {name} إن أجهزته صودرت ولم تصدر السلطات في {city} أي تعليق."
            ),
        )
    };
    let (one, other) = (arabic("كريم", "تونس"), arabic("سمير", "وهران"));
    no_copies(&[(&one.0, &one.1), (&other.0, &other.1)]);
}

#[test]
fn a_copy_of_a_statement_is_found_among_others_from_its_template() {
    let text = |name: &str, city: &str| {
        format!(
            "Police in {city} held reporter {name} for two days without giving a reason, the lawyer of {name} said. The Guild of Letters asks {city} to let all reporters work."
        )
    };
    let one = text("Ilir Doda", "Vlora");
    let drafts = [
        draft("Held: Ilir Doda", &one, 0, None, &[]),
        draft("Held: Besa Kola", &text("Besa Kola", "Shkodra"), 0, None, &[]),
        draft("Held: Ilir Doda, says lawyer", &format!("(Northwire) {one}"), 1, None, &[]),
    ];
    assert_eq!(read(&drafts).iter().map(|(of, _)| *of).collect::<Vec<_>>(), [None, None, Some(0)]);
}

#[test]
fn bulletins_of_two_days_differ() {
    let bulletin = |day: u8, high: u8, low: u8, wind: u8, rain: u8| {
        format!(
            "Forecast for the coast on March {day}: a high of {high} degrees and a low of {low}, wind from the west at {wind} knots, a {rain} percent chance of rain. Boats should ask the harbour office before leaving."
        )
    };
    no_copies(&[("Coast forecast", &bulletin(12, 14, 8, 22, 40)), ("Coast forecast", &bulletin(13, 11, 7, 31, 85))]);
}

#[test]
fn follow_ups_and_round_ups_are_texts_of_their_own() {
    let background = FERRY.lines().skip(2).collect::<Vec<_>>().join("\n");
    let follow_up = format!(
        "A shipyard in the next county has offered the islanders an old icebreaker, free of charge, if they can find somebody to steer it through the sound in spring.\n\
         The offer came by telephone on Friday night and surprised everyone in the bakery, where the committee now meets every evening after closing time to count signatures.\n{background}"
    );
    let round_up = format!(
        "Budget talks opened in the capital with a long quarrel over who may speak first and for how long, and were adjourned.\n\
         Two cranes fell in the container port without hurting anybody, and the port will be closed until the engineers have looked at the rails.\n\
         The national orchestra has a new conductor, its first from abroad in forty years, who begins in the autumn with a programme of local composers.\n{}\n\
         Football: the cup final was drawn and will be played again next week on neutral ground, weather permitting.",
        FERRY.lines().next().unwrap_or_default()
    );
    no_copies(&[("Outer islands to lose their ferry", FERRY), ("Icebreaker for the islands?", &follow_up)]);
    no_copies(&[("Ferry stops", FERRY.lines().next().unwrap_or_default()), ("The day in brief", &round_up)]);
}

#[test]
fn a_rubric_is_another_text_every_day() {
    let daily: Vec<_> =
        (0..4).map(|day| draft("Morning briefing", "Good morning. Here is all that you need to know today.", day * 24, None, &[])).collect();
    assert!(read(&daily).iter().all(|(of, _)| of.is_none()));
    // The same entry in two editions at one time is one.
    let twice = [
        draft("Morning briefing", "Good morning. Here is all that you need to know today.", 0, None, &[]),
        draft("Morning briefing", "Good morning. Here is all that you need to know today.", 1, None, &[]),
    ];
    assert_eq!(read(&twice)[1].0, Some(0));
}

#[test]
fn shared_boilerplate_is_no_shared_text() {
    let boilerplate = "The Coast Sheet is made by its readers. If you can, support us with a small sum each month; it takes a minute. Follow us on all networks and write to the \
        newsroom in confidence. All rights reserved. This text may not be published, broadcast or rewritten without our permission.";
    let one =
        format!("The lighthouse at Cape Moen was painted red again after nine years in white, to the joy of gulls and sailors alike.\n{boilerplate}");
    let other =
        format!("A herd of goats stopped the morning train outside Lindal and would not leave before the driver gave them his lunch.\n{boilerplate}");
    no_copies(&[("Red again", &one), ("Goats on the line", &other)]);
}

#[test]
fn copies_are_looked_for_in_the_window_only() {
    let days = |days: i64| draft("Outer islands to lose their ferry", FERRY, days * 24, None, &[]);
    assert_eq!(read(&[days(0), days(6)])[1].0, Some(0));
    assert_eq!(read(&[days(0), days(8)])[1].0, None);
}

/// Reports of one event, written independently in three languages.
const EVENT: [(&str, &str); 3] = [
    (
        "Founders of new Kazakh party detained in Almaty weeks before vote",
        "ALMATY — Police on Friday detained Daulet Serikov and Aigerim Tolegen, two founders of the unregistered Zhana Dala party, as they left a rented hall in Almaty. \
         Serikov, 43, had called for a rally. A court gave him 15 days. About 120 supporters waited outside.",
    ),
    (
        "В Алматы задержали основателей незарегистрированной партии",
        "Основателей партии «Жана Дала» Даулета Серикова и Айгерим Толеген задержали в пятницу у арендованного зала в Алматы. По словам адвоката, 43-летнего Серикова арестовали на 15 суток. \
         Он призывал выйти на митинг перед выборами.",
    ),
    (
        "Алматыда «Жаңа Дала» партиясының құрылтайшылары ұсталды",
        "Жұма күні Алматыда тіркелмеген «Жаңа Дала» партиясын құрушылар Дәулет Серіков пен Айгерім Төлеген ұсталды. Сот Серіковті 15 тәулікке қамады, дейді оның адвокаты. Партия сайлау алдында митинг өткізбек болған.",
    ),
];
const PLACES: [&str; 8] = ["Almaty", "ALMATY", "Kazakh", "Алматы", "Алматыда", "Казахстан", "Қазақстан", "Kazakhstan"];

fn event(at: usize, hours: i64, country: &str) -> StoryDraft {
    draft(EVENT[at].0, EVENT[at].1, hours, Some(country), &PLACES)
}

#[test]
fn one_event_is_one_cluster_in_every_language() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        let drafts: Vec<_> = order.iter().zip(0..).map(|(at, hours)| event(*at, hours, "KZ")).collect();
        assert_eq!(read(&drafts), [(None, 0), (None, 0), (None, 0)], "{order:?}");
    }
}

#[test]
fn events_need_one_country_and_nearness_in_time() {
    assert_eq!(read(&[event(0, 0, "KZ"), event(1, 1, "RU")])[1], (None, 1));
    assert_eq!(read(&[event(0, 0, "KZ"), event(1, 80, "KZ")])[1], (None, 1));
}

#[test]
fn two_arrests_in_one_city_on_one_day_are_two_events() {
    let other = draft(
        "Journalist Timur Askarov arrested in Almaty",
        "Timur Askarov, 43, a reporter of the website Orda Press, was arrested in Almaty on Friday. A court in Almaty will hear the case on the 15th, the Committee to Protect Journalists said.",
        2,
        Some("KZ"),
        &PLACES,
    );
    let russian = draft(
        "В Алматы арестован журналист Тимур Аскаров",
        "Журналиста сайта «Орда Пресс» Тимура Аскарова арестовали в пятницу в Алматы, сообщила полиция. Ему 43 года.",
        3,
        Some("KZ"),
        &PLACES,
    );
    assert_eq!(read(&[event(0, 0, "KZ"), other, event(1, 2, "KZ"), russian]), [(None, 0), (None, 1), (None, 0), (None, 1)]);
}

#[test]
fn scripts_without_case_take_part_but_not_by_ordinary_words() {
    let english = draft(
        "Baghdad: editor Salim Barzan seized",
        "Salim Barzan, 51, editor of Al Manbar, was seized near his office. Some 340 colleagues signed a letter.",
        0,
        Some("IQ"),
        &["Baghdad"],
    );
    let arabic = draft(
        "اختطاف رئيس التحرير سليم برزان",
        "اختطف مسلحون سليم برزان رئيس تحرير صحيفة المنبر قرب مكتبه، ووقع 340 صحفيا رسالة تطالب بالإفراج عنه.",
        1,
        Some("IQ"),
        &[],
    );
    let another = draft("اختطاف الصحفي نبيل حداد", "اختطف مسلحون الصحفي نبيل حداد قرب مكتبه، وطالبت النقابة بالإفراج عنه فورا.", 2, Some("IQ"), &[]);
    assert_eq!(read(&[english, arabic, another]), [(None, 0), (None, 0), (None, 2)]);
}
