//! Suites that listen on a port of their choice: two workers of theirs cannot run at the same time. That is found out once,
//! and remembered.

use crate::state::State;

const NAME: &str = "ports";

/// Two workers wanted this port.
pub(super) fn remember(state: &State, port: u16) {
    let _ = state.write(NAME, port.to_string().as_bytes());
}

/// A port that two workers wanted.
pub(super) fn wanted(state: &State) -> Option<u16> {
    std::fs::read_to_string(state.path(NAME)).ok()?.parse().ok()
}
