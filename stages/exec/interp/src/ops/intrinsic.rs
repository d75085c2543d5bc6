//! INTRINSIC: what type parameters, aliases and interactive statements need.

use dx_object::error::PyResult;
use dx_object::thread::Thread;
use dx_object::types::function::FunctionObject;
use dx_object::value::Value;
use dx_schemas::opcode::Intrinsic;

use crate::frame::Window;
use crate::typing;

pub fn run(thread: &Thread, regs: Window, operands: &[Value], code: usize) -> PyResult<Value> {
    let (x, y) = (operands[0], operands[1]);
    match Intrinsic::from_code(code as u32) {
        Some(Intrinsic::TypeVar) => Ok(typing::type_var(thread, x, Value::NONE, Value::NONE)),
        Some(Intrinsic::TypeVarWithBound) => Ok(typing::type_var(thread, x, y, Value::NONE)),
        Some(Intrinsic::TypeVarWithConstraints) => Ok(typing::type_var(thread, x, Value::NONE, y)),
        Some(Intrinsic::ParamSpec) => Ok(typing::param_spec(thread, x)),
        Some(Intrinsic::TypeVarTuple) => Ok(typing::type_var_tuple(thread, x)),
        Some(Intrinsic::SetTypeParamDefault) => typing::set_default(thread, x, y),
        Some(Intrinsic::SubscriptGeneric) => typing::subscript_generic(thread, x),
        Some(Intrinsic::TypeAlias) => typing::type_alias(thread, regs, x),
        Some(Intrinsic::SetupAnnotations) => {
            let namespace = regs.owner();
            let name = thread.names().__annotations__;
            let known = thread.getitem(namespace, name);
            if thread.catching(dx_object::ids::KEY_ERROR, known)?.is_none() {
                let dict = thread.dict().value();
                thread.setitem(namespace, name, dict)?;
            }
            Ok(Value::NONE)
        }
        Some(Intrinsic::Print) => {
            let sys = crate::import::load(thread, "sys")?;
            let hook = thread.find_attr(sys, thread.intern("displayhook"))?;
            match hook {
                Some(hook) => thread.call(hook, &[x]),
                None => Err(thread.runtime_error("lost sys.displayhook")),
            }
        }
        Some(Intrinsic::SetTypeParams) => {
            if let Some(function) = x.downcast::<FunctionObject>() {
                function.store(thread, &function.type_params, y);
            } else {
                thread.set_attr(x, thread.names().__type_params__, y)?;
            }
            Ok(x)
        }
        None => Err(thread.system_error("no such intrinsic")),
    }
}
