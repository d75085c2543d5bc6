//! Projects for tests of the runner, and what pytest itself says of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Writes pytest's categories by node id, as JSON lines.
const TRUTH: &str = r#"
import json, os, pytest

class Truth:
    def __init__(self, config):
        self.config = config

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report):
        category = self.config.hook.pytest_report_teststatus(report=report, config=self.config)[0]
        if category:
            with open(os.environ["TRUTH"], "a") as file:
                file.write(json.dumps([report.nodeid, category]) + "\n")

def pytest_configure(config):
    config.pluginmanager.register(Truth(config), "truth")
"#;

/// Node id -> its categories, sorted.
pub(crate) type Outcomes = BTreeMap<String, Vec<String>>;

pub(crate) struct Project {
    folder: TempDir,
}

/// How a run of dx-testrun ended.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) outcomes: Outcomes,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The environment with pytest that `make test` makes.
pub(crate) fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_dx-testrun")).ancestors().nth(2).unwrap().to_path_buf();
    let candidates = [target.join("test-venv"), target.join("../test-venv")];
    let found = candidates.iter().map(|folder| folder.join("bin/python")).find(|python| python.is_file());
    found.expect("an environment with pytest: `make test` makes it, or scripts/test-venv")
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap() };
        project.write("dx.toml", "");
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    pub(crate) fn path(&self) -> PathBuf {
        fs::canonicalize(self.folder.path()).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A command in the project's folder, without what the caller's environment says about pytest.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).stdin(Stdio::null());
        for name in ["CI", "PYTEST_ADDOPTS", "VIRTUAL_ENV", "COLUMNS", "GITHUB_ACTIONS", "DX_PYTHON"] {
            command.env_remove(name);
        }
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    pub(crate) fn dx(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(Path::new(env!("CARGO_BIN_EXE_dx-testrun")));
        command.arg("--python").arg(python()).args(arguments);
        command.args(["-p", "no:cacheprovider"]);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let events = self.path().join("events.ndjson");
        let output = self.dx(arguments).arg("--events").arg(&events).output().unwrap();
        ran(&output, &events)
    }

    /// What pytest says: its outcomes and its status.
    pub(crate) fn pytest(&self, arguments: &[&str]) -> (Outcomes, i32) {
        let helper = tempfile::tempdir().unwrap();
        fs::write(helper.path().join("truth_plugin.py"), TRUTH).unwrap();
        let truth = helper.path().join("truth");
        let mut command = self.command(&python().with_file_name("pytest"));
        command.args(["-p", "truth_plugin", "-p", "no:cacheprovider"]).args(arguments);
        command.env("PYTHONPATH", helper.path()).env("TRUTH", &truth);
        let output = command.output().unwrap();
        let mut outcomes = Outcomes::new();
        for line in fs::read_to_string(&truth).unwrap_or_default().lines() {
            let (id, category): (String, String) = serde_json::from_str(line).unwrap();
            outcomes.entry(id).or_default().push(category);
        }
        outcomes.values_mut().for_each(|categories| categories.sort());
        (outcomes, output.status.code().unwrap())
    }

    /// The ids that pytest collects.
    pub(crate) fn collected(&self) -> Vec<String> {
        let mut command = self.command(&python().with_file_name("pytest"));
        let output = command.args(["--co", "-q", "-p", "no:cacheprovider"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().take_while(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// Processes that still run in this project's folder.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let folder = self.path();
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            if fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&folder)) {
                let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
                if !stat.contains(") Z ") {
                    found.push(String::from_utf8_lossy(&command).replace('\0', " "));
                }
            }
        }
        found
    }

    pub(crate) fn expect_no_leftovers(&self) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.leftovers().is_empty() {
            assert!(Instant::now() < deadline, "still running: {:#?}", self.leftovers());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Project {
    /// Nothing stays warm after a test.
    fn drop(&mut self) {
        let _ = self.dx(&["--stop"]).output();
    }
}

fn ran(output: &Output, events: &Path) -> Ran {
    let mut outcomes = Outcomes::new();
    for line in fs::read_to_string(events).unwrap_or_default().lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        if event["event"] == "test" {
            let text = |key: &str| event[key].as_str().unwrap().to_owned();
            outcomes.entry(text("id")).or_default().push(text("outcome"));
        }
    }
    outcomes.values_mut().for_each(|categories| categories.sort());
    Ran {
        status: output.status.code().unwrap_or(-1),
        outcomes,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
