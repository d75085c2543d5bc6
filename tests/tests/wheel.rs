//! The wheel in a fresh environment, as a user without Rust has it.
//!
//! The wheel carries the executables under test (`scripts/wheel --from`), so that nothing is built for it; pytest comes
//! from PyPI. No command sees a path with more than the system's programs.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use dx_tests::script::binaries;

const PYTEST: &str = "pytest==9.2.0";
const PROJECT: &[(&str, &str)] = &[
    ("pytest.ini", "[pytest]\ntestpaths = tests\nfilterwarnings = error\n"),
    (
        "tests/conftest.py",
        "import pytest\n\n@pytest.fixture(params=['one', 'two'])\ndef word(request):\n    return request.param\n",
    ),
    (
        "tests/test_a.py",
        "import os\nimport sys\nimport pytest\n\n\
         def test_pass():\n    pass\n\n\
         def test_fail():\n    left = [1, 2]\n    assert left == [1, 3]\n\n\
         @pytest.mark.parametrize('n', range(3))\ndef test_number(n):\n    assert n < 2\n\n\
         def test_word(word):\n    assert len(word) == 3\n\n\
         def test_environment():\n    assert sys.prefix == os.environ['EXPECTED_PREFIX']\n\n\
         def test_worker(worker_id):\n    assert worker_id == os.environ.get('PYTEST_XDIST_WORKER', 'master')\n",
    ),
    ("tests/test_b.py", "class TestB:\n    def test_in_class(self):\n        pass\n"),
    (
        "slow/test_slow.py",
        "import time\n\ndef test_slow():\n    open('began', 'w').close()\n    time.sleep(100)\n",
    ),
    ("app/main.py", "import helper\n\nprint(helper.twice(21))\n"),
    ("app/helper.py", "def twice(n):\n    return 2 * n\n"),
    ("broken/wrong.py", "def f(:\n"),
];

struct Environment {
    folder: PathBuf,
}

impl Environment {
    fn fresh() -> Environment {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wheel");
        let _ = fs::remove_dir_all(&folder);
        for (name, text) in PROJECT {
            let path = folder.join("project").join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        Environment { folder }
    }

    fn install(&self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/wheel");
        let mut build = Command::new(script);
        build.arg("--from").arg(binaries()).arg("--out").arg(self.folder.join("wheels"));
        let wheel = text(&succeeded(build.output().expect("scripts/wheel starts")).stdout);
        let mut make = Command::new("python3");
        succeeded(make.args(["-m", "venv"]).arg(self.venv()).output().expect("python3 starts"));
        self.pip(wheel.trim());
    }

    fn pip(&self, what: &str) {
        let mut pip = Command::new(self.venv().join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", what]);
        succeeded(pip.output().expect("pip starts"));
    }

    fn venv(&self) -> PathBuf {
        self.folder.join("venv")
    }

    /// Runs a program of the environment in the project.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        self.command(program, arguments).output().expect("a program of the environment starts")
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.venv().join("bin").join(program));
        command.args(arguments).current_dir(self.folder.join("project")).env_clear();
        command.env("PATH", "/usr/bin:/bin").env("HOME", &self.folder).env("EXPECTED_PREFIX", self.venv());
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// The lines of the short summary: outcome and node id.
    fn outcomes(&self, program: &str, arguments: &[&str]) -> (Option<i32>, BTreeSet<String>) {
        let output = self.run(program, arguments);
        let text = text(&output.stdout);
        let lines = text.lines().filter(|line| line.contains("::") && line.starts_with(char::is_uppercase));
        let ids = lines.map(|line| line.split(" - ").next().unwrap_or(line).to_owned()).collect();
        (output.status.code(), ids)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn succeeded(output: Output) -> Output {
    assert!(output.status.success(), "{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr));
    output
}

/// One environment for all, because making it takes most of the time.
#[test]
fn the_wheel_serves_a_machine_without_rust() {
    let environment = Environment::fresh();
    environment.install();
    without_pytest_it_says_so(&environment);
    environment.pip(PYTEST);
    tests_have_pytests_outcomes(&environment);
    builds_and_runs(&environment);
    the_command_lists_what_the_driver_has(&environment);
    the_package_knows_its_executables(&environment);
    the_package_serves_tests(&environment);
    the_extension_agrees(&environment);
    the_command_becomes_the_program(&environment);
    a_link_is_a_tool_of_its_own(&environment);
}

fn without_pytest_it_says_so(environment: &Environment) {
    let output = environment.run("dx", &["test", "--no-warm"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    let python = environment.venv().join("bin/python");
    assert!(text(&output.stderr).contains(&format!("'{}' has no pytest", python.display())), "{output:?}");
}

fn tests_have_pytests_outcomes(environment: &Environment) {
    let expected = environment.outcomes("pytest", &["-rA", "-p", "no:cacheprovider"]);
    assert_eq!(expected.0, Some(1));
    assert_eq!(expected.1.len(), 10, "{expected:?}");
    for workers in ["1", "2"] {
        let line = ["test", "--all", "-rA", "-p", "no:cacheprovider", "-n", workers, "--no-warm"];
        assert_eq!(environment.outcomes("dx", &line), expected, "with {workers} workers");
    }
    // What was recorded meanwhile: only what failed runs again.
    let again = environment.run("dx", &["test", "-rA", "-p", "no:cacheprovider", "--no-warm"]);
    assert!(text(&again.stdout).contains("dx: 2 of 10 ran, 8 cached"), "{again:?}");
    succeeded(environment.run("dx", &["test", "--no-warm", "-k", "test_pass or test_worker"]));
    assert_eq!(
        environment.run("dx", &["test", "--no-warm", "-k", "nothing_has_this"]).status.code(),
        Some(5)
    );
    let missing = environment.run("dx", &["test", "--python", "/nowhere/python"]);
    assert_eq!(missing.status.code(), Some(4));
    assert!(text(&missing.stderr).contains("/nowhere/python"));
}

fn builds_and_runs(environment: &Environment) {
    succeeded(environment.run("dx", &["build", "app"]));
    assert_eq!(text(&succeeded(environment.run("dx", &["run", "app/main.py"])).stdout), "42\n");
    let broken = environment.run("dx", &["build", "broken"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(text(&broken.stderr).contains("wrong.py:1"));
}

fn the_command_lists_what_the_driver_has(environment: &Environment) {
    let own = text(&succeeded(environment.run("dx", &["--help"])).stdout);
    let driver = text(&succeeded(environment.run("dx-pipe", &["--help"])).stdout);
    let commands = driver.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<_> = commands.take_while(|line| !line.is_empty()).collect();
    assert!(commands.len() > 5, "{driver}");
    for line in commands {
        let name = line.split_whitespace().next().unwrap_or_default();
        assert!(name == "help" || own.contains(&format!("\n  {name} ")), "'dx --help' lacks '{name}'");
    }
    assert_eq!(environment.run("dx", &[]).status.code(), Some(2));
    assert_eq!(environment.run("dx", &["tset"]).status.code(), Some(2));
}

fn the_package_knows_its_executables(environment: &Environment) {
    let program = "import dx; print(dx.__version__, dx.bin(), dx.bin('dx-testrun'))";
    let told = text(&succeeded(environment.run("python", &["-c", program])).stdout);
    let bin = environment.venv().join("bin");
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(told, format!("{version} {0}/dx {0}/dx-testrun\n", bin.display()));
    let own = text(&succeeded(environment.run("dx", &["--version"])).stdout);
    assert_eq!(own, format!("dx {version}\n"));
    assert_ne!(environment.run("python", &["-c", "import dx; dx.bin('python')"]).status.code(), Some(0));
}

/// The plugin is there by its entry point, and the package finds dx-testrun.
fn the_package_serves_tests(environment: &Environment) {
    let text = "import dx\n\n@dx.fixture(cache=True)\ndef word():\n    return 'w'\n\n\
                def test_word(word):\n    dx.snapshot(word)\n";
    fs::create_dir_all(environment.folder.join("project/package")).expect("a folder");
    fs::write(environment.folder.join("project/package/test_package.py"), text).expect("a file");
    succeeded(environment.run("pytest", &["-q", "package", "--update-snapshots"]));
    succeeded(environment.run("dx", &["test", "--no-warm", "package"]));
    let program = "import dx; print([test.id for test in dx.testrun.discover('package')], dx.testrun.run('package').ok)";
    let told = self::text(&succeeded(environment.run("python", &["-c", program])).stdout);
    assert_eq!(told, "['package/test_package.py::test_word'] True\n");
    fs::remove_dir_all(environment.folder.join("project/package")).expect("a folder");
}

/// What the extension says is what Python says.
fn the_extension_agrees(environment: &Environment) {
    let program = "
import random, zlib
from dx import _native, blake3, hashing, snapfile, snapindex
assert hashing.blake3 is _native.blake3 and hashing.IS_FAST
for size in [0, 1, 63, 64, 65, 1023, 1024, 1025, 2048, 2049, 7000]:
    data = random.Random(size).randbytes(size)
    assert _native.blake3(data) == blake3.blake3(data), size
values = ['', 'a', 'a\\n', ' b \\r\\n== x == text\\n\\tc\\u2028\\\\n', '\\U0001f600 é\\x1b[1m']
entries = {snapfile.Key('C::test_a[%d #2 ==]' % at, label): snapfile.Entry('text', value)
           for at, value in enumerate(values) for label in ['', '#2', ':a name\\n']}
data = snapfile.dump(entries)
assert snapfile.load(data, 'x') == snapfile.load_here(data, 'x') == entries
assert len(_native.read_snapshots(data)) == len(entries)
index = snapindex.pack(entries, (1, 2, 3, 4, 5))
assert snapindex.parse(index, len(entries)) == snapindex.parse_here(index, len(entries)) == snapindex.unpack(index)
assert len(_native.read_index(index)[1]) == len(entries)
for odd in [b'', b'x', data + b'<<<', data[:-40] + b'\\xff']:
    for call in [_native.read_snapshots, _native.read_index]:
        try: call(odd)
        except ValueError: continue
        raise AssertionError(odd)
# What is more than Unicode is left to Python.
odd = {snapfile.Key('t', ''): snapfile.Entry('text', 'a\\ud800')}
assert snapfile.load(snapfile.dump(odd), 'x') == odd
print('as one')
";
    let told = text(&succeeded(environment.run("python", &["-c", program])).stdout);
    assert_eq!(told, "as one\n");
}

/// The command becomes the program: the process, its signals and its status are the program's own.
fn the_command_becomes_the_program(environment: &Environment) {
    let mut command = environment.command("dx", &["test", "--no-warm", "-n", "1", "slow"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("dx starts");
    let began = environment.folder.join("project/began");
    let start = Instant::now();
    while !began.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "the slow test never began");
        sleep(Duration::from_millis(20));
    }
    let program = fs::read_link(format!("/proc/{}/exe", child.id())).expect("a process");
    assert_eq!(program.file_name().and_then(|name| name.to_str()), Some("dx-testrun"));
    let pid = libc::pid_t::try_from(child.id()).expect("a process id");
    // SAFETY: kill reads no memory of ours; the child was not waited for, so the id is still its own.
    assert_eq!(unsafe { libc::kill(pid, libc::SIGINT) }, 0);
    sleep(Duration::from_millis(500));
    // Once: finish what runs. Twice: stop.
    // SAFETY: as above.
    unsafe { libc::kill(pid, libc::SIGINT) };
    assert_eq!(child.wait().expect("it ends").code(), Some(2));
}

/// A link from elsewhere finds the executables, and not the environment's Python.
fn a_link_is_a_tool_of_its_own(environment: &Environment) {
    let link = environment.folder.join("dx");
    symlink(environment.venv().join("bin/dx"), &link).expect("a link");
    let mut command = environment.command("dx", &["test", "--no-warm", "-k", "test_environment"]);
    let beside = succeeded(command.output().expect("dx starts"));
    assert!(text(&beside.stdout).contains("1 passed"));
    let mut linked = Command::new(&link);
    linked.args(["test", "--python"]).arg(environment.venv()).args(["--no-warm", "-k", "test_environment"]);
    linked.current_dir(environment.folder.join("project")).env("EXPECTED_PREFIX", environment.venv());
    assert!(text(&succeeded(linked.output().expect("the link starts")).stdout).contains("1 passed"));
}
