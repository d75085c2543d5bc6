//! Annotations for GitHub's review pages: one `::error` command a failure, at the end of the run.

use std::path::{Path, PathBuf};

use super::{Event, Reporter, TestEvent};

pub(crate) struct GitHub {
    folder: PathBuf,
    lines: Vec<String>,
}

impl GitHub {
    pub(crate) fn new(folder: &Path) -> GitHub {
        GitHub { folder: folder.to_owned(), lines: Vec::new() }
    }

    fn test(&mut self, test: &TestEvent<'_>) {
        let failed = |category: &str| category == "failed" || category == "error";
        for report in test.reports.iter().filter(|report| failed(&report.category)) {
            let (path, line, message) = match &report.crash {
                Some(crash) => (crash.path.as_str(), crash.line, crash.message.as_str()),
                None => (test.id.split("::").next().unwrap_or_default(), 1, report.text.as_str()),
            };
            let path = Path::new(path);
            let path = path.strip_prefix(&self.folder).unwrap_or(path).to_string_lossy();
            self.lines.push(format!(
                "::error file={},line={line},title={}::{}",
                property(&path),
                property(test.id),
                data(message)
            ));
        }
    }
}

/// A command's text, escaped as the workflow commands ask for.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

impl Reporter for GitHub {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Test(test) => self.test(test),
            Event::Done { .. } => self.lines.drain(..).for_each(|line| println!("{line}")),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_escaped() {
        assert_eq!(data("50%\nof a: b"), "50%25%0Aof a: b");
        assert_eq!(property("a.py::t[1,2]"), "a.py%3A%3At[1%2C2]");
    }
}
