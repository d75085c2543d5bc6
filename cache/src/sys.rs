//! What the store asks of the operating system; the only files of this crate with `unsafe`.

pub(crate) mod aligned;
pub(crate) mod files;
pub(crate) mod map;
pub(crate) mod process;
pub(crate) mod stat;
