//! The steps: random edits one by one, commits in their order.

use std::io;
use std::process::Command;

use super::Session;
use super::view::View;
use super::work::{Work, step};
use crate::suites::compare::differences;
use crate::suites::outcomes::{Finished, Outcomes};
use crate::suites::place::data;

/// What came of all steps.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) steps: usize,
    /// Steps in which some test has another outcome, and these tests.
    pub(super) telling: usize,
    pub(super) changed: usize,
    pub(super) missed: usize,
    /// Sums of shares.
    pub(super) selected: f64,
    pub(super) peer_selected: f64,
    pub(super) peer_missed: usize,
}

/// What is known before the first step.
struct Known {
    truth: Outcomes,
    dx: View,
    peer: View,
    unstable: Vec<String>,
}

impl Known {
    fn first(work: &Work, session: &Session) -> io::Result<Known> {
        let truth = work.truth()?.outcomes;
        let again = work.truth()?.outcomes;
        let mut unstable: Vec<String> = differences(&truth, &again).into_iter().map(|one| one.id).collect();
        let mut dx = View::default();
        dx.see(&work.affected()?.outcomes);
        if truth.is_empty() {
            return Err(io::Error::other("pytest runs no test before the first step"));
        }
        // Of these the two say different things with nothing edited: no edit says more.
        let wrong: Vec<String> = dx.misses(&truth, &unstable).into_iter().map(str::to_owned).collect();
        if !wrong.is_empty() {
            println!("  left out, different before the first step: {wrong:?}");
            unstable.extend(wrong);
        }
        let mut peer = View::default();
        if session.peer {
            peer.see(&work.testmon()?.outcomes);
        }
        Ok(Known { truth, dx, peer, unstable })
    }
}

/// One step's runs, after the project was edited.
fn look(work: &Work, session: &Session, known: &mut Known, what: &str, tally: &mut Tally) -> io::Result<()> {
    let ran = work.affected()?;
    let truth = work.truth()?;
    if truth.exit.is_none_or(|exit| exit > 1) || ran.exit.is_none() {
        println!("  {what}: not counted, pytest ended with {:?}, dx with {:?}", truth.exit, ran.exit);
        return Ok(());
    }
    known.dx.see(&ran.outcomes);
    // A test that ran was not missed, whatever came of it.
    let (unequal, missed): (Vec<&str>, Vec<&str>) = known
        .dx
        .misses(&truth.outcomes, &known.unstable)
        .into_iter()
        .partition(|id| ran.outcomes.contains_key(*id));
    if !unequal.is_empty() {
        println!("  {what}: ran with another outcome than pytest's: {unequal:?}");
    }
    let wrong = (ran.exit == Some(0)) != (truth.exit == Some(0));
    if !missed.is_empty() || wrong {
        let status = if wrong { format!(", dx exits with {:?}", ran.exit) } else { String::new() };
        println!("  {what}: MISSED {} tests{status}: {:?}", missed.len(), &missed[..missed.len().min(4)]);
    }
    tally.missed += missed.len().max(usize::from(wrong));
    let all = truth.outcomes.len().max(1) as f64;
    let share = |finished: &Finished| (finished.outcomes.len() as f64 / all).min(1.0);
    let changed = differences(&known.truth, &truth.outcomes).len();
    let mut line = format!("  {what}: {changed} changed, dx ran {}", ran.outcomes.len());
    tally.steps += 1;
    tally.telling += usize::from(changed > 0);
    tally.changed += changed;
    tally.selected += share(&ran);
    if session.peer {
        let ran = work.testmon()?;
        known.peer.see(&ran.outcomes);
        let missed = known.peer.misses(&truth.outcomes, &known.unstable).len();
        tally.peer_selected += share(&ran);
        tally.peer_missed += missed;
        line += &format!(", testmon {} (missed {missed})", ran.outcomes.len());
    }
    println!("{line} of {}", truth.outcomes.len());
    known.truth = truth.outcomes;
    Ok(())
}

pub(super) fn mutations(work: &Work, session: &Session) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let first = Known::first(work, session)?;
    work.keep()?;
    for number in 0..session.mutations {
        let mut edit = Command::new(work.place.python());
        edit.arg(data().join("dx_bench_mutate.py")).arg(&work.place.project);
        edit.arg((session.seed + number).to_string()).args(work.edited());
        let output = edit.output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let what =
            format!("{} {}", session.seed + number, String::from_utf8_lossy(&output.stdout).trim_end());
        let mut known = Known {
            truth: first.truth.clone(),
            dx: first.dx.clone(),
            peer: first.peer.clone(),
            unstable: first.unstable.clone(),
        };
        look(work, session, &mut known, &what, &mut tally)?;
        work.restore()?;
    }
    Ok(tally)
}

pub(super) fn history(work: &Work, session: &Session) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut list = git(work);
    list.args(["log", "--first-parent", "--format=%h", "-n", &(session.history + 1).to_string(), "--"]);
    list.args(work.edited());
    let output = list.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let commits: Vec<&str> = text.lines().rev().collect();
    let (first, rest) = commits.split_first().ok_or_else(|| io::Error::other("no history"))?;
    step(git(work).args(["checkout", "-q", "-f", first]))?;
    let mut known = Known::first(work, session)?;
    for commit in rest {
        step(git(work).args(["checkout", "-q", "-f", commit]))?;
        look(work, session, &mut known, commit, &mut tally)?;
    }
    Ok(tally)
}

fn git(work: &Work) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(&work.place.project);
    command
}
