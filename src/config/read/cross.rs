//! What concerns several files at once: ids used twice, names that stand for nothing, lists that reach nobody.

use std::collections::HashMap;
use std::path::Path;

use crate::config::read::settings::Settings;
use crate::config::read::watchlists::{Read, Reference};
use crate::config::read::{MAIN_FILE, Placed, SOURCES_DIRECTORY, sources};
use crate::config::toml_file::{known, suggest};
use crate::config::{AlertMode, ChannelKind, TopicsConfig, Watchlist, topics};
use crate::model::{Problem, Severity, Source};

/// Looks over everything that was read.
pub(super) fn check(directory: &Path, settings: &Settings, sources: &sources::Read, lists: &Read, topics: Option<&TopicsConfig>) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(duplicate_sources(sources));
    duplicates("watchlist id", &lists.list_names, String::as_str, &mut problems);
    duplicates("channel", &lists.channel_names, String::as_str, &mut problems);
    duplicates("group", &lists.terms, |(name, _)| name, &mut problems);
    for list in &lists.lists {
        let mut seen = Vec::new();
        for person in &list.value.persons {
            if seen.contains(&&person.reference) {
                problems.push(Problem { message: format!("two persons have the ref \"{}\"", person.reference), ..list.place.clone() });
            }
            seen.push(&person.reference);
        }
    }
    same_address(&sources.sources, &mut problems);
    references(settings, sources, lists, topics, &mut problems);
    let paths = || settings.network.paths.keys().map(String::as_str);
    for route in settings.routes.iter().chain(&sources.routes).filter(|route| !settings.network.paths.contains_key(&route.value)) {
        let defined = suggest(&route.value, paths()).or_else(|| known(paths()));
        let hint = defined.or_else(|| Some(format!("define [network.paths.{}] with url = \"socks5h://...\" in presswatch.toml", route.value)));
        problems.push(Problem { hint, ..route.place.clone() });
    }

    if !settings.web.listen.ip().is_loopback() && settings.instance.public_url.as_ref().is_none_or(|url| url.scheme() != "https") {
        problems.push(Problem {
            file: directory.join(MAIN_FILE),
            line: 0,
            column: 0,
            severity: Severity::Warning,
            key: "web.listen".to_owned(),
            message: format!("the pages leave this machine at {} without TLS: passwords and names can be read on the way", settings.web.listen),
            hint: Some("listen on 127.0.0.1 behind a proxy that speaks TLS, and name its https address in instance.public_url".to_owned()),
        });
    }
    if !settings.smtp_is_given {
        let mails = lists.channels.iter().filter(|channel| matches!(channel.value.kind, ChannelKind::Email { .. }));
        problems.extend(mails.map(|channel| Problem {
            message: "a channel of kind \"email\" needs a mail server".to_owned(),
            hint: Some("add [smtp] with host and from to presswatch.toml".to_owned()),
            ..channel.place.clone()
        }));
    }
    for list in lists.lists.iter().filter(|list| list.value.enabled && reaches_nobody(&list.value)) {
        problems.push(Problem {
            severity: Severity::Warning,
            message: format!("watchlist \"{}\" has no channel: its matches are stored and shown, nobody is told", list.value.id),
            hint: Some("define a channel and name it in [watchlist.alert] channels".to_owned()),
            ..list.place.clone()
        });
    }
    if !sources.sources.iter().any(|source| source.value.enabled) {
        problems.push(Problem {
            file: directory.join(SOURCES_DIRECTORY),
            line: 0,
            column: 0,
            severity: Severity::Warning,
            key: String::new(),
            message: "no source is enabled: nothing will be gathered".to_owned(),
            hint: Some("presswatch sources add URL adds one".to_owned()),
        });
    }
    problems
}

/// Whether whatever the list finds is told to no channel.
fn reaches_nobody(list: &Watchlist) -> bool {
    let alert = &list.alert;
    match alert.mode {
        AlertMode::Immediate => alert.channels.is_empty(),
        AlertMode::Digest => alert.channels.is_empty() && alert.digest.channels.as_ref().is_none_or(Vec::is_empty),
        // That is what it says.
        AlertMode::Silent => false,
    }
}

/// Reports each source whose id another one has.
pub(super) fn duplicate_sources(sources: &sources::Read) -> Vec<Problem> {
    let mut problems = Vec::new();
    duplicates("source id", &sources.names, String::as_str, &mut problems);
    problems
}

/// Reports each use of a name after its first.
fn duplicates<T>(what: &str, placed: &[Placed<T>], name: impl Fn(&T) -> &str, problems: &mut Vec<Problem>) {
    let mut first: HashMap<&str, &Problem> = HashMap::new();
    for item in placed {
        let name = name(&item.value);
        if let Some(earlier) = first.get(&name) {
            let place = format!("{}:{}", earlier.file.display(), earlier.line);
            problems.push(Problem { message: format!("the {what} \"{name}\" is taken by {place}"), ..item.place.clone() });
        } else {
            first.insert(name, &item.place);
        }
    }
}

/// Two sources with one address would be polled twice for the same stories.
fn same_address(sources: &[Placed<Source>], problems: &mut Vec<Problem>) {
    let mut first: HashMap<&str, &Source> = HashMap::new();
    for source in sources.iter().filter(|source| source.value.enabled) {
        if let Some(earlier) = first.get(source.value.url.as_str()) {
            problems.push(Problem {
                severity: Severity::Warning,
                message: format!("source \"{}\" has the address of source \"{}\"", source.value.id, earlier.id),
                hint: Some("remove one, or set enabled = false".to_owned()),
                ..source.place.clone()
            });
        } else {
            first.insert(source.value.url.as_str(), &source.value);
        }
    }
}

/// Reports each name that nothing is called by.
fn references(settings: &Settings, sources: &sources::Read, lists: &Read, own: Option<&TopicsConfig>, problems: &mut Vec<Problem>) {
    let channel_names: Vec<&str> = lists.channel_names.iter().map(|name| name.value.as_str()).collect();
    let source_names: Vec<&str> = sources.names.iter().map(|name| name.value.as_str()).collect();
    let mut topic_names: Vec<&str> = topics::TOPIC_IDS.to_vec();
    if let Some(own) = own {
        topic_names.extend(own.topics.iter().map(|topic| topic.id.as_str()).filter(|id| !topics::TOPIC_IDS.contains(id)));
    }
    for reference in lists.references.iter().chain(&settings.references) {
        let (name, names) = match &reference.value {
            Reference::Channel(id) => (id.as_str(), &channel_names),
            Reference::Source(id) => (id.as_str(), &source_names),
            // What a broken topics.toml would have defined is not known.
            Reference::Topic(_) if own.is_none() => continue,
            Reference::Topic(id) => (id.as_str(), &topic_names),
        };
        if !names.contains(&name) {
            let hint = suggest(name, names.iter().copied()).or_else(|| known(names.iter().copied()));
            problems.push(Problem { hint, ..reference.place.clone() });
        }
    }
}
