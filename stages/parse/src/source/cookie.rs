//! The coding cookie of PEP 263: a comment in the first or second line that names the file's encoding.

/// The encoding that a comment in the first two lines names, as written, and the line (from 0) it stands in.
///
/// The second line counts only when the first is blank or a comment.
pub(crate) fn find(bytes: &[u8]) -> Option<(&str, u32)> {
    let mut lines = bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r'));
    // A line end of two bytes splits into an empty line of its own, which must not count.
    let first = lines.next()?;
    if let Some(name) = in_line(first) {
        return Some((name, 0));
    }
    if !is_blank_or_comment(first) {
        return None;
    }
    let mut second = lines.next()?;
    if first.ends_with(b"\r") && second == b"\n" {
        second = lines.next()?;
    }
    in_line(second).map(|name| (name, 1))
}

fn is_blank_or_comment(line: &[u8]) -> bool {
    match line.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c')) {
        None => true,
        Some(byte) => matches!(byte, b'#' | b'\n' | b'\r'),
    }
}

fn in_line(line: &[u8]) -> Option<&str> {
    let comment = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c'))?;
    if line[comment] != b'#' {
        return None;
    }
    let line = &line[comment..];
    for at in memchr::memmem::find_iter(line, b"coding") {
        let rest = &line[at + b"coding".len()..];
        let Some((b':' | b'=', rest)) = rest.split_first() else { continue };
        let rest = rest.trim_ascii_start_tabs();
        let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b)).count();
        if len > 0 {
            return std::str::from_utf8(&rest[..len]).ok();
        }
    }
    None
}

trait TrimTabs {
    fn trim_ascii_start_tabs(&self) -> &Self;
}

impl TrimTabs for [u8] {
    fn trim_ascii_start_tabs(&self) -> &[u8] {
        let skip = self.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        &self[skip..]
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_cookie_stands_in_a_comment_of_the_first_two_lines() {
        for (source, expected) in [
            ("# -*- coding: latin-1 -*-\n", Some(("latin-1", 0))),
            ("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :", Some(("cp1252", 1))),
            ("\r\n# coding:utf-8\r\n", Some(("utf-8", 1))),
            ("\x0c# coding: x", Some(("x", 0))),
            ("x = 1\n# coding: latin-1", None),
            ("\n\n# coding: latin-1", None),
            ("x # coding: latin-1", None),
            ("# decoding latin-1\n", None),
        ] {
            assert_eq!(find(source.as_bytes()), expected, "{source:?}");
        }
    }
}
