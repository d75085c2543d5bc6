//! `min` and `max`.

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::slots::CompareOp;
use dx_object::thread::Thread;
use dx_object::value::Value;

pub(super) fn min(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    extreme(thread, args, "min", CompareOp::Lt)
}

pub(super) fn max(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    extreme(thread, args, "max", CompareOp::Gt)
}

/// The keyword arguments `key` and `default`, UNBOUND where not given.
fn keywords(thread: &Thread, args: Args<'_>, function: &str) -> PyResult<(Value, Value)> {
    let (mut key, mut default) = (Value::UNBOUND, Value::UNBOUND);
    for (name, value) in args.keywords() {
        match name.str_bytes() {
            Some(b"key") => key = if value.is_none() { Value::UNBOUND } else { value },
            Some(b"default") => default = value,
            _ => {
                let name = thread.to_text(name)?;
                return Err(thread
                    .type_error(format_args!("{function}() got an unexpected keyword argument '{name}'")));
            }
        }
    }
    Ok((key, default))
}

/// The item kept so far, with what it is compared by.
struct Best {
    item: Value,
    key: Value,
}

impl Best {
    fn offer(&mut self, thread: &Thread, item: Value, key: Value, op: CompareOp) -> PyResult<()> {
        let compared = if key.is_unbound() { item } else { thread.call(key, &[item])? };
        let better = match (compared.as_small(), self.key.as_small()) {
            _ if self.item.is_unbound() => true,
            (Some(a), Some(b)) => op.of(a.cmp(&b)),
            _ => thread.compare_truth(compared, self.key, op)?,
        };
        if better {
            (self.item, self.key) = (item, compared);
        }
        Ok(())
    }
}

fn extreme(thread: &Thread, args: Args<'_>, function: &str, op: CompareOp) -> PyResult<Value> {
    let (key, default) = keywords(thread, args, function)?;
    let mut best = Best { item: Value::UNBOUND, key: Value::UNBOUND };
    match args.positional() {
        [] => Err(thread.type_error(format_args!("{function} expected at least 1 argument, got 0"))),
        [iterable] => {
            thread.for_each(*iterable, |item| best.offer(thread, item, key, op))?;
            match best.item.bound().or(default.bound()) {
                Some(item) => Ok(item),
                None => Err(thread.value_error(format_args!("{function}() iterable argument is empty"))),
            }
        }
        items => {
            if !default.is_unbound() {
                return Err(thread.type_error(format_args!(
                    "Cannot specify a default for {function}() with multiple positional arguments"
                )));
            }
            for &item in items {
                best.offer(thread, item, key, op)?;
            }
            Ok(best.item)
        }
    }
}
