//! How long does a reader wait for each page of a large archive, and how heavy is the page?
//!
//!     cargo bench --bench pages -- [--stories 20000] [--rounds 20] [--only /stories]
//!
//! A private Postgres is filled with a generated year of stories in five languages: a thousand sources, half of all words of one story in a
//! hundred others, one copy in seven, events of three reports, labels, matches, incidents. Then every page is asked for over loopback, each
//! time with other values. Bars for 1,000,000 stories on two cores, the database beside the pages: 100 ms at the median, 300 ms for 95 of
//! 100, 100 KB. Without `--bench`, which cargo passes, nothing runs.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures and stops at the first failure")]

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use presswatch::config;
use presswatch::store::Store;
use presswatch::store::embedded::{Durability, EmbeddedCluster, EmbeddedOptions};
use presswatch::web::explore::Explorer;
use presswatch::web::{self, WebState};
use prometheus_client::registry::Registry;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const SOURCES: usize = 1000;
const COUNTRIES: [&str; 40] = [
    "KZ", "RU", "TR", "CN", "EG", "SA", "IR", "BY", "AZ", "UZ", "KG", "TJ", "TM", "GE", "AM", "UA", "RS", "HU", "PL", "IN", "PK", "BD", "MM", "VN",
    "TH", "PH", "ID", "ET", "ER", "SD", "NG", "CM", "UG", "RW", "MX", "GT", "NI", "VE", "CU", "BR",
];
const TOPICS: [&str; 8] =
    ["arrest_detention", "prosecution", "physical_attack", "censorship", "raid_seizure", "threat_harassment", "killing", "internet_shutdown"];
/// Most frequent first.
const WORDS: &str = "police court journalist the of in and to was editor arrest protest minister party newspaper trial lawyer city press law \
    полиция суд журналист в на и не редактор арест протест министр партия газета адвокат город закон обыск задержан штраф приговор \
    gazeteci polis mahkeme ve bir için editör parti tutuklu avukat haber yasa hapis protesto şehir karar ceza muhalefet siyasi dava \
    صحفي شرطة محكمة في من على محرر حزب اعتقال محام صحيفة قانون سجن احتجاج مدينة قرار تهمة معارض نقابة حجب \
    记 者 警 方 法 院 在 的 了 逮 捕 新 闻 律 师 城 市 判 决 lighthouse quasar гиперборея fenerbalığı منارة";

#[derive(Debug)]
struct Options {
    stories: usize,
    rounds: usize,
    only: Option<String>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let value = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1)).cloned();
    let number = |name: &str, default: usize| value(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} takes a number")));
    let options = Options { stories: number("--stories", 20_000), rounds: number("--rounds", 20), only: value("--only") };
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(run(&options));
}

async fn run(options: &Options) {
    let folder = tempfile::tempdir().unwrap();
    let mut database = EmbeddedOptions::new(&folder.path().join("state"));
    database.durability = Durability::Scratch;
    let cluster = EmbeddedCluster::start(&database).await.unwrap();
    let store = Store::connect(&cluster.connect_options(), 8).await.unwrap();
    store.migrate().await.unwrap();
    write_configuration(folder.path(), &cluster.url());
    let configuration = config::load(folder.path()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let sources: Vec<_> = configuration.sources.iter().map(|source| (source.clone(), source.id.to_string(), vec![1])).collect();
    store.sync_sources(&sources).await.unwrap();
    let mut connection = PgConnection::connect_with(&cluster.connect_options()).await.unwrap();
    let started = Instant::now();
    fill(&mut connection, &store, options.stories).await;
    println!("{} stories were made in {:.0} s", options.stories, started.elapsed().as_secs_f64());

    let (_sender, receiver) = watch::channel(Arc::new(configuration));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    // Nobody looks at new sites here.
    let (explorer, _asked) = Explorer::new();
    let state = WebState { store: store.clone(), config: receiver, metrics: Arc::new(Registry::default()), explorer };
    let serving = tokio::spawn(web::serve(listener, state, stop.clone()));

    println!("{:<44} {:>9} {:>9} {:>9}", "page", "median ms", "p95 ms", "KB");
    let mut late = Vec::new();
    for (name, addresses) in pages(&mut connection).await {
        if options.only.as_ref().is_some_and(|only| !name.starts_with(only.as_str())) {
            continue;
        }
        let (mut times, mut heaviest) = (Vec::new(), 0);
        for round in 0..options.rounds + 2 {
            let path = &addresses[round % addresses.len()];
            let begun = Instant::now();
            let size = get(address, path).await;
            // The first two warm connections and plans.
            if round >= 2 {
                times.push(begun.elapsed());
            }
            heaviest = heaviest.max(size);
        }
        times.sort_unstable();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of a short list")]
        let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1000.0;
        let (median, p95, weight) = (at(0.5), at(0.95), heaviest as f64 / 1000.0);
        let bar = if median < 100.0 && p95 < 300.0 && weight < 100.0 { "" } else { "  over the bar" };
        println!("{name:<44} {median:>9.1} {p95:>9.1} {weight:>9.1}{bar}");
        if !bar.is_empty() {
            late.push(name);
        }
    }
    println!("{}", if late.is_empty() { "every page is within the bars".to_owned() } else { format!("over the bars: {}", late.join(", ")) });
    stop.cancel();
    let _ = serving.await;
    connection.close().await.unwrap();
    store.close().await;
    cluster.stop().await;
}

fn write_configuration(folder: &Path, url: &str) {
    let mut sources = String::new();
    for number in 0..SOURCES {
        let country = COUNTRIES[number % COUNTRIES.len()];
        let _ = writeln!(
            sources,
            "[[source]]\nid = \"source-{number}\"\nname = \"Outlet {number}\"\nurl = \"https://outlet-{number}.example/feed\"\ncountry = \"{country}\"\n"
        );
    }
    let mut lists = "schema_version = 1\n".to_owned();
    for number in 0..20 {
        let _ = writeln!(
            lists,
            "[[watchlist]]\nid = \"list-{number}\"\nname = \"List {number}\"\nquery = 'arrest AND journalist'\n[watchlist.alert]\nchannels = []\n"
        );
    }
    let main = "[instance]\nstate_directory = \"state\"\n[database]\nurl = \"file:database-url\"\n";
    for (name, text) in [("presswatch.toml", main), ("sources.d/all.toml", &sources), ("watchlists.d/all.toml", &lists), ("database-url", url)] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
}

/// Stories numbered over the last year, oldest first; what a story is follows from its number.
async fn fill(connection: &mut PgConnection, store: &Store, stories: usize) {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let array = |values: &[&str]| format!("ARRAY[{}]", values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(","));
    let helpers = format!(
        "CREATE FUNCTION moment(n bigint) RETURNS timestamptz LANGUAGE sql STABLE AS
             $$ SELECT date_trunc('second', now()) - make_interval(secs => ({stories} - n) * 31536000.0 / {stories}) $$;
         CREATE FUNCTION story_id(n bigint) RETURNS uuid LANGUAGE sql STABLE AS
             $$ SELECT (lpad(to_hex((extract(epoch FROM moment(n)) * 1000)::bigint), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid $$;
         CREATE FUNCTION text_of(n bigint, length integer) RETURNS text LANGUAGE sql VOLATILE AS
             $$ SELECT string_agg(({words})[1 + floor({count} * power(random(), 3))::integer], ' ') FROM generate_series(1, length + 0 * n) $$;",
        words = array(&words),
        count = words.len(),
    );
    connection.execute(AssertSqlSafe(helpers)).await.unwrap();
    // The first of each month come into the default partitions, of which the months are made.
    let step = (stories / 48).max(1);
    write(connection, &format!("SELECT generate_series(1, {stories}, {step})::bigint")).await;
    store.ensure_partitions(2).await.unwrap();
    let piece = 50_000;
    for first in (1..=stories).step_by(piece) {
        let last = (first + piece - 1).min(stories);
        write(connection, &format!("SELECT n::bigint FROM generate_series({first}, {last}) n WHERE (n - 1) % {step} <> 0")).await;
    }
    for statement in [
        "INSERT INTO clusters (id, title, main_country, created_at, last_story_at)
         SELECT cluster_id, min(title), min(main_country), min(first_seen_at), max(first_seen_at) FROM stories GROUP BY 1",
        "INSERT INTO incidents (id, status, topic, other_topics, country, place, happened_on, date_basis, actors, persons, people, person_keys, title,
                                language, story_id, publishers, first_seen_at, last_seen_at)
         SELECT id, 'open', 'arrest_detention', '{}', main_country, 'Town', first_seen_at::date, 'published', '{journalist}', '[]', '[]', '{}', title,
                language, id, 1, first_seen_at, first_seen_at FROM stories WHERE ('x' || right(id::text, 6))::bit(24)::int % 30 = 0",
        "INSERT INTO incident_clusters (cluster_id, incident_id) SELECT s.cluster_id, i.id FROM incidents i JOIN stories s ON s.id = i.story_id
         ON CONFLICT DO NOTHING",
        "INSERT INTO incident_reports (story_id, cluster_id, source_id, source_name, publisher_group, url, title, language, first_seen_at)
         SELECT s.id, s.cluster_id, s.source_id, s.source_name, s.publisher_group, s.url, s.title, s.language, s.first_seen_at
         FROM incident_clusters c JOIN stories s USING (cluster_id)",
        "UPDATE source_states SET last_fetch_at = now(), last_success_at = now(), last_item_at = now() - random() * interval '5 days', health = 'ok',
             last_outcome = 'ok', added_at = now() - interval '400 days'",
        "UPDATE source_states SET failures = 9, last_outcome = 'http_status', last_status = 503, last_error = 'the server answers 503', health = 'failing',
             failing_since = now() - interval '3 days' WHERE ('x' || right(md5(source_id), 4))::bit(16)::int % 20 = 0",
    ] {
        connection.execute(statement).await.unwrap();
    }
    connection.execute("VACUUM ANALYZE").await.unwrap();
}

/// Writes the stories of some numbers with all that belongs to them.
async fn write(connection: &mut PgConnection, numbers: &str) {
    let array = |values: &[&str]| format!("ARRAY[{}]", values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(","));
    let (countries, topics) = (array(&COUNTRIES), array(&TOPICS));
    let sql = format!(
        "WITH numbers (n) AS MATERIALIZED ({numbers}), drafts AS MATERIALIZED (
             SELECT n, story_id(n) AS id, moment(n) AS at, text_of(n, 9) AS title, text_of(n, 160) AS body,
                    ({countries})[1 + floor(40 * power(random(), 2.5))::integer] AS country,
                    ({topics})[1 + floor(8 * power(random(), 2))::integer] AS topic,
                    (ARRAY['en', 'ru', 'tr', 'ar', 'zh'])[1 + n % 5] AS language, n * 7919 % {SOURCES} AS source FROM numbers
         ), written AS (
             INSERT INTO stories (id, source_id, source_name, publisher_group, cluster_id, duplicate_of, url, url_key, title, body, language,
                                  language_confidence, published_at, first_seen_at, main_country, tokens)
             SELECT id, 'source-' || source, 'Outlet ' || source, 'house-' || source % 700, story_id(n - n % 3),
                    CASE WHEN n % 7 = 3 THEN story_id(n - 1) END, 'https://outlet-' || source || '.example/' || n, 'outlet/' || n, title, body, language,
                    0.99, at, at, country, to_tsvector('simple', title || ' ' || body) FROM drafts
         ), countries AS (
             INSERT INTO story_labels (story_id, kind, value, role, score, evidence)
             SELECT id, 'country', country, 'about', 0.9, '[{{\"field\": \"title\", \"start\": 0, \"end\": 6, \"text\": \"police\", \"rule\": \"city\"}}]'::jsonb FROM drafts
             UNION ALL SELECT id, 'country', CASE country WHEN 'US' THEN 'GB' ELSE 'US' END, 'mentioned', 0.3, '[]'::jsonb FROM drafts WHERE n % 2 = 0
             UNION ALL SELECT id, 'topic', topic, '', 0.9, '[{{\"field\": \"title\", \"start\": 0, \"end\": 6, \"text\": \"police\", \"rule\": \"term\"}}]'::jsonb FROM drafts
             UNION ALL SELECT id, 'actor', CASE WHEN n % 3 = 0 THEN 'opposition' ELSE 'journalist' END, '', 0.8, '[]'::jsonb FROM drafts
         ), labelings AS (
             INSERT INTO story_labelings (story_id, rules) SELECT id, 1 FROM drafts
         ), revisions AS (
             INSERT INTO story_revisions (story_id, revision, title, body) SELECT id, 0, title, body FROM drafts WHERE n % 50 = 0 OR n % 48 = 1
         )
         INSERT INTO matches (story_id, watchlist_id, score, evidence, matched_at)
         SELECT id, 'list-' || n % 20, 0.9, '[]'::jsonb, at FROM drafts WHERE n % 25 = 1"
    );
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
}

/// Each page under a name, with some addresses of it.
async fn pages(connection: &mut PgConnection) -> Vec<(String, Vec<String>)> {
    let ids =
        async |connection: &mut PgConnection, sql: &'static str| -> Vec<uuid::Uuid> { sqlx::query_scalar(sql).fetch_all(connection).await.unwrap() };
    let stories = ids(connection, "SELECT id FROM stories TABLESAMPLE SYSTEM (1) LIMIT 40").await;
    let stories = if stories.is_empty() { ids(connection, "SELECT id FROM stories LIMIT 40").await } else { stories };
    let edited = ids(connection, "SELECT story_id FROM story_revisions LIMIT 40").await;
    let incidents = ids(connection, "SELECT id FROM incidents ORDER BY id DESC LIMIT 40").await;
    let each = |form: &str, values: &[&str]| values.iter().map(|value| form.replace("{}", value)).collect::<Vec<_>>();
    let of = |form: &str, ids: &[uuid::Uuid]| ids.iter().map(|id| form.replace("{}", &id.to_string())).collect::<Vec<_>>();
    let one = |path: &str| vec![path.to_owned()];
    let words = |query: &str| {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        format!("/stories?words={query}")
    };
    let mut pages = vec![
        ("/".to_owned(), one("/")),
        ("/?map=coverage".to_owned(), one("/?map=coverage")),
        ("/countries/{}".to_owned(), each("/countries/{}", &COUNTRIES)),
        ("/stories".to_owned(), one("/stories")),
        ("/stories?country".to_owned(), each("/stories?country={}", &COUNTRIES)),
        ("/stories?country&topic&actor".to_owned(), each("/stories?country={}&topic=killing&actor=journalist", &COUNTRIES)),
        ("/stories?country&language&topic".to_owned(), each("/stories?country={}&language=ar&topic=raid_seizure", &COUNTRIES)),
        ("/stories?country, mentioned".to_owned(), each("/stories?role=mentioned&country={}", &["US", "GB"])),
        ("/stories?source".to_owned(), each("/stories?source=source-{}", &["1", "77", "500", "999"])),
        ("/stories?watchlist".to_owned(), each("/stories?watchlist=list-{}", &["1", "5", "9", "13"])),
        ("/stories?kind".to_owned(), one("/stories?kind=other&topic=censorship")),
        ("/stories?from&to".to_owned(), one("/stories?from=2026-03-01&to=2026-03-31&topic=prosecution")),
        ("/stories?before".to_owned(), of("/stories?before={}", &stories)),
        ("/stories/{}".to_owned(), of("/stories/{}", &stories)),
        ("/stories/{}, edited".to_owned(), of("/stories/{}", &edited)),
        ("/incidents".to_owned(), one("/incidents")),
        ("/incidents?country&topic".to_owned(), each("/incidents?country={}&topic=arrest_detention", &COUNTRIES)),
        ("/incidents/{}".to_owned(), of("/incidents/{}", &incidents)),
        ("/alerts".to_owned(), one("/alerts")),
        ("/watchlists".to_owned(), one("/watchlists")),
        ("/watchlists/{}".to_owned(), one("/watchlists/list-3")),
        ("/sources".to_owned(), one("/sources")),
        ("/sources/{}".to_owned(), one("/sources/source-5")),
    ];
    for (name, queries) in [
        ("frequent word", vec!["police", "полиция", "суд", "gazeteci", "صحفي"]),
        ("rare word", vec!["lighthouse", "quasar", "гиперборея", "منارة"]),
        ("rare and frequent", vec!["lighthouse AND police", "quasar AND суд NOT gazeteci"]),
        ("phrase", vec!["\"police court\"", "\"记者\""]),
        ("long query", vec!["(arrest* OR арест* OR tutuklu*) AND (journalist OR журналист OR gazeteci OR صحفي) NOT lighthouse"]),
        ("not there", vec!["xylophone", "ксилофон"]),
    ] {
        pages.push((format!("/stories?words, {name}"), queries.into_iter().map(words).collect()));
    }
    pages
}

/// Asks for a page as a browser does; the size of its body.
async fn get(address: SocketAddr, path: &str) -> usize {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut bytes = Vec::with_capacity(128 * 1024);
    tokio::time::timeout(Duration::from_mins(1), stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
    assert!(bytes.starts_with(b"HTTP/1.1 200"), "{path}: {}", String::from_utf8_lossy(&bytes));
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |head| bytes.len() - head - 4)
}
