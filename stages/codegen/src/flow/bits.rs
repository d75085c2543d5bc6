//! A set of small numbers. Nearly always they are below 64, so the first word needs no allocation.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bits {
    first: u64,
    rest: Vec<u64>,
}

impl Bits {
    pub(crate) fn empty(words: usize) -> Bits {
        Bits { first: 0, rest: vec![0; words.saturating_sub(1)] }
    }

    pub(crate) fn full(words: usize) -> Bits {
        Bits { first: u64::MAX, rest: vec![u64::MAX; words.saturating_sub(1)] }
    }

    /// An empty set with room for as much.
    pub(crate) fn cleared(&self) -> Bits {
        Bits { first: 0, rest: vec![0; self.rest.len()] }
    }

    fn word(&mut self, at: u32) -> &mut u64 {
        match (at as usize / 64).checked_sub(1) {
            None => &mut self.first,
            Some(at) => &mut self.rest[at],
        }
    }

    #[inline]
    pub(crate) fn insert(&mut self, at: u32) {
        *self.word(at) |= 1 << (at % 64);
    }

    #[inline]
    pub(crate) fn remove(&mut self, at: u32) {
        *self.word(at) &= !(1 << (at % 64));
    }

    #[inline]
    pub(crate) fn contains(&self, at: u32) -> bool {
        let word = (at as usize / 64).checked_sub(1).map_or(self.first, |at| self.rest[at]);
        word >> (at % 64) & 1 != 0
    }

    /// Keeps what is also in `other`; whether that changed anything.
    pub(crate) fn intersect(&mut self, other: &Bits) -> bool {
        let mut lost = self.first & !other.first;
        self.first &= other.first;
        for (word, other) in self.rest.iter_mut().zip(&other.rest) {
            lost |= *word & !other;
            *word &= other;
        }
        lost != 0
    }

    /// Adds what is in `other`; whether that changed anything.
    pub(crate) fn unite(&mut self, other: &Bits) -> bool {
        let mut new = other.first & !self.first;
        self.first |= other.first;
        for (word, other) in self.rest.iter_mut().zip(&other.rest) {
            new |= other & !*word;
            *word |= other;
        }
        new != 0
    }
}
