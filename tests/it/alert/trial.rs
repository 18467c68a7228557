//! `presswatch alerts test`: what a person sees who tries a channel.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use presswatch::demo::receivers::SmtpReceiver;

use super::PATIENCE;
use crate::alert::services;
use crate::support::server::{Answer, Server};

const TOKEN: &str = "tk_very_secret_token";

/// A configuration with these channels, and mail through `smtp_port`.
fn directory(channels: &str, http_port: u16, smtp_port: u16) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let main = format!(
        "[instance]\npublic_url = \"https://desk.example/\"\n[network]\ndangerously_allow_networks = [\"127.0.0.0/8\"]\nextra_ports = [{http_port}]\n[smtp]\nhost = \"127.0.0.1\"\nport = {smtp_port}\n\
         security = \"local-plaintext\"\nfrom = \"Presswatch <watch@ngo.example>\"\nusername = \"watch\"\npassword = \"file:password\"\n"
    );
    fs::create_dir(directory.path().join("watchlists.d")).unwrap();
    fs::write(directory.path().join("presswatch.toml"), main).unwrap();
    fs::write(directory.path().join("watchlists.d/channels.toml"), channels).unwrap();
    secret(directory.path(), "password", "open sesame");
    secret(directory.path(), "token", TOKEN);
    directory
}

fn secret(directory: &Path, name: &str, value: &str) {
    fs::write(directory.join(name), value).unwrap();
    fs::set_permissions(directory.join(name), fs::Permissions::from_mode(0o600)).unwrap();
}

/// Exit code and everything that was printed.
async fn run(directory: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presswatch"));
    command.arg("--config").arg(directory).args(["alerts", "test"]).args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhooks_conversation_is_shown_without_its_secrets() {
    let ntfy = services::named("ntfy").receiver;
    let server = Server::start(move |request| if request.path == "/" { ntfy(request, TOKEN) } else { Answer::status(404).body(b"no_service") }).await;
    let channels = format!(
        "[channels.oncall]\nkind = \"webhook\"\nformat = \"ntfy\"\nurl = \"{}\"\ntoken = \"file:token\"\n\
         [channels.slack]\nkind = \"webhook\"\nformat = \"slack\"\nurl = \"file:slack\"\n",
        server.url("/kz-oncall")
    );
    let directory = directory(&channels, server.port(), 1);
    secret(directory.path(), "slack", &server.url("/services/T0/B0/very-secret-path"));

    let (code, text) = run(directory.path(), &["oncall"]).await;
    assert_eq!(code, 0, "{text}");
    for line in [
        &format!("> POST {}", server.url("/")),
        "> authorization: Bearer ***",
        "< HTTP 200",
        "taken: HTTP 200",
        "the test was taken: look whether it arrived",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(text.contains("\"topic\":\"kz-oncall\"") && text.contains("Presswatch: test") && !text.contains(TOKEN), "{text}");

    let (code, text) = run(directory.path(), &["slack"]).await;
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("< HTTP 404\n") && text.contains("< no_service\n"), "{text}");
    assert!(text.contains("not taken, an alert would be tried again: the endpoint answered HTTP 404: no_service\n"), "{text}");
    assert!(text.contains("the test was not taken") && !text.contains("very-secret-path"), "{text}");

    let (code, text) = run(directory.path(), &["nosuch"]).await;
    assert!(code == 1 && text.contains("there is no channel \"nosuch\"; there are oncall, slack"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_servers_conversation_is_shown_for_each_recipient() {
    let server = SmtpReceiver::start().await.unwrap();
    server.require_login("watch", "open sesame");
    server.refuse_recipient("gone@ngo.example", "550 5.1.1 unknown user");
    let channels = "[channels.desk]\nkind = \"email\"\nto = [\"desk@ngo.example\", \"gone@ngo.example\"]\n";
    let directory = directory(channels, 9, server.address().port());
    let (code, text) = run(directory.path(), &["desk"]).await;
    assert_eq!(code, 1, "{text}");
    for line in [
        "> AUTH ***\n< 235",
        "> MAIL FROM:<watch@ngo.example>",
        "> RCPT TO:<desk@ngo.example>",
        "> DATA\n< 354",
        "> Subject: Presswatch: test",
        "taken: 250",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(text.contains("not taken, an alert would be a dead letter: the mail server refused the recipient: 550 5.1.1"), "{text}");
    assert!(text.contains("1 of 2 tests were not taken") && !text.contains("sesame"), "{text}");
    let mail = server.wait_for(1, PATIENCE).await.unwrap().remove(0);
    assert!(mail.parsed.text.unwrap().contains("Nothing has happened, and nothing is to be done."));

    let (code, text) = run(directory.path(), &["desk", "--json"]).await;
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &value["failed"], &value["attempts"][0]["taken"]), (1, &serde_json::json!(1), &serde_json::json!(true)));
}
