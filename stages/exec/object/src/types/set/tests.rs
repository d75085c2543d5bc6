//! Sets against CPython's order of iteration (`order_expected.txt`, written by CPython 3.14) and a model.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::ids;
use crate::interpreter::{Interpreter, Options};
use crate::value::Value;

#[test]
fn the_order_is_cpythons() {
    let thread = Interpreter::start(Options::default()).unwrap();
    for line in include_str!("order_expected.txt").lines() {
        let (operations, expected) = line.split_once('=').unwrap();
        let mut set = super::new(&thread, ids::SET);
        for operation in operations.split_whitespace() {
            let number = || operation[1..].parse::<i64>().unwrap();
            match operation.as_bytes()[0] {
                b'a' => drop(set.add(&thread, thread.int(number())).unwrap()),
                b'r' => assert!(set.remove(&thread, thread.int(number())).unwrap()),
                b'p' => assert!(set.pop(&thread).is_some()),
                b'm' => {
                    let items: Vec<Value> = (0..number()).map(Value::small).collect();
                    let other = thread.set(&items).unwrap().as_set().unwrap();
                    set.merge(&thread, &other).unwrap();
                }
                _ => {
                    let copy = super::new(&thread, ids::SET);
                    copy.merge(&thread, &set).unwrap();
                    set = copy;
                }
            }
        }
        let order: Vec<String> = set.iter().map(|entry| format!("{:?}", entry.key)).collect();
        assert_eq!(order.join(" "), expected.trim(), "after {operations}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_set_is_a_set(actions in proptest::collection::vec((any::<bool>(), 0..200i64), 1..500)) {
        let thread = Interpreter::start(Options::default()).unwrap();
        let set = super::new(&thread, ids::SET);
        let mut model = BTreeSet::new();
        for (add, key) in actions {
            let value = thread.int(key << 20);
            if add {
                prop_assert_eq!(set.add(&thread, value).unwrap(), model.insert(key));
            } else {
                prop_assert_eq!(set.remove(&thread, value).unwrap(), model.remove(&key));
            }
            prop_assert_eq!(set.len(), model.len());
        }
        let members: BTreeSet<i64> = set.iter().map(|entry| entry.key.as_small().unwrap() >> 20).collect();
        prop_assert_eq!(members, model);
    }
}
