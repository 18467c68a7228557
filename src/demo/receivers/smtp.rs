//! A mail server: the part of RFC 5321 that a sender uses, with refusals and broken connections on demand.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

use crate::demo::receivers::inbox::{Inbox, TooFew};
use crate::demo::receivers::mime::{self, ParsedMail};

/// RFC 5321, 4.5.3.1.6 allows 1000 with the line's end; what exceeds it fourfold is no mail.
const LINE_LIMIT_BYTES: u64 = 4096;
const MESSAGE_LIMIT_BYTES: usize = 4 * 1024 * 1024;
const CONNECTIONS: usize = 64;
const RECIPIENTS: usize = 100;
const COMMANDS_KEPT: usize = 10_000;
/// A silent client is sent away.
const IDLE_LIMIT: Duration = Duration::from_mins(1);

/// A mail that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// As received, without the transparency dots.
    pub raw: String,
    pub parsed: ParsedMail,
}

/// When the server stops talking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangUp {
    /// While the message is being received: it is not kept.
    BeforeFinalDot,
    /// After the message was kept, without an answer: the sender cannot know.
    AfterFinalDot,
    /// QUIT is never answered, the connection stays open.
    SilentAtQuit,
}

#[derive(Debug, Default)]
struct Script {
    /// By recipient in lower case: the reply to RCPT.
    refusals: HashMap<String, String>,
    /// Instead of 220.
    greeting: Option<String>,
    /// Instead of 250 after the final dot.
    data_reply: Option<String>,
    hang_up: Option<HangUp>,
    login: Option<(String, String)>,
}

#[derive(Debug)]
struct State {
    inbox: Inbox<ReceivedMail>,
    script: Mutex<Script>,
    commands: Mutex<Vec<String>>,
}

/// A mail server on loopback; it ends when it is dropped.
#[derive(Debug)]
pub struct SmtpReceiver {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl SmtpReceiver {
    /// Listens on a free port of 127.0.0.1.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State { inbox: Inbox::new(), script: Mutex::default(), commands: Mutex::default() });
        let task = tokio::spawn(accept(listener, Arc::clone(&state)));
        Ok(Self { address, state, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The mails that were accepted so far, in order.
    #[expect(clippy::unused_async, reason = "reads like wait_for, and may come to wait for a lock")]
    pub async fn received(&self) -> Vec<ReceivedMail> {
        self.state.inbox.snapshot()
    }

    /// Waits until so many mails were accepted in all. Cancel-safe.
    ///
    /// # Errors
    /// [`TooFew`] when the time is over.
    pub async fn wait_for(&self, count: usize, timeout: Duration) -> Result<Vec<ReceivedMail>, TooFew> {
        self.state.inbox.wait_for(count, timeout).await
    }

    /// The verbs of all commands so far, in upper case.
    pub fn commands(&self) -> Vec<String> {
        self.state.commands.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers RCPT for this address with the given reply, `550 5.1.1 no such user`.
    pub fn refuse_recipient(&self, address: &str, reply: &str) {
        self.script(|script| {
            script.refusals.insert(address.to_lowercase(), reply.to_owned());
        });
    }

    /// Greets with another reply than 220, `421 too busy`.
    pub fn greet_with(&self, reply: &str) {
        self.script(|script| script.greeting = Some(reply.to_owned()));
    }

    /// Answers the final dot with another reply than 250; the mail is not kept then.
    pub fn answer_data_with(&self, reply: &str) {
        self.script(|script| script.data_reply = Some(reply.to_owned()));
    }

    /// Stops talking at this point.
    pub fn hang_up(&self, when: HangUp) {
        self.script(|script| script.hang_up = Some(when));
    }

    /// Takes mail only after AUTH PLAIN with these.
    pub fn require_login(&self, username: &str, password: &str) {
        self.script(|script| script.login = Some((username.to_owned(), password.to_owned())));
    }

    /// Behaves again.
    pub fn behave(&self) {
        self.script(|script| *script = Script::default());
    }

    fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.state.script.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for SmtpReceiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let mut sessions = JoinSet::new(); // dropped with this task: no session outlives the receiver
    loop {
        while sessions.try_join_next().is_some() {}
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return };
        // A connection that failed before it was accepted concerns nobody.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let state = Arc::clone(&state);
        sessions.spawn(async move {
            let _permit = permit;
            // A broken connection is the client's affair; what was complete is kept.
            let _ = Session::new(stream, state).run().await;
        });
    }
}

struct Session {
    stream: BufReader<TcpStream>,
    state: Arc<State>,
    logged_in: bool,
    from: Option<String>,
    to: Vec<String>,
}

enum Data {
    Complete(Vec<u8>),
    TooLong,
}

impl Session {
    fn new(stream: TcpStream, state: Arc<State>) -> Self {
        Self { stream: BufReader::new(stream), state, logged_in: false, from: None, to: Vec::new() }
    }

    async fn run(mut self) -> io::Result<()> {
        let greeting = self.script(|script| script.greeting.clone());
        let refused = greeting.is_some();
        self.reply(&greeting.unwrap_or_else(|| "220 receiver.localhost ESMTP".to_owned())).await?;
        if refused {
            return Ok(());
        }
        while let Some(line) = self.read_line().await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let (verb, argument) = line.split_once(' ').unwrap_or((line.as_str(), ""));
            let verb = verb.to_ascii_uppercase();
            self.note(&verb);
            match verb.as_str() {
                "EHLO" => {
                    let auth = if self.script(|script| script.login.is_some()) { "250-AUTH PLAIN\r\n" } else { "" };
                    self.reply(&format!("250-receiver.localhost\r\n{auth}250-PIPELINING\r\n250 SIZE {MESSAGE_LIMIT_BYTES}")).await?;
                }
                "HELO" => self.reply("250 receiver.localhost").await?,
                "AUTH" => self.auth(argument).await?,
                "MAIL" => self.mail(argument).await?,
                "RCPT" => self.rcpt(argument).await?,
                "DATA" => {
                    if !self.data().await? {
                        return Ok(());
                    }
                }
                "RSET" => {
                    self.reset();
                    self.reply("250 2.0.0 ok").await?;
                }
                "NOOP" => self.reply("250 2.0.0 ok").await?,
                "QUIT" if self.script(|script| script.hang_up) == Some(HangUp::SilentAtQuit) => {
                    // Until the client goes away.
                    self.read_line().await?;
                    return Ok(());
                }
                "QUIT" => return self.reply("221 2.0.0 bye").await,
                _ => self.reply("500 5.5.1 unknown command").await?,
            }
        }
        Ok(())
    }

    async fn auth(&mut self, argument: &str) -> io::Result<()> {
        let Some((username, password)) = self.script(|script| script.login.clone()) else {
            return self.reply("503 5.5.1 no login here").await;
        };
        let expected = STANDARD.encode(format!("\0{username}\0{password}"));
        self.logged_in = argument.strip_prefix("PLAIN ").is_some_and(|given| given.trim() == expected);
        let reply = if self.logged_in { "235 2.7.0 welcome" } else { "535 5.7.8 authentication failed" };
        self.reply(reply).await
    }

    async fn mail(&mut self, argument: &str) -> io::Result<()> {
        let login_needed = !self.logged_in && self.script(|script| script.login.is_some());
        let reply = match path(argument, "FROM:") {
            _ if login_needed => "530 5.7.0 log in first",
            _ if self.from.is_some() => "503 5.5.1 one at a time",
            Some(from) => {
                self.from = Some(from);
                "250 2.1.0 ok"
            }
            None => "501 5.5.4 write MAIL FROM:<address>",
        };
        self.reply(reply).await
    }

    async fn rcpt(&mut self, argument: &str) -> io::Result<()> {
        let reply = match path(argument, "TO:") {
            _ if self.from.is_none() => "503 5.5.1 MAIL first".to_owned(),
            _ if self.to.len() >= RECIPIENTS => "452 4.5.3 too many recipients".to_owned(),
            Some(to) => {
                let refusal = self.script(|script| script.refusals.get(&to.to_lowercase()).cloned());
                if refusal.is_none() {
                    self.to.push(to);
                }
                refusal.unwrap_or_else(|| "250 2.1.5 ok".to_owned())
            }
            None => "501 5.5.4 write RCPT TO:<address>".to_owned(),
        };
        self.reply(&reply).await
    }

    /// False when the connection ends here.
    async fn data(&mut self) -> io::Result<bool> {
        if self.to.is_empty() {
            self.reply("503 5.5.1 RCPT first").await?;
            return Ok(true);
        }
        let (hang_up, data_reply) = self.script(|script| (script.hang_up, script.data_reply.clone()));
        self.reply("354 end with a dot").await?;
        if hang_up == Some(HangUp::BeforeFinalDot) {
            self.read_line().await?;
            return Ok(false);
        }
        let Some(data) = self.read_message().await? else { return Ok(false) };
        let reply = match (data, data_reply) {
            (_, Some(reply)) => reply,
            (Data::TooLong, None) => "552 5.3.4 message too long".to_owned(),
            (Data::Complete(bytes), None) => {
                let raw = String::from_utf8_lossy(&bytes).into_owned();
                let parsed = mime::parse(&raw);
                let mail = ReceivedMail { from: self.from.clone().unwrap_or_default(), to: self.to.clone(), raw, parsed };
                if self.state.inbox.push(mail) { "250 2.0.0 kept".to_owned() } else { "452 4.3.1 no room".to_owned() }
            }
        };
        if hang_up == Some(HangUp::AfterFinalDot) {
            return Ok(false);
        }
        self.reset();
        self.reply(&reply).await?;
        Ok(true)
    }

    /// Up to the line with a single dot; a leading dot of other lines is taken away (RFC 5321, 4.5.2). `None` at the end of the stream.
    async fn read_message(&mut self) -> io::Result<Option<Data>> {
        let mut message = Vec::new();
        let mut too_long = false;
        while let Some(line) = self.read_line().await? {
            if line == b".\r\n" || line == b".\n" {
                return Ok(Some(if too_long { Data::TooLong } else { Data::Complete(message) }));
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            too_long |= message.len() + line.len() > MESSAGE_LIMIT_BYTES;
            if !too_long {
                message.extend_from_slice(line);
            }
        }
        Ok(None)
    }

    /// With its end; `None` at the end of the stream.
    async fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LINE_LIMIT_BYTES);
        tokio::time::timeout(IDLE_LIMIT, limited.read_until(b'\n', &mut line)).await??;
        match line.last() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(line)),
            Some(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "line too long or broken off")),
        }
    }

    async fn reply(&mut self, reply: &str) -> io::Result<()> {
        self.stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn note(&self, verb: &str) {
        let mut commands = self.state.commands.lock().unwrap_or_else(PoisonError::into_inner);
        if commands.len() < COMMANDS_KEPT {
            commands.push(verb.chars().take(16).collect());
        }
    }

    fn script<T>(&self, read: impl FnOnce(&Script) -> T) -> T {
        read(&self.state.script.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The address of `FROM:<a@b> SIZE=1`.
fn path(argument: &str, keyword: &str) -> Option<String> {
    let head = argument.get(..keyword.len()).filter(|head| head.eq_ignore_ascii_case(keyword))?;
    let rest = argument.get(head.len()..)?.trim_start().strip_prefix('<')?;
    rest.split_once('>').map(|(address, _)| address.to_owned())
}
