//! The Python package `dx` under pytest and under dx-testrun, and a Python that answers questions about it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use serde_json::{Value, json};

use super::support::{Project, python};

/// Where the package is.
fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipeline/launcher/python").canonicalize().unwrap()
}

fn with_package(project: &Project, command: &mut Command) {
    // Everything that is the user's own, such as the secret, lies with the project.
    command.env("PYTHONPATH", package()).env("XDG_STATE_HOME", project.runtime.path().join("state"));
    command.env_remove("DX_FIXTURE_KEY").env_remove("DX_CI");
}

/// pytest alone, with the package's plugin.
pub(crate) fn pytest(project: &Project, arguments: &[&str]) -> Command {
    let mut command = project.command(&python());
    command.args(["-m", "pytest", "-p", "no:cacheprovider", "-p", "dx.pytest_plugin"]).args(arguments);
    with_package(project, &mut command);
    command
}

/// dx-testrun, with the package's plugin.
pub(crate) fn dx(project: &Project, arguments: &[&str]) -> Command {
    let mut command = project.dx(&[&["--no-warm", "-n", "2", "-p", "dx.pytest_plugin"], arguments].concat());
    with_package(project, &mut command);
    command
}

/// Both ways to run tests.
pub(crate) const WAYS: [fn(&Project, &[&str]) -> Command; 2] = [pytest, dx];

/// Status and text of what a command says.
pub(crate) fn said(command: &mut Command) -> (i32, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    (status.code().unwrap_or(-1), text)
}

/// A command passes; what it said.
pub(crate) fn passes(command: &mut Command) -> String {
    let (status, text) = said(command);
    assert_eq!(status, 0, "{command:?}\n{text}");
    text
}

/// One Python that answers many questions.
pub(crate) struct Oracle {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _state: tempfile::TempDir,
}

impl Oracle {
    pub(crate) fn start() -> Oracle {
        let state = tempfile::tempdir().unwrap();
        let mut command = Command::new(python());
        command.args(["-c", include_str!("oracle.py")]).env("PYTHONPATH", package());
        command.env("XDG_STATE_HOME", state.path()).env_remove("DX_FIXTURE_KEY");
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Oracle { child, input, output, _state: state }
    }

    /// What a function of `oracle.py` returns; it ends with a traceback on stderr where it does not hold.
    pub(crate) fn ask(&mut self, name: &str, arguments: &Value) -> Value {
        writeln!(self.input, "{}", json!([name, arguments])).unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "Python has no answer to {name}{arguments}");
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
