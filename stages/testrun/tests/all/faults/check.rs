//! What a run said, and what must hold of it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::support::Outcomes;

/// What was seen of one run; nothing in it is older than the run.
pub(crate) struct Told {
    /// None if a signal ended it.
    pub(crate) status: Option<i32>,
    /// Node id -> outcomes with their texts.
    pub(crate) tests: BTreeMap<String, Vec<(String, String)>>,
    out: String,
    err: String,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {:?}\n{}\n{}", self.status, self.out, self.err)
    }
}

impl Told {
    pub(crate) fn read(status: Option<i32>, [events, out, err]: &[PathBuf; 3]) -> Told {
        let text = |path: &PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        let mut told = Told { status, tests: BTreeMap::new(), out: text(out), err: text(err) };
        for line in text(events).lines() {
            // Only a run that was killed may end in the middle of a line.
            let Ok(event) = serde_json::from_str::<serde_json::Value>(line) else {
                assert!(status.is_none(), "not a line of JSON: {line}");
                continue;
            };
            let field = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
            if event["event"] == "test" {
                told.tests.entry(field("id")).or_default().push((field("outcome"), field("text")));
            }
        }
        told
    }

    pub(crate) fn says(&self, text: &str) -> bool {
        self.out.contains(text) || self.err.contains(text)
    }

    fn outcomes(&self) -> Outcomes {
        let sorted = |all: &Vec<(String, String)>| {
            let mut names: Vec<String> = all.iter().map(|(outcome, _)| outcome.clone()).collect();
            names.sort();
            names
        };
        self.tests.iter().map(|(id, all)| (id.clone(), sorted(all))).collect()
    }

    /// pytest's last line: its words and their numbers.
    fn summary(&self) -> BTreeMap<&str, usize> {
        let line = self.out.lines().rev().find(|line| line.starts_with('=') && line.contains(" in "));
        let counts =
            line.unwrap_or_default().trim_matches(['=', ' ']).split(" in ").next().unwrap_or_default();
        let pair = |part: &'_ str| {
            let (number, word) = part.split_once(' ')?;
            Some((number.parse().ok()?, word.to_owned()))
        };
        let pairs: Vec<(usize, String)> = counts.split(", ").filter_map(pair).collect();
        let known = |name: &'static str| {
            let is = |word: &String| word == name || word.strip_suffix('s') == Some(name);
            pairs.iter().find(|(_, word)| is(word)).map(|(number, _)| (name, *number))
        };
        ["passed", "failed", "error", "skipped", "xfailed", "xpassed"].into_iter().filter_map(known).collect()
    }
}

/// What may be otherwise than under pytest.
#[derive(Debug, Default)]
pub(crate) struct Permit {
    /// Tests that may have failed because their worker died under them.
    pub(crate) blamed: usize,
    /// The run may have ended before all tests ran, with one of these statuses.
    pub(crate) cut_short: &'static [Option<i32>],
}

/// Exactly what pytest says.
pub(crate) fn same(told: &Told, truth: &Outcomes) {
    assert!(told.status.is_some(), "{told}");
    sound(told, truth, &Permit::default());
}

/// Every test once, as pytest has it but for what is permitted.
pub(crate) fn sound(told: &Told, truth: &Outcomes, permit: &Permit) {
    let mut blamed = Vec::new();
    let outcomes = told.outcomes();
    for (id, outcome) in &outcomes {
        let expected = truth.get(id).unwrap_or_else(|| panic!("'{id}' is no test\n{told}"));
        let crashed = told.tests[id].iter().any(|(_, text)| text.contains("crashed while running"));
        // A runner that was killed may have written one line of two.
        if told.status.is_none() && outcome.len() < expected.len() {
            assert!(outcome.iter().all(|one| expected.contains(one)), "{id}\n{told}");
        } else if crashed && outcome.len() == 1 && permit.blamed > 0 {
            blamed.push(id);
        } else {
            assert_eq!(outcome, expected, "{id}\n{told}");
        }
    }
    assert!(blamed.len() <= permit.blamed, "blamed: {blamed:?}\n{told}");
    if permit.cut_short.contains(&told.status) {
        return;
    }
    let missing: Vec<&String> = truth.keys().filter(|id| !outcomes.contains_key(*id)).collect();
    assert!(missing.is_empty(), "lost: {missing:#?}\n{told}");
    assert_eq!(told.status, Some(1), "{told}");
    let mut counts = BTreeMap::new();
    for name in outcomes.values().flatten() {
        *counts.entry(name.as_str()).or_insert(0) += 1;
    }
    assert_eq!(told.summary(), counts, "{told}");
}

/// All files in a folder and those below it.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Whether a file is one that was being written: `NAME.tmp`, or `NAME.PID`.
pub(crate) fn is_temporary(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    extension == "tmp" || (!extension.is_empty() && extension.bytes().all(|byte| byte.is_ascii_digit()))
}
