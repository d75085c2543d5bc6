//! The steps of a file: what is looked up when, and what follows from what was found.

use dx_cache::manifest::read_file;
use dx_schemas::diagnostic::Diagnostic;
use dx_schemas::diagnostic::findings::{self, Places};
use dx_schemas::events::Outcome;
use dx_schemas::manifest::Manifest;
use dx_schemas::stages::{Unit, Which};
use dx_schemas::syntax::{FragmentTable, SpanTable, decode};
use dx_schemas::{ActionId, Artifact, ArtifactError, ContentId, Kind, SectionKind};

use super::file::{Made, Task, UnitTask};
use super::{CODEGEN, Engine, Finished, INDEX, PARSE, Proof};
use crate::failure::Failure;
use crate::result::{FileResult, FragmentResult};
use crate::store::Held;

/// What a lookup of one unit came to.
enum Found {
    Hit(Made),
    Run(UnitTask),
}

impl Engine<'_> {
    /// Reads a file and looks for its syntax.
    pub(super) fn start(&mut self, file: usize) -> Result<(), Failure> {
        let planned = &self.files[file].planned;
        let (bytes, stat) = match read_file(&planned.file) {
            Ok(read) => read,
            Err(error) => {
                let failure = format!("cannot read `{}`: {error}", planned.path);
                self.fail(file, PARSE, 0, &failure, None);
                self.conclude(file);
                return Ok(());
            }
        };
        let id = ContentId::of(&bytes);
        self.files[file].source = Some((id, bytes));
        self.files[file].stat = Some(stat);
        let inputs = [(SectionKind::Source, 0, id)];
        match self.look_up(file, PARSE, 0, &inputs) {
            Found::Hit(made) => self.parsed(file, made),
            Found::Run(unit) => self.ready[PARSE].push_back(Task { file, stage: PARSE, units: vec![unit] }),
        }
        Ok(())
    }

    /// A file has its syntax: look for its index.
    pub(super) fn parsed(&mut self, file: usize, made: Made) {
        let inputs = match Artifact::open_as(&made.bytes, Kind::Syntax) {
            Ok(syntax) => inputs_in(INDEX, &syntax, 0),
            Err(error) => return self.damaged(file, PARSE, &error),
        };
        self.files[file].syntax = Some(made);
        match self.look_up(file, INDEX, 0, &inputs) {
            Found::Hit(made) => self.indexed(file, made),
            Found::Run(unit) => self.ready[INDEX].push_back(Task { file, stage: INDEX, units: vec![unit] }),
        }
    }

    /// A file has its index: look for the code of each fragment, unless there are errors.
    pub(super) fn indexed(&mut self, file: usize, made: Made) {
        self.files[file].index = Some(made);
        if let Err(error) = self.plan_code(file) {
            self.damaged(file, INDEX, &error);
        } else if self.files[file].open == 0 {
            self.conclude(file);
        }
    }

    fn plan_code(&mut self, file: usize) -> Result<(), ArtifactError> {
        let work = &self.files[file];
        let (Some(syntax), Some(index)) = (work.syntax.clone(), work.index.clone()) else { return Ok(()) };
        let syntax_view = Artifact::open_as(&syntax.bytes, Kind::Syntax)?;
        let index_view = Artifact::open_as(&index.bytes, Kind::Index)?;
        let table: FragmentTable = decode(syntax_view.section(SectionKind::FragmentTable, 0)?)?;
        self.files[file].names = table.fragments.iter().map(|row| row.id()).collect();
        self.files[file].codes = vec![None; table.fragments.len()];
        let source = self.files[file].source.as_ref().map(|(_, bytes)| bytes.as_slice());
        let places = Places::new(&syntax_view, source)?;
        let mut found = findings::of_artifact(&syntax_view, Some(&places), None)?;
        found.extend(findings::of_artifact(&index_view, Some(&places), None)?);
        dx_schemas::diagnostic::normalise(&mut found);
        let broken = table.broken || found.iter().any(Diagnostic::is_error);
        self.files[file].diagnostics = found;
        if broken {
            return Ok(());
        }
        let mut units = Vec::new();
        for fragment in 0..table.fragments.len() as u32 {
            let mut inputs = inputs_in(CODEGEN, &syntax_view, fragment);
            inputs.extend(inputs_in(CODEGEN, &index_view, fragment));
            match self.look_up(file, CODEGEN, fragment, &inputs) {
                Found::Hit(made) => self.coded(file, fragment, made),
                Found::Run(unit) => units.push(unit),
            }
        }
        self.files[file].open = units.len();
        if !units.is_empty() {
            self.ready[CODEGEN].push_back(Task { file, stage: CODEGEN, units });
        }
        Ok(())
    }

    /// A fragment has its code.
    pub(super) fn coded(&mut self, file: usize, fragment: u32, made: Made) {
        let work = &mut self.files[file];
        if let Some(slot) = work.codes.get_mut(fragment as usize) {
            *slot = Some((made.key, made.id));
        }
        let has_findings = Artifact::open(&made.bytes)
            .is_ok_and(|artifact| artifact.find(SectionKind::Diagnostics, 0).is_some());
        if has_findings {
            work.code_findings.push((fragment, made.bytes));
        }
    }

    /// Looks one unit up: the key of the last build is a cut-off, another key with a record is cached, and everything
    /// else must run.
    fn look_up(
        &mut self,
        file: usize,
        stage: usize,
        fragment: u32,
        inputs: &[(SectionKind, u32, ContentId)],
    ) -> Found {
        let options = &self.settings.options[stage];
        let manifest = Manifest::of_unit(self.stages.spec(stage), self.stages.id(stage), options, inputs);
        let key = manifest.action_id();
        let old_key = self.files[file].old_key(stage, fragment);
        let same = old_key == Some(key);
        match self.store.lookup(&key) {
            Ok(hit)
                if self.settings.proof == Proof::None
                    && is_kind(self.stages.spec(stage).writes, &hit.bytes) =>
            {
                let (outcome, reason) = match same && self.files[file].is_trusted() {
                    true => (Outcome::CutOff, "everything it reads is the same".to_owned()),
                    false => (Outcome::Cached, "found under its key".to_owned()),
                };
                self.report(file, stage, fragment, outcome, reason, Some(key), old_key);
                Found::Hit(Made { key, id: hit.output, bytes: hit.bytes })
            }
            Ok(hit) => Found::Run(UnitTask {
                fragment,
                key,
                old_key,
                manifest,
                reason: "to prove the cached result".to_owned(),
                expected: (self.settings.proof == Proof::Incremental).then_some(hit.output),
                died_alone: false,
            }),
            Err(damage) => {
                let reason = match damage {
                    Some(damage) => damage,
                    None => self.why(old_key, &key, &manifest),
                };
                Found::Run(UnitTask {
                    fragment,
                    key,
                    old_key,
                    manifest,
                    reason,
                    expected: None,
                    died_alone: false,
                })
            }
        }
    }

    /// Why there is no record: the components that differ from the unit's last key.
    fn why(&self, old_key: Option<ActionId>, key: &ActionId, manifest: &Manifest) -> String {
        let Some(old_key) = old_key else { return "no earlier result".to_owned() };
        if old_key == *key {
            return "its earlier result is no longer in the cache".to_owned();
        }
        match self.store.record(&old_key) {
            Ok(old) => {
                let differences = manifest.differences(&old.manifest);
                let summaries: Vec<String> = differences.iter().map(|one| one.summary()).collect();
                match summaries.len() {
                    0 => "its key changed".to_owned(),
                    1..=3 => summaries.join(", "),
                    more => format!("{}, and {} more", summaries[..2].join(", "), more - 2),
                }
            }
            Err(_) => "its key changed; the earlier record is no longer in the cache".to_owned(),
        }
    }

    /// All units of a file have an outcome: put its result together.
    pub(super) fn conclude(&mut self, file: usize) {
        let result = match self.result_of(file) {
            Ok(result) => result,
            Err(error) => {
                let failure = format!("`{}`: {error}", self.files[file].planned.path);
                self.files[file].failures.push(failure);
                None
            }
        };
        let work = &mut self.files[file];
        let finished = Finished {
            path: work.planned.path.clone(),
            stat: work.stat,
            result: if work.failures.is_empty() { result } else { None },
            diagnostics: std::mem::take(&mut work.diagnostics),
            unreadable: !work.failures.is_empty() && work.source.is_none(),
            failures: std::mem::take(&mut work.failures),
        };
        // What the file held on to is of no more use, and a large build has many files.
        work.source = None;
        work.syntax = None;
        work.index = None;
        work.code_findings = Vec::new();
        let failed = !finished.failures.is_empty() || finished.diagnostics.iter().any(Diagnostic::is_error);
        self.product.files.push(finished);
        self.done += 1;
        if failed && !self.settings.keep_going {
            self.product.stopped = true;
        }
        self.observer.progress(self.done, self.files.len(), &self.product.counts);
    }

    fn result_of(&mut self, file: usize) -> Result<Option<FileResult>, ArtifactError> {
        let work = &mut self.files[file];
        let (Some((source, text)), Some(syntax), Some(index)) = (&work.source, &work.syntax, &work.index)
        else {
            return Ok(None);
        };
        let syntax_view = Artifact::open_as(&syntax.bytes, Kind::Syntax)?;
        let spans: SpanTable = decode(syntax_view.section(SectionKind::Spans, 0)?)?;
        let table: FragmentTable = decode(syntax_view.section(SectionKind::FragmentTable, 0)?)?;
        let places = Places::new(&syntax_view, Some(text))?;
        for (fragment, artifact) in &work.code_findings {
            let artifact = Artifact::open(artifact)?;
            work.diagnostics.extend(findings::of_artifact(&artifact, Some(&places), Some(*fragment))?);
        }
        dx_schemas::diagnostic::normalise(&mut work.diagnostics);
        let none = ContentId::of(&[]);
        let fragments = table
            .fragments
            .iter()
            .enumerate()
            .map(|(row, fragment)| FragmentResult {
                name: fragment.id(),
                parent: fragment.parent,
                base_line: spans.spans.get(row).map_or(1, |span| span.base_line),
                positions: syntax_view.find(SectionKind::Positions, row as u32).map_or(none, |s| s.id),
                code: work.codes.get(row).copied().flatten(),
            })
            .collect();
        Ok(Some(FileResult {
            path: work.planned.path.clone(),
            module: work.planned.module.name.clone(),
            package: work.planned.module.package,
            root: work.planned.root.clone(),
            source: *source,
            syntax: Some((syntax.key, syntax.id)),
            index: Some((index.key, index.id)),
            fragments,
            imports: Vec::new(),
            findings: !work.diagnostics.is_empty(),
            errors: work.diagnostics.iter().any(Diagnostic::is_error),
        }))
    }

    /// A stage (or the cache) handed over bytes that do not read as what they claim to be.
    fn damaged(&mut self, file: usize, stage: usize, error: &ArtifactError) {
        let reason = format!("{} made an unreadable artifact: {error}", self.stages.spec(stage).name);
        self.fail(file, stage, 0, &reason, None);
        self.conclude(file);
    }
}

fn is_kind(kind: Kind, bytes: &Held) -> bool {
    Artifact::open_as(bytes, kind).is_ok()
}

fn inputs_in(stage: usize, artifact: &Artifact<'_>, fragment: u32) -> Vec<(SectionKind, u32, ContentId)> {
    let spec = dx_schemas::stages::ALL[stage];
    debug_assert!(spec.unit == Unit::Fragment || spec.reads.iter().all(|need| need.which == Which::All));
    spec.sections_of(artifact, fragment).iter().map(|s| (s.kind, s.ordinal, s.id)).collect()
}
