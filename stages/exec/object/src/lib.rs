//! Value words, shapes and the builtin types' representations: Python's object model without an evaluator.
//!
//! Start with [`interpreter::Interpreter::start`], which answers a [`thread::Thread`]; everything takes `&Thread`.
//! See `README.md` in this folder for the map.

pub mod args;
pub mod attr;
pub mod error;
pub mod gc;
pub mod hash;
pub mod hooks;
pub mod ids;
pub mod instance;
mod intern;
pub mod interpreter;
pub mod kinds;
pub mod names;
pub mod ops;
pub mod shape;
pub mod slots;
pub mod spec;
pub mod thread;
mod type_cache;
pub mod types;
pub mod value;

pub use args::{Args, Signature};
pub use error::{PyResult, Raised};
pub use gc::{Gc, Object};
pub use ids::TypeId;
pub use interpreter::{Interpreter, Options};
pub use slots::dispatch::{BinaryOp, UnaryOp};
pub use slots::{CompareOp, Slots};
pub use spec::{Arity, GetSetDef, MethodDef, NativeFn, TypeSpec};
pub use thread::{RootVec, Thread};
pub use value::Value;
