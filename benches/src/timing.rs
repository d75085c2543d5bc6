//! Running a command once, and two commands alternately.

use std::io;
use std::mem::MaybeUninit;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What one run of a process tree took.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub wall: Duration,
    /// User and system time, children that were waited for included.
    pub cpu: Duration,
    /// Largest resident set of any process of the tree so far.
    pub peak_kib: i64,
    pub success: bool,
    /// Exit status; `None` when a signal ended it.
    pub code: Option<i32>,
}

/// Runs a command with its output thrown away.
pub fn run(command: &mut Command) -> io::Result<Run> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let before = children_cpu();
    let start = Instant::now();
    let status = command.status()?;
    let wall = start.elapsed();
    let usage = children_usage();
    Ok(Run {
        wall,
        cpu: children_cpu() - before,
        peak_kib: usage.ru_maxrss,
        success: status.success(),
        code: status.code(),
    })
}

fn children_usage() -> libc::rusage {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: `usage` is writable and as large as the call expects; zeroed is a valid rusage if the call fails.
    unsafe {
        libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr());
        usage.assume_init()
    }
}

/// CPU time of all children that were waited for.
pub fn children_cpu() -> Duration {
    let usage = children_usage();
    let time = |t: libc::timeval| Duration::new(t.tv_sec as u64, t.tv_usec as u32 * 1000);
    time(usage.ru_utime) + time(usage.ru_stime)
}

/// Figures of one side over several runs.
#[derive(Clone, Debug)]
pub struct Series(pub Vec<Run>);

impl Series {
    fn sorted(&self, of: impl Fn(&Run) -> Duration) -> Vec<Duration> {
        let mut times: Vec<_> = self.0.iter().map(of).collect();
        times.sort();
        times
    }

    pub fn best_cpu(&self) -> Duration {
        self.sorted(|run| run.cpu).first().copied().unwrap_or_default()
    }

    pub fn median_cpu(&self) -> Duration {
        let times = self.sorted(|run| run.cpu);
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    pub fn median_wall(&self) -> Duration {
        let times = self.sorted(|run| run.wall);
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    pub fn all_succeeded(&self) -> bool {
        self.0.iter().all(|run| run.success)
    }
}

/// Runs the commands in turn, `rounds` times each. `prepare` runs before each command, untimed.
pub fn alternate(
    rounds: usize,
    commands: &mut [Command],
    mut prepare: impl FnMut(usize),
) -> io::Result<Vec<Series>> {
    let mut series = vec![Series(Vec::new()); commands.len()];
    for _ in 0..rounds {
        for (side, command) in commands.iter_mut().enumerate() {
            prepare(side);
            series[side].0.push(run(command)?);
        }
    }
    Ok(series)
}

/// The middle one of sorted times.
pub fn median(sorted: &[Duration]) -> Duration {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Geometric mean of ratios.
pub fn geometric_mean(ratios: &[f64]) -> f64 {
    (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len().max(1) as f64).exp()
}
