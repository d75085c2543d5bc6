//! Runs of blocks: large cells, and the pool that single blocks come from.

use std::collections::BTreeMap;

/// Free runs by their first block, coalesced, and the first block never used.
pub(crate) struct RunPool {
    free: BTreeMap<u32, u32>,
    pub(crate) next: u32,
    limit: u32,
}

impl RunPool {
    pub(crate) fn new(limit: u32) -> RunPool {
        RunPool { free: BTreeMap::new(), next: 0, limit }
    }

    /// First block of a run of `count`, and whether its memory is still zero from the system.
    pub(crate) fn take(&mut self, count: u32) -> Option<(u32, bool)> {
        let found =
            self.free.iter().find(|&(_, &length)| length >= count).map(|(&start, &length)| (start, length));
        if let Some((start, length)) = found {
            self.free.remove(&start);
            if length > count {
                self.free.insert(start + count, length - count);
            }
            return Some((start, false));
        }
        if self.limit - self.next < count {
            return None;
        }
        let start = self.next;
        self.next += count;
        Some((start, true))
    }

    /// Takes `more` blocks right behind a run that ends at `end`; says whether their memory is still zero.
    pub(crate) fn extend(&mut self, end: u32, more: u32) -> Option<bool> {
        if end == self.next {
            if self.limit - self.next < more {
                return None;
            }
            self.next += more;
            return Some(true);
        }
        let length = self.free.get(&end).copied().filter(|&length| length >= more)?;
        self.free.remove(&end);
        if length > more {
            self.free.insert(end + more, length - more);
        }
        Some(false)
    }

    pub(crate) fn give(&mut self, mut start: u32, mut count: u32) {
        if let Some((&before, &length)) = self.free.range(..start).next_back()
            && before + length == start
        {
            self.free.remove(&before);
            start = before;
            count += length;
        }
        if let Some(&length) = self.free.get(&(start + count)) {
            self.free.remove(&(start + count));
            count += length;
        }
        self.free.insert(start, count);
    }

    pub(crate) fn runs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.free.iter().map(|(&start, &count)| (start, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_coalesce() {
        let mut pool = RunPool::new(100);
        let a = pool.take(3).unwrap().0;
        let b = pool.take(4).unwrap().0;
        let c = pool.take(5).unwrap().0;
        pool.give(a, 3);
        pool.give(c, 5);
        pool.give(b, 4);
        assert_eq!(pool.runs().collect::<Vec<_>>(), [(0, 12)]);
        assert_eq!(pool.take(12), Some((0, false)));
        assert_eq!(pool.take(89), None);
        assert_eq!(pool.extend(12, 3), Some(true));
        pool.give(4, 8);
        assert_eq!(pool.extend(4, 2), Some(false));
        assert_eq!(pool.extend(4, 2), None);
    }
}
