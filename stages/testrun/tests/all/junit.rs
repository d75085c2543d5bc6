//! The file that `--junit` writes: XML that anything can read, in JUnit's form, with pytest's content.

use std::fs;
use std::process::Command;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::odd_text::{literal, odd_text};
use super::support::{Project, cases, python};

/// Reads a file as any consumer would, checks its form, and prints all of it that two runs have in common.
const READER: &str = r#"
import json, sys
import xml.etree.ElementTree as tree

root = tree.parse(sys.argv[1]).getroot()
assert root.tag == "testsuites", root.tag
out = []
for suite in root:
    assert suite.tag == "testsuite", suite.tag
    given = dict(suite.attrib)
    assert set(given) == {"name", "errors", "failures", "skipped", "tests", "time", "timestamp", "hostname"}, given
    assert float(given.pop("time")) >= 0 and given.pop("timestamp") and given.pop("hostname")
    found = {"errors": 0, "failures": 0, "skipped": 0, "tests": 0}
    out.append(given)
    for case in suite:
        assert case.tag == "testcase", case.tag
        attributes = dict(case.attrib)
        assert set(attributes) == {"classname", "name", "time"}, attributes
        assert float(attributes.pop("time")) >= 0
        found["tests"] += 1
        parts = []
        for part in case:
            assert part.tag in ("skipped", "failure", "error", "system-out", "system-err", "properties"), part.tag
            key = {"failure": "failures", "error": "errors", "skipped": "skipped"}.get(part.tag)
            if key:
                found[key] += 1
                assert "message" in part.attrib, part.attrib
            inner = [[one.tag, dict(one.attrib)] for one in part]
            assert all(tag == "property" and set(of) == {"name", "value"} for tag, of in inner), inner
            parts.append([part.tag, dict(part.attrib), part.text, inner])
        out.append([attributes, parts])
    for key, count in found.items():
        # A test that failed and whose teardown failed, too, is written as two cases and is one test.
        assert int(given[key]) == count or key == "tests" and int(given[key]) <= count, (key, given, found)
print(json.dumps(out, indent=0))
"#;

/// How one test ends, and what it says.
#[derive(Clone, Debug)]
struct Generated {
    kind: usize,
    name: &'static str,
    texts: [Vec<u32>; 2],
}

const KINDS: [&str; 14] = [
    "def TEST(): pass",
    "def TEST(): assert {A} == {B}",
    "def TEST(): raise ValueError({A})",
    "def TEST():\n    print({A})\n    sys.stderr.write({B})\n    assert 0, {B}",
    "@pytest.mark.skip(reason={A})\ndef TEST(): pass",
    "def TEST(): pytest.skip({A})",
    "@pytest.mark.xfail(reason={A})\ndef TEST(): assert 0",
    "@pytest.mark.xfail(reason={A}, strict=True)\ndef TEST(): pass",
    "def TEST(bad_start): pass",
    "def TEST(bad_end): pass",
    "def TEST(bad_end): assert 0, {A}",
    "def TEST(record_property): record_property('odd', {B})",
    "@pytest.mark.parametrize('x', [{A}, {B}, None])\ndef TEST(x): assert x, x",
    "class TestInner:\n    def __repr__(self): return 'inner'\n    def TEST(self): raise RuntimeError({B})",
];

fn generated() -> impl Strategy<Value = Generated> {
    let names = select(&["", "é", "名", "ß_x"][..]);
    (0..KINDS.len(), names, [odd_text(), odd_text()]).prop_map(|(kind, name, texts)| Generated {
        kind,
        name,
        texts,
    })
}

fn module(tests: &[Generated], broken: Option<&Vec<u32>>) -> String {
    let mut text = "import pytest, sys\n\
                    @pytest.fixture\ndef bad_start(): raise KeyError('start')\n\
                    @pytest.fixture\ndef bad_end():\n    yield\n    raise KeyError('end')\n"
        .to_owned();
    for (at, test) in tests.iter().enumerate() {
        let [a, b] = &test.texts;
        let name = format!("test_{at}_{}", test.name);
        let body = KINDS[test.kind].replace("TEST", &name).replace("TestInner", &format!("TestInner{at}"));
        text.push_str(&format!("A{at}, B{at} = {}, {}\n", literal(a), literal(b)));
        text.push_str(&body.replace("{A}", &format!("A{at}")).replace("{B}", &format!("B{at}")));
        text.push('\n');
    }
    if let Some(reason) = broken {
        text.push_str(&format!("raise ValueError({})\n", literal(reason)));
    }
    text
}

fn read(file: &std::path::Path) -> Result<String, String> {
    let output = Command::new(python()).args(["-c", READER]).arg(file).output().unwrap();
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout).unwrap());
    }
    let bytes = fs::read(file).unwrap_or_default();
    Err(format!("{}\n{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&bytes)))
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 40, ..cases(3, 60) })]

    #[test]
    fn junit_validity(
        files in vec(vec(generated(), 1..14), 1..4),
        broken in prop::option::weighted(0.3, odd_text()),
        skipped in prop::option::weighted(0.3, odd_text()),
        workers in 1usize..4,
    ) {
        let project = Project::new(&[]);
        for (at, tests) in files.iter().enumerate() {
            project.write(&format!("sub/test_{at}.py"), &module(tests, None));
        }
        if let Some(reason) = &broken {
            project.write("test_broken.py", &module(&files[0], Some(reason)));
        }
        if let Some(reason) = &skipped {
            let text = format!("import pytest\npytest.skip({}, allow_module_level=True)\n", literal(reason));
            project.write("test_skipped.py", &text);
        }
        let (_, status) = project.pytest(&["--continue-on-collection-errors", "--junitxml=theirs.xml"]);
        let workers = workers.to_string();
        let ran =
            project.run(&["--no-warm", "-n", &workers, "--continue-on-collection-errors", "--junit", "ours.xml"]);
        prop_assert_eq!(ran.status, status, "{}\n{}", ran.stdout, ran.stderr);
        let [theirs, ours] = ["theirs.xml", "ours.xml"].map(|name| read(&project.path().join(name)));
        prop_assert!(theirs.is_ok() && ours.is_ok(), "{theirs:?}\n{ours:?}");
        prop_assert_eq!(ours, theirs);
    }
}

const TIMED: &str = "import pytest, time\n\
                     @pytest.fixture\ndef slow():\n    time.sleep(0.15)\n    yield\n    time.sleep(0.1)\n\
                     def test_fixture(slow): print('heard')\n\
                     def test_alone(): time.sleep(0.06)\n\
                     def test_fails(slow): assert 0\n";

/// The XML without what differs from run to run.
fn steady(text: &str) -> String {
    let mut out = text.to_owned();
    for name in [" time=\"", " timestamp=\""] {
        let parts: Vec<&str> = out.split(name).collect();
        let rest = parts[1..].iter().map(|part| part.split_once('"').unwrap().1);
        out = std::iter::once(parts[0]).chain(rest).collect::<Vec<_>>().join(name);
    }
    out
}

#[test]
fn times_of_tests_that_passed() {
    let project = Project::new(&[("test_timed.py", TIMED)]);
    let ran = project.run(&["--no-warm", "-n", "1", "--junit", "ours.xml", "--durations=4"]);
    assert_eq!(ran.status, 1, "{}", ran.stdout);
    let text = fs::read_to_string(project.path().join("ours.xml")).unwrap();
    for (name, least) in [("test_fixture", 0.25), ("test_alone", 0.06), ("test_fails", 0.25)] {
        let time = text.split_once(&format!("name=\"{name}\" time=\"")).unwrap().1.split_once('"').unwrap().0;
        assert!(time.parse::<f64>().unwrap() >= least, "{name} took {time} in {text}");
    }
    for (when, name) in
        [("setup", "fixture"), ("teardown", "fixture"), ("setup", "fails"), ("teardown", "fails")]
    {
        let line = format!("s {when:<8} test_timed.py::test_{name}\n");
        assert!(ran.stdout.contains(&line), "no {line} in {}", ran.stdout);
    }
}

/// The form that says where tests stand, and what they printed.
#[test]
fn places_and_output_of_tests_that_passed() {
    let settings = "[pytest]\njunit_family = xunit1\njunit_logging = all\n";
    let project = Project::new(&[("test_timed.py", TIMED), ("pytest.ini", settings)]);
    project.pytest(&["--junitxml=theirs.xml"]);
    project.run(&["--no-warm", "-n", "2", "--junit", "ours.xml"]);
    let [theirs, ours] = ["theirs.xml", "ours.xml"]
        .map(|name| steady(&fs::read_to_string(project.path().join(name)).unwrap()));
    assert!(theirs.contains("line=\"6\"") && theirs.contains("heard"), "{theirs}");
    assert_eq!(ours, theirs);
}
