//! The outline of a workspace's sources, for the test runner.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use dx_schemas::index::IndexTable;
use dx_schemas::outline::{Detail, Outline, OutlineBuilder, OutlineFragment, OutlineImport, VERSION};
use dx_schemas::syntax::decode;
use dx_schemas::tree::node::flag;
use dx_schemas::tree::{NodeKind, Tree};
use dx_schemas::{Artifact, Kind, SectionKind};

use super::{Options, Site, build_changed, finish, state_name};
use crate::failure::Failure;
use crate::observe::Observed;
use crate::result::FileResult;
use crate::snapshot::Snapshot;
use crate::trace::Trace;
use crate::workspace::Workspace;

/// Builds the whole workspace without a word, and writes its outline; where that lies. With nothing changed, the one of
/// the last time is still right.
pub(crate) fn outline(options: &Options) -> Result<PathBuf, Failure> {
    outline_of(Workspace::find(Path::new("."))?, options)
}

pub(super) fn outline_of(workspace: Workspace, options: &Options) -> Result<PathBuf, Failure> {
    let started = std::time::Instant::now();
    // Files with errors stand beside sound ones, whose outlines are wanted all the same.
    let root = workspace.root.clone();
    let options =
        Options { paths: vec![root], silent: true, quiet: true, keep_going: true, ..options.clone() };
    let site = Site::open(workspace, &options)?;
    let name = state_name(&site, &options.paths)?;
    let state = site.workspace.dx().join("state").join(&name);
    let file = site.workspace.dx().join("testrun").join("outline");
    let mut snapshot = Snapshot::load(&site.workspace, &site.store, &name, site.setup);
    if snapshot.is_up_to_date() && is_of(&file, &state) {
        return Ok(file);
    }
    if !snapshot.is_up_to_date() {
        let mut observed = Observed::new(None, false, true)?;
        let mut trace = Trace::new(false);
        let report = build_changed(&site, &mut snapshot, &options, &mut observed, &mut trace)?;
        finish(&site, &options, &report, &mut observed, &trace, started)?;
        snapshot = Snapshot::load(&site.workspace, &site.store, &name, site.setup);
    }
    write(&site, &snapshot, &file)?;
    fs::write(stamp_of(&file), stamp(&state)).map_err(Failure::write(&file))?;
    Ok(file)
}

fn stamp_of(outline: &Path) -> PathBuf {
    outline.with_extension("stamp")
}

/// Which state an outline was made of: another write of it has another time or inode.
fn stamp(state: &Path) -> String {
    fs::metadata(state).map_or_else(
        |_| String::new(),
        |meta| format!("{VERSION} {} {} {} {}", meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec()),
    )
}

fn is_of(outline: &Path, state: &Path) -> bool {
    let stamp = stamp(state);
    !stamp.is_empty()
        && outline.is_file()
        && fs::read_to_string(stamp_of(outline)).is_ok_and(|text| text == stamp)
}

/// Files that did not change keep what the last outline says of them.
fn write(site: &Site, snapshot: &Snapshot, file: &Path) -> Result<(), Failure> {
    let old = fs::read(file).unwrap_or_default();
    let old = Outline::open(&old).unwrap_or_default();
    let mut builder = OutlineBuilder::default();
    if let Some(state) = snapshot.state() {
        for result in state.files() {
            let kept = old.find(&result.path).filter(|kept| kept.content == result.source);
            let kept = kept.and_then(|kept| kept.detail().ok()).filter(|kept| !kept.fragments.is_empty());
            let detail = match kept {
                // What its imports mean may have changed all the same.
                Some(kept) => Detail { imports: imports(&result), ..kept },
                None => detail(site, &result),
            };
            builder.file(&result.path, result.source, &detail.encode());
        }
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Failure::write(folder))?;
    let temporary = file.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&temporary, builder.finish()).map_err(Failure::write(&temporary))?;
    fs::rename(&temporary, file).map_err(Failure::write(file))
}

fn detail(site: &Site, result: &FileResult) -> Detail {
    let table = result.index.and_then(|(_, id)| {
        let bytes = site.store.content(&id).ok()?;
        let artifact = Artifact::open_as(&bytes, Kind::Index).ok()?;
        decode::<IndexTable>(artifact.section(SectionKind::IndexTable, 0).ok()?).ok()
    });
    let Some(table) = table.filter(|table| table.fragments.len() == result.fragments.len()) else {
        return Detail { broken: true, ..Detail::default() };
    };
    let mut hashers: Vec<blake3::Hasher> = table
        .fragments
        .iter()
        .map(|entry| {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&entry.l2);
            hasher
        })
        .collect();
    let bytes = result.syntax.and_then(|(_, id)| site.store.content(&id).ok());
    let Some(syntax) = bytes.as_ref().and_then(|bytes| Artifact::open_as(bytes, Kind::Syntax).ok()) else {
        return Detail { broken: true, ..Detail::default() };
    };
    for (at, entry) in table.fragments.iter().enumerate().filter(|(_, entry)| !entry.id.is_empty()) {
        let face = syntax.section(SectionKind::Tree, at as u32).ok().and_then(|bytes| face(bytes).ok());
        let (Some(face), Some(above)) = (face, hashers.get_mut(entry.parent as usize)) else {
            return Detail { broken: true, ..Detail::default() };
        };
        above.update(&face);
    }
    let fragments = table.fragments.iter().zip(&result.fragments).zip(hashers);
    let fragments = fragments.map(|((entry, place), hasher)| {
        let mut digest = [0; 16];
        digest.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        OutlineFragment { id: entry.id.clone(), line: place.base_line, digest }
    });
    Detail { broken: result.errors, fragments: fragments.collect(), imports: imports(result) }
}

/// What is seen of a function without calling it: its parameters' names, its docstring, whether it is a coroutine or a
/// generator. It belongs to the body that the function stands in, which makes it.
fn face(tree: &[u8]) -> Result<[u8; 32], dx_schemas::ArtifactError> {
    let tree = Tree::open(tree)?;
    let root = tree.root();
    let mut hasher = blake3::Hasher::new();
    if root.kind() != NodeKind::Function {
        return Ok(*hasher.finalize().as_bytes());
    }
    let [parameters, body] = root.slots();
    hasher.update(&[root.flags()]);
    for parameter in parameters.children() {
        let name = parameter.name().unwrap_or_default();
        hasher.update(&[parameter.flags()]).update(&parameter.extra().to_le_bytes());
        hasher.update(&(name.len() as u32).to_le_bytes()).update(name.as_bytes());
    }
    let first = body.children().next().filter(|first| first.kind() == NodeKind::ExprStmt);
    let text = first.filter(|first| !root.has(flag::LAMBDA) && first.children().next().is_some());
    if let Some(constant) = text.and_then(|first| first.children().next()?.constant()) {
        hasher.update(&[constant.tag() as u8]).update(&constant.body());
    }
    Ok(*hasher.finalize().as_bytes())
}

fn imports(result: &FileResult) -> Vec<OutlineImport> {
    let import = |one: &crate::result::Resolved| OutlineImport {
        module: one.import.clone(),
        target: one.target.clone(),
    };
    result.imports.iter().map(import).collect()
}
