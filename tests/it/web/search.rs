//! The field for search and the watchlists find the same: every query is held against every story in both ways.

use std::collections::BTreeSet;

use presswatch::config::{Watchlists, load};
use presswatch::model::{CountryCode, Language, SourceId, StoryId};
use presswatch::watch::{Document, WatchlistSet};

use super::desk::Desk;

/// Language, title, text.
const STORIES: [(&str, &str, &str); 40] = [
    ("zh", "警方逮捕三名记者", "当局星期一在港口城市逮捕了三名记者和一名编辑。"),
    ("zh", "法院判处律师四年", "法院以颠覆罪判处人权律师有期徒刑四年,家属表示将上诉。"),
    ("zh", "新闻自由度下降", "报告说新闻自由连续第三年下降,多家网站被封锁。"),
    ("zh", "足球队获胜", "球队昨晚以三比一获胜,观众约两万人。"),
    ("zh", "編輯獲釋", "被拘留兩週的編輯昨日獲釋,記者協會表示歡迎。"),
    ("ar", "الشرطة تعتقل صحفيا", "اعتقلت الشرطة صحفيا ومصورا قرب الميناء صباح اليوم."),
    ("ar", "الإفراج عن الصحفيين", "أفرجت السلطات عن الصحفيين بعد أسبوعين من الاعتقال، وقالت النقابة إنها ترحب بالقرار."),
    ("ar", "محاكمة المعارض", "بدأت محاكمة المعارض وللمحامين حق الحضور، فالمحكمة مفتوحة."),
    ("ar", "حجب موقع إخباري", "حجبت الوزارة موقعا إخباريا مستقلا، وبحجبه يكون العاشر هذا العام."),
    ("ar", "فوز الفريق", "فاز الفريق بهدفين في مباراة الأمس."),
    ("ru", "Журналиста задержали в порту", "Полиция задержала журналиста издания, его адвокат ждал у отдела."),
    ("ru", "Суд арестовал редактора", "Суд отправил редактора под арест на два месяца; журналисты не попали в зал."),
    ("ru", "Обыски у оппозиционеров", "Обыски прошли у трёх оппозиционных политиков и в редакции газеты."),
    ("ru", "Закон об иноагентах", "Парламент принял закон; журналистам грозят штрафы."),
    ("ru", "Футболисты победили", "Сборная выиграла у соседей со счётом два один."),
    ("tr", "Gazeteci gözaltına alındı", "Polis sabah saatlerinde iki gazeteciyi evlerinde gözaltına aldı."),
    ("tr", "Gazetecilere hapis", "Mahkeme gazetecilerin tutukluluğunun devamına karar verdi, avukatları itiraz edecek."),
    ("tr", "Haber sitesine engel", "Mahkeme haber sitesinin erişime engellenmesine karar verdi."),
    ("tr", "İstanbul'da yürüyüş", "İstanbul'da muhalefet partisinin yürüyüşüne polis müdahale etti."),
    ("tr", "Maç sonucu", "Takım deplasmanda kazandı."),
    ("en", "Editors arrested after protest", "Police arrested two editors; a journalist was beaten in custody."),
    ("en", "Court frees reporter", "The reporter, jailed in May, was freed on appeal."),
    ("en", "Press freedom index published", "The index puts the country last."),
    ("en", "Football club wins", "The club won after the manager's arrest of a losing run."),
    ("uk", "Журналістку затримали", "Поліція затримала журналістку біля суду."),
    ("kk", "Журналист ұсталды", "Полиция журналисті ұстады, редакцияда тінту жүрді."),
    ("de", "Journalistin festgenommen", "Die Polizei nahm eine Journalistin fest; die Redaktion wurde durchsucht."),
    ("es", "Detienen a periodistas", "La policía detuvo a tres periodistas y a un abogado."),
    ("fr", "L'éditeur arrêté", "La police a arrêté l'éditeur du journal à l'aube."),
    ("fa", "بازداشت روزنامه‌نگار", "روزنامه‌نگاران در تهران بازداشت شدند و روزنامه نگار دیگری احضار شد."),
    ("he", "העיתונאי נעצר", "המשטרה עצרה את העיתונאי ובעיתון מחו."),
    ("ko", "기자 체포", "경찰이 기자를 체포했고 편집장은 풀려났다."),
    ("ja", "記者を逮捕", "警察は港で記者二人を逮捕した。"),
    ("th", "จับนักข่าว", "ตำรวจจับนักข่าวสองคนที่ท่าเรือ"),
    ("am", "ጋዜጠኛ ታሰረ", "ፖሊስ የጋዜጠኛውን ቤት ፈተሸ።"),
    ("el", "Συνελήφθη δημοσιογράφος", "Η αστυνομία συνέλαβε δημοσιογράφους έξω από το δικαστήριο."),
    ("ka", "ჟურნალისტი დააკავეს", "პოლიციამ ჟურნალისტები დააკავა."),
    ("hu", "Őrizetben az újságíró", "A rendőrség őrizetbe vette az újságírót, az újságírók tiltakoznak."),
    ("fi", "Toimittaja pidätettiin", "Poliisi pidätti toimittajan, toimittajat vaativat vapautusta."),
    ("und", "арест arrest 逮捕", "Mixed: журналист, gazeteci, 记者, صحفي."),
];

const QUERIES: [&str; 66] = [
    "记者",
    "逮捕",
    "记者 AND 逮捕",
    "\"新闻自由\"",
    "法院 OR 足球",
    "律师 NOT 足球",
    "記者",
    "编辑",
    "编辑 OR 編輯",
    "逮捕 NEAR/6 记者",
    "title:记者",
    "逮*捕 OR 港口",
    "صحفي",
    "الصحفي",
    "صحفيين",
    "اعتقال OR اعتقل*",
    "محكمة",
    "قرار",
    "محامي OR محام",
    "صحفي AND شرطة",
    "\"موقعا إخباريا\"",
    "معارض NOT فريق",
    "حجب",
    "نقابة",
    "журналист",
    "журналиста",
    "арест",
    "арест*",
    "задерж*",
    "редактор AND суд",
    "оппозиц*",
    "журналист NOT футбол*",
    "=журналист",
    "==Журналиста",
    "закон",
    "редакция",
    "полиция NEAR/3 журналист",
    "gazeteci",
    "mahkeme",
    "gözaltı OR gözaltına",
    "tutuklu*",
    "İstanbul",
    "istanbul",
    "parti AND yürüyüş",
    "haber",
    "gazeteci AND polis NOT maç",
    "~\"haber sitesi\"",
    "journalist",
    "arrest",
    "editor",
    "reporter OR editor",
    "press",
    "\"press freedom\"",
    "arrest NOT football",
    "journal*",
    "lang:ru AND суд",
    "topic:arrest_detention",
    "country:KZ",
    "روزنامه‌نگار",
    "עיתונאי",
    "기자",
    "นักข่าว",
    "ጋዜጠኛ",
    "δημοσιογράφος",
    "újságíró",
    "toimittaja",
];

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_what_a_watchlist_with_the_same_query_finds() {
    let desk = Desk::open().await;
    for (number, (language, title, text)) in STORIES.iter().enumerate() {
        desk.story("valley-en", &number.to_string(), title, text, |draft| {
            draft.language = Language::parse(language).unwrap_or_else(Language::undetermined);
        })
        .await;
    }
    let stored = desk.db.store.archive(jiff::Timestamp::UNIX_EPOCH, None).await.unwrap();
    assert_eq!(stored.len(), STORIES.len());
    let template = load(desk.folder.path()).unwrap().watchlists.lists[0].clone();
    let mut found_any = 0;
    for query in QUERIES {
        let mut list = template.clone();
        list.countries_about.clear();
        query.clone_into(&mut list.query.text);
        let Ok((set, _)) = WatchlistSet::compile(&Watchlists { terms: Vec::new(), lists: vec![list] }) else {
            let reply = desk.get(&address(query)).await;
            assert_eq!(reply.status, 400, "a fault of a query is told: {query}");
            continue;
        };
        let expect: BTreeSet<StoryId> = stored
            .iter()
            .filter(|story| {
                let language = Language::parse(&story.language).unwrap_or_else(Language::undetermined);
                let source_id = SourceId::new(&story.source_id).unwrap();
                let document = Document {
                    title: &story.title,
                    text: &story.body,
                    url: story.url.as_deref().unwrap_or_default(),
                    source: &format!("{} {}", story.source_id, story.source_name),
                    authors: &story.authors,
                    tags: &story.tags,
                    language: &language,
                    countries_about: story.countries.iter().filter_map(|(code, score)| Some((CountryCode::parse(code)?, *score))).collect(),
                    topics: story.topics.clone(),
                    source_id: &source_id,
                };
                !set.ids(&document).is_empty()
            })
            .map(|story| story.id)
            .collect();
        found_any += usize::from(!expect.is_empty());
        let reply = desk.get(&address(query)).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        let links = reply.body.split("<h3 dir=\"auto\"").skip(1).filter_map(|part| part.split_once("href=\"/stories/")?.1.split_once('"'));
        let found: BTreeSet<StoryId> = links.map(|(id, _)| StoryId(id.parse().unwrap())).collect();
        let titles =
            |ids: &BTreeSet<StoryId>| stored.iter().filter(|story| ids.contains(&story.id)).map(|story| story.title.clone()).collect::<Vec<_>>();
        assert_eq!(titles(&found), titles(&expect), "{query}");
    }
    assert!(found_any > 50, "the queries find something: {found_any}");
}

fn address(words: &str) -> String {
    format!("/stories?{}", url::form_urlencoded::Serializer::new(String::new()).append_pair("words", words).finish())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rare_word_is_found_behind_many_stories_and_pages_go_on() {
    let desk = Desk::open().await;
    for number in 0..420 {
        let rare = if number % 140 == 3 { "lighthouse" } else { "harbor" };
        desk.story("valley-en", &number.to_string(), &format!("Number {number}"), &format!("News of the {rare}."), |_| {}).await;
    }
    let body = desk.get("/stories?words=lighthouse").await.body;
    assert!(body.contains("<strong>3 stories</strong>"), "{body}");
    let (mut path, mut seen) = ("/stories?words=harbor".to_owned(), 0);
    loop {
        let reply = desk.get(&path).await;
        seen += super::story_links(&reply).len();
        let Some((_, rest)) = reply.body.split_once("<p class=\"pager\"><a href=\"") else { break };
        path = rest.split_once('"').unwrap().0.replace("&#38;", "&");
    }
    assert_eq!(seen, 417);
}
