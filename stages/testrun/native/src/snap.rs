//! `.snap` files; `dx/snapfile.py` says how they look.

use std::borrow::Cow;

const FIRST: &str = "dx snapshots, format 1";

pub(crate) struct Entry {
    pub(crate) test: String,
    pub(crate) label: String,
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// Nothing where a line is neither a heading nor a value, or a text is more than Unicode.
pub(crate) fn read(file: &str) -> Option<Vec<Entry>> {
    let mut lines = file.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    (lines.next()? == FIRST).then_some(())?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut is_first = true;
    for line in lines {
        match line.bytes().next() {
            None => {}
            Some(b'=') => {
                entries.push(heading(line)?);
                is_first = true;
            }
            Some(mark @ (b'|' | b'\\')) => {
                let rest = if line.len() == 1 { "" } else { line[1..].strip_prefix(' ')? };
                let text = &mut entries.last_mut()?.text;
                if !is_first {
                    text.push('\n');
                }
                text.push_str(&if mark == b'\\' { unescape(rest)? } else { Cow::Borrowed(rest) });
                is_first = false;
            }
            Some(_) => return None,
        }
    }
    Some(entries)
}

fn heading(line: &str) -> Option<Entry> {
    let (words, kind) = line.strip_prefix("== ")?.rsplit_once(" == ")?;
    (!kind.is_empty()).then_some(())?;
    let label = words.match_indices(' ').find(|(at, _)| words[at + 1..].starts_with(['#', ':']));
    let (test, label) = label.map_or((words, ""), |(at, _)| (&words[..at], &words[at + 1..]));
    Some(Entry {
        test: unescape(test)?.into_owned(),
        label: unescape(label)?.into_owned(),
        kind: kind.to_owned(),
        text: String::new(),
    })
}

fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('\\') {
        return Some(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let mark = rest.chars().next()?;
        rest = &rest[mark.len_utf8()..];
        let length = match mark {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if length > 0 {
            let digits = rest.get(..length)?;
            let is_hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            digits.bytes().all(is_hexadecimal).then_some(())?;
            out.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
            rest = &rest[length..];
        } else {
            out.push(match mark {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            });
        }
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}
