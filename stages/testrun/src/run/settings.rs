//! What a run was asked for, checked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::selection::Which;
use crate::arguments::{Arguments, Lane};
use crate::config::Config;
use crate::failure::Failure;
use crate::state::State;
use crate::sys::terminal;

#[derive(Clone)]
pub(crate) struct Settings {
    /// pytest's own arguments.
    pub(crate) arguments: Vec<String>,
    pub(crate) folder: PathBuf,
    pub(crate) state: State,
    pub(crate) python: PathBuf,
    pub(crate) workers: usize,
    /// A port on which only one worker can listen: that many are the default then.
    pub(crate) shared_port: Option<u16>,
    pub(crate) dist: Option<String>,
    /// Why the session must be collected as a whole.
    pub(crate) whole: Option<String>,
    pub(crate) shuffle: Option<u64>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) run_timeout: Option<Duration>,
    pub(crate) isolate: bool,
    pub(crate) retries: u32,
    pub(crate) partition: Option<Partition>,
    pub(crate) ci: bool,
    pub(crate) warmth: Warmth,
    /// How long a warm pytest waits for another run, and what it may take.
    pub(crate) idle: Duration,
    pub(crate) memory_mib: u64,
    /// Modules that it imports before it is configured.
    pub(crate) preload: Vec<String>,
    pub(crate) events: Option<PathBuf>,
    pub(crate) reports: Vec<Page>,
    /// Look for what tests leave behind.
    pub(crate) leaks: bool,
    pub(crate) lane: Lane,
    /// Nothing where the caller has chosen one.
    pub(crate) hash_seed: Option<u32>,
    /// Which tests run by what changed; nothing where that plays no part.
    pub(crate) which: Option<Which>,
    /// The user said so.
    pub(crate) asked: bool,
    pub(crate) outline: Option<PathBuf>,
    /// Files among whose tests some were chosen; none where all are collected.
    pub(crate) among: Vec<String>,
    /// Tests that a change since this revision can affect run as well.
    pub(crate) since: Option<String>,
    /// The outline of what has changed since, as it was.
    pub(crate) since_outline: Option<PathBuf>,
    /// When the outline began to be made, in nanoseconds since the epoch, if that is known: what was written later may
    /// not be in it.
    pub(crate) began: Option<i64>,
    pub(crate) markup: bool,
    pub(crate) terminal: bool,
    pub(crate) columns: usize,
}

/// Whether a pytest of an earlier run may serve, and one may stay for the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Warmth {
    Cold,
    Warm,
}

/// A report to be written at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Html(PathBuf),
}

/// One share of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    pub(crate) by_time: bool,
    /// From 0.
    pub(crate) share: u32,
    pub(crate) shares: u32,
}

const DISTRIBUTIONS: [&str; 5] = ["load", "loadscope", "loadfile", "loadgroup", "worksteal"];

impl Settings {
    /// The same run of the tests in these files.
    pub(crate) fn of_these(&self, among: Vec<String>) -> Settings {
        Settings { among, whole: Some("--affected".to_owned()), ..self.clone() }
    }

    /// How many workers the plan will probably ask for.
    pub(super) fn likely_workers(&self) -> usize {
        let paths = self.arguments.iter().filter(|argument| !argument.starts_with('-'));
        let single = paths.clone().any(|path| path.contains("::")) && paths.count() == 1;
        if single { 1 } else { self.workers }
    }

    pub(crate) fn from_arguments(
        own: &Arguments,
        mut arguments: Vec<String>,
        folder: PathBuf,
        state: State,
        python: PathBuf,
    ) -> Result<Settings, Failure> {
        if let Some(mode) = own.dist.as_deref().filter(|mode| !DISTRIBUTIONS.contains(mode)) {
            return Err(Failure::Usage(format!(
                "unknown --dist '{mode}': one of {}",
                DISTRIBUTIONS.join(", ")
            )));
        }
        if let Some(path) = &own.junit {
            let path =
                path.to_str().ok_or_else(|| Failure::Usage("--junit takes a path in UTF-8".to_owned()))?;
            arguments.push(format!("--junitxml={path}"));
        }
        let config = Config::read(&state.root)?;
        let ci = own.ci || std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
        let shuffle = own.shuffle.as_deref().map(seed).transpose()?;
        let partition = own.partition.as_deref().map(parse_partition).transpose()?;
        let whole = if own.whole {
            Some("--whole")
        } else if own.isolate {
            Some("--isolate")
        } else if partition.is_some() {
            Some("--partition")
        } else {
            shuffle.map(|_| "--shuffle")
        };
        let asked = config.workers(own.workers.as_deref());
        let shared_port = if asked.is_none() { super::ports::wanted(&state) } else { None };
        Ok(Settings {
            workers: match &asked {
                Some(words) => workers(words)?,
                None if shared_port.is_some() => 1,
                None => cores(),
            },
            shared_port,
            dist: own.dist.clone(),
            whole: whole.map(str::to_owned),
            shuffle,
            timeout: config.timeout(own.timeout)?,
            run_timeout: seconds("--run-timeout", own.run_timeout)?,
            isolate: own.isolate,
            retries: own.retries,
            partition,
            idle: config.idle(own.idle.as_deref())?,
            memory_mib: config.memory_mib(own.memory.as_deref())?,
            preload: config.preload(&own.preload)?,
            warmth: if own.warm || (!own.no_warm && (own.watch || !ci && terminal::is_terminal())) {
                Warmth::Warm
            } else {
                Warmth::Cold
            },
            ci,
            events: own.events.clone(),
            reports: own.reports.iter().map(|text| page(text, &folder)).collect::<Result<_, _>>()?,
            leaks: !own.no_leaks,
            lane: own.lane,
            hash_seed: hash_seed(),
            which: which(own, ci, &arguments),
            asked: own.affected || own.audit || own.watch || own.since.is_some(),
            outline: own.outline.clone(),
            among: Vec::new(),
            since: own.since.clone(),
            since_outline: own.since_outline.clone(),
            began: None,
            markup: super::wants_markup(&arguments),
            terminal: terminal::is_terminal(),
            columns: terminal::columns(),
            arguments,
            folder,
            state,
            python,
        })
    }
}

/// Without a word of the user's, who called with an outline wants what is affected; CI trusts no record unasked, and who picks
/// tests by an expression wants these.
fn which(own: &Arguments, ci: bool, arguments: &[String]) -> Option<Which> {
    if own.audit {
        Some(Which::Audit)
    } else if own.watch {
        Some(if own.all { Which::All } else { Which::Affected })
    } else if own.affected || own.since.is_some() || own.why.is_some() {
        Some(Which::Affected)
    } else {
        let all = own.all || ci || super::selection::picks(arguments);
        own.outline.as_ref().map(|_| if all { Which::All } else { Which::Affected })
    }
}

fn workers((text, place): &(String, String)) -> Result<usize, Failure> {
    if text == "auto" || text == "logical" {
        return Ok(cores());
    }
    match text.parse::<usize>() {
        Ok(count @ 0..=256) => Ok(count.max(1)),
        _ => Err(Failure::Usage(format!("{place} takes a number from 0 to 256 or 'auto', not '{text}'"))),
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn seconds(option: &str, value: Option<f64>) -> Result<Option<Duration>, Failure> {
    let Some(value) = value else { return Ok(None) };
    if value <= 0.0 {
        return Ok(None);
    }
    Duration::try_from_secs_f64(value)
        .map(Some)
        .map_err(|_| Failure::Usage(format!("{option} takes seconds, not '{value}'")))
}

/// One for this run, unlike those before.
fn hash_seed() -> Option<u32> {
    if std::env::var_os("PYTHONHASHSEED").is_some_and(|value| !value.is_empty()) {
        return None;
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let hash = blake3::hash(&now.map_or(0, |time| time.as_nanos()).to_le_bytes());
    hash.as_bytes().first_chunk().map(|bytes| u32::from_le_bytes(*bytes).max(1))
}

/// `KIND` or `KIND=FILE`.
fn page(text: &str, folder: &Path) -> Result<Page, Failure> {
    let (kind, file) = text.split_once('=').unwrap_or((text, ""));
    match kind {
        "html" => Ok(Page::Html(folder.join(if file.is_empty() { "dx-report.html" } else { file }))),
        _ => Err(Failure::Usage(format!("--report takes html or html=FILE, not '{text}'"))),
    }
}

fn seed(text: &str) -> Result<u64, Failure> {
    if text.is_empty() {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        return Ok(now.map_or(1, |time| u64::from(time.subsec_nanos())));
    }
    text.parse().map_err(|_| Failure::Usage(format!("--shuffle takes a number, not '{text}'")))
}

fn parse_partition(text: &str) -> Result<Partition, Failure> {
    let parsed = || {
        let (how, share) = text.split_once(':')?;
        let (share, shares) = share.split_once('/')?;
        let (share, shares): (u32, u32) = (share.parse().ok()?, shares.parse().ok()?);
        let by_time = match how {
            "hash" => false,
            "time" => true,
            _ => return None,
        };
        (share >= 1 && share <= shares).then(|| Partition { by_time, share: share - 1, shares })
    };
    parsed().ok_or_else(|| Failure::Usage(format!("--partition takes hash:K/N or time:K/N, not '{text}'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_checked() {
        let folder = Path::new("/p");
        assert_eq!(page("html", folder).unwrap(), Page::Html("/p/dx-report.html".into()));
        assert_eq!(page("html=a=b.html", folder).unwrap(), Page::Html("/p/a=b.html".into()));
        assert_eq!(page("html=/x.html", folder).unwrap(), Page::Html("/x.html".into()));
        for bad in ["", "xml", "HTML", "=file"] {
            assert!(page(bad, folder).is_err(), "{bad}");
        }
    }

    #[test]
    fn partitions_are_checked() {
        let good = parse_partition("hash:2/3").unwrap();
        assert_eq!(good, Partition { by_time: false, share: 1, shares: 3 });
        for bad in ["hash:0/3", "hash:4/3", "name:1/2", "hash", "hash:1", "hash:x/2"] {
            assert!(parse_partition(bad).is_err(), "{bad}");
        }
    }
}
