//! Affected tests are never missed: random edits of a generated project, each followed by a run of what is affected or by
//! an audit, which runs everything and looks whether what was left out would have passed as before.
//!
//! `DX_SOAK=1` makes 3,000 edits of a project of 200 modules, `DX_SEED` repeats a run.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use dx_tests::script::binaries;
use dx_tests::suite::{python, text};

const MODULES: usize = 12;
const EDITS: usize = 100;
const MODULES_SOAK: usize = 200;
const EDITS_SOAK: usize = 3000;
/// Modules that import each other in a row; Python cannot import much longer ones.
const ROW: usize = 12;
const FUNCTIONS: usize = 5;

fn soaks() -> bool {
    std::env::var_os("DX_SOAK").is_some()
}

/// xorshift64*: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// What an edit can change; the texts of files follow from it.
#[derive(Clone)]
struct Project {
    /// Added by each function to what it calls.
    bodies: Vec<[i64; FUNCTIONS]>,
    /// A constant of each module, its class's attribute, and a default value.
    constants: Vec<i64>,
    attributes: Vec<i64>,
    defaults: Vec<i64>,
    /// Functions that call the next module's, or do not.
    calls: Vec<[bool; FUNCTIONS]>,
    /// Overrides that a class has or has not.
    overrides: Vec<bool>,
    data: Vec<i64>,
    fixture: i64,
    parameters: i64,
    comments: Vec<usize>,
}

impl Project {
    fn new(modules: usize) -> Project {
        Project {
            bodies: vec![[1; FUNCTIONS]; modules],
            constants: vec![1; modules],
            attributes: vec![1; modules],
            defaults: vec![1; modules],
            calls: vec![[true; FUNCTIONS]; modules],
            overrides: vec![false; modules],
            data: vec![1; modules],
            fixture: 1,
            parameters: 1,
            comments: vec![0; modules],
        }
    }

    fn modules(&self) -> usize {
        self.bodies.len()
    }

    /// How many modules come after this one in its row.
    fn after(&self, at: usize) -> usize {
        (ROW - 1 - at % ROW).min(self.modules() - 1 - at)
    }

    /// Changes something, or puts it back as it was at first: then what failed passes again.
    fn edit(&mut self, random: &mut Random) -> String {
        let at = random.below(self.modules());
        let value = 1 + random.below(2) as i64;
        match random.below(10) {
            0..=2 => {
                let function = random.below(FUNCTIONS);
                self.bodies[at][function] = value;
                format!("body of m{at}.f{function} = {value}")
            }
            3 => {
                self.constants[at] = value;
                format!("constant of m{at} = {value}")
            }
            4 => {
                self.attributes[at] = value;
                format!("attribute of m{at}.C = {value}")
            }
            5 => {
                self.defaults[at] = value;
                format!("default of m{at}.f0 = {value}")
            }
            6 => {
                let function = random.below(FUNCTIONS);
                self.calls[at][function] = value == 1;
                format!("call in m{at}.f{function}: {}", value == 1)
            }
            7 => {
                self.overrides[at] = value == 2;
                self.data[at] = 1 + random.below(2) as i64;
                format!("override in m{at}: {}, data = {}", value == 2, self.data[at])
            }
            8 => {
                self.fixture = value;
                self.parameters = 1 + random.below(3) as i64;
                format!("fixture = {value}, parameters = {}", self.parameters)
            }
            _ => {
                self.comments[at] += 1;
                format!("a comment in m{at}")
            }
        }
    }

    fn module(&self, at: usize) -> String {
        let next = (self.after(at) > 0).then_some(at + 1);
        let mut text = "# note\n".repeat(self.comments[at] % 4);
        if let Some(next) = next {
            text += &format!("from pkg import m{next}\n");
        }
        text += &format!("import pathlib\nK = {}\n", self.constants[at]);
        for function in 0..FUNCTIONS {
            let parameters =
                if function == 0 { format!("x={}", self.defaults[at]) } else { "x=1".to_owned() };
            let called = next.filter(|_| self.calls[at][function] && function % 2 == 0);
            let rest = called.map_or("x".to_owned(), |next| format!("m{next}.f{function}(x)"));
            text += &format!(
                "def f{function}({parameters}):\n    return {rest} + {}\n",
                self.bodies[at][function]
            );
        }
        text += &format!(
            "class B:\n    def get(self):\n        return 1\nclass C(B):\n    a = {}\n    def total(self):\n        return self.a + K + self.get()\n",
            self.attributes[at]
        );
        if self.overrides[at] {
            text += "    def get(self):\n        return 2\n";
        }
        text + "def data():\n    return int(pathlib.Path(__file__).with_suffix('.txt').read_text())\n"
    }

    fn tests(&self, at: usize) -> String {
        let mut text = format!("import pytest\nfrom pkg import m{at}\n");
        for function in 0..FUNCTIONS {
            // How often it calls on: as in the project that was not edited yet.
            let depth = if function % 2 == 0 { self.after(at) + 1 } else { 1 };
            text += &format!("def test_f{function}():\n    assert m{at}.f{function}() == {}\n", 1 + depth);
        }
        text += &format!("def test_class():\n    assert m{at}.C().total() == 3\n");
        text += &format!("def test_data():\n    assert m{at}.data() == 1\n");
        if at == 0 {
            text += "def test_shared(shared):\n    assert shared == 2\n";
            text += &format!("@pytest.mark.parametrize('n', range(1, {}))\n", 1 + self.parameters);
            text += "def test_n(n):\n    assert n < 3\n";
        }
        text
    }

    fn write(&self, root: &Path) {
        let put = |name: &str, text: &str| {
            let path = root.join(name);
            if fs::read_to_string(&path).ok().as_deref() != Some(text) {
                fs::write(path, text).unwrap();
            }
        };
        put("pkg/__init__.py", "");
        put("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n");
        put(
            "tests/conftest.py",
            &format!(
                "import pytest\n@pytest.fixture(scope='module')\ndef shared():\n    from pkg import m3\n    return m3.f1({})\n",
                self.fixture
            ),
        );
        for at in 0..self.modules() {
            put(&format!("pkg/m{at}.py"), &self.module(at));
            put(&format!("pkg/m{at}.txt"), &format!("{}\n", self.data[at]));
            put(&format!("tests/test_m{at}.py"), &self.tests(at));
        }
    }
}

fn run(root: &Path, cache: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(binaries().join("dx-pipe"));
    command.arg("test").args(["--no-warm", "-q", "-n", "1", "-p", "no:cacheprovider"]).args(words);
    command.current_dir(root).env("DX_CACHE", cache).env("DX_PYTHON", python()).env_remove("CI");
    command.output().unwrap()
}

#[test]
fn affected_tests_are_never_missed() {
    let folder = tempfile::tempdir().unwrap();
    let (root, cache) = (folder.path().join("project"), folder.path().join("cache"));
    fs::create_dir_all(root.join("pkg")).unwrap();
    fs::create_dir_all(root.join("tests")).unwrap();
    let seed = std::env::var("DX_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64 | 1
    });
    eprintln!("DX_SEED={seed}");
    let mut random = Random(seed);
    let (edits, modules) = if soaks() { (EDITS_SOAK, MODULES_SOAK) } else { (EDITS, MODULES) };
    let mut project = Project::new(modules);
    project.write(&root);
    let first = run(&root, &cache, &["--affected"]);
    assert!(first.status.success(), "{}", text(&first));
    let mut history = Vec::new();
    let mut ran = 0;
    for number in 0..edits {
        history.push(project.edit(&mut random));
        project.write(&root);
        let audit = number % 4 == 3 || number + 1 == edits;
        // A run of some tests, or one that stops early, must take no reason from the others.
        let file = format!("tests/test_m{}.py", random.below(modules));
        let words = match number % 8 {
            _ if audit => vec!["--audit"],
            1 => vec!["--affected", file.as_str()],
            5 => vec!["--affected", "-x"],
            _ => vec!["--affected"],
        };
        let output = run(&root, &cache, &words);
        let text = text(&output);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{words:?} {history:?}\n{text}");
        let last = &history[history.len().saturating_sub(8)..];
        assert!(!text.contains("left out, and its outcome"), "DX_SEED={seed}: {last:?}\n{text}");
        if !audit {
            let count = text
                .lines()
                .find_map(|line| line.strip_prefix("dx: ")?.split(' ').next()?.parse::<u64>().ok());
            ran += count.unwrap_or_else(|| panic!("{text}"));
        }
    }
    let all = edits as u64 * 3 / 4 * (modules * (FUNCTIONS + 2)) as u64;
    eprintln!("{ran} tests ran where all would have been {all}");
    assert!(ran < all / 2, "selection chose {ran} of {all}");
}

/// A project as it is at first: the folder that holds all, its root, its cache.
fn written() -> (tempfile::TempDir, PathBuf, PathBuf, Project) {
    let folder = tempfile::tempdir().unwrap();
    let (root, cache) = (folder.path().join("project"), folder.path().join("cache"));
    fs::create_dir_all(root.join("pkg")).unwrap();
    fs::create_dir_all(root.join("tests")).unwrap();
    let project = Project::new(MODULES);
    project.write(&root);
    (folder, root, cache, project)
}

#[test]
fn one_function_runs_its_tests_and_is_named() {
    let (_folder, root, cache, mut project) = written();
    assert!(run(&root, &cache, &["--affected"]).status.success());
    let nothing = text(&run(&root, &cache, &["--affected"]));
    assert!(nothing.starts_with("dx: 0 of "), "no Python starts: {nothing}");
    project.bodies[5][1] = 2;
    project.comments[4] += 1;
    project.write(&root);
    let id = "tests/test_m5.py::test_f1";
    let why = text(&run(&root, &cache, &["--why", id]));
    assert!(why.contains("'f1' in 'pkg/m5.py' changed"), "{why}");
    let why = text(&run(&root, &cache, &["--why", "tests/test_m5.py::test_f0"]));
    assert!(why.contains("is cached"), "{why}");
    let ran = run(&root, &cache, &["--affected"]);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran));
    assert!(text(&ran).contains("dx: 1 of ") && text(&ran).contains(id), "{}", text(&ran));
    // A run of other tests records the module anew, and takes no reason from those that did not run.
    project.constants[3] = 2;
    project.write(&root);
    run(&root, &cache, &["--affected", "tests/test_m0.py"]);
    let why = text(&run(&root, &cache, &["--why", "tests/test_m3.py::test_class"]));
    assert!(why.contains(" runs: "), "{why}");
    let ran = text(&run(&root, &cache, &["--affected"]));
    assert!(ran.contains("FAILED tests/test_m3.py::test_class"), "{ran}");
}

#[test]
fn a_watch_asks_for_the_outline_anew() {
    let (_folder, root, cache, mut project) = written();
    let mut command = Command::new(binaries().join("dx-pipe"));
    command.args(["test", "--watch", "--no-warm", "-q", "-n", "1", "-p", "no:cacheprovider"]);
    command.current_dir(&root).env("DX_CACHE", &cache).env("DX_PYTHON", python()).env_remove("CI");
    let mut watch = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut next = |start: &str| {
        let mut said = Vec::new();
        for line in lines.by_ref() {
            said.push(line);
            if said.last().is_some_and(|line| line.starts_with(start)) {
                return said;
            }
        }
        panic!("it never says '{start}': {said:#?}")
    };
    next("watching ");
    for (value, outcome) in [(2, "1 failed"), (1, "1 passed")] {
        // One function of five, and a comment elsewhere.
        project.bodies[5][1] = value;
        project.comments[4] += 1;
        project.write(&root);
        // The two files may be seen one after the other.
        let said = loop {
            let said = next("watching ");
            if said.iter().any(|line| line.starts_with(outcome)) {
                break said;
            }
        };
        assert!(said.iter().any(|line| line.starts_with("dx: 1 of ")), "{said:#?}");
    }
    watch.stdin.take().unwrap().write_all(b"q\n").unwrap();
    assert_eq!(watch.wait().unwrap().code(), Some(0));
}
