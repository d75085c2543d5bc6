//! Where a build's events go: the file of `--events`, the log of the last builds, the terminal.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dx_schemas::events::{Event, Outcome};

use crate::engine::{Counts, Observer};
use crate::failure::Failure;

/// Redrawing more often than this helps nobody.
const REDRAW: Duration = Duration::from_millis(50);

pub(crate) struct Observed {
    events: Option<(PathBuf, BufWriter<File>)>,
    /// Lines for the log of the last builds, written when the build is over.
    pub(crate) log: Vec<u8>,
    explain: bool,
    progress: Option<Instant>,
    drawn: bool,
}

impl Observed {
    pub(crate) fn new(events: Option<&Path>, explain: bool, quiet: bool) -> Result<Observed, Failure> {
        let events = match events {
            Some(path) => {
                let file = File::create(path).map_err(Failure::write(path))?;
                Some((path.to_path_buf(), BufWriter::new(file)))
            }
            None => None,
        };
        let fancy = !quiet && std::io::stderr().is_terminal();
        let progress = fancy.then(Instant::now);
        Ok(Observed { events, log: Vec::new(), explain, progress, drawn: false })
    }

    /// Writes what must be there when the build is over.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.clear();
        match &mut self.events {
            Some((path, file)) => file.flush().map_err(Failure::write(path.clone())),
            None => Ok(()),
        }
    }

    /// Removes the progress line, so that other lines can be printed.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.drawn) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

impl Observer for Observed {
    fn event(&mut self, event: Event) {
        let line = event.line();
        if let Some((_, file)) = &mut self.events {
            // A failure shows when the file is flushed at the end.
            let _ = file.write_all(line.as_bytes());
        }
        self.log.extend_from_slice(line.as_bytes());
        if self.explain {
            let told = match &event {
                Event::Unit { stage, unit, outcome, reason, .. } => {
                    format!("{} {stage} {unit}: {reason}\n", outcome.name())
                }
                Event::Resolve { unit, import, old, new } => {
                    let show =
                        |target: &Option<String>| target.clone().unwrap_or_else(|| "nothing here".into());
                    format!("resolved {unit}: `{import}` was {}, is {}\n", show(old), show(new))
                }
                _ => return,
            };
            self.clear();
            let _ = std::io::stdout().write_all(told.as_bytes());
        }
    }

    fn progress(&mut self, done: usize, total: usize, counts: &Counts) {
        let Some(last) = self.progress else { return };
        if last.elapsed() < REDRAW && done < total {
            return;
        }
        self.progress = Some(Instant::now());
        self.drawn = true;
        let _ = write!(
            std::io::stderr(),
            "\r\x1b[K[{done}/{total}] {} ran, {} cut off, {} cached",
            counts.total(Outcome::Ran),
            counts.total(Outcome::CutOff),
            counts.total(Outcome::Cached),
        );
    }
}
