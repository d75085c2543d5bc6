//! Files whose tests lean on those before them in the file: one worker runs them, in order. That is found out once, and
//! remembered.

use std::collections::BTreeMap;

use crate::state::State;

const NAME: &str = "together";

/// How it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// Tests failed without those before them, and passed after them.
    Seen,
    /// To find out would have taken too long: this is the next run's affair.
    Next,
    /// This is that run.
    Tried,
}

/// One line for each file, its id and how it is known, with a tab between them.
#[derive(Debug, Default)]
pub(crate) struct Together {
    files: BTreeMap<String, How>,
    changed: bool,
}

impl Together {
    pub(crate) fn load(state: &State) -> Together {
        let text = state.read(NAME).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let files = text.lines().filter_map(|line| {
            let (id, how) = line.rsplit_once('\t')?;
            let how = match how {
                "seen" => How::Seen,
                "tried" => How::Tried,
                _ => return None,
            };
            Some((id.to_owned(), how))
        });
        Together { files: files.collect(), changed: false }
    }

    pub(crate) fn has(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    /// Files of which it is certain.
    pub(crate) fn seen(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|(_, how)| **how == How::Seen).map(|(id, _)| id.as_str())
    }

    pub(super) fn see(&mut self, file: &str) {
        self.changed |= self.files.insert(file.to_owned(), How::Seen) != Some(How::Seen);
    }

    pub(super) fn try_next_time(&mut self, file: &str) {
        if !self.has(file) {
            self.files.insert(file.to_owned(), How::Next);
            self.changed = true;
        }
    }

    /// A file ran in one piece: if that was tried, it has helped or not.
    pub(super) fn ran(&mut self, file: &str, failed: bool) {
        if self.files.get(file) != Some(&How::Tried) {
            return;
        }
        if failed {
            self.files.remove(file);
            self.changed = true;
        } else {
            self.see(file);
        }
    }

    pub(super) fn save(&self, state: &State) {
        if !self.changed {
            return;
        }
        let line = |(id, how): (&String, &How)| {
            let how = match how {
                How::Seen => "seen",
                How::Next | How::Tried => "tried",
            };
            format!("{id}\t{how}\n")
        };
        let text: String = self.files.iter().map(line).collect();
        // Without it, the next run finds out again.
        let _ = state.write(NAME, text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_is_kept_only_where_it_helps() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::of(folder.path());
        state.prepare().unwrap();
        let mut together = Together::load(&state);
        together.see("test_a.py");
        together.try_next_time("test_b.py");
        together.try_next_time("test_c.py");
        together.ran("test_c.py", true);
        together.save(&state);
        let mut together = Together::load(&state);
        assert!(["test_a.py", "test_b.py", "test_c.py"].iter().all(|file| together.has(file)));
        assert_eq!(together.seen().collect::<Vec<_>>(), ["test_a.py"]);
        for (file, failed) in [("test_a.py", true), ("test_b.py", true), ("test_c.py", false)] {
            together.ran(file, failed);
        }
        together.save(&state);
        assert_eq!(Together::load(&state).seen().collect::<Vec<_>>(), ["test_a.py", "test_c.py"]);
        assert!(!Together::load(&state).has("test_b.py"));
    }
}
