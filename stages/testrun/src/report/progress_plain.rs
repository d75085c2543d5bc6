//! Progress without a terminal: pytest's lines, a file at a time, or a test at a time with `-v`.

use std::collections::HashMap;
use std::io::{self, Write};

use super::{Event, Reporter, TestEvent, color, letter, word};

/// A file whose tests are not all done.
#[derive(Default)]
struct Open {
    name: String,
    letters: String,
    width: usize,
    left: Option<u64>,
}

pub(crate) struct Plain {
    verbose: i32,
    markup: bool,
    columns: usize,
    files: HashMap<u32, Open>,
    done: u64,
    total: u64,
    known: bool,
    /// A line without its end is on the screen.
    open_line: usize,
}

impl Plain {
    pub(crate) fn new(verbose: i32, markup: bool, columns: usize) -> Plain {
        Plain {
            verbose,
            markup,
            columns,
            files: HashMap::new(),
            done: 0,
            total: 0,
            known: false,
            open_line: 0,
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.markup { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn percent(&self) -> String {
        if !self.known || self.total == 0 {
            return String::new();
        }
        format!("[{:>3}%]", self.done * 100 / self.total)
    }

    fn write(&mut self, text: &str) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    fn end_line(&mut self) {
        if self.open_line > 0 {
            self.write("\n");
            self.open_line = 0;
        }
    }

    fn test(&mut self, test: &TestEvent<'_>) {
        if test.attempt == 0 {
            self.done += 1;
        }
        if let Some(total) = test.total {
            (self.total, self.known) = (total, true);
        }
        if self.verbose > 0 {
            self.verbose_line(test);
            return;
        }
        let open = self.files.entry(test.file).or_default();
        if open.name.is_empty() {
            open.name = test.id.split("::").next().unwrap_or(test.id).to_owned();
        }
        let mut letters = String::new();
        for outcome in test.outcomes {
            let named = test.reports.iter().find(|report| report.category == outcome.name());
            let text = named.map_or(letter(*outcome), |report| report.letter.as_str());
            letters.push_str(text);
        }
        let shown = match test.outcomes.iter().find(|outcome| outcome.is_failure()).or(test.outcomes.first())
        {
            Some(outcome) if self.markup => format!("\x1b[{}m{letters}\x1b[0m", color(*outcome)),
            _ => letters.clone(),
        };
        let open = self.files.entry(test.file).or_default();
        open.letters.push_str(&shown);
        open.width += letters.len();
        if let Some(left) = &mut open.left {
            *left = left.saturating_sub(1);
        }
        if open.left == Some(0) {
            self.close(test.file);
        }
    }

    fn verbose_line(&mut self, test: &TestEvent<'_>) {
        for outcome in test.outcomes {
            let named = test.reports.iter().find(|report| report.category == outcome.name());
            let word = named.map_or(word(*outcome), |report| report.word.as_str());
            let reason = named.filter(|report| !report.text.is_empty() && !outcome.is_failure());
            let reason = reason.map(|report| format!(" ({})", report.text.trim_start_matches("Skipped: ")));
            let line =
                format!("{} {}{}", test.id, self.paint(color(*outcome), word), reason.unwrap_or_default());
            let percent = self.percent();
            let width = test.id.len() + 1 + word.len();
            let room = self.columns.saturating_sub(width + percent.len()).max(1);
            let end = if percent.is_empty() { String::new() } else { " ".repeat(room) + &percent };
            self.write(&format!("{line}{end}\n"));
        }
    }

    /// Prints a file's line.
    fn close(&mut self, file: u32) {
        let Some(open) = self.files.remove(&file) else { return };
        if open.letters.is_empty() {
            return;
        }
        if self.verbose < 0 {
            let text = open.letters;
            self.open_line += open.width;
            self.write(&text);
            if self.open_line >= self.columns.saturating_sub(8) {
                self.end_line();
            }
            return;
        }
        let percent = self.percent();
        let width = open.name.len() + 1 + open.width;
        let room = self.columns.saturating_sub(width % self.columns + percent.len());
        let end = if percent.is_empty() { String::new() } else { " ".repeat(room.max(1)) + &percent };
        self.write(&format!("{} {}{end}\n", open.name, open.letters));
    }

    fn close_all(&mut self) {
        let mut files: Vec<u32> = self.files.keys().copied().collect();
        files.sort_unstable();
        files.into_iter().for_each(|file| self.close(file));
        self.end_line();
    }
}

impl Reporter for Plain {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) => {
                self.close_all();
                self.write(text);
            }
            Event::Collected { file, tests } => {
                self.files.entry(*file).or_default().left = Some(*tests);
            }
            Event::Test(test) => self.test(test),
            Event::File { id, report } => {
                let mut open =
                    Open { name: (*id).to_owned(), letters: report.letter.clone(), ..Open::default() };
                open.width = open.letters.len();
                self.files.insert(u32::MAX, open);
                self.close(u32::MAX);
            }
            Event::Note(text) | Event::Again(text) => {
                self.end_line();
                self.write(&format!("{text}\n"));
            }
            Event::Drained => self.close_all(),
            Event::Started { workers, how } if self.verbose >= 0 => {
                let plural = if *workers == 1 { "" } else { "s" };
                self.write(&format!("dx: {workers} worker{plural}, {how}\n"));
            }
            Event::Started { .. }
            | Event::Settled(_)
            | Event::LeftOut { .. }
            | Event::Leak { .. }
            | Event::Known { .. }
            | Event::Debugger(_)
            | Event::Done { .. } => {}
        }
    }
}
