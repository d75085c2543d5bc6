//! The keyboard: single keys of a terminal, or lines of anything else that standard input is.

use std::os::fd::RawFd;

use crate::sys::input;
use crate::sys::terminal::{self, SingleKeys};

/// What the user wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// What is affected, now.
    Affected,
    All,
    Failed,
    /// From now on only tests that match, or all where it is empty.
    Pattern(String),
    Help,
    Quit,
    /// A line that is none of these.
    Unknown(String),
}

pub(super) const HELP: &str = "\
  a      run all tests
  f      run the tests that failed
  p      run the tests that match a pattern, as pytest's -k, and only such from then on
  Enter  run what is affected now (also r)
  q      quit (also Ctrl-C)
";

/// Standard input.
pub(super) enum Keyboard {
    Keys {
        keys: Keys,
        mode: Option<SingleKeys>,
    },
    Lines(Vec<u8>),
    /// It has ended.
    Silent,
}

impl Keyboard {
    pub(super) fn new() -> Keyboard {
        if terminal::has_keyboard() {
            Keyboard::Keys { keys: Keys::default(), mode: None }
        } else {
            Keyboard::Lines(Vec::new())
        }
    }

    /// From now on keys are read here; where the terminal is another program's, that is put off.
    pub(super) fn take(&mut self) {
        if let Keyboard::Keys { mode, .. } = self
            && mode.is_none()
            && terminal::is_foreground()
        {
            *mode = SingleKeys::begin();
        }
    }

    /// The terminal is as it was before.
    pub(super) fn release(&mut self) {
        if let Keyboard::Keys { mode, .. } = self {
            *mode = None;
        }
    }

    /// What to wait for.
    pub(super) fn fd(&self) -> Option<RawFd> {
        match self {
            Keyboard::Keys { mode: Some(_), .. } => terminal::is_foreground().then_some(0),
            Keyboard::Lines(_) => Some(0),
            Keyboard::Keys { mode: None, .. } | Keyboard::Silent => None,
        }
    }

    /// Whether a pattern is being typed: nothing else may be written meanwhile.
    pub(super) fn is_asking(&self) -> bool {
        matches!(self, Keyboard::Keys { keys: Keys { typed: Some(_) }, .. })
    }

    /// What was typed, and what to show of it.
    pub(super) fn read(&mut self) -> (Vec<Command>, String) {
        let mut bytes = [0; 1024];
        let count = match input::read(&mut bytes) {
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Default::default(),
            Err(_) => 0,
        };
        let mut shown = String::new();
        let mut commands = Vec::new();
        match self {
            // A terminal that has gone takes its user with it; other input just ends.
            Keyboard::Keys { .. } if count == 0 => commands.push(Command::Quit),
            Keyboard::Keys { keys, .. } => commands = keys.feed(&bytes[..count], &mut shown),
            Keyboard::Lines(rest) if count == 0 => {
                commands.extend((!rest.is_empty()).then(|| of_line(&String::from_utf8_lossy(rest))));
                *self = Keyboard::Silent;
            }
            Keyboard::Lines(rest) => {
                rest.extend_from_slice(&bytes[..count]);
                while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = rest.drain(..=end).collect();
                    commands.push(of_line(&String::from_utf8_lossy(&line)));
                }
            }
            Keyboard::Silent => {}
        }
        (commands, shown)
    }
}

/// A line that a script wrote.
fn of_line(line: &str) -> Command {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match (word, rest.trim()) {
        ("" | "r", "") => Command::Affected,
        ("a", "") => Command::All,
        ("f", "") => Command::Failed,
        ("p", pattern) => Command::Pattern(pattern.to_owned()),
        ("q", "") => Command::Quit,
        ("?" | "h", "") => Command::Help,
        _ => Command::Unknown(line.to_owned()),
    }
}

/// Keys as they come.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// A pattern that is being typed.
    typed: Option<Vec<u8>>,
}

const ESCAPE: u8 = 0x1b;
const PROMPT: &str = "pattern (-k): ";

impl Keys {
    fn feed(&mut self, bytes: &[u8], shown: &mut String) -> Vec<Command> {
        let mut commands = Vec::new();
        let mut bytes = bytes.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if byte == ESCAPE && matches!(bytes.peek(), Some(b'[' | b'O')) {
                // An arrow or the like: up to its last byte.
                bytes.next();
                while bytes.next().is_some_and(|byte| !(0x40..=0x7e).contains(&byte)) {}
                continue;
            }
            match self.typed.take() {
                Some(typed) => commands.extend(self.type_on(typed, byte, shown)),
                None => commands.extend(self.key(byte, shown)),
            }
        }
        commands
    }

    fn key(&mut self, byte: u8, shown: &mut String) -> Option<Command> {
        match byte {
            b'a' => Some(Command::All),
            b'f' => Some(Command::Failed),
            b'p' => {
                self.typed = Some(Vec::new());
                shown.push_str(PROMPT);
                None
            }
            b'\r' | b'\n' | b'r' => Some(Command::Affected),
            b'?' | b'h' => Some(Command::Help),
            // Ctrl-D, too.
            b'q' | 4 => Some(Command::Quit),
            _ => None,
        }
    }

    fn type_on(&mut self, mut typed: Vec<u8>, byte: u8, shown: &mut String) -> Option<Command> {
        match byte {
            b'\r' | b'\n' => {
                shown.push('\n');
                return Some(Command::Pattern(String::from_utf8_lossy(&typed).trim().to_owned()));
            }
            ESCAPE => {
                shown.push('\n');
                return None;
            }
            // A character may have several bytes.
            8 | 127 => while typed.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            // Ctrl-U
            21 => typed.clear(),
            0..=31 => {}
            _ => typed.push(byte),
        }
        shown.push_str("\r\x1b[K");
        shown.push_str(PROMPT);
        shown.push_str(&String::from_utf8_lossy(&typed));
        self.typed = Some(typed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> (Vec<Command>, String) {
        let (mut keys, mut shown) = (Keys::default(), String::new());
        let commands = keys.feed(bytes, &mut shown);
        (commands, shown)
    }

    fn pattern(text: &str) -> Command {
        Command::Pattern(text.to_owned())
    }

    #[test]
    fn keys_are_commands() {
        use Command::*;
        assert_eq!(typed(b"af\rr?q").0, [All, Failed, Affected, Affected, Help, Quit]);
        assert_eq!(typed(b"xyz\x1b[A\x1bOP\x1b").0, []);
    }

    #[test]
    fn a_pattern_is_typed_and_mended() {
        assert_eq!(typed(b"pab or c\r").0, [pattern("ab or c")]);
        assert_eq!(typed("pä\u{7f}b\x1b[Dx\r".as_bytes()).0, [pattern("bx")]);
        assert_eq!(typed(b"pab\x15c\rq").0, [pattern("c"), Command::Quit]);
        assert_eq!(typed(b"p\r").0, [pattern("")]);
        // Left with Esc, it changes nothing.
        assert_eq!(typed(b"pab\x1bq").0, [Command::Quit]);
        assert!(typed(b"pab").1.ends_with("ab"));
    }

    #[test]
    fn lines_are_commands() {
        assert_eq!(of_line("a\n"), Command::All);
        assert_eq!(of_line("\n"), Command::Affected);
        assert_eq!(of_line("p a and not b\r\n"), pattern("a and not b"));
        assert_eq!(of_line("p\n"), pattern(""));
        assert_eq!(of_line("quit now\n"), Command::Unknown("quit now".to_owned()));
    }
}
