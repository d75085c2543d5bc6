//! The payloads of frames: JSON that Python writes with its standard library.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::arguments::Lane;

/// Reads a payload. Python's strings may hold halves of surrogate pairs, which are no characters: each becomes U+FFFD.
pub(crate) fn read<T: DeserializeOwned>(payload: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(payload).or_else(|error| match without_halves(payload) {
        Some(whole) => serde_json::from_slice(&whole),
        None => Err(error),
    })
}

/// The same JSON without lone surrogates, be they escapes or three bytes as UTF-8 would have them; nothing if it has none.
fn without_halves(json: &[u8]) -> Option<Vec<u8>> {
    let unit = |at: usize| -> Option<u16> {
        let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut whole = Vec::with_capacity(json.len());
    let (mut at, mut found) = (0, false);
    while let Some(byte) = json.get(at) {
        if let [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] = json[at..] {
            found = true;
            whole.extend_from_slice("\u{fffd}".as_bytes());
            at += 3;
            continue;
        }
        let length = match (byte, unit(at)) {
            (b'\\', Some(0xd800..=0xdbff)) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => 12,
            (b'\\', Some(0xd800..=0xdfff)) => {
                found = true;
                whole.extend_from_slice(b"\\ufffd");
                at += 6;
                continue;
            }
            (b'\\', _) => 2,
            _ => 1,
        };
        whole.extend(json.iter().skip(at).take(length));
        at += length;
    }
    found.then_some(whole)
}

/// What a parent is started with.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Start {
    pub(crate) arguments: Vec<String>,
    /// Files that are collected, and no others; all where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) among: Vec<String>,
    pub(crate) markup: bool,
    pub(crate) columns: usize,
    /// Why the session must be collected as a whole, if it must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) whole: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dist: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shuffle: Option<u64>,
    /// What tests use is to be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<Wanted>,
    /// What was read is to be told.
    pub(crate) record: bool,
    /// The names of deselected tests are to be told.
    pub(crate) left_out: bool,
    /// What tests leave behind is to be told.
    pub(crate) leaks: bool,
    /// `pytest` where every test is to take pytest's own way.
    pub(crate) lane: Lane,
    /// Workers for which plugins may have something to prepare.
    pub(crate) nodes: usize,
    /// The hash seed was chosen by dx-testrun.
    pub(crate) seeded: bool,
    /// Of a warm pytest: seconds that it waits, MiB that it may take, modules that it imports before all else.
    pub(crate) idle: f64,
    pub(crate) memory: u64,
    pub(crate) preload: Vec<String>,
    /// Variables that a warm layer takes over from the caller.
    pub(crate) environment: BTreeMap<String, String>,
    /// This process is a worker of its own, without a fork.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spawned: Option<Spawned>,
}

/// That evidence is wanted.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Wanted {
    /// The project's root: what lies outside is not looked at.
    pub(crate) root: String,
    /// Also where it is dear.
    pub(crate) asked: bool,
    /// What functions import is known from their sources.
    pub(crate) outline: bool,
}

/// What a worker is told at its fork.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Setup {
    /// The terminal is its: no process group of its own.
    pub(crate) terminal: bool,
    /// The runner's process group, which gets the terminal back from a debugger.
    pub(crate) group: i32,
    pub(crate) run: String,
    pub(crate) base_ns: u64,
    /// It is to tell which names of modules tests leave with another value.
    pub(crate) names: bool,
}

/// A worker that is a process of its own.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Spawned {
    pub(crate) number: usize,
    pub(crate) count: usize,
    /// Control, ring, lifeline, dump.
    pub(crate) fds: [i32; 4],
    pub(crate) base: Option<String>,
    /// What plugins prepared for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<serde_json::Value>,
    #[serde(flatten)]
    pub(crate) setup: Setup,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reason {
    pub(crate) reason: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Text {
    #[serde(default)]
    pub(crate) text: String,
}

/// Something that a worker wants to have said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Note {
    /// `leak` where a test left something behind.
    pub(crate) kind: String,
    /// Of a leak: folder, environment, path, modules, names, thread, process.
    pub(crate) what: String,
    /// In words; of `names` the name.
    pub(crate) text: String,
    /// The module's file, of `names`.
    #[serde(default)]
    pub(crate) file: String,
}

/// What is to run.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Plan {
    /// Why the session was collected as a whole.
    pub(crate) whole: Option<String>,
    /// A plugin orders the tests: no worker may go back.
    #[serde(default)]
    pub(crate) ordered: bool,
    /// Why pytest itself must run the tests.
    pub(crate) plain: Option<String>,
    pub(crate) files: Vec<PlanFile>,
    pub(crate) maxfail: u64,
    pub(crate) verbose: i32,
    pub(crate) capture: String,
    pub(crate) pdb: bool,
    pub(crate) collectonly: bool,
    pub(crate) go_on: bool,
    /// Where the paths in ids begin.
    pub(crate) root: String,
    /// pytest-cov measures.
    #[serde(default)]
    pub(crate) coverage: bool,
    /// What it measures can be kept by test file.
    #[serde(default)]
    pub(crate) covered: bool,
    /// pytest's patterns for the names of test files.
    #[serde(default)]
    pub(crate) patterns: Vec<String>,
    /// The parent wants the ids of passed tests at the end.
    pub(crate) ids: bool,
    pub(crate) threads: usize,
    /// What plugins prepared for each worker, where they do.
    #[serde(default)]
    pub(crate) nodes: Vec<serde_json::Value>,
    /// The header is written after the first fork.
    #[serde(default)]
    pub(crate) late: bool,
    #[serde(default)]
    pub(crate) deselected: u64,
    #[serde(default)]
    pub(crate) left_out: Vec<String>,
    /// Collection failed: nothing is run.
    #[serde(default)]
    pub(crate) broken: bool,
    #[serde(default)]
    pub(crate) text: String,
    /// Files that the parent itself could not collect, or that were skipped as a whole.
    #[serde(default)]
    pub(crate) said: Vec<Report>,
    /// Files that were read and folders that were listed.
    #[serde(default)]
    pub(crate) read: Vec<String>,
    #[serde(default)]
    pub(crate) listed: Vec<String>,
}

/// A file with its items, where they are known.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct PlanFile {
    pub(crate) id: String,
    /// Ids without the file's own part.
    #[serde(default)]
    pub(crate) items: Vec<String>,
    #[serde(default)]
    pub(crate) groups: Vec<u32>,
    /// `xdist_group` of each item, under `--dist loadgroup`.
    #[serde(default)]
    pub(crate) names: Vec<Option<String>>,
    #[serde(default)]
    pub(crate) deselected: u64,
    #[serde(default)]
    pub(crate) left_out: Vec<String>,
    #[serde(default)]
    pub(crate) read: Vec<String>,
    #[serde(default)]
    pub(crate) listed: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reaped {
    pub(crate) signal: Option<i32>,
    pub(crate) status: Option<i32>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Summary {
    pub(crate) text: String,
    pub(crate) status: i32,
}

/// Why a worker's session wants to stop.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Stopped {
    pub(crate) ending: String,
    pub(crate) reason: String,
    #[serde(default)]
    pub(crate) returncode: Option<i32>,
}

/// What dx-testrun needs to know of a report; pytest's own form of it stays as it is.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Report {
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) when: String,
    #[serde(default)]
    pub(crate) category: String,
    #[serde(default)]
    pub(crate) letter: String,
    #[serde(default)]
    pub(crate) word: String,
    #[serde(default)]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) crash: Option<Crash>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Crash {
    pub(crate) path: String,
    pub(crate) line: u64,
    pub(crate) message: String,
}

/// How the run ended, for the parent's own session.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Finish {
    pub(crate) plain: bool,
    /// pytest's categories and how many tests are in each.
    pub(crate) counts: BTreeMap<String, u64>,
    pub(crate) collected: u64,
    pub(crate) deselected: u64,
    /// Files that could not be collected.
    pub(crate) broken: u64,
    /// Passed tests, where the parent asked for them.
    pub(crate) ids: Vec<String>,
    pub(crate) ending: Option<String>,
    pub(crate) reason: String,
    pub(crate) returncode: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) coverage: Option<Cover>,
}

/// What the parent does with what was measured for each test file.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cover {
    /// The file in which it is kept.
    pub(crate) store: String,
    /// Test files of which no test ran, and whose lines count as they did.
    pub(crate) cached: Vec<String>,
    /// Files of which nothing that was kept is right.
    pub(crate) changed: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Debugger {
    pub(crate) entering: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_pairs_become_replacement_characters() {
        let read = |json: &str| read::<Vec<String>>(json.as_bytes());
        assert_eq!(
            read(r#"["\ud83d\ude00", "a\ud800\\ud800b", "\udfff\ud83d\ude00"]"#).unwrap(),
            ["\u{1f600}", "a\u{fffd}\\ud800b", "\u{fffd}\u{1f600}"]
        );
        assert_eq!(
            super::read::<String>(b"\"\xed\xa0\x80\xed\xbf\xbf\xed\x9f\xbf\"").unwrap(),
            "\u{fffd}\u{fffd}\u{d7ff}"
        );
        assert!(read(r#"["\ud800]"#).is_err());
        assert!(read(r#"["\ud8"]"#).is_err());
    }
}
