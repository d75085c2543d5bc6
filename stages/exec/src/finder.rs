//! Where imports come from: the image first, then native modules, then source files on `sys.path`.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use dx_interp::image::ModuleInput;
use dx_interp::state::{Finder, Found};
use dx_object::error::PyResult;
use dx_object::thread::Thread;

use crate::front::{self, Named};
use crate::image::ImageModules;

/// The finder of a program.
pub struct PathFinder {
    pub image: Option<ImageModules>,
    /// The folder of the standard library's sources, searched last.
    pub library: RefCell<Option<PathBuf>>,
}

impl PathFinder {
    pub fn new(image: Option<ImageModules>) -> Rc<PathFinder> {
        Rc::new(PathFinder { image, library: RefCell::new(None) })
    }
}

impl Finder for PathFinder {
    fn find(&self, thread: &Thread, name: &str, path: Option<&[String]>) -> PyResult<Option<Found>> {
        if let Some(image) = &self.image
            && let Some(found) = image.find(thread, name)?
        {
            return Ok(Some(found));
        }
        if let Some(make) = dx_modules::native(name) {
            return Ok(Some(Found::Native(make)));
        }
        let folders: Vec<String> = match path {
            Some(folders) => folders.to_vec(),
            None => sys_path(thread),
        };
        let tail = name.rsplit_once('.').map_or(name, |(_, tail)| tail);
        let mut spans = Vec::new();
        let library = self.library.borrow();
        let extra = library.iter().filter(|_| path.is_none()).map(|folder| folder.display().to_string());
        for folder in folders.into_iter().chain(extra) {
            let base = Path::new(if folder.is_empty() { "." } else { &folder }).join(tail);
            let package = base.join("__init__.py");
            if package.is_file() {
                return load(thread, name, &package, true).map(|input| Some(Found::Code(input)));
            }
            let file = base.with_file_name(format!("{tail}.py"));
            if file.is_file() {
                return load(thread, name, &file, false).map(|input| Some(Found::Code(input)));
            }
            if base.is_dir() {
                spans.push(base.display().to_string());
            }
        }
        Ok(if spans.is_empty() { None } else { Some(Found::Namespace(spans)) })
    }
}

fn sys_path(thread: &Thread) -> Vec<String> {
    let Some(path) = dx_modules::sys::attribute(thread, "path") else { return Vec::new() };
    let Some(list) = path.as_list() else { return Vec::new() };
    list.items().iter().filter(|item| item.as_str().is_some()).map(|item| dx_interp::text(*item)).collect()
}

fn load(thread: &Thread, name: &str, file: &Path, package: bool) -> PyResult<ModuleInput> {
    let path = file.display().to_string();
    let source = std::fs::read(file)
        .map_err(|error| thread.import_error(format_args!("cannot read '{path}': {error}")))?;
    let named = Named { name, path: &path, package, keep_source: false };
    front::compile(&source, &named, front::Manner::FILE)
        .map_err(|refused| front::raise(thread, &refused, &source, &path))
}
