//! Findings while they are made: byte ranges of the decoded text, not yet lines and columns.

use dx_schemas::Severity;
use ruff_text_size::{Ranged, TextRange, TextSize};

/// The exception that CPython would raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exception {
    Syntax,
    Indentation,
    Tab,
    /// CPython's compiler gives up on deep nesting with this.
    Recursion,
    /// A docstring that CPython's compiler cannot encode.
    Encode,
    Warning,
}

impl Exception {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Exception::Syntax => "SyntaxError",
            Exception::Indentation => "IndentationError",
            Exception::Tab => "TabError",
            Exception::Recursion => "RecursionError",
            Exception::Encode => "UnicodeEncodeError",
            Exception::Warning => "SyntaxWarning",
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Exception::Syntax => "syntax-error",
            Exception::Indentation => "indentation-error",
            Exception::Tab => "tab-error",
            Exception::Recursion => "nesting-too-deep",
            Exception::Encode => "docstring-encoding",
            Exception::Warning => "syntax-warning",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) range: TextRange,
    pub(crate) exception: Exception,
    pub(crate) message: String,
}

/// The findings of one file, in the order in which they were made.
#[derive(Default)]
pub(crate) struct Findings {
    all: Vec<Finding>,
}

impl Findings {
    pub(crate) fn add(&mut self, exception: Exception, range: TextRange, message: impl Into<String>) {
        self.all.push(Finding { range, exception, message: message.into() });
    }

    pub(crate) fn syntax(&mut self, place: &impl Ranged, message: impl Into<String>) {
        self.add(Exception::Syntax, place.range(), message);
    }

    pub(crate) fn warn(&mut self, place: &impl Ranged, message: impl Into<String>) {
        self.add(Exception::Warning, place.range(), message);
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.all.iter().any(|finding| finding.exception != Exception::Warning)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.all.iter()
    }
}

impl Finding {
    pub(crate) fn severity(&self) -> Severity {
        if self.exception == Exception::Warning { Severity::Warning } else { Severity::Error }
    }
}

/// A range of the decoded text; offsets fit because [`crate::source`] refuses larger files.
pub(crate) fn span(start: usize, end: usize) -> TextRange {
    let (start, end) = (start as u32, end.max(start) as u32);
    TextRange::new(TextSize::new(start), TextSize::new(end))
}
