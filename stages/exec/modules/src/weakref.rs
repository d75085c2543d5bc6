//! Module `_weakref`.

mod proxy;

use dx_object::ids;
use dx_object::spec::{Arity, MethodDef};
use dx_object::value::Value;

use crate::library::ModuleSpec;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[&[
        MethodDef::new("getweakrefcount", Arity::One, |thread, args| {
            Ok(thread.int_usize(thread.weak_references_to(args.positional()[0]).len()))
        }),
        MethodDef::new("getweakrefs", Arity::One, |thread, args| {
            let found = thread.list(&[])?;
            if let Some(list) = found.as_list() {
                // The vector is read while the table itself keeps its cells: nothing dies between two pushes
                // that is not dead already, because the values are checked against the table anew.
                let mut index = 0;
                while let Some(&reference) = thread.weak_references_to(args.positional()[0]).get(index) {
                    list.push(thread, reference)?;
                    index += 1;
                }
            }
            Ok(found)
        }),
        MethodDef::new("proxy", Arity::Positional(1, 2), proxy::make),
        MethodDef::new("_remove_dead_weakref", Arity::Positional(2, 2), |thread, args| {
            let (dict, key) = (args.positional()[0], args.positional()[1]);
            let Some(dict) = dict.as_dict() else { return Err(thread.type_error("expected a dict")) };
            if let Some(found) = dict.get(thread, key)?
                && let Some(reference) = found.downcast::<dx_object::types::weakref::WeakReference>()
                && reference.target().is_none()
            {
                dict.remove(thread, key)?;
            }
            Ok(Value::NONE)
        }),
    ]],
    types: &[&proxy::PROXY, &proxy::CALLABLE_PROXY],
    fill: Some(|thread, dict| {
        let reference = thread.builtin_type(ids::WEAK_REFERENCE).value();
        dict.set_text(thread, "ref", reference)?;
        dict.set_text(thread, "ReferenceType", reference)
    }),
    ..ModuleSpec::new("_weakref", "Weak-reference support module.")
};
