//! One `dx-bench suites`: every chosen suite is prepared, run for its truth, compared and timed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::compare::{Difference, Verdict, differences};
use super::leftovers::leftovers;
use super::outcomes::{Finished, run};
use super::place::Place;
use super::postgres::Server;
use super::prepare::prepare;
use super::report::{self, Row};
use super::side::{Side, stop_warm};
use super::times::{Timed, measure};
use super::{Service, Suite};

/// What the command line asked for.
#[derive(Debug)]
pub struct Session {
    pub root: PathBuf,
    pub python: PathBuf,
    /// The `dx-testrun` executable; without one only pytest's own runners are compared.
    pub dx: Option<PathBuf>,
    /// Worker counts, instead of those of the suite's group.
    pub workers: Option<Vec<usize>>,
    /// Runs per worker count whose outcomes must be equal.
    pub rounds: usize,
    /// Timed runs of each side; 0 to leave times out.
    pub timed: usize,
}

impl Session {
    /// Runs the suites and prints the tables. False when dx differs from pytest anywhere.
    pub fn run(&self, suites: &[&'static Suite]) -> io::Result<bool> {
        let mut rows = Vec::new();
        let mut broken = false;
        for suite in suites {
            match self.run_suite(suite) {
                Ok(row) => {
                    report::print_findings(&row);
                    if suites.len() > 1 {
                        // Who stops it before the last suite has these.
                        report::print_tables(std::slice::from_ref(&row));
                    }
                    rows.push(row);
                }
                Err(error) => {
                    broken = true;
                    println!("{}: {error}", suite.name);
                }
            }
        }
        report::print_tables(&rows);
        Ok(!broken && rows.iter().all(|row| row.verdicts.iter().all(Verdict::is_equal)))
    }

    fn run_suite(&self, suite: &'static Suite) -> io::Result<Row> {
        let _alone = lock(&self.root, suite)?;
        let mut place = prepare(suite, &self.root, &self.python)?;
        let server = match suite.service {
            Service::None => None,
            Service::Postgres => Some(Server::start(&place.folder.join("postgres"))?),
        };
        place.services = server.iter().flat_map(Server::environment).collect();
        let row = self.compare(&place);
        drop(server);
        row
    }

    fn compare(&self, place: &Place) -> io::Result<Row> {
        let truth = self.outcomes(place, Side::Pytest, "truth")?;
        if truth.outcomes.is_empty() {
            let log = place.run_file("truth.log");
            return Err(io::Error::other(format!(
                "pytest ran no test (exit {:?}), see {}",
                truth.exit,
                log.display()
            )));
        }
        let again = self.outcomes(place, Side::Pytest, "truth-again")?;
        let xdist = self.outcomes(place, Side::Xdist(2), "xdist")?;
        let unstable = differences(&truth.outcomes, &again.outcomes);
        let peer = Verdict::of(Side::Xdist(2).name(), &truth, &xdist);
        let mut verdicts = Vec::new();
        if self.dx.is_some() {
            let workers = self.workers.as_deref().unwrap_or(place.suite.group.workers());
            for (n, round) in workers.iter().flat_map(|n| (1..=self.rounds).map(move |round| (*n, round))) {
                let side = Side::Cold(Some(n));
                let mut verdict = self.verdict(place, side, &truth, &format!("dx-n{n}-{round}"))?;
                verdict.side = format!("{} round {round}", side.name());
                verdicts.push(verdict);
            }
        }
        let (whole, one) =
            if self.timed == 0 { (Vec::new(), Vec::new()) } else { self.times(place, &truth)? };
        Ok(Row { suite: place.suite, truth, unstable, peer, verdicts, whole, one })
    }

    fn verdict(&self, place: &Place, side: Side, truth: &Finished, name: &str) -> io::Result<Verdict> {
        let finished = self.outcomes(place, side, name)?;
        let mut verdict = Verdict::of(side.name(), truth, &finished);
        verdict.problems.extend(leftovers(place).into_iter().map(|line| format!("left behind: {line}")));
        Ok(verdict)
    }

    fn outcomes(&self, place: &Place, side: Side, name: &str) -> io::Result<Finished> {
        let record = place.run_file(&format!("{name}.jsonl"));
        let command = side.recorded(place, self.dx(), None, Some(&record));
        run(command, &record, &place.run_file(&format!("{name}.log")))
    }

    fn dx(&self) -> &Path {
        self.dx.as_deref().unwrap_or(Path::new("dx-testrun"))
    }

    /// All of the suite with two workers, then one test by its node id.
    fn times(&self, place: &Place, truth: &Finished) -> io::Result<(Vec<Timed>, Vec<Timed>)> {
        let mut whole = vec![Side::Pytest, Side::Xdist(2)];
        let mut one = vec![Side::Pytest];
        if self.dx.is_some() {
            whole.push(Side::Cold(Some(2)));
            one.extend([Side::Cold(None), Side::Warm(None)]);
        }
        let whole = measure(place, self.dx(), &whole, None, self.timed)?;
        let one = match middle_passed(truth) {
            Some(id) => measure(place, self.dx(), &one, Some(id), self.timed * 2 + 1)?,
            None => Vec::new(),
        };
        if self.dx.is_some() {
            let _ = stop_warm(place, self.dx()).output();
        }
        Ok((whole, one))
    }
}

/// Waits until no other benchmark uses the suite's folder; holds it while the file lives.
fn lock(root: &Path, suite: &Suite) -> io::Result<File> {
    fs::create_dir_all(root)?;
    let file = File::create(root.join(format!("{}.lock", suite.name)))?;
    if file.try_lock().is_err() {
        eprintln!("dx-bench: waiting for another run of {}", suite.name);
        file.lock()?;
    }
    Ok(file)
}

/// The one test that is run by its id: the middle one of those that passed.
fn middle_passed(truth: &Finished) -> Option<&str> {
    let passed: Vec<_> = truth.outcomes.iter().filter(|(_, all)| *all == &["passed"]).collect();
    passed.get(passed.len() / 2).map(|(id, _)| id.as_str())
}

/// Whether pytest itself does not always say the same of this test.
pub fn is_unstable(row: &Row, difference: &Difference) -> bool {
    row.unstable.iter().any(|other| other.id == difference.id)
}
