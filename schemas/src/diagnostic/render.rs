//! The two printed forms of a finding: a line with an excerpt for people, one JSON object a line for programs.

use serde::Serialize;

use super::findings::line_of;
use crate::diagnostic::Diagnostic;

/// Excerpts of longer lines are cut around the finding.
const EXCERPT_CHARS_MAX: usize = 160;

/// `file:line:col: error[code]: message`, then the source line with carets where the source is known.
pub fn text(file: &str, found: &Diagnostic, source: Option<&[u8]>) -> String {
    let Diagnostic { line, col, severity, code, message, .. } = found;
    let mut out = format!("{file}:{line}:{col}: {}[{code}]: {message}\n", severity.name());
    if let Some(excerpt) = source.and_then(|source| excerpt(found, source)) {
        out.push_str(&excerpt);
    }
    out
}

fn excerpt(found: &Diagnostic, source: &[u8]) -> Option<String> {
    let line = String::from_utf8_lossy(line_of(source, found.line)?).into_owned();
    if line.trim().is_empty() {
        return None;
    }
    let chars: Vec<char> = line.chars().collect();
    let start = (found.col.max(1) as usize - 1).min(chars.len());
    let end = if found.end_line > found.line { chars.len() } else { (found.end_col as usize).max(1) - 1 };
    let end = end.clamp(start, chars.len());
    let indent = chars.iter().take_while(|c| c.is_whitespace()).count().min(start);
    let from = if start - indent > EXCERPT_CHARS_MAX { start - EXCERPT_CHARS_MAX / 2 } else { indent };
    let shown: String = chars[from..].iter().take(EXCERPT_CHARS_MAX).map(|c| printable(*c)).collect();
    // Tabs keep their width under the carets by being repeated there.
    let pad: String = chars[from..start].iter().map(|c| if *c == '\t' { '\t' } else { ' ' }).collect();
    let carets = "^".repeat((end - start).clamp(1, EXCERPT_CHARS_MAX));
    Some(format!("    {shown}\n    {pad}{carets}\n"))
}

/// Control characters of a hostile source must not reach the terminal.
fn printable(c: char) -> char {
    if c.is_control() && c != '\t' { '\u{fffd}' } else { c }
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    line: u32,
    col: u32,
    end_line: u32,
    end_col: u32,
    severity: &'a str,
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    exception: &'a str,
}

/// One JSON object, with the line's end.
pub fn json(file: &str, found: &Diagnostic) -> String {
    let line = Line {
        file,
        line: found.line,
        col: found.col,
        end_line: found.end_line,
        end_col: found.end_col,
        severity: found.severity.name(),
        code: &found.code,
        message: &found.message,
        exception: &found.exception,
    };
    // Strings and integers always serialise.
    let mut text = serde_json::to_string(&line).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;

    fn found(line: u32, col: u32, end_col: u32) -> Diagnostic {
        Diagnostic {
            line,
            col,
            end_line: line,
            end_col,
            severity: Severity::Error,
            code: "syntax-error".into(),
            message: "invalid syntax".into(),
            exception: "SyntaxError".into(),
        }
    }

    #[test]
    fn the_excerpt_points_at_the_finding() {
        let text = text("a b.py", &found(2, 9, 12), Some(b"if x:\n\treturn foo\n"));
        assert_eq!(text, "a b.py:2:9: error[syntax-error]: invalid syntax\n    return foo\n           ^^^\n");
    }

    #[test]
    fn places_outside_the_source_print_no_excerpt() {
        assert_eq!(text("-", &found(9, 1, 2), Some(b"x")), "-:9:1: error[syntax-error]: invalid syntax\n");
        assert!(text("-", &found(1, 70, 80), Some(b"x")).contains("\n    x\n"));
        let _ = text("-", &found(1, 0, 0), Some(b"x"));
    }

    #[test]
    fn json_has_the_documented_keys() {
        assert_eq!(
            json("a.py", &found(1, 2, 3)),
            "{\"file\":\"a.py\",\"line\":1,\"col\":2,\"end_line\":1,\"end_col\":3,\"severity\":\"error\",\"code\":\"syntax-error\",\"message\":\"invalid syntax\",\"exception\":\"SyntaxError\"}\n"
        );
    }
}
