//! Private memory of a process tree, sampled while it runs.
//!
//! Forked workers share most pages with their parent, so resident size says nothing about them: what counts is the sum
//! of `Private_*` in `/proc/PID/smaps_rollup`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::process::Command;
use std::time::Duration;

/// One process of the tree at its largest.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    pub pid: u32,
    /// 0 is the command itself, 1 its children.
    pub depth: usize,
    pub private_kib: u64,
}

/// Runs the command and samples it and its descendants until it ends.
pub fn watch(command: &mut Command) -> io::Result<Vec<Process>> {
    let mut child = command.spawn()?;
    let mut seen: BTreeMap<u32, Process> = BTreeMap::new();
    while child.try_wait()?.is_none() {
        sample(child.id(), 0, &mut seen);
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut processes: Vec<_> = seen.into_values().collect();
    processes.sort_by_key(|process| (process.depth, process.pid));
    Ok(processes)
}

fn sample(pid: u32, depth: usize, seen: &mut BTreeMap<u32, Process>) {
    // A process may be gone at any moment; what was seen of it before stays.
    if let Ok(text) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) {
        let process = seen.entry(pid).or_insert(Process { pid, depth, private_kib: 0 });
        process.private_kib = process.private_kib.max(private_kib(&text));
    }
    for child in children(pid) {
        sample(child, depth + 1, seen);
    }
}

/// Children of all threads of a process.
fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    threads
        .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok())
        .flat_map(|text| text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}

fn private_kib(rollup: &str) -> u64 {
    rollup
        .lines()
        .filter(|line| line.starts_with("Private_"))
        .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn private_pages_are_added_up() {
        let text = "Rss: 10 kB\nShared_Clean: 3 kB\nPrivate_Clean:  4 kB\nPrivate_Dirty: 38 kB\n";
        assert_eq!(super::private_kib(text), 42);
    }
}
