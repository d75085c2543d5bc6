//! Whole runs of dx-testrun, beside pytest in the environment that `make test` makes.

#[path = "all/configuration.rs"]
mod configuration;
#[path = "all/distribution.rs"]
mod distribution;
#[path = "all/faults.rs"]
mod faults;
#[path = "all/fixture_cache.rs"]
mod fixture_cache;
#[path = "all/from_python.rs"]
mod from_python;
#[path = "all/groups.rs"]
mod groups;
#[path = "all/junit.rs"]
mod junit;
#[path = "all/lanes.rs"]
mod lanes;
#[path = "all/leaks.rs"]
mod leaks;
#[path = "all/leaning.rs"]
mod leaning;
#[path = "all/messages.rs"]
mod messages;
#[path = "all/nodes.rs"]
mod nodes;
#[path = "all/odd_text.rs"]
mod odd_text;
#[path = "all/package.rs"]
mod package;
#[path = "all/page.rs"]
mod page;
#[path = "all/patterns.rs"]
mod patterns;
#[path = "all/pitfalls.rs"]
mod pitfalls;
#[path = "all/ports.rs"]
mod ports;
#[path = "all/pty.rs"]
mod pty;
#[path = "all/races.rs"]
mod races;
#[path = "all/readable.rs"]
mod readable;
#[path = "all/runs.rs"]
mod runs;
#[path = "all/simulation.rs"]
mod simulation;
#[path = "all/snapshots.rs"]
mod snapshots;
#[path = "all/support.rs"]
mod support;
#[path = "all/tally.rs"]
mod tally;
#[path = "all/terminal.rs"]
mod terminal;
#[path = "all/warm.rs"]
mod warm;
#[path = "all/watching.rs"]
mod watching;
