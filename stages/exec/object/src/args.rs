//! Arguments of native functions: a slice of words, positional ones first, then those given by keyword, and a
//! tuple of their names; nothing is allocated for a call. [`Signature`] sorts them onto named parameters with
//! CPython's messages.

use std::marker::PhantomData;

use crate::error::{PyResult, Raised};
use crate::thread::Thread;
use crate::types::tuple::TupleObject;
use crate::value::Value;

/// The arguments of one call; `Copy`, points at the caller's words.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    words: *const Value,
    positional: u32,
    keywords: u32,
    names: Value,
    lifetime: PhantomData<&'a [Value]>,
}

impl<'a> Args<'a> {
    pub const NONE: Args<'static> = Args {
        words: std::ptr::null(),
        positional: 0,
        keywords: 0,
        names: Value::NONE,
        lifetime: PhantomData,
    };

    /// Positional arguments only.
    #[inline(always)]
    pub fn new(words: &'a [Value]) -> Args<'a> {
        Args {
            words: words.as_ptr(),
            positional: words.len() as u32,
            keywords: 0,
            names: Value::NONE,
            lifetime: PhantomData,
        }
    }

    /// `words` ends with the values of the keywords in `names` (a tuple of str, or None).
    #[inline]
    pub fn with_names(words: &'a [Value], names: Value) -> Args<'a> {
        let keywords = names.downcast::<TupleObject>().map_or(0, |names| names.items().len());
        debug_assert!(keywords <= words.len());
        Args {
            words: words.as_ptr(),
            positional: (words.len() - keywords) as u32,
            keywords: keywords as u32,
            names,
            lifetime: PhantomData,
        }
    }

    #[inline(always)]
    pub fn positional(self) -> &'a [Value] {
        if self.positional == 0 {
            return &[];
        }
        // SAFETY: constructors take the words from a slice that lives for `'a`.
        unsafe { std::slice::from_raw_parts(self.words, self.positional as usize) }
    }

    /// Number of positional arguments.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.positional as usize
    }

    /// Whether there is no argument at all.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.positional == 0 && self.keywords == 0
    }

    #[inline(always)]
    pub fn get(self, index: usize) -> Option<Value> {
        self.positional().get(index).copied()
    }

    #[inline(always)]
    pub fn has_keywords(self) -> bool {
        self.keywords != 0
    }

    /// The tuple of keyword names, or None.
    pub fn names(self) -> Value {
        if self.keywords == 0 { Value::NONE } else { self.names }
    }

    /// Positional values followed by keyword values.
    pub fn all(self) -> &'a [Value] {
        if self.positional + self.keywords == 0 {
            return &[];
        }
        // SAFETY: as in `positional`.
        unsafe { std::slice::from_raw_parts(self.words, (self.positional + self.keywords) as usize) }
    }

    /// Name and value of each keyword argument.
    pub fn keywords(self) -> impl Iterator<Item = (Value, Value)> + 'a {
        let names: &'a [Value] = match self.names.downcast::<TupleObject>() {
            // SAFETY: the names tuple is held by the caller (it is a constant of the call site or on its stack).
            Some(names) if self.keywords != 0 => unsafe { &*std::ptr::from_ref(names.items()) },
            _ => &[],
        };
        names.iter().copied().zip(self.all()[self.positional as usize..].iter().copied())
    }

    /// The value given for a keyword.
    pub fn keyword(self, name: &str) -> Option<Value> {
        self.keywords().find(|(key, _)| key.str_bytes() == Some(name.as_bytes())).map(|(_, value)| value)
    }

    /// Without the first positional argument.
    #[inline(always)]
    pub fn rest(self) -> Args<'a> {
        debug_assert!(self.positional > 0);
        // SAFETY: there is at least one word.
        Args { words: unsafe { self.words.add(1) }, positional: self.positional - 1, ..self }
    }

    /// Error when a keyword was given: "f() takes no keyword arguments".
    pub fn no_keywords(self, thread: &Thread, function: &str) -> PyResult<()> {
        if self.keywords == 0 {
            return Ok(());
        }
        Err(thread.type_error(format_args!("{function}() takes no keyword arguments")))
    }

    /// Positional count check with CPython's message ("f expected at least 1 argument, got 0").
    pub fn expect(self, thread: &Thread, function: &str, least: usize, most: usize) -> PyResult<&'a [Value]> {
        self.no_keywords(thread, function)?;
        let given = self.len();
        if given >= least && given <= most {
            return Ok(self.positional());
        }
        Err(wrong_count(thread, function, least, most, given))
    }
}

#[cold]
fn wrong_count(thread: &Thread, function: &str, least: usize, most: usize, given: usize) -> Raised {
    let (words, count) = match (least == most, given < least) {
        (true, _) => ("", least),
        (false, true) => ("at least ", least),
        (false, false) => ("at most ", most),
    };
    let plural = if count == 1 { "" } else { "s" };
    thread.type_error(format_args!("{function} expected {words}{count} argument{plural}, got {given}"))
}

/// Named parameters of a native function, in order.
pub struct Signature {
    pub function: &'static str,
    pub parameters: &'static [&'static str],
    /// The first so many have no usable name.
    pub positional_only: usize,
    /// The first so many can be given by position.
    pub positional: usize,
    /// The first so many must be given.
    pub required: usize,
}

impl Signature {
    /// The value of each parameter, [`Value::UNBOUND`] where none was given.
    pub fn bind<const N: usize>(&self, thread: &Thread, args: Args<'_>) -> PyResult<[Value; N]> {
        debug_assert_eq!(N, self.parameters.len());
        let mut values = [Value::UNBOUND; N];
        let given = args.len();
        if given > self.positional {
            return Err(self.too_many(thread, args));
        }
        values[..given].copy_from_slice(args.positional());
        for (name, value) in args.keywords() {
            let bytes = name.str_bytes().unwrap_or_default();
            let found = self.parameters.iter().skip(self.positional_only).position(|p| p.as_bytes() == bytes);
            let function = self.function;
            match found.map(|index| index + self.positional_only) {
                Some(index) if values[index].is_unbound() => values[index] = value,
                Some(index) => {
                    let (name, position) = (self.parameters[index], index + 1);
                    return Err(thread.type_error(format_args!(
                        "argument for {function}() given by name ('{name}') and position ({position})"
                    )));
                }
                None => {
                    let name = String::from_utf8_lossy(bytes);
                    return Err(thread.type_error(format_args!(
                        "{function}() got an unexpected keyword argument '{name}'"
                    )));
                }
            }
        }
        if let Some(missing) = (0..self.required).find(|&index| values[index].is_unbound()) {
            return Err(self.missing(thread, missing, given));
        }
        Ok(values)
    }

    #[cold]
    fn too_many(&self, thread: &Thread, args: Args<'_>) -> Raised {
        let function = self.function;
        let given = args.len();
        let most = self.positional;
        let kind = if most < self.parameters.len() { "positional " } else { "" };
        if most == 0 {
            return thread.type_error(format_args!("{function}() takes no {kind}arguments"));
        }
        let bound = if self.required.min(most) < most { "at most" } else { "exactly" };
        let plural = if most == 1 { "" } else { "s" };
        thread.type_error(format_args!(
            "{function}() takes {bound} {most} {kind}argument{plural} ({given} given)"
        ))
    }

    #[cold]
    fn missing(&self, thread: &Thread, index: usize, given: usize) -> Raised {
        let function = self.function;
        if index < self.positional_only {
            let least = self.required.min(self.positional_only);
            let bound = if least < self.positional { "at least" } else { "exactly" };
            let plural = if least == 1 { "" } else { "s" };
            return thread.type_error(format_args!(
                "{function}() takes {bound} {least} positional argument{plural} ({given} given)"
            ));
        }
        let name = self.parameters[index];
        let position = index + 1;
        thread.type_error(format_args!("{function}() missing required argument '{name}' (pos {position})"))
    }
}
