//! Wall and CPU time of whole runs beside the peers, alternating.

use std::io;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::place::Place;
use super::side::{Side, stop_warm, warm_status};
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

/// How long a suite may take to be collected beside other runs before it is measured.
const LAYERS: Duration = Duration::from_secs(30);

/// The whole suite, or one test of it, on each side in turn. A warm side's first run, which starts the parent, is not
/// counted, nor is the time until its session is collected; its parent is ended afterwards.
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
            let until = Instant::now() + LAYERS;
            let is_collected = || -> io::Result<bool> {
                let status = warm_status(place, dx).output()?;
                Ok(String::from_utf8_lossy(&status.stdout).contains("collected ("))
            };
            while Instant::now() < until && !is_collected()? {
                sleep(Duration::from_millis(100));
            }
        }
    }
    let series = alternate(rounds, &mut commands, |_| {});
    if warm {
        timing::run(&mut stop_warm(place, dx))?;
    }
    Ok(sides.iter().zip(&series?).map(|(side, series)| Timed::of(*side, series)).collect())
}
