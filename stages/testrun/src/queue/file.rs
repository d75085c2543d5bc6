//! What the queue knows of one file: its items once collected, how long they take, which are done.

use dx_schemas::testrun::ALL_ITEMS;

use super::Span;

/// Whether the items of a file are known before a worker collects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The session was collected as a whole.
    Whole,
    /// Workers collect file by file.
    Files,
}

/// One file of a run.
#[derive(Clone, Debug, Default)]
pub struct FileState {
    /// Expected seconds of the whole file.
    total: f64,
    /// Expected seconds of each item; empty until collected.
    times: Vec<f32>,
    /// Items with the same number other than 0 that stand side by side stay together.
    groups: Vec<u32>,
    done: Vec<bool>,
    collected: bool,
}

impl FileState {
    pub fn unknown(total: f64) -> FileState {
        FileState { total, ..FileState::default() }
    }

    /// The file's items, with their expected times and groups.
    pub fn collect(&mut self, times: Vec<f32>, groups: Vec<u32>) {
        self.done = vec![false; times.len()];
        self.total = times.iter().map(|time| f64::from(*time)).sum();
        (self.times, self.groups, self.collected) = (times, groups, true);
    }

    pub fn is_collected(&self) -> bool {
        self.collected
    }

    pub fn items(&self) -> u32 {
        self.times.len() as u32
    }

    /// Marks an item as done; false if it was, or if there is no such item.
    pub fn finish(&mut self, item: u32) -> bool {
        match self.done.get_mut(item as usize) {
            Some(done) => !std::mem::replace(done, true),
            None => false,
        }
    }

    /// The item is to run once more.
    pub fn reopen(&mut self, item: u32) {
        if let Some(done) = self.done.get_mut(item as usize) {
            *done = false;
        }
    }

    pub fn is_done(&self, item: u32) -> bool {
        self.done.get(item as usize).copied().unwrap_or(false)
    }

    /// The span with its real length, as far as it is known.
    pub fn resolve(&self, span: Span) -> Span {
        if span.count != ALL_ITEMS || !self.collected {
            return span;
        }
        Span { count: self.items().saturating_sub(span.first), ..span }
    }

    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let span = self.resolve(span);
        let end = (span.first as usize).saturating_add(span.count as usize).min(self.times.len());
        (span.first as usize).min(end)..end
    }

    pub fn expected(&self, span: Span) -> f64 {
        if !self.collected {
            return self.total;
        }
        self.times[self.range(span)].iter().map(|time| f64::from(*time)).sum()
    }

    /// Expected seconds of what is not done.
    pub fn left(&self, span: Span) -> f64 {
        if !self.collected {
            return self.total;
        }
        self.range(span).filter(|item| !self.done[*item]).map(|item| f64::from(self.times[item])).sum()
    }

    /// Items that are not done; for a file that is not collected, as if it had many.
    pub fn unbegun(&self, span: Span) -> usize {
        if !self.collected {
            return usize::MAX;
        }
        self.range(span).filter(|item| !self.done[*item]).count()
    }

    fn together(&self, item: usize) -> bool {
        let group = |at: usize| self.groups.get(at).copied().unwrap_or(0);
        group(item) != 0 && group(item) == group(item + 1)
    }

    /// Cuts a span so that the first part takes about `seconds`, at a place where nothing is shared.
    pub fn split(&self, span: Span, seconds: f64) -> (Option<Span>, Option<Span>) {
        if !self.collected {
            return (None, Some(span));
        }
        let range = self.range(span);
        let mut sum = 0.0;
        let mut cut = range.start;
        for item in range.clone() {
            sum += f64::from(self.times[item]);
            if sum > seconds && cut > range.start {
                break;
            }
            if item + 1 < range.end && !self.together(item) {
                cut = item + 1;
            }
            if sum > seconds && cut > range.start {
                break;
            }
        }
        let part = |from: usize, to: usize| {
            (to > from).then(|| Span { first: from as u32, count: (to - from) as u32, ..span })
        };
        if cut == range.start {
            return (part(range.start, range.end), None);
        }
        (part(range.start, cut), part(cut, range.end))
    }

    /// The parts of a span that are not done, without one item.
    pub fn unfinished(&self, span: Span, without: Option<(u32, u32)>) -> Vec<Span> {
        if without == Some((span.file, u32::MAX)) {
            return Vec::new();
        }
        if !self.collected {
            return vec![span];
        }
        let mut parts: Vec<Span> = Vec::new();
        for item in self.range(span) {
            if self.done[item] || without == Some((span.file, item as u32)) {
                continue;
            }
            match parts.last_mut() {
                Some(last) if last.first + last.count == item as u32 => last.count += 1,
                _ => parts.push(Span { first: item as u32, count: 1, ..span }),
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(groups: &[u32]) -> FileState {
        let mut file = FileState::unknown(1.0);
        file.collect(vec![1.0; groups.len()], groups.to_vec());
        file
    }

    fn span(first: u32, count: u32) -> Span {
        Span { file: 0, first, count, pinned: false }
    }

    #[test]
    fn a_split_keeps_groups_together() {
        let file = file(&[0, 1, 1, 1, 0, 0]);
        assert_eq!(file.split(span(0, 6), 3.0), (Some(span(0, 1)), Some(span(1, 5))));
        assert_eq!(file.split(span(0, 6), 4.0), (Some(span(0, 4)), Some(span(4, 2))));
        assert_eq!(file.split(span(1, 3), 1.0), (Some(span(1, 3)), None));
    }

    #[test]
    fn the_unfinished_parts_leave_out_what_is_done_and_the_culprit() {
        let mut file = file(&[0; 6]);
        assert!(file.finish(0));
        assert!(!file.finish(0));
        assert!(!file.finish(9));
        assert_eq!(file.unfinished(span(0, ALL_ITEMS), Some((0, 3))), [span(1, 2), span(4, 2)]);
    }
}
