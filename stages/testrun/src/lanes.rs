//! `--verify-lanes`: the same tests once on pytest's own way alone and once with the lean lane, and whether both agree.
//!
//! Each is a run of its own, in a process of its own. Where they disagree pytest runs once more: tests on which it does
//! not agree with itself prove nothing, and are named apart.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::failure::Failure;
use crate::state::State;

/// What a run found: outcomes by id, in the order of their names.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    outcomes: BTreeMap<String, Vec<String>>,
    lean: usize,
    status: i32,
}

#[derive(Deserialize)]
struct Line {
    event: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    lane: String,
}

/// Runs both, the second as the user sees it; 1 where they disagree, its status where they do not.
pub(crate) fn verify(state: &State) -> Result<u8, Failure> {
    state.prepare()?;
    let file = state.path(&format!("lanes.{}.tmp", std::process::id()));
    let verified = compare(&file);
    let _ = fs::remove_file(&file);
    verified
}

fn compare(file: &Path) -> Result<u8, Failure> {
    let pytest = found("pytest", file, false)?;
    let auto = found("auto", file, true)?;
    let mut differ = differences(&pytest, &auto);
    let mut unsteady = Vec::new();
    if !differ.is_empty() {
        let again = found("pytest", file, false)?;
        (differ, unsteady) =
            differ.into_iter().partition(|id| pytest.outcomes.get(*id) == again.outcomes.get(*id));
    }
    for id in &unsteady {
        println!("dx: pytest does not agree with itself on {id}");
    }
    for id in &differ {
        println!("dx: {id}: {} by pytest, {} here", words(&pytest, id), words(&auto, id));
    }
    let all = auto.outcomes.len();
    if differ.is_empty() && (pytest.status == auto.status || !unsteady.is_empty()) {
        println!(
            "dx: both ways agree on {} of {all} tests, {} of them lean",
            all - unsteady.len(),
            auto.lean
        );
        return Ok(u8::try_from(auto.status).unwrap_or(3));
    }
    println!(
        "dx: both ways disagree on {} of {all} tests (status {} by pytest, {} here)",
        differ.len(),
        pytest.status,
        auto.status
    );
    Ok(1)
}

fn differences<'a>(pytest: &'a Found, auto: &'a Found) -> Vec<&'a String> {
    let of_pytest = pytest.outcomes.iter().filter(|(id, outcomes)| auto.outcomes.get(*id) != Some(*outcomes));
    let only_here = auto.outcomes.keys().filter(|id| !pytest.outcomes.contains_key(*id));
    of_pytest.map(|(id, _)| id).chain(only_here).collect()
}

fn words(found: &Found, id: &str) -> String {
    found.outcomes.get(id).map_or_else(|| "not run".to_owned(), |outcomes| outcomes.join(" and "))
}

/// This program with the same command line on one of its lanes.
fn found(lane: &str, file: &Path, shown: bool) -> Result<Found, Failure> {
    let program: PathBuf = std::env::current_exe()?;
    let asked = std::env::args_os().skip(1).filter(|word| word != "--verify-lanes");
    let own = [OsString::from("--lane"), lane.into(), "--events".into(), file.into()];
    let mut command = Command::new(&program);
    command.args(own).args(asked);
    if !shown {
        command.stdout(Stdio::null());
    }
    let status = command.status().map_err(|error| Failure::Start { path: program, error })?;
    let text = fs::read_to_string(file).unwrap_or_default();
    let _ = fs::remove_file(file);
    let mut found = read(&text)?;
    found.status = status.code().unwrap_or(3);
    if found.status > 2 && found.status != 5 {
        return Err(Failure::Usage(format!("the run with --lane {lane} ended with status {}", found.status)));
    }
    Ok(found)
}

/// A test that was settled later counts as that; one that failed in its teardown has two outcomes.
fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::default();
    let mut settled: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let line: Line = serde_json::from_str(line)?;
        let target = match line.event.as_str() {
            "test" => &mut found.outcomes,
            "settled" => &mut settled,
            "file" => &mut found.outcomes,
            _ => continue,
        };
        found.lean += usize::from(line.lane == "lean");
        target.entry(line.id).or_default().push(line.outcome);
    }
    found.outcomes.extend(settled);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PYTEST: &str = r#"{"v":1,"event":"test","id":"a::x","outcome":"passed"}
{"v":1,"event":"test","id":"a::y","outcome":"passed"}
{"v":1,"event":"test","id":"a::y","outcome":"error"}
{"v":1,"event":"done","status":1}"#;

    #[test]
    fn outcomes_are_compared_test_by_test() {
        let pytest = read(PYTEST).unwrap();
        assert_eq!(words(&pytest, "a::y"), "passed and error");
        let auto = read(&PYTEST.replace("a::x\"", "a::x\",\"lane\":\"lean\"")).unwrap();
        assert_eq!(auto.lean, 1);
        assert!(differences(&pytest, &auto).is_empty());
        let other = read(&PYTEST.replace("\"error\"", "\"failed\"").replace("a::x", "a::z")).unwrap();
        assert_eq!(differences(&pytest, &other), ["a::x", "a::y", "a::z"]);
    }

    #[test]
    fn what_was_settled_counts() {
        let text = format!("{PYTEST}\n{{\"event\":\"settled\",\"id\":\"a::x\",\"outcome\":\"failed\"}}");
        assert_eq!(words(&read(&text).unwrap(), "a::x"), "failed");
    }
}
