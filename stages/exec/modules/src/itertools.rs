//! Module `itertools`: every function is a type of iterators.
//!
//! A file holds the types of one family. Instances are records; which field means what stands at each type.

mod chain;
mod combine;
mod endless;
mod group;
mod select;
mod tee;

use dx_object::args::Args;
use dx_object::error::PyResult;
use dx_object::slots::Slots;
use dx_object::spec::{Arity, MethodDef, TypeSpec, flags};
use dx_object::thread::Thread;
use dx_object::value::Value;

use crate::library::ModuleSpec;
use crate::record;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    functions: &[&[MethodDef::new("tee", Arity::Positional(1, 2), tee::tee)]],
    types: &[
        &endless::COUNT,
        &endless::CYCLE,
        &endless::REPEAT,
        &chain::CHAIN,
        &chain::STARMAP,
        &chain::ZIP_LONGEST,
        &chain::PAIRWISE,
        &chain::BATCHED,
        &chain::ACCUMULATE,
        &select::COMPRESS,
        &select::DROPWHILE,
        &select::TAKEWHILE,
        &select::FILTERFALSE,
        &select::ISLICE,
        &group::GROUPBY,
        &group::GROUPER,
        &tee::TEE,
        &combine::PRODUCT,
        &combine::PERMUTATIONS,
        &combine::COMBINATIONS,
        &combine::REPLACEMENT,
    ],
    ..ModuleSpec::new("itertools", "Functional tools for creating and using iterators.")
};

/// The slots of every iterator.
const ITERATOR: Slots = Slots { iter: Some(|_, iterator| Ok(iterator)), ..Slots::EMPTY };

/// A type of records that can be subclassed.
const fn spec(name: &'static str, slots: Slots) -> TypeSpec {
    TypeSpec { module: "itertools", layout: record::LAYOUT, flags: flags::BASE, slots, ..TypeSpec::new(name) }
}

/// The arguments of a function that takes two by position.
fn two(thread: &Thread, args: Args<'_>, function: &str) -> PyResult<(Value, Value)> {
    let given = args.expect(thread, function, 2, 2)?;
    Ok((given[0], given[1]))
}
