//! Classes: construction, mro, slots, attributes, caches' versions.

#[path = "common/support.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part")]
mod common;

use common::{class, def, get, message, set, thread};
use dx_object::types::class::TypeObject;
use dx_object::{BinaryOp, CompareOp, Gc, Thread, Value, ids};

fn names(mro: Value) -> Vec<String> {
    mro.tuple_items().unwrap().iter().map(|class| class.as_type().unwrap().name_str()).collect()
}

#[test]
fn the_mro_is_c3() {
    let t = thread(0);
    let a = class(&t, "A", &[], &[]).unwrap();
    let b = class(&t, "B", &[a], &[]).unwrap();
    let c = class(&t, "C", &[a], &[]).unwrap();
    let d = class(&t, "D", &[b, c], &[]).unwrap();
    assert_eq!(names(d.as_type().unwrap().mro.get()), ["D", "B", "C", "A", "object"]);
    assert_eq!(
        message(&t, class(&t, "E", &[a, b], &[])),
        "TypeError: Cannot create a consistent method resolution order (MRO) for bases A, B"
    );
    assert_eq!(message(&t, class(&t, "E", &[a, a], &[])), "TypeError: duplicate base class A");
    let bool = t.builtin_type(ids::BOOL).value();
    assert_eq!(
        message(&t, class(&t, "E", &[bool], &[])),
        "TypeError: type 'bool' is not an acceptable base type"
    );
    let (list, dict) = (t.builtin_type(ids::LIST).value(), t.builtin_type(ids::DICT).value());
    assert_eq!(
        message(&t, class(&t, "E", &[list, dict], &[])),
        "TypeError: multiple bases have instance lay-out conflict"
    );
}

#[test]
fn instances_keep_attributes_through_growth_deletion_and_dict() {
    let t = thread(0);
    let a = class(&t, "A", &[], &[("shared", Value::small(7))]).unwrap();
    let object = t.call(a, &[]).unwrap();
    for index in 0..300i64 {
        set(&t, object, &format!("attr{index}"), t.int(index));
        assert_eq!(get(&t, object, &format!("attr{}", index / 2)).as_small(), Some(index / 2));
    }
    assert_eq!(get(&t, object, "shared").as_small(), Some(7));
    t.delete_attr(object, t.intern("attr7")).unwrap();
    assert_eq!(
        message(&t, t.get_attr_text(object, "attr7")),
        "AttributeError: 'A' object has no attribute 'attr7'"
    );
    assert_eq!(
        message(&t, t.delete_attr(object, t.intern("attr7"))),
        "AttributeError: 'A' object has no attribute 'attr7'"
    );

    let other = t.call(a, &[]).unwrap();
    set(&t, other, "x", Value::ONE);
    let dict = get(&t, other, "__dict__").as_dict().unwrap();
    dict.set_text(&t, "y", Value::small(2)).unwrap();
    assert_eq!(get(&t, other, "y").as_small(), Some(2));
    set(&t, other, "z", Value::small(3));
    assert_eq!(dict.get_text(&t, "z").unwrap().as_small(), Some(3));
    let fresh = t.dict();
    set(&t, other, "__dict__", fresh.value());
    assert_eq!(message(&t, t.get_attr_text(other, "x")), "AttributeError: 'A' object has no attribute 'x'");
}

#[test]
fn later_instances_have_the_slots_that_earlier_ones_needed() {
    let t = thread(0);
    let a = class(&t, "A", &[], &[]).unwrap();
    let first = t.call(a, &[]).unwrap();
    let before = a.as_type().unwrap().instance_bytes();
    (0..10).for_each(|index| set(&t, first, &format!("a{index}"), Value::small(index)));
    assert!(a.as_type().unwrap().instance_bytes() > before);
    let second = t.call(a, &[]).unwrap();
    (0..10).for_each(|index| set(&t, second, &format!("a{index}"), Value::small(index)));
    let shape = t.shapes.get(second.header().unwrap().shape()).unwrap();
    for index in 0..10 {
        let place = shape.place_of(t.intern(&format!("a{index}"))).unwrap();
        assert!(matches!(place, dx_object::shape::SlotPlace::Inline(_)));
        assert_eq!(dx_object::instance::read(second, place).as_small(), Some(index));
    }
}

#[test]
fn slots_hold_values_and_forbid_others() {
    let t = thread(0);
    let slots = t.tuple(&[t.str("x"), t.str("y")]);
    let a = class(&t, "A", &[], &[("__slots__", slots)]).unwrap();
    let b = class(&t, "B", &[a], &[("__slots__", t.tuple(&[t.str("z")]))]).unwrap();
    let c = class(&t, "C", &[b], &[]).unwrap();
    let object = t.call(c, &[]).unwrap();
    for (index, name) in ["x", "y", "z", "free"].iter().enumerate() {
        assert!(t.get_attr_text(object, name).is_err());
        t.take_exception();
        set(&t, object, name, Value::small(index as i64));
    }
    for (index, name) in ["x", "y", "z", "free"].iter().enumerate() {
        assert_eq!(get(&t, object, name).as_small(), Some(index as i64));
    }
    t.delete_attr(object, t.intern("y")).unwrap();
    assert_eq!(message(&t, t.get_attr_text(object, "y")), "AttributeError: 'C' object has no attribute 'y'");
    let bare = t.call(b, &[]).unwrap();
    assert_eq!(
        message(&t, t.set_attr(bare, t.intern("free"), Value::ONE)),
        "AttributeError: 'B' object has no attribute 'free' and no __dict__ for setting new attributes"
    );
    // The dict of an instance holds its free attributes only, and slots stay where they are.
    let dict = get(&t, object, "__dict__").as_dict().unwrap();
    assert_eq!(dict.len(), 1);
    assert_eq!(get(&t, object, "x").as_small(), Some(0));
    let other = class(&t, "D", &[], &[("__slots__", t.tuple(&[t.str("q")]))]).unwrap();
    assert_eq!(
        message(&t, class(&t, "E", &[a, other], &[])),
        "TypeError: multiple bases have instance lay-out conflict"
    );
    assert_eq!(
        message(&t, class(&t, "E", &[], &[("__slots__", t.tuple(&[t.str("x")])), ("x", Value::ONE)])),
        "ValueError: 'x' in __slots__ conflicts with class variable"
    );
}

#[test]
fn subclasses_of_builtins_are_the_builtin_and_have_attributes() {
    let t = thread(0);
    let subclass = |id, name: &str| class(&t, name, &[t.builtin_type(id).value()], &[]).unwrap();
    let list = t.call(subclass(ids::LIST, "L"), &[]).unwrap();
    list.as_list().unwrap().push(&t, Value::ONE).unwrap();
    set(&t, list, "a", Value::small(5));
    assert_eq!((t.len(list).unwrap(), get(&t, list, "a").as_small()), (1, Some(5)));
    let int = t.call(subclass(ids::INT, "I"), &[Value::small(41)]).unwrap();
    set(&t, int, "a", Value::small(6));
    assert_eq!(t.binary(BinaryOp::Add, int, Value::ONE).unwrap(), Value::small(42));
    assert_eq!(get(&t, int, "a").as_small(), Some(6));
    let string = t.call(subclass(ids::STR, "S"), &[t.str("text")]).unwrap();
    set(&t, string, "a", Value::small(7));
    assert_eq!(string.str_bytes(), Some(&b"text"[..]));
    assert!(t.equal(string, t.str("text")).unwrap());
    assert_eq!(t.hash(string).unwrap(), t.hash(t.str("text")).unwrap());
    let dict = t.dict();
    dict.set(&t, string, Value::ONE).unwrap();
    assert_eq!(dict.get(&t, t.str("text")).unwrap(), Some(Value::ONE));
    let error = t.call(subclass(ids::VALUE_ERROR, "E"), &[t.str("bad")]).unwrap();
    set(&t, error, "a", Value::small(8));
    assert_eq!(get(&t, error, "args").tuple_items().unwrap().len(), 1);
    assert!(t.is_instance(error, ids::EXCEPTION));
}

#[test]
fn dunders_fill_slots_and_assignment_corrects_them() {
    let t = thread(0);
    let add = def(&t, "__add__", |thread, args| {
        let own = thread.get_attr_text(args.get(0).unwrap(), "v")?;
        thread.binary(BinaryOp::Add, own, args.get(1).unwrap())
    });
    let length = def(&t, "__len__", |_, _| Ok(Value::small(3)));
    let a = class(&t, "A", &[], &[("__add__", add), ("__len__", length)]).unwrap();
    let b = class(&t, "B", &[a], &[]).unwrap();
    let object = t.call(b, &[]).unwrap();
    set(&t, object, "v", Value::small(40));
    assert_eq!(t.binary(BinaryOp::Add, object, Value::small(2)).unwrap(), Value::small(42));
    assert_eq!(t.len(object).unwrap(), 3);
    assert!(t.truth(object).unwrap());
    assert_eq!(
        message(&t, t.binary(BinaryOp::Sub, object, Value::ONE)),
        "TypeError: unsupported operand type(s) for -: 'B' and 'int'"
    );
    let length = def(&t, "__len__", |_, _| Ok(Value::ZERO));
    set(&t, a, "__len__", length);
    assert!(!t.truth(object).unwrap());
    let truth = def(&t, "__bool__", |_, _| Ok(Value::TRUE));
    set(&t, b, "__bool__", truth);
    assert!(t.truth(object).unwrap());
    t.delete_attr(b, t.intern("__bool__")).unwrap();
    assert!(!t.truth(object).unwrap());
    t.delete_attr(a, t.intern("__len__")).unwrap();
    assert_eq!(message(&t, t.len(object)), "TypeError: object of type 'B' has no len()");
}

#[test]
fn a_subclass_that_overrides_the_reflected_method_goes_first() {
    let t = thread(0);
    let add = def(&t, "__add__", |thread, _| Ok(thread.str("A.add")));
    let radd = def(&t, "__radd__", |thread, _| Ok(thread.str("B.radd")));
    let a = class(&t, "A", &[], &[("__add__", add)]).unwrap();
    let b = class(&t, "B", &[a], &[("__radd__", radd)]).unwrap();
    let c = class(&t, "C", &[a], &[]).unwrap();
    let [x, y, z] = [a, b, c].map(|class| t.call(class, &[]).unwrap());
    let text = |result: Value| t.to_text(result).unwrap();
    assert_eq!(text(t.binary(BinaryOp::Add, x, y).unwrap()), "B.radd");
    assert_eq!(text(t.binary(BinaryOp::Add, x, z).unwrap()), "A.add");
    assert_eq!(text(t.binary(BinaryOp::Add, Value::ONE, y).unwrap()), "B.radd");
    assert!(t.binary(BinaryOp::Add, Value::ONE, z).is_err());
    t.take_exception();
}

#[test]
fn equality_without_a_hash_makes_instances_unhashable() {
    let t = thread(0);
    let eq = def(&t, "__eq__", |_, args| Ok(Value::bool(args.get(1).unwrap().is_small())));
    let a = class(&t, "A", &[], &[("__eq__", eq)]).unwrap();
    let object = t.call(a, &[]).unwrap();
    assert_eq!(message(&t, t.hash(object)), "TypeError: unhashable type: 'A'");
    assert_eq!(t.compare(object, Value::ONE, CompareOp::Eq).unwrap(), Value::TRUE);
    assert_eq!(t.compare(Value::ONE, object, CompareOp::Eq).unwrap(), Value::TRUE);
    assert_eq!(t.compare(object, Value::ONE, CompareOp::Ne).unwrap(), Value::FALSE);
    let list = t.list(&[]).unwrap();
    assert_eq!(message(&t, t.hash(list)), "TypeError: unhashable type: 'list'");
    let hash = def(&t, "__hash__", |_, _| Ok(Value::small(-1)));
    set(&t, a, "__hash__", hash);
    assert_eq!(t.hash(object).unwrap(), -2);
}

fn versions(t: &Thread, classes: &[Value]) -> Vec<u32> {
    classes.iter().map(|class| class.as_type().unwrap().version(t)).collect()
}

#[test]
fn versions_move_with_the_class_and_its_bases() {
    let t = thread(0);
    let a = class(&t, "A", &[], &[("x", Value::ONE)]).unwrap();
    let b = class(&t, "B", &[a], &[]).unwrap();
    let c = class(&t, "C", &[], &[]).unwrap();
    let all = [a, b, c];
    let before = versions(&t, &all);
    assert_eq!(before, versions(&t, &all));
    set(&t, a, "x", Value::ZERO);
    let after = versions(&t, &all);
    assert!(before[0] != after[0] && before[1] != after[1] && before[2] == after[2]);
    let x = t.intern("x");
    assert_eq!(b.as_type().unwrap().lookup(&t, x), Some(Value::ZERO));
    set(&t, b, "x", Value::TRUE);
    let last = versions(&t, &all);
    assert!(last[0] == after[0] && last[1] != after[1]);
    assert_eq!(b.as_type().unwrap().lookup(&t, x), Some(Value::TRUE));
    assert_eq!(
        message(&t, t.set_attr(t.builtin_type(ids::INT).value(), x, Value::ONE)),
        "TypeError: cannot set 'x' attribute of immutable type 'int'"
    );
}

#[test]
fn hooks_of_class_creation_run() {
    let t = thread(0);
    let set_name = def(&t, "__set_name__", |thread, args| {
        let [object, owner, name] = *args.positional() else { panic!("three arguments") };
        thread.set_attr(object, thread.intern("seen"), thread.tuple(&[owner, name]))?;
        Ok(Value::NONE)
    });
    let init_subclass = def(&t, "__init_subclass__", |thread, args| {
        let tag = args.keyword("tag").unwrap_or(Value::NONE);
        thread.set_attr(args.get(0).unwrap(), thread.intern("tag"), tag)?;
        Ok(Value::NONE)
    });
    let descriptor = class(&t, "Descriptor", &[], &[("__set_name__", set_name)]).unwrap();
    let base = class(&t, "Base", &[], &[("__init_subclass__", init_subclass)]).unwrap();
    let field = t.call(descriptor, &[]).unwrap();
    let metaclass = t.builtin_type(ids::TYPE).value();
    let namespace = common::namespace(&t, &[("field", field)]);
    let words = [t.str("Made"), t.tuple(&[base]), namespace.value(), Value::small(9)];
    let keywords = t.tuple(&[t.intern("tag")]);
    let made = t.call_args(metaclass, dx_object::Args::with_names(&words, keywords)).unwrap();
    assert_eq!(get(&t, made, "tag").as_small(), Some(9));
    let seen = get(&t, field, "seen");
    assert_eq!(seen.tuple_items().unwrap()[0], made);
    assert_eq!(t.to_text(seen.tuple_items().unwrap()[1]).unwrap(), "field");
    assert_eq!(
        message(
            &t,
            t.call_args(
                metaclass,
                dx_object::Args::with_names(
                    &[t.str("N"), t.tuple(&[]), namespace.value(), Value::ONE],
                    keywords
                )
            )
        ),
        "TypeError: N.__init_subclass__() takes no keyword arguments"
    );
}

#[test]
fn metaclasses_are_chosen_and_conflicts_found() {
    let t = thread(0);
    let type_ = t.builtin_type(ids::TYPE).value();
    let m1 = class(&t, "M1", &[type_], &[]).unwrap();
    let m2 = class(&t, "M2", &[type_], &[]).unwrap();
    let m3 = class(&t, "M3", &[m1], &[]).unwrap();
    let make = |metaclass: Value, bases: &[Value]| {
        let bases = t.tuple(bases);
        t.call(metaclass, &[t.str("C"), bases, t.dict().value()])
    };
    let a = make(m1, &[]).unwrap();
    assert_eq!(t.type_of(a).value(), m1);
    let b = make(type_, &[a]).unwrap();
    assert_eq!(t.type_of(b).value(), m1);
    let c = make(m3, &[a]).unwrap();
    assert_eq!(t.type_of(c).value(), m3);
    assert!(message(&t, make(m2, &[a])).starts_with("TypeError: metaclass conflict"));
    let object = t.call(c, &[]).unwrap();
    assert_eq!(t.type_of(object).value(), c);
}

#[test]
fn the_class_of_an_instance_can_change_when_layouts_agree() {
    let t = thread(0);
    let a = class(&t, "A", &[], &[("which", t.str("a"))]).unwrap();
    let b = class(&t, "B", &[], &[("which", t.str("b"))]).unwrap();
    let c = class(&t, "C", &[], &[("__slots__", t.tuple(&[t.str("s")]))]).unwrap();
    let object = t.call(a, &[]).unwrap();
    set(&t, object, "x", Value::small(4));
    set(&t, object, "__class__", b);
    assert_eq!(t.to_text(get(&t, object, "which")).unwrap(), "b");
    assert_eq!(get(&t, object, "x").as_small(), Some(4));
    assert_eq!(
        message(&t, t.set_attr(object, t.intern("__class__"), c)),
        "TypeError: __class__ assignment: 'C' object layout differs from 'B'"
    );
}

#[test]
fn super_starts_behind_the_class() {
    let t = thread(0);
    let hello = |text: &'static str| {
        let name = "hello";
        match text {
            "a" => def(&t, name, |thread, _| Ok(thread.str("a"))),
            _ => def(&t, name, |thread, _| Ok(thread.str("b"))),
        }
    };
    let a = class(&t, "A", &[], &[("hello", hello("a"))]).unwrap();
    let b = class(&t, "B", &[a], &[("hello", hello("b"))]).unwrap();
    let object = t.call(b, &[]).unwrap();
    let proxy = t.call(t.builtin_type(ids::SUPER).value(), &[b, object]).unwrap();
    let result = t.call_method(proxy, t.intern("hello"), &[]).unwrap();
    assert_eq!(t.to_text(result).unwrap(), "a");
    assert_eq!(
        message(&t, t.call(t.builtin_type(ids::SUPER).value(), &[b, Value::ONE])),
        "TypeError: super(type, obj): obj (instance of int) is not an instance or subtype of type (B)."
    );
}

#[test]
fn native_methods_check_their_arguments() {
    let t = thread(0);
    let list = t.list(&[]).unwrap();
    let append = get(&t, list, "append");
    assert_eq!(
        message(&t, t.call(append, &[])),
        "TypeError: list.append() takes exactly one argument (0 given)"
    );
    let unbound = get(&t, t.builtin_type(ids::LIST).value(), "append");
    assert_eq!(
        message(&t, t.call(unbound, &[])),
        "TypeError: unbound method list.append() needs an argument"
    );
    assert_eq!(
        message(&t, t.call(unbound, &[Value::ONE, Value::ONE])),
        "TypeError: descriptor 'append' for 'list' objects doesn't apply to a 'int' object"
    );
    assert_eq!(message(&t, t.call(Value::ONE, &[])), "TypeError: 'int' object is not callable");
}

fn is_dead(reference: Value) -> bool {
    reference.downcast::<dx_object::types::weakref::WeakReference>().unwrap().target().is_none()
}

/// Overwrites what dead frames left on the native stack, so that it does not keep objects alive.
#[inline(never)]
fn scrub() {
    let mut area = [0u64; 4096];
    std::hint::black_box(&mut area);
}

#[inline(never)]
fn weak_class(t: &Thread) -> Value {
    let doomed = class(t, "Doomed", &[t.builtin_type(ids::OBJECT).value()], &[]).unwrap();
    let object = t.call(doomed, &[]).unwrap();
    set(t, object, "self", object);
    let exact: Gc<TypeObject> = t.builtin_type(ids::WEAK_REFERENCE);
    t.interpreter().keep(t.weak_reference(exact, object, Value::NONE).value());
    t.interpreter().keep(t.weak_reference(exact, doomed, Value::NONE).value())
}

#[test]
fn classes_die_with_their_shapes() {
    let t = thread(0);
    let reference = weak_class(&t);
    assert!(!is_dead(reference));
    let before = t.builtin_type(ids::OBJECT).subclasses().len();
    scrub();
    t.collect_now();
    t.collect_now();
    assert!(is_dead(reference));
    assert_eq!(t.builtin_type(ids::OBJECT).subclasses().len(), before - 1);
}

#[inline(never)]
fn doomed(t: &Thread, log: Value, callback: Value) -> Value {
    let del = def(t, "__del__", |thread, args| {
        let object = args.get(0).unwrap();
        let log = thread.get_attr_text(object, "log")?.as_list().unwrap();
        log.push(thread, thread.str("del"))?;
        Ok(Value::NONE)
    });
    let a = class(t, "A", &[], &[("__del__", del)]).unwrap();
    let object = t.call(a, &[]).unwrap();
    set(t, object, "log", log);
    set(t, object, "cycle", object);
    t.interpreter().keep(t.weak_reference(t.builtin_type(ids::WEAK_REFERENCE), object, callback).value())
}

#[test]
fn finalizers_and_callbacks_run_once() {
    let t = thread(0);
    let log = t.list(&[]).unwrap();
    t.interpreter().keep(log);
    let callback = def(&t, "callback", |thread, args| {
        assert!(is_dead(args.get(0).unwrap()));
        Ok(thread.str("called"))
    });
    let reference = doomed(&t, log, callback);
    scrub();
    t.collect_now();
    t.collect_now();
    t.collect_now();
    assert!(is_dead(reference));
    assert_eq!(log.as_list().unwrap().len(), 1);
}

#[test]
fn everything_is_finalised_at_the_end() {
    let t = thread(0);
    let log = t.list(&[]).unwrap();
    doomed(&t, log, Value::NONE);
    t.finalize_all();
    assert_eq!(log.as_list().unwrap().len(), 1);
    t.finalize_all();
    assert_eq!(log.as_list().unwrap().len(), 1);
}

#[test]
fn objects_tell_their_names_and_state() {
    let t = thread(0);
    let a = class(&t, "A", &[], &[("__slots__", t.tuple(&[t.str("s"), t.str("__dict__")]))]).unwrap();
    let object = t.call(a, &[]).unwrap();
    set(&t, object, "x", Value::ONE);
    let names = t.call_method(object, t.intern("__dir__"), &[]).unwrap();
    for name in ["x", "s", "__init__", "__class__"] {
        assert!(t.contains(names, t.str(name)).unwrap(), "{name}");
    }
    let plain = class(&t, "B", &[], &[]).unwrap();
    let object = t.call(plain, &[]).unwrap();
    let state = |object| t.call_method(object, t.intern("__getstate__"), &[]).unwrap();
    assert!(state(object).is_none());
    set(&t, object, "x", Value::ONE);
    assert_eq!(state(object).as_dict().unwrap().len(), 1);
}
