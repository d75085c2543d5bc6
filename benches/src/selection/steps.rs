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
    /// Tests that ran with another outcome than pytest's: they are random, or a runner is wrong.
    pub(super) unequal: usize,
    /// Sums of shares.
    pub(super) selected: f64,
    /// Steps to whose end the peer came.
    pub(super) peer_steps: usize,
    pub(super) peer_selected: f64,
    pub(super) peer_missed: usize,
}

/// What is known before the first step.
struct Known {
    truth: Outcomes,
    dx: View,
    /// Nothing where the peer did not come to the end of the first run.
    peer: Option<View>,
    unstable: Vec<String>,
}

impl Known {
    /// Nothing where pytest has no test to run.
    fn first(work: &Work, session: &Session) -> io::Result<Option<Known>> {
        let truth = work.truth()?.outcomes;
        if truth.is_empty() {
            return Ok(None);
        }
        let again = work.truth()?.outcomes;
        let mut unstable: Vec<String> = differences(&truth, &again).into_iter().map(|one| one.id).collect();
        let mut dx = View::default();
        dx.see(&work.affected()?.outcomes);
        // Of these the two say different things with nothing edited: no edit says more.
        let wrong: Vec<String> = dx.misses(&truth, &unstable).into_iter().map(str::to_owned).collect();
        if !wrong.is_empty() {
            println!("  left out, different before the first step: {wrong:?}");
            unstable.extend(wrong);
        }
        let mut peer = None;
        if session.peer {
            let ran = work.testmon()?;
            if ran.exit.is_some_and(|exit| exit < 2) {
                peer.get_or_insert_with(View::default).see(&ran.outcomes);
            } else {
                println!("  pytest-testmon ends with {:?} before the first step", ran.exit);
            }
        }
        Ok(Some(Known { truth, dx, peer, unstable }))
    }
}

/// One step's runs, after the project was edited.
fn look(work: &Work, known: &mut Known, what: &str, goes_on: bool, tally: &mut Tally) -> io::Result<()> {
    let truth = work.truth()?;
    if truth.exit.is_none_or(|exit| exit > 1) {
        println!("  {what}: not counted, pytest ended with {:?}", truth.exit);
        return Ok(());
    }
    let ran = work.affected()?;
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
    // The status of a run follows from its outcomes, also from those of tests that pytest is of two minds about.
    let agrees = known.dx.misses(&truth.outcomes, &[]).is_empty();
    let wrong = agrees && (ran.exit == Some(0)) != (truth.exit == Some(0));
    tally.unequal += unequal.len();
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
    if let Some((chosen, missed)) = peer(work, known, &truth.outcomes, goes_on)? {
        tally.peer_steps += 1;
        tally.peer_selected += (chosen as f64 / all).min(1.0);
        tally.peer_missed += missed;
        line += &format!(", testmon {chosen} (missed {missed})");
    }
    println!("{line} of {}", truth.outcomes.len());
    known.truth = truth.outcomes;
    Ok(())
}

/// How many tests pytest-testmon runs, and how many it misses. Where the next step begins anew, it need only choose.
fn peer(
    work: &Work,
    known: &mut Known,
    truth: &Outcomes,
    goes_on: bool,
) -> io::Result<Option<(usize, usize)>> {
    let Some(view) = &mut known.peer else { return Ok(None) };
    if goes_on {
        let ran = work.testmon()?;
        if ran.exit.is_none_or(|exit| exit > 1) {
            println!("  pytest-testmon ends with {:?} and does no more steps", ran.exit);
            known.peer = None;
            return Ok(None);
        }
        view.see(&ran.outcomes);
        return Ok(Some((ran.outcomes.len(), view.misses(truth, &known.unstable).len())));
    }
    let Some(chosen) = work.testmon_choice()? else { return Ok(None) };
    let missed = view.misses(truth, &known.unstable).into_iter().filter(|id| !chosen.contains(*id));
    Ok(Some((chosen.len(), missed.count())))
}

pub(super) fn mutations(work: &Work, session: &Session) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let first = Known::first(work, session)?
        .ok_or_else(|| io::Error::other("pytest runs no test before the first step"))?;
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
        look(work, &mut known, &what, false, &mut tally)?;
        work.restore()?;
    }
    Ok(tally)
}

/// Commits one after the other, from the first on at which pytest runs tests: old ones may be too old for this Python.
pub(super) fn history(work: &Work, session: &Session) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut list = git(work);
    list.args(["log", "--no-merges", "--topo-order", "--format=%h"]);
    list.args(["-n", &(session.history + 1).to_string(), "--"]).args(work.edited());
    let output = list.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut known = None;
    for commit in text.lines().rev() {
        step(git(work).args(["checkout", "-q", "-f", commit]))?;
        match &mut known {
            Some(known) => look(work, known, commit, true, &mut tally)?,
            None => known = Known::first(work, session)?,
        }
    }
    if known.is_none() {
        return Err(io::Error::other("pytest runs no test at any of these commits"));
    }
    Ok(tally)
}

fn git(work: &Work) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(&work.place.project);
    command
}
