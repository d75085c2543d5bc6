//! `bool`: two immediates; a subclass of int.

pub mod methods;

use crate::spec::TypeSpec;

pub static SPEC: TypeSpec = TypeSpec {
    bases: &[&crate::types::int::SPEC],
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("bool")
};
