//! Minutes since 1970: when an entry was last used.
//!
//! Only gc reads it. It stands in indexes, never in a frame's key, a payload or an archive, so it cannot reach an
//! artifact.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An entry's time is renewed at most once per this span, so that a build which only reads seldom writes.
pub(crate) const RENEW_AFTER_MINUTES: u32 = 60;

pub(crate) fn minutes_now() -> u32 {
    minutes_of(SystemTime::now())
}

pub(crate) fn minutes_of(time: SystemTime) -> u32 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u32::try_from(since.as_secs() / 60).unwrap_or(u32::MAX)
}
