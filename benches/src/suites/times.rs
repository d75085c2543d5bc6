//! Wall and CPU time of whole runs beside the peers, alternating.

use std::io;
use std::path::Path;
use std::process::Command;

use super::place::Place;
use super::side::{Side, stop_warm};
use crate::timing::{self, Series, alternate};

/// Medians of one side.
#[derive(Clone, Debug)]
pub struct Timed {
    pub side: Side,
    pub wall: f64,
    pub cpu: f64,
    /// Exit statuses that occurred.
    pub exits: Vec<Option<i32>>,
}

impl Timed {
    pub fn of(side: Side, series: &Series) -> Self {
        let mut exits: Vec<_> = series.0.iter().map(|run| run.code).collect();
        exits.sort_unstable();
        exits.dedup();
        Self { side, wall: series.median_wall().as_secs_f64(), cpu: series.median_cpu().as_secs_f64(), exits }
    }
}

/// The whole suite, or one test of it, on each side in turn. A warm side's first run, which starts the parent, is not
/// counted, and its parent is ended afterwards.
pub fn measure(
    place: &Place,
    dx: &Path,
    sides: &[Side],
    test: Option<&str>,
    rounds: usize,
) -> io::Result<Vec<Timed>> {
    let mut commands: Vec<Command> = sides.iter().map(|side| side.command(place, dx, test)).collect();
    let warm = sides.iter().any(|side| matches!(side, Side::Warm(_)));
    for (side, command) in sides.iter().zip(&mut commands) {
        if matches!(side, Side::Warm(_)) {
            timing::run(command)?;
        }
    }
    let series = alternate(rounds, &mut commands, |_| {});
    if warm {
        timing::run(&mut stop_warm(place, dx))?;
    }
    Ok(sides.iter().zip(&series?).map(|(side, series)| Timed::of(*side, series)).collect())
}
