//! `[channels.NAME]`: each format with its keys, and every fault in its place.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use presswatch::config::{Address, ChannelKind, Format, Payload, Webhook};

use super::{directory, loaded, refused_list};

const HOOK: &str = "[channels.h]\nkind = \"webhook\"\n";

/// The channel of a file that is in order.
#[track_caller]
fn webhook(lines: &str) -> Webhook {
    let config = loaded(&[("watchlists.d/a.toml", &format!("{HOOK}{lines}"))]);
    match config.channels.into_values().next().unwrap().kind {
        ChannelKind::Webhook(webhook) => webhook,
        ChannelKind::Email { .. } => panic!("a webhook"),
    }
}

#[track_caller]
fn refuses(lines: &str, line: usize, key: &str, words: &[&str]) {
    refused_list(&format!("{HOOK}{lines}"), line, &format!("channels.h{key}"), words);
}

#[test]
fn every_format_is_read_with_its_keys() {
    let hook = webhook("format = \"telegram\"\nchat_id = -1001234567890\nthread_id = 4\ntoken = \"env:PATH\"\npayload = \"minimal\"");
    assert!(matches!(&hook.address, Address::Plain(url) if url.as_str() == "https://api.telegram.org/"));
    assert!(matches!(&hook.format, Format::Telegram { chat, thread: Some(4) } if chat == "-1001234567890"));
    assert!(hook.payload == Payload::Minimal && hook.token.is_some() && hook.secrets.is_empty());
    assert!(
        matches!(webhook("format = \"telegram\"\nchat_id = \"@desk_alerts\"\ntoken = \"env:PATH\"").format, Format::Telegram { chat, .. } if chat == "@desk_alerts")
    );
    for format in ["slack", "mattermost", "discord"] {
        assert!(matches!(webhook(&format!("format = \"{format}\"\nurl = \"env:PATH\"")).address, Address::Secret(_)), "{format}");
    }
    let room = webhook("format = \"matrix\"\nurl = \"https://matrix.example\"\nroom = \"!abc:matrix.example\"\ntoken = \"env:PATH\"").format;
    assert!(matches!(room, Format::Matrix { room } if room == "!abc:matrix.example"));
    for lines in ["url = \"https://ntfy.example/base/kz-oncall\"", "url = \"https://ntfy.example/base/\"\ntopic = \"kz-oncall\""] {
        let hook = webhook(&format!("format = \"ntfy\"\n{lines}"));
        assert!(matches!(&hook.format, Format::Ntfy { topic } if topic == "kz-oncall"));
        assert!(matches!(&hook.address, Address::Plain(url) if url.as_str() == "https://ntfy.example/base/"), "{:?}", hook.address);
    }
    let signal = "format = \"signal-cli\"\nurl = \"http://127.0.0.1:8080\"\nnumber = \"+431234567\"\nrecipients = [\"+439876543\", \"group.abc=\", \"u:name.01\", \"+439876543\"]";
    let hook = webhook(signal);
    assert_eq!(ChannelKind::Webhook(hook).recipients(), ["+439876543", "group.abc=", "u:name.01"], "one row of the outbox each");
    assert!(
        matches!(webhook("format = \"apprise\"\nurl = \"https://a.example/notify/desk\"\ntag = \"x\"").format, Format::Apprise { tag: Some(tag) } if tag == "x")
    );
    assert!(matches!(webhook("format = \"alertmanager\"\nurl = \"http://am.example:8080\"").format, Format::Alertmanager));
    assert!(matches!(webhook("url = \"https://h.example/\"\nsecrets = [\"env:PATH\", \"env:HOME\"]").format, Format::Standard));
}

#[test]
fn what_a_format_needs_or_does_not_have_is_said_in_its_place() {
    refuses("format = \"slak\"\nurl = \"https://h.example/\"", 3, ".format", &["did you mean \"slack\"?"]);
    let secret_address = "https://hooks.slack.example/services/T0/B0/very-secret";
    refuses(&format!("format = \"slack\"\nurl = \"{secret_address}\""), 4, ".url", &["by reference"]);
    refuses("format = \"slack\"\nurl = \"env:PATH\"\ntoken = \"env:PATH\"", 5, ".token", &["this format has no token"]);
    refuses("format = \"discord\"\nurl = \"env:PATH\"\nsecrets = [\"env:PATH\"]", 5, ".secrets", &["not signed"]);
    refuses("format = \"discord\"\nurl = \"env:PATH\"\nroom = \"!a:b\"", 5, ".room", &["unknown key"]);
    refuses("format = \"telegram\"\nchat_id = \"desk\"\ntoken = \"env:PATH\"", 4, ".chat_id", &["@name"]);
    refuses("format = \"telegram\"\nchat_id = 5", 1, "", &["the key \"token\" is missing"]);
    refuses("format = \"telegram\"\nchat_id = 5\ntoken = \"123:abc\"", 5, ".token", &["by reference"]);
    refuses("format = \"matrix\"\nurl = \"https://m.example\"\nroom = \"#desk:m.example\"\ntoken = \"env:PATH\"", 5, ".room", &["alias", "Advanced"]);
    refuses("format = \"matrix\"\nurl = \"http://m.example\"\nroom = \"!a:m.example\"\ntoken = \"env:PATH\"", 1, "", &["in the clear"]);
    refuses("format = \"ntfy\"\nurl = \"https://ntfy.example/\"", 1, "", &["\"topic\" is missing"]);
    refuses("format = \"ntfy\"\nurl = \"https://ntfy.example/\"\ntopic = \"a b\"", 5, ".topic", &["64 letters"]);
    let signal = "format = \"signal-cli\"\nurl = \"http://127.0.0.1:8080\"\n";
    refuses(&format!("{signal}number = \"0123\"\nrecipients = [\"+439876543\"]"), 5, ".number", &["telephone number"]);
    refuses(&format!("{signal}number = \"+431234567\"\nrecipients = [\"desk\"]"), 6, ".recipients[0]", &["no recipient"]);
    refuses(&format!("{signal}number = \"+431234567\"\nrecipients = []"), 6, ".recipients", &["must not be empty"]);
    refuses("url = \"https://h.example/\"", 1, "", &["the key \"secrets\" is missing"]);
    refuses("format = \"apprise\"\nurl = \"https://h.example/\"\npayload = \"tiny\"", 5, ".payload", &["did you mean \"thin\"?"]);
    refused_list("[channels.h]\nkind = \"slack\"\nurl = \"env:PATH\"\n", 2, "channels.h.kind", &["write kind = \"webhook\" and format = \"slack\""]);
}

#[test]
fn a_template_is_checked_where_it_stands() {
    let channel = format!("{HOOK}format = \"template\"\nurl = \"https://h.example/\"\ntemplate = \"hook.j2\"\n");
    let main = (presswatch::config::MAIN_FILE, "");
    let problems = |template: Option<&str>| {
        let folder = directory(&[main, ("watchlists.d/a.toml", &channel)]);
        if let Some(text) = template {
            fs::write(folder.path().join("hook.j2"), text).unwrap();
        }
        let found = presswatch::config::examine(folder.path());
        let trial = found
            .config
            .map(|config| presswatch::alert::channels::problems(&config.channels, &"https://desk.example".parse().unwrap(), jiff::Timestamp::now()));
        let mut all: Vec<_> = found.problems.into_iter().filter(|problem| problem.severity == presswatch::model::Severity::Error).collect();
        all.extend(trial.unwrap_or_default());
        all
    };
    assert_eq!(problems(Some("{\"text\": {{ title }}}")), []);
    let found = problems(Some("{\n\"text\": {{ title }\n}"));
    assert!(found.len() == 1 && found[0].file.ends_with("hook.j2") && found[0].line == 2, "{found:?}");
    let found = problems(Some("{\n\n\"text\": {{ headline }}}"));
    assert!(found.len() == 1 && found[0].file.ends_with("hook.j2") && found[0].line == 3 && found[0].message.contains("undefined"), "{found:?}");
    let found = problems(Some("{\"text\": \"{{ title }}\"}"));
    assert!(found.len() == 1 && found[0].message.contains("not JSON"), "{found:?}");
    let found = problems(None);
    assert!(found.len() == 1 && found[0].file.ends_with("a.toml") && found[0].line == 5 && found[0].message.contains("cannot read"), "{found:?}");
}

#[test]
fn encryption_that_is_asked_for_is_never_left_out() {
    let mail = "[channels.m]\nkind = \"email\"\nto = [\"a@b.example\"]\n";
    let refuses = |lines: &str, line: usize, key: &str, words: &[&str]| {
        refused_list(&format!("{mail}{lines}"), line, &format!("channels.m{key}"), words);
    };
    refuses("openpgp = { mode = \"require\" }", 4, ".openpgp", &["\"keys\" is missing"]);
    refuses("openpgp = { mode = \"require\", keys = [] }", 4, ".openpgp.keys", &["must not be empty"]);
    refuses("openpgp = { mode = \"require\", keys = [\"file:none.asc\"] }", 4, ".openpgp.keys[0]", &["cannot read", "gpg --export"]);
    refuses("openpgp = { mode = \"require\", keys = [\"none.asc\"] }", 4, ".openpgp.keys[0]", &["file:PATH"]);
    refuses("openpgp = { mode = \"prefer\", keys = [\"env:PATH\"] }", 4, ".openpgp.mode", &["known are \"require\", \"off\""]);

    let smtp = "[smtp]\nhost = \"mail.example\"\nfrom = \"a@b.example\"\n";
    let both = format!("{mail}subject = \"full\"\nopenpgp = {{ mode = \"require\", keys = [\"env:PATH\"] }}\n");
    let problems = super::errors(&[(presswatch::config::MAIN_FILE, smtp), ("watchlists.d/a.toml", &both)]);
    assert!(problems.len() == 1 && problems[0].message.contains("exclude each other"), "{}", super::shown(&problems));
    let folder = directory(&[
        (presswatch::config::MAIN_FILE, smtp),
        ("watchlists.d/a.toml", &format!("{mail}openpgp = {{ mode = \"require\", keys = [\"file:key.asc\"] }}\n")),
    ]);
    fs::write(folder.path().join("key.asc"), "public").unwrap();
    fs::set_permissions(folder.path().join("key.asc"), fs::Permissions::from_mode(0o644)).unwrap();
    let config = presswatch::config::load(folder.path()).unwrap();
    let kind = &config.channels.values().next().unwrap().kind;
    assert!(matches!(kind, ChannelKind::Email { openpgp: Some(keys), .. } if keys.len() == 1), "a public key may be read by others: {kind:?}");
    let off = format!("{mail}openpgp = {{ mode = \"off\" }}\n");
    let folder = directory(&[(presswatch::config::MAIN_FILE, smtp), ("watchlists.d/a.toml", &off)]);
    let config = presswatch::config::load(folder.path()).unwrap();
    assert!(matches!(&config.channels.values().next().unwrap().kind, ChannelKind::Email { openpgp: None, .. }));
}
