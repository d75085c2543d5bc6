//! What the runner asks of the operating system; with [`crate::ring`] the only files of this crate with `unsafe`.

pub(crate) mod input;
pub(crate) mod memory;
pub(crate) mod poll;
pub(crate) mod process;
pub(crate) mod signals;
pub(crate) mod socket;
pub(crate) mod terminal;
