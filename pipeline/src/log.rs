//! The event logs of the last builds: `.dx/builds/N.ndjson`.

use std::fs;
use std::path::PathBuf;

use dx_schemas::events::Event;

use crate::workspace::Workspace;

/// Older logs are removed.
const KEPT: usize = 20;

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.dx().join("builds")
}

/// Keeps the log of one build. A log that cannot be written is no reason to fail a build that succeeded. A build that
/// did nothing is not kept: it would push out one that did.
pub(crate) fn append(workspace: &Workspace, log: &[u8]) {
    if log.iter().filter(|byte| **byte == b'\n').count() < 2 {
        return;
    }
    let folder = folder(workspace);
    let numbers = numbers(workspace);
    let next = numbers.last().map_or(1, |last| last + 1);
    if fs::create_dir_all(&folder).is_ok() {
        workspace.hide_dx();
        let _ = fs::write(folder.join(format!("{next}.ndjson")), log);
        for old in numbers.iter().rev().skip(KEPT - 1) {
            let _ = fs::remove_file(folder.join(format!("{old}.ndjson")));
        }
    }
}

/// Numbers of the builds that are kept, in order.
pub(crate) fn numbers(workspace: &Workspace) -> Vec<u64> {
    let entries = fs::read_dir(folder(workspace)).into_iter().flatten().flatten();
    let mut numbers: Vec<u64> = entries
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".ndjson")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

/// The events of one build; lines of later versions are skipped.
pub(crate) fn read(workspace: &Workspace, number: u64) -> Vec<Event> {
    let text = fs::read_to_string(folder(workspace).join(format!("{number}.ndjson"))).unwrap_or_default();
    text.lines().filter_map(Event::read).collect()
}
