//! Whole runs of dx-testrun, beside pytest in the environment that `make test` makes.

#[path = "all/configuration.rs"]
mod configuration;
#[path = "all/distribution.rs"]
mod distribution;
#[path = "all/leaks.rs"]
mod leaks;
#[path = "all/messages.rs"]
mod messages;
#[path = "all/page.rs"]
mod page;
#[path = "all/pitfalls.rs"]
mod pitfalls;
#[path = "all/runs.rs"]
mod runs;
#[path = "all/support.rs"]
mod support;
#[path = "all/terminal.rs"]
mod terminal;
#[path = "all/warm.rs"]
mod warm;
