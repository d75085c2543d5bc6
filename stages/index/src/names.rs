//! Identifiers of one file, each once, as numbers.
//!
//! Every question that scope analysis asks is "is this the same name?", so names become numbers once, and text again
//! only when the result is written. Numbers follow order of first use and never reach an artifact.

use std::borrow::Cow;

pub(crate) use dx_schemas::fast_map::FastMap;
use dx_schemas::scopes::mangle;

/// A name of the file, mangled or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Sym(pub(crate) u32);

/// All names seen so far.
#[derive(Default)]
pub(crate) struct Names<'a> {
    texts: Vec<Cow<'a, str>>,
    by_text: FastMap<Cow<'a, str>, Sym>,
}

impl<'a> Names<'a> {
    pub(crate) fn intern(&mut self, text: &'a str) -> Sym {
        match self.by_text.get(text) {
            Some(sym) => *sym,
            None => self.add(Cow::Borrowed(text)),
        }
    }

    fn intern_owned(&mut self, text: String) -> Sym {
        match self.by_text.get(text.as_str()) {
            Some(sym) => *sym,
            None => self.add(Cow::Owned(text)),
        }
    }

    fn add(&mut self, text: Cow<'a, str>) -> Sym {
        let sym = Sym(self.texts.len() as u32);
        self.texts.push(text.clone());
        self.by_text.insert(text, sym);
        sym
    }

    pub(crate) fn text(&self, sym: Sym) -> &str {
        &self.texts[sym.0 as usize]
    }

    /// The name as code inside `class_name` sees it.
    pub(crate) fn mangled(&mut self, class_name: Option<&str>, sym: Sym) -> Sym {
        let Some(class_name) = class_name else { return sym };
        let text = self.text(sym);
        if !text.starts_with("__") {
            return sym;
        }
        let mangled = mangle(class_name, text);
        if mangled == text { sym } else { self.intern_owned(mangled) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_number_however_they_came() {
        let mut names = Names::default();
        let x = names.intern("__x");
        let plain = names.intern("_C__x");
        assert_eq!(names.mangled(Some("C"), x), plain);
        assert_eq!(names.mangled(None, x), x);
        assert_eq!(names.mangled(Some("C"), plain), plain);
        assert_eq!(names.intern("__x"), x);
        assert_eq!(names.text(plain), "_C__x");
    }
}
