//! Rounds of faults: in each something dies, hangs, is damaged or full, at a random moment, warm or cold, with one to
//! four workers. Whatever it was, no test is lost and none counts twice, no process stays, nothing piles up, and the
//! next run says what pytest says.
//!
//! `make test` runs a few rounds, `make soak` 200. `DX_FAULTS_SEED` gives other rounds (the seed is printed, and named
//! by every failure), `DX_FAULTS_ROUND` one round of them alone.

#[path = "faults/check.rs"]
mod check;
#[path = "faults/damage.rs"]
mod damage;
#[path = "faults/fault.rs"]
mod fault;
#[path = "faults/numbers.rs"]
mod numbers;
#[path = "faults/world.rs"]
mod world;

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use fault::Fault;
use numbers::Numbers;
use world::World;

use super::support::rounds;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

#[test]
fn whatever_fails_the_run_is_sound_and_the_next_one_right() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_secs());
    let seed = number("DX_FAULTS_SEED").unwrap_or_else(|| if rounds(0, 1) > 0 { now } else { 5 });
    let wanted = match number("DX_FAULTS_ROUND") {
        Some(round) => round..round + 1,
        None => 0..number("DX_FAULTS_ROUNDS").unwrap_or_else(|| rounds(6, 200).into()),
    };
    println!("faults: seed {seed}, rounds {wanted:?}");
    let began = Instant::now();
    let world = World::new();
    for round in wanted {
        let mut numbers = Numbers::new(seed, round);
        let fault = Fault::choose(&mut numbers);
        println!("{:6.1} s: round {round}: {fault:?}", began.elapsed().as_secs_f64());
        let _told = Told(format!("DX_FAULTS_SEED={seed} DX_FAULTS_ROUND={round}: {fault:?}"));
        world.begin_round(&mut numbers);
        fault::suffer(&world, fault, &mut numbers);
        world.expect_recovery(&mut numbers);
    }
    println!("{:6.1} s: {} runs", began.elapsed().as_secs_f64(), world.runs());
}

/// Says how to come back to the round in which an assertion failed.
struct Told(String);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in the round of {}", self.0);
        }
    }
}
