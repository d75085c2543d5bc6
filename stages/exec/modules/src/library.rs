//! What a native module consists of, and how the module object is made from that table.

use dx_object::error::PyResult;
use dx_object::gc::Gc;
use dx_object::spec::{MethodDef, TypeSpec};
use dx_object::thread::Thread;
use dx_object::types::dict::DictObject;
use dx_object::types::{module, native as native_function};
use dx_object::value::Value;

/// Completes the dict of a new module.
pub(crate) type Fill = fn(&Thread, Gc<DictObject>) -> PyResult<()>;

/// What a native module consists of.
pub(crate) struct ModuleSpec {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) functions: &'static [&'static [MethodDef]],
    pub(crate) types: &'static [&'static TypeSpec],
    /// Adds what is no function and no type.
    pub(crate) fill: Option<Fill>,
}

impl ModuleSpec {
    pub(crate) const fn new(name: &'static str, doc: &'static str) -> ModuleSpec {
        ModuleSpec { name, doc, functions: &[], types: &[], fill: None }
    }

    pub(crate) fn make(&'static self, thread: &Thread) -> PyResult<Value> {
        let doc = if self.doc.is_empty() { Value::NONE } else { thread.str(self.doc) };
        let module = module::new(thread, self.name, doc)?;
        if let Some(dict) = module.dict() {
            let name = thread.intern(self.name);
            for def in self.functions.iter().flat_map(|table| *table) {
                dict.set_text(thread, def.name, native_function::function(thread, def, name))?;
            }
            for spec in self.types {
                dict.set_text(thread, spec.name, thread.spec_type(spec, thread).value())?;
            }
            if let Some(fill) = self.fill {
                fill(thread, dict)?;
            }
        }
        Ok(module.value())
    }
}
