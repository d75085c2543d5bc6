//! From bytes to text: byte order mark, coding cookie, UTF-8, NUL bytes, line ends.
//!
//! What does not decode is a finding, and the rest is still read (as Latin-1, or with replacement characters), so that
//! a tree exists for every file.

use std::borrow::Cow;

use super::codec::Codec;
use super::{Source, cookie};
use crate::finding::{Exception, Findings, span};

const MARK: &[u8] = b"\xef\xbb\xbf";
/// Offsets are 32 bits wide here and in positions; the headroom lets sums stay in range.
const SOURCE_BYTES_MAX: usize = i32::MAX as usize;

impl<'a> Source<'a> {
    pub(crate) fn decode(bytes: &'a [u8], findings: &mut Findings) -> Source<'a> {
        if bytes.len() > SOURCE_BYTES_MAX {
            findings.add(Exception::Syntax, span(0, 0), "source file is larger than 2 GiB");
            return Source::new(Cow::Borrowed(""), 0, Vec::new());
        }
        let (mark_bytes, body) = match bytes.strip_prefix(MARK) {
            Some(body) => (MARK.len() as u32, body),
            None => (0, bytes),
        };
        let text = decode(body, mark_bytes != 0, findings);
        if let Some(at) = memchr::memchr(0, text.as_bytes()) {
            findings.add(Exception::Syntax, span(at, at), "source code string cannot contain null bytes");
        }
        let (text, narrowed) = translate_newlines(text);
        Source::new(text, mark_bytes, narrowed)
    }
}

fn decode<'a>(bytes: &'a [u8], marked: bool, findings: &mut Findings) -> Cow<'a, str> {
    let top = span(0, 0);
    match cookie::find(bytes) {
        None => utf8(bytes, findings),
        Some((name, line)) => match Codec::by_name(name) {
            Some(Codec::Utf8) if !marked || normal_name(name) == "utf-8" => utf8(bytes, findings),
            Some(_) if marked => {
                let start = if line == 0 { 0 } else { memchr::memchr(b'\n', bytes).map_or(0, |at| at + 1) };
                let place = span(start, start);
                findings.add(
                    Exception::Syntax,
                    place,
                    format!("encoding problem: {} with BOM", normal_name(name)),
                );
                utf8(bytes, &mut Findings::default())
            }
            Some(codec) => match codec.decode(bytes) {
                Ok(text) => Cow::Owned(text),
                Err(refused) => {
                    findings.add(Exception::Syntax, top, refused.0);
                    utf8(bytes, &mut Findings::default())
                }
            },
            None => {
                findings.add(Exception::Syntax, top, format!("unknown encoding: {name}"));
                utf8(bytes, &mut Findings::default())
            }
        },
    }
}

/// The short list of spellings that CPython's tokenizer itself takes for the same encoding.
fn normal_name(name: &str) -> String {
    let plain = name.to_ascii_lowercase().replace('_', "-");
    let is =
        |known: &str| plain.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    if is("utf-8") {
        "utf-8".to_owned()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".to_owned()
    } else {
        name.to_owned()
    }
}

fn utf8<'a>(bytes: &'a [u8], findings: &mut Findings) -> Cow<'a, str> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Cow::Borrowed(text),
        Err(error) => error,
    };
    let at = error.valid_up_to();
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let byte = bytes[at];
    findings.add(
        Exception::Syntax,
        span(at, at),
        format!(
            "Non-UTF-8 code starting with '\\x{byte:02x}' on line {line}, but no encoding declared; \
             see https://peps.python.org/pep-0263/ for details"
        ),
    );
    String::from_utf8_lossy(bytes)
}

/// `\r\n` and `\r` become `\n`, also in strings; the offsets (in the result) of those that were two bytes.
fn translate_newlines(text: Cow<'_, str>) -> (Cow<'_, str>, Vec<u32>) {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return (text, Vec::new());
    }
    let mut out = String::with_capacity(text.len());
    let mut narrowed = Vec::new();
    let mut rest = &*text;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('\n') {
            narrowed.push(out.len() as u32);
            rest = after;
        }
        out.push('\n');
    }
    out.push_str(rest);
    (Cow::Owned(out), narrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, Vec<String>) {
        let mut findings = Findings::default();
        let text = Source::decode(bytes, &mut findings).text.into_owned();
        (text, findings.iter().map(|finding| finding.message.clone()).collect())
    }

    #[test]
    fn line_ends_are_translated_and_offsets_lead_back() {
        let mut findings = Findings::default();
        let source = Source::decode(b"\xef\xbb\xbfa\r\nb\rc\n", &mut findings);
        assert_eq!(source.text, "a\nb\nc\n");
        assert_eq!([0, 1, 2, 4].map(|at| source.file_offset(at)), [3, 4, 6, 8]);
    }

    #[test]
    fn what_does_not_decode_is_a_finding_with_cpythons_words() {
        assert_eq!(
            decoded(b"x\ny = '\xff'").1,
            ["Non-UTF-8 code starting with '\\xff' on line 2, but no encoding declared; \
              see https://peps.python.org/pep-0263/ for details"]
        );
        assert_eq!(decoded(b"# coding: foo\n").1, ["unknown encoding: foo"]);
        assert_eq!(decoded(b"a\0b").1, ["source code string cannot contain null bytes"]);
        assert_eq!(decoded(b"# coding: latin-1\n\xe9").0, "# coding: latin-1\né");
        assert_eq!(decoded(b"\xef\xbb\xbf# coding: latin-1\n").1, ["encoding problem: iso-8859-1 with BOM"]);
    }
}
