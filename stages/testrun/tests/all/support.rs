//! Projects for tests of the runner, and what pytest itself says of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use proptest::prelude::ProptestConfig;
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

/// Rounds of a test, or cases of a property: few, or many when `make soak` asks.
pub(crate) fn rounds(few: u32, many: u32) -> u32 {
    if std::env::var_os("DX_SOAK").is_some() { many } else { few }
}

/// The configuration of a property: it leaves no file behind.
pub(crate) fn cases(few: u32, many: u32) -> ProptestConfig {
    ProptestConfig { cases: rounds(few, many), failure_persistence: None, ..ProptestConfig::default() }
}

/// Node id -> its categories, sorted.
pub(crate) type Outcomes = BTreeMap<String, Vec<String>>;

pub(crate) struct Project {
    folder: TempDir,
    /// Sockets and whatever else a run keeps outside the project; in the environment of all that is started here, so
    /// that it marks every process that stems from this project, wherever it went.
    pub(crate) runtime: TempDir,
}

/// How a run of dx-testrun ended.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) outcomes: Outcomes,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The environment with pytest that `make test` makes, or the one that `DX_TEST_PYTHON` names.
pub(crate) fn python() -> PathBuf {
    if let Some(folder) = std::env::var_os("DX_TEST_PYTHON") {
        return Path::new(&folder).join("bin/python");
    }
    let target = Path::new(env!("CARGO_BIN_EXE_dx-testrun")).ancestors().nth(2).unwrap().to_path_buf();
    let candidates = [target.join("test-venv"), target.join("../test-venv")];
    let found = candidates.iter().map(|folder| folder.join("bin/python")).find(|python| python.is_file());
    found.expect("an environment with pytest: `make test` makes it, or scripts/test-venv")
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap(), runtime: tempfile::tempdir().unwrap() };
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
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).stdin(Stdio::null());
        for name in ["CI", "PYTEST_ADDOPTS", "VIRTUAL_ENV", "COLUMNS", "GITHUB_ACTIONS", "DX_PYTHON"] {
            command.env_remove(name);
        }
        // Cargo's names for executables do not survive a shell, and the environment tells ways of calling apart.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().contains(&b'-')) {
            command.env_remove(name);
        }
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("XDG_RUNTIME_DIR", self.runtime.path());
        command
    }

    pub(crate) fn dx(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(Path::new(env!("CARGO_BIN_EXE_dx-testrun")));
        command.arg("--python").arg(python()).args(arguments);
        command.args(["-p", "no:cacheprovider"]);
        command
    }

    /// Where the last run wrote its events: not in the project, where a new file makes what is warm stale.
    pub(crate) fn events_file(&self) -> PathBuf {
        self.runtime.path().join("events.ndjson")
    }

    /// What the last run told.
    pub(crate) fn events(&self) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(self.events_file()).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Runs until the collected session serves.
    pub(crate) fn heat(&self, arguments: &[&str]) -> Ran {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let ran = self.run(arguments);
            if ran.stdout.contains("warm, collected") {
                return ran;
            }
            assert!(Instant::now() < deadline, "never warm:\n{}\n{}", ran.stdout, ran.stderr);
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let events = self.events_file();
        let _ = fs::remove_file(&events);
        let output = self.dx(arguments).arg("--events").arg(&events).output().unwrap();
        self.ran(&output)
    }

    fn ran(&self, output: &Output) -> Ran {
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!stderr.contains("<dx_testrun>"), "of ours: {stderr}");
        let mut outcomes = Outcomes::new();
        for event in self.events() {
            let text = |key: &str| event[key].as_str().unwrap().to_owned();
            match event["event"].as_str() {
                Some("test") => outcomes.entry(text("id")).or_default().push(text("outcome")),
                // This one counts, not what was told before.
                Some("settled") => drop(outcomes.insert(text("id"), vec![text("outcome")])),
                Some("again") => outcomes.clear(),
                _ => {}
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

    /// Outcomes and status of a selection are pytest's.
    pub(crate) fn agrees_with_pytest(&self, own: &[&str], selection: &[&str]) -> Ran {
        let (outcomes, status) = self.pytest(selection);
        let ran = self.run(&[own, selection].concat());
        let said = format!("{selection:?}\n{}\n{}", ran.stdout, ran.stderr);
        assert_eq!((&ran.outcomes, ran.status), (&outcomes, status), "{said}");
        ran
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

    /// Processes that stem from this project and have not ended.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let marker = format!("XDG_RUNTIME_DIR={}", self.runtime.path().display());
        let is_ours = |pid: &u32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == marker.as_bytes())
        };
        let entries = fs::read_dir("/proc").unwrap().flatten();
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_ours).collect()
    }

    /// What those processes are, for people.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let text = |pid: u32| {
            let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let command = String::from_utf8_lossy(&command);
            // Without the program that Python is handed as an argument.
            let short =
                command.split('\0').filter(|argument| argument.len() < 200 && !argument.contains('\n'));
            format!("{pid}: {}", short.collect::<Vec<_>>().join(" "))
        };
        self.processes().into_iter().map(text).collect()
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
