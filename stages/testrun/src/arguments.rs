//! The command line: the runner's own options, taken out of a pytest command line.
//!
//! One clap definition gives parsing, help and man page; what it does not know is pytest's, in the order given.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, CommandFactory, Parser, ValueEnum};
use serde::Serialize;

/// run pytest suites unchanged and faster
#[derive(Clone, Debug, Parser)]
#[command(name = "dx-testrun", version, after_help = AFTER_HELP, override_usage = "dx-testrun [OPTIONS] [PYTEST OPTIONS] [FILE|FOLDER|NODEID]...")]
pub(crate) struct Arguments {
    /// workers: a number or `auto` (the cores)
    #[arg(short = 'n', long = "numprocesses", value_name = "N")]
    pub(crate) workers: Option<String>,
    /// what may not be separated: load, loadscope, loadfile, loadgroup, worksteal
    #[arg(long, value_name = "MODE")]
    pub(crate) dist: Option<String>,
    /// the interpreter, or the folder of a virtual environment
    #[arg(long, value_name = "PATH", env = "DX_PYTHON")]
    pub(crate) python: Option<PathBuf>,
    /// collect the session as a whole before anything runs, as pytest does
    #[arg(long)]
    pub(crate) whole: bool,
    /// keep a warm pytest for the next run
    #[arg(long, conflicts_with = "no_warm")]
    pub(crate) warm: bool,
    /// how long a warm pytest waits for another run, 15m if nothing else is said
    #[arg(long, value_name = "TIME")]
    pub(crate) idle: Option<String>,
    /// what a warm pytest may take, 2G if nothing else is said
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory: Option<String>,
    /// import this module in a warm pytest before it is configured
    #[arg(long, value_name = "MODULE")]
    pub(crate) preload: Vec<String>,
    /// start pytest anew and keep nothing
    #[arg(long)]
    pub(crate) no_warm: bool,
    /// say what is kept warm
    #[arg(long)]
    pub(crate) status: bool,
    /// end what is kept warm
    #[arg(long)]
    pub(crate) stop: bool,
    /// print the ids of the tests; from the index of the last run where it is still valid
    #[arg(long)]
    pub(crate) list: bool,
    /// how --list prints: text, json
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
    /// nothing warm, nothing live, plain output
    #[arg(long)]
    pub(crate) ci: bool,
    /// seconds that one test may take
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<f64>,
    /// seconds that the whole run may take
    #[arg(long, value_name = "SECONDS")]
    pub(crate) run_timeout: Option<f64>,
    /// each test in a process of its own
    #[arg(long)]
    pub(crate) isolate: bool,
    /// try failed tests again, in a fresh process, this often
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) retries: u32,
    /// run one share of the tests: hash:1/3, or time:1/3 by the times of earlier runs without shares
    #[arg(long, value_name = "HOW:K/N")]
    pub(crate) partition: Option<String>,
    /// run the tests in random order
    #[arg(long, value_name = "SEED", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) shuffle: Option<String>,
    /// write one JSON object a line for every test
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,
    /// write JUnit XML, as pytest's --junitxml
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// write a report of the run: `html`, one page, to dx-report.html or the file named
    #[arg(long = "report", value_name = "KIND[=FILE]")]
    pub(crate) reports: Vec<String>,
    /// do not look for what tests leave behind: folder, environment, threads, processes, imports
    #[arg(long)]
    pub(crate) no_leaks: bool,
    /// which way tests take: plain ones a short one with the same result, or all of them pytest's
    #[arg(long, value_name = "LANE", default_value = "auto")]
    pub(crate) lane: Lane,
    /// run every test both ways, and fail where the two disagree
    #[arg(long, conflicts_with_all = ["lane", "events", "watch", "list", "why", "status", "stop"])]
    pub(crate) verify_lanes: bool,
    /// run only tests that what changed since their last run can affect
    #[arg(long, conflicts_with_all = ["all", "audit"])]
    pub(crate) affected: bool,
    /// as --affected, and also what changed since this git revision can affect
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["all", "audit"])]
    pub(crate) since: Option<String>,
    /// take over what another run of the same project recorded for --affected, and do nothing else
    #[arg(long = "merge-record", value_name = "FILE")]
    pub(crate) merge_records: Vec<PathBuf>,
    /// run every test, whatever changed
    #[arg(long)]
    pub(crate) all: bool,
    /// run every test, and fail if one that --affected leaves out has another outcome than before
    #[arg(long)]
    pub(crate) audit: bool,
    /// run what is affected, then again after every change of a file, until `q`
    #[arg(long, conflicts_with_all = ["ci", "audit", "list", "why", "partition", "status", "stop"])]
    pub(crate) watch: bool,
    /// say why --affected runs a test, or why not
    #[arg(long, value_name = "NODEID")]
    pub(crate) why: Option<String>,
    /// the outline of the sources, which dx-pipe writes
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) outline: Option<PathBuf>,
    /// the outline of sources as they were at the revision of --since
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) since_outline: Option<PathBuf>,
    /// the program that writes the outline anew when it is called with `outline`, and prints where it lies
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) driver: Option<PathBuf>,
    /// print the man page
    #[arg(long)]
    pub(crate) man: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
}

/// The way of tests to which pytest's machinery adds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Lane {
    #[default]
    Auto,
    Pytest,
}

const AFTER_HELP: &str = "\
Everything else is pytest's: node ids, -k, -m, -x, --lf, --deselect, --cov, plugins' options.

Examples:
  dx-testrun                        every test, on all cores
  dx-testrun tests/test_a.py -x     one file, up to the first failure
  dx-testrun -n 1 --timeout 60 -k parse
  dx-testrun --watch                after every save the tests that it affects
  dx-testrun --list --format json
  dx-testrun --report html=out/tests.html
  dx-testrun --since origin/main    what a branch can affect

Under --watch, keys: a runs all tests, f those that failed, p takes a pattern for -k, Enter runs
what is affected, q quits. Without a terminal, lines of standard input are read instead: 'a', 'f',
'p PATTERN', 'r', 'q'; its end does not end the watch. The status is that of the last run.

Exit status (pytest's):
    0  every test passed
    1  a test failed
    2  interrupted, or a file could not be collected
    3  internal error
    4  wrong usage
    5  no test was collected
";

impl Arguments {
    /// Splits a command line; the rest is pytest's.
    pub(crate) fn split(line: Vec<OsString>) -> Result<(Arguments, Vec<String>), clap::Error> {
        let command = Arguments::command();
        let (mut own, mut rest) = (Vec::new(), Vec::new());
        let mut line = line.into_iter().peekable();
        own.extend(line.next());
        while let Some(token) = line.next() {
            let text = token.to_string_lossy().into_owned();
            if text == "--" {
                rest.push(text);
                rest.extend(line.map(|token| token.to_string_lossy().into_owned()));
                break;
            }
            if matches!(text.as_str(), "--help" | "-h" | "--version" | "-V") {
                own.push(token);
                continue;
            }
            let Some(arg) = command.get_arguments().find(|arg| is(arg, &text)) else {
                rest.push(text);
                continue;
            };
            let valued = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
            let attached = text.contains('=') || (text.starts_with("-n") && text.len() > 2);
            own.push(token);
            if valued && !attached && !arg.is_require_equals_set() {
                own.extend(line.next());
            }
        }
        Ok((Arguments::try_parse_from(own)?, rest))
    }

    pub(crate) fn man() -> Vec<u8> {
        let mut page = Vec::new();
        // Writing to memory does not fail.
        let _ = clap_mangen::Man::new(Arguments::command()).render(&mut page);
        page
    }
}

fn is(arg: &Arg, token: &str) -> bool {
    if let Some(long) = token.strip_prefix("--") {
        let name = long.split('=').next().unwrap_or(long);
        return arg.get_long() == Some(name);
    }
    let short = |short: char| {
        token.strip_prefix('-').and_then(|rest| rest.strip_prefix(short)).is_some_and(|value| {
            value.is_empty()
                || value.starts_with('=')
                || value.starts_with(|c: char| c.is_ascii_digit())
                || value == "auto"
        })
    };
    arg.get_short().is_some_and(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> (Arguments, Vec<String>) {
        let tokens = std::iter::once("dx-testrun").chain(line.split_whitespace());
        Arguments::split(tokens.map(OsString::from).collect()).unwrap()
    }

    #[test]
    fn own_options_are_taken_out_and_the_rest_keeps_its_order() {
        let (own, rest) =
            split("-x -n 3 tests/a.py::t[1] -k foo --timeout=5 --cov=pkg -p no:randomly --events e");
        assert_eq!(own.workers.as_deref(), Some("3"));
        assert_eq!(own.timeout, Some(5.0));
        assert_eq!(own.events, Some(PathBuf::from("e")));
        assert_eq!(rest, ["-x", "tests/a.py::t[1]", "-k", "foo", "--cov=pkg", "-p", "no:randomly"]);
    }

    #[test]
    fn short_forms() {
        assert_eq!(split("-n2").0.workers.as_deref(), Some("2"));
        assert_eq!(split("-nauto").0.workers.as_deref(), Some("auto"));
        assert_eq!(split("--shuffle tests").1, ["tests"]);
        assert_eq!(split("--shuffle=7").0.shuffle.as_deref(), Some("7"));
        assert_eq!(split("-- -n 4").1, ["--", "-n", "4"]);
        assert_eq!(split("--no-header").1, ["--no-header"]);
    }
}
