//! Whole-program benchmarks beside peers.
