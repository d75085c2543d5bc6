//! The tests that dx-index finds without importing a file, beside those that pytest collects from it.
//!
//! The index says which functions and classes could be tests, with their marks and bases; `Reader` is what a consumer of
//! it does. Where a module only defines things, the two agree on every name and on the number of cases; where it decides
//! while it runs, nothing that pytest collects is missing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dx_tests::sandbox::rounds;
use dx_tests::script::binaries;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

/// Name of a test with those of its classes -> number of cases, where it can be known.
type Found = BTreeMap<String, Option<usize>>;

const FUNCTIONS: [&str; 11] = [
    "test", "test_a", "test_b", "testing", "tested_x", "Test", "helper", "_test_a", "a_test", "TEST_a",
    "test_é",
];
const CLASSES: [&str; 8] = ["Test", "TestA", "TestB", "Testing", "Base", "a_class", "ATest", "_TestA"];
const HEAD: &str = "import unittest\nfrom unittest import TestCase\nimport pytest\nfrom pytest import mark\n\
                    VALUES = [1, 2, 3]\ndef wrap(function): return function\n";

#[derive(Clone, Debug)]
enum Definition {
    Function {
        name: &'static str,
        form: Form,
        cases: Vec<Values>,
    },
    Class {
        name: &'static str,
        base: Base,
        has_init: bool,
        body: Vec<Definition>,
    },
    /// A class whose tests all have its cases, and that nothing derives from.
    Cases {
        values: Values,
        body: Vec<&'static str>,
    },
    /// What a module decides while it runs.
    Decided(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Async,
    Wrapped,
    Static,
    ClassMethod,
    Fixture,
}

#[derive(Clone, Debug)]
enum Base {
    Nothing,
    Object,
    UnitTest(&'static str),
    /// One of the classes that stand before this one, if any.
    Local(Index),
}

/// How the cases of a parametrised test are spelled.
#[derive(Clone, Debug)]
struct Values {
    alias: bool,
    text: String,
    by_keyword: bool,
}

const DECIDED: [&str; 7] = [
    "if VALUES[0] == 2:\n    def test_never(): pass\nelse:\n    def test_ever(): pass",
    "try:\n    import no_such_module\n    def test_a(): pass\nexcept ImportError:\n    pass",
    "class TestA:\n    __test__ = False\n    def test_a(self): pass",
    "def test_b(): pass\ntest_b = None",
    "def test_outer():\n    def test_inner(): pass\n    class TestInner: pass",
    "class TestB:\n    if VALUES:\n        def test_b(self): pass",
    "def test_a(): pass\ndel test_a",
];

fn values() -> impl Strategy<Value = Values> {
    let literals = &[
        "[]",
        "[1]",
        "[1, 2]",
        "(1, 2, 3)",
        "(1,)",
        "[pytest.param(1, id='one'), 2]",
        "{1, 2}",
        "{1, 1, True}",
        "VALUES",
        "[*VALUES, 4]",
        "range(3)",
        "VALUES + [4]",
        "[(1, 2)]",
        "[[], [1]]",
        "[x for x in VALUES]",
    ][..];
    (any::<bool>(), select(literals), any::<bool>()).prop_map(|(alias, text, by_keyword)| Values {
        alias,
        text: text.to_owned(),
        by_keyword,
    })
}

fn function(in_class: bool) -> impl Strategy<Value = Definition> {
    let forms = if in_class { 6 } else { 4 };
    let all = [Form::Plain, Form::Async, Form::Wrapped, Form::Fixture, Form::Static, Form::ClassMethod];
    let form =
        prop_oneof![3 => Just(Form::Plain), 2 => (0..forms as usize).prop_map(move |at: usize| all[at])];
    (select(&FUNCTIONS[..]), form, vec(values(), 0..3)).prop_map(|(name, form, cases)| Definition::Function {
        name,
        form,
        cases,
    })
}

fn class() -> impl Strategy<Value = Definition> {
    let base = || {
        prop_oneof![
            4 => Just(Base::Nothing),
            1 => Just(Base::Object),
            2 => select(&["unittest.TestCase", "TestCase"][..]).prop_map(Base::UnitTest),
            4 => any::<Index>().prop_map(Base::Local),
        ]
    };
    let build = |(name, base, has_init, body)| Definition::Class { name, base, has_init, body };
    let part = |body| (select(&CLASSES[..]), base(), prop::bool::weighted(0.1), body);
    let inner = part(vec(function(true), 0..3).boxed()).prop_map(build);
    part(vec(prop_oneof![4 => function(true), 1 => inner], 0..5).boxed()).prop_map(build)
}

/// A module, and whether it only defines things.
fn module() -> impl Strategy<Value = Vec<Definition>> {
    let names = vec(select(&FUNCTIONS[..]), 1..3);
    let definition = prop_oneof![
        6 => function(false),
        6 => class(),
        1 => (values(), names).prop_map(|(values, body)| Definition::Cases { values, body }),
    ];
    let decided = prop::option::weighted(0.2, select(&DECIDED[..]));
    (vec(definition, 0..7), decided).prop_map(|(mut all, decided)| {
        all.extend(decided.map(Definition::Decided));
        all
    })
}

fn decorator(values: &Values, name: &str) -> String {
    let mark = if values.alias { "mark" } else { "pytest.mark" };
    let text = &values.text;
    if values.by_keyword {
        format!("@{mark}.parametrize(argvalues={text}, argnames='{name}')\n")
    } else {
        format!("@{mark}.parametrize('{name}', {text})\n")
    }
}

/// Writes definitions; `kinds` are the classes of the module so far that others may derive from, with whether they are
/// TestCases. Of a class that is no test by itself the index does not say what it derives from, so that none of those
/// that have a base of their own is among them.
fn write(
    definition: &Definition,
    depth: usize,
    of: Option<bool>,
    kinds: &mut Vec<(&'static str, bool)>,
) -> String {
    let mut text = String::new();
    match definition {
        Definition::Decided(decided) => text.push_str(decided),
        Definition::Cases { values, body } => {
            text.push_str(&decorator(values, "c"));
            text.push_str("class TestCases:\n    pass\n");
            body.iter().for_each(|name| text.push_str(&format!("    def {name}(self, c): pass\n")));
        }
        Definition::Function { name, form, cases } => {
            // unittest takes a fixture for a test, and it fails: no suite has that.
            let form = if of == Some(true) && *form == Form::Fixture { &Form::Plain } else { form };
            let is_free = *form != Form::Fixture && of != Some(true);
            let mut parameters: Vec<String> = Vec::new();
            if of.is_some() && *form != Form::Static {
                parameters.push("self".to_owned());
            }
            for (at, values) in cases.iter().enumerate().filter(|_| is_free) {
                text.push_str(&decorator(values, &format!("p{at}")));
                parameters.push(format!("p{at}"));
            }
            text.push_str(match form {
                Form::Plain | Form::Async => "",
                Form::Wrapped => "@wrap\n",
                Form::Static => "@staticmethod\n",
                Form::ClassMethod => "@classmethod\n",
                Form::Fixture => "@pytest.fixture\n",
            });
            let keyword = if *form == Form::Async { "async def" } else { "def" };
            text.push_str(&format!("{keyword} {name}({}): pass\n", parameters.join(", ")));
        }
        Definition::Class { name, base, has_init, body } => {
            let (base, is_unittest) = match base {
                Base::Local(which) if depth == 0 && !kinds.is_empty() => kinds[which.index(kinds.len())],
                Base::Local(_) | Base::Nothing => ("", false),
                Base::Object => ("object", false),
                Base::UnitTest(base) => (*base, true),
            };
            let bases = if base.is_empty() { String::new() } else { format!("({base})") };
            text.push_str(&format!("class {name}{bases}:\n    pass\n"));
            if *has_init && !is_unittest {
                text.push_str("    def __init__(self): pass\n");
            }
            for inner in body {
                text.push_str(&inside(&write(inner, depth + 1, Some(is_unittest), kinds)));
            }
            if depth == 0 {
                kinds.retain(|(known, _)| known != name);
                if is_unittest || name.starts_with("Test") || base.is_empty() {
                    kinds.push((name, is_unittest));
                }
            }
        }
    }
    text.lines().map(|line| format!("{line}\n")).collect()
}

/// One level in.
fn inside(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

fn source(module: &[Definition]) -> String {
    let mut kinds = Vec::new();
    let parts: Vec<String> = module.iter().map(|definition| write(definition, 0, None, &mut kinds)).collect();
    format!("{HEAD}{}", parts.concat())
}

/// What a consumer makes of an index table.
struct Reader {
    /// Name, whether it is a class, and the fragment that it stands in, of each fragment.
    fragments: Vec<(String, bool, usize)>,
    tests: BTreeMap<usize, Value>,
}

impl Reader {
    fn open(table: &Value) -> Reader {
        let number = |value: &Value| value.as_u64().unwrap() as usize;
        let fragment = |value: &Value| {
            let id = value["id"].as_str().unwrap().split('#').next().unwrap();
            let name = id.rsplit('.').next().unwrap_or_default().to_owned();
            (name, value["kind"] == "Class", number(&value["parent"]))
        };
        Reader {
            fragments: table["fragments"].as_array().unwrap().iter().map(fragment).collect(),
            tests: table["tests"]
                .as_array()
                .unwrap()
                .iter()
                .map(|test| (number(&test["fragment"]), test.clone()))
                .collect(),
        }
    }

    /// What a scope binds in the end: the last definition of each name.
    fn members(&self, scope: usize, before: usize) -> BTreeMap<&str, usize> {
        let all = (1..before).filter(|at| self.fragments[*at].2 == scope);
        all.map(|at| (self.fragments[at].0.as_str(), at)).collect()
    }

    /// A class with those that it derives from, as far as the file has them, and whether that ends at a TestCase.
    fn line(&self, class: usize) -> (Vec<usize>, bool) {
        let base = self.tests.get(&class).and_then(|test| test["bases"][0].as_str());
        let Some(base) = base else { return (vec![class], false) };
        if base.ends_with("TestCase") {
            return (vec![class], true);
        }
        let Some(at) = self.members(0, class).get(base).copied() else { return (vec![class], false) };
        let (mut line, is_unittest) = self.line(at);
        line.push(class);
        (line, is_unittest)
    }

    fn tests(&self) -> Found {
        let mut found = Found::new();
        self.collect(&self.members(0, self.fragments.len()), "", Some(1), false, &mut found);
        found
    }

    fn collect(
        &self,
        members: &BTreeMap<&str, usize>,
        prefix: &str,
        cases: Option<usize>,
        in_unittest: bool,
        found: &mut Found,
    ) {
        for (name, at) in members {
            let path = format!("{prefix}{name}");
            let Some(test) = self.tests.get(at) else { continue };
            let cases = cases.zip(count(test)).map(|(outer, own)| outer * own);
            if !self.fragments[*at].1 {
                found.insert(path, cases);
                continue;
            }
            let (line, is_unittest) = self.line(*at);
            let mut members = BTreeMap::new();
            line.iter().for_each(|class| members.extend(self.members(*class, self.fragments.len())));
            let constructs = members.contains_key("__init__");
            if !in_unittest && (is_unittest || name.starts_with("Test") && !constructs) {
                self.collect(&members, &format!("{path}::"), cases, is_unittest, found);
            }
        }
    }
}

/// The number of cases that the marks of a test make. No case at all is one test that is skipped.
fn count(test: &Value) -> Option<usize> {
    let marks = test["marks"].as_array().unwrap().iter();
    let cases = marks
        .filter(|mark| mark["name"].as_str().unwrap().ends_with("parametrize"))
        .map(|mark| &mark["cases"]);
    cases.map(|cases| cases.as_u64().map(|cases| cases.max(1) as usize)).product()
}

fn indexed(file: &Path) -> Found {
    let mut parse =
        Command::new(binaries().join("dx-parse")).arg(file).stdout(Stdio::piped()).spawn().unwrap();
    let mut index = Command::new(binaries().join("dx-index"));
    let output = index.arg("--emit=json").stdin(parse.stdout.take().unwrap()).output().unwrap();
    assert!(parse.wait().unwrap().success() && output.status.success(), "{}: {output:?}", file.display());
    let artifact: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut sections = artifact["sections"].as_array().unwrap().iter();
    let table = sections.find(|section| section["section"] == "index-table").unwrap();
    Reader::open(&table["body"]).tests()
}

/// The environment that `make test` makes.
fn python() -> PathBuf {
    let places = [binaries().join("test-venv"), binaries().join("../test-venv")];
    let found = places.iter().map(|folder| folder.join("bin/python")).find(|python| python.is_file());
    found.expect("an environment with pytest: `make test` makes it, or scripts/test-venv")
}

const PLUGIN: &str = r#"
import json
broken = []
def pytest_collectreport(report):
    if report.failed:
        broken.append(report.nodeid)
def pytest_collection_finish(session):
    with open("collected", "w") as file:
        json.dump([[item.nodeid for item in session.items], broken], file)
"#;

/// File -> what pytest collects from it; and the files that it cannot import.
fn collected(folder: &Path) -> (BTreeMap<String, Found>, Vec<String>) {
    fs::write(folder.join("conftest.py"), PLUGIN).unwrap();
    let mut command = Command::new(python());
    command.args(["-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-W", "ignore"]);
    let output = command.current_dir(folder).env_remove("PYTEST_ADDOPTS").output().unwrap();
    assert!(
        [0, 2, 5].contains(&output.status.code().unwrap()),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let (ids, broken): (Vec<String>, Vec<String>) =
        serde_json::from_slice(&fs::read(folder.join("collected")).unwrap()).unwrap();
    let mut files = BTreeMap::<String, Found>::new();
    for id in ids {
        let (file, test) = id.split_once("::").unwrap();
        let name = test.split('[').next().unwrap().to_owned();
        let cases = files.entry(file.to_owned()).or_default().entry(name).or_insert(Some(0));
        *cases = cases.map(|count| count + 1);
    }
    (files, broken)
}

/// Whether two agree on a number, where both know it.
fn same_count(ours: Option<usize>, theirs: Option<usize>) -> bool {
    ours.is_none() || ours == theirs
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: rounds(3, 40) as u32, failure_persistence: None, max_shrink_iters: 20, ..ProptestConfig::default()
    })]

    #[test]
    fn detection_of_test_functions(modules in vec(module(), 40)) {
        let folder = tempfile::tempdir().unwrap();
        for (at, module) in modules.iter().enumerate() {
            fs::write(folder.path().join(format!("test_{at}.py")), source(module)).unwrap();
        }
        let (theirs, broken) = collected(folder.path());
        // A class whose base is a fixture of the same name cannot be made.
        prop_assert!(broken.len() < 8, "{broken:?}");
        for (at, module) in modules.iter().enumerate() {
            let file = format!("test_{at}.py");
            if broken.contains(&file) {
                continue;
            }
            let ours = indexed(&folder.path().join(&file));
            let theirs = theirs.get(&file).cloned().unwrap_or_default();
            let is_plain = !module.iter().any(|definition| matches!(definition, Definition::Decided(_)));
            for (name, cases) in &theirs {
                let known = ours.get(name);
                prop_assert!(known.is_some(), "'{name}' is missing\n{}", source(module));
                prop_assert!(!is_plain || same_count(*known.unwrap(), *cases), "'{name}': {known:?}, {cases:?}\n{}", source(module));
            }
            let more: Vec<&String> = ours.keys().filter(|name| !theirs.contains_key(*name)).collect();
            prop_assert!(!is_plain || more.is_empty(), "not collected: {more:?}\n{}", source(module));
        }
    }
}

/// Names that get their value in another way than by a definition are not found: who runs what the index lists has to
/// ask pytest before the result counts.
#[test]
fn assigned_and_imported_tests_are_not_found() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("helpers.py"), "def test_imported(): pass\n").unwrap();
    let text = "from helpers import test_imported\ntest_assigned = lambda: None\ndef test_defined(): pass\n";
    fs::write(folder.path().join("test_it.py"), text).unwrap();
    let theirs = collected(folder.path()).0.remove("test_it.py").unwrap();
    assert_eq!(theirs.keys().collect::<Vec<_>>(), ["test_assigned", "test_defined", "test_imported"]);
    let ours = indexed(&folder.path().join("test_it.py"));
    assert_eq!(ours.keys().collect::<Vec<_>>(), ["test_defined"]);
}
