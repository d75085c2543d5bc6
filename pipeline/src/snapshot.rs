//! The stat manifest of one set of paths, with the state as its payload.
//!
//! It answers the two questions of every build: is there anything to do at all, and if so, which files changed. All
//! paths in it are relative to the workspace's root, or absolute outside of it.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use dx_cache::manifest::{self, Binding, Builder, CheckOutcome, FileKind, FileStat, Manifest};
use dx_cache::{Lookup, StoreState};
use dx_schemas::ContentId;

use crate::failure::Failure;
use crate::state::{State, Summary};
use crate::store::Store;
use crate::workspace::Workspace;

/// Threads of the check; more than two gain nothing before the disk is slower than the kernel.
const CHECK_THREADS: usize = 2;

/// States up to this size are proved whole even by a build with nothing to do (half a millisecond).
const PROVED_BYTES_MAX: usize = 4 << 20;

pub(crate) struct Snapshot {
    file: PathBuf,
    root: PathBuf,
    setup: [u8; 32],
    last: Option<(Manifest, CheckOutcome)>,
    changed: HashSet<PathBuf>,
    builder: Option<Builder>,
}

impl Snapshot {
    /// Loads and checks what the last build of `name` (a hash of its paths) left.
    pub(crate) fn load(workspace: &Workspace, store: &Store, name: &str, setup: [u8; 32]) -> Snapshot {
        let file = workspace.dx().join("state").join(name);
        let root = workspace.root.clone();
        let mut snapshot = Snapshot { file, root, setup, last: None, changed: HashSet::new(), builder: None };
        if let Lookup::Hit(manifest) = Manifest::load(&snapshot.file, &snapshot.root) {
            let outcome = manifest.check(store.cache(), &setup, CHECK_THREADS);
            let differing = [&outcome.modified, &outcome.removed];
            snapshot.changed = differing.into_iter().flatten().cloned().collect();
            snapshot.last = Some((manifest, outcome));
        }
        snapshot
    }

    /// Nothing at all changed since the last build, and that came to every file.
    pub(crate) fn is_up_to_date(&self) -> bool {
        self.last.as_ref().is_some_and(|(_, outcome)| outcome.is_unchanged())
            && self.summary().is_some_and(|summary| !summary.incomplete)
    }

    /// The head of the state, without reading the rest.
    pub(crate) fn summary(&self) -> Option<Summary> {
        let (manifest, _) = self.last.as_ref()?;
        let payload = manifest.payload_unproved();
        // A large state would take longer to prove than everything else together; its head proves itself.
        if payload.len() <= PROVED_BYTES_MAX && !manifest.payload().is_hit() {
            return None;
        }
        Summary::read(payload).ok()
    }

    /// The last build had the same stages and options, and the cache holds what it put there.
    pub(crate) fn is_trusted(&self) -> bool {
        self.last.as_ref().is_some_and(|(_, outcome)| outcome.invalid.is_none())
    }

    /// Why the last build's results are looked up again.
    pub(crate) fn distrust(&self) -> Option<String> {
        self.last.as_ref()?.1.invalid.as_ref().map(|reason| reason.to_string())
    }

    /// Files may have come or gone (or what is ignored changed), so a search is needed.
    pub(crate) fn needs_search(&self) -> bool {
        let Some((manifest, outcome)) = &self.last else { return true };
        let ignores = |path: &Path| {
            manifest.item(path).and_then(|item| item.file).is_some_and(|(kind, ..)| kind != FileKind::Source)
        };
        self.state().is_none_or(|state| state.summary.incomplete)
            || !outcome.directories.is_empty()
            || !outcome.appeared.is_empty()
            || !outcome.removed.is_empty()
            || outcome.modified.iter().any(|path| ignores(path))
    }

    pub(crate) fn state(&self) -> Option<State<'_>> {
        let (manifest, _) = self.last.as_ref()?;
        State::open(manifest.payload().hit()?).ok()
    }

    /// Whether a file of the state has the content that the state says, as far as the check saw.
    pub(crate) fn is_unchanged(&self, path: &Path, source: ContentId) -> bool {
        let Some((manifest, _)) = &self.last else { return false };
        !self.changed.contains(path) && manifest.content_id(path) == Some(source)
    }

    /// To be called before anything is read for the new state.
    pub(crate) fn begin(&mut self) {
        match Builder::begin(&self.file) {
            Ok(builder) => self.builder = Some(builder),
            // Without a state the next build looks everything up; that is slower and right.
            Err(_) => self.builder = None,
        }
    }

    pub(crate) fn add_file(&mut self, kind: FileKind, path: &Path, stat: FileStat, id: ContentId) {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        if let Some(builder) = &mut self.builder {
            builder.file(kind, path, stat, id);
        }
    }

    /// Watches a folder whose names matter, and the ignore files.
    pub(crate) fn add_folder(&mut self, folder: &Path) {
        let path = folder.strip_prefix(&self.root).unwrap_or(folder);
        let Some(builder) = &mut self.builder else { return };
        match manifest::list_directory(folder) {
            Ok(listing) => builder.directory(path, &listing),
            Err(_) => builder.absent(path),
        }
    }

    pub(crate) fn add_ignore(&mut self, file: &Path) {
        if let Ok((bytes, stat)) = manifest::read_file(file) {
            self.add_file(FileKind::Ignore, file, stat, ContentId::of(&bytes));
        }
    }

    /// Keeps what the check found unchanged, for the paths wanted.
    pub(crate) fn carry(&mut self, keep: impl Fn(&Path) -> bool) {
        if let (Some(builder), Some((manifest, outcome))) = (&mut self.builder, &self.last) {
            builder.carry_if(manifest, outcome, keep);
        }
    }

    /// Writes the new state. A state that cannot be written, or that would promise what the cache did not take, is
    /// removed instead: it only saves work.
    pub(crate) fn save(&mut self, store: &Store, payload: &[u8]) -> Result<(), Failure> {
        let Some(builder) = self.builder.take() else { return Ok(()) };
        let stored = store.session().filter(|session| session.state() == StoreState::Storing);
        let (Some(session), Some(cache)) = (stored, store.cache()) else {
            drop(builder);
            let _ = fs::remove_file(&self.file);
            return Ok(());
        };
        let mut packs = session.used_packs();
        if let Some((manifest, outcome)) = &self.last
            && outcome.invalid.is_none()
        {
            packs.extend(manifest.packs());
        }
        packs.sort();
        packs.dedup();
        let binding =
            Binding { cache: cache.id(), generation: session.generation(), packs, options: self.setup };
        if builder.finish(&binding, payload).is_err() {
            let _ = fs::remove_file(&self.file);
        }
        Ok(())
    }
}
