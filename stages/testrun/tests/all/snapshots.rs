//! `dx.snapshot`: what is written is what is compared, under pytest and under dx-testrun.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, SystemTime};

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::odd_text::odd_text;
use super::package::{Oracle, WAYS, dx, passes, pytest, said};
use super::support::{Project, cases};

const SNAP: &str = "tests/__snapshots__/test_a.snap";
const TESTS: &str = "import dx, pytest\n\
    def test_text(): dx.snapshot('Hello,\\nWorld  \\n')\n\
    @pytest.mark.parametrize('n', [1, 2])\n\
    def test_values(n):\n    dx.snapshot({'n': n, 'set': {'b', 'a'}})\n    dx.snapshot(b'\\0' * n)\n    dx.snapshot(n, name='last')\n";

fn project() -> Project {
    Project::new(&[("tests/test_a.py", TESTS), ("pytest.ini", "[pytest]\nfilterwarnings = error\n")])
}

fn snap(project: &Project) -> String {
    fs::read_to_string(project.path().join(SNAP)).unwrap()
}

/// Text whose lines often are the same, so that diffs have something to keep.
fn lines() -> impl Strategy<Value = Vec<u32>> {
    let line = prop_oneof![3 => prop::sample::select(vec!["a", "b", "", " ", "| a", "== a == text"]).prop_map(code_points), 1 => odd_text()];
    vec(line, 0..30).prop_map(|lines| lines.join(&10))
}

fn code_points(text: &str) -> Vec<u32> {
    text.chars().map(u32::from).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a unified diff makes of the old lines.
fn apply(old: &[String], diff: &[String]) -> Vec<String> {
    let (mut new, mut at) = (Vec::new(), 0);
    for line in diff.iter().skip(2) {
        let (mark, rest) = line.split_at(1);
        match mark {
            "@" => {
                let span = line.split(['-', ' ']).nth(2).unwrap();
                let (start, length) = span.split_once(',').unwrap_or((span, "1"));
                let start: usize = start.parse().unwrap();
                let start = if length == "0" { start } else { start - 1 };
                new.extend_from_slice(&old[at..start]);
                at = start;
            }
            "+" => new.push(rest.to_owned()),
            _ => {
                assert_eq!(old[at], rest, "{diff:#?}");
                at += 1;
                if mark == " " {
                    new.push(rest.to_owned());
                }
            }
        }
    }
    new.extend_from_slice(&old[at..]);
    new
}

#[test]
fn snapshot_hash() {
    let oracle = RefCell::new(Oracle::start());
    let bytes = prop_oneof![vec(any::<u8>(), 0..200), vec(any::<u8>(), 1000..5000)];
    proptest!(cases(40, 2000), |(data in bytes, key in proptest::option::of(any::<[u8; 32]>()))| {
        let expected = match &key {
            Some(key) => blake3::keyed_hash(key, &data),
            None => blake3::hash(&data),
        };
        let arguments = json!([hex(&data), key.map(|key| hex(&key))]);
        prop_assert_eq!(oracle.borrow_mut().ask("hash", &arguments), expected.to_hex().to_string());
    });
    proptest!(cases(40, 2000), |(text in "\\PC{0,100}")| {
        let expected = blake3::hash(format!("text\0{text}").as_bytes());
        let points: Vec<u32> = code_points(&text);
        let found = oracle.borrow_mut().ask("digest", &json!(["text", points]));
        prop_assert_eq!(found, expected.to_hex().to_string());
    });
}

#[test]
fn what_a_file_says_is_what_was_written() {
    let oracle = RefCell::new(Oracle::start());
    let label = prop_oneof![
        Just(Vec::new()),
        (2u32..20).prop_map(|number| code_points(&format!("#{number}"))),
        odd_text().prop_map(|name| [vec![u32::from(':')], name].concat()),
    ];
    let kind = prop::sample::select(vec!["text", "value", "bytes"]);
    // No test's id has a null character: pytest escapes it.
    let test =
        odd_text().prop_map(|points| points.into_iter().filter(|point| *point != 0).collect::<Vec<_>>());
    let label = label.prop_map(|points| points.into_iter().filter(|point| *point != 0).collect::<Vec<_>>());
    let entries = vec((test, label, kind, lines()), 0..6);
    proptest!(cases(100, 3000), |(entries in entries, carriage in any::<bool>())| {
        let last: BTreeMap<_, _> = entries.iter().map(|(test, label, kind, text)| ((test, label), (kind, text))).collect();
        let mut expected: Vec<Value> = last.iter().map(|((test, label), (kind, text))| json!([test, label, kind, text])).collect();
        let mut found = oracle.borrow_mut().ask("file", &json!([entries, carriage]));
        let found = found.as_array_mut().unwrap();
        expected.sort_by_key(Value::to_string);
        found.sort_by_key(Value::to_string);
        prop_assert_eq!(&*found, &expected);
    });
}

#[test]
fn snapshot_diff() {
    let oracle = RefCell::new(Oracle::start());
    proptest!(cases(150, 5000), |(old in lines(), new in lines())| {
        let answer = oracle.borrow_mut().ask("diff", &json!([old, new]));
        let [before, after, diff]: [Vec<String>; 3] = serde_json::from_value(answer).unwrap();
        prop_assert_eq!(diff.is_empty(), old == new);
        prop_assert_eq!(apply(&before, &diff), after);
        // Nothing in it is invisible, whatever the text.
        let hidden = diff.iter().any(|line| line.contains(['\r', '\u{1b}', '\u{202e}']) || line.ends_with("  "));
        prop_assert!(!hidden, "{:#?}", diff);
    });
}

#[test]
fn snapshot_update() {
    let oracle = RefCell::new(Oracle::start());
    let test = prop::sample::select(vec!["test_a", "test_b[x #2]", "C::test", "test_d[== a == text]"]);
    let steps = vec((0u32..3, test, lines(), any::<bool>()), 1..12);
    proptest!(cases(40, 1000), |(steps in steps)| {
        // A process remembers what it wrote until it saves; who saves last has the last word.
        let (mut file, mut held) = (BTreeMap::new(), BTreeMap::<u32, BTreeMap<&str, &Vec<u32>>>::new());
        for (process, test, value, save) in &steps {
            held.entry(*process).or_default().insert(test, value);
            if *save {
                file.append(held.get_mut(process).unwrap());
            }
        }
        held.values_mut().for_each(|changes| file.append(changes));
        let mut expected: Vec<_> = file.iter().map(|(test, value)| json!([code_points(test), value])).collect();
        let accepted: Vec<_> = steps.iter().map(|(_, test, value, _)| file[test] == value).collect();
        let arguments: Vec<_> = steps.iter().map(|(process, test, value, save)| json!([process, code_points(test), value, save])).collect();
        let mut answer = oracle.borrow_mut().ask("update", &json!([arguments]));
        let found = answer[0].as_array_mut().unwrap();
        found.sort_by_key(Value::to_string);
        expected.sort_by_key(Value::to_string);
        prop_assert_eq!(&*found, &expected);
        prop_assert_eq!(&answer[1], &json!(accepted));
    });
}

#[test]
fn snapshots_are_written_compared_and_shown() {
    let mut written = Vec::new();
    for way in WAYS {
        let project = project();
        let (status, text) = said(&mut way(&project, &[]));
        assert_eq!(status, 1, "{text}");
        assert!(text.contains("snapshot 'test_text' is not in 'tests/__snapshots__/test_a.snap': --update-snapshots writes it"), "{text}");
        assert!(!project.path().join(SNAP).exists());
        let text = passes(&mut way(&project, &["--update-snapshots"]));
        assert!(text.contains("7 snapshots written: tests/__snapshots__/test_a.snap"), "{text}");
        let text = passes(&mut way(&project, &[]));
        assert!(!text.contains("snapshots") && !text.contains("collected as a whole"), "{text}");
        written.push(snap(&project));
        project.write("tests/test_a.py", &TESTS.replace("World  ", "World ").replace("b'\\0' * n", "'text'"));
        let (status, text) = said(&mut way(&project, &[]));
        assert_eq!(status, 1, "{text}");
        for part in [
            "snapshot 'test_text' in 'tests/__snapshots__/test_a.snap' differs",
            "E   -\\ World\\x20\\x20\nE   +\\ World\\x20\n",
            "snapshot 'test_values[1] #2' in 'tests/__snapshots__/test_a.snap' differs: it was of kind 'bytes', and is of kind 'text'",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert_eq!(snap(&project), written[0]);
        let text = passes(&mut way(&project, &["--update-snapshots"]));
        assert!(text.contains("3 snapshots written"), "{text}");
        passes(&mut way(&project, &[]));
        let (_, coloured) = said(way(&project, &["--color=yes"]).env("FORCE_COLOR", "1"));
        assert!(coloured.contains("passed"), "{coloured}");
    }
    assert_eq!(written[0], written[1]);
    assert!(
        written[0].contains("== test_values[1] == value\n| {'n': 1, 'set': {'a', 'b'}}\n"),
        "{}",
        written[0]
    );
}

#[test]
fn a_match_reads_no_file() {
    let project = project();
    project.write(
        "conftest.py",
        "import sys\n\
         def hook(event, arguments):\n    if event == 'open' and str(arguments[0]).endswith('.snap'): print('OPENED', arguments[0], file=sys.__stderr__)\n\
         sys.addaudithook(hook)\n",
    );
    passes(&mut pytest(&project, &["--update-snapshots"]));
    let file = fs::File::options().append(true).open(project.path().join(SNAP)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    assert!(passes(&mut pytest(&project, &["-s"])).contains("OPENED"), "the index is not there yet");
    for way in WAYS {
        assert!(!passes(&mut way(&project, &["-s"])).contains("OPENED"));
    }
    // A file that was written anew is read, be it as long and as old as before.
    let text = snap(&project).replace("Hello", "Hallo");
    fs::write(project.path().join(SNAP), text).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    assert_eq!(said(&mut pytest(&project, &[])).0, 1);
}

#[test]
fn what_no_test_uses_is_obsolete() {
    for way in WAYS {
        let project = project();
        project.write("tests/test_gone.py", "import dx\ndef test_gone(): dx.snapshot(1)\n");
        passes(&mut way(&project, &["--update-snapshots"]));
        fs::remove_file(project.path().join("tests/test_gone.py")).unwrap();
        let fewer = TESTS.replace("    dx.snapshot(b'\\0' * n)\n", "").replace("test_text", "test_renamed");
        project.write("tests/test_a.py", &fewer.replace("[1, 2]", "[1]"));
        // What does not run is no evidence.
        let text = passes(&mut way(&project, &["-k", "test_values"]));
        assert!(
            text.contains("obsolete: 'test_values[1] #2' in 'tests/__snapshots__/test_a.snap'"),
            "{text}"
        );
        assert!(!text.contains("test_text") && !text.contains("values[2]"), "{text}");
        let text = said(&mut way(&project, &["tests/test_a.py::test_renamed"])).1;
        assert!(!text.contains("obsolete: 'test_"), "{text}");
        let text = passes(&mut way(&project, &["--update-snapshots"]));
        for what in [
            "'test_values[1] #2'",
            "'test_values[2]'",
            "'test_values[2] #2'",
            "'test_values[2] :last'",
            "'test_text'",
        ] {
            assert!(
                text.contains(&format!("obsolete: {what} in 'tests/__snapshots__/test_a.snap'")),
                "{what}\n{text}"
            );
        }
        assert!(text.contains("obsolete: 'tests/__snapshots__/test_gone.snap' has no test file"), "{text}");
        assert!(snap(&project).contains("test_text"));
        passes(&mut way(&project, &["--remove-obsolete-snapshots"]));
        let kept: Vec<_> =
            snap(&project).lines().filter(|line| line.starts_with("==")).map(str::to_owned).collect();
        assert_eq!(
            kept,
            ["== test_renamed == text", "== test_values[1] == value", "== test_values[1] :last == value"]
        );
        assert!(!project.path().join("tests/__snapshots__/test_gone.snap").exists());
        assert!(!passes(&mut way(&project, &[])).contains("obsolete"));
    }
}

#[test]
fn nothing_is_written_in_ci() {
    let project = project();
    for option in ["--update-snapshots", "--remove-obsolete-snapshots"] {
        for (way, own, ci) in [(WAYS[0], "-v", "true"), (WAYS[1], "-v", "1"), (WAYS[1], "--ci", "")] {
            let (status, text) = said(way(&project, &[option, own]).env("CI", ci));
            assert_eq!(status, 4, "{text}");
            assert!(
                text.contains(&format!("{option}: in CI snapshots are compared, never written")),
                "{text}"
            );
        }
    }
    let (status, text) = said(&mut dx(&project, &["--ci"]));
    assert!(status == 1 && text.contains("in CI none is written"), "{text}");
    assert!(!project.path().join("tests/__snapshots__").exists());
}

#[test]
fn a_file_that_cannot_be_understood_is_left_alone() {
    let project = project();
    project.write(SNAP, "dx snapshots, format 1\n\n== test_text == text\n| Hello\n<<<<<<< branch\n");
    let (status, text) = said(&mut pytest(&project, &["--update-snapshots"]));
    assert_eq!(status, 1, "{text}");
    assert!(
        text.contains(
            "test_a.snap' line 5 is neither a heading nor a value: '<<<<<<< branch': repair or remove it"
        ),
        "{text}"
    );
    assert!(snap(&project).contains("<<<<<<< branch"));
}
