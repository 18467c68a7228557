//! Every page in a real browser, held against WCAG 2.2 AA by axe-core: both themes, both directions.
//!
//! Chromium is spoken to over its debugging pipe; nothing listens on a port.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::web::desk::Desk;

/// The browser, ended with the value.
struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    number: u64,
    session: String,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn axe() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser/node_modules/axe-core/axe.min.js");
    assert!(path.is_file(), "{} is missing: run `deploy/prepare.sh browser`, as `make test` does", path.display());
    path
}

impl Browser {
    fn open() -> Self {
        let profile = tempfile::tempdir().unwrap();
        // Its pipe is on the descriptors 3 and 4.
        let script = "exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --no-proxy-server \
                      --disable-background-networking --remote-debugging-pipe --user-data-dir=\"$0\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(profile.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut browser = Self { child, to, from, number: 0, session: String::new(), _profile: profile };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        attached["sessionId"].as_str().unwrap().clone_into(&mut browser.session);
        browser.call("Page.enable", &json!({}));
        browser
    }

    fn read(&mut self) -> Value {
        let mut bytes = Vec::new();
        let read = self.from.read_until(0, &mut bytes).unwrap();
        assert!(read > 0, "chromium ended: is the package installed? `deploy/prepare.sh browser` does it");
        bytes.pop();
        serde_json::from_slice(&bytes).unwrap()
    }

    fn send(&mut self, method: &str, parameters: &Value) -> u64 {
        self.number += 1;
        let mut message = json!({ "id": self.number, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.as_str().into();
        }
        self.to.write_all(message.to_string().as_bytes()).unwrap();
        self.to.write_all(&[0]).unwrap();
        self.to.flush().unwrap();
        self.number
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        let id = self.send(method, parameters);
        loop {
            let message = self.read();
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    fn go(&mut self, url: &str) {
        let id = self.send("Page.navigate", &json!({ "url": url }));
        let (mut answered, mut loaded) = (false, false);
        while !(answered && loaded) {
            let message = self.read();
            if message["id"] == id {
                assert!(message["result"]["errorText"].is_null(), "{url}: {message}");
                answered = true;
            }
            loaded |= message["method"] == "Page.loadEventFired";
        }
    }

    fn evaluate(&mut self, expression: &str) -> Value {
        let result = self.call("Runtime.evaluate", &json!({ "expression": expression, "awaitPromise": true, "returnByValue": true }));
        assert!(result["exceptionDetails"].is_null(), "{result}");
        result["result"]["value"].clone()
    }
}

/// What is wrong, where, and how it looks there.
const RUN: &str = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(found =>
    JSON.stringify(found.violations.map(one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' ' +
    (node.any[0] || node.all[0] || node.none[0] || {}).message).join(' | '))))";

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_accessible_in_both_themes_and_directions() {
    let desk = Desk::filled().await;
    let script = std::fs::read_to_string(axe()).unwrap();
    let pages: Vec<String> = [
        "/",
        "/countries/KZ",
        "/stories",
        "/stories?words=detain*&country=KZ",
        "/incidents",
        "/alerts",
        "/sources",
        "/sources/harbor-ar",
        "/watchlists",
        "/watchlists/kz-opposition",
        "/new-source",
        "/preferences",
        "/audit",
        "/nowhere",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([format!("/stories/{}", desk.english), format!("/stories/{}", desk.chinese)])
    .collect();
    let address = desk.address;
    let found = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::open();
        let mut found = Vec::new();
        for theme in ["light", "dark"] {
            browser.call("Emulation.setEmulatedMedia", &json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] }));
            for tongue in ["en", "ar"] {
                for page in &pages {
                    let mark = if page.contains('?') { '&' } else { '?' };
                    browser.go(&format!("http://{address}{page}{mark}lang={tongue}"));
                    assert_eq!(browser.evaluate("document.documentElement.dir"), if tongue == "ar" { "rtl" } else { "ltr" }, "{page}");
                    browser.evaluate(&script);
                    let violations: Vec<String> = serde_json::from_str(browser.evaluate(RUN).as_str().unwrap()).unwrap();
                    found.extend(violations.into_iter().map(|violation| format!("{page} {theme} {tongue}: {violation}")));
                }
            }
        }
        found
    });
    let found = found.await.unwrap();
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}
