//! What becomes of copies and of edited stories, from a feed on loopback to the database.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use presswatch::config;
use presswatch::gather::fetch::{Politeness, registrable_domain};
use presswatch::net::{AddressPolicy, Client};
use presswatch::pipeline::{Events, Gatherer, Metrics, PollReport, Rules};
use tokio::sync::watch;

use crate::support::server::{Answer, Request, Server};
use crate::support::{TestDatabase, database};

const TEXT: &str = "The editor of the Harbor Times was led from the newsroom on Friday morning by four officers in plain clothes, three of her colleagues \
    said. They took two laptops, her telephone and a box of letters from readers. The ministry of the interior did not answer questions; a lawyer \
    waited outside the district court until the evening without being told of what she is accused.";

/// A newsroom whose feeds a test may rewrite, and what gathers them.
struct Newsroom {
    _folder: tempfile::TempDir,
    db: TestDatabase,
    _servers: Vec<Server>,
    feeds: Arc<Mutex<Vec<String>>>,
    gatherer: Gatherer,
}

impl Newsroom {
    /// One source for each feed; two watchlists.
    async fn with(feeds: &[String]) -> Self {
        let (db, folder) = (database().await, tempfile::tempdir().unwrap());
        let shown = Arc::new(Mutex::new(feeds.to_vec()));
        // A host for each: of one host, one feed is polled at a time.
        let mut servers = Vec::new();
        for number in 0..feeds.len() {
            let answers = Arc::clone(&shown);
            let answer = move |_: &Request| {
                answers.lock().unwrap().get(number).map_or_else(|| Answer::status(404), |feed| Answer::ok("application/rss+xml", feed))
            };
            servers.push(Server::start_on(&format!("127.0.0.{}", number + 1), answer).await);
        }
        for name in ["sources.d", "watchlists.d"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let ports: Vec<u16> = servers.iter().map(Server::port).chain([9]).collect();
        let network = format!("[network]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\nextra_ports = {ports:?}\n");
        std::fs::write(folder.path().join("presswatch.toml"), network).unwrap();
        let sources = (0..feeds.len()).fold(String::new(), |mut sources, number| {
            let url = servers[number].url("/feed");
            let _ = write!(
                sources,
                "[[source]]\nid = \"paper-{number}\"\nname = \"Paper {number}\"\nurl = \"{url}\"\nlanguage = \"en\"\nfull_text = \"never\"\n"
            );
            sources
        });
        std::fs::write(folder.path().join("sources.d/papers.toml"), sources).unwrap();
        let secret = folder.path().join("hook.secret");
        std::fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G").unwrap();
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        let hook = format!(
            "schema_version = 1\n[channels.hook]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:9/hook\"\nformat = \"standard-webhooks\"\nsecrets = [\"file:{}\"]\n",
            secret.display()
        );
        let lists = [("editors", "editor*"), ("prison", "\"northern prison\"")].iter().fold(hook, |mut lists, (id, query)| {
            let _ = write!(
                lists,
                "[[watchlist]]\nid = \"{id}\"\nname = \"{id}\"\nquery = '{query}'\n[watchlist.alert]\nchannels = [\"hook\"]\ngroup_by = \"story\"\n"
            );
            lists
        });
        std::fs::write(folder.path().join("watchlists.d/lists.toml"), lists).unwrap();

        let config = config::load(folder.path()).unwrap();
        let described: Vec<_> = config.sources.iter().map(|source| (source.clone(), registrable_domain(&source.url), vec![1])).collect();
        db.store.sync_sources(&described).await.unwrap();
        let client = Client::new(&config.network, AddressPolicy::from_config(&config.network).unwrap(), "presswatch-test").unwrap();
        let (rules, _) = Rules::compile(config).unwrap();
        let (_, rules) = watch::channel(Arc::new(rules));
        let gatherer = Gatherer::new(
            db.store.clone(),
            client,
            Politeness::new(Duration::ZERO, 8),
            rules,
            Metrics::register(&mut prometheus_client::registry::Registry::default()),
            Events::default(),
        );
        Self { _folder: folder, db, _servers: servers, feeds: shown, gatherer }
    }

    /// Polls every source, all at once.
    async fn poll(&self) -> Vec<PollReport> {
        self.db.store.make_all_due().await.unwrap();
        let claimed = self.db.store.claim_due_sources(64, Duration::from_mins(5)).await.unwrap();
        let mut polls = tokio::task::JoinSet::new();
        for source in claimed {
            let gatherer = self.gatherer.clone();
            polls.spawn(async move { gatherer.poll(&source).await.unwrap() });
        }
        polls.join_all().await
    }

    fn rewrite(&self, number: usize, feed: String) {
        self.feeds.lock().unwrap()[number] = feed;
    }
}

fn feed(paper: usize, title: &str, text: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Paper</title><item><title>{title}</title><link>https://paper{paper}.example/held</link>\
         <guid>held</guid><description>{text}</description></item></channel></rss>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_that_six_papers_print_at_one_moment_have_one_original_and_one_alert() {
    let feeds: Vec<String> = (0..6).map(|paper| feed(paper, "Editor held", TEXT)).collect();
    let newsroom = Newsroom::with(&feeds).await;
    newsroom.poll().await;
    assert_eq!(newsroom.db.number("SELECT count(*) FROM stories").await, 6);
    assert_eq!(newsroom.db.number("SELECT count(*) FROM stories WHERE duplicate_of IS NULL").await, 1);
    assert_eq!(newsroom.db.number("SELECT count(*) FROM matches").await, 6, "copies are matched like originals");
    assert_eq!(newsroom.db.number("SELECT count(*) FROM alerts").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_brings_new_terms_of_a_watchlist_is_told() {
    let newsroom = Newsroom::with(&[feed(0, "Editor held", TEXT), "<rss version=\"2.0\"><channel><title>x</title></channel></rss>".to_owned()]).await;
    newsroom.poll().await;
    assert_eq!(newsroom.db.number("SELECT count(*) FROM alerts WHERE watchlist_id = 'prison'").await, 0);
    newsroom.rewrite(1, feed(1, "Editor held", &format!("{TEXT} She is in the northern prison, her family was told.")));
    newsroom.poll().await;
    assert_eq!(newsroom.db.number("SELECT count(*) FROM stories WHERE duplicate_of IS NOT NULL").await, 1, "it is a copy");
    assert_eq!(newsroom.db.number("SELECT count(*) FROM alerts WHERE watchlist_id = 'editors'").await, 1, "what was told is not told again");
    assert_eq!(newsroom.db.number("SELECT count(*) FROM alerts WHERE watchlist_id = 'prison'").await, 1, "what is new is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_and_new_headlines_are_revisions_that_keep_what_was_said() {
    let newsroom = Newsroom::with(&[feed(0, "Editor held", TEXT)]).await;
    newsroom.poll().await;
    let corrected = TEXT.replace("four officers", "nine officers");
    newsroom.rewrite(0, feed(0, "Editor held", &corrected));
    assert_eq!(newsroom.poll().await[0].revised, 1);
    newsroom.rewrite(0, feed(0, "Editor of the Harbor Times free again", &corrected));
    assert_eq!(newsroom.poll().await[0].revised, 1);
    // A feed that shows the same text shortened changes nothing.
    newsroom.rewrite(0, feed(0, "Editor of the Harbor Times free again", &format!("{} …", &corrected[..120])));
    assert_eq!(newsroom.poll().await[0].revised, 0);

    assert_eq!(newsroom.db.number("SELECT count(*) FROM stories").await, 1);
    let latest = newsroom.db.store.stories(&presswatch::store::StoryFilter::default()).await.unwrap();
    let story = newsroom.db.store.story(latest[0].id).await.unwrap().unwrap();
    assert_eq!(story.summary.title, "Editor of the Harbor Times free again");
    let said: Vec<(&str, bool)> = story.revisions.iter().map(|former| (former.title.as_str(), former.body.contains("four officers"))).collect();
    assert_eq!(said, [("Editor held", false), ("Editor held", true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_a_report_make_one_incident_and_an_edit_keeps_its_id() {
    let text = format!("Police arrested the journalist Marta Olsen, 34, on Friday. {TEXT}");
    let feeds: Vec<String> = (0..3).map(|paper| feed(paper, "Journalist Marta Olsen arrested in Osh", &text)).collect();
    let newsroom = Newsroom::with(&feeds).await;
    newsroom.poll().await;
    let all = presswatch::store::IncidentFilter::default();
    let before = newsroom.db.store.incidents(&all).await.unwrap();
    assert_eq!((before.len(), before[0].topic.as_str(), before[0].publishers, before[0].reports.len()), (1, "arrest_detention", 1, 3));
    assert_eq!(before[0].persons[0].value, "Marta Olsen");

    newsroom.rewrite(0, feed(0, "Journalist Marta Olsen arrested in Osh, then released", &format!("{text} She was released in the evening.")));
    assert_eq!(newsroom.poll().await.iter().map(|report| report.revised).sum::<usize>(), 1);
    let after = newsroom.db.store.incidents(&all).await.unwrap();
    assert_eq!((after.len(), after[0].id, after[0].status.as_str()), (1, before[0].id, "released"));
}

#[tokio::test(flavor = "multi_thread")]
async fn places_of_matches_stay_in_the_stored_text_when_another_source_carries_the_address() {
    let nothing = "<rss version=\"2.0\"><channel><title>x</title></channel></rss>".to_owned();
    let newsroom = Newsroom::with(&[feed(0, "Editor held", TEXT), nothing]).await;
    newsroom.poll().await;
    // The same address, its text behind a sentence of the other source's own, and a word that the stored text lacks.
    let told = format!("Our correspondent reports from the harbor today. {TEXT} She is in the northern prison.");
    newsroom.rewrite(1, feed(0, "In brief: Editor held", &told));
    newsroom.poll().await;
    assert_eq!(newsroom.db.number("SELECT count(*) FROM stories").await, 1);
    let latest = newsroom.db.store.stories(&presswatch::store::StoryFilter::default()).await.unwrap();
    let story = newsroom.db.store.story(latest[0].id).await.unwrap().unwrap();
    assert_eq!(story.body, TEXT);
    let lists: Vec<&str> = story.matches.iter().map(|found| found.watchlist.as_str()).collect();
    assert_eq!(lists, ["editors", "prison"], "what only the other source says is told, too");
    for evidence in story.matches.iter().flat_map(|found| &found.evidence) {
        let field = if evidence.field == presswatch::model::Field::Title { &story.summary.title } else { &story.body };
        assert_eq!(field.get(evidence.start..evidence.end), Some(evidence.text.as_str()), "{evidence:?}");
    }
    assert!(story.matches[0].evidence.len() >= 2 && story.matches[1].evidence.is_empty());
    assert_eq!(newsroom.db.number("SELECT count(*) FROM alerts WHERE watchlist_id = 'prison'").await, 1);
}
