//! All segments at one moment, newest first.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::key::EntryKey;
use crate::layout::Layout;
use crate::lookup::Miss;
use crate::pack::PackId;
use crate::segment::{self, Entry, Segment};

#[derive(Default, Clone)]
pub(crate) struct Index {
    segments: Vec<Arc<Segment>>,
    /// Segments that could not be read, for the report and for repair.
    pub(crate) damaged: Vec<PathBuf>,
}

impl Index {
    pub(crate) fn load(layout: &Layout, map: bool) -> io::Result<Index> {
        // A merge may replace segments between listing and opening them: list again, the content is then elsewhere.
        for _ in 0..8 {
            let mut index = Index::default();
            let mut replaced = false;
            for path in segment::list(layout)? {
                match Segment::open(&path, map) {
                    Ok(segment) => index.segments.push(Arc::new(segment)),
                    Err(Miss::Gone) => replaced = true,
                    Err(_) => index.damaged.push(path),
                }
            }
            if !replaced {
                return Ok(index);
            }
        }
        Ok(Index::default())
    }

    /// What newest to oldest segment say of a key. Later candidates count when an earlier one's bytes are unusable.
    pub(crate) fn candidates(&self, key: &EntryKey) -> impl Iterator<Item = Result<Entry, Miss>> {
        self.segments.iter().filter_map(|segment| segment.find(key).transpose())
    }

    pub(crate) fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// Whether both name the same segments.
    pub(crate) fn is_same(&self, other: &Index) -> bool {
        let paths = |index: &Index| {
            index.segments.iter().map(|segment| segment.path().to_owned()).collect::<Vec<_>>()
        };
        paths(self) == paths(other)
    }

    pub(crate) fn next_sequence(&self) -> u64 {
        self.segments.first().map_or(1, |segment| segment.sequence().saturating_add(1))
    }

    pub(crate) fn push(&mut self, segment: Arc<Segment>) {
        self.segments.insert(0, segment);
    }

    /// How much of each pack is indexed.
    pub(crate) fn committed(&self) -> BTreeMap<PackId, u64> {
        let mut out = BTreeMap::new();
        for (pack, committed) in self.segments.iter().flat_map(|segment| segment.packs()) {
            let known = out.entry(*pack).or_insert(0);
            *known = (*committed).max(*known);
        }
        out
    }
}

/// The newest entry of each key among `segments` (newest first), each with its latest use; damaged ones are left out.
pub(crate) fn newest(segments: &[Arc<Segment>], keep: impl Fn(&Entry) -> bool) -> Vec<Entry> {
    let mut all: Vec<(usize, Entry)> = Vec::with_capacity(segments.iter().map(|segment| segment.len()).sum());
    for (rank, segment) in segments.iter().enumerate() {
        all.extend(segment.entries().filter_map(Result::ok).filter(&keep).map(|entry| (rank, entry)));
    }
    all.sort_unstable_by_key(|(rank, entry)| (entry.key, *rank));
    all.dedup_by(|(_, older), (_, newer)| {
        let same = older.key == newer.key;
        if same {
            newer.used_minutes = newer.used_minutes.max(older.used_minutes);
        }
        same
    });
    all.into_iter().map(|(_, entry)| entry).collect()
}
