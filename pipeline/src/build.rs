//! One build: what there is, what of it is up to date, the engine for the rest, the new state.

mod imports;
mod outline;
mod plan;
mod revision;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dx_cache::maintain;
use dx_cache::manifest::FileKind;
use dx_schemas::Exit;
use dx_schemas::events::{Event, Outcome};
use dx_schemas::stages;

use crate::engine::{Counts, Engine, Observer, Previous, Product, Proof, Settings, Stages};
use crate::failure::Failure;
use crate::findings::{self, OfFile};
use crate::observe::Observed;
use crate::resolve::Resolver;
use crate::result::{FileResult, peek};
use crate::snapshot::Snapshot;
use crate::state::{self, Block, State};
use crate::store::Store;
use crate::tell::tell;
use crate::trace::Trace;
use crate::workspace::Workspace;

pub(crate) use imports::imports_of;
use imports::resolve_all;
pub(crate) use outline::outline;
pub(crate) use plan::Namer;
use plan::{Plan, plan};
pub(crate) use revision::outline_at;

/// What the user asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) jobs: usize,
    pub(crate) keep_going: bool,
    pub(crate) dry_run: bool,
    pub(crate) explain: bool,
    pub(crate) quiet: bool,
    /// Not even findings are printed.
    pub(crate) silent: bool,
    pub(crate) proof: Proof,
    pub(crate) patience: Duration,
    pub(crate) json_messages: bool,
    pub(crate) events: Option<PathBuf>,
    pub(crate) trace: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Options {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Options {
            paths: Vec::new(),
            jobs: processors,
            keep_going: false,
            dry_run: false,
            explain: false,
            quiet: false,
            silent: false,
            proof: Proof::None,
            patience: Duration::from_secs(600),
            json_messages: false,
            events: None,
            trace: None,
        }
    }
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
            patience: options.patience,
            options: of_stage,
        };
        let mut setup = blake3::Hasher::new();
        setup.update(&stages.setup(&settings.options));
        for root in &workspace.config.roots {
            setup.update(&(root.len() as u64).to_le_bytes());
            setup.update(root.as_bytes());
        }
        let setup = *setup.finalize().as_bytes();
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
        tell!("dx-pipe: warning: {warning}");
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
    let unreadable = product.files.iter().any(|file| file.unreadable);
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
    if options.silent {
        found.clear();
    }
    let errors = findings::print(&mut found, options.json_messages, |path| site.located(path));
    for failure in &failures {
        tell!("dx-pipe: error: {failure}");
    }
    let exit = exit(&failures, unreadable, errors);
    Ok(Report { exit, counts: product.counts, files: total })
}

/// A bug of ours is told before trouble with files, and that before errors in them.
pub(crate) fn exit(failures: &[String], unreadable: bool, errors: bool) -> Exit {
    match (failures.is_empty(), unreadable, errors) {
        (false, false, _) => Exit::Internal,
        (false, true, _) => Exit::Usage,
        (true, _, true) => Exit::InputErrors,
        (true, _, false) => Exit::Done,
    }
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
    let mut out = String::new();
    for planned in &plan.changed {
        let why = match &planned.previous {
            None => "no earlier result".to_owned(),
            Some(previous) if previous.trusted => "source changed".to_owned(),
            Some(_) => snapshot.distrust().unwrap_or_else(|| "the last state is damaged".to_owned()),
        };
        let _ = writeln!(
            out,
            "would look up {}: {why}; later steps run only if their inputs change",
            planned.path
        );
    }
    for path in &plan.gone {
        let _ = writeln!(out, "would forget {path}");
    }
    if plan.changed.is_empty() && plan.gone.is_empty() {
        let _ = writeln!(out, "nothing to do for {} files", plan.kept.len());
    }
    std::io::stdout().write_all(out.as_bytes()).map_err(Failure::Stdout)?;
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
        tell!("dx-pipe: cache: cleaning failed: {error}");
    }
    for remark in site.store.remarks() {
        observed.clear();
        tell!("dx-pipe: {remark}");
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
            tell!("dx-pipe: up to date, {} files", report.files);
        } else {
            tell!(
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
