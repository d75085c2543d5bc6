//! The project's source files as they are now: from the outline where there is one, by content alone where not.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fs;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use dx_schemas::ContentId;
use dx_schemas::outline::{Detail, Outline};
use rustc_hash::FxHashMap;

use super::digest::Digest;
use super::fingerprint::GRAIN_NS;
use crate::sys::process;
use crate::tree;

/// The part of a source that stands for the whole file, where its functions are not known.
pub(crate) const WHOLE: &str = "*";

/// One file: its content, and what is in it.
pub(crate) struct Source {
    /// By fragment: digest.
    fragments: FxHashMap<String, Digest>,
    /// First line -> last part of the name and fragment, of all that begin there.
    places: FxHashMap<u32, Vec<(String, String)>>,
    /// The project's files that it imports.
    pub(crate) imports: Vec<String>,
}

impl Source {
    fn new(content: Digest, detail: Option<Detail>) -> Source {
        let mut source =
            Source { fragments: FxHashMap::default(), places: FxHashMap::default(), imports: Vec::new() };
        source.fragments.insert(WHOLE.to_owned(), content);
        let Some(detail) = detail else { return source };
        source.imports = detail.imports.into_iter().filter_map(|import| import.target).collect();
        if detail.broken {
            return source;
        }
        for fragment in detail.fragments {
            let name = fragment.id.split('#').next().unwrap_or_default();
            let name = name.rsplit('.').next().unwrap_or_default().to_owned();
            let line = if fragment.id.is_empty() { 0 } else { fragment.line };
            source.places.entry(line).or_default().push((name, fragment.id.clone()));
            source.fragments.insert(fragment.id, Digest::from(fragment.digest));
        }
        source
    }

    /// The fragment that a function's first line and name stand for; the whole file where there is none.
    pub(crate) fn fragment_at(&self, line: u32, name: &str) -> &str {
        let begin_there = self.places.get(&line).map_or(&[][..], Vec::as_slice);
        // The last of several that have one name is the one that stays.
        let found = begin_there.iter().rev().find(|(one, _)| one == name);
        found.map_or(WHOLE, |(_, fragment)| fragment)
    }

    /// The digest of a fragment that still exists.
    pub(crate) fn digest(&self, fragment: &str) -> Option<Digest> {
        self.fragments.get(fragment).copied()
    }
}

/// All of them, read when they are asked for.
pub(crate) struct Sources {
    root: PathBuf,
    outline: Vec<u8>,
    /// Files of the outline: content, and where their details lie in it.
    listed: FxHashMap<String, (Digest, Range<usize>)>,
    /// Files that were found, with what their stat data say, where there is no outline.
    found: FxHashMap<String, Digest>,
    known: RefCell<FxHashMap<String, Option<Rc<Source>>>>,
}

impl Sources {
    /// Where no outline is, files are looked for.
    pub(crate) fn new(root: &Path, outline: Option<&Path>) -> Sources {
        let mut sources = Sources::of_outline(root, outline);
        if sources.outline.is_empty() {
            sources.found = find(root);
        }
        sources
    }

    pub(crate) fn of_outline(root: &Path, outline: Option<&Path>) -> Sources {
        let outline = outline.and_then(|path| fs::read(path).ok()).unwrap_or_default();
        // One that is damaged knows of no function; whole files are compared then.
        let opened = Outline::open(&outline).unwrap_or_default();
        let listed = opened.files().iter().map(|file| {
            let start = file.detail_bytes().as_ptr() as usize - outline.as_ptr() as usize;
            let place = start..start + file.detail_bytes().len();
            (file.path.to_owned(), (Digest::from(&file.content), place))
        });
        let listed = listed.collect();
        Sources {
            root: root.to_owned(),
            outline,
            listed,
            found: FxHashMap::default(),
            known: RefCell::default(),
        }
    }

    /// Those of no folder.
    #[cfg(test)]
    pub(super) fn found(files: impl Iterator<Item = (String, Digest)>) -> Sources {
        Sources { found: files.collect(), ..Sources::of_outline(Path::new("/nowhere"), None) }
    }

    /// Whether it is known what files import, and which functions they have.
    pub(crate) fn has_outline(&self) -> bool {
        !self.listed.is_empty()
    }

    pub(crate) fn is_listed(&self, name: &str) -> bool {
        self.listed.contains_key(name)
    }

    /// How a path is named here and in records: relative to the root where it lies below it.
    pub(crate) fn name(&self, path: &str) -> String {
        let path = Path::new(path);
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().into_owned()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Rc<Source>> {
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        let found = self.read(name).map(Rc::new);
        self.known.borrow_mut().insert(name.to_owned(), found.clone());
        found
    }

    fn read(&self, name: &str) -> Option<Source> {
        if let Some((content, place)) = self.listed.get(name) {
            return Some(Source::new(*content, Detail::decode(&self.outline[place.clone()]).ok()));
        }
        let bytes = fs::read(self.path(name)).ok()?;
        Some(Source::new(Digest::from(&ContentId::of(&bytes)), None))
    }

    /// Whether the project's source files are these, in these states.
    pub(super) fn are(&self, known: &[(String, Digest)]) -> bool {
        let is_so = |(name, state): &(String, Digest)| {
            let listed = self.listed.get(name).map(|(content, _)| content);
            listed.or_else(|| self.found.get(name)) == Some(state)
        };
        known.len() == self.listed.len() + self.found.len() && known.iter().all(is_so)
    }

    /// Every source file of the project, with what tells it from another state of it.
    pub(crate) fn contents(&self) -> FxHashMap<String, Digest> {
        let listed = self.listed.iter().map(|(name, (content, _))| (name.clone(), *content));
        listed.chain(self.found.clone()).collect()
    }
}

/// Which source files there are.
pub(super) fn names<'a>(sources: impl Iterator<Item = &'a String>) -> Digest {
    let names: BTreeSet<&str> = sources.map(String::as_str).collect();
    Digest::of(names.into_iter().map(str::as_bytes))
}

/// Without an outline, new files and changed ones are known by their stat data.
fn find(root: &Path) -> FxHashMap<String, Digest> {
    let mut found = FxHashMap::default();
    let now = process::real_time_ns();
    let mut file = |path: PathBuf| {
        if path.extension().is_none_or(|ending| ending != "py") {
            return;
        }
        let Ok(meta) = fs::metadata(&path) else { return };
        let time = |seconds: i64, rest: i64| seconds * 1_000_000_000 + rest;
        let modified = time(meta.mtime(), meta.mtime_nsec());
        let changed = time(meta.ctime(), meta.ctime_nsec());
        // It may be written again within the same tick: it has a state of its own now.
        let unsettled = if modified.max(changed) > now - GRAIN_NS { now } else { 0 };
        let numbers = [meta.len(), meta.ino(), modified as u64, changed as u64, unsettled as u64];
        let parts = numbers.map(u64::to_le_bytes);
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        found.insert(name, Digest::of(parts.iter().map(<[u8; 8]>::as_slice)));
    };
    let walked: Result<(), Infallible> = tree::walk(root, root, &mut |_| Ok(()), &mut file);
    let Ok(()) = walked;
    found
}
