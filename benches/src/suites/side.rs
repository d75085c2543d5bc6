//! The runners that are compared, each as the command a user would type.

use std::path::Path;
use std::process::Command;

use super::place::{Place, data};

/// One way to run a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The console script `pytest`.
    Pytest,
    /// pytest-xdist with this many workers.
    Xdist(usize),
    /// `dx-testrun --no-warm`, with `-n` or the default number of workers.
    Cold(Option<usize>),
    /// `dx-testrun --warm`.
    Warm(Option<usize>),
}

impl Side {
    pub fn is_dx(self) -> bool {
        matches!(self, Side::Cold(_) | Side::Warm(_))
    }

    pub fn name(self) -> String {
        let workers = |n: Option<usize>| n.map_or(String::new(), |n| format!(" -n{n}"));
        match self {
            Side::Pytest => "pytest".to_owned(),
            Side::Xdist(n) => format!("pytest -n{n}"),
            Side::Cold(n) => format!("dx cold{}", workers(n)),
            Side::Warm(n) => format!("dx warm{}", workers(n)),
        }
    }

    /// Runs all of the suite, or only `tests`.
    pub fn command(self, place: &Place, dx: &Path, tests: Option<&str>) -> Command {
        self.recorded(place, dx, tests, None)
    }

    /// The same, writing outcomes as JSON lines into `record`.
    pub fn recorded(self, place: &Place, dx: &Path, tests: Option<&str>, record: Option<&Path>) -> Command {
        let mut command =
            place.command(&if self.is_dx() { dx.to_owned() } else { place.bin().join("pytest") });
        match self {
            Side::Pytest => {}
            Side::Xdist(n) => drop(command.args(["-n", &n.to_string()])),
            Side::Cold(n) | Side::Warm(n) => {
                command.arg(if matches!(self, Side::Cold(_)) { "--no-warm" } else { "--warm" });
                if let Some(n) = n {
                    command.args(["-n", &n.to_string()]);
                }
                command.arg("--python").arg(place.python());
            }
        }
        match record {
            Some(record) if self.is_dx() => drop(command.arg("--events").arg(record)),
            Some(record) => {
                command
                    .args(["-p", "dx_bench_truth"])
                    .env("PYTHONPATH", data())
                    .env("DX_BENCH_TRUTH", record);
            }
            None => {}
        }
        command.args(place.suite.options);
        match tests {
            Some(tests) => command.arg(tests),
            None => command.args(place.suite.paths),
        };
        command
    }
}

/// What is warm of a suite.
pub fn warm_status(place: &Place, dx: &Path) -> Command {
    let mut command = place.command(dx);
    command.arg("--status").arg("--python").arg(place.python());
    command
}

/// Ends the warm parent of a suite.
pub fn stop_warm(place: &Place, dx: &Path) -> Command {
    let mut command = place.command(dx);
    command.arg("--stop").arg("--python").arg(place.python());
    command
}
