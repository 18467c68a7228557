//! Real receivers on loopback: a mail server and a webhook endpoint that take what presswatch sends, check it their own way and can be told to
//! misbehave. The demonstration prints what arrives; tests compare it.
//!
//! *Invariant:* nothing of the sending side is used to check it: mails are parsed and signatures verified by this room's own code.
//! *Invariant:* they listen on 127.0.0.1 only, and what they keep is bounded.

mod inbox;
pub mod mime;
mod smtp;
mod webhook;

pub use inbox::TooFew;
pub use smtp::{HangUp, ReceivedMail, SmtpReceiver};
pub use webhook::{Answer, ReceivedWebhook, WebhookReceiver};
