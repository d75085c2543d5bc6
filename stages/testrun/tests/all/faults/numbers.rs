//! Numbers that look random and are the same for the same seed and round (SplitMix64).

use std::time::Duration;

pub(crate) struct Numbers(u64);

impl Numbers {
    /// Each round has its own sequence, so that it can be repeated alone.
    pub(crate) fn new(seed: u64, round: u64) -> Numbers {
        let mut numbers = Numbers(seed);
        numbers.0 = numbers.next() ^ round.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        numbers
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A moment within a time.
    pub(crate) fn moment(&mut self, within: Duration) -> Duration {
        Duration::from_micros(self.next() % (within.as_micros() as u64).max(1))
    }
}
