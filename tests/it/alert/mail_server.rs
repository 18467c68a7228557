//! Mail through a real Postfix on loopback, with TLS, an unknown recipient and a full mailbox.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use presswatch::demo::receivers::mime;

use crate::support::folder::ScratchFolder;

/// `nobody` on every system that Postfix runs on.
const NOBODY: u32 = 65_534;

/// A Postfix of its own below one folder; it ends with its value.
struct Postfix {
    folder: ScratchFolder,
    master: Child,
    tls_port: u16,
    starttls_port: u16,
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.master.id().to_string()).status();
        let _ = self.master.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/net/tls").join(name)
}

impl Postfix {
    fn start() -> Self {
        let run_by_root = fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0);
        assert!(run_by_root, "this test starts a Postfix, which only root can: run it as root");
        assert!(Path::new("/usr/lib/postfix/sbin/master").exists(), "this test needs Postfix: apt-get install postfix (make test does)");
        let folder = ScratchFolder::new("postfix");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["etc", "queue", "data", "mail"] {
            fs::DirBuilder::new().mode(0o755).create(folder.path().join(name)).unwrap();
        }
        let postfix = Command::new("id").args(["-u", "postfix"]).output().unwrap();
        let postfix: u32 = String::from_utf8(postfix.stdout).unwrap().trim().parse().expect("the user postfix");
        chown(folder.path().join("data"), Some(postfix), None).unwrap();
        chown(folder.path().join("mail"), Some(NOBODY), Some(NOBODY)).unwrap();
        for name in ["good.pem", "key.pem"] {
            fs::copy(certificate(name), folder.path().join(name)).unwrap();
        }
        let (tls_port, starttls_port) = (free_port(), free_port());
        let home = folder.path().display();
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {home}/queue\ndata_directory = {home}/data\ndaemon_directory = /usr/lib/postfix/sbin\n\
             command_directory = /usr/sbin\nmail_owner = postfix\nsetgid_group = postdrop\nshlib_directory = /usr/lib/postfix\n\
             maillog_file = {home}/log\nmaillog_file_prefixes = {home}\nmyhostname = mail.ngo.example\nmydestination =\ninet_interfaces = 127.0.0.1\n\
             inet_protocols = ipv4\nmynetworks =\nalias_maps =\nalias_database =\nlocal_recipient_maps =\nsmtputf8_enable = no\n\
             virtual_mailbox_domains = ngo.example\nvirtual_mailbox_maps = inline:{{ desk@ngo.example=desk/, duty@ngo.example=duty/, full@ngo.example=full/ }}\n\
             virtual_mailbox_base = {home}/mail\nvirtual_minimum_uid = 1\nvirtual_uid_maps = static:{NOBODY}\nvirtual_gid_maps = static:{NOBODY}\n\
             smtpd_recipient_restrictions = check_recipient_access inline:{{ {{ full@ngo.example = 450 4.2.2 mailbox full }} }}, reject_unauth_destination\n\
             smtpd_relay_restrictions = reject_unauth_destination\nsmtpd_tls_cert_file = {home}/good.pem\nsmtpd_tls_key_file = {home}/key.pem\n\
             smtpd_tls_security_level = encrypt\n"
        );
        let mut services = format!(
            "127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n127.0.0.1:{starttls_port} inet n - n - - smtpd\n\
             cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\ntlsmgr unix - - n 1000? 1 tlsmgr\nrewrite unix - - n - - trivial-rewrite\n\
             virtual unix - n n - - virtual\nanvil unix - - n - 1 anvil\npostlog unix-dgram n - n - 1 postlogd\n"
        );
        for service in ["bounce", "defer", "trace"] {
            services.push_str(&format!("{service} unix - - n - 0 bounce\n"));
        }
        for service in ["proxymap", "error", "retry", "smtp"] {
            services.push_str(&format!("{service} unix - - n - - {}\n", if service == "retry" { "error" } else { service }));
        }
        fs::write(folder.path().join("etc/main.cf"), main).unwrap();
        fs::write(folder.path().join("etc/master.cf"), services).unwrap();
        let master = Command::new("postfix")
            .arg("-c")
            .arg(folder.path().join("etc"))
            .arg("start-fg")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { folder, master, tls_port, starttls_port };
        server.wait(|| std::net::TcpStream::connect(("127.0.0.1", starttls_port)).is_ok(), "Postfix does not listen");
        server
    }

    /// Waits for what another program does.
    fn wait(&self, mut is_so: impl FnMut() -> bool, otherwise: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !is_so() {
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "{otherwise}:\n{}", log());
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    fn mailbox(&self, name: &str) -> Vec<String> {
        let Ok(mails) = fs::read_dir(self.folder.path().join("mail").join(name).join("new")) else { return Vec::new() };
        mails.map(|mail| fs::read_to_string(mail.unwrap().path()).unwrap()).collect()
    }
}

/// Sends a test through the program itself, which trusts the given root: exit code and what was printed.
fn send(port: u16, security: &str, root: &Path) -> (i32, String) {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("watchlists.d")).unwrap();
    let main = format!("[smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"{security}\"\nfrom = \"Presswatch <watch@ngo.example>\"\n");
    fs::write(directory.path().join("presswatch.toml"), main).unwrap();
    let channels =
        "[channels.desk]\nkind = \"email\"\nto = [\"gone@ngo.example\", \"full@ngo.example\", \"desk@ngo.example\", \"duty@ngo.example\"]\n";
    fs::write(directory.path().join("watchlists.d/channels.toml"), channels).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_presswatch"))
        .env("SSL_CERT_FILE", root)
        .env_remove("SSL_CERT_DIR")
        .arg("--config")
        .arg(directory.path())
        .args(["alerts", "test", "desk"])
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn a_real_mail_server_takes_what_it_should_over_tls_and_refuses_the_rest_one_by_one() {
    let server = Postfix::start();
    for (number, (port, security)) in [(server.tls_port, "tls"), (server.starttls_port, "starttls")].into_iter().enumerate() {
        let (code, text) = send(port, security, &certificate("root.pem"));
        assert_eq!(code, 1, "{text}");
        assert!(text.contains("an alert would be a dead letter: the mail server refused the recipient: 550 5.1.1"), "{text}");
        assert!(text.contains("an alert would be tried again: the mail server refused the recipient: 450 "), "{text}");
        assert!(text.matches("\ntaken: 250 2.0.0 Ok: queued as ").count() == 2 && text.contains("2 of 4 tests were not taken"), "{text}");
        for name in ["desk", "duty"] {
            server.wait(|| server.mailbox(name).len() == number + 1, "the mail does not arrive");
        }
    }
    let raw = server.mailbox("desk").remove(0);
    let mail = mime::parse(&raw);
    assert_eq!(mail.header("Subject"), Some("Presswatch: test"));
    assert_eq!(mail.header("Return-Path"), Some("<watch@ngo.example>"));
    assert!(mail.header("Received").unwrap().contains("with ESMTPS"), "{raw}");
    assert_eq!(mail.part_types, ["text/plain", "text/html"]);

    // A root that did not sign it: not a word is said.
    let (code, text) = send(server.tls_port, "tls", &certificate("self-signed-authority.pem"));
    assert_eq!(code, 1, "{text}");
    assert!(!text.contains("MAIL FROM") && text.contains("4 of 4 tests were not taken") && text.to_lowercase().contains("certificate"), "{text}");
    assert_eq!(server.mailbox("desk").len(), 2);
}
