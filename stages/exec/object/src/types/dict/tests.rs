//! Dicts against a model.

use proptest::prelude::*;

use crate::interpreter::{Interpreter, Options};
use crate::value::Value;

#[derive(Clone, Debug)]
enum Action {
    Set(i64, i64),
    SetText(u8, i64),
    Remove(i64),
    RemoveText(u8),
    Clear,
    PopLast,
    Collect,
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        8 => (0..60i64, any::<i32>()).prop_map(|(key, value)| Action::Set(key << 40, i64::from(value))),
        8 => (0..60u8, any::<i32>()).prop_map(|(key, value)| Action::SetText(key, i64::from(value))),
        5 => (0..60i64).prop_map(|key| Action::Remove(key << 40)),
        5 => (0..60u8).prop_map(Action::RemoveText),
        1 => Just(Action::Clear),
        2 => Just(Action::PopLast),
        1 => Just(Action::Collect),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_dict_is_an_ordered_map(actions in proptest::collection::vec(action(), 1..400)) {
        let thread = Interpreter::start(Options::default()).unwrap();
        let dict = thread.dict();
        let mut model: Vec<(String, i64)> = Vec::new();
        for action in actions {
            let (name, key, value) = match action {
                Action::Set(key, value) => (key.to_string(), thread.int(key), Some(value)),
                Action::SetText(key, value) => (format!("t{key}"), thread.str(&format!("t{key}")), Some(value)),
                Action::Remove(key) => (key.to_string(), thread.int(key), None),
                Action::RemoveText(key) => (format!("t{key}"), thread.str(&format!("t{key}")), None),
                Action::Clear => {
                    dict.clear();
                    model.clear();
                    continue;
                }
                Action::PopLast => {
                    let popped = dict.last_position().and_then(|position| dict.remove_entry(position));
                    prop_assert_eq!(popped.and_then(Value::as_small), model.pop().map(|(_, value)| value));
                    continue;
                }
                Action::Collect => {
                    thread.heap.collect(true);
                    continue;
                }
            };
            let known = model.iter().position(|(known, _)| *known == name);
            match (value, known) {
                (Some(value), Some(at)) => model[at].1 = value,
                (Some(value), None) => model.push((name, value)),
                (None, Some(at)) => drop(model.remove(at)),
                (None, None) => {}
            }
            match value {
                Some(value) => dict.set(&thread, key, Value::small(value)).unwrap(),
                None => prop_assert_eq!(dict.remove(&thread, key).unwrap().is_some(), known.is_some()),
            }
            prop_assert_eq!(dict.len(), model.len());
        }
        let content: Vec<i64> = dict.iter().map(|entry| entry.value.as_small().unwrap()).collect();
        prop_assert_eq!(content, model.iter().map(|&(_, value)| value).collect::<Vec<_>>());
        for (name, value) in model {
            let key = match name.parse::<i64>() {
                Ok(int) => thread.int(int),
                Err(_) => thread.str(&name),
            };
            prop_assert_eq!(dict.get(&thread, key).unwrap().unwrap().as_small(), Some(value));
        }
    }
}

#[test]
fn a_keys_version_changes_with_the_keys_only() {
    let thread = Interpreter::start(Options::default()).unwrap();
    let dict = thread.dict();
    dict.set_text(&thread, "a", Value::ONE).unwrap();
    let version = dict.keys_version(&thread);
    dict.set_text(&thread, "a", Value::ZERO).unwrap();
    assert_eq!(dict.keys_version(&thread), version);
    dict.set_text(&thread, "b", Value::ZERO).unwrap();
    assert_ne!(dict.current_keys_version(), version);
    assert_ne!(dict.keys_version(&thread), version);
}
