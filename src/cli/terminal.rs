//! Printing: the one place of the program that writes to standard output.

use std::io::Write;

/// Writes one line to standard output. A reader that went away (`| head`) ends the program quietly.
pub fn line(text: &str) {
    write(&clean(text));
}

/// Writes one JSON value as a line. JSON escapes control characters itself, and a script must get every other character.
pub fn json(value: &serde_json::Value) {
    write(&value.to_string());
}

fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Drops what could steer a terminal: escape and control characters, bidirectional overrides. News text is hostile.
pub fn clean(text: &str) -> String {
    text.chars().filter(|&c| c == '\n' || c == '\t' || !(c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))).collect()
}
