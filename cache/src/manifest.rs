//! The stat manifest: everything that the last build looked at, so that the next can tell in milliseconds whether there
//! is anything to do.
//!
//! One file under `.dx/`, mapped and checked against one checksum. It lists files (with size, inode, mtime, ctime and
//! content id), directories that were listed, and names that were looked for and not found; it names the cache, its gc
//! generation and the packs that the result stands in; and it carries an opaque payload of the driver.
//!
//! Stat data is a *filter*, never a proof. Equal stat data means "unchanged" only if the entry is not *racy*: a file
//! that changed within two seconds of the moment when the manifest's build began may change again without its times
//! telling (file systems have ticks), so it is hashed again. Differing stat data means "hash it", not "changed". When a
//! check had to hash and found everything equal, it writes the manifest again with the new stat data, so that the next
//! check is fast.
//!
//! Order matters: [`Builder::begin`] comes before the first read. It takes the time from the file system itself, whose
//! clock is the one that the entries' times come from.

mod build;
mod check;
mod layout;
mod load;
mod read;

pub use build::{Binding, Builder};
pub use check::{CheckOutcome, Invalid};
pub use load::{Item, Manifest};
pub use read::{Listing, Name, NameKind, list_directory, read_file};

pub use crate::sys::stat::FileStat;

/// Why a file is in the manifest. All kinds are checked alike; the driver asks what a change means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    Source = 1,
    Ignore = 2,
    Config = 3,
    Executable = 4,
    Other = 5,
}

impl FileKind {
    fn from_code(code: u8) -> Option<FileKind> {
        [FileKind::Source, FileKind::Ignore, FileKind::Config, FileKind::Executable, FileKind::Other]
            .into_iter()
            .find(|kind| *kind as u8 == code)
    }
}
