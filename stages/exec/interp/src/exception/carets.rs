//! The source lines of a traceback entry with their markers: `~~~^^^`.
//!
//! Which part is marked how follows from the ranges of the nodes: the text between an expression's first operand and
//! the next one tells an operator from a call or a subscript.

use super::source::Place;

/// A place in the shown lines: (line from 0, character).
type Point = (usize, usize);

/// The marked part within the range: from the operator or opening bracket to its end.
struct Anchors {
    left: Point,
    right: Point,
}

/// The entry's lines, each with its newline, not indented.
pub fn render(lines: &[String], place: &Place) -> String {
    let lines: Vec<Vec<char>> = lines.iter().map(|line| line.trim_end().chars().collect()).collect();
    let indent = |line: &Vec<char>| line.iter().take_while(|c| c.is_whitespace()).count();
    let dedent = lines.iter().filter(|line| !line.is_empty()).map(indent).min().unwrap_or(0);
    let last = lines.len() - 1;
    let shown: Vec<&[char]> = lines.iter().map(|line| &line[dedent.min(line.len())..]).collect();
    let column = |line: usize, byte: u32| {
        let mut bytes = 0;
        let chars = lines[line].iter().take_while(|c| {
            bytes += c.len_utf8();
            bytes <= byte as usize
        });
        chars.count().saturating_sub(dedent)
    };
    let start = column(0, place.col);
    let end = column(last, place.end_col).min(shown[last].len());
    let anchors = anchors(&shown, place, (0, start), (last, end), &column);
    let carets = wanted(&shown, place, start, end, anchors.is_some(), &column);

    let mut significant = vec![0, last];
    if let Some(anchors) = &anchors {
        for line in [anchors.left.0, anchors.right.0] {
            significant.extend(line.saturating_sub(1)..=(line + 1).min(last));
        }
    }
    significant.sort_unstable();
    significant.dedup();
    let mut out = String::new();
    let write = |line: usize, out: &mut String| {
        let text = shown[line];
        out.extend(text.iter());
        out.push('\n');
        if !carets {
            return;
        }
        let stop = if line == last { end } else { text.len() };
        let spaces = text.iter().take_while(|c| c.is_whitespace()).count();
        for (at, &c) in text.iter().enumerate().take(stop) {
            let marker = if at < spaces || line == 0 && at < start {
                ' '
            } else {
                match &anchors {
                    Some(a) if (line, at) >= a.left && (line, at) < a.right => '^',
                    Some(_) => '~',
                    None => '^',
                }
            };
            for _ in 0..width(c) {
                out.push(marker);
            }
        }
        out.push('\n');
    };
    for (index, &line) in significant.iter().enumerate() {
        if index > 0 {
            match line - significant[index - 1] {
                2 => write(line - 1, &mut out),
                gap if gap > 2 => out.push_str(&format!("...<{} lines>...\n", gap - 1)),
                _ => {}
            }
        }
        write(line, &mut out);
    }
    out
}

/// Columns that a character takes on a terminal.
fn width(c: char) -> usize {
    let wide = matches!(u32::from(c),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0x33ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xa000..=0xa4cf
        | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd);
    1 + usize::from(wide)
}

fn anchors(
    lines: &[&[char]],
    place: &Place,
    start: Point,
    end: Point,
    column: &impl Fn(usize, u32) -> usize,
) -> Option<Anchors> {
    let point = |line: u32, col: u32| {
        let line = (line.checked_sub(place.line)? as usize).min(lines.len() - 1);
        Some((line, column(line, col)))
    };
    // The first operand begins where the expression does, up to parentheses; statements have none there.
    let &(_, _, end_line, end_col) = place.below.first()?;
    let operand_end = point(end_line, end_col)?;
    let operand_start = point(place.below[0].0, place.below[0].1)?;
    if !between(lines, start, operand_start).iter().all(|c| *c == '(' || c.is_whitespace()) {
        return None;
    }
    let mut at = operand_end;
    // The operator is the first character that is neither space, bracket of the operand, comment nor continuation.
    let skip_line = |at: &mut Point| *at = (at.0 + 1, 0);
    let found = loop {
        if at >= end {
            return None;
        }
        match lines[at.0].get(at.1) {
            None => skip_line(&mut at),
            Some('\\' | '#') => skip_line(&mut at),
            Some(c) if c.is_whitespace() || *c == ')' => at.1 += 1,
            Some(c) => break *c,
        }
    };
    let closing = lines[end.0].get(end.1.wrapping_sub(1));
    match found {
        '(' if closing == Some(&')') => Some(Anchors { left: at, right: end }),
        '[' if closing == Some(&']') => Some(Anchors { left: at, right: end }),
        '+' | '-' | '*' | '/' | '%' | '@' | '&' | '|' | '^' | '<' | '>' => {
            let next = lines[at.0].get(at.1 + 1).copied();
            let shift = matches!(found, '<' | '>');
            if shift && next != Some(found) {
                return None;
            }
            let double = next == Some(found) && matches!(found, '*' | '/' | '<' | '>');
            let after = lines[at.0].get(at.1 + 1 + usize::from(double)).copied();
            if after == Some('=') {
                return None;
            }
            Some(Anchors { left: at, right: (at.0, at.1 + 1 + usize::from(double)) })
        }
        _ => None,
    }
}

fn between(lines: &[&[char]], from: Point, to: Point) -> Vec<char> {
    let mut out = Vec::new();
    for (line, text) in lines.iter().enumerate().take(to.0 + 1).skip(from.0) {
        let start = if line == from.0 { from.1.min(text.len()) } else { 0 };
        let end = if line == to.0 { to.1.min(text.len()) } else { text.len() };
        out.extend(text.get(start..end).unwrap_or_default());
    }
    out
}

/// Whether markers tell anything: not for a whole line, nor for `return f(...)` and `name = f(...)`.
fn wanted(
    lines: &[&[char]],
    place: &Place,
    start: usize,
    end: usize,
    anchored: bool,
    column: &impl Fn(usize, u32) -> usize,
) -> bool {
    let last = lines[lines.len() - 1];
    let before: String = lines[0][..start.min(lines[0].len())].iter().collect();
    let after: String = last[end.min(last.len())..].iter().collect();
    let is_name = |text: &str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !text.starts_with(|c: char| c.is_ascii_digit())
    };
    if anchored && last.get(end.wrapping_sub(1)) == Some(&')') && after.trim().is_empty() {
        let is_call = place.below.first().is_some_and(|first| {
            let callee = (first.2.saturating_sub(place.line) as usize).min(lines.len() - 1);
            lines[callee].get(column(callee, first.3)) == Some(&'(')
        });
        if is_call {
            let callee: String = place.below.first().map_or(String::new(), |first| {
                between(lines, (0, start), (0, column(0, first.3))).into_iter().collect()
            });
            if before.trim() == "return" && is_name(&callee) {
                return false;
            }
            if let Some(target) = before.trim_end().strip_suffix('=')
                && is_name(target.trim())
            {
                return false;
            }
        }
    }
    anchored || !before.trim_start().is_empty() || !after.trim_end().is_empty()
}
