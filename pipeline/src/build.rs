//! One build: what there is, what of it is up to date, the engine for the rest, the new state.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use dx_cache::maintain;
use dx_cache::manifest::FileKind;
use dx_schemas::events::{Event, Outcome};
use dx_schemas::index::IndexTable;
use dx_schemas::stages;
use dx_schemas::syntax::decode;
use dx_schemas::{Artifact, Exit, Kind, SectionKind};

use crate::engine::{Counts, Engine, Observer, Planned, Previous, Product, Proof, Settings, Stages};
use crate::failure::Failure;
use crate::findings::{self, OfFile};
use crate::module_name;
use crate::observe::Observed;
use crate::resolve::{Resolver, Target};
use crate::result::{FileResult, Resolved, peek};
use crate::search::search;
use crate::snapshot::Snapshot;
use crate::state::{self, Block, State};
use crate::store::Store;
use crate::trace::Trace;
use crate::workspace::Workspace;

/// What the user asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) jobs: usize,
    pub(crate) keep_going: bool,
    pub(crate) dry_run: bool,
    pub(crate) explain: bool,
    pub(crate) quiet: bool,
    pub(crate) proof: Proof,
    pub(crate) json_messages: bool,
    pub(crate) events: Option<PathBuf>,
    pub(crate) trace: Option<PathBuf>,
}

/// Everything that stays the same during a build.
pub(crate) struct Site {
    pub(crate) workspace: Workspace,
    pub(crate) store: Store,
    pub(crate) stages: Stages,
    pub(crate) settings: Settings,
    pub(crate) setup: [u8; 32],
}

impl Site {
    pub(crate) fn open(workspace: Workspace, options: &Options) -> Result<Site, Failure> {
        let stages = Stages::find()?;
        let of_stage = stages::ALL.iter().map(|spec| workspace.stage_options(spec.name)).collect();
        let settings = Settings {
            jobs: options.jobs,
            keep_going: options.keep_going,
            proof: options.proof,
            options: of_stage,
        };
        let setup = stages.setup(&settings.options);
        let store = Store::open(&workspace);
        Ok(Site { workspace, store, stages, settings, setup })
    }

    /// A file as messages, states and images name it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let relative = self.workspace.relative(path).to_string_lossy().into_owned();
        if relative.is_empty() { ".".to_owned() } else { relative }
    }

    pub(crate) fn located(&self, shown: &str) -> PathBuf {
        self.workspace.root.join(shown)
    }

    pub(crate) fn roots(&self) -> Vec<PathBuf> {
        self.workspace.config.roots.iter().map(|root| self.workspace.root.join(root)).collect()
    }
}

/// How a build ended.
pub(crate) struct Report {
    pub(crate) exit: Exit,
    pub(crate) counts: Counts,
    pub(crate) files: usize,
}

/// Builds; prints findings and a summary.
pub(crate) fn build(options: &Options) -> Result<Report, Failure> {
    let started = Instant::now();
    let first = options.paths.first().ok_or_else(|| Failure::Usage("no path to build".into()))?;
    let workspace = Workspace::find(first)?;
    let mut observed = Observed::new(options.events.as_deref(), options.explain, options.quiet)?;
    let mut trace = Trace::new(options.trace.is_some());
    let site = Site::open(workspace, options)?;
    let name = state_name(&site, &options.paths)?;
    let mut snapshot = Snapshot::load(&site.workspace, &site.store, &name, site.setup);
    let mut report = None;
    if snapshot.is_up_to_date() && options.proof == Proof::None {
        report = replay_all(&site, &snapshot, options)?;
    }
    let report = match report {
        Some(report) => report,
        None if options.dry_run => return dry_run(&site, &mut snapshot, options),
        None => build_changed(&site, &mut snapshot, options, &mut observed, &mut trace)?,
    };
    finish(&site, options, &report, &mut observed, &trace, started)?;
    Ok(report)
}

/// The name of the state of a set of paths.
fn state_name(site: &Site, paths: &[PathBuf]) -> Result<String, Failure> {
    let mut shown = Vec::new();
    for path in paths {
        let real = std::fs::canonicalize(path).map_err(Failure::read(path))?;
        shown.push(site.shown(&real));
    }
    shown.sort();
    shown.dedup();
    Ok(blake3::hash(shown.join("\0").as_bytes()).to_hex()[..16].to_owned())
}

/// Nothing changed: the findings of the last build are those of this one. `None` when some cannot be had any more.
fn replay_all(site: &Site, snapshot: &Snapshot, options: &Options) -> Result<Option<Report>, Failure> {
    let Some(summary) = snapshot.summary() else { return Ok(None) };
    let mut found = Vec::new();
    if summary.findings {
        let Some(state) = snapshot.state() else { return Ok(None) };
        for index in 0..state.len() {
            let Ok((findings, ..)) = peek(state.block(index)) else { return Ok(None) };
            if findings {
                match replay_file(site, &state, index) {
                    Some(file) => found.push(file),
                    None => return Ok(None),
                }
            }
        }
        findings::print(&mut found, options.json_messages, |path| site.located(path));
    }
    let exit = if summary.errors { Exit::InputErrors } else { Exit::Done };
    Ok(Some(Report { exit, counts: Counts::default(), files: summary.files }))
}

fn replay_file(site: &Site, state: &State<'_>, index: usize) -> Option<OfFile> {
    let result = state.file(index)?;
    let source = std::fs::read(site.located(&result.path)).ok();
    let diagnostics = findings::replay(&site.store, &result, source.as_deref())?;
    Some(OfFile { path: result.path, diagnostics })
}

/// The files that there are, each with what the last build knew of it.
#[derive(Default)]
struct Plan {
    /// Up to date: index into the old state.
    kept: Vec<usize>,
    changed: Vec<Planned>,
    /// Paths of the old state that are gone.
    gone: Vec<String>,
    /// Names came or went: imports of all files may mean something else.
    reshaped: bool,
    /// Folders and ignore files to watch, where there was a search.
    folders: Vec<PathBuf>,
    ignores: Vec<PathBuf>,
    warnings: Vec<String>,
}

fn plan(site: &Site, snapshot: &Snapshot, options: &Options) -> Result<Plan, Failure> {
    let state = snapshot.state();
    let mut plan = Plan::default();
    let files = match &state {
        Some(state) if !snapshot.needs_search() => {
            (0..state.len()).map(|index| site.located(state.path(index))).collect()
        }
        _ => {
            let found = search(&site.workspace.root, &options.paths)?;
            (plan.folders, plan.ignores, plan.warnings) = (found.folders, found.ignores, found.warnings);
            plan.reshaped = true;
            found.files
        }
    };
    let trusted = snapshot.is_trusted();
    let mut namer = Namer::new(site.roots());
    let mut seen = HashSet::new();
    for file in files {
        let path = site.shown(&file);
        let old = state.as_ref().and_then(|state| Some((state.find(&path)?, state)));
        if let Some((index, state)) = old {
            seen.insert(index);
            let same = trusted
                && options.proof == Proof::None
                && matches!(peek(state.block(index)), Ok((_, _, source))
                    if snapshot.is_unchanged(Path::new(&path), source));
            if same {
                plan.kept.push(index);
                continue;
            }
        }
        let previous = old.and_then(|(index, state)| Some(Previous { result: state.file(index)?, trusted }));
        plan.changed.push(namer.planned(site, file, previous));
    }
    if let Some(state) = &state {
        let gone = (0..state.len()).filter(|index| !seen.contains(index));
        plan.gone = gone.map(|index| state.path(index).to_owned()).collect();
    }
    Ok(plan)
}

/// Names modules, asking the file system once for each folder.
pub(crate) struct Namer {
    roots: Vec<PathBuf>,
    inits: HashMap<PathBuf, bool>,
}

impl Namer {
    pub(crate) fn new(roots: Vec<PathBuf>) -> Namer {
        Namer { roots, inits: HashMap::new() }
    }

    pub(crate) fn planned(&mut self, site: &Site, file: PathBuf, previous: Option<Previous>) -> Planned {
        let inits = &mut self.inits;
        let module = module_name::of_file(&file, &self.roots, |folder| {
            if let Some(known) = inits.get(folder) {
                return *known;
            }
            let there = folder.join("__init__.py").is_file();
            inits.insert(folder.to_path_buf(), there);
            there
        });
        Planned { path: site.shown(&file), root: site.shown(&module.root), file, module, previous }
    }
}

fn build_changed(
    site: &Site,
    snapshot: &mut Snapshot,
    options: &Options,
    observed: &mut Observed,
    trace: &mut Trace,
) -> Result<Report, Failure> {
    snapshot.begin();
    let mut plan = plan(site, snapshot, options)?;
    for warning in &plan.warnings {
        eprintln!("dx-pipe: warning: {warning}");
    }
    let mut found: Vec<OfFile> = Vec::new();
    replay_kept(site, snapshot, &mut plan, &mut found);
    let total = plan.kept.len() + plan.changed.len();
    let mut engine = Engine::new(&site.store, &site.stages, &site.settings, observed, trace);
    for planned in plan.changed.drain(..) {
        engine.add(planned);
    }
    engine.run()?;
    let mut product = engine.finish();
    let mut failures: Vec<String> = Vec::new();
    for file in &mut product.files {
        failures.append(&mut file.failures);
        let diagnostics = std::mem::take(&mut file.diagnostics);
        found.push(OfFile { path: file.path.clone(), diagnostics });
    }
    let mut resolver = Resolver::default();
    let moved = resolve_all(site, snapshot, &mut plan, &mut product, &mut resolver, observed);
    site.store.commit();
    write_state(site, snapshot, &plan, &product, &moved, &resolver)?;
    observed.clear();
    let errors = findings::print(&mut found, options.json_messages, |path| site.located(path));
    for failure in &failures {
        eprintln!("dx-pipe: error: {failure}");
    }
    let exit = match (failures.is_empty(), errors) {
        (false, _) => Exit::Internal,
        (true, true) => Exit::InputErrors,
        (true, false) => Exit::Done,
    };
    Ok(Report { exit, counts: product.counts, files: total })
}

/// Kept files repeat their findings; one whose findings cannot be had any more is built again.
fn replay_kept(site: &Site, snapshot: &Snapshot, plan: &mut Plan, found: &mut Vec<OfFile>) {
    let Some(state) = snapshot.state() else { return };
    let mut namer = Namer::new(site.roots());
    let mut again = Vec::new();
    plan.kept.retain(|index| {
        if !matches!(peek(state.block(*index)), Ok((true, _, _))) {
            return true;
        }
        if let Some(file) = replay_file(site, &state, *index) {
            found.push(file);
            return true;
        }
        again.extend(state.file(*index).map(|result| {
            let file = site.located(&result.path);
            namer.planned(site, file, Some(Previous { result, trusted: false }))
        }));
        false
    });
    plan.changed.extend(again);
}

/// Gives every import its meaning: of files that changed always, of all when a file came or went. Returns kept files
/// whose imports now mean something else.
fn resolve_all(
    site: &Site,
    snapshot: &Snapshot,
    plan: &mut Plan,
    product: &mut Product,
    resolver: &mut Resolver,
    observer: &mut dyn Observer,
) -> Vec<FileResult> {
    let state = snapshot.state();
    let known = |path: &str| state.as_ref().and_then(|state| state.file(state.find(path)?));
    for result in product.files.iter_mut().filter_map(|file| file.result.as_mut()) {
        result.imports = resolved(site, resolver, result);
        if let Some(old) = known(&result.path) {
            tell_differences(&old, result, observer);
        }
    }
    let mut moved = Vec::new();
    if let Some(state) = state.filter(|_| plan.reshaped) {
        plan.kept.retain(|index| {
            let Some(old) = state.file(*index) else { return true };
            let mut new = old.clone();
            new.imports = resolved(site, resolver, &new);
            if new.imports == old.imports {
                return true;
            }
            tell_differences(&old, &new, observer);
            moved.push(new);
            false
        });
    }
    moved
}

/// The meaning of a file's imports, from its index.
fn resolved(site: &Site, resolver: &mut Resolver, result: &FileResult) -> Vec<Resolved> {
    let Some(imports) = imports_of(site, result) else { return result.imports.clone() };
    let mut roots = vec![site.located(&result.root)];
    roots.extend(site.roots());
    roots.dedup();
    let found = resolver.imports(&roots, &result.module, result.package, &imports);
    found
        .into_iter()
        .map(|(import, target)| {
            let target = match target {
                Some(Target::Module { file, .. }) => Some(site.shown(&file)),
                Some(Target::Namespace(folders)) => folders.first().map(|folder| site.shown(folder)),
                None => None,
            };
            Resolved { import, target }
        })
        .collect()
}

pub(crate) fn imports_of(site: &Site, result: &FileResult) -> Option<Vec<dx_schemas::index::Import>> {
    let bytes = site.store.content(&result.index?.1).ok()?;
    let artifact = Artifact::open_as(&bytes, Kind::Index).ok()?;
    let table: IndexTable = decode(artifact.section(SectionKind::IndexTable, 0).ok()?).ok()?;
    Some(table.imports)
}

/// Tells which imports now mean another file.
pub(crate) fn tell_differences(old: &FileResult, new: &FileResult, observer: &mut dyn Observer) {
    let before: BTreeMap<&str, &Option<String>> =
        old.imports.iter().map(|one| (one.import.as_str(), &one.target)).collect();
    for import in &new.imports {
        if let Some(target) = before.get(import.import.as_str())
            && **target != import.target
        {
            observer.event(Event::Resolve {
                unit: new.module.clone(),
                import: import.import.clone(),
                old: (*target).clone(),
                new: import.target.clone(),
            });
        }
    }
}

fn write_state(
    site: &Site,
    snapshot: &mut Snapshot,
    plan: &Plan,
    product: &Product,
    moved: &[FileResult],
    resolver: &Resolver,
) -> Result<(), Failure> {
    let results = || product.files.iter().filter_map(|file| file.result.as_ref());
    let state = snapshot.state();
    let mut files: Vec<(&str, Block<'_>)> = Vec::new();
    if let Some(state) = &state {
        let kept = plan.kept.iter().map(|index| (state.path(*index), Block::Kept(state.block(*index))));
        files.extend(kept);
    }
    files.extend(results().chain(moved).map(|result| (result.path.as_str(), Block::New(result))));
    files.sort_by(|a, b| a.0.cmp(b.0));
    let incomplete = product.stopped || product.files.iter().any(|file| file.result.is_none());
    let bytes = state::write(incomplete, &files);
    let wanted: HashSet<PathBuf> = files.iter().map(|(path, _)| PathBuf::from(path)).collect();
    drop(files);
    // What the check found unchanged stays, except files that are no longer part of the build. A folder that is
    // watched for nothing costs one look.
    snapshot.carry(|path| wanted.contains(path) || path.extension().is_none_or(|end| end != "py"));
    for file in &product.files {
        if let (Some(result), Some(stat)) = (&file.result, file.stat) {
            snapshot.add_file(FileKind::Source, Path::new(&result.path), stat, result.source);
        }
    }
    for folder in plan.folders.iter().chain(resolver.folders()) {
        snapshot.add_folder(folder);
    }
    for ignore in &plan.ignores {
        snapshot.add_ignore(ignore);
    }
    snapshot.save(&site.store, &bytes)
}

fn dry_run(site: &Site, snapshot: &mut Snapshot, options: &Options) -> Result<Report, Failure> {
    let plan = plan(site, snapshot, options)?;
    for planned in &plan.changed {
        let why = match &planned.previous {
            None => "no earlier result".to_owned(),
            Some(previous) if previous.trusted => "source changed".to_owned(),
            Some(_) => snapshot.distrust().unwrap_or_else(|| "the last state is damaged".to_owned()),
        };
        println!("would look up {}: {why}; later steps run only if their inputs change", planned.path);
    }
    for path in &plan.gone {
        println!("would forget {path}");
    }
    if plan.changed.is_empty() && plan.gone.is_empty() {
        println!("nothing to do for {} files", plan.kept.len());
    }
    Ok(Report { exit: Exit::Done, counts: Counts::default(), files: plan.kept.len() + plan.changed.len() })
}

pub(crate) fn finish(
    site: &Site,
    options: &Options,
    report: &Report,
    observed: &mut Observed,
    trace: &Trace,
    started: Instant,
) -> Result<(), Failure> {
    if !report.counts.0.is_empty()
        && let Some(cache) = site.store.cache()
        && let Err(error) = maintain::gc_after_build(cache)
    {
        observed.clear();
        eprintln!("dx-pipe: cache: cleaning failed: {error}");
    }
    for remark in site.store.remarks() {
        observed.clear();
        eprintln!("dx-pipe: {remark}");
        observed.event(Event::Repair { reason: remark });
    }
    let totals = report
        .counts
        .0
        .iter()
        .map(|(stage, by)| ((*stage).to_owned(), by.iter().map(|(o, n)| (o.name().to_owned(), *n)).collect()))
        .collect();
    observed.event(Event::Done {
        exit: report.exit as u8,
        wall_ms: started.elapsed().as_secs_f64() * 1e3,
        files: report.files as u64,
        totals,
    });
    observed.finish()?;
    if let Some(path) = &options.trace {
        trace.write(path)?;
    }
    crate::log::append(&site.workspace, &observed.log);
    if !options.quiet {
        let counts = &report.counts;
        if counts.0.is_empty() {
            eprintln!("dx-pipe: up to date, {} files", report.files);
        } else {
            eprintln!(
                "dx-pipe: {} files: {} ran, {} cut off, {} cached, {} failed",
                report.files,
                counts.total(Outcome::Ran),
                counts.total(Outcome::CutOff),
                counts.total(Outcome::Cached),
                counts.total(Outcome::Failed),
            );
        }
    }
    Ok(())
}
