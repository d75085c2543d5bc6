//! The questions about whole strings: `str.isalpha()`, `str.istitle()`, `str.isidentifier()` ….

use super::record;
use crate::wtf8::code_points;

/// True when there is a character and the question holds for each.
fn every(text: &[u8], question: fn(u32) -> bool) -> bool {
    !text.is_empty() && code_points(text).all(|(_, point)| question(point))
}

/// `str.isalpha`.
pub fn all_alpha(text: &[u8]) -> bool {
    every(text, record::is_alpha)
}

/// `str.isalnum`.
pub fn all_alphanumeric(text: &[u8]) -> bool {
    every(text, |point| {
        record::is_alpha(point)
            || record::is_decimal(point)
            || record::is_digit(point)
            || record::is_numeric(point)
    })
}

/// `str.isdecimal`.
pub fn all_decimal(text: &[u8]) -> bool {
    every(text, record::is_decimal)
}

/// `str.isdigit`.
pub fn all_digit(text: &[u8]) -> bool {
    every(text, record::is_digit)
}

/// `str.isnumeric`.
pub fn all_numeric(text: &[u8]) -> bool {
    every(text, record::is_numeric)
}

/// `str.isspace`.
pub fn all_space(text: &[u8]) -> bool {
    every(text, record::is_space)
}

/// `str.isprintable`: also true for the empty string.
pub fn all_printable(text: &[u8]) -> bool {
    code_points(text).all(|(_, point)| record::is_printable(point))
}

/// `str.isidentifier`.
pub fn is_identifier(text: &[u8]) -> bool {
    let mut points = code_points(text);
    points.next().is_some_and(|(_, point)| record::is_identifier_start(point))
        && points.all(|(_, point)| record::is_identifier_continue(point))
}

/// `str.islower`: some cased character, and none in upper or title case.
pub fn has_only_lower(text: &[u8]) -> bool {
    let mut seen = false;
    for (_, point) in code_points(text) {
        if record::is_upper(point) || record::is_title(point) {
            return false;
        }
        seen |= record::is_lower(point);
    }
    seen
}

/// `str.isupper`: some cased character, and none in lower or title case.
pub fn has_only_upper(text: &[u8]) -> bool {
    let mut seen = false;
    for (_, point) in code_points(text) {
        if record::is_lower(point) || record::is_title(point) {
            return false;
        }
        seen |= record::is_upper(point);
    }
    seen
}

/// `str.istitle`: upper-case characters only after uncased ones, lower-case only after cased ones.
pub fn is_title_case(text: &[u8]) -> bool {
    let (mut seen, mut previous_cased) = (false, false);
    for (_, point) in code_points(text) {
        if record::is_upper(point) || record::is_title(point) {
            if previous_cased {
                return false;
            }
            (seen, previous_cased) = (true, true);
        } else if record::is_lower(point) {
            if !previous_cased {
                return false;
            }
            seen = true;
        } else {
            previous_cased = false;
        }
    }
    seen
}
