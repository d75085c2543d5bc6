//! Progress on a terminal: one live line, failures as they come, everything else at the end.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use dx_schemas::testrun::Outcome;

use super::{Event, Plain, Reporter, TestEvent, color, word};

/// How often the live line is drawn at the most.
const FRAME: Duration = Duration::from_millis(80);

pub(crate) struct Fancy {
    columns: usize,
    /// Lines that a log would have, too.
    plain: Plain,
    verbose: bool,
    done: u64,
    total: Option<u64>,
    collected: u64,
    counts: [u64; 7],
    last: String,
    started: Instant,
    drawn: Option<Instant>,
    visible: bool,
    quiet: bool,
}

impl Fancy {
    pub(crate) fn new(verbose: i32, markup: bool, columns: usize) -> Fancy {
        Fancy {
            columns,
            plain: Plain::new(verbose, markup, columns),
            verbose: verbose > 0,
            done: 0,
            total: None,
            collected: 0,
            counts: [0; 7],
            last: String::new(),
            started: Instant::now(),
            drawn: None,
            visible: false,
            quiet: false,
        }
    }

    fn write(text: &str) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    fn hide(&mut self) {
        if self.visible {
            Fancy::write("\r\x1b[K");
            self.visible = false;
        }
    }

    fn draw(&mut self) {
        if self.quiet || self.done == 0 || self.drawn.is_some_and(|drawn| drawn.elapsed() < FRAME) {
            return;
        }
        let total = self
            .total
            .map_or_else(|| format!("{}+", self.collected.max(self.done)), |total| total.to_string());
        let mut plain = format!("{}/{total}", self.done);
        let mut text = format!("\x1b[1m{plain}\x1b[0m");
        for outcome in Outcome::ALL.iter().filter(|outcome| **outcome != Outcome::Other) {
            let count = self.counts[*outcome as usize];
            if count > 0 {
                let part = format!("{count} {}", outcome.name());
                plain.push_str(&format!("  {part}"));
                text.push_str(&format!("  \x1b[{}m{part}\x1b[0m", color(*outcome)));
            }
        }
        let time = format!("  {:.1}s  ", self.started.elapsed().as_secs_f64());
        let room = self.columns.saturating_sub(plain.len() + time.len() + 1);
        let tail: String = self.last.chars().take(room).collect();
        Fancy::write(&format!("\r\x1b[K{text}{time}\x1b[2m{tail}\x1b[0m"));
        (self.visible, self.drawn) = (true, Some(Instant::now()));
    }

    fn test(&mut self, test: &TestEvent<'_>) {
        if test.attempt == 0 {
            self.done += 1;
        }
        self.total = test.total;
        for outcome in test.outcomes {
            self.counts[*outcome as usize] += 1;
            if outcome.is_failure() && !self.verbose {
                self.hide();
                Fancy::write(&format!("\x1b[{}m{}\x1b[0m {}\n", color(*outcome), word(*outcome), test.id));
            }
        }
        self.last.clear();
        self.last.push_str(test.id);
        self.draw();
    }
}

impl Reporter for Fancy {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Test(test) => {
                if self.verbose {
                    self.hide();
                    self.plain.event(event);
                }
                self.test(test);
            }
            Event::Collected { tests, .. } => self.collected += tests,
            Event::Debugger(entering) => {
                self.hide();
                self.quiet = *entering;
            }
            Event::Drained => self.hide(),
            Event::Text(_)
            | Event::Started { .. }
            | Event::Note(_)
            | Event::Again(_)
            | Event::File { .. } => {
                self.hide();
                self.plain.event(event);
            }
            Event::Settled(_)
            | Event::LeftOut { .. }
            | Event::Leak { .. }
            | Event::Known { .. }
            | Event::Done { .. } => {}
        }
    }

    fn tick(&mut self) {
        if !self.last.is_empty() {
            self.draw();
        }
    }
}
