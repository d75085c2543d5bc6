//! The closure of a program: its script and every module that its imports may load, built and resolved.
//!
//! Files are added as imports name them, and each new one is built before its own imports can be followed. What the
//! last run knew of unchanged files is believed as a build believes it.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};

use dx_cache::manifest::{FileKind, FileStat};
use dx_schemas::image::{Image, ImageFragment, ImageModule, NamespacePackage, Place};

use crate::build::{Namer, Site, imports_of};
use crate::engine::{Engine, Observer, Planned, Previous, Product, Proof};
use crate::failure::Failure;
use crate::resolve::{Resolver, Target};
use crate::result::{FileResult, Resolved, peek};
use crate::snapshot::Snapshot;
use crate::state::{self, Block, State};
use crate::trace::Trace;

/// Where a program's modules come from.
pub(crate) struct Search {
    /// In the order of `sys.path`; the library is the last.
    pub(crate) path: Vec<PathBuf>,
    pub(crate) library: PathBuf,
}

/// A module of the closure.
struct Module {
    file: PathBuf,
    package: bool,
}

/// Everything that a program may load.
pub(crate) struct Closure<'a> {
    site: &'a Site,
    search: &'a Search,
    resolver: Resolver,
    /// By name, the script as `__main__`.
    modules: BTreeMap<String, Module>,
    namespaces: BTreeMap<String, Vec<PathBuf>>,
    results: HashMap<PathBuf, FileResult>,
    stats: HashMap<PathBuf, FileStat>,
}

/// The closure with what was built on the way.
pub(crate) struct Closed {
    pub(crate) product: Product,
    pub(crate) image: Image,
    /// All results, for the state.
    pub(crate) results: Vec<FileResult>,
    pub(crate) stats: Vec<(PathBuf, FileStat, dx_schemas::ContentId)>,
    pub(crate) folders: Vec<PathBuf>,
}

impl<'a> Closure<'a> {
    pub(crate) fn new(site: &'a Site, search: &'a Search) -> Closure<'a> {
        Closure {
            site,
            search,
            resolver: Resolver::default(),
            modules: BTreeMap::new(),
            namespaces: BTreeMap::new(),
            results: HashMap::new(),
            stats: HashMap::new(),
        }
    }

    /// Builds the closure of `script`, a file that is run as module `name` of a package or on its own.
    pub(crate) fn close(
        mut self,
        script: &Path,
        package: Option<&str>,
        snapshot: &Snapshot,
        observer: &mut dyn Observer,
        trace: &mut Trace,
    ) -> Result<Closed, Failure> {
        let site = self.site;
        let mut engine = Engine::new(&site.store, &site.stages, &site.settings, observer, trace);
        let state = snapshot.state();
        let mut namer = Namer::new(self.search.path.clone());
        let mut open: VecDeque<(String, PathBuf, bool)> = VecDeque::new();
        open.push_back(("__main__".to_owned(), script.to_path_buf(), false));
        let mut added: HashSet<PathBuf> = HashSet::new();
        let mut followed: HashSet<String> = HashSet::new();
        loop {
            while let Some((name, file, package)) = open.pop_front() {
                if added.insert(file.clone()) {
                    match self.known(snapshot, &state, &file) {
                        Some(result) => {
                            self.results.insert(file.clone(), result);
                        }
                        None => engine.add(self.planned(&mut namer, snapshot, &state, &file)),
                    }
                }
                self.modules.insert(name, Module { file, package });
            }
            engine.run()?;
            self.take(engine.product());
            let ready: Vec<(String, PathBuf, bool)> = self
                .modules
                .iter()
                .filter(|(name, module)| self.results.contains_key(&module.file) && !followed.contains(*name))
                .map(|(name, module)| (name.clone(), module.file.clone(), module.package))
                .collect();
            for (name, file, is_package) in ready {
                followed.insert(name.clone());
                let of = if name == "__main__" { package.unwrap_or("__main__") } else { &name };
                open.extend(self.follow(of, &file, is_package));
            }
            if open.is_empty() {
                break;
            }
        }
        let product = engine.finish();
        Ok(self.finish(product))
    }

    /// What the last run knew of a file that has not changed since.
    fn known(&self, snapshot: &Snapshot, state: &Option<State<'_>>, file: &Path) -> Option<FileResult> {
        let state = state.as_ref()?;
        let path = self.site.shown(file);
        let index = state.find(&path)?;
        let (findings, _, source) = peek(state.block(index)).ok()?;
        let is_same = snapshot.is_trusted()
            && self.site.settings.proof == Proof::None
            && !findings
            && snapshot.is_unchanged(Path::new(&path), source);
        if is_same { state.file(index) } else { None }
    }

    fn planned(
        &self,
        namer: &mut Namer,
        snapshot: &Snapshot,
        state: &Option<State<'_>>,
        file: &Path,
    ) -> Planned {
        let path = self.site.shown(file);
        let result = state.as_ref().and_then(|state| state.file(state.find(&path)?));
        let previous = result.map(|result| Previous { result, trusted: snapshot.is_trusted() });
        namer.planned(self.site, file.to_path_buf(), previous)
    }

    /// Takes over what the engine has finished.
    fn take(&mut self, product: &Product) {
        for finished in &product.files {
            if let Some(result) = &finished.result {
                let file = self.site.located(&finished.path);
                if let Some(stat) = finished.stat {
                    self.stats.insert(file.clone(), stat);
                }
                self.results.entry(file).or_insert_with(|| result.clone());
            }
        }
    }

    /// The modules that a file's imports lead to and that are not in the closure yet.
    fn follow(&mut self, name: &str, file: &Path, package: bool) -> Vec<(String, PathBuf, bool)> {
        let Some(result) = self.results.get(file) else { return Vec::new() };
        let imports = imports_of(self.site, result).unwrap_or_default();
        let wanted: Vec<_> = imports.into_iter().filter(|import| !import.type_checking).collect();
        let found = self.resolver.imports(&self.search.path, name, package, &wanted);
        let mut new = Vec::new();
        let mut resolved = Vec::new();
        for (import, target) in found {
            let shown = match &target {
                Some(Target::Module { file, .. }) => Some(self.site.shown(file)),
                Some(Target::Namespace(folders)) => folders.first().map(|folder| self.site.shown(folder)),
                None => None,
            };
            resolved.push(Resolved { import: import.clone(), target: shown });
            match target {
                Some(Target::Module { file, package }) if !self.modules.contains_key(&import) => {
                    new.push((import, file, package));
                }
                Some(Target::Namespace(folders)) => {
                    self.namespaces.insert(import, folders);
                }
                _ => {}
            }
        }
        if let Some(result) = self.results.get_mut(file) {
            result.imports = resolved;
        }
        new
    }

    fn finish(self, product: Product) -> Closed {
        let modules = self.modules.iter().filter_map(|(name, module)| {
            let result = self.results.get(&module.file)?;
            Some(self.image_module(name, module, result))
        });
        let namespaces = self.namespaces.iter().map(|(name, folders)| NamespacePackage {
            name: name.clone(),
            folders: folders.iter().map(|folder| self.place(folder)).collect(),
        });
        let image = Image {
            entry: "__main__".to_owned(),
            modules: modules.collect(),
            namespaces: namespaces.collect(),
        };
        let mut results: Vec<FileResult> = self.results.values().cloned().collect();
        results.sort_by(|a, b| a.path.cmp(&b.path));
        let stats = self
            .stats
            .iter()
            .filter_map(|(file, stat)| Some((file.clone(), *stat, self.results.get(file)?.source)))
            .collect();
        let folders = self.resolver.folders().cloned().collect();
        Closed { product, image, results, stats, folders }
    }

    fn image_module(&self, name: &str, module: &Module, result: &FileResult) -> ImageModule {
        let has_code = result.fragments.iter().all(|fragment| fragment.code.is_some());
        let fragments =
            result.fragments.iter().filter(|_| has_code && !result.errors).filter_map(|fragment| {
                Some(ImageFragment {
                    name: fragment.name.clone(),
                    parent: fragment.parent,
                    code: fragment.code?.1,
                    positions: fragment.positions,
                    base_line: fragment.base_line,
                })
            });
        ImageModule {
            name: name.to_owned(),
            place: self.place(&module.file),
            package: module.package,
            syntax: result.syntax.map_or(result.source, |(_, id)| id),
            fragments: fragments.collect(),
        }
    }

    fn place(&self, path: &Path) -> Place {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        if let Ok(inside) = path.strip_prefix(&self.search.library) {
            return Place::Library(text(inside));
        }
        match path.strip_prefix(&self.site.workspace.root) {
            Ok(inside) => Place::Workspace(text(inside)),
            Err(_) => Place::Absolute(text(path)),
        }
    }
}

/// Writes what the next run needs to see that nothing changed.
pub(crate) fn save(site: &Site, snapshot: &mut Snapshot, closed: &Closed) -> Result<(), Failure> {
    let blocks: Vec<(&str, Block<'_>)> =
        closed.results.iter().map(|result| (result.path.as_str(), Block::New(result))).collect();
    let incomplete = closed.product.stopped || closed.product.files.iter().any(|file| file.result.is_none());
    let bytes = state::write(incomplete, &blocks);
    let wanted: HashSet<&str> = closed.results.iter().map(|result| result.path.as_str()).collect();
    snapshot.carry(|path| path.to_str().is_some_and(|path| wanted.contains(path)));
    for (file, stat, source) in &closed.stats {
        snapshot.add_file(FileKind::Source, file, *stat, *source);
    }
    for folder in &closed.folders {
        snapshot.add_folder(folder);
    }
    snapshot.save(&site.store, &bytes)
}
