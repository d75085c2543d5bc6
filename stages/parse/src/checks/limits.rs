//! What nests too deeply to be parsed, found before the parser, which recurses.
//!
//! CPython gives up on deep nesting where its C stack ends (between 3,000 and 30,000 levels, by construct and
//! platform). Here the line is fixed: what one statement nests is bounded by its operators outside of list-like
//! places, so counting these bounds every recursion, also of those who walk the tree later.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

use crate::finding::{Exception, Findings, span};

/// CPython's text; its exception has no place either.
const MESSAGE: &str = "maximum recursion depth exceeded during compilation";

/// Levels of nesting within one statement.
pub(crate) const NESTING_MAX: u32 = 20_000;
/// A source that has fewer bytes than this cannot nest more deeply than its stack allows: every level takes a byte.
const HARMLESS_BYTES: usize = NESTING_MAX as usize;

/// Whether the text may be handed to the parser.
pub(crate) fn before_parsing(text: &str, findings: &mut Findings) -> bool {
    if text.len() <= HARMLESS_BYTES || !may_nest(text) {
        return true;
    }
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut counter = Counter::new();
    loop {
        let kind = lexer.next_token();
        if counter.count(kind) > NESTING_MAX {
            findings.add(Exception::Recursion, span(0, 0), MESSAGE);
            return false;
        }
        if kind == TokenKind::EndOfFile {
            return true;
        }
    }
}

/// A cheap look at the whole text: too few operators anywhere cannot be too many in one statement.
fn may_nest(text: &str) -> bool {
    let operators = text.bytes().filter(|byte| is_operator(*byte)).count();
    let words = ["not", "lambda", "else", "elif", "await"]
        .map(|word| memchr::memmem::find_iter(text.as_bytes(), word).count());
    operators + words.iter().sum::<usize>() > NESTING_MAX as usize
}

fn is_operator(byte: u8) -> bool {
    matches!(
        byte,
        b'+' | b'-'
            | b'*'
            | b'/'
            | b'%'
            | b'@'
            | b'&'
            | b'|'
            | b'^'
            | b'~'
            | b'<'
            | b'>'
            | b'.'
            | b'('
            | b'['
            | b'{'
    )
}

/// Counts the operators of a statement by bracket, anew after each comma: neighbours do not nest in each other.
struct Counter {
    open: Vec<u32>,
    here: u32,
    outer: u32,
    /// `elif` clauses nest in each other: their number in the current `if` of each block.
    clauses: Vec<u32>,
    /// The next token begins a statement.
    at_start: bool,
}

impl Counter {
    fn new() -> Counter {
        Counter { open: Vec::new(), here: 0, outer: 0, clauses: vec![0], at_start: true }
    }

    /// The levels that may nest at this token.
    fn count(&mut self, kind: TokenKind) -> u32 {
        let at_start = std::mem::replace(&mut self.at_start, false);
        match kind {
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                self.here += 1;
                self.open.push(self.here);
                self.outer += self.here;
                self.here = 0;
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => {
                // What stands in the brackets is beside what follows them.
                if let Some(before) = self.open.pop() {
                    self.outer -= before;
                    self.here = before;
                }
            }
            TokenKind::Comma => self.here = 0,
            TokenKind::Newline => {
                self.here = 0;
                self.outer = 0;
                self.open.clear();
                self.at_start = true;
            }
            TokenKind::Indent => {
                self.clauses.push(0);
                self.at_start = true;
            }
            TokenKind::Dedent => {
                self.clauses.pop();
                self.at_start = true;
            }
            TokenKind::Comment | TokenKind::NonLogicalNewline => self.at_start = at_start,
            TokenKind::If if at_start => {
                if let Some(clauses) = self.clauses.last_mut() {
                    *clauses = 0;
                }
            }
            TokenKind::Elif => {
                if let Some(clauses) = self.clauses.last_mut() {
                    *clauses += 1;
                }
            }
            TokenKind::Dot | TokenKind::Not | TokenKind::Lambda | TokenKind::Else | TokenKind::Await => {
                self.here += 1;
            }
            _ if kind.is_operator() => self.here += 1,
            _ => {}
        }
        let clauses = self.clauses.iter().sum::<u32>();
        self.outer.saturating_add(self.here).saturating_add(clauses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str) -> bool {
        before_parsing(text, &mut Findings::default())
    }

    #[test]
    fn what_nests_is_counted_and_what_stands_side_by_side_is_not() {
        assert!(!allowed(&format!("x = 1{}", " + 1".repeat(60_000))));
        assert!(!allowed(&format!("a{}", ".b".repeat(100_000))));
        assert!(!allowed(&format!("{}1", "-".repeat(30_000))));
        assert!(!allowed(&format!("x = {}", "not ".repeat(30_000))));
        assert!(!allowed(&format!("if a: pass\n{}", "elif b: pass\n".repeat(30_000))));
        assert!(allowed(&format!("if a: pass\n{}", "elif b: pass\n".repeat(10_000))));
        assert!(allowed(&format!("x = [{}]", "-1, ".repeat(100_000))));
        assert!(allowed(&"x = a.b + c\n".repeat(50_000)));
        assert!(allowed(&format!("x = {{{}}}", "'a': b.c(d)(e),\n".repeat(50_000))));
    }
}
