//! The interpreter's own state beside the object model's: loaded code, and what the program around supplies.

use std::cell::{Cell, RefCell};

use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::code::{Code, Module};
use crate::image::ModuleInput;

/// A module that a finder found.
pub enum Found {
    /// Python code.
    Code(ModuleInput),
    /// A package without a file: the folders that it spans.
    Namespace(Vec<String>),
    /// A function that makes the module.
    Native(fn(&Thread) -> PyResult<Value>),
}

/// Finds modules by absolute name. `path` is the parent package's `__path__`, or `None` at the top level.
pub trait Finder {
    fn find(&self, thread: &Thread, name: &str, path: Option<&[String]>) -> PyResult<Option<Found>>;
}

/// What `compile()` makes code of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Exec,
    Eval,
    Single,
}

/// Compiles source text; raises SyntaxError itself.
pub type Compile =
    fn(&Thread, source: &[u8], filename: &str, mode: Mode, flags: u32) -> PyResult<ModuleInput>;

pub struct State {
    // Boxed, because frames and functions keep addresses.
    #[expect(clippy::vec_box, reason = "modules and code must not move")]
    modules: RefCell<Vec<Box<Module>>>,
    #[expect(clippy::vec_box, reason = "modules and code must not move")]
    codes: RefCell<Vec<Box<Code>>>,
    code_versions: Cell<u32>,
    finder: RefCell<Option<std::rc::Rc<dyn Finder>>>,
    pub compile: Cell<Option<Compile>>,
    /// The builtin `__import__`, to see whether a program replaced it.
    pub(crate) own_import: Cell<Value>,
    /// The class `Generic`, once a generic class was made.
    pub(crate) generic: Cell<Value>,
    /// Names of the modules whose bodies run now.
    pub(crate) importing: RefCell<Vec<String>>,
}

impl Default for State {
    fn default() -> State {
        State {
            modules: RefCell::default(),
            codes: RefCell::default(),
            code_versions: Cell::new(0),
            finder: RefCell::default(),
            compile: Cell::new(None),
            own_import: Cell::new(Value::UNBOUND),
            generic: Cell::new(Value::UNBOUND),
            importing: RefCell::default(),
        }
    }
}

impl State {
    pub(crate) fn next_code_version(&self) -> u32 {
        self.code_versions.set(self.code_versions.get() + 1);
        self.code_versions.get()
    }

    pub(crate) fn keep_module(&self, module: Box<Module>) -> &'static Module {
        let address: *const Module = &raw const *module;
        self.modules.borrow_mut().push(module);
        // SAFETY: the box is never dropped before the interpreter, and everything that looks at code belongs to it.
        unsafe { &*address }
    }

    pub(crate) fn keep_code(&self, code: Code) -> &'static Code {
        let code = Box::new(code);
        let address: *const Code = &raw const *code;
        self.codes.borrow_mut().push(code);
        // SAFETY: as in `keep_module`.
        unsafe { &*address }
    }

    pub fn set_finder(&self, finder: std::rc::Rc<dyn Finder>) {
        *self.finder.borrow_mut() = Some(finder);
    }

    pub(crate) fn finder(&self) -> Option<std::rc::Rc<dyn Finder>> {
        self.finder.borrow().clone()
    }
}
