//! A set of registers. Nearly every object has at most 64 of them, so the first word needs no allocation.

#[derive(Clone, PartialEq)]
pub(super) struct Set {
    first: u64,
    rest: Vec<u64>,
}

impl Set {
    pub(super) fn empty(words: usize) -> Set {
        Set { first: 0, rest: vec![0; words.saturating_sub(1)] }
    }

    pub(super) fn full(words: usize) -> Set {
        Set { first: u64::MAX, rest: vec![u64::MAX; words.saturating_sub(1)] }
    }

    fn word(&self, at: usize) -> u64 {
        match at.checked_sub(1) {
            None => self.first,
            Some(at) => self.rest.get(at).copied().unwrap_or(0),
        }
    }

    fn word_mut(&mut self, at: usize) -> Option<&mut u64> {
        match at.checked_sub(1) {
            None => Some(&mut self.first),
            Some(at) => self.rest.get_mut(at),
        }
    }

    #[inline]
    pub(super) fn contains(&self, at: u32) -> bool {
        self.word(at as usize / 64) >> (at % 64) & 1 != 0
    }

    #[inline]
    pub(super) fn insert(&mut self, at: u32) {
        if let Some(word) = self.word_mut(at as usize / 64) {
            *word |= 1 << (at % 64);
        }
    }

    #[inline]
    pub(super) fn remove(&mut self, at: u32) {
        if let Some(word) = self.word_mut(at as usize / 64) {
            *word &= !(1 << (at % 64));
        }
    }

    /// Removes `from` and all above.
    pub(super) fn truncate(&mut self, from: u32) {
        let first = from as usize / 64;
        if let Some(word) = self.word_mut(first) {
            *word &= (1 << (from % 64)) - 1;
        }
        self.rest.iter_mut().skip(first).for_each(|word| *word = 0);
    }

    /// Keeps what is also in `other`; whether that changed anything.
    pub(super) fn intersect(&mut self, other: &Set) -> bool {
        let mut lost = self.first & !other.first;
        self.first &= other.first;
        for (word, other) in self.rest.iter_mut().zip(&other.rest) {
            lost |= *word & !other;
            *word &= other;
        }
        lost != 0
    }

    /// Adds what is in `other`; whether that changed anything.
    pub(super) fn unite(&mut self, other: &Set) -> bool {
        let mut new = other.first & !self.first;
        self.first |= other.first;
        for (word, other) in self.rest.iter_mut().zip(&other.rest) {
            new |= other & !*word;
            *word |= other;
        }
        new != 0
    }

    /// Whether `declared` (bits of bytes) names, of `registers` registers, every named one, every temporary that is
    /// needed, and no temporary that is not held. A word at a time: this runs for each instruction with an effect.
    pub(super) fn is_right_live_set(
        declared: &[u8],
        registers: usize,
        temporaries: &Set,
        needed: &Set,
        held: &Set,
    ) -> bool {
        (0..registers.div_ceil(64)).all(|at| {
            let mut bytes = [0; 8];
            let part = declared.get(at * 8..).unwrap_or_default();
            let len = part.len().min(8);
            bytes[..len].copy_from_slice(&part[..len]);
            let live = u64::from_le_bytes(bytes);
            let all = u64::MAX >> (64 - (registers - at * 64).min(64));
            let temporary = temporaries.word(at);
            let missing = !live & (!temporary | needed.word(at));
            let extra = live & temporary & !held.word(at);
            (missing | extra) & all == 0
        })
    }
}
