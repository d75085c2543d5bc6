//! `from __future__ import barry_as_FLUFL` (PEP 401): `<>` is the operator, `!=` is an error.
//!
//! The foreign parser does not know it, so it is shown `!=` instead, which is as long.

use std::borrow::Cow;

use crate::errors::scan::scan;
use crate::finding::Findings;

const FEATURE: &str = "barry_as_FLUFL";

/// The text as the parser shall see it.
pub(crate) fn translate<'a>(text: &'a str, findings: &mut Findings) -> Cow<'a, str> {
    if memchr::memmem::find(text.as_bytes(), FEATURE.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let scan = scan(text);
    let words: Vec<&str> = scan.tokens.iter().map(|token| &text[token.start..token.end]).collect();
    let import = words.windows(3).position(|three| three == ["from", "__future__", "import"]);
    let Some(feature) = import.and_then(|at| {
        let names = words[at..].iter().take_while(|word| **word != "\n");
        names.clone().position(|word| *word == FEATURE).map(|offset| at + offset)
    }) else {
        return Cow::Borrowed(text);
    };
    let mut shown = text.to_owned();
    for (token, word) in scan.tokens.iter().zip(&words).skip(feature) {
        match *word {
            "<>" => shown.replace_range(token.start..token.end, "!="),
            "!=" => {
                findings.syntax(&token.range(), "with Barry as BDFL, use '<>' instead of '!='");
            }
            _ => {}
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use crate::{Options, parse};

    #[test]
    fn the_operator_changes_after_the_import() {
        let accepted = |source: &str| !parse(source.as_bytes(), Options::default()).has_errors();
        assert!(accepted("from __future__ import barry_as_FLUFL\na <> b\n"));
        assert!(!accepted("from __future__ import barry_as_FLUFL\na != b\n"));
        assert!(!accepted("a <> b\n"));
        assert!(accepted("barry_as_FLUFL = a != b\n"));
    }
}
