//! What formatting can refuse, with the exception that Python raises for it.

/// The exception's class, and its message in CPython's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    Value(String),
    Type(String),
    Overflow(String),
}

impl FormatError {
    pub(super) fn value<T>(message: impl Into<String>) -> Result<T, FormatError> {
        Err(FormatError::Value(message.into()))
    }
}
