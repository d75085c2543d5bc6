//! How long each test took last time, and which failures held when they were looked at again.
//!
//! One small file: magic, version, count, then rows sorted by the first eight bytes of the id's BLAKE3, then a BLAKE3 of
//! all that. It only helps to share the work well, so a damaged file is the same as none.

use std::collections::BTreeMap;

use crate::state::State;

const NAME: &str = "durations";
const MAGIC: [u8; 8] = *b"DXTD\x01\0\0\0";
const ROW: usize = 16;
/// Tests that are remembered at most.
const ROWS_MAX: usize = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    microseconds: u32,
    /// The run that saw it last, so that old ones can go.
    run: u32,
}

/// The memory of one workspace.
#[derive(Debug, Default)]
pub struct Durations {
    rows: BTreeMap<u64, Row>,
    run: u32,
}

fn key(id: &str) -> u64 {
    let mut out = [0; 8];
    out.copy_from_slice(&blake3::hash(id.as_bytes()).as_bytes()[..8]);
    u64::from_le_bytes(out)
}

impl Durations {
    pub(crate) fn load(state: &State) -> Durations {
        state.read(NAME).and_then(|bytes| Durations::decode(&bytes)).unwrap_or_default()
    }

    /// Seconds that a test, or a whole file by its path, took last time.
    pub fn get(&self, id: &str) -> Option<f64> {
        self.rows.get(&key(id)).map(|row| f64::from(row.microseconds) / 1e6)
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn set(&mut self, id: &str, seconds: f64) {
        let microseconds = (seconds * 1e6).clamp(0.0, f64::from(u32::MAX)) as u32;
        self.rows.insert(key(id), Row { microseconds, run: self.run });
    }

    /// From here on what is set belongs to a new run.
    pub fn next_run(&mut self) {
        self.run = self.run.wrapping_add(1);
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut rows: Vec<(u64, Row)> = self.rows.iter().map(|(key, row)| (*key, *row)).collect();
        if rows.len() > ROWS_MAX {
            rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.run));
            rows.truncate(ROWS_MAX);
            rows.sort_by_key(|(key, _)| *key);
        }
        let mut out = Vec::with_capacity(MAGIC.len() + 8 + rows.len() * ROW + 32);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&self.run.to_le_bytes());
        out.extend_from_slice(&(rows.len() as u32).to_le_bytes());
        for (key, row) in rows {
            out.extend_from_slice(&key.to_le_bytes());
            out.extend_from_slice(&row.microseconds.to_le_bytes());
            out.extend_from_slice(&row.run.to_le_bytes());
        }
        let digest = blake3::hash(&out);
        out.extend_from_slice(digest.as_bytes());
        out
    }

    pub fn decode(bytes: &[u8]) -> Option<Durations> {
        let body = bytes.get(..bytes.len().checked_sub(32)?)?;
        if blake3::hash(body).as_bytes() != &bytes[body.len()..] || !body.starts_with(&MAGIC) {
            return None;
        }
        let word = |at: usize| Some(u32::from_le_bytes(*body.get(at..)?.first_chunk()?));
        let (run, count) = (word(8)?, word(12)? as usize);
        let (rows, rest) = body.get(16..)?.as_chunks::<ROW>();
        if rows.len() != count || !rest.is_empty() {
            return None;
        }
        let rows = rows.iter().filter_map(|row| {
            let key = u64::from_le_bytes(*row.first_chunk()?);
            let microseconds = u32::from_le_bytes(*row[8..].first_chunk()?);
            let run = u32::from_le_bytes(*row[12..].first_chunk()?);
            Some((key, Row { microseconds, run }))
        });
        Some(Durations { rows: rows.collect(), run })
    }

    /// Best effort: a run does not fail because nothing can be remembered of it.
    pub(crate) fn save(&self, state: &State) {
        let _ = state.write(NAME, &self.encode());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back_and_damage_is_no_memory() {
        let mut durations = Durations::default();
        durations.next_run();
        durations.set("a.py::t", 1.5);
        durations.set("a.py", 2.0);
        let bytes = durations.encode();
        let back = Durations::decode(&bytes).unwrap();
        assert_eq!(back.get("a.py::t"), Some(1.5));
        assert_eq!(back.get("b"), None);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(Durations::decode(&damaged).is_none());
            assert!(Durations::decode(&bytes[..at]).is_none());
        }
    }
}
