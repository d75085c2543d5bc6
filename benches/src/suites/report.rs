//! The tables of `dx-bench suites`: outcomes, whole runs beside the peers, one test by its id.

use super::Suite;
use super::compare::{Difference, Verdict};
use super::outcomes::{Finished, counts};
use super::session::is_unstable;
use super::side::Side;
use super::times::Timed;
use crate::timing::geometric_mean;

/// All that is known of one suite.
#[derive(Debug)]
pub struct Row {
    pub suite: &'static Suite,
    pub truth: Finished,
    /// Tests of which a second run of pytest says something else.
    pub unstable: Vec<Difference>,
    /// pytest-xdist's own agreement with pytest.
    pub peer: Verdict,
    /// One for each run of dx.
    pub verdicts: Vec<Verdict>,
    pub whole: Vec<Timed>,
    pub one: Vec<Timed>,
}

/// How many differing ids of one run are listed.
const LISTED: usize = 10;

/// What is to be said of one suite in words, right after it ran.
pub fn print_findings(row: &Row) {
    let name = row.suite.name;
    println!("{name}: pytest says {} (exit {:?})", counts(&row.truth.outcomes), row.truth.exit);
    for problem in &row.truth.problems {
        println!("  pytest: {problem}");
    }
    for difference in row.unstable.iter().take(LISTED) {
        println!("  pytest, second run: {difference}");
    }
    for verdict in std::iter::once(&row.peer).chain(&row.verdicts).filter(|verdict| !verdict.is_equal()) {
        println!("  {}: {} tests differ", verdict.side, verdict.differences.len());
        for problem in &verdict.problems {
            println!("    {problem}");
        }
        for difference in verdict.differences.iter().take(LISTED) {
            let note =
                if is_unstable(row, difference) { " (pytest itself is not always the same)" } else { "" };
            println!("    {difference}{note}");
        }
    }
}

pub fn print_tables(rows: &[Row]) {
    print_outcomes(rows);
    if rows.iter().any(|row| !row.whole.is_empty()) {
        print_whole(rows);
        print_one(rows);
    }
}

fn print_outcomes(rows: &[Row]) {
    println!("\n{:<18}{:>7}  {:<26}{:<14}truth", "suite", "tests", "dx equal to pytest", "pytest -n2");
    for row in rows {
        let equal = row.verdicts.iter().filter(|verdict| verdict.is_equal()).count();
        let dx = match (row.verdicts.len(), equal) {
            (0, _) => "not run".to_owned(),
            (all, equal) if all == equal => format!("yes, {all} of {all} runs"),
            (all, equal) => format!("NO, {equal} of {all} runs"),
        };
        let peer = if row.peer.is_equal() { "equal" } else { "differs" };
        let tests = row.truth.outcomes.len();
        println!("{:<18}{tests:>7}  {dx:<26}{peer:<14}{}", row.suite.name, counts(&row.truth.outcomes));
    }
}

fn find(times: &[Timed], wanted: impl Fn(Side) -> bool) -> Option<&Timed> {
    times.iter().find(|timed| wanted(timed.side))
}

/// Wall and CPU seconds, and how many times faster dx is than the better of the two peers.
fn print_whole(rows: &[Row]) {
    println!(
        "\n{:<18}{:>15}{:>15}{:>15}{:>8}{:>8}  bound",
        "wall/CPU, s", "pytest", "pytest -n2", "dx -n2 cold", "wall", "CPU"
    );
    let mut walls = Vec::new();
    let mut cpus = Vec::new();
    for row in rows {
        let figure =
            |timed: Option<&Timed>| timed.map_or("-".to_owned(), |t| format!("{:.2}/{:.2}", t.wall, t.cpu));
        let pytest = find(&row.whole, |side| side == Side::Pytest);
        let xdist = find(&row.whole, |side| matches!(side, Side::Xdist(_)));
        let dx = find(&row.whole, Side::is_dx);
        let mut line =
            format!("{:<18}{:>15}{:>15}{:>15}", row.suite.name, figure(pytest), figure(xdist), figure(dx));
        if let (Some(pytest), Some(xdist), Some(dx)) = (pytest, xdist, dx) {
            let wall = pytest.wall.min(xdist.wall);
            let cpu = pytest.cpu.min(xdist.cpu);
            walls.push(wall / dx.wall);
            cpus.push(cpu / dx.cpu);
            let bound = if dx.wall <= (wall * 1.05).max(wall + 0.02) { "held" } else { "SLOWER" };
            line += &format!("{:>7.2}x{:>7.2}x  {bound}", wall / dx.wall, cpu / dx.cpu);
            if dx.exits != pytest.exits {
                line += &format!(", exits {:?} instead of {:?}", dx.exits, pytest.exits);
            }
        }
        println!("{line}");
    }
    if !walls.is_empty() {
        println!("{:<63}{:>7.2}x{:>7.2}x", "geometric mean", geometric_mean(&walls), geometric_mean(&cpus));
    }
}

/// Milliseconds of one test by its node id.
fn print_one(rows: &[Row]) {
    println!(
        "\n{:<18}{:>10}{:>10}{:>10}{:>12}{:>9}  bounds",
        "one test, ms", "pytest", "dx cold", "dx warm", "cold less", "warm"
    );
    for row in rows {
        let of = |wanted: fn(Side) -> bool| find(&row.one, wanted).map(|timed| timed.wall * 1e3);
        let failed: Vec<_> = row.one.iter().filter(|timed| timed.exits != [Some(0)]).collect();
        let pytest = of(|side| side == Side::Pytest);
        let cold = of(|side| matches!(side, Side::Cold(_)));
        let warm = of(|side| matches!(side, Side::Warm(_)));
        let figure = |ms: Option<f64>| ms.map_or("-".to_owned(), |ms| format!("{ms:.0}"));
        let mut line =
            format!("{:<18}{:>10}{:>10}{:>10}", row.suite.name, figure(pytest), figure(cold), figure(warm));
        if let (Some(pytest), Some(cold), Some(warm)) = (pytest, cold, warm) {
            let held = |holds: bool| if holds { "held" } else { "MISSED" };
            line += &format!(
                "{:>12.0}{:>8.1}x  cold {}, warm {}",
                pytest - cold,
                pytest / warm,
                held(cold <= pytest + 10.0),
                held(warm * 10.0 <= pytest)
            );
        }
        for timed in failed {
            line += &format!(", {} exits {:?}", timed.side.name(), timed.exits);
        }
        println!("{line}");
    }
}
