//! Opening the directory: make it, check whose it is and which version, nothing more.
//!
//! Cheap on purpose (a few system calls): a null build opens the cache only to compare its identity. Everything that
//! costs more belongs to [`Session`].

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::CacheError;
use crate::format::{self, CacheId};
use crate::generation;
use crate::layout::Layout;
use crate::options::CacheOptions;
use crate::pack::PackId;
use crate::session::Session;
use crate::sys::{files, process};

/// A cache directory that has been found fit for use. Cloning is cheap.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    layout: Layout,
    id: CacheId,
    options: CacheOptions,
    mapping: bool,
    /// The FORMAT file was damaged and written anew.
    reformatted: AtomicBool,
}

impl Cache {
    /// Opens the cache in `dir`, making it (mode 0700) if it is not there and may be written.
    pub fn open(dir: impl AsRef<Path>, options: CacheOptions) -> Result<Cache, CacheError> {
        let dir = dir.as_ref();
        let layout = Layout::new(dir);
        match fs::metadata(dir) {
            Ok(metadata) => check_owner(dir, &metadata)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !options.read_only => {
                if let Some(parent) = dir.parent() {
                    fs::create_dir_all(parent).map_err(CacheError::io("create", parent))?;
                }
                match fs::DirBuilder::new().mode(0o700).create(dir) {
                    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                        return Err(CacheError::io("create cache", dir)(error));
                    }
                    _ => {}
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(CacheError::Absent { path: dir.to_path_buf() });
            }
            Err(error) => return Err(CacheError::io("open cache", dir)(error)),
        }
        let mut reformatted = false;
        // Twice: the first pass may find nothing or damage, and repair it.
        for attempt in 0..2 {
            match fs::read(layout.format()) {
                Ok(bytes) => match format::read(&bytes) {
                    format::Read::Current(id) => {
                        let mapping = !files::is_network(dir);
                        let reformatted = AtomicBool::new(reformatted);
                        return Ok(Cache(Arc::new(Inner { layout, id, options, mapping, reformatted })));
                    }
                    format::Read::Future(found) => {
                        return Err(CacheError::Future {
                            path: dir.to_path_buf(),
                            found,
                            known: format::VERSION,
                        });
                    }
                    format::Read::Damaged => reformatted = true,
                },
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    if !reformatted && !is_ours_to_fill(&layout)? {
                        return Err(CacheError::NotACache { path: dir.to_path_buf() });
                    }
                }
                Err(error) => return Err(CacheError::io("read", layout.format())(error)),
            }
            if options.read_only {
                return Err(CacheError::NotACache { path: dir.to_path_buf() });
            }
            if attempt == 0 {
                make_directories(&layout)?;
                format::create(&layout, reformatted)?;
            }
        }
        Err(CacheError::NotACache { path: dir.to_path_buf() })
    }

    /// Changes when the directory becomes another cache; see [`crate::manifest`].
    pub fn id(&self) -> CacheId {
        self.0.id
    }

    /// Changes whenever something was removed. Read anew at each call.
    pub fn gc_generation(&self) -> u64 {
        generation::read(&self.0.layout)
    }

    pub fn path(&self) -> &Path {
        self.0.layout.root()
    }

    pub fn options(&self) -> &CacheOptions {
        &self.0.options
    }

    /// Whether opening found the FORMAT file damaged and wrote it anew; said once.
    pub(crate) fn take_reformatted(&self) -> bool {
        self.0.reformatted.swap(false, Ordering::Relaxed)
    }

    /// Whether a pack is still there: all that a null build asks.
    pub fn has_pack(&self, id: PackId) -> bool {
        self.0.layout.pack(id).exists()
    }

    /// Starts to use the content. One session per process (or per build) is enough; it serves several threads.
    pub fn session(&self) -> Session {
        Session::start(self.clone())
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.0.layout
    }

    /// Whether files are mapped; not on network file systems.
    pub(crate) fn maps_files(&self) -> bool {
        self.0.mapping
    }
}

fn check_owner(dir: &Path, metadata: &fs::Metadata) -> Result<(), CacheError> {
    let user = process::effective_user();
    if metadata.uid() != user {
        return Err(CacheError::ForeignOwner { path: dir.to_path_buf(), owner: metadata.uid(), user });
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o022 == 0 {
        return Ok(());
    }
    // An empty directory that a script made beforehand has the umask's mode; nothing can have been planted in it.
    if is_empty(dir)? {
        let private = fs::Permissions::from_mode(0o700);
        return fs::set_permissions(dir, private).map_err(CacheError::io("make private", dir));
    }
    Err(CacheError::OpenToOthers { path: dir.to_path_buf(), mode })
}

fn is_empty(dir: &Path) -> Result<bool, CacheError> {
    let mut entries = fs::read_dir(dir).map_err(CacheError::io("read", dir))?;
    Ok(entries.next().is_none())
}

/// A directory without FORMAT may be made a cache if it is empty, if another process is just doing the same, or if a
/// program ran before the first build and left the standard library.
fn is_ours_to_fill(layout: &Layout) -> Result<bool, CacheError> {
    let dir = layout.root();
    for entry in fs::read_dir(dir).map_err(CacheError::io("read", dir))? {
        let name = entry.map_err(CacheError::io("read", dir))?.file_name();
        if !layout.is_own_entry(&name).map_err(CacheError::io("read", dir.join(&name)))? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(crate) fn make_directories(layout: &Layout) -> Result<(), CacheError> {
    for name in Layout::DIRECTORIES {
        let path = layout.root().join(name);
        match fs::DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(CacheError::io("create", path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}
