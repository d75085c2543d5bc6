//! One interpreter: the heap and everything that is shared by its threads. There is no global state; several
//! interpreters live in one process.

mod boot;
mod roots;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;

use dx_heap::{Heap, HeapOptions};

use crate::gc::Gc;
use crate::hash::HashKey;
use crate::hooks::Hooks;
use crate::ids::{FIRST_DYNAMIC_SHAPE, TypeId};
use crate::intern::InternTable;
use crate::names::Names;
use crate::shape::ShapeTable;
use crate::spec::TypeSpec;
use crate::thread::Thread;
use crate::type_cache::TypeCache;
use crate::types::class::{TypeObject, TypeRegistry};
use crate::types::weakref::WeakTable;
use crate::value::Value;

/// What a new interpreter is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    pub heap: HeapOptions,
    /// PYTHONHASHSEED: `None` is a random seed, 0 is no randomisation.
    pub hash_seed: Option<u32>,
}

pub struct Interpreter {
    // Before the heap: it reads cells when it is dropped.
    pub(crate) types_registry: TypeRegistry,
    pub heap: Heap,
    pub shapes: ShapeTable,
    pub hooks: Hooks,
    pub hash_key: HashKey,
    pub(crate) types: Box<[Cell<Value>]>,
    pub(crate) spec_types: RefCell<HashMap<*const TypeSpec, Value>>,
    pub(crate) interned: InternTable,
    pub(crate) names: OnceCell<Names>,
    pub(crate) type_cache: TypeCache,
    pub(crate) weak: WeakTable,
    /// Strings of one Latin-1 character.
    pub(crate) chars: Box<[Cell<Value>]>,
    empty_str: Cell<Value>,
    pub(crate) empty_tuple: Cell<Value>,
    pub(crate) empty_bytes: Cell<Value>,
    /// `sys.modules`.
    pub modules: Cell<Value>,
    /// The dict of module `builtins`.
    pub builtins: Cell<Value>,
    permanent: RefCell<Vec<Value>>,
    threads: RefCell<Vec<*const Thread>>,
    next_version: Cell<u32>,
    max_int_digits: Cell<usize>,
}

impl Interpreter {
    /// An interpreter with all builtin types and its first thread, which runs on the calling native thread.
    /// `None` when the system grants no address space.
    pub fn start(options: Options) -> Option<Box<Thread>> {
        boot::start(options)
    }

    fn empty(options: Options) -> Option<Interpreter> {
        let unbound = |count: usize| (0..count).map(|_| Cell::new(Value::UNBOUND)).collect();
        Some(Interpreter {
            types_registry: TypeRegistry::default(),
            heap: Heap::new(options.heap)?,
            shapes: ShapeTable::new()?,
            hooks: Hooks::default(),
            hash_key: HashKey::new(options.hash_seed),
            types: unbound(FIRST_DYNAMIC_SHAPE as usize),
            spec_types: RefCell::default(),
            interned: InternTable::default(),
            names: OnceCell::new(),
            type_cache: TypeCache::default(),
            weak: WeakTable::default(),
            chars: unbound(256),
            empty_str: Cell::new(Value::UNBOUND),
            empty_tuple: Cell::new(Value::UNBOUND),
            empty_bytes: Cell::new(Value::UNBOUND),
            modules: Cell::new(Value::NONE),
            builtins: Cell::new(Value::NONE),
            permanent: RefCell::default(),
            threads: RefCell::default(),
            next_version: Cell::new(1),
            max_int_digits: Cell::new(4300),
        })
    }

    /// The names that the runtime looks up.
    #[inline(always)]
    pub fn names(&self) -> &Names {
        match self.names.get() {
            Some(names) => names,
            None => unreachable!("names are made before anything looks one up"),
        }
    }

    /// A builtin type.
    #[inline(always)]
    pub fn builtin_type(&self, id: TypeId) -> Gc<TypeObject> {
        let value = self.types[id.0 as usize].get();
        debug_assert!(!value.is_unbound(), "type {id:?} is not made yet");
        // SAFETY: the table holds type objects only; it is filled before Python code runs.
        unsafe { Gc::from_raw(value.cell().cast()) }
    }

    /// The type made from a description, made now if this is its first use.
    pub fn spec_type(&self, spec: &'static TypeSpec, thread: &Thread) -> Gc<TypeObject> {
        let known = self.spec_types.borrow().get(&std::ptr::from_ref(spec)).copied();
        match known.and_then(|value| value.downcast::<TypeObject>()) {
            Some(class) => class,
            None => crate::types::class::build::from_spec(thread, spec, None),
        }
    }

    /// `""`.
    #[inline]
    pub fn empty_str(&self) -> Value {
        self.empty_str.get()
    }

    pub(crate) fn set_empty_str(&self, value: Value) {
        self.empty_str.set(value);
    }

    /// Keeps a value alive as long as the interpreter.
    pub fn keep(&self, value: Value) -> Value {
        self.permanent.borrow_mut().push(value);
        value
    }

    /// A number never given before: versions of types and of dict keys.
    pub(crate) fn fresh_version(&self) -> u32 {
        let version = self.next_version.get();
        // Versions are compared for equality only; running out means no more caching, not wrong answers.
        self.next_version.set(version.checked_add(1).unwrap_or(0));
        version
    }

    pub(crate) fn attach(&self, thread: &Thread) {
        self.threads.borrow_mut().push(std::ptr::from_ref(thread));
    }

    pub(crate) fn detach(&self, thread: &Thread) {
        self.threads.borrow_mut().retain(|&known| !std::ptr::eq(known, thread));
    }

    /// `sys.get_int_max_str_digits()`; 0 is no limit.
    pub fn max_int_digits(&self) -> usize {
        self.max_int_digits.get()
    }

    pub fn set_max_int_digits(&self, digits: usize) {
        self.max_int_digits.set(digits);
    }
}
