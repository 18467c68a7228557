//! JSON Lines in, JSON Lines out, in the same order, on all cores.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use serde_json::{Value, json};

use crate::cli::inspect::Input;

/// Lines that are read ahead of the answers, for each core.
const AHEAD: usize = 4;

/// Deep pages: the stack of a main thread.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Answers each line of `input` by `answer` on all cores and hands the answers to `print` in the order of the lines, each as soon as it and
/// those before it are there. Blank lines are passed over.
///
/// # Errors
/// When the input cannot be read; what was read before is answered.
pub fn on_all_cores(
    input: impl BufRead,
    answer: impl Fn(&Input) -> Result<Value, String> + Sync,
    print: impl FnMut(&Value) + Send,
) -> std::io::Result<()> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let (lines, queue) = mpsc::sync_channel::<(usize, Vec<u8>)>(workers * AHEAD);
    let queue = Mutex::new(queue);
    let (done, answers) = mpsc::sync_channel(workers * AHEAD);
    thread::scope(|scope| {
        for _ in 0..workers {
            let (queue, answer, done) = (&queue, &answer, done.clone());
            thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, move || {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((number, line)) = next else { return };
                    if done.send((number, answer_line(&line, answer))).is_err() {
                        return;
                    }
                }
            })?;
        }
        drop(done);
        scope.spawn(move || print_in_order(&answers, print));
        let kept = input.split(b'\n').filter(|line| line.as_ref().map_or(true, |line| !line.iter().all(u8::is_ascii_whitespace)));
        for (number, line) in kept.enumerate() {
            if lines.send((number, line?)).is_err() {
                break;
            }
        }
        // Dropping the queue's other end lets the workers finish what is in it, and leave.
        drop(lines);
        Ok(())
    })
}

/// Answers come as workers finish; they leave in the order of their lines.
fn print_in_order(answers: &mpsc::Receiver<(usize, Value)>, mut print: impl FnMut(&Value)) {
    let (mut waiting, mut next) = (BTreeMap::new(), 0);
    for (number, answer) in answers {
        waiting.insert(number, answer);
        while let Some(answer) = waiting.remove(&next) {
            print(&answer);
            next += 1;
        }
    }
}

/// The answer to one line: the stage's members and the line's id, or what is wrong.
pub fn answer_line(line: &[u8], answer: impl Fn(&Input) -> Result<Value, String>) -> Value {
    let line: Value = match serde_json::from_slice(line) {
        Ok(line) => line,
        Err(error) => return json!({ "id": null, "error": format!("the line is no JSON: {error}") }),
    };
    let id = line.get("id").cloned().unwrap_or(Value::Null);
    let input = Input { line };
    match catch_unwind(AssertUnwindSafe(|| answer(&input))) {
        Ok(Ok(Value::Object(mut members))) => {
            members.insert("id".to_owned(), id);
            Value::Object(members)
        }
        Ok(Ok(other)) => json!({ "id": id, "error": format!("no object: {other}") }),
        Ok(Err(error)) => json!({ "id": id, "error": error }),
        Err(_) => json!({ "id": id, "error": "this input made the stage panic: please report it" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_keep_the_order_of_their_lines_however_long_each_takes() {
        let lines: String = (0..200).map(|id| format!("{{\"id\": {id}}}\n\n")).collect();
        let mut printed = Vec::new();
        let slow_for_some = |input: &Input| {
            let id = input.line["id"].as_u64().unwrap_or_default();
            // Some take longer, so that others overtake them.
            let turns = if id.is_multiple_of(7) { 200_000 } else { 1 };
            std::hint::black_box((0..turns).fold(id, |sum, turn| sum.rotate_left(3) ^ turn));
            if id == 50 {
                return Err("refused".to_owned());
            }
            Ok(json!({ "doubled": id * 2 }))
        };
        on_all_cores(lines.as_bytes(), slow_for_some, |answer| printed.push(answer.clone())).unwrap();
        assert_eq!(printed.len(), 200);
        for (id, answer) in printed.iter().enumerate() {
            assert_eq!(answer["id"], id);
            if id == 50 {
                assert_eq!(answer["error"], "refused");
            } else {
                assert_eq!(answer["doubled"], id * 2);
            }
        }
    }

    #[test]
    fn every_line_before_an_unreadable_one_is_answered() {
        struct Broken(usize);
        impl std::io::Read for Broken {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let Some(left) = self.0.checked_sub(1) else { return Err(std::io::Error::other("the disk is gone")) };
                self.0 = left;
                let line = b"{\"id\": 1}\n";
                buffer[..line.len()].copy_from_slice(line);
                Ok(line.len())
            }
        }
        let mut printed = 0;
        let ended = on_all_cores(std::io::BufReader::with_capacity(64, Broken(3)), |_| Ok(json!({})), |_| printed += 1);
        assert_eq!((ended.unwrap_err().to_string().as_str(), printed), ("the disk is gone", 3));
    }
}
