//! Modules: a name and a dict, which holds everything else.

pub mod methods;

use std::cell::Cell;

use dx_heap::{Header, Kind, Marker};

use crate::error::PyResult;
use crate::gc::{Gc, Object};
use crate::ids;
use crate::instance;
use crate::kinds;
use crate::spec::{Layout, TypeSpec, flags};
use crate::thread::Thread;
use crate::types::dict::{self, DictObject};
use crate::value::Value;

#[repr(C)]
pub struct ModuleObject {
    header: Header,
    pub dict: Cell<Value>,
    /// What a native module keeps for itself.
    pub state: Cell<Value>,
}

// SAFETY: `repr(C)`, header first, no drop.
unsafe impl Object for ModuleObject {
    const KIND: Kind = kinds::MODULE;
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(Layout::fixed::<ModuleObject>()),
    flags: flags::BASE | flags::WEAKREF,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("module")
};

impl ModuleObject {
    /// The module's namespace.
    #[inline(always)]
    pub fn dict(&self) -> Option<Gc<DictObject>> {
        self.dict.get().as_dict()
    }
}

pub(crate) unsafe fn trace(cell: *mut Header, marker: &Marker<'_>) {
    // SAFETY: called for modules only.
    let module = unsafe { &*cell.cast::<ModuleObject>() };
    marker.word(module.dict.get().word());
    marker.word(module.state.get().word());
}

/// A new module with the attributes every module has.
pub fn new(thread: &Thread, name: &str, doc: Value) -> PyResult<Gc<ModuleObject>> {
    let value = instance::allocate(thread, thread.builtin_type(ids::MODULE));
    // SAFETY: the type has this layout.
    let module = unsafe { Gc::from_raw(value.cell().cast::<ModuleObject>()) };
    module.state.set(Value::NONE);
    let dict = dict::new(thread);
    module.store(thread, &module.dict, dict.value());
    let names = thread.names();
    dict.set_name(thread, names.__name__, thread.intern(name))?;
    dict.set_name(thread, names.__doc__, doc)?;
    for name in [names.__package__, names.__loader__, names.__spec__] {
        dict.set_name(thread, name, Value::NONE)?;
    }
    Ok(module)
}
