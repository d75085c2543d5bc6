//! Text of programs as HTML: escaped, with terminal colours as spans and all other control sequences left out.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

/// What `CSI … m` has set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Style {
    bold: bool,
    faint: bool,
    italic: bool,
    underlined: bool,
    reversed: bool,
    front: Option<Color>,
    back: Option<Color>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Color {
    /// Of the sixteen that a page has names for.
    Named(u8),
    Exact(u8, u8, u8),
}

/// Appends one character that means nothing to HTML.
pub(super) fn put_char(out: &mut String, character: char) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        '\n' | '\t' => out.push(character),
        // Control characters are seen and do nothing: their pictures begin at U+2400.
        '\0'..'\x20' => out.push(char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}')),
        '\x7f' => out.push('\u{2421}'),
        // Others, and those that turn the direction of what follows.
        '\u{80}'..'\u{a0}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            let _ = write!(out, "\\u{:04x}", character as u32);
        }
        _ => out.push(character),
    }
}

/// A text without any markup.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    text.chars().for_each(|character| put_char(&mut out, character));
    out
}

/// A text as it looks on a terminal.
pub(super) fn to_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut style = Style::default();
    let mut open = false;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if character == '\r' && rest.peek() == Some(&'\n') {
            continue;
        }
        if character != '\x1b' {
            put_char(&mut out, character);
            continue;
        }
        let Some(codes) = sequence(&mut rest) else { continue };
        let before = style.clone();
        style.apply(&codes);
        if style != before {
            if std::mem::take(&mut open) {
                out.push_str("</span>");
            }
            open = style.open(&mut out);
        }
    }
    if open {
        out.push_str("</span>");
    }
    out
}

/// Reads what follows an escape character; its numbers if it sets a style.
fn sequence(rest: &mut Peekable<Chars<'_>>) -> Option<Vec<u16>> {
    match rest.next()? {
        '[' => {
            let mut parameters = String::new();
            for character in rest.by_ref() {
                if ('\x40'..='\x7e').contains(&character) {
                    return (character == 'm').then(|| numbers(&parameters));
                }
                parameters.push(character);
            }
            None
        }
        // A command to the system ends with a bell or with ESC \.
        ']' | 'P' | '^' | '_' => {
            while let Some(character) = rest.next() {
                if character == '\x07' || character == '\x1b' && rest.next_if_eq(&'\\').is_some() {
                    break;
                }
            }
            None
        }
        '(' | ')' | '#' | '%' => {
            rest.next();
            None
        }
        _ => None,
    }
}

fn numbers(parameters: &str) -> Vec<u16> {
    parameters.split([';', ':']).map(|number| number.parse().unwrap_or(0)).collect()
}

impl Style {
    fn apply(&mut self, codes: &[u16]) {
        let mut codes = codes.iter().copied();
        while let Some(code) = codes.next() {
            match code {
                0 => *self = Style::default(),
                1 => self.bold = true,
                2 => self.faint = true,
                3 => self.italic = true,
                4 => self.underlined = true,
                7 => self.reversed = true,
                22 => (self.bold, self.faint) = (false, false),
                23 => self.italic = false,
                24 => self.underlined = false,
                27 => self.reversed = false,
                30..=37 => self.front = Some(Color::Named(code as u8 - 30)),
                90..=97 => self.front = Some(Color::Named(code as u8 - 82)),
                40..=47 => self.back = Some(Color::Named(code as u8 - 40)),
                100..=107 => self.back = Some(Color::Named(code as u8 - 92)),
                38 => self.front = extended(&mut codes),
                48 => self.back = extended(&mut codes),
                39 => self.front = None,
                49 => self.back = None,
                _ => {}
            }
        }
    }

    /// Opens a span if there is anything to say.
    fn open(&self, out: &mut String) -> bool {
        if *self == Style::default() {
            return false;
        }
        let flags = [
            (self.bold, "b"),
            (self.faint, "d"),
            (self.italic, "i"),
            (self.underlined, "u"),
            (self.reversed, "r"),
        ];
        let mut classes: Vec<String> =
            flags.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned()).collect();
        let mut styles = String::new();
        for (color, class, property) in [(self.front, 'f', "color"), (self.back, 'k', "background")] {
            match color {
                Some(Color::Named(number)) => classes.push(format!("{class}{number}")),
                Some(Color::Exact(r, g, b)) => {
                    let _ = write!(styles, "{property}:#{r:02x}{g:02x}{b:02x};");
                }
                None => {}
            }
        }
        out.push_str("<span");
        if !classes.is_empty() {
            let _ = write!(out, " class=\"{}\"", classes.join(" "));
        }
        if !styles.is_empty() {
            let _ = write!(out, " style=\"{styles}\"");
        }
        out.push('>');
        true
    }
}

/// The colour after 38 or 48: one of 256, or red, green and blue.
fn extended(codes: &mut impl Iterator<Item = u16>) -> Option<Color> {
    let mut byte = || codes.next().map(|code| code.min(255) as u8);
    match byte()? {
        2 => Some(Color::Exact(byte()?, byte()?, byte()?)),
        5 => match byte()? {
            number @ 0..16 => Some(Color::Named(number)),
            number @ 16..232 => {
                let level = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
                let cube = number - 16;
                Some(Color::Exact(level(cube / 36), level(cube / 6 % 6), level(cube % 6)))
            }
            number => {
                let grey = 8 + (number - 232) * 10;
                Some(Color::Exact(grey, grey, grey))
            }
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("<b a='1' c=\"2\">&\x00\x7f"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;␀␡");
        assert_eq!(escape("a\u{202e}b\u{85}"), "a\\u202eb\\u0085");
    }

    #[test]
    fn colours_become_spans() {
        assert_eq!(to_html("a\x1b[31;1mb\x1b[0mc"), "a<span class=\"b f1\">b</span>c");
        assert_eq!(to_html("\x1b[38;5;196mx"), "<span style=\"color:#ff0000;\">x</span>");
        assert_eq!(
            to_html("\x1b[48;2;1;2;3;94mx\x1b[m"),
            "<span class=\"f12\" style=\"background:#010203;\">x</span>"
        );
        assert_eq!(to_html("\x1b[1m\x1b[22mx"), "<span class=\"b\"></span>x");
    }

    #[test]
    fn other_sequences_are_left_out() {
        assert_eq!(to_html("a\x1b[2Kb\x1b]0;title\x07c\x1b]8;;x\x1b\\d\x1b(Be\x1bMf\r\ng"), "abcdef\ng");
        assert_eq!(to_html("\x1b"), "");
        assert_eq!(to_html("\x1b[31"), "");
    }

    proptest! {
        /// Whatever a program prints, tags are ours: spans without quotes of others in them, opened and closed in turn.
        #[test]
        fn nothing_gets_through(text in "(\\PC|[<>&'\"\x1b\x07\\[\\]m;0-9\n]){0,80}") {
            let html = to_html(&text);
            let mut rest = html.as_str();
            let mut open = false;
            while let Some(at) = rest.find('<') {
                rest = &rest[at..];
                let end = rest.find('>').unwrap();
                let tag = &rest[..=end];
                prop_assert!(tag == "</span>" && open || tag.starts_with("<span") && !open, "{html}");
                open = !open;
                rest = &rest[end + 1..];
            }
            prop_assert!(!open);
            prop_assert!(!html.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
        }
    }
}
