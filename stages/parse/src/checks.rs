//! Rules of CPython that the foreign parser does not know and that need no scopes.

pub(crate) mod blocks;
pub(crate) mod flufl;
pub(crate) mod future;
pub(crate) mod limits;
pub(crate) mod tokens;
pub(crate) mod warnings;
