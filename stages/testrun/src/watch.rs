//! `--watch`: from a saved file to the result of the tests that it affects, again and again.
//!
//! What happens to files only says *when* to run. *What* runs is decided as always, by content (`select`), so that a
//! change which was told twice, late, or along with others costs a look and nothing more. A run is never broken off for a
//! change: what was saved meanwhile leads to another run. Files are watched before the first run reads any.

mod filter;
mod folders;
mod keyboard;
mod outline;
mod quiet;
mod repeats;

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::run::{self, Page, Settings, Which};
use crate::state::State;
use crate::sys::{poll, signals, terminal};
use filter::Filter;
use folders::Folders;
use keyboard::{Command, HELP, Keyboard};
use outline::Outliner;
use quiet::{Batch, Quiet};
use repeats::Repeats;

/// A signal that comes just before the wait is seen after this.
const GLANCE: Duration = Duration::from_millis(500);

/// Between two looks at a pytest that is being configured.
const PAUSE: Duration = Duration::from_millis(10);

/// How dx-testrun was called.
pub(crate) struct Call {
    pub(crate) own: Arguments,
    /// pytest's arguments.
    pub(crate) rest: Vec<String>,
    pub(crate) folder: PathBuf,
    pub(crate) state: State,
    pub(crate) python: PathBuf,
}

/// Runs and waits in turn until the user has enough; the status of the last run.
pub(crate) fn watch(call: Call) -> Result<u8, Failure> {
    signals::listen();
    terminal::restore_on_panic();
    let mut watch = Watch::new(call)?;
    watch.run(None)?;
    while let Some(which) = watch.wait()? {
        watch.run(which)?;
    }
    Ok(watch.status)
}

struct Watch {
    call: Call,
    folders: Folders,
    filter: Filter,
    keyboard: Keyboard,
    pattern: String,
    /// Changes that no run has seen yet.
    quiet: Quiet,
    repeats: Repeats,
    /// Nobody has changed anything since the last run ended.
    untouched: bool,
    outliner: Outliner,
    outline: Option<PathBuf>,
    status: u8,
}

impl Watch {
    fn new(call: Call) -> Result<Watch, Failure> {
        let settings = call.settings("", None)?;
        let known = run::known(&settings);
        let root = call.state.root.clone();
        let rootdir =
            known.as_ref().map(|known| known.rootdir.clone()).filter(|other| !other.starts_with(&root));
        let roots: Vec<PathBuf> = std::iter::once(root).chain(rootdir).collect();
        let mut watch = Watch {
            folders: Folders::below(roots)?,
            filter: Filter::default(),
            keyboard: Keyboard::new(),
            pattern: String::new(),
            quiet: Quiet::default(),
            repeats: Repeats::default(),
            untouched: false,
            outliner: Outliner::new(call.own.driver.clone(), call.folder.clone()),
            outline: None,
            status: 0,
            call,
        };
        watch.look_around()?;
        Ok(watch)
    }

    /// Runs what is affected, or what is asked for.
    fn run(&mut self, which: Option<Which>) -> Result<(), Failure> {
        self.keyboard.release();
        signals::forget_interrupts();
        self.status = match self.run_once(which) {
            Ok(status) => status,
            Err(failure) => {
                eprintln!("dx-testrun: error: {failure}");
                failure.status()
            }
        };
        self.untouched = true;
        let interrupted = signals::interrupts() > 0;
        signals::forget_interrupts();
        if signals::terminations() == 0 {
            if interrupted {
                say("dx: the run was interrupted; Ctrl-C once more ends the watch\n")?;
            }
            self.tell()?;
        }
        // Somebody may have been changing what was not watched yet.
        let settings = self.call.settings(&self.pattern, self.outline.clone());
        if self.look_around()? && settings.is_ok_and(|settings| run::has_changed(&settings)) {
            self.untouched = false;
            self.quiet.add_everything(Instant::now());
        }
        Ok(())
    }

    /// While nobody wants anything: makes ready what the next run begins with.
    fn prepare(&self) {
        // A configuration that is wrong was told by the run.
        let Ok(settings) = self.call.settings(&self.pattern, self.outline.clone()) else { return };
        let fds: Vec<_> = std::iter::once(self.folders.fd()).chain(self.keyboard.fd()).collect();
        run::prepare(&settings, || {
            let ready = poll::readable(&fds, PAUSE);
            signals::interrupts() == 0 && ready.is_ok_and(|ready| !ready.contains(&true))
        });
    }

    fn run_once(&mut self, which: Option<Which>) -> Result<u8, Failure> {
        let outlined = self.outliner.finish();
        self.outline = outlined.path;
        // The configuration may be what changed.
        let mut settings = self.call.settings(&self.pattern, self.outline.clone())?;
        settings.began = Some(outlined.began);
        settings.which = which.or(settings.which);
        run::run(&settings)
    }

    /// Learns what counts from the last run, and watches where it lies; whether that is somewhere new.
    fn look_around(&mut self) -> Result<bool, Failure> {
        let Ok(settings) = self.call.settings(&self.pattern, None) else { return Ok(false) };
        let known = run::known(&settings);
        let outputs = outputs(&settings);
        self.filter = Filter::new(self.folders.roots().to_vec(), outputs, known.as_ref());
        let Some(known) = known else { return Ok(false) };
        let files = known.files.iter().filter_map(|file| file.parent().map(Path::to_owned));
        let wanted: HashSet<PathBuf> = files.chain(known.folders.iter().cloned()).collect();
        self.folders.add_single(&wanted)
    }

    /// Waits for a reason to run; nothing when it is time to go.
    fn wait(&mut self) -> Result<Option<Option<Which>>, Failure> {
        signals::listen_to_job_control();
        self.keyboard.take();
        let reason = self.wait_for_reason();
        self.keyboard.release();
        signals::leave_job_control();
        reason
    }

    fn wait_for_reason(&mut self) -> Result<Option<Option<Which>>, Failure> {
        // What happened while tests ran is told apart from what happens now.
        self.hear()?;
        let mut during_run = std::mem::take(&mut self.untouched) && self.quiet.due().is_some();
        if self.quiet.due().is_none() {
            self.prepare();
        }
        loop {
            if signals::interrupts() > 0 {
                return Ok(None);
            }
            self.control_jobs()?;
            let now = Instant::now();
            let due = self.quiet.due().filter(|_| !self.keyboard.is_asking());
            if due.is_some_and(|due| due <= now) {
                let batch = self.quiet.take();
                if self.is_due(batch, std::mem::take(&mut during_run))? {
                    return Ok(Some(None));
                }
                continue;
            }
            let wait = due.map_or(GLANCE, |due| (due - now).min(GLANCE));
            let keyboard = self.keyboard.fd();
            let fds: Vec<_> = std::iter::once(self.folders.fd()).chain(keyboard).collect();
            let ready = poll::readable(&fds, wait)?;
            if ready[0] && self.hear()? {
                during_run = false;
            }
            if ready.get(1) == Some(&true)
                && let Some(reason) = self.obey()?
            {
                return Ok(reason);
            }
            // A terminal that was another program's may be this one's again.
            self.keyboard.take();
        }
    }

    /// Takes in what happened to files; whether something of it counts.
    fn hear(&mut self) -> Result<bool, Failure> {
        let news = self.folders.news()?;
        let now = Instant::now();
        let mut counts = news.lost;
        if news.lost {
            self.quiet.add_everything(now);
        }
        for change in news.changes {
            if self.filter.counts(&change) {
                counts = true;
                self.quiet.add(change, now);
            }
        }
        if counts {
            self.outliner.invalidate();
        }
        if self.quiet.is_whole() {
            self.outliner.begin();
        }
        Ok(counts)
    }

    /// Whether a batch of changes is worth a run.
    fn is_due(&mut self, batch: Batch, during_run: bool) -> Result<bool, Failure> {
        if !during_run {
            self.repeats.forget(&batch.files);
            return Ok(true);
        }
        let mut files = batch.files;
        if batch.everything {
            // As if it were a file: tests that write so much may do so again.
            files.insert(PathBuf::new());
        }
        let (due, written) = self.repeats.due(files);
        for path in &written {
            let root = &self.call.state.root;
            let what = if path.as_os_str().is_empty() {
                "too many files".to_owned()
            } else {
                format!("'{}'", path.strip_prefix(root).unwrap_or(path).display())
            };
            say(&format!("dx: tests write {what}: what changes there while they run does not count\n"))?;
        }
        Ok(!due.is_empty())
    }

    /// Does what was typed; the reason to run, or to go, that it is.
    fn obey(&mut self) -> Result<Option<Option<Option<Which>>>, Failure> {
        let (commands, shown) = self.keyboard.read();
        say(&shown)?;
        let mut reason = None;
        for command in commands {
            reason = match command {
                Command::Affected => Some(Some(None)),
                Command::All => Some(Some(Some(Which::All))),
                Command::Failed => Some(Some(Some(Which::Failed))),
                Command::Pattern(pattern) => {
                    self.pattern = pattern;
                    let all = (!self.pattern.is_empty()).then_some(Which::All);
                    Some(Some(all))
                }
                Command::Quit => return Ok(Some(None)),
                Command::Help => {
                    say(HELP)?;
                    reason
                }
                Command::Unknown(line) => {
                    eprintln!("dx-testrun: error: no command '{line}': one of a, f, p PATTERN, r, q");
                    reason
                }
            };
        }
        if reason.is_some() {
            // The run sees it all.
            let batch = self.quiet.take();
            self.repeats.forget(&batch.files);
        } else if !self.keyboard.is_asking() && shown.ends_with('\n') {
            self.tell()?;
        }
        Ok(reason)
    }

    /// Ctrl-Z leaves the terminal as it was, and the way back takes it again.
    fn control_jobs(&mut self) -> Result<(), Failure> {
        if signals::is_to_stop() {
            self.keyboard.release();
            signals::stop();
        }
        if signals::has_continued() {
            // A shell may have changed the mode.
            self.keyboard.release();
            self.keyboard.take();
            self.tell()?;
        }
        Ok(())
    }

    /// The line of the keyboard.
    fn tell(&self) -> Result<(), Failure> {
        let count = self.folders.count();
        let folders = if count == 1 { "folder" } else { "folders" };
        let pattern =
            if self.pattern.is_empty() { String::new() } else { format!("  (-k '{}')", self.pattern) };
        say(&format!("watching {count} {folders}  [a]ll [f]ailed [p]attern [q]uit{pattern}\n"))
    }
}

impl Call {
    /// Of the next run.
    fn settings(&self, pattern: &str, outline: Option<PathBuf>) -> Result<Settings, Failure> {
        let own = Arguments { outline, ..self.own.clone() };
        let rest = with_pattern(&self.rest, pattern);
        Settings::from_arguments(&own, rest, self.folder.clone(), self.state.clone(), self.python.clone())
    }
}

/// pytest's arguments with another condition.
fn with_pattern(rest: &[String], pattern: &str) -> Vec<String> {
    if pattern.is_empty() {
        return rest.to_vec();
    }
    let (mut given, mut others) = (None, Vec::new());
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            others.push(word.clone());
            others.extend(words.by_ref().cloned());
        } else if word == "-k" {
            given = words.next().cloned();
        } else if let Some(value) = word.strip_prefix("-k").filter(|_| !word.starts_with("--")) {
            given = Some(value.strip_prefix('=').unwrap_or(value).to_owned());
        } else {
            others.push(word.clone());
        }
    }
    let both = match given {
        Some(given) if !given.trim().is_empty() => format!("({given}) and ({pattern})"),
        _ => pattern.to_owned(),
    };
    ["-k".to_owned(), both].into_iter().chain(others).collect()
}

/// Files that runs write because they were asked to.
fn outputs(settings: &Settings) -> HashSet<PathBuf> {
    let reports = settings.reports.iter().map(|Page::Html(path)| path.clone());
    let junit = settings.arguments.iter().filter_map(|word| {
        ["--junitxml=", "--junit-xml="].iter().find_map(|option| word.strip_prefix(option)).map(PathBuf::from)
    });
    settings
        .events
        .iter()
        .cloned()
        .chain(reports)
        .chain(junit)
        .map(|path| settings.folder.join(path))
        .collect()
}

/// Writes for whoever watches; without a reader there is nothing left to watch for.
fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    Ok(out.write_all(text.as_bytes()).and_then(|()| out.flush())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_added_to_the_callers() {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(with_pattern(&words("-x tests"), ""), words("-x tests"));
        assert_eq!(with_pattern(&words("-x tests"), "a or b"), ["-k", "a or b", "-x", "tests"]);
        for given in ["-k c tests", "-kc tests", "-k=c tests"] {
            assert_eq!(with_pattern(&words(given), "a or b"), ["-k", "(c) and (a or b)", "tests"]);
        }
        assert_eq!(with_pattern(&words("-- -k c"), "a"), ["-k", "a", "--", "-k", "c"]);
    }
}
