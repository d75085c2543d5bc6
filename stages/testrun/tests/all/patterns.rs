//! Which tests an expression, an id, a folder or a glob means: always what pytest says, warm and cold.

use std::fs;
use std::process::Command;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::support::{Project, cases, python};

/// Runs pytest once for each line of arguments, in one process; prints the ids that ran, in order, and the status.
const TRUTH: &str = r#"
import contextlib, io, json, sys
import pytest

class Ran:
    def __init__(self):
        self.ids = []
    def pytest_runtest_logreport(self, report):
        if report.when == "call":
            self.ids.append(report.nodeid)

for line in sys.stdin:
    ran = Ran()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        status = pytest.main(["-p", "no:cacheprovider"] + json.loads(line), plugins=[ran])
    print(json.dumps([ran.ids, int(status)]))
"#;

const MODULE: &str = r#"
import pytest
def test_alpha(): pass
@pytest.mark.slow
def test_beta_alpha(): pass
@pytest.mark.parametrize("x", PARAMETERS)
def test_gamma(x): pass
class TestDelta:
    def test_alpha(self): pass
    @pytest.mark.slow
    @pytest.mark.parametrize("y", [1, 2])
    @pytest.mark.parametrize("x", PARAMETERS)
    def test_gamma(self, x, y): pass
    class TestInner:
        def test_epsilon(self): pass
@pytest.mark.fast(reason="it is")
class TestAlphaBeta:
    def test_zeta(self): pass
"#;
const INI: &str = "[pytest]\nmarkers =\n    slow: slow\n    fast: fast\n";
const FILES: [&str; 5] =
    ["test_alpha.py", "test_zeta.py", "sub/test_alpha.py", "sub/deep/test_beta.py", "other/test_gamma.py"];
const WORDS: [&str; 14] = [
    "alpha",
    "beta",
    "Gamma",
    "Delta",
    "zeta",
    "test_",
    "slow",
    "fast",
    "a-b",
    "1",
    "inner",
    "sub",
    "none_such",
    "py",
];

/// Values of a parameter; their ids are these texts.
fn parameters() -> impl Strategy<Value = Vec<String>> {
    let odd = select(
        &["a-b", "a::b", "a/b", "x]y[z", "and", "not", "", "é", "1.5", " ", "a b", "\\", "(", "sub"][..],
    );
    vec(prop_oneof![odd.prop_map(str::to_owned), "[ -~]{0,6}"], 1..4)
}

fn expression(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned).prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| format!("not {one}")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("{one} and {two}")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("{one} or {two}")),
            inner.prop_map(|one| format!("({one})")),
        ]
    })
}

/// One choice; ids are chosen from those that there are, and cut at one of their joints.
#[derive(Clone, Debug)]
enum Choice {
    Keyword(String),
    Marks(String),
    Id(Index, Index),
    Deselect(Index, Index),
    Path(&'static str),
    Ignore(&'static str),
    IgnoreGlob(&'static str),
}

fn choice() -> impl Strategy<Value = Choice> {
    const MARKS: &[&str] = &["slow", "fast", "none_such"];
    let paths =
        &["sub", "sub/deep", "other", "test_alpha.py", "sub/test_alpha.py", ".", "none.py", "./sub/"][..];
    let globs = &["*alpha*", "sub/*", "*/deep/*", "test_[az]*", "**/test_gamma.py", "other", "*.txt"][..];
    prop_oneof![
        4 => expression(&WORDS).prop_map(Choice::Keyword),
        1 => Just(Choice::Keyword("alpha and (".to_owned())),
        2 => expression(MARKS).prop_map(Choice::Marks),
        5 => (any::<Index>(), any::<Index>()).prop_map(|(id, cut)| Choice::Id(id, cut)),
        3 => (any::<Index>(), any::<Index>()).prop_map(|(id, cut)| Choice::Deselect(id, cut)),
        2 => select(paths).prop_map(Choice::Path),
        1 => select(paths).prop_map(Choice::Ignore),
        2 => select(globs).prop_map(Choice::IgnoreGlob),
    ]
}

/// An id, or what it begins with up to a joint.
fn cut<'a>(ids: &'a [String], which: &Index, at: &Index) -> &'a str {
    let id = &ids[which.index(ids.len())];
    let mut joints: Vec<usize> = id.match_indices("::").map(|(at, _)| at).collect();
    joints.extend(id.find('['));
    joints.extend([id.len(); 3]);
    &id[..joints[at.index(joints.len())]]
}

fn arguments(choices: &[Choice], ids: &[String]) -> Vec<String> {
    choices
        .iter()
        .flat_map(|choice| match choice {
            Choice::Keyword(text) => vec!["-k".to_owned(), text.clone()],
            Choice::Marks(text) => vec!["-m".to_owned(), text.clone()],
            Choice::Id(which, at) => vec![cut(ids, which, at).to_owned()],
            Choice::Deselect(which, at) => vec!["--deselect".to_owned(), cut(ids, which, at).to_owned()],
            Choice::Path(path) => vec![(*path).to_owned()],
            Choice::Ignore(path) => vec![format!("--ignore={path}")],
            Choice::IgnoreGlob(glob) => vec![format!("--ignore-glob={glob}")],
        })
        .collect()
}

/// Ids in the order in which they ran, and the status.
type Answer = (Vec<String>, i32);

fn truths(project: &Project, selections: &[Vec<String>]) -> Vec<Answer> {
    let lines: String = selections.iter().map(|one| serde_json::to_string(one).unwrap() + "\n").collect();
    let input = project.runtime.path().join("selections");
    fs::write(&input, lines).unwrap();
    let mut command: Command = project.command(&python());
    let output = command.args(["-c", TRUTH]).stdin(fs::File::open(input).unwrap()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Answer> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), selections.len(), "{}", String::from_utf8_lossy(&output.stderr));
    answers
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 8, ..cases(1, 24) })]

    #[test]
    fn pattern_filter(
        parameters in parameters(),
        choices in vec(vec(choice(), 1..4), 24),
    ) {
        let values = serde_json::to_string(&parameters).unwrap();
        let project = Project::new(&[("pytest.ini", INI)]);
        for file in FILES {
            project.write(file, &MODULE.replace("PARAMETERS", &values));
        }
        for folder in ["sub", "sub/deep", "other"] {
            project.write(&format!("{folder}/__init__.py"), "");
        }
        let (ids, status) = truths(&project, &[Vec::new()]).remove(0);
        assert_eq!(status, 0);
        let selections: Vec<Vec<String>> = choices.iter().map(|one| arguments(one, &ids)).collect();
        let expected = truths(&project, &selections);
        project.heat(&["--warm", "-n", "1"]);
        for (at, (selection, expected)) in selections.iter().zip(expected).enumerate() {
            // One worker keeps pytest's order; with two, only what ran is the same.
            let modes: &[&[&str]] = if at % 3 == 0 {
                &[&["--warm", "-n", "1"], &["--no-warm", "-n", "1"], &["--no-warm", "-n", "2"]]
            } else {
                &[&["--warm", "-n", "1"]]
            };
            for mode in modes {
                let all: Vec<&str> =
                    mode.iter().copied().chain(selection.iter().map(String::as_str)).collect();
                let ran = project.run(&all);
                let tests = project.events().into_iter().filter(|event| event["event"] == "test");
                let ids = tests.map(|event| event["id"].as_str().unwrap().to_owned()).collect();
                let mut answer: Answer = (ids, ran.status);
                let mut expected = expected.clone();
                if mode.contains(&"2") {
                    answer.0.sort();
                    expected.0.sort();
                }
                prop_assert_eq!(&answer, &expected, "{:?} {:?}\n{}\n{}", mode, selection, ran.stdout, ran.stderr);
            }
        }
    }
}
