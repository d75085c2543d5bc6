//! What a run of a suite said of every test: the lines that the truth plugin and `dx-testrun --events` write.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Outcomes by node id, sorted; a test that passed and failed in teardown has two, and so has one counted twice.
pub type Outcomes = BTreeMap<String, Vec<String>>;

/// A run that came to an end, by itself or by the limit.
#[derive(Debug, Default)]
pub struct Finished {
    pub outcomes: Outcomes,
    /// Exit status; `None` when a signal or the limit ended it.
    pub exit: Option<i32>,
    /// What is wrong with the run apart from outcomes.
    pub problems: Vec<String>,
}

/// Longest time for one run of one suite.
const LIMIT: Duration = Duration::from_secs(1200);

/// Runs a command that records into `record`; its output goes to `log`.
pub fn run(mut command: Command, record: &Path, log: &Path) -> io::Result<Finished> {
    let _ = fs::remove_file(record);
    let output = File::create(log)?;
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    let mut child = command.spawn()?;
    let start = Instant::now();
    let mut finished = Finished::default();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > LIMIT {
            finished.problems.push(format!("still running after {} s", LIMIT.as_secs()));
            child.kill()?;
            break child.wait()?;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    finished.exit = status.code();
    if finished.exit.is_none() {
        finished.problems.push(format!("ended by {status}"));
    }
    match fs::read_to_string(record) {
        Ok(text) => parse(&text, &mut finished),
        Err(error) => finished.problems.push(format!("no outcomes: {error}")),
    }
    Ok(finished)
}

/// Reads the lines with an id and an outcome; checks a last line of a done run against the exit status.
fn parse(text: &str, finished: &mut Finished) {
    for line in text.lines() {
        let Ok(value) = serde_json::from_str::<Value>(line) else {
            finished.problems.push(format!("no JSON: {line}"));
            continue;
        };
        if let (Some(id), Some(outcome)) = (value["id"].as_str(), value["outcome"].as_str()) {
            let outcomes = finished.outcomes.entry(id.to_owned()).or_default();
            // The last word on a test that was looked at again.
            if value["event"] == "settled" {
                outcomes.clear();
            }
            outcomes.push(outcome.to_owned());
            outcomes.sort();
        } else if value["event"] == "again" {
            // More tests run than were selected at first, and these with them.
            finished.outcomes.clear();
        } else if value["event"] == "done" && value["exit"].as_i64() != finished.exit.map(i64::from) {
            finished
                .problems
                .push(format!("done says exit {}, status is {:?}", value["exit"], finished.exit));
        }
    }
}

/// How many of each outcome, as pytest's last line says it.
pub fn counts(outcomes: &Outcomes) -> String {
    let mut counts = BTreeMap::new();
    for outcome in outcomes.values().flatten() {
        *counts.entry(outcome.as_str()).or_insert(0) += 1;
    }
    let order = ["failed", "passed", "skipped", "xfailed", "xpassed", "error"];
    let known = order.iter().filter_map(|name| counts.remove_entry(name)).collect::<Vec<_>>();
    let parts: Vec<_> = known.into_iter().chain(counts).map(|(name, n)| format!("{n} {name}")).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, exit: i32) -> Finished {
        let mut finished = Finished { exit: Some(exit), ..Finished::default() };
        parse(text, &mut finished);
        finished
    }

    #[test]
    fn a_failed_teardown_gives_two_outcomes() {
        let finished = parsed(
            "{\"event\":\"test\",\"id\":\"a\",\"outcome\":\"passed\"}\n{\"event\":\"test\",\"id\":\"a\",\"outcome\":\"error\"}\n{\"event\":\"done\",\"exit\":1}\n",
            1,
        );
        assert_eq!(finished.outcomes["a"], ["error", "passed"]);
        assert_eq!(counts(&finished.outcomes), "1 passed, 1 error");
        assert!(finished.problems.is_empty());
    }

    #[test]
    fn what_was_told_before_more_tests_ran_does_not_count() {
        let failed = "{\"event\":\"test\",\"id\":\"a\",\"outcome\":\"failed\"}\n";
        let finished = parsed(&format!("{failed}{{\"event\":\"again\",\"text\":\"\"}}\n{failed}"), 1);
        assert_eq!(finished.outcomes["a"], ["failed"]);
    }

    #[test]
    fn a_done_line_that_disagrees_is_a_problem() {
        assert_eq!(parsed("{\"event\":\"done\",\"exit\":0}\n", 1).problems.len(), 1);
        assert_eq!(parsed("half a li", 0).problems.len(), 1);
    }
}
