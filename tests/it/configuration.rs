//! Configuration directories: what is accepted, what is refused, and how that is said.

mod access;
mod alerts;
mod channels;
mod commands;

use std::fs;
use std::path::Path;
use std::time::Duration;

use presswatch::config::{self, ChannelKind, Config, GroupBy, MAIN_FILE, Payload, SOURCES_DIRECTORY, WATCHLISTS_DIRECTORY, defaults};
use presswatch::model::{Problem, Severity};
use tempfile::TempDir;

/// A configuration directory with the given files.
fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let main = files.iter().any(|(path, _)| *path == MAIN_FILE);
    for (path, text) in files.iter().copied().chain((!main).then_some((MAIN_FILE, ""))) {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

const A_SOURCE: &str = "[[source]]\nid = \"one\"\nname = \"One\"\nurl = \"https://one.example/feed\"\n";

fn list(body: &str) -> String {
    format!("[[watchlist]]\nid = \"a\"\nname = \"A\"\nquery = \"word\"\n{body}\n")
}

fn errors(files: &[(&str, &str)]) -> Vec<Problem> {
    let directory = directory(files);
    let mut problems = config::load(directory.path()).expect_err("errors");
    for problem in &mut problems {
        problem.file = problem.file.strip_prefix(directory.path()).unwrap().to_owned();
    }
    problems
}

fn loaded(files: &[(&str, &str)]) -> Config {
    let directory = directory(files);
    config::load(directory.path()).unwrap_or_else(|problems| panic!("{}", shown(&problems)))
}

fn shown(problems: &[Problem]) -> String {
    problems.iter().flat_map(|problem| [problem.to_string(), "\n".to_owned()]).collect()
}

/// One wrong main file gives exactly one error, at a line, that says all of the given words.
#[track_caller]
fn refused(file: &str, text: &str, line: usize, key: &str, words: &[&str]) {
    let problems = errors(&[(file, text)]);
    assert_eq!(problems.len(), 1, "{}", shown(&problems));
    let problem = &problems[0];
    let said = problem.to_string();
    assert_eq!((problem.line, problem.key.as_str()), (line, key), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
}

#[track_caller]
fn refused_main(text: &str, line: usize, key: &str, words: &[&str]) {
    refused(MAIN_FILE, text, line, key, words);
}

#[track_caller]
fn refused_list(text: &str, line: usize, key: &str, words: &[&str]) {
    refused("watchlists.d/a.toml", text, line, key, words);
}

#[test]
fn five_errors_in_five_places_give_five_lines() {
    let watchlist = list("topics = [\"arest_detention\"]\n[watchlist.alert]\nchannels = [\"desk-mial\"]");
    let source = "[[source]]\nid = \"one\"\nname = \"One\"\nurl = \"ftp://one.example/feed\"\n";
    let hook = "[channels.desk-mail]\nkind = \"webhook\"\nurl = \"https://h.example/\"\nsecrets = [\"env:PATH\"]\n";
    let problems = errors(&[
        (MAIN_FILE, "[gather]\nconcurency = 3\n\n[network]\ntotal_timeout = \"20\"\n"),
        ("sources.d/a.toml", source),
        ("watchlists.d/a.toml", &format!("{watchlist}\n{hook}")),
    ]);
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        r#"presswatch.toml:2:1: error: gather.concurency: unknown key (did you mean "concurrency"?)"#,
        r#"presswatch.toml:5:17: error: network.total_timeout: "20" is not a duration (write a whole number and one of s, m, h, d: "20s", "2m", "1h", "30d")"#,
        r#"sources.d/a.toml:4:7: error: source[0].url: "ftp://one.example/feed" must begin with http:// or https://"#,
        r#"watchlists.d/a.toml:5:11: error: watchlist[0].topics[0]: there is no topic "arest_detention" (did you mean "arrest_detention"?)"#,
        r#"watchlists.d/a.toml:7:13: error: watchlist[0].alert.channels[0]: there is no channel "desk-mial" (did you mean "desk-mail"?)"#,
    ];
    assert_eq!(lines, expected);
}

#[test]
fn all_syntax_errors_are_shown_with_the_other_errors() {
    let problems = errors(&[(MAIN_FILE, "[gather]\nconcurrency = = 3\n\n[web]\nlisten = 127.0.0.1\n\n[log]\nformat = \"xml\"\n")]);
    let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
    assert!(lines.contains(&2) && lines.contains(&5), "{}", shown(&problems));
    assert!(problems.iter().any(|problem| problem.key == "log.format"), "{}", shown(&problems));
}

#[test]
fn wrong_types_and_ranges_name_what_is_wanted() {
    refused_main("[database]\nconnections = \"10\"\n", 2, "database.connections", &["must be a whole number, not a text"]);
    refused_main("[database]\nconnections = 1\n", 2, "database.connections", &["must be between 2 and 100"]);
    refused_main("[network]\nconnect_timeout = \"0s\"\n", 2, "network.connect_timeout", &["must be between 1s and 2m"]);
    refused_main("[network]\nconnect_timeout = 10\n", 2, "network.connect_timeout", &["a duration in quotes"]);
    refused_main("[network]\nfeed_limit = \"10MB\"\n", 2, "network.feed_limit", &["is not a size", "MiB"]);
    refused_main("[network]\nextra_ports = [0]\n", 2, "network.extra_ports[0]", &["must be between 1 and 65535"]);
    refused_main("[network]\ndangerously_allow_networks = [\"10.0.0.0\"]\n", 2, "network.dangerously_allow_networks[0]", &["is not a network"]);
    refused_main("[gather]\ninterval_min = \"2h\"\ninterval_max = \"1h\"\n", 1, "gather", &["interval_min is longer than interval_max"]);
    refused_main("[log]\nformat = \"jsno\"\n", 2, "log.format", &["did you mean \"json\"?"]);
    refused_main("[log]\nfilter = \"info,presswatch=loud\"\n", 2, "log.filter", &["is not a log filter"]);
    refused_main("[web]\nenabled = \"yes\"\n", 2, "web.enabled", &["true or false"]);
    refused_main("[instance]\npublic_url = \"presswatch.example\"\n", 2, "instance.public_url", &["is not a web address"]);
    refused_main("[gahter]\nconcurrency = 3\n", 1, "gahter", &["unknown key", "did you mean \"gather\"?"]);
    refused_main("gather = 3\n", 1, "gather", &["must be a table"]);
}

#[test]
fn pages_beyond_loopback_ask_for_a_sign_in() {
    let asks = |main: &str| loaded(&[(MAIN_FILE, main)]).asks_for_login();
    for address in ["0.0.0.0:9464", "[::]:9464", "192.0.2.1:80"] {
        let open = format!("[web]\nlisten = \"{address}\"\nlogin = \"off\"\n");
        refused_main(&open, 3, "web.login", &["must ask for a sign-in", "users add"]);
        assert!(asks(&format!("[web]\nlisten = \"{address}\"\n")), "{address}");
    }
    assert!(!asks(""));
    assert!(asks("[web]\nlogin = \"required\"\n"));
    assert!(!asks("[instance]\npublic_url = \"http://localhost:9464\"\n"));
    assert!(asks("[instance]\npublic_url = \"https://desk.example\"\n"), "a proxy may lead the world here");
    assert!(!asks("[instance]\npublic_url = \"https://desk.example\"\n[web]\nlogin = \"off\"\n"));
    refused_main("[web]\nlogin = \"no\"\n", 2, "web.login", &["\"auto\", \"required\", \"off\""]);
    refused_main("[web]\npassword = \"x\"\n", 2, "web.password", &["users add"]);
    refused_main("[web]\ntimezone = \"Almaty\"\n", 2, "web.timezone", &["no time zone", "Asia/Almaty"]);
    assert_eq!(loaded(&[(MAIN_FILE, "[web]\ntimezone = \"Asia/Almaty\"\n")]).web.timezone.iana_name(), Some("Asia/Almaty"));
    refused_main("[web]\nlisten = \"localhost\"\n", 2, "web.listen", &["not an address with a port"]);
    assert_eq!(loaded(&[(MAIN_FILE, "[web]\nlisten = \"[::1]:0\"\n")]).web.listen.to_string(), "[::1]:0");
}

#[test]
fn literal_secrets_are_refused_with_what_to_do_and_never_repeated() {
    let url = "postgres://me:hunter2@db.example/presswatch";
    refused_main(&format!("[database]\nurl = \"{url}\"\n"), 2, "database.url", &["never literally", "chmod 600", "credential:NAME", "env:NAME"]);
    let hook = "[channels.h]\nkind = \"webhook\"\nurl = \"https://h.example/\"\nsecrets = [\"whsec_aHVudGVyMg==\"]\n";
    refused_list(hook, 4, "channels.h.secrets[0]", &["never literally"]);
    for problems in [errors(&[(MAIN_FILE, &format!("[database]\nurl = \"{url}\"\n"))]), errors(&[("watchlists.d/a.toml", hook)])] {
        assert!(!shown(&problems).contains("hunter2") && !shown(&problems).contains("aHVudGVyMg"));
    }
}

#[test]
fn a_secret_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let directory = directory(&[(MAIN_FILE, "[database]\nurl = \"file:secrets/url\"\n"), ("secrets/url", "postgres://x\n")]);
    let secret = directory.path().join("secrets/url");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o640)).unwrap();
    let problems = config::load(directory.path()).unwrap_err();
    assert!(problems[0].message.contains("run chmod 600"), "{}", shown(&problems));
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let config = config::load(directory.path()).unwrap();
    assert_eq!(config.database.url.unwrap().resolve().unwrap().expose(), "postgres://x", "the path begins at the configuration directory");
    fs::remove_file(&secret).unwrap();
    assert!(config::load(directory.path()).unwrap_err()[0].message.contains("cannot read"));
}

#[test]
fn what_is_not_built_yet_is_refused_and_never_ignored() {
    for (body, key) in [
        ("retention = \"30d\"", "watchlist[0].retention"),
        ("[watchlist.alert]\nretention = \"30d\"", "watchlist[0].alert.retention"),
        ("countries = { published_in = [\"KZ\"] }", "watchlist[0].countries.published_in"),
        ("sources = { min_tier = 0 }", "watchlist[0].sources.min_tier"),
        ("morphology = [\"ru\"]", "watchlist[0].morphology"),
        ("match_fields = [\"title\"]", "watchlist[0].match_fields"),
    ] {
        let problems = errors(&[("watchlists.d/a.toml", &list(body))]);
        assert_eq!(problems.len(), 1, "{body}: {}", shown(&problems));
        assert!(problems[0].key == key && problems[0].message.contains("not supported yet"), "{}", problems[0]);
    }
    refused_list("schema_version = 2\n", 1, "schema_version", &["must be between 1 and 1"]);
    refused_main("[network]\nproxy = \"socks5h://127.0.0.1:9050\"\n", 2, "network.proxy", &["by name", "network.paths"]);
}

#[test]
fn an_id_is_used_once_over_all_files() {
    let problems = errors(&[
        ("sources.d/a.toml", A_SOURCE),
        ("sources.d/b.toml", &A_SOURCE.replace("feed", "rss")),
        ("watchlists.d/a.toml", &format!("{}[terms]\ng = \"x\"\n", list(""))),
        ("watchlists.d/b.toml", &format!("{}[terms]\ng = \"y\"\n", list(""))),
    ]);
    let said = shown(&problems);
    assert_eq!(problems.len(), 3, "{said}");
    for words in ["the source id \"one\" is taken by", "the watchlist id \"a\" is taken by", "the group \"g\" is taken by", "a.toml:2"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_broken_channel_is_not_also_a_missing_one() {
    let text = format!("[channels.m]\nkind = \"email\"\nto = []\n{}", list("[watchlist.alert]\nchannels = [\"m\"]"));
    let problems = errors(&[(MAIN_FILE, "[smtp]\nhost = \"mail.example\"\nfrom = \"a@b.example\"\n"), ("watchlists.d/a.toml", &text)]);
    assert_eq!(problems.len(), 1, "{}", shown(&problems));
    assert_eq!(problems[0].key, "channels.m.to");
}

#[test]
fn mail_needs_a_server_and_another_machine_needs_tls() {
    refused_list("[channels.m]\nkind = \"email\"\nto = [\"a@b.example\"]\n", 1, "channels.m", &["needs a mail server", "[smtp]"]);
    let clear = "[smtp]\nhost = \"mail.example\"\nfrom = \"a@b.example\"\nsecurity = \"local-plaintext\"\n";
    refused_main(clear, 2, "smtp.host", &["in the clear", "starttls"]);
    refused_main("[smtp]\nhost = \"mail.example\"\nfrom = \"a@b.example\"\nusername = \"a\"\n", 1, "smtp", &["go together"]);
    for (security, port) in [("tls", 465), ("starttls", 587)] {
        let text = format!("[smtp]\nhost = \"mail.example\"\nfrom = \"P <a@b.example>\"\nsecurity = \"{security}\"\n");
        assert_eq!(loaded(&[(MAIN_FILE, &text)]).smtp.unwrap().port, port);
    }
}

#[test]
fn codes_that_do_not_exist_get_a_hint() {
    let source = |line: &str| format!("{A_SOURCE}{line}\n");
    refused("sources.d/a.toml", &source("country = \"UK\""), 5, "source[0].country", &["\"GB\""]);
    refused("sources.d/a.toml", &source("country = \"INT\""), 5, "source[0].country", &["leave the country out"]);
    refused("sources.d/a.toml", &source("language = \"kz\""), 5, "source[0].language", &["Kazakh is \"kk\""]);
    refused("sources.d/a.toml", &source("category = \"state\""), 5, "source[0].category", &["did you mean \"state_media\"?"]);
    refused("sources.d/a.toml", &source("kind = \"listing\""), 1, "source[0]", &["needs selectors"]);
    refused("sources.d/a.toml", &source("listing = { item = \"li\" }"), 5, "source[0].listing", &["kind = \"listing\""]);
    refused("sources.d/a.toml", &source("kind = \"listing\"\nlisting = { item = \"li\", max_pages = 2 }"), 6, "source[0].listing", &["next"]);
    refused("sources.d/a.toml", &source("kind = \"listing\"\nsitemap = { }"), 6, "source[0].sitemap", &["kind = \"sitemap\""]);
    refused("sources.d/a.toml", &source("kind = \"sitemap\"\nsitemap = { paths = [\"news\"] }"), 6, "source[0].sitemap.paths[0]", &["/news/"]);
    refused("sources.d/a.toml", &source("kind = \"sitemap\"\nsitemap = { max_age = \"1m\" }"), 6, "source[0].sitemap.max_age", &["between"]);
    refused("sources.d/a.toml", &A_SOURCE.replace("[[source]]", "[source]"), 1, "source", &["write [[source]]"]);
    refused("sources.d/a.toml", &A_SOURCE.replace("one.example", "me:pw@one.example"), 4, "source[0].url", &["would show in logs"]);
    refused("sources.d/a.toml", "[[source]]\nid = \"One\"\nname = \"One\"\nurl = \"https://one.example\"\n", 2, "source[0].id", &["a-z"]);
}

#[test]
fn a_whole_watchlist_is_read() {
    let text = r#"
schema_version = 1
[defaults]
max_age = "24h"
match_fields = ["title", "lead", "body"]
[terms]
taken = 'detain* OR arrest*'
[channels.hook]
kind = "webhook"
url = "https://h.example/in"
format = "standard-webhooks"
secrets = ["env:PATH", "env:HOME"]
payload = "thin"
[[watchlist]]
id = "kz"
name = "Kazakhstan"
visibility = "restricted"
languages = ["kk", "ru"]
countries = { about = ["KZ"], min_confidence = 0.6 }
topics = ["elections"]
sources = { exclude = ["one"] }
query = '''
  $taken
'''
[watchlist.alert]
mode = "immediate"
channels = ["hook"]
group_by = "language"
group_wait = "2m"
min_score = 0.35
[[watchlist.person]]
ref = "p-1"
names = ["Ада Бек", "Ada Bek"]
variants = { initials = true, max_edit = 0 }
context = { any = "суд*", near = 30, required = true }
surname_alone = { allow = true, require_near = 'қала*', within = 50 }
"#;
    let config = loaded(&[("sources.d/a.toml", A_SOURCE), ("watchlists.d/a.toml", text)]);
    let list = &config.watchlists.lists[0];
    assert!(list.restricted && list.enabled && list.morphology);
    assert_eq!((list.query.line, list.query.column), (23, 1), "a query begins after the line break that follows its quotes");
    assert_eq!(list.query.text, "  $taken\n");
    assert_eq!((list.alert.max_age, list.alert.group_by), (Duration::from_hours(24), GroupBy::Language));
    let group = &config.watchlists.terms[0];
    assert_eq!((group.0.as_str(), group.1.line, group.1.column), ("taken", 7, 10));
    let person = &list.persons[0];
    assert!(person.variants.initials && person.variants.inflect && person.context_required);
    let (context, near) = person.context.as_ref().unwrap();
    assert_eq!((context.text.as_str(), context.column, *near), ("суд*", 20, 30));
    assert_eq!(person.surname_alone.as_ref().unwrap().within, 50);
    let ChannelKind::Webhook(hook) = &config.channels.values().next().unwrap().kind else { panic!("a webhook") };
    assert_eq!((hook.secrets.len(), hook.payload, hook.timeout), (2, Payload::Thin, Duration::from_secs(20)));

    let persons = text.replace("query = '''\n  $taken\n'''\n", "");
    assert_eq!(loaded(&[("sources.d/a.toml", A_SOURCE), ("watchlists.d/a.toml", &persons)]).watchlists.lists[0].query.text, "$persons");
    let edits = text.replace("max_edit = 0", "max_edit = 1");
    let problems = errors(&[("sources.d/a.toml", A_SOURCE), ("watchlists.d/a.toml", &edits)]);
    assert!(problems[0].message.contains("misspelled names are not supported"), "{}", shown(&problems));
}

#[test]
fn own_topics_can_be_used_and_fixed_ones_not_be_misspelled() {
    let topics = "[[topic]]\nid = \"fishing_rights\"\nlabel = \"Fishing\"\ndefinition = \"Boats.\"\ngroup = \"context\"\n\
        [[lexicon]]\nid = \"fishing_rights\"\nlanguage = \"en\"\nterms = [\"trawler*\"]\nweight = 1.5\n";
    let config = loaded(&[("topics.toml", topics), ("watchlists.d/a.toml", &list("topics = [\"fishing_rights\", \"release\"]"))]);
    assert_eq!((config.topics.topics.len(), config.topics.lexicon.len()), (1, 1));
    refused(
        "topics.toml",
        &topics.replace("id = \"fishing_rights\"\nlanguage", "id = \"fishing_right\"\nlanguage"),
        7,
        "lexicon[0].id",
        &["did you mean \"fishing_rights\"?"],
    );
    refused("topics.toml", &topics.replace("weight = 1.5", "weight = 4"), 10, "lexicon[0].weight", &["between 0 and 3"]);
}

#[test]
fn a_directory_without_the_main_file_says_how_to_make_one() {
    let directory = tempfile::tempdir().unwrap();
    let problems = config::load(&directory.path().join("nowhere")).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].to_string().contains("presswatch init"), "{}", problems[0]);
}

#[test]
fn a_list_that_reaches_nobody_is_a_warning() {
    let directory = directory(&[("sources.d/a.toml", A_SOURCE), ("watchlists.d/a.toml", &list(""))]);
    let examined = config::examine(directory.path());
    assert!(examined.config.is_some());
    assert_eq!(examined.problems.len(), 1);
    assert!(examined.problems[0].severity == Severity::Warning && examined.problems[0].message.contains("nobody is told"));
}

#[test]
fn the_default_file_says_the_defaults() {
    let default = defaults::files().into_iter().find(|file| file.path == Path::new(MAIN_FILE)).unwrap().text;
    let settings = |config: Config| {
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            config.instance, config.database, config.network, config.gather, config.web, config.log, config.retention
        )
    };
    assert_eq!(settings(loaded(&[(MAIN_FILE, default)])), settings(loaded(&[(MAIN_FILE, "")])));
}

#[test]
fn every_commented_key_of_the_default_files_is_accepted() {
    let uncommented = |text: &str| {
        let is_toml = |line: &str| {
            let key = line.split(" = ").next().unwrap_or_default();
            line.starts_with('[') || (line.contains(" = ") && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        };
        let lines = text.lines().map(|line| line.strip_prefix("# ").filter(|inner| is_toml(inner)).unwrap_or(line));
        lines.flat_map(|line| [line, "\n"]).collect::<String>()
    };
    let text_of = |path: &str| uncommented(defaults::files().into_iter().find(|file| file.path == Path::new(path)).unwrap().text);
    // Neither the variable nor the file has to be there for the keys to be right.
    let main = text_of(MAIN_FILE).replace("env:DATABASE_URL", "env:PATH");
    let mut channels = text_of("watchlists.d/30-channels.toml");
    for file in ["file:secrets/desk-hook", "file:secrets/ntfy", "file:keys/safety-desk.asc"] {
        channels = channels.replace(file, "env:PATH");
    }
    let config = loaded(&[(MAIN_FILE, &main), ("watchlists.d/a.toml", &channels)]);
    assert!(config.instance.contact.is_some() && config.instance.public_url.is_some() && config.database.url.is_some());
    assert!(config.database.run_as.is_some() && config.database.binaries.is_some());
    let smtp = config.smtp.unwrap();
    assert_eq!((smtp.port, smtp.timeout), (465, Duration::from_secs(30)));
    assert!(smtp.password.is_some());
    assert_eq!(config.channels.len(), 3);
}

#[test]
fn the_starter_pack_is_wide_and_clean() {
    let directory = tempfile::tempdir().unwrap();
    for file in defaults::files() {
        let path = directory.path().join(file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.text).unwrap();
    }
    let examined = config::examine(directory.path());
    let unexpected: Vec<&Problem> = examined.problems.iter().filter(|problem| !problem.message.contains("nobody is told")).collect();
    assert!(unexpected.is_empty(), "{}", shown(&examined.problems));
    let config = examined.config.unwrap();
    let count = |key: fn(&presswatch::model::Source) -> String| config.sources.iter().map(key).collect::<std::collections::BTreeSet<_>>().len();
    assert!(config.sources.len() >= 200, "{} sources", config.sources.len());
    assert!(count(|source| source.language.as_ref().unwrap().to_string()) >= 30, "every source has its language");
    assert!(count(|source| source.country.map(|code| code.to_string()).unwrap_or_default()) >= 60, "countries");
    assert_eq!(count(|source| source.category.as_str().to_owned()), 11, "every category");
    assert_eq!(count(|source| format!("{} {:?}", source.name, source.language)), config.sources.len(), "one source per outlet and language");
    assert!(config.sources.iter().filter(|source| source.publisher_group == "rferl").count() >= 20, "editions of one house share a group");
    assert!(config.watchlists.lists.iter().any(|list| list.id.as_str() == "kz-opposition"));
    assert!(config.channels.is_empty() && config.watchlists.lists.iter().all(|list| list.alert.channels.is_empty()));
    for folder in [SOURCES_DIRECTORY, WATCHLISTS_DIRECTORY] {
        assert!(defaults::files().iter().any(|file| file.path.starts_with(folder)));
    }
}

#[test]
fn the_binary_carries_the_directory_as_it_stands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    for folder in ["", SOURCES_DIRECTORY, WATCHLISTS_DIRECTORY] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let relative = path.strip_prefix(&root).unwrap();
                let carried = defaults::files().into_iter().find(|file| file.path == relative);
                assert_eq!(carried.map(|file| file.text.to_owned()), fs::read_to_string(&path).ok(), "{}", relative.display());
            }
        }
    }
}
