//! Start: the first strings, then every builtin type from its table.

use std::rc::Rc;

use super::{Interpreter, Options, roots};
use crate::ids::BUILTIN_TYPES;
use crate::names::Names;
use crate::thread::Thread;
use crate::types::class::build;
use crate::types::{bytes, dict, tuple};

pub(super) fn start(options: Options) -> Option<Box<Thread>> {
    let interpreter = Rc::new(Interpreter::empty(options)?);
    roots::register(&interpreter);
    // Cells of builtin types carry their type's number before the type objects exist, so nothing is collected
    // until they do.
    interpreter.heap.disable();
    interpreter.heap.set_stress(0);
    let thread = Thread::new(interpreter.clone());
    interpreter.empty_tuple.set(tuple::empty(&thread));
    interpreter.empty_bytes.set(bytes::empty(&thread));
    crate::types::str::make_chars(&thread);
    let _ = interpreter.names.set(Names::new(|text| thread.intern(text)));
    build::make_builtin_types(&thread, BUILTIN_TYPES);
    interpreter.modules.set(dict::new(&thread).value());
    interpreter.heap.enable();
    interpreter.heap.set_stress(options.heap.stress);
    Some(thread)
}
