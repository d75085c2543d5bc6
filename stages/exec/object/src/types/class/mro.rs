//! The C3 linearisation and the choice of the base whose layout counts.

use super::TypeObject;
use crate::error::PyResult;
use crate::gc::Gc;
use crate::spec::flags;
use crate::thread::Thread;
use crate::value::Value;

/// The mro of a class with these bases, the class itself first.
pub fn compute(thread: &Thread, class: Gc<TypeObject>, bases: &[Value]) -> PyResult<Value> {
    let mut lists: Vec<Vec<Value>> = Vec::with_capacity(bases.len() + 1);
    for (index, base) in bases.iter().enumerate() {
        if bases[..index].contains(base) {
            let name = base.as_type().map(|base| base.name_str()).unwrap_or_default();
            return Err(thread.type_error(format_args!("duplicate base class {name}")));
        }
        let mro = base.as_type().map(|base| base.mro.get());
        lists.push(mro.as_ref().and_then(Value::tuple_items).unwrap_or_default().to_vec());
    }
    // Every value in the lists is held by the mro of a base, which `bases` holds.
    lists.push(bases.to_vec());
    let mut result = vec![class.value()];
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Ok(thread.tuple(&result));
        }
        let candidate = lists
            .iter()
            .map(|list| list[0])
            .find(|candidate| !lists.iter().any(|list| list[1..].contains(candidate)));
        let Some(next) = candidate else { return Err(conflict(thread, &lists)) };
        result.push(next);
        for list in &mut lists {
            if list[0] == next {
                list.remove(0);
            }
        }
    }
}

#[cold]
fn conflict(thread: &Thread, lists: &[Vec<Value>]) -> crate::error::Raised {
    let mut names: Vec<String> = Vec::new();
    for list in lists {
        let name = list[0].as_type().map(|class| class.name_str()).unwrap_or_default();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let names = names.join(", ");
    thread.type_error(format_args!(
        "Cannot create a consistent method resolution order (MRO) for bases {names}"
    ))
}

/// The nearest type in the chain of bases that adds to the layout.
fn solid_base(class: Gc<TypeObject>) -> Gc<TypeObject> {
    match class.base.get().as_type() {
        Some(base) if !adds_to_layout(class, base) => solid_base(base),
        _ => class,
    }
}

fn adds_to_layout(class: Gc<TypeObject>, base: Gc<TypeObject>) -> bool {
    class.layout() != base.layout() || class.fixed.get() != base.fixed.get()
}

/// The base whose layout instances of a class with these bases extend.
pub fn best_base(thread: &Thread, bases: &[Value]) -> PyResult<Gc<TypeObject>> {
    let mut best: Option<(Gc<TypeObject>, Gc<TypeObject>)> = None;
    for base in bases {
        let Some(base) = base.as_type() else { return Err(thread.type_error("bases must be types")) };
        if !base.has_flag(flags::BASE) {
            let name = base.name_str();
            return Err(thread.type_error(format_args!("type '{name}' is not an acceptable base type")));
        }
        let solid = solid_base(base);
        best = match best {
            None => Some((base, solid)),
            Some((_, winner)) if winner != solid && solid.is_subtype(winner) => Some((base, solid)),
            Some((_, winner)) if !winner.is_subtype(solid) => {
                return Err(thread.type_error("multiple bases have instance lay-out conflict"));
            }
            best => best,
        };
    }
    match best {
        Some((base, _)) => Ok(base),
        None => Err(thread.type_error("a class needs a base")),
    }
}
