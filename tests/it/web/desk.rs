//! A desk: pages on loopback over a database with a small newsroom in it.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use presswatch::config::Config;
use presswatch::config::entry::Entry;
use presswatch::gather::health::assess;
use presswatch::model::{
    ActorLabel, CountryCode, CountryLabel, CountryRole, DeliveryOutcome, Evidence, Field, Language, Match, NewAlert, SourceId, StoryDraft, StoryId,
    TopicLabel, Verdict, WatchlistId,
};
use presswatch::store::ingest::Stored;
use presswatch::store::sources::PollResult;
use presswatch::web::explore::{Ask, Explorer, Way};
use presswatch::web::{self, WebState};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::support::values::{alert, draft, source, tokens};
use crate::support::{ScratchFolder, TestDatabase, database};

pub const TITLE_EN: &str = "Two party leaders detained in Almaty";
pub const TITLE_RU: &str = "В Алматы задержаны лидеры партии";
pub const TITLE_ZH: &str = "记者在港口被捕";
pub const TITLE_AR: &str = "الشرطة توقف الصحفي في المرفأ";
pub const TITLE_COPY: &str = "Opposition pair taken into custody";

const MAIN: &str = "[instance]\nstate_directory = \"state\"\npublic_url = \"https://desk.example/watch\"\n[web]\nlogin = \"off\"\n[database]\nurl = \"file:database-url\"\n";
const SOURCES: &str = r#"
[[source]]
id = "valley-en"
name = "The Valley"
url = "https://valley-en.example/feed"
language = "en"
country = "KG"

[[source]]
id = "steppe-ru"
name = "Степь"
url = "https://steppe-ru.example/feed"
language = "ru"
country = "KZ"

[[source]]
id = "harbor-ar"
name = "صحيفة المرفأ"
url = "https://harbor-ar.example/feed"
language = "ar"
country = "LB"

[[source]]
id = "later-zh"
name = "Later"
url = "https://later-zh.example/feed"
language = "zh"
"#;
const WATCHLISTS: &str = r#"
schema_version = 1

[[watchlist]]
id = "kz-opposition"
name = "Kazakhstan: opposition"
priority = "high"
countries = { about = ["KZ"] }
query = 'detain* OR "party leaders"'
[watchlist.alert]
channels = []

[[watchlist]]
id = "guarded"
name = "Friends of the harbor"
visibility = "restricted"
visible_to = ["amina"]
query = "guarded-term OR $persons"
[[watchlist.person]]
ref = "p-7"
names = ["Marat Dzhubaev"]
[watchlist.alert]
channels = []
"#;

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// Pages over a database of their own.
#[derive(Debug)]
pub struct Desk {
    pub db: TestDatabase,
    pub folder: ScratchFolder,
    pub address: SocketAddr,
    pub english: StoryId,
    pub copy: StoryId,
    pub chinese: StoryId,
    pub stop: CancellationToken,
    _config: watch::Sender<Arc<Config>>,
}

impl Desk {
    /// With nothing in the database.
    pub async fn open() -> Self {
        Self::with(MAIN).await
    }

    /// With nothing in the database, and pages that ask for a sign-in.
    pub async fn guarded() -> Self {
        Self::with(&MAIN.replace("login = \"off\"", "login = \"required\"")).await
    }

    async fn with(main: &str) -> Self {
        let db = database().await;
        let folder = ScratchFolder::new("desk");
        let files = [("presswatch.toml", main), ("sources.d/one.toml", SOURCES), ("watchlists.d/one.toml", WATCHLISTS), ("database-url", &db.url)];
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let config = presswatch::config::load(folder.path()).unwrap_or_else(|problems| panic!("{problems:?}"));
        let sources: Vec<_> = config.sources.iter().map(|source| (source.clone(), source.id.to_string(), vec![1])).collect();
        db.store.sync_sources(&sources).await.unwrap();
        let (sender, receiver) = watch::channel(Arc::new(config));
        let mut registry = Registry::default();
        let counter = Counter::<u64>::default();
        counter.inc();
        registry.register("desk_tests", "One for each desk", counter);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let (explorer, asked) = Explorer::new();
        tokio::spawn(look_at_sites(asked));
        let state = WebState { store: db.store.clone(), config: receiver, metrics: Arc::new(registry), explorer };
        tokio::spawn(web::serve(listener, state, stop.clone()));
        let nobody = StoryId(uuid::Uuid::nil());
        Self { db, folder, address, english: nobody, copy: nobody, chinese: nobody, stop, _config: sender }
    }

    /// With one event in two languages and a copy, two other stories, alerts, and sources in every state.
    pub async fn filled() -> Self {
        let mut desk = Self::open().await;
        let (kz, lb) = (CountryCode::parse("KZ").unwrap(), CountryCode::parse("LB").unwrap());
        let text_en = "Police detained them at the founding congress, say colleagues.\nThe party was never registered. Moscow was silent.";
        let english = desk
            .story("valley-en", "1", TITLE_EN, text_en, |draft| {
                draft.published_at = Some(draft.first_seen_at - Duration::from_hours(1));
                about(draft, kz);
                draft.classification.countries.push(CountryLabel {
                    code: CountryCode::parse("RU").unwrap(),
                    role: CountryRole::Mentioned,
                    score: 0.3,
                    evidence: vec![evidence(draft, Field::Text, "Moscow", "city")],
                });
                let place = evidence(draft, Field::Title, "detained", "term detain*");
                draft.classification.topics.push(TopicLabel { id: "arrest_detention".to_owned(), score: 0.92, evidence: vec![place] });
                let place = evidence(draft, Field::Title, "leaders", "term leader*");
                draft.classification.actors.push(ActorLabel { id: "opposition".to_owned(), score: 0.8, evidence: vec![place] });
            })
            .await;
        desk.english = english.story;
        let text_ru = "Полиция задержала двух политиков на съезде в Алматы.\nИх адвокаты ждут у здания.";
        desk.story_of("steppe-ru", "1", TITLE_RU, text_ru, &Verdict::New { cluster: Some(english.cluster) }, |draft| {
            draft.language = Language::parse("ru").unwrap();
            about(draft, kz);
            let place = evidence(draft, Field::Title, "задержаны", "term задерж*");
            draft.classification.topics.push(TopicLabel { id: "arrest_detention".to_owned(), score: 0.9, evidence: vec![place] });
        })
        .await;
        let chinese =
            desk.story("later-zh", "1", TITLE_ZH, "警方在港口逮捕了一名记者。", |draft| draft.language = Language::parse("zh").unwrap()).await;
        desk.chinese = chinese.story;
        desk.story("harbor-ar", "1", TITLE_AR, "قالت النقابة إن الصحفي محتجز منذ الصباح.", |draft| {
            draft.language = Language::parse("ar").unwrap();
            about(draft, lb);
        })
        .await;
        let copied = Verdict::Duplicate { of: english.story, cluster: english.cluster, score: 0.97 };
        desk.copy = desk.story_of("harbor-ar", "2", TITLE_COPY, text_en, &copied, |_| {}).await.story;

        let guarded = Evidence { field: Field::Title, start: 0, end: 6, text: "记者".to_owned(), rule: "p-7".to_owned() };
        desk.matched(chinese, "guarded", &[guarded], &["guard@ngo.example"], true).await;
        let title = draft("valley-en", "1", TITLE_EN, text_en);
        let places =
            [evidence(&title, Field::Title, "detained", "term detain*"), evidence(&title, Field::Title, "party leaders", "phrase party leaders")];
        desk.matched(english, "kz-opposition", &places, &["desk@ngo.example"], false).await;
        desk.poll_all().await;
        desk
    }

    /// Stores a story that nothing is like.
    pub async fn story(&self, source: &str, key: &str, title: &str, text: &str, change: impl FnOnce(&mut StoryDraft)) -> Stored {
        self.story_of(source, key, title, text, &Verdict::New { cluster: None }, change).await
    }

    async fn story_of(&self, from: &str, key: &str, title: &str, text: &str, verdict: &Verdict, change: impl FnOnce(&mut StoryDraft)) -> Stored {
        let mut draft = draft(from, key, title, text);
        change(&mut draft);
        let mut tx = self.db.store.begin_ingest().await.unwrap();
        let stored = tx.insert_story(&draft, &source(from), verdict, &tokens(&draft)).await.unwrap();
        tx.commit().await.unwrap();
        stored
    }

    /// Edits a story as its source would.
    pub async fn revise(&self, story: StoryId, title: &str, text: &str) {
        let draft = draft("valley-en", "1", title, text);
        let mut tx = self.db.store.begin_ingest().await.unwrap();
        tx.revise_story(story, &draft, &tokens(&draft)).await.unwrap().unwrap();
        tx.commit().await.unwrap();
    }

    /// A match with an alert that its mail server refuses for ever.
    async fn matched(&self, stored: Stored, list: &str, evidence: &[Evidence], recipients: &[&str], restricted: bool) {
        let watchlist = WatchlistId::new(list).unwrap();
        let found = Match { watchlist: watchlist.clone(), score: 0.88, evidence: evidence.to_vec() };
        let dedup = u8::from(restricted);
        let mut alert: NewAlert = alert(stored.story, stored.cluster, "mail", dedup, recipients);
        let name = if restricted { "Friends of the harbor" } else { "Kazakhstan: opposition" };
        let content = alert.content.alert_mut().unwrap();
        name.clone_into(&mut content.watchlist_name);
        content.watchlist = watchlist;
        content.restricted = restricted;
        let title = if restricted { TITLE_ZH } else { TITLE_EN };
        title.clone_into(&mut content.story.title);
        content.story.matched = vec![if restricted { "guarded-term" } else { "detained" }.to_owned()];
        let mut tx = self.db.store.begin_ingest().await.unwrap();
        tx.insert_matches(stored.story, &[found]).await.unwrap();
        assert_eq!(tx.insert_alerts(&[alert]).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        for claimed in self.db.store.claim_deliveries(None, 10, Duration::from_mins(1)).await.unwrap() {
            let outcome = if restricted {
                DeliveryOutcome::Delivered { detail: "250 accepted for guard@ngo.example".to_owned() }
            } else {
                DeliveryOutcome::GaveUp { error: "550 no such mailbox".to_owned() }
            };
            assert!(self.db.store.acknowledge(claimed.id, claimed.generation, &outcome, Duration::from_millis(40)).await.unwrap());
        }
    }

    /// One is heard, one answers with nothing new, one fails, one was not polled yet.
    async fn poll_all(&self) {
        self.db.store.make_all_due().await.unwrap();
        self.db.execute("UPDATE source_states SET next_due_at = now() + interval '1 day' WHERE source_id = 'later-zh'").await;
        let now = Timestamp::now();
        for claimed in self.db.store.claim_due_sources(10, Duration::from_mins(1)).await.unwrap() {
            let id = claimed.source.as_str();
            let failed = id == "harbor-ar";
            let result = PollResult {
                counts: true,
                outcome: if failed { "http_status" } else { "ok" }.to_owned(),
                http_status: Some(if failed { 503 } else { 200 }),
                bytes: 2048,
                duration: Duration::from_millis(120),
                items_seen: 3,
                items_new: 1,
                items_known: 2,
                items_skipped: 0,
                detail: failed.then(|| "the server answers 503".to_owned()),
                warnings: if id == "valley-en" { vec!["an item without a date".to_owned(), "<b>bold</b> title".to_owned()] } else { Vec::new() },
                validators: None,
                failures: if failed { 2.0 } else { 0.0 },
                interval: Duration::from_mins(30),
                next_in: Duration::from_mins(30),
                last_item_at: Some(now - Duration::from_hours(if id == "steppe-ru" { 400 } else { 2 })),
                ..PollResult::default()
            };
            assert!(self.db.store.finish_poll(&claimed, &result, assess).await.unwrap().is_some());
        }
    }

    /// Asks as a browser on this machine does.
    pub async fn get(&self, path: &str) -> Reply {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)).await
    }

    /// Sends a form as a reader of our pages does, with the token that every page holds.
    pub async fn post(&self, path: &str, pairs: &[(&str, &str)], headers: &str) -> Reply {
        let page = self.get("/preferences").await.body;
        let token = page.split_once("name=\"csrf\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let form = form.append_pair("csrf", &token).extend_pairs(pairs).finish();
        self.send(path, &form, headers).await
    }

    /// Sends a form as it is.
    pub async fn send(&self, path: &str, form: &str, headers: &str) -> Reply {
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        ))
        .await
    }

    /// Sends a whole request.
    pub async fn ask(&self, request: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())).unwrap()).collect();
        Reply { status, headers, body: body.to_owned() }
    }
}

/// Stands for the daemon's: every site has one feed, but the one that is walled.
async fn look_at_sites(mut asked: mpsc::Receiver<Ask>) {
    while let Some(Ask { url, answer }) = asked.recv().await {
        let host = url.host_str().unwrap_or_default().to_owned();
        let found = if host == "walled.example" {
            Err("the server answers 403 <b>".to_owned())
        } else {
            let feed = url.join("/feed").unwrap();
            let entry = Entry::new(SourceId::new(&host).unwrap(), "New <i>Lighthouse</i>", feed.clone());
            let (latest, language) = (vec!["<script>alert(1)</script>".to_owned()], Some("fr".to_owned()));
            let (name, how) = ("New <i>Lighthouse</i>".to_owned(), "a link in the page".to_owned());
            Ok(vec![Way {
                name,
                url: feed,
                kind: "feed",
                how,
                language,
                items: 4,
                with_text: 3,
                last_item: None,
                latest,
                known: None,
                entry: Some(entry),
            }])
        };
        let _ = answer.send(found);
    }
}

fn about(draft: &mut StoryDraft, code: CountryCode) {
    draft.classification.main_country = Some(code);
    draft.classification.countries.push(CountryLabel { code, role: CountryRole::About, score: 0.95, evidence: Vec::new() });
}

/// The first place of a text in a draft.
pub fn evidence(draft: &StoryDraft, field: Field, text: &str, rule: &str) -> Evidence {
    let whole = if field == Field::Title { &draft.title } else { &draft.text };
    let start = whole.find(text).unwrap();
    Evidence { field, start, end: start + text.len(), text: text.to_owned(), rule: rule.to_owned() }
}
