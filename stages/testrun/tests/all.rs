//! Whole runs of dx-testrun, beside pytest in the environment that `make test` makes.

#[path = "all/distribution.rs"]
mod distribution;
#[path = "all/faults.rs"]
mod faults;
#[path = "all/groups.rs"]
mod groups;
#[path = "all/junit.rs"]
mod junit;
#[path = "all/odd_text.rs"]
mod odd_text;
#[path = "all/patterns.rs"]
mod patterns;
#[path = "all/races.rs"]
mod races;
#[path = "all/runs.rs"]
mod runs;
#[path = "all/simulation.rs"]
mod simulation;
#[path = "all/support.rs"]
mod support;
#[path = "all/tally.rs"]
mod tally;
#[path = "all/warm.rs"]
mod warm;
