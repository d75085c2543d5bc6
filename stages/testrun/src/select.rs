//! Which tests what changed can affect, so that only these run.
//!
//! Workers tell what each test used (`evidence`): the functions that it executed, the files, folders and variables that
//! it read, and the same of every module while it was imported. That is kept between runs (`record`) with digests of all
//! of it. Before a run, digests are compared with the sources' outline and with the world (`changes`), and every test
//! gets a reason to run or none (`choice`). Whatever is not known for certain is a reason to run.

mod changes;
mod choice;
mod covered;
mod digest;
mod evidence;
mod fingerprint;
mod glance;
mod in_order;
mod known;
mod merge;
mod numbering;
mod others;
mod record;
mod setting;
mod since;
mod sources;
mod writer;

pub(crate) use choice::{Choice, Reason, file_of};
pub(crate) use covered::widen;
pub(crate) use digest::Digest;
pub(crate) use evidence::Evidence;
pub(crate) use glance::Glance;
pub(crate) use known::Known;
pub(crate) use merge::take_over;
pub(crate) use record::Record;
pub(crate) use setting::setting;
pub(crate) use since::Since;
pub(crate) use sources::Sources;
pub(crate) use writer::{Ran, Run, WholeFiles};
