//! Code made ready to run: the private instructions, constants and names as values, caches, tables.
//!
//! A fragment's artifact is verified once and its pools become values once; an object's instructions are copied when
//! the object is first needed. Code lives as long as its interpreter: frames, functions and caches point to it freely.

pub mod load;
pub mod object;
pub mod word;

use std::cell::{Cell, OnceCell};

use dx_object::value::Value;
use dx_schemas::code::{ExceptionEntry, flag};

pub use load::{Fragment, Module, load_module};

use crate::cache::Cache;
use word::Word;

/// A code object.
pub struct Code {
    words: Box<[Word]>,
    caches: Box<[Cache]>,
    /// Constants and names of the whole fragment.
    pub fragment: *const Fragment,
    /// Its number in the fragment.
    pub index: u32,
    pub flags: u32,
    pub register_count: usize,
    /// Positional ones, keyword-only ones, `*args`, `**kwargs`.
    pub parameter_count: usize,
    pub positional_count: usize,
    pub positional_only_count: usize,
    pub keyword_only_count: usize,
    /// Registers behind the parameters and before this one start unbound.
    pub named_count: usize,
    /// Named registers end here.
    pub named_end: usize,
    pub free_first: usize,
    pub free_count: usize,
    /// Takes positional arguments only and keeps no namespace: a call may bind them in place.
    pub simple: bool,
    pub name: Value,
    pub qualname: Value,
    pub docstring: Option<Value>,
    /// Name of each register, unbound for temporaries.
    pub register_names: Box<[Value]>,
    pub handlers: Box<[ExceptionEntry]>,
    pub children: Box<[Child]>,
    /// Tree node of the scope.
    pub node: u32,
    /// Never the same for two code objects.
    pub version: u32,
    /// The Python object.
    pub value: Cell<Value>,
}

/// What a MAKE_FUNCTION makes a function of.
pub struct Child {
    pub target: ChildTarget,
    /// Cell registers that become the closure.
    pub captures: Box<[u16]>,
    pub code: OnceCell<&'static Code>,
}

#[derive(Clone, Copy)]
pub enum ChildTarget {
    Object(u32),
    /// Row of the fragment in its module.
    Fragment(u32),
}

impl Code {
    #[inline(always)]
    pub fn entry(&self) -> *const Word {
        self.words.as_ptr()
    }

    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// Index of the instruction.
    pub fn offset(&self, pc: *const Word) -> u32 {
        ((pc as usize).wrapping_sub(self.words.as_ptr() as usize) / size_of::<Word>()) as u32
    }

    #[inline(always)]
    pub fn cache(&self, index: usize) -> &Cache {
        // SAFETY: translation numbered the caches and made that many.
        unsafe { self.caches.get_unchecked(index) }
    }

    #[inline(always)]
    pub fn fragment(&self) -> &'static Fragment {
        // SAFETY: fragments live as long as the interpreter, and so does code.
        unsafe { &*self.fragment }
    }

    #[inline(always)]
    pub fn constant(&self, index: usize) -> Value {
        // SAFETY: the verifier checked the index against the pool.
        unsafe { *self.fragment().constants.get_unchecked(index) }
    }

    /// An interned str.
    #[inline(always)]
    pub fn name_at(&self, index: usize) -> Value {
        // SAFETY: the verifier checked the index against the pool.
        unsafe { *self.fragment().names.get_unchecked(index) }
    }

    pub fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    pub fn is_generator_like(&self) -> bool {
        self.has(flag::GENERATOR | flag::COROUTINE | flag::ASYNC_GENERATOR)
    }

    /// Names of parameters and locals: `co_varnames`.
    pub fn varnames(&self) -> Vec<Value> {
        let cells = self.cell_first();
        self.register_names[..cells].iter().copied().filter(|name| !name.is_unbound()).collect()
    }

    /// First cell register.
    pub fn cell_first(&self) -> usize {
        self.fragment().cell_first(self.index)
    }
}

impl Code {
    /// `co_cellvars`: own variables that inner scopes capture.
    pub fn cellvars(&self) -> Vec<Value> {
        let end = if self.free_count > 0 { self.free_first } else { self.named_end };
        let first = self.cell_first().min(end);
        self.register_names[first..end].iter().copied().filter(|name| !name.is_unbound()).collect()
    }

    /// `co_freevars`.
    pub fn freevars(&self) -> &[Value] {
        &self.register_names[self.free_first..self.free_first + self.free_count]
    }

    /// The same code as another object, for `code.replace`.
    pub fn duplicate(&self, thread: &dx_object::thread::Thread) -> dx_object::error::PyResult<Code> {
        load::duplicate(thread, self)
    }
}
