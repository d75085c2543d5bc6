//! `list.sort` and `sorted`: stable, by merging natural runs.
//!
//! The list is empty while it is sorted, so that key functions and comparisons cannot see it half done. What is
//! sorted is a permutation: the items stay where the collector finds them. Lists of small ints, floats or
//! strings need no Python comparison and take shorter ways.

use std::cmp::Ordering;

use super::this;
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::gc::Gc;
use crate::slots::CompareOp;
use crate::thread::{RootVec, Thread};
use crate::types::list::{ListObject, flag};
use crate::types::str::StrObject;
use crate::types::support::{call, truth};
use crate::types::tuple::TupleObject;
use crate::value::Value;

static SIGNATURE: Signature = Signature {
    function: "sort",
    parameters: &["key", "reverse"],
    positional_only: 0,
    positional: 0,
    required: 0,
};

pub(super) fn sort(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let list = this(thread, args)?;
    let [key, reverse] = SIGNATURE.bind(thread, args.rest())?;
    let key = key.bound().filter(|key| !key.is_none());
    let reverse = reverse.bound().map_or(Ok(false), |reverse| truth(thread, reverse))?;
    sort_list(thread, list, key, reverse)?;
    Ok(Value::NONE)
}

/// Sorts a list in place. ValueError when somebody changed it meanwhile.
pub fn sort_list(thread: &Thread, list: Gc<ListObject>, key: Option<Value>, reverse: bool) -> PyResult<()> {
    if key.is_none() && sort_immediates(thread, list, reverse)? {
        return Ok(());
    }
    let items = RootVec::from_slice(thread, list.items());
    let content = list.take();
    let order = match key {
        None => order_of(thread, &items, reverse),
        Some(key) => keys_of(thread, &items, key).and_then(|keys| order_of(thread, &keys, reverse)),
    };
    let changed = list.capacity() > 0 || !list.is_empty();
    list.restore(thread, content);
    let order = order?;
    let mut sorted = RootVec::new(thread);
    sorted.reserve(items.len());
    order.iter().for_each(|&at| sorted.push(items[at as usize]));
    list.splice(thread, 0, list.len(), &sorted)?;
    if changed {
        return Err(thread.value_error("list modified during sort"));
    }
    Ok(())
}

/// Sorts a list of small ints or of immediate floats, whose words can be moved as they are.
fn sort_immediates(thread: &Thread, list: Gc<ListObject>, reverse: bool) -> PyResult<bool> {
    let mut words = if list.has_flag(flag::ALL_SMALL_INTS) || list.has_flag(flag::ALL_FLOATS) {
        list.items().to_vec()
    } else {
        return Ok(false);
    };
    // Equal items keep their order in both directions.
    if reverse {
        words.reverse();
    }
    if list.has_flag(flag::ALL_SMALL_INTS) {
        words.sort_unstable_by_key(|word| word.small_value());
    } else {
        let value = |word: &Value| word.float_value();
        words.sort_by(|a, b| value(a).partial_cmp(&value(b)).unwrap_or(Ordering::Equal));
    }
    if reverse {
        words.reverse();
    }
    list.splice(thread, 0, list.len(), &words)?;
    Ok(true)
}

fn keys_of<'t>(thread: &'t Thread, items: &RootVec<'t>, key: Value) -> PyResult<RootVec<'t>> {
    let mut keys = RootVec::new(thread);
    keys.reserve(items.len());
    for &item in items.iter() {
        keys.push(call(thread, key, &[item])?);
    }
    Ok(keys)
}

/// The positions of the keys in sorted order.
fn order_of(thread: &Thread, keys: &[Value], reverse: bool) -> PyResult<Vec<u32>> {
    let Ok(count) = u32::try_from(keys.len()) else { return Err(thread.memory_error("")) };
    let mut order: Vec<u32> = (0..count).collect();
    if reverse {
        order.reverse();
    }
    if keys.iter().all(|key| key.is_small()) {
        order.sort_by_key(|&at| keys[at as usize].small_value());
    } else if keys.iter().all(|key| key.has_kind::<StrObject>()) {
        order.sort_by(|&a, &b| keys[a as usize].str_bytes().cmp(&keys[b as usize].str_bytes()));
    } else {
        Merger { thread, keys, scratch: Vec::new() }.sort(&mut order)?;
    }
    if reverse {
        order.reverse();
    }
    Ok(order)
}

/// `left < right` as `sort` asks it.
#[inline]
fn less(thread: &Thread, left: Value, right: Value) -> PyResult<bool> {
    if let (Some(a), Some(b)) = (left.as_small(), right.as_small()) {
        return Ok(a < b);
    }
    if let (Some(a), Some(b)) = (left.downcast::<TupleObject>(), right.downcast::<TupleObject>())
        && let Some(answer) = tuple_less(a.items(), b.items())
    {
        return Ok(answer);
    }
    let answer = thread.compare(left, right, CompareOp::Lt)?;
    match answer.as_bool() {
        Some(answer) => Ok(answer),
        None => truth(thread, answer),
    }
}

/// The order of tuples as far as their items need no Python to compare.
fn tuple_less(a: &[Value], b: &[Value]) -> Option<bool> {
    for (x, y) in a.iter().zip(b) {
        if let (Some(x), Some(y)) = (x.as_small(), y.as_small()) {
            if x != y {
                return Some(x < y);
            }
        } else if let (Some(x), Some(y)) = (x.downcast::<StrObject>(), y.downcast::<StrObject>()) {
            if !x.equals(&y) {
                return Some(x.bytes() < y.bytes());
            }
        } else if x != y {
            return None;
        }
    }
    Some(a.len() < b.len())
}

/// Runs shorter than this are filled up by binary insertion.
const RUN_MIN: usize = 32;

struct Merger<'a> {
    thread: &'a Thread,
    keys: &'a [Value],
    scratch: Vec<u32>,
}

impl Merger<'_> {
    fn less(&self, a: u32, b: u32) -> PyResult<bool> {
        less(self.thread, self.keys[a as usize], self.keys[b as usize])
    }

    fn sort(&mut self, order: &mut [u32]) -> PyResult<()> {
        // Start and length of each run; a run is merged with its neighbour before it is half as long.
        let mut runs: Vec<(usize, usize)> = Vec::new();
        let mut start = 0;
        while start < order.len() {
            let mut length = self.natural_run(&mut order[start..])?;
            if length < RUN_MIN {
                let end = (start + RUN_MIN).min(order.len());
                self.insert_rest(&mut order[start..end], length)?;
                length = end - start;
            }
            runs.push((start, length));
            start += length;
            while runs.len() > 1 && runs[runs.len() - 2].1 <= 2 * runs[runs.len() - 1].1 {
                self.merge_last(order, &mut runs)?;
            }
        }
        while runs.len() > 1 {
            self.merge_last(order, &mut runs)?;
        }
        Ok(())
    }

    /// The length of the run at the front; a strictly descending one is turned round.
    fn natural_run(&self, order: &mut [u32]) -> PyResult<usize> {
        if order.len() < 2 {
            return Ok(order.len());
        }
        let mut length = 2;
        let descending = self.less(order[1], order[0])?;
        while length < order.len() && self.less(order[length], order[length - 1])? == descending {
            length += 1;
        }
        if descending {
            order[..length].reverse();
        }
        Ok(length)
    }

    /// Sorts a slice of which the first `sorted` are in order.
    fn insert_rest(&self, order: &mut [u32], sorted: usize) -> PyResult<()> {
        for at in sorted..order.len() {
            let place = self.upper_bound(&order[..at], order[at])?;
            order[place..=at].rotate_right(1);
        }
        Ok(())
    }

    /// How many of the sorted positions do not come after `new`.
    fn upper_bound(&self, order: &[u32], new: u32) -> PyResult<usize> {
        let (mut low, mut high) = (0, order.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.less(new, order[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }

    /// How many of the sorted positions come before `new`.
    fn lower_bound(&self, order: &[u32], new: u32) -> PyResult<usize> {
        let (mut low, mut high) = (0, order.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.less(order[middle], new)? {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    fn merge_last(&mut self, order: &mut [u32], runs: &mut Vec<(usize, usize)>) -> PyResult<()> {
        let (Some((right, right_length)), Some((left, left_length))) = (runs.pop(), runs.pop()) else {
            return Ok(());
        };
        debug_assert_eq!(left + left_length, right);
        // What already stands right at both ends takes no part.
        let skip = self.upper_bound(&order[left..right], order[right])?;
        let keep = self.lower_bound(&order[right..right + right_length], order[right - 1])?;
        self.merge(&mut order[left + skip..right + keep], left_length - skip)?;
        runs.push((left, left_length + right_length));
        Ok(())
    }

    /// Merges the two sorted halves of a slice.
    fn merge(&mut self, order: &mut [u32], middle: usize) -> PyResult<()> {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        scratch.extend_from_slice(&order[..middle]);
        let (mut from_left, mut from_right, mut at) = (0, middle, 0);
        while from_left < scratch.len() && from_right < order.len() {
            if self.less(order[from_right], scratch[from_left])? {
                order[at] = order[from_right];
                from_right += 1;
            } else {
                order[at] = scratch[from_left];
                from_left += 1;
            }
            at += 1;
        }
        let rest = &scratch[from_left..];
        order[at..at + rest.len()].copy_from_slice(rest);
        self.scratch = scratch;
        Ok(())
    }
}
