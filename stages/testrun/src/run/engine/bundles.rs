//! Which tests this run has, and which of them must go to one worker together.

use std::collections::BTreeMap;

use super::super::memory::Memory;
use super::super::selection::Selection;
use super::super::settings::{Partition, Settings};
use super::super::together::Together;
use crate::message::PlanFile;
use crate::queue::{Bundle, Span, whole_file};

/// Pieces of work in pytest's order.
pub(super) fn of(
    files: &[PlanFile],
    settings: &Settings,
    memory: &Memory,
    selection: Option<&Selection>,
    together: &Together,
) -> Vec<Bundle> {
    let wanted = settings.partition.map(|partition| Share::new(partition, files, memory));
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    let mut bundles: Vec<Bundle> = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let number = number as u32;
        let chosen = |item: usize| {
            selection.is_none_or(|selection| selection.wants(&format!("{}{}", file.id, file.items[item])))
        };
        let all_chosen = selection.is_none() || (0..file.items.len()).all(chosen);
        let in_one_piece = !settings.isolate && together.has(&file.id);
        if wanted.is_none() && file.names.is_empty() && !settings.isolate && all_chosen {
            bundles.push(vec![Span { pinned: in_one_piece, ..whole_file(number) }]);
            continue;
        }
        for item in 0..file.items.len() {
            if !chosen(item) {
                continue;
            }
            if wanted.as_ref().is_some_and(|share| !share.has(number, file, item)) {
                continue;
            }
            let span = Span { file: number, first: item as u32, count: 1, pinned: false };
            let group = file.names.get(item).and_then(Option::as_deref);
            match group.or(in_one_piece.then_some(file.id.as_str())) {
                Some(name) => {
                    let at = *groups.entry(name).or_insert(bundles.len());
                    if at == bundles.len() {
                        bundles.push(Bundle::new());
                    }
                    bundles[at].push(Span { pinned: true, ..span });
                }
                None if settings.isolate => bundles.push(vec![span]),
                None => append(&mut bundles, span),
            }
        }
    }
    bundles
}

/// Adds an item to the last bundle if it follows there directly.
fn append(bundles: &mut Vec<Bundle>, span: Span) {
    if let Some([last]) = bundles.last_mut().map(Vec::as_mut_slice)
        && last.file == span.file
        && !last.pinned
        && last.first + last.count == span.first
    {
        last.count += 1;
        return;
    }
    bundles.push(vec![span]);
}

/// How many known tests the bundles have.
pub(super) fn chosen(bundles: &[Bundle], files: &[PlanFile]) -> u64 {
    let count = |span: &Span| {
        let all = files.get(span.file as usize).map_or(0, |file| file.items.len() as u64);
        u64::from(span.count).min(all)
    };
    bundles.iter().flatten().map(count).sum()
}

/// One share of the tests, the same on every machine that has the same tests (and times).
struct Share {
    partition: Partition,
    /// By time: the share of each file.
    files: Vec<u32>,
}

impl Share {
    fn new(partition: Partition, files: &[PlanFile], memory: &Memory) -> Share {
        let mut shares = vec![0; files.len()];
        if partition.by_time {
            let mut order: Vec<(f64, usize)> =
                files.iter().enumerate().map(|(at, file)| (seconds(file, memory), at)).collect();
            order.sort_by(|a, b| b.0.total_cmp(&a.0).then(files[a.1].id.cmp(&files[b.1].id)));
            let mut loads = vec![0.0; partition.shares as usize];
            for (seconds, at) in order {
                let least =
                    (0..loads.len()).min_by(|a, b| f64::total_cmp(&loads[*a], &loads[*b])).unwrap_or(0);
                loads[least] += seconds;
                shares[at] = least as u32;
            }
        }
        Share { partition, files: shares }
    }

    fn has(&self, number: u32, file: &PlanFile, item: usize) -> bool {
        let share = if self.partition.by_time {
            self.files.get(number as usize).copied().unwrap_or(0)
        } else {
            let id = format!("{}{}", file.id, file.items[item]);
            let hash = blake3::hash(id.as_bytes());
            let word = hash.as_bytes().first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
            word % self.partition.shares
        };
        share == self.partition.share
    }
}

fn seconds(file: &PlanFile, memory: &Memory) -> f64 {
    memory.times(&file.id, &file.items).iter().map(|time| f64::from(*time)).sum()
}
