//! From a module's artifacts to code: verified on the first look at a fragment, copied on the first use of an object.

use std::cell::OnceCell;

use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::value::Value;
use dx_schemas::code::{ChildTarget as Target, CodeView, Constant, RegisterKind, flag, verify};

use super::word::translate;
use super::{Child, ChildTarget, Code, object};
use crate::cache::Cache;
use crate::frame::ThreadState;
use crate::image::ModuleInput;

/// A module's code as the interpreter keeps it.
pub struct Module {
    pub input: ModuleInput,
    pub path: Value,
    fragments: Box<[OnceCell<Box<Fragment>>]>,
}

/// A fragment: its pools as values, its objects as they are needed.
pub struct Fragment {
    pub module: *const Module,
    pub row: u32,
    pub constants: Box<[Value]>,
    pub names: Box<[Value]>,
    codes: Box<[OnceCell<Box<Code>>]>,
    cell_firsts: Box<[usize]>,
}

impl Fragment {
    pub fn module(&self) -> &'static Module {
        // SAFETY: modules are kept by the interpreter's state for ever, and fragments lie in them.
        unsafe { &*self.module }
    }

    pub fn view(&self) -> Option<CodeView<'static>> {
        CodeView::open(self.module().input.fragments[self.row as usize].code_bytes()).ok()
    }

    pub(super) fn cell_first(&self, index: u32) -> usize {
        self.cell_firsts[index as usize]
    }
}

/// Takes a module's code over.
pub fn load_module(thread: &Thread, input: ModuleInput) -> &'static Module {
    let path = thread.keep(thread.str(&input.path));
    let fragments = input.fragments.iter().map(|_| OnceCell::new()).collect();
    let module = Box::new(Module { input, path, fragments });
    let state = &ThreadState::of(thread).state;
    state.keep_module(module)
}

impl Module {
    fn fragment(&'static self, thread: &Thread, row: u32) -> PyResult<&'static Fragment> {
        let Some(cell) = self.fragments.get(row as usize) else {
            return Err(thread.system_error("code refers to a fragment that its image does not have"));
        };
        if let Some(fragment) = cell.get() {
            return Ok(fragment);
        }
        let bytes = self.input.fragments[row as usize].code_bytes();
        let view = CodeView::open(bytes).map_err(|error| thread.system_error(error))?;
        verify(&view).map_err(|error| thread.system_error(error))?;
        let constants = constants(thread, &view)?;
        let names = (0..view.name_count()).map(|index| thread.intern(view.name(index))).collect();
        let codes = (0..view.object_count()).map(|_| OnceCell::new()).collect();
        let cell_firsts = (0..view.object_count())
            .map(|index| {
                let object = view.object(index);
                let cell = object.registers().position(|register| register.kind == RegisterKind::Cell);
                cell.unwrap_or_else(|| object.registers().take_while(|r| r.name.is_some()).count())
            })
            .collect();
        let fragment = Fragment { module: self, row, constants, names, codes, cell_firsts };
        Ok(cell.get_or_init(|| Box::new(fragment)))
    }

    /// The code of an object of a fragment.
    pub fn code(&'static self, thread: &Thread, row: u32, index: u32) -> PyResult<&'static Code> {
        let fragment = self.fragment(thread, row)?;
        let Some(cell) = fragment.codes.get(index as usize) else {
            return Err(thread.system_error("code refers to an object that its fragment does not have"));
        };
        if let Some(code) = cell.get() {
            return Ok(code);
        }
        let code = make(thread, fragment, index)?;
        let code: &'static Code = cell.get_or_init(|| Box::new(code));
        code.value.set(thread.keep(object::make(thread, code)));
        Ok(code)
    }
}

impl Code {
    /// The code of the child that MAKE_FUNCTION names.
    pub fn child(&self, thread: &Thread, index: usize) -> PyResult<&'static Code> {
        let child = &self.children[index];
        if let Some(code) = child.code.get() {
            return Ok(code);
        }
        let fragment = self.fragment();
        let code = match child.target {
            ChildTarget::Object(object) => fragment.module().code(thread, fragment.row, object)?,
            ChildTarget::Fragment(row) => fragment.module().code(thread, row, 0)?,
        };
        if code.free_count != child.captures.len() {
            return Err(thread.system_error("captures do not fit the child's free variables"));
        }
        Ok(child.code.get_or_init(|| code))
    }
}

fn make(thread: &Thread, fragment: &'static Fragment, index: u32) -> PyResult<Code> {
    let damaged = || thread.system_error("code does not decode");
    let view = fragment.view().ok_or_else(damaged)?;
    let object = view.object(index);
    let (words, cache_count) = translate(&object).ok_or_else(damaged)?;
    let flags = object.flags();
    let stars = [flag::VARARGS, flag::VARKEYWORDS].iter().filter(|star| flags & **star != 0).count();
    let positional_count = usize::from(object.positional_count());
    let keyword_only_count = usize::from(object.keyword_only_count());
    let register_names: Box<[Value]> = object
        .registers()
        .map(|register| register.name.map_or(Value::UNBOUND, |name| fragment.names[name as usize]))
        .collect();
    let named_end = register_names.iter().rposition(|name| !name.is_unbound()).map_or(0, |last| last + 1);
    let generators = flag::GENERATOR | flag::COROUTINE | flag::ASYNC_GENERATOR;
    let rows = &fragment.module().input.fragments[fragment.row as usize].children;
    let children = object
        .children()
        .into_iter()
        .map(|child| {
            let target = match child.target {
                Target::Object(index) => ChildTarget::Object(index),
                Target::Fragment(nth) => ChildTarget::Fragment(*rows.get(nth as usize).unwrap_or(&u32::MAX)),
            };
            Child { target, captures: child.captures.into(), code: OnceCell::new() }
        })
        .collect();
    Ok(Code {
        words,
        caches: (0..cache_count).map(|_| Cache::empty()).collect(),
        fragment,
        index,
        flags,
        register_count: object.register_count() as usize,
        parameter_count: positional_count + keyword_only_count + stars,
        positional_count,
        positional_only_count: usize::from(object.positional_only_count()),
        keyword_only_count,
        // A generator's whole window is saved while it sleeps, so no word of it may be left from before.
        named_count: if flags & generators != 0 { object.register_count() as usize } else { named_end },
        named_end,
        free_first: usize::from(object.free_first()),
        free_count: usize::from(object.free_count()),
        simple: stars == 0 && keyword_only_count == 0 && flags & (flag::MODULE | flag::CLASS) == 0,
        name: fragment.names[object.name_index() as usize],
        qualname: fragment.names[object.qualname_index() as usize],
        docstring: object.docstring().map(|index| fragment.constants[index as usize]),
        register_names,
        handlers: object.handlers().collect(),
        children,
        node: object.node(),
        version: ThreadState::of(thread).state.next_code_version(),
        value: std::cell::Cell::new(Value::NONE),
    })
}

fn int(thread: &Thread, negative: bool, magnitude: &[u8]) -> PyResult<Value> {
    let limbs: Vec<u64> = magnitude
        .chunks(8)
        .map(|chunk| chunk.iter().rev().fold(0, |limb, byte| limb << 8 | u64::from(*byte)))
        .collect();
    dx_object::types::int::from_limbs(thread, &limbs, negative)
}

/// A second code object of the same code.
pub(super) fn duplicate(thread: &Thread, code: &Code) -> PyResult<Code> {
    let mut copy = make(thread, code.fragment(), code.index)?;
    (copy.name, copy.qualname) = (code.name, code.qualname);
    Ok(copy)
}

fn constants(thread: &Thread, view: &CodeView<'_>) -> PyResult<Box<[Value]>> {
    let mut values: Vec<Value> = Vec::with_capacity(view.constant_count() as usize);
    for index in 0..view.constant_count() {
        let value = match view.constant(index) {
            Constant::None => Value::NONE,
            Constant::True => Value::TRUE,
            Constant::False => Value::FALSE,
            Constant::Ellipsis => Value::ELLIPSIS,
            Constant::Int { negative, magnitude } => int(thread, negative, &magnitude)?,
            Constant::Float(bits) => thread.float(f64::from_bits(bits)),
            Constant::Complex { real, imaginary } => {
                thread.complex(f64::from_bits(real), f64::from_bits(imaginary))
            }
            // CPython interns what looks like a name; more is as good, because constants live for ever here.
            Constant::Str(text) if text.len() <= 64 => thread.intern_bytes(&text),
            Constant::Str(text) => thread.str_from_wtf8(&text),
            Constant::Bytes(body) => thread.bytes(&body)?,
            Constant::Tuple(items) => {
                let items: Vec<Value> = items.iter().map(|item| values[*item as usize]).collect();
                thread.tuple(&items)
            }
            Constant::FrozenSet(items) => {
                let items: Vec<Value> = items.iter().map(|item| values[*item as usize]).collect();
                let set = dx_object::types::set::new(thread, dx_object::ids::FROZENSET);
                for &item in &items {
                    set.add(thread, item)?;
                }
                set.value()
            }
        };
        values.push(if value.is_heap() { thread.keep(value) } else { value });
    }
    Ok(values.into_boxed_slice())
}
