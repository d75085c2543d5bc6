//! The hot paths of the object model: nanoseconds of CPU for one operation each. No harness: the numbers are
//! compared by eye, and each loop runs long enough to be stable.

use dx_object::{BinaryOp, Interpreter, Options, Thread, Value, ids};

fn cpu_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure is ours.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn measure(name: &str, operations: u64, action: impl FnOnce()) {
    let begin = cpu_seconds();
    action();
    let seconds = cpu_seconds() - begin;
    println!("{name:<34} {:7.2} ns", seconds * 1e9 / operations as f64);
}

const ROUNDS: u64 = 20_000_000;

fn dicts(thread: &Thread) {
    for size in [5usize, 50, 5000] {
        let keys: Vec<Value> = (0..size).map(|index| thread.intern(&format!("name_{index}"))).collect();
        let dict = thread.dict();
        keys.iter().for_each(|&key| dict.set(thread, key, Value::ONE).expect("room"));
        measure(&format!("dict get, {size} interned names"), ROUNDS, || {
            let mut index = 0;
            for _ in 0..ROUNDS {
                std::hint::black_box(dict.get(thread, keys[index]).expect("no error"));
                index = if index + 1 == size { 0 } else { index + 1 };
            }
        });
        // Interned names are roots, other strings are not: a list keeps them.
        let others = thread.list(&[]).expect("room").as_list().expect("a list");
        for index in 0..size {
            others.push(thread, thread.str(&format!("name_{index}"))).expect("room");
        }
        measure(&format!("dict get, {size} equal strings"), ROUNDS, || {
            let mut index = 0;
            for _ in 0..ROUNDS {
                let key = others.get(index).expect("in range");
                std::hint::black_box(dict.get(thread, key).expect("no error"));
                index = if index + 1 == size { 0 } else { index + 1 };
            }
        });
        measure(&format!("dict set, {size} interned names"), ROUNDS, || {
            let mut index = 0;
            for _ in 0..ROUNDS {
                dict.set(thread, keys[index], Value::ZERO).expect("room");
                index = if index + 1 == size { 0 } else { index + 1 };
            }
        });
    }
    let ints = thread.dict();
    measure("dict insert, growing, ints", 2_000_000, || {
        (0..2_000_000).for_each(|key| ints.set(thread, Value::small(key), Value::ONE).expect("room"));
    });
    measure("dict get, 2 M ints in order", ROUNDS, || {
        for key in 0..ROUNDS as i64 {
            std::hint::black_box(ints.get(thread, Value::small(key % 2_000_000)).expect("no error"));
        }
    });
    measure("dict of 4 names, made and filled", 2_000_000, || {
        let keys: Vec<Value> = (0..4).map(|index| thread.intern(&format!("name_{index}"))).collect();
        for _ in 0..2_000_000 {
            let dict = thread.dict();
            keys.iter().for_each(|&key| dict.set(thread, key, Value::ONE).expect("room"));
            std::hint::black_box(dict);
        }
    });
}

fn attributes(thread: &Thread) {
    let metaclass = thread.builtin_type(ids::TYPE).value();
    let namespace = thread.dict();
    namespace.set_text(thread, "shared", Value::ONE).expect("room");
    let class =
        thread.call(metaclass, &[thread.str("A"), thread.tuple(&[]), namespace.value()]).expect("a class");
    let object = thread.call(class, &[]).expect("an instance");
    let [x, y, shared] = ["x", "y", "shared"].map(|name| thread.intern(name));
    thread.set_attr(object, x, Value::ONE).expect("room");
    thread.set_attr(object, y, Value::ONE).expect("room");
    measure("get_attr, instance, no cache", ROUNDS, || {
        for _ in 0..ROUNDS {
            std::hint::black_box(thread.get_attr(object, y).expect("there"));
        }
    });
    measure("get_attr, class, no cache", ROUNDS, || {
        for _ in 0..ROUNDS {
            std::hint::black_box(thread.get_attr(object, shared).expect("there"));
        }
    });
    measure("set_attr, no cache", ROUNDS, || {
        for _ in 0..ROUNDS {
            thread.set_attr(object, y, Value::ZERO).expect("room");
        }
    });
    measure("instance made with 2 attributes", 5_000_000, || {
        for _ in 0..5_000_000 {
            let object = thread.call(class, &[]).expect("an instance");
            thread.set_attr(object, x, Value::ONE).expect("room");
            thread.set_attr(object, y, Value::ONE).expect("room");
            std::hint::black_box(object);
        }
    });
}

fn others(thread: &Thread) {
    measure("tuple of 2", ROUNDS, || {
        for index in 0..ROUNDS {
            std::hint::black_box(thread.tuple(&[Value::small(index as i64), Value::NONE]));
        }
    });
    measure("list push", ROUNDS, || {
        let list = thread.list(&[]).expect("room").as_list().expect("a list");
        (0..ROUNDS as i64).for_each(|item| list.push(thread, Value::small(item)).expect("room"));
    });
    measure("str of 10 bytes", ROUNDS, || {
        (0..ROUNDS).for_each(|_| _ = std::hint::black_box(thread.str("0123456789")));
    });
    measure("s += piece (16 bytes)", 5_000_000, || {
        let piece = thread.str("0123456789abcdef");
        let mut all = thread.str("");
        for _ in 0..5_000_000 {
            all = thread.binary(BinaryOp::Add, all, piece).expect("room");
        }
        std::hint::black_box(all);
    });
    measure("binary + of small ints", ROUNDS, || {
        let mut sum = Value::ZERO;
        (0..ROUNDS).for_each(|_| sum = thread.binary(BinaryOp::Add, sum, Value::ONE).expect("an int"));
        std::hint::black_box(sum);
    });
    measure("set add, 1 M ints", 1_000_000, || {
        let set = dx_object::types::set::new(thread, ids::SET);
        for item in 0..1_000_000 {
            set.add(thread, Value::small(item)).expect("room");
        }
    });
    measure("exception made and caught", 2_000_000, || {
        for _ in 0..2_000_000 {
            let _ = thread.raise_args(ids::KEY_ERROR, &[Value::ONE]);
            std::hint::black_box(thread.catch(ids::KEY_ERROR));
        }
    });
}

fn main() {
    let begin = cpu_seconds();
    let thread = Interpreter::start(Options::default()).expect("address space");
    println!("{:<34} {:7.2} ms", "start of an interpreter", (cpu_seconds() - begin) * 1e3);
    dicts(&thread);
    attributes(&thread);
    others(&thread);
}
