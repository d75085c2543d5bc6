//! Rules of CPython's tokenizer that the foreign lexer does not know.

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_text_size::Ranged;

use crate::finding::{Exception, Findings};
use crate::source::Source;

/// Brackets that may be open at once.
const PARENTHESES_MAX: usize = 200;
/// Levels of indentation, the outermost included.
const INDENTS_MAX: usize = 100;
/// f-strings that may be open at once.
const STRINGS_MAX: usize = 150;
/// Fields that may stand in each other's specifications.
pub(crate) const FIELDS_MAX: usize = 3;

/// Checks the tokens; false when what was found makes further errors meaningless.
pub(crate) fn check(source: &Source<'_>, tokens: &Tokens, findings: &mut Findings) -> bool {
    let (mut parentheses, mut indents, mut strings) = (0usize, 1usize, 0usize);
    for token in tokens.iter() {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                parentheses += 1;
                if parentheses > PARENTHESES_MAX {
                    findings.syntax(token, "too many nested parentheses");
                    return false;
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                parentheses = parentheses.saturating_sub(1);
            }
            TokenKind::FStringStart | TokenKind::TStringStart => {
                strings += 1;
                if strings >= STRINGS_MAX {
                    findings.syntax(token, "too many nested f-strings or t-strings");
                    return false;
                }
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => strings = strings.saturating_sub(1),
            TokenKind::Indent => {
                indents += 1;
                if indents > INDENTS_MAX {
                    findings.add(Exception::Indentation, token.range(), "too many levels of indentation");
                    return false;
                }
            }
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Int | TokenKind::Float | TokenKind::Complex => number(source, token, findings),
            _ => {}
        }
    }
    true
}

/// A keyword right after a number: `1if x`.
fn number(source: &Source<'_>, token: &Token, findings: &mut Findings) {
    let text = &source.text[token.range()];
    let rest = &source.text[token.end().to_usize()..];
    let Some(next) = rest.chars().next() else { return };
    if !(next.is_alphabetic() || next == '_' || !next.is_ascii()) {
        return;
    }
    let lower = text.to_ascii_lowercase();
    let kind = if lower.starts_with("0x") {
        "hexadecimal"
    } else if lower.starts_with("0o") {
        "octal"
    } else if lower.starts_with("0b") {
        "binary"
    } else if lower.ends_with('j') {
        "imaginary"
    } else {
        "decimal"
    };
    let keyword = ["and", "else", "for", "if", "in", "is", "or", "not"].iter().any(|word| {
        rest.strip_prefix(word)
            .is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    });
    if keyword {
        findings.warn(token, format!("invalid {kind} literal"));
    }
}
