//! The part of selection in a run: what is asked for, what it leaves to run, and what is kept at the end.

mod growth;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub(crate) use growth::{Growth, Left, Trace};

use super::settings::Settings;
use super::together::Together;
use crate::failure::Failure;
use crate::message::Cover;
use crate::select::{
    Choice, Digest, Evidence, Glance, Known, Ran, Record, Run, Since, Sources, WholeFiles, file_of, setting,
    widen,
};
use crate::sys::process;
use crate::tally::Tally;

/// pytest's options with which not every test of a file, or not every file, is there to be collected.
const NARROWING: [&str; 8] =
    ["--deselect", "--ignore", "--ignore-glob", "-x", "--maxfail", "--exitfirst", "--lf", "--sw"];

/// What runs of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    Affected,
    /// Those that did not pass the last time.
    Failed,
    /// All, and whether selection would have been right.
    Audit,
}

/// Everything about selection in one run.
pub(crate) struct Selection {
    name: String,
    which: Which,
    sources: Sources,
    record: Option<Record>,
    /// Of the record's file, from before it was read.
    stamp: Option<[i64; 4]>,
    began: i64,
    pub(crate) choice: Option<Choice>,
    /// Why all tests run.
    pub(crate) everything: Option<String>,
    /// Where coverage is measured and kept tests count: files whose kept lines do not.
    changed: Option<Vec<String>>,
    /// The user named files or tests.
    paths: Vec<String>,
    /// The same as pytest's ids begin.
    asked: Vec<String>,
    narrowed: bool,
    /// More tests run than what changed can affect.
    grown: bool,
}

/// What a selection is made of: the sources as they are, and what the last run of this kind left.
pub(crate) struct Basis {
    name: String,
    sources: Sources,
    stamp: Option<[i64; 4]>,
    bytes: Option<Vec<u8>>,
}

impl Basis {
    pub(crate) fn of(settings: &Settings) -> Basis {
        let name = name(settings);
        let sources = Sources::new(&settings.state.root, settings.outline.as_deref());
        let stamp = settings.state.stamp(&name);
        let bytes = settings.state.read(&name);
        Basis { name, sources, stamp, bytes }
    }

    /// How many tests are known, where no test is named and it is plain that nothing changed which could concern any.
    pub(crate) fn unchanged(&self, settings: &Settings) -> Option<usize> {
        if settings.since.is_some() || !split(&settings.arguments).0.is_empty() {
            return None;
        }
        let glance = Glance::open(self.bytes.as_deref()?)?;
        let now = setting(&glance.setting.site, &settings.python, &folders(settings, &glance.rootdir));
        (now == glance.setting && glance.holds(&self.sources)).then_some(glance.tests as usize)
    }
}

/// What is left to do.
pub(crate) enum Outlook {
    /// No Python is needed.
    Nothing,
    /// Of what pytest would collect these files are, as a whole, and no others.
    Some(Vec<String>),
    Everything,
}

impl Selection {
    pub(crate) fn new(settings: &Settings, which: Which, basis: Basis) -> Result<Selection, Failure> {
        let Basis { name, sources, stamp, bytes } = basis;
        let record = bytes.as_deref().and_then(Record::open);
        let (paths, narrowed) = split(&settings.arguments);
        let mut selection = Selection {
            name,
            which,
            sources,
            record,
            stamp,
            began: settings.began.unwrap_or_else(process::real_time_ns),
            choice: None,
            everything: None,
            changed: None,
            asked: Vec::new(),
            paths,
            narrowed,
            grown: false,
        };
        let rootdir = selection.record.as_ref().map_or("", |record| record.rootdir.as_str());
        selection.asked = selection.paths.iter().map(|path| id_of(path, settings, rootdir)).collect();
        let since = settings.since.as_deref().map(|revision| {
            Since::of(revision, &settings.state.root, settings.since_outline.as_deref())
                .map_err(Failure::Usage)
        });
        selection.choose(settings, since.transpose()?.as_ref());
        Ok(selection)
    }

    fn choose(&mut self, settings: &Settings, since: Option<&Since>) {
        let Some(record) = &self.record else {
            self.everything = Some("nothing is known of them yet".to_owned());
            return;
        };
        let now = setting(&record.setting.site, &settings.python, &folders(settings, &record.rootdir));
        let folders = folders(settings, &record.rootdir);
        let what = if now.python != record.setting.python {
            "Python or its variables"
        } else if now.distributions != record.setting.distributions {
            "the installed distributions"
        } else if now.configuration != record.setting.configuration
            || since.is_some_and(|since| since.configuration(&folders))
        {
            "the configuration"
        } else {
            let mut choice = Choice::of(record, &self.sources, since);
            choice.keep_together(Together::load(&settings.state).seen());
            if record.coverage {
                match self.widened(&mut choice, record, settings) {
                    Ok(changed) => self.changed = Some(changed),
                    Err(why) => {
                        self.everything = Some(format!("coverage is measured, and {why}"));
                        return;
                    }
                }
            }
            self.choice = Some(choice);
            return;
        };
        self.everything = Some(format!("{what} changed"));
    }

    /// Selection where coverage is measured: only if what was measured of the other tests is there.
    fn widened(
        &self,
        choice: &mut Choice,
        record: &Record,
        settings: &Settings,
    ) -> Result<Vec<String>, &'static str> {
        if settings.since.is_some() || !self.covers(settings) {
            return Err("is that of all tests that are asked for");
        }
        if record.store.is_none() || record.store != self.store_digest(settings) {
            return Err("is not known for each test file");
        }
        widen(choice, record, &self.sources)
    }

    /// Whether totals of coverage can be put together from this run and what is kept.
    fn covers(&self, settings: &Settings) -> bool {
        self.which != Which::Failed && !self.narrowed && self.paths.is_empty() && settings.partition.is_none()
    }

    fn store_name(&self) -> String {
        self.name.replacen("record", "coverage", 1)
    }

    fn store_digest(&self, settings: &Settings) -> Option<Digest> {
        let bytes = settings.state.read(&self.store_name())?;
        Some(Digest::half(blake3::hash(&bytes).as_bytes()))
    }

    /// What pytest-cov's data become, if what is measured is kept by test file.
    pub(crate) fn cover(&self, settings: &Settings) -> Option<Cover> {
        if !self.covers(settings) {
            return None;
        }
        let store = settings.state.path(&self.store_name()).to_string_lossy().into_owned();
        let changed = self.changed.clone().filter(|_| self.which == Which::Affected);
        let cached = self.choice.as_ref().filter(|_| changed.is_some());
        // Whole files are chosen.
        let cached: BTreeSet<&str> =
            cached.iter().flat_map(|choice| &choice.cached).map(|id| file_of(id)).collect();
        let cached = cached.into_iter().map(str::to_owned).collect();
        Some(Cover { store, cached, changed: changed.unwrap_or_default() })
    }

    /// What runs, by the arguments.
    pub(crate) fn outlook(&self) -> Outlook {
        let (Some(choice), Some(record), Which::Affected | Which::Failed) =
            (&self.choice, &self.record, self.which)
        else {
            return Outlook::Everything;
        };
        // Where nothing is known of what the user names, pytest says what there is.
        let is_known = |asked: &String| record.tests.keys().any(|id| belongs(id, asked));
        if self.which == Which::Affected && !self.asked.iter().all(is_known) {
            return Outlook::Everything;
        }
        let root = Path::new(&record.rootdir);
        let mut files: BTreeSet<&str> = choice
            .unseen
            .iter()
            .map(String::as_str)
            .filter(|file| self.is_asked(file) || self.asked.iter().any(|asked| belongs(asked, file)))
            .collect();
        let chosen = choice.chosen.keys().filter(|id| self.is_asked(id) && self.wants(id));
        files.extend(chosen.map(|id| file_of(id)));
        let needs_all = |id: &&str| record.tests.get(*id).is_some_and(|test| test.together);
        if choice.chosen.keys().map(String::as_str).filter(|id| self.is_asked(id)).any(|id| needs_all(&id)) {
            files.extend(record.tests.keys().map(|id| file_of(id)));
        }
        files.retain(|file| root.join(file).is_file());
        if files.is_empty() && self.changed.is_some() {
            // pytest-cov is to report all the same.
            files.extend(choice.cached.first().map(|id| file_of(id)));
        }
        if files.is_empty() {
            return Outlook::Nothing;
        }
        if choice.cached.is_empty() && self.which == Which::Affected {
            return Outlook::Everything;
        }
        Outlook::Some(files.iter().map(|file| root.join(file).to_string_lossy().into_owned()).collect())
    }

    /// Whether a collected test runs.
    pub(crate) fn wants(&self, id: &str) -> bool {
        let Some(choice) = &self.choice else { return true };
        match self.which {
            Which::All | Which::Audit => true,
            Which::Affected => !choice.cached.contains(id) && self.is_asked(id),
            Which::Failed => self.is_asked(id) && self.has_failed(choice, id),
        }
    }

    /// A test that did not pass the last time, or of which nothing is known because its file could not be collected.
    fn has_failed(&self, choice: &Choice, id: &str) -> bool {
        match self.record.as_ref().and_then(|record| record.tests.get(id)) {
            Some(test) => test.failed,
            None => choice.unseen.contains(file_of(id)),
        }
    }

    fn is_asked(&self, id: &str) -> bool {
        self.asked.is_empty() || self.asked.iter().any(|asked| belongs(id, asked))
    }

    /// Known tests that are asked for and do not run; with -k and the like nobody knows which are asked for.
    pub(crate) fn cached(&self) -> usize {
        let (Some(choice), Which::Affected) = (&self.choice, self.which) else { return 0 };
        choice.cached.iter().filter(|id| self.is_asked(id)).count()
    }

    /// Why a test would run, or not.
    pub(crate) fn why(&self, id: &str) -> Result<String, String> {
        if let Some(why) = &self.everything {
            return Ok(format!("{id} runs: {why}"));
        }
        let choice = self.choice.as_ref().ok_or("nothing is known of any test")?;
        if let Some(reason) = choice.chosen.get(id) {
            return Ok(format!("{id} runs: {reason}"));
        }
        let used = self.record.as_ref().and_then(|record| record.tests.get(id)?.used.as_ref());
        match used {
            Some(used) if choice.cached.contains(id) => Ok(format!(
                "{id} is cached: none of the {} functions and {} other things that it used changed",
                used.units.len(),
                used.inputs.len()
            )),
            _ => Err(format!("no test '{id}' is known; it runs if pytest collects it")),
        }
    }

    /// Why a test runs, where only some do.
    pub(crate) fn reason(&self, id: &str) -> Option<String> {
        if !matches!(self.which, Which::Affected | Which::Failed) {
            return None;
        }
        if let Some(why) = &self.everything {
            return Some(why.clone());
        }
        let reason = self.choice.as_ref()?.chosen.get(id);
        Some(reason.map_or("it is new".to_owned(), ToString::to_string))
    }

    /// What is worth saying before everything runs.
    pub(crate) fn note(&self) -> Option<String> {
        let measured = self.record.as_ref().is_some_and(|record| record.coverage);
        let why = self.everything.as_ref().filter(|_| measured && self.which == Which::Affected)?;
        Some(format!("dx: every test runs: {why} (--no-cov leaves it out)"))
    }

    /// Tests whose outcome changed although they would not have been chosen, and the seconds that the choice would have
    /// saved.
    pub(crate) fn audit(&self, ran: &[Ran<'_>]) -> (Vec<String>, f64) {
        let (Some(choice), Some(record)) = (&self.choice, &self.record) else { return (Vec::new(), 0.0) };
        let mut missed = Vec::new();
        let mut saved = 0.0;
        for test in ran.iter().filter(|test| choice.cached.contains(test.id)) {
            saved += f64::from(test.micros) / 1e6;
            if record
                .tests
                .get(test.id)
                .is_some_and(|before| before.outcome != test.outcome || before.failed != test.failed)
            {
                missed.push(test.id.to_owned());
            }
        }
        (missed, saved)
    }

    /// What a run is told to have been, in its last line; nothing where the choice of tests plays no part.
    pub(crate) fn sentence(&self, ran: usize, seconds: f64) -> Option<String> {
        let cached = self.cached();
        match self.which {
            Which::All | Which::Audit => None,
            Which::Affected => Some(affected(ran, cached, seconds)),
            Which::Failed if ran == 0 => Some("dx: no test has failed\n".to_owned()),
            Which::Failed => Some(format!("dx: {ran} that had failed ran, {seconds:.2} s\n")),
        }
    }

    /// Whether it is right that no test runs.
    pub(crate) fn is_content_with_none(&self) -> bool {
        self.which == Which::Failed || self.cached() > 0
    }

    /// Whether the tests that are collected of a file are all that it has.
    fn sees_whole_files(&self) -> bool {
        !self.narrowed && !self.asked.iter().any(|asked| asked.contains("::"))
    }

    pub(crate) fn is_audit(&self) -> bool {
        self.which == Which::Audit
    }

    /// Keeps what this run found out.
    pub(crate) fn keep(&self, settings: &Settings, evidence: &Evidence, found: Found<'_>, ran: &[Ran<'_>]) {
        let folders = folders(settings, found.rootdir);
        // Another run may keep something meanwhile; without a lock the last one wins.
        let _alone = settings.state.lock(&self.name);
        let same = self.stamp.is_some() && self.stamp == settings.state.stamp(&self.name);
        let another = if same { None } else { Record::load(&settings.state, &self.name) };
        let old = if same { self.record.as_ref() } else { another.as_ref() };
        // What another run found is judged as it is now.
        let is_judged = same && self.choice.is_some() && settings.since.is_none();
        let now = old.filter(|_| !is_judged).map(|old| Choice::of(old, &self.sources, None));
        let has_reason = |choice: &Option<Choice>, id: &str| {
            choice.as_ref().is_some_and(|choice| choice.chosen.contains_key(id))
        };
        let site = if evidence.is_there() { Some(&evidence.site) } else { old.map(|old| &old.setting.site) };
        let setting = site.map(|site| setting(site, &settings.python, &folders)).unwrap_or_default();
        let run = Run {
            evidence,
            sources: &self.sources,
            began: self.began,
            setting,
            rootdir: found.rootdir,
            patterns: found.patterns.to_vec(),
            collected: if self.sees_whole_files() { found.whole_files } else { BTreeMap::new() },
            chosen: &|id| has_reason(&self.choice, id) || has_reason(&now, id),
            offered: if found.ended { settings.among.as_slice() } else { &[] },
            coverage: found.coverage,
            store: if found.covered { self.store_digest(settings) } else { None },
            sees_all: found.sees_all,
            complete: found.ended && found.all && !self.narrowed && self.paths.is_empty(),
        };
        run.record(old, ran).save(&settings.state, &self.name);
    }
}

/// What the last run of this kind left to know of.
pub(crate) fn known(settings: &Settings) -> Option<Known> {
    let record = Record::load(&settings.state, &name(settings))?;
    Some(Known::of(&record, &settings.state.root))
}

/// Whether something changed since the last run of this kind.
pub(crate) fn has_changed(settings: &Settings) -> bool {
    // What differs from a revision does so before and after a run.
    let settings = &Settings { since: None, ..settings.clone() };
    let basis = Basis::of(settings);
    if basis.unchanged(settings).is_some() {
        return false;
    }
    let Ok(selection) = Selection::new(settings, Which::Affected, basis) else { return true };
    let changed = |choice: &Choice| choice.chosen.values().any(|reason| reason.is_change());
    match &selection.record {
        Some(record) if record.coverage => changed(&Choice::of(record, &selection.sources, None)),
        _ => selection.choice.as_ref().is_none_or(changed),
    }
}

/// What a run learned beside outcomes.
pub(crate) struct Found<'a> {
    pub(crate) rootdir: &'a str,
    pub(crate) patterns: &'a [String],
    /// Files that were collected, with the rests of their tests' ids.
    pub(crate) whole_files: WholeFiles<'a>,
    pub(crate) coverage: bool,
    /// What pytest-cov measured is kept by test file.
    pub(crate) covered: bool,
    /// It came to its end, and everything could be collected.
    pub(crate) ended: bool,
    /// No process was lost with what it knew.
    pub(crate) sees_all: bool,
    /// Every test was there to be run.
    pub(crate) all: bool,
}

/// The tests of a tally, as records know them.
pub(crate) fn ran<'a>(tally: &Tally, ids: &'a [String], together: &[String]) -> Vec<Ran<'a>> {
    let of = |(done, id): (&crate::tally::Done, &'a String)| Ran {
        id,
        at: (done.file, done.item),
        outcome: done.outcome as u8,
        failed: done.failed(),
        micros: (done.seconds() * 1e6) as u32,
        together: together.contains(id),
    };
    tally.all().zip(ids).map(of).collect()
}

/// How selection went.
pub(crate) fn affected(ran: usize, cached: usize, seconds: f64) -> String {
    format!("dx: {ran} of {} ran, {cached} cached, {seconds:.2} s\n", ran + cached)
}

/// One record for each way of calling, whichever tests are asked for.
fn name(settings: &Settings) -> String {
    let fixed = crate::warm::fixed(&settings.arguments);
    let mut hasher = blake3::Hasher::new();
    let python = settings.python.to_string_lossy();
    let folder = settings.folder.to_string_lossy();
    for part in [python.as_ref(), folder.as_ref()].into_iter().chain(fixed.iter().map(String::as_str)) {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    format!("record-{}", &hasher.finalize().to_hex()[..16])
}

/// Paths among pytest's arguments, and whether something narrows what is collected otherwise.
fn split(arguments: &[String]) -> (Vec<String>, bool) {
    let paths = crate::warm::paths(arguments);
    let narrows =
        |argument: &String| NARROWING.contains(&argument.split('=').next().unwrap_or(argument.as_str()));
    (paths, picks(arguments) || arguments.iter().any(narrows))
}

/// Whether an expression of names or marks (`-k`, `-m`) says which tests are to run.
pub(super) fn picks(arguments: &[String]) -> bool {
    arguments.iter().any(|argument| argument.starts_with("-k") || argument.starts_with("-m"))
}

fn folders<'a>(settings: &'a Settings, rootdir: &'a str) -> [&'a Path; 3] {
    [&settings.folder, &settings.state.root, Path::new(rootdir)]
}

/// An argument as pytest's ids begin.
fn id_of(argument: &str, settings: &Settings, rootdir: &str) -> String {
    let (path, rest) = argument.split_once("::").map_or((argument, None), |(path, rest)| (path, Some(rest)));
    let path = settings.folder.join(path);
    let path = std::fs::canonicalize(&path).unwrap_or(path);
    let path: PathBuf = path.strip_prefix(rootdir).map_or(path.clone(), Path::to_owned);
    let path = path.to_string_lossy();
    rest.map_or(path.to_string(), |rest| format!("{path}::{rest}"))
}

/// Whether an id lies in what was asked for: a folder, a file, a class, a test without its parameters.
fn belongs(id: &str, asked: &str) -> bool {
    asked.is_empty()
        || asked == "."
        || id
            .strip_prefix(asked)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || rest.starts_with(['/', '[']))
}
