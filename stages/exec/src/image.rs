//! Modules of an image: code out of the cache by digest, positions opened when a traceback wants them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use dx_cache::{Blob, Cache, CacheOptions, Lookup, Session};
use dx_interp::image::{Bytes, FragmentInput, ModuleInput};
use dx_interp::state::Found;
use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_schemas::digest::ContentId;
use dx_schemas::image::{Image, ImageModule, Place};
use dx_schemas::{Artifact, Kind, SectionKind};

use crate::front::{self, Named};

/// An image and the places that its paths are relative to.
pub struct ImageModules {
    image: Image,
    session: Arc<Session>,
    root: PathBuf,
    library: PathBuf,
}

/// A section inside a blob of the cache.
struct Part {
    blob: Blob,
    start: usize,
    end: usize,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        &self.blob[self.start..self.end]
    }
}

/// Positions of a fragment, read from the syntax artifact on the first look.
struct Positions {
    session: Arc<Session>,
    syntax: ContentId,
    row: u32,
    part: OnceLock<Option<Part>>,
}

impl AsRef<[u8]> for Positions {
    fn as_ref(&self) -> &[u8] {
        let open = || section(&self.session, &self.syntax, Kind::Syntax, SectionKind::Positions, self.row);
        self.part.get_or_init(open).as_ref().map_or(&[], |part| part.as_ref())
    }
}

fn section(
    session: &Session,
    id: &ContentId,
    kind: Kind,
    section: SectionKind,
    ordinal: u32,
) -> Option<Part> {
    let Lookup::Hit(blob) = session.get(id) else { return None };
    let artifact = Artifact::open_as(&blob, kind).ok()?;
    let body = artifact.section(section, ordinal).ok()?;
    let start = body.as_ptr() as usize - blob.as_ptr() as usize;
    let end = start + body.len();
    Some(Part { blob, start, end })
}

impl ImageModules {
    pub fn open(file: &Path, cache: &Path, root: &Path, library: &Path) -> Result<ImageModules, String> {
        let bytes =
            std::fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let image = Image::read(&bytes).map_err(|error| format!("{}: {error}", file.display()))?;
        let options = CacheOptions { read_only: true, ..CacheOptions::default() };
        let cache = Cache::open(cache, options).map_err(|error| format!("cannot open the cache: {error}"))?;
        let session = Arc::new(cache.session());
        Ok(ImageModules { image, session, root: root.to_owned(), library: library.to_owned() })
    }

    fn path(&self, place: &Place) -> PathBuf {
        match place {
            Place::Workspace(path) => self.root.join(path),
            Place::Library(path) => self.library.join(path),
            Place::Absolute(path) => PathBuf::from(path),
        }
    }

    pub fn find(&self, thread: &Thread, name: &str) -> PyResult<Option<Found>> {
        if let Some(module) = self.image.module(name) {
            return self.load(thread, module).map(|input| Some(Found::Code(input)));
        }
        let namespace = self.image.namespaces.iter().find(|package| package.name == name);
        Ok(namespace.map(|package| {
            Found::Namespace(
                package.folders.iter().map(|place| self.path(place).display().to_string()).collect(),
            )
        }))
    }

    /// The code of one module; what the cache has lost is compiled from source.
    pub fn load(&self, thread: &Thread, module: &ImageModule) -> PyResult<ModuleInput> {
        let path = self.path(&module.place).display().to_string();
        if let Some(fragments) = self.fragments(module) {
            return Ok(ModuleInput {
                name: module.name.clone(),
                path,
                package: module.package,
                source: None,
                fragments,
            });
        }
        let source = std::fs::read(&path)
            .map_err(|error| thread.import_error(format_args!("cannot read '{path}': {error}")))?;
        let named = Named { name: &module.name, path: &path, package: module.package, keep_source: false };
        front::compile(&source, &named, front::Manner::FILE)
            .map_err(|refused| front::raise(thread, &refused, &source, &path))
    }

    pub fn load_entry(&self, thread: &Thread) -> PyResult<Option<ModuleInput>> {
        match self.image.module(&self.image.entry) {
            Some(module) => self.load(thread, module).map(Some),
            None => Ok(None),
        }
    }

    /// `None` for a module with syntax errors, and when the cache misses something.
    fn fragments(&self, module: &ImageModule) -> Option<Vec<FragmentInput>> {
        if module.fragments.is_empty() {
            return None;
        }
        let rows = module.fragments.iter().enumerate();
        rows.map(|(row, fragment)| {
            let code = section(&self.session, &fragment.code, Kind::Code, SectionKind::Code, 0)?;
            let positions = Positions {
                session: self.session.clone(),
                syntax: module.syntax,
                row: row as u32,
                part: OnceLock::new(),
            };
            let children = module.fragments.iter().enumerate().skip(row + 1);
            Some(FragmentInput {
                code: Arc::new(code) as Bytes,
                positions: Arc::new(positions),
                base_line: fragment.base_line,
                children: children
                    .filter(|(_, child)| child.parent == row as u32)
                    .map(|(at, _)| at as u32)
                    .collect(),
            })
        })
        .collect()
    }
}
