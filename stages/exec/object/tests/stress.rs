//! Object graphs while every allocation collects.

#[path = "common/support.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part")]
mod common;

use common::{class, def, get, set, thread};
use dx_object::{BinaryOp, RootVec, Value, ids};

#[test]
fn containers_survive_when_every_allocation_collects() {
    let t = thread(1);
    let outer = t.list(&[]).unwrap();
    for index in 1..60i64 {
        let dict = t.dict();
        dict.set_text(&t, "index", t.int(index)).unwrap();
        dict.set(&t, t.float(1e300 * index as f64), t.str(&format!("float {index}"))).unwrap();
        dict.set(&t, t.int(index << 40), t.tuple(&[outer, t.str("\u{20ac}\u{20ac}"), t.complex(1.0, 2.0)]))
            .unwrap();
        let big = t.binary(BinaryOp::Pow, t.int(index + 2), Value::small(100)).unwrap();
        let set = t.set(&[big, t.str("member"), Value::small(index)]).unwrap();
        dict.set_text(&t, "set", set).unwrap();
        outer.as_list().unwrap().push(&t, dict.value()).unwrap();
    }
    assert_eq!(outer.as_list().unwrap().len(), 59);
    for index in 1..60i64 {
        let dict = outer.as_list().unwrap().get(index as usize - 1).unwrap().as_dict().unwrap();
        assert_eq!(dict.get_text(&t, "index").unwrap().as_small(), Some(index));
        let text = dict.get(&t, t.float(1e300 * index as f64)).unwrap().unwrap();
        assert_eq!(t.to_text(text).unwrap(), format!("float {index}"));
        let tuple = dict.get(&t, t.int(index << 40)).unwrap().unwrap();
        assert_eq!(tuple.tuple_items().unwrap()[0], outer);
        assert_eq!(tuple.tuple_items().unwrap()[1].str_bytes().unwrap(), "\u{20ac}\u{20ac}".as_bytes());
        let set = dict.get_text(&t, "set").unwrap().as_set().unwrap();
        let big = t.binary(BinaryOp::Pow, t.int(index + 2), Value::small(100)).unwrap();
        assert!(set.contains(&t, big).unwrap());
    }
}

#[test]
fn classes_and_instances_survive_when_every_allocation_collects() {
    let t = thread(1);
    let init = def(&t, "__init__", |thread, args| {
        let [object, left, right] = *args.positional() else { panic!("three arguments") };
        thread.set_attr(object, thread.intern("left"), left)?;
        thread.set_attr(object, thread.intern("right"), right)?;
        Ok(Value::NONE)
    });
    let node = class(&t, "Node", &[], &[("__init__", init)]).unwrap();
    fn build(t: &dx_object::Thread, node: Value, depth: u32) -> Value {
        if depth == 0 {
            return Value::NONE;
        }
        let left = build(t, node, depth - 1);
        let right = build(t, node, depth - 1);
        t.call(node, &[left, right]).unwrap()
    }
    fn count(t: &dx_object::Thread, node: Value) -> u32 {
        if node.is_none() { 0 } else { 1 + count(t, get(t, node, "left")) + count(t, get(t, node, "right")) }
    }
    let root = build(&t, node, 6);
    assert_eq!(count(&t, root), 63);
    for index in 0..40 {
        set(&t, root, &format!("extra{index}"), t.str(&format!("value {index}")));
    }
    for index in 0..40 {
        assert_eq!(t.to_text(get(&t, root, &format!("extra{index}"))).unwrap(), format!("value {index}"));
    }
    let derived = class(&t, "Derived", &[node, t.builtin_type(ids::LIST).value()], &[]);
    let derived = t.call(derived.unwrap(), &[Value::ONE, Value::ZERO]).unwrap();
    derived.as_list().unwrap().push(&t, root).unwrap();
    assert_eq!(count(&t, derived.as_list().unwrap().get(0).unwrap()), 63);
}

#[test]
fn native_vectors_and_exceptions_are_roots() {
    let t = thread(1);
    let mut items = RootVec::new(&t);
    for index in 0..200 {
        items.push(t.str(&format!("item {index}")));
    }
    for (index, &item) in items.iter().enumerate() {
        assert_eq!(t.to_text(item).unwrap(), format!("item {index}"));
    }
    let raised = t.value_error(format_args!("value {}", 42));
    let garbage: Vec<usize> = (0..50).map(|index| t.str(&index.to_string()).word() as usize).collect();
    assert_eq!(garbage.len(), 50);
    assert_eq!(common::message::<()>(&t, Err(raised)), "ValueError: value 42");
}

#[test]
fn interpreters_are_independent() {
    let first = thread(3);
    let second = thread(0);
    let a = first.intern("shared name");
    let b = second.intern("shared name");
    assert_ne!(a, b);
    drop(first);
    assert_eq!(second.to_text(b).unwrap(), "shared name");
}
