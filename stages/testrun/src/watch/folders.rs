//! Folders under watch, and what happens in them. Linux tells of one folder at a time, so each has a watch of its own.

use std::collections::{HashMap, HashSet};
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::path::{Path, PathBuf};

use inotify::{EventMask, Inotify, WatchDescriptor, WatchMask};

use super::filter::{Change, Kind};
use crate::failure::Failure;
use crate::tree;

/// Everything known to have happened.
#[derive(Debug, Default)]
pub(crate) struct News {
    pub(crate) changes: Vec<Change>,
    /// The system dropped some: anything may have happened.
    pub(crate) lost: bool,
}

pub(crate) struct Folders {
    inotify: Inotify,
    /// A folder may be known by several names.
    paths: HashMap<WatchDescriptor, Vec<PathBuf>>,
    watched: HashSet<PathBuf>,
    /// All folders below them are watched as they come.
    roots: Vec<PathBuf>,
    /// Single folders besides.
    single: HashSet<PathBuf>,
}

impl Folders {
    pub(crate) fn below(roots: Vec<PathBuf>) -> Result<Folders, Failure> {
        let failed = |error| Failure::Watch { path: roots.first().cloned().unwrap_or_default(), error };
        let inotify = Inotify::init().map_err(failed)?;
        let mut folders = Folders {
            inotify,
            paths: HashMap::new(),
            watched: HashSet::new(),
            roots,
            single: HashSet::new(),
        };
        folders.add_roots()?;
        Ok(folders)
    }

    fn add_roots(&mut self) -> Result<(), Failure> {
        for root in self.roots.clone() {
            self.add_tree(&root, &mut Vec::new())?;
        }
        Ok(())
    }

    pub(crate) fn fd(&self) -> RawFd {
        self.inotify.as_raw_fd()
    }

    pub(crate) fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    pub(crate) fn count(&self) -> usize {
        self.watched.len()
    }

    /// Watches these folders too; whether there was one among them that was not watched yet. For one that does not exist,
    /// the nearest folder above it is watched.
    pub(crate) fn add_single(&mut self, wanted: &HashSet<PathBuf>) -> Result<bool, Failure> {
        let mut fresh = false;
        for folder in wanted {
            self.single.insert(folder.clone());
            let there = folder.ancestors().find(|above| above.is_dir());
            if let Some(there) = there.filter(|there| there.parent().is_some()) {
                fresh |= self.add(there)?;
            }
        }
        Ok(fresh)
    }

    /// Watches a folder and all below it that may hold sources; the files that are there by then.
    fn add_tree(&mut self, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
        let Some(root) = self.roots.iter().find(|root| folder.starts_with(root)).cloned() else {
            return Ok(());
        };
        let mut enter = |folder: &Path| self.add(folder).map(drop);
        tree::walk(&root, folder, &mut enter, &mut |file| files.push(file))
    }

    /// Whether it was not watched yet.
    fn add(&mut self, folder: &Path) -> Result<bool, Failure> {
        if self.watched.contains(folder) {
            return Ok(false);
        }
        let mask = WatchMask::CREATE
            | WatchMask::DELETE
            | WatchMask::MODIFY
            | WatchMask::CLOSE_WRITE
            | WatchMask::MOVED_FROM
            | WatchMask::MOVED_TO
            | WatchMask::ONLYDIR
            | WatchMask::EXCL_UNLINK;
        match self.inotify.watches().add(folder, mask) {
            Ok(watch) => {
                self.watched.insert(folder.to_owned());
                self.paths.entry(watch).or_default().push(folder.to_owned());
                Ok(true)
            }
            // It is gone again, or nobody may read it: then nobody reads it.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(false)
            }
            Err(error) => Err(Failure::Watch { path: folder.to_owned(), error }),
        }
    }

    /// Forgets a folder that has another name now, or none, and all below it.
    fn remove_tree(&mut self, folder: &Path) {
        self.watched.retain(|path| !path.starts_with(folder));
        let mut gone = Vec::new();
        self.paths.retain(|watch, paths| {
            paths.retain(|path| !path.starts_with(folder));
            if paths.is_empty() {
                gone.push(watch.clone());
            }
            !paths.is_empty()
        });
        for watch in gone {
            // Where the folder itself is gone, so is its watch.
            let _ = self.inotify.watches().remove(watch);
        }
    }

    /// What has happened since the last call; does not wait.
    pub(crate) fn news(&mut self) -> Result<News, Failure> {
        let mut news = News::default();
        let mut bytes = [0; 1 << 14];
        loop {
            let events: Vec<_> = match self.inotify.read_events(&mut bytes) {
                Ok(events) => events.map(|event| event.to_owned()).collect(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            if events.is_empty() {
                break;
            }
            for event in events {
                self.hear(event.mask, &event.wd, event.name.as_deref(), &mut news)?;
            }
        }
        if news.lost {
            self.paths.clear();
            self.watched.clear();
            self.add_roots()?;
            self.add_single(&self.single.clone())?;
        }
        Ok(news)
    }

    fn hear(
        &mut self,
        mask: EventMask,
        watch: &WatchDescriptor,
        name: Option<&std::ffi::OsStr>,
        news: &mut News,
    ) -> Result<(), Failure> {
        if mask.contains(EventMask::Q_OVERFLOW) {
            news.lost = true;
            return Ok(());
        }
        if mask.contains(EventMask::IGNORED) {
            for path in self.paths.remove(watch).unwrap_or_default() {
                self.watched.remove(&path);
            }
            return Ok(());
        }
        let Some(name) = name else { return Ok(()) };
        for folder in self.paths.get(watch).cloned().unwrap_or_default() {
            let path = folder.join(name);
            if mask.contains(EventMask::ISDIR) {
                self.hear_folder(mask, &path, news)?;
            } else if let Some(kind) = kind(mask) {
                news.changes.push(Change { path, kind });
            }
        }
        Ok(())
    }

    fn hear_folder(&mut self, mask: EventMask, path: &Path, news: &mut News) -> Result<(), Failure> {
        if mask.intersects(EventMask::MOVED_FROM | EventMask::DELETE) {
            self.remove_tree(path);
        } else if mask.intersects(EventMask::CREATE | EventMask::MOVED_TO) {
            let mut files = Vec::new();
            self.add_tree(path, &mut files)?;
            // Made before the watch, and never told of.
            news.changes.extend(files.into_iter().map(|path| Change { path, kind: Kind::Made }));
            let below = self.single.iter().filter(|single| single.starts_with(path)).cloned().collect();
            self.add_single(&below)?;
        } else {
            return Ok(());
        }
        news.changes.push(Change { path: path.to_owned(), kind: Kind::Folder });
        Ok(())
    }
}

/// What an event says of a file.
fn kind(mask: EventMask) -> Option<Kind> {
    let kinds = [
        (EventMask::CLOSE_WRITE, Kind::Written),
        (EventMask::MODIFY, Kind::Writing),
        (EventMask::MOVED_TO, Kind::Came),
        (EventMask::CREATE, Kind::Made),
        (EventMask::MOVED_FROM, Kind::Gone),
        (EventMask::DELETE, Kind::Gone),
    ];
    kinds.into_iter().find(|(event, _)| mask.contains(*event)).map(|(_, kind)| kind)
}
