//! Processes that a run left behind: those whose command line names the suite's interpreter after the run ended.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::place::Place;

/// Command lines of processes that still run the suite's interpreter a moment after a run.
pub fn leftovers(place: &Place) -> Vec<String> {
    let python = place.python();
    for _ in 0..20 {
        if find(&python).is_empty() {
            return Vec::new();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    find(&python)
}

fn find(python: &Path) -> Vec<String> {
    let needle = python.as_os_str().as_encoded_bytes();
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    processes
        .filter_map(|process| fs::read(process.ok()?.path().join("cmdline")).ok())
        .filter(|line| line.windows(needle.len()).any(|window| window == needle))
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " ").trim().to_owned())
        .collect()
}
