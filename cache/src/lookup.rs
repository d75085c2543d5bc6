//! The answer to a lookup: a hit, or a miss that says why.

use std::io;
use std::ops::Deref;

use crate::blob::Blob;
use crate::key::Origin;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<T> {
    Hit(T),
    Miss(Miss),
}

impl<T> Lookup<T> {
    pub fn hit(self) -> Option<T> {
        match self {
            Lookup::Hit(value) => Some(value),
            Lookup::Miss(_) => None,
        }
    }

    pub fn miss(&self) -> Option<&Miss> {
        match self {
            Lookup::Hit(_) => None,
            Lookup::Miss(miss) => Some(miss),
        }
    }

    pub fn is_hit(&self) -> bool {
        matches!(self, Lookup::Hit(_))
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Lookup<U> {
        match self {
            Lookup::Hit(value) => Lookup::Hit(f(value)),
            Lookup::Miss(miss) => Lookup::Miss(miss),
        }
    }
}

/// Why there is nothing to give. All but [`Miss::Absent`] are worth a line in a build's report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Miss {
    #[error("not in the cache")]
    Absent,
    #[error("damaged: {0}")]
    Damaged(&'static str),
    #[error("its pack was removed")]
    Gone,
    #[error("unreadable: {0}")]
    Unreadable(io::ErrorKind),
}

impl Miss {
    pub(crate) fn of(error: &io::Error) -> Miss {
        match error.kind() {
            io::ErrorKind::NotFound => Miss::Gone,
            kind => Miss::Unreadable(kind),
        }
    }
}

/// A record's bytes, whose meaning belongs to the driver, and who made them.
#[derive(Clone, Debug)]
pub struct Record {
    pub bytes: Blob,
    pub origin: Origin,
}

impl Deref for Record {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}
