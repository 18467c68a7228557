//! Mail that only a key's owner can read: written by us, decrypted by gpg.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::Timestamp;
use presswatch::alert::channels::{Channels, problems};
use presswatch::config::secret::SecretRef;
use presswatch::config::{Channel, ChannelKind, KeyFile, SmtpSecurity};
use presswatch::demo::receivers::{SmtpReceiver, mime};
use presswatch::model::{ChannelId, Priority, Problem, Severity};

use super::{PATIENCE, channel_map, client, delivered, delivery, public_url, retried, smtp};

/// A keyring of its own.
struct Gpg {
    home: tempfile::TempDir,
}

impl Drop for Gpg {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").env("GNUPGHOME", self.home.path()).args(["--kill", "all"]).status();
    }
}

impl Gpg {
    fn new() -> Self {
        // A socket's path is short.
        Self { home: tempfile::Builder::new().prefix("pw-gpg").tempdir_in("/tmp").unwrap() }
    }

    /// Standard output, as bytes.
    fn run(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child = Command::new("gpg")
            .env("GNUPGHOME", self.home.path())
            .args(["--batch", "--quiet", "--no-tty", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("gpg is needed: apt-get install gpg gpg-agent");
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "gpg {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn fingerprint(&self, name: &str) -> String {
        let listed = String::from_utf8(self.run(&["--with-colons", "--list-keys", name], b"")).unwrap();
        listed.lines().find_map(|line| line.strip_prefix("fpr:")).unwrap().trim_matches(':').to_owned()
    }

    fn export(&self, name: &str) -> PathBuf {
        let path = self.home.path().join(format!("{name}.asc"));
        fs::write(&path, self.run(&["--armor", "--export", name], b"")).unwrap();
        path
    }
}

fn key_file(path: &Path) -> KeyFile {
    let place = Problem {
        file: PathBuf::from("desk.toml"),
        line: 7,
        column: 1,
        severity: Severity::Error,
        key: "channels.desk.openpgp.keys[0]".to_owned(),
        message: String::new(),
        hint: None,
    };
    KeyFile { reference: SecretRef::File(path.to_owned()), place }
}

fn encrypted(keys: &[&Path]) -> Channel {
    let keys = keys.iter().map(|path| key_file(path)).collect();
    let kind = ChannelKind::Email { to: vec!["desk@ngo.example".to_owned()], full_subject: false, openpgp: Some(keys) };
    Channel { id: ChannelId::new("desk").unwrap(), kind }
}

#[tokio::test]
async fn an_encrypted_mail_is_read_by_its_owners_and_by_nobody_else() {
    let (desk, archive) = (Gpg::new(), Gpg::new());
    desk.run(&["--quick-gen-key", "desk", "future-default", "default", "1y"], b"");
    archive.run(&["--quick-gen-key", "archive", "rsa2048", "encr", "never"], b"");
    let keys = [desk.export("desk"), archive.export("archive")];
    let server = SmtpReceiver::start().await.unwrap();
    let config = smtp(server.address(), SmtpSecurity::LocalPlaintext);
    let channels = channel_map(encrypted(&[&keys[0], &keys[1]]));
    assert_eq!(problems(&channels, &public_url(), Timestamp::now()), []);
    let channels = Channels::new(&channels, Some(&config), client(), public_url()).unwrap();
    let mut alert = delivery("desk@ngo.example");
    alert.content.alert_mut().unwrap().priority = Priority::Critical;
    delivered(&channels.send(&alert, Timestamp::now()).await);
    let mail = server.wait_for(1, PATIENCE).await.unwrap().remove(0);

    assert_eq!(mail.parsed.header("Subject"), Some("..."));
    let kind = mail.parsed.header("Content-Type").unwrap();
    assert!(kind.starts_with("multipart/encrypted;") && kind.contains("protocol=\"application/pgp-encrypted\""), "{kind}");
    assert_eq!(mail.parsed.part_types, ["application/pgp-encrypted", "application/octet-stream"]);
    assert_eq!(mail.parsed.header("List-Id"), Some("<encrypted.presswatch.ngo.example>"));
    assert_eq!(mail.parsed.header("Message-ID"), Some("<00000000-0000-0000-0000-0000000000d1@ngo.example>"));
    for absent in ["Content-Language", "Importance", "X-Priority"] {
        assert_eq!(mail.parsed.header(absent), None);
    }
    let lower = mail.raw.to_lowercase();
    for word in ["steppe", "opposition", "herald", "desk.example", "text/plain", "0000a7"] {
        assert!(!lower.contains(word), "{word} is readable:\n{}", mail.raw);
    }
    assert!(mail.raw.contains("\r\nVersion: 1\r\n"), "{}", mail.raw);

    let begin = mail.raw.find("-----BEGIN PGP MESSAGE-----").unwrap();
    for gpg in [&desk, &archive] {
        let plain = String::from_utf8(gpg.run(&["--decrypt"], mail.raw[begin..].as_bytes())).unwrap();
        let inner = mime::parse(&plain);
        assert_eq!(inner.header("Subject"), Some("[Steppe: opposition] Основатели новой партии задержаны до выборов"));
        assert!(inner.header("Content-Type").unwrap().contains("protected-headers=\"v1\""), "{plain}");
        assert_eq!(inner.part_types, ["text/plain", "text/html"]);
        assert!(inner.text.unwrap().contains("Полиция задержала трёх основателей"));
        assert!(inner.html.unwrap().contains("lang=\"ru\""));
    }
}

/// What `presswatch check` says of a key, and what sending does with it.
async fn judged(path: &Path) -> (Vec<Problem>, String) {
    let server = SmtpReceiver::start().await.unwrap();
    let channels = channel_map(encrypted(&[path]));
    let found = problems(&channels, &public_url(), Timestamp::now());
    let config = smtp(server.address(), SmtpSecurity::LocalPlaintext);
    let channels = Channels::new(&channels, Some(&config), client(), public_url()).unwrap();
    let outcome = channels.send(&delivery("desk@ngo.example"), Timestamp::now()).await;
    let said = match &outcome {
        presswatch::model::DeliveryOutcome::Delivered { detail } => detail.clone(),
        other => {
            assert_eq!(server.commands(), Vec::<String>::new(), "nothing may be said to the server");
            retried(other).to_owned()
        }
    };
    (found, said)
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_named_and_nothing_is_sent() {
    let gpg = Gpg::new();
    let mut cases: Vec<(PathBuf, &str)> = Vec::new();
    gpg.run(&["--faked-system-time", "20200101T000000", "--quick-gen-key", "old", "future-default", "default", "1y"], b"");
    cases.push((gpg.export("old"), "expired on 2020-12-31: ask its owner"));
    gpg.run(&["--quick-gen-key", "signer", "ed25519", "sign", "never"], b"");
    cases.push((gpg.export("signer"), "has no part that is meant for encryption"));
    gpg.run(&["--quick-gen-key", "gone", "future-default", "default", "never"], b"");
    let revocation = fs::read_to_string(gpg.home.path().join(format!("openpgp-revocs.d/{}.rev", gpg.fingerprint("gone")))).unwrap();
    gpg.run(&["--import"], revocation.replace(":-----BEGIN", "-----BEGIN").as_bytes());
    cases.push((gpg.export("gone"), "is revoked: ask its owner"));
    let secret = gpg.home.path().join("secret.asc");
    fs::write(&secret, gpg.run(&["--armor", "--export-secret-keys", "signer"], b"")).unwrap();
    cases.push((secret, "holds a secret key"));
    let text = gpg.home.path().join("text.asc");
    fs::write(&text, "no key at all\n").unwrap();
    cases.push((text, "holds no OpenPGP public key"));
    cases.push((gpg.home.path().join("missing.asc"), "cannot read the key"));

    // A key whose only part for encryption has ended.
    gpg.run(&["--quick-gen-key", "half", "ed25519", "cert", "never"], b"");
    let half = gpg.fingerprint("half");
    gpg.run(&["--quick-add-key", &half, "cv25519", "encr", "2d"], b"");
    let soon = gpg.export("half");

    for (path, expect) in cases {
        let (found, said) = judged(&path).await;
        assert_eq!(found.len(), 1, "{}", path.display());
        assert!(found[0].message.contains(expect) && found[0].line == 7 && found[0].severity == Severity::Error, "{}", found[0]);
        assert!(said.starts_with("nothing was sent, because it could not be encrypted: ") && said.contains(expect), "{said}");
    }
    let (found, said) = judged(&soon).await;
    assert!(found.len() == 1 && found[0].severity == Severity::Warning && found[0].message.contains("the key ends on"), "{found:?}");
    assert!(said.starts_with("250"), "{said}");
}

#[tokio::test]
async fn of_several_parts_the_newest_that_is_in_force_is_taken() {
    let gpg = Gpg::new();
    gpg.run(&["--faked-system-time", "20200101T000000", "--quick-gen-key", "desk", "ed25519", "cert", "never"], b"");
    let key = gpg.fingerprint("desk");
    gpg.run(&["--faked-system-time", "20200101T000000", "--quick-add-key", &key, "cv25519", "encr", "1y"], b"");
    gpg.run(&["--faked-system-time", "20200601T000000", "--quick-add-key", &key, "rsa2048", "sign", "never"], b"");
    gpg.run(&["--quick-add-key", &key, "cv25519", "encr", "1y"], b"");
    let server = SmtpReceiver::start().await.unwrap();
    let config = smtp(server.address(), SmtpSecurity::LocalPlaintext);
    let path = gpg.export("desk");
    let channels = Channels::new(&channel_map(encrypted(&[&path])), Some(&config), client(), public_url()).unwrap();
    delivered(&channels.send(&delivery("desk@ngo.example"), Timestamp::now()).await);
    let mail = server.wait_for(1, PATIENCE).await.unwrap().remove(0);
    let begin = mail.raw.find("-----BEGIN PGP MESSAGE-----").unwrap();
    let listed = String::from_utf8(gpg.run(&["--with-colons", "--list-keys", "desk"], b"")).unwrap();
    let newest = listed.lines().filter(|line| line.starts_with("sub:u:255:18:") || line.starts_with("sub:u:256:18:")).next_back();
    let newest = newest.unwrap_or_else(|| panic!("{listed}")).split(':').nth(4).unwrap().to_owned();
    let packets = String::from_utf8(gpg.run(&["--list-packets"], mail.raw[begin..].as_bytes())).unwrap();
    assert!(packets.contains(&format!("keyid {newest}")), "{newest}\n{packets}");
}
